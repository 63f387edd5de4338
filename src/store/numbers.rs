//! `uidNumber` and `gidNumber`: allotted in order from a range, stable, and never given twice.

use thiserror::Error;

use crate::domain::id::Id;

use super::keys;
use super::records;
use super::view::{Key, Stop, View};

/// Which numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Series {
    /// `uidNumber` of accounts.
    Uid,
    /// `gidNumber` of groups and teams.
    Gid,
}

/// The numbers that may be allotted: `first` to `last`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NumberRange {
    /// The first one.
    pub first: u32,
    /// The last one.
    pub last: u32,
}

/// No number is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("all {name} from {first} to {last} have been given out; the administrator can raise posix.{setting}_max", name = .series.attribute(), setting = .series.setting(), first = .range.first, last = .range.last)]
pub struct NumbersUsedUp {
    /// Of which series.
    pub series: Series,
    /// The range that is used up.
    pub range: NumberRange,
}

impl Series {
    fn attribute(self) -> &'static str {
        match self {
            Series::Uid => "uidNumber",
            Series::Gid => "gidNumber",
        }
    }

    fn setting(self) -> &'static str {
        match self {
            Series::Uid => "uid",
            Series::Gid => "gid",
        }
    }

    fn key(self, number: u32) -> Key {
        match self {
            Series::Uid => keys::uid_number(number),
            Series::Gid => keys::gid_number(number),
        }
    }

    fn counter(self) -> Key {
        match self {
            Series::Uid => keys::meta("next uidNumber"),
            Series::Gid => keys::meta("next gidNumber"),
        }
    }
}

/// The next number of `range` that nobody has or had; it is taken once the rule that asked says yes.
pub fn allot<E: From<NumbersUsedUp>>(view: &mut View<'_>, series: Series, range: NumberRange) -> Result<u32, Stop<E>> {
    let used_up = || Stop::Rule(E::from(NumbersUsedUp { series, range }));
    let counter = view.get_with(&series.counter(), decode)?;
    let start = counter.unwrap_or(range.first).max(range.first);
    let number = first_free(view, series, start)?.filter(|number| *number <= range.last).ok_or_else(used_up)?;
    view.put(series.counter(), number.saturating_add(1).to_be_bytes().to_vec());
    Ok(number)
}

/// The first number from `start` on that is in no record: those given by hand may lie in the range.
fn first_free<E>(view: &mut View<'_>, series: Series, start: u32) -> Result<Option<u32>, Stop<E>> {
    let mut candidate = start;
    for _ in 0..SCANS {
        let taken = view.scan(&series.key(candidate), &keys::after(&series.key(u32::MAX)), AT_ONCE)?;
        for (key, _) in &taken {
            if *key != series.key(candidate) {
                return Ok(Some(candidate));
            }
            let Some(next) = candidate.checked_add(1) else { return Ok(None) };
            candidate = next;
        }
        if taken.len() < AT_ONCE {
            return Ok(Some(candidate));
        }
    }
    Ok(None)
}

fn decode<E>(value: &[u8]) -> Result<u32, Stop<E>> {
    let bytes = value.try_into().map_err(|_| Stop::Corrupt(format!("counter: {} bytes where there are 4", value.len())))?;
    Ok(u32::from_be_bytes(bytes))
}

/// The account, group or team that has `number`, or had it.
pub fn holder<E>(view: &mut View<'_>, series: Series, number: u32) -> Result<Option<Id>, Stop<E>> {
    records::load_id(view, &series.key(number))
}

/// Taken numbers that are looked at in one scan.
const AT_ONCE: usize = 4096;

/// Scans in one rule: 65,536 numbers given by hand in a row are stepped over, not more.
const SCANS: usize = 16;
