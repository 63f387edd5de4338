//! Who is asking: what the access table needs to know of a caller, read afresh for each operation.

use super::{Actor, Directory};
use crate::domain::access::{Person, Subject};
use crate::domain::account::{Role, Status};
use crate::domain::id::Id;
use crate::domain::time::UnixTime;
use crate::store::{Stop, View, accounts, groups, memberships, services};

/// The subject that `actor` is at `now`. Whoever was disabled, has expired or was deleted since the bind is anonymous.
/// Current.
pub fn subject<E>(view: &mut View<'_>, actor: Actor, now: UnixTime) -> Result<Subject, Stop<E>> {
    match actor {
        Actor::Anonymous => Ok(Subject::Anonymous),
        Actor::System => Ok(Subject::System),
        Actor::Account(id) => {
            let Some(account) = accounts::load(view, id)?.filter(|account| account.is_usable(now)) else { return Ok(Subject::Anonymous) };
            let owned_teams = if account.role == Role::Manager { memberships::owned_teams(view, id)? } else { Vec::new() };
            Ok(Subject::Account(Person { id, role: account.role, owned_teams }))
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
            if subject(view, actor, now)? == Subject::Anonymous {
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
