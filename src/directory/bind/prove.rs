//! Proving who one is: throttle, hash, and what is written down of it. The only implementation there is.

use std::sync::Arc;

use sha2::{Digest, Sha256};
use tokio::runtime::Handle;

use super::candidate::{Candidate, Principal, of_actor};
use super::{BindError, Hint, Never};
use crate::directory::Directory;
use crate::directory::hasher::Busy;
use crate::domain::audit::{AuditEvent, Reason};
use crate::domain::caller::{Actor, Source};
use crate::domain::credential::{Credential, Verified, Verifier};
use crate::domain::dn::Dn;
use crate::domain::id::Id;
use crate::domain::password_policy;
use crate::domain::throttle::Failures;
use crate::domain::time::UnixTime;
use crate::domain::tree::TreePlace;
use crate::secret::Secret;
use crate::store::bonds::Bond;
use crate::store::failures::{self, AttemptOutcome};
use crate::store::{Fail, Stop, View};

/// An attempt to prove who one is: what the audit and the throttle say of it.
#[derive(Clone, Copy)]
pub(in crate::directory) struct Attempt<'a> {
    pub(in crate::directory) asked: Asked<'a>,
    pub(in crate::directory) password: &'a Secret,
    pub(in crate::directory) source: Source,
}

/// How somebody says who they are.
#[derive(Clone, Copy)]
pub(in crate::directory) enum Asked<'a> {
    /// By a DN, over LDAP.
    Bind(&'a Dn),
    /// By login or mail address, on a page. It is not kept: people type passwords there.
    Page,
}

/// Somebody whose password was right, and is still theirs.
pub(in crate::directory) struct Proved {
    pub(in crate::directory) principal: Principal,
    /// As it was verified.
    pub(in crate::directory) credential: Credential,
    pub(in crate::directory) verdict: Verified,
    /// As it was when the password was still theirs.
    pub(in crate::directory) bond: Bond,
}

/// To whom a failure is charged.
#[derive(Clone, Copy)]
struct Charged {
    /// The account or application that the audit names, if the name that was given has one.
    person: Option<Id>,
    /// The slot of the store whose failures it counts among; none: it cannot be guessed.
    slot: Option<Id>,
}

impl Charged {
    fn of(candidate: &Candidate) -> Charged {
        Charged { person: candidate.person(), slot: candidate.is_guessable().then_some(candidate.counted_as) }
    }
}

impl Directory {
    /// Verifies the password of `attempt` for whom `find` finds.
    ///
    /// # Errors
    /// [`BindError`], once the failure is on disk.
    pub(in crate::directory) async fn prove<F>(&self, attempt: Attempt<'_>, find: F) -> Result<Proved, BindError>
    where
        F: Fn(&mut View<'_>) -> Result<Candidate, Stop<Never>>,
    {
        let now = self.clock.now();
        if !self.admits_source(attempt.source, now) {
            return Err(self.throttled(attempt, None));
        }
        let mut candidate = self.store.read(find).await.map_err(|_| BindError::Unavailable)?;
        if candidate.failures.as_ref().is_some_and(|failures| failures.anchored(now).is_some()) {
            candidate.failures = self.settle(candidate.counted_as, now).await?;
        }
        if self.is_throttled(&candidate, now) {
            return Err(self.throttled(attempt, candidate.principal.as_ref()));
        }
        let mut verdict = self.verify(&candidate, attempt).await?;
        if verdict == Verified::No && password_policy::is_generated(attempt.password.expose()) {
            (candidate, verdict) = self.verify_again(attempt, candidate).await?;
        }
        self.conclude(attempt, candidate, verdict).await
    }

    /// The clock was set back: what lies in its future now neither ends at once nor lasts until it has caught up.
    async fn settle(&self, id: Id, now: UnixTime) -> Result<Option<Failures>, BindError> {
        let settled = self.store.run(move |view| failures::settle(view, id, now)).await;
        settled.map_err(|_: Fail<Never>| BindError::Unavailable)
    }

    /// The failure slot of a name that nobody has: one of 65,536, so that invented names fill no disk, and chosen by
    /// a secret key, so that nobody can tell which names share one.
    pub(in crate::directory) fn nobody(&self, place: &TreePlace) -> Id {
        let name = match place.by_name() {
            TreePlace::Account(name) | TreePlace::Service(name) => name.as_str(),
            _ => "",
        };
        let digest = Sha256::new().chain_update(self.slot_key).chain_update(name).finalize();
        Id(u64::from(u16::from_be_bytes([digest[0], digest[1]])))
    }

    /// Runs the hash, also when there is nothing to compare with.
    pub(super) async fn verify(&self, candidate: &Candidate, attempt: Attempt<'_>) -> Result<Verified, BindError> {
        self.verify_with(candidate, candidate.credential.as_ref().map(|credential| &credential.verifier), attempt).await
    }

    /// As [`Directory::verify`], with a verifier that was found in whichever way.
    pub(super) async fn verify_with(
        &self,
        candidate: &Candidate,
        verifier: Option<&Verifier>,
        attempt: Attempt<'_>,
    ) -> Result<Verified, BindError> {
        let (verifier, password) = match password_policy::prepare(attempt.password.expose()) {
            Ok(prepared) => (verifier.cloned(), prepared),
            Err(_) => (None, attempt.password.clone()),
        };
        let admits = self.still_admits(Charged::of(candidate));
        match self.hasher.verify_if(attempt.source, verifier, password, admits).await {
            Ok(Some(verdict)) => Ok(verdict),
            Ok(None) => Err(self.throttled(attempt, candidate.principal.as_ref())),
            Err(Busy) => Err(BindError::Busy),
        }
    }

    /// What a hash thread asks before it takes an attempt up that has waited: whether attempts are admitted still. Where the
    /// store does not answer it goes on, since the verdict is counted there, or not given.
    fn still_admits(&self, charged: Charged) -> impl FnOnce() -> bool + Send + 'static {
        let (store, clock, runtime) = (Arc::clone(&self.store), self.clock.clone(), Handle::current());
        let slot = charged.slot.filter(|_| self.settings.throttle.enabled);
        move || {
            let Some(slot) = slot else { return true };
            let failures = runtime.block_on(store.read::<_, Never, _>(|view| failures::load(view, slot)));
            !matches!(failures, Ok(Some(failures)) if !failures.admits(clock.now()))
        }
    }

    /// What a verification comes to. A right password still has to be let in ([`Directory::admit`]).
    pub(super) async fn conclude(&self, attempt: Attempt<'_>, candidate: Candidate, verdict: Verified) -> Result<Proved, BindError> {
        let (charged, counted_as) = (Charged::of(&candidate), candidate.counted_as);
        let reason = match (&candidate.principal, &candidate.credential, verdict) {
            (None, _, _) => Reason::UnknownName,
            (Some(_), None, _) => Reason::NoCredential,
            (Some(_), Some(_), Verified::No) => Reason::WrongPassword,
            (Some(principal), Some(credential), Verified::Yes | Verified::Rehash) => {
                let (actor, verified) = (principal.actor(), credential.clone());
                let current = match verified.verifier {
                    // It was told at once: nothing can have come between.
                    Verifier::SecretDigest(_) => candidate,
                    Verifier::Argon2id(_) | Verifier::Imported(_) => self.current(actor, counted_as).await?,
                };
                return self.admit(attempt, current, verified, verdict).await;
            }
        };
        Err(self.refuse(attempt, charged, reason).await)
    }

    /// Counts a failure, and gives the answer to it once that is on disk. Where so many have failed meanwhile that attempts
    /// are refused, it is refused as the right password is, so that the answer does not tell them apart.
    async fn refuse(&self, attempt: Attempt<'_>, charged: Charged, reason: Reason) -> BindError {
        let now = self.clock.now();
        let (reason, error) = match self.charge(charged, now).await {
            Ok(AttemptOutcome::Stands) => {
                self.charge_source(attempt.source, now);
                (reason, BindError::Invalid(Hint::None))
            }
            Ok(AttemptOutcome::Refused) => (Reason::Throttled, BindError::Invalid(Hint::Locked)),
            Err(error) => (reason, error),
        };
        self.write_refusal(attempt, charged.person, reason);
        error
    }

    async fn charge(&self, charged: Charged, now: UnixTime) -> Result<AttemptOutcome, BindError> {
        let Some(slot) = charged.slot.filter(|_| self.settings.throttle.enabled) else { return Ok(AttemptOutcome::Stands) };
        let settings = self.settings.throttle.clone();
        let counted = self.store.run(move |view| failures::count(view, slot, now, &settings)).await;
        counted.map_err(|_: Fail<Never>| BindError::Unavailable)
    }

    /// How it stands now: a hash takes its time, and waits in a queue before.
    async fn current(&self, whom: Actor, nobody: Id) -> Result<Candidate, BindError> {
        self.store.read(|view| of_actor(view, whom, nobody)).await.map_err(|_| BindError::Unavailable)
    }

    /// Lets in whoever has proved to be the principal, if that is still enough. Who was disabled, given another password
    /// or throttled since the first look is out from that moment on.
    async fn admit(&self, attempt: Attempt<'_>, current: Candidate, verified: Credential, verdict: Verified) -> Result<Proved, BindError> {
        let (now, id) = (self.clock.now(), current.counted_as);
        // Also where it is gone since.
        let charged = Charged { person: Some(id), ..Charged::of(&current) };
        if self.is_refused_by_now(&current, charged, now).await? {
            return Err(self.throttled(attempt, current.principal.as_ref()));
        }
        let (Some(principal), Some(credential)) = (current.principal, current.credential) else {
            return Err(self.refuse(attempt, charged, Reason::NoCredential).await);
        };
        // The same password may be written anew meanwhile (`renew`), which does not change when it was set.
        if credential.set_at != verified.set_at {
            return Err(self.refuse(attempt, charged, Reason::WrongPassword).await);
        }
        let bond = current.bond;
        let over = credential.good_until.is_some_and(|until| until <= now);
        match principal.fault(now).or(over.then_some(Reason::Expired)) {
            None => {}
            Some(Reason::Expired) => {
                self.write_refusal(attempt, Some(id), Reason::Expired);
                return Err(BindError::Invalid(Hint::Expired));
            }
            Some(fault) => return Err(self.refuse(attempt, charged, fault).await),
        }
        if charged.slot.is_some() && current.failures.is_some_and(|failures| failures.in_a_row > 0) {
            let forgiven = self.store.run(move |view| failures::forgive(view, id, now)).await;
            if forgiven.map_err(|_: Fail<Never>| BindError::Unavailable)? == AttemptOutcome::Refused {
                return Err(self.throttled(attempt, Some(&principal)));
            }
        }
        Ok(Proved { principal, credential: verified, verdict, bond })
    }

    fn throttled(&self, attempt: Attempt<'_>, whom: Option<&Principal>) -> BindError {
        self.write_refusal(attempt, whom.map(Principal::id), Reason::Throttled);
        BindError::Invalid(Hint::Locked)
    }

    fn write_refusal(&self, attempt: Attempt<'_>, whom: Option<Id>, reason: Reason) {
        match attempt.asked {
            Asked::Bind(name) => self.write_refused_bind(name, whom, attempt.source, reason),
            Asked::Page => self.audit_from(Actor::Anonymous, attempt.source, AuditEvent::SignInRefused { target: whom, reason }),
        }
    }

    /// As [`Directory::is_throttled`], for a right password: where failures are on record it is asked by a rule, behind those
    /// that count the wrong ones, so that neither the order nor the time of the answers tells it apart.
    async fn is_refused_by_now(&self, current: &Candidate, charged: Charged, now: UnixTime) -> Result<bool, BindError> {
        let (Some(slot), Some(_), true) = (charged.slot, &current.failures, self.settings.throttle.enabled) else { return Ok(false) };
        let verdict = self.store.run(move |view| failures::verdict(view, slot, now)).await;
        verdict.map(|verdict| verdict == AttemptOutcome::Refused).map_err(|_: Fail<Never>| BindError::Unavailable)
    }

    fn is_throttled(&self, candidate: &Candidate, now: UnixTime) -> bool {
        self.settings.throttle.enabled && candidate.is_throttled(now)
    }

    fn admits_source(&self, source: Source, now: UnixTime) -> bool {
        !self.settings.throttle.enabled || self.sources().admits(source, now)
    }

    fn charge_source(&self, source: Source, now: UnixTime) {
        self.sources().failed(source, now);
    }
}
