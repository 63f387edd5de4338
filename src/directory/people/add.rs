//! Adding a person, with the mail that invites them.

use std::sync::Arc;

use uuid::{Builder, Uuid};

use super::edit::{Edited, fill_in};
use super::{Call, Field, Found, Rule, SheetError, SheetForm, Wrong};
use crate::directory::letters::Parcel;
use crate::directory::present::Record;
use crate::directory::{Caller, Denial, Directory, Posix};
use crate::domain::access::{self, Object, Reads, Subject};
use crate::domain::account::{Account, Role, Status};
use crate::domain::audit::AuditEvent;
use crate::domain::credential::Credential;
use crate::domain::entry::Attributes;
use crate::domain::group::{Group, GroupKind};
use crate::domain::id::Id;
use crate::domain::reset::Requested;
use crate::domain::schema::Attribute;
use crate::domain::time::UnixTime;
use crate::domain::tree::fold;
use crate::secret;
use crate::store::credentials::{self, Effect};
use crate::store::numbers::{self, Series};
use crate::store::{Stop, View, accounts, groups, memberships};

/// A person who is to be added.
struct Newcomer {
    id: Id,
    entry_uuid: Uuid,
    posix: Posix,
    form: SheetForm,
    /// The mail in which they choose a password.
    invitation: Option<Parcel>,
}

impl Directory {
    /// Adds the person that `form` tells of. With `invitation`, a mail in which they choose a password is queued in the
    /// same commit, unless the form has one for them.
    ///
    /// # Errors
    /// [`SheetError`]; nobody was added then. What is refused is written down.
    pub async fn add_person(&self, caller: &Caller, form: SheetForm, invitation: Option<Requested>) -> Result<Id, SheetError> {
        let added = self.add_newcomer(caller, form, invitation).await;
        if let Err(error) = &added {
            self.audit_sheet_refusal(caller, None, error).await;
        }
        added
    }

    async fn add_newcomer(&self, caller: &Caller, form: SheetForm, invitation: Option<Requested>) -> Result<Id, SheetError> {
        let call = self.sheet_call(caller);
        let entry_uuid = Builder::from_random_bytes(secret::random()).into_uuid();
        let (id, posix) = (Id(secret::random_u64()), self.settings.posix.clone());
        let invitation = invitation.filter(|_| form.new_password().is_none());
        let invitation = invitation.map(|requested| self.invitation(caller, requested)).transpose()?;
        let newcomer = Newcomer { id, entry_uuid, posix, form, invitation: invitation.clone() };
        // In a view that only reads: who cannot be added is refused before a password is hashed.
        let account = self.store.read(|view| newcomer.store(&call, view)).await?;
        let credential = match newcomer.form.new_password() {
            Some(password) => {
                let credential = self.prepare_password(caller, &Record::Account(account), password).await;
                Some(credential.map_err(SheetError::of_new_password)?)
            }
            None => None,
        };
        let newcomer = Arc::new(newcomer);
        self.once_telling(caller, move |view| newcomer.carry_out(&call, view, credential.as_ref())).await?;
        if let Some(invitation) = invitation {
            self.parcel_queued(&invitation);
        }
        Ok(id)
    }
}

impl Newcomer {
    /// The rule. Gives what is to be written down.
    fn carry_out(&self, call: &Call, view: &mut View<'_>, credential: Option<&Credential>) -> Rule<Vec<AuditEvent>> {
        let account = self.store(call, view)?;
        let mut events = vec![AuditEvent::Added { target: self.id, dn: call.tree.account_dn(&account.uid) }];
        if let Some(credential) = credential {
            credentials::set(view, self.id, credential, Effect { must_change: self.form.temporary, clear_failures: false })?;
            events.push(AuditEvent::PasswordChanged { target: self.id });
        }
        if let Some(invitation) = &self.invitation {
            events.push(invitation.queue(view, &account, call.now)?);
        }
        Ok(events)
    }

    /// Everything but the password.
    fn store(&self, call: &Call, view: &mut View<'_>) -> Rule<Account> {
        let subject = call.subject(view)?;
        let team = self.team(view)?;
        let team_id = team.as_ref().map(|team| team.id);
        if !access::adds_person(&subject, self.form.role.unwrap_or(Role::User), team_id, &call.access) {
            return Err(Stop::Rule(SheetError::Denied(Denial::Entry)));
        }
        let found = self.found(call.now, subject, team_id);
        let Edited { mut account, team, faults, .. } = fill_in(call, view, &found, &self.form)?;
        if !faults.is_empty() {
            return Err(Stop::Rule(SheetError::Fields(faults)));
        }
        if self.invitation.is_some() && account.attributes.values(Attribute::Mail).is_empty() {
            return Err(Stop::Rule(SheetError::field(Field::Mail, Wrong::Missing)));
        }
        account.uid_number = numbers::allot(view, Series::Uid, self.posix.uid_numbers)?;
        accounts::add(view, &account)?;
        if let Some(Some(team)) = &team {
            memberships::add(view, team, account.id)?;
        }
        Ok(account)
    }

    /// The team that is named, if there is such a one.
    fn team(&self, view: &mut View<'_>) -> Rule<Option<Group>> {
        let name = self.form.team.as_deref().map(fold).unwrap_or_default();
        match groups::id_of(view, GroupKind::Team, &name)? {
            Some(id) => groups::load(view, id),
            None => Ok(None),
        }
    }

    /// Nobody yet, in the team that they are to be in: what the caller could change of them is what may be filled in.
    fn found(&self, now: UnixTime, subject: Subject, team: Option<Id>) -> Found {
        let account = self.blank(now);
        let object = Object::Account { id: self.id, role: Role::User, team, in_limited_group: false };
        Found { subject, object, account, team: None, reads: Reads::Everything }
    }

    fn blank(&self, now: UnixTime) -> Account {
        Account {
            id: self.id,
            entry_uuid: self.entry_uuid,
            uid: String::new(),
            role: Role::User,
            status: Status::Active,
            expires_at: None,
            uid_number: 0,
            gid_number: self.posix.gid_number,
            created_at: now,
            modified_at: now,
            password_changed_at: None,
            must_change: false,
            attributes: Attributes::default(),
        }
    }
}
