//! Background work on the store: what is over goes, and what a crash left half deleted is cleared away. All of it may run
//! twice, and none of it is in a hurry.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::directory::Directory;
use crate::store::memberships::{self, Cleared};
use crate::store::purge::{Retention, purge};
use crate::store::{Fail, Store};

/// Works every [`EVERY`], the first time soon after the start, until `stop`. Rows of the audit are kept for `retention`.
pub async fn work(directory: Arc<Directory>, clock: Clock, retention: Duration, stop: CancellationToken) {
    let retention = Retention { audit: retention, marks: MARKS };
    let mut wait = FIRST;
    while stop.run_until_cancelled(tokio::time::sleep(wait)).await.is_some() {
        wait = EVERY;
        let store = directory.store();
        let round = async {
            let cleared = clear(store).await.is_ok();
            (cleared, purge(store, retention, clock.now()).await)
        };
        match stop.run_until_cancelled(round).await {
            None => {}
            Some((true, Ok(purged))) => tracing::debug!(?purged, "what was over is gone"),
            Some((cleared, purged)) => tracing::warn!(cleared, ?purged, "the store cannot be tidied up; it is tried again later"),
        }
    }
}

/// Clears away the memberships of what was deleted when the daemon was interrupted.
async fn clear(store: &Store) -> Result<(), Fail<Infallible>> {
    for owner in store.read::<_, Infallible, _>(|view| memberships::left_to_clear(view, AT_ONCE)).await? {
        while store.run::<_, Infallible, _>(move |view| memberships::clear(view, owner)).await? == Cleared::Partly {
            // Changes that somebody waits for go first.
            tokio::time::sleep(BREATH).await;
        }
    }
    Ok(())
}

/// How long after the start: others come first.
const FIRST: Duration = Duration::from_secs(30);

/// How often.
const EVERY: Duration = Duration::from_secs(3600);

/// How long a mark is kept: who repeats a call whose outcome was unknown does so within moments.
const MARKS: Duration = Duration::from_secs(86_400);

/// Deletions that are finished in one round.
const AT_ONCE: usize = 1_000;

/// Between two chunks.
const BREATH: Duration = Duration::from_millis(20);
