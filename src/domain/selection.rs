//! Which entries below a base a search looks at, and which of their attributes come back (RFC 4511 §4.5.1).

use super::schema::Attribute;

/// How deep a search goes (RFC 4511 §4.5.1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// The base alone.
    Base,
    /// Its children.
    One,
    /// The base and everything below.
    Subtree,
    /// Everything below (draft-sermersheim-ldap-subordinate-scope).
    Children,
}

/// The attributes that come back.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    /// `*`, or nothing was named.
    pub all_user: bool,
    /// `+`.
    pub all_operational: bool,
    /// By name, in the order of the table; unknown names are not in it.
    pub named: Vec<Attribute>,
}
