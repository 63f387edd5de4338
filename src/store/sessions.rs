//! The rules of the web pages' sessions.

use super::view::{Stop, View};
use super::{keys, records};
use crate::domain::id::Id;
use crate::domain::reset::TokenDigest;
use crate::domain::session::{Lifetime, MAX_SESSIONS, SEEN_EVERY, WebSession};
use crate::domain::time::UnixTime;

/// Begins a session; where the account has [`MAX_SESSIONS`], the oldest ends.
pub fn begin<E>(view: &mut View<'_>, digest: TokenDigest, session: &WebSession) -> Result<(), Stop<E>> {
    let mut held = of_account(view, session.account)?;
    held.sort_unstable_by_key(|(_, began_at)| *began_at);
    let surplus = (held.len() + 1).saturating_sub(MAX_SESSIONS);
    for (oldest, _) in held.into_iter().take(surplus) {
        forget(view, session.account, oldest);
    }
    records::store(view, keys::session(digest), session);
    view.put(keys::session_of(session.account, digest), records::encode_time(session.began_at));
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
    if let Some(session) = load(view, digest)? {
        forget(view, session.account, digest);
    }
    Ok(())
}

/// Ends all sessions of `account`.
pub fn end_all<E>(view: &mut View<'_>, account: Id) -> Result<(), Stop<E>> {
    for (digest, _) in of_account(view, account)? {
        forget(view, account, digest);
    }
    Ok(())
}

fn load<E>(view: &mut View<'_>, digest: TokenDigest) -> Result<Option<WebSession>, Stop<E>> {
    records::load(view, &keys::session(digest))
}

/// The sessions of `account`, and when they began.
fn of_account<E>(view: &mut View<'_>, account: Id) -> Result<Vec<(TokenDigest, UnixTime)>, Stop<E>> {
    let (from, to) = keys::range(&keys::sessions_of(account));
    view.scan(&from, &to, MAX_SESSIONS)?
        .into_iter()
        .filter_map(|(key, value)| Some((keys::last_digest(&key)?, value)))
        .map(|(digest, value)| Ok((digest, records::decode_time(&value)?)))
        .collect()
}

fn forget(view: &mut View<'_>, account: Id, digest: TokenDigest) {
    view.delete(keys::session(digest));
    view.delete(keys::session_of(account, digest));
}
