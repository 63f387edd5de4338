//! Mail addresses that people want their own accounts to have: they count once the link that was sent to the new one has
//! been confirmed. Not in charge of who may have which.

use serde::{Deserialize, Serialize};

use super::keys;
use super::records::{self, StoredRecord};
use super::view::{Stop, View};
use crate::domain::id::{Id, OpId};
use crate::domain::outbox::GIVE_UP_AFTER;
use crate::domain::reset::{LONGEST_TTL, ResetRequested, TokenDigest, Validity};
use crate::domain::time::UnixTime;

/// The addresses that an account is to have, under `v/<account>`: one at a time, the newest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingAddress {
    /// All that it is to have, as they were given.
    pub wanted: Vec<String>,
    /// The new one among them, which the link goes to.
    pub address: String,
    /// When and from where it was asked for.
    pub requested: ResetRequested,
    /// The mail with the link.
    pub mail: OpId,
    /// The digest of the token in the mail that was written last, and when it works.
    pub link: Option<(TokenDigest, Validity)>,
}

impl PendingAddress {
    /// Whether it waits for the link with this token at `now`.
    pub fn is_opened_by(&self, digest: TokenDigest, now: UnixTime) -> bool {
        self.link.is_some_and(|(held, valid)| held == digest && valid.holds(now))
    }

    /// Whether its link cannot work any more, so that it may be purged.
    pub fn is_over(&self, now: UnixTime) -> bool {
        now.since(self.requested.at) >= GIVE_UP_AFTER + LONGEST_TTL
    }
}

/// What the account `id` waits for. Current.
pub fn load<E>(view: &mut View<'_>, id: Id) -> Result<Option<PendingAddress>, Stop<E>> {
    records::load(view, &keys::pending_address(id))
}

/// Has the account `id` wait for `pending`, in place of anything it waited for.
pub fn store(view: &mut View<'_>, id: Id, pending: &PendingAddress) {
    records::store(view, keys::pending_address(id), pending);
}

/// The account `id` waits for nothing any more.
pub fn end(view: &mut View<'_>, id: Id) {
    view.delete(keys::pending_address(id));
}

/// The mail with the link for the account `id` is about to be sent, with the token of `digest`: earlier ones of it are
/// worth nothing. Gives what it is for; none if that is not awaited any more.
pub fn mint<E>(view: &mut View<'_>, id: Id, mail: OpId, digest: TokenDigest, valid: Validity) -> Result<Option<PendingAddress>, Stop<E>> {
    let Some(pending) = load(view, id)?.filter(|pending| pending.mail == mail) else { return Ok(None) };
    let pending = PendingAddress { link: Some((digest, valid)), ..pending };
    store(view, id, &pending);
    Ok(Some(pending))
}

/// The relay has taken `mail`: its link is `valid` from now on.
pub fn delivered<E>(view: &mut View<'_>, id: Id, mail: OpId, valid: Validity) -> Result<(), Stop<E>> {
    if let Some(pending) = load(view, id)?.filter(|pending| pending.mail == mail)
        && let Some((digest, _)) = pending.link
    {
        store(view, id, &PendingAddress { link: Some((digest, valid)), ..pending });
    }
    Ok(())
}

impl StoredRecord for PendingAddress {
    const NAME: &'static str = "pending address";
}
