//! A link, a generated password or an invitation that somebody has sent to somebody else: whoever may set a password may
//! have it made by its owner instead. Nothing is minted here; that is done when the mail is written.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::directory::addresses::reachable;
use crate::directory::notice::addresses;
use crate::directory::subject::{MustChange, subject};
use crate::directory::target::{Eyes, FoundEntry, NotFound, Target};
use crate::directory::{Caller, Directory};
use crate::domain::access::{self, PasswordRight};
use crate::domain::account::Account;
use crate::domain::audit::{AuditEvent, Reason};
use crate::domain::id::{Id, OpId};
use crate::domain::outbox::{Intent, MailKind, OutboxMail, Sent};
use crate::domain::record::Record;
use crate::domain::reset::{RateVerdict, ResetRequested, ResetSettings};
use crate::domain::time::UnixTime;
use crate::domain::tree::Branch;
use crate::secret;
use crate::store::{Fail, Stop, View, outbox, resets};

/// Why nothing is sent to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendError {
    /// There is no such account, or the caller may not know it.
    NoSuchAccount,
    /// The caller may not set its password.
    Denied,
    /// No mails are sent here, or the settings offer no generated passwords.
    NotOffered,
    /// The account is disabled or has expired.
    NotUsable,
    /// It has no mail address.
    NoMailAddress,
    /// It has none but what its owner has changed lately (`reset.new_address_wait`).
    NewAddress,
    /// Enough was sent to it lately.
    TooMany,
    /// The store does not answer.
    Unavailable,
}

/// What is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SentKind {
    /// A link; to somebody who has no password yet, an invitation.
    Link,
    /// A generated password.
    Password,
}

/// A mail that is to be queued for somebody else, as part of a rule.
#[derive(Clone, Debug)]
pub(in crate::directory) struct Parcel {
    what: SentKind,
    op: OpId,
    sent: Sent,
    settings: Arc<ResetSettings>,
    /// How many mails the last run of the rule has queued.
    queued: Arc<AtomicU64>,
}

impl Directory {
    /// Sends a link to a new password to the account `id`, in the name of `caller`, who may set its password; to somebody
    /// who has none yet, an invitation.
    ///
    /// # Errors
    /// [`SendError`]; nothing is sent then.
    pub async fn send_link(&self, caller: &Caller, id: Id, requested: ResetRequested) -> Result<(), SendError> {
        self.send(caller, id, SentKind::Link, requested).await
    }

    /// Sends a generated password to the account `id`, in the name of `caller`, who may set its password. The old one
    /// works until the relay has taken the mail.
    ///
    /// # Errors
    /// [`SendError`]; nothing is sent then.
    pub async fn send_password(&self, caller: &Caller, id: Id, requested: ResetRequested) -> Result<(), SendError> {
        self.send(caller, id, SentKind::Password, requested).await
    }

    /// An invitation from `caller`, to be queued by the rule that makes the account ([`Parcel::queue`]).
    ///
    /// # Errors
    /// [`SendError::NotOffered`] where no mails are sent.
    pub(in crate::directory) fn invitation(&self, caller: &Caller, requested: ResetRequested) -> Result<Parcel, SendError> {
        self.parcel(caller, SentKind::Link, requested)
    }

    /// The rule that queues `parcel` has been committed.
    pub(in crate::directory) fn parcel_queued(&self, parcel: &Parcel) {
        self.mails_were_queued(parcel.queued.load(Relaxed));
    }

    async fn send(&self, caller: &Caller, id: Id, what: SentKind, requested: ResetRequested) -> Result<(), SendError> {
        let sent = self.queue_for(caller, id, what, requested).await;
        sent.inspect_err(|error| {
            if let Some(reason) = error.reason() {
                let target = (*error != SendError::NoSuchAccount).then_some(id);
                self.audit(caller, AuditEvent::PasswordRefused { target, reason });
            }
        })
    }

    async fn queue_for(&self, caller: &Caller, id: Id, what: SentKind, requested: ResetRequested) -> Result<(), SendError> {
        let (parcel, now) = (self.parcel(caller, what, requested)?, self.clock.now());
        let rule = {
            let (caller, parcel, eyes) = (*caller, parcel.clone(), self.eyes());
            move |view: &mut View<'_>| {
                let account = addressee(view, &eyes, &caller, id, now)?;
                parcel.queue(view, &account, now).map(|event| vec![event])
            }
        };
        self.once_telling(caller, rule).await?;
        self.parcel_queued(&parcel);
        Ok(())
    }

    fn parcel(&self, caller: &Caller, what: SentKind, requested: ResetRequested) -> Result<Parcel, SendError> {
        let settings = self.settings.reset.clone();
        if !self.settings.sends_mail || (what == SentKind::Password && !settings.offers_generated) {
            return Err(SendError::NotOffered);
        }
        let sent = Sent { by: caller.actor, requested };
        Ok(Parcel { what, op: OpId(secret::random()), sent, settings: Arc::new(settings), queued: Arc::default() })
    }
}

impl Parcel {
    /// Queues it for `account`, unless the same one waits already; gives what is to be written down. Who may is decided
    /// by the rule that this is part of.
    pub(in crate::directory) fn queue<E>(&self, view: &mut View<'_>, account: &Account, now: UnixTime) -> Result<AuditEvent, Stop<E>>
    where
        E: From<SendError>,
    {
        self.queued.store(0, Relaxed);
        let refuse = |error: SendError| Stop::Rule(E::from(error));
        if !account.is_usable(now) {
            return Err(refuse(SendError::NotUsable));
        }
        let reachable = reachable(view, account, self.settings.new_address_wait, now)?;
        let Some(address) = reachable.into_iter().next() else {
            let has_any = addresses(account).next().is_some();
            return Err(refuse(if has_any { SendError::NewAddress } else { SendError::NoMailAddress }));
        };
        let intent = self.intent(account);
        let event = AuditEvent::MailQueued { target: account.id, kind: intent.kind() };
        if intent.kind() != MailKind::GeneratedPassword && outbox::has_alike(view, &intent, &address, now)? {
            return Ok(event);
        }
        if resets::admit_sent(view, account.id, &self.settings.limits, now)? == RateVerdict::No {
            return Err(refuse(SendError::TooMany));
        }
        outbox::put(view, self.op, &OutboxMail { intent, address, queued_at: now, attempts: 0, fault: None })?;
        self.queued.store(1, Relaxed);
        Ok(event)
    }

    fn intent(&self, account: &Account) -> Intent {
        let (account, replaces, sent) = (account.id, account.password_changed_at, self.sent);
        match (self.what, replaces) {
            (SentKind::Link, None) => Intent::Invitation { account, sent },
            (SentKind::Link, Some(_)) => Intent::SentLink { account, sent },
            (SentKind::Password, replaces) => Intent::SentPassword { account, sent, replaces },
        }
    }
}

impl SendError {
    /// What the audit says of it; none where nobody is at fault.
    fn reason(self) -> Option<Reason> {
        match self {
            SendError::NoSuchAccount => Some(Reason::UnknownEntry),
            SendError::Denied => Some(Reason::AccessDenied),
            SendError::NotOffered => Some(Reason::NotOffered),
            SendError::NotUsable => Some(Reason::Disabled),
            SendError::NoMailAddress => Some(Reason::NoMailAddress),
            SendError::NewAddress => Some(Reason::NewAddress),
            SendError::TooMany => Some(Reason::Throttled),
            SendError::Unavailable => None,
        }
    }
}

/// The account `id`, if `caller` may set its password without the old one.
fn addressee(view: &mut View<'_>, eyes: &Eyes, caller: &Caller, id: Id, now: UnixTime) -> Result<Account, Stop<SendError>> {
    let subject = subject(view, caller, now)?;
    let FoundEntry { subject, record, object, .. } = eyes.find::<SendError>(view, subject, &Target::Id(Branch::People, id))?;
    match (record, access::sets_password(&subject, &object)) {
        (Record::Account(account), PasswordRight::Yes) => Ok(account),
        // Their own they change with the old one, or ask for on the page that everybody has.
        _ => Err(Stop::Rule(SendError::Denied)),
    }
}

impl From<MustChange> for SendError {
    fn from(MustChange: MustChange) -> SendError {
        SendError::Denied
    }
}

impl From<NotFound> for SendError {
    fn from(_: NotFound) -> SendError {
        SendError::NoSuchAccount
    }
}

impl From<Fail<SendError>> for SendError {
    fn from(fail: Fail<SendError>) -> SendError {
        fail.or(SendError::Unavailable)
    }
}
