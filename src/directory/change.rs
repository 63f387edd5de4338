//! What Add, Modify, Delete and ModifyDN ask for, and how they are refused. What they do is in `admin/`.

use std::fmt;

use crate::domain::entry::Value;
use crate::domain::password_policy::Refusal;
use crate::store::accounts::AccountError;
use crate::store::groups::GroupError;
use crate::store::memberships::MembershipError;
use crate::store::services::ServiceError;

/// One change of a Modify (RFC 4511 §4.6).
#[derive(Clone)]
pub struct Change {
    /// What is to be done with the values.
    pub operation: ChangeOperation,
    /// The attribute description as it was sent.
    pub attribute: String,
    /// The values; a password is among them if the attribute is userPassword.
    pub values: Vec<Value>,
}

impl fmt::Debug for Change {
    /// Without the values: a password may be among them.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Change").field("operation", &self.operation).field("attribute", &self.attribute).finish_non_exhaustive()
    }
}

/// What is to be done with the values of a [`Change`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeOperation {
    /// Add them.
    Add,
    /// Delete them; none: all.
    Delete,
    /// Put them in place of all there are.
    Replace,
    /// RFC 4525: add the number.
    Increment,
}

/// Why an Add, Modify, Delete or ModifyDN is refused. Texts are for the person who asked: what is wrong, and what to
/// do.
#[derive(Clone, Debug, PartialEq)]
pub enum ChangeError {
    /// There is no such entry, or the caller may not see it; `matchedDN`.
    NoSuchObject(String),
    /// The caller may not do that.
    Denied(Denial),
    /// Anonymous: bind first.
    BindFirst,
    /// The caller must change the password first.
    MustChange,
    /// There is such an entry already.
    AlreadyExists(String),
    /// A rule about accounts says no.
    Account(AccountError),
    /// A rule about groups and teams says no.
    Group(GroupError),
    /// A rule about service accounts says no.
    Service(ServiceError),
    /// A rule about who is in which group says no.
    Membership(MembershipError),
    /// The entry cannot live there, or lacks its name.
    NamingViolation(String),
    /// An attribute that is needed is missing, or one that is not allowed is there.
    ObjectClassViolation(String),
    /// An attribute type that is not served.
    UndefinedType(String),
    /// A value is not written as its syntax asks.
    InvalidSyntax(String),
    /// A name is not written as RFC 4514 has it.
    InvalidDn(String),
    /// The value is there already.
    ValueExists(String),
    /// The value is not there.
    NoSuchValue(String),
    /// A rule of the directory says no.
    Constraint(String),
    /// The name may be changed by ModifyDN alone.
    NotAllowedOnRdn(String),
    /// Delete what is below first.
    NotAllowedOnNonLeaf(String),
    /// What is asked for is not done here.
    Unwilling(String),
    /// One's own password needs the old one beside the new one (ppolicy `mustSupplyOldPassword`).
    OldPasswordRequired,
    /// A password is not good enough.
    Password(Refusal),
    /// More are waiting for a hash thread than the queue holds.
    Busy,
    /// The store does not answer.
    Unavailable,
}

/// What it is that the caller may not do. [`std::fmt::Display`] says who may.
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
