//! Groups and teams as the pages show them to administrators: the list of them, and the sheet of one. How they are
//! changed is `edit`'s.

use super::letters::name_of;
use super::people::Look;
use super::subject::check_administers;
use super::target;
use super::{Caller, Directory, LookError};
use crate::domain::account::Role;
use crate::domain::group::{Group, GroupKind};
use crate::domain::id::Id;
use crate::domain::record::Record;
use crate::domain::schema::Attribute;
use crate::domain::tree::fold;
use crate::store::{Stop, View, accounts, groups, memberships};

/// Which groups or teams are wanted.
#[derive(Clone, Debug)]
pub struct GroupsQuery {
    /// Groups, or teams.
    pub kind: GroupKind,
    /// What their names begin with; empty: all.
    pub beginning: String,
    /// [`GroupsPage::next`] of the page before; empty: the first page.
    pub after: String,
}

/// Some of them, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupsPage {
    /// At most [`LINES`].
    pub lines: Vec<GroupLine>,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
}

/// A group or team in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupLine {
    /// Which.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// How many are in it.
    pub members: MemberCount,
    /// The names of those who look after a team.
    pub managers: Vec<String>,
}

/// How many there are, as far as they are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberCount {
    /// So many.
    Just(usize),
    /// More than this.
    Over(usize),
}

/// A group or team as its sheet shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupSheet {
    /// Which.
    pub id: Id,
    /// Group or team.
    pub kind: GroupKind,
    /// What a form has to show, so that nothing is overwritten that somebody else has changed meanwhile.
    pub seen: String,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Those who look after a team.
    pub managers: Vec<GroupPerson>,
    /// How many are in it.
    pub count: MemberCount,
    /// Some of those who are: at most [`MEMBERS`], by name.
    pub members: Vec<GroupPerson>,
    /// Where the next members begin, if there are more.
    pub next: Option<Id>,
}

/// Somebody in a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupPerson {
    /// Who.
    pub id: Id,
    /// Their login.
    pub login: String,
    /// Their name, as it is shown.
    pub name: String,
    /// What they are: owning a team is of no consequence to anybody but a manager.
    pub role: Role,
}

impl Directory {
    /// The groups or teams that `query` asks for.
    ///
    /// # Errors
    /// [`LookError::Denied`] for a caller who is no administrator, `Unavailable`.
    pub async fn groups(&self, caller: &Caller, query: &GroupsQuery) -> Result<GroupsPage, LookError> {
        let (now, beginning) = (self.clock.now(), fold(query.beginning.trim()));
        let rule = |view: &mut View<'_>| {
            check_administers(view, caller, now, LookError::Denied)?;
            let mut found = groups::named(view, query.kind, &beginning, &query.after, LINES + 1)?;
            let more = found.len() > LINES;
            found.truncate(LINES);
            let next = found.last().filter(|_| more).map(|(name, _)| name.clone());
            let mut lines = Vec::with_capacity(found.len());
            for (_, id) in found {
                if let Some(group) = groups::load(view, id)? {
                    lines.push(line(view, &group)?);
                }
            }
            Ok(GroupsPage { lines, next })
        };
        Ok(self.store.read(rule).await?)
    }

    /// The sheet of the group or team `which`, with its members from the id `from` on.
    ///
    /// # Errors
    /// [`LookError::Denied`] for a caller who is no administrator, `NotFound`, `Unavailable`.
    pub async fn group(&self, caller: &Caller, kind: GroupKind, id: Id, from: Id) -> Result<GroupSheet, LookError> {
        let now = self.clock.now();
        let rule = |view: &mut View<'_>| {
            check_administers(view, caller, now, LookError::Denied)?;
            match target::by_id(view, kind.branch(), id)? {
                Some(Record::Group(group)) => sheet(view, group, from),
                _ => Err(Stop::Rule(LookError::NotFound)),
            }
        };
        Ok(self.store.read(rule).await?)
    }
}

fn line(view: &mut View<'_>, group: &Group) -> Look<GroupLine> {
    let managers = people(view, &group.owners)?.into_iter().map(|person| person.name).collect();
    Ok(GroupLine { id: group.id, name: group.cn.clone(), description: description(group), members: count(view, group.id)?, managers })
}

fn sheet(view: &mut View<'_>, group: Group, from: Id) -> Look<GroupSheet> {
    let mut ids = memberships::members(view, group.id, from, MEMBERS + 1)?;
    let next = ids.get(MEMBERS).copied();
    ids.truncate(MEMBERS);
    Ok(GroupSheet {
        id: group.id,
        kind: group.kind,
        seen: target::seen(view, &Record::Group(group.clone()))?,
        name: group.cn.clone(),
        description: description(&group),
        managers: people(view, &group.owners)?,
        count: count(view, group.id)?,
        members: people(view, &ids)?,
        next,
    })
}

/// The accounts `ids` by name; those that are not there any more are left out.
fn people(view: &mut View<'_>, ids: &[Id]) -> Look<Vec<GroupPerson>> {
    let mut people = Vec::with_capacity(ids.len());
    for id in ids {
        if let Some(account) = accounts::load(view, *id)? {
            let name = name_of(&account).unwrap_or_else(|| account.uid.clone());
            people.push(GroupPerson { id: account.id, login: account.uid, name, role: account.role });
        }
    }
    people.sort_by_cached_key(|person| (fold(&person.name), person.id));
    Ok(people)
}

fn count(view: &mut View<'_>, group: Id) -> Look<MemberCount> {
    let found = memberships::members(view, group, Id(0), COUNTED + 1)?.len();
    Ok(if found > COUNTED { MemberCount::Over(COUNTED) } else { MemberCount::Just(found) })
}

fn description(group: &Group) -> String {
    group.attributes.text(Attribute::Description).unwrap_or_default().to_owned()
}

/// Groups or teams on a page of the list.
pub const LINES: usize = 25;

/// Members on a page of a sheet.
pub const MEMBERS: usize = 50;

/// Members of a group that are counted.
const COUNTED: usize = 1000;

#[cfg(test)]
mod tests;
