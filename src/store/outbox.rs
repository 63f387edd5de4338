//! The rules of the outbox. A mail lies under the time when it is due; taking it moves that time behind a lease, so that
//! it comes up again if whoever took it dies. One account's mails go out in the order they were queued.

use thiserror::Error;

use super::keys;
use super::view::{Stop, View};
use crate::domain::id::{Id, OpId};
use crate::domain::outbox::OutboxMail;
use crate::domain::time::UnixTime;

/// A mail in the outbox, and where it lies.
#[derive(Clone, Debug, PartialEq)]
pub struct Queued {
    /// Its name.
    pub op: OpId,
    /// When it is to be tried; [`NEVER`] if it was given up.
    pub due: UnixTime,
    /// The mail.
    pub mail: OutboxMail,
}

/// Why a mail is not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum OutboxError {
    /// It has been sent or dropped, or somebody else has it now.
    #[error("this mail is not in the queue any more")]
    Gone,
}

/// Queues `mail` under the name `op`, due at once.
pub fn put<E>(view: &mut View<'_>, op: OpId, mail: &OutboxMail) -> Result<(), Stop<E>> {
    todo!()
}

/// The first mails that are due at `now` and at the head of their accounts' order, `limit` at most, and when the next
/// one is due if there are no more. Reads only. Current.
pub fn due<E>(view: &mut View<'_>, now: UnixTime, limit: usize) -> Result<(Vec<Queued>, Option<UnixTime>), Stop<E>> {
    todo!()
}

/// Takes `queued` until `lease_until`: gives it as it lies now. Refuses if it is not where it was.
pub fn lease<E: From<OutboxError>>(view: &mut View<'_>, queued: &Queued, lease_until: UnixTime) -> Result<Queued, Stop<E>> {
    todo!()
}

/// Whether `queued` still is where it was: whoever took it may go on with it. Current.
pub fn holds<E>(view: &mut View<'_>, queued: &Queued) -> Result<bool, Stop<E>> {
    todo!()
}

/// The mails that wait and are ordered under `account`, oldest first, without those given up; `limit` at most. Current.
pub fn of_account<E>(view: &mut View<'_>, account: Id, limit: usize) -> Result<Vec<Queued>, Stop<E>> {
    todo!()
}

/// Tries `queued` again at `due` ([`NEVER`]: gives it up), with one attempt more and the reason.
pub fn postpone<E: From<OutboxError>>(view: &mut View<'_>, queued: &Queued, due: UnixTime, fault: &str) -> Result<(), Stop<E>> {
    todo!()
}

/// Removes `queued`: it has been sent, or is not to be sent any more.
pub fn remove<E>(view: &mut View<'_>, queued: &Queued) -> Result<(), Stop<E>> {
    todo!()
}

/// The mails of the queue in the order they are due, those given up last, behind `after`; `limit` at most. Current.
pub fn page<E>(view: &mut View<'_>, after: Option<(UnixTime, OpId)>, limit: usize) -> Result<Vec<Queued>, Stop<E>> {
    todo!()
}

/// Where the mail `op` lies, if it is in the queue; looks through it. Current.
pub fn find<E>(view: &mut View<'_>, op: OpId) -> Result<Option<Queued>, Stop<E>> {
    todo!()
}

/// When a mail is due that was given up: it waits for an administrator.
pub const NEVER: UnixTime = UnixTime::from_millis(u64::MAX);
