//! Which changes ask for the caller's own password once more (ASVS 7.5.1): what gives somebody power that outlives a
//! browser that was left open. Not in charge of who may make them.

use super::change::{Change, Proof};
use super::error::{EditError, OwnPassword, Wrong, refuse};
use super::{Call, EditRule};
use crate::directory::{Actor, Directory};
use crate::domain::account::{Account, Role};
use crate::domain::credential::Verifier;
use crate::domain::id::Id;
use crate::domain::record::Record;
use crate::domain::schema::Attribute;
use crate::domain::service::ServiceAccount;
use crate::store::{Fail, View, credentials};

impl Directory {
    /// Verifies the password that was typed beside the change. A guess counts as one at signing in.
    pub(super) async fn own_password(&self, call: &Call) -> Result<Option<(Id, Verifier)>, EditError> {
        let (Actor::Account(id), Proof::Typed(typed)) = (call.caller.actor, &call.edit.proof) else { return Ok(None) };
        let Some(password) = typed.as_ref().filter(|password| !password.is_empty()) else { return Err(missing()) };
        let record = self.store.read(|view| crate::directory::target::of(view, call.caller.actor)).await;
        let record = record.map_err(|_: Fail<EditError>| EditError::Unavailable)?;
        let record = record.ok_or(EditError::BindFirst)?;
        let verifier = self.verify_old(&call.caller, &record, password).await.map_err(EditError::own_password)?;
        Ok(Some((id, verifier)))
    }
}

impl Call {
    /// Whether putting `new` in place of `old` asks for the caller's own password. A connection was opened with it.
    pub(super) fn asks_for_proof(&self, old: &Record, new: &Record) -> bool {
        let by_session = matches!((self.caller.actor, &self.edit.proof), (Actor::Account(_), Proof::Typed(_)));
        by_session
            && match (old, new) {
                (Record::Account(old), Record::Account(new)) => self.empowers_account(old, new),
                (Record::Service(old), Record::Service(new)) => self.empowers_service(old, new),
                _ => false,
            }
    }

    /// Refuses a change that turns out to ask for a proof that was not asked for when it was looked at, and one whose
    /// proof has been replaced meanwhile.
    pub(super) fn check_proof(&self, view: &mut View<'_>, old: &Record, new: &Record, own: Option<&(Id, Verifier)>) -> EditRule<()> {
        match own {
            Some((own, verifier)) => credentials::check_unchanged(view, *own, verifier).map(drop),
            None if self.asks_for_proof(old, new) => refuse(missing()),
            None => Ok(()),
        }
    }

    /// A mail address is worth a password, since a link to a new one can be sent there; a role may do what its owner may;
    /// and an administrator's password may do everything.
    fn empowers_account(&self, old: &Account, new: &Account) -> bool {
        let mail = self.edit.names(Attribute::Mail) && !self.adds();
        let role = new.role != old.role && new.role != Role::User;
        let password = self.edit.password().is_some() && [old.role, new.role].contains(&Role::Administrator);
        mail || role || password
    }

    /// What an application sees and may do is anybody's who has its secret.
    fn empowers_service(&self, old: &ServiceAccount, new: &ServiceAccount) -> bool {
        let sees_others = old.limited_to.is_some() && new.limited_to != old.limited_to;
        let resets = new.may_reset_passwords && !old.may_reset_passwords;
        let secret = self.edit.changes.iter().any(|change| matches!(change, Change::Password(_)));
        self.adds() || sees_others || resets || secret
    }
}

fn missing() -> EditError {
    EditError::fault(None, Wrong::OwnPassword(OwnPassword::Missing))
}
