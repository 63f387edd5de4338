//! The engine that keeps everything in memory: for tests, and the model that the other engines are held to.

use std::collections::BTreeMap;
use std::ops::{Bound, ControlFlow};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{PoisonError, RwLock};

use super::engine::{Engine, Fail, settle};
use super::fetch::Fetched;
use super::view::{Each, Key, Order, Span, Stop, StoreReader, StoredValue, Unread, View, Writes};

/// Everything there is, in order.
pub type Map = BTreeMap<Key, StoredValue>;

/// An engine over a map in memory. Nothing survives it.
#[derive(Debug, Default)]
pub struct MemoryEngine {
    map: RwLock<Map>,
    fetching: bool,
}

impl MemoryEngine {
    /// An empty store.
    pub fn new() -> MemoryEngine {
        MemoryEngine::default()
    }

    /// An empty store that behaves as one over a network does: a rule gets only what was fetched for it, and is run
    /// again for the rest.
    pub fn fetching() -> MemoryEngine {
        MemoryEngine { fetching: true, ..MemoryEngine::default() }
    }

    /// Puts `rows` without a rule, as a bulk load does.
    pub fn load(&self, rows: impl IntoIterator<Item = (Key, StoredValue)>) {
        self.map.write().unwrap_or_else(PoisonError::into_inner).extend(rows);
    }

    fn carry_out<T, E>(&self, map: &Map, rule: &dyn Fn(&mut View<'_>) -> Result<T, Stop<E>>) -> Result<(T, Writes), Fail<E>> {
        if self.fetching {
            return Fetched::default().run(rule, |fetched| fetched.fetch(map));
        }
        let mut view = View::new(map);
        settle(rule(&mut view).and_then(|answer| Ok((answer, view.into_writes()?))))
    }
}

impl Engine for MemoryEngine {
    async fn run<T, E, R>(&self, rule: R) -> Result<T, Fail<E>>
    where
        T: Send + 'static,
        E: Send + 'static,
        R: Fn(&mut View<'_>) -> Result<T, Stop<E>> + Send + 'static,
    {
        let mut map = self.map.write().unwrap_or_else(PoisonError::into_inner);
        let outcome = catch_unwind(AssertUnwindSafe(|| self.carry_out(&map, &rule)));
        let (answer, writes) = outcome.unwrap_or_else(|_| {
            tracing::error!("a rule panicked; nothing of it was stored");
            Err(Fail::Down)
        })?;
        apply(&mut map, writes);
        Ok(answer)
    }

    async fn read<T, E, R>(&self, rule: R) -> Result<T, Fail<E>>
    where
        R: Fn(&mut View<'_>) -> Result<T, Stop<E>>,
    {
        let map = self.map.read().unwrap_or_else(PoisonError::into_inner);
        if self.fetching {
            return Fetched::default().read(&rule, |fetched| fetched.fetch(&*map));
        }
        settle(rule(&mut View::read_only(&*map)))
    }
}

fn apply(map: &mut Map, writes: Writes) {
    for (key, change) in writes {
        match change {
            Some(value) => map.insert(key, value),
            None => map.remove(&key),
        };
    }
}

impl StoreReader for Map {
    fn get(&self, key: &[u8], with: &mut dyn FnMut(&[u8])) -> Result<(), Unread> {
        if let Some(value) = BTreeMap::get(self, key) {
            with(value);
        }
        Ok(())
    }

    fn scan(&self, span: Span<'_>, each: &mut Each<'_>) -> Result<(), Unread> {
        let mut rows = self.range::<[u8], _>((Bound::Included(span.from), Bound::Excluded(span.to)));
        let next = || match span.order {
            Order::Rising => rows.next(),
            Order::Falling => rows.next_back(),
        };
        for (key, value) in std::iter::from_fn(next) {
            if let ControlFlow::Break(()) = each(key, value) {
                break;
            }
        }
        Ok(())
    }
}
