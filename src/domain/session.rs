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
    /// Whether it has not run out at `now`. A clock that was set back does not lengthen it by more than the step.
    pub fn is_live(&self, lifetime: Lifetime, now: UnixTime) -> bool {
        now.since(self.began_at) < lifetime.absolute && now.since(self.seen_at) < lifetime.idle
    }
}

/// How old `seen_at` may get before it is written again.
pub const SEEN_EVERY: Duration = Duration::from_secs(60);

/// Sessions of one account; a further one ends the oldest.
pub const MAX_SESSIONS: usize = 8;
