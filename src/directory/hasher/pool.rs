//! The threads, and how a job reaches one.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use tokio::sync::oneshot;

use super::Busy;
use super::arena::Arena;
use super::queue::{HashQueue, Ticket};
use crate::domain::caller::Source;

/// What waits, what runs and what was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Jobs that wait.
    pub queued: usize,
    /// Threads that compute.
    pub busy: usize,
    /// Jobs done since the start.
    pub done: u64,
    /// Jobs refused since the start because the queue was full.
    pub refused: u64,
}

/// What a pool is started with.
pub(super) struct Threads {
    /// What the threads are called, before their number.
    pub(super) name: &'static str,
    /// How many there are, one at least.
    pub(super) count: usize,
    /// How much lower their priority is than the daemon's (a nice value).
    pub(super) nice: i32,
    /// Blocks of memory that each of them keeps from its first hash on.
    pub(super) blocks: usize,
    /// Whether to ask for transparent huge pages.
    pub(super) huge_pages: bool,
    /// Jobs that wait, at most.
    pub(super) queue: usize,
    /// Jobs of one source that wait, at most.
    pub(super) queue_per_source: usize,
}

/// The threads; they end when it is dropped.
pub(super) struct Pool {
    shared: Arc<PoolShared>,
}

type HashJob = Box<dyn FnOnce(&mut Arena) + Send>;

struct PoolShared {
    state: Mutex<PoolState>,
    arrived: Condvar,
    busy: AtomicUsize,
    done: Arc<AtomicU64>,
    refused: AtomicU64,
}

struct PoolState {
    queue: HashQueue<HashJob>,
    closed: bool,
}

impl Pool {
    /// Starts the threads.
    ///
    /// # Panics
    /// If the system does not start a thread: nobody could sign in then.
    pub(super) fn start(threads: &Threads) -> Pool {
        let state = PoolState { queue: HashQueue::new(threads.queue, threads.queue_per_source), closed: false };
        let shared = Arc::new(PoolShared {
            state: Mutex::new(state),
            arrived: Condvar::new(),
            busy: AtomicUsize::new(0),
            done: Arc::default(),
            refused: AtomicU64::new(0),
        });
        for number in 0..threads.count.clamp(1, MAX_THREADS) {
            let (shared, nice) = (Arc::clone(&shared), threads.nice);
            let arena = Arena::new(threads.blocks, threads.huge_pages);
            let thread = thread::Builder::new().name(format!("{}-{number}", threads.name));
            thread.spawn(move || shared.work(arena, nice)).expect("the system starts the hash threads");
        }
        Pool { shared }
    }

    /// Has `job` done by a thread, in its turn.
    pub(super) async fn run<T, J>(&self, source: Source, job: J) -> Result<T, Busy>
    where
        T: Send + 'static,
        J: FnOnce(&mut Arena) -> T + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let done = Arc::clone(&self.shared.done);
        let job = move |arena: &mut Arena| {
            // Who asked may have gone between the queue and here.
            if !sender.is_closed() {
                let answer = job(arena);
                // Counted first: whoever has the answer may look at the count.
                done.fetch_add(1, Ordering::Relaxed);
                let _ = sender.send(answer);
            }
        };
        let Some(ticket) = self.shared.lock().queue.push(source, Box::new(job)) else {
            self.shared.refused.fetch_add(1, Ordering::Relaxed);
            return Err(Busy);
        };
        self.shared.arrived.notify_one();
        let _place = HashSlot { shared: &self.shared, ticket };
        // No answer: the job panicked, which was reported where it happened.
        receiver.await.map_err(|_| Busy)
    }

    /// What is there as long as a thread is.
    #[cfg(test)]
    pub(super) fn alive(&self) -> impl Fn() -> bool + use<> {
        let shared = Arc::downgrade(&self.shared);
        move || shared.upgrade().is_some()
    }

    /// What the metrics show.
    pub(super) fn counts(&self) -> Counts {
        Counts {
            queued: self.shared.lock().queue.len(),
            busy: self.shared.busy.load(Ordering::Relaxed),
            done: self.shared.done.load(Ordering::Relaxed),
            refused: self.shared.refused.load(Ordering::Relaxed),
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.arrived.notify_all();
    }
}

/// A job's place in the queue, given up when the one who waits goes.
struct HashSlot<'pool> {
    shared: &'pool PoolShared,
    ticket: Ticket,
}

impl Drop for HashSlot<'_> {
    fn drop(&mut self) {
        let left = self.shared.lock().queue.remove(self.ticket);
        // Dropped without the lock: it wipes a password.
        drop(left);
    }
}

impl PoolShared {
    /// Nothing panics while the lock is held, so the state is whole even if it says otherwise.
    fn lock(&self) -> MutexGuard<'_, PoolState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The life of a hash thread.
    fn work(&self, mut arena: Arena, nice: i32) {
        // On Linux the nice value is one thread's (setpriority(2)); no right is needed to raise it.
        let niced = rustix::process::getpriority_process(None).and_then(|own| rustix::process::setpriority_process(None, own + nice));
        if let Err(error) = niced {
            tracing::warn!(%error, "the hash threads run at normal priority");
        }
        while let Some(job) = self.next() {
            self.busy.fetch_add(1, Ordering::Relaxed);
            if catch_unwind(AssertUnwindSafe(|| job(&mut arena))).is_err() {
                // Going on is safe: no hash reads what another left in the arena.
                self.done.fetch_add(1, Ordering::Relaxed);
                tracing::error!("a job of a hash thread panicked; it is answered as busy");
            }
            arena.settle();
            self.busy.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Waits for the next job; none when the pool is gone.
    fn next(&self) -> Option<HashJob> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return None;
            }
            if let Some(job) = state.queue.pop() {
                return Some(job);
            }
            state = self.arrived.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Threads of a pool at most.
const MAX_THREADS: usize = 256;
