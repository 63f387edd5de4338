//! The power goes at the n-th write, for every n: what was acknowledged is there, what was not is there whole or not
//! at all.

use std::collections::BTreeMap;

use bindery::store::redb::OpenError;
use bindery::store::{Engine, FileSettings, Key, RedbEngine, Stop, Store, StoredValue, View};

use super::disk::{Disk, Loss, rows};
use super::people::STORY;
use super::rules::{increment, write_together};

fn open(disk: &Disk) -> Result<RedbEngine, OpenError> {
    let disk = disk.clone();
    RedbEngine::open_with(move || Ok(disk.clone()), FileSettings { cache_bytes: 1 << 20 })
}

/// Rules that change several keys at once, one after the other; gives how many were acknowledged.
async fn work(store: &RedbEngine) -> u64 {
    let mut acknowledged = 0;
    for value in 1..=RULES {
        let done = store
            .run(move |view| {
                increment(view, b"n")?;
                // Large enough for several pages, so that a commit is many writes.
                view.put(vec![b'b', value as u8], vec![value as u8; 3000]);
                if value > 2 {
                    view.delete(vec![b'b', value as u8 - 2]);
                }
                write_together(view, 20, value)
            })
            .await;
        match done {
            Ok(()) => acknowledged = value,
            Err(_) => break,
        }
    }
    acknowledged
}

/// What the store holds must be what the first so many rules left, for one number of rules that is not less than those
/// acknowledged and not more than those tried.
async fn check(disk: Disk, acknowledged: u64, context: &str) {
    let store = open(&disk).unwrap_or_else(|error| panic!("{context}: {error}"));
    let done = rows(&store, b"n", b"o").await.into_values().next().map_or(0, |value| u64::from_be_bytes(value.try_into().unwrap()));
    assert!(done == acknowledged || done == acknowledged + 1, "{context}: {done} done, {acknowledged} acknowledged");
    let together = rows(&store, b"a", b"b").await;
    assert_eq!(together.len(), if done == 0 { 0 } else { 20 }, "{context}");
    assert!(together.values().all(|value| *value == done.to_be_bytes()), "{context}: half a rule");
    let large: Vec<u8> = rows(&store, b"b", b"c").await.into_keys().map(|key| key[1]).collect();
    let expected: Vec<u8> = (done.saturating_sub(1).max(1)..=done).map(|value| value as u8).collect();
    assert_eq!(large, expected, "{context}");
    // And it goes on.
    store.run(|view| write_together(view, 20, 99)).await.unwrap_or_else(|_: bindery::store::Fail<_>| panic!("{context}: no writes"));
}

#[tokio::test]
async fn a_crash_at_any_write_loses_nothing_acknowledged() {
    let whole = Disk::default();
    let store = open(&whole).unwrap();
    let opened = whole.changes();
    assert_eq!(work(&store).await, RULES);
    let changes = whole.changes() - opened;
    drop(store);
    assert!(changes > 5 * RULES as usize, "{changes} writes are too few for a crash test");

    for n in 0..changes {
        let disk = Disk::default();
        let store = open(&disk).unwrap();
        disk.fail_from(n);
        let acknowledged = work(&store).await;
        assert!(acknowledged < RULES, "the disk did not fail at {n}");
        for loss in [Loss::All, Loss::None, Loss::EveryOther, Loss::Torn] {
            check(disk.after_power_loss(loss), acknowledged, &format!("write {n}, lost: {loss:?}")).await;
        }
        drop(store);
    }
}

/// What the store holds after each step of the story, as a map without a disk has it.
async fn states() -> Vec<BTreeMap<Key, StoredValue>> {
    let store = Store::in_memory();
    let mut states = vec![BTreeMap::new()];
    for rule in STORY {
        store.run(*rule).await.unwrap();
        let rows = store.read(|view| view.scan::<()>(b"A", b"z", 999)).await.unwrap();
        states.push(rows.into_iter().collect());
    }
    states
}

#[tokio::test]
async fn a_crash_at_any_write_of_a_reset_leaves_a_step_whole_or_undone() {
    let states = states().await;
    let told = Disk::default();
    for (step, rule) in STORY.iter().enumerate() {
        let mut crashes = 0;
        loop {
            let disk = told.after_power_loss(Loss::None);
            let store = open(&disk).unwrap();
            disk.fail_from(crashes);
            let done = store.run(*rule).await.is_ok();
            for loss in [Loss::All, Loss::None, Loss::Torn] {
                let context = format!("step {step}, write {crashes}, lost: {loss:?}");
                let found = open(&disk.after_power_loss(loss)).unwrap_or_else(|error| panic!("{context}: {error}"));
                let rows = rows(&found, b"A", b"z").await;
                assert!(rows == states[step + 1] || (!done && rows == states[step]), "{context}");
            }
            drop(store);
            if done {
                break;
            }
            crashes += 1;
        }
        assert!(crashes > 0, "step {step} writes nothing");
        open(&told).unwrap().run(*rule).await.unwrap();
    }
}

#[tokio::test]
async fn a_crash_while_the_store_is_made_leaves_one_that_can_be_made_again() {
    let whole = Disk::default();
    drop(open(&whole).unwrap());
    for n in 0..whole.changes() {
        let disk = Disk::default();
        disk.fail_from(n);
        if let Ok(store) = open(&disk) {
            drop(store);
        }
        // Nothing was acknowledged yet: a file whose first bytes never arrived may be refused, but never half used.
        for loss in [Loss::All, Loss::None] {
            let found = disk.after_power_loss(loss);
            match open(&found) {
                Ok(store) => {
                    let put = |view: &mut View<'_>| {
                        view.put(b"a".to_vec(), vec![1]);
                        Ok::<_, Stop<()>>(())
                    };
                    store.run(put).await.unwrap();
                }
                Err(error) => assert!(matches!(error, OpenError::Foreign { .. } | OpenError::Damaged { .. }), "write {n}: {error}"),
            }
        }
    }
}

/// Rules in the work that crashes.
const RULES: u64 = 5;
