//! Delete (RFC 4511 §4.8): by administrators.

use super::errors::Refused;
use super::names::refuse;
use super::{Call, Rule, named};
use crate::directory::present::Record;
use crate::directory::{Caller, ChangeError, Directory};
use crate::domain::audit::AuditEvent;
use crate::domain::dn::Dn;
use crate::store::{View, accounts, groups, services};

impl Directory {
    /// Deletes the entry `dn`: it is gone at once. What hangs on a large group is cleared away in the background,
    /// see [`Directory::clear_deleted`].
    ///
    /// # Errors
    /// [`ChangeError`], with a text that says what is wrong.
    pub async fn delete(&self, caller: &Caller, dn: &Dn) -> Result<(), ChangeError> {
        let outcome = self.delete_entry(caller, dn).await;
        self.answer(caller, dn, outcome)
    }

    async fn delete_entry(&self, caller: &Caller, dn: &Dn) -> Result<(), Refused> {
        let call = self.call(caller, dn)?;
        let found = self.look(|view| call.find_to_administer(view)).await?;
        let (target, dn) = named(&call.tree, &found.record);
        self.carry_out(&call, vec![AuditEvent::Deleted { target, dn }], delete).await?;
        self.left_behind.notify_one();
        Ok(())
    }
}

fn delete(call: &Call, view: &mut View<'_>) -> Rule<()> {
    match call.find_to_administer(view)?.record {
        Record::Suffix | Record::Branch(_) => {
            refuse(ChangeError::Unwilling("the tree's own entries are made by the configuration and cannot be deleted".into()))
        }
        Record::Account(account) => accounts::delete(view, account.id).map(|_| ()),
        Record::Service(service) => services::delete(view, service.id),
        Record::Group(group) => groups::delete(view, group.id).map(|_| ()),
    }
}
