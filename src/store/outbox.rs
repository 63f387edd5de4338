//! The rules of the outbox. A mail is found under the time when it is due; taking it moves that time behind a lease, so
//! that it comes up again if whoever took it dies. One account's mails to one address go out in the order they were queued.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::keys;
use super::records::{self, StoredRecord};
use super::view::{Key, MAX_SCAN, Stop, View};
use crate::domain::id::{Id, OpId};
use crate::domain::outbox::{Intent, MAX_ACCOUNTS, MAX_NOTICES, MailKind, OutboxMail, cut_fault};
use crate::domain::time::UnixTime;

/// A mail in the outbox, and when it comes up.
#[derive(Clone, Debug, PartialEq)]
pub struct Queued {
    /// Its name.
    pub op: OpId,
    /// When it is to be tried; [`NEVER`] if it was given up.
    pub due: UnixTime,
    /// The mail.
    pub mail: OutboxMail,
}

/// A mail as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// When it is to be tried.
    pub due: UnixTime,
    /// Somebody has taken it until then.
    pub leased: bool,
    /// The mail.
    pub mail: OutboxMail,
}

/// How the outbox stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutboxBacklog {
    /// Mails that wait, [`MAX_COUNTED`] at most of each shard.
    pub waiting: usize,
    /// Mails that were given up, [`MAX_COUNTED`] at most of each shard.
    pub given_up: usize,
    /// When the oldest of those that wait was queued.
    pub oldest: Option<UnixTime>,
}

/// Why a mail is not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum OutboxError {
    /// It has been sent or dropped, or somebody else has it now.
    #[error("this mail is not in the queue any more")]
    Gone,
}

/// Queues `mail` under the name `op`, due at once. Of the notices that wait for an account only the first
/// [`MAX_NOTICES`] are queued, and a generated password takes the place of an earlier one that waits.
pub fn put<E>(view: &mut View<'_>, op: OpId, mail: &OutboxMail) -> Result<(), Stop<E>> {
    match (mail.intent.kind(), mail.intent.whom()) {
        (MailKind::PasswordNotice | MailKind::AddressNotice, Some(account)) => {
            if order(view, account, MAX_NOTICES)?.len() >= MAX_NOTICES {
                return Ok(());
            }
        }
        (MailKind::GeneratedPassword, Some(account)) => withdraw_generated(view, account)?,
        (MailKind::ResetLink | MailKind::Invitation | MailKind::AddressLink, _) | (_, None) => {}
    }
    write(view, op, &Kept { due: mail.queued_at, leased: false, mail: mail.clone() });
    Ok(())
}

/// The first mails that are due at `now` and at the head of their accounts' order, `limit` at most, and when the next
/// one is due if there are no more. Reads only. Current.
pub fn due<E>(view: &mut View<'_>, now: UnixTime, limit: usize) -> Result<(Vec<Queued>, Option<UnixTime>), Stop<E>> {
    let (mut found, mut next) = (Vec::new(), None);
    let later = now.plus(Duration::from_millis(1));
    for shard in 0..keys::OUTBOX_SHARDS {
        let from = |due| keys::outbox_from(shard, due);
        heads(view, from(UnixTime::default()), from(later), limit, &mut found)?;
        // Nothing waits so long: the clock was ahead when that was written.
        heads(view, from(now.plus(LONGEST_AHEAD)), from(NEVER), limit, &mut found)?;
        view.scan_with(&from(later), &from(NEVER), 1, |key, _| {
            next = next.into_iter().chain(keys::audit_time(key)).min();
        })?;
    }
    found.sort_unstable_by_key(|queued| (queued.due, queued.op.0));
    found.truncate(limit);
    Ok((found, next))
}

/// Takes `queued` until `lease_until`: gives it as it is then, with one attempt more. Refuses if it is not as it was.
pub fn lease<E: From<OutboxError>>(view: &mut View<'_>, queued: &Queued, lease_until: UnixTime) -> Result<Queued, Stop<E>> {
    let mut kept = unchanged(view, queued)?;
    if !is_head(view, queued)? {
        return Err(refuse(OutboxError::Gone));
    }
    kept.mail.attempts = kept.mail.attempts.saturating_add(1);
    shift(view, queued.op, Kept { leased: true, ..kept }, lease_until)
}

/// Whether nobody has taken, postponed or removed `queued` since it was read. Current.
pub fn holds<E>(view: &mut View<'_>, queued: &Queued) -> Result<bool, Stop<E>> {
    Ok(load(view, queued.op)?.is_some_and(|kept| is_as_read(&kept, queued)))
}

/// Tries `queued` again at `due` ([`NEVER`]: gives it up) and keeps the reason. Refuses if it is not as it was.
pub fn postpone<E: From<OutboxError>>(view: &mut View<'_>, queued: &Queued, due: UnixTime, fault: &str) -> Result<(), Stop<E>> {
    let mut kept = unchanged(view, queued)?;
    kept.mail.fault = Some(cut_fault(fault));
    shift(view, queued.op, Kept { leased: false, ..kept }, due).map(drop)
}

/// Tries the mail `op` at once, even if it was given up; one that is being sent is left alone.
pub fn retry<E: From<OutboxError>>(view: &mut View<'_>, op: OpId, now: UnixTime) -> Result<(), Stop<E>> {
    let kept = load(view, op)?.ok_or_else(|| refuse(OutboxError::Gone))?;
    if kept.leased && kept.due > now {
        return Ok(());
    }
    shift(view, op, Kept { leased: false, ..kept }, now).map(drop)
}

/// Removes `queued`: it has been sent, or is not to be sent any more. Refuses if it is not as it was.
pub fn remove<E: From<OutboxError>>(view: &mut View<'_>, queued: &Queued) -> Result<(), Stop<E>> {
    let kept = unchanged(view, queued)?;
    keys_of(queued.op, &kept).into_iter().for_each(|key| view.delete(key));
    Ok(())
}

/// Takes a generated password out of the queue that waits for `account`.
pub fn withdraw_generated<E>(view: &mut View<'_>, account: Id) -> Result<(), Stop<E>> {
    for op in order(view, account, LOOKED_AT)? {
        if let Some(kept) = load(view, op)?.filter(|kept| kept.mail.intent.kind() == MailKind::GeneratedPassword) {
            keys_of(op, &kept).into_iter().for_each(|key| view.delete(key));
        }
    }
    Ok(())
}

/// Whether a mail of the same kind as `intent` waits for the same accounts and for `address`, and nobody has taken it at
/// `now`. Current.
pub fn has_alike<E>(view: &mut View<'_>, intent: &Intent, address: &str, now: UnixTime) -> Result<bool, Stop<E>> {
    let Some(first) = intent.whom() else { return Ok(false) };
    for op in order(view, first, LOOKED_AT)? {
        // A second mail does less harm than a rule that oversteps its bound.
        if view.reads_left() <= KEPT_FREE {
            return Ok(false);
        }
        let alike = |mail: &OutboxMail| {
            mail.intent.kind() == intent.kind() && mail.intent.accounts() == intent.accounts() && mail.address == address
        };
        if load(view, op)?.is_some_and(|kept| alike(&kept.mail) && !(kept.leased && kept.due > now)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The mails of the queue in the order they are due, those given up last, behind `after`; `limit` at most. Current.
pub fn page<E>(view: &mut View<'_>, after: Option<(UnixTime, OpId)>, limit: usize) -> Result<Vec<Queued>, Stop<E>> {
    let mut places = Vec::new();
    for shard in 0..keys::OUTBOX_SHARDS {
        let from = match after {
            Some((due, op)) => keys::outbox_behind(shard, due, op),
            None => keys::outbox_from(shard, UnixTime::default()),
        };
        let to = keys::after(&keys::outbox_from(shard, NEVER));
        view.scan_with(&from, &to, limit, |key, _| places.extend(keys::audit_time(key).zip(keys::audit_op(key))))?;
    }
    places.sort_unstable_by_key(|(due, op)| (*due, op.0));
    places.truncate(limit);
    places.into_iter().filter_map(|(_, op)| find(view, op).transpose()).collect()
}

/// The mail `op`, if it is in the queue. Current.
pub fn find<E>(view: &mut View<'_>, op: OpId) -> Result<Option<Queued>, Stop<E>> {
    Ok(load(view, op)?.map(|Kept { due, mail, .. }| Queued { op, due, mail }))
}

/// How the outbox stands. Current.
pub fn backlog<E>(view: &mut View<'_>) -> Result<OutboxBacklog, Stop<E>> {
    let mut backlog = OutboxBacklog::default();
    for shard in 0..keys::OUTBOX_SHARDS {
        let given_up = keys::outbox_from(shard, NEVER);
        let waiting = operations(view, &keys::outbox_from(shard, UnixTime::default()), &given_up, MAX_COUNTED)?;
        backlog.waiting += waiting.len();
        backlog.given_up += operations(view, &given_up, &keys::after(&given_up), MAX_COUNTED)?.len();
        for op in waiting {
            let queued_at = load(view, op)?.map(|kept| kept.mail.queued_at);
            backlog.oldest = backlog.oldest.into_iter().chain(queued_at).min();
        }
    }
    Ok(backlog)
}

/// All keys of the mail `op`.
pub(super) fn keys_of(op: OpId, kept: &Kept) -> Vec<Key> {
    let order = kept.mail.intent.accounts().iter().map(|account| keys::mail_order(*account, kept.mail.queued_at, op));
    [keys::mail_of(op), keys::outbox(kept.due, op)].into_iter().chain(order).collect()
}

/// Adds the mails at the head of their accounts' order that are due from `from` (included) to `to` (excluded), until
/// there are `limit` more.
fn heads<E>(view: &mut View<'_>, mut from: Key, to: Key, limit: usize, found: &mut Vec<Queued>) -> Result<(), Stop<E>> {
    let full = found.len() + limit;
    loop {
        let page = operations(view, &from, &to, PAGE)?;
        for op in &page {
            if let Some(queued) = find(view, *op)?
                && is_head(view, &queued)?
            {
                found.push(queued);
                if found.len() >= full {
                    return Ok(());
                }
            }
        }
        match page.last() {
            Some(last) if page.len() == PAGE => {
                let due = find(view, *last)?.map_or(NEVER, |queued| queued.due);
                from = keys::next(&keys::outbox(due, *last));
            }
            Some(_) | None => return Ok(()),
        }
    }
}

/// Whether no mail to the same address waits for any of its accounts that was queued before, of the first [`EARLIER`].
/// Mail to another address holds up nothing: what is wrong with one mailbox is not wrong with all.
fn is_head<E>(view: &mut View<'_>, queued: &Queued) -> Result<bool, Stop<E>> {
    let accounts = queued.mail.intent.accounts();
    for account in accounts {
        for earlier in order(view, *account, EARLIER / accounts.len())?.into_iter().take_while(|op| *op != queued.op) {
            if load(view, earlier)?.is_some_and(|earlier| earlier.mail.address == queued.mail.address) {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// The mails that wait for `account`, oldest first.
fn order<E>(view: &mut View<'_>, account: Id, limit: usize) -> Result<Vec<OpId>, Stop<E>> {
    let (from, to) = keys::range(&keys::mails_of(account));
    operations(view, &from, &to, limit)
}

/// The operations that the keys from `from` (included) to `to` (excluded) end with.
fn operations<E>(view: &mut View<'_>, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<OpId>, Stop<E>> {
    let mut found = Vec::new();
    view.scan_with(from, to, limit, |key, _| found.extend(keys::audit_op(key)))?;
    Ok(found)
}

fn load<E>(view: &mut View<'_>, op: OpId) -> Result<Option<Kept>, Stop<E>> {
    records::load(view, &keys::mail_of(op))
}

/// The mail as it is stored, if nobody has taken, postponed or removed it since `queued` was read.
fn unchanged<E: From<OutboxError>>(view: &mut View<'_>, queued: &Queued) -> Result<Kept, Stop<E>> {
    load(view, queued.op)?.filter(|kept| is_as_read(kept, queued)).ok_or_else(|| refuse(OutboxError::Gone))
}

fn is_as_read(kept: &Kept, queued: &Queued) -> bool {
    kept.due == queued.due && kept.mail.attempts == queued.mail.attempts
}

/// Puts `kept` where it is due at `due`; gives it as it is then.
fn shift<E>(view: &mut View<'_>, op: OpId, kept: Kept, due: UnixTime) -> Result<Queued, Stop<E>> {
    keys_of(op, &kept).into_iter().for_each(|key| view.delete(key));
    let kept = Kept { due, ..kept };
    write(view, op, &kept);
    Ok(Queued { op, due, mail: kept.mail })
}

/// What was given up does not hold up the order of its accounts.
fn write(view: &mut View<'_>, op: OpId, kept: &Kept) {
    view.put(keys::outbox(kept.due, op), Vec::new());
    if kept.due != NEVER {
        for account in kept.mail.intent.accounts() {
            view.put(keys::mail_order(*account, kept.mail.queued_at, op), Vec::new());
        }
    }
    records::store(view, keys::mail_of(op), kept);
}

fn refuse<E: From<OutboxError>>(error: OutboxError) -> Stop<E> {
    Stop::Rule(E::from(error))
}

impl StoredRecord for Kept {
    const NAME: &'static str = "mail";
}

/// When a mail is due that was given up: it waits for an administrator.
pub const NEVER: UnixTime = UnixTime::from_millis(u64::MAX);

/// Mails of one shard that are counted, waiting or given up.
pub const MAX_COUNTED: usize = MAX_SCAN;

/// Mails that are looked at, of all accounts of one mail, to know whether it is its turn.
const EARLIER: usize = 40;

/// Mails of one account that are looked at: the notices, and as many links and passwords as anybody can have waiting.
const LOOKED_AT: usize = MAX_NOTICES + 4;

/// Reads that are left to a rule that looks for a mail.
const KEPT_FREE: usize = MAX_ACCOUNTS + 2;

/// Mails of one shard that are looked at together.
const PAGE: usize = 64;

/// No mail is leased or waits for another attempt so long.
const LONGEST_AHEAD: Duration = Duration::from_secs(3600);
