//! Bind: is this the password of that entry?
//!
//! One answer for every reason, in the same time: a name that nobody has costs a hash and a counted failure
//! like a wrong password does, and a throttled name, known or not, is refused at once.

use sha2::{Digest, Sha256};

use super::Directory;
use crate::domain::account::{Account, Status};
use crate::domain::audit::{Actor, AuditEvent, Reason, Source, cut};
use crate::domain::credential::{Credential, Verified, Verifier};
use crate::domain::dn::Dn;
use crate::domain::id::Id;
use crate::domain::password_policy;
use crate::domain::service::ServiceAccount;
use crate::domain::throttle::Failures;
use crate::domain::time::UnixTime;
use crate::domain::tree::Place;
use crate::secret::Secret;
use crate::store::{Fail, Stop, View, accounts, credentials, failures, services};

/// A bind that succeeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    /// Who it is.
    pub actor: Actor,
    /// Nothing but a password change is allowed (ppolicy `changeAfterReset`).
    pub must_change: bool,
}

/// Why a bind is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BindError {
    /// Name, password, or the state of the account; what it is exactly is for the ppolicy control alone.
    Invalid(Hint),
    /// More are waiting for a hash thread than the queue holds.
    Busy,
    /// The store does not answer.
    Unavailable,
}

/// What the password-policy response control may add to an invalidCredentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// Nothing.
    None,
    /// `accountLocked`: throttled, the same for names that nobody has.
    Locked,
    /// `passwordExpired`: the right password of an expired account.
    Expired,
}

/// Whom a bind is about, as the store had it at one moment.
struct Candidate {
    /// Under which failures are counted; a slot of its own for a name that nobody has.
    counted_as: Id,
    principal: Option<Principal>,
    credential: Option<Credential>,
    failures: Option<Failures>,
}

/// An attempt to prove who one is: what the audit and the throttle say of it.
#[derive(Clone, Copy)]
struct Attempt<'a> {
    name: &'a Dn,
    password: &'a Secret,
    source: Source,
}

/// Somebody whose password was right, and is still theirs.
struct Proved {
    principal: Principal,
    /// As it was verified.
    credential: Credential,
    verdict: Verified,
}

/// Whoever can bind.
enum Principal {
    Account(Account),
    Service(ServiceAccount),
}

impl Principal {
    fn actor(&self) -> Actor {
        match self {
            Principal::Account(account) => Actor::Account(account.id),
            Principal::Service(service) => Actor::Service(service.id),
        }
    }

    fn id(&self) -> Id {
        match self {
            Principal::Account(account) => account.id,
            Principal::Service(service) => service.id,
        }
    }

    fn must_change(&self) -> bool {
        matches!(self, Principal::Account(Account { must_change: true, .. }))
    }

    /// Why it may not be used at `now`, if so.
    fn fault(&self, now: UnixTime) -> Option<Reason> {
        match self {
            Principal::Account(account) => match account.status_word(now) {
                "active" => None,
                "expired" => Some(Reason::Expired),
                _ => Some(Reason::Disabled),
            },
            Principal::Service(service) => (service.status == Status::Disabled).then_some(Reason::Disabled),
        }
    }
}

impl Directory {
    /// Verifies `password` for the entry `name`, from `source`. The caller's session is anonymous before it asks.
    ///
    /// # Errors
    /// [`BindError`]; never `Invalid` when the store or the hash threads did not answer.
    pub async fn bind(&self, name: &Dn, password: Secret, source: Source) -> Result<Bound, BindError> {
        let place = self.settings.tree.locate(name);
        let nobody = self.nobody(&place);
        let attempt = Attempt { name, password: &password, source };
        let proved = self.prove(attempt, |view| candidate(view, &place, nobody)).await?;
        if proved.verdict == Verified::Rehash {
            self.rewrite(&proved, &password, source).await;
        }
        let actor = proved.principal.actor();
        self.audit_from(actor, source, AuditEvent::BindSucceeded);
        Ok(Bound { actor, must_change: proved.principal.must_change() })
    }

    /// Verifies that `password` is the one of `whom`, who is called `name`, as a bind would; gives what it was verified
    /// with.
    pub(super) async fn verify_password(
        &self,
        whom: Actor,
        name: &Dn,
        (password, source): (&Secret, Source),
    ) -> Result<Verifier, BindError> {
        let nobody = self.nobody(&Place::Nowhere);
        let proved = self.prove(Attempt { name, password, source }, |view| of_actor(view, whom, nobody)).await?;
        Ok(proved.credential.verifier)
    }

    /// A bind by the peer credentials of the Unix socket, over which the daemon knows only one who administers it.
    pub fn bind_peer(&self, source: Source, is_system: bool) -> Result<Bound, BindError> {
        if is_system {
            self.audit_from(Actor::System, source, AuditEvent::BindSucceeded);
            return Ok(Bound { actor: Actor::System, must_change: false });
        }
        self.refused_unseen(&Dn::root(), source, Reason::AccessDenied);
        Err(BindError::Invalid(Hint::None))
    }

    /// Writes down a bind that was refused before its password was looked at.
    pub fn refused_unseen(&self, name: &Dn, source: Source, reason: Reason) {
        self.audit_from(Actor::Anonymous, source, AuditEvent::BindRefused { name: cut(name.to_string()), reason });
    }

    async fn prove<F>(&self, attempt: Attempt<'_>, find: F) -> Result<Proved, BindError>
    where
        F: Fn(&mut View<'_>) -> Result<Candidate, Stop<Never>>,
    {
        let now = self.clock.now();
        if !self.admits_source(attempt.source, now) {
            return Err(self.throttled(attempt));
        }
        let mut candidate = self.store.read(find).await.map_err(|_| BindError::Unavailable)?;
        if candidate.failures.as_ref().is_some_and(|failures| failures.anchored(now).is_some()) {
            candidate.failures = self.settle(candidate.counted_as, now).await?;
        }
        if self.is_throttled(candidate.failures.as_ref(), now) {
            return Err(self.throttled(attempt));
        }
        let verdict = self.verify(&candidate, attempt.password, attempt.source).await?;
        self.conclude(attempt, candidate, verdict).await
    }

    /// The clock was set back: what lies in its future now neither ends at once nor lasts until it has caught up.
    async fn settle(&self, id: Id, now: UnixTime) -> Result<Option<Failures>, BindError> {
        let settled = self.store.run(move |view| failures::settle(view, id, now)).await;
        settled.map_err(|_: Fail<Never>| BindError::Unavailable)
    }

    /// The failure slot of a name that nobody has: one of 65,536, so that invented names fill no disk, and chosen by
    /// a secret key, so that nobody can tell which names share one.
    fn nobody(&self, place: &Place) -> Id {
        let name = match place {
            Place::Account(name) | Place::Service(name) => name.as_str(),
            _ => "",
        };
        let digest = Sha256::new().chain_update(self.slot_key).chain_update(name).finalize();
        Id(u64::from(u16::from_be_bytes([digest[0], digest[1]])))
    }

    /// Runs the hash, also when there is nothing to compare with.
    async fn verify(&self, candidate: &Candidate, password: &Secret, source: Source) -> Result<Verified, BindError> {
        let prepared = password_policy::prepare(password.expose());
        let (Some(credential), Ok(prepared)) = (&candidate.credential, prepared) else {
            self.hasher.verify_nothing(source, password.clone()).await.map_err(|_| BindError::Busy)?;
            return Ok(Verified::No);
        };
        self.hasher.verify(source, credential.verifier.clone(), prepared).await.map_err(|_| BindError::Busy)
    }

    async fn conclude(&self, attempt: Attempt<'_>, candidate: Candidate, verdict: Verified) -> Result<Proved, BindError> {
        let reason = match (candidate.principal, candidate.credential, verdict) {
            (None, _, _) => Reason::UnknownName,
            (Some(_), None, _) => Reason::NoCredential,
            (Some(_), Some(_), Verified::No) => Reason::WrongPassword,
            (Some(principal), Some(credential), Verified::Yes | Verified::Rehash) => {
                return self.admit(attempt, Proved { principal, credential, verdict }).await;
            }
        };
        Err(self.refuse(attempt, candidate.counted_as, reason).await)
    }

    /// Counts a failure, and gives the answer to it once that is on disk.
    async fn refuse(&self, attempt: Attempt<'_>, counted_as: Id, reason: Reason) -> BindError {
        let now = self.clock.now();
        self.refused_unseen(attempt.name, attempt.source, reason);
        self.charge_source(attempt.source, now);
        if self.settings.throttle.enabled {
            let settings = self.settings.throttle.clone();
            let counted: Result<(), Fail<Never>> = self.store.run(move |view| failures::count(view, counted_as, now, &settings)).await;
            if counted.is_err() {
                return BindError::Unavailable;
            }
        }
        BindError::Invalid(Hint::None)
    }

    /// Lets in whoever has proved to be the principal, if that is still enough: a hash takes its time, and waits in a
    /// queue before. Who was disabled, given another password or throttled meanwhile is out from that moment on.
    async fn admit(&self, attempt: Attempt<'_>, proved: Proved) -> Result<Proved, BindError> {
        let (now, id, whom) = (self.clock.now(), proved.principal.id(), proved.principal.actor());
        let current = self.store.read(|view| of_actor(view, whom, id)).await.map_err(|_| BindError::Unavailable)?;
        if self.is_throttled(current.failures.as_ref(), now) {
            return Err(self.throttled(attempt));
        }
        let (Some(principal), Some(credential)) = (current.principal, current.credential) else {
            return Err(self.refuse(attempt, id, Reason::NoCredential).await);
        };
        // The same password may be written anew meanwhile (`rewrite`), which does not change when it was set.
        if credential.set_at != proved.credential.set_at {
            return Err(self.refuse(attempt, id, Reason::WrongPassword).await);
        }
        match principal.fault(now) {
            None => {}
            Some(Reason::Expired) => {
                self.refused_unseen(attempt.name, attempt.source, Reason::Expired);
                return Err(BindError::Invalid(Hint::Expired));
            }
            Some(fault) => return Err(self.refuse(attempt, id, fault).await),
        }
        if current.failures.is_some_and(|failures| failures.in_a_row > 0) {
            let cleared = self.store.run(move |view| failures::clear(view, id)).await;
            cleared.map_err(|_: Fail<Never>| BindError::Unavailable)?;
        }
        Ok(Proved { principal, ..proved })
    }

    /// Rewrites an imported or outdated credential as today's Argon2id. A bind does not fail because this did.
    async fn rewrite(&self, proved: &Proved, password: &Secret, source: Source) {
        let Ok(prepared) = password_policy::prepare(password.expose()) else { return };
        let Ok(verifier) = self.hasher.hash(source, prepared).await else { return };
        let (id, old) = (proved.principal.id(), proved.credential.verifier.clone());
        let written = self.store.run(move |view| credentials::rewrite(view, id, &old, verifier.clone())).await;
        if let Err(fault) = written as Result<(), Fail<credentials::CredentialError>> {
            tracing::warn!(account = %id, ?fault, "a credential was not rewritten; the next bind tries again");
        }
    }

    fn throttled(&self, attempt: Attempt<'_>) -> BindError {
        self.refused_unseen(attempt.name, attempt.source, Reason::Throttled);
        BindError::Invalid(Hint::Locked)
    }

    fn is_throttled(&self, failures: Option<&Failures>, now: UnixTime) -> bool {
        self.settings.throttle.enabled && failures.is_some_and(|failures| !failures.admits(now))
    }

    fn admits_source(&self, source: Source, now: UnixTime) -> bool {
        !self.settings.throttle.enabled || self.sources().admits(source, now)
    }

    fn charge_source(&self, source: Source, now: UnixTime) {
        self.sources().failed(source, now);
    }
}

/// A rule that only reads refuses nothing.
type Never = std::convert::Infallible;

fn candidate(view: &mut View<'_>, place: &Place, nobody: Id) -> Result<Candidate, Stop<Never>> {
    let principal = match place {
        // The guides of many applications put their own account among the people.
        Place::Account(name) => match account(view, name)? {
            Some(account) => Some(Principal::Account(account)),
            None => service(view, name)?.map(Principal::Service),
        },
        Place::Service(name) => service(view, name)?.map(Principal::Service),
        _ => None,
    };
    let nobody = match place {
        // A name is throttled among the services as it is among the people, or the difference would tell who exists.
        Place::Service(name) if principal.is_none() => accounts::id_of_uid(view, name)?.unwrap_or(nobody),
        _ => nobody,
    };
    whole(view, principal, nobody)
}

/// As it is now, of somebody who is known by id; whoever is gone counts as `nobody`.
fn of_actor(view: &mut View<'_>, whom: Actor, nobody: Id) -> Result<Candidate, Stop<Never>> {
    let principal = match whom {
        Actor::Account(id) => accounts::load(view, id)?.map(Principal::Account),
        Actor::Service(id) => services::load(view, id)?.map(Principal::Service),
        Actor::Anonymous | Actor::System => None,
    };
    whole(view, principal, nobody)
}

fn whole(view: &mut View<'_>, principal: Option<Principal>, nobody: Id) -> Result<Candidate, Stop<Never>> {
    let counted_as = principal.as_ref().map_or(nobody, Principal::id);
    let credential = if principal.is_some() { credentials::load(view, counted_as)? } else { None };
    Ok(Candidate { counted_as, principal, credential, failures: failures::load(view, counted_as)? })
}

fn account(view: &mut View<'_>, name: &str) -> Result<Option<Account>, Stop<Never>> {
    match accounts::id_of_uid(view, name)? {
        Some(id) => accounts::load(view, id),
        None => Ok(None),
    }
}

fn service(view: &mut View<'_>, name: &str) -> Result<Option<ServiceAccount>, Stop<Never>> {
    match services::id_of_uid(view, name)? {
        Some(id) => services::load(view, id),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests;
