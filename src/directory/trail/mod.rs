//! What the audit tells: to administrators of everything, to people of their own account. Newest first, in pages, each
//! call of a bounded size. Names are those of today; who is gone has none.

mod query;
mod recent;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

pub use query::{AuditPlace, AuditQuery, AuditWhat};
pub use recent::{MyDetails, Recent, Repeated};

use super::letters::name_of;
use super::subject::check_administers;
use super::{Caller, Directory, LookError};
use crate::domain::audit::{AuditEvent, AuditRow};
use crate::domain::group::GroupKind;
use crate::domain::id::Id;
use crate::domain::time::UnixTime;
use crate::store::trail::newest;
use crate::store::{Stop, View, accounts, groups, services};

/// Some of what the audit has, the newest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AuditPage {
    /// At most [`AUDIT_PAGE`].
    pub rows: Vec<ToldRow>,
    /// Where to go on, if there may be more.
    pub next: Option<AuditPlace>,
    /// The page is not full, since much was looked at that is not asked for: down to this time there is nothing else.
    pub looked_to: Option<UnixTime>,
    /// Nobody and nothing has the name that is asked for.
    pub unknown: bool,
}

/// A row with the names of today.
#[derive(Clone, Debug, PartialEq)]
pub struct ToldRow {
    /// As it was written.
    pub row: AuditRow,
    /// Who acted, unless it was nobody, the daemon's own user, or somebody who is gone.
    pub actor: Option<NamedAccount>,
    /// Whom or what it happened to, if it is known and still there.
    pub target: Option<NamedAccount>,
}

/// Somebody or something that is there today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedAccount {
    /// Its name in the store.
    pub id: Id,
    /// What it is.
    pub kind: NamedKind,
    /// What people call it.
    pub name: String,
    /// What the directory calls it: login, or name.
    pub login: String,
}

/// What can be named in the audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // Each says it.
pub enum NamedKind {
    Person,
    Application,
    Group,
    Team,
}

impl Directory {
    /// What the audit has of what `query` asks for: for administrators. Rows of the last moments may be missing still.
    ///
    /// # Errors
    /// [`LookError::Denied`] for everybody else.
    pub async fn audit_trail(&self, caller: &Caller, query: &AuditQuery) -> Result<AuditPage, LookError> {
        self.write_counts_so_far();
        let mut page = AuditPage::default();
        let mut before = query.after;
        for _ in 0..STEPS {
            let room = AUDIT_PAGE - page.rows.len();
            let step = self.store.read(|view| self.step(view, caller, query, before, room)).await?;
            page.rows.extend(step.rows);
            page.unknown = step.unknown;
            before = step.stopped;
            if before.is_none() || page.rows.len() >= AUDIT_PAGE {
                page.next = before;
                return Ok(page);
            }
            // Others of this thread come in between.
            tokio::task::yield_now().await;
        }
        page.next = before;
        page.looked_to = before.map(AuditPlace::at);
        Ok(page)
    }

    /// Writes down that `caller` takes the audit out as a file, before it is given.
    ///
    /// # Errors
    /// As of [`Directory::audit_trail`].
    pub async fn begin_audit_export(&self, caller: &Caller) -> Result<(), LookError> {
        let (asked, now) = (*caller, self.clock.now());
        let rule = move |view: &mut View<'_>| administered(view, &asked, now);
        self.once(caller, vec![AuditEvent::AuditExported], rule).await.map_err(LookError::from)
    }

    /// The rows of one step that are asked for, at most `room` of them.
    fn step(
        &self,
        view: &mut View<'_>,
        caller: &Caller,
        query: &AuditQuery,
        before: Option<AuditPlace>,
        room: usize,
    ) -> Result<TrailStep, Stop<LookError>> {
        administered(view, caller, self.clock.now())?;
        let Some(lanes) = query.lanes(view)? else { return Ok(TrailStep { unknown: true, ..TrailStep::default() }) };
        let found = newest(view, &lanes, query.times(), before.map(|place| place.0))?;
        let mut step = TrailStep { stopped: found.stopped.map(AuditPlace), ..TrailStep::default() };
        let mut names = Names::default();
        for (place, row) in found.rows {
            if !query.wants(&row) {
                continue;
            }
            step.rows.push(names.tell(view, row)?);
            if step.rows.len() == room {
                step.stopped = Some(AuditPlace(place));
                break;
            }
        }
        Ok(step)
    }
}

/// What one step has found.
#[derive(Default)]
struct TrailStep {
    rows: Vec<ToldRow>,
    stopped: Option<AuditPlace>,
    unknown: bool,
}

/// Names that were looked up, each once.
#[derive(Default)]
struct Names(HashMap<Id, Option<NamedAccount>>);

impl Names {
    fn tell<E>(&mut self, view: &mut View<'_>, row: AuditRow) -> Result<ToldRow, Stop<E>> {
        let mut name = |id: Option<Id>| id.map_or(Ok(None), |id| self.of(view, id));
        Ok(ToldRow { actor: name(row.actor.id())?, target: name(row.event.target())?, row })
    }

    fn of<E>(&mut self, view: &mut View<'_>, id: Id) -> Result<Option<NamedAccount>, Stop<E>> {
        if let Some(known) = self.0.get(&id) {
            return Ok(known.clone());
        }
        let named = named(view, id)?;
        self.0.insert(id, named.clone());
        Ok(named)
    }
}

/// What `id` is called. Current.
fn named<E>(view: &mut View<'_>, id: Id) -> Result<Option<NamedAccount>, Stop<E>> {
    if let Some(account) = accounts::load(view, id)? {
        let name = name_of(&account).unwrap_or_else(|| account.uid.clone());
        return Ok(Some(NamedAccount { id, kind: NamedKind::Person, name, login: account.uid }));
    }
    if let Some(service) = services::load(view, id)? {
        return Ok(Some(NamedAccount { id, kind: NamedKind::Application, name: service.uid.clone(), login: service.uid }));
    }
    Ok(groups::load(view, id)?.map(|group| {
        let kind = match group.kind {
            GroupKind::Group => NamedKind::Group,
            GroupKind::Team => NamedKind::Team,
        };
        NamedAccount { id, kind, name: group.cn.clone(), login: group.cn }
    }))
}

/// Refuses a caller who does not administer the directory.
pub(super) fn administered(view: &mut View<'_>, caller: &Caller, now: UnixTime) -> Result<(), Stop<LookError>> {
    check_administers(view, caller, now, LookError::Denied)
}

/// Rows of a page.
pub const AUDIT_PAGE: usize = 50;

/// Steps of one call: each looks at a thousand rows at most.
const STEPS: usize = 8;
