//! The rules of the reset: grants, the generated password that is on its way, and how often either may be asked for.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::records::{self, StoredRecord};
use super::view::{Key, Stop, View};
use super::{keys, lookup, outbox};
use crate::domain::caller::Source;
use crate::domain::credential::Credential;
use crate::domain::id::{Id, OpId};
use crate::domain::reset::{
    Allowance, Generated, GrantEnd, LinkGrants, Purpose, Rate, RateVerdict, ResetGrant, ResetLimits, Resets, Standing, TokenDigest,
    Validity, network,
};
use crate::domain::time::UnixTime;

/// A generated password on its way, under `P/<account>`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pending {
    /// The mail it is in.
    pub mail: OpId,
    /// What it is verified with; `set_at` says when it was generated, and it is good for ever until it is in force.
    pub credential: Credential,
    /// What becomes of it once it is in force.
    pub generated: Generated,
}

impl Pending {
    /// Whether its mail cannot be on its way any more, so that it may be purged.
    pub fn is_over(&self, now: UnixTime) -> bool {
        now.since(self.credential.set_at) >= PENDING_KEPT
    }
}

/// A grant that lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Live {
    /// Whose password.
    pub account: Id,
    /// Where its link was mailed to.
    pub address: String,
    /// Until when it works.
    pub expires_at: UnixTime,
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
    Ended(GrantEnd),
}

/// Counts a request for `account` at `now`, if it is not one too many.
pub fn admit_account<E>(view: &mut View<'_>, account: Id, limits: &ResetLimits, now: UnixTime) -> Result<RateVerdict, Stop<E>> {
    let resets = load(view, account)?;
    let mut asked = resets.asked.clone();
    let admitted = asked.ask(&limits.of_account(), now);
    if asked != resets.asked {
        records::store(view, keys::resets(account), &Resets { asked, ..resets });
    }
    Ok(admitted)
}

/// Counts a request from the network of `source` at `now`, if it is not one too many.
pub fn admit_source<E>(view: &mut View<'_>, source: Source, limits: &ResetLimits, now: UnixTime) -> Result<RateVerdict, Stop<E>> {
    admit(view, keys::requests_from(network(source)), &limits.of_source(), now)
}

/// Counts a mail with links at `now`, if it is not one too many for everybody together.
pub fn admit_total<E>(view: &mut View<'_>, limits: &ResetLimits, now: UnixTime) -> Result<RateVerdict, Stop<E>> {
    admit(view, keys::meta(TOTAL_KEY), &limits.of_everybody(), now)
}

/// Stores the grants of a link that was minted for a mail that is about to be sent to an address. They work at once; the
/// older ones end when the relay has taken the mail ([`delivered`]).
pub fn mint<E>(view: &mut View<'_>, account: Id, address: &str, link: LinkGrants, now: UnixTime) -> Result<(), Stop<E>> {
    for (digest, purpose) in link.digests.each() {
        let grant = ResetGrant { account, purpose, address: address.to_owned(), minted_at: now, end: None };
        records::store(view, keys::grant(digest), &grant);
    }
    let mut resets = load(view, account)?;
    resets.mint(link);
    records::store(view, keys::resets(account), &resets);
    Ok(())
}

/// The relay has taken `mail`: the link that was minted last for it and `account` is `valid` from now on, and the only
/// one. Nothing happens if it has ended meanwhile.
pub fn delivered<E>(view: &mut View<'_>, account: Id, mail: OpId, valid: Validity) -> Result<(), Stop<E>> {
    let mut resets = load(view, account)?;
    if resets.deliver(mail, valid) {
        records::store(view, keys::resets(account), &resets);
    }
    Ok(())
}

/// The grant of `digest`, if it lives at `now`, is for `purpose`, and its account may bind. Changes nothing. Current.
pub fn live<E: From<GrantError>>(view: &mut View<'_>, digest: TokenDigest, purpose: Purpose, now: UnixTime) -> Result<Live, Stop<E>> {
    let grant = load_grant(view, digest)?.filter(|grant| grant.purpose == purpose).ok_or_else(|| refuse(GrantError::Unknown))?;
    if !lookup::account(view, grant.account)?.is_some_and(|account| account.is_usable(now)) {
        return Err(refuse(GrantError::Unknown));
    }
    match load(view, grant.account)?.standing(digest, &grant, now) {
        Standing::Live(expires_at) => Ok(Live { account: grant.account, address: grant.address, expires_at }),
        Standing::Expired => Err(refuse(GrantError::Expired)),
        Standing::Ended(end) => Err(refuse(GrantError::Ended(end))),
    }
}

/// Uses up the grant of `digest`: gives whose it was. All other grants of the account end.
pub fn redeem<E: From<GrantError>>(view: &mut View<'_>, digest: TokenDigest, now: UnixTime) -> Result<Id, Stop<E>> {
    let account = live(view, digest, Purpose::Reset, now)?.account;
    mark_ended(view, digest, GrantEnd::Redeemed)?;
    end_links(view, account)?;
    Ok(account)
}

/// Takes back what was asked for, by the grant of `digest` that is for that: all grants of the account end, and a
/// generated password that is on its way is dropped, with its mail.
pub fn revoke<E: From<GrantError>>(view: &mut View<'_>, digest: TokenDigest, now: UnixTime) -> Result<Id, Stop<E>> {
    let account = live(view, digest, Purpose::Revoke, now)?.account;
    for link in end_links(view, account)? {
        for (digest, _) in link.digests.each() {
            mark_ended(view, digest, GrantEnd::Revoked)?;
        }
    }
    view.delete(keys::pending(account));
    outbox::withdraw_generated(view, account)?;
    Ok(account)
}

/// Supersedes all grants of `account`, and drops a generated password that is on its way.
pub fn end_all<E>(view: &mut View<'_>, account: Id) -> Result<(), Stop<E>> {
    end_links(view, account)?;
    view.delete(keys::pending(account));
    Ok(())
}

/// The generated password of `account` that is on its way. Current.
pub fn pending<E>(view: &mut View<'_>, account: Id) -> Result<Option<Pending>, Stop<E>> {
    records::load(view, &keys::pending(account))
}

/// Keeps a generated password that is about to be mailed, in place of an earlier one.
pub fn pend(view: &mut View<'_>, account: Id, pending: &Pending) {
    records::store(view, keys::pending(account), pending);
}

/// Counts a link or a password that somebody else has sent to `account` at `now`, if it is not one too many. What people
/// ask for themselves is counted apart: whoever asks in their name shall not keep others from helping.
pub fn admit_sent<E>(view: &mut View<'_>, account: Id, limits: &ResetLimits, now: UnixTime) -> Result<RateVerdict, Stop<E>> {
    admit(view, keys::sent_to(account), &limits.of_account(), now)
}

fn admit<E>(view: &mut View<'_>, key: Key, allowance: &Allowance, now: UnixTime) -> Result<RateVerdict, Stop<E>> {
    let before: Rate = records::load(view, &key)?.unwrap_or_default();
    let mut asked = before.clone();
    let admitted = asked.ask(allowance, now);
    if asked != before {
        records::store(view, key, &asked);
    }
    Ok(admitted)
}

/// Ends all links of `account`; gives them.
fn end_links<E>(view: &mut View<'_>, account: Id) -> Result<Vec<LinkGrants>, Stop<E>> {
    let mut resets = load(view, account)?;
    let ended: Vec<LinkGrants> = resets.end().collect();
    if !ended.is_empty() {
        records::store(view, keys::resets(account), &resets);
    }
    Ok(ended)
}

fn mark_ended<E>(view: &mut View<'_>, digest: TokenDigest, end: GrantEnd) -> Result<(), Stop<E>> {
    if let Some(grant) = load_grant(view, digest)? {
        records::store(view, keys::grant(digest), &ResetGrant { end: Some(end), ..grant });
    }
    Ok(())
}

fn load<E>(view: &mut View<'_>, account: Id) -> Result<Resets, Stop<E>> {
    Ok(records::load(view, &keys::resets(account))?.unwrap_or_default())
}

fn load_grant<E>(view: &mut View<'_>, digest: TokenDigest) -> Result<Option<ResetGrant>, Stop<E>> {
    records::load(view, &keys::grant(digest))
}

fn refuse<E: From<GrantError>>(error: GrantError) -> Stop<E> {
    Stop::Rule(E::from(error))
}

impl StoredRecord for Resets {
    const NAME: &'static str = "resets";
}

impl StoredRecord for Rate {
    const NAME: &'static str = "requests";
}

impl StoredRecord for Pending {
    const NAME: &'static str = "generated password";
}

/// How long a generated password is kept that never came into force: relays give up earlier (RFC 5321 §4.5.4.1).
const PENDING_KEPT: Duration = Duration::from_secs(7 * 86_400);

/// Under what name the mails with links are counted.
const TOTAL_KEY: &str = "links_mailed";
