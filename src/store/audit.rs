//! The audit. A change's row is written by the rule that makes the change ([`put`]). All others are written in batches,
//! durably, and never keep a bind waiting. When there are more than can be
//! written, rows of whoever has the most are dropped (`waiting.rs`), counted and complained about. With each row goes its index; how both are read backwards is
//! in `trail.rs`.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, oneshot};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::view::{Stop, View};
use super::waiting::{Room, Waiting};
use super::{Key, Store, StoredValue, keys, records};
use crate::domain::audit::{AuditRow, Class};
use crate::domain::id::OpId;
use crate::domain::time::UnixTime;

/// Writes rows in the background until it is dropped; [`AuditLog::flush`] before that.
#[derive(Debug)]
pub struct AuditLog {
    shared: Arc<LogShared>,
}

#[derive(Debug, Default)]
struct LogShared {
    state: Mutex<LogState>,
    /// There is something to do.
    arrived: Notify,
    /// It is not to wait for more.
    urgent: Notify,
    dropped: AtomicU64,
}

#[derive(Debug, Default)]
struct LogState {
    waiting: Waiting,
    /// To be answered once everything before is written, or given up.
    flushes: Vec<oneshot::Sender<()>>,
    closed: bool,
}

impl AuditLog {
    /// An audit in `store`, on the current tokio runtime.
    pub fn start(store: Arc<Store>) -> AuditLog {
        let shared = Arc::new(LogShared::default());
        tokio::spawn(work(store, Arc::clone(&shared)));
        AuditLog { shared }
    }

    /// Has `row` written soon, under the operation `op`; a row that is there already under that operation and time is
    /// replaced. Never waits. Who floods the daemon with refusals loses their own rows first.
    pub fn append(&self, op: OpId, row: AuditRow) {
        let (room, waiting) = {
            let mut state = self.shared.lock();
            (state.waiting.push(op, row), state.waiting.len())
        };
        match room {
            Room::Found => {}
            // One complaint a batch: the writer makes it.
            Room::Dropped => drop(self.shared.dropped.fetch_add(1, Ordering::Relaxed)),
        }
        self.shared.arrived.notify_one();
        if waiting >= MAX_BATCH {
            self.shared.urgent.notify_one();
        }
    }

    /// Rows that were not written since the start.
    pub fn dropped(&self) -> u64 {
        self.shared.dropped.load(Ordering::Relaxed)
    }

    /// Waits until everything appended before is written, or given up.
    pub async fn flush(&self) {
        let (reply, done) = oneshot::channel();
        self.shared.lock().flushes.push(reply);
        self.shared.arrived.notify_one();
        self.shared.urgent.notify_one();
        // An error means that the writer is gone, and nothing is left to wait for.
        let _ = done.await;
    }
}

impl Drop for AuditLog {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.arrived.notify_one();
        self.shared.urgent.notify_one();
    }
}

impl LogShared {
    /// Nothing panics while the lock is held.
    fn lock(&self) -> MutexGuard<'_, LogState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What waits, who waits for it, and whether that was all.
    fn take(&self) -> (Vec<(OpId, AuditRow)>, Vec<oneshot::Sender<()>>, bool) {
        let mut state = self.lock();
        (state.waiting.take(), std::mem::take(&mut state.flushes), state.closed)
    }
}

/// Writes `row` under the operation `op`, with the rule that it is about.
pub fn put(view: &mut View<'_>, op: OpId, row: &AuditRow) {
    view.put(keys::audit(row.at, op), records::encode(row));
    index_of(op, row).for_each(|key| view.put(key, StoredValue::new()));
}

/// By which keys `row` is found: one for each that it is about, and one among the changes.
pub(super) fn index_of(op: OpId, row: &AuditRow) -> impl Iterator<Item = Key> + use<> {
    let (class, at) = (row.event.class(), row.at);
    let everybody = (class == Class::Change).then_some(keys::EVERYBODY);
    row.about().chain(everybody).map(move |id| keys::story(id, class, at, op))
}

/// A row with its index, as it is written.
type AuditEntry = Vec<(Key, StoredValue)>;

fn entry(op: OpId, row: &AuditRow) -> AuditEntry {
    let index = index_of(op, row).map(|key| (key, StoredValue::new()));
    std::iter::once((keys::audit(row.at, op), records::encode(row))).chain(index).collect()
}

/// Where a walk over the audit stands: behind this row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AuditPosition {
    /// The row's time.
    pub at: UnixTime,
    /// The row's operation.
    pub op: OpId,
}

/// The rows of `times`, oldest first, `limit` (at most [`MAX_PAGE`]) of them; behind
/// `after`, if the walk goes on. May lack rows that are still in the queue.
///
/// # Errors
/// [`Stop::Corrupt`] if a row cannot be read, and what the view itself says.
pub fn page<E>(
    view: &mut View<'_>,
    times: Range<UnixTime>,
    after: Option<AuditPosition>,
    limit: usize,
) -> Result<Vec<(AuditPosition, AuditRow)>, Stop<E>> {
    let limit = limit.min(MAX_PAGE);
    let mut found: Vec<(AuditPosition, StoredValue)> = Vec::new();
    for shard in 0..keys::AUDIT_SHARDS {
        let start = match after {
            Some(last) => keys::audit_behind(shard, last.at, last.op).max(keys::audit_from(shard, times.start)),
            None => keys::audit_from(shard, times.start),
        };
        view.scan_with(&start, &keys::audit_from(shard, times.end), limit, |key, value| {
            if let (Some(at), Some(op)) = (keys::audit_time(key), keys::audit_op(key)) {
                found.push((AuditPosition { at, op }, value.to_vec()));
            }
        })?;
    }
    found.sort_unstable_by_key(|(place, _)| (place.at, place.op.0));
    found.truncate(limit);
    found.into_iter().map(|(place, value)| Ok((place, records::decode(&value)?))).collect()
}

async fn work(store: Arc<Store>, shared: Arc<LogShared>) {
    let mut complained = 0;
    loop {
        shared.arrived.notified().await;
        // Others are likely to follow, and cost no more in the same commit.
        let _ = timeout(MAX_WAIT, shared.urgent.notified()).await;
        let (rows, flushes, closed) = shared.take();
        let mut lost = 0;
        let mut entries = rows.into_iter().map(|(op, row)| entry(op, &row));
        while entries.len() > 0 {
            lost += write(&store, entries.by_ref().take(MAX_BATCH).collect()).await;
        }
        let lost = shared.dropped.fetch_add(lost, Ordering::Relaxed) + lost;
        if lost > complained {
            tracing::error!(rows = lost - complained, "rows of the audit could not be written and are lost");
            complained = lost;
        }
        for flush in flushes {
            let _ = flush.send(());
        }
        if closed {
            return;
        }
    }
}

/// Writes `rows`, trying again while the store is down; gives how many were given up.
async fn write(store: &Arc<Store>, rows: Vec<AuditEntry>) -> u64 {
    let mut rules = JoinSet::new();
    let mut rows = rows.into_iter();
    while rows.len() > 0 {
        let (store, chunk) = (Arc::clone(store), rows.by_ref().take(ROWS_A_RULE).collect());
        rules.spawn(async move { write_chunk(&store, chunk).await });
    }
    let mut lost = 0;
    while let Some(chunk) = rules.join_next().await {
        lost += chunk.unwrap_or(ROWS_A_RULE as u64);
    }
    lost
}

async fn write_chunk(store: &Store, chunk: Arc<[AuditEntry]>) -> u64 {
    for attempt in 1..=MAX_ATTEMPTS {
        let rows = Arc::clone(&chunk);
        let put = move |view: &mut View<'_>| {
            rows.iter().flatten().for_each(|(key, value)| view.put(key.clone(), value.clone()));
            Ok::<_, Stop<()>>(())
        };
        // The same keys again are the same rows: an unknown outcome does no harm.
        if store.run(put).await.is_ok() {
            return 0;
        }
        tokio::time::sleep(RETRY_WAIT * attempt).await;
    }
    chunk.len() as u64
}

/// Rows in a batch.
const MAX_BATCH: usize = 1024;

/// Rows in one rule: with their index they stay below the keys of a rule, and with names of the greatest length below
/// its bytes.
const ROWS_A_RULE: usize = 16;

/// How long the first row of a batch waits for others.
const MAX_WAIT: Duration = Duration::from_millis(100);

/// How often a batch is tried while the store is down, and how much longer each time the wait is.
const MAX_ATTEMPTS: u32 = 8;
const RETRY_WAIT: Duration = Duration::from_millis(100);

/// Rows in a page.
pub const MAX_PAGE: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::audit::AuditEvent;
    use crate::domain::caller::{Actor, Source};
    use crate::store::waiting::MAX_OTHERS;

    fn row(n: u64) -> (OpId, AuditRow) {
        let mut op = [0; 16];
        op[..8].copy_from_slice(&n.to_le_bytes());
        let at = UnixTime::from_secs(n / 3);
        (OpId(op), AuditRow::new(at, Actor::Anonymous, Source::Internal, AuditEvent::BindSucceeded))
    }

    #[tokio::test]
    async fn a_row_that_counts_is_replaced() {
        let store = Arc::new(Store::in_memory());
        let audit = AuditLog::start(Arc::clone(&store));
        let (op, first) = row(3);
        audit.append(op, first.clone());
        audit.flush().await;
        audit.append(op, AuditRow { times: 20, ..first.clone() });
        audit.flush().await;
        assert_eq!(walk(&store, 0, 1000, 256).await, [AuditRow { times: 20, ..first }]);
    }

    async fn walk(store: &Store, from: u64, to: u64, limit: usize) -> Vec<AuditRow> {
        let (mut rows, mut after) = (Vec::new(), None);
        loop {
            let times = UnixTime::from_secs(from)..UnixTime::from_secs(to);
            let found = store.read(|view| page::<()>(view, times.clone(), after, limit)).await.unwrap();
            let Some((last, _)) = found.last() else { return rows };
            assert!(found.len() <= limit);
            after = Some(*last);
            rows.extend(found.into_iter().map(|(_, row)| row));
        }
    }

    #[tokio::test]
    async fn rows_come_back_in_the_order_of_their_times_page_by_page() {
        let store = Arc::new(Store::in_memory());
        let audit = AuditLog::start(Arc::clone(&store));
        for n in 0..300 {
            let (op, row) = row(n);
            audit.append(op, row);
        }
        audit.flush().await;
        assert_eq!(audit.dropped(), 0);
        for limit in [1, 7, 256] {
            let rows = walk(&store, 10, 60, limit).await;
            assert_eq!(rows.len(), 150, "{limit}");
            assert!(rows.is_sorted_by_key(|row| row.at), "{limit}");
        }
        assert_eq!(walk(&store, 0, 1000, 256).await.len(), 300);
    }

    #[tokio::test]
    async fn a_full_queue_drops_and_counts_and_never_waits() {
        let store = Arc::new(Store::in_memory());
        let audit = AuditLog::start(Arc::clone(&store));
        // Nothing else runs on this thread until the first await, so the queue fills up.
        for n in 0..MAX_OTHERS as u64 + 5 {
            let (op, row) = row(n);
            audit.append(op, row);
        }
        assert_eq!(audit.dropped(), 5);
        audit.flush().await;
        assert_eq!(walk(&store, 0, u64::MAX / 1000, 256).await.len(), MAX_OTHERS);
    }
}
