//! `userPassword` in an Add or a Modify: what the client means by it. It goes the way of every password
//! (`directory::password`): policy, hasher, access table.

use super::errors::Refused;
use super::names::refuse;
use super::{Found, Rule};
use crate::directory::{Change, ChangeError, ChangeOperation, Denial};
use crate::domain::access::{self, PasswordRight};
use crate::domain::credential::{Verifier, is_import};
use crate::domain::entry::Value;
use crate::secret::Secret;

/// The password that a request sets.
#[derive(Clone, Debug)]
pub(super) struct NewPassword {
    /// The old value that is deleted in the same request.
    pub(super) old: Option<Secret>,
    /// The new value: a password, or what another directory stored.
    pub(super) new: Secret,
    /// It is added beside whatever there is: right only if there is none.
    pub(super) added: bool,
}

impl NewPassword {
    /// Whether the value is what another directory stored (`{SSHA}...`) and not a password.
    pub(super) fn is_stored_form(&self) -> bool {
        is_import(self.new.expose())
    }

    /// The verifier of a value in stored form.
    pub(super) fn import(&self) -> Result<Verifier, ChangeError> {
        let text =
            std::str::from_utf8(self.new.expose()).map_err(|_| ChangeError::InvalidSyntax("userPassword: is no UTF-8 text".into()))?;
        Verifier::import(text).map_err(|error| ChangeError::InvalidSyntax(format!("userPassword: {error}")))
    }
}

/// The one password of an Add.
pub(super) fn of_add(values: Vec<Value>) -> Result<NewPassword, ChangeError> {
    Ok(NewPassword { old: None, new: single(values)?, added: false })
}

/// The password that the changes of `userPassword` set, in their order; none: there are no such changes.
pub(super) fn of_modify(changes: Vec<Change>) -> Result<Option<NewPassword>, ChangeError> {
    if changes.is_empty() {
        return Ok(None);
    }
    let mut steps = changes.into_iter();
    let (Some(first), second, None) = (steps.next(), steps.next(), steps.next()) else {
        return Err(unclear());
    };
    let given = match (first.operation, second) {
        (ChangeOperation::Replace, None) => NewPassword { old: None, new: single(first.values)?, added: false },
        (ChangeOperation::Add, None) => NewPassword { old: None, new: single(first.values)?, added: true },
        (ChangeOperation::Delete, Some(second)) if second.operation == ChangeOperation::Add => {
            let old = if first.values.is_empty() { None } else { Some(single(first.values)?) };
            NewPassword { old, new: single(second.values)?, added: false }
        }
        (ChangeOperation::Replace | ChangeOperation::Add | ChangeOperation::Delete | ChangeOperation::Increment, _) => {
            return Err(unclear());
        }
    };
    Ok(Some(given))
}

/// Refuses whom the access table does not let set this password without the old one.
pub(super) fn check_right(found: &Found, given: &NewPassword) -> Rule<()> {
    if given.is_stored_form() && !access::administers(&found.subject) {
        return refuse(ChangeError::Constraint(
            "userPassword: the stored form of a password is taken from administrators only; give the password itself".into(),
        ));
    }
    match access::sets_password(&found.subject, &found.object) {
        PasswordRight::Yes => Ok(()),
        // Beside other changes nobody verifies the old one, so that it goes in a request of its own.
        PasswordRight::WithOldPassword => refuse(ChangeError::OldPasswordRequired),
        PasswordRight::No => Err(Refused::denied(Denial::Password)),
    }
}

/// Refuses whom the access table does not let set this password at all.
pub(super) fn check_settable(found: &Found) -> Rule<()> {
    match access::sets_password(&found.subject, &found.object) {
        PasswordRight::Yes | PasswordRight::WithOldPassword => Ok(()),
        PasswordRight::No => Err(Refused::denied(Denial::Password)),
    }
}

fn single(values: Vec<Value>) -> Result<Secret, ChangeError> {
    let mut secrets: Vec<Secret> = values.into_iter().map(Secret::new).collect();
    match (secrets.pop(), secrets.is_empty()) {
        (Some(secret), true) if !secret.is_empty() => Ok(secret),
        (None, _) => Err(ChangeError::Unwilling(
            "userPassword is replaced, not taken away; set accountStatus to disabled to keep somebody out".into(),
        )),
        (Some(_), _) => Err(ChangeError::Constraint("userPassword has exactly one value, which is not empty".into())),
    }
}

fn unclear() -> ChangeError {
    ChangeError::Unwilling("userPassword is changed by one replace, or by one delete of the old value and one add of the new one".into())
}
