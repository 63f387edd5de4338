//! Groups and teams as the pages show and change them, by their ids: a list, a sheet, who is in them and who looks after
//! them. Administrators alone; whoever may not see a group is told that there is none.

mod change;
mod look;
mod people;
#[cfg(test)]
mod tests;

use std::convert::Infallible;

use super::subject::subject;
use super::{Caller, Directory};
use crate::domain::access::{self, Reads};
use crate::domain::audit::{AuditEvent, Reason};
use crate::domain::group::{Group, GroupKind};
use crate::domain::id::Id;
use crate::domain::time::UnixTime;
use crate::store::groups::{self, GroupError};
use crate::store::memberships::MembershipError;
use crate::store::{Fail, Stop, View};

use super::present::Record;
pub use change::{GroupField, GroupForm};
pub use look::{Count, GroupLine, GroupPerson, GroupSheet, GroupsPage, GroupsQuery};
pub use people::{Relation, TOGETHER};

/// Why a group or team is not shown, or nothing is changed of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupsError {
    /// There is no such group, or the caller may not know.
    NoSuchGroup,
    /// The caller may not do that.
    Denied,
    /// The caller has to change their password first.
    MustChange,
    /// Somebody has changed it since it was shown: it has to be looked at again.
    Changed,
    /// A name is needed.
    NameMissing,
    /// A name is not written like that.
    NameMalformed,
    /// The name is taken.
    NameTaken,
    /// The description has more bytes than this.
    DescriptionTooLong(usize),
    /// The description is not written like that.
    DescriptionMalformed,
    /// No login was given.
    NobodyNamed,
    /// More than [`TOGETHER`] logins were given.
    TooManyNamed,
    /// Nobody has this login.
    NoSuchPerson(String),
    /// This person is one already.
    Already(String),
    /// This person is in another team.
    InOtherTeam {
        /** Their login. */
        login: String,
        /** The name of that team. */
        other: String,
    },
    /// This person is in as many groups as one may be in.
    TooManyGroups(String),
    /// The team has as many managers as one may have.
    TooManyOwners,
    /// This person looks after as many teams as one may.
    TooManyOwned(String),
    /// No number is left for a new group.
    NumbersUsedUp,
    /// Too much is going on.
    Busy,
    /// The store does not answer.
    Unavailable,
}

/// What a rule of this module gives.
type Rule<T> = Result<T, Stop<GroupsError>>;

/// Who asks for which group or team, and when.
#[derive(Clone, Copy)]
struct Asked {
    caller: Caller,
    kind: GroupKind,
    id: Id,
    now: UnixTime,
}

impl Asked {
    /// The group, for somebody who may change it.
    fn to_change(self, view: &mut View<'_>) -> Rule<Group> {
        check_may_change(self.caller)?;
        let group = groups::load(view, self.id)?.filter(|group| group.kind == self.kind).ok_or_else(none)?;
        let subject = subject(view, self.caller.actor, self.now)?;
        if access::administers(&subject) {
            return Ok(group);
        }
        let object = Record::Group(group).object(view, &subject).map_err(|stop| stop.map(|never| match never {}))?;
        // Who may see it knows that it is there.
        Err(match access::reads(&subject, &object, &access::Settings::default()) {
            Reads::Everything | Reads::AddressBook => Stop::Rule(GroupsError::Denied),
            Reads::Nothing => none(),
        })
    }

    /// The same for somebody who looks at it.
    fn to_look(self, view: &mut View<'_>) -> Rule<Group> {
        self.to_change(view).map_err(|stop| match stop {
            Stop::Rule(GroupsError::Denied) => none(),
            stop => stop,
        })
    }
}

impl Directory {
    fn asked(&self, caller: &Caller, (kind, id): (GroupKind, Id)) -> Asked {
        Asked { caller: *caller, kind, id, now: self.clock.now() }
    }

    /// Writes down that a change was refused, and gives the caller their answer.
    async fn group_answer<T>(&self, asked: &Asked, outcome: Result<T, GroupsError>) -> Result<T, GroupsError> {
        if let Err(error) = &outcome
            && let Some(reason) = reason(error)
        {
            let found = self.store.read(|view| groups::load(view, asked.id)).await;
            let found = found.map_err(|_: Fail<Infallible>| GroupsError::Unavailable)?;
            let dn = found.map_or_else(|| asked.id.to_string(), |group| self.settings.tree.group_dn(group.kind, &group.cn));
            self.audit(&asked.caller, AuditEvent::ChangeRefused { dn, reason });
        }
        outcome
    }
}

fn check_may_change(caller: Caller) -> Rule<()> {
    if caller.must_change { Err(Stop::Rule(GroupsError::MustChange)) } else { Ok(()) }
}

fn none() -> Stop<GroupsError> {
    Stop::Rule(GroupsError::NoSuchGroup)
}

/// Why, as it is written down; none for what is no fault of the caller's.
fn reason(error: &GroupsError) -> Option<Reason> {
    match error {
        GroupsError::NoSuchGroup => Some(Reason::UnknownEntry),
        GroupsError::Denied => Some(Reason::AccessDenied),
        GroupsError::MustChange => Some(Reason::MustChangeFirst),
        GroupsError::NameMissing
        | GroupsError::NameMalformed
        | GroupsError::NameTaken
        | GroupsError::DescriptionTooLong(_)
        | GroupsError::DescriptionMalformed
        | GroupsError::NobodyNamed
        | GroupsError::TooManyNamed
        | GroupsError::NoSuchPerson(_)
        | GroupsError::Already(_)
        | GroupsError::InOtherTeam { .. }
        | GroupsError::TooManyGroups(_)
        | GroupsError::TooManyOwners
        | GroupsError::TooManyOwned(_)
        | GroupsError::NumbersUsedUp => Some(Reason::Constraint),
        GroupsError::Changed | GroupsError::Busy | GroupsError::Unavailable => None,
    }
}

impl From<Fail<GroupsError>> for GroupsError {
    fn from(fail: Fail<GroupsError>) -> GroupsError {
        match fail {
            Fail::Rule(error) => error,
            Fail::Conflict => GroupsError::Busy,
            Fail::Unknown | Fail::Down => GroupsError::Unavailable,
        }
    }
}

impl From<GroupError> for GroupsError {
    fn from(error: GroupError) -> GroupsError {
        match error {
            GroupError::GroupTaken(_) | GroupError::TeamTaken(_) => GroupsError::NameTaken,
            GroupError::TooManyOwners => GroupsError::TooManyOwners,
            GroupError::TooManyOwned(login) => GroupsError::TooManyOwned(login),
            // The number of a new group is drawn, and an owner was there when they were looked up.
            GroupError::NumberTaken(_) | GroupError::NoSuchOwner => GroupsError::Busy,
            GroupError::Gone => GroupsError::NoSuchGroup,
        }
    }
}

impl From<MembershipError> for GroupsError {
    fn from(error: MembershipError) -> GroupsError {
        match error {
            MembershipError::AlreadyMember { login, .. } => GroupsError::Already(login),
            MembershipError::InOtherTeam { login, other, .. } => GroupsError::InOtherTeam { login, other },
            MembershipError::TooManyGroups { login } => GroupsError::TooManyGroups(login),
            MembershipError::NotMember { login, .. } => GroupsError::NoSuchPerson(login),
            MembershipError::Gone => GroupsError::Busy,
        }
    }
}
