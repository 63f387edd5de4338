//! Whether a connection may go on: it hangs on the password that opened it, and on what that password opened then.

use super::{Actor, Caller, Directory, Target, Unavailable};
use crate::store::bonds::{self, Bond};
use crate::store::{Fail, View};

impl Directory {
    /// The bond of `actor` as it is now; what is not in the store has always the same one. Current.
    ///
    /// # Errors
    /// If the store does not answer.
    pub async fn bond(&self, actor: Actor) -> Result<Bond, Unavailable> {
        let Some(id) = actor.id() else { return Ok(Bond::default()) };
        self.store.read(|view| bonds::load(view, id)).await.map_err(|_: Fail<std::convert::Infallible>| Unavailable)
    }

    /// Whether `target` is the entry of `caller`. Current.
    ///
    /// # Errors
    /// If the store does not answer.
    pub async fn is_own(&self, caller: &Caller, target: &Target) -> Result<bool, Unavailable> {
        let record = |view: &mut View<'_>| target.record(view, &self.settings.tree, Some(caller.actor));
        let record = self.store.read(record).await.map_err(|_: Fail<std::convert::Infallible>| Unavailable)?;
        Ok(record.and_then(|record| record.actor()) == Some(caller.actor))
    }
}
