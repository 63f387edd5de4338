//! Looks after the daemon: does the store answer, do the hash threads get on, do mails go out?

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::directory::Directory;
use crate::observe::metrics::Metrics;
use crate::store::keys;
use crate::web::operations::{Health, OLDEST_MAIL};

/// How the daemon is: looked at once before this returns, and then every [`LOOK_EVERY`] until `stop`. The mails that wait
/// go into `metrics`.
pub async fn watch(
    directory: Arc<Directory>,
    metrics: Arc<Metrics>,
    tasks: &TaskTracker,
    stop: CancellationToken,
) -> watch::Receiver<Health> {
    let mut looker = Looker { progress: Progress::new(&directory), directory, metrics };
    let first = looker.look().await;
    let (tell, told) = watch::channel(first);
    tasks.spawn(async move {
        while stop.run_until_cancelled(tokio::time::sleep(LOOK_EVERY)).await.is_some() {
            let now = looker.look().await;
            let before = tell.send_replace(now);
            if before != now {
                tracing::warn!(store = now.store, hash_threads = now.hasher, mail = now.mail, "health has changed");
            }
        }
    });
    told
}

/// Whoever looks.
struct Looker {
    directory: Arc<Directory>,
    metrics: Arc<Metrics>,
    progress: Progress,
}

impl Looker {
    async fn look(&mut self) -> Health {
        let store = store_answers(&self.directory).await;
        // Without the store nobody knows; that is said already.
        let mail = !store || self.mails_go_out().await;
        Health { store, hasher: self.progress.is_made(&self.directory), mail }
    }

    async fn mails_go_out(&self) -> bool {
        if !self.directory.sends_mail() {
            return true;
        }
        let Ok(backlog) = self.directory.mail_backlog().await else { return false };
        let readings = self.metrics.readings();
        readings.mails_waiting.store(backlog.waiting as u64, Relaxed);
        readings.mails_given_up.store(backlog.given_up as u64, Relaxed);
        readings.oldest_mail.store(backlog.oldest.as_secs(), Relaxed);
        backlog.oldest <= OLDEST_MAIL
    }
}

/// In a task of its own, since a read runs on the calling thread and might never come back.
async fn store_answers(directory: &Arc<Directory>) -> bool {
    let directory = Arc::clone(directory);
    let read =
        tokio::spawn(async move { directory.store().read::<_, Infallible, _>(|view| view.has(&keys::administrators())).await.is_ok() });
    matches!(tokio::time::timeout(PATIENCE, read).await, Ok(Ok(true)))
}

/// Whether the hash threads get on: nothing waits for them, or something was done lately.
struct Progress {
    done: u64,
    at: Instant,
}

impl Progress {
    fn new(directory: &Directory) -> Progress {
        Progress { done: directory.hasher().counts().done, at: Instant::now() }
    }

    fn is_made(&mut self, directory: &Directory) -> bool {
        let counts = directory.hasher().counts();
        if counts.queued == 0 || counts.done != self.done {
            *self = Progress { done: counts.done, at: Instant::now() };
        }
        self.at.elapsed() < STUCK
    }
}

/// Brings what other parts count for themselves into the metrics.
pub fn readings(directory: &Arc<Directory>, metrics: &Arc<Metrics>) -> Arc<dyn Fn() + Send + Sync> {
    let (directory, metrics) = (Arc::clone(directory), Arc::clone(metrics));
    Arc::new(move || {
        let (counts, counted, readings) = (directory.hasher().counts(), directory.counted(), metrics.readings());
        readings.hash_waiting.store(counts.queued as u64, Relaxed);
        readings.hash_running.store(counts.busy as u64, Relaxed);
        readings.hashes.store(counts.done, Relaxed);
        readings.hashes_refused.store(counts.refused, Relaxed);
        readings.audit_dropped.store(directory.audit_log().dropped(), Relaxed);
        readings.audit_skipped.store(directory.counted().audit_skipped(), Relaxed);
        readings.mails_queued.store(counted.mails_queued(), Relaxed);
        readings.resets_throttled.store(counted.resets_throttled(), Relaxed);
        readings.store_commits.store(directory.store().commits(), Relaxed);
    })
}

/// How often it is looked.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// How long the store may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long hash threads may do nothing while something waits; the costliest hash that may be configured takes less.
const STUCK: Duration = Duration::from_secs(30);
