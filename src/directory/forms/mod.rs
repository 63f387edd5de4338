//! The forms of the pages as edits: what of a filled-in form is another than what is stored. What is as it was counts as
//! not filled in. Who may change what, and what is wrong with a value, is `edit`'s to say.

mod application;
mod group;
mod person;

pub use application::{ApplicationForm, NewApplication};
pub use group::{GroupForm, Relation, TOGETHER};
pub use person::{Day, Expires, PersonForm};

use super::edit::{Edit, EditError, EditTarget, Edited};
use super::subject::subject;
use super::{Caller, Directory, Target};
use crate::domain::entry::Value;
use crate::domain::group::Group;
use crate::domain::record::Record;
use crate::store::{Stop, View, groups, memberships};

/// What a form is held against: the record, and the team of a person or the one group that an application sees.
struct Shown {
    record: Record,
    relation: Option<Group>,
}

impl Directory {
    /// Carries out the edit that `form` makes of the entry `target`. A refusal is written down.
    async fn save_form<F>(&self, caller: &Caller, target: Target, form: F) -> Result<Edited, EditError>
    where
        F: FnOnce(&mut Edit, &Shown),
    {
        let mut edit = Edit::new(target, Vec::new());
        match self.shown(caller, &edit.target).await {
            Ok(shown) => form(&mut edit, &shown),
            Err(error) => {
                self.audit_refused_edit(caller, &edit.target, &error).await;
                return Err(error);
            }
        }
        self.edit(caller, edit).await
    }

    async fn shown(&self, caller: &Caller, target: &EditTarget) -> Result<Shown, EditError> {
        let EditTarget::Entry(target) = target else { return Err(EditError::NotFound(String::new())) };
        let (eyes, now) = (self.eyes(), self.clock.now());
        let rule = |view: &mut View<'_>| -> Result<Shown, Stop<EditError>> {
            let subject = subject(view, caller, now)?;
            let record = eyes.find::<EditError>(view, subject, target)?.record;
            let relation = match &record {
                Record::Account(account) => memberships::team_of(view, account.id)?,
                Record::Service(service) => match service.limited_to {
                    Some(group) => groups::load(view, group)?,
                    None => None,
                },
                Record::Suffix | Record::Branch(_) | Record::Group(_) => None,
            };
            Ok(Shown { record, relation })
        };
        Ok(self.store.read(rule).await?)
    }
}

/// The values of a field that holds one; empty: none.
fn single(text: &str) -> Vec<Value> {
    if text.is_empty() { Vec::new() } else { vec![text.as_bytes().to_vec()] }
}
