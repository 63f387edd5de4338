//! The keys of the outbox: its mails, when each is due, in [`OUTBOX_SHARDS`] places by time, and the order of an account's.

use super::{join, next, one};
use crate::domain::id::{Id, OpId};
use crate::domain::time::UnixTime;
use crate::store::view::Key;

/// The mail of the operation `op`.
pub fn mail_of(op: OpId) -> Key {
    join(b"Q", &op.0)
}

/// That the mail of the operation `op` is due at `due`.
pub fn outbox(due: UnixTime, op: OpId) -> Key {
    join(&outbox_from(op.0[0] % OUTBOX_SHARDS, due), &op.0)
}

/// Where the mails of a shard begin that are due at `due` or later.
pub fn outbox_from(shard: u8, due: UnixTime) -> Key {
    join(&[b'o', shard], &due.as_millis().to_be_bytes())
}

/// Where the mails of a shard go on behind the one of the operation `op` that is due at `due`.
pub fn outbox_behind(shard: u8, due: UnixTime, op: OpId) -> Key {
    next(&join(&outbox_from(shard, due), &op.0))
}

/// The place of the mail `op` among those of `account`.
pub fn mail_order(account: Id, queued_at: UnixTime, op: OpId) -> Key {
    join(&join(&mails_of(account), &queued_at.as_millis().to_be_bytes()), &op.0)
}

/// All mails of `account` that wait, oldest first; the operation is the end of each key.
pub fn mails_of(account: Id) -> Key {
    one(b'q', account)
}

/// How many places mails are queued in, as with the audit.
pub const OUTBOX_SHARDS: u8 = 16;
