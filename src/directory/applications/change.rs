//! Making, changing and deleting applications, and giving them other secrets. Whoever is not an administrator is refused
//! within the rule, and that is written down.

use uuid::Builder;

use super::description_of;
use crate::directory::admin::is_login;
use crate::directory::trail::administered;
use crate::directory::{
    Caller, Change, ChangeError, ChangeOperation, Directory, LookError, PasswordChange, PasswordError, ServiceError, Target,
};
use crate::domain::account::Status;
use crate::domain::audit::{AuditEvent, Reason, cut};
use crate::domain::credential::{Credential, Verifier};
use crate::domain::dn::Dn;
use crate::domain::entry::Attributes;
use crate::domain::group::GroupKind;
use crate::domain::id::Id;
use crate::domain::schema::Attribute;
use crate::domain::service::ServiceAccount;
use crate::domain::time::UnixTime;
use crate::domain::tree::{Tree, fold};
use crate::domain::writing::misleads;
use crate::secret::{self, Secret};
use crate::store::credentials::{self, CredentialError, Effect};
use crate::store::{Fail, Stop, View, groups, services};

/// What is filled in for an application.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApplicationForm {
    /// What it is to be called.
    pub name: String,
    /// What it is for; may be empty.
    pub description: String,
    /// The name of the one group that it sees; empty: it sees everybody.
    pub limited_to: String,
    /// Whether it may set people's passwords.
    pub may_reset_passwords: bool,
    /// Whether it may bind.
    pub is_active: bool,
}

/// An application that was made, with its secret: it is told this once.
#[derive(Debug)]
pub struct NewApplication {
    /// Which.
    pub id: Id,
    /// What it shows when it binds.
    pub secret: Secret,
}

/// Why an application is not made or changed.
#[derive(Clone, Debug, PartialEq)]
pub enum ApplicationError {
    /// The caller may not do that.
    Denied,
    /// It is not there, or not any more.
    NotFound,
    /// Somebody has changed it since the form was shown.
    Changed,
    /// Something is not right with a field.
    Field(ApplicationFault),
    /// Too much at once: again in a moment.
    Busy,
    /// The store does not answer.
    Unavailable,
}

/// What is not right with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApplicationFault {
    /// No name.
    NameMissing,
    /// A name that is too long, or has blanks or other characters that names do not have.
    NameUnusable,
    /// Another application has the name.
    NameTaken,
    /// A person has the name as a login or mail address.
    NameOfPerson,
    /// There is no such group.
    NoSuchGroup,
    /// A description that is too long, or has control characters.
    DescriptionUnusable,
}

impl From<LookError> for ApplicationError {
    fn from(error: LookError) -> ApplicationError {
        match error {
            LookError::Denied => ApplicationError::Denied,
            LookError::NotFound => ApplicationError::NotFound,
            LookError::Unavailable => ApplicationError::Unavailable,
        }
    }
}

impl From<ServiceError> for ApplicationError {
    fn from(error: ServiceError) -> ApplicationError {
        ApplicationError::Field(match error {
            ServiceError::UidTaken(_) => ApplicationFault::NameTaken,
            ServiceError::UidIsAccount(_) | ServiceError::UidIsMail(_) => ApplicationFault::NameOfPerson,
            ServiceError::NoSuchGroup => ApplicationFault::NoSuchGroup,
            ServiceError::Gone => return ApplicationError::NotFound,
        })
    }
}

impl From<CredentialError> for ApplicationError {
    fn from(error: CredentialError) -> ApplicationError {
        match error {
            CredentialError::Gone => ApplicationError::NotFound,
            CredentialError::Changed => ApplicationError::Busy,
        }
    }
}

impl From<Fail<ApplicationError>> for ApplicationError {
    fn from(fail: Fail<ApplicationError>) -> ApplicationError {
        match fail {
            Fail::Rule(error) => error,
            Fail::Conflict => ApplicationError::Busy,
            Fail::Unknown | Fail::Down => ApplicationError::Unavailable,
        }
    }
}

impl From<ChangeError> for ApplicationError {
    fn from(error: ChangeError) -> ApplicationError {
        match error {
            ChangeError::NoSuchObject(_) => ApplicationError::NotFound,
            ChangeError::Unavailable => ApplicationError::Unavailable,
            ChangeError::Busy => ApplicationError::Busy,
            _ => ApplicationError::Denied,
        }
    }
}

impl From<PasswordError> for ApplicationError {
    fn from(error: PasswordError) -> ApplicationError {
        match error {
            PasswordError::NoSuchObject => ApplicationError::NotFound,
            PasswordError::Unavailable => ApplicationError::Unavailable,
            PasswordError::Busy => ApplicationError::Busy,
            PasswordError::Denied
            | PasswordError::BindFirst
            | PasswordError::OldRequired
            | PasswordError::Invalid(_)
            | PasswordError::Policy(_) => ApplicationError::Denied,
        }
    }
}

impl Directory {
    /// Makes an application with a secret.
    ///
    /// # Errors
    /// [`ApplicationError`]; nothing was made then.
    pub async fn add_application(&self, caller: &Caller, form: ApplicationForm) -> Result<NewApplication, ApplicationError> {
        let dn = self.settings.tree.service_dn(&form.name);
        let (asked, now) = (*caller, self.clock.now());
        let (id, secret) = (Id(secret::random_u64()), secret::generated_service_secret());
        let credential = Credential { verifier: Verifier::secret_digest(&secret), set_at: now, good_until: None };
        let service = ServiceAccount {
            id,
            entry_uuid: Builder::from_random_bytes(secret::random()).into_uuid(),
            uid: form.name.clone(),
            status: Status::Active,
            limited_to: None,
            may_reset_passwords: false,
            created_at: now,
            modified_at: now,
            attributes: Attributes::default(),
        };
        let rule = move |view: &mut View<'_>| {
            administered(view, &asked, now).map_err(|stop| stop.map(ApplicationError::from))?;
            check_name(&form.name).map_err(refuse)?;
            let service = filled(view, service.clone(), &form)?;
            services::add(view, &service)?;
            credentials::set(view, id, &credential, Effect { must_change: false, clear_failures: false })
        };
        let added = self.once(caller, vec![AuditEvent::Added { target: id, dn: cut(dn.clone()) }], rule).await;
        self.application_refused(caller, &dn, added.map_err(ApplicationError::from))?;
        Ok(NewApplication { id, secret })
    }

    /// Changes the application `id`, which was `seen` as it was at that time. Gives the attributes that were changed. With
    /// another name it binds with another DN; its secret stays.
    ///
    /// # Errors
    /// [`ApplicationError`]; nothing has changed then.
    pub async fn save_application(
        &self,
        caller: &Caller,
        (id, seen): (Id, UnixTime),
        form: ApplicationForm,
    ) -> Result<Vec<&'static str>, ApplicationError> {
        let dn = self.dn_of_application(caller, id).await?;
        let (asked, now, tree) = (*caller, self.clock.now(), self.settings.tree.clone());
        let rule = move |view: &mut View<'_>| {
            administered(view, &asked, now).map_err(|stop| stop.map(ApplicationError::from))?;
            let old = services::load(view, id)?.ok_or(Stop::Rule(ApplicationError::NotFound))?;
            if old.modified_at != seen {
                return Err(Stop::Rule(ApplicationError::Changed));
            }
            let new = filled(view, old.clone(), &form)?;
            if new.uid != old.uid {
                check_name(&new.uid).map_err(refuse)?;
            }
            let events = events(&tree, &old, &new);
            if !events.is_empty() {
                services::replace(view, &ServiceAccount { modified_at: now, ..new })?;
            }
            Ok(events)
        };
        let events = self.once_telling(caller, rule).await.map_err(ApplicationError::from);
        let events = self.application_refused(caller, &dn, events)?;
        let named = |name: &&'static str| events.iter().any(|event| changes(event, name));
        Ok(CHANGEABLE.into_iter().filter(named).collect())
    }

    /// Lets the application `id`, which has failed too often, try again at once.
    ///
    /// # Errors
    /// [`ApplicationError`]; it waits on then.
    pub async fn unlock_application(&self, caller: &Caller, id: Id) -> Result<(), ApplicationError> {
        let dn = self.dn_of_application(caller, id).await?;
        let dn = Dn::parse(&dn).map_err(|_| ApplicationError::NotFound)?;
        let locked = Attribute::PwdAccountLockedTime.name().to_owned();
        let unlocked = Change { operation: ChangeOperation::Delete, attribute: locked, values: Vec::new() };
        Ok(self.modify(caller, &dn, vec![unlocked]).await?)
    }

    /// Gives the application `id` another secret; the old one is good for nothing from then on.
    ///
    /// # Errors
    /// [`ApplicationError`]; the old one stays then.
    pub async fn rotate_secret(&self, caller: &Caller, id: Id) -> Result<Secret, ApplicationError> {
        let dn = self.dn_of_application(caller, id).await?;
        let target = Target::Dn(Dn::parse(&dn).map_err(|_| ApplicationError::NotFound)?);
        let secret = self.change_password(caller, PasswordChange { target, old: None, new: None }).await?;
        secret.ok_or(ApplicationError::Unavailable)
    }

    /// Deletes the application `id`.
    ///
    /// # Errors
    /// [`ApplicationError`]; it is still there then, or was not there before.
    pub async fn delete_application(&self, caller: &Caller, id: Id) -> Result<(), ApplicationError> {
        let dn = self.dn_of_application(caller, id).await?;
        let dn = Dn::parse(&dn).map_err(|_| ApplicationError::NotFound)?;
        Ok(self.delete(caller, &dn).await?)
    }

    /// Where the application `id` stands. Who may not know is refused here, which is written down too.
    async fn dn_of_application(&self, caller: &Caller, id: Id) -> Result<String, ApplicationError> {
        let found = self.application(caller, id).await.map_err(ApplicationError::from);
        Ok(self.application_refused(caller, &format!("application {id}"), found)?.dn)
    }

    /// Writes down why `caller` is refused what was asked for of `dn`.
    fn application_refused<T>(&self, caller: &Caller, dn: &str, outcome: Result<T, ApplicationError>) -> Result<T, ApplicationError> {
        outcome.inspect_err(|error| {
            let reason = match error {
                ApplicationError::Denied if caller.must_change => Reason::MustChangeFirst,
                ApplicationError::Denied => Reason::AccessDenied,
                ApplicationError::NotFound => Reason::UnknownEntry,
                ApplicationError::Changed | ApplicationError::Field(_) => Reason::Constraint,
                ApplicationError::Busy | ApplicationError::Unavailable => return,
            };
            self.audit(caller, AuditEvent::ChangeRefused { dn: cut(dn.to_owned()), reason });
        })
    }
}

/// `service` as `form` has it.
fn filled(view: &mut View<'_>, mut service: ServiceAccount, form: &ApplicationForm) -> Result<ServiceAccount, Stop<ApplicationError>> {
    service.uid = form.name.clone();
    let description = form.description.trim();
    if description.chars().count() > MAX_DESCRIPTION || description.chars().any(misleads) {
        return Err(refuse(ApplicationFault::DescriptionUnusable));
    }
    if description != description_of(&service) {
        let values = if description.is_empty() { Vec::new() } else { vec![description.as_bytes().to_vec()] };
        service.attributes.set(Attribute::Description, values);
    }
    service.limited_to = match form.limited_to.trim() {
        "" => None,
        group => Some(groups::id_of(view, GroupKind::Group, &fold(group))?.ok_or_else(|| refuse(ApplicationFault::NoSuchGroup))?),
    };
    service.may_reset_passwords = form.may_reset_passwords;
    service.status = if form.is_active { Status::Active } else { Status::Disabled };
    Ok(service)
}

/// What is to be written down where `new` takes the place of `old`.
fn events(tree: &Tree, old: &ServiceAccount, new: &ServiceAccount) -> Vec<AuditEvent> {
    let (target, from, to) = (old.id, tree.service_dn(&old.uid), tree.service_dn(&new.uid));
    let attributes: Vec<String> = changed(old, new).into_iter().filter(|name| *name != NAME).map(str::to_owned).collect();
    let modified = (!attributes.is_empty()).then(|| AuditEvent::Modified { target, dn: cut(to.clone()), attributes });
    let renamed = (from != to).then(|| AuditEvent::Renamed { target, from: cut(from), to: cut(to) });
    renamed.into_iter().chain(modified).collect()
}

/// Whether `event` tells of another value for the attribute `name`.
fn changes(event: &AuditEvent, name: &str) -> bool {
    match event {
        AuditEvent::Renamed { .. } => name == NAME,
        AuditEvent::Modified { attributes, .. } => attributes.iter().any(|held| held == name),
        _ => false,
    }
}

fn changed(old: &ServiceAccount, new: &ServiceAccount) -> Vec<&'static str> {
    let same = [
        old.uid == new.uid,
        description_of(old) == description_of(new),
        old.limited_to == new.limited_to,
        old.may_reset_passwords == new.may_reset_passwords,
        old.status == new.status,
    ];
    CHANGEABLE.into_iter().zip(same).filter(|(_, same)| !same).map(|(name, _)| name).collect()
}

fn check_name(name: &str) -> Result<(), ApplicationFault> {
    match name {
        "" => Err(ApplicationFault::NameMissing),
        name if is_login(name) => Ok(()),
        _ => Err(ApplicationFault::NameUnusable),
    }
}

fn refuse(fault: ApplicationFault) -> Stop<ApplicationError> {
    Stop::Rule(ApplicationError::Field(fault))
}

/// The attributes that the form changes.
const CHANGEABLE: [&str; 5] = [NAME, "description", "binderyLimitedTo", "binderyGrant", "accountStatus"];

/// The attribute that is in the DN.
const NAME: &str = "uid";

/// Characters of a description.
const MAX_DESCRIPTION: usize = 200;
