//! The rules of the reset: grants, the generated password that is on its way, and how often either may be asked for.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::records::{self, Record};
use super::view::{Stop, View};
use super::{credentials, keys};
use crate::domain::credential::Credential;
use crate::domain::id::{Id, OpId};
use crate::domain::reset::{End, Generated, Limits, Purpose, ResetGrant, Standing, TokenDigest};
use crate::domain::time::UnixTime;

/// What is known of the resets of one account, under `T/<account>`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Resets {
    /// The grants that may still live, newest last.
    pub grants: Vec<TokenDigest>,
    /// When new passwords were asked for, as long as it counts.
    pub requests: Vec<UnixTime>,
}

/// A generated password on its way, under `P/<account>`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pending {
    /// The mail it is in.
    pub mail: OpId,
    /// What it is verified with.
    pub credential: Credential,
    /// What becomes of it once it is in force.
    pub generated: Generated,
}

/// Why a link does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum GrantError {
    /// There is no such grant, or it is for something else, or its account is gone or may not bind.
    #[error("this link is not known")]
    Unknown,
    /// It is over.
    #[error("this link has expired")]
    Expired,
    /// It ended before.
    #[error("this link has been used, replaced or taken back")]
    Ended(End),
}

/// Whether a request counts, or is one too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admitted {
    /// It counts, and has been counted.
    Yes,
    /// It is one too many; silent.
    No,
}

/// Counts a request for `account` at `now`, if it is not one too many.
pub fn admit_account<E>(view: &mut View<'_>, account: Id, limits: &Limits, now: UnixTime) -> Result<Admitted, Stop<E>> {
    todo!()
}

/// Counts a request from `source` (see [`keys::requests_from`]) at `now`, if it is not one too many.
pub fn admit_source<E>(view: &mut View<'_>, source: [u8; 16], limits: &Limits, now: UnixTime) -> Result<Admitted, Stop<E>> {
    todo!()
}

/// Stores a grant that was minted for a mail that is about to be sent. It works at once; the older ones end when the
/// relay has taken the mail ([`delivered`]).
pub fn mint<E>(view: &mut View<'_>, digest: TokenDigest, grant: &ResetGrant) -> Result<(), Stop<E>> {
    todo!()
}

/// The relay has taken the mail with these grants of `account`: they are valid until `expires_at`, all others are
/// superseded.
pub fn delivered<E>(view: &mut View<'_>, account: Id, digests: &[TokenDigest], expires_at: UnixTime) -> Result<(), Stop<E>> {
    todo!()
}

/// The grant of `digest`, if it lives at `now`, is for `purpose`, and its account may bind. Changes nothing. Current.
pub fn live<E: From<GrantError>>(view: &mut View<'_>, digest: TokenDigest, purpose: Purpose, now: UnixTime) -> Result<ResetGrant, Stop<E>> {
    todo!()
}

/// Uses up the grant of `digest`: gives whose it was. All other grants of the account end.
pub fn redeem<E: From<GrantError>>(view: &mut View<'_>, digest: TokenDigest, now: UnixTime) -> Result<Id, Stop<E>> {
    todo!()
}

/// Takes back what was asked for, by the grant of `digest` that is for that: all grants of the account end, and a
/// generated password that is on its way is dropped.
pub fn revoke<E: From<GrantError>>(view: &mut View<'_>, digest: TokenDigest, now: UnixTime) -> Result<Id, Stop<E>> {
    todo!()
}

/// Ends all grants of `account` as `how`, and drops a generated password that is on its way.
pub fn end_all<E>(view: &mut View<'_>, account: Id, how: End) -> Result<(), Stop<E>> {
    todo!()
}

/// The generated password of `account` that is on its way. Current.
pub fn pending<E>(view: &mut View<'_>, account: Id) -> Result<Option<Pending>, Stop<E>> {
    records::load(view, &keys::pending(account))
}

/// Keeps a generated password that is about to be mailed, in place of an earlier one.
pub fn pend<E>(view: &mut View<'_>, account: Id, pending: &Pending) -> Result<(), Stop<E>> {
    todo!()
}

/// Puts the generated password in force that is on its way in the mail `mail`, if it still is: gives whether it did.
/// It ends sessions and grants and clears the throttle, as every new password does.
pub fn activate<E: From<credentials::CredentialError>>(
    view: &mut View<'_>,
    account: Id,
    mail: OpId,
    now: UnixTime,
) -> Result<bool, Stop<E>> {
    todo!()
}
impl Record for Resets {
    const NAME: &'static str = "resets";
}

impl Record for Pending {
    const NAME: &'static str = "generated password";
}
