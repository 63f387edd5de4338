//! How often something was asked for lately, and whether that was one too many.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::time::UnixTime;

/// Whether a request counts, or is one too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateVerdict {
    /// It counts, and has been counted.
    Yes,
    /// It is one too many; silent.
    No,
}

/// How often something may be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// How many times within the window.
    pub most: usize,
    /// The window; [`LONGEST_WINDOW`] at most.
    pub window: Duration,
    /// The least time between two of them.
    pub apart: Duration,
}

/// When something was asked for, as long as it counts: at most [`EXACT`] entries, however often that was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    /// Oldest first.
    counts: Vec<RequestCount>,
}

/// So many requests, the last of them at that time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct RequestCount {
    last: UnixTime,
    times: u32,
}

impl Rate {
    /// Counts a request at `now`, unless it is one too many.
    pub fn ask(&mut self, allowance: &Allowance, now: UnixTime) -> RateVerdict {
        self.settle(now);
        self.counts.retain(|count| now.since(count.last) < allowance.window);
        let asked: u64 = self.counts.iter().map(|count| u64::from(count.times)).sum();
        let too_soon = self.counts.last().is_some_and(|count| now.since(count.last) < allowance.apart);
        if too_soon || asked >= allowance.most as u64 {
            return RateVerdict::No;
        }
        self.count(allowance, now);
        RateVerdict::Yes
    }

    /// Whether none of it can count any more at `now`. What lies as far in the future was written by a clock that was
    /// wrong.
    pub fn is_over(&self, now: UnixTime) -> bool {
        self.counts.iter().all(|count| now.since(count.last) >= LONGEST_WINDOW || count.last.since(now) >= LONGEST_WINDOW)
    }

    /// Each request for itself where few are allowed; otherwise those of the same part of the window together, as of the
    /// last one.
    fn count(&mut self, allowance: &Allowance, now: UnixTime) {
        let part = if allowance.most <= EXACT { 1 } else { allowance.window.as_millis() as u64 / PARTS }.max(1);
        match self.counts.last_mut() {
            Some(count) if count.last.as_millis() / part == now.as_millis() / part => {
                *count = RequestCount { last: now, times: count.times.saturating_add(1) };
            }
            _ => self.counts.push(RequestCount { last: now, times: 1 }),
        }
    }

    /// Where the clock was set back, the newest request was now, and the others as long before it as they were: neither
    /// is the allowance had twice, nor does it last until the clock has caught up.
    fn settle(&mut self, now: UnixTime) {
        let ahead = self.counts.last().map_or(Duration::ZERO, |count| count.last.since(now)).as_millis() as u64;
        for count in &mut self.counts {
            count.last = UnixTime::from_millis(count.last.as_millis().saturating_sub(ahead));
        }
    }
}

/// The longest window there is.
pub const LONGEST_WINDOW: Duration = Duration::from_secs(86_400);

/// Up to how many requests each is kept for itself.
const EXACT: usize = 32;

/// The parts of a window in which more requests are kept together.
const PARTS: u64 = 16;

#[cfg(test)]
mod tests {
    use super::*;

    const START: u64 = 1_795_338_000;

    fn allowance(most: usize, window: u64, apart: u64) -> Allowance {
        Allowance { most, window: Duration::from_secs(window), apart: Duration::from_secs(apart) }
    }

    #[test]
    fn requests_are_admitted_within_the_allowance() {
        let (hour, ten_minutes) = (allowance(3, 3600, 120), allowance(2, 600, 0));
        for (allowance, asked) in [
            (hour, &[(0, true), (60, false), (119, false), (120, true), (240, true), (360, false), (3599, false), (3600, true)][..]),
            // What was refused does not count.
            (hour, &[(0, true), (1, false), (2, false), (120, true), (121, false), (240, true)]),
            (hour, &[(0, true), (3700, true), (7299, true), (7300, false)]),
            (ten_minutes, &[(0, true), (0, true), (0, false), (599, false), (600, true), (600, true), (601, false)]),
            // The clock is set back: the newest request was just now.
            (hour, &[(5000, true), (0, false), (119, false), (120, true), (240, true), (400, false), (3600, true)]),
            (allowance(0, 3600, 0), &[(0, false), (9999, false)]),
        ] {
            let mut rate = Rate::default();
            for (second, admitted) in asked {
                let expected = if *admitted { RateVerdict::Yes } else { RateVerdict::No };
                assert_eq!(rate.ask(&allowance, UnixTime::from_secs(START + second)), expected, "{asked:?} at {second}");
            }
        }
    }

    #[test]
    fn many_requests_are_counted_in_little_room() {
        let everybody = allowance(1000, 3600, 0);
        let mut rate = Rate::default();
        let mut admitted = Vec::new();
        for second in 0..3 * 3600 {
            for _ in 0..2 {
                if rate.ask(&everybody, UnixTime::from_secs(START + second)) == RateVerdict::Yes {
                    admitted.push(second);
                }
            }
            assert!(rate.counts.len() <= PARTS as usize + 1);
        }
        let most = admitted.iter().map(|from| admitted.iter().filter(|at| (*from..from + 3600).contains(*at)).count()).max();
        assert_eq!(most, Some(1000), "in any hour");
        assert!(admitted.len() >= 2500, "{} in three hours", admitted.len());
    }

    #[test]
    fn what_cannot_count_any_more_is_over() {
        let mut rate = Rate::default();
        assert!(rate.is_over(UnixTime::from_secs(START)));
        rate.ask(&allowance(3, 3600, 0), UnixTime::from_secs(START));
        for (at, over) in [(0, true), (START, false), (START - 3600, false), (START + 86_399, false), (START + 86_400, true)] {
            assert_eq!(rate.is_over(UnixTime::from_secs(at)), over, "{at}");
        }
    }
}
