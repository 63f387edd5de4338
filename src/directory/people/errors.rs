//! What refusals mean on a sheet, and what the audit says of them.

use std::convert::Infallible;

use super::{Field, FieldFault, SheetError, Wrong};
use crate::directory::{Caller, Denial, Directory, Hint, PasswordError, SendError};
use crate::domain::account::Account;
use crate::domain::audit::{AuditEvent, Reason, cut};
use crate::domain::id::Id;
use crate::domain::tree::Branch;
use crate::store::accounts::{AccountError, MAX_MAILS};
use crate::store::credentials::CredentialError;
use crate::store::memberships::MembershipError;
use crate::store::numbers::NumbersUsedUp;
use crate::store::{Fail, accounts};

impl Directory {
    /// Writes down that `caller` was refused to change the person `id`, or to add somebody.
    pub(super) async fn audit_sheet_refusal(&self, caller: &Caller, id: Option<Id>, error: &SheetError) {
        let reason = match error {
            SheetError::NoSuchPerson => Reason::UnknownEntry,
            SheetError::Denied(_) => Reason::AccessDenied,
            SheetError::MustChange => Reason::MustChangeFirst,
            SheetError::LastAdministrator => Reason::LastAdministrator,
            // The attempt itself has been written down.
            SheetError::Fields(faults) if faults.iter().all(|fault| fault.field == Field::OwnPassword) => return,
            SheetError::Fields(faults) if faults.iter().any(|fault| matches!(fault.wrong, Wrong::Policy(_))) => Reason::Policy,
            SheetError::Fields(_) | SheetError::NotSent | SheetError::NumbersUsedUp => Reason::Constraint,
            SheetError::Changed | SheetError::Busy | SheetError::Unavailable => return,
        };
        let password = matches!(error, SheetError::Denied(Denial::Password)) || reason == Reason::Policy;
        self.audit(
            caller,
            match id {
                Some(target) if password => AuditEvent::PasswordRefused { target: Some(target), reason },
                id => AuditEvent::ChangeRefused { dn: cut(self.dn_of_person(id).await), reason },
            },
        );
    }

    /// The DN of the person `id`, as the audit has it; an id that nobody has as it was asked for.
    async fn dn_of_person(&self, id: Option<Id>) -> String {
        let Some(id) = id else { return self.tree().branch_dn(Branch::People).to_owned() };
        let account: Result<Option<Account>, Fail<Infallible>> = self.store.read(|view| accounts::load(view, id)).await;
        match account {
            Ok(Some(account)) => self.tree().account_dn(&account.uid),
            Ok(None) | Err(_) => id.to_string(),
        }
    }
}

impl SheetError {
    /// The refusal of one field.
    pub(super) fn field(field: Field, wrong: Wrong) -> SheetError {
        SheetError::Fields(vec![FieldFault { field, wrong }])
    }

    /// What became of the caller's own password, which a change of a mail address asks for.
    pub(super) fn of_own_password(error: PasswordError) -> SheetError {
        match error {
            PasswordError::Invalid(Hint::Locked) => SheetError::field(Field::OwnPassword, Wrong::Throttled),
            PasswordError::Invalid(Hint::None | Hint::Expired) | PasswordError::OldRequired | PasswordError::Policy(_) => {
                SheetError::field(Field::OwnPassword, Wrong::WrongPassword)
            }
            PasswordError::NoSuchObject | PasswordError::Denied | PasswordError::BindFirst => SheetError::Denied(Denial::Attribute),
            PasswordError::Busy => SheetError::Busy,
            PasswordError::Unavailable => SheetError::Unavailable,
        }
    }

    /// What became of a new password.
    pub(super) fn of_new_password(error: PasswordError) -> SheetError {
        match error {
            PasswordError::Policy(refusal) => SheetError::field(Field::Password, Wrong::Policy(refusal)),
            PasswordError::NoSuchObject => SheetError::NoSuchPerson,
            PasswordError::Denied | PasswordError::BindFirst | PasswordError::OldRequired | PasswordError::Invalid(_) => {
                SheetError::Denied(Denial::Password)
            }
            PasswordError::Busy => SheetError::Busy,
            PasswordError::Unavailable => SheetError::Unavailable,
        }
    }
}

impl From<AccountError> for SheetError {
    fn from(error: AccountError) -> SheetError {
        match error {
            AccountError::UidTaken(_) | AccountError::UidIsService(_) | AccountError::UidIsMail { .. } => {
                SheetError::field(Field::Login, Wrong::LoginTaken)
            }
            AccountError::MailIsUid { mail, .. } | AccountError::MailIsService(mail) => {
                SheetError::field(Field::Mail, Wrong::MailIsLogin(mail))
            }
            AccountError::TooManyMails => SheetError::field(Field::Mail, Wrong::TooMany(MAX_MAILS)),
            AccountError::LastAdministrator(_) => SheetError::LastAdministrator,
            AccountError::NumberTaken(_) => SheetError::NumbersUsedUp,
            AccountError::Gone => SheetError::NoSuchPerson,
        }
    }
}

impl From<MembershipError> for SheetError {
    /// Moving somebody to a team fails only if somebody else has moved them meanwhile, or deleted one of the two.
    fn from(error: MembershipError) -> SheetError {
        match error {
            MembershipError::AlreadyMember { .. }
            | MembershipError::NotMember { .. }
            | MembershipError::InOtherTeam { .. }
            | MembershipError::TooManyGroups { .. }
            | MembershipError::Gone => SheetError::Changed,
        }
    }
}

impl From<CredentialError> for SheetError {
    fn from(error: CredentialError) -> SheetError {
        match error {
            CredentialError::Gone => SheetError::NoSuchPerson,
            CredentialError::Changed => SheetError::Changed,
        }
    }
}

impl From<SendError> for SheetError {
    /// Of an invitation: whoever adds somebody may send it.
    fn from(error: SendError) -> SheetError {
        match error {
            SendError::NoMailAddress | SendError::NewAddress => SheetError::field(Field::Mail, Wrong::Missing),
            SendError::NotOffered | SendError::NotUsable => SheetError::NotSent,
            SendError::NoSuchAccount => SheetError::NoSuchPerson,
            SendError::Denied => SheetError::Denied(Denial::Password),
            SendError::TooMany => SheetError::Busy,
            SendError::Unavailable => SheetError::Unavailable,
        }
    }
}

impl From<NumbersUsedUp> for SheetError {
    fn from(_: NumbersUsedUp) -> SheetError {
        SheetError::NumbersUsedUp
    }
}

impl From<Fail<SheetError>> for SheetError {
    fn from(fail: Fail<SheetError>) -> SheetError {
        match fail {
            Fail::Rule(error) => error,
            Fail::Conflict => SheetError::Busy,
            Fail::Unknown | Fail::Down => SheetError::Unavailable,
        }
    }
}
