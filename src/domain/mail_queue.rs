//! What is said of the outbox over LDAP, by both sides: the value of an extended operation (RFC 4511 §4.12) and of its
//! answer, in JSON. For administrators.

use serde::{Deserialize, Serialize};

use super::id::OpId;
use super::outbox::MailKind;
use super::time::UnixTime;

/// The name of the operation, below Bindery's arc (see `domain/schema`).
pub const OID: &str = "2.25.219434284537123804498146812475293014129.2.1";

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum MailQueueRequest {
    /// The mails that wait, those given up last: [`PAGE`] at most, behind one of them.
    List(Option<MailPlace>),
    /// Trying a mail at once.
    Retry(String),
    /// Taking a mail out of the queue.
    Drop(String),
}

/// Where a mail is in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailPlace {
    /// Which mail.
    pub mail: String,
    /// When it is tried next; none if it was given up.
    pub due: Option<UnixTime>,
}

/// The answer to a list: all of it if there are fewer than [`PAGE`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailQueueAnswer {
    /// The mails.
    pub mails: Vec<QueuedMail>,
}

/// A mail of the queue. Its tokens and passwords are not made before it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueuedMail {
    /// Its name, 32 hexadecimal digits.
    pub mail: String,
    /// What it is.
    pub kind: String,
    /// To whom.
    pub address: String,
    /// When it was queued, in milliseconds since 1970.
    pub queued_at: UnixTime,
    /// When it is tried next, likewise; none if it was given up.
    pub due: Option<UnixTime>,
    /// How often it was tried.
    pub attempts: u32,
    /// Why it did not go out.
    pub fault: Option<String>,
}

impl QueuedMail {
    /// The mail `op`.
    pub fn new(op: OpId, kind: MailKind, address: String, queued_at: UnixTime) -> QueuedMail {
        QueuedMail { mail: op.to_string(), kind: kind.word().to_owned(), address, queued_at, due: None, attempts: 0, fault: None }
    }

    /// Where it is in the list.
    pub fn place(&self) -> MailPlace {
        MailPlace { mail: self.mail.clone(), due: self.due }
    }
}

/// Mails of one answer.
pub const PAGE: usize = 100;
