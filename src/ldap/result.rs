//! What a peer is told about an error: the one table from the use cases' errors to the codes of RFC 4511 §4.1.9.
//! The audit is told more, elsewhere.

use super::codec::operation::{Bad, Why};
use super::codec::result::{LdapResult, PolicyError, ResultCode};
use crate::directory::{
    AccountError, BindError, CompareError, Denial, EditFault, GroupError, Hint, MembershipError, PasswordError, QueueError, SearchError,
    ServiceError, Wrong,
};
use crate::domain::password_policy::Refusal;
use crate::domain::record::Violation;

impl LdapResult {
    /// Nobody in particular asks for what somebody in particular may have.
    pub fn bind_first() -> LdapResult {
        LdapResult::new(ResultCode::StrongerAuthRequired, "bind first: without that, the root DSE and the schema are all there is")
    }

    fn with_policy(self, policy: impl Into<Option<PolicyError>>) -> LdapResult {
        LdapResult { policy: policy.into(), ..self }
    }

    pub(super) fn no_such_object(matched: String) -> LdapResult {
        LdapResult { matched_dn: matched, ..LdapResult::new(ResultCode::NoSuchObject, "") }
    }

    /// RFC 4511 has no code of its own for it; this is the one that OpenLDAP's password policy gives.
    pub fn must_change() -> LdapResult {
        LdapResult::new(ResultCode::InsufficientAccessRights, "the password must be changed first")
            .with_policy(PolicyError::ChangeAfterReset)
    }

    /// The store does not answer; never a wrong password.
    pub fn unavailable() -> LdapResult {
        LdapResult::new(ResultCode::Unavailable, "the directory's data cannot be reached at the moment")
    }

    pub(super) fn busy() -> LdapResult {
        LdapResult::new(ResultCode::Busy, "too many passwords are being verified at the moment")
    }

    pub(super) fn old_required(text: &'static str) -> LdapResult {
        LdapResult::new(ResultCode::InsufficientAccessRights, text).with_policy(PolicyError::MustSupplyOldPassword)
    }

    fn refused(refusal: &Refusal) -> LdapResult {
        LdapResult::new(ResultCode::ConstraintViolation, refusal.to_string()).with_policy(PolicyError::from(refusal))
    }
}

impl From<Bad> for LdapResult {
    fn from(bad: Bad) -> LdapResult {
        match bad.why {
            Why::Shape => LdapResult::new(ResultCode::ProtocolError, "the elements of the request are not those of RFC 4511"),
            Why::Controls => LdapResult::new(ResultCode::ProtocolError, "the controls are not encoded as RFC 4511 asks"),
            Why::Value => LdapResult::new(ResultCode::ProtocolError, "a text is not UTF-8, or a value is not one of those defined"),
            Why::Bound => LdapResult::new(ResultCode::AdminLimitExceeded, "nested too deeply, or too many elements"),
            // Every stored password is UTF-8, so this one is wrong.
            Why::Password => LdapResult::new(ResultCode::InvalidCredentials, ""),
        }
    }
}

impl From<&Refusal> for PolicyError {
    fn from(refusal: &Refusal) -> PolicyError {
        if matches!(refusal, Refusal::TooShort { .. }) { PolicyError::TooShort } else { PolicyError::InsufficientQuality }
    }
}

impl From<BindError> for LdapResult {
    fn from(error: BindError) -> LdapResult {
        match error {
            // One answer, whatever the cause; the hint comes only to who asks for the control.
            BindError::Invalid(hint) => LdapResult::new(ResultCode::InvalidCredentials, "").with_policy(policy(hint)),
            BindError::Busy => LdapResult::busy(),
            BindError::Unavailable => LdapResult::unavailable(),
        }
    }
}

impl From<QueueError> for LdapResult {
    fn from(error: QueueError) -> LdapResult {
        match error {
            QueueError::Denied => LdapResult::new(ResultCode::InsufficientAccessRights, "only administrators see the mails that wait"),
            QueueError::Gone => LdapResult::new(ResultCode::NoSuchObject, "this mail is not in the queue any more"),
            QueueError::Unavailable => LdapResult::unavailable(),
        }
    }
}

fn policy(hint: Hint) -> Option<PolicyError> {
    match hint {
        Hint::None => None,
        Hint::Locked => Some(PolicyError::AccountLocked),
        Hint::Expired => Some(PolicyError::PasswordExpired),
    }
}

impl From<SearchError> for LdapResult {
    fn from(error: SearchError) -> LdapResult {
        match error {
            SearchError::NoSuchObject { matched } => LdapResult::no_such_object(matched),
            SearchError::SizeLimit(_) => {
                LdapResult::new(ResultCode::SizeLimitExceeded, "there are more entries than the size limit; ask for pages, or for less")
            }
            SearchError::TimeLimit => LdapResult::new(ResultCode::TimeLimitExceeded, "the time limit is up; ask for less"),
            SearchError::AdminLimit => LdapResult::new(
                ResultCode::AdminLimitExceeded,
                "the search would look at too many entries; ask for less, or by uid, mail or memberOf",
            ),
            SearchError::BadCookie => LdapResult::new(
                ResultCode::UnwillingToPerform,
                "the paged results cookie is not one of this search; begin again without one",
            ),
            SearchError::BindFirst => LdapResult::bind_first(),
            SearchError::MustChange => LdapResult::must_change(),
            SearchError::Unavailable => LdapResult::unavailable(),
        }
    }
}

impl From<CompareError> for LdapResult {
    fn from(error: CompareError) -> LdapResult {
        match error {
            CompareError::NoSuchObject { matched } => LdapResult::no_such_object(matched),
            CompareError::BindFirst => LdapResult::bind_first(),
            CompareError::NoSuchAttribute => LdapResult::new(ResultCode::NoSuchAttribute, ""),
            CompareError::UndefinedType => LdapResult::new(
                ResultCode::UndefinedAttributeType,
                "there is no such attribute type here; cn=subschema lists those that are",
            ),
            CompareError::NoEqualityRule => LdapResult::new(
                ResultCode::InappropriateMatching,
                "this attribute type has no equality rule, so that nothing equals a value",
            ),
            CompareError::InvalidValue => {
                LdapResult::new(ResultCode::InvalidAttributeSyntax, "the value is not one that the syntax of this attribute type has")
            }
            CompareError::MustChange => LdapResult::must_change(),
            CompareError::Unavailable => LdapResult::unavailable(),
        }
    }
}

impl From<PasswordError> for LdapResult {
    fn from(error: PasswordError) -> LdapResult {
        match error {
            PasswordError::NoSuchObject => LdapResult::new(ResultCode::NoSuchObject, "there is no such account, or none that you may see"),
            PasswordError::Denied => {
                let result = LdapResult::new(ResultCode::InsufficientAccessRights, Denial::Password.to_string());
                result.with_policy(PolicyError::ModNotAllowed)
            }
            PasswordError::BindFirst => LdapResult::bind_first(),
            PasswordError::OldRequired => LdapResult::old_required("give the old password beside the new one"),
            PasswordError::Invalid(hint) => {
                LdapResult::new(ResultCode::InvalidCredentials, "the old password is not right").with_policy(policy(hint))
            }
            PasswordError::Policy(refusal) => LdapResult::refused(&refusal),
            PasswordError::Exists => LdapResult::new(ResultCode::AttributeOrValueExists, "there is a password already"),
            PasswordError::Busy => LdapResult::busy(),
            PasswordError::Unavailable => LdapResult::unavailable(),
        }
    }
}

impl LdapResult {
    /// The one table from what is wrong with an entry to a result code; the text is the fault's own.
    pub fn of_fault(fault: &EditFault) -> LdapResult {
        let code = match &fault.wrong {
            Wrong::Password(refusal) => return LdapResult::refused(refusal),
            Wrong::Missing => ResultCode::ObjectClassViolation,
            Wrong::Invalid(_) | Wrong::Unreadable => ResultCode::InvalidAttributeSyntax,
            Wrong::Repeated | Wrong::Present(_) => ResultCode::AttributeOrValueExists,
            Wrong::BadName(_) => ResultCode::NamingViolation,
            Wrong::NumbersUsedUp(_) | Wrong::NewAddress(_) => ResultCode::UnwillingToPerform,
            Wrong::TooMany(_)
            | Wrong::TooLarge { .. }
            | Wrong::NoSuchAccount(_)
            | Wrong::NoSuchGroup { .. }
            | Wrong::ConfirmationDiffers
            | Wrong::Past
            | Wrong::OwnPassword(_)
            | Wrong::MailTaken(_)
            | Wrong::Login(_)
            | Wrong::NotSent => ResultCode::ConstraintViolation,
            Wrong::Account(error) => of_account(error),
            Wrong::Group(error) => of_group(error),
            Wrong::Service(error) => of_service(error),
            Wrong::Membership(error) => of_membership(error),
            Wrong::Rule(violation, _) => of_violation(*violation),
        };
        LdapResult::new(code, fault.to_string())
    }
}

fn of_violation(violation: Violation) -> ResultCode {
    match violation {
        Violation::AlreadyExists => ResultCode::EntryAlreadyExists,
        Violation::Constraint => ResultCode::ConstraintViolation,
        Violation::DnSyntax => ResultCode::InvalidDnSyntax,
        Violation::NamingViolation => ResultCode::NamingViolation,
        Violation::NoSuchValue => ResultCode::NoSuchAttribute,
        Violation::NotAllowedOnRdn => ResultCode::NotAllowedOnRdn,
        Violation::ObjectClass => ResultCode::ObjectClassViolation,
        Violation::Syntax => ResultCode::InvalidAttributeSyntax,
        Violation::UndefinedType => ResultCode::UndefinedAttributeType,
        Violation::Unwilling => ResultCode::UnwillingToPerform,
        Violation::ValueExists => ResultCode::AttributeOrValueExists,
    }
}

fn of_account(error: &AccountError) -> ResultCode {
    match error {
        AccountError::UidTaken(_) => ResultCode::EntryAlreadyExists,
        AccountError::UidIsService(_)
        | AccountError::UidIsMail { .. }
        | AccountError::MailIsUid { .. }
        | AccountError::MailIsService(_)
        | AccountError::TooManyMails
        | AccountError::NumberTaken(_)
        | AccountError::LastAdministrator(_) => ResultCode::ConstraintViolation,
        AccountError::Gone => ResultCode::NoSuchObject,
    }
}

fn of_group(error: &GroupError) -> ResultCode {
    match error {
        GroupError::GroupTaken(_) | GroupError::TeamTaken(_) => ResultCode::EntryAlreadyExists,
        GroupError::NumberTaken(_) | GroupError::TooManyOwners | GroupError::TooManyOwned(_) | GroupError::NoSuchOwner => {
            ResultCode::ConstraintViolation
        }
        GroupError::Gone => ResultCode::NoSuchObject,
    }
}

fn of_service(error: &ServiceError) -> ResultCode {
    match error {
        ServiceError::UidTaken(_) => ResultCode::EntryAlreadyExists,
        ServiceError::UidIsAccount(_) | ServiceError::UidIsMail(_) | ServiceError::NoSuchGroup => ResultCode::ConstraintViolation,
        ServiceError::Gone => ResultCode::NoSuchObject,
    }
}

fn of_membership(error: &MembershipError) -> ResultCode {
    match error {
        MembershipError::AlreadyMember { .. } => ResultCode::AttributeOrValueExists,
        MembershipError::NotMember { .. } => ResultCode::NoSuchAttribute,
        MembershipError::InOtherTeam { .. } | MembershipError::TooManyGroups { .. } | MembershipError::Gone => {
            ResultCode::ConstraintViolation
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_of_the_store_that_says_no_is_told_with_its_code_and_words() {
        let name = || "louise".to_owned();
        for (error, code, word) in [
            (Wrong::Account(AccountError::UidTaken(name())), ResultCode::EntryAlreadyExists, "taken by another account"),
            (Wrong::Account(AccountError::TooManyMails), ResultCode::ConstraintViolation, "8 mail addresses"),
            (Wrong::Account(AccountError::LastAdministrator(name())), ResultCode::ConstraintViolation, "last administrator"),
            (Wrong::Group(GroupError::TeamTaken(name())), ResultCode::EntryAlreadyExists, "taken by another team"),
            (Wrong::Group(GroupError::TooManyOwners), ResultCode::ConstraintViolation, "16 owners"),
            (Wrong::Service(ServiceError::UidTaken(name())), ResultCode::EntryAlreadyExists, "another service account"),
            (Wrong::Service(ServiceError::NoSuchGroup), ResultCode::ConstraintViolation, "not there any more"),
            (
                Wrong::Membership(MembershipError::AlreadyMember { login: name(), group: name() }),
                ResultCode::AttributeOrValueExists,
                "already",
            ),
            (Wrong::Membership(MembershipError::NotMember { login: name(), group: name() }), ResultCode::NoSuchAttribute, "not a member"),
            (Wrong::Membership(MembershipError::TooManyGroups { login: name() }), ResultCode::ConstraintViolation, "200 groups"),
        ] {
            let result = LdapResult::of_fault(&EditFault { attribute: None, wrong: error });
            assert!(result.code == code && result.text.contains(word), "{result:?}");
        }
    }
}
