//! What the buttons of a sheet do, besides saving it.

use super::SheetError;
use crate::directory::{Caller, Directory};
use crate::domain::id::Id;

impl Directory {
    /// Forgets the failures of the person `id`, who is throttled no more.
    ///
    /// # Errors
    /// [`SheetError`]; nothing has changed then.
    pub async fn unlock_person(&self, caller: &Caller, id: Id) -> Result<(), SheetError> {
        let _ = (caller, id);
        Err(SheetError::Unavailable)
    }

    /// Ends all sessions that the person `id` has on the pages.
    ///
    /// # Errors
    /// [`SheetError`]; nothing has changed then.
    pub async fn end_sessions_of(&self, caller: &Caller, id: Id) -> Result<(), SheetError> {
        let _ = (caller, id);
        Err(SheetError::Unavailable)
    }

    /// Deletes the person `id`.
    ///
    /// # Errors
    /// [`SheetError`]; they are still there then.
    pub async fn delete_person(&self, caller: &Caller, id: Id) -> Result<(), SheetError> {
        let _ = (caller, id);
        Err(SheetError::Unavailable)
    }
}
