//! Loading many records at once: an import, or a demonstration with a million people. The rows go in without rules, so
//! who makes them answers for their indexes and that no key is there before.

use super::redb::Durable;
use super::{Down, Key, Store, StoredValue};

/// Puts all of `rows`, in chunks of [`CHUNK`] rows a transaction. On disk when it returns; what a crash leaves before
/// is a part of the rows, so the store is to be discarded then. Gives how many rows there were.
///
/// It is fastest, and the file smallest, if the rows of each prefix come in the order of their keys.
///
/// # Errors
/// [`Down`] if the store cannot be written.
pub async fn load(store: &Store, rows: impl IntoIterator<Item = (Key, StoredValue)>) -> Result<u64, Down> {
    let mut rows = rows.into_iter();
    let mut loaded = 0;
    loop {
        let mut chunk: Vec<_> = rows.by_ref().take(CHUNK).collect();
        chunk.sort_unstable();
        loaded += chunk.len() as u64;
        let last = chunk.len() < CHUNK;
        let chunk = weave(chunk);
        match store {
            Store::Memory(engine) => engine.load(chunk),
            Store::Redb(engine) => engine.load(chunk, if last { Durable::Now } else { Durable::Later }).await?,
        }
        if last {
            return Ok(loaded);
        }
    }
}

/// Sorted rows in the order that fills the pages of a B-tree: rows that come in order leave each page half full, since
/// a full one is split in the middle; then the others fill them up, with some room for what comes later.
fn weave(sorted: Vec<(Key, StoredValue)>) -> Vec<(Key, StoredValue)> {
    let mut woven = Vec::with_capacity(sorted.len());
    let mut filling = Vec::with_capacity(sorted.len() / 2);
    for (place, row) in sorted.into_iter().enumerate() {
        if place % 9 % 2 == 0 { woven.push(row) } else { filling.push(row) }
    }
    woven.append(&mut filling);
    woven
}

/// Rows in one transaction.
pub const CHUNK: usize = 20_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::FileSettings;

    #[tokio::test]
    async fn every_row_is_loaded_once_in_each_engine() {
        let directory = tempfile::tempdir().unwrap();
        let file = Store::open(&directory.path().join("bindery.redb"), FileSettings::default()).unwrap();
        for store in [Store::in_memory(), file] {
            for (prefix, count) in [(b'a', 2 * CHUNK as u32), (b'b', 0), (b'c', CHUNK as u32 + 5)] {
                let rows = (0..count).rev().map(|n| ([&[prefix][..], &n.to_be_bytes()].concat(), n.to_le_bytes().to_vec()));
                assert_eq!(load(&store, rows).await, Ok(u64::from(count)));
                assert_eq!(count_rows(&store, prefix).await, count);
            }
        }
    }

    async fn count_rows(store: &Store, prefix: u8) -> u32 {
        let (mut from, mut rows) = (vec![prefix], 0u32);
        loop {
            let page = store.read(|view| view.scan::<()>(&from, &[prefix + 1], 4096)).await.unwrap();
            let Some((last, _)) = page.last() else { return rows };
            from = crate::store::keys::next(last);
            for (key, value) in page {
                assert_eq!((&key[1..], value), (&rows.to_be_bytes()[..], rows.to_le_bytes().to_vec()));
                rows += 1;
            }
        }
    }

    #[test]
    fn weaving_keeps_every_row() {
        let rows: Vec<_> = (0..100u8).map(|n| (vec![n], vec![])).collect();
        let mut woven = weave(rows.clone());
        assert_ne!(woven, rows);
        woven.sort_unstable();
        assert_eq!(woven, rows);
    }
}
