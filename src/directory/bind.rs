//! Bind: is this the password of that entry?
//!
//! One answer for every reason, in the same time: a name that nobody has costs a hash and a counted failure
//! like a wrong password does, and a throttled name, known or not, is refused at once.

use sha2::{Digest, Sha256};

use super::Directory;
use crate::domain::account::{Account, Status};
use crate::domain::audit::{Actor, AuditEvent, Reason, Source, cut};
use crate::domain::credential::{Credential, Verified};
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

/// Whom a bind is about, as the store had it when the bind began.
struct Candidate {
    /// Under which failures are counted; a slot of its own for a name that nobody has.
    counted_as: Id,
    principal: Option<Principal>,
    credential: Option<Credential>,
    failures: Option<Failures>,
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
        let now = self.clock.now();
        if !self.admits_source(source, now) {
            self.audit_refusal(name, source, Reason::Throttled);
            return Err(BindError::Invalid(Hint::Locked));
        }
        let place = self.settings.tree.locate(name);
        let mut candidate = self.candidate(&place).await?;
        if candidate.failures.as_ref().is_some_and(|failures| failures.anchored(now).is_some()) {
            candidate.failures = self.settle(candidate.counted_as, now).await?;
        }
        if self.is_throttled(candidate.failures.as_ref(), now) {
            self.audit_refusal(name, source, Reason::Throttled);
            return Err(BindError::Invalid(Hint::Locked));
        }
        let verdict = self.verify(&candidate, &password, source).await?;
        self.conclude(name, candidate, verdict, (password, source)).await
    }

    /// Everything about the name that a bind needs, read at once and current.
    async fn candidate(&self, place: &Place) -> Result<Candidate, BindError> {
        let nobody = self.nobody(place);
        self.store.read(|view| candidate(view, place, nobody)).await.map_err(|_| BindError::Unavailable)
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

    async fn conclude(
        &self,
        name: &Dn,
        candidate: Candidate,
        verdict: Verified,
        (password, source): (Secret, Source),
    ) -> Result<Bound, BindError> {
        let now = self.clock.now();
        let reason = match (&candidate.principal, &candidate.credential, verdict) {
            (None, _, _) => Reason::UnknownName,
            (Some(_), None, _) => Reason::NoCredential,
            (Some(_), Some(_), Verified::No) => Reason::WrongPassword,
            (Some(principal), Some(_), Verified::Yes | Verified::Rehash) => match principal.fault(now) {
                None => return self.admit(name, &candidate, principal.actor(), (verdict, password, source)).await,
                Some(Reason::Expired) => {
                    self.audit_refusal(name, source, Reason::Expired);
                    return Err(BindError::Invalid(Hint::Expired));
                }
                Some(fault) => fault,
            },
        };
        self.refuse(name, candidate.counted_as, source, reason).await
    }

    /// Counts a failure, and answers once it is on disk.
    async fn refuse(&self, name: &Dn, counted_as: Id, source: Source, reason: Reason) -> Result<Bound, BindError> {
        let now = self.clock.now();
        self.audit_refusal(name, source, reason);
        self.charge_source(source, now);
        if self.settings.throttle.enabled {
            let settings = self.settings.throttle.clone();
            let counted = self.store.run(move |view| failures::count(view, counted_as, now, &settings)).await;
            counted.map_err(|_: Fail<Never>| BindError::Unavailable)?;
        }
        Err(BindError::Invalid(Hint::None))
    }

    /// Lets the principal in, unless guesses made meanwhile have throttled it.
    async fn admit(
        &self,
        name: &Dn,
        candidate: &Candidate,
        actor: Actor,
        (verdict, password, source): (Verified, Secret, Source),
    ) -> Result<Bound, BindError> {
        let now = self.clock.now();
        let id = candidate.counted_as;
        let failures = self.store.read(|view| failures::load(view, id)).await.map_err(|_: Fail<Never>| BindError::Unavailable)?;
        if let Some(failures) = failures {
            // Many guesses at once are hashed side by side: one that hits must not profit from those counted meanwhile.
            if self.is_throttled(Some(&failures), now) {
                self.audit_refusal(name, source, Reason::Throttled);
                return Err(BindError::Invalid(Hint::Locked));
            }
            if failures.in_a_row > 0 {
                let cleared = self.store.run(move |view| failures::clear(view, id)).await;
                cleared.map_err(|_: Fail<Never>| BindError::Unavailable)?;
            }
        }
        if verdict == Verified::Rehash {
            self.rewrite(candidate, &password, source).await;
        }
        self.audit_from(actor, source, AuditEvent::BindSucceeded);
        let must_change = candidate.principal.as_ref().is_some_and(Principal::must_change);
        Ok(Bound { actor, must_change })
    }

    /// Rewrites an imported or outdated credential as today's Argon2id. A bind does not fail because this did.
    async fn rewrite(&self, candidate: &Candidate, password: &Secret, source: Source) {
        let (Some(old), Ok(prepared)) = (candidate.credential.clone(), password_policy::prepare(password.expose())) else { return };
        let Ok(verifier) = self.hasher.hash(source, prepared).await else { return };
        let id = candidate.counted_as;
        let written = self.store.run(move |view| credentials::rewrite(view, id, &old.verifier, verifier.clone())).await;
        if let Err(fault) = written as Result<(), Fail<credentials::CredentialError>> {
            tracing::warn!(account = %id, ?fault, "a credential was not rewritten; the next bind tries again");
        }
    }

    fn is_throttled(&self, failures: Option<&Failures>, now: UnixTime) -> bool {
        self.settings.throttle.enabled && failures.is_some_and(|failures| !failures.admits(now))
    }

    fn audit_refusal(&self, name: &Dn, source: Source, reason: Reason) {
        self.audit_from(Actor::Anonymous, source, AuditEvent::BindRefused { name: cut(name.to_string()), reason });
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
    let counted_as = match (&principal, place) {
        (Some(Principal::Account(account)), _) => account.id,
        (Some(Principal::Service(service)), _) => service.id,
        // A name is throttled among the services as it is among the people, or the difference would tell who exists.
        (None, Place::Service(name)) => accounts::id_of_uid(view, name)?.unwrap_or(nobody),
        (None, _) => nobody,
    };
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
