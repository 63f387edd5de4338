//! Answers, written straight into the connection's output. Of one's own, since an entry written by ldap3_proto costs
//! sixty allocations.

use zeroize::Zeroizing;

use super::ber::{ENUMERATED, INTEGER, SEQUENCE, SET, Writer};
use super::operation::Operation;
use super::result::LdapResult;

/// A control that goes with an answer; never critical.
#[derive(Clone, Debug, PartialEq)]
pub struct ResponseControl {
    /// Which.
    pub oid: &'static str,
    /// What belongs to it.
    pub value: Vec<u8>,
}

/// The answer that ends an operation.
#[derive(Clone, Debug)]
pub struct Reply {
    /// How it ended.
    pub result: LdapResult,
    /// `responseName` of an extended operation.
    pub name: Option<&'static str>,
    /// `responseValue` of an extended operation; it may hold a generated password.
    pub value: Option<Zeroizing<Vec<u8>>>,
    /// What goes with it.
    pub controls: Vec<ResponseControl>,
}

impl From<LdapResult> for Reply {
    fn from(result: LdapResult) -> Reply {
        Reply { result, name: None, value: None, controls: Vec::new() }
    }
}

/// Writes the answer that ends the operation `id`. Nothing is written for an operation that has none.
pub fn write_reply(out: &mut Vec<u8>, id: i32, operation: Operation, reply: &Reply) {
    let Some(tag) = operation.response_tag() else {
        return;
    };
    message(out, id, &reply.controls, |message| {
        message.constructed(tag, |response| {
            write_result(response, &reply.result);
            if let Some(name) = reply.name {
                response.primitive(RESPONSE_NAME, name.as_bytes());
            }
            if let Some(value) = &reply.value {
                response.primitive(RESPONSE_VALUE, value);
            }
        });
    });
}

/// Writes the notice of disconnection (RFC 4511 §4.4.1): the session ends with this.
pub fn write_notice(out: &mut Vec<u8>, result: &LdapResult) {
    message(out, 0, &[], |message| {
        message.constructed(EXTENDED_RESPONSE, |response| {
            write_result(response, result);
            response.primitive(RESPONSE_NAME, NOTICE_OF_DISCONNECTION.as_bytes());
        });
    });
}

/// Writes an entry that the search `id` found (RFC 4511 §4.5.2).
pub fn write_entry<'a, V: AsRef<[u8]>>(
    out: &mut Vec<u8>,
    id: i32,
    dn: &str,
    attributes: impl Iterator<Item = (&'a str, impl Iterator<Item = V>)>,
) {
    message(out, id, &[], |message| {
        message.constructed(SEARCH_RESULT_ENTRY, |entry| {
            entry.octets(dn);
            entry.constructed(SEQUENCE, |list| {
                for (name, values) in attributes {
                    list.constructed(SEQUENCE, |attribute| {
                        attribute.octets(name);
                        attribute.constructed(SET, |set| values.for_each(|value| set.octets(value)));
                    });
                }
            });
        });
    });
}

fn message(out: &mut Vec<u8>, id: i32, controls: &[ResponseControl], operation: impl FnOnce(&mut Writer)) {
    Writer::new(out).constructed(SEQUENCE, |message| {
        message.number(INTEGER, id.unsigned_abs());
        operation(message);
        if !controls.is_empty() {
            message.constructed(CONTROLS, |list| controls.iter().for_each(|control| write_control(list, control)));
        }
    });
}

fn write_result(response: &mut Writer, result: &LdapResult) {
    response.number(ENUMERATED, result.code as u32);
    response.octets(&result.matched_dn);
    // Texts quote what the peer has sent, so their length is the peer's.
    let text = &result.text[..result.text.floor_char_boundary(MAX_TEXT)];
    response.octets(text.as_bytes());
}

fn write_control(list: &mut Writer, control: &ResponseControl) {
    list.constructed(SEQUENCE, |sequence| {
        sequence.octets(control.oid);
        sequence.octets(&control.value);
    });
}

/// Bytes of a text for a person.
const MAX_TEXT: usize = 512;
const SEARCH_RESULT_ENTRY: u8 = 0x64;
const EXTENDED_RESPONSE: u8 = 0x78;
const RESPONSE_NAME: u8 = 0x8a;
const RESPONSE_VALUE: u8 = 0x8b;
const CONTROLS: u8 = 0xa0;
const NOTICE_OF_DISCONNECTION: &str = "1.3.6.1.4.1.1466.20036";

#[cfg(test)]
mod tests {
    use bytes::BytesMut;
    use ldap3_proto::LdapCodec;
    use ldap3_proto::control::LdapControl;
    use ldap3_proto::proto::{LdapMsg, LdapOp, LdapResultCode};
    use tokio_util::codec::Decoder;

    use super::*;
    use crate::ldap::codec::result::ResultCode;

    /// What another implementation makes of the one message in `out`.
    fn read(out: &[u8]) -> LdapMsg {
        let mut bytes = BytesMut::from(out);
        let message = LdapCodec::new(Some(1 << 20), None).decode(&mut bytes).unwrap().unwrap();
        assert!(bytes.is_empty());
        message
    }

    #[test]
    fn an_entry_is_read_back_by_another_implementation() {
        let long = vec![b'x'; 70_000];
        let attributes = [("cn", vec![b"Louise".to_vec(), long.clone()]), ("mail", vec![])];
        let mut out = Vec::new();
        write_entry(&mut out, 7, "uid=louisem", attributes.iter().map(|(name, values)| (*name, values.iter())));
        let message = read(&out);
        let LdapOp::SearchResultEntry(entry) = message.op else { panic!("{:?}", message.op) };
        assert_eq!((message.msgid, entry.dn.as_str()), (7, "uid=louisem"));
        assert_eq!(entry.attributes[0].vals, [b"Louise".to_vec(), long]);
        assert_eq!((entry.attributes[1].atype.as_str(), entry.attributes[1].vals.len()), ("mail", 0));
    }

    #[test]
    fn a_reply_has_the_type_the_operation_asks_for() {
        let result = LdapResult { matched_dn: "ou=people".into(), ..LdapResult::new(ResultCode::NoSuchObject, "no such entry") };
        let control = ResponseControl { oid: "1.2.3", value: vec![0x30, 0] };
        let mut out = Vec::new();
        write_reply(&mut out, 300, Operation::Search, &Reply { controls: vec![control], ..result.into() });
        let message = read(&out);
        let LdapOp::SearchResultDone(result) = message.op else { panic!("{:?}", message.op) };
        assert_eq!((message.msgid, result.code), (300, LdapResultCode::NoSuchObject));
        assert_eq!((result.matcheddn.as_str(), result.message.as_str()), ("ou=people", "no such entry"));
        assert_eq!(message.ctrl, [LdapControl::Unknown { oid: "1.2.3".into(), criticality: false, value: Some(vec![0x30, 0]) }]);
    }

    #[test]
    fn a_notice_has_message_id_zero() {
        let mut out = Vec::new();
        write_notice(&mut out, &LdapResult::new(ResultCode::Unavailable, "stopping"));
        let message = read(&out);
        let LdapOp::ExtendedResponse(response) = message.op else { panic!("{:?}", message.op) };
        assert_eq!((message.msgid, response.name.as_deref()), (0, Some(NOTICE_OF_DISCONNECTION)));
        assert_eq!(response.res.code, LdapResultCode::Unavailable);
    }
}
