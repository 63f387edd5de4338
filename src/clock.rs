//! The only place that asks the system what time it is. Everything else is told.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::domain::time::UnixTime;

/// Where the time comes from: the system, or a hand that a test moves.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The system's clock, as far as it goes forward: see [`steady`].
    #[default]
    System,
    /// A clock that stands still until [`Clock::advance`] moves it; milliseconds since the epoch.
    Manual(Arc<AtomicU64>),
}

impl Clock {
    /// A clock that stands at `start` until it is moved.
    pub fn manual(start: UnixTime) -> Clock {
        Clock::Manual(Arc::new(AtomicU64::new(start.as_millis())))
    }

    /// The present time. A system clock set before 1970 reads as the epoch.
    pub fn now(&self) -> UnixTime {
        match self {
            Clock::System => {
                let set_to = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
                steady(&LEAD, set_to, BEGUN.get_or_init(Instant::now).elapsed())
            }
            Clock::Manual(millis) => UnixTime::from_millis(millis.load(Ordering::SeqCst)),
        }
    }

    /// Moves a manual clock forward by `step`; the system's clock is left alone.
    pub fn advance(&self, step: Duration) {
        if let Clock::Manual(millis) = self {
            millis.fetch_add(step.as_millis() as u64, Ordering::SeqCst);
        }
    }
}

/// The time on a clock that is `set_to` this after the process has run for `running`. A clock that is set back would
/// lengthen whatever lasts for a while, a link above all: a step of up to a day is not followed, and the time goes on from
/// where it was; `lead` keeps by how much it is ahead of `running`. A clock that was further ahead was wrong: then it is.
fn steady(lead: &AtomicU64, set_to: Duration, running: Duration) -> UnixTime {
    let (set_to, running) = (set_to.as_millis() as u64, running.as_millis() as u64);
    let (now, before) = (set_to.saturating_sub(running), lead.load(Ordering::Relaxed));
    if now > before || before - now > MOST_SET_BACK {
        // Of two threads that find this at once either is right.
        lead.store(now, Ordering::Relaxed);
        return UnixTime::from_millis(set_to);
    }
    UnixTime::from_millis(before + running)
}

/// When the process first asked for the time.
static BEGUN: OnceLock<Instant> = OnceLock::new();
/// What [`steady`] keeps of the system's clock, in milliseconds.
static LEAD: AtomicU64 = AtomicU64::new(0);

/// Milliseconds of a step that is not followed: links that last longer than a day are invitations.
const MOST_SET_BACK: u64 = 24 * 3600 * 1000;

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of a clock that is moved by these minutes before it is looked at, ten minutes after the last time.
    fn walk<const N: usize>(moved: [i64; N]) -> [u64; N] {
        const START: u64 = 1_795_338_000;
        let (lead, mut set_to, mut running) = (AtomicU64::new(0), START, 0);
        moved.map(|minutes| {
            set_to = (set_to + 600).wrapping_add_signed(minutes * 60);
            running += 600;
            let said = steady(&lead, Duration::from_secs(set_to), Duration::from_secs(running));
            (said.as_secs() - START) / 60
        })
    }

    #[test]
    fn an_hour_lasts_an_hour_however_the_clock_is_set() {
        assert_eq!(walk([0, 0, 0]), [10, 20, 30]);
        assert_eq!(walk([0, 0, -15, 0, -3]), [10, 20, 30, 40, 50], "back");
        assert_eq!(walk([0, 45, 0]), [10, 65, 75], "on");
        assert_eq!(walk([0, -15, 20, 0]), [10, 20, 35, 45], "back and further on");
    }

    #[test]
    fn a_clock_that_was_days_ahead_is_believed_when_it_is_right_again() {
        const DAY: i64 = 24 * 60;
        assert_eq!(walk([3 * DAY, -3 * DAY, 0]), [3 * 1440 + 10, 20, 30]);
    }
}
