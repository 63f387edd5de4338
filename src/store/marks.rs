//! Marks of mutating calls that were carried out, so that a call whose outcome was unknown can be made again.

use crate::domain::id::OpId;
use crate::domain::time::UnixTime;

use super::keys;
use super::records;
use super::view::{Stop, View};

/// Whether a mutating call has been carried out before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkSeen {
    /// It has: answer as before, change nothing.
    Before,
    /// It has not; it is marked now, if the rule says yes.
    Now,
}

/// Marks the call `op`, made at `now`. To be asked first in a rule that changes something.
pub fn mark<E>(view: &mut View<'_>, op: OpId, now: UnixTime) -> Result<MarkSeen, Stop<E>> {
    let key = keys::mark(op);
    if view.has(&key)? {
        return Ok(MarkSeen::Before);
    }
    view.put(key, records::encode_time(now));
    Ok(MarkSeen::Now)
}
