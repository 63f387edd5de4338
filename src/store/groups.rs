//! Groups and teams: how they are found, and the rules by which they are made, changed and deleted.
//! Who is in them is in `memberships.rs`.

use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::domain::group::{Group, GroupKind, MAX_OWNERS};
use crate::domain::id::Id;
use crate::domain::time::UnixTime;
use crate::domain::tree::fold;

use super::keys;
use super::lookup;
use super::memberships::{self, Cleared, MAX_OWNED};
use super::records::{self, Owner};
use super::view::{Stop, View};

pub use super::lookup::{group as load, group_by_name as by_name, group_id as id_of, group_of_number as id_of_number};
pub use super::memberships::{is_member, members, of_account, owned_teams, team_of};

/// Why a group or team is not made or changed; the texts are for the person who asked.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[allow(missing_docs)] // Each text says it.
pub enum GroupError {
    #[error("the name {0:?} is taken by another group; choose another one")]
    GroupTaken(String),
    #[error("the name {0:?} is taken by another team; choose another one")]
    TeamTaken(String),
    #[error("the gidNumber {0} belongs to another group or team; choose another one, or leave it out to be given the next free one")]
    NumberTaken(u32),
    #[error("a team has {MAX_OWNERS} owners at most; take some away")]
    TooManyOwners,
    #[error("{0:?} owns {MAX_OWNED} teams already, which is the most one account may own")]
    TooManyOwned(String),
    #[error("an owner is an account, and that one is not there any more")]
    NoSuchOwner,
    #[error("the group or team is not there any more")]
    Gone,
}

/// Returns a digest of every field except the time of the last change; it changes when any of them does.
pub fn fingerprint(group: &Group) -> [u8; 32] {
    let bare = Group { modified_at: UnixTime::default(), ..group.clone() };
    Sha256::digest(records::encode(&bare)).into()
}

/// The groups or teams whose names come first, in their order, `limit` at most. Current.
pub fn first<E>(view: &mut View<'_>, kind: GroupKind, limit: usize) -> Result<Vec<Id>, Stop<E>> {
    Ok(named(view, kind, "", "", limit)?.into_iter().map(|(_, id)| id).collect())
}

/// The groups or teams whose folded names begin with `beginning`, by name, those behind the name `after` (empty: from the
/// first on), `limit` at most: folded name and id. Current.
pub fn named<E>(view: &mut View<'_>, kind: GroupKind, beginning: &str, after: &str, limit: usize) -> Result<Vec<(String, Id)>, Stop<E>> {
    let (first, end) = keys::range(&keys::group_name(kind, beginning));
    let from = if after.is_empty() { first } else { first.max(keys::next(&keys::group_name(kind, after))) };
    let start = keys::group_names(kind).len();
    let rows = view.scan(&from, &end, limit)?;
    rows.into_iter().map(|(key, value)| Ok((String::from_utf8_lossy(&key[start..]).into_owned(), records::decode_id(&value)?))).collect()
}

/// Makes `group`, whose id and number the caller has drawn; see [`super::numbers`]. It has no members yet.
pub fn add<E: From<GroupError>>(view: &mut View<'_>, group: &Group) -> Result<(), Stop<E>> {
    check_cn(view, group)?;
    check_number(view, group)?;
    check_owners(view, group, &[])?;
    view.put(keys::entry_uuid(group.entry_uuid), records::encode_owner(Owner::Group(group.id)));
    write(view, group);
    Ok(())
}

/// Puts `new` in place of the group or team with the same id: its name, number and owners too.
pub fn replace<E: From<GroupError>>(view: &mut View<'_>, new: &Group) -> Result<(), Stop<E>> {
    let old = load(view, new.id)?.ok_or_else(|| refuse(GroupError::Gone))?;
    if fold(&old.cn) != fold(&new.cn) {
        check_cn(view, new)?;
    }
    if old.gid_number != new.gid_number {
        check_number(view, new)?;
    }
    check_owners(view, new, &old.owners)?;
    remove_indexes(view, &old);
    write(view, new);
    Ok(())
}

/// Deletes the group or team `id`; nobody finds it any more at once. Where it has more members than one rule may write,
/// the rest is left to [`memberships::clear`]. An application that was limited to it sees nobody from then on.
pub fn delete<E: From<GroupError>>(view: &mut View<'_>, id: Id) -> Result<Cleared, Stop<E>> {
    let group = load(view, id)?.ok_or_else(|| refuse(GroupError::Gone))?;
    remove_indexes(view, &group);
    view.delete(keys::entry_uuid(group.entry_uuid));
    view.delete(keys::group(id));
    memberships::clear_now(view, Owner::Group(id))
}

/// A name is unique among groups and among teams; a team may be called as a group is.
fn check_cn<E: From<GroupError>>(view: &mut View<'_>, group: &Group) -> Result<(), Stop<E>> {
    match (id_of(view, group.kind, &fold(&group.cn))?, group.kind) {
        (Some(holder), GroupKind::Group) if holder != group.id => Err(refuse(GroupError::GroupTaken(group.cn.clone()))),
        (Some(holder), GroupKind::Team) if holder != group.id => Err(refuse(GroupError::TeamTaken(group.cn.clone()))),
        (Some(_) | None, _) => Ok(()),
    }
}

/// As for accounts: a number whose holder is gone may be given again if somebody asks for just that one.
fn check_number<E: From<GroupError>>(view: &mut View<'_>, group: &Group) -> Result<(), Stop<E>> {
    let Some(holder) = id_of_number(view, group.gid_number)? else { return Ok(()) };
    if holder != group.id && load(view, holder)?.is_some_and(|other| other.gid_number == group.gid_number) {
        return Err(refuse(GroupError::NumberTaken(group.gid_number)));
    }
    Ok(())
}

/// Any account may be an owner; it looks after the members as long as its role is manager, so that
/// a role can be taken away and given back without touching the teams.
fn check_owners<E: From<GroupError>>(view: &mut View<'_>, group: &Group, already: &[Id]) -> Result<(), Stop<E>> {
    if group.owners.len() > MAX_OWNERS {
        return Err(refuse(GroupError::TooManyOwners));
    }
    for owner in group.owners.iter().filter(|owner| !already.contains(owner)) {
        let account = lookup::account(view, *owner)?.ok_or_else(|| refuse(GroupError::NoSuchOwner))?;
        if owned_teams(view, *owner)?.len() >= MAX_OWNED {
            return Err(refuse(GroupError::TooManyOwned(account.uid)));
        }
    }
    Ok(())
}

fn write(view: &mut View<'_>, group: &Group) {
    view.put(keys::group_name(group.kind, &fold(&group.cn)), records::encode_id(group.id));
    view.put(keys::gid_number(group.gid_number), records::encode_id(group.id));
    for owner in &group.owners {
        view.put(keys::ownership(*owner, group.id), Vec::new());
    }
    view.put(keys::group(group.id), records::encode(group));
}

/// All but the number's: it stays taken for ever.
fn remove_indexes(view: &mut View<'_>, group: &Group) {
    view.delete(keys::group_name(group.kind, &fold(&group.cn)));
    for owner in &group.owners {
        view.delete(keys::ownership(*owner, group.id));
    }
}

fn refuse<E: From<GroupError>>(error: GroupError) -> Stop<E> {
    Stop::Rule(E::from(error))
}
