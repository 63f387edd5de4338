//! The engines that each contract is held against.

use std::sync::Arc;

use bindery::store::{FileSettings, MemoryEngine, Store};
use tempfile::TempDir;

/// A store of one engine, and the directory it lives in.
pub struct Fixture {
    pub store: Arc<Store>,
    _directory: TempDir,
}

/// A new store of the engine that is called so.
pub fn fixture(engine: &str) -> Fixture {
    let directory = tempfile::tempdir().unwrap();
    let store = match engine {
        "memory" => Store::in_memory(),
        "fetching" => Store::Memory(MemoryEngine::fetching()),
        _ => Store::open(&directory.path().join("bindery.redb"), FileSettings::default()).unwrap(),
    };
    Fixture { store: Arc::new(store), _directory: directory }
}

/// Each test on each engine.
macro_rules! on_each_engine {
    ($($(#[$attribute:meta])* async fn $name:ident($store:ident: Arc<Store>) $body:block)*) => {
        $(async fn $name($store: Arc<Store>) $body)*

        mod memory { $(#[tokio::test(flavor = "multi_thread")] async fn $name() { super::$name(crate::store_contract::each::fixture("memory").store).await })* }
        mod fetching { $(#[tokio::test(flavor = "multi_thread")] async fn $name() { super::$name(crate::store_contract::each::fixture("fetching").store).await })* }
        mod redb { $(#[tokio::test(flavor = "multi_thread")] async fn $name() { let held = crate::store_contract::each::fixture("redb"); super::$name(held.store.clone()).await })* }
    };
}
