//! Whether the caller may do what an edit asks for: each of its changes is put to the access table before any of them is
//! made.

use super::change::Change;
use super::error::{Denial, EditError, EditFault, refuse};
use super::{Call, EditRule, handling};
use crate::directory::target::FoundEntry;
use crate::domain::access::{self, Reads};
use crate::domain::record::{Record, Violation};
use crate::domain::schema::Attribute;

impl Call {
    /// Refuses the edit if one of its changes is not the caller's to make.
    pub(super) fn check_rights(&self, found: &FoundEntry) -> EditRule<()> {
        if matches!(found.record, Record::Suffix | Record::Branch(_)) {
            return self.refuse_structure(found);
        }
        for change in &self.edit.changes {
            self.check_right(found, change)?;
        }
        // A caller who does not read it all must not learn either what else a form would change.
        match found.reads {
            Reads::Everything => Ok(()),
            Reads::Nothing | Reads::AddressBook | Reads::AllButTeam => refuse(EditError::Denied(Denial::Attribute)),
        }
    }

    fn check_right(&self, found: &FoundEntry, change: &Change) -> EditRule<()> {
        let (allowed, denial) = match change {
            Change::Set(attribute, _) | Change::Add(attribute, _) | Change::Remove(attribute, _) | Change::Discard(attribute, _) => {
                (self.changes(found, *attribute), denial_of(found, *attribute))
            }
            Change::Password(password) => return password.check_right(found, &self.edit.proof),
            Change::Rename(_) | Change::Delete => (access::administers(&found.subject), Denial::Entry),
            Change::Unlock => (self.changes(found, Attribute::PwdAccountLockedTime), Denial::Attribute),
            Change::EndSessions => (access::ends_sessions(&found.subject, &found.object), Denial::Attribute),
        };
        if allowed { Ok(()) } else { refuse(EditError::Denied(denial)) }
    }

    /// Whether the caller may change `attribute`. An administrator is told why it cannot be done at all; nobody else is.
    fn changes(&self, found: &FoundEntry, attribute: Attribute) -> bool {
        let explained = || access::administers(&found.subject) && handling::check_handled(found.record.kind(), attribute).is_err();
        access::changes(&found.subject, &found.object, attribute, &self.eyes.access) || explained()
    }

    fn refuse_structure(&self, found: &FoundEntry) -> EditRule<()> {
        let (denial, what) = match self.edit.changes.as_slice() {
            [Change::Delete] => (Denial::Entry, "cannot be deleted"),
            [Change::Rename(_)] => (Denial::Entry, "cannot be renamed"),
            _ => (Denial::Attribute, "do not change"),
        };
        match access::administers(&found.subject) {
            true => {
                let text = format!("the tree's own entries are made by the configuration and {what}");
                refuse(EditError::rule(None, Violation::Unwilling, text))
            }
            false => refuse(EditError::Denied(denial)),
        }
    }
}

fn denial_of(found: &FoundEntry, attribute: Attribute) -> Denial {
    match attribute {
        Attribute::BinderyRole if access::administers(&found.subject) => Denial::OwnRole,
        _ => Denial::Attribute,
    }
}

/// Refuses a manager who names a team that is not there, as one who names a team that is not theirs: which teams there
/// are besides their own is not told.
pub(super) fn conceal_teams(found: &FoundEntry, faults: &[EditFault]) -> EditRule<()> {
    let is_of_team = |fault: &EditFault| fault.attribute == Some(Attribute::DepartmentNumber);
    match faults.iter().any(is_of_team) && !access::administers(&found.subject) {
        true => refuse(EditError::Denied(Denial::OtherTeam)),
        false => Ok(()),
    }
}
