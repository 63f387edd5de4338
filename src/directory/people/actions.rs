//! What the buttons of a sheet do, besides saving it.

use super::{Call, Found, Rule, SheetError};
use crate::directory::{Caller, Denial, Directory};
use crate::domain::access;
use crate::domain::audit::AuditEvent;
use crate::domain::id::Id;
use crate::domain::schema::Attribute;
use crate::store::{Stop, View, accounts, failures, sessions};

impl Directory {
    /// Forgets the failures of the person `id`, who is throttled no more.
    ///
    /// # Errors
    /// [`SheetError`]; nothing has changed then.
    pub async fn unlock_person(&self, caller: &Caller, id: Id) -> Result<(), SheetError> {
        self.act(caller, id, unlock).await
    }

    /// Ends all sessions that the person `id` has on the pages.
    ///
    /// # Errors
    /// [`SheetError`]; nothing has changed then.
    pub async fn end_sessions_of(&self, caller: &Caller, id: Id) -> Result<(), SheetError> {
        self.act(caller, id, end_sessions).await
    }

    /// Deletes the person `id`.
    ///
    /// # Errors
    /// [`SheetError`]; they are still there then.
    pub async fn delete_person(&self, caller: &Caller, id: Id) -> Result<(), SheetError> {
        self.act(caller, id, delete).await?;
        self.left_behind.notify_one();
        Ok(())
    }

    /// Does `action` to the person `id`, and writes down what it gives; or that it was refused.
    async fn act(&self, caller: &Caller, id: Id, action: Action) -> Result<(), SheetError> {
        let call = self.sheet_call(caller);
        let rule = move |view: &mut View<'_>| {
            let found = call.find(view, id)?;
            action(&call, view, found).map(|event| vec![event])
        };
        let done = self.once_telling(caller, rule).await.map_err(SheetError::from);
        if let Err(error) = &done {
            self.audit_sheet_refusal(caller, Some(id), error).await;
        }
        done.map(drop)
    }
}

/// What is done to somebody, as a rule.
type Action = fn(&Call, &mut View<'_>, Found) -> Rule<AuditEvent>;

fn unlock(call: &Call, view: &mut View<'_>, found: Found) -> Rule<AuditEvent> {
    let locked = Attribute::PwdAccountLockedTime;
    if !access::changes(&found.subject, &found.object, locked, &call.access) {
        return denied(Denial::Attribute);
    }
    failures::clear(view, found.account.id)?;
    let (target, dn) = (found.account.id, call.tree.account_dn(&found.account.uid));
    Ok(AuditEvent::Modified { target, dn, attributes: vec![locked.name().to_owned()] })
}

fn end_sessions(_: &Call, view: &mut View<'_>, found: Found) -> Rule<AuditEvent> {
    if !access::ends_sessions(&found.subject, &found.object) {
        return denied(Denial::Attribute);
    }
    sessions::end_all(view, found.account.id);
    Ok(AuditEvent::SessionsEnded { target: found.account.id })
}

fn delete(call: &Call, view: &mut View<'_>, found: Found) -> Rule<AuditEvent> {
    if !access::administers(&found.subject) {
        return denied(Denial::Entry);
    }
    let (target, dn) = (found.account.id, call.tree.account_dn(&found.account.uid));
    // What is left of it is cleared away in the background.
    let _ = accounts::delete(view, target)?;
    Ok(AuditEvent::Deleted { target, dn })
}

fn denied<T>(what: Denial) -> Rule<T> {
    Err(Stop::Rule(SheetError::Denied(what)))
}
