//! What is looked for in the audit, and where that lies.

use std::fmt;
use std::ops::Range;

use crate::domain::audit::{AuditEvent, AuditRow, Class};
use crate::domain::group::GroupKind;
use crate::domain::id::{Id, OpId};
use crate::domain::time::UnixTime;
use crate::domain::tree::fold;
use crate::store::trail::{AuditPosition, Lanes, MAX_IDS};
use crate::store::{Stop, View, accounts, groups, services};

/// What is looked for. Nothing of it is trusted.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditQuery {
    /// A login, a mail address, the name of an application, group or team, or an id: who acted, or whom it happened to.
    /// Empty: anybody.
    pub who: String,
    /// Which sort of events.
    pub what: AuditWhat,
    /// Not before.
    pub from: Option<UnixTime>,
    /// Not then or later.
    pub to: Option<UnixTime>,
    /// Where to go on: [`AuditPage::next`](super::AuditPage::next) of the page before.
    pub after: Option<AuditPlace>,
}

/// Sorts of events that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditWhat {
    /// All that has changed anything.
    Changes,
    /// Of these, what has to do with passwords.
    Passwords,
    /// Who came in, and left.
    Access,
    /// What was refused.
    Refusals,
    /// All of it.
    Everything,
}

impl AuditWhat {
    /// Each of them.
    pub const ALL: [AuditWhat; 5] =
        [AuditWhat::Changes, AuditWhat::Passwords, AuditWhat::Access, AuditWhat::Refusals, AuditWhat::Everything];

    fn classes(self) -> &'static [Class] {
        match self {
            AuditWhat::Changes | AuditWhat::Passwords => &[Class::Change],
            AuditWhat::Access => &[Class::Access],
            AuditWhat::Refusals => &[Class::Refusal],
            AuditWhat::Everything => &Class::ALL,
        }
    }
}

/// A place in the audit: the row behind which a page begins. [`fmt::Display`] writes it as it stands in an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditPlace(pub(super) AuditPosition);

impl AuditPlace {
    /// The place that is written as `text`; whoever makes one up reaches another place of the same list.
    pub fn parse(text: &str) -> Option<AuditPlace> {
        let (at, op) = text.split_once('-')?;
        let place = AuditPlace(AuditPosition { at: UnixTime::from_millis(u64::from_str_radix(at, 16).ok()?), op: OpId::parse(op)? });
        // No sign, no other length, no other case.
        (place.to_string() == text).then_some(place)
    }

    /// The time of the row.
    pub(super) fn at(self) -> UnixTime {
        self.0.at
    }
}

impl fmt::Display for AuditPlace {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:x}-{}", self.0.at.as_millis(), self.0.op)
    }
}

impl AuditQuery {
    /// From when to when.
    pub(super) fn times(&self) -> Range<UnixTime> {
        self.from.unwrap_or_default()..self.to.unwrap_or(UnixTime::from_millis(u64::MAX))
    }

    /// Whether `row`, which lies where it was looked for, is one that is asked for.
    pub(super) fn wants(&self, row: &AuditRow) -> bool {
        self.what.classes().contains(&row.event.class()) && (self.what != AuditWhat::Passwords || is_of_passwords(&row.event))
    }

    /// Where to look; none if there is nobody and nothing of that name.
    pub(super) fn lanes<E>(&self, view: &mut View<'_>) -> Result<Option<Lanes>, Stop<E>> {
        let classes = self.what.classes();
        if self.who.is_empty() {
            return Ok(Some(if classes == [Class::Change] { Lanes::changes() } else { Lanes::everything() }));
        }
        let ids = called(view, &self.who)?;
        Ok((!ids.is_empty()).then(|| Lanes::about(&ids, classes)))
    }
}

/// All that is called `name`. Whoever is gone is known by their id alone.
fn called<E>(view: &mut View<'_>, name: &str) -> Result<Vec<Id>, Stop<E>> {
    if name.len() > MAX_NAME {
        return Ok(Vec::new());
    }
    let folded = fold(name);
    let mut ids: Vec<Id> = accounts::id_of_uid(view, &folded)?.into_iter().collect();
    ids.extend(services::id_of_uid(view, &folded)?);
    for kind in [GroupKind::Group, GroupKind::Team] {
        ids.extend(groups::id_of(view, kind, &folded)?);
    }
    if ids.is_empty() {
        ids = accounts::ids_of_mail(view, &folded, MAX_IDS)?;
    }
    if ids.is_empty() {
        ids.extend(Id::parse(name));
    }
    Ok(ids)
}

fn is_of_passwords(event: &AuditEvent) -> bool {
    match event {
        AuditEvent::PasswordChanged { .. }
        | AuditEvent::ResetRequested { .. }
        | AuditEvent::ResetMailed { .. }
        | AuditEvent::ResetRedeemed { .. }
        | AuditEvent::ResetRevoked { .. }
        | AuditEvent::MailQueued { .. } => true,
        AuditEvent::BindSucceeded
        | AuditEvent::BindRefused { .. }
        | AuditEvent::PasswordRefused { .. }
        | AuditEvent::Added { .. }
        | AuditEvent::Modified { .. }
        | AuditEvent::Renamed { .. }
        | AuditEvent::Deleted { .. }
        | AuditEvent::ChangeRefused { .. }
        | AuditEvent::ResetRefused { .. }
        | AuditEvent::LinkRefused { .. }
        | AuditEvent::SignedIn
        | AuditEvent::SignInRefused { .. }
        | AuditEvent::SignedOut
        | AuditEvent::MailGivenUp { .. }
        | AuditEvent::MailDropped { .. }
        | AuditEvent::MailRetried { .. }
        | AuditEvent::SessionsEnded { .. }
        | AuditEvent::AuditExported
        | AuditEvent::RefusalsFolded => false,
    }
}

/// Bytes of a name that is looked for.
const MAX_NAME: usize = 256;
