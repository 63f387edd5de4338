//! The one thread that writes: it drains the queue, runs many rules in one transaction, commits once, publishes the
//! new state and only then answers. After an I/O error it reopens the file.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use redb::{Database, Durability, ReadableDatabase, Table, WriteTransaction};
use tokio::sync::{mpsc, oneshot};

use super::table::TABLE;
use super::{Durable, OpenError, Opener, SharedState, Snapshot};
use crate::store::engine::{Down, Fail, settle};
use crate::store::view::{Each, Key, Span, Stop, StoreReader, StoredValue, Unread, View, Writes};

/// What is asked of the writer thread.
pub(super) enum Work {
    /// Run a rule.
    Rule(Box<dyn WriteJob>),
    /// Put rows without a rule.
    Load { rows: Vec<(Key, StoredValue)>, durable: Durable, reply: oneshot::Sender<Result<(), Down>> },
    /// A reader of that generation has met an I/O error.
    Reopen { generation: u64 },
}

/// A rule in the queue, whatever it answers.
pub(super) trait WriteJob: Send {
    /// Runs the rule on `table` and applies what it puts, once it has said yes.
    fn attempt(&mut self, table: &mut TableRows<'_>) -> Result<(), redb::Error>;
    /// Whether it has changed anything.
    fn wrote(&self) -> bool;
    /// Tells its caller how it went.
    fn answer(self: Box<Self>, end: JobEnd);
}

/// How the transaction of a [`WriteJob`] ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum JobEnd {
    /// It is on disk, or changed nothing.
    Committed,
    /// It may or may not be on disk.
    Unknown,
    /// Nothing of it is.
    Nothing,
}

/// A rule with its answer, and who waits for it.
pub(super) struct RuleJob<T, E, R> {
    rule: R,
    outcome: Result<T, Fail<E>>,
    wrote: bool,
    reply: oneshot::Sender<Result<T, Fail<E>>>,
}

/// The table inside the transaction.
pub(super) type TableRows<'t> = Table<'t, &'static [u8], &'static [u8]>;

impl<T, E, R> RuleJob<T, E, R>
where
    T: Send + 'static,
    E: Send + 'static,
    R: Fn(&mut View<'_>) -> Result<T, Stop<E>> + Send + 'static,
{
    /// A job for `rule`, and where its answer comes.
    #[allow(clippy::type_complexity)] // It is what a oneshot of a rule's answer looks like.
    pub(super) fn queued(rule: R) -> (Box<dyn WriteJob>, oneshot::Receiver<Result<T, Fail<E>>>) {
        let (reply, answer) = oneshot::channel();
        (Box::new(RuleJob { rule, outcome: Err(Fail::Down), wrote: false, reply }), answer)
    }
}

impl<T, E, R> WriteJob for RuleJob<T, E, R>
where
    T: Send,
    E: Send,
    R: Fn(&mut View<'_>) -> Result<T, Stop<E>> + Send,
{
    fn attempt(&mut self, table: &mut TableRows<'_>) -> Result<(), redb::Error> {
        let reader = InTransaction(table);
        let mut view = View::new(&reader);
        let decided = catch_unwind(AssertUnwindSafe(|| (self.rule)(&mut view)));
        let outcome = decided.unwrap_or_else(|_| {
            tracing::error!("a rule panicked; nothing of it was stored");
            Err(Stop::Down)
        });
        match outcome.and_then(|answer| Ok((answer, view.into_writes()?))) {
            Ok((answer, writes)) => {
                self.wrote = !writes.is_empty();
                self.outcome = Ok(answer);
                apply(table, writes)
            }
            Err(stop) => {
                self.outcome = settle(Err(stop));
                Ok(())
            }
        }
    }

    fn wrote(&self) -> bool {
        self.wrote
    }

    fn answer(self: Box<Self>, end: JobEnd) {
        let answer = match end {
            JobEnd::Committed => self.outcome,
            JobEnd::Unknown if self.wrote => Err(Fail::Unknown),
            // A refusal may rest on what another rule of the same transaction had put.
            JobEnd::Unknown | JobEnd::Nothing => Err(Fail::Down),
        };
        // A caller that has gone away needs no answer.
        let _ = self.reply.send(answer);
    }
}

fn apply(table: &mut TableRows<'_>, writes: Writes) -> Result<(), redb::Error> {
    for (key, change) in writes {
        match change {
            Some(value) => table.insert(key.as_slice(), value.as_slice())?,
            None => table.remove(key.as_slice())?,
        };
    }
    Ok(())
}

/// What a rule reads inside the transaction: with what the rules before it in the same one have put.
struct InTransaction<'a, 't>(&'a TableRows<'t>);

impl StoreReader for InTransaction<'_, '_> {
    fn get(&self, key: &[u8], with: &mut dyn FnMut(&[u8])) -> Result<(), Unread> {
        super::get(self.0, key, with)
    }

    fn scan(&self, span: Span<'_>, each: &mut Each<'_>) -> Result<(), Unread> {
        super::scan(self.0, span, each)
    }
}

/// The thread's own state.
pub(super) struct StoreWriter {
    opener: Opener,
    shared: Arc<SharedState>,
    database: Option<Database>,
    /// How often the file was opened.
    generation: u64,
    /// Failures in a row, for the back-off.
    failures: u32,
}

/// Whether the thread goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum QueueState {
    Open,
    Closed,
}

impl StoreWriter {
    /// Opens the file and publishes its state.
    pub(super) fn open(opener: Opener, shared: Arc<SharedState>) -> Result<StoreWriter, OpenError> {
        let mut writer = StoreWriter { opener, shared, database: None, generation: 0, failures: 0 };
        writer.open_file()?;
        Ok(writer)
    }

    /// Works until the queue is closed and empty.
    pub(super) fn run(mut self, mut work: mpsc::Receiver<Work>) {
        let mut batch = Vec::with_capacity(MAX_BATCH);
        while let Some(first) = work.blocking_recv() {
            let failed = match first {
                Work::Rule(job) => {
                    batch.push(job);
                    let behind = gather(&mut work, &mut batch);
                    let failed = self.commit(&mut batch).is_err();
                    // What ended the batch comes after it, on a file that was reopened if need be.
                    if failed && self.recover(&mut work) == QueueState::Closed {
                        return;
                    }
                    behind.is_some_and(|work| self.other(work))
                }
                other => self.other(other),
            };
            if failed && self.recover(&mut work) == QueueState::Closed {
                return;
            }
        }
        self.shared.snapshot.store(None);
    }

    /// Does what is not a rule; gives whether the file has to be reopened.
    fn other(&mut self, work: Work) -> bool {
        match work {
            Work::Rule(job) => self.commit(&mut vec![job]).is_err(),
            Work::Load { rows, durable, reply } => {
                let loaded = self.load(rows, durable);
                let failed = loaded.is_err();
                let _ = reply.send(loaded);
                failed
            }
            Work::Reopen { generation } => generation == self.generation,
        }
    }

    /// Runs the rules of `batch` in one transaction and answers them all, on whichever end it comes to.
    fn commit(&mut self, batch: &mut Vec<Box<dyn WriteJob>>) -> Result<(), Down> {
        let mut end = JobEnd::Nothing;
        // redb may panic over a damaged file: the thread must outlive that.
        let done = catch_unwind(AssertUnwindSafe(|| self.attempt(batch, &mut end)));
        let failed = match done {
            Ok(Ok(())) => false,
            Ok(Err(error)) => {
                tracing::error!(%error, "the database cannot be written; it is going to be reopened");
                true
            }
            Err(_) => {
                tracing::error!("the database panicked; it is going to be reopened");
                true
            }
        };
        for job in batch.drain(..) {
            job.answer(end);
        }
        if failed {
            return Err(Down);
        }
        self.failures = 0;
        Ok(())
    }

    fn attempt(&self, batch: &mut [Box<dyn WriteJob>], end: &mut JobEnd) -> Result<(), redb::Error> {
        let transaction = self.begin()?;
        let mut table = transaction.open_table(TABLE)?;
        for job in batch.iter_mut() {
            job.attempt(&mut table)?;
        }
        drop(table);
        if batch.iter().any(|job| job.wrote()) {
            *end = JobEnd::Unknown;
            transaction.commit()?;
            *end = JobEnd::Committed;
            self.shared.commits.fetch_add(1, Ordering::Relaxed);
            // Before anybody is answered: who has an answer reads what it says.
            return self.publish().inspect_err(|_| self.shared.snapshot.store(None));
        }
        transaction.abort()?;
        *end = JobEnd::Committed;
        Ok(())
    }

    fn load(&mut self, rows: Vec<(Key, StoredValue)>, durable: Durable) -> Result<(), Down> {
        let attempt = || -> Result<(), redb::Error> {
            let mut transaction = self.begin()?;
            if durable == Durable::Later {
                transaction.set_quick_repair(false);
                transaction.set_durability(Durability::None)?;
            }
            let mut table = transaction.open_table(TABLE)?;
            for (key, value) in rows {
                table.insert(key.as_slice(), value.as_slice())?;
            }
            drop(table);
            transaction.commit()?;
            self.shared.commits.fetch_add(1, Ordering::Relaxed);
            self.publish()
        };
        match catch_unwind(AssertUnwindSafe(attempt)) {
            Ok(done) => done.map_err(|error| {
                tracing::error!(%error, "the database cannot be written; it is going to be reopened");
                Down
            }),
            Err(_) => Err(Down),
        }
    }

    fn begin(&self) -> Result<WriteTransaction, redb::Error> {
        let database = self.database.as_ref().ok_or(redb::Error::DatabaseClosed)?;
        let mut transaction = database.begin_write()?;
        // Opening after a crash takes milliseconds instead of a walk over the whole file. It includes two-phase
        // commit, without which a crafted crash could leave half a transaction.
        transaction.set_quick_repair(true);
        Ok(transaction)
    }

    /// Makes what was committed visible to readers.
    fn publish(&self) -> Result<(), redb::Error> {
        let database = self.database.as_ref().ok_or(redb::Error::DatabaseClosed)?;
        let table = database.begin_read()?.open_table(TABLE)?;
        self.shared.snapshot.store(Some(Arc::new(Snapshot { table, generation: self.generation })));
        Ok(())
    }

    fn open_file(&mut self) -> Result<(), OpenError> {
        self.database = None;
        self.database = Some(self.opener.open()?);
        self.generation += 1;
        self.publish().map_err(|error| OpenError::Damaged { path: "the store".into(), what: error.to_string() })
    }

    /// Reopens the file until that works, then keeps writes away from it for the back-off; reads go on meanwhile.
    fn recover(&mut self, work: &mut mpsc::Receiver<Work>) -> QueueState {
        loop {
            self.failures = self.failures.saturating_add(1);
            let opened = catch_unwind(AssertUnwindSafe(|| self.open_file()));
            match &opened {
                Ok(Ok(())) => tracing::warn!("the store is open again"),
                Ok(Err(error)) => tracing::error!(%error, "the store cannot be reopened yet"),
                Err(_) => tracing::error!("the store cannot be reopened yet: the database panicked"),
            }
            let open = matches!(opened, Ok(Ok(())));
            if !open {
                self.database = None;
                self.shared.snapshot.store(None);
            }
            if refuse(work, back_off(self.failures)) == QueueState::Closed {
                return QueueState::Closed;
            }
            if open {
                return QueueState::Open;
            }
        }
    }
}

/// Fills `batch` with the rules that wait; gives what else came between them, which ends the batch.
fn gather(work: &mut mpsc::Receiver<Work>, batch: &mut Vec<Box<dyn WriteJob>>) -> Option<Work> {
    while batch.len() < MAX_BATCH {
        match work.try_recv() {
            Ok(Work::Rule(job)) => batch.push(job),
            Ok(other) => return Some(other),
            Err(_) => return None,
        }
    }
    None
}

/// Answers everything that comes within `wait` that the store is down.
fn refuse(work: &mut mpsc::Receiver<Work>, wait: Duration) -> QueueState {
    let until = Instant::now() + wait;
    loop {
        match work.try_recv() {
            Ok(Work::Rule(job)) => job.answer(JobEnd::Nothing),
            Ok(Work::Load { reply, .. }) => drop(reply.send(Err(Down))),
            Ok(Work::Reopen { .. }) => {}
            Err(mpsc::error::TryRecvError::Disconnected) => return QueueState::Closed,
            Err(mpsc::error::TryRecvError::Empty) if Instant::now() >= until => return QueueState::Open,
            Err(mpsc::error::TryRecvError::Empty) => std::thread::sleep(REFUSE_CHECK),
        }
    }
}

/// How long writes are refused after `failures` failures in a row.
fn back_off(failures: u32) -> Duration {
    (FIRST_BACK_OFF * 2u32.saturating_pow(failures.saturating_sub(1).min(16))).min(MAX_BACK_OFF)
}

/// Rules in one transaction.
const MAX_BATCH: usize = 512;

/// Back-off after an I/O error, doubled with each that follows.
const FIRST_BACK_OFF: Duration = Duration::from_millis(10);
const MAX_BACK_OFF: Duration = Duration::from_secs(2);

/// How often the queue is looked at while writes are refused.
const REFUSE_CHECK: Duration = Duration::from_millis(2);
