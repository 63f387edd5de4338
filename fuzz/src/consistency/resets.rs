//! What must be true of links, generated passwords, sessions of the pages and mails.

use bindery::domain::reset::{ResetGrant, Resets, TokenDigest};
use bindery::domain::session::{MAX_SESSIONS, WebSession};
use bindery::store::outbox::{Kept, NEVER};
use bindery::store::records::{self, StoredRecord};
use bindery::store::resets::Pending;
use bindery::store::sessions::Sessions;
use bindery::store::{StoredValue, keys};

use super::{Everything, Rows, below, read};

impl Everything {
    pub(super) fn check_resets(&self, rows: &Rows) {
        for (id, resets) in read::<Resets>(rows, b'T') {
            assert!(self.accounts.contains_key(&id), "resets of nobody: {id}");
            for (digest, purpose) in [resets.delivered, resets.minted].into_iter().flatten().flat_map(|link| link.digests.each()) {
                // None: it was purged.
                let Some(value) = rows.get(&keys::grant(digest)) else { continue };
                let grant: ResetGrant = record(value);
                assert_eq!((grant.account, grant.purpose, grant.end), (id, purpose, None), "a grant that is listed lives");
            }
        }
        for id in read::<Pending>(rows, b'P').keys() {
            assert!(self.accounts.contains_key(id), "a generated password of nobody: {id}");
        }
    }

    pub(super) fn check_sessions(&self, rows: &Rows) {
        for (id, Sessions(held)) in read::<Sessions>(rows, b'S') {
            assert!(self.accounts.contains_key(&id), "sessions of nobody: {id}");
            assert!(held.len() <= MAX_SESSIONS, "{} sessions", held.len());
            for (digest, began_at) in held {
                let Some(value) = rows.get(&keys::session(digest)) else { continue };
                let session: WebSession = record(value);
                assert_eq!((session.account, session.began_at), (id, began_at));
            }
        }
        for (key, value) in below(rows, b's') {
            assert_eq!(key.len(), 1 + size_of::<TokenDigest>());
            record::<WebSession>(value);
        }
    }
}

/// A mail is found by its name, by when it is due, and while it waits by the order of its accounts.
pub(super) fn check_outbox(rows: &Rows) {
    let mut indexes = Vec::new();
    for (key, value) in below(rows, b'Q') {
        let op = keys::audit_op(key).expect("a key ends with an operation");
        let Kept { due, leased, mail } = record(value);
        indexes.push(keys::outbox(due, op));
        assert!(!(leased && due == NEVER), "somebody has what was given up");
        if due != NEVER {
            indexes.extend(mail.intent.accounts().iter().map(|account| keys::mail_order(*account, mail.queued_at, op)));
        }
    }
    indexes.sort_unstable();
    let found: Vec<_> = below(rows, b'o').chain(below(rows, b'q')).map(|(key, _)| key.clone()).collect();
    assert_eq!(found, indexes);
}

fn record<T: StoredRecord>(value: &StoredValue) -> T {
    records::decode::<T, ()>(value).expect("a record")
}
