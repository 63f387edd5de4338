//! The failures of names that nobody has: the same transitions as for accounts, kept in memory alone.

use sha2::{Digest, Sha256};

use super::{Failures, Settings, Table};
use crate::domain::time::UnixTime;

/// Names at most; the one that failed longest ago is forgotten. At most some 350 bytes each.
pub const MAX_UNKNOWN_NAMES: usize = 65_536;

/// The failures of names that nobody has.
#[derive(Debug)]
pub struct UnknownNames {
    names: Table<NameDigest, Failures>,
}

/// Half a SHA-256 of the name: a long name takes no more memory than a short one.
type NameDigest = [u8; 16];

impl Default for UnknownNames {
    fn default() -> UnknownNames {
        UnknownNames::new(MAX_UNKNOWN_NAMES)
    }
}

impl UnknownNames {
    /// An empty table of at most `capacity` names.
    pub fn new(capacity: usize) -> UnknownNames {
        UnknownNames { names: Table::new(capacity) }
    }

    /// The failures of `name` (in its key form) as they stand at `now`.
    pub fn failures(&self, name: &str, now: UnixTime) -> Failures {
        let Some(stored) = self.names.read(&digest(name)) else { return Failures::default() };
        stored.anchored(now).unwrap_or_else(|| stored.clone())
    }

    /// Counts a failure of `name`, and settles what a clock that was set back left in the future.
    pub fn failed(&mut self, name: &str, now: UnixTime, settings: &Settings) {
        let key = digest(name);
        let before = self.names.read(&key).cloned().unwrap_or_default();
        let after = before.failed(now, settings);
        if !after.is_clean() {
            self.names.write(key, after);
        }
    }

    /// Settles what a clock that was set back left in the future of `now` for `name`; called before [`UnknownNames::failures`] where an
    /// account's record would be rewritten.
    pub fn settle(&mut self, name: &str, now: UnixTime) {
        let key = digest(name);
        if let Some(settled) = self.names.read(&key).and_then(|stored| stored.anchored(now)) {
            self.names.write(key, settled);
        }
    }

    /// How many names are kept.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether none are.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

fn digest(name: &str) -> NameDigest {
    let mut half = NameDigest::default();
    half.copy_from_slice(&Sha256::digest(name.as_bytes())[..16]);
    half
}
