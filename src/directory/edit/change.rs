//! A change of an entry, as data: what is to be done, whoever asks and however it was worded.

use super::error::EditFault;
use crate::directory::Target;
use crate::domain::dn::Dn;
use crate::domain::entry::Value;
use crate::domain::id::Id;
use crate::domain::reset::{ResetRequested, TokenDigest};
use crate::domain::schema::Attribute;
use crate::domain::tree::{Branch, RdnPart};
use crate::secret::Secret;

/// What is to be done to one entry: all of it, or nothing.
#[derive(Debug)]
pub struct Edit {
    /// The entry.
    pub target: EditTarget,
    /// What is to be done, in this order; only the last state has to be right.
    pub changes: Vec<Change>,
    /// What the form was made from (`seen` of a sheet): where it has changed since, nothing is done. None: it may have.
    pub seen: Option<String>,
    /// What a new name says of the entry besides the name: it has to be so already.
    pub parts_of_name: Vec<RdnPart>,
    /// What was wrong with the request by itself. It is told after the caller's rights were checked.
    pub faults: Vec<EditFault>,
    /// How the caller shows that it is them who gives somebody power.
    pub proof: Proof,
    /// When, from where and in which language a page asked for it, for the mail that it sends.
    pub requested: Option<ResetRequested>,
    /// A mail in which a new person chooses a password.
    pub invitation: Option<ResetRequested>,
}

/// The entry that an [`Edit`] is about.
#[derive(Clone, Debug)]
pub enum EditTarget {
    /// One that is there.
    Entry(Target),
    /// A new one in this branch, of this name: whoever may add it fills it in.
    New(Branch, String),
    /// A new one at this DN (RFC 4511 §4.7): by administrators.
    NewAt(Dn),
}

/// One thing that is done to an entry.
#[derive(Clone, Debug)]
pub enum Change {
    /// The values take the place of all there are; none: the attribute is taken away.
    Set(Attribute, Vec<Value>),
    /// The values are added; one that is there already is a fault.
    Add(Attribute, Vec<Value>),
    /// The values are taken away; one that is not there is a fault. None: all of them.
    Remove(Attribute, Vec<Value>),
    /// The values are taken away where they are there.
    Discard(Attribute, Vec<Value>),
    /// The password, or an application's secret.
    Password(PasswordEdit),
    /// The login or name.
    Rename(String),
    /// The failures of the account are forgotten, which ends the waiting.
    Unlock,
    /// All sessions of the account on the pages end.
    EndSessions,
    /// The entry is deleted.
    Delete,
}

/// A password that is to be set.
#[derive(Clone, Debug)]
pub struct PasswordEdit {
    /// The old one, which is verified.
    pub old: Option<Secret>,
    /// The new one: a password, or what another directory stored; none: a secret is generated.
    pub new: Option<Secret>,
    /// It is right only if there is none yet.
    pub added: bool,
    /// It has to be changed at the next sign-in.
    pub temporary: bool,
}

/// How the caller shows that it is them, and not somebody at their open browser.
#[derive(Debug)]
pub enum Proof {
    /// The connection was opened with the password.
    Bound,
    /// The password that was typed beside the change.
    Typed(Option<Secret>),
    /// The link that was sent to a new mail address of the caller's, whose token has this digest.
    Opened(TokenDigest),
}

/// What an edit has done.
#[derive(Debug)]
pub struct Edited {
    /// The entry.
    pub id: Id,
    /// The attributes that were changed, in the order of the schema's table.
    pub attributes: Vec<Attribute>,
    /// The secret that was generated.
    pub secret: Option<Secret>,
    /// A mail address is not among them yet: it waits for the link that was sent to it.
    pub waits_for_link: bool,
}

impl Edit {
    /// `changes` of the entry `target`, by a connection that was opened with a password.
    pub fn new(target: Target, changes: Vec<Change>) -> Edit {
        Edit::of(EditTarget::Entry(target), changes)
    }

    /// As [`Edit::new`], for any target.
    pub fn of(target: EditTarget, changes: Vec<Change>) -> Edit {
        Edit {
            target,
            changes,
            seen: None,
            parts_of_name: Vec::new(),
            faults: Vec::new(),
            proof: Proof::Bound,
            requested: None,
            invitation: None,
        }
    }

    /// The one change of an entry's button.
    pub fn one(branch: Branch, id: Id, change: Change) -> Edit {
        Edit::new(Target::Id(branch, id), vec![change])
    }

    /// The password among the changes; the last one counts.
    pub(super) fn password(&self) -> Option<&PasswordEdit> {
        self.changes.iter().rev().find_map(Change::password)
    }

    /// Whether `attribute` is among what changes.
    pub(super) fn names(&self, attribute: Attribute) -> bool {
        self.changes.iter().any(|change| change.attribute() == Some(attribute))
    }
}

impl Change {
    /// The attribute that it changes.
    pub fn attribute(&self) -> Option<Attribute> {
        match self {
            Change::Set(attribute, _) | Change::Add(attribute, _) | Change::Remove(attribute, _) | Change::Discard(attribute, _) => {
                Some(*attribute)
            }
            Change::Password(_) => Some(Attribute::UserPassword),
            Change::Unlock => Some(Attribute::PwdAccountLockedTime),
            Change::Rename(_) | Change::EndSessions | Change::Delete => None,
        }
    }

    /// The values that it brings.
    pub(super) fn values(&self) -> &[Value] {
        match self {
            Change::Set(_, values) | Change::Add(_, values) | Change::Remove(_, values) | Change::Discard(_, values) => values,
            Change::Password(_) | Change::Rename(_) | Change::Unlock | Change::EndSessions | Change::Delete => &[],
        }
    }

    fn password(&self) -> Option<&PasswordEdit> {
        match self {
            Change::Password(password) => Some(password),
            _ => None,
        }
    }
}

impl PasswordEdit {
    /// `new` in place of whatever there is.
    pub fn set(new: Secret) -> PasswordEdit {
        PasswordEdit { old: None, new: Some(new), added: false, temporary: false }
    }

    /// A generated secret in place of whatever there is.
    pub fn generated() -> PasswordEdit {
        PasswordEdit { old: None, new: None, added: false, temporary: false }
    }
}
