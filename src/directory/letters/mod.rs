//! The outbox as the mail worker sees it: take a mail, mint what it needs, hand it over, say what became of it. Each
//! step is durable before the next begins; a crash between any two is mended by the lease running out.

mod mint;
mod queue;
mod send;
mod settle;
#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::time::Duration;

pub use send::SendError;

use super::{Directory, Unavailable};
use crate::domain::account::Account;
use crate::domain::caller::Source;
use crate::domain::id::{Id, OpId};
use crate::domain::language::Language;
use crate::domain::outbox::{Fate, MailKind, PasswordWay};
use crate::domain::reset::ResetRequested;
use crate::domain::schema::Attribute;
use crate::domain::time::UnixTime;
use crate::secret::Secret;
use crate::store::outbox::{self, OutboxError, Queued};
use crate::store::{Fail, View};

pub(super) use mint::DAEMON;
pub(super) use send::Parcel;

/// A mail that this process has taken, and nobody else has meanwhile.
#[derive(Clone, Debug, PartialEq)]
pub struct Leased(pub(super) Queued);

/// A mail as it is to be written now. Its secrets exist here and in the mail only.
#[derive(Debug)]
pub struct Letter {
    /// The operation and the attempt: the same secret has the same Message-ID.
    pub id: (OpId, u32),
    /// To whom, as the account has it.
    pub to: String,
    /// The person's name, if there is one.
    pub name: Option<String>,
    /// The language that the account names; none: that of the request, or of the organisation.
    pub language: Option<Language>,
    /// What it says.
    pub content: Content,
}

/// What a mail says.
#[derive(Debug)]
pub enum Content {
    /// Links to set a new password.
    ResetLinks {
        /** One for each account behind the address. */
        links: Vec<MailedLink>,
        /** Who asked. */
        requested: ResetRequested,
        /** How long the links are valid. */
        valid_for: Duration,
        /** Why they are sent. */
        occasion: Occasion,
    },
    /// A generated password.
    GeneratedPassword {
        /** For whom. */
        login: String,
        /** The password. */
        password: Secret,
        /** Whether it is the account's first: there is none that it replaces. */
        is_first: bool,
        /** Whether it must be changed at the next sign-in. */
        must_change: bool,
        /** How long it is good for; for ever if none. */
        good_for: Option<Duration>,
        /** Who asked. */
        requested: ResetRequested,
        /** Who has it sent; none: its owner, by the button of the link's page. */
        by: Option<By>,
    },
    /// The password has been changed.
    PasswordNotice {
        /** Whose. */
        login: String,
        /** By whom. */
        by: By,
        /** From where. */
        source: Source,
        /** When. */
        at: UnixTime,
        /** By which way. */
        way: PasswordWay,
        /** The language of the page that was used, if it was on one. */
        language: Option<Language>,
    },
    /// The mail addresses have been changed.
    AddressNotice {
        /** Whose. */
        login: String,
        /** By whom. */
        by: By,
        /** From where. */
        source: Source,
        /** When. */
        at: UnixTime,
        /** What became of the address that this goes to. */
        fate: Fate,
    },
    /// A link that confirms a new mail address.
    AddressLink {
        /** Whose. */
        login: String,
        /** The token of the link. */
        token: Secret,
        /** How long it is valid. */
        valid_for: Duration,
        /** Who asked. */
        requested: ResetRequested,
    },
}

/// Why links are sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// Somebody typed the login or the mail address.
    Asked,
    /// Somebody who may set the password has the link sent.
    Sent(By),
    /// The same, to somebody who has no password yet.
    Welcome(By),
}

/// Who did something about an account, as its owner is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// Its owner.
    Owner,
    /// Somebody else, by name.
    Other(String),
    /// Whoever administers the machine.
    System,
}

/// The link for one account.
#[derive(Debug)]
pub struct MailedLink {
    /// Whose, by id.
    pub account: Id,
    /// Whose, by login.
    pub login: String,
    /// The token of the link.
    pub token: Secret,
    /// The token of "this was not me".
    pub revoke: Secret,
}

/// What the relay said, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailRefused {
    /// It may work later.
    ForNow(String),
    /// It never will.
    ForGood(String),
}

/// A mail of the queue, as an administrator sees it. Never a secret: there is none in it yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedMail {
    /// Its name.
    pub op: OpId,
    /// What it is.
    pub kind: MailKind,
    /// To whom.
    pub address: String,
    /// When it was queued.
    pub queued_at: UnixTime,
    /// When it is tried next; none: it was given up.
    pub due: Option<UnixTime>,
    /// How often it was tried.
    pub attempts: u32,
    /// Why it did not go out.
    pub fault: Option<String>,
}

/// Why the queue is not shown or changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueueError {
    /// Only administrators may.
    Denied,
    /// There is no such mail any more.
    Gone,
    /// The store does not answer.
    Unavailable,
}

impl Content {
    /// What the mail is, in a word.
    pub fn kind(&self) -> MailKind {
        match self {
            Content::ResetLinks { occasion: Occasion::Asked | Occasion::Sent(_), .. } => MailKind::ResetLink,
            Content::ResetLinks { occasion: Occasion::Welcome(_), .. } => MailKind::Invitation,
            Content::GeneratedPassword { .. } => MailKind::GeneratedPassword,
            Content::PasswordNotice { .. } => MailKind::PasswordNotice,
            Content::AddressNotice { .. } => MailKind::AddressNotice,
            Content::AddressLink { .. } => MailKind::AddressLink,
        }
    }
}

/// The next mail that is due, or when to ask again.
#[derive(Debug)]
pub enum NextMail {
    /// It is due, and taken.
    Due(Leased),
    /// None is due: ask again after this time at the latest ([`Directory::mail_queued`] may tell earlier).
    After(Duration),
}

impl Directory {
    /// Takes the next mail that is due.
    ///
    /// # Errors
    /// If the store does not answer.
    pub async fn next_mail(&self) -> Result<NextMail, Unavailable> {
        let now = self.clock.now();
        let due = self.store.read(|view| outbox::due(view, now, OFFERED)).await;
        let (mails, next) = due.map_err(|_: Fail<Infallible>| Unavailable)?;
        for queued in mails {
            let rule = move |view: &mut View<'_>| outbox::lease(view, &queued, now.plus(LEASE));
            match self.store.run(rule).await {
                Ok(leased) => return Ok(NextMail::Due(Leased(leased))),
                // Another sender was faster.
                Err(Fail::Rule(OutboxError::Gone) | Fail::Conflict) => {}
                Err(Fail::Unknown | Fail::Down) => return Err(Unavailable),
            }
        }
        Ok(NextMail::After(next.map_or(IDLE, |at| at.since(now).min(IDLE))))
    }

    /// Waits until something was queued.
    pub async fn mail_queued(&self) {
        self.outbox_grew.notified().await;
    }

    /// A rule has been committed that queued `mails`.
    pub(super) fn mails_were_queued(&self, mails: u64) {
        if mails > 0 {
            self.counted.queued(mails);
            self.outbox_grew.notify_one();
        }
    }
}

/// The language that `account` asks for (`preferredLanguage`), if there are texts in it.
pub(super) fn language_of(account: &Account) -> Option<Language> {
    // RFC 2798 §2.7: as an Accept-Language header, the most wanted one first.
    let wanted = account.attributes.text(Attribute::PreferredLanguage)?;
    wanted.split(',').find_map(|range| Language::of_tag(range.split(';').next().unwrap_or_default()))
}

/// What `account` is called, if it says.
pub(super) fn name_of(account: &Account) -> Option<String> {
    let text = |attribute| account.attributes.text(attribute).map(str::to_owned);
    text(Attribute::DisplayName).or_else(|| text(Attribute::Cn))
}

/// How long a mail is its taker's: handing it over has to be done within.
pub const LEASE: Duration = Duration::from_secs(120);

/// How the outbox stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MailBacklog {
    /// Mails that wait, up to a bound.
    pub waiting: usize,
    /// Mails that were given up, up to a bound.
    pub given_up: usize,
    /// The age of the oldest that waits.
    pub oldest: Duration,
}

/// Mails that are looked at to take one, since others may take the first ones meanwhile.
const OFFERED: usize = 16;

/// The longest wait before the queue is looked at again: the clock may be set, and another process may queue.
const IDLE: Duration = Duration::from_secs(1);
