//! Service accounts: how they are found, and the rules by which they are made, changed and deleted.

use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::domain::id::Id;
use crate::domain::service::ServiceAccount;
use crate::domain::time::UnixTime;
use crate::domain::tree::fold;

use super::records::{self, Owner};
use super::view::{Stop, View};
use super::{bonds, keys, lookup};

pub use super::lookup::{service as load, service_by_uid as by_uid, service_id as id_of_uid};

/// Why a service account is not made or changed; the texts are for the person who asked.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[allow(missing_docs)] // Each text says it.
pub enum ServiceError {
    #[error("the name {0:?} is taken by another service account; choose another one")]
    UidTaken(String),
    #[error("the name {0:?} is a person's login; choose another one")]
    UidIsAccount(String),
    #[error("the name {0:?} is a person's mail address; choose another one")]
    UidIsMail(String),
    #[error("the group that the service account is to be limited to is not there any more")]
    NoSuchGroup,
    #[error("the service account is not there any more")]
    Gone,
}

/// Returns a digest of every field except the time of the last change; it changes when any of them does.
pub fn fingerprint(service: &ServiceAccount) -> [u8; 32] {
    let bare = ServiceAccount { modified_at: UnixTime::default(), ..service.clone() };
    Sha256::digest(records::encode(&bare)).into()
}

/// The service accounts in the order of their names, those behind the name `after` (in key form), `limit` at most. Current.
pub fn by_name<E>(view: &mut View<'_>, after: &str, limit: usize) -> Result<Vec<Id>, Stop<E>> {
    let (begin, to) = keys::range(&keys::service_login(""));
    let from = if after.is_empty() { begin } else { keys::next(&keys::service_login(after)) };
    let mut ids = Vec::new();
    view.scan_with(&from, &to, limit, |_, id| ids.extend(keys::last_id(id)))?;
    Ok(ids)
}

/// Makes `service`. It has no secret yet.
pub fn add<E: From<ServiceError>>(view: &mut View<'_>, service: &ServiceAccount) -> Result<(), Stop<E>> {
    check_uid(view, service)?;
    check_group(view, service, None)?;
    view.put(keys::entry_uuid(service.entry_uuid), records::encode_owner(Owner::Service(service.id)));
    write(view, service);
    Ok(())
}

/// Puts `new` in place of the service account with the same id, its name too.
pub fn replace<E: From<ServiceError>>(view: &mut View<'_>, new: &ServiceAccount) -> Result<(), Stop<E>> {
    let old = load(view, new.id)?.ok_or_else(|| refuse(ServiceError::Gone))?;
    if fold(&old.uid) != fold(&new.uid) {
        check_uid(view, new)?;
    }
    check_group(view, new, old.limited_to)?;
    // Whoever has kept a connection is not given by it what the application is granted now.
    if (old.status, old.limited_to, old.may_reset_passwords) != (new.status, new.limited_to, new.may_reset_passwords) {
        bonds::end_all(view, new.id)?;
    }
    view.delete(keys::service_login(&fold(&old.uid)));
    write(view, new);
    Ok(())
}

/// Deletes the service account `id` with its secret and failures.
pub fn delete<E: From<ServiceError>>(view: &mut View<'_>, id: Id) -> Result<(), Stop<E>> {
    let service = load(view, id)?.ok_or_else(|| refuse(ServiceError::Gone))?;
    for key in [
        keys::service_login(&fold(&service.uid)),
        keys::entry_uuid(service.entry_uuid),
        keys::credential(id),
        keys::failures(id),
        keys::bond(id),
        keys::service(id),
    ] {
        view.delete(key);
    }
    Ok(())
}

/// An application's name is no person's login or address: a search for one must not find the other.
fn check_uid<E: From<ServiceError>>(view: &mut View<'_>, service: &ServiceAccount) -> Result<(), Stop<E>> {
    let uid = fold(&service.uid);
    if id_of_uid(view, &uid)?.is_some_and(|holder| holder != service.id) {
        return Err(refuse(ServiceError::UidTaken(service.uid.clone())));
    }
    if lookup::account_id(view, &uid)?.is_some() {
        return Err(refuse(ServiceError::UidIsAccount(service.uid.clone())));
    }
    if !lookup::accounts_of_mail(view, &uid, 1)?.is_empty() {
        return Err(refuse(ServiceError::UidIsMail(service.uid.clone())));
    }
    Ok(())
}

fn check_group<E: From<ServiceError>>(view: &mut View<'_>, service: &ServiceAccount, already: Option<Id>) -> Result<(), Stop<E>> {
    match service.limited_to {
        Some(group) if already != Some(group) && lookup::group(view, group)?.is_none() => Err(refuse(ServiceError::NoSuchGroup)),
        Some(_) | None => Ok(()),
    }
}

fn write(view: &mut View<'_>, service: &ServiceAccount) {
    view.put(keys::service_login(&fold(&service.uid)), records::encode_id(service.id));
    view.put(keys::service(service.id), records::encode(service));
}

fn refuse<E: From<ServiceError>>(error: ServiceError) -> Stop<E> {
    Stop::Rule(E::from(error))
}
