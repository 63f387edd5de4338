//! Tells the operator, once an application and day, which attributes its filters name that nobody has here: after a move
//! from another directory that is why a login matches nobody.

use std::collections::{BTreeSet, HashMap};
use std::sync::Mutex;

use crate::domain::id::Id;
use crate::domain::time::UnixTime;

/// What applications have named so far. For the log of this process alone: no rule of the directory hangs on it.
#[derive(Debug, Default)]
pub struct UnknownAttributes(Mutex<HashMap<Id, NamedInVain>>);

/// What one application has named.
#[derive(Debug, Default)]
struct NamedInVain {
    names: BTreeSet<String>,
    /// The day of the last line, from 1970.
    told_on: Option<u64>,
}

impl UnknownAttributes {
    /// Notes that a filter of `application` named `names`. Returns all that it has named, if it is time for a line.
    pub fn note(&self, application: Id, names: &[String], now: UnixTime) -> Option<String> {
        let mut all = self.0.lock().ok()?;
        if all.len() >= MAX_APPLICATIONS && !all.contains_key(&application) {
            return None;
        }
        let named = all.entry(application).or_default();
        for name in names {
            if named.names.len() < MAX_NAMES {
                named.names.insert(name.clone());
            }
        }
        let today = now.as_secs() / SECONDS_A_DAY;
        if named.told_on.replace(today) == Some(today) {
            return None;
        }
        Some(named.names.iter().map(String::as_str).collect::<Vec<_>>().join(" "))
    }
}

/// Applications that are kept apart; those beyond are not told of.
const MAX_APPLICATIONS: usize = 1000;

/// Names of one application.
const MAX_NAMES: usize = 32;

const SECONDS_A_DAY: u64 = 86_400;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_application_is_told_of_once_a_day() {
        let (unknown, day) = (UnknownAttributes::default(), |day: u64| UnixTime::from_secs(day * SECONDS_A_DAY + 5));
        let note = |id, names: &[&str], now| unknown.note(Id(id), &names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>(), now);
        assert_eq!(note(1, &["b", "a"], day(1)).as_deref(), Some("a b"));
        assert_eq!(note(1, &["c"], day(1)), None);
        assert_eq!(note(2, &["c"], day(1)).as_deref(), Some("c"));
        assert_eq!(note(1, &["a"], day(2)).as_deref(), Some("a b c"));
        for name in 0..100 {
            note(3, &[&name.to_string()], day(1));
        }
        assert_eq!(note(3, &[], day(2)).map(|line| line.split(' ').count()), Some(MAX_NAMES));
    }
}
