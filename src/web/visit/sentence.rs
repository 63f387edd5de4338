//! A row of the audit as one sentence: who did what to whom, and why not. What is asked for on the network may be in it, so
//! that whatever could deceive the reader is written out.

use super::frame::Frame;
use super::paths;
use crate::directory::{Actor, NamedAccount, NamedKind, ToldRow};
use crate::domain::audit::{AuditEvent, AuditRow, Reason, ValueChange};
use crate::domain::caller::Source;
use crate::domain::language::Language;
use crate::domain::outbox::{MailKind, PasswordWay};
use crate::observe::audit::printable;
use crate::text::{self, Zone};

/// A row of the audit, in words.
pub struct SentenceRow {
    /// When.
    pub at: String,
    /// Who did what to whom.
    pub what: Vec<SentencePart>,
    /// Where from.
    pub from: String,
    /// How often, if more than once.
    pub times: Option<String>,
}

impl SentenceRow {
    /// `told` as `page` tells it; with `links` to those that it names.
    pub fn of(page: &Frame, zone: &Zone, told: &ToldRow, links: bool) -> SentenceRow {
        let what = of(page, told, links);
        let times = times(page, &told.row);
        SentenceRow { at: text::stamp(page.language, told.row.at, zone), what, from: source(page, told.row.source), times }
    }
}

/// A part of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentencePart {
    /// What it says.
    pub text: String,
    /// Where the page of what it names is, if it has one.
    pub href: Option<String>,
}

/// The sentence that `told` is; with `links` to those that it names.
pub fn of(page: &Frame, told: &ToldRow, links: bool) -> Vec<SentencePart> {
    let words = SentenceWords::of(page, told);
    let values = [
        ("actor", ACTOR.to_string()),
        ("target", TARGET.to_string()),
        ("of", belonging(page.language, &words.target)),
        ("reason", words.reason.clone()),
        ("what", words.what.clone()),
    ];
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let said = page.say_values(key(told, &words), &values);
    let link = |named: &Option<NamedAccount>| named.as_ref().filter(|_| links).map(address);
    let mut parts = Vec::new();
    let mut plain = String::new();
    for character in said.chars() {
        let (text, href) = match character {
            ACTOR => (&words.actor, link(&told.actor)),
            TARGET => (&words.target, link(&told.target)),
            other => {
                plain.push(other);
                continue;
            }
        };
        match href {
            None => plain.push_str(text),
            Some(href) => {
                parts.push(SentencePart { text: std::mem::take(&mut plain), href: None });
                parts.push(SentencePart { text: text.clone(), href: Some(href) });
            }
        }
    }
    parts.push(SentencePart { text: plain, href: None });
    parts
}

/// Where a request came from.
pub fn source(page: &Frame, source: Source) -> String {
    match source {
        Source::Address(address) => address.to_canonical().to_string(),
        Source::Socket(_) | Source::Internal => page.say("trail-from-server"),
    }
}

/// How many events a row stands for, if it is more than one. A row of refusals says it in its sentence.
fn times(page: &Frame, row: &AuditRow) -> Option<String> {
    let counts = row.times > 1 && row.event != AuditEvent::RefusalsFolded;
    counts.then(|| page.say_number("trail-times", "count", row.times as usize))
}

/// The variable words of a sentence.
struct SentenceWords {
    actor: String,
    target: String,
    reason: String,
    what: String,
}

impl SentenceWords {
    fn of(page: &Frame, told: &ToldRow) -> SentenceWords {
        let event = &told.row.event;
        let actor = match (told.row.actor, &told.actor) {
            (_, Some(named)) => clean(&named.name),
            (Actor::Account(id) | Actor::Service(id), None) => id.to_string(),
            (Actor::System, None) if told.row.source == Source::Internal => page.say("trail-actor-server"),
            (Actor::System, None) => page.say("trail-actor-system"),
            (Actor::Anonymous, None) => page.say("trail-actor-nobody"),
        };
        let target = match (&told.target, written(event), event.target()) {
            (Some(named), ..) => clean(&named.name),
            (None, Some(dn), _) => clean(dn),
            (None, None, Some(id)) => id.to_string(),
            (None, None, None) => String::new(),
        };
        SentenceWords {
            actor,
            target,
            reason: reason_of(event).map(|reason| why(page, reason)).unwrap_or_default(),
            what: what(page, &told.row),
        }
    }
}

/// Which sentence it is.
fn key(told: &ToldRow, words: &SentenceWords) -> &'static str {
    let own = told.row.actor.id().is_some() && told.row.actor.id() == told.row.event.target();
    let named = !words.target.is_empty();
    let is_application = told.target.as_ref().is_some_and(|named| named.kind == NamedKind::Application);
    match &told.row.event {
        AuditEvent::BindSucceeded => "trail-bound",
        AuditEvent::BindRefused { .. } if named => "trail-bind-refused",
        AuditEvent::BindRefused { .. } => "trail-bind-refused-nameless",
        AuditEvent::PasswordChanged { .. } if own => "trail-password-own",
        AuditEvent::PasswordChanged { .. } if is_application => "trail-secret-changed",
        AuditEvent::PasswordChanged { .. } => "trail-password-changed",
        AuditEvent::PasswordRefused { .. } if own => "trail-password-own-refused",
        AuditEvent::PasswordRefused { .. } if named => "trail-password-refused",
        AuditEvent::PasswordRefused { .. } => "trail-password-refused-nameless",
        AuditEvent::Added { .. } if words.what.is_empty() => "trail-added",
        AuditEvent::Added { .. } => "trail-added-with",
        AuditEvent::Modified { .. } => "trail-modified",
        AuditEvent::Renamed { .. } => "trail-renamed",
        AuditEvent::Deleted { .. } => "trail-deleted",
        AuditEvent::ChangeRefused { .. } => "trail-change-refused",
        AuditEvent::ResetRequested { .. } if named => "trail-reset-requested",
        AuditEvent::ResetRequested { .. } => "trail-reset-requested-nameless",
        AuditEvent::ResetRefused { .. } if named => "trail-reset-refused",
        AuditEvent::ResetRefused { .. } => "trail-reset-refused-nameless",
        AuditEvent::ResetMailed { .. } => "trail-reset-mailed",
        AuditEvent::ResetRedeemed { way: PasswordWay::ResetGenerated, .. } => "trail-reset-generated",
        AuditEvent::ResetRedeemed { .. } => "trail-reset-chosen",
        AuditEvent::ResetRevoked { .. } => "trail-reset-revoked",
        AuditEvent::LinkRefused { .. } => "trail-link-refused",
        AuditEvent::SignedIn => "trail-signed-in",
        AuditEvent::SignInRefused { .. } if named => "trail-sign-in-refused",
        AuditEvent::SignInRefused { .. } => "trail-sign-in-refused-nameless",
        AuditEvent::SignedOut => "trail-signed-out",
        AuditEvent::MailGivenUp { .. } => "trail-mail-given-up",
        AuditEvent::MailDropped { .. } => "trail-mail-dropped",
        AuditEvent::MailRetried { .. } => "trail-mail-retried",
        AuditEvent::MailQueued { .. } => "trail-mail-queued",
        AuditEvent::SessionsEnded { .. } if own => "trail-sessions-own",
        AuditEvent::SessionsEnded { .. } => "trail-sessions-ended",
        AuditEvent::AuditExported => "trail-exported",
        AuditEvent::RefusalsFolded => "trail-refusals-folded",
    }
}

/// What the row itself says of whom it is about.
fn written(event: &AuditEvent) -> Option<&str> {
    match event {
        AuditEvent::BindRefused { name: dn, .. }
        | AuditEvent::Added { dn, .. }
        | AuditEvent::Modified { dn, .. }
        | AuditEvent::Renamed { to: dn, .. }
        | AuditEvent::Deleted { dn, .. }
        | AuditEvent::ChangeRefused { dn, .. } => Some(dn.as_str()).filter(|dn| !dn.is_empty()),
        _ => None,
    }
}

fn reason_of(event: &AuditEvent) -> Option<Reason> {
    match event {
        AuditEvent::BindRefused { reason, .. }
        | AuditEvent::PasswordRefused { reason, .. }
        | AuditEvent::ChangeRefused { reason, .. }
        | AuditEvent::ResetRefused { reason, .. }
        | AuditEvent::LinkRefused { reason }
        | AuditEvent::SignInRefused { reason, .. } => Some(*reason),
        _ => None,
    }
}

/// What was changed, renamed or mailed.
fn what(page: &Frame, row: &AuditRow) -> String {
    match &row.event {
        AuditEvent::Added { changes, .. } | AuditEvent::Modified { changes, .. } => {
            let mut changes: Vec<String> = changes.iter().map(|change| value_change(page, change)).collect();
            changes.dedup();
            changes.join("; ")
        }
        AuditEvent::RefusalsFolded => row.times.to_string(),
        AuditEvent::Renamed { from, .. } => clean(from),
        AuditEvent::MailGivenUp { kind, .. }
        | AuditEvent::MailDropped { kind, .. }
        | AuditEvent::MailRetried { kind, .. }
        | AuditEvent::MailQueued { kind, .. } => match kind {
            MailKind::ResetLink => page.say("trail-mail-link"),
            MailKind::GeneratedPassword => page.say("trail-mail-password"),
            MailKind::PasswordNotice => page.say("trail-mail-notice"),
            MailKind::Invitation => page.say("trail-mail-invitation"),
            MailKind::AddressNotice => page.say("trail-mail-address"),
            MailKind::AddressLink => page.say("trail-mail-address-link"),
        },
        _ => String::new(),
    }
}

/// What became of the values of an attribute: its name alone where that is not kept.
fn value_change(page: &Frame, change: &ValueChange) -> String {
    let label = label(page, &change.attribute);
    let list = |values: &[String]| values.iter().map(|value| clean(value)).collect::<Vec<_>>().join(", ");
    let (before, after) = (list(&change.removed), list(&change.added));
    let values = [("attribute", label.as_str()), ("before", &before), ("after", &after)];
    let said = match (change.removed.is_empty(), change.added.is_empty()) {
        (true, true) => label.clone(),
        (true, false) => page.say_values("trail-values-added", &values),
        (false, true) => page.say_values("trail-values-removed", &values),
        (false, false) => page.say_values("trail-values-changed", &values),
    };
    match change.unnamed {
        0 => said,
        more => format!("{said} {}", page.say_values("trail-values-more", &[("count", &more.to_string())])),
    }
}

/// What people call an attribute; the others go by their own names.
fn label(page: &Frame, attribute: &str) -> String {
    match attribute.to_ascii_lowercase().as_str() {
        "sn" => page.say("trail-attribute-surname"),
        "givenname" => page.say("trail-attribute-first-name"),
        "cn" | "displayname" => page.say("trail-attribute-name"),
        "uid" => page.say("trail-attribute-login"),
        "mail" => page.say("trail-attribute-mail"),
        "telephonenumber" => page.say("trail-attribute-telephone"),
        "binderyrole" => page.say("trail-attribute-role"),
        "departmentnumber" => page.say("trail-attribute-team"),
        "accountstatus" => page.say("trail-attribute-state"),
        "shadowexpire" => page.say("trail-attribute-expiry"),
        "userpassword" => page.say("trail-attribute-password"),
        "pwdreset" => page.say("trail-attribute-must-change"),
        "pwdaccountlockedtime" => page.say("trail-attribute-lock"),
        "member" | "uniquemember" | "memberuid" => page.say("trail-attribute-members"),
        "owner" => page.say("trail-attribute-managers"),
        "description" => page.say("trail-attribute-description"),
        "binderylimitedto" => page.say("trail-attribute-limit"),
        "binderygrant" => page.say("trail-attribute-grant"),
        "preferredlanguage" => page.say("trail-attribute-language"),
        _ => clean(attribute),
    }
}

fn why(page: &Frame, reason: Reason) -> String {
    match reason {
        Reason::UnknownName => page.say("trail-why-unknown-name"),
        Reason::WrongPassword => page.say("trail-why-wrong-password"),
        Reason::Disabled => page.say("trail-why-disabled"),
        Reason::Expired => page.say("trail-why-expired"),
        Reason::Throttled => page.say("trail-why-throttled"),
        Reason::NoCredential => page.say("trail-why-no-password"),
        Reason::AccessDenied => page.say("trail-why-denied"),
        Reason::Policy => page.say("trail-why-policy"),
        Reason::OldPasswordRequired => page.say("trail-why-old-required"),
        Reason::MustChangeFirst => page.say("trail-why-must-change"),
        Reason::Confidentiality => page.say("trail-why-clear"),
        Reason::EmptyPassword => page.say("trail-why-empty"),
        Reason::Constraint => page.say("trail-why-constraint"),
        Reason::UnknownEntry => page.say("trail-why-unknown-entry"),
        Reason::LastAdministrator => page.say("trail-why-last-administrator"),
        Reason::NoMailAddress => page.say("trail-why-no-mail"),
        Reason::UnknownLink => page.say("trail-why-unknown-link"),
        Reason::ExpiredLink => page.say("trail-why-expired-link"),
        Reason::EndedLink => page.say("trail-why-ended-link"),
        Reason::NotOffered => page.say("trail-why-not-offered"),
        Reason::NewAddress => page.say("trail-why-new-address"),
    }
}

/// The page of what is named.
fn address(named: &NamedAccount) -> String {
    let area = match named.kind {
        NamedKind::Person => paths::PEOPLE,
        NamedKind::Application => paths::APPLICATIONS,
        NamedKind::Group => paths::GROUPS,
        NamedKind::Team => paths::TEAMS,
    };
    paths::of(area, named.id)
}

/// What belongs to the one who is called `name`: French says « de Paul », « d’Anne ».
fn belonging(language: Language, name: &str) -> String {
    let vowel = |first: char| "aàâäeéèêëiîïoôöuùûüyœæ".contains(first.to_lowercase().next().unwrap_or(first));
    match language {
        Language::English => TARGET.to_string(),
        Language::French if name.chars().next().is_some_and(vowel) => format!("d’{TARGET}"),
        Language::French => format!("de {TARGET}"),
    }
}

/// `text` with whatever could deceive written out, and without the marks that stand for names.
fn clean(text: &str) -> String {
    printable(text).replace([ACTOR, TARGET], "\u{fffd}")
}

/// Stand for names until a sentence is cut into its parts: characters that mean nothing (Unicode, private use).
const ACTOR: char = '\u{e000}';
const TARGET: char = '\u{e001}';
