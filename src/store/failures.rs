//! Failed binds, counted under `f/<id>`: a rule a failure, answered when it is on disk. Those that come together share
//! one commit, as all rules do. When attempts are refused is the throttle's matter.

use super::view::{Stop, View};
use super::{keys, records};
use crate::domain::id::Id;
use crate::domain::throttle::{Failures, ThrottleSettings};
use crate::domain::time::UnixTime;

/// The failures of `id`; none if it is clean. Current.
pub fn load<E>(view: &mut View<'_>, id: Id) -> Result<Option<Failures>, Stop<E>> {
    records::load(view, &keys::failures(id))
}

/// Settles what a clock that was set back has left in the future of `now`, and gives back what holds then.
pub fn settle<E>(view: &mut View<'_>, id: Id, now: UnixTime) -> Result<Option<Failures>, Stop<E>> {
    let held = load(view, id)?;
    let Some(anchored) = held.as_ref().and_then(|failures| failures.anchored(now)) else { return Ok(held) };
    records::store(view, keys::failures(id), &anchored);
    Ok(Some(anchored))
}

/// What has become of an attempt when its verdict is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptOutcome {
    /// The verdict stands.
    Stands,
    /// Attempts are refused by now, and so is this one, right or wrong: nothing has changed.
    Refused,
}

/// Counts a failure of `id` at `now`, unless attempts are refused by then. However many attempts were verified at once,
/// no more of them are told that they are wrong than the settings allow.
pub fn count<E>(view: &mut View<'_>, id: Id, now: UnixTime, settings: &ThrottleSettings) -> Result<AttemptOutcome, Stop<E>> {
    let Some(failures) = load(view, id)?.unwrap_or_default().failed(now, settings) else { return Ok(AttemptOutcome::Refused) };
    records::store(view, keys::failures(id), &failures);
    Ok(AttemptOutcome::Stands)
}

/// What becomes of a right verdict at `now`; changes nothing.
pub fn verdict<E>(view: &mut View<'_>, id: Id, now: UnixTime) -> Result<AttemptOutcome, Stop<E>> {
    let refused = load(view, id)?.is_some_and(|failures| !failures.admits(now));
    Ok(if refused { AttemptOutcome::Refused } else { AttemptOutcome::Stands })
}

/// Forgets the failures of `id` because of a success at `now`, unless attempts are refused by then.
pub fn forgive<E>(view: &mut View<'_>, id: Id, now: UnixTime) -> Result<AttemptOutcome, Stop<E>> {
    let verdict = verdict(view, id, now)?;
    if verdict == AttemptOutcome::Stands {
        clear(view, id)?;
    }
    Ok(verdict)
}

/// Forgets the failures of `id`.
pub fn clear<E>(view: &mut View<'_>, id: Id) -> Result<(), Stop<E>> {
    view.delete(keys::failures(id));
    Ok(())
}

/// The key by which names that nobody has are spread over failure slots: `fresh` if the store has none yet.
pub fn slot_key<E>(view: &mut View<'_>, fresh: [u8; 32]) -> Result<[u8; 32], Stop<E>> {
    let key = keys::meta("slot_key");
    if let Some(held) = view.get(&key)?.and_then(|held| held.try_into().ok()) {
        return Ok(held);
    }
    view.put(key, fresh.to_vec());
    Ok(fresh)
}
