//! What a refusal of the store's rules means to the person who asked, and to the audit.

use crate::directory::{ChangeError, Denial, PasswordError};
use crate::domain::audit::Reason;
use crate::store::accounts::AccountError;
use crate::store::credentials::CredentialError;
use crate::store::groups::GroupError;
use crate::store::memberships::MembershipError;
use crate::store::numbers::NumbersUsedUp;
use crate::store::services::ServiceError;
use crate::store::{Fail, Stop};

/// A refusal, and the reason to write down; none for what is no fault of the caller's.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Refused {
    pub(super) error: ChangeError,
    pub(super) reason: Option<Reason>,
}

impl Refused {
    pub(super) fn denied(what: Denial) -> Stop<Refused> {
        Stop::Rule(Refused::from(ChangeError::Denied(what)))
    }
}

impl From<ChangeError> for Refused {
    fn from(error: ChangeError) -> Refused {
        let reason = match &error {
            ChangeError::NoSuchObject(_) => Some(Reason::UnknownEntry),
            ChangeError::Denied(_) | ChangeError::BindFirst => Some(Reason::AccessDenied),
            ChangeError::MustChange => Some(Reason::MustChangeFirst),
            ChangeError::OldPasswordRequired => Some(Reason::OldPasswordRequired),
            ChangeError::Password(_) => Some(Reason::Policy),
            ChangeError::AlreadyExists(_)
            | ChangeError::NamingViolation(_)
            | ChangeError::ObjectClassViolation(_)
            | ChangeError::UndefinedType(_)
            | ChangeError::InvalidSyntax(_)
            | ChangeError::InvalidDn(_)
            | ChangeError::ValueExists(_)
            | ChangeError::NoSuchValue(_)
            | ChangeError::Constraint(_)
            | ChangeError::NotAllowedOnRdn(_)
            | ChangeError::NotAllowedOnNonLeaf(_)
            | ChangeError::Unwilling(_) => Some(Reason::Constraint),
            ChangeError::Busy | ChangeError::Unavailable => None,
        };
        Refused { error, reason }
    }
}

impl From<Fail<Refused>> for Refused {
    fn from(fail: Fail<Refused>) -> Refused {
        match fail {
            Fail::Rule(refused) => refused,
            Fail::Conflict => ChangeError::Busy.into(),
            Fail::Unknown | Fail::Down => ChangeError::Unavailable.into(),
        }
    }
}

impl From<AccountError> for Refused {
    fn from(error: AccountError) -> Refused {
        let text = error.to_string();
        match error {
            AccountError::LastAdministrator(_) => Refused { error: ChangeError::Constraint(text), reason: Some(Reason::LastAdministrator) },
            AccountError::UidTaken(_) => ChangeError::AlreadyExists(text).into(),
            AccountError::UidIsService(_)
            | AccountError::UidIsMail { .. }
            | AccountError::MailIsUid { .. }
            | AccountError::MailIsService(_)
            | AccountError::TooManyMails
            | AccountError::NumberTaken(_) => ChangeError::Constraint(text).into(),
            AccountError::Gone => ChangeError::NoSuchObject(String::new()).into(),
        }
    }
}

impl From<GroupError> for Refused {
    fn from(error: GroupError) -> Refused {
        let text = error.to_string();
        match error {
            GroupError::GroupTaken(_) | GroupError::TeamTaken(_) => ChangeError::AlreadyExists(text).into(),
            GroupError::NumberTaken(_) | GroupError::TooManyOwners | GroupError::TooManyOwned(_) | GroupError::NoSuchOwner => {
                ChangeError::Constraint(text).into()
            }
            GroupError::Gone => ChangeError::NoSuchObject(String::new()).into(),
        }
    }
}

impl From<ServiceError> for Refused {
    fn from(error: ServiceError) -> Refused {
        let text = error.to_string();
        match error {
            ServiceError::UidTaken(_) => ChangeError::AlreadyExists(text).into(),
            ServiceError::UidIsAccount(_) | ServiceError::UidIsMail(_) | ServiceError::NoSuchGroup => ChangeError::Constraint(text).into(),
            ServiceError::Gone => ChangeError::NoSuchObject(String::new()).into(),
        }
    }
}

impl From<MembershipError> for Refused {
    fn from(error: MembershipError) -> Refused {
        let text = error.to_string();
        match error {
            MembershipError::AlreadyMember { .. } => ChangeError::ValueExists(text).into(),
            MembershipError::NotMember { .. } => ChangeError::NoSuchValue(text).into(),
            MembershipError::InOtherTeam { .. } | MembershipError::TooManyGroups { .. } | MembershipError::Gone => {
                ChangeError::Constraint(text).into()
            }
        }
    }
}

impl From<CredentialError> for Refused {
    fn from(error: CredentialError) -> Refused {
        match error {
            CredentialError::Gone => ChangeError::NoSuchObject(String::new()).into(),
            CredentialError::Changed => ChangeError::Busy.into(),
        }
    }
}

impl From<NumbersUsedUp> for Refused {
    fn from(error: NumbersUsedUp) -> Refused {
        ChangeError::Unwilling(error.to_string()).into()
    }
}

impl From<PasswordError> for Refused {
    /// The password's own use case has written down what it refused.
    fn from(error: PasswordError) -> Refused {
        let error = match error {
            PasswordError::NoSuchObject => ChangeError::NoSuchObject(String::new()),
            PasswordError::Denied => ChangeError::Denied(Denial::Password),
            PasswordError::BindFirst => ChangeError::BindFirst,
            PasswordError::OldRequired => ChangeError::OldPasswordRequired,
            PasswordError::Invalid(_) => {
                ChangeError::Constraint("the old password is wrong, or too many attempts were made; try again later".into())
            }
            PasswordError::Policy(refusal) => ChangeError::Password(refusal),
            PasswordError::Busy => ChangeError::Busy,
            PasswordError::Unavailable => ChangeError::Unavailable,
        };
        Refused { error, reason: None }
    }
}
