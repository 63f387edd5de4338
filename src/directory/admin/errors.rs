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
            ChangeError::Account(AccountError::LastAdministrator(_)) => Some(Reason::LastAdministrator),
            ChangeError::AlreadyExists(_)
            | ChangeError::Account(_)
            | ChangeError::Group(_)
            | ChangeError::Service(_)
            | ChangeError::Membership(_)
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
        match error {
            AccountError::Gone => ChangeError::NoSuchObject(String::new()).into(),
            error => ChangeError::Account(error).into(),
        }
    }
}

impl From<GroupError> for Refused {
    fn from(error: GroupError) -> Refused {
        match error {
            GroupError::Gone => ChangeError::NoSuchObject(String::new()).into(),
            error => ChangeError::Group(error).into(),
        }
    }
}

impl From<ServiceError> for Refused {
    fn from(error: ServiceError) -> Refused {
        match error {
            ServiceError::Gone => ChangeError::NoSuchObject(String::new()).into(),
            error => ChangeError::Service(error).into(),
        }
    }
}

impl From<MembershipError> for Refused {
    fn from(error: MembershipError) -> Refused {
        ChangeError::Membership(error).into()
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
