//! Saving a sheet: one rule for all that was changed on it.

use super::{Saved, SheetError, SheetForm};
use crate::directory::{Caller, Directory};
use crate::domain::id::Id;

impl Directory {
    /// Changes the person `id` as `form` says: all of it, or nothing. What is as it was counts as not filled in.
    ///
    /// # Errors
    /// [`SheetError`]; nothing has changed then. What the access table refuses is written down.
    pub async fn save_person(&self, caller: &Caller, id: Id, form: SheetForm) -> Result<Saved, SheetError> {
        let _ = (caller, id, form);
        Err(SheetError::Unavailable)
    }
}
