//! Who is in which group or team, kept both ways, and what is left to clear away when one of the two is deleted.

use thiserror::Error;

use crate::domain::account::Account;
use crate::domain::group::{Group, GroupKind};
use crate::domain::id::Id;

use super::keys;
use super::lookup;
use super::records::{self, Owner};
use super::view::{Stop, View};

/// Why somebody does not become, or cease to be, a member; the texts are for the person who asked.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[allow(missing_docs)] // Each text says it.
pub enum MembershipError {
    #[error("{login:?} is a member of {group:?} already")]
    AlreadyMember { login: String, group: String },
    #[error("{login:?} is not a member of {group:?}")]
    NotMember { login: String, group: String },
    #[error(
        "{login:?} is in the team {other:?}, and nobody is in two teams; take them out of it first, or set their departmentNumber to {wanted:?} to move them"
    )]
    InOtherTeam { login: String, other: String, wanted: String },
    #[error("{login:?} is in {MAX_GROUPS} groups already, which is the most one account may be in; take them out of another group first")]
    TooManyGroups { login: String },
    #[error("the account is not there any more")]
    Gone,
}

/// Whether something has been cleared away whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Cleared {
    /// Nothing is left.
    Whole,
    /// More is left: run [`clear`] until nothing is.
    Partly,
}

/// The groups and teams that the account is in, in the order of their ids; [`MAX_GROUPS`] and a team at most. One that
/// is being deleted may still be named: load each, and leave out what is not there. Current.
pub fn of_account<E>(view: &mut View<'_>, account: Id) -> Result<Vec<Id>, Stop<E>> {
    Ok(held(view, account)?.into_iter().map(|(group, _)| group).collect())
}

/// The team that the account is in. Current.
pub fn team_of<E>(view: &mut View<'_>, account: Id) -> Result<Option<Group>, Stop<E>> {
    let held = held(view, account)?;
    team_among(view, &held)
}

/// The members of a group or team from the id `from` on, in the order of their ids, `limit` at most. One whose
/// account is being deleted may still be named. Current.
pub fn members<E>(view: &mut View<'_>, group: Id, from: Id, limit: usize) -> Result<Vec<Id>, Stop<E>> {
    let after = keys::after(&keys::members(group));
    records::ids_in(view, &keys::member(group, from), &after, limit)
}

/// Whether `account` is in the group or team. Current.
pub fn is_member<E>(view: &mut View<'_>, group: Id, account: Id) -> Result<bool, Stop<E>> {
    view.has(&keys::member(group, account))
}

/// The teams whose `owner` the account is, [`MAX_OWNED`] at most. Current.
pub fn owned_teams<E>(view: &mut View<'_>, account: Id) -> Result<Vec<Id>, Stop<E>> {
    records::ids_below(view, &keys::ownerships(account), MAX_OWNED)
}

/// Makes `account` a member of `group`.
pub fn add<E: From<MembershipError>>(view: &mut View<'_>, group: &Group, account: Id) -> Result<(), Stop<E>> {
    let login = load_account(view, account)?.uid;
    let held = held(view, account)?;
    if held.iter().any(|(id, _)| *id == group.id) {
        return Err(refuse(MembershipError::AlreadyMember { login, group: group.cn.clone() }));
    }
    match group.kind {
        GroupKind::Team => {
            if let Some(other) = team_among(view, &held)? {
                return Err(refuse(MembershipError::InOtherTeam { login, other: other.cn, wanted: group.cn.clone() }));
            }
        }
        GroupKind::Group => {
            if held.iter().filter(|(_, kind)| *kind == GroupKind::Group).count() >= MAX_GROUPS {
                return Err(refuse(MembershipError::TooManyGroups { login }));
            }
        }
    }
    view.put(keys::member(group.id, account), Vec::new());
    view.put(keys::membership(account, group.id), records::encode_kind(group.kind));
    Ok(())
}

/// Takes `account` out of `group`.
pub fn remove<E: From<MembershipError>>(view: &mut View<'_>, group: &Group, account: Id) -> Result<(), Stop<E>> {
    if !is_member(view, group.id, account)? {
        let login = load_account(view, account)?.uid;
        return Err(refuse(MembershipError::NotMember { login, group: group.cn.clone() }));
    }
    forget(view, group.id, account);
    Ok(())
}

/// Puts `account` into `team`, out of the one it is in; no team: out of that one only. Nothing happens if it is there.
pub fn move_to_team<E: From<MembershipError>>(view: &mut View<'_>, account: Id, team: Option<&Group>) -> Result<(), Stop<E>> {
    let present = team_of(view, account)?;
    if present.as_ref().map(|team| team.id) == team.map(|team| team.id) {
        return Ok(());
    }
    if let Some(present) = present {
        remove(view, &present, account)?;
    }
    match team {
        Some(team) => add(view, team, account),
        None => Ok(()),
    }
}

/// Clears away the first memberships of what a rule deletes, and writes down that there are more.
pub(super) fn clear_now<E>(view: &mut View<'_>, what: Owner) -> Result<Cleared, Stop<E>> {
    let cleared = clear_chunk(view, what)?;
    if cleared == Cleared::Partly {
        view.put(keys::tombstone(what.id()), records::encode_owner(what));
    }
    Ok(cleared)
}

/// Clears away the next memberships of something that was deleted. Whoever deleted it runs this until nothing is left;
/// after a crash [`left_to_clear`] says where to go on. It may run twice.
pub fn clear<E>(view: &mut View<'_>, what: Owner) -> Result<Cleared, Stop<E>> {
    let cleared = clear_chunk(view, what)?;
    if cleared == Cleared::Whole {
        view.delete(keys::tombstone(what.id()));
    }
    Ok(cleared)
}

/// What was deleted and is not cleared away whole, `limit` at most. Current.
pub fn left_to_clear<E>(view: &mut View<'_>, limit: usize) -> Result<Vec<Owner>, Stop<E>> {
    let (from, to) = keys::range(&keys::tombstones());
    view.scan(&from, &to, limit)?.into_iter().map(|(_, value)| records::decode_owner(&value)).collect()
}

fn clear_chunk<E>(view: &mut View<'_>, what: Owner) -> Result<Cleared, Stop<E>> {
    match what {
        Owner::Account(id) => clear_account(view, id),
        Owner::Group(id) => {
            let members = members(view, id, Id(0), CHUNK + 1)?;
            for member in members.iter().take(CHUNK) {
                forget(view, id, *member);
            }
            Ok(if members.len() > CHUNK { Cleared::Partly } else { Cleared::Whole })
        }
        Owner::Service(_) => Ok(Cleared::Whole),
    }
}

fn clear_account<E>(view: &mut View<'_>, account: Id) -> Result<Cleared, Stop<E>> {
    let held = records::ids_below(view, &keys::memberships(account), CHUNK + 1)?;
    for group in held.iter().take(CHUNK) {
        forget(view, *group, account);
    }
    let owned = records::ids_below(view, &keys::ownerships(account), OWNED_CHUNK + 1)?;
    for team in owned.iter().take(OWNED_CHUNK) {
        view.delete(keys::ownership(account, *team));
        if let Some(mut record) = lookup::group(view, *team)? {
            record.owners.retain(|owner| *owner != account);
            view.put(keys::group(*team), records::encode(&record));
        }
    }
    Ok(if held.len() > CHUNK || owned.len() > OWNED_CHUNK { Cleared::Partly } else { Cleared::Whole })
}

fn forget(view: &mut View<'_>, group: Id, account: Id) {
    view.delete(keys::member(group, account));
    view.delete(keys::membership(account, group));
}

fn held<E>(view: &mut View<'_>, account: Id) -> Result<Vec<(Id, GroupKind)>, Stop<E>> {
    let (from, to) = keys::range(&keys::memberships(account));
    view.scan(&from, &to, HELD_LOOKED_AT)?
        .into_iter()
        .filter_map(|(key, value)| keys::last_id(&key).map(|group| Ok((group, records::decode_kind(&value)?))))
        .collect()
}

/// The team among memberships; one that is being deleted is none any more.
fn team_among<E>(view: &mut View<'_>, held: &[(Id, GroupKind)]) -> Result<Option<Group>, Stop<E>> {
    for (group, _) in held.iter().filter(|(_, kind)| *kind == GroupKind::Team) {
        if let Some(team) = lookup::group(view, *group)? {
            return Ok(Some(team));
        }
    }
    Ok(None)
}

fn load_account<E: From<MembershipError>>(view: &mut View<'_>, id: Id) -> Result<Account, Stop<E>> {
    lookup::account(view, id)?.ok_or_else(|| refuse(MembershipError::Gone))
}

fn refuse<E: From<MembershipError>>(error: MembershipError) -> Stop<E> {
    Stop::Rule(E::from(error))
}

/// Groups an account is in at most, its team not counted.
pub const MAX_GROUPS: usize = 200;

/// Teams an account owns at most.
pub const MAX_OWNED: usize = 64;

/// Memberships looked at in one account: those it may have, and as many again of groups that are being deleted.
const HELD_LOOKED_AT: usize = 2 * (MAX_GROUPS + 1);

/// Memberships cleared away in one rule: two keys each, of the 64 that a rule may write.
const CHUNK: usize = 16;

/// Ownerships cleared away in one rule: two keys each as well.
const OWNED_CHUNK: usize = 4;
