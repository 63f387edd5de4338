//! What the policy says of a password while it is being typed: the same as when it is sent, without setting anything. For
//! whoever is signed in or has a link, and no oftener than somebody types.

use std::convert::Infallible;
use std::sync::{Mutex, PoisonError};

use super::reset::LinkError;
use super::{Caller, Checked, Directory, LookError, PersonForm, target};
use crate::domain::caller::{Actor, Source};
use crate::domain::id::Id;
use crate::domain::password_policy::{self, PasswordContext};
use crate::domain::record::Record;
use crate::domain::reset::Purpose;
use crate::domain::throttle::{Limit, SourceLimits};
use crate::secret::Secret;
use crate::store::Fail;

/// Why nothing is said of a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StrengthError {
    /// It is nobody's who may ask.
    Denied,
    /// It was asked too often from there, or too many estimates wait.
    Busy,
    /// The store does not answer.
    Unavailable,
}

/// How often each source asks.
#[derive(Debug)]
pub(super) struct Asking(Mutex<SourceLimits>);

impl Asking {
    /// Nobody has asked yet.
    pub(super) fn new() -> Asking {
        Asking(Mutex::new(SourceLimits::new(LIMIT, Vec::new())))
    }
}

impl Directory {
    /// Whether `password` would be good enough for the caller's own, and else why not.
    ///
    /// # Errors
    /// [`StrengthError`].
    pub async fn own_strength(&self, caller: &Caller, password: &Secret) -> Result<Checked, StrengthError> {
        let record = match caller.actor {
            Actor::Account(_) => self.store.read(|view| target::of(view, caller.actor)).await,
            Actor::Anonymous | Actor::Service(_) | Actor::System => return Err(StrengthError::Denied),
        };
        match record.map_err(|_: Fail<Infallible>| StrengthError::Unavailable)? {
            Some(Record::Account(account)) => self.strength_for(self.policy_context(&account), password, caller.source).await,
            Some(_) | None => Err(StrengthError::Denied),
        }
    }

    /// The same for the password of the person `id`, whose names, login and addresses it must not be made of, as they are
    /// stored: for whoever may set it.
    ///
    /// # Errors
    /// [`StrengthError`].
    pub async fn strength_for_person(&self, caller: &Caller, id: Id, password: &Secret) -> Result<Checked, StrengthError> {
        let account = self.person_to_set_password(caller, id).await.map_err(denied)?;
        self.strength_for(self.policy_context(&account), password, caller.source).await
    }

    /// The same for the first password of somebody new, of whom `form` has login, names and addresses as far as they are
    /// typed: for whoever may add people.
    ///
    /// # Errors
    /// [`StrengthError`].
    pub async fn strength_for_newcomer(&self, caller: &Caller, form: &PersonForm, password: &Secret) -> Result<Checked, StrengthError> {
        self.blank_person(caller).await.map_err(denied)?;
        let text = |field: &Option<String>| field.as_deref().unwrap_or_default().trim().to_owned();
        let (first_name, surname) = (text(&form.first_name), text(&form.surname));
        let context = PasswordContext {
            login: text(&form.login),
            names: vec![format!("{first_name} {surname}"), first_name, surname],
            mails: text(&form.mail).split(',').map(|mail| mail.trim().to_owned()).collect(),
            organisation: self.settings.organisation.clone(),
        };
        self.strength_for(context, password, caller.source).await
    }

    /// The same for whoever has the live link with `token`.
    ///
    /// # Errors
    /// [`StrengthError`].
    pub async fn strength_by_link(&self, token: &Secret, password: &Secret, source: Source) -> Result<Checked, StrengthError> {
        let (account, _) = self.account_of_link(token, Purpose::Reset).await.map_err(|error| match error {
            LinkError::Unknown | LinkError::Expired | LinkError::Ended(_) => StrengthError::Denied,
            LinkError::Unavailable => StrengthError::Unavailable,
        })?;
        self.strength_for(self.policy_context(&account), password, source).await
    }

    async fn strength_for(&self, context: PasswordContext, password: &Secret, source: Source) -> Result<Checked, StrengthError> {
        self.admit_strength(source)?;
        let prepared = match password_policy::prepare(password.expose()) {
            Ok(prepared) => prepared,
            Err(refusal) => return Ok(Checked::Refused(refusal)),
        };
        let checked = self.hasher.check(source, &self.settings.policy, &prepared, context).await;
        checked.map_err(|_| StrengthError::Busy)
    }

    fn admit_strength(&self, source: Source) -> Result<(), StrengthError> {
        let now = self.clock.now();
        let mut asked = self.asking.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !asked.admits(source, now) {
            return Err(StrengthError::Busy);
        }
        asked.failed(source, now);
        Ok(())
    }
}

fn denied(error: LookError) -> StrengthError {
    match error {
        LookError::Unavailable => StrengthError::Unavailable,
        LookError::Denied | LookError::NotFound => StrengthError::Denied,
    }
}

/// Estimates of one source: several people type at once, and each some milliseconds long.
const LIMIT: Limit = Limit { per_second: 5, burst: 40 };
