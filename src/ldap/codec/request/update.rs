//! The requests that write values: Add and Modify (RFC 4511 §4.6, §4.7), read from their octets. Of one's own, so that a
//! password among the values is copied once on its way in, into what wipes it and is never printed.

use super::text;
use crate::domain::modification::{ChangeOperation, Modification, SentAttribute};
use crate::ldap::codec::ber::{self, ENUMERATED, OCTET_STRING, Reader, SEQUENCE, SET};
use crate::ldap::codec::operation::Why;
use crate::secret::Secret;

/// An Add.
#[derive(Debug, PartialEq)]
pub struct Add {
    /// The DN of the new entry, as it was sent.
    pub entry: String,
    /// Its attributes; the same one may come twice.
    pub attributes: Vec<SentAttribute>,
}

/// A Modify.
#[derive(Debug, PartialEq)]
pub struct Modify {
    /// The DN of the entry, as it was sent.
    pub entry: String,
    /// What is to be done, in this order.
    pub changes: Vec<Modification>,
}

impl Add {
    /// Reads the content of a request whose depth and size were checked.
    ///
    /// # Errors
    /// [`Why::Shape`] if an element is missing, surplus or another, [`Why::Value`] if text is not UTF-8.
    pub fn read(content: &[u8]) -> Result<Add, Why> {
        let mut reader = Reader::new(content);
        let entry = text(reader.expect(OCTET_STRING)?)?.to_owned();
        let attributes = each(reader.expect(SEQUENCE)?, SEQUENCE, attribute)?;
        reader.finish()?;
        Ok(Add { entry, attributes })
    }
}

impl Modify {
    /// Reads the content of a request whose depth and size were checked.
    ///
    /// # Errors
    /// [`Why::Shape`] if an element is missing, surplus or another, [`Why::Value`] if text is not UTF-8 or there is no such
    /// operation.
    pub fn read(content: &[u8]) -> Result<Modify, Why> {
        let mut reader = Reader::new(content);
        let entry = text(reader.expect(OCTET_STRING)?)?.to_owned();
        let changes = each(reader.expect(SEQUENCE)?, SEQUENCE, modification)?;
        reader.finish()?;
        Ok(Modify { entry, changes })
    }
}

/// One `change` of a ModifyRequest.
fn modification(content: &[u8]) -> Result<Modification, Why> {
    let mut reader = Reader::new(content);
    let operation = ber::number(reader.expect(ENUMERATED)?).ok_or(Why::Shape)?;
    let attribute = attribute(reader.expect(SEQUENCE)?)?;
    reader.finish()?;
    let operation = match operation {
        0 => ChangeOperation::Add,
        1 => ChangeOperation::Delete,
        2 => ChangeOperation::Replace,
        // RFC 4525 §2.
        3 => ChangeOperation::Increment,
        _ => return Err(Why::Value),
    };
    Ok(Modification { operation, attribute })
}

/// PartialAttribute. What an Add must not leave empty is refused with its name, later.
fn attribute(content: &[u8]) -> Result<SentAttribute, Why> {
    let mut reader = Reader::new(content);
    let description = text(reader.expect(OCTET_STRING)?)?.to_owned();
    let values = each(reader.expect(SET)?, OCTET_STRING, |octets| Ok(Secret::new(octets)))?;
    reader.finish()?;
    Ok(SentAttribute { description, values })
}

/// What `read` makes of each element of `content`, all of which have `tag`.
fn each<T>(content: &[u8], tag: u8, read: impl Fn(&[u8]) -> Result<T, Why>) -> Result<Vec<T>, Why> {
    let mut reader = Reader::new(content);
    let mut all = Vec::new();
    while let Some(element) = reader.next()? {
        if element.tag != tag {
            return Err(Why::Shape);
        }
        all.push(read(element.content)?);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use ldap3_proto::proto::{LdapAddRequest, LdapAttribute, LdapModify, LdapModifyRequest, LdapModifyType, LdapOp, LdapPartialAttribute};

    use super::*;
    use crate::ldap::codec::ber::Writer;
    use crate::ldap::codec::request::encoded;

    #[test]
    fn an_add_is_read_as_another_implementation_writes_it() {
        let attribute = |name: &str, values: &[&str]| LdapAttribute {
            atype: name.into(),
            vals: values.iter().map(|value| value.as_bytes().to_vec()).collect(),
        };
        let attributes =
            vec![attribute("objectClass", &["inetOrgPerson", "posixAccount"]), attribute("userPassword", &["café"]), attribute("cn", &[])];
        let bytes = encoded(LdapOp::AddRequest(LdapAddRequest { dn: "uid=zoë,dc=x".into(), attributes }), 0x68);
        let expected = Add {
            entry: "uid=zoë,dc=x".into(),
            attributes: vec![
                SentAttribute::new("objectClass", ["inetOrgPerson", "posixAccount"]),
                SentAttribute::new("userPassword", ["café"]),
                SentAttribute::new("cn", [""; 0]),
            ],
        };
        assert_eq!(Add::read(&bytes), Ok(expected));
    }

    #[test]
    fn a_modify_is_read_as_another_implementation_writes_it() {
        let change = |operation, values: &[&[u8]]| LdapModify {
            operation,
            modification: LdapPartialAttribute { atype: "jpegPhoto".into(), vals: values.iter().map(|value| value.to_vec()).collect() },
        };
        let changes = vec![
            change(LdapModifyType::Delete, &[]),
            change(LdapModifyType::Add, &[b"\xff\xd8", b""]),
            change(LdapModifyType::Replace, &[b"x"]),
            change(LdapModifyType::Increment, &[b"1"]),
        ];
        let bytes = encoded(LdapOp::ModifyRequest(LdapModifyRequest { dn: "uid=zoe,dc=x".into(), changes }), 0x66);
        let expected: Vec<(ChangeOperation, &[&[u8]])> = vec![
            (ChangeOperation::Delete, &[]),
            (ChangeOperation::Add, &[b"\xff\xd8", b""]),
            (ChangeOperation::Replace, &[b"x"]),
            (ChangeOperation::Increment, &[b"1"]),
        ];
        let changes =
            expected.into_iter().map(|(operation, values)| Modification::new(operation, "jpegPhoto", values.iter().copied())).collect();
        assert_eq!(Modify::read(&bytes), Ok(Modify { entry: "uid=zoe,dc=x".into(), changes }));
    }

    /// A Modify of one change, its operation and what follows its values free to choose.
    fn one_change(operation: &[u8], value_tag: u8, surplus: bool) -> Vec<u8> {
        let mut out = Vec::new();
        let mut writer = Writer::new(&mut out);
        writer.octets("uid=x");
        writer.constructed(SEQUENCE, |changes| {
            changes.constructed(SEQUENCE, |change| {
                change.primitive(ENUMERATED, operation);
                change.constructed(SEQUENCE, |attribute| {
                    attribute.octets("cn");
                    attribute.constructed(SET, |values| values.primitive(value_tag, b"x"));
                    if surplus {
                        attribute.octets("y");
                    }
                });
            });
        });
        out
    }

    #[test]
    fn what_is_no_modify_is_refused_for_what_it_is() {
        assert!(Modify::read(&one_change(&[2], OCTET_STRING, false)).is_ok());
        for (bytes, why) in [
            (one_change(&[4], OCTET_STRING, false), Why::Value),
            (one_change(&[0xff], OCTET_STRING, false), Why::Shape),
            (one_change(&[2], 0x05, false), Why::Shape),
            (one_change(&[2], OCTET_STRING, true), Why::Shape),
            (b"\x04\x01\xe9\x30\0".to_vec(), Why::Value),
            (b"\x04\x01x".to_vec(), Why::Shape),
            (b"\x04\x01x\x30\0\x04\0".to_vec(), Why::Shape),
            (b"\x04\x01x\x30\x02\x04\0".to_vec(), Why::Shape),
        ] {
            assert_eq!(Modify::read(&bytes), Err(why), "{bytes:02x?}");
        }
        assert_eq!(Add::read(b"\x04\x01x\x30\x07\x30\x05\x04\x01\xe9\x31\0"), Err(Why::Value));
        assert_eq!(Add::read(b"\x04\x01x\x30\x05\x30\x03\x04\x01a"), Err(Why::Shape));
    }

    #[test]
    fn no_value_is_ever_printed() {
        let read = Modify::read(&one_change(&[2], OCTET_STRING, false)).unwrap();
        assert!(format!("{read:?}").contains("Secret(…)"), "{read:?}");
    }
}
