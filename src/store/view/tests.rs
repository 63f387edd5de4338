use super::*;
use crate::store::memory::Map;

fn key(text: &str) -> Key {
    text.as_bytes().to_vec()
}

fn stored(keys: &[&str]) -> Map {
    keys.iter().map(|text| (key(text), key(text))).collect()
}

fn scanned(view: &mut View<'_>, from: &str, to: &str, limit: usize) -> Vec<String> {
    let rows = view.scan::<()>(from.as_bytes(), to.as_bytes(), limit).unwrap();
    rows.into_iter().map(|(key, _)| String::from_utf8(key).unwrap()).collect()
}

#[test]
fn a_rule_sees_its_own_writes() {
    let map = stored(&["a", "b"]);
    let mut view = View::new(&map);
    view.put(key("c"), key("new"));
    view.put(key("b"), key("changed"));
    view.delete(key("a"));
    assert_eq!(view.all::<(), 3>([key("a"), key("b"), key("c")]).unwrap(), [None, Some(key("changed")), Some(key("new"))]);
}

#[test]
fn a_scan_merges_what_is_written_with_what_is_stored() {
    let map = stored(&["b", "d", "f", "h"]);
    for (puts, deletes, limit, expected) in [
        (&["a", "e", "i"][..], &[][..], 9, &["a", "b", "d", "e", "f", "h"][..]),
        (&["a", "e", "i"], &["d", "f"], 9, &["a", "b", "e", "h"]),
        (&["c"], &["b"], 2, &["c", "d"]),
        (&["g"], &["b", "d", "f", "h"], 9, &["g"]),
        (&["d"], &[], 3, &["b", "d", "f"]),
        (&["x"], &[], 9, &["b", "d", "f", "h"]),
        (&["a"], &[], 1, &["a"]),
    ] {
        let mut view = View::new(&map);
        puts.iter().for_each(|put| view.put(key(put), key("own")));
        deletes.iter().for_each(|delete| view.delete(key(delete)));
        assert_eq!(scanned(&mut view, "a", "i", limit), expected, "{puts:?} {deletes:?} {limit}");
    }
}

#[test]
fn a_scan_backwards_merges_as_one_forwards_does() {
    let map = stored(&["b", "d", "f", "h"]);
    for (puts, deletes, limit, expected) in [
        (&[][..], &[][..], 9, &["h", "f", "d", "b"][..]),
        (&[], &[], 2, &["h", "f"]),
        (&["a", "e", "i"], &[], 9, &["h", "f", "e", "d", "b", "a"]),
        (&["a", "e"], &["d", "f"], 9, &["h", "e", "b", "a"]),
        (&["g"], &["h"], 2, &["g", "f"]),
        (&["c"], &["b", "d", "f", "h"], 9, &["c"]),
        (&["h"], &[], 1, &["h"]),
        (&["a"], &[], 4, &["h", "f", "d", "b"]),
    ] {
        let mut view = View::new(&map);
        puts.iter().for_each(|put| view.put(key(put), key("own")));
        deletes.iter().for_each(|delete| view.delete(key(delete)));
        let mut found = Vec::new();
        view.scan_back_with::<()>(b"a", b"i", limit, |key, _| found.push(String::from_utf8(key.to_vec()).unwrap())).unwrap();
        assert_eq!(found, expected, "{puts:?} {deletes:?} {limit}");
    }
}

#[test]
fn an_empty_or_inverted_range_gives_nothing() {
    let map = stored(&["a", "b"]);
    for (from, to, limit) in [("b", "a", 9), ("a", "a", 9), ("a", "z", 0)] {
        assert!(scanned(&mut View::new(&map), from, to, limit).is_empty());
    }
}

#[test]
fn overstepping_a_bound_is_refused() {
    let map = Map::new();
    let mut view = View::new(&map);
    (0..MAX_KEYS_READ as u8).for_each(|n| assert_eq!((view.get::<()>(&[n]), view.get::<()>(&[n])), (Ok(None), Ok(None))));
    assert_eq!(view.get::<()>(b"one more"), Err(Stop::Limit("keys read a rule")));
    assert_eq!(View::new(&map).scan::<()>(b"a", b"b", MAX_SCAN + 1), Err(Stop::Limit("keys a scan")));

    let mut view = View::new(&map);
    (0..=MAX_KEYS_WRITTEN as u8).for_each(|n| view.put(vec![n], vec![]));
    assert_eq!(view.into_writes::<()>(), Err(Stop::Limit("keys written a rule")));

    let mut view = View::new(&map);
    view.put(key("a"), vec![0; MAX_VALUE + 1]);
    assert_eq!(view.into_writes::<()>(), Err(Stop::Limit("bytes a value")));

    let mut view = View::new(&map);
    (0..9).for_each(|n| view.put(vec![n], vec![0; MAX_VALUE]));
    assert_eq!(view.into_writes::<()>(), Err(Stop::Limit("bytes written a rule")));
}
