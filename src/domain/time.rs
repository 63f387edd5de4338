//! Points in time, and how LDAP writes them.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct UnixTime(u64);

impl UnixTime {
    /// The time `millis` milliseconds after the epoch.
    pub const fn from_millis(millis: u64) -> UnixTime {
        UnixTime(millis)
    }

    /// The time `seconds` seconds after the epoch.
    pub const fn from_secs(seconds: u64) -> UnixTime {
        UnixTime(seconds.saturating_mul(1000))
    }

    /// Milliseconds since the epoch.
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// Whole seconds since the epoch.
    pub const fn as_secs(self) -> u64 {
        self.0 / 1000
    }

    /// This time, `wait` later.
    pub fn plus(self, wait: Duration) -> UnixTime {
        UnixTime(self.0.saturating_add(wait.as_millis() as u64))
    }

    /// How long it is from `earlier` to this time; zero if `earlier` is later.
    pub fn since(self, earlier: UnixTime) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// As GeneralizedTime (RFC 4517 §3.3.13) in UTC to the second: `20261122093000Z`.
    pub fn generalized(self) -> String {
        let civil = civil_from_days((self.as_secs() / 86_400) as i64);
        let second = self.as_secs() % 86_400;
        format!("{:04}{:02}{:02}{:02}{:02}{:02}Z", civil.0, civil.1, civil.2, second / 3600, second / 60 % 60, second % 60)
    }
}

/// Year, month and day of the proleptic Gregorian calendar, `days` after 1970-01-01.
/// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
fn civil_from_days(days: i64) -> (i64, u32, u32) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = (doy - (153 * mp + 2) / 5 + 1) as u32;
    let month = if mp < 10 { mp + 3 } else { mp - 9 } as u32;
    (yoe + era * 400 + i64::from(month <= 2), month, day)
}

impl fmt::Display for UnixTime {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.generalized();
        write!(out, "{}-{}-{}T{}:{}:{}Z", &text[..4], &text[4..6], &text[6..8], &text[8..10], &text[10..12], &text[12..14])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_generalized_time() {
        for (seconds, text) in [
            (0, "19700101000000Z"),
            (951_782_400, "20000229000000Z"),
            (1_795_338_000, "20261122090000Z"),
            (4_102_444_799, "20991231235959Z"),
        ] {
            assert_eq!(UnixTime::from_secs(seconds).generalized(), text);
        }
    }
}
