//! Confirming a mail address of one's own by the link that was sent to it: by its owner, who is signed in, so that neither
//! a mail scanner nor somebody who got the link by a typing error gives the account their address.

use super::edit::{Change, Edit, EditError, EditTarget, Proof};
use super::{Caller, Directory, LookError, Target};
use crate::domain::id::Id;
use crate::domain::reset::TokenDigest;
use crate::domain::schema::Attribute;
use crate::domain::tree::Branch;
use crate::secret::Secret;
use crate::store::{Fail, pending_addresses};

impl Directory {
    /// The address that the account `own` waits for with the link of `token`; none: that link does nothing, or is another
    /// account's. Changes nothing.
    ///
    /// # Errors
    /// If the store does not answer.
    pub async fn awaited_address(&self, own: Id, token: &Secret) -> Result<Option<String>, LookError> {
        let pending = self.store.read(|view| pending_addresses::load(view, own)).await;
        let pending = pending.map_err(|_: Fail<LookError>| LookError::Unavailable)?;
        let (digest, now) = (TokenDigest::of(token), self.clock.now());
        Ok(pending.filter(|pending| pending.is_opened_by(digest, now)).map(|pending| pending.address))
    }

    /// Gives the account `own`, which is the caller's, the addresses that wait for the link of `token`.
    ///
    /// # Errors
    /// [`EditError`]; nothing has changed then.
    pub async fn confirm_address(&self, caller: &Caller, own: Id, token: &Secret) -> Result<(), EditError> {
        let pending = self.store.read(|view| pending_addresses::load(view, own)).await;
        let pending = pending.map_err(|_: Fail<EditError>| EditError::Unavailable)?;
        let wanted = pending.map(|pending| pending.wanted).unwrap_or_default();
        if wanted.is_empty() {
            return Err(EditError::NotFound(String::new()));
        }
        let change = Change::Set(Attribute::Mail, wanted.into_iter().map(String::into_bytes).collect());
        let target = EditTarget::Entry(Target::Id(Branch::People, own));
        let edit = Edit { proof: Proof::Opened(TokenDigest::of(token)), ..Edit::of(target, vec![change]) };
        self.edit(caller, edit).await.map(drop)
    }
}
