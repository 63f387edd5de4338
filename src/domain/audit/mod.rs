//! What is written down for later: who did what to whom, from where, and how it ended. Never a secret.

mod change;
mod story;

use serde::{Deserialize, Serialize};

use super::caller::{Actor, Source};
use super::id::Id;
use super::outbox::{MailKind, PasswordWay};
use super::time::UnixTime;

pub use change::{MAX_VALUES, ValueChange, bounded};
pub use story::Class;

/// What happened. A closed list: a new kind of event is a new variant, at the end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum AuditEvent {
    /// A bind that succeeded.
    BindSucceeded,
    /// A bind that was refused; `name` is what was asked for, cut to [`MAX_NAME`] bytes.
    BindRefused {
        /** As it was asked for. */
        name: String,
        /** Why. */
        reason: Reason,
        /** Whose name it is, where known. */
        target: Option<Id>,
    },
    /// A password was set.
    PasswordChanged {
        /** Whose. */
        target: Id,
    },
    /// A password was not set.
    PasswordRefused {
        /** Whose, where known. */
        target: Option<Id>,
        /** Why. */
        reason: Reason,
    },
    /// Something was made.
    Added {
        /** What. */
        target: Id,
        /** Its DN. */
        dn: String,
        /** What it was given. */
        changes: Vec<ValueChange>,
    },
    /// Something was changed.
    Modified {
        /** What. */
        target: Id,
        /** Its DN. */
        dn: String,
        /** Which attributes, and how. */
        changes: Vec<ValueChange>,
    },
    /// Something was renamed.
    Renamed {
        /** What. */
        target: Id,
        /** Its former DN. */
        from: String,
        /** Its new DN. */
        to: String,
    },
    /// Something was deleted.
    Deleted {
        /** What. */
        target: Id,
        /** Its DN. */
        dn: String,
    },
    /// A change was refused; `dn` as it was asked for, cut to [`MAX_NAME`] bytes.
    ChangeRefused {
        /** Of what. */
        dn: String,
        /** Why. */
        reason: Reason,
    },
    /// A new password was asked for. What was typed is not kept: it may be a password.
    ResetRequested {
        /** For whom; none: nobody is called that. */
        target: Option<Id>,
    },
    /// A new password was asked for, and nothing is sent.
    ResetRefused {
        /** For whom, where that was looked at. */
        target: Option<Id>,
        /** Why. */
        reason: Reason,
    },
    /// A link to set a new password has been handed to the relay.
    ResetMailed {
        /** For whom. */
        target: Id,
    },
    /// A link was used.
    ResetRedeemed {
        /** For whom. */
        target: Id,
        /** What for. */
        way: PasswordWay,
    },
    /// A request was taken back by whoever got the mail.
    ResetRevoked {
        /** For whom. */
        target: Id,
    },
    /// A link was to be used that does nothing.
    LinkRefused {
        /** Why. */
        reason: Reason,
    },
    /// Somebody has signed in on the pages.
    SignedIn,
    /// Somebody was not let in on the pages. What was typed is not kept: it may be a password.
    SignInRefused {
        /** Whose name it was, where known. */
        target: Option<Id>,
        /** Why. */
        reason: Reason,
    },
    /// Somebody has signed out.
    SignedOut,
    /// A mail was given up: it waits for an administrator.
    MailGivenUp {
        /** For whom. */
        target: Option<Id>,
        /** What it is. */
        kind: MailKind,
    },
    /// A mail was taken out of the queue unsent: by an administrator, or since it had become pointless.
    MailDropped {
        /** For whom. */
        target: Option<Id>,
        /** What it is. */
        kind: MailKind,
    },
    /// An administrator has a mail sent at once.
    MailRetried {
        /** For whom. */
        target: Option<Id>,
        /** What it is. */
        kind: MailKind,
    },
    /// All sessions of the pages were ended.
    SessionsEnded {
        /** Whose. */
        target: Id,
    },
    /// Somebody has a link, a generated password or an invitation sent to somebody else: it is in the queue.
    MailQueued {
        /** For whom. */
        target: Id,
        /** What it is. */
        kind: MailKind,
    },
    /// The audit was taken out as a file.
    AuditExported,
    /// Refusals that were not written down one by one, since the actor or the source had too many of them within a minute;
    /// `times` of the row says how many.
    RefusalsFolded,
}

/// Why something was refused; for the audit only, the peer is told less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)] // Each says it.
pub enum Reason {
    UnknownName,
    WrongPassword,
    Disabled,
    Expired,
    Throttled,
    NoCredential,
    AccessDenied,
    Policy,
    OldPasswordRequired,
    MustChangeFirst,
    Confidentiality,
    EmptyPassword,
    Constraint,
    UnknownEntry,
    LastAdministrator,
    NoMailAddress,
    UnknownLink,
    ExpiredLink,
    EndedLink,
    NotOffered,
    NewAddress,
}

/// One row of the audit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditRow {
    /// When.
    pub at: UnixTime,
    /// Who.
    pub actor: Actor,
    /// Where from.
    pub source: Source,
    /// What.
    pub event: AuditEvent,
    /// How many equal events of this actor and source it stands for, within a minute from `at`.
    pub times: u32,
}

impl AuditRow {
    /// A row for one event.
    pub fn new(at: UnixTime, actor: Actor, source: Source, event: AuditEvent) -> AuditRow {
        AuditRow { at, actor, source, event, times: 1 }
    }

    /// Whether nothing has happened: its actor can cause as many of it as they like.
    pub fn is_noise(&self) -> bool {
        self.event.class() == Class::Refusal
    }
}

/// `name` as a row keeps it: [`MAX_NAME`] bytes at most.
pub fn cut(mut name: String) -> String {
    name.truncate(name.floor_char_boundary(MAX_NAME));
    name
}

/// The longest name that a row keeps of what a peer sent, in bytes.
pub const MAX_NAME: usize = 256;
