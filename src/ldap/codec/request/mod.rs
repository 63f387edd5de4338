//! What each request asks for.

mod bind;
mod search;

use ldap3_proto::proto::LdapOp;

pub use bind::{Authentication, Bind};
pub use search::Search;

/// What a message asks for.
#[derive(Debug)]
pub enum Request {
    /// A bind.
    Bind(Bind),
    /// A search.
    Search(Search),
    /// Any other request, as ldap3_proto reads it.
    Other(LdapOp),
}
