//! Using a mailed link: it is used up in the same commit as what it is used for, so that of fifty at once one succeeds.

use std::convert::Infallible;

use super::{LinkError, RedeemError};
use crate::directory::{Caller, Directory};
use crate::domain::account::Account;
use crate::domain::audit::{AuditEvent, Reason};
use crate::domain::caller::{Actor, Source};
use crate::domain::credential::Verified;
use crate::domain::id::{Id, OpId};
use crate::domain::outbox::{Intent, OutboxMail, PasswordWay};
use crate::domain::password_policy::{self, Refusal};
use crate::domain::record::Record;
use crate::domain::reset::{Purpose, ResetRequested, TokenDigest};
use crate::domain::time::UnixTime;
use crate::secret::{self, Secret};
use crate::store::credentials::{self, Effect};
use crate::store::{Fail, Stop, View, accounts, outbox, resets};

impl Directory {
    /// Sets the password that the owner of the link chose. In one commit: the grant is used up, the credential is in
    /// force, other grants and all sessions end, the throttle is cleared, the notice is queued, the audit is written.
    ///
    /// # Errors
    /// [`RedeemError`]; nothing has changed then.
    pub async fn redeem_with(&self, token: &Secret, password: Secret, requested: ResetRequested) -> Result<(), RedeemError> {
        let redeemed = self.set_chosen(token, password, requested).await;
        redeemed.inspect_err(|error| self.audit_link_refusal(requested.source, error))
    }

    async fn set_chosen(&self, token: &Secret, password: Secret, requested: ResetRequested) -> Result<(), RedeemError> {
        if !self.settings.reset.offers_chosen {
            return Err(RedeemError::NotOffered);
        }
        let (account, _) = self.account_of_link(token, Purpose::Reset).await?;
        let (target, caller) = (account.id, on_behalf_of(account.id, requested.source));
        self.refuse_what_was_to_go(&account, &password, requested.source).await?;
        let credential = self.prepare_password(&caller, &Record::Account(account), &password).await?;
        let (digest, now) = (TokenDigest::of(token), self.clock.now());
        let notice = self.notice(caller.actor, requested.source, PasswordWay::ResetChosen).on_page_in(requested.language);
        let events = vec![AuditEvent::ResetRedeemed { target, way: PasswordWay::ResetChosen }, AuditEvent::PasswordChanged { target }];
        let queued = notice.clone();
        let rule = move |view: &mut View<'_>| -> Result<(), Stop<RedeemError>> {
            let id = resets::redeem(view, digest, now)?;
            credentials::set(view, id, &credential, Effect { must_change: false, clear_failures: true })?;
            queued.queue(view, id)
        };
        self.once(&caller, events, rule).await?;
        self.notified(&notice);
        Ok(())
    }

    /// A password that has to be changed, or is good for a time only, does not become a lasting one by being chosen.
    async fn refuse_what_was_to_go(&self, account: &Account, password: &Secret, source: Source) -> Result<(), RedeemError> {
        let id = account.id;
        let held = self.store.read(move |view| credentials::load(view, id)).await;
        let held = held.map_err(|_: Fail<Infallible>| RedeemError::Link(LinkError::Unavailable))?;
        let Some(held) = held.filter(|held| account.must_change || held.good_until.is_some()) else { return Ok(()) };
        let prepared = password_policy::prepare(password.expose()).map_err(RedeemError::Policy)?;
        match self.hasher.verify(source, held.verifier, prepared).await.map_err(|_| RedeemError::Busy)? {
            Verified::No => Ok(()),
            Verified::Yes | Verified::Rehash => Err(RedeemError::Policy(Refusal::SameAsOld)),
        }
    }

    /// Uses up the link for a generated password, which goes out by mail; until it has, the old one works.
    ///
    /// # Errors
    /// [`RedeemError`]; nothing has changed then.
    pub async fn redeem_for_generated(&self, token: &Secret, requested: ResetRequested) -> Result<(), RedeemError> {
        let redeemed = self.queue_generated(token, requested).await;
        redeemed.inspect_err(|error| self.audit_link_refusal(requested.source, error))
    }

    async fn queue_generated(&self, token: &Secret, requested: ResetRequested) -> Result<(), RedeemError> {
        if !self.settings.reset.offers_generated {
            return Err(RedeemError::NotOffered);
        }
        let (account, _) = self.account_of_link(token, Purpose::Reset).await?;
        let (target, caller) = (account.id, on_behalf_of(account.id, requested.source));
        let (digest, op, now) = (TokenDigest::of(token), OpId(secret::random()), self.clock.now());
        let events = vec![AuditEvent::ResetRedeemed { target, way: PasswordWay::ResetGenerated }];
        self.once(&caller, events, move |view| generate(view, digest, op, requested, now)).await?;
        self.mails_were_queued(1);
        Ok(())
    }

    /// Takes a request back.
    ///
    /// # Errors
    /// [`LinkError`]; nothing has changed then.
    pub async fn revoke_reset(&self, token: &Secret, source: Source) -> Result<(), LinkError> {
        let revoked = self.take_back(token, source).await;
        revoked.inspect_err(|error| self.audit_link_refusal(source, &RedeemError::Link(*error)))
    }

    async fn take_back(&self, token: &Secret, source: Source) -> Result<(), LinkError> {
        let (account, _) = self.account_of_link(token, Purpose::Revoke).await?;
        let (target, caller) = (account.id, on_behalf_of(account.id, source));
        let (digest, now) = (TokenDigest::of(token), self.clock.now());
        let rule = move |view: &mut View<'_>| resets::revoke::<LinkError>(view, digest, now).map(drop);
        Ok(self.once(&caller, vec![AuditEvent::ResetRevoked { target }], rule).await?)
    }

    fn audit_link_refusal(&self, source: Source, error: &RedeemError) {
        let reason = match error {
            RedeemError::Link(error) => error.reason(),
            RedeemError::NotOffered => Some(Reason::NotOffered),
            RedeemError::Policy(_) => Some(Reason::Policy),
            RedeemError::Busy => None,
        };
        if let Some(reason) = reason {
            self.audit_from(Actor::Anonymous, source, AuditEvent::LinkRefused { reason });
        }
    }
}

/// Whoever has a live link acts for the account it was mailed to.
fn on_behalf_of(account: Id, source: Source) -> Caller {
    Caller { actor: Actor::Account(account), source, must_change: false }
}

/// The rule: uses up the grant, and queues the mail with the password that will be generated.
fn generate(view: &mut View<'_>, digest: TokenDigest, op: OpId, requested: ResetRequested, now: UnixTime) -> Result<(), Stop<RedeemError>> {
    let live = resets::live::<RedeemError>(view, digest, Purpose::Reset, now)?;
    let id = resets::redeem(view, digest, now)?;
    let account = accounts::load(view, id)?.ok_or(Stop::Rule(RedeemError::Link(LinkError::Unknown)))?;
    let intent = Intent::GeneratedPassword { account: id, requested, replaces: account.password_changed_at };
    outbox::put(view, op, &OutboxMail { intent, address: live.address, queued_at: now, attempts: 0, fault: None })
}
