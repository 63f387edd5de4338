//! What each request asks for. Everything that may carry a password is read by readers of our own, and so is a search,
//! which is far more frequent than all else; ldap3_proto reads the two that are left.

mod bind;
mod extended;
mod search;
mod unknown_types;
mod update;

use ldap3_proto::proto::{LdapCompareRequest, LdapModifyDNRequest};

use super::operation::Why;
pub use bind::{Authentication, Bind};
pub use extended::{Extended, PasswordModify};
pub use search::{RareParts, Search};
pub use update::{Add, Modify};

/// What a message asks for.
#[derive(Debug)]
#[allow(missing_docs)] // Each is the request of its name in RFC 4511 §4.
pub enum Request {
    Bind(Bind),
    Unbind,
    Search(Search),
    Modify(Modify),
    Add(Add),
    /// The DN, as it was sent.
    Delete(String),
    ModifyDn(LdapModifyDNRequest),
    Compare(LdapCompareRequest),
    Abandon,
    Extended(Extended),
}

/// LDAPString (RFC 4511 §4.1.2).
pub(super) fn text(octets: &[u8]) -> Result<&str, Why> {
    std::str::from_utf8(octets).map_err(|_| Why::Value)
}

/// The content of a request as another implementation writes it.
#[cfg(test)]
fn encoded(op: ldap3_proto::proto::LdapOp, tag: u8) -> Vec<u8> {
    use tokio_util::codec::Encoder;

    use super::ber::{INTEGER, Reader, SEQUENCE};

    let mut bytes = bytes::BytesMut::new();
    let message = ldap3_proto::proto::LdapMsg { msgid: 1, op, ctrl: vec![] };
    ldap3_proto::LdapCodec::new(None, None).encode(message, &mut bytes).unwrap();
    let mut message = Reader::new(Reader::new(&bytes).expect(SEQUENCE).unwrap());
    message.expect(INTEGER).unwrap();
    message.expect(tag).unwrap().to_vec()
}
