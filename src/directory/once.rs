//! Changes that are carried out once, with what the audit says of them in the same commit: neither a crash nor a client
//! that goes away parts the two. Not in charge of refusals, which have nothing to be committed with.

use std::sync::Arc;

use super::{Caller, Directory};
use crate::domain::audit::{AuditEvent, AuditRow};
use crate::domain::id::OpId;
use crate::observe;
use crate::secret;
use crate::store::marks::{self, Seen};
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
        let (op, at) = (OpId(secret::random()), self.clock.now());
        let row = |event| (OpId(secret::random()), AuditRow { at, actor: caller.actor, source: caller.source, event });
        let rows: Arc<[(OpId, AuditRow)]> = events.into_iter().map(row).collect();
        for _ in 0..ATTEMPTS {
            let (change, rows_to_put) = (change.clone(), Arc::clone(&rows));
            let outcome = self.store.run(move |view| match marks::mark(view, op, at)? {
                Seen::Before => Ok(()),
                Seen::Now => {
                    change(view)?;
                    rows_to_put.iter().for_each(|(op, row)| audit::put(view, *op, row));
                    Ok(())
                }
            });
            match outcome.await {
                Err(Fail::Unknown) => {}
                Ok(()) => {
                    rows.iter().for_each(|(_, row)| observe::audit::log(row));
                    return Ok(());
                }
                Err(fail) => return Err(fail),
            }
        }
        Err(Fail::Unknown)
    }
}

/// How often a change is tried whose outcome stays unknown.
const ATTEMPTS: usize = 3;
