//! People as the pages show and change them: the list, and the sheet of one person, whose form may change several things
//! at once. Who may do what is `domain::access`'s to say, and how an entry changes is `admin`'s.

mod actions;
mod add;
mod form;
mod list;
mod save;
mod sheet;

use super::Unavailable;

pub use form::{Day, Expires, Field, FieldFault, Saved, SheetError, SheetForm, Wrong};
pub use list::{PeoplePage, PeopleQuery, PersonRow};
pub use sheet::{May, Sheet, TeamChoice};

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
