//! Making, renaming, describing and deleting groups and teams.

use super::look::seen;
use super::{Asked, GroupsError, Rule};
use crate::directory::{Caller, ChangeError, Directory, is_group_name};
use crate::domain::audit::AuditEvent;
use crate::domain::dn::Dn;
use crate::domain::group::{Group, GroupKind};
use crate::domain::id::Id;
use crate::domain::schema::Attribute;
use crate::domain::tree::{Tree, fold};
use crate::store::{Fail, Stop, View, groups};

/// The form of a group or team.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupForm {
    /// [`GroupSheet::seen`](super::GroupSheet::seen) of the sheet that was filled in; of no consequence for a new one.
    pub seen: String,
    /// Its name.
    pub name: String,
    /// What it is for; empty: nothing is said.
    pub description: String,
}

/// A field of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupField {
    /// Its name.
    Name,
    /// What it is for.
    Description,
}

impl Directory {
    /// Makes a group or team, without members.
    ///
    /// # Errors
    /// [`GroupsError`]; there is none then.
    pub async fn add_group(&self, caller: &Caller, kind: GroupKind, form: &GroupForm) -> Result<Id, GroupsError> {
        let (name, description) = form.checked()?;
        let dn = Dn::parse(&self.settings.tree.group_dn(kind, name)).map_err(|_| GroupsError::NameMalformed)?;
        let class = "groupOfNames".into();
        let mut attributes = vec![("objectClass".to_owned(), vec![class])];
        if !description.is_empty() {
            attributes.push((Attribute::Description.name().to_owned(), vec![description.into()]));
        }
        self.add(caller, &dn, attributes).await?;
        let name = fold(name);
        let found =
            self.store.read(|view| groups::id_of(view, kind, &name)).await.map_err(|_: Fail<GroupsError>| GroupsError::Unavailable)?;
        found.ok_or(GroupsError::NoSuchGroup)
    }

    /// Gives the group or team `which` the name and the description of `form`.
    ///
    /// # Errors
    /// [`GroupsError`]; nothing has changed then.
    pub async fn save_group(&self, caller: &Caller, which: (GroupKind, Id), form: GroupForm) -> Result<Vec<GroupField>, GroupsError> {
        let asked = self.asked(caller, which);
        let tree = self.settings.tree.clone();
        let saved = self.once_telling(caller, move |view| save(view, &asked, (&form, &tree))).await;
        let events = self.group_answer(&asked, saved.map_err(GroupsError::from)).await?;
        Ok(events
            .iter()
            .map(|event| if matches!(event, AuditEvent::Renamed { .. }) { GroupField::Name } else { GroupField::Description })
            .collect())
    }

    /// Deletes the group or team `which`. Its members stay; what hangs on a large one is cleared away in the background.
    ///
    /// # Errors
    /// [`GroupsError`]; it is still there then.
    pub async fn delete_group(&self, caller: &Caller, which: (GroupKind, Id)) -> Result<(), GroupsError> {
        let asked = self.asked(caller, which);
        let found = self.store.read(|view| asked.to_change(view)).await.map_err(GroupsError::from);
        let group = self.group_answer(&asked, found).await?;
        let dn = Dn::parse(&self.settings.tree.group_dn(group.kind, &group.cn)).map_err(|_| GroupsError::NoSuchGroup)?;
        Ok(self.delete(caller, &dn).await?)
    }
}

impl GroupForm {
    /// Name and description as they are stored.
    fn checked(&self) -> Result<(&str, &str), GroupsError> {
        let (name, description) = (self.name.trim(), self.description.trim());
        match () {
            () if name.is_empty() => Err(GroupsError::NameMissing),
            () if !is_group_name(name) => Err(GroupsError::NameMalformed),
            () if description.len() > MAX_DESCRIPTION => Err(GroupsError::DescriptionTooLong(MAX_DESCRIPTION)),
            () if !description.is_empty() && Attribute::Description.validate(description.as_bytes()).is_err() => {
                Err(GroupsError::DescriptionMalformed)
            }
            () => Ok((name, description)),
        }
    }
}

fn save(view: &mut View<'_>, asked: &Asked, (form, tree): (&GroupForm, &Tree)) -> Rule<Vec<AuditEvent>> {
    let old = asked.to_change(view)?;
    if form.seen != seen(&old) {
        return Err(Stop::Rule(GroupsError::Changed));
    }
    let (name, description) = form.checked().map_err(Stop::Rule)?;
    let mut new = Group { cn: name.to_owned(), modified_at: asked.now, ..old.clone() };
    let values = if description.is_empty() { Vec::new() } else { vec![description.into()] };
    new.attributes.set(Attribute::Description, values);
    let (from, to) = (tree.group_dn(old.kind, &old.cn), tree.group_dn(new.kind, &new.cn));
    let described = (old.attributes.text(Attribute::Description) != new.attributes.text(Attribute::Description)).then(|| {
        let attributes = vec![Attribute::Description.name().to_owned()];
        AuditEvent::Modified { target: old.id, dn: to.clone(), attributes }
    });
    let renamed = (from != to).then_some(AuditEvent::Renamed { target: old.id, from, to });
    let events: Vec<AuditEvent> = renamed.into_iter().chain(described).collect();
    if !events.is_empty() {
        groups::replace(view, &new)?;
    }
    Ok(events)
}

impl From<ChangeError> for GroupsError {
    /// Of adding and deleting: what else may be wrong with a change is wrong with neither.
    fn from(error: ChangeError) -> GroupsError {
        match error {
            ChangeError::Denied(_) | ChangeError::BindFirst => GroupsError::Denied,
            ChangeError::MustChange => GroupsError::MustChange,
            ChangeError::Group(error) => error.into(),
            ChangeError::Membership(error) => error.into(),
            ChangeError::Unwilling(_) => GroupsError::NumbersUsedUp,
            ChangeError::Busy => GroupsError::Busy,
            ChangeError::Unavailable => GroupsError::Unavailable,
            ChangeError::NoSuchObject(_)
            | ChangeError::AlreadyExists(_)
            | ChangeError::Account(_)
            | ChangeError::Service(_)
            | ChangeError::NamingViolation(_)
            | ChangeError::ObjectClassViolation(_)
            | ChangeError::UndefinedType(_)
            | ChangeError::InvalidSyntax(_)
            | ChangeError::InvalidDn(_)
            | ChangeError::ValueExists(_)
            | ChangeError::NoSuchValue(_)
            | ChangeError::Constraint(_)
            | ChangeError::NotAllowedOnRdn(_)
            | ChangeError::NotAllowedOnNonLeaf(_)
            | ChangeError::OldPasswordRequired
            | ChangeError::Password(_) => GroupsError::NoSuchGroup,
        }
    }
}

/// Bytes of a description.
const MAX_DESCRIPTION: usize = 500;
