//! ModifyDN (RFC 4511 §4.9): another name for an entry, in the branch where it is; by administrators.

use super::draft::Draft;
use super::errors::Refused;
use super::names::{self, refuse, stop};
use super::{Call, Rule, kind_of, named};
use crate::directory::present::Record;
use crate::directory::{Caller, ChangeError, Directory};
use crate::domain::audit::AuditEvent;
use crate::domain::dn::{Dn, Rdn};
use crate::domain::tree::Place;
use crate::store::View;

impl Directory {
    /// Gives the entry `dn` the name `new_rdn`. Its `entryUUID`, numbers, memberships and password stay.
    ///
    /// # Errors
    /// [`ChangeError`], with a text that says what is wrong.
    pub async fn rename(&self, caller: &Caller, dn: &Dn, new_rdn: &str, new_superior: Option<&Dn>) -> Result<(), ChangeError> {
        let outcome = self.rename_entry(caller, dn, new_rdn, new_superior).await;
        self.answer(caller, dn, outcome)
    }

    async fn rename_entry(&self, caller: &Caller, dn: &Dn, new_rdn: &str, new_superior: Option<&Dn>) -> Result<(), Refused> {
        let call = self.call(caller, dn)?;
        let found = self.look(|view| call.find_to_administer(view)).await?;
        let rdn = Rdn::parse(new_rdn).map_err(|error| ChangeError::InvalidDn(format!("newrdn: {error}")))?;
        let renamed = renamed(&call, found.record.clone(), &rdn, new_superior)?;
        let (target, from) = named(&call.tree, &found.record);
        let (_, to) = named(&call.tree, &renamed);
        let new_superior = new_superior.cloned();
        let events = vec![AuditEvent::Renamed { target, from, to }];
        self.carry_out(&call, events, move |call, view| rename(call, view, &rdn, new_superior.as_ref())).await
    }
}

fn rename(call: &Call, view: &mut View<'_>, rdn: &Rdn, new_superior: Option<&Dn>) -> Rule<()> {
    let found = call.find_to_administer(view)?;
    let record = renamed(call, found.record, rdn, new_superior).map_err(stop)?;
    match kind_of(&record) {
        Some(kind) => Draft::new(record, kind).store(call, view),
        None => refuse(structure()),
    }
}

/// `record` with the name that `rdn` gives it.
fn renamed(call: &Call, mut record: Record, rdn: &Rdn, new_superior: Option<&Dn>) -> Result<Record, ChangeError> {
    let branch = names::branch_of(&call.place).ok_or_else(structure)?;
    if new_superior.is_some_and(|superior| call.tree.locate(superior) != Place::Branch(branch)) {
        let ou = branch.ou();
        return Err(ChangeError::Unwilling(format!(
            "an entry of ou={ou} stays there; leave newSuperior out, or add a new entry elsewhere"
        )));
    }
    let name = names::name_in(rdn, branch)?;
    match &mut record {
        Record::Suffix | Record::Branch(_) => return Err(structure()),
        Record::Account(account) => account.uid = name,
        Record::Service(service) => service.uid = name,
        Record::Group(group) => group.cn = name,
    }
    Ok(record)
}

fn structure() -> ChangeError {
    ChangeError::Unwilling("the tree's own entries are made by the configuration and cannot be renamed".into())
}
