//! A bind request (RFC 4511 §4.2), read from its octets. Of one's own, so that a password is copied once on its way in,
//! into what wipes it and is never printed.

use crate::ldap::codec::ber::{self, INTEGER, OCTET_STRING, Reader};
use crate::ldap::codec::operation::Why;
use crate::secret::Secret;

/// Who somebody says they are, and how they prove it.
#[derive(Debug, PartialEq)]
pub struct Bind {
    /// Of the protocol; 3 is the only one there is.
    pub version: i32,
    /// A DN, as it was sent.
    pub name: String,
    /// The proof.
    pub authentication: Authentication,
}

/// AuthenticationChoice.
#[derive(Debug, PartialEq)]
pub enum Authentication {
    /// A password.
    Simple(Secret),
    /// A SASL mechanism (RFC 4513 §5.2), and what it begins with.
    Sasl {
        /// Its name, as it was sent.
        mechanism: String,
        /// What the mechanism makes of it.
        credentials: Secret,
    },
    /// A choice that RFC 4511 does not know.
    Other,
}

impl Bind {
    /// Reads the content of a request whose shape was checked.
    ///
    /// # Errors
    /// [`Why::Password`] if a password is not UTF-8, [`Why::Value`] if anything else is not.
    pub fn read(content: &[u8]) -> Result<Bind, Why> {
        let mut reader = Reader::new(content);
        let version = reader.expect(INTEGER).ok().and_then(ber::number).ok_or(Why::Value)?;
        let name = text(reader.expect(OCTET_STRING).map_err(|_| Why::Value)?)?;
        let choice = reader.next().ok().flatten().ok_or(Why::Value)?;
        let authentication = match choice.tag {
            SIMPLE => password(choice.content)?,
            SASL => sasl(choice.content)?,
            _ => Authentication::Other,
        };
        Ok(Bind { version, name: name.to_owned(), authentication })
    }
}

fn password(octets: &[u8]) -> Result<Authentication, Why> {
    std::str::from_utf8(octets).map_err(|_| Why::Password)?;
    Ok(Authentication::Simple(Secret::new(octets)))
}

/// SaslCredentials.
fn sasl(content: &[u8]) -> Result<Authentication, Why> {
    let mut reader = Reader::new(content);
    let mechanism = text(reader.expect(OCTET_STRING).map_err(|_| Why::Value)?)?.to_owned();
    let credentials = reader.optional(OCTET_STRING).map_err(|_| Why::Value)?;
    Ok(Authentication::Sasl { mechanism, credentials: Secret::new(credentials.unwrap_or_default()) })
}

fn text(octets: &[u8]) -> Result<&str, Why> {
    std::str::from_utf8(octets).map_err(|_| Why::Value)
}

/// `simple [0]`.
const SIMPLE: u8 = 0x80;
/// `sasl [3]`.
const SASL: u8 = 0xa3;

#[cfg(test)]
mod tests {
    use bytes::BytesMut;
    use ldap3_proto::LdapCodec;
    use ldap3_proto::proto::{LdapBindCred, LdapBindRequest, LdapMsg, LdapOp, SaslCredentials};
    use tokio_util::codec::Encoder;

    use super::*;
    use crate::ldap::codec::ber::SEQUENCE;

    /// What is read of a bind as another implementation writes it.
    fn read(version: i64, cred: LdapBindCred) -> Result<Bind, Why> {
        let mut bytes = BytesMut::new();
        let op = LdapOp::BindRequest(LdapBindRequest { version, dn: "uid=louisem,dc=x".into(), cred });
        LdapCodec::new(None, None).encode(LdapMsg { msgid: 1, op, ctrl: vec![] }, &mut bytes).unwrap();
        let mut message = Reader::new(Reader::new(&bytes).expect(SEQUENCE).unwrap());
        message.expect(INTEGER).unwrap();
        Bind::read(message.expect(0x60).unwrap())
    }

    fn bind(version: i32, authentication: Authentication) -> Result<Bind, Why> {
        Ok(Bind { version, name: "uid=louisem,dc=x".into(), authentication })
    }

    #[test]
    fn a_bind_is_read_as_another_implementation_writes_it() {
        for password in ["", "café crème", &"x".repeat(300)] {
            assert_eq!(read(3, LdapBindCred::Simple(password.into())), bind(3, Authentication::Simple(Secret::new(password))));
        }
        let external = SaslCredentials { mechanism: "EXTERNAL".into(), credentials: b"u:root".to_vec() };
        let read_back = Authentication::Sasl { mechanism: "EXTERNAL".into(), credentials: Secret::new(&b"u:root"[..]) };
        assert_eq!(read(2, LdapBindCred::SASL(external)), bind(2, read_back));
    }

    #[test]
    fn credentials_of_a_mechanism_may_be_left_out() {
        let read_back = Authentication::Sasl { mechanism: "PLAIN".into(), credentials: Secret::new([]) };
        assert_eq!(Bind::read(b"\x02\x01\x03\x04\0\xa3\x07\x04\x05PLAIN").unwrap().authentication, read_back);
    }

    #[test]
    fn an_unknown_choice_is_left_to_the_answer() {
        assert_eq!(Bind::read(b"\x02\x01\x03\x04\0\x89\x01x").unwrap().authentication, Authentication::Other);
    }

    #[test]
    fn what_is_not_text_is_refused_for_what_it_is() {
        assert_eq!(Bind::read(b"\x02\x01\x03\x04\0\x80\x01\xe9"), Err(Why::Password));
        assert_eq!(Bind::read(b"\x02\x01\x03\x04\x01\xe9\x80\x01x"), Err(Why::Value));
        assert_eq!(Bind::read(b"\x02\x01\x03\x04\0\xa3\x03\x04\x01\xe9"), Err(Why::Value));
    }

    #[test]
    fn a_password_is_never_printed() {
        let read = Bind::read(b"\x02\x01\x03\x04\0\x80\x06hunter").unwrap();
        assert!(!format!("{read:?}").contains("hunter"));
    }
}
