//! How an operation ended (RFC 4511 §4.1.9).

use std::borrow::Cow;

/// resultCode (RFC 4511 §4.1.9, appendix A.2), as far as this server says them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // Each is the code of its name in RFC 4511.
pub enum ResultCode {
    Success = 0,
    OperationsError = 1,
    ProtocolError = 2,
    TimeLimitExceeded = 3,
    SizeLimitExceeded = 4,
    CompareFalse = 5,
    CompareTrue = 6,
    AuthMethodNotSupported = 7,
    StrongerAuthRequired = 8,
    AdminLimitExceeded = 11,
    UnavailableCriticalExtension = 12,
    ConfidentialityRequired = 13,
    NoSuchAttribute = 16,
    UndefinedAttributeType = 17,
    InappropriateMatching = 18,
    ConstraintViolation = 19,
    AttributeOrValueExists = 20,
    InvalidAttributeSyntax = 21,
    NoSuchObject = 32,
    InvalidDnSyntax = 34,
    InvalidCredentials = 49,
    InsufficientAccessRights = 50,
    Busy = 51,
    Unavailable = 52,
    UnwillingToPerform = 53,
    NamingViolation = 64,
    ObjectClassViolation = 65,
    NotAllowedOnRdn = 67,
    EntryAlreadyExists = 68,
}

/// LDAPResult (RFC 4511 §4.1.9) and what the password-policy control adds to it.
#[derive(Clone, Debug, PartialEq)]
pub struct LdapResult {
    /// How it ended.
    pub code: ResultCode,
    /// The deepest entry above the one that was not found.
    pub matched_dn: String,
    /// For a person.
    pub text: Cow<'static, str>,
    /// For the password-policy response control, if it was asked for.
    pub policy: Option<PolicyError>,
}

impl LdapResult {
    /// It was done.
    pub fn success() -> LdapResult {
        LdapResult::new(ResultCode::Success, "")
    }

    /// `code` with a text that says what is wrong.
    pub fn new(code: ResultCode, text: impl Into<Cow<'static, str>>) -> LdapResult {
        LdapResult { code, matched_dn: String::new(), text: text.into(), policy: None }
    }
}

/// The `error` of the password-policy response control (draft-behera-ldap-password-policy §6.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // Each is the error of its name in the draft.
pub enum PolicyError {
    PasswordExpired = 0,
    AccountLocked = 1,
    ChangeAfterReset = 2,
    ModNotAllowed = 3,
    MustSupplyOldPassword = 4,
    InsufficientQuality = 5,
    TooShort = 6,
}
