//! Service accounts: how applications bind.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::account::Status;
use super::entry::Attributes;
use super::id::Id;
use super::time::UnixTime;

/// A service account, as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServiceAccount {
    /// Its name in the store.
    pub id: Id,
    /// `entryUUID` (RFC 4530).
    pub entry_uuid: Uuid,
    /// Its name, as it was given; compared without regard to case.
    pub uid: String,
    /// Whether it may bind.
    pub status: Status,
    /// The one group whose members it may see; none: everybody.
    pub limited_to: Option<Id>,
    /// Whether it may set passwords (`binderyGrant: password-reset`).
    pub may_reset_passwords: bool,
    /// When it was made.
    pub created_at: UnixTime,
    /// When anything but its secret last changed.
    pub modified_at: UnixTime,
    /// Everything else: description ...
    pub attributes: Attributes,
}
