//! The mails of the outbox: each intent.

use super::{PinnedRow, at, plain, record, variants};
use crate::domain::caller::{Actor, Source};
use crate::domain::id::Id;
use crate::domain::language::Language;
use crate::domain::outbox::{AddressChanged, Fate, Intent, OutboxMail, PasswordChanged, PasswordWay, Sent};
use crate::domain::reset::ResetRequested;
use crate::store::outbox::Kept;

pub(super) fn rows() -> Vec<PinnedRow> {
    let mail = OutboxMail {
        intent: Intent::ResetLink { accounts: vec![Id(91), Id(92)], requested: requested() },
        address: "louise@example.org".into(),
        queued_at: at(93),
        attempts: 94,
        fault: Some("refused".into()),
    };
    let one = vec![record("mail", &Kept { due: at(95), leased: true, mail }), plain::<Fate>("Fate"), plain::<Language>("Language")];
    [one, variants("Intent", &intents())].concat()
}

fn requested() -> ResetRequested {
    ResetRequested { at: at(96), source: Source::Socket(97), language: Language::French }
}

fn intents() -> Vec<Intent> {
    let account = Id(98);
    let sent = Sent { by: Actor::Service(Id(99)), requested: requested() };
    let change = PasswordChanged {
        by: Actor::Account(Id(100)),
        source: Source::Socket(101),
        at: at(102),
        way: PasswordWay::ResetChosen,
        language: Some(Language::English),
    };
    let moved = AddressChanged { by: Actor::Account(Id(103)), source: Source::Socket(104), at: at(105) };
    vec![
        Intent::ResetLink { accounts: vec![account, Id(106)], requested: requested() },
        Intent::GeneratedPassword { account, requested: requested(), replaces: Some(at(107)) },
        Intent::PasswordNotice { account, change },
        Intent::SentLink { account, sent },
        Intent::SentPassword { account, sent, replaces: Some(at(108)) },
        Intent::Invitation { account, sent },
        Intent::AddressesChanged {
            account,
            change: moved,
            addresses: vec![("a@example.org".into(), Fate::Removed), ("b@example.org".into(), Fate::Added)],
        },
        Intent::AddressNotice { account, change: moved, fate: Fate::Kept },
        Intent::AddressLink { account, requested: requested() },
    ]
}
