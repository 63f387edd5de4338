//! Groups and teams: named sets of accounts. A team has managers and an account is in one team at most.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::entry::Attributes;
use super::id::Id;
use super::time::UnixTime;

/// Which of the two a [`Group`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum GroupKind {
    /// `cn=...,ou=groups`: what applications ask for.
    Group,
    /// `cn=...,ou=teams`: whose managers look after its members.
    Team,
}

/// A group or a team, as it is stored. Its members are keys of their own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Its name in the store.
    pub id: Id,
    /// Group or team.
    pub kind: GroupKind,
    /// `entryUUID` (RFC 4530).
    pub entry_uuid: Uuid,
    /// Its name, as it was given; compared without regard to case.
    pub cn: String,
    /// `gidNumber`; stable for ever.
    pub gid_number: u32,
    /// The managers of a team (`owner`), at most [`MAX_OWNERS`]; empty for a group.
    pub owners: Vec<Id>,
    /// When it was made.
    pub created_at: UnixTime,
    /// When the record itself last changed (not its members).
    pub modified_at: UnixTime,
    /// Everything else: description ...
    pub attributes: Attributes,
}

/// How many managers a team may have.
pub const MAX_OWNERS: usize = 16;
