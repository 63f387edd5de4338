//! What a peer is told about an error: the one table from the use cases' errors to the codes of RFC 4511 §4.1.9.
//! The audit is told more, elsewhere.

use super::codec::operation::{Bad, Why};
use super::codec::result::{LdapResult, PolicyError, ResultCode};
use crate::directory::{
    AccountError, BindError, ChangeError, CompareError, Denial, GroupError, Hint, MembershipError, PasswordError, QueueError, SearchError,
    ServiceError,
};
use crate::domain::password_policy::Refusal;

impl LdapResult {
    /// Nobody in particular asks for what somebody in particular may have.
    pub fn bind_first() -> LdapResult {
        LdapResult::new(ResultCode::StrongerAuthRequired, "bind first: without that, the root DSE and the schema are all there is")
    }

    fn with_policy(self, policy: impl Into<Option<PolicyError>>) -> LdapResult {
        LdapResult { policy: policy.into(), ..self }
    }

    fn no_such_object(matched: String) -> LdapResult {
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

    fn busy() -> LdapResult {
        LdapResult::new(ResultCode::Busy, "too many passwords are being verified at the moment")
    }

    fn old_required(text: &'static str) -> LdapResult {
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
            PasswordError::Busy => LdapResult::busy(),
            PasswordError::Unavailable => LdapResult::unavailable(),
        }
    }
}

impl From<ChangeError> for LdapResult {
    fn from(error: ChangeError) -> LdapResult {
        let (code, text) = match error {
            ChangeError::NoSuchObject(matched) => return LdapResult::no_such_object(matched),
            ChangeError::MustChange => return LdapResult::must_change(),
            ChangeError::Password(refusal) => return LdapResult::refused(&refusal),
            ChangeError::Busy => return LdapResult::busy(),
            ChangeError::Unavailable => return LdapResult::unavailable(),
            ChangeError::OldPasswordRequired => {
                return LdapResult::old_required(
                    "to change your own password, delete the old value of userPassword and add the new one, in a request of its own",
                );
            }
            ChangeError::Denied(denial) => (ResultCode::InsufficientAccessRights, denial.to_string()),
            ChangeError::BindFirst => return LdapResult::bind_first(),
            ChangeError::AlreadyExists(text) => (ResultCode::EntryAlreadyExists, text),
            ChangeError::Account(error) => (of_account(&error), error.to_string()),
            ChangeError::Group(error) => (of_group(&error), error.to_string()),
            ChangeError::Service(error) => (of_service(&error), error.to_string()),
            ChangeError::Membership(error) => (of_membership(&error), error.to_string()),
            ChangeError::NamingViolation(text) => (ResultCode::NamingViolation, text),
            ChangeError::ObjectClassViolation(text) => (ResultCode::ObjectClassViolation, text),
            ChangeError::UndefinedType(text) => (ResultCode::UndefinedAttributeType, text),
            ChangeError::InvalidSyntax(text) => (ResultCode::InvalidAttributeSyntax, text),
            ChangeError::InvalidDn(text) => (ResultCode::InvalidDnSyntax, text),
            ChangeError::ValueExists(text) => (ResultCode::AttributeOrValueExists, text),
            ChangeError::NoSuchValue(text) => (ResultCode::NoSuchAttribute, text),
            ChangeError::Constraint(text) => (ResultCode::ConstraintViolation, text),
            ChangeError::NotAllowedOnRdn(text) => (ResultCode::NotAllowedOnRdn, text),
            ChangeError::NotAllowedOnNonLeaf(text) => (ResultCode::NotAllowedOnNonLeaf, text),
            ChangeError::Unwilling(text) => (ResultCode::UnwillingToPerform, text),
        };
        LdapResult::new(code, text)
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
            (ChangeError::Account(AccountError::UidTaken(name())), ResultCode::EntryAlreadyExists, "taken by another account"),
            (ChangeError::Account(AccountError::TooManyMails), ResultCode::ConstraintViolation, "8 mail addresses"),
            (ChangeError::Account(AccountError::LastAdministrator(name())), ResultCode::ConstraintViolation, "last administrator"),
            (ChangeError::Group(GroupError::TeamTaken(name())), ResultCode::EntryAlreadyExists, "taken by another team"),
            (ChangeError::Group(GroupError::TooManyOwners), ResultCode::ConstraintViolation, "16 owners"),
            (ChangeError::Service(ServiceError::UidTaken(name())), ResultCode::EntryAlreadyExists, "another service account"),
            (ChangeError::Service(ServiceError::NoSuchGroup), ResultCode::ConstraintViolation, "not there any more"),
            (
                ChangeError::Membership(MembershipError::AlreadyMember { login: name(), group: name() }),
                ResultCode::AttributeOrValueExists,
                "already",
            ),
            (
                ChangeError::Membership(MembershipError::NotMember { login: name(), group: name() }),
                ResultCode::NoSuchAttribute,
                "not a member",
            ),
            (ChangeError::Membership(MembershipError::TooManyGroups { login: name() }), ResultCode::ConstraintViolation, "200 groups"),
        ] {
            let result = LdapResult::from(error);
            assert!(result.code == code && result.text.contains(word), "{result:?}");
        }
    }
}
