//! The outbox as the mail worker sees it: take a mail, mint what it needs, hand it over, say what became of it. Each
//! step is durable before the next begins; a crash between any two is mended by the lease running out.

use std::time::Duration;

use super::{Caller, Directory, Unavailable};
use crate::domain::audit::{Actor, Source};
use crate::domain::id::{Id, OpId};
use crate::domain::language::Language;
use crate::domain::outbox::{MailKind, Way};
use crate::domain::reset::Requested;
use crate::domain::time::UnixTime;
use crate::secret::Secret;
use crate::store::outbox::Queued;

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
        links: Vec<Link>,
        /** Who asked. */
        requested: Requested,
        /** How long the links are valid. */
        valid_for: Duration,
    },
    /// A generated password.
    GeneratedPassword {
        /** For whom. */
        login: String,
        /** The password. */
        password: Secret,
        /** Whether it must be changed at the next sign-in. */
        must_change: bool,
        /** How long it is good for; for ever if none. */
        good_for: Option<Duration>,
        /** Who asked, by the button of the link's page. */
        requested: Requested,
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
        way: Way,
    },
}

/// Who changed a password, as its owner is told.
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
pub struct Link {
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
pub enum Refused {
    /// It may work later.
    ForNow(String),
    /// It never will.
    ForGood(String),
}

/// A mail of the queue, as an administrator sees it. Never a secret: there is none in it yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
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

impl Directory {
    /// Takes the next mail that is due; with none, gives when to ask again at the latest ([`Directory::mail_queued`]
    /// may tell earlier).
    ///
    /// # Errors
    /// If the store does not answer.
    pub async fn next_mail(&self) -> Result<Result<Leased, Duration>, Unavailable> {
        todo!()
    }

    /// Mints what `leased` needs, stores digests and credentials, and gives what is to be written; none: there is
    /// nothing to send any more, and the mail is gone from the queue.
    ///
    /// # Errors
    /// If the store or the hash threads do not answer: the mail comes up again.
    pub async fn write_letter(&self, leased: &Leased) -> Result<Option<Letter>, Unavailable> {
        todo!()
    }

    /// The relay has taken `letter`, which was written for `leased`: its links' hour begins, or its password comes into force, and it leaves the queue.
    ///
    /// # Errors
    /// If the store does not answer: the mail comes up again, and goes out twice.
    pub async fn mail_accepted(&self, leased: &Leased, letter: &Letter) -> Result<(), Unavailable> {
        todo!()
    }

    /// The relay has not taken the mail: it is tried again later, or given up.
    ///
    /// # Errors
    /// If the store does not answer: the mail comes up again.
    pub async fn mail_refused(&self, leased: &Leased, refused: &Refused) -> Result<(), Unavailable> {
        todo!()
    }

    /// Waits until something was queued.
    pub async fn mail_queued(&self) {
        todo!()
    }

    /// The mails of the queue, those given up last, behind `after`; `limit` at most.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn list_mail(&self, caller: &Caller, after: Option<&Listed>, limit: usize) -> Result<Vec<Listed>, QueueError> {
        todo!()
    }

    /// Tries the mail `op` at once.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn retry_mail(&self, caller: &Caller, op: OpId) -> Result<(), QueueError> {
        todo!()
    }

    /// Takes the mail `op` out of the queue.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn drop_mail(&self, caller: &Caller, op: OpId) -> Result<(), QueueError> {
        todo!()
    }

    /// How many mails wait, how many were given up, and how long the oldest that waits has.
    ///
    /// # Errors
    /// If the store does not answer.
    pub async fn mail_backlog(&self) -> Result<Backlog, Unavailable> {
        todo!()
    }
}

/// How long a mail is its taker's: handing it over has to be done within.
pub const LEASE: Duration = Duration::from_secs(120);

/// How the outbox stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Mails that wait, up to a bound.
    pub waiting: usize,
    /// Mails that were given up, up to a bound.
    pub given_up: usize,
    /// The age of the oldest that waits.
    pub oldest: Duration,
}
