//! What became of a mail that was handed over. Only whoever still has its lease may say so: if that ran out, the mail is
//! in other hands, and has other secrets in it.

use std::time::Duration;

use super::mint::DAEMON;
use super::{Leased, MailRefused};
use crate::directory::notice::PasswordNotice;
use crate::directory::{Directory, Unavailable};
use crate::domain::audit::AuditEvent;
use crate::domain::caller::Actor;
use crate::domain::id::Id;
use crate::domain::outbox::{GIVE_UP_AFTER, Intent, MailKind, PasswordWay, retry_wait};
use crate::domain::reset::{ResetRequested, Validity};
use crate::domain::time::UnixTime;
use crate::secret;
use crate::store::credentials::{self, Activated, CredentialError};
use crate::store::outbox::{self, NEVER, OutboxError, Queued};
use crate::store::{Fail, Rule, Stop, View, keys};
use crate::store::{pending_addresses, resets};

/// Why a mail is not settled.
enum SettleError {
    /// It is in other hands, or out of the queue.
    Gone,
}

impl Directory {
    /// The relay has taken the mail: its links' hour begins, or its password comes into force, and it leaves the queue.
    ///
    /// # Errors
    /// If the store does not answer: the mail comes up again, and goes out twice.
    pub async fn mail_accepted(&self, leased: &Leased) -> Result<(), Unavailable> {
        let (queued, now) = (leased.0.clone(), self.clock.now());
        let told = match queued.mail.intent.clone() {
            Intent::ResetLink { .. } | Intent::SentLink { .. } | Intent::Invitation { .. } => {
                let valid = Validity::starting(now, self.lifetime_of(&queued.mail.intent));
                self.once_telling(&DAEMON, move |view| links_taken(view, &queued, valid)).await
            }
            Intent::GeneratedPassword { account, requested, .. } => {
                self.password_mailed(queued, account, Actor::Account(account), requested).await
            }
            Intent::SentPassword { account, sent, .. } => self.password_mailed(queued, account, sent.by, sent.requested).await,
            Intent::AddressLink { account, .. } => {
                let valid = Validity::starting(now, self.settings.reset.token_ttl);
                let rule = move |view: &mut View<'_>| {
                    take_out(view, &queued)?;
                    pending_addresses::delivered(view, account, queued.op, valid)?;
                    Ok(Vec::new())
                };
                self.once_telling(&DAEMON, rule).await
            }
            Intent::PasswordNotice { .. } | Intent::AddressNotice { .. } | Intent::AddressesChanged { .. } => {
                self.once_telling(&DAEMON, move |view| take_out(view, &queued).map(|()| Vec::new())).await
            }
        };
        // The account's next mail may go now.
        self.outbox_grew.notify_one();
        match told {
            Ok(_) | Err(Fail::Rule(SettleError::Gone)) => Ok(()),
            Err(Fail::Conflict | Fail::Unknown | Fail::Down) => Err(Unavailable),
        }
    }

    /// The password in the mail comes into force, and its owner is told by whom.
    async fn password_mailed(
        &self,
        queued: Queued,
        account: Id,
        by: Actor,
        requested: ResetRequested,
    ) -> Result<Vec<AuditEvent>, Fail<SettleError>> {
        let notice = self.notice(by, requested.source, PasswordWay::ResetGenerated).on_page_in(requested.language);
        let (queued_with, now) = (notice.clone(), self.clock.now());
        let rule = move |view: &mut View<'_>| password_taken(view, &queued, account, &queued_with, now);
        self.once_telling(&DAEMON, rule).await.inspect(|_| self.notified(&notice))
    }

    /// How long the links of `intent` are valid.
    pub(super) fn lifetime_of(&self, intent: &Intent) -> Duration {
        let reset = &self.settings.reset;
        if intent.kind() == MailKind::Invitation { reset.invitation_ttl } else { reset.token_ttl }
    }

    /// The relay has not taken the mail: it is tried again later, or given up.
    ///
    /// # Errors
    /// If the store does not answer: the mail comes up again.
    pub async fn mail_refused(&self, leased: &Leased, refused: &MailRefused) -> Result<(), Unavailable> {
        let (queued, now) = (leased.0.clone(), self.clock.now());
        let (fault, due) = match refused {
            MailRefused::ForNow(fault) if now.since(queued.mail.queued_at) < GIVE_UP_AFTER => {
                (fault.clone(), now.plus(self.wait_after(&queued)))
            }
            MailRefused::ForNow(fault) | MailRefused::ForGood(fault) => (fault.clone(), NEVER),
        };
        let rule = move |view: &mut View<'_>| {
            outbox::postpone::<SettleError>(view, &queued, due, &fault)?;
            if due < NEVER {
                return Ok(Vec::new());
            }
            forget_password(view, &queued)?;
            Ok(vec![AuditEvent::MailGivenUp { target: queued.mail.intent.whom(), kind: queued.mail.intent.kind() }])
        };
        match self.once_telling(&DAEMON, rule).await {
            Ok(_) | Err(Fail::Rule(SettleError::Gone)) => Ok(()),
            Err(Fail::Conflict | Fail::Unknown | Fail::Down) => Err(Unavailable),
        }
    }

    fn wait_after(&self, queued: &Queued) -> Duration {
        retry_wait(queued.mail.attempts, secret::random_u64())
    }
}

/// The rule: the links work from now on, and no others.
fn links_taken(view: &mut View<'_>, queued: &Queued, valid: Validity) -> Rule<Vec<AuditEvent>, SettleError> {
    take_out(view, queued)?;
    let accounts = queued.mail.intent.accounts();
    for account in accounts {
        resets::delivered(view, *account, queued.op, valid)?;
    }
    Ok(accounts.iter().map(|target| AuditEvent::ResetMailed { target: *target }).collect())
}

/// The rule: the password is in force, unless its first use has put it there, or another took its place.
fn password_taken(
    view: &mut View<'_>,
    queued: &Queued,
    target: Id,
    notice: &PasswordNotice,
    now: UnixTime,
) -> Rule<Vec<AuditEvent>, SettleError> {
    take_out(view, queued)?;
    match credentials::activate_pending(view, target, queued.op, now)? {
        Activated::No => Ok(Vec::new()),
        Activated::Yes => {
            notice.queue(view, target)?;
            Ok(vec![AuditEvent::PasswordChanged { target }])
        }
    }
}

fn take_out(view: &mut View<'_>, queued: &Queued) -> Rule<(), SettleError> {
    outbox::remove(view, queued)
}

/// A password that nobody will be told of any more is not to be lying about.
pub(super) fn forget_password<E>(view: &mut View<'_>, queued: &Queued) -> Result<(), Stop<E>> {
    if let (MailKind::GeneratedPassword, Some(account)) = (queued.mail.intent.kind(), queued.mail.intent.whom())
        && resets::pending(view, account)?.is_some_and(|pending| pending.mail == queued.op)
    {
        view.delete(keys::pending(account));
    }
    Ok(())
}

impl From<OutboxError> for SettleError {
    fn from(OutboxError::Gone: OutboxError) -> SettleError {
        SettleError::Gone
    }
}

impl From<CredentialError> for SettleError {
    /// An account that is gone awaits no mail.
    fn from(error: CredentialError) -> SettleError {
        match error {
            CredentialError::Gone | CredentialError::Changed => SettleError::Gone,
        }
    }
}
