//! The caller as the access table needs to know them, read afresh for each operation. The one place that bars a caller
//! who has to change their password first.

use super::{Actor, Caller, Directory};
use crate::domain::access::{self, PersonSubject, Subject};
use crate::domain::account::{Role, Status};
use crate::domain::id::Id;
use crate::domain::time::UnixTime;
use crate::store::{Stop, View, accounts, groups, memberships, services};

/// The caller has to change their own password before anything else.
pub(super) struct MustChange;

/// Returns the subject that `caller` is at `now`. One who was disabled, has expired or was deleted since the bind is
/// anonymous. Current.
///
/// # Errors
/// [`MustChange`].
pub(super) fn subject<E: From<MustChange>>(view: &mut View<'_>, caller: &Caller, now: UnixTime) -> Result<Subject, Stop<E>> {
    if caller.must_change {
        return Err(Stop::Rule(MustChange.into()));
    }
    subject_before_change(view, caller.actor, now)
}

/// Refuses with `denied` a caller who does not administer the directory.
///
/// # Errors
/// [`MustChange`], or `denied`.
pub(super) fn check_administers<E: From<MustChange>>(
    view: &mut View<'_>,
    caller: &Caller,
    now: UnixTime,
    denied: E,
) -> Result<(), Stop<E>> {
    match access::administers(&subject(view, caller, now)?) {
        true => Ok(()),
        false => Err(Stop::Rule(denied)),
    }
}

/// As [`subject`], for what is allowed before the password is changed as well: the change itself, and "who am I".
pub(super) fn subject_before_change<E>(view: &mut View<'_>, actor: Actor, now: UnixTime) -> Result<Subject, Stop<E>> {
    match actor {
        Actor::Anonymous => Ok(Subject::Anonymous),
        Actor::System => Ok(Subject::System),
        Actor::Account(id) => {
            let Some(account) = accounts::load(view, id)?.filter(|account| account.is_usable(now)) else { return Ok(Subject::Anonymous) };
            let owned_teams = if account.role == Role::Manager { memberships::owned_teams(view, id)? } else { Vec::new() };
            Ok(Subject::Account(PersonSubject { id, role: account.role, owned_teams }))
        }
        Actor::Service(id) => {
            let Some(service) = services::load(view, id)?.filter(|service| service.status == Status::Active) else {
                return Ok(Subject::Anonymous);
            };
            let limited_to = match service.limited_to {
                // Its memberships are cleared away in the background, and must not be seen until then.
                Some(group) if groups::load(view, group)?.is_none() => Some(NO_GROUP),
                limited_to => limited_to,
            };
            Ok(Subject::Service { id, limited_to, may_reset_passwords: service.may_reset_passwords })
        }
    }
}

impl Directory {
    /// The DN of `actor`, for "who am I" (RFC 4532), without the `dn:`; empty for nobody, and for
    /// whoever may not be used any more.
    ///
    /// # Errors
    /// If the store does not answer.
    pub async fn who_am_i(&self, actor: Actor) -> Result<String, super::Unavailable> {
        let tree = &self.settings.tree;
        let now = self.clock.now();
        let dn = self.store.read(|view| {
            if subject_before_change(view, actor, now)? == Subject::Anonymous {
                return Ok(String::new());
            }
            Ok(match actor {
                Actor::Anonymous => String::new(),
                Actor::System => SYSTEM_DN.to_owned(),
                Actor::Account(id) => accounts::load(view, id)?.map(|account| tree.account_dn(&account.uid)).unwrap_or_default(),
                Actor::Service(id) => services::load(view, id)?.map(|service| tree.service_dn(&service.uid)).unwrap_or_default(),
            })
        });
        dn.await.map_err(|_: crate::store::Fail<std::convert::Infallible>| super::Unavailable)
    }
}

/// What an application is limited to once its group was deleted: an id that is never drawn, so that it sees nobody.
const NO_GROUP: Id = Id(0);

/// Whoever came in over the socket as root or as the daemon's own user; no such entry exists.
const SYSTEM_DN: &str = "cn=system,cn=bindery";
