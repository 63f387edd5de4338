//! Distinguished names: two of them, separated by a line feed. What is read is written and read again as the same name,
//! and equal names are the same to everything that looks at them.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use bindery::domain::dn::{Dn, MAX_DN_BYTES, Rdn};
use bindery::domain::tree::Tree;

/// Reads the names in `input` and holds them against each other.
pub fn run(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let (one, other) = text.split_once('\n').unwrap_or((text, text));
    let _ = Rdn::parse(one);
    let (Ok(one), Ok(other)) = (Dn::parse(one), Dn::parse(other)) else { return };
    survives_writing(&one);
    survives_writing(&other);
    compare(&one, &other);
}

fn survives_writing(name: &Dn) {
    let written = name.to_string();
    assert!(!written.contains(char::is_control) || written.chars().any(|c| c.is_control() && !c.is_ascii()), "not one line: {written:?}");
    // What is escaped grows; a name that only just fits may not be read back.
    if written.len() <= MAX_DN_BYTES {
        let read = Dn::parse(&written).expect("a name that was written is a name");
        assert_eq!(&read, name);
        assert_eq!(read.to_string(), written);
    }
    let folded = name.folded();
    if folded.len() <= MAX_DN_BYTES {
        let read = Dn::parse(&folded).expect("a folded name is a name");
        compare(&read, name);
        assert_eq!(&read, name);
        assert_eq!(read.folded(), folded);
    }
    if let Some(parent) = name.parent() {
        assert!(name.is_within(&parent) && !parent.is_within(name));
        assert_eq!(&parent.child(name.rdns()[0].clone()), name);
    }
}

fn compare(one: &Dn, other: &Dn) {
    let equal = one == other;
    assert_eq!(other == one, equal);
    assert_eq!(one.folded() == other.folded(), equal, "{one} and {other}");
    assert_eq!(one.is_within(other) && other.is_within(one), equal);
    let suffix = Dn::parse("dc=example,dc=org").expect("a constant");
    let tree = Tree::new(suffix);
    let places = [one, other].map(|dn| (tree.locate(dn), tree.nearest(dn).to_owned()));
    if equal {
        let state = BuildHasherDefault::<DefaultHasher>::default();
        assert_eq!(state.hash_one(one), state.hash_one(other));
        assert_eq!(places[0], places[1], "{one} and {other} are the same name");
    }
}
