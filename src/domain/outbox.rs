//! The outbox: what is to be mailed, as an intent. No token and no password is in it; they are minted when it is sent.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::caller::{Actor, Source};
use super::id::Id;
use super::language::Language;
use super::reset::ResetRequested;
use super::time::UnixTime;

/// A mail that is to be sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutboxMail {
    /// What it is about.
    pub intent: Intent,
    /// The address as the account has it; looked up again before it is used.
    pub address: String,
    /// When it was queued.
    pub queued_at: UnixTime,
    /// How often it was taken to be sent, the present attempt among them.
    pub attempts: u32,
    /// Why it did not go out the last time; never a secret, cut to [`MAX_FAULT`] bytes.
    pub fault: Option<String>,
}

/// What a mail is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Intent {
    /// Links to set a new password, one for each account behind the address.
    ResetLink {
        /** Whose, at most [`MAX_ACCOUNTS`]. */
        accounts: Vec<Id>,
        /** Who asked. */
        requested: ResetRequested,
    },
    /// A new password that is generated when the mail is sent.
    GeneratedPassword {
        /** Whose. */
        account: Id,
        /** Who asked for it, by the button of the link's page. */
        requested: ResetRequested,
        /** When the password was set that it replaces: it does not go out once there is another. */
        replaces: Option<UnixTime>,
    },
    /// The password has been changed.
    PasswordNotice {
        /** Whose. */
        account: Id,
        /** By whom and how. */
        change: PasswordChanged,
    },
    /// A link to set a new password that somebody else sends.
    SentLink {
        /** Whose. */
        account: Id,
        /** By whom. */
        sent: Sent,
    },
    /// A generated password that somebody else sends.
    SentPassword {
        /** Whose. */
        account: Id,
        /** By whom. */
        sent: Sent,
        /** See [`Intent::GeneratedPassword`]. */
        replaces: Option<UnixTime>,
    },
    /// A welcome to somebody who has no password yet, with a link to the first one.
    Invitation {
        /** Whose. */
        account: Id,
        /** By whom. */
        sent: Sent,
    },
    /// The mail addresses have been changed: it becomes a notice to each of them.
    AddressesChanged {
        /** Whose. */
        account: Id,
        /** By whom. */
        change: AddressChanged,
        /** The addresses, and what became of each. */
        addresses: Vec<(String, Fate)>,
    },
    /// The same, as one of the addresses is told.
    AddressNotice {
        /** Whose. */
        account: Id,
        /** By whom. */
        change: AddressChanged,
        /** What became of the address that the notice goes to. */
        fate: Fate,
    },
    /// A link to a new address that its owner has asked for.
    AddressLink {
        /** Whose. */
        account: Id,
        /** When and from where it was asked for. */
        requested: ResetRequested,
    },
}

/// Who has a mail sent to somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// Who.
    pub by: Actor,
    /// When and from where.
    pub requested: ResetRequested,
}

/// How mail addresses came to be changed, as the notice tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressChanged {
    /// Who changed them.
    pub by: Actor,
    /// Where from.
    pub source: Source,
    /// When.
    pub at: UnixTime,
}

/// What became of a mail address. No address is told of another: one of them may be somebody else's by mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fate {
    /// It is not the account's any more.
    Removed,
    /// It is the account's from now on.
    Added,
    /// It stays, beside others that were removed or added.
    Kept,
}

/// What a mail is, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MailKind {
    /// Of [`Intent::ResetLink`] and [`Intent::SentLink`].
    ResetLink,
    /// Of [`Intent::GeneratedPassword`] and [`Intent::SentPassword`].
    GeneratedPassword,
    /// Of [`Intent::PasswordNotice`].
    PasswordNotice,
    /// Of [`Intent::Invitation`].
    Invitation,
    /// Of [`Intent::AddressNotice`].
    AddressNotice,
    /// Of [`Intent::AddressLink`].
    AddressLink,
}

impl MailKind {
    /// The word for it: `reset-link`, `generated-password`, `password-notice`, `invitation`, `address-notice`,
    /// `address-link`.
    pub fn word(self) -> &'static str {
        match self {
            MailKind::ResetLink => "reset-link",
            MailKind::GeneratedPassword => "generated-password",
            MailKind::PasswordNotice => "password-notice",
            MailKind::Invitation => "invitation",
            MailKind::AddressNotice => "address-notice",
            MailKind::AddressLink => "address-link",
        }
    }
}

/// How a password came to be changed, as the notice tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordChanged {
    /// Who changed it.
    pub by: Actor,
    /// Where from.
    pub source: Source,
    /// When.
    pub at: UnixTime,
    /// By which way.
    pub way: PasswordWay,
    /// The language of the page that was used, if it was on one.
    pub language: Option<Language>,
}

/// The way a password was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PasswordWay {
    /// By its owner, who knew the old one.
    Own,
    /// By an administrator, a manager or an application that may.
    Other,
    /// By a mailed link, chosen.
    ResetChosen,
    /// By a mailed link, generated.
    ResetGenerated,
}

impl Intent {
    /// What the mail is, in a word.
    pub fn kind(&self) -> MailKind {
        match self {
            Intent::ResetLink { .. } | Intent::SentLink { .. } => MailKind::ResetLink,
            Intent::GeneratedPassword { .. } | Intent::SentPassword { .. } => MailKind::GeneratedPassword,
            Intent::PasswordNotice { .. } => MailKind::PasswordNotice,
            Intent::Invitation { .. } => MailKind::Invitation,
            Intent::AddressesChanged { .. } | Intent::AddressNotice { .. } => MailKind::AddressNotice,
            Intent::AddressLink { .. } => MailKind::AddressLink,
        }
    }

    /// For whom and by whom it is sent, if somebody else has it sent.
    pub fn sent(&self) -> Option<(Id, &Sent)> {
        match self {
            Intent::SentLink { account, sent } | Intent::SentPassword { account, sent, .. } | Intent::Invitation { account, sent } => {
                Some((*account, sent))
            }
            Intent::ResetLink { .. }
            | Intent::GeneratedPassword { .. }
            | Intent::PasswordNotice { .. }
            | Intent::AddressesChanged { .. }
            | Intent::AddressNotice { .. }
            | Intent::AddressLink { .. } => None,
        }
    }

    /// The account that the audit names for it: the first.
    pub fn whom(&self) -> Option<Id> {
        self.accounts().first().copied()
    }

    /// The accounts it is for; the first one's mails go out in order.
    pub fn accounts(&self) -> &[Id] {
        match self {
            Intent::ResetLink { accounts, .. } => accounts,
            Intent::GeneratedPassword { account, .. }
            | Intent::PasswordNotice { account, .. }
            | Intent::SentLink { account, .. }
            | Intent::SentPassword { account, .. }
            | Intent::Invitation { account, .. }
            | Intent::AddressesChanged { account, .. }
            | Intent::AddressNotice { account, .. }
            | Intent::AddressLink { account, .. } => std::slice::from_ref(account),
        }
    }
}

/// `fault` as a mail keeps it: [`MAX_FAULT`] bytes at most.
pub fn cut_fault(fault: &str) -> String {
    fault[..fault.floor_char_boundary(MAX_FAULT)].to_owned()
}

/// How long to wait after `attempts` failures: doubling from [`FIRST_WAIT`] to [`LONGEST_WAIT`], give or take a fifth by
/// `jitter`, so that what failed together does not come back together.
pub fn retry_wait(attempts: u32, jitter: u64) -> Duration {
    let doubled = FIRST_WAIT.saturating_mul(1u32.checked_shl(attempts.saturating_sub(1)).unwrap_or(u32::MAX)).min(LONGEST_WAIT);
    let fifth = doubled.as_millis() as u64 / 5;
    Duration::from_millis(doubled.as_millis() as u64 - fifth + jitter % (2 * fifth + 1))
}

/// The wait after the first failure.
pub const FIRST_WAIT: Duration = Duration::from_secs(10);

/// The longest wait.
pub const LONGEST_WAIT: Duration = Duration::from_secs(600);

/// After this time in the outbox a mail is given up, and waits for an administrator.
pub const GIVE_UP_AFTER: Duration = Duration::from_secs(2 * 86_400);

/// How long a mail is kept that was given up.
pub const KEPT_FOR: Duration = Duration::from_secs(30 * 86_400);

/// Accounts behind one address that one mail speaks of.
pub const MAX_ACCOUNTS: usize = 10;

/// Notices that wait for one account; further ones would tell nothing new.
pub const MAX_NOTICES: usize = 16;

/// Bytes of a fault's text.
pub const MAX_FAULT: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_spread_by_a_fifth() {
        for (attempts, expected) in [(1, 10), (2, 20), (3, 40), (7, 600), (40, 600), (u32::MAX, 600)] {
            let (least, most) = (expected * 800, expected * 1200);
            for jitter in [0, 1, 12_345, u64::MAX] {
                let wait = retry_wait(attempts, jitter).as_millis() as u64;
                assert!((least..=most).contains(&wait), "{attempts} attempts: {wait} ms");
            }
        }
        assert_ne!(retry_wait(3, 1), retry_wait(3, 777));
    }

    #[test]
    fn the_text_of_a_fault_is_cut_between_characters() {
        assert_eq!(cut_fault("refused"), "refused");
        let cut = cut_fault(&"é€".repeat(MAX_FAULT));
        assert!(cut.len() <= MAX_FAULT && cut.len() > MAX_FAULT - 4);
    }
}
