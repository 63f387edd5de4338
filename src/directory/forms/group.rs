//! The forms of groups and teams: name and description, and the people in them.

use super::{Shown, single};
use crate::directory::edit::{Change, Edit, EditError, EditFault, EditTarget, Edited, Wrong};
use crate::directory::{Caller, Directory, Target};
use crate::domain::group::GroupKind;
use crate::domain::id::Id;
use crate::domain::record::Record;
use crate::domain::schema::Attribute;
use crate::store::{Fail, accounts};

/// The form of a group or team.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupForm {
    /// [`GroupSheet::seen`](crate::directory::GroupSheet::seen) of the sheet that was filled in; unused for a new one.
    pub seen: String,
    /// The name.
    pub name: String,
    /// The description; empty: none.
    pub description: String,
}

/// What a person is to a group or team.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// A member.
    Member,
    /// One who looks after a team.
    Manager,
}

impl Relation {
    /// The attribute whose values are logins.
    fn attribute(self) -> Attribute {
        match self {
            Relation::Member => Attribute::MemberUid,
            Relation::Manager => Attribute::Owner,
        }
    }
}

impl Directory {
    /// Adds a group or team without members.
    ///
    /// # Errors
    /// [`EditError`]; it is not there then.
    pub async fn add_group(&self, caller: &Caller, kind: GroupKind, form: &GroupForm) -> Result<Edited, EditError> {
        let description = single(form.description.trim());
        let changes = if description.is_empty() { Vec::new() } else { vec![Change::Set(Attribute::Description, description)] };
        self.edit(caller, Edit::of(EditTarget::New(kind.branch(), form.name.trim().to_owned()), changes)).await
    }

    /// Gives the group or team `id` the name and the description of `form`.
    ///
    /// # Errors
    /// [`EditError`]; nothing has changed then.
    pub async fn save_group(&self, caller: &Caller, kind: GroupKind, id: Id, form: GroupForm) -> Result<Edited, EditError> {
        self.save_form(caller, Target::Id(kind.branch(), id), |edit, shown| form.fill(edit, shown)).await
    }

    /// Makes the people with these logins members or managers of the group or team `id`: all of them, or none. Logins are
    /// separated by blanks, commas or semicolons; [`TOGETHER`] at most.
    ///
    /// # Errors
    /// [`EditError`]; nothing has changed then.
    pub async fn put_in_group(
        &self,
        caller: &Caller,
        kind: GroupKind,
        id: Id,
        relation: Relation,
        logins: &str,
    ) -> Result<Edited, EditError> {
        let separates = |c: char| c.is_whitespace() || matches!(c, ',' | ';');
        let logins: Vec<_> = logins.split(separates).filter(|login| !login.is_empty()).map(|login| login.as_bytes().to_vec()).collect();
        let wrong = match logins.len() {
            0 => Some(Wrong::Missing),
            1..=TOGETHER => None,
            _ => Some(Wrong::TooMany(TOGETHER)),
        };
        let attribute = relation.attribute();
        let faults = wrong.map(|wrong| EditFault { attribute: Some(attribute), wrong }).into_iter().collect();
        let edit = Edit { faults, ..Edit::one(kind.branch(), id, Change::Add(attribute, logins)) };
        self.edit(caller, edit).await
    }

    /// Makes the person `whom` no longer a member or manager of the group or team `id`. Nothing happens if they are none.
    ///
    /// # Errors
    /// [`EditError`]; nothing has changed then.
    pub async fn take_out_of_group(
        &self,
        caller: &Caller,
        kind: GroupKind,
        id: Id,
        relation: Relation,
        whom: Id,
    ) -> Result<Edited, EditError> {
        // One who is gone is in no group.
        let account = self.store.read(|view| accounts::load(view, whom)).await.map_err(|_: Fail<EditError>| EditError::Unavailable)?;
        let logins = account.into_iter().map(|account| account.uid.into_bytes()).collect();
        self.edit(caller, Edit::one(kind.branch(), id, Change::Discard(relation.attribute(), logins))).await
    }
}

impl GroupForm {
    fn fill(self, edit: &mut Edit, shown: &Shown) {
        let Record::Group(group) = &shown.record else { return };
        edit.seen = Some(self.seen);
        let (name, description) = (self.name.trim(), self.description.trim());
        if name != group.cn {
            edit.changes.push(Change::Rename(name.to_owned()));
        }
        if description != group.attributes.text(Attribute::Description).unwrap_or_default() {
            edit.changes.push(Change::Set(Attribute::Description, single(description)));
        }
    }
}

/// People who are put into a group together: a rule of the store looks at four keys for each.
pub const TOGETHER: usize = 12;
