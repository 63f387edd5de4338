//! What the use cases count of themselves, for the metrics; what a protocol sees, it counts itself.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Counts since the start.
#[derive(Debug, Default)]
pub struct Counted {
    mails_queued: AtomicU64,
    resets_throttled: AtomicU64,
    audit_skipped: AtomicU64,
}

impl Counted {
    /// Mails that were put into the outbox.
    pub fn mails_queued(&self) -> u64 {
        self.mails_queued.load(Relaxed)
    }

    /// Requests for a new password that were beyond a limit.
    pub fn resets_throttled(&self) -> u64 {
        self.resets_throttled.load(Relaxed)
    }

    /// Refusals that were not written down, since their source had too many of them.
    pub fn audit_skipped(&self) -> u64 {
        self.audit_skipped.load(Relaxed)
    }

    /// `mails` were put into the outbox: called when the rule that did it has been committed.
    pub(super) fn queued(&self, mails: u64) {
        self.mails_queued.fetch_add(mails, Relaxed);
    }

    /// A refusal was not written down.
    pub(super) fn skipped(&self) {
        self.audit_skipped.fetch_add(1, Relaxed);
    }

    /// A request was beyond a limit.
    pub(super) fn throttled(&self) {
        self.resets_throttled.fetch_add(1, Relaxed);
    }
}
