//! The records of accounts, applications, and groups, found by id or by what indexes them. It is the floor under the rules
//! of these records, which all look at one another's: it imports none of them. No rule is here.

use uuid::Uuid;

use crate::domain::account::Account;
use crate::domain::group::{Group, GroupKind};
use crate::domain::id::Id;
use crate::domain::service::ServiceAccount;

use super::keys;
use super::numbers::{self, Series};
use super::records::{self, Owner};
use super::view::{Stop, View};

/// Returns the account `id`. Current.
pub fn account<E>(view: &mut View<'_>, id: Id) -> Result<Option<Account>, Stop<E>> {
    records::load(view, &keys::account(id))
}

/// Returns the account whose login is `uid`, in key form (see [`crate::domain::tree::fold`]). Current.
pub fn account_by_uid<E>(view: &mut View<'_>, uid: &str) -> Result<Option<Account>, Stop<E>> {
    match account_id(view, uid)? {
        Some(id) => account(view, id),
        None => Ok(None),
    }
}

/// Returns the id of the account whose login is `uid`, in key form. Current.
pub fn account_id<E>(view: &mut View<'_>, uid: &str) -> Result<Option<Id>, Stop<E>> {
    records::load_id(view, &keys::login(uid))
}

/// Returns the ids of the accounts that have the mail address `mail`, in key form; `limit` at most. Current.
pub fn accounts_of_mail<E>(view: &mut View<'_>, mail: &str, limit: usize) -> Result<Vec<Id>, Stop<E>> {
    records::ids_below(view, &keys::mail_prefix(mail), limit)
}

/// Returns the id of the account that was given `number`. Numbers are never reused, so the account may be gone or have
/// another number now: the caller loads it and compares. Current.
pub fn account_of_number<E>(view: &mut View<'_>, number: u32) -> Result<Option<Id>, Stop<E>> {
    numbers::holder(view, Series::Uid, number)
}

/// Returns what has this `entryUUID`. Current.
pub fn by_uuid<E>(view: &mut View<'_>, uuid: Uuid) -> Result<Option<Owner>, Stop<E>> {
    view.get_with(&keys::entry_uuid(uuid), records::decode_owner)
}

/// Returns the application `id`. Current.
pub fn service<E>(view: &mut View<'_>, id: Id) -> Result<Option<ServiceAccount>, Stop<E>> {
    records::load(view, &keys::service(id))
}

/// Returns the application whose name is `uid`, in key form. Current.
pub fn service_by_uid<E>(view: &mut View<'_>, uid: &str) -> Result<Option<ServiceAccount>, Stop<E>> {
    match service_id(view, uid)? {
        Some(id) => service(view, id),
        None => Ok(None),
    }
}

/// Returns the id of the application whose name is `uid`, in key form. Current.
pub fn service_id<E>(view: &mut View<'_>, uid: &str) -> Result<Option<Id>, Stop<E>> {
    records::load_id(view, &keys::service_login(uid))
}

/// Returns the group or team `id`. Current.
pub fn group<E>(view: &mut View<'_>, id: Id) -> Result<Option<Group>, Stop<E>> {
    records::load(view, &keys::group(id))
}

/// Returns the group or team of this kind whose name is `cn`, in key form. Current.
pub fn group_by_name<E>(view: &mut View<'_>, kind: GroupKind, cn: &str) -> Result<Option<Group>, Stop<E>> {
    match group_id(view, kind, cn)? {
        Some(id) => group(view, id),
        None => Ok(None),
    }
}

/// Returns the id of the group or team of this kind whose name is `cn`, in key form. Current.
pub fn group_id<E>(view: &mut View<'_>, kind: GroupKind, cn: &str) -> Result<Option<Id>, Stop<E>> {
    records::load_id(view, &keys::group_name(kind, cn))
}

/// Returns the id of the group or team that was given `number`. Numbers are never reused, so the group may be gone or have
/// another number now: the caller loads it and compares. Current.
pub fn group_of_number<E>(view: &mut View<'_>, number: u32) -> Result<Option<Id>, Stop<E>> {
    numbers::holder(view, Series::Gid, number)
}
