//! Counting failed binds in batches: bad guesses share their transactions, and nobody is told "wrong" before the failure
//! is on disk. When attempts are refused is the throttle's matter.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use super::view::{Stop, View};
use super::{Down, Fail, Store, keys, records};
use crate::domain::id::Id;
use crate::domain::throttle::{Failures, Settings};
use crate::domain::time::UnixTime;

/// Counts failures with [`count`], many in one commit. It works until it is dropped.
#[derive(Debug)]
pub struct FailureCounter {
    queue: mpsc::Sender<Failure>,
    store: Arc<Store>,
}

/// One failure, and who waits for it to be counted.
#[derive(Debug)]
struct Failure {
    id: Id,
    at: UnixTime,
    reply: oneshot::Sender<Result<Failures, Down>>,
}

impl FailureCounter {
    /// A counter over `store`, on the current tokio runtime.
    pub fn start(store: Arc<Store>, settings: Settings) -> FailureCounter {
        let (queue, failures) = mpsc::channel(MAX_QUEUED);
        tokio::spawn(work(Arc::clone(&store), settings, failures));
        FailureCounter { queue, store }
    }

    /// Counts a failure of `id` at `now`; what its failures are then. On disk when it returns.
    ///
    /// # Errors
    /// [`Down`] if it could not be counted, or that is not certain.
    pub async fn count(&self, id: Id, now: UnixTime) -> Result<Failures, Down> {
        let (reply, answer) = oneshot::channel();
        self.queue.send(Failure { id, at: now, reply }).await.map_err(|_| Down)?;
        answer.await.map_err(|_| Down)?
    }

    /// Forgets the failures of `id`. Writes nothing if there are none.
    ///
    /// # Errors
    /// [`Down`] if they could not be forgotten, or that is not certain.
    pub async fn clear(&self, id: Id) -> Result<(), Down> {
        if self.store.read(|view| load::<()>(view, id)).await.map_err(down)?.is_none() {
            return Ok(());
        }
        self.store.run(move |view| clear(view, id)).await.map_err(down)
    }
}

/// The failures of `id`; none if it is clean. Current.
pub fn load<E>(view: &mut View<'_>, id: Id) -> Result<Option<Failures>, Stop<E>> {
    records::load(view, &keys::failures(id))
}

/// Counts a failure of `id` at `now`.
pub fn count<E>(view: &mut View<'_>, id: Id, now: UnixTime, settings: &Settings) -> Result<(), Stop<E>> {
    let failures = load(view, id)?.unwrap_or_default().failed(now, settings);
    records::store(view, keys::failures(id), &failures);
    Ok(())
}

/// Forgets the failures of `id`.
pub fn clear<E>(view: &mut View<'_>, id: Id) -> Result<(), Stop<E>> {
    view.delete(keys::failures(id));
    Ok(())
}

/// The key by which names that nobody has are spread over failure slots: `fresh` if the store has none yet.
pub fn slot_key<E>(view: &mut View<'_>, fresh: [u8; 32]) -> Result<[u8; 32], Stop<E>> {
    let key = keys::meta("slot_key");
    if let Some(held) = view.get(&key)?.and_then(|held| held.try_into().ok()) {
        return Ok(held);
    }
    view.put(key, fresh.to_vec());
    Ok(fresh)
}

async fn work(store: Arc<Store>, settings: Settings, mut failures: mpsc::Receiver<Failure>) {
    let settings = Arc::new(settings);
    while let Some(first) = failures.recv().await {
        let until = Instant::now() + MAX_WAIT;
        let mut batch = vec![first];
        while batch.len() < MAX_BATCH {
            match timeout_at(until, failures.recv()).await {
                Ok(Some(next)) => batch.push(next),
                Ok(None) | Err(_) => break,
            }
        }
        flush(&store, &settings, batch).await;
    }
}

/// Counts a batch, in rules that the store commits together, and answers everybody.
async fn flush(store: &Arc<Store>, settings: &Arc<Settings>, batch: Vec<Failure>) {
    let mut failures: Vec<_> = batch.iter().map(|failure| (failure.id, failure.at)).collect();
    failures.sort_unstable();
    let mut rules = JoinSet::new();
    for chunk in failures.chunks(FAILURES_A_RULE) {
        let (store, settings, chunk) = (Arc::clone(store), Arc::clone(settings), chunk.to_vec());
        rules.spawn(async move { store.run(move |view| count_all(view, &chunk, &settings)).await.map_err(down) });
    }
    let mut counted: HashMap<(Id, UnixTime), Failures> = HashMap::new();
    while let Some(rule) = rules.join_next().await {
        counted.extend(rule.unwrap_or(Err(Down)).unwrap_or_default());
    }
    for failure in batch {
        let answer = counted.get(&(failure.id, failure.at)).cloned().ok_or(Down);
        // A caller that has gone away needs no answer.
        let _ = failure.reply.send(answer);
    }
}

/// What was counted, and the failures of that id then.
type Counted = Vec<((Id, UnixTime), Failures)>;

/// The rule: counts each failure of `batch`.
fn count_all(view: &mut View<'_>, batch: &[(Id, UnixTime)], settings: &Settings) -> Result<Counted, Stop<()>> {
    let counted = batch.iter().map(|(id, at)| {
        count(view, *id, *at, settings)?;
        Ok(((*id, *at), load(view, *id)?.unwrap_or_default()))
    });
    counted.collect()
}

/// That it was not carried out, or that this is not certain.
fn down(fail: Fail<()>) -> Down {
    match fail {
        Fail::Rule(()) | Fail::Conflict | Fail::Unknown | Fail::Down => Down,
    }
}

/// How long the first failure of a batch waits for others.
const MAX_WAIT: Duration = Duration::from_millis(25);

/// Failures in a batch.
const MAX_BATCH: usize = 256;

/// Failures in one rule, which reads two keys for each.
const FAILURES_A_RULE: usize = super::view::MAX_KEYS_READ / 2;

/// Failures that wait to be counted; whoever comes then waits to be queued.
const MAX_QUEUED: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixTime = UnixTime::from_secs(1_795_338_000);

    fn counter() -> FailureCounter {
        FailureCounter::start(Arc::new(Store::in_memory()), Settings::default())
    }

    async fn stored(counter: &FailureCounter, id: u64) -> Failures {
        counter.store.read(|view| load::<()>(view, Id(id))).await.unwrap().unwrap_or_default()
    }

    #[tokio::test]
    async fn each_failure_of_a_batch_is_counted() {
        let counter = Arc::new(counter());
        let guesses = (0..900u64).map(|guess| {
            let counter = Arc::clone(&counter);
            tokio::spawn(async move { counter.count(Id(guess % 300), NOW).await })
        });
        for guess in guesses.collect::<Vec<_>>() {
            assert!(guess.await.unwrap().is_ok());
        }
        for id in 0..300 {
            assert_eq!(stored(&counter, id).await.in_a_row, 3, "{id}");
        }
    }

    #[tokio::test]
    async fn who_has_an_answer_reads_what_it_says() {
        let counter = counter();
        for expected in 1..=5 {
            let answer = counter.count(Id(0), NOW).await.unwrap();
            assert_eq!(answer.in_a_row, expected);
            assert_eq!(stored(&counter, 0).await, answer);
        }
        assert!(!stored(&counter, 0).await.admits(NOW));
        counter.clear(Id(0)).await.unwrap();
        assert!(stored(&counter, 0).await.is_clean());
    }
}
