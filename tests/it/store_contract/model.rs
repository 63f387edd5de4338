//! Random operations on redb give what they give on a map.

use std::collections::BTreeMap;

use bindery::store::{Fail, FileSettings, Stop, Store, View};
use proptest::prelude::*;

/// One rule of a random run.
#[derive(Clone, Debug)]
enum Op {
    Write { changes: Vec<(Vec<u8>, Option<Vec<u8>>)>, refuse: bool },
    Scan { from: Vec<u8>, to: Vec<u8>, limit: usize },
    Reopen,
}

fn key() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop::sample::select(vec![0u8, 1, b'a', b'b', 0xFE]), 0..4).prop_map(|mut key| {
        // Not where the store keeps its schema version.
        key.insert(0, b'a');
        key
    })
}

fn op() -> impl Strategy<Value = Op> {
    let value = prop::option::weighted(0.7, prop::collection::vec(any::<u8>(), 0..600));
    prop_oneof![
        6 => (prop::collection::vec((key(), value), 0..30), prop::bool::weighted(0.2))
            .prop_map(|(changes, refuse)| Op::Write { changes, refuse }),
        3 => (key(), key(), 0usize..40).prop_map(|(from, to, limit)| Op::Scan { from, to, limit }),
        1 => Just(Op::Reopen),
    ]
}

fn expected(model: &BTreeMap<Vec<u8>, Vec<u8>>, from: &[u8], to: &[u8], limit: usize) -> Vec<(Vec<u8>, Vec<u8>)> {
    let rows = model.iter().filter(|(key, _)| key.as_slice() >= from && key.as_slice() < to);
    rows.take(limit).map(|(key, value)| (key.clone(), value.clone())).collect()
}

async fn play(ops: Vec<Op>) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("bindery.redb");
    let open = || Store::open(&path, FileSettings { cache_bytes: 64 * 1024 }).unwrap();
    let mut store = open();
    let mut model = BTreeMap::new();
    for op in ops {
        match op {
            Op::Write { changes, refuse } => {
                let mut after = model.clone();
                for (key, value) in changes.clone() {
                    match value {
                        Some(value) => after.insert(key, value),
                        None => after.remove(&key),
                    };
                }
                let inside = expected(&after, b"a", b"b", 4000);
                let done = store.run(move |view| {
                    for (key, value) in changes.clone() {
                        match value {
                            Some(value) => view.put(key, value),
                            None => view.delete(key),
                        }
                    }
                    // The rule sees its own writes merged with what is stored.
                    assert_eq!(view.scan(b"a", b"b", 4000)?, inside);
                    if refuse { Err(Stop::Rule("refused")) } else { Ok(()) }
                });
                assert_eq!(done.await, if refuse { Err(Fail::Rule("refused")) } else { Ok(()) });
                if !refuse {
                    model = after;
                }
            }
            Op::Scan { from, to, limit } => {
                let found = store.read(|view| view.scan::<()>(&from, &to, limit)).await.unwrap();
                assert_eq!(found, expected(&model, &from, &to, limit));
                let back = |view: &mut View<'_>| {
                    let mut found = Vec::new();
                    view.scan_back_with::<()>(&from, &to, 4000, |key, value| found.push((key.to_vec(), value.to_vec())))?;
                    Ok(found)
                };
                let mut back = store.read(back).await.unwrap();
                back.reverse();
                assert_eq!(back, expected(&model, &from, &to, 4000));
            }
            Op::Reopen => {
                drop(store);
                store = open();
            }
        }
    }
    assert_eq!(store.read(|view| view.scan::<()>(b"a", b"b", 4000)).await.unwrap(), expected(&model, b"a", b"b", 4000));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn redb_does_what_a_map_does(ops in prop::collection::vec(op(), 1..30)) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(play(ops));
    }
}
