//! Saving a sheet: one rule for all that was changed on it.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::edit::{Edited, edit};
use super::sheet::seen;
use super::{Call, Field, Found, Rule, Saved, SheetError, SheetForm, Wrong};
use crate::directory::notice::Notice;
use crate::directory::present::Record;
use crate::directory::{Actor, Caller, Directory};
use crate::domain::account::Account;
use crate::domain::audit::AuditEvent;
use crate::domain::credential::{Credential, Verifier};
use crate::domain::entry::Attributes;
use crate::domain::id::Id;
use crate::domain::schema::Attribute;
use crate::store::credentials::{self, Effect};
use crate::store::{Stop, View, accounts, memberships};

/// What a save needs beside the form: made before its rule runs, since hashing takes its time.
#[derive(Clone)]
struct Ready {
    /// What the caller's own password was verified with.
    own: Option<(Id, Verifier)>,
    /// The new credential, and what its owner is told.
    new: Option<(Credential, Notice)>,
}

impl Directory {
    /// Changes the person `id` as `form` says: all of it, or nothing. What is as it was counts as not filled in.
    ///
    /// # Errors
    /// [`SheetError`]; nothing has changed then. What is refused is written down.
    pub async fn save_person(&self, caller: &Caller, id: Id, form: SheetForm) -> Result<Saved, SheetError> {
        let saved = self.save(caller, id, form).await;
        if let Err(error) = &saved {
            self.audit_sheet_refusal(caller, Some(id), error).await;
        }
        saved
    }

    async fn save(&self, caller: &Caller, id: Id, form: SheetForm) -> Result<Saved, SheetError> {
        let call = self.sheet_call(caller);
        // In a view that only reads: what cannot be saved is refused before anything is hashed.
        let edited = self.store.read(|view| look(&call, view, id, &form)).await?;
        if edited.fields.is_empty() {
            return Ok(Saved::default());
        }
        let own = match edited.fields.contains(&Field::Mail) {
            true => self.own_password(caller, &form).await?,
            false => None,
        };
        let new = match form.new_password() {
            Some(password) => {
                let record = Record::Account(edited.account.clone());
                let credential = self.prepare_password(caller, &record, password).await.map_err(SheetError::of_new_password)?;
                Some((credential, self.notice_of(caller, Actor::Account(id))))
            }
            None => None,
        };
        let notice = new.as_ref().map(|(_, notice)| notice.clone());
        let (form, ready, watch) = (Arc::new(form), Ready { own, new }, call.watch.clone());
        self.once_telling(caller, move |view| carry_out(&call, view, (id, &form), &ready)).await?;
        self.addresses_watched(&watch);
        if let Some(notice) = notice {
            self.notified(&notice);
        }
        Ok(Saved { fields: edited.fields.into_iter().collect() })
    }

    /// Whoever sets a mail address can have a new password sent there, so that an open browser is not enough for it
    /// (ASVS 7.5.1). A guess counts as one at signing in.
    async fn own_password(&self, caller: &Caller, form: &SheetForm) -> Result<Option<(Id, Verifier)>, SheetError> {
        let Actor::Account(id) = caller.actor else { return Ok(None) };
        let Some(password) = form.own_password.as_ref().filter(|password| !password.is_empty()) else {
            return Err(SheetError::field(Field::OwnPassword, Wrong::Missing));
        };
        let record = self.store.read(|view| Record::of(view, caller.actor)).await.map_err(|_| SheetError::Unavailable)?;
        let record = record.ok_or(SheetError::NoSuchPerson)?;
        let verifier = self.verify_old(caller, &record, password).await.map_err(SheetError::of_own_password)?;
        Ok(Some((id, verifier)))
    }
}

/// What would be saved.
fn look(call: &Call, view: &mut View<'_>, id: Id, form: &SheetForm) -> Rule<Edited> {
    let (found, edited) = checked(call, view, id, form)?;
    store(call, view, &found.account, edited.clone())?;
    Ok(edited)
}

/// The rule. Whether the caller still may, and whether their own password still holds, is asked again. Gives what is to
/// be written down.
fn carry_out(call: &Call, view: &mut View<'_>, (id, form): (Id, &SheetForm), ready: &Ready) -> Rule<Vec<AuditEvent>> {
    let (found, edited) = checked(call, view, id, form)?;
    if let Some((own, verifier)) = &ready.own {
        credentials::check_unchanged(view, *own, verifier)?;
    }
    let events = events(call, &found.account, &edited);
    store(call, view, &found.account, edited)?;
    if let Some((credential, notice)) = &ready.new {
        credentials::set(view, id, credential, Effect { must_change: form.temporary, clear_failures: true })?;
        notice.queue(view, id)?;
    }
    Ok(events)
}

/// The person as they are and as they would be, if that can be saved.
fn checked(call: &Call, view: &mut View<'_>, id: Id, form: &SheetForm) -> Rule<(Found, Edited)> {
    let found = call.find(view, id)?;
    // Who may not is told so first, whatever else is wrong.
    let edited = edit(call, view, &found, form)?;
    if form.seen != seen(&found.account, found.team.as_ref()) {
        return Err(Stop::Rule(SheetError::Changed));
    }
    match edited.faults.is_empty() {
        true => Ok((found, edited)),
        false => Err(Stop::Rule(SheetError::Fields(edited.faults))),
    }
}

/// Everything but the password.
fn store(call: &Call, view: &mut View<'_>, old: &Account, edited: Edited) -> Rule<()> {
    let Edited { mut account, team, fields, .. } = edited;
    if fields.iter().all(|field| *field == Field::Password) {
        return Ok(());
    }
    account.modified_at = call.now;
    accounts::replace(view, &account)?;
    call.watch.replaced(view, old, &account)?;
    match team {
        Some(team) => memberships::move_to_team(view, old.id, team.as_ref()),
        None => Ok(()),
    }
}

fn events(call: &Call, old: &Account, edited: &Edited) -> Vec<AuditEvent> {
    let (target, dn) = (old.id, call.tree.account_dn(&edited.account.uid));
    let renamed = edited.fields.contains(&Field::Login).then(|| call.tree.account_dn(&old.uid));
    let renamed = renamed.map(|from| AuditEvent::Renamed { target, from, to: dn.clone() });
    let apart = [Field::Login, Field::Password];
    let fields = edited.fields.iter().filter(|field| !apart.contains(field)).filter_map(|field| field.attribute());
    let names: BTreeSet<&str> = fields.chain(followed(&old.attributes, &edited.account.attributes)).map(Attribute::name).collect();
    let attributes: Vec<String> = names.into_iter().map(str::to_owned).collect();
    let modified = (!attributes.is_empty()).then_some(AuditEvent::Modified { target, dn, attributes });
    let password = edited.fields.contains(&Field::Password).then_some(AuditEvent::PasswordChanged { target });
    renamed.into_iter().chain(modified).chain(password).collect()
}

/// What has changed with the names.
fn followed(old: &Attributes, new: &Attributes) -> impl Iterator<Item = Attribute> {
    let changed = |attribute: &Attribute| old.values(*attribute).to_vec() != new.values(*attribute).to_vec();
    [Attribute::Cn, Attribute::DisplayName].into_iter().filter(changed).collect::<Vec<_>>().into_iter()
}
