//! What the tree shows: the records of the store, and the entries that are part of its structure.

use super::Read;
use crate::domain::access::{Object, Subject};
use crate::domain::account::Account;
use crate::domain::caller::Actor;
use crate::domain::entry::Attributes;
use crate::domain::group::{Group, GroupKind};
use crate::domain::id::Id;
use crate::domain::schema::EntryKind;
use crate::domain::service::ServiceAccount;
use crate::domain::tree::{Branch, Place};
use crate::store::{View, accounts, groups, memberships, services};

/// Something that the tree shows.
#[derive(Clone, Debug)]
pub(in crate::directory) enum Record {
    Suffix,
    Branch(Branch),
    Account(Account),
    Service(ServiceAccount),
    Group(Group),
}

impl Record {
    /// What stands at `place`, if anything does.
    pub(in crate::directory) fn at(view: &mut View<'_>, place: &Place) -> Read<Option<Record>> {
        let record = match place {
            Place::Root | Place::Subschema | Place::Nowhere => None,
            Place::Suffix => Some(Record::Suffix),
            Place::Branch(branch) => Some(Record::Branch(*branch)),
            Place::Account(uid) => match accounts::id_of_uid(view, uid)? {
                Some(id) => accounts::load(view, id)?.map(Record::Account),
                None => None,
            },
            Place::Service(uid) => match services::id_of_uid(view, uid)? {
                Some(id) => services::load(view, id)?.map(Record::Service),
                None => None,
            },
            Place::Group(cn) => group_at(view, GroupKind::Group, cn)?,
            Place::Team(cn) => group_at(view, GroupKind::Team, cn)?,
        };
        Ok(record)
    }

    /// The entry of `actor`, if there is one.
    pub(in crate::directory) fn of(view: &mut View<'_>, actor: Actor) -> Read<Option<Record>> {
        Ok(match actor {
            Actor::Anonymous | Actor::System => None,
            Actor::Account(id) => accounts::load(view, id)?.map(Record::Account),
            Actor::Service(id) => services::load(view, id)?.map(Record::Service),
        })
    }

    /// Its id, unless it is part of the tree's structure.
    pub(in crate::directory) fn id(&self) -> Option<Id> {
        match self {
            Record::Suffix | Record::Branch(_) => None,
            Record::Account(account) => Some(account.id),
            Record::Service(service) => Some(service.id),
            Record::Group(group) => Some(group.id),
        }
    }

    /// How many owners it has.
    pub(in crate::directory) fn owners(&self) -> usize {
        match self {
            Record::Group(group) => group.owners.len(),
            Record::Suffix | Record::Branch(_) | Record::Account(_) | Record::Service(_) => 0,
        }
    }

    /// Who it is when it binds, if it can.
    pub(in crate::directory) fn actor(&self) -> Option<Actor> {
        match self {
            Record::Account(account) => Some(Actor::Account(account.id)),
            Record::Service(service) => Some(Actor::Service(service.id)),
            Record::Suffix | Record::Branch(_) | Record::Group(_) => None,
        }
    }

    /// The attributes that it holds as they are; all others are computed.
    pub(super) fn held(&self) -> Option<&Attributes> {
        match self {
            Record::Suffix | Record::Branch(_) => None,
            Record::Account(account) => Some(&account.attributes),
            Record::Service(service) => Some(&service.attributes),
            Record::Group(group) => Some(&group.attributes),
        }
    }

    /// What kind of entry it is.
    pub(super) fn kind(&self) -> EntryKind {
        match self {
            Record::Suffix => EntryKind::Suffix,
            Record::Branch(_) => EntryKind::Branch,
            Record::Account(_) => EntryKind::Account,
            Record::Service(_) => EntryKind::Service,
            Record::Group(group) if group.kind == GroupKind::Team => EntryKind::Team,
            Record::Group(_) => EntryKind::Group,
        }
    }

    /// What the access table calls it, with what `subject` has to do with it.
    pub(in crate::directory) fn object(&self, view: &mut View<'_>, subject: &Subject) -> Read<Object> {
        Ok(match self {
            Record::Suffix | Record::Branch(_) => Object::Structure,
            Record::Account(account) => Object::Account {
                id: account.id,
                role: account.role,
                team: owned_team_of(view, subject, account.id)?,
                in_limited_group: match subject {
                    Subject::Service { limited_to: Some(group), .. } => memberships::is_member(view, *group, account.id)?,
                    _ => false,
                },
            },
            Record::Service(service) => Object::Service { id: service.id },
            Record::Group(group) => {
                let member = match subject {
                    Subject::Account(person) => memberships::is_member(view, group.id, person.id)?,
                    _ => false,
                };
                match group.kind {
                    GroupKind::Team => Object::Team { id: group.id, member },
                    GroupKind::Group => Object::Group { id: group.id, member },
                }
            }
        })
    }
}

fn group_at(view: &mut View<'_>, kind: GroupKind, cn: &str) -> Read<Option<Record>> {
    match groups::id_of(view, kind, cn)? {
        Some(id) => Ok(groups::load(view, id)?.map(Record::Group)),
        None => Ok(None),
    }
}

/// The team of `account` that `subject` owns, if there is one; what other team it is in is of no interest.
fn owned_team_of(view: &mut View<'_>, subject: &Subject, account: Id) -> Read<Option<Id>> {
    let Subject::Account(person) = subject else { return Ok(None) };
    if person.owned_teams.is_empty() {
        return Ok(None);
    }
    let team = memberships::team_of(view, account)?.map(|team| team.id);
    Ok(team.filter(|team| person.owned_teams.contains(team)))
}
