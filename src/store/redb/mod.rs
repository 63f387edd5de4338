//! The engine over one redb file: rules run on a single writer thread that commits many of them at once, readers
//! read the last committed state on their own thread.

mod file;
pub(super) mod table;
mod writer;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use redb::{ReadOnlyTable, ReadableTable, StorageBackend, StorageError};
use tokio::sync::{mpsc, oneshot};

use super::engine::{Down, Engine, Fail, settle};
use super::view::{Each, Key, Order, Span, Stop, StoreReader, StoredValue, Unread, View};
use file::Opener;
pub use file::{FileSettings, OpenError};
use writer::{RuleJob, StoreWriter, Work};

/// An engine over one redb file. Dropping it waits until everything that was queued is committed, and closes the file.
#[derive(Debug)]
pub struct RedbEngine {
    shared: Arc<SharedState>,
    queue: Option<mpsc::Sender<Work>>,
    writer: Option<JoinHandle<()>>,
}

impl RedbEngine {
    /// Opens the file at `path`, or makes it (mode 0600, its directory 0700), and brings it to today's schema.
    ///
    /// # Errors
    /// [`OpenError`], whose text says what is wrong and what to do.
    pub fn open(path: &Path, settings: FileSettings) -> Result<RedbEngine, OpenError> {
        RedbEngine::start(Opener::file(path, settings))
    }

    /// As [`RedbEngine::open`], on what `backend` gives; it is asked again after an I/O error.
    ///
    /// # Errors
    /// As [`RedbEngine::open`].
    pub fn open_with<B: StorageBackend>(
        backend: impl Fn() -> std::io::Result<B> + Send + 'static,
        settings: FileSettings,
    ) -> Result<RedbEngine, OpenError> {
        RedbEngine::start(Opener::backend(backend, settings))
    }

    fn start(opener: Opener) -> Result<RedbEngine, OpenError> {
        let shared = Arc::new(SharedState::default());
        let (queue, work) = mpsc::channel(MAX_QUEUED);
        let writer = StoreWriter::open(opener, Arc::clone(&shared))?;
        let writer = std::thread::Builder::new().name("store-writer".into()).spawn(move || writer.run(work)).map_err(OpenError::Thread)?;
        Ok(RedbEngine { shared, queue: Some(queue), writer: Some(writer) })
    }

    /// Puts `rows` in one transaction without a rule, in the order given; sorted rows are the fastest. `durable` says
    /// whether it, and all that was put before, is on disk when it returns.
    ///
    /// # Errors
    /// [`Down`] if it cannot be written.
    pub async fn load(&self, rows: Vec<(Key, StoredValue)>, durable: Durable) -> Result<(), Down> {
        let (reply, answer) = oneshot::channel();
        self.queue()?.send(Work::Load { rows, durable, reply }).await.map_err(|_| Down)?;
        answer.await.map_err(|_| Down)?
    }

    /// Transactions that were committed since the start; each may hold many rules.
    pub fn commits(&self) -> u64 {
        self.shared.commits.load(Ordering::Relaxed)
    }

    fn queue(&self) -> Result<&mpsc::Sender<Work>, Down> {
        self.queue.as_ref().ok_or(Down)
    }

    /// Waits a moment for the writer to reopen the file after `failed` could not be read.
    async fn reopened(&self, failed: &Arc<Snapshot>) -> bool {
        if let Ok(queue) = self.queue() {
            // A full queue means that the writer is at work and meets the same fault itself.
            let _ = queue.try_send(Work::Reopen { generation: failed.generation });
        }
        for _ in 0..REOPEN_CHECKS {
            match self.shared.snapshot.load_full() {
                Some(now) if now.generation == failed.generation => tokio::time::sleep(REOPEN_CHECK).await,
                Some(_) => return true,
                None => return false,
            }
        }
        false
    }
}

impl Engine for RedbEngine {
    async fn run<T, E, R>(&self, rule: R) -> Result<T, Fail<E>>
    where
        T: Send + 'static,
        E: Send + 'static,
        R: Fn(&mut View<'_>) -> Result<T, Stop<E>> + Send + 'static,
    {
        let (job, answer) = RuleJob::queued(rule);
        let queue = self.queue().map_err(|Down| Fail::Down)?;
        // A full queue is back-pressure: the caller waits.
        queue.send(Work::Rule(job)).await.map_err(|_| Fail::Down)?;
        answer.await.unwrap_or(Err(Fail::Unknown))
    }

    async fn read<T, E, R>(&self, rule: R) -> Result<T, Fail<E>>
    where
        R: Fn(&mut View<'_>) -> Result<T, Stop<E>>,
    {
        for _ in 0..READ_ATTEMPTS {
            let failed = {
                let snapshot = self.shared.snapshot.load();
                let Some(snapshot) = snapshot.as_ref() else { return Err(Fail::Down) };
                match rule(&mut View::read_only(&**snapshot)) {
                    Err(Stop::Down) => Arc::clone(snapshot),
                    outcome => return settle(outcome),
                }
            };
            if !self.reopened(&failed).await {
                break;
            }
        }
        Err(Fail::Down)
    }
}

impl Drop for RedbEngine {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(writer) = self.writer.take() {
            // It catches what panics in a rule; if it died all the same, that is logged where it happened.
            let _ = writer.join();
        }
    }
}

/// Whether a bulk load is on disk when it returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durable {
    /// It is, with everything before.
    Now,
    /// With the next that is.
    Later,
}

/// What the writer thread and the readers share.
#[derive(Debug, Default)]
struct SharedState {
    /// The last committed state; none while the file cannot be opened.
    snapshot: ArcSwapOption<Snapshot>,
    /// Transactions that were committed, for the metrics.
    commits: AtomicU64,
}

/// One committed state, kept open so that a reader pays for neither a transaction nor a table handle.
struct Snapshot {
    table: ReadOnlyTable<&'static [u8], &'static [u8]>,
    /// How often the file had been opened.
    generation: u64,
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Snapshot").field("generation", &self.generation).finish_non_exhaustive()
    }
}

impl StoreReader for Snapshot {
    fn get(&self, key: &[u8], with: &mut dyn FnMut(&[u8])) -> Result<(), Unread> {
        get(&self.table, key, with)
    }

    fn scan(&self, span: Span<'_>, each: &mut Each<'_>) -> Result<(), Unread> {
        scan(&self.table, span, each)
    }
}

fn get(table: &impl ReadableTable<&'static [u8], &'static [u8]>, key: &[u8], with: &mut dyn FnMut(&[u8])) -> Result<(), Unread> {
    if let Some(value) = table.get(key).map_err(unread)? {
        with(value.value());
    }
    Ok(())
}

fn scan(table: &impl ReadableTable<&'static [u8], &'static [u8]>, span: Span<'_>, each: &mut Each<'_>) -> Result<(), Unread> {
    let mut rows = table.range::<&[u8]>(span.from..span.to).map_err(unread)?;
    let next = || match span.order {
        Order::Rising => rows.next(),
        Order::Falling => rows.next_back(),
    };
    for row in std::iter::from_fn(next) {
        let (key, value) = row.map_err(unread)?;
        if each(key.value(), value.value()).is_break() {
            break;
        }
    }
    Ok(())
}

fn unread(error: StorageError) -> Unread {
    match error {
        // What follows from a fault that is logged already.
        StorageError::PreviousIo | StorageError::DatabaseClosed => {}
        error => tracing::error!(%error, "the database cannot be read; it is going to be reopened"),
    }
    Unread::Down
}

/// Rules and loads that wait for the writer thread; whoever comes then waits to be queued.
const MAX_QUEUED: usize = 1024;

/// How often a read is tried, each time on a file that was opened anew.
const READ_ATTEMPTS: usize = 3;

/// How often, and how long apart, a failed read looks whether the file was reopened.
const REOPEN_CHECKS: usize = 20;
const REOPEN_CHECK: Duration = Duration::from_millis(10);
