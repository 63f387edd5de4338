//! The rows of the audit: each event, each reason, each actor and source.

use super::{PinnedRow, at, plain, record, variants};
use crate::domain::audit::{AuditEvent, AuditRow, Reason, ValueChange};
use crate::domain::caller::{Actor, Source};
use crate::domain::id::Id;
use crate::domain::outbox::{MailKind, PasswordWay};

pub(super) fn rows() -> Vec<PinnedRow> {
    let row = AuditRow { times: 64, ..AuditRow::new(at(61), Actor::Account(Id(62)), Source::Socket(63), AuditEvent::BindSucceeded) };
    let actors = [Actor::Anonymous, Actor::Account(Id(5)), Actor::Service(Id(6)), Actor::System];
    let sources = [Source::Address("192.0.2.1".parse().unwrap()), Source::Socket(1000), Source::Internal];
    let one = vec![record("audit row", &row), plain::<Reason>("Reason"), plain::<PasswordWay>("Way"), plain::<MailKind>("MailKind")];
    let network = AuditRow { source: Source::Address("2001:db8::1".parse().unwrap()), ..row };
    let of_events = [of_binds_and_changes(), of_resets_and_mails()].concat();
    let parts = [variants("Actor", &actors), variants("Source", &sources), variants("AuditEvent", &of_events)];
    [one, vec![record("audit row of IPv6", &network)], parts.concat()].concat()
}

fn of_binds_and_changes() -> Vec<AuditEvent> {
    let (target, dn) = (Id(7), "uid=louise");
    let change =
        |name: &str| ValueChange { attribute: name.into(), removed: vec!["a".into()], added: vec!["b".into(), "c".into()], unnamed: 5 };
    vec![
        AuditEvent::BindSucceeded,
        AuditEvent::BindRefused { name: "louise".into(), reason: Reason::NoCredential, target: Some(target) },
        AuditEvent::PasswordChanged { target },
        AuditEvent::PasswordRefused { target: Some(target), reason: Reason::Policy },
        AuditEvent::Added { target, dn: dn.into(), changes: vec![change("sn")] },
        AuditEvent::Modified { target, dn: dn.into(), changes: vec![change("cn"), change("sn")] },
        AuditEvent::Renamed { target, from: dn.into(), to: "uid=lou".into() },
        AuditEvent::Deleted { target, dn: dn.into() },
        AuditEvent::ChangeRefused { dn: dn.into(), reason: Reason::Constraint },
        AuditEvent::SignedIn,
        AuditEvent::SignInRefused { target: Some(target), reason: Reason::WrongPassword },
        AuditEvent::SignedOut,
        AuditEvent::SessionsEnded { target },
        AuditEvent::AuditExported,
        AuditEvent::RefusalsFolded,
    ]
}

fn of_resets_and_mails() -> Vec<AuditEvent> {
    let target = Id(8);
    vec![
        AuditEvent::ResetRequested { target: Some(target) },
        AuditEvent::ResetRefused { target: Some(target), reason: Reason::NoMailAddress },
        AuditEvent::ResetMailed { target },
        AuditEvent::ResetRedeemed { target, way: PasswordWay::ResetGenerated },
        AuditEvent::ResetRevoked { target },
        AuditEvent::LinkRefused { reason: Reason::ExpiredLink },
        AuditEvent::MailGivenUp { target: Some(target), kind: MailKind::Invitation },
        AuditEvent::MailDropped { target: Some(target), kind: MailKind::PasswordNotice },
        AuditEvent::MailRetried { target: Some(target), kind: MailKind::GeneratedPassword },
        AuditEvent::MailQueued { target, kind: MailKind::AddressNotice },
    ]
}
