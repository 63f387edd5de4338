//! A map with a bound: what was touched longest ago makes room.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

/// A map of at most `capacity` entries that forgets the one that was written longest ago.
#[derive(Debug)]
pub struct Table<K, V> {
    capacity: usize,
    entries: HashMap<K, (u64, V)>,
    order: BTreeMap<u64, K>,
    written: u64,
}

impl<K: Clone + Eq + Hash, V> Table<K, V> {
    /// An empty table that never holds more than `capacity` entries (at least one).
    pub fn new(capacity: usize) -> Table<K, V> {
        Table { capacity: capacity.max(1), entries: HashMap::new(), order: BTreeMap::new(), written: 0 }
    }

    /// What is kept for `key`.
    pub fn read(&self, key: &K) -> Option<&V> {
        self.entries.get(key).map(|(_, value)| value)
    }

    /// Keeps `value` for `key`, as the newest entry.
    pub fn write(&mut self, key: K, value: V) {
        self.forget(&key);
        while self.entries.len() >= self.capacity {
            let Some((_, oldest)) = self.order.pop_first() else { break };
            self.entries.remove(&oldest);
        }
        self.written += 1;
        self.order.insert(self.written, key.clone());
        self.entries.insert(key, (self.written, value));
    }

    /// Forgets `key`.
    pub fn forget(&mut self, key: &K) {
        if let Some((written, _)) = self.entries.remove(key) {
            self.order.remove(&written);
        }
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}
