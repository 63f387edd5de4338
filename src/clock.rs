//! The only place that asks the system what time it is. Everything else is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::domain::time::UnixTime;

/// Where the time comes from: the system, or a hand that a test moves.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The system's clock.
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
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
                UnixTime::from_millis(since.as_millis() as u64)
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
