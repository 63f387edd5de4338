//! The same promises, asked of each engine.

use std::sync::Arc;

use bindery::domain::id::OpId;
use bindery::store::view::{MAX_KEYS_READ, MAX_KEYS_WRITTEN};
use bindery::store::{Fail, Stop, Store, View};

use super::rules::{No, claim, dismiss, increment, increment_once, together, write_together};

async fn number(store: &Store, key: &'static [u8]) -> u64 {
    let value = store.read(|view| view.get::<()>(key)).await.unwrap();
    value.map_or(0, |value| u64::from_be_bytes(value.try_into().unwrap()))
}

on_each_engine! {
    async fn a_rule_is_done_whole(store: Arc<Store>) {
        store.run(|view| write_together(view, 60, 7)).await.unwrap();
        let rows = store.read(|view| view.scan::<()>(b"a", b"b", 100)).await.unwrap();
        assert_eq!(rows.len(), 60);
        assert!(rows.iter().all(|(_, value)| *value == 7u64.to_be_bytes()));
    }

    async fn a_refusal_leaves_nothing(store: Arc<Store>) {
        store.run(|view| claim(view, b"u1", 1)).await.unwrap();
        let refused = store.run(|view| {
            write_together(view, 9, 1)?;
            view.delete(b"u1".to_vec());
            claim(view, b"u2", 2)?;
            Err::<(), _>(Stop::Rule(No::Changed))
        }).await;
        assert_eq!(refused, Err(Fail::Rule(No::Changed)));
        let rows = store.read(|view| view.scan::<()>(b"a", b"v", 100)).await.unwrap();
        assert_eq!(rows, [(b"u1".to_vec(), 1u64.to_be_bytes().to_vec())]);
    }

    async fn of_eight_who_race_for_a_name_one_wins(store: Arc<Store>) {
        for round in 0..20u8 {
            let racers = (0..8u64).map(|owner| {
                let store = Arc::clone(&store);
                tokio::spawn(async move { store.run(move |view| claim(view, &[b'u', round], owner)).await })
            });
            let mut winners = 0;
            for racer in racers.collect::<Vec<_>>() {
                match racer.await.unwrap() {
                    Ok(()) => winners += 1,
                    lost => assert_eq!(lost, Err(Fail::Rule(No::Taken))),
                }
            }
            assert_eq!(winners, 1, "round {round}");
        }
    }

    async fn two_administrators_cannot_dismiss_each_other(store: Arc<Store>) {
        for round in 0..20 {
            store.run(|view| {
                view.put(b"r\0".to_vec(), vec![]);
                view.put(b"r\x01".to_vec(), vec![]);
                Ok::<_, Stop<No>>(())
            }).await.unwrap();
            let dismissals = [0, 1].map(|id| {
                let store = Arc::clone(&store);
                tokio::spawn(async move { store.run(move |view| dismiss(view, id)).await })
            });
            for dismissal in dismissals {
                dismissal.await.unwrap().ok();
            }
            let left = store.read(|view| view.scan::<()>(b"r", b"s", 9)).await.unwrap();
            assert_eq!(left.len(), 1, "round {round}");
        }
    }

    async fn what_is_acknowledged_is_read(store: Arc<Store>) {
        for expected in 1..=50 {
            assert_eq!(store.run(|view| increment(view, b"n")).await, Ok(expected));
            assert_eq!(number(&store, b"n").await, expected);
        }
    }

    async fn a_scan_gives_its_range_in_order_and_no_more_than_its_limit(store: Arc<Store>) {
        store.run(|view| {
            for key in [&b"b\xFF\xFF"[..], b"c", b"b", b"b\0", b"a\xFF", b"b\x01z"] {
                view.put(key.to_vec(), vec![]);
            }
            Ok::<_, Stop<No>>(())
        }).await.unwrap();
        for (from, to, limit, expected) in [
            (&b"b"[..], &b"c"[..], 9, &[&b"b"[..], b"b\0", b"b\x01z", b"b\xFF\xFF"][..]),
            (b"b", b"c", 2, &[b"b", b"b\0"]),
            (b"b\0", b"c", 1, &[b"b\0"]),
            (b"", b"b", 9, &[b"a\xFF"]),
            (b"c", b"b", 9, &[]),
            (b"a", b"z", 0, &[]),
        ] {
            let rows = store.read(|view| view.scan::<()>(from, to, limit)).await.unwrap();
            let found: Vec<_> = rows.iter().map(|(key, _)| key.as_slice()).collect();
            // An empty store has its schema version, behind all these.
            assert_eq!(found, expected, "{from:?} {to:?} {limit}");
        }
    }

    async fn a_scan_backwards_gives_its_range_from_the_end(store: Arc<Store>) {
        store.run(|view| {
            for key in [&b"b\xFF\xFF"[..], b"c", b"b", b"b\0", b"a\xFF", b"b\x01z"] {
                view.put(key.to_vec(), key.to_vec());
            }
            Ok::<_, Stop<No>>(())
        }).await.unwrap();
        for (from, to, limit, expected) in [
            (&b"b"[..], &b"c"[..], 9, &[&b"b\xFF\xFF"[..], b"b\x01z", b"b\0", b"b"][..]),
            (b"b", b"c", 2, &[b"b\xFF\xFF", b"b\x01z"]),
            (b"b", b"b\x01z", 1, &[b"b\0"]),
            (b"", b"b", 9, &[b"a\xFF"]),
            (b"c", b"b", 9, &[]),
            (b"a", b"z", 0, &[]),
        ] {
            let back = |view: &mut View<'_>| {
                let mut found = Vec::new();
                view.scan_back_with::<()>(from, to, limit, |key, value| found.push((key.to_vec(), value.to_vec())))?;
                Ok(found)
            };
            let rows = store.read(back).await.unwrap();
            let found: Vec<_> = rows.iter().map(|(key, _)| key.as_slice()).collect();
            assert_eq!(found, expected, "{from:?} {to:?} {limit}");
            assert!(rows.iter().all(|(key, value)| key == value));
        }
        // Within a rule that has written, and on an engine that fetches.
        let newest = store.run(|view| {
            view.delete(b"b\xFF\xFF".to_vec());
            view.put(b"b\x02".to_vec(), vec![]);
            let mut found = Vec::new();
            view.scan_back_with::<No>(b"b", b"c", 2, |key, _| found.push(key.to_vec()))?;
            Ok(found)
        }).await;
        assert_eq!(newest, Ok(vec![b"b\x02".to_vec(), b"b\x01z".to_vec()]));
    }

    async fn two_hundred_and_fifty_six_writers_lose_nothing(store: Arc<Store>) {
        let writers = (0..256u64).map(|writer| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let own = [&b"u"[..], &writer.to_be_bytes()].concat();
                let name = own.clone();
                store.run(move |view| { claim(view, &name, writer)?; increment(view, b"n") }).await.unwrap();
                store.read(move |view| view.has::<()>(&own)).await.unwrap()
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            assert!(writer.await.unwrap(), "an acknowledged key is not there");
        }
        assert_eq!(number(&store, b"n").await, 256);
    }

    async fn the_same_operation_again_is_done_once(store: Arc<Store>) {
        for _ in 0..3 {
            store.run(|view| increment_once(view, b"n", OpId([7; 16]))).await.unwrap();
        }
        store.run(|view| increment_once(view, b"n", OpId([8; 16]))).await.unwrap();
        assert_eq!(number(&store, b"n").await, 2);
    }

    async fn a_rule_that_oversteps_a_bound_leaves_nothing(store: Arc<Store>) {
        let wrote = store.run(|view| write_together(view, MAX_KEYS_WRITTEN as u8 + 1, 1)).await;
        assert_eq!(wrote, Err(Fail::Down));
        let read = store.run(|view| {
            view.put(b"a".to_vec(), vec![]);
            (0..=MAX_KEYS_READ as u8).try_for_each(|n| view.get::<No>(&[n]).map(drop))
        }).await;
        assert_eq!(read, Err(Fail::Down));
        assert_eq!(store.read(|view| view.scan::<()>(b"a", b"b", 1)).await, Ok(vec![]));
    }

    async fn a_rule_that_panics_harms_nobody_else(store: Arc<Store>) {
        let panicked = store.run(|view| {
            view.put(b"a".to_vec(), vec![]);
            if view.has::<No>(b"b")? { Ok(()) } else { panic!("on purpose") }
        }).await;
        assert_eq!(panicked, Err(Fail::Down));
        assert_eq!(store.run(|view| increment(view, b"n")).await, Ok(1));
        assert_eq!(store.read(|view| view.has::<()>(b"a")).await, Ok(false));
    }

    async fn a_record_that_cannot_be_read_is_said_to_be_down(store: Arc<Store>) {
        let corrupt = store.read(|_: &mut View<'_>| Err::<(), Stop<No>>(Stop::Corrupt("account: empty".into()))).await;
        assert_eq!(corrupt, Err(Fail::Down));
    }

    async fn a_reader_sees_one_state_only(store: Arc<Store>) {
        store.run(|view| write_together(view, 9, 0)).await.unwrap();
        let writer = {
            let store = Arc::clone(&store);
            tokio::spawn(async move { for value in 1..100 { store.run(move |view| write_together(view, 9, value)).await.unwrap(); } })
        };
        while !writer.is_finished() {
            let values = store.read(|view| together(9).map(|key| view.get::<()>(&key)).collect::<Result<Vec<_>, _>>()).await.unwrap();
            assert!(values.windows(2).all(|pair| pair[0] == pair[1]), "{values:?}");
        }
        writer.await.unwrap();
    }
}
