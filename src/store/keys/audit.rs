//! The keys of the audit: its rows, in [`AUDIT_SHARDS`] places by time, and the index that tells each one's story.

use super::{join, next, one};
use crate::domain::audit::Class;
use crate::domain::id::{Id, OpId};
use crate::domain::time::UnixTime;
use crate::store::view::Key;

/// An audit row of the operation `op`, written at `at`.
pub fn audit(at: UnixTime, op: OpId) -> Key {
    join(&audit_from(op.0[0] % AUDIT_SHARDS, at), &op.0)
}

/// The audit rows of a shard behind those that were written up to `at` and `op`.
pub fn audit_behind(shard: u8, at: UnixTime, op: OpId) -> Key {
    next(&Lane::Shard(shard).at(at, op))
}

/// Where the audit rows of a shard begin that were written at `at` or later.
pub fn audit_from(shard: u8, at: UnixTime) -> Key {
    Lane::Shard(shard).from(at)
}

/// That the row of this time and operation is about `id`; or about [`EVERYBODY`], if it is a change.
pub fn story(id: Id, class: Class, at: UnixTime, op: OpId) -> Key {
    Lane::Story(id, class).at(at, op)
}

/// The operation in the key of an audit row, of the index of the audit, or of a mail.
pub fn audit_op(key: &[u8]) -> Option<OpId> {
    key.last_chunk::<16>().map(|op| OpId(*op))
}

/// The time in the key of an audit row, of the index of the audit, or of a mail.
pub fn audit_time(key: &[u8]) -> Option<UnixTime> {
    let (time, _op) = key.last_chunk::<24>()?.split_at(8);
    time.try_into().ok().map(|time| UnixTime::from_millis(u64::from_be_bytes(time)))
}

/// Keys that lie in the order of their times, and below a prefix of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// A shard of the rows.
    Shard(u8),
    /// Of the index: what of one class is about one account, service, group or team.
    Story(Id, Class),
}

impl Lane {
    /// Where its keys begin that were written at `at` or later.
    pub fn from(self, at: UnixTime) -> Key {
        join(&self.prefix(), &at.as_millis().to_be_bytes())
    }

    /// The key of this time and operation.
    pub fn at(self, at: UnixTime, op: OpId) -> Key {
        join(&self.from(at), &op.0)
    }

    fn prefix(self) -> Key {
        match self {
            Lane::Shard(shard) => vec![b'l', shard],
            Lane::Story(id, Class::Access) => join(&one(b'L', id), b"a"),
            Lane::Story(id, Class::Refusal) => join(&one(b'L', id), b"r"),
            Lane::Story(id, Class::Change) => join(&one(b'L', id), b"c"),
        }
    }
}

/// How many places the audit is written to, so that a database over several machines does not write it to one alone.
pub const AUDIT_SHARDS: u8 = 16;

/// Under whom every change is found, whoever it is about: an id that is never drawn.
pub const EVERYBODY: Id = Id(0);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_and_operation_come_out_as_they_went_in() {
        let (at, op) = (UnixTime::from_secs(9), OpId([0xFE; 16]));
        for key in [audit(at, op), story(Id(7), Class::Access, at, op), story(EVERYBODY, Class::Change, at, op)] {
            assert_eq!((audit_time(&key), audit_op(&key)), (Some(at), Some(op)));
        }
        assert_eq!((audit_time(b"l"), audit_op(b"l")), (None, None));
    }

    #[test]
    fn the_keys_of_a_lane_lie_in_the_order_of_their_times() {
        for lane in [Lane::Shard(3), Lane::Story(Id(u64::MAX), Class::Refusal)] {
            let at = |secs| lane.at(UnixTime::from_secs(secs), OpId([7; 16]));
            assert!(at(1) < at(300) && lane.from(UnixTime::from_secs(2)) > at(1) && lane.from(UnixTime::from_secs(300)) < at(300));
        }
    }
}
