//! Removing what is over: old audit rows, old idempotence marks, failures that no longer matter. It goes page by page,
//! and may be stopped and begun again at any point.

use std::sync::Arc;
use std::time::Duration;

use super::view::{Stop, View};
use super::{Fail, Key, Store, keys, records};
use crate::domain::throttle::Failures;
use crate::domain::time::UnixTime;

/// How long things are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Rows of the audit.
    pub audit: Duration,
    /// Marks of operations, by which a repeated one is known.
    pub marks: Duration,
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
}

/// Removes all that is over at `now`.
///
/// # Errors
/// [`Fail`] if the store cannot be read or written; what was removed until then stays removed.
pub async fn purge(store: &Store, retention: Retention, now: UnixTime) -> Result<Purged, Fail<()>> {
    let before = |age: Duration| UnixTime::from_millis(now.as_millis().saturating_sub(age.as_millis() as u64));
    let mut purged = Purged::default();
    for shard in 0..keys::AUDIT_SHARDS {
        let to = keys::audit_from(shard, before(retention.audit));
        let from = keys::audit_from(shard, UnixTime::default());
        purged.audit += sweep(store, (from, to), |_| true).await?;
    }
    let oldest = before(retention.marks);
    purged.marks = sweep(store, keys::range(b"p"), move |value| records::decode_time::<()>(value).is_ok_and(|at| at < oldest)).await?;
    let over = move |value: &[u8]| records::decode::<Failures, ()>(value).is_ok_and(|failures| failures.is_over(now));
    purged.failures = sweep(store, keys::range(b"f"), over).await?;
    Ok(purged)
}

/// Deletes the keys from `from` (included) to `to` (excluded) whose values are over; gives how many there were.
async fn sweep<O>(store: &Store, (mut from, to): (Key, Key), over: O) -> Result<u64, Fail<()>>
where
    O: Fn(&[u8]) -> bool + Clone + Send + 'static,
{
    let mut removed = 0;
    loop {
        let (found, next) = store.read(|view| page(view, (&from, &to), &over)).await?;
        for keys in found.chunks(KEYS_A_RULE) {
            let (keys, over) = (Arc::<[Key]>::from(keys), over.clone());
            removed += store.run(move |view| remove(view, &keys, &over)).await?;
        }
        match next {
            Some(next) => from = next,
            None => return Ok(removed),
        }
    }
}

/// The keys of a page that are over, and where the next page begins, if there is one.
type Page = (Vec<Key>, Option<Key>);

fn page(view: &mut View<'_>, (from, to): (&[u8], &[u8]), over: &impl Fn(&[u8]) -> bool) -> Result<Page, Stop<()>> {
    let (mut found, mut next, mut seen) = (Vec::new(), None, 0);
    view.scan_with(from, to, PAGE, |key, value| {
        seen += 1;
        if over(value) {
            found.push(key.to_vec());
        }
        if seen == PAGE {
            next = Some(keys::next(key));
        }
    })?;
    Ok((found, next))
}

/// The rule: deletes those of `keys` that are still over.
fn remove(view: &mut View<'_>, keys: &[Key], over: &impl Fn(&[u8]) -> bool) -> Result<u64, Stop<()>> {
    let mut removed = 0;
    for key in keys {
        if view.get_with(key, |value| Ok(over(value)))? == Some(true) {
            view.delete(key.clone());
            removed += 1;
        }
    }
    Ok(removed)
}

/// Keys that are looked at at once.
const PAGE: usize = 1024;

/// Keys that one rule deletes.
const KEYS_A_RULE: usize = 60;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::audit::{Actor, AuditEvent, AuditRow, Source};
    use crate::domain::id::{Id, OpId};
    use crate::domain::throttle::Settings;
    use crate::store::bulk;

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
            let row = AuditRow { at: ago(age), actor: Actor::System, source: Source::Internal, event: AuditEvent::BindSucceeded };
            rows.push((keys::audit(ago(age), op(n)), records::encode(&row)));
            rows.push((keys::mark(op(n)), records::encode_time(ago(age))));
            let failures = Failures::default().failed(ago(age * 20), &Settings::default());
            rows.push((keys::failures(Id(n)), records::encode(&failures)));
        }
        rows
    }

    #[tokio::test]
    async fn what_is_over_goes_and_the_rest_stays() {
        let store = Store::in_memory();
        bulk::load(&store, rows()).await.unwrap();
        let retention = Retention { audit: HOUR, marks: HOUR };
        let purged = purge(&store, retention, NOW).await;
        assert_eq!(purged, Ok(Purged { audit: 1000, marks: 1000, failures: 1000 }));
        assert_eq!(purge(&store, retention, NOW).await, Ok(Purged::default()));
        for prefix in [b"l", b"p", b"f"] {
            let (from, to) = keys::range(prefix);
            let left = store.read(|view| view.scan::<()>(&from, &to, 4096)).await.unwrap().len();
            assert_eq!(left, 2000, "{prefix:?}");
        }
    }
}
