//! Removing what is over: old audit rows, old idempotence marks, failures and requests that no longer matter, links that
//! nobody asks about any more, sessions, mails that were given up long ago. It goes page by page, and may be stopped and
//! begun again at any point.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use super::new_addresses::NewAddresses;
use super::outbox::{self, Kept};
use super::pending_addresses::PendingAddress;
use super::records::StoredRecord;
use super::resets::Pending;
use super::sessions::Sessions;
use super::view::{Stop, View};
use super::{Fail, Key, Store, audit, keys, records};
use crate::domain::audit::{AuditRow, Class};
use crate::domain::outbox::KEPT_FOR;
use crate::domain::reset::{Rate, ResetGrant, Resets};
use crate::domain::session::{Lifetime, WebSession};
use crate::domain::throttle::Failures;
use crate::domain::time::UnixTime;

/// How long things are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Rows of the audit that say what was changed.
    pub changes: Duration,
    /// Rows of the audit that say who came in, and what was refused.
    pub binds: Duration,
    /// Marks of operations, by which a repeated one is known.
    pub marks: Duration,
    /// Sessions of the pages.
    pub sessions: Lifetime,
}

/// What a purge has removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Purged {
    /// Rows of the audit.
    pub audit: u64,
    /// Marks of operations.
    pub marks: u64,
    /// Records of failures.
    pub failures: u64,
    /// Grants, what accounts know of theirs, generated passwords that never came into force, requests of a source and for
    /// an account, addresses that are new no more, and those that waited in vain.
    pub resets: u64,
    /// Sessions of the pages, and what accounts know of theirs.
    pub sessions: u64,
    /// Mails.
    pub mails: u64,
}

/// Removes all that is over at `now`.
///
/// # Errors
/// [`Fail`] if the store cannot be read or written; what was removed until then stays removed.
pub async fn purge(store: &Store, retention: Retention, now: UnixTime) -> Result<Purged, Fail<()>> {
    let before = |age: Duration| UnixTime::from_millis(now.as_millis().saturating_sub(age.as_millis() as u64));
    let mut purged = Purged { audit: purge_audit(store, before(retention.changes), before(retention.binds)).await?, ..Purged::default() };
    let oldest = before(retention.marks);
    purged.marks = sweep(store, below(b"p"), move |key, value| {
        let over = records::decode_time::<()>(value).is_ok_and(|at| at < oldest);
        if over { vec![key.to_vec()] } else { Vec::new() }
    })
    .await?;
    purged.failures = sweep(store, below(b"f"), alone(move |failures: Failures| failures.is_over(now))).await?;
    purged.resets = purge_resets(store, now).await?;
    let lifetime = retention.sessions;
    purged.sessions = sweep(store, below(b"s"), alone(move |session: WebSession| !session.is_live(lifetime, now))).await?;
    purged.sessions += sweep(store, below(b"S"), alone(move |held: Sessions| held.are_over(lifetime, now))).await?;
    purged.mails = sweep(store, below(b"Q"), move |key, value| mail(key, value, now)).await?;
    Ok(purged)
}

/// Removes the rows of the audit that say of changes before `changes`, and all others before `binds`. Rows of the sort that
/// goes first lie among those that stay; up to where they are gone is kept, so that these are not looked at every time.
async fn purge_audit(store: &Store, changes: UnixTime, binds: UnixTime) -> Result<u64, Fail<()>> {
    let (all, some, is_change) = (changes.min(binds), changes.max(binds), changes > binds);
    let mark = keys::meta(if is_change { CHANGES_GONE } else { BINDS_GONE });
    let key = mark.clone();
    let gone = store.read(move |view| view.get(&key)?.map(|value| records::decode_time::<()>(&value)).transpose()).await?;
    let mut removed = 0;
    for shard in 0..keys::AUDIT_SHARDS {
        let (begin, middle) = (keys::audit_from(shard, UnixTime::default()), keys::audit_from(shard, all));
        removed += sweep(store, begin..middle, audit_row).await?;
        let span = keys::audit_from(shard, all.max(gone.unwrap_or_default()))..keys::audit_from(shard, some);
        let over = move |key: &[u8], value: &[u8]| if says_of_change(value) == is_change { audit_row(key, value) } else { Vec::new() };
        removed += sweep(store, span, over).await?;
    }
    if gone.is_none_or(|gone| gone < some) {
        let keep = move |view: &mut View<'_>| {
            view.put(mark.clone(), records::encode_time(some));
            Ok(())
        };
        store.run(keep).await?;
    }
    Ok(removed)
}

fn says_of_change(row: &[u8]) -> bool {
    records::decode::<AuditRow, ()>(row).is_ok_and(|row| row.event.class() == Class::Change)
}

async fn purge_resets(store: &Store, now: UnixTime) -> Result<u64, Fail<()>> {
    let grants = sweep(store, below(b"t"), alone(move |grant: ResetGrant| grant.is_over(now))).await?;
    let resets = sweep(store, below(b"T"), alone(move |resets: Resets| resets.is_over(now))).await?;
    let pending = sweep(store, below(b"P"), alone(move |pending: Pending| pending.is_over(now))).await?;
    let sources = sweep(store, below(b"i"), alone(move |rate: Rate| rate.is_over(now))).await?;
    let sent = sweep(store, below(b"j"), alone(move |rate: Rate| rate.is_over(now))).await?;
    let addresses = sweep(store, below(b"h"), alone(move |new: NewAddresses| new.are_over(now))).await?;
    let awaited = sweep(store, below(b"v"), alone(move |pending: PendingAddress| pending.is_over(now))).await?;
    Ok(grants + resets + pending + sources + sent + addresses + awaited)
}

/// All keys that begin with `prefix`.
fn below(prefix: &[u8]) -> Range<Key> {
    let (from, to) = keys::range(prefix);
    from..to
}

/// What goes with a key and its value when that is over, the key itself among it; nothing while it is not.
trait Over: Fn(&[u8], &[u8]) -> Vec<Key> + Clone + Send + 'static {}

impl<F: Fn(&[u8], &[u8]) -> Vec<Key> + Clone + Send + 'static> Over for F {}

/// A record that goes alone when it `is_over`.
fn alone<T: StoredRecord>(is_over: impl Fn(T) -> bool + Clone + Send + 'static) -> impl Over {
    move |key, value| if records::decode::<T, ()>(value).is_ok_and(&is_over) { vec![key.to_vec()] } else { Vec::new() }
}

/// A row that cannot be read goes all the same; what is left of its index leads nowhere.
fn audit_row(key: &[u8], value: &[u8]) -> Vec<Key> {
    let row = keys::audit_op(key).zip(records::decode::<AuditRow, ()>(value).ok());
    let index = row.into_iter().flat_map(|(op, row)| audit::index_of(op, &row));
    index.chain([key.to_vec()]).collect()
}

fn mail(key: &[u8], value: &[u8], now: UnixTime) -> Vec<Key> {
    match (keys::audit_op(key), records::decode::<Kept, ()>(value)) {
        (Some(op), Ok(kept)) if now.since(kept.mail.queued_at) >= KEPT_FOR => outbox::keys_of(op, &kept),
        _ => Vec::new(),
    }
}

/// Deletes what is over with `keys`; gives how many of these there were.
async fn sweep(store: &Store, keys: Range<Key>, over: impl Over) -> Result<u64, Fail<()>> {
    let (mut from, mut removed) = (keys.start, 0);
    loop {
        let (found, next) = store.read(|view| page(view, &from, &keys.end, &over)).await?;
        for keys in found {
            let (keys, over) = (Arc::<[Key]>::from(keys), over.clone());
            removed += store.run(move |view| remove(view, &keys, &over)).await?;
        }
        match next {
            Some(next) => from = next,
            None => return Ok(removed),
        }
    }
}

/// The keys of a page that are over, as many together as one rule can remove, and where the next page begins, if there is
/// one.
type PurgePage = (Vec<Vec<Key>>, Option<Key>);

fn page(view: &mut View<'_>, from: &[u8], to: &[u8], over: &impl Over) -> Result<PurgePage, Stop<()>> {
    let (mut found, mut next, mut seen, mut room) = (Vec::new(), None, 0, 0);
    view.scan_with(from, to, PAGE, |key, value| {
        seen += 1;
        let keys = over(key, value).len();
        if keys > room {
            found.push(Vec::new());
            room = KEYS_A_RULE;
        }
        room = room.saturating_sub(keys);
        if let (Some(rule), 1..) = (found.last_mut(), keys) {
            rule.push(key.to_vec());
        }
        if seen == PAGE {
            next = Some(keys::next(key));
        }
    })?;
    Ok((found, next))
}

/// The rule: deletes what goes with those of `keys` that are still over.
fn remove(view: &mut View<'_>, keys: &[Key], over: &impl Over) -> Result<u64, Stop<()>> {
    let mut removed = 0;
    for key in keys {
        let gone = view.get_with(key, |value| Ok(over(key, value)))?.unwrap_or_default();
        removed += u64::from(!gone.is_empty());
        gone.into_iter().for_each(|key| view.delete(key));
    }
    Ok(removed)
}

/// Under what it is kept up to which time rows of one sort are gone from the audit.
const BINDS_GONE: &str = "audit_binds_gone";
const CHANGES_GONE: &str = "audit_changes_gone";

/// Keys that are looked at at once.
const PAGE: usize = 1024;

/// Keys that one rule deletes.
const KEYS_A_RULE: usize = 60;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::audit::AuditEvent;
    use crate::domain::caller::{Actor, Source};
    use crate::domain::credential::{Credential, Verifier};
    use crate::domain::id::{Id, OpId};
    use crate::domain::language::Language;
    use crate::domain::outbox::{Intent, OutboxMail};
    use crate::domain::reset::{Digests, Generated, LinkGrants, Purpose, ResetLimits, ResetRequested, TokenDigest, Validity};
    use crate::domain::throttle::ThrottleSettings;
    use crate::store::bulk;
    use crate::store::keys::Lane;

    const NOW: UnixTime = UnixTime::from_secs(1_795_338_000);
    const HOUR: Duration = Duration::from_secs(3600);

    fn ago(age: Duration) -> UnixTime {
        UnixTime::from_millis(NOW.as_millis() - age.as_millis() as u64)
    }

    fn op(n: u64) -> OpId {
        let mut op = [0; 16];
        op[..8].copy_from_slice(&n.to_le_bytes());
        OpId(op)
    }

    fn rows() -> Vec<(Key, Vec<u8>)> {
        let mut rows = Vec::new();
        for n in 0..3000 {
            let age = if n % 3 == 0 { HOUR * 2 } else { HOUR / 2 };
            let event = AuditEvent::PasswordChanged { target: Id(n + 1) };
            let row = AuditRow::new(ago(age), Actor::Service(Id(7777)), Source::Internal, event);
            rows.push((keys::audit(ago(age), op(n)), records::encode(&row)));
            rows.extend(audit::index_of(op(n), &row).map(|key| (key, Vec::new())));
            rows.push((keys::mark(op(n)), records::encode_time(ago(age))));
            let failures = Failures::default().failed(ago(age * 20), &ThrottleSettings::default()).unwrap();
            rows.push((keys::failures(Id(n)), records::encode(&failures)));
            let session = WebSession { account: Id(n), began_at: ago(age / 2), seen_at: ago(age / 6) };
            rows.push((keys::session(digest(n)), records::encode(&session)));
            rows.push((keys::sessions_of(Id(n)), records::encode(&Sessions(vec![(digest(n), session.began_at)]))));
            reset_rows(n, age * 24 * 8, &mut rows);
            mail_rows(n, age * 24 * 16, &mut rows);
        }
        rows
    }

    fn digest(n: u64) -> TokenDigest {
        let mut digest = [0; 32];
        digest[..8].copy_from_slice(&n.to_le_bytes());
        TokenDigest(digest)
    }

    fn reset_rows(n: u64, age: Duration, rows: &mut Vec<(Key, Vec<u8>)>) {
        let grant = ResetGrant { account: Id(n), purpose: Purpose::Reset, address: String::new(), minted_at: ago(age), end: None };
        rows.push((keys::grant(digest(n)), records::encode(&grant)));
        let digests = Digests { reset: digest(n), revoke: digest(n + 10_000) };
        let link = LinkGrants { mail: op(n), digests, valid: Validity::starting(ago(age), HOUR) };
        let mut asked = Rate::default();
        let _ = asked.ask(&ResetLimits::default().of_source(), ago(age / 16));
        rows.push((keys::resets(Id(n)), records::encode(&Resets { minted: Some(link), asked: asked.clone(), ..Resets::default() })));
        rows.push((keys::requests_from((u128::from(n)).to_be_bytes()), records::encode(&asked)));
        rows.push((keys::sent_to(Id(n)), records::encode(&asked)));
        let requested = ResetRequested { at: ago(age), source: Source::Internal, language: Language::French };
        let awaited = PendingAddress { wanted: Vec::new(), address: String::new(), requested, mail: op(n), link: None };
        rows.push((keys::pending_address(Id(n)), records::encode(&awaited)));
        rows.push((keys::new_addresses(Id(n)), records::encode(&NewAddresses(vec![(String::new(), ago(age * 2))]))));
        let credential = Credential { verifier: Verifier::SecretDigest([0; 32]), set_at: ago(age), good_until: None };
        let generated = Generated { must_change: false, good_for: None };
        rows.push((keys::pending(Id(n)), records::encode(&Pending { mail: op(n), credential, generated })));
    }

    fn mail_rows(n: u64, age: Duration, rows: &mut Vec<(Key, Vec<u8>)>) {
        let requested = ResetRequested { at: NOW, source: Source::Internal, language: Language::French };
        let accounts = (0..n % 4).map(|account| Id(n * 4 + account)).collect();
        let intent = Intent::ResetLink { accounts, requested };
        let mail = OutboxMail { intent, address: "louise@example.org".into(), queued_at: ago(age), attempts: 9, fault: None };
        let kept = Kept { due: ago(age / 2), leased: false, mail };
        let keys = outbox::keys_of(op(n), &kept);
        rows.extend(keys.into_iter().map(|key| if key[0] == b'Q' { (key, records::encode(&kept)) } else { (key, Vec::new()) }));
    }

    #[tokio::test]
    async fn binds_and_changes_are_kept_for_a_time_of_their_own() {
        let store = Store::in_memory();
        let age = |n: u64| Duration::from_secs(60 * n);
        let rows = (0..120u64).flat_map(|n| {
            let event = if n % 2 == 0 { AuditEvent::BindSucceeded } else { AuditEvent::PasswordChanged { target: Id(n) } };
            let row = AuditRow::new(ago(age(n)), Actor::Service(Id(7777)), Source::Internal, event);
            let index: Vec<_> = audit::index_of(op(n), &row).map(|key| (key, Vec::new())).collect();
            [(keys::audit(row.at, op(n)), records::encode(&row))].into_iter().chain(index)
        });
        bulk::load(&store, rows.collect::<Vec<_>>()).await.unwrap();
        let left = async |class: Class| {
            let lane = Lane::Story(Id(7777), class);
            let (from, to) = (lane.from(UnixTime::default()), lane.from(NOW.plus(HOUR)));
            store.read(|view| view.scan::<()>(&from, &to, 4096)).await.unwrap().len()
        };
        let lifetime = Lifetime { idle: HOUR, absolute: HOUR };
        for (changes, binds, gone, kept) in [
            (100, 30, 44 + 10, [16, 50]),
            // The bound of binds may grow and shrink again, and that of changes become the shorter one.
            (100, 60, 0, [16, 50]),
            (100, 20, 5, [11, 50]),
            (10, 20, 45, [11, 5]),
            (10, 20, 0, [11, 5]),
        ] {
            let retention = Retention { changes: age(changes), binds: age(binds), marks: HOUR, sessions: lifetime };
            assert_eq!(purge(&store, retention, NOW).await.unwrap().audit, gone, "{changes} {binds}");
            assert_eq!([left(Class::Access).await, left(Class::Change).await], kept, "{changes} {binds}");
        }
    }

    #[tokio::test]
    async fn what_is_over_goes_and_the_rest_stays() {
        let store = Store::in_memory();
        bulk::load(&store, rows()).await.unwrap();
        let retention = Retention { changes: HOUR, binds: HOUR, marks: HOUR, sessions: Lifetime { idle: HOUR / 4, absolute: HOUR } };
        let purged = purge(&store, retention, NOW).await;
        assert_eq!(purged, Ok(Purged { audit: 1000, marks: 1000, failures: 1000, resets: 7000, sessions: 2000, mails: 1000 }));
        assert_eq!(purge(&store, retention, NOW).await, Ok(Purged::default()));
        for prefix in [b"l", b"p", b"f", b"t", b"T", b"P", b"i", b"j", b"h", b"v", b"s", b"S", b"o", b"Q"] {
            let (from, to) = keys::range(prefix);
            let left = store.read(|view| view.scan::<()>(&from, &to, 4096)).await.unwrap().len();
            assert_eq!(left, 2000, "{prefix:?}");
        }
        for lane in [Lane::Story(Id(7777), Class::Change), Lane::Story(keys::EVERYBODY, Class::Change)] {
            let (from, to) = (lane.from(UnixTime::default()), lane.from(NOW));
            assert_eq!(store.read(|view| view.scan::<()>(&from, &to, 4096)).await.unwrap().len(), 2000, "{lane:?}");
        }
        let (from, to) = keys::range(b"q");
        let order = store.read(|view| view.scan::<()>(&from, &to, 4096)).await.unwrap().len();
        let expected = (0..3000).filter(|n| n % 3 != 0).map(|n| n % 4).sum::<usize>();
        assert_eq!(order, expected);
    }
}
