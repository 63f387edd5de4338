//! Rows of the audit that wait to be written: bounded, and fair between those who cause them.

use std::collections::{BTreeSet, HashMap};

use crate::domain::audit::AuditRow;
use crate::domain::caller::Source;
use crate::domain::id::{Id, OpId};
use crate::domain::throttle::neighbourhood;

/// Rows that wait, each with those of the same actor or source.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    shares: HashMap<Sharer, Share>,
    /// The shares by the number of their refusals, so that the largest is known.
    sizes: BTreeSet<(usize, u64)>,
    /// The sharers by the number of their share.
    numbers: HashMap<u64, Sharer>,
    refusals: usize,
    others: usize,
    given: u64,
}

/// Whose rows wait together: those of an actor, or of a source if nobody has signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Sharer {
    Actor(Id),
    Source(Source),
}

#[derive(Debug)]
struct Share {
    number: u64,
    refusals: Vec<(OpId, AuditRow)>,
    others: Vec<(OpId, AuditRow)>,
}

/// Whether a row found room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(super) enum Room {
    /// It waits.
    Found,
    /// A row was dropped: this one, or one of the sharer with the most rows.
    Dropped,
}

impl Waiting {
    /// Has `row` wait. Refusals never take the room of what has happened ([`MAX_OTHERS`]); when there is no more room for
    /// them ([`MAX_REFUSALS`]), the sharer with the most of them loses the newest.
    pub(super) fn push(&mut self, op: OpId, row: AuditRow) -> Room {
        let sharer = Sharer::of(&row);
        if !row.is_noise() {
            if self.others >= MAX_OTHERS {
                return Room::Dropped;
            }
            self.others += 1;
            self.share(sharer).others.push((op, row));
            return Room::Found;
        }
        let mut room = Room::Found;
        if self.refusals >= MAX_REFUSALS {
            let own = self.shares.get(&sharer).map_or(0, |share| share.refusals.len());
            if self.largest().is_none_or(|(size, _)| size <= own + 1) || !self.drop_newest_of_largest() {
                return Room::Dropped;
            }
            room = Room::Dropped;
        }
        let share = self.share(sharer);
        let (size, number) = (share.refusals.len(), share.number);
        share.refusals.push((op, row));
        self.resize(number, size, size + 1);
        self.refusals += 1;
        room
    }

    /// How many rows wait.
    pub(super) fn len(&self) -> usize {
        self.refusals + self.others
    }

    /// Takes all rows out: those of what has happened first.
    pub(super) fn take(&mut self) -> Vec<(OpId, AuditRow)> {
        let Waiting { shares, .. } = std::mem::take(self);
        let (mut others, mut refusals) = (Vec::new(), Vec::new());
        for share in shares.into_values() {
            others.extend(share.others);
            refusals.extend(share.refusals);
        }
        others.extend(refusals);
        others
    }

    fn share(&mut self, sharer: Sharer) -> &mut Share {
        let (given, numbers) = (&mut self.given, &mut self.numbers);
        self.shares.entry(sharer).or_insert_with(|| {
            *given += 1;
            numbers.insert(*given, sharer);
            Share { number: *given, refusals: Vec::new(), others: Vec::new() }
        })
    }

    fn largest(&self) -> Option<(usize, u64)> {
        self.sizes.last().copied()
    }

    fn drop_newest_of_largest(&mut self) -> bool {
        let Some((size, number)) = self.largest() else { return false };
        let share = self.numbers.get(&number).and_then(|sharer| self.shares.get_mut(sharer));
        if share.and_then(|share| share.refusals.pop()).is_none() {
            return false;
        }
        self.resize(number, size, size - 1);
        self.refusals -= 1;
        true
    }

    fn resize(&mut self, number: u64, from: usize, to: usize) {
        self.sizes.remove(&(from, number));
        if to > 0 {
            self.sizes.insert((to, number));
        }
    }
}

impl Sharer {
    fn of(row: &AuditRow) -> Sharer {
        row.actor.id().map_or_else(|| Sharer::Source(neighbourhood(row.source)), Sharer::Actor)
    }
}

/// Refusals that wait, at most.
pub(super) const MAX_REFUSALS: usize = 6144;

/// Rows of what has happened that wait, at most.
pub(super) const MAX_OTHERS: usize = 2048;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::audit::{AuditEvent, Reason};
    use crate::domain::caller::Actor;
    use crate::domain::time::UnixTime;

    fn refusal(host: u16) -> AuditRow {
        let [high, low] = host.to_be_bytes();
        let event = AuditEvent::BindRefused { name: String::new(), reason: Reason::UnknownName, target: None };
        AuditRow::new(UnixTime::default(), Actor::Anonymous, Source::Address([10, 0, high, low].into()), event)
    }

    fn push(waiting: &mut Waiting, row: AuditRow) -> Room {
        waiting.push(OpId([0; 16]), row)
    }

    fn from(rows: &[(OpId, AuditRow)], host: u16) -> usize {
        rows.iter().filter(|(_, row)| row.source == refusal(host).source).count()
    }

    #[test]
    fn a_flood_takes_no_room_of_others() {
        let mut waiting = Waiting::default();
        for n in 0..MAX_REFUSALS {
            assert_eq!(push(&mut waiting, refusal(1)), Room::Found, "{n}");
        }
        assert_eq!(push(&mut waiting, refusal(1)), Room::Dropped, "its own");
        for host in 2..=50 {
            assert_eq!(push(&mut waiting, refusal(host)), Room::Dropped, "of the flood");
        }
        let event = AuditEvent::PasswordChanged { target: Id(9) };
        assert_eq!(push(&mut waiting, AuditRow { event, ..refusal(1) }), Room::Found);
        assert_eq!(waiting.len(), MAX_REFUSALS + 1);
        let rows = waiting.take();
        assert_eq!((from(&rows, 1), rows.len()), (MAX_REFUSALS - 49 + 1, MAX_REFUSALS + 1));
        assert!((2..=50).all(|host| from(&rows, host) == 1));
        assert_eq!(rows[0].1.event.class(), crate::domain::audit::Class::Change);
        assert_eq!(waiting.len(), 0);
    }

    #[test]
    fn the_largest_share_loses() {
        let mut waiting = Waiting::default();
        assert!((0..MAX_REFUSALS).all(|n| push(&mut waiting, refusal(if n < 10 { 2 } else { 1 })) == Room::Found));
        for _ in 0..MAX_REFUSALS {
            assert_eq!(push(&mut waiting, refusal(3)), Room::Dropped);
        }
        let rows = waiting.take();
        let shares = [1, 2, 3].map(|host| from(&rows, host));
        assert_eq!(shares.iter().sum::<usize>(), MAX_REFUSALS);
        assert!(shares[1] == 10 && shares[0].abs_diff(shares[2]) <= 1, "{shares:?}");
    }

    #[test]
    fn what_has_happened_is_bounded_too() {
        let mut waiting = Waiting::default();
        let row = || AuditRow { event: AuditEvent::SignedOut, ..refusal(1) };
        assert!((0..MAX_OTHERS).all(|_| push(&mut waiting, row()) == Room::Found));
        assert_eq!(push(&mut waiting, row()), Room::Dropped);
        assert_eq!(push(&mut waiting, refusal(1)), Room::Found);
    }
}
