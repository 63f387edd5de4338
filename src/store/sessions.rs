//! The rules of the web pages' sessions.

use super::keys;
use super::view::{Stop, View};
use crate::domain::id::Id;
use crate::domain::reset::TokenDigest;
use crate::domain::session::{Lifetime, WebSession};
use crate::domain::time::UnixTime;

/// Begins a session; where the account has [`crate::domain::session::MAX_SESSIONS`], the oldest ends.
pub fn begin<E>(view: &mut View<'_>, digest: TokenDigest, session: &WebSession) -> Result<(), Stop<E>> {
    todo!()
}

/// The session of `digest`, if it is live at `now`. Reads only. Current.
pub fn live<E>(view: &mut View<'_>, digest: TokenDigest, lifetime: Lifetime, now: UnixTime) -> Result<Option<WebSession>, Stop<E>> {
    todo!()
}

/// Writes down that somebody was there at `now`.
pub fn seen<E>(view: &mut View<'_>, digest: TokenDigest, now: UnixTime) -> Result<(), Stop<E>> {
    todo!()
}

/// Ends one session.
pub fn end<E>(view: &mut View<'_>, digest: TokenDigest) -> Result<(), Stop<E>> {
    todo!()
}

/// Ends all sessions of `account`.
pub fn end_all<E>(view: &mut View<'_>, account: Id) -> Result<(), Stop<E>> {
    todo!()
}
