//! The cookie of a paged search (RFC 2696): which entry was given last, and a fingerprint of the search it belongs to.
//!
//! It is not secret and not signed: a client that makes one up reaches another place in a search of its own, and every
//! entry is checked against what it may see all the same. It names no entry but one that was given.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::{SearchError, SearchPosition, SearchRequest};
use crate::directory::Caller;
use crate::domain::id::Id;

/// Where the cookie of `request` says that it goes on; the start if there is none.
pub(super) fn position(caller: &Caller, request: &SearchRequest) -> Result<SearchPosition, SearchError> {
    if request.cookie.is_empty() {
        return Ok(SearchPosition::default());
    }
    let cookie: &[u8; LENGTH] = request.cookie.as_slice().try_into().map_err(|_| SearchError::BadCookie)?;
    let number = |at: usize| u64::from_be_bytes(std::array::from_fn(|byte| cookie[at + byte]));
    if number(0) != fingerprint(caller, request) {
        return Err(SearchError::BadCookie);
    }
    let after = (cookie[9] == 1).then(|| Id(number(10)));
    let given = u32::from_be_bytes(std::array::from_fn(|byte| cookie[18 + byte]));
    Ok(SearchPosition { stage: cookie[8], after, given })
}

/// The cookie with which `request` goes on from `position`.
pub(super) fn write(caller: &Caller, request: &SearchRequest, position: SearchPosition) -> Vec<u8> {
    let mut cookie = Vec::with_capacity(LENGTH);
    cookie.extend(fingerprint(caller, request).to_be_bytes());
    cookie.push(position.stage);
    cookie.push(u8::from(position.after.is_some()));
    cookie.extend(position.after.unwrap_or(Id(0)).to_bytes());
    cookie.extend(position.given.to_be_bytes());
    cookie
}

/// RFC 2696 §3: everything but the page size stays the same from page to page.
fn fingerprint(caller: &Caller, request: &SearchRequest) -> u64 {
    let mut hasher = DefaultHasher::new();
    format!("{:?}", caller.actor).hash(&mut hasher);
    request.base.hash(&mut hasher);
    request.scope.hash(&mut hasher);
    format!("{:?}", request.filter).hash(&mut hasher);
    hasher.finish()
}

/// Fingerprint, stage, whether there is an id, id, entries given.
const LENGTH: usize = 8 + 1 + 1 + 8 + 4;
