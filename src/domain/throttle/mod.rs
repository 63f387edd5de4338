//! How failures slow further attempts down (CNIL 2022-100, NIST SP 800-63B §3.2.2): pure transitions, with the time as
//! an argument.
//!
//! The same transitions hold for accounts and for names that nobody has, whose failures are stored alike, so that the
//! throttle tells nothing about who exists. [`SourceLimits`] counts failures by where they come from.

mod source;
mod table;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::time::UnixTime;

pub use source::{Limit, ListedNetwork, SourceLimits, neighbourhood};
pub use table::Table;

/// When attempts are refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThrottleSettings {
    /// Off: nothing is counted and nothing refused.
    pub enabled: bool,
    /// Failures in a row until the first wait.
    pub failures_in_a_row: u32,
    /// The first wait; each further failure doubles it.
    pub first_wait: Duration,
    /// The longest wait.
    pub longest_wait: Duration,
    /// Failures in 24 hours, at most; one more is not even tried.
    pub per_day: usize,
}

impl Default for ThrottleSettings {
    fn default() -> ThrottleSettings {
        ThrottleSettings {
            enabled: true,
            failures_in_a_row: 5,
            first_wait: Duration::from_secs(60),
            longest_wait: Duration::from_secs(3600),
            per_day: 25,
        }
    }
}

impl ThrottleSettings {
    /// How long attempts are refused after `in_a_row` failures; none: not yet.
    fn wait(&self, in_a_row: u32) -> Option<Duration> {
        let beyond = in_a_row.checked_sub(self.failures_in_a_row.max(1))?;
        let factor = 1u32.checked_shl(beyond).unwrap_or(u32::MAX);
        Some(self.first_wait.saturating_mul(factor).min(self.longest_wait))
    }
}

/// The failures of one account or one name, as they are stored under `f/<id>`. Cleared by a success, a reset or an
/// administrator: the default value, which need not be stored.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Failures {
    /// Failures in a row since the last success.
    pub in_a_row: u32,
    /// The times of the failures of the last 24 hours, oldest first, at most the daily limit.
    pub recent: Vec<UnixTime>,
    /// Until when attempts are refused unseen.
    pub refused_until: Option<UnixTime>,
}

impl Failures {
    /// Whether an attempt at `now` may be verified at all. What is written in the future is settled first
    /// ([`Failures::anchored`]).
    pub fn admits(&self, now: UnixTime) -> bool {
        self.refused_until.is_none_or(|until| until <= now)
    }

    /// Returns these failures and one more at `now`; `None` if attempts are refused by then: an attempt that was under way
    /// when the wait began is refused as well, and does not count, neither for the wait nor for the day.
    pub fn failed(&self, now: UnixTime, settings: &ThrottleSettings) -> Option<Failures> {
        if !settings.enabled {
            return Some(self.clone());
        }
        let mut next = self.anchored(now).unwrap_or_else(|| self.clone());
        if !next.admits(now) {
            return None;
        }
        next.recent.retain(|at| now.since(*at) < DAY);
        if next.recent.is_empty() {
            // A day without failures begins a new row, as the record may be purged by then.
            next.in_a_row = 0;
        }
        next.recent.push(now);
        let surplus = next.recent.len().saturating_sub(settings.per_day.max(1));
        next.recent.drain(..surplus);
        next.in_a_row = next.in_a_row.saturating_add(1);
        next.refused_until = settings.wait(next.in_a_row).map(|wait| now.plus(wait));
        if next.recent.len() >= settings.per_day.max(1) {
            let room = next.recent.first().map(|oldest| oldest.plus(DAY));
            next.refused_until = next.refused_until.max(room);
        }
        Some(next)
    }

    /// What these failures become if the clock was set back, so that some of it lies in the future of `now`: all of it
    /// moved back until the newest failure is now. The wait starts again: it neither ends at once nor lasts until the
    /// clock has caught up. None: nothing to settle. Who gets `Some` stores it and goes on with it.
    pub fn anchored(&self, now: UnixTime) -> Option<Failures> {
        let newest = self.recent.iter().copied().max()?;
        let ahead = newest.since(now).as_millis() as u64;
        if ahead == 0 {
            return None;
        }
        let back = |at: UnixTime| UnixTime::from_millis(at.as_millis().saturating_sub(ahead));
        Some(Failures {
            in_a_row: self.in_a_row,
            recent: self.recent.iter().copied().map(back).collect(),
            refused_until: self.refused_until.map(back),
        })
    }

    /// Whether all of it is over at `now`, so that the record may be purged.
    pub fn is_over(&self, now: UnixTime) -> bool {
        self.anchored(now).is_none() && self.admits(now) && self.recent.iter().all(|at| now.since(*at) >= DAY)
    }
}

/// The window of the daily limit.
const DAY: Duration = Duration::from_secs(86_400);

#[cfg(test)]
mod tests;
