//! The audit's rows as lines of the log, with named fields. The durable rows are the store's.

use std::borrow::Cow;
use std::fmt::Write;

use crate::domain::audit::{AuditEvent, AuditRow, Reason, ValueChange};

use crate::domain::caller::{Actor, Source};
use crate::domain::id::Id;
use crate::domain::outbox::{MailKind, PasswordWay};
use crate::domain::writing::misleads;

/// Writes `row` to the log, under the target `bindery::audit`.
pub fn log(row: &AuditRow) {
    if !tracing::enabled!(target: TARGET, tracing::Level::INFO) {
        return;
    }
    let line = AuditLine::of(&row.event);
    tracing::info!(
        target: TARGET,
        event = line.event,
        at = %row.at,
        actor = actor_word(row.actor),
        source = source_word(row.source),
        whom = line.whom.map(tracing::field::display),
        name = line.name.as_deref(),
        renamed_to = line.renamed_to.as_deref(),
        attributes = line.attributes.as_deref(),
        values = line.values.as_deref(),
        reason = line.reason.map(tracing::field::debug),
        way = line.way.map(tracing::field::debug),
        mail = line.mail.map(MailKind::word),
        times = (row.times > 1).then_some(row.times),
    );
}

/// The event of `row` as a word, and what it says besides as `name=value`, but for whom it happened to.
pub fn words(row: &AuditRow) -> (&'static str, String) {
    let line = AuditLine::of(&row.event);
    let details = [
        ("name", line.name.map(Cow::into_owned)),
        ("renamed_to", line.renamed_to.map(Cow::into_owned)),
        ("attributes", line.attributes),
        ("values", line.values),
        ("reason", line.reason.map(|reason| format!("{reason:?}"))),
        ("way", line.way.map(|way| format!("{way:?}"))),
        ("mail", line.mail.map(|kind| kind.word().to_owned())),
        ("times", (row.times > 1).then(|| row.times.to_string())),
    ];
    let details: Vec<String> = details.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value?))).collect();
    (line.event, details.join(" "))
}

/// `text` with what could forge or hide a line of a log written out: control characters and those that turn the
/// direction of writing.
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.contains(deceives) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if deceives(character) {
            // Writing to a String cannot fail.
            let _ = write!(safe, "\\u{{{:x}}}", u32::from(character));
        } else {
            safe.push(character);
        }
    }
    Cow::Owned(safe)
}

fn deceives(character: char) -> bool {
    misleads(character) || matches!(character, '\u{200e}' | '\u{200f}')
}

/// The fields that an event fills.
#[derive(Default)]
struct AuditLine<'a> {
    event: &'static str,
    whom: Option<Id>,
    name: Option<Cow<'a, str>>,
    renamed_to: Option<Cow<'a, str>>,
    attributes: Option<String>,
    values: Option<String>,
    reason: Option<Reason>,
    way: Option<PasswordWay>,
    mail: Option<MailKind>,
}

impl AuditLine<'_> {
    fn of(event: &AuditEvent) -> AuditLine<'_> {
        let line = AuditLine::default();
        match event {
            AuditEvent::BindSucceeded => AuditLine { event: "bind_succeeded", ..line },
            AuditEvent::BindRefused { name, reason, target } => {
                AuditLine { event: "bind_refused", whom: *target, name: Some(printable(name)), reason: Some(*reason), ..line }
            }
            AuditEvent::PasswordChanged { target } => AuditLine { event: "password_changed", whom: Some(*target), ..line },
            AuditEvent::PasswordRefused { target, reason } => {
                AuditLine { event: "password_refused", whom: *target, reason: Some(*reason), ..line }
            }
            AuditEvent::Added { target, dn, changes } => {
                AuditLine { event: "added", whom: Some(*target), name: Some(printable(dn)), values: values(changes), ..line }
            }
            AuditEvent::Modified { target, dn, changes } => {
                let names: Vec<&str> = changes.iter().map(|change| change.attribute.as_str()).collect();
                let attributes = Some(printable(&names.join(" ")).into_owned());
                AuditLine { event: "modified", whom: Some(*target), name: Some(printable(dn)), attributes, values: values(changes), ..line }
            }
            AuditEvent::Renamed { target, from, to } => {
                AuditLine { event: "renamed", whom: Some(*target), name: Some(printable(from)), renamed_to: Some(printable(to)), ..line }
            }
            AuditEvent::Deleted { target, dn } => AuditLine { event: "deleted", whom: Some(*target), name: Some(printable(dn)), ..line },
            AuditEvent::ChangeRefused { dn, reason } => {
                AuditLine { event: "change_refused", name: Some(printable(dn)), reason: Some(*reason), ..line }
            }
            AuditEvent::ResetRequested { target } => AuditLine { event: "reset_requested", whom: *target, ..line },
            AuditEvent::ResetRefused { target, reason } => {
                AuditLine { event: "reset_refused", whom: *target, reason: Some(*reason), ..line }
            }
            AuditEvent::ResetMailed { target } => AuditLine { event: "reset_mailed", whom: Some(*target), ..line },
            AuditEvent::ResetRedeemed { target, way } => {
                AuditLine { event: "reset_redeemed", whom: Some(*target), way: Some(*way), ..line }
            }
            AuditEvent::ResetRevoked { target } => AuditLine { event: "reset_revoked", whom: Some(*target), ..line },
            AuditEvent::LinkRefused { reason } => AuditLine { event: "link_refused", reason: Some(*reason), ..line },
            AuditEvent::SignedIn => AuditLine { event: "signed_in", ..line },
            AuditEvent::SignInRefused { target, reason } => {
                AuditLine { event: "sign_in_refused", whom: *target, reason: Some(*reason), ..line }
            }
            AuditEvent::SignedOut => AuditLine { event: "signed_out", ..line },
            AuditEvent::MailGivenUp { target, kind } => AuditLine { event: "mail_given_up", whom: *target, mail: Some(*kind), ..line },
            AuditEvent::MailDropped { target, kind } => AuditLine { event: "mail_dropped", whom: *target, mail: Some(*kind), ..line },
            AuditEvent::MailRetried { target, kind } => AuditLine { event: "mail_retried", whom: *target, mail: Some(*kind), ..line },
            AuditEvent::SessionsEnded { target } => AuditLine { event: "sessions_ended", whom: Some(*target), ..line },
            AuditEvent::MailQueued { target, kind } => AuditLine { event: "mail_queued", whom: Some(*target), mail: Some(*kind), ..line },
            AuditEvent::AuditExported => AuditLine { event: "audit_exported", ..line },
            AuditEvent::RefusalsFolded => AuditLine { event: "refusals_folded", ..line },
        }
    }
}

/// What became of values, as `member -"ann" +"bob" and 3 more`, one attribute after the other; none where no value changed.
fn values(changes: &[ValueChange]) -> Option<String> {
    let changes: Vec<String> = changes.iter().filter(|change| !change.is_empty()).map(value_change).collect();
    (!changes.is_empty()).then(|| changes.join(", "))
}

fn value_change(change: &ValueChange) -> String {
    let quoted = |sign: char, value: &String| format!(" {sign}\"{}\"", printable(value).replace('"', "\\\""));
    let mut text = printable(&change.attribute).into_owned();
    text.extend(change.removed.iter().map(|value| quoted('-', value)));
    text.extend(change.added.iter().map(|value| quoted('+', value)));
    if change.unnamed > 0 {
        // Writing to a String cannot fail.
        let _ = write!(text, " and {} more", change.unnamed);
    }
    text
}

/// Who acted, as a word.
pub fn actor_word(actor: Actor) -> String {
    match actor {
        Actor::Anonymous => "anonymous".to_owned(),
        Actor::Account(id) => format!("account:{id}"),
        Actor::Service(id) => format!("service:{id}"),
        Actor::System => "system".to_owned(),
    }
}

/// Where from, as a word.
pub fn source_word(source: Source) -> String {
    match source {
        Source::Address(address) => address.to_canonical().to_string(),
        Source::Socket(uid) => format!("socket:uid={uid}"),
        Source::Internal => "internal".to_owned(),
    }
}

const TARGET: &str = "bindery::audit";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::UnixTime;

    #[test]
    fn a_change_says_what_became_of_its_values() {
        let member = ValueChange { attribute: "member".into(), removed: vec!["ann".into()], added: vec!["b\n\"b".into()], unnamed: 3 };
        let kept = ValueChange { attribute: "cn".into(), ..ValueChange::default() };
        let event = AuditEvent::Modified { target: Id(7), dn: "cn=vpn".into(), changes: vec![member, kept] };
        let row = AuditRow { times: 2, ..AuditRow::new(UnixTime::default(), Actor::System, Source::Internal, event) };
        let details = "name=cn=vpn attributes=member cn values=member -\"ann\" +\"b\\u{a}\\\"b\" and 3 more times=2";
        assert_eq!(words(&row), ("modified", details.to_owned()));
    }

    #[test]
    fn what_could_forge_a_line_is_written_out() {
        for (text, expected) in [
            ("uid=louisem,ou=people", "uid=louisem,ou=people"),
            ("héloïse", "héloïse"),
            ("a\nb", "a\\u{a}b"),
            ("\x1b[31m", "\\u{1b}[31m"),
            ("\u{202e}gpj.exe", "\\u{202e}gpj.exe"),
            ("\0", "\\u{0}"),
        ] {
            assert_eq!(printable(text), expected);
        }
    }
}
