//! The outbox as an administrator sees it: what waits, what was given up, and what to do about it.

use std::convert::Infallible;
use std::time::Duration;

use super::settle::forget_password;
use super::{ListedMail, MailBacklog, QueueError};
use crate::directory::subject::{self, MustChange};
use crate::directory::{Caller, Directory, Unavailable};
use crate::domain::audit::{AuditEvent, Reason};
use crate::domain::id::OpId;
use crate::domain::time::UnixTime;
use crate::store::outbox::{self, NEVER, OutboxError, Queued};
use crate::store::{Fail, Stop, View};

impl Directory {
    /// The mails of the queue, those given up last, behind the one that is due at `after.0` and called `after.1`; `limit` at
    /// most.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn list_mail(
        &self,
        caller: &Caller,
        after: Option<(Option<UnixTime>, OpId)>,
        limit: usize,
    ) -> Result<Vec<ListedMail>, QueueError> {
        let after = after.map(|(due, op)| (due.unwrap_or(NEVER), op));
        let (limit, now) = (limit.min(MAX_LISTED), self.clock.now());
        let page = |view: &mut View<'_>| {
            check_administers(view, caller, now)?;
            outbox::page(view, after, limit)
        };
        Ok(self.store.read(page).await?.into_iter().map(ListedMail::from).collect())
    }

    /// The mail `op`, if it is in the queue.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn waiting_mail(&self, caller: &Caller, op: OpId) -> Result<ListedMail, QueueError> {
        let now = self.clock.now();
        Ok(self.store.read(|view| find(view, caller, op, now)).await?.into())
    }

    /// Tries the mail `op` at once.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn retry_mail(&self, caller: &Caller, op: OpId) -> Result<(), QueueError> {
        let (administrator, now) = (*caller, self.clock.now());
        let rule = move |view: &mut View<'_>| {
            let queued = find(view, &administrator, op, now)?;
            outbox::retry::<QueueError>(view, op, now)?;
            Ok(vec![AuditEvent::MailRetried { target: queued.mail.intent.whom(), kind: queued.mail.intent.kind() }])
        };
        self.once_telling(caller, rule).await.map_err(|fail| self.refused(caller, fail.into()))?;
        self.outbox_grew.notify_one();
        Ok(())
    }

    /// Takes the mail `op` out of the queue.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn drop_mail(&self, caller: &Caller, op: OpId) -> Result<(), QueueError> {
        let (administrator, now) = (*caller, self.clock.now());
        let rule = move |view: &mut View<'_>| {
            let queued = find(view, &administrator, op, now)?;
            outbox::remove::<QueueError>(view, &queued)?;
            forget_password(view, &queued)?;
            Ok(vec![AuditEvent::MailDropped { target: queued.mail.intent.whom(), kind: queued.mail.intent.kind() }])
        };
        self.once_telling(caller, rule).await.map_err(|fail| self.refused(caller, fail.into()))?;
        Ok(())
    }

    /// Writes down that somebody else than an administrator has tried to change the queue.
    fn refused(&self, caller: &Caller, error: QueueError) -> QueueError {
        if error == QueueError::Denied {
            self.audit(caller, AuditEvent::ChangeRefused { dn: QUEUE.to_owned(), reason: Reason::AccessDenied });
        }
        error
    }

    /// How many mails wait, how many were given up, and how long the oldest that waits has.
    ///
    /// # Errors
    /// If the store does not answer.
    pub async fn mail_backlog(&self) -> Result<MailBacklog, Unavailable> {
        let backlog = self.store.read(outbox::backlog).await.map_err(|_: Fail<Infallible>| Unavailable)?;
        let oldest = backlog.oldest.map_or(Duration::ZERO, |at| self.clock.now().since(at));
        Ok(MailBacklog { waiting: backlog.waiting, given_up: backlog.given_up, oldest })
    }
}

/// The mail `op`, for an administrator.
fn find(view: &mut View<'_>, caller: &Caller, op: OpId, now: UnixTime) -> Result<Queued, Stop<QueueError>> {
    check_administers(view, caller, now)?;
    outbox::find(view, op)?.ok_or(Stop::Rule(QueueError::Gone))
}

fn check_administers(view: &mut View<'_>, caller: &Caller, now: UnixTime) -> Result<(), Stop<QueueError>> {
    subject::check_administers(view, caller, now, QueueError::Denied)
}

impl From<Queued> for ListedMail {
    fn from(Queued { op, due, mail }: Queued) -> ListedMail {
        let due = (due < NEVER).then_some(due);
        ListedMail {
            op,
            kind: mail.intent.kind(),
            address: mail.address,
            queued_at: mail.queued_at,
            due,
            attempts: mail.attempts,
            fault: mail.fault,
        }
    }
}

impl From<MustChange> for QueueError {
    fn from(MustChange: MustChange) -> QueueError {
        QueueError::Denied
    }
}

impl From<OutboxError> for QueueError {
    fn from(OutboxError::Gone: OutboxError) -> QueueError {
        QueueError::Gone
    }
}

impl From<Fail<QueueError>> for QueueError {
    fn from(fail: Fail<QueueError>) -> QueueError {
        fail.or(QueueError::Unavailable)
    }
}

/// What the audit calls the queue, which has no entry.
const QUEUE: &str = "cn=mail queue,cn=bindery";

/// Mails on a page of the list.
const MAX_LISTED: usize = 256;
