//! The password of an edit: which stored forms are taken, and whether the caller may set it. It goes the way of every
//! password (`directory::password`): policy, hasher, access table.

use super::EditRule;
use super::change::{PasswordEdit, Proof};
use super::error::{Denial, EditError, refuse};
use crate::directory::target::FoundEntry;
use crate::domain::access::{self, PasswordRight};
use crate::domain::credential::{Verifier, is_import};
use crate::domain::record::{Record, Violation};
use crate::domain::schema::Attribute;
use crate::store::{View, credentials};

impl PasswordEdit {
    /// Whether the value is what another directory stored (`{SSHA}...`) and not a password.
    pub(super) fn is_stored_form(&self) -> bool {
        self.new.as_ref().is_some_and(|new| is_import(new.expose()))
    }

    /// The verifier of a value in stored form.
    pub(super) fn import(&self) -> Result<Verifier, EditError> {
        let invalid = |text: &str| EditError::rule(Attribute::UserPassword, Violation::Syntax, format!("userPassword: {text}"));
        let octets = self.new.as_ref().map(|new| new.expose()).unwrap_or_default();
        let text = std::str::from_utf8(octets).map_err(|_| invalid("is no UTF-8 text"))?;
        Verifier::import(text).map_err(|error| invalid(&error.to_string()))
    }

    /// Refuses a caller who may not set it, or not without the old one: beside other changes nobody verifies that one, so
    /// that it goes in a request of its own.
    pub(super) fn check_right(&self, found: &FoundEntry, proof: &Proof) -> EditRule<()> {
        match access::sets_password(&found.subject, &found.object) {
            PasswordRight::No => refuse(EditError::Denied(Denial::Password)),
            _ if self.is_stored_form() && !access::administers(&found.subject) => refuse(EditError::rule(
                Attribute::UserPassword,
                Violation::Constraint,
                "userPassword: the stored form of a password is taken from administrators only; give the password itself",
            )),
            // The pages have a form of its own for that.
            PasswordRight::WithOldPassword if matches!(proof, Proof::Typed(_)) => refuse(EditError::Denied(Denial::Password)),
            PasswordRight::WithOldPassword => refuse(EditError::OldPasswordRequired),
            PasswordRight::Yes => Ok(()),
        }
    }

    /// `userPassword` holds one password, so that one can be added only where there is none.
    pub(super) fn check_added(&self, record: &Record, view: &mut View<'_>) -> EditRule<()> {
        match record.id() {
            Some(id) if self.added && credentials::load(view, id)?.is_some() => refuse(EditError::rule(
                Attribute::UserPassword,
                Violation::ValueExists,
                "userPassword has a value, and has one at most; replace it",
            )),
            Some(_) | None => Ok(()),
        }
    }
}
