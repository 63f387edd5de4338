//! An extended request (RFC 4511 §4.12), and the value of the one that carries passwords (RFC 3062), read from their
//! octets. Of one's own, so that a password is copied once on its way in, into what wipes it and is never printed.

use super::text;
use crate::ldap::codec::ber::{Malformed, Reader, SEQUENCE};
use crate::ldap::codec::operation::Why;
use crate::secret::Secret;

/// An extended request.
#[derive(Debug, PartialEq)]
pub struct Extended {
    /// The OID of what is asked for, as it was sent.
    pub name: String,
    /// What it is asked for with; what that means is up to the operation.
    pub value: Option<Secret>,
}

impl Extended {
    /// Reads the content of a request whose depth and size were checked.
    ///
    /// # Errors
    /// [`Why::Shape`] if an element is missing, surplus or another, [`Why::Value`] if the name is not UTF-8.
    pub fn read(content: &[u8]) -> Result<Extended, Why> {
        let mut reader = Reader::new(content);
        let name = text(reader.expect(NAME)?)?.to_owned();
        let value = reader.optional(VALUE)?.map(Secret::new);
        reader.finish()?;
        Ok(Extended { name, value })
    }
}

/// PasswdModifyRequestValue (RFC 3062 §2).
#[derive(Debug, PartialEq)]
pub struct PasswordModify {
    /// Whose password, as it was sent; none: the caller's.
    pub identity: Option<String>,
    /// The old password.
    pub old: Option<Secret>,
    /// The new one; none: the server chooses it.
    pub new: Option<Secret>,
}

impl PasswordModify {
    /// Reads the value of a request; nothing at all is the same as an empty one.
    ///
    /// # Errors
    /// [`Malformed`] if it is not encoded as RFC 3062 has it, or the identity is not UTF-8.
    pub fn read(value: &[u8]) -> Result<PasswordModify, Malformed> {
        let mut outer = Reader::new(value);
        let fields = outer.optional(SEQUENCE)?.unwrap_or_default();
        outer.finish()?;
        let mut fields = Reader::new(fields);
        let identity = fields.optional(IDENTITY)?.map(str::from_utf8).transpose().map_err(|_| Malformed)?;
        let [old, new] = [fields.optional(OLD)?, fields.optional(NEW)?].map(|octets| octets.map(Secret::new));
        fields.finish()?;
        Ok(PasswordModify { identity: identity.map(str::to_owned), old, new })
    }
}

/// `requestName [0]`.
const NAME: u8 = 0x80;
/// `requestValue [1]`.
const VALUE: u8 = 0x81;
/// `userIdentity [0]`, `oldPasswd [1]` and `newPasswd [2]`.
const IDENTITY: u8 = 0x80;
const OLD: u8 = 0x81;
const NEW: u8 = 0x82;

#[cfg(test)]
mod tests {
    use ldap3_proto::proto::{LdapExtendedRequest, LdapOp, LdapPasswordModifyRequest};

    use super::*;
    use crate::ldap::codec::request::encoded;

    #[test]
    fn an_extended_request_is_read_as_another_implementation_writes_it() {
        for value in [None, Some(b"".to_vec()), Some(b"\xff\0".to_vec())] {
            let request = LdapExtendedRequest { name: "1.2.3".into(), value: value.clone() };
            let expected = Extended { name: "1.2.3".into(), value: value.map(Secret::new) };
            assert_eq!(Extended::read(&encoded(LdapOp::ExtendedRequest(request), 0x77)), Ok(expected));
        }
        for (bytes, why) in [
            (&b""[..], Why::Shape),
            (b"\x81\x01x", Why::Shape),
            (b"\x80\x011\x81\0\x81\0", Why::Shape),
            (b"\x80\x011\x82\0", Why::Shape),
            (b"\x80\x01\xe9", Why::Value),
        ] {
            assert_eq!(Extended::read(bytes), Err(why), "{bytes:02x?}");
        }
    }

    #[test]
    fn a_password_modify_is_read_as_another_implementation_writes_it() {
        let text = |text: &str| Some(text.to_owned());
        for (identity, old, new) in [
            (None, None, None),
            (text("uid=louisem,dc=x"), None, None),
            (text("u:louisem"), text("old"), text("new")),
            (None, text(""), text("café")),
            (text(""), None, text("")),
        ] {
            let request =
                LdapPasswordModifyRequest { user_identity: identity.clone(), old_password: old.clone(), new_password: new.clone() };
            let value = LdapExtendedRequest::from(request).value.unwrap();
            let expected = PasswordModify { identity, old: old.map(Secret::new), new: new.map(Secret::new) };
            assert_eq!(PasswordModify::read(&value), Ok(expected));
        }
        assert_eq!(PasswordModify::read(b""), Ok(PasswordModify { identity: None, old: None, new: None }));
    }

    #[test]
    fn what_is_no_password_modify_is_refused() {
        for value in [
            &b"\x30\x04\x82\0\x81\0"[..],
            b"\x30\x02\x83\0",
            b"\x30\0\0",
            b"\x30\x03\x80\x05\x01",
            b"\x04\0",
            b"\x30\x03\x80\x01\xe9",
            b"\x30\x04\x80\0\x80\0",
        ] {
            assert_eq!(PasswordModify::read(value), Err(Malformed), "{value:02x?}");
        }
    }

    #[test]
    fn no_password_is_ever_printed() {
        let read = PasswordModify::read(b"\x30\x0c\x81\x04hunt\x82\x04hunt").unwrap();
        assert!(!format!("{read:?}").contains("hunt"));
        let read = Extended::read(b"\x80\x011\x81\x04hunt").unwrap();
        assert!(!format!("{read:?}").contains("hunt"));
    }
}
