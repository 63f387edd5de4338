//! The form of an application.

use super::{Shown, single};
use crate::directory::edit::{Change, Edit, EditError, EditTarget, Edited, PasswordEdit, Proof};
use crate::directory::{Caller, Directory, Target};
use crate::domain::account::Status;
use crate::domain::id::Id;
use crate::domain::record::{PASSWORD_RESET, Record};
use crate::domain::schema::Attribute;
use crate::domain::service::ServiceAccount;
use crate::domain::tree::{Branch, fold};
use crate::secret::Secret;

/// The form of an application.
#[derive(Clone, Debug, Default)]
pub struct ApplicationForm {
    /// [`Application::seen`](crate::directory::Application::seen) of the form that was filled in; unused for a new one.
    pub seen: String,
    /// The name that it binds with.
    pub name: String,
    /// The description; may be empty.
    pub description: String,
    /// The name of the one group that it sees; empty: it sees everybody.
    pub limited_to: String,
    /// Whether it may set people's passwords.
    pub may_reset_passwords: bool,
    /// Whether it may bind.
    pub is_active: bool,
    /// The caller's own password, for what asks for it (`edit::proof`).
    pub own_password: Option<Secret>,
}

/// An application that was added, with its secret, which is given this once.
#[derive(Debug)]
pub struct NewApplication {
    /// Its id.
    pub id: Id,
    /// What it binds with.
    pub secret: Secret,
}

impl Directory {
    /// Adds an application with a generated secret.
    ///
    /// # Errors
    /// [`EditError`]; it is not there then.
    pub async fn add_application(&self, caller: &Caller, form: ApplicationForm) -> Result<NewApplication, EditError> {
        let mut changes = form.changes(None);
        changes.push(Change::Password(PasswordEdit::generated()));
        let proof = Proof::Typed(form.own_password);
        let edit = Edit { proof, ..Edit::of(EditTarget::New(Branch::Services, form.name), changes) };
        let added = self.edit(caller, edit).await?;
        let secret = added.secret.ok_or(EditError::Unavailable)?;
        Ok(NewApplication { id: added.id, secret })
    }

    /// Changes the application `id`. With another name it binds with another DN; its secret stays.
    ///
    /// # Errors
    /// [`EditError`]; nothing has changed then.
    pub async fn save_application(&self, caller: &Caller, id: Id, form: ApplicationForm) -> Result<Edited, EditError> {
        self.save_form(caller, Target::Id(Branch::Services, id), |edit, shown| form.fill(edit, shown)).await
    }
}

impl Directory {
    /// Gives the application `id` another secret, by a caller who types their own password.
    ///
    /// # Errors
    /// [`EditError`]; the old one is good then.
    pub async fn renew_secret(&self, caller: &Caller, id: Id, own_password: Option<Secret>) -> Result<Secret, EditError> {
        let proof = Proof::Typed(own_password);
        let edit = Edit { proof, ..Edit::one(Branch::Services, id, Change::Password(PasswordEdit::generated())) };
        self.edit(caller, edit).await?.secret.ok_or(EditError::Unavailable)
    }
}

impl ApplicationForm {
    fn fill(self, edit: &mut Edit, shown: &Shown) {
        let Record::Service(service) = &shown.record else { return };
        if self.name != service.uid {
            edit.changes.push(Change::Rename(self.name.clone()));
        }
        edit.changes.extend(self.changes(Some((service, shown))));
        edit.seen = Some(self.seen);
        edit.proof = Proof::Typed(self.own_password);
    }

    /// What differs from `held`, or from a new application, besides the name.
    fn changes(&self, held: Option<(&ServiceAccount, &Shown)>) -> Vec<Change> {
        let status = if self.is_active { Status::Active } else { Status::Disabled };
        let (description, limited_to) = (self.description.trim(), self.limited_to.trim());
        let grants = if self.may_reset_passwords { single(PASSWORD_RESET) } else { Vec::new() };
        let (held_description, held_limit) = match held {
            Some((service, shown)) => (service.attributes.text(Attribute::Description).unwrap_or_default(), limit(service, shown)),
            None => ("", Some(String::new())),
        };
        let differs = [
            (held_description != description, Attribute::Description, single(description)),
            (held_limit.is_none_or(|held| held != fold(limited_to)), Attribute::BinderyLimitedTo, single(limited_to)),
            (held.is_some_and(|(service, _)| service.may_reset_passwords) != self.may_reset_passwords, Attribute::BinderyGrant, grants),
            (held.map_or(Status::Active, |(service, _)| service.status) != status, Attribute::AccountStatus, single(status.word())),
        ];
        differs.into_iter().filter(|(differs, ..)| *differs).map(|(_, attribute, values)| Change::Set(attribute, values)).collect()
    }
}

/// The folded name of the one group that it sees; empty: it sees everybody. None: that group is there no more.
fn limit(service: &ServiceAccount, shown: &Shown) -> Option<String> {
    match (service.limited_to, &shown.relation) {
        (None, _) => Some(String::new()),
        (Some(_), Some(group)) => Some(fold(&group.cn)),
        (Some(_), None) => None,
    }
}
