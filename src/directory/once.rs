//! Changes that are carried out once, with what the audit says of them in the same commit: neither a crash nor a client
//! that goes away parts the two. Not in charge of refusals, which have nothing to be committed with.

use std::sync::{Arc, Mutex, PoisonError};

use super::{Caller, Directory};
use crate::domain::audit::{AuditEvent, AuditRow};
use crate::domain::id::OpId;
use crate::observe;
use crate::secret;
use crate::store::marks::{self, MarkSeen};
use crate::store::{Fail, Stop, View, audit};

impl Directory {
    /// Runs the rule `change` for `caller`, and writes `events` down with it. Where the outcome of a commit stays
    /// unknown it is run again, and does nothing if it was carried out.
    ///
    /// # Errors
    /// The rule's refusal, or why it was not carried out. [`Fail::Unknown`] if that is unknown even then.
    pub(super) async fn once<E, R>(&self, caller: &Caller, events: Vec<AuditEvent>, change: R) -> Result<(), Fail<E>>
    where
        E: Send + 'static,
        R: Fn(&mut View<'_>) -> Result<(), Stop<E>> + Clone + Send + 'static,
    {
        let told = self.once_telling(caller, move |view| change(view).map(|()| events.clone())).await;
        told.map(drop)
    }

    /// As [`Directory::once`], for a rule that finds out itself what is to be written down: [`MAX_EVENTS`] events at
    /// most, which are given back.
    ///
    /// # Errors
    /// As of [`Directory::once`].
    pub(super) async fn once_telling<E, R>(&self, caller: &Caller, change: R) -> Result<Vec<AuditEvent>, Fail<E>>
    where
        E: Send + 'static,
        R: Fn(&mut View<'_>) -> Result<Vec<AuditEvent>, Stop<E>> + Clone + Send + 'static,
    {
        let (op, caller, at) = (OpId(secret::random()), *caller, self.clock.now());
        // What the last run wrote: the one that was committed, also where that was not known at once.
        let told = Arc::new(Mutex::new(Vec::new()));
        for _ in 0..ATTEMPTS {
            let (change, tell) = (change.clone(), Arc::clone(&told));
            let outcome = self.store.run(move |view| match marks::mark(view, op, at)? {
                MarkSeen::Before => Ok(()),
                MarkSeen::Now => {
                    let row = |event| AuditRow::new(at, caller.actor, caller.source, event);
                    let rows: Vec<AuditRow> = change(view)?.into_iter().take(MAX_EVENTS).map(row).collect();
                    rows.iter().enumerate().for_each(|(number, row)| audit::put(view, op.part(number), row));
                    *tell.lock().unwrap_or_else(PoisonError::into_inner) = rows;
                    Ok(())
                }
            });
            match outcome.await {
                Err(Fail::Unknown) => {}
                Ok(()) => {
                    let rows = std::mem::take(&mut *told.lock().unwrap_or_else(PoisonError::into_inner));
                    rows.iter().for_each(observe::audit::log);
                    return Ok(rows.into_iter().map(|row| row.event).collect());
                }
                Err(fail) => return Err(fail),
            }
        }
        Err(Fail::Unknown)
    }
}

/// Events of one change.
pub(super) const MAX_EVENTS: usize = 16;

/// How often a change is tried whose outcome stays unknown.
const ATTEMPTS: usize = 3;
