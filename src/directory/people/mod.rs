//! People as the pages show them: the list, and the sheet of one person with what the caller may do on it. How a person is
//! changed is `edit`'s; who may do what is `domain::access`'s to say.

mod list;
mod sheet;
#[cfg(test)]
mod tests;

pub use list::{PeoplePage, PeopleQuery, PersonRow};
pub use sheet::{May, PersonSheet, TeamChoice};

use super::subject::{MustChange, subject};
use super::target::{FoundEntry, NotFound, Target};
use super::{Caller, Directory, Unavailable};
use crate::domain::access::{self, PasswordRight};
use crate::domain::account::Account;
use crate::domain::id::Id;
use crate::domain::record::Record;
use crate::domain::tree::Branch;
use crate::store::{self, Fail, Stop};

/// What a rule that looks for a page gives: it refuses as the look does.
pub(super) type Look<T> = store::Rule<T, LookError>;

/// Why something is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookError {
    /// Nothing of the kind is for the caller to look at; or they must change their password first.
    Denied,
    /// It is not there, or not for the caller to see, which is the same to them.
    NotFound,
    /// The store does not answer.
    Unavailable,
}

impl From<Unavailable> for LookError {
    fn from(_: Unavailable) -> LookError {
        LookError::Unavailable
    }
}

impl From<MustChange> for LookError {
    fn from(MustChange: MustChange) -> LookError {
        LookError::Denied
    }
}

impl From<NotFound> for LookError {
    fn from(_: NotFound) -> LookError {
        LookError::NotFound
    }
}

impl From<Fail<LookError>> for LookError {
    fn from(fail: Fail<LookError>) -> LookError {
        fail.or(LookError::Unavailable)
    }
}

impl Directory {
    /// The person `id`, if `caller` may set their password without the old one. May be stale.
    ///
    /// # Errors
    /// [`LookError::NotFound`] for one whom the caller may not know, [`LookError::Denied`], or that the store does not answer.
    pub(super) async fn person_to_set_password(&self, caller: &Caller, id: Id) -> Result<Account, LookError> {
        let (eyes, now) = (self.eyes(), self.clock.now());
        let account = self.store.read(|view| {
            let subject = subject(view, caller, now)?;
            let FoundEntry { subject, record, object, .. } = eyes.find::<LookError>(view, subject, &Target::Id(Branch::People, id))?;
            match (record, access::sets_password(&subject, &object)) {
                (Record::Account(account), PasswordRight::Yes) => Ok(account),
                _ => Err(Stop::Rule(LookError::Denied)),
            }
        });
        Ok(account.await?)
    }
}
