//! Who is in a group or team, and who looks after a team.

use super::{Asked, GroupsError, Rule};
use crate::directory::{Caller, Directory};
use crate::domain::account::Account;
use crate::domain::audit::AuditEvent;
use crate::domain::group::{Group, GroupKind};
use crate::domain::id::Id;
use crate::domain::schema::Attribute;
use crate::domain::tree::{Tree, fold};
use crate::store::{Stop, View, accounts, groups, memberships};

/// What somebody is to a group or team.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// In it.
    Member,
    /// One who looks after it; of a team only.
    Manager,
}

impl Relation {
    fn attribute(self) -> Attribute {
        match self {
            Relation::Member => Attribute::Member,
            Relation::Manager => Attribute::Owner,
        }
    }
}

impl Directory {
    /// Makes the people with these logins members or managers of `which`: all of them, or none. Blanks and commas stand
    /// between logins; [`TOGETHER`] at most.
    ///
    /// # Errors
    /// [`GroupsError`]; nothing has changed then.
    pub async fn put_in_group(
        &self,
        caller: &Caller,
        which: (GroupKind, Id),
        (relation, logins): (Relation, &str),
    ) -> Result<(), GroupsError> {
        let asked = self.asked(caller, which);
        let logins: Vec<String> = logins
            .split(|c: char| c.is_whitespace() || matches!(c, ',' | ';'))
            .filter(|login| !login.is_empty())
            .map(str::to_owned)
            .collect();
        let tree = self.settings.tree.clone();
        let put = self.once_telling(caller, move |view| put(view, &asked, relation, &logins).map(|group| told(&tree, &group, relation)));
        let outcome = put.await.map(drop).map_err(GroupsError::from);
        self.group_answer(&asked, outcome).await
    }

    /// Makes the person `whom` no longer a member or manager of `which`. Nothing happens if they are none.
    ///
    /// # Errors
    /// [`GroupsError`]; nothing has changed then.
    pub async fn take_out_of_group(
        &self,
        caller: &Caller,
        which: (GroupKind, Id),
        (relation, whom): (Relation, Id),
    ) -> Result<(), GroupsError> {
        let asked = self.asked(caller, which);
        let tree = self.settings.tree.clone();
        let take = move |view: &mut View<'_>| {
            let taken = take(view, &asked, relation, whom)?;
            Ok(taken.map(|group| told(&tree, &group, relation)).unwrap_or_default())
        };
        let outcome = self.once_telling(caller, take).await.map(drop).map_err(GroupsError::from);
        self.group_answer(&asked, outcome).await
    }
}

fn put(view: &mut View<'_>, asked: &Asked, relation: Relation, logins: &[String]) -> Rule<Group> {
    let mut group = asked.to_change(view)?;
    match logins.len() {
        0 => return Err(Stop::Rule(GroupsError::NobodyNamed)),
        1..=TOGETHER => {}
        _ => return Err(Stop::Rule(GroupsError::TooManyNamed)),
    }
    for login in logins {
        let account = called(view, login)?;
        match relation {
            Relation::Member => memberships::add(view, &group, account.id)?,
            Relation::Manager if group.owners.contains(&account.id) => return Err(Stop::Rule(GroupsError::Already(account.uid))),
            Relation::Manager => group.owners.push(account.id),
        }
    }
    if relation == Relation::Manager {
        store_managers(view, asked, &mut group)?;
    }
    Ok(group)
}

/// The group, if there was somebody to be taken out.
fn take(view: &mut View<'_>, asked: &Asked, relation: Relation, whom: Id) -> Rule<Option<Group>> {
    let mut group = asked.to_change(view)?;
    match relation {
        Relation::Member if !memberships::is_member(view, group.id, whom)? => return Ok(None),
        Relation::Member => memberships::remove(view, &group, whom)?,
        Relation::Manager if !group.owners.contains(&whom) => return Ok(None),
        Relation::Manager => {
            group.owners.retain(|owner| *owner != whom);
            store_managers(view, asked, &mut group)?;
        }
    }
    Ok(Some(group))
}

fn store_managers(view: &mut View<'_>, asked: &Asked, group: &mut Group) -> Rule<()> {
    // A group has none, whatever a form says.
    if group.kind != GroupKind::Team {
        return Err(Stop::Rule(GroupsError::NoSuchGroup));
    }
    group.modified_at = asked.now;
    groups::replace(view, group)
}

fn called(view: &mut View<'_>, login: &str) -> Rule<Account> {
    let found = match accounts::id_of_uid(view, &fold(login))? {
        Some(id) => accounts::load(view, id)?,
        None => None,
    };
    found.ok_or_else(|| Stop::Rule(GroupsError::NoSuchPerson(login.to_owned())))
}

fn told(tree: &Tree, group: &Group, relation: Relation) -> Vec<AuditEvent> {
    let dn = tree.group_dn(group.kind, &group.cn);
    vec![AuditEvent::Modified { target: group.id, dn, attributes: vec![relation.attribute().name().to_owned()] }]
}

/// People who are put into a group together: a rule of the store looks at four keys for each.
pub const TOGETHER: usize = 12;
