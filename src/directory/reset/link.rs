//! The page of a mailed link: shown as often as anybody likes, mail scanners too, and nothing changes by it.

use super::{LinkError, ResetLink};
use crate::directory::Directory;
use crate::directory::letters::language_of;
use crate::domain::account::Account;
use crate::domain::reset::{Purpose, TokenDigest};
use crate::domain::time::UnixTime;
use crate::secret::Secret;
use crate::store::resets::{self, Live};
use crate::store::{Stop, View, accounts};

impl Directory {
    /// What the page of the link with `token` shows. Changes nothing, however often it is asked.
    ///
    /// # Errors
    /// [`LinkError`].
    pub async fn reset_link(&self, token: &Secret) -> Result<ResetLink, LinkError> {
        self.link(token, Purpose::Reset).await
    }

    /// What the page of the "this was not me" link with `token` shows. Changes nothing.
    ///
    /// # Errors
    /// [`LinkError`].
    pub async fn revoke_link(&self, token: &Secret) -> Result<ResetLink, LinkError> {
        self.link(token, Purpose::Revoke).await
    }

    async fn link(&self, token: &Secret, purpose: Purpose) -> Result<ResetLink, LinkError> {
        let (account, live) = self.account_of_link(token, purpose).await?;
        let welcome = account.password_changed_at.is_none();
        Ok(ResetLink { language: language_of(&account), login: account.uid, expires_at: live.expires_at, welcome })
    }

    /// Whose the live link with `token` is.
    ///
    /// # Errors
    /// [`LinkError`].
    pub(in crate::directory) async fn account_of_link(&self, token: &Secret, purpose: Purpose) -> Result<(Account, Live), LinkError> {
        let (digest, now) = (TokenDigest::of(token), self.clock.now());
        Ok(self.store.read(|view| found(view, digest, purpose, now)).await?)
    }
}

fn found(view: &mut View<'_>, digest: TokenDigest, purpose: Purpose, now: UnixTime) -> Result<(Account, Live), Stop<LinkError>> {
    let live = resets::live(view, digest, purpose, now)?;
    let account = accounts::load(view, live.account)?.ok_or(Stop::Rule(LinkError::Unknown))?;
    Ok((account, live))
}
