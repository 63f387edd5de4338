//! Setting a password, whoever asks and by whichever way: LDAP's password modify (RFC 3062) and `userPassword`
//! come through here, and so does the command line.

use super::bind::{BindError, Hint};
use super::notice::PasswordNotice;
use super::sign_in::new_session::NewSession;
use super::subject::subject_before_change;
use super::target::{Eyes, FoundEntry, NotFound, Target};
use super::{Actor, Caller, Checked, Directory};
use crate::domain::access::{self, PasswordRight, Subject};
use crate::domain::account::Account;
use crate::domain::audit::{AuditEvent, Reason};
use crate::domain::credential::{Credential, Verifier};
use crate::domain::dn::Dn;
use crate::domain::id::Id;
use crate::domain::outbox::PasswordWay;
use crate::domain::password_policy::{self, PasswordContext, Refusal};
use crate::domain::record::Record;
use crate::domain::schema::Attribute;
use crate::domain::time::UnixTime;
use crate::domain::tree::Branch;
use crate::secret::{self, Secret};
use crate::store::credentials::{self, CredentialError, Effect};
use crate::store::{Fail, Stop, View};

/// A password change (RFC 3062).
#[derive(Debug)]
pub struct PasswordChange {
    /// Whose.
    pub target: Target,
    /// The old password, where given.
    pub old: Option<Secret>,
    /// The new one; none: one is generated and given back.
    pub new: Option<Secret>,
    /// It is right only if there is none yet.
    pub only_first: bool,
}

/// Why a password is not changed.
#[derive(Clone, Debug, PartialEq)]
pub enum PasswordError {
    /// There is no such account, or the caller may not know it.
    NoSuchObject,
    /// The caller may not do that.
    Denied,
    /// Anonymous: bind first.
    BindFirst,
    /// One's own password needs the old one beside the new one (ppolicy `mustSupplyOldPassword`).
    OldRequired,
    /// The old password is wrong, or the account is throttled.
    Invalid(Hint),
    /// The password is not good enough; the text says what to do.
    Policy(Refusal),
    /// There is one already, and the change was to add the first one.
    Exists,
    /// More are waiting for a hash thread than the queue holds.
    Busy,
    /// The store does not answer.
    Unavailable,
}

impl From<BindError> for PasswordError {
    fn from(error: BindError) -> PasswordError {
        match error {
            BindError::Invalid(hint) => PasswordError::Invalid(hint),
            BindError::Busy => PasswordError::Busy,
            BindError::Unavailable => PasswordError::Unavailable,
        }
    }
}

impl From<CredentialError> for PasswordError {
    fn from(error: CredentialError) -> PasswordError {
        match error {
            CredentialError::Gone => PasswordError::NoSuchObject,
            CredentialError::Changed => PasswordError::Busy,
        }
    }
}

impl From<NotFound> for PasswordError {
    fn from(_: NotFound) -> PasswordError {
        PasswordError::NoSuchObject
    }
}

/// A credential that is to take the place of another.
#[derive(Clone)]
struct Replacement {
    /// What the old password was verified with; the new one takes the place of that one only.
    old: Option<Verifier>,
    credential: Credential,
    /// What its owner is told.
    notice: PasswordNotice,
    /// The session of the pages that goes on; all others end.
    session: Option<NewSession>,
}

impl Directory {
    /// Sets a password, and gives back the generated one if none was given.
    ///
    /// # Errors
    /// [`PasswordError`]; nothing has changed then.
    pub async fn change_password(&self, caller: &Caller, change: PasswordChange) -> Result<Option<Secret>, PasswordError> {
        self.change_password_and_begin(caller, change, None).await
    }

    /// As [`Directory::change_password`], and begins `session` in the same commit.
    pub(super) async fn change_password_and_begin(
        &self,
        caller: &Caller,
        change: PasswordChange,
        session: Option<NewSession>,
    ) -> Result<Option<Secret>, PasswordError> {
        let found = self.find_target(caller, &change.target).await;
        let found = found.inspect_err(|error| self.audit_password_refusal(caller, None, error))?;
        let changed = self.change_found(caller, &found, change, session).await;
        changed.inspect_err(|error| self.audit_password_refusal(caller, found.record.id(), error))
    }

    async fn change_found(
        &self,
        caller: &Caller,
        found: &FoundEntry,
        change: PasswordChange,
        session: Option<NewSession>,
    ) -> Result<Option<Secret>, PasswordError> {
        let old = self.authorize(caller, found, &change).await?;
        if change.old.is_some() && change.old == change.new {
            return Err(PasswordError::Policy(Refusal::SameAsOld));
        }
        let (credential, generated) = self.new_credential(caller, &found.record, change.new.as_ref()).await?;
        let whom = found.record.actor().ok_or(PasswordError::NoSuchObject)?;
        let notice = self.notice_of(caller, whom);
        self.store_password(caller, whom, Replacement { old, credential, notice, session }).await?;
        Ok(generated)
    }

    /// Checks a new password against the policy for the account or service that it is for, and makes its credential.
    ///
    /// # Errors
    /// [`PasswordError::Policy`], `Busy`; `NoSuchObject` for what cannot bind.
    pub(super) async fn prepare_password(&self, caller: &Caller, record: &Record, new: &Secret) -> Result<Credential, PasswordError> {
        let prepared = password_policy::prepare(new.expose()).map_err(PasswordError::Policy)?;
        let context = match record {
            Record::Account(account) => self.policy_context(account),
            Record::Service(service) => PasswordContext {
                login: service.uid.clone(),
                organisation: self.settings.organisation.clone(),
                ..PasswordContext::default()
            },
            Record::Suffix | Record::Branch(_) | Record::Group(_) => return Err(PasswordError::NoSuchObject),
        };
        let checked = self.hasher.check(caller.source, &self.settings.policy, &prepared, context).await;
        match checked.map_err(|_| PasswordError::Busy)? {
            Checked::Good => self.hashed(caller, prepared).await,
            Checked::Refused(refusal) => Err(PasswordError::Policy(refusal)),
        }
    }

    async fn hashed(&self, caller: &Caller, prepared: Secret) -> Result<Credential, PasswordError> {
        let verifier = self.hasher.hash(caller.source, prepared).await.map_err(|_| PasswordError::Busy)?;
        Ok(Credential { verifier, set_at: self.clock.now(), good_until: None })
    }

    /// The words that the password of `account` may not be made of.
    pub(super) fn policy_context(&self, account: &Account) -> PasswordContext {
        let texts = |attribute| account.attributes.values(attribute).iter().map(|value| String::from_utf8_lossy(value).into_owned());
        let names = [Attribute::Cn, Attribute::Sn, Attribute::GivenName, Attribute::DisplayName];
        PasswordContext {
            login: account.uid.clone(),
            names: names.into_iter().flat_map(texts).collect(),
            mails: texts(Attribute::Mail).collect(),
            organisation: self.settings.organisation.clone(),
        }
    }

    async fn find_target(&self, caller: &Caller, target: &Target) -> Result<FoundEntry, PasswordError> {
        let (eyes, now) = (self.eyes(), self.clock.now());
        let found = self.store.read(|view| find(view, &eyes, caller.actor, target, now)).await;
        found.map_err(of_fail)
    }

    /// Whether the caller may set this password, with the old one verified where it was given or is needed; gives what
    /// it was verified with.
    async fn authorize(&self, caller: &Caller, found: &FoundEntry, change: &PasswordChange) -> Result<Option<Verifier>, PasswordError> {
        // Until it is changed, one's own password is the only one that may be.
        let barred = caller.must_change && found.record.actor() != Some(caller.actor);
        let right = if barred { PasswordRight::No } else { access::sets_password(&found.subject, &found.object) };
        if right != PasswordRight::No && change.only_first && self.has_password(&found.record).await? {
            return Err(PasswordError::Exists);
        }
        match (right, &change.old) {
            (PasswordRight::No, _) => Err(PasswordError::Denied),
            (PasswordRight::WithOldPassword, None) => Err(PasswordError::OldRequired),
            (PasswordRight::Yes, None) => Ok(None),
            (PasswordRight::Yes | PasswordRight::WithOldPassword, Some(old)) => self.verify_old(caller, &found.record, old).await.map(Some),
        }
    }

    async fn has_password(&self, record: &Record) -> Result<bool, PasswordError> {
        let Some(id) = record.id() else { return Ok(false) };
        let held = self.store.read(|view| credentials::load(view, id)).await;
        held.map(|held| held.is_some()).map_err(of_fail)
    }

    /// The old password counts as an attempt like a bind's.
    ///
    /// # Errors
    /// [`PasswordError::Invalid`], `Busy`, `Unavailable`; `NoSuchObject` for what cannot bind.
    pub(super) async fn verify_old(&self, caller: &Caller, record: &Record, old: &Secret) -> Result<Verifier, PasswordError> {
        let tree = &self.settings.tree;
        let dn = match record {
            Record::Account(account) => tree.account_dn(&account.uid),
            Record::Service(service) => tree.service_dn(&service.uid),
            Record::Suffix | Record::Branch(_) | Record::Group(_) => return Err(PasswordError::NoSuchObject),
        };
        let (Ok(dn), Some(whom)) = (Dn::parse(&dn), record.actor()) else { return Err(PasswordError::NoSuchObject) };
        Ok(self.verify_password(whom, &dn, old, caller.source).await?)
    }

    /// The credential of `new`, which has passed the policy; none: one is generated, and given back.
    ///
    /// # Errors
    /// [`PasswordError::Policy`], `Busy`; `NoSuchObject` for what cannot bind.
    pub(super) async fn new_credential(
        &self,
        caller: &Caller,
        record: &Record,
        new: Option<&Secret>,
    ) -> Result<(Credential, Option<Secret>), PasswordError> {
        match (record, new) {
            (_, Some(new)) => Ok((self.prepare_password(caller, record, new).await?, None)),
            (Record::Service(_), None) => {
                let secret = secret::generated_service_secret();
                let verifier = Verifier::secret_digest(&secret);
                Ok((Credential { verifier, set_at: self.clock.now(), good_until: None }, Some(secret)))
            }
            (Record::Account(_), None) => {
                let generated = secret::generated_password();
                Ok((self.hashed(caller, generated.clone()).await?, Some(generated)))
            }
            (Record::Suffix | Record::Branch(_) | Record::Group(_), None) => Err(PasswordError::NoSuchObject),
        }
    }

    /// The notice of a password that `caller` sets for `whom`.
    pub(super) fn notice_of(&self, caller: &Caller, whom: Actor) -> PasswordNotice {
        let way = if caller.actor == whom { PasswordWay::Own } else { PasswordWay::Other };
        self.notice(caller.actor, caller.source, way)
    }

    /// Hashing took its time: whether the caller still may, and whether the old password still holds, is asked again in
    /// the rule that replaces it.
    async fn store_password(&self, caller: &Caller, whom: Actor, given: Replacement) -> Result<(), PasswordError> {
        let (branch, target) = match whom {
            Actor::Account(id) => (Branch::People, id),
            Actor::Service(id) => (Branch::Services, id),
            Actor::Anonymous | Actor::System => return Err(PasswordError::NoSuchObject),
        };
        let (actor, now, notice) = (caller.actor, self.clock.now(), given.notice.clone());
        let (eyes, named) = (self.eyes(), Target::Id(branch, target));
        let rule = move |view: &mut View<'_>| {
            let found = find(view, &eyes, actor, &named, now)?;
            replace(view, &found, &given)
        };
        self.once(caller, vec![AuditEvent::PasswordChanged { target }], rule).await.map_err(of_fail)?;
        self.notified(&notice);
        Ok(())
    }

    fn audit_password_refusal(&self, caller: &Caller, target: Option<Id>, error: &PasswordError) {
        let reason = match error {
            PasswordError::NoSuchObject => Reason::UnknownEntry,
            PasswordError::Denied | PasswordError::BindFirst => Reason::AccessDenied,
            PasswordError::OldRequired => Reason::OldPasswordRequired,
            PasswordError::Invalid(Hint::None) => Reason::WrongPassword,
            PasswordError::Invalid(Hint::Locked) => Reason::Throttled,
            PasswordError::Invalid(Hint::Expired) => Reason::Expired,
            PasswordError::Policy(_) => Reason::Policy,
            PasswordError::Exists => Reason::Constraint,
            PasswordError::Busy | PasswordError::Unavailable => return,
        };
        self.audit(caller, AuditEvent::PasswordRefused { target, reason });
    }
}

/// The account or application `target`, if `actor` may see it.
fn find(view: &mut View<'_>, eyes: &Eyes, actor: Actor, target: &Target, now: UnixTime) -> Result<FoundEntry, Stop<PasswordError>> {
    let subject = subject_before_change(view, actor, now)?;
    // Whoever was disabled since the bind is nobody, to themselves too.
    if subject == Subject::Anonymous {
        return Err(Stop::Rule(PasswordError::BindFirst));
    }
    let found = eyes.find::<PasswordError>(view, subject, target)?;
    match found.record.actor() {
        Some(_) => Ok(found),
        None => Err(Stop::Rule(PasswordError::NoSuchObject)),
    }
}

/// The rule: the credential of `found` is replaced.
fn replace(view: &mut View<'_>, found: &FoundEntry, given: &Replacement) -> Result<(), Stop<PasswordError>> {
    match (access::sets_password(&found.subject, &found.object), &given.old) {
        (PasswordRight::Yes, _) | (PasswordRight::WithOldPassword, Some(_)) => {}
        (PasswordRight::WithOldPassword, None) => return Err(Stop::Rule(PasswordError::OldRequired)),
        (PasswordRight::No, _) => return Err(Stop::Rule(PasswordError::Denied)),
    }
    let id = found.record.id().ok_or(Stop::Rule(PasswordError::NoSuchObject))?;
    if let Some(old) = &given.old {
        credentials::check_unchanged(view, id, old)?;
    }
    credentials::set(view, id, &given.credential, Effect { must_change: false, clear_failures: true })?;
    if let Some(session) = &given.session {
        session.begin(view, id)?;
    }
    given.notice.queue(view, id)
}

fn of_fail(fail: Fail<PasswordError>) -> PasswordError {
    fail.or_busy(PasswordError::Busy, PasswordError::Unavailable)
}

#[cfg(test)]
mod tests;
