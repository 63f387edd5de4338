//! Whom an attempt to prove oneself is about, and under what its failures are counted.

use crate::domain::account::{Account, State, Status};
use crate::domain::audit::Reason;
use crate::domain::caller::Actor;
use crate::domain::credential::{Credential, Verifier};
use crate::domain::id::Id;
use crate::domain::record::Record;
use crate::domain::service::ServiceAccount;
use crate::domain::throttle::Failures;
use crate::domain::time::UnixTime;
use crate::domain::tree::TreePlace;
use crate::store::bonds::{self, Bond};
use crate::store::{Read, View, accounts, credentials, failures, services};

/// Whom an attempt is about, as the store had it at one moment.
pub(in crate::directory) struct Candidate {
    /// Under which failures are counted; a slot of its own for a name that nobody has.
    pub(super) counted_as: Id,
    pub(super) principal: Option<Principal>,
    pub(super) credential: Option<Credential>,
    pub(super) failures: Option<Failures>,
    /// What a connection that is let in hangs on.
    pub(super) bond: Bond,
}

/// Whoever can bind.
pub(in crate::directory) enum Principal {
    Account(Account),
    Service(ServiceAccount),
}

impl Candidate {
    /// Whom it is about, if there is such a one.
    pub(super) fn person(&self) -> Option<Id> {
        self.principal.as_ref().map(Principal::id)
    }

    /// Whether it can be guessed at all, so that guesses are counted. A generated secret of 256 bits cannot; were its failures
    /// counted, anybody could lock an application out.
    pub(super) fn is_guessable(&self) -> bool {
        !matches!(self.credential, Some(Credential { verifier: Verifier::SecretDigest(_), .. }))
    }

    /// Whether attempts are refused at `now`.
    pub(super) fn is_throttled(&self, now: UnixTime) -> bool {
        self.is_guessable() && self.failures.as_ref().is_some_and(|failures| !failures.admits(now))
    }

    /// Whether another credential has been set since `before` was looked at.
    pub(super) fn set_since(&self, before: &Candidate) -> bool {
        let set_at = |candidate: &Candidate| candidate.credential.as_ref().map(|credential| credential.set_at);
        set_at(self) != set_at(before)
    }

    /// Why it may not be used at `now`, if so.
    pub(super) fn fault(&self, now: UnixTime) -> Option<Reason> {
        self.principal.as_ref().and_then(|principal| principal.fault(now))
    }
}

impl Principal {
    fn record(&self) -> Record {
        match self {
            Principal::Account(account) => Record::Account(account.clone()),
            Principal::Service(service) => Record::Service(service.clone()),
        }
    }

    pub(in crate::directory) fn actor(&self) -> Actor {
        match self {
            Principal::Account(account) => Actor::Account(account.id),
            Principal::Service(service) => Actor::Service(service.id),
        }
    }

    pub(in crate::directory) fn id(&self) -> Id {
        match self {
            Principal::Account(account) => account.id,
            Principal::Service(service) => service.id,
        }
    }

    pub(in crate::directory) fn must_change(&self) -> bool {
        matches!(self, Principal::Account(Account { must_change: true, .. }))
    }

    /// Why it may not be used at `now`, if so.
    pub(super) fn fault(&self, now: UnixTime) -> Option<Reason> {
        match self {
            Principal::Account(account) => match account.state(now) {
                State::Active => None,
                State::Expired => Some(Reason::Expired),
                State::Disabled => Some(Reason::Disabled),
            },
            Principal::Service(service) => (service.status == Status::Disabled).then_some(Reason::Disabled),
        }
    }
}

/// Who stands at `place`, whose failures are counted as `nobody` if there is no such.
pub(super) fn at(view: &mut View<'_>, place: &TreePlace, nobody: Id) -> Read<Candidate> {
    let (principal, name) = match place {
        // The guides of many applications put their own account among the people.
        TreePlace::Account(name) => match account(view, name)? {
            Some(account) => (Some(Principal::Account(account)), name),
            None => (service(view, name)?.map(Principal::Service), name),
        },
        TreePlace::Service(name) => (service(view, name)?.map(Principal::Service), name),
        TreePlace::Qualified(qualified) => {
            // Charged to the account that the name alone stands for: the throttle tells nothing of the other parts.
            let found = at(view, &qualified.place, nobody)?;
            let holds = found.principal.as_ref().is_some_and(|principal| principal.record().has_parts(&qualified.parts));
            return Ok(if holds { found } else { Candidate { principal: None, credential: None, ..found } });
        }
        _ => return whole(view, None, nobody),
    };
    let nobody = if principal.is_none() { namesake(view, name, nobody)? } else { nobody };
    whole(view, principal, nobody)
}

/// The person who is called `name`, by login or else by a mail address that nobody else has.
pub(in crate::directory) fn called(view: &mut View<'_>, name: &str, nobody: Id) -> Read<Candidate> {
    let account = match account(view, name)? {
        Some(account) => Some(account),
        None => match accounts::ids_of_mail(view, name, 2)?[..] {
            [id] => accounts::load(view, id)?,
            _ => None,
        },
    };
    let nobody = if account.is_none() { namesake(view, name, nobody)? } else { nobody };
    whole(view, account.map(Principal::Account), nobody)
}

/// As it is now, of somebody who is known by id; whoever is gone counts as `nobody`.
pub(super) fn of_actor(view: &mut View<'_>, whom: Actor, nobody: Id) -> Read<Candidate> {
    let principal = match whom {
        Actor::Account(id) => accounts::load(view, id)?.map(Principal::Account),
        Actor::Service(id) => services::load(view, id)?.map(Principal::Service),
        Actor::Anonymous | Actor::System => None,
    };
    whole(view, principal, nobody)
}

/// Under whose failures those of a name count that is nobody's here: of whoever has it as an application, as a person
/// or as an address, and could prove themselves with it elsewhere. A name is throttled alike by whichever way it is
/// tried, or the difference would tell who exists.
fn namesake(view: &mut View<'_>, name: &str, nobody: Id) -> Read<Id> {
    if let Some(id) = accounts::id_of_uid(view, name)? {
        return Ok(id);
    }
    if let Some(id) = services::id_of_uid(view, name)? {
        return Ok(id);
    }
    Ok(match accounts::ids_of_mail(view, name, 2)?[..] {
        [id] => id,
        _ => nobody,
    })
}

fn whole(view: &mut View<'_>, principal: Option<Principal>, nobody: Id) -> Read<Candidate> {
    let counted_as = principal.as_ref().map_or(nobody, Principal::id);
    let credential = if principal.is_some() { credentials::load(view, counted_as)? } else { None };
    let bond = if principal.is_some() { bonds::load(view, counted_as)? } else { Bond::default() };
    Ok(Candidate { counted_as, principal, credential, failures: failures::load(view, counted_as)?, bond })
}

fn account(view: &mut View<'_>, name: &str) -> Read<Option<Account>> {
    match accounts::id_of_uid(view, name)? {
        Some(id) => accounts::load(view, id),
        None => Ok(None),
    }
}

fn service(view: &mut View<'_>, name: &str) -> Read<Option<ServiceAccount>> {
    match services::id_of_uid(view, name)? {
        Some(id) => services::load(view, id),
        None => Ok(None),
    }
}
