//! Changes of members that one rule decided and further ones carry out: at once, by the request that asked for them;
//! after a crash, or when that request went away, by the watcher.

use std::sync::Arc;

use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::EditError;
use crate::directory::{Directory, Unavailable};
use crate::domain::id::Id;
use crate::store::pending_members::{self, PendingPage};
use crate::store::{Fail, Stop, Store, View};

/// Wakes the watcher when it is dropped.
pub(super) struct WakeOnDrop<'a>(&'a Notify);

impl Drop for WakeOnDrop<'_> {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

impl Directory {
    /// Carries out what was decided of the members of `group`, or of every group. It may run anywhere at the same time.
    ///
    /// # Errors
    /// If the store does not answer; what is left is carried out another time.
    pub async fn finish_members(&self, group: Option<Id>) -> Result<(), Unavailable> {
        let none = |_: Fail<std::convert::Infallible>| Unavailable;
        while let Some(page) = self.store.read(|view| pending_members::next(view, group)).await.map_err(none)? {
            carry_out(&self.store, page).await?;
        }
        Ok(())
    }

    /// Has the watcher look for decided changes when the request ends, in whichever way.
    pub(super) fn finish_in_any_case(&self) -> WakeOnDrop<'_> {
        WakeOnDrop(&self.left_behind)
    }
}

impl From<Unavailable> for EditError {
    fn from(Unavailable: Unavailable) -> EditError {
        EditError::Unavailable
    }
}

async fn carry_out(store: &Arc<Store>, page: PendingPage) -> Result<(), Unavailable> {
    let page = Arc::new(page);
    let mut rules = JoinSet::new();
    for from in (0..page.changes.len()).step_by(pending_members::IN_RULE) {
        if rules.len() == AT_ONCE {
            rules.join_next().await.map_or(Ok(()), |outcome| outcome.unwrap_or(Err(Unavailable)))?;
        }
        let page = Arc::clone(&page);
        rules.spawn(run(Arc::clone(store), move |view| {
            let to = page.changes.len().min(from + pending_members::IN_RULE);
            pending_members::carry_out(view, &page, &page.changes[from..to])
        }));
    }
    while let Some(outcome) = rules.join_next().await {
        outcome.unwrap_or(Err(Unavailable))?;
    }
    run(Arc::clone(store), move |view| {
        pending_members::done(view, &page);
        Ok(())
    })
    .await
}

/// Runs `rule`, which may run twice, until its outcome is known.
async fn run<R>(store: Arc<Store>, rule: R) -> Result<(), Unavailable>
where
    R: Fn(&mut View<'_>) -> Result<(), Stop<std::convert::Infallible>> + Clone + Send + 'static,
{
    for _ in 0..ATTEMPTS {
        match store.run(rule.clone()).await {
            Ok(()) => return Ok(()),
            Err(Fail::Conflict | Fail::Unknown) => {}
            Err(Fail::Down) => return Err(Unavailable),
            Err(Fail::Rule(never)) => match never {},
        }
    }
    Err(Unavailable)
}

/// Rules that are in the queue of the writer together, which puts them into one commit.
const AT_ONCE: usize = 16;

/// How often a rule is tried whose outcome stays unknown.
const ATTEMPTS: usize = 3;
