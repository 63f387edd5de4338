//! Why an entry is not changed, whoever asks: one error for every way. LDAP answers with the first fault, the pages show
//! them all.

use std::fmt;

use super::super::letters::SendError;
use super::super::subject::MustChange;
use super::super::target::NotFound;
use super::super::{Hint, PasswordError};
use crate::domain::entry::Value;
use crate::domain::group::GroupKind;
use crate::domain::login::LoginRefusal;
use crate::domain::password_policy::Refusal;
use crate::domain::record::{Unfit, Violation, shown};
use crate::domain::schema::{Attribute, InvalidValue};
use crate::store::accounts::AccountError;
use crate::store::credentials::CredentialError;
use crate::store::groups::GroupError;
use crate::store::memberships::MembershipError;
use crate::store::numbers::NumbersUsedUp;
use crate::store::services::ServiceError;
use crate::store::{Fail, Stop};

/// Why an [`Edit`](super::Edit) is refused; nothing has changed then.
#[derive(Clone, Debug, PartialEq)]
pub enum EditError {
    /// There is no such entry, or the caller may not know it. The text is `matchedDN`: the nearest entry above.
    NotFound(String),
    /// The caller may not do that.
    Denied(Denial),
    /// The caller is anonymous.
    BindFirst,
    /// The caller has to change their own password first.
    MustChange,
    /// One's own password needs the old one beside the new one (ppolicy `mustSupplyOldPassword`).
    OldPasswordRequired,
    /// The entry has changed since the form was shown.
    Stale,
    /// What is wrong with the changes: one fault at least.
    Faults(Vec<EditFault>),
    /// Too much is going on; the same can be asked for again.
    Busy,
    /// The store does not answer.
    Unavailable,
}

/// One thing that is wrong with an edit.
#[derive(Clone, Debug, PartialEq)]
pub struct EditFault {
    /// The attribute that it concerns; none: the entry as a whole.
    pub attribute: Option<Attribute>,
    /// What is wrong with it.
    pub wrong: Wrong,
}

/// What is wrong with an attribute, or with an entry.
#[derive(Clone, Debug, PartialEq)]
pub enum Wrong {
    /// A value is needed.
    Missing,
    /// A value is not of the attribute's syntax, or too long.
    Invalid(InvalidValue),
    /// The same value is given twice.
    Repeated,
    /// There are more values than this.
    TooMany(usize),
    /// The value, as it was given, is there already.
    Present(Value),
    /// The name cannot be that of such an entry; the text says what it may look like.
    BadName(String),
    /// No account has the name.
    NoSuchAccount(String),
    /// No group or team has the name.
    NoSuchGroup {
        /** Group or team. */
        kind: GroupKind,
        /** As it was given. */
        name: String,
    },
    /// All values together have too many bytes.
    TooLarge {
        /** So many. */
        bytes: usize,
        /** The most that an entry may have. */
        most: usize,
    },
    /// No number is left for a new account, group or team.
    NumbersUsedUp(String),
    /// A rule about accounts forbids it.
    Account(AccountError),
    /// A rule about groups and teams forbids it.
    Group(GroupError),
    /// A rule about applications forbids it.
    Service(ServiceError),
    /// A rule about members forbids it.
    Membership(MembershipError),
    /// The mail address is another account's, or somebody's login: only administrators let two share one.
    MailTaken(String),
    /// A new mail address of the caller's own does not count, or not yet.
    NewAddress(NewAddressRefusal),
    /// The login is an administrator's to choose.
    Login(LoginRefusal),
    /// The password is not good enough.
    Password(Refusal),
    /// The two passwords typed differ.
    ConfirmationDiffers,
    /// It is no day.
    Unreadable,
    /// The day is over.
    Past,
    /// The caller's own password, which the change asks for, was not given or is not right.
    OwnPassword(OwnPassword),
    /// An invitation cannot be sent.
    NotSent,
    /// A rule of LDAP forbids it; the text says what to do.
    Rule(Violation, String),
}

/// Why a new mail address of the caller's own is not taken. [`fmt::Display`] says what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NewAddressRefusal {
    /// It has to be confirmed, which LDAP has no way for.
    #[error(
        "a new address of one's own counts once a link that is sent there is confirmed; change it on the people's pages, or ask an administrator"
    )]
    OnThePage,
    /// Several are new.
    #[error("one new address at a time")]
    OneAtATime,
    /// Enough was sent to the account lately.
    #[error("several mails were sent for this account already; wait a little")]
    TooMany,
    /// No mails are sent here.
    #[error("no mails are sent here, so that no address can be confirmed; ask an administrator")]
    NoMail,
    /// The link is used, replaced or expired, or another account's.
    #[error("this link does nothing any more")]
    NotAwaited,
}

/// What is wrong with the caller's own password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnPassword {
    /// It was not given.
    Missing,
    /// It is another.
    Wrong,
    /// Too many were tried; the caller has to wait.
    Throttled,
}

/// What the caller may not do. [`fmt::Display`] says who may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denial {
    /// Add, rename or delete.
    #[error("only an administrator adds, renames and deletes entries")]
    Entry,
    /// Change this attribute of this entry.
    #[error("this is not yours to change; ask an administrator")]
    Attribute,
    /// Change their own role.
    #[error("nobody changes their own role; ask another administrator")]
    OwnRole,
    /// Move somebody to, or from, a team that is not theirs.
    #[error("a manager moves people among their own teams only; ask an administrator")]
    OtherTeam,
    /// Set this password.
    #[error("this password is not yours to set; ask an administrator")]
    Password,
}

impl EditError {
    /// The refusal of one attribute, or of the whole entry.
    pub(in crate::directory) fn fault(attribute: impl Into<Option<Attribute>>, wrong: Wrong) -> EditError {
        EditError::Faults(vec![EditFault { attribute: attribute.into(), wrong }])
    }

    /// The refusal by a rule of LDAP.
    pub fn rule(attribute: impl Into<Option<Attribute>>, violation: Violation, text: impl Into<String>) -> EditError {
        EditError::fault(attribute, Wrong::Rule(violation, text.into()))
    }

    /// The refusal of the caller's own password.
    pub(super) fn own_password(error: PasswordError) -> EditError {
        let wrong = |what| EditError::fault(None, Wrong::OwnPassword(what));
        match error {
            PasswordError::Invalid(Hint::Locked) => wrong(OwnPassword::Throttled),
            PasswordError::Invalid(Hint::None | Hint::Expired) | PasswordError::OldRequired | PasswordError::Policy(_) => {
                wrong(OwnPassword::Wrong)
            }
            PasswordError::NoSuchObject | PasswordError::Denied | PasswordError::BindFirst => EditError::Denied(Denial::Attribute),
            PasswordError::Exists => EditError::Denied(Denial::Password),
            PasswordError::Busy => EditError::Busy,
            PasswordError::Unavailable => EditError::Unavailable,
        }
    }
}

/// Ends a rule with a refusal.
pub(in crate::directory) fn refuse<T>(error: EditError) -> Result<T, Stop<EditError>> {
    Err(Stop::Rule(error))
}

impl fmt::Display for EditFault {
    /// The text for clients of LDAP and the command line.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.attribute.map_or("the entry", Attribute::name);
        match &self.wrong {
            Wrong::Missing => write!(out, "{name} needs a value"),
            Wrong::Invalid(invalid) => write!(out, "{name}: {invalid}"),
            Wrong::Repeated => write!(out, "{name} is given the same value twice"),
            Wrong::TooMany(most) => write!(out, "{name} has {most} values at most; take some away"),
            Wrong::Present(value) => write!(out, "{name} has the value {} already", shown(value)),
            Wrong::NoSuchAccount(value) => write!(out, "{name}: there is no account {value}; add it first"),
            Wrong::NoSuchGroup { kind: GroupKind::Group, name: group } => write!(out, "{name}: there is no group {group}; add it first"),
            Wrong::NoSuchGroup { kind: GroupKind::Team, name: team } => write!(out, "{name}: there is no team {team}; add it first"),
            Wrong::TooLarge { bytes, most } => write!(
                out,
                "the values of the entry have {bytes} bytes together, and {most} is the most; use a smaller photograph, or fewer values"
            ),
            Wrong::Account(error) => error.fmt(out),
            Wrong::Group(error) => error.fmt(out),
            Wrong::Service(error) => error.fmt(out),
            Wrong::Membership(error) => error.fmt(out),
            Wrong::MailTaken(mail) => write!(out, "{name}: somebody else has {mail}; ask an administrator if two are to share it"),
            Wrong::NewAddress(refusal) => write!(out, "{name}: {refusal}"),
            Wrong::Login(LoginRefusal::Characters) => {
                write!(out, "{name} has other characters than a-z, 0-9, '.', '_' and '-'; choose another login, or ask an administrator")
            }
            Wrong::Login(LoginRefusal::Reserved) => {
                write!(out, "{name} is the name of something else on many machines; choose another login, or ask an administrator")
            }
            Wrong::Password(refusal) => refusal.fmt(out),
            Wrong::ConfirmationDiffers => out.write_str("the two passwords differ"),
            Wrong::Unreadable => write!(out, "{name} is not a day"),
            Wrong::Past => write!(out, "{name} is a day that is over"),
            Wrong::OwnPassword(_) => out.write_str("your own password is needed for this"),
            Wrong::NotSent => out.write_str("no invitation can be sent"),
            Wrong::BadName(text) | Wrong::NumbersUsedUp(text) | Wrong::Rule(_, text) => out.write_str(text),
        }
    }
}

impl From<MustChange> for EditError {
    fn from(MustChange: MustChange) -> EditError {
        EditError::MustChange
    }
}

impl From<NotFound> for EditError {
    fn from(NotFound(matched): NotFound) -> EditError {
        EditError::NotFound(matched)
    }
}

impl From<Unfit> for Wrong {
    fn from(unfit: Unfit) -> Wrong {
        Wrong::Rule(unfit.violation, unfit.text)
    }
}

impl From<Fail<EditError>> for EditError {
    fn from(fail: Fail<EditError>) -> EditError {
        fail.or_busy(EditError::Busy, EditError::Unavailable)
    }
}

/// What is gone was there when the rule began: nobody knows what is above it.
const GONE: EditError = EditError::NotFound(String::new());

impl From<AccountError> for EditError {
    fn from(error: AccountError) -> EditError {
        let attribute = match &error {
            AccountError::UidTaken(_) | AccountError::UidIsService(_) | AccountError::UidIsMail { .. } => Some(Attribute::Uid),
            AccountError::MailIsUid { .. } | AccountError::MailIsService(_) | AccountError::TooManyMails => Some(Attribute::Mail),
            AccountError::NumberTaken(_) => Some(Attribute::UidNumber),
            AccountError::LastAdministrator(_) => None,
            AccountError::Gone => return GONE,
        };
        EditError::fault(attribute, Wrong::Account(error))
    }
}

impl From<GroupError> for EditError {
    fn from(error: GroupError) -> EditError {
        let attribute = match &error {
            GroupError::GroupTaken(_) | GroupError::TeamTaken(_) => Attribute::Cn,
            GroupError::NumberTaken(_) => Attribute::GidNumber,
            GroupError::TooManyOwners | GroupError::TooManyOwned(_) | GroupError::NoSuchOwner => Attribute::Owner,
            GroupError::Gone => return GONE,
        };
        EditError::fault(attribute, Wrong::Group(error))
    }
}

impl From<ServiceError> for EditError {
    fn from(error: ServiceError) -> EditError {
        let attribute = match &error {
            ServiceError::UidTaken(_) | ServiceError::UidIsAccount(_) | ServiceError::UidIsMail(_) => Attribute::Uid,
            ServiceError::NoSuchGroup => Attribute::BinderyLimitedTo,
            ServiceError::Gone => return GONE,
        };
        EditError::fault(attribute, Wrong::Service(error))
    }
}

impl From<MembershipError> for EditError {
    fn from(error: MembershipError) -> EditError {
        EditError::fault(Attribute::Member, Wrong::Membership(error))
    }
}

impl From<CredentialError> for EditError {
    fn from(error: CredentialError) -> EditError {
        match error {
            CredentialError::Gone => GONE,
            CredentialError::Changed => EditError::Busy,
        }
    }
}

impl From<NumbersUsedUp> for EditError {
    fn from(error: NumbersUsedUp) -> EditError {
        EditError::fault(None, Wrong::NumbersUsedUp(error.to_string()))
    }
}

impl From<SendError> for EditError {
    /// Of an invitation: whoever may add the account may send it.
    fn from(error: SendError) -> EditError {
        match error {
            SendError::NoMailAddress | SendError::NewAddress => EditError::fault(Attribute::Mail, Wrong::Missing),
            SendError::NotOffered | SendError::NotUsable => EditError::fault(None, Wrong::NotSent),
            SendError::NoSuchAccount => GONE,
            SendError::Denied => EditError::Denied(Denial::Password),
            SendError::TooMany => EditError::Busy,
            SendError::Unavailable => EditError::Unavailable,
        }
    }
}

impl From<PasswordError> for EditError {
    fn from(error: PasswordError) -> EditError {
        match error {
            PasswordError::NoSuchObject => GONE,
            PasswordError::Denied => EditError::Denied(Denial::Password),
            PasswordError::BindFirst => EditError::BindFirst,
            PasswordError::OldRequired => EditError::OldPasswordRequired,
            PasswordError::Invalid(_) => EditError::rule(
                Attribute::UserPassword,
                Violation::Constraint,
                "the old password is wrong, or too many attempts were made; try again later",
            ),
            PasswordError::Policy(refusal) => EditError::fault(Attribute::UserPassword, Wrong::Password(refusal)),
            PasswordError::Exists => EditError::rule(
                Attribute::UserPassword,
                Violation::ValueExists,
                "userPassword has a value, and has one at most; replace it",
            ),
            PasswordError::Busy => EditError::Busy,
            PasswordError::Unavailable => EditError::Unavailable,
        }
    }
}
