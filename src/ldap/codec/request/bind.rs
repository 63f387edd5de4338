//! A bind request (RFC 4511 §4.2), read from its octets. Of one's own, so that a password is copied once on its way in,
//! into what wipes it and is never printed.

use super::text;
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
    /// Reads the content of a request whose depth and size were checked.
    ///
    /// # Errors
    /// [`Why::Shape`] if an element is missing, surplus or another, [`Why::Password`] if a password is not UTF-8,
    /// [`Why::Value`] if anything else is not.
    pub fn read(content: &[u8]) -> Result<Bind, Why> {
        let mut reader = Reader::new(content);
        let version = ber::number(reader.expect(INTEGER)?).ok_or(Why::Shape)?;
        let name = text(reader.expect(OCTET_STRING)?)?;
        let choice = reader.next()?.ok_or(Why::Shape)?;
        reader.finish()?;
        let authentication = match choice.tag {
            SIMPLE => password(choice.content)?,
            SASL => sasl(choice.content)?,
            // RFC 4511 §4.2: another choice is answered with authMethodNotSupported.
            tag if is_choice(tag) => Authentication::Other,
            _ => return Err(Why::Shape),
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
    let mechanism = text(reader.expect(OCTET_STRING)?)?.to_owned();
    let credentials = reader.optional(OCTET_STRING)?;
    reader.finish()?;
    Ok(Authentication::Sasl { mechanism, credentials: Secret::new(credentials.unwrap_or_default()) })
}

/// Whether `tag` is of the context class, and not one of the two that RFC 4511 knows in the other form.
fn is_choice(tag: u8) -> bool {
    tag & 0xc0 == 0x80 && tag != 0xa0 && tag != 0x83
}

/// `simple [0]`.
const SIMPLE: u8 = 0x80;
/// `sasl [3]`.
const SASL: u8 = 0xa3;

#[cfg(test)]
mod tests {
    use ldap3_proto::proto::{LdapBindCred, LdapBindRequest, LdapOp, SaslCredentials};

    use super::*;
    use crate::ldap::codec::request::encoded;

    /// What is read of a bind as another implementation writes it.
    fn read(version: i64, cred: LdapBindCred) -> Result<Bind, Why> {
        Bind::read(&encoded(LdapOp::BindRequest(LdapBindRequest { version, dn: "uid=louisem,dc=x".into(), cred }), 0x60))
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
        for content in [
            &b"\x02\x01\x03\x04\0"[..],
            b"\x02\x01\x03\x80\x01x",
            b"\x02\x01\xff\x04\0\x80\x01x",
            b"\x02\x01\x03\x04\0\x80\x01x\x80\x01x",
            b"\x02\x01\x03\x04\0\x04\x01x",
            b"\x02\x01\x03\x04\0\xa0\x03\x04\x01x",
            b"\x02\x01\x03\x04\0\xa3\x09\x04\x01x\x04\x01y\x04\x01z",
        ] {
            assert_eq!(Bind::read(content), Err(Why::Shape), "{content:02x?}");
        }
    }

    #[test]
    fn a_password_is_never_printed() {
        let read = Bind::read(b"\x02\x01\x03\x04\0\x80\x06hunter").unwrap();
        assert!(!format!("{read:?}").contains("hunter"));
    }
}
