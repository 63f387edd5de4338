//! The octets of everything that is stored: one record of each kind, each variant, each key. A file that is in use is
//! read by them, so they change only with the format of a record and a step in `migrate/`.
//!
//! The fields of one sample differ in their octets, so that two fields of one type that change places are noticed.
//! A row of `octets.txt` is a name and what is written: octets in hexadecimal digits, or the variants of an
//! enum in their order. A new kind or variant is a new row there.

mod audit;
mod keys;
mod outbox;
mod records;

use std::collections::BTreeMap;
use std::fmt::{Debug, Write};
use std::fs;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::records::{StoredRecord, decode, encode};
use crate::domain::id::OpId;
use crate::domain::reset::TokenDigest;
use crate::domain::time::UnixTime;

#[test]
fn what_is_stored_has_the_octets_that_are_pinned() {
    let pinned: Vec<(&str, &str)> = include_str!("octets.txt")
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| line.split_once(": ").unwrap())
        .collect();
    let pinned: BTreeMap<&str, &str> = pinned.into_iter().collect();
    let rows = [records::rows(), audit::rows(), outbox::rows(), keys::rows()].concat();
    let written: BTreeMap<&str, &str> = rows.iter().map(|row| (row.name.as_str(), row.value.as_str())).collect();
    assert_eq!(written.len(), rows.len(), "each row has a name of its own");

    let mut faults = String::new();
    for (name, value) in &written {
        match pinned.get(name) {
            Some(held) if held == value => {}
            Some(held) => writeln!(faults, "{name}: {value}\n    is pinned as {held}").unwrap(),
            None => writeln!(faults, "{name}: {value}\n    is not pinned").unwrap(),
        }
    }
    let gone = pinned.keys().filter(|name| !written.contains_key(*name));
    gone.for_each(|name| writeln!(faults, "{name} is pinned, and not stored any more").unwrap());
    assert!(faults.is_empty(), "files that are in use would be misread:\n{faults}");
}

/// Records are named in `impl Record for …`, wherever in this module the type is.
#[test]
fn every_kind_of_record_is_pinned() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store");
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let sources: Vec<String> = files.filter(|path| path.is_file()).map(|path| fs::read_to_string(path).unwrap()).collect();
    let names = sources.iter().flat_map(|source| source.split("\n    const NAME: &'static str = \"").skip(1));
    let names: Vec<&str> = names.map(|rest| rest.split('"').next().unwrap()).collect();
    assert!(names.len() >= 15, "only {names:?} found");
    let rows = [records::rows(), audit::rows(), outbox::rows()].concat();
    for name in names {
        assert!(rows.iter().any(|row| row.name.starts_with(name)), "the record {name:?} is not pinned");
    }
}

/// A row of `octets.txt`.
#[derive(Clone)]
struct PinnedRow {
    name: String,
    value: String,
}

/// The row of octets that are stored as they are.
fn octets(name: &str, octets: &[u8]) -> PinnedRow {
    let mut value = String::new();
    octets.iter().for_each(|octet| write!(value, "{octet:02x}").unwrap());
    PinnedRow { name: name.to_owned(), value }
}

/// The row of a record, which can be read again.
fn record<T: StoredRecord + PartialEq + Debug>(name: &str, record: &T) -> PinnedRow {
    let value = encode(record);
    assert_eq!(decode::<T, ()>(&value).as_ref(), Ok(record), "{name}");
    octets(name, &value)
}

/// The row of the enum `T`, none of whose variants has fields.
fn plain<T: DeserializeOwned + Debug>(name: &str) -> PinnedRow {
    let variants: Vec<String> = (0..count::<T>()).map(|variant| format!("{:?}", postcard::from_bytes::<T>(&[variant]).unwrap())).collect();
    PinnedRow { name: name.to_owned(), value: variants.join(" ") }
}

/// The rows of the enum `T`, one for each variant; each is in `samples`.
fn variants<T: Serialize + DeserializeOwned + Debug + PartialEq>(name: &str, samples: &[T]) -> Vec<PinnedRow> {
    let mut seen = Vec::new();
    let row = |sample: &T| {
        let value = postcard::to_allocvec(sample).unwrap();
        assert_eq!(postcard::from_bytes::<T>(&value).as_ref(), Ok(sample));
        seen.push(value[0]);
        let word = format!("{sample:?}");
        octets(&format!("{name} {}", word.split([' ', '(']).next().unwrap()), &value)
    };
    let rows = samples.iter().map(row).collect();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen, (0..count::<T>()).collect::<Vec<u8>>(), "{name}: a sample of each variant");
    rows
}

/// The number of variants of the enum `T`: zeros are good for the fields of any.
fn count<T: DeserializeOwned>() -> u8 {
    let is_known = |variant: &u8| postcard::take_from_bytes::<T>(&[&[*variant][..], &[0; 64]].concat()).is_ok();
    (0..0x80).take_while(is_known).count() as u8
}

fn at(millis: u64) -> UnixTime {
    UnixTime::from_millis(millis)
}

/// Octets that count from `first`.
fn counting<const N: usize>(first: u8) -> [u8; N] {
    std::array::from_fn(|place| first + place as u8)
}

fn uuid(first: u8) -> Uuid {
    Uuid::from_bytes(counting(first))
}

fn op(first: u8) -> OpId {
    OpId(counting(first))
}

fn digest(first: u8) -> TokenDigest {
    TokenDigest(counting(first))
}
