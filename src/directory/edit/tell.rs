//! What is said of an edit: its rows of the audit, and the mails and notifications that follow it.

use std::convert::Infallible;

use super::change::{Change, EditTarget};
use super::error::{Denial, EditError, Wrong};
use super::{Call, Looked, PreparedEdit, names};
use crate::directory::target::Target;
use crate::directory::{Caller, Directory, EditFault};
use crate::domain::audit::{AuditEvent, Reason, ValueChange, cut};
use crate::domain::id::Id;
use crate::domain::record::Record;
use crate::domain::schema::Attribute;
use crate::domain::tree::Branch;
use crate::store::Fail;
use crate::store::accounts::AccountError;

impl Directory {
    /// The rule of an edit has been committed.
    pub(super) fn tell(&self, call: &Call, ready: &PreparedEdit, looked: &Looked) {
        self.addresses_watched(&call.watch);
        if let Some(notice) = &ready.notice {
            self.notified(notice);
        }
        if let Some(invitation) = &call.invitation {
            self.parcel_queued(invitation);
        }
        self.mails_were_queued(u64::from(looked.draft.waits()));
        if looked.draft.deleted {
            self.left_behind.notify_one();
        }
    }

    /// Refuses an invitation where no mails are sent.
    pub(super) fn check_invitation(&self, call: &Call) -> Result<(), EditError> {
        match call.edit.invitation.is_some() && call.invitation.is_none() {
            true => Err(EditError::fault(None, Wrong::NotSent)),
            false => Ok(()),
        }
    }

    /// Writes down that an edit of `target` was refused, unless that is nobody's fault or written down already.
    pub(in crate::directory) async fn audit_refused_edit(&self, caller: &Caller, target: &EditTarget, error: &EditError) {
        let Some(reason) = error.reason() else { return };
        let (id, dn) = self.target_of_edit(caller, target).await;
        let is_about_password = *error == EditError::Denied(Denial::Password) || reason == Reason::Policy;
        let event = match id {
            Some(target) if is_about_password => AuditEvent::PasswordRefused { target: Some(target), reason },
            _ => AuditEvent::ChangeRefused { dn: cut(dn), reason },
        };
        self.audit(caller, event);
    }

    /// The id of the entry, and its DN as the audit has it: of one that is not there, as it was asked for.
    async fn target_of_edit(&self, caller: &Caller, target: &EditTarget) -> (Option<Id>, String) {
        let tree = &self.settings.tree;
        let target = match target {
            EditTarget::New(branch, _) => return (None, tree.branch_dn(*branch).to_owned()),
            EditTarget::NewAt(dn) => return (None, dn.to_string()),
            EditTarget::Entry(target) => target,
        };
        let found: Result<Option<Record>, Fail<Infallible>> = self.store.read(|view| target.record(view, tree, Some(caller.actor))).await;
        let found = found.unwrap_or_default();
        let dn = match (&found, target) {
            (_, Target::Dn(dn)) => dn.to_string(),
            (Some(record), _) => record.dn(tree),
            (None, Target::Id(_, id)) => id.to_string(),
            (None, Target::Caller | Target::Login(_)) => tree.branch_dn(Branch::People).to_owned(),
        };
        (found.and_then(|record| record.id()), dn)
    }
}

impl Call {
    /// What is written down where the record `new` takes the place of `old`.
    pub(super) fn events(&self, old: &Record, new: &Record, changes: Vec<ValueChange>, password: bool) -> Vec<AuditEvent> {
        let tree = &self.eyes.tree;
        let (target, from, to) = (new.id().unwrap_or(Id(0)), cut(old.dn(tree)), cut(new.dn(tree)));
        let set = password.then_some(AuditEvent::PasswordChanged { target });
        if self.adds() {
            let set = set.filter(|_| matches!((new, &self.edit.target), (Record::Account(_), EditTarget::New(..))));
            let changes = changes.into_iter().filter(|change| !change.is_empty()).collect();
            return [AuditEvent::Added { target, dn: to, changes }].into_iter().chain(set).collect();
        }
        if self.edit.changes.iter().any(|change| matches!(change, Change::Delete)) {
            return vec![AuditEvent::Deleted { target, dn: from }];
        }
        let renamed = (from != to).then(|| AuditEvent::Renamed { target, from, to: to.clone() });
        let modified = (!changes.is_empty()).then_some(AuditEvent::Modified { target, dn: to, changes });
        let signed_out = self.edit.changes.iter().any(|change| matches!(change, Change::EndSessions));
        let signed_out = signed_out.then_some(AuditEvent::SessionsEnded { target });
        renamed.into_iter().chain(modified).chain(set).chain(signed_out).collect()
    }
}

impl super::Edit {
    /// The attributes that it changes, each once, in the order of the changes. `branch` is where the entry is.
    pub(super) fn attributes(&self, branch: Option<Branch>) -> Vec<Attribute> {
        let mut attributes = Vec::new();
        for change in &self.changes {
            let attribute = match change {
                Change::Rename(_) => branch.map(names::naming),
                change => change.attribute(),
            };
            attributes.extend(attribute.filter(|attribute| !attributes.contains(attribute)));
        }
        attributes
    }
}

impl EditError {
    /// Why, as it is written down; none for what is no fault of the caller's.
    fn reason(&self) -> Option<Reason> {
        match self {
            EditError::NotFound(_) => Some(Reason::UnknownEntry),
            EditError::Denied(_) | EditError::BindFirst => Some(Reason::AccessDenied),
            EditError::MustChange => Some(Reason::MustChangeFirst),
            EditError::OldPasswordRequired => Some(Reason::OldPasswordRequired),
            EditError::Faults(faults) => reason_of(faults),
            EditError::Stale | EditError::Busy | EditError::Unavailable => None,
        }
    }
}

fn reason_of(faults: &[EditFault]) -> Option<Reason> {
    let any = |is: fn(&Wrong) -> bool| faults.iter().any(|fault| is(&fault.wrong));
    match () {
        // The attempt itself has been written down.
        () if faults.iter().all(|fault| matches!(fault.wrong, Wrong::OwnPassword(_))) => None,
        () if any(|wrong| matches!(wrong, Wrong::Password(_))) => Some(Reason::Policy),
        () if any(|wrong| matches!(wrong, Wrong::Account(AccountError::LastAdministrator(_)))) => Some(Reason::LastAdministrator),
        () => Some(Reason::Constraint),
    }
}
