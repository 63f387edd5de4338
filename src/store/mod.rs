//! Where everything is kept: an ordered key-value engine below, the account rules as pure functions above.
//!
//! A rule is a function over a [`View`]; an [`Engine`] runs it. See `engine.rs` for the contract, `keys/` for what
//! lies where, `records.rs` for how it is written.

use std::path::Path;

pub mod accounts;
pub mod audit;
pub mod bonds;
pub mod bulk;
pub mod credentials;
pub mod engine;
pub mod failures;
pub mod fetch;
pub mod groups;
pub mod keys;
pub mod listings;
mod lookup;
pub mod marks;
pub mod memberships;
pub mod memory;
mod migrate;
pub mod new_addresses;
pub mod numbers;
pub mod outbox;
pub mod pending_addresses;
pub mod pending_members;
#[cfg(test)]
mod pins;
pub mod purge;
pub mod records;
pub mod redb;
pub mod resets;
pub mod services;
pub mod sessions;
#[cfg(test)]
mod tests;
pub mod trail;
pub mod view;
mod waiting;

pub use engine::{Down, Engine, Fail};
pub use memory::MemoryEngine;
pub use redb::{FileSettings, OpenError, RedbEngine};
pub use view::{Key, Read, Rule, Stop, StoredValue, View};

/// The store of one directory, whichever engine it runs on.
#[derive(Debug)]
pub enum Store {
    /// One file.
    Redb(RedbEngine),
    /// Nothing survives: for tests.
    Memory(MemoryEngine),
}

impl Store {
    /// Opens the file at `path`, or makes it.
    ///
    /// # Errors
    /// [`OpenError`], whose text says what is wrong and what to do.
    pub fn open(path: &Path, settings: FileSettings) -> Result<Store, OpenError> {
        RedbEngine::open(path, settings).map(Store::Redb)
    }

    /// An empty store in memory.
    pub fn in_memory() -> Store {
        Store::Memory(MemoryEngine::new())
    }

    /// Transactions that were committed to disk since the start; each may hold many rules.
    pub fn commits(&self) -> u64 {
        match self {
            Store::Redb(engine) => engine.commits(),
            Store::Memory(_) => 0,
        }
    }

    /// As [`Engine::run`]: runs `rule` serializably and commits what it puts, durably, before it returns.
    ///
    /// # Errors
    /// The rule's refusal, or why it was not carried out.
    pub async fn run<T, E, R>(&self, rule: R) -> Result<T, Fail<E>>
    where
        T: Send + 'static,
        E: Send + 'static,
        R: Fn(&mut View<'_>) -> Result<T, Stop<E>> + Send + 'static,
    {
        match self {
            Store::Redb(engine) => engine.run(rule).await,
            Store::Memory(engine) => engine.run(rule).await,
        }
    }

    /// As [`Engine::read`]: runs a rule that only reads, on the calling thread. Current.
    ///
    /// # Errors
    /// The rule's refusal, or why it was not carried out.
    pub async fn read<T, E, R>(&self, rule: R) -> Result<T, Fail<E>>
    where
        R: Fn(&mut View<'_>) -> Result<T, Stop<E>>,
    {
        match self {
            Store::Redb(engine) => engine.read(rule).await,
            Store::Memory(engine) => engine.read(rule).await,
        }
    }
}
