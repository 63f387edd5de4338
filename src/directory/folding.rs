//! Which events become a row of the audit of their own, and which are counted in one row a minute: successful binds of one
//! actor from one source, and refusals beyond [`ALONE`] a minute of one actor, or of one source if nobody has signed in.
//! An actor cannot fill the disk, nor bury what others do.
//!
//! A row that counts is written when it begins, and once more under the same key when its minute is over: a crash loses the
//! count of a minute at most. What is counted is counted by each process for itself.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::domain::audit::{AuditEvent, AuditRow};
use crate::domain::caller::{Actor, Source};
use crate::domain::id::{Id, OpId};
use crate::domain::throttle::neighbourhood;
use crate::domain::time::UnixTime;

/// A row and the operation that it is written under.
pub(super) type FoldedRow = (OpId, AuditRow);

/// What is being counted.
#[derive(Debug, Default)]
pub(super) struct Folding(Mutex<HashMap<Folded, Minute>>);

/// What is counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Folded {
    /// Successful binds of an account or application.
    BindsOf(Id, Source),
    /// Successful binds of the system's administrator.
    BindsOfSystem(Source),
    /// Refusals to somebody who is known.
    RefusalsTo(Id),
    /// Refusals to a source: its network, if it is one of IPv6.
    RefusalsAt(Source),
}

/// What has happened since a minute began.
#[derive(Debug)]
struct Minute {
    began_at: UnixTime,
    /// Rows that were written for one event each.
    alone: u32,
    /// The row that counts the others.
    counting: Option<Counting>,
}

#[derive(Debug)]
struct Counting {
    op: OpId,
    row: AuditRow,
    /// How many the row says that is written.
    written: u32,
}

impl Folding {
    /// Counts the event of `row`, and returns the rows to be written for it now: none if a row that is there counts it.
    pub(super) fn count(&self, op: OpId, row: AuditRow) -> Vec<FoldedRow> {
        let Some(folded) = Folded::of(&row) else { return vec![(op, row)] };
        let mut minutes = self.lock();
        if minutes.len() >= MAX_FOLDED && !minutes.contains_key(&folded) {
            // So many at once come from so many places that each is worth a row.
            return vec![(op, row)];
        }
        let now = row.at;
        let minute = minutes.entry(folded).or_insert_with(|| Minute::beginning(now));
        let mut rows = Vec::new();
        if minute.is_over(now) {
            rows.extend(minute.last_word());
            *minute = Minute::beginning(now);
        }
        rows.extend(minute.count(folded, op, row));
        rows
    }

    /// Returns the rows whose minute is over at `now`, as they are to be written for good, and forgets them.
    pub(super) fn over(&self, now: UnixTime) -> Vec<FoldedRow> {
        let mut rows = Vec::new();
        self.lock().retain(|_, minute| {
            let over = minute.is_over(now);
            if over {
                rows.extend(minute.last_word());
            }
            !over
        });
        rows
    }

    /// Returns all rows whose count has grown since they were written.
    pub(super) fn unwritten(&self) -> Vec<FoldedRow> {
        self.lock().values_mut().filter_map(Minute::last_word).collect()
    }

    /// A panic elsewhere leaves the counts as they are.
    fn lock(&self) -> MutexGuard<'_, HashMap<Folded, Minute>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Folded {
    /// What the event of `row` is counted with; none if it always has a row of its own.
    fn of(row: &AuditRow) -> Option<Folded> {
        match (&row.event, row.actor) {
            (AuditEvent::BindSucceeded, Actor::Account(id) | Actor::Service(id)) => Some(Folded::BindsOf(id, row.source)),
            (AuditEvent::BindSucceeded, Actor::System) => Some(Folded::BindsOfSystem(row.source)),
            _ if !row.is_noise() => None,
            (_, Actor::Account(id) | Actor::Service(id)) => Some(Folded::RefusalsTo(id)),
            (_, Actor::Anonymous | Actor::System) => Some(Folded::RefusalsAt(neighbourhood(row.source))),
        }
    }

    /// Events that have rows of their own in a minute, before the others are counted.
    fn alone(self) -> u32 {
        match self {
            Folded::BindsOf(..) | Folded::BindsOfSystem(_) => 0,
            Folded::RefusalsTo(_) | Folded::RefusalsAt(_) => ALONE,
        }
    }

    /// The event of the row that counts them, of which `event` is the first.
    fn event(self, event: AuditEvent) -> AuditEvent {
        match self {
            Folded::BindsOf(..) | Folded::BindsOfSystem(_) => event,
            Folded::RefusalsTo(_) | Folded::RefusalsAt(_) => AuditEvent::RefusalsFolded,
        }
    }
}

impl Minute {
    fn beginning(at: UnixTime) -> Minute {
        Minute { began_at: at, alone: 0, counting: None }
    }

    fn is_over(&self, now: UnixTime) -> bool {
        now.since(self.began_at) >= MINUTE
    }

    fn count(&mut self, folded: Folded, op: OpId, row: AuditRow) -> Option<FoldedRow> {
        if self.alone < folded.alone() {
            self.alone += 1;
            return Some((op, row));
        }
        match &mut self.counting {
            Some(counting) => {
                counting.row.times = counting.row.times.saturating_add(1);
                None
            }
            None => {
                let row = AuditRow { event: folded.event(row.event), ..row };
                self.counting = Some(Counting { op, row: row.clone(), written: row.times });
                Some((op, row))
            }
        }
    }

    /// The row that counts, if it says less where it is written.
    fn last_word(&mut self) -> Option<FoldedRow> {
        let counting = self.counting.as_mut().filter(|counting| counting.row.times > counting.written)?;
        counting.written = counting.row.times;
        Some((counting.op, counting.row.clone()))
    }
}

/// Refusals of one actor or source that have a row each, in a minute: a day of nothing else is some 70 MB.
const ALONE: u32 = 100;

/// What is counted at a time, at most: 8 MiB or so.
const MAX_FOLDED: usize = 16_384;

/// How long a row counts.
const MINUTE: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::audit::Reason;

    fn row(host: u8, at: u64, actor: Actor, event: AuditEvent) -> AuditRow {
        AuditRow::new(UnixTime::from_secs(at), actor, Source::Address([192, 0, 2, host].into()), event)
    }

    fn refused() -> AuditEvent {
        AuditEvent::ChangeRefused { dn: String::new(), reason: Reason::AccessDenied }
    }

    /// The events of the rows that are written when `row` happens `times` times.
    fn written(folding: &Folding, times: usize, row: &AuditRow) -> Vec<(AuditEvent, u32)> {
        let rows = (0..times).flat_map(|n| folding.count(OpId((n as u128).to_be_bytes()), row.clone()));
        rows.map(|(_, row)| (row.event, row.times)).collect()
    }

    #[test]
    fn refusals_to_one_actor_or_source_are_counted_beyond_a_hundred_a_minute() {
        let folding = Folding::default();
        let actors = [Actor::Account(Id(1)), Actor::Service(Id(2)), Actor::Anonymous, Actor::System];
        for (host, actor) in (1..).zip(actors) {
            let rows = written(&folding, 5000, &row(host, 1000, actor, refused()));
            assert_eq!(rows.len(), 101, "{actor:?}");
            assert_eq!(rows[100], (AuditEvent::RefusalsFolded, 1), "{actor:?}");
        }
    }

    #[test]
    fn what_others_do_meanwhile_has_its_own_rows() {
        let folding = Folding::default();
        written(&folding, 5000, &row(1, 1000, Actor::Anonymous, refused()));
        let guess = || AuditEvent::BindRefused { name: "ann".into(), reason: Reason::WrongPassword, target: Some(Id(9)) };
        assert_eq!(written(&folding, 1, &row(2, 1001, Actor::Anonymous, guess())), [(guess(), 1)], "another source");
        assert_eq!(written(&folding, 1, &row(1, 1001, Actor::Account(Id(3)), refused())), [(refused(), 1)], "an actor at the source");
        let set = || AuditEvent::PasswordChanged { target: Id(1) };
        assert_eq!(written(&folding, 300, &row(1, 1001, Actor::Account(Id(1)), set())).len(), 300, "what has happened");
    }

    #[test]
    fn binds_of_one_actor_from_one_source_are_one_row_a_minute() {
        let folding = Folding::default();
        let bind = |host, at, id| row(host, at, Actor::Service(Id(id)), AuditEvent::BindSucceeded);
        assert_eq!(written(&folding, 500, &bind(1, 1000, 1)), [(AuditEvent::BindSucceeded, 1)]);
        assert_eq!(written(&folding, 1, &bind(2, 1000, 1)).len(), 1, "from elsewhere");
        assert_eq!(written(&folding, 1, &bind(1, 1000, 2)).len(), 1, "of another");
        assert_eq!(written(&folding, 1, &bind(1, 1059, 1)), []);
        let next = written(&folding, 1, &bind(1, 1060, 1));
        assert_eq!(next, [(AuditEvent::BindSucceeded, 501), (AuditEvent::BindSucceeded, 1)], "the minute before, and a new one");
    }

    #[test]
    fn a_count_is_written_when_its_minute_is_over_and_under_the_key_of_its_row() {
        let folding = Folding::default();
        let bind = row(1, 1000, Actor::Service(Id(1)), AuditEvent::BindSucceeded);
        let begun = folding.count(OpId([7; 16]), bind.clone());
        folding.count(OpId([8; 16]), AuditRow { at: UnixTime::from_secs(1030), ..bind });
        assert_eq!(folding.over(UnixTime::from_secs(1059)), []);
        let last = folding.over(UnixTime::from_secs(1060));
        assert_eq!(last, [(begun[0].0, AuditRow { times: 2, ..begun[0].1.clone() })]);
        assert_eq!(folding.over(UnixTime::from_secs(2000)), []);
        assert!(folding.lock().is_empty());
    }

    #[test]
    fn at_the_end_each_count_that_has_grown_is_written_once() {
        let folding = Folding::default();
        written(&folding, 3, &row(1, 1000, Actor::Service(Id(1)), AuditEvent::BindSucceeded));
        written(&folding, 1, &row(1, 1000, Actor::Service(Id(2)), AuditEvent::BindSucceeded));
        assert_eq!(folding.unwritten().iter().map(|(_, row)| row.times).collect::<Vec<_>>(), [3]);
        assert_eq!(folding.unwritten(), []);
    }

    #[test]
    fn more_at_once_than_are_counted_have_rows_of_their_own() {
        let folding = Folding::default();
        let bind = |id| row(1, 1000, Actor::Account(Id(id)), AuditEvent::BindSucceeded);
        (0..MAX_FOLDED as u64).for_each(|id| drop(folding.count(OpId([0; 16]), bind(id))));
        assert_eq!(written(&folding, 2, &bind(u64::MAX)).len(), 2);
        assert_eq!(folding.lock().len(), MAX_FOLDED);
    }
}
