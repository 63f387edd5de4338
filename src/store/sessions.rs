//! The rules of the web pages' sessions. One lives as long as its account lists it, so that all of them end in one write.

use serde::{Deserialize, Serialize};

use super::keys;
use super::records::{self, StoredRecord};
use super::view::{Stop, View};
use crate::domain::id::Id;
use crate::domain::reset::TokenDigest;
use crate::domain::session::{Lifetime, MAX_SESSIONS, SEEN_EVERY, WebSession};
use crate::domain::time::UnixTime;

/// The sessions of an account, under `S/<account>`: the digests of their tokens and when they began, oldest first,
/// [`MAX_SESSIONS`] at most.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sessions(pub Vec<(TokenDigest, UnixTime)>);

/// Begins a session; where the account has [`MAX_SESSIONS`], the oldest ends.
pub fn begin<E>(view: &mut View<'_>, digest: TokenDigest, session: &WebSession) -> Result<(), Stop<E>> {
    let Sessions(mut held) = of_account(view, session.account)?;
    held.push((digest, session.began_at));
    held.sort_unstable_by_key(|(_, began_at)| *began_at);
    let surplus = held.len().saturating_sub(MAX_SESSIONS);
    for (oldest, _) in held.drain(..surplus) {
        view.delete(keys::session(oldest));
    }
    records::store(view, keys::session(digest), session);
    records::store(view, keys::sessions_of(session.account), &Sessions(held));
    Ok(())
}

/// The session of `digest`, if it is live at `now`. Whether its account may bind is not looked at. Reads only. Current.
pub fn live<E>(view: &mut View<'_>, digest: TokenDigest, lifetime: Lifetime, now: UnixTime) -> Result<Option<WebSession>, Stop<E>> {
    Ok(load(view, digest)?.filter(|session| session.is_live(lifetime, now)))
}

/// Writes down that somebody was there at `now`, if that is news.
pub fn seen<E>(view: &mut View<'_>, digest: TokenDigest, now: UnixTime) -> Result<(), Stop<E>> {
    if let Some(session) = load(view, digest)?.filter(|session| now.since(session.seen_at) >= SEEN_EVERY) {
        records::store(view, keys::session(digest), &WebSession { seen_at: now, ..session });
    }
    Ok(())
}

/// Ends one session.
pub fn end<E>(view: &mut View<'_>, digest: TokenDigest) -> Result<(), Stop<E>> {
    let Some(session) = load(view, digest)? else { return Ok(()) };
    let Sessions(mut held) = of_account(view, session.account)?;
    held.retain(|(other, _)| *other != digest);
    view.delete(keys::session(digest));
    records::store(view, keys::sessions_of(session.account), &Sessions(held));
    Ok(())
}

/// Ends all sessions of `account`.
pub fn end_all(view: &mut View<'_>, account: Id) {
    view.delete(keys::sessions_of(account));
}

impl Sessions {
    /// Whether none of them can be live any more at `now`, so that they may be purged.
    pub fn are_over(&self, lifetime: Lifetime, now: UnixTime) -> bool {
        self.0.iter().all(|(_, began_at)| now.since(*began_at) >= lifetime.absolute)
    }
}

/// The session of `digest`, if it has not been ended.
fn load<E>(view: &mut View<'_>, digest: TokenDigest) -> Result<Option<WebSession>, Stop<E>> {
    let Some(session): Option<WebSession> = records::load(view, &keys::session(digest))? else { return Ok(None) };
    let Sessions(held) = of_account(view, session.account)?;
    Ok(held.iter().any(|(other, _)| *other == digest).then_some(session))
}

fn of_account<E>(view: &mut View<'_>, account: Id) -> Result<Sessions, Stop<E>> {
    Ok(records::load(view, &keys::sessions_of(account))?.unwrap_or_default())
}

impl StoredRecord for Sessions {
    const NAME: &'static str = "sessions";
}
