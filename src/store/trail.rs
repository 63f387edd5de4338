//! The audit read backwards: the newest rows first, of everything or of some accounts, in steps of a bounded size. Not in
//! charge of who may read it, nor of what is looked for in a row.

use std::ops::Range;

use super::keys::{self, Lane};
use super::view::{Stop, View};
use super::{StoredValue, audit, records};
use crate::domain::audit::{AuditRow, Class};
use crate::domain::id::Id;
use crate::domain::time::UnixTime;

pub use audit::AuditPosition;

/// Where to look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lanes(Vec<Lane>);

impl Lanes {
    /// All rows there are.
    pub fn everything() -> Lanes {
        Lanes((0..keys::AUDIT_SHARDS).map(Lane::Shard).collect())
    }

    /// All changes, whoever they are about.
    pub fn changes() -> Lanes {
        Lanes(vec![Lane::Story(keys::EVERYBODY, Class::Change)])
    }

    /// What of these classes is about one of `ids`, [`MAX_IDS`] of them at most.
    pub fn about(ids: &[Id], classes: &[Class]) -> Lanes {
        let ids = ids.iter().take(MAX_IDS);
        Lanes(ids.flat_map(|id| classes.iter().map(|class| Lane::Story(*id, *class))).collect())
    }
}

/// Some rows, the newest first.
#[derive(Debug, PartialEq)]
pub struct AuditStep {
    /// All rows from where the step began down to where it stopped.
    pub rows: Vec<(AuditPosition, AuditRow)>,
    /// Where it stopped, if there may be more.
    pub stopped: Option<AuditPosition>,
}

/// The newest rows of `lanes` from `from` (included) to `to` (excluded), before the row `before` if the walk goes on. A
/// step looks at [`ROWS_A_LANE`] keys of each lane at most; [`AuditStep::stopped`] says where the next begins. May lack rows
/// that are still on their way.
///
/// # Errors
/// [`Stop::Corrupt`] if a row cannot be read, and what the view itself says.
pub fn newest<E>(view: &mut View<'_>, lanes: &Lanes, times: Range<UnixTime>, before: Option<AuditPosition>) -> Result<AuditStep, Stop<E>> {
    let mut found: Vec<(AuditPosition, StoredValue)> = Vec::new();
    let mut stopped: Option<AuditPosition> = None;
    for lane in &lanes.0 {
        let end = lane.from(times.end);
        let end = before.map_or(end.clone(), |last| end.min(lane.at(last.at, last.op)));
        let begin = found.len();
        view.scan_back_with(&lane.from(times.start), &end, ROWS_A_LANE, |key, value| {
            if let (Some(at), Some(op)) = (keys::audit_time(key), keys::audit_op(key)) {
                found.push((AuditPosition { at, op }, value.to_vec()));
            }
        })?;
        if found.len() - begin == ROWS_A_LANE {
            // Behind the last of this lane there may be more: of the others no more than this is known to be complete.
            stopped = stopped.max(found.last().map(|(place, _)| *place));
        }
    }
    found.sort_unstable_by(|(one, _), (other, _)| other.cmp(one));
    found.dedup_by_key(|(place, _)| *place);
    found.retain(|(place, _)| stopped.is_none_or(|stopped| *place >= stopped));
    let mut rows = Vec::with_capacity(found.len());
    for (place, value) in found {
        rows.extend(row(view, place, &value)?.map(|row| (place, row)));
    }
    Ok(AuditStep { rows, stopped })
}

/// The newest row of this class that is about `id`.
///
/// # Errors
/// As of [`newest`].
pub fn latest<E>(view: &mut View<'_>, id: Id, class: Class) -> Result<Option<AuditRow>, Stop<E>> {
    let lane = Lane::Story(id, class);
    let (from, to) = (lane.from(UnixTime::default()), lane.from(UnixTime::from_millis(u64::MAX)));
    let mut place = None;
    view.scan_back_with(&from, &to, 1, |key, _| place = keys::audit_time(key).zip(keys::audit_op(key)))?;
    place.map_or(Ok(None), |(at, op)| row(view, AuditPosition { at, op }, &[]))
}

/// The row at `place`, whose value is there already where it was found among the rows; none if the index outlived it.
fn row<E>(view: &mut View<'_>, place: AuditPosition, value: &[u8]) -> Result<Option<AuditRow>, Stop<E>> {
    match value {
        [] => records::load(view, &keys::audit(place.at, place.op)),
        value => records::decode(value).map(Some),
    }
}

/// Keys of each lane that one step looks at.
pub const ROWS_A_LANE: usize = 64;

/// Accounts whose rows are read together: as many as may share an address.
pub const MAX_IDS: usize = 8;
