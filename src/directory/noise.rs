//! Refusals that anybody on the network can cause at will. So many of one source are written down; what goes beyond would
//! tell nothing new, and fill the disk.

use std::sync::{Mutex, PoisonError};

use crate::domain::audit::AuditRow;
use crate::domain::throttle::{Limit, SourceLimits};

/// Counts them by source.
pub(super) struct Noise(Mutex<SourceLimits>);

impl Noise {
    /// None yet.
    pub(super) fn new() -> Noise {
        Noise(Mutex::new(SourceLimits::new(WRITTEN, Vec::new())))
    }

    /// Whether `row` is to be written down.
    pub(super) fn admits(&self, row: &AuditRow) -> bool {
        if !row.is_noise() {
            return true;
        }
        let mut sources = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let admitted = sources.admits(row.source, row.at);
        if admitted {
            sources.failed(row.source, row.at);
        }
        admitted
    }
}

/// Refusals of one source that are written down: a day of nothing else is some 40 MB.
const WRITTEN: Limit = Limit { per_second: 2, burst: 500 };

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::audit::{AuditEvent, Reason};
    use crate::domain::caller::{Actor, Source};
    use crate::domain::id::Id;
    use crate::domain::time::UnixTime;

    fn row(host: u8, at: u64, event: AuditEvent) -> AuditRow {
        let source = Source::Address([192, 0, 2, host].into());
        AuditRow { at: UnixTime::from_secs(at), actor: Actor::Anonymous, source, event }
    }

    #[test]
    fn a_source_is_written_down_so_often_and_what_happened_always() {
        let noise = Noise::new();
        let refused = || AuditEvent::LinkRefused { reason: Reason::UnknownLink };
        let written = |host, at, times: usize| (0..times).filter(|_| noise.admits(&row(host, at, refused()))).count();
        assert_eq!(written(1, 1000, 600), 500);
        assert_eq!(written(2, 1000, 1), 1, "another source");
        assert!(noise.admits(&row(1, 1000, AuditEvent::BindSucceeded)));
        assert_eq!(written(1, 1010, 600), 20);
        let change = || AuditEvent::ChangeRefused { dn: String::new(), reason: Reason::AccessDenied };
        assert!(!noise.admits(&row(1, 1010, change())), "of somebody who has not even signed in");
        assert!(noise.admits(&AuditRow { actor: Actor::Account(Id(1)), ..row(1, 1010, change()) }));
    }
}
