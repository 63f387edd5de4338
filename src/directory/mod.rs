//! What one can do with the directory: a use case a file, without any protocol.

pub mod hasher;

use std::net::IpAddr;
use std::time::Duration;

pub use crate::domain::audit::Actor;
use crate::domain::audit::Source;
use crate::domain::dn::Dn;
use crate::domain::entry::{Entry, Value};
use crate::domain::filter::Filter;
use crate::domain::schema::Attribute;
use crate::secret::Secret;

/// All the use cases, over one store.
pub struct Directory {}

/// Who is calling, and from where; the session keeps it.
#[derive(Clone, Copy, Debug)]
pub struct Caller {
    /// Who, as bound; what they may do is read afresh for each operation.
    pub actor: Actor,
    /// Where from.
    pub source: Source,
    /// The bind said that the password must be changed first: nothing but that is allowed.
    pub must_change: bool,
}

/// A bind that succeeded.
#[derive(Clone, Copy, Debug)]
pub struct Bound {
    /// Who it is.
    pub actor: Actor,
    /// Nothing but a password change is allowed (ppolicy `changeAfterReset`).
    pub must_change: bool,
}

/// Why a bind is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BindError {
    /// Wrong: name, password, state of the account; what it is exactly is for the ppolicy control alone.
    Invalid(Hint),
    /// More are waiting for a hash thread than the queue holds.
    Busy,
    /// The store does not answer.
    Unavailable,
}

/// What the password-policy response control may add to an invalidCredentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// Nothing.
    None,
    /// `accountLocked`: throttled, the same for names that nobody has.
    Locked,
    /// `passwordExpired`: the right password of an expired account.
    Expired,
}

/// What a search asks for (RFC 4511 §4.5.1).
#[derive(Clone, Debug)]
pub struct SearchRequest {
    /// Where it starts.
    pub base: Dn,
    /// How deep it goes.
    pub scope: Scope,
    /// What must hold.
    pub filter: Filter,
    /// Which attributes come back.
    pub selection: Selection,
    /// No values.
    pub types_only: bool,
    /// Entries at most; the client's and the server's limit together.
    pub size_limit: usize,
    /// The time it may take; the client's and the server's limit together.
    pub time_limit: Duration,
    /// Where a paged search goes on; the start if it is empty. Opaque to the session; from a peer, so not trusted.
    pub cookie: Vec<u8>,
    /// Entries in this page, if it is a paged search.
    pub page_size: Option<usize>,
}

/// How deep a search goes (RFC 4511 §4.5.1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The base alone.
    Base,
    /// Its children.
    One,
    /// The base and everything below.
    Subtree,
    /// Everything below (RFC draft-sermersheim-ldap-subordinate-scope).
    Children,
}

/// The attributes that come back.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    /// `*`, or nothing was named.
    pub all_user: bool,
    /// `+`.
    pub all_operational: bool,
    /// By name; unknown names are not in it.
    pub named: Vec<Attribute>,
}

/// Some of the entries that a search finds.
#[derive(Debug)]
pub struct Found {
    /// The entries of this chunk, at most [`CHUNK`].
    pub entries: Vec<Entry>,
    /// How it goes on.
    pub next: Next,
}

/// How a search goes on after a chunk.
#[derive(Debug, PartialEq)]
pub enum Next {
    /// There is more: ask again.
    More,
    /// The page is full; this cookie goes on from here.
    Page(Vec<u8>),
    /// That was all.
    Done,
}

/// Entries in a chunk.
pub const CHUNK: usize = 64;

/// Why a search ends without success.
#[derive(Clone, Debug, PartialEq)]
pub enum SearchError {
    /// There is no such base, or the caller may not see it; the text is the deepest visible ancestor's DN.
    NoSuchObject {
        /// `matchedDN`.
        matched: String,
    },
    /// More entries than the limit; those found were given.
    SizeLimit,
    /// Longer than the limit; those found were given.
    TimeLimit,
    /// More would have to be looked at than the server allows (adminLimitExceeded).
    AdminLimit,
    /// The cookie is not one of ours, or of another search (unwillingToPerform).
    BadCookie,
    /// The caller must change the password first.
    MustChange,
    /// The store does not answer.
    Unavailable,
}

/// Whose password is to be set.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// The caller's own.
    Caller,
    /// By DN.
    Dn(Dn),
    /// By login (`u:`).
    Login(String),
}

/// A password change (RFC 3062).
#[derive(Debug)]
pub struct PasswordChange {
    /// Whose.
    pub target: Target,
    /// The old password, where given.
    pub old: Option<Secret>,
    /// The new one; none: one is generated and given back.
    pub new: Option<Secret>,
}

/// Why a password is not changed.
#[derive(Clone, Debug, PartialEq)]
pub enum PasswordError {
    /// There is no such account, or the caller may not know it.
    NoSuchObject,
    /// The caller may not do that.
    Denied,
    /// Anonymous: bind first.
    BindFirst,
    /// One's own password needs the old one beside the new one (ppolicy mustSupplyOldPassword).
    OldRequired,
    /// The old password is wrong, or the account is throttled.
    Invalid(Hint),
    /// The password is not good enough; the text says what to do.
    Policy(crate::domain::password_policy::Refusal),
    /// More are waiting for a hash thread than the queue holds.
    Busy,
    /// The store does not answer.
    Unavailable,
}

/// One change of a Modify (RFC 4511 §4.6).
#[derive(Clone, Debug)]
pub struct Change {
    /// What is to be done with the values.
    pub operation: ChangeOperation,
    /// The attribute description as it was sent.
    pub attribute: String,
    /// The values; a password is among them if the attribute is userPassword.
    pub values: Vec<Value>,
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

/// Why an Add, Modify, Delete or ModifyDN is refused. Texts are for the person who asked: what is wrong, and what to do.
#[derive(Clone, Debug, PartialEq)]
pub enum ChangeError {
    /// There is no such entry, or the caller may not see it; `matchedDN`.
    NoSuchObject(String),
    /// The caller may not do that.
    Denied,
    /// Anonymous: bind first.
    BindFirst,
    /// The caller must change the password first.
    MustChange,
    /// The name is taken.
    AlreadyExists(String),
    /// The entry cannot live there, or lacks its name.
    NamingViolation(String),
    /// An attribute that is needed is missing, or one that is not allowed is there.
    ObjectClassViolation(String),
    /// An attribute type that is not served.
    UndefinedType(String),
    /// A value is not written as its syntax asks.
    InvalidSyntax(String),
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
    /// A password is not good enough.
    Password(crate::domain::password_policy::Refusal),
    /// More are waiting for a hash thread than the queue holds.
    Busy,
    /// The store does not answer.
    Unavailable,
}

/// The answer of a compare.
#[derive(Clone, Debug, PartialEq)]
pub enum Compared {
    /// The entry has the value.
    True,
    /// It has not.
    False,
}

/// Why a compare has no answer.
#[derive(Clone, Debug, PartialEq)]
pub enum CompareError {
    /// As in a search.
    NoSuchObject {
        /// `matchedDN`.
        matched: String,
    },
    /// The entry has no such attribute, or the caller may not read it.
    NoSuchAttribute,
    /// The attribute type is not served.
    UndefinedType,
    /// The caller must change the password first.
    MustChange,
    /// The store does not answer.
    Unavailable,
}

impl Directory {
    /// Verifies `password` for the entry `name`. The caller's session is anonymous before, whatever follows.
    pub async fn bind(&self, _name: &Dn, _password: Secret, _source: Source) -> Result<Bound, BindError> {
        unimplemented!()
    }

    /// The DN of `actor` for "who am I" (RFC 4532), without the `dn:`; empty for nobody.
    pub async fn who_am_i(&self, _actor: Actor) -> Result<String, SearchError> {
        unimplemented!()
    }

    /// The next chunk of a search. `state` is fresh for a new search and handed back for each further chunk.
    pub async fn search(&self, _caller: &Caller, _request: &SearchRequest, _state: &mut SearchState) -> Result<Found, SearchError> {
        unimplemented!()
    }

    /// Whether the entry has the value (RFC 4511 §4.10).
    pub async fn compare(&self, _caller: &Caller, _dn: &Dn, _attribute: &str, _value: &[u8]) -> Result<Compared, CompareError> {
        unimplemented!()
    }

    /// Sets a password; gives back the generated one if none was given.
    pub async fn change_password(&self, _caller: &Caller, _change: PasswordChange) -> Result<Option<Secret>, PasswordError> {
        unimplemented!()
    }

    /// Adds an entry (RFC 4511 §4.7).
    pub async fn add(&self, _caller: &Caller, _dn: &Dn, _attributes: Vec<(String, Vec<Value>)>) -> Result<(), ChangeError> {
        unimplemented!()
    }

    /// Changes an entry, all of it or nothing (RFC 4511 §4.6).
    pub async fn modify(&self, _caller: &Caller, _dn: &Dn, _changes: Vec<Change>) -> Result<(), ChangeError> {
        unimplemented!()
    }

    /// Deletes an entry (RFC 4511 §4.8).
    pub async fn delete(&self, _caller: &Caller, _dn: &Dn) -> Result<(), ChangeError> {
        unimplemented!()
    }

    /// Renames an entry (RFC 4511 §4.9).
    pub async fn rename(&self, _caller: &Caller, _dn: &Dn, _new_rdn: &str, _new_superior: Option<&Dn>) -> Result<(), ChangeError> {
        unimplemented!()
    }
}

/// Where a search that is under way stands.
#[derive(Debug, Default)]
pub struct SearchState {}

/// The address that limits count, if the source has one.
pub fn address(source: Source) -> Option<IpAddr> {
    match source {
        Source::Address(address) => Some(address),
        Source::Socket(_) | Source::Internal => None,
    }
}
