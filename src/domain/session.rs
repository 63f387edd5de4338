//! Sessions of the web pages: how long they last. Stored under the digest of their token, like a reset grant.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::id::Id;
use super::time::UnixTime;

/// Somebody who has signed in on the pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebSession {
    /// Who.
    pub account: Id,
    /// When they signed in.
    pub began_at: UnixTime,
    /// When they were last there; written at most once in [`SEEN_EVERY`].
    pub seen_at: UnixTime,
}

/// How long sessions last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime {
    /// Without a request.
    pub idle: Duration,
    /// In all.
    pub absolute: Duration,
}

impl Default for Lifetime {
    fn default() -> Lifetime {
        Lifetime { idle: Duration::from_secs(15 * 60), absolute: Duration::from_secs(8 * 3600) }
    }
}

impl WebSession {
    /// Whether it has not run out at `now`. A clock that was set back behind what is written here ends it: it would last
    /// longer otherwise.
    pub fn is_live(&self, lifetime: Lifetime, now: UnixTime) -> bool {
        !self.seen_at.is_ahead_of(now) && now.since(self.began_at) < lifetime.absolute && now.since(self.seen_at) < lifetime.idle
    }
}

/// How old `seen_at` may get before it is written again.
pub const SEEN_EVERY: Duration = Duration::from_secs(60);

/// Sessions of one account; a further one ends the oldest.
pub const MAX_SESSIONS: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_runs_out_idle_or_old_or_when_the_clock_is_set_back() {
        const START: u64 = 1_795_338_000;
        let minutes = |minutes: i64| UnixTime::from_secs(START.wrapping_add_signed(minutes * 60));
        for (seen, now, live) in [
            (0, 0, true),
            (0, 14, true),
            (0, 15, false),
            (470, 479, true),
            (470, 480, false),
            (470, 485, false),
            (10, 9, true),
            (10, 8, false),
            (0, -60, false),
        ] {
            let session = WebSession { account: Id(1), began_at: minutes(0), seen_at: minutes(seen) };
            assert_eq!(session.is_live(Lifetime::default(), minutes(now)), live, "seen {seen}, now {now}");
        }
    }
}
