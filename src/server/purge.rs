//! Background work on the store: what is over goes, and what deleted entries have left behind is cleared away. All of
//! it may run twice, and none of it is in a hurry.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::directory::{Directory, Unavailable};
use crate::store::memberships::Cleared;
use crate::store::purge::{Retention, purge};

/// Purges every [`EVERY`], the first time soon after the start, until `stop`.
pub async fn work(directory: Arc<Directory>, clock: Clock, retention: Retention, stop: CancellationToken) {
    let mut wait = FIRST;
    while stop.run_until_cancelled(sleep(wait)).await.is_some() {
        wait = EVERY;
        match stop.run_until_cancelled(purge(directory.store(), retention, clock.now())).await {
            None => {}
            Some(Ok(purged)) => tracing::debug!(?purged, "what was over is gone"),
            Some(Err(fail)) => tracing::warn!(?fail, "the store cannot be purged; it is tried again later"),
        }
    }
}

/// Carries out what was decided of members, and clears away the memberships of what was deleted, until `stop`: when
/// something is, and first what was left when the daemon ended.
pub async fn clear(directory: Arc<Directory>, stop: CancellationToken) {
    while let Some(cleared) = stop.run_until_cancelled(clear_all(&directory)).await {
        if cleared.is_err() {
            tracing::warn!("what was deleted cannot be cleared away; it is tried again later");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = directory.deleted() => {}
            () = sleep(EVERY) => {}
        }
    }
}

/// Has the rows of the audit that count for a minute written when it is over, until `stop`.
pub async fn count(directory: Arc<Directory>, stop: CancellationToken) {
    while stop.run_until_cancelled(sleep(COUNTED)).await.is_some() {
        directory.write_counts();
    }
}

async fn clear_all(directory: &Directory) -> Result<(), Unavailable> {
    directory.finish_members(None).await?;
    while directory.clear_deleted().await? == Cleared::Partly {
        // Changes that somebody waits for go first.
        sleep(BREATH).await;
    }
    Ok(())
}

/// How long after the start: others come first.
const FIRST: Duration = Duration::from_secs(30);

/// How often.
const EVERY: Duration = Duration::from_secs(3600);

/// How often the counts of the audit are looked at.
const COUNTED: Duration = Duration::from_secs(10);

/// Between two slices of what is cleared away.
const BREATH: Duration = Duration::from_millis(20);
