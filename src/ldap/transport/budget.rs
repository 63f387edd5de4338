//! The memory that all connections together may use for messages that have not arrived in whole and for answers that
//! wait for their reader. The bounds of one connection, times the connections there may be, are more than a machine has.
//!
//! When it is full, the largest connection of the source that uses most is ended: who floods from one address loses its
//! own connections, and a client with a large request from elsewhere is served.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::domain::caller::Source;
use crate::domain::throttle::neighbourhood;

/// The memory of all connections of one server.
#[derive(Debug)]
pub struct MemoryBudget {
    /// Bytes.
    most: usize,
    shares: Mutex<Shares>,
}

/// The part of the budget that one connection uses; given back when it is dropped.
#[derive(Debug)]
pub struct MemoryShare {
    budget: Arc<MemoryBudget>,
    source: Source,
    /// Bytes that are counted.
    counted: usize,
    /// Made when something is counted for the first time: most connections never have one.
    holder: Option<Arc<BudgetHolder>>,
    /// Set once the connection is being closed: nothing is counted any more.
    closing: bool,
}

/// The budget was full, and this connection was the one to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Evicted;

#[derive(Debug, Default)]
struct Shares {
    used: usize,
    holders: usize,
    last_number: u64,
    by_source: HashMap<Source, SourceShares>,
}

#[derive(Debug, Default)]
struct SourceShares {
    used: usize,
    /// By size and number, so that the largest comes last.
    by_size: BTreeMap<(usize, u64), Arc<BudgetHolder>>,
}

/// A connection that counts.
#[derive(Debug)]
struct BudgetHolder {
    number: u64,
    evicted: AtomicBool,
    told: Notify,
}

impl MemoryBudget {
    /// With nothing used yet, of `most` bytes.
    pub fn new(most: usize) -> Arc<MemoryBudget> {
        Arc::new(MemoryBudget { most, shares: Mutex::default() })
    }

    /// The share of a new connection from `source`.
    pub fn share(self: &Arc<Self>, source: Source) -> MemoryShare {
        MemoryShare { budget: Arc::clone(self), source: neighbourhood(source), counted: 0, holder: None, closing: false }
    }

    /// Bytes that all connections together may use.
    pub fn most(&self) -> usize {
        self.most
    }

    fn lock(&self) -> MutexGuard<'_, Shares> {
        self.shares.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl MemoryShare {
    /// Counts `size` bytes for the connection instead of what it had; others, or this one, are evicted if that is too
    /// much. Once evicted, a connection has no more than [`UNCOUNTED`].
    pub fn resize(&mut self, size: usize) -> Result<(), Evicted> {
        let counted = if size > UNCOUNTED && !self.closing { size } else { 0 };
        if counted != self.counted {
            self.count(counted);
        }
        if counted > 0 && self.is_evicted() { Err(Evicted) } else { Ok(()) }
    }

    /// Whether the connection has to end.
    pub fn is_evicted(&self) -> bool {
        self.holder.as_ref().is_some_and(|holder| holder.evicted.load(Ordering::Relaxed))
    }

    /// Returns once the connection has to end; never, if nothing is counted for it at the moment of the call.
    pub fn evicted(&self) -> impl Future<Output = ()> + use<> {
        let holder = self.holder.clone();
        async move {
            match holder {
                Some(holder) => holder.wait().await,
                None => std::future::pending().await,
            }
        }
    }

    /// The connection is being closed, which takes little: it is not counted from now on.
    pub fn close(&mut self) {
        self.closing = true;
        let _ = self.resize(0);
    }

    fn count(&mut self, counted: usize) {
        let mut shares = self.budget.lock();
        let holder = self.holder.get_or_insert_with(|| shares.holder());
        // Set under the lock. What was evicted is not among the shares any more.
        if !holder.evicted.load(Ordering::Relaxed) {
            shares.remove(self.source, self.counted, holder.number);
            shares.insert(self.source, counted, Arc::clone(holder));
            shares.make_room(self.budget.most);
        }
        self.counted = counted;
    }
}

impl Drop for MemoryShare {
    fn drop(&mut self) {
        self.close();
    }
}

impl Shares {
    fn holder(&mut self) -> Arc<BudgetHolder> {
        self.last_number += 1;
        Arc::new(BudgetHolder { number: self.last_number, evicted: AtomicBool::new(false), told: Notify::new() })
    }

    fn insert(&mut self, source: Source, size: usize, holder: Arc<BudgetHolder>) {
        if size == 0 {
            return;
        }
        let of_source = self.by_source.entry(source).or_default();
        of_source.by_size.insert((size, holder.number), holder);
        of_source.used += size;
        self.used += size;
        self.holders += 1;
    }

    fn remove(&mut self, source: Source, size: usize, number: u64) -> Option<Arc<BudgetHolder>> {
        let of_source = self.by_source.get_mut(&source)?;
        let holder = of_source.by_size.remove(&(size, number))?;
        of_source.used -= size;
        self.used -= size;
        self.holders -= 1;
        if of_source.by_size.is_empty() {
            self.by_source.remove(&source);
        }
        Some(holder)
    }

    /// Evicts until no more than `most` is used. The last one stays: its own bounds hold it.
    fn make_room(&mut self, most: usize) {
        while self.used > most && self.holders > 1 {
            let Some((&source, of_source)) = self.by_source.iter().max_by_key(|(_, of_source)| of_source.used) else { return };
            let Some((&(size, number), _)) = of_source.by_size.last_key_value() else { return };
            if let Some(holder) = self.remove(source, size, number) {
                holder.evict();
            }
        }
    }
}

impl BudgetHolder {
    fn evict(&self) {
        self.evicted.store(true, Ordering::Relaxed);
        self.told.notify_one();
    }

    async fn wait(&self) {
        while !self.evicted.load(Ordering::Relaxed) {
            self.told.notified().await;
        }
    }
}

/// Bytes of a connection that are not counted: an ordinary request and its answer fit, and take no lock that all
/// connections share.
const UNCOUNTED: usize = 4 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    fn from(text: &str) -> Source {
        Source::Address(text.parse().unwrap())
    }

    #[test]
    fn what_is_used_is_counted_and_given_back() {
        let budget = MemoryBudget::new(100_000);
        let mut share = budget.share(from("192.0.2.1"));
        for (size, used) in [(UNCOUNTED, 0), (5_000, 5_000), (70_000, 70_000), (6_000, 6_000), (0, 0), (9_000, 9_000)] {
            assert_eq!(share.resize(size), Ok(()));
            assert_eq!(budget.lock().used, used);
        }
        drop(share);
        let shares = budget.lock();
        assert_eq!((shares.used, shares.holders, shares.by_source.len()), (0, 0, 0));
    }

    #[test]
    fn the_largest_of_the_source_that_uses_most_goes() {
        let budget = MemoryBudget::new(100_000);
        let mut flood: Vec<_> = (0..9).map(|_| budget.share(from("192.0.2.1"))).collect();
        for (number, share) in flood.iter_mut().enumerate() {
            assert_eq!(share.resize(10_000 + number), Ok(()));
        }
        let mut large = budget.share(from("192.0.2.2"));
        assert_eq!(large.resize(40_000), Ok(()));
        let evicted: Vec<bool> = flood.iter().map(MemoryShare::is_evicted).collect();
        assert_eq!(evicted, [false, false, false, false, false, true, true, true, true]);
        assert_eq!(flood[8].resize(10_020), Err(Evicted));
        assert_eq!(flood[0].resize(90_000), Err(Evicted), "the one that asks may be the one that goes");
        assert!(!large.is_evicted());
        assert!(budget.lock().used <= 100_000);
    }

    #[test]
    fn one_alone_has_its_own_bounds() {
        let budget = MemoryBudget::new(10_000);
        let mut alone = budget.share(from("192.0.2.1"));
        assert_eq!(alone.resize(70_000), Ok(()));
        let mut second = budget.share(from("192.0.2.2"));
        assert_eq!(second.resize(5_000), Ok(()));
        assert_eq!(alone.resize(70_001), Err(Evicted));
        alone.close();
        assert_eq!(alone.resize(70_001), Ok(()), "closing is not counted");
        assert_eq!(budget.lock().used, 5_000);
    }

    #[tokio::test]
    async fn who_waits_is_told() {
        let budget = MemoryBudget::new(10_000);
        let mut first = budget.share(from("192.0.2.1"));
        first.resize(9_000).unwrap();
        let waiting = tokio::spawn(first.evicted());
        let mut second = budget.share(from("192.0.2.1"));
        second.resize(8_000).unwrap();
        waiting.await.unwrap();
        first.evicted().await;
    }
}
