//! People as the pages show and change them: the sheet of one person, whose form may change several things at once.
//! Who may do what is `domain::access`'s to say, and how an entry changes is `admin`'s.

mod actions;
mod add;
mod form;
mod save;
mod sheet;

pub use form::{Day, Expires, Field, FieldFault, Saved, SheetError, SheetForm, Wrong};
pub use sheet::{May, Sheet, TeamChoice};
