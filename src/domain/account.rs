//! A person's account.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::entry::Attributes;
use super::id::Id;
use super::schema::Attribute;
use super::time::UnixTime;

/// What a person may do with other people's accounts (`binderyRole`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Role {
    /// Their own account only.
    User,
    /// The members of the teams they own, as far as those are users.
    Manager,
    /// Everybody.
    Administrator,
}

impl Role {
    /// The word for it in `binderyRole`, in configuration and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Role::User => "user",
            Role::Manager => "manager",
            Role::Administrator => "administrator",
        }
    }

    /// The role that `word` names, in any case.
    pub fn from_word(word: &str) -> Option<Role> {
        [Role::User, Role::Manager, Role::Administrator].into_iter().find(|role| role.word().eq_ignore_ascii_case(word))
    }
}

/// Whether an account may be used at all (`accountStatus`); expiry is a date of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Status {
    /// It may bind.
    Active,
    /// It may not, until an administrator says otherwise.
    Disabled,
}

impl Status {
    /// The word for it in `accountStatus`, where a date of expiry does not matter.
    pub fn word(self) -> &'static str {
        match self {
            Status::Active => "active",
            Status::Disabled => "disabled",
        }
    }
}

/// Whether an account may be used at a given time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// It may bind.
    Active,
    /// It may not, until an administrator says otherwise.
    Disabled,
    /// It may not any more: its time is over.
    Expired,
}

impl State {
    /// That of an account with this status, and this date of expiry.
    pub fn of(status: Status, expires_at: Option<UnixTime>, now: UnixTime) -> State {
        match (status, expires_at) {
            (Status::Disabled, _) => State::Disabled,
            (Status::Active, Some(at)) if at <= now => State::Expired,
            (Status::Active, _) => State::Active,
        }
    }

    /// The word for it in `accountStatus`, and in the addresses of pages.
    pub fn word(self) -> &'static str {
        match self {
            State::Active => "active",
            State::Disabled => "disabled",
            State::Expired => "expired",
        }
    }

    /// The state that `word` names.
    pub fn from_word(word: &str) -> Option<State> {
        [State::Active, State::Disabled, State::Expired].into_iter().find(|state| state.word() == word)
    }
}

/// A person's account, as it is stored. Team and groups are memberships, kept beside it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// Its name in the store.
    pub id: Id,
    /// `entryUUID` (RFC 4530); stable for ever.
    pub entry_uuid: Uuid,
    /// The login, as it was given; compared without regard to case.
    pub uid: String,
    /// What it may do.
    pub role: Role,
    /// Whether it may bind.
    pub status: Status,
    /// From when on it may not bind any more.
    pub expires_at: Option<UnixTime>,
    /// `uidNumber`; stable for ever.
    pub uid_number: u32,
    /// `gidNumber` of its primary group.
    pub gid_number: u32,
    /// When it was made.
    pub created_at: UnixTime,
    /// When anything of it last changed, its password too.
    pub modified_at: UnixTime,
    /// When its password last changed; none before the first one.
    pub password_changed_at: Option<UnixTime>,
    /// Whether the next bind may do nothing but change the password (`pwdReset`).
    pub must_change: bool,
    /// Everything else: cn, sn, givenName, mail, telephoneNumber ...
    pub attributes: Attributes,
}

impl Account {
    /// Whether it is active, disabled or expired at `now`.
    pub fn state(&self, now: UnixTime) -> State {
        State::of(self.status, self.expires_at, now)
    }

    /// `active`, `disabled` or `expired`, as `accountStatus` shows it.
    pub fn status_word(&self, now: UnixTime) -> &'static str {
        self.state(now).word()
    }

    /// The people whom `attribute` names ([`Attribute::names_people`]); one who was deleted since may be among them.
    pub fn people_named(&self, attribute: Attribute) -> Vec<Id> {
        let ids = self.attributes.values(attribute);
        ids.iter().filter_map(|id| id.try_into().ok().map(Id::from_bytes)).collect()
    }

    /// Gives `attribute` these people.
    pub fn name_people(&mut self, attribute: Attribute, people: &[Id]) {
        self.attributes.set(attribute, people.iter().map(|id| id.to_bytes().to_vec()).collect());
    }

    /// Whether it may bind at `now`.
    pub fn is_usable(&self, now: UnixTime) -> bool {
        self.state(now) == State::Active
    }
}
