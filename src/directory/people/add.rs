//! Adding a person, with the mail that invites them.

use super::{SheetError, SheetForm};
use crate::directory::{Caller, Directory};
use crate::domain::id::Id;
use crate::domain::reset::Requested;

impl Directory {
    /// Adds the person that `form` tells of. With `invitation`, a mail in which they choose a password is queued in the
    /// same commit.
    ///
    /// # Errors
    /// [`SheetError`]; nobody was added then. What the access table refuses is written down.
    pub async fn add_person(&self, caller: &Caller, form: SheetForm, invitation: Option<Requested>) -> Result<Id, SheetError> {
        let _ = (caller, form, invitation);
        Err(SheetError::Unavailable)
    }
}
