//! Requests and their answers in BER, for tests that send what no client program can.

use super::wire::{Wire, element, tlv};

/// An LDAPMessage, `id` from 1 to 127.
pub fn message(id: u8, operation: &[u8]) -> Vec<u8> {
    tlv(0x30, &[&[2, 1, id], operation].concat())
}

/// An LDAPMessage with one control that is not critical.
pub fn with_control(id: u8, operation: &[u8], (oid, value): (&str, &[u8])) -> Vec<u8> {
    let value = if value.is_empty() { Vec::new() } else { tlv(4, value) };
    let controls = tlv(0xa0, &tlv(0x30, &[tlv(4, oid.as_bytes()), value].concat()));
    tlv(0x30, &[&[2, 1, id], operation, &controls].concat())
}

/// A SearchRequest without limits.
pub fn search(base: &str, scope: u8, filter: &[u8], attributes: &[&str]) -> Vec<u8> {
    let attributes: Vec<u8> = attributes.iter().flat_map(|name| octets(name)).collect();
    let parts = [octets(base), vec![10, 1, scope, 10, 1, 0, 2, 1, 0, 2, 1, 0, 1, 1, 0], filter.to_vec(), tlv(0x30, &attributes)];
    tlv(0x63, &parts.concat())
}

/// A CompareRequest.
pub fn compare(dn: &str, attribute: &str, value: &str) -> Vec<u8> {
    tlv(0x6e, &[octets(dn), tlv(0x30, &[octets(attribute), octets(value)].concat())].concat())
}

/// A ModifyRequest; each change is 0 to add, 1 to delete or 2 to replace.
pub fn modify(dn: &str, changes: &[(u8, &str, &[&str])]) -> Vec<u8> {
    let change = |(kind, name, values): &(u8, &str, &[&str])| tlv(0x30, &[vec![10, 1, *kind], attribute(name, values)].concat());
    let changes: Vec<u8> = changes.iter().flat_map(change).collect();
    tlv(0x66, &[octets(dn), tlv(0x30, &changes)].concat())
}

/// An AddRequest.
pub fn add(dn: &str, attributes: &[(&str, &[&str])]) -> Vec<u8> {
    let attributes: Vec<u8> = attributes.iter().flat_map(|(name, values)| attribute(name, values)).collect();
    tlv(0x68, &[octets(dn), tlv(0x30, &attributes)].concat())
}

/// A DelRequest.
pub fn delete(dn: &str) -> Vec<u8> {
    tlv(0x4a, dn.as_bytes())
}

/// A ModifyDNRequest that takes the old name away.
pub fn rename(dn: &str, new_rdn: &str) -> Vec<u8> {
    tlv(0x6c, &[octets(dn), octets(new_rdn), vec![1, 1, 0xff]].concat())
}

/// An ExtendedRequest.
pub fn extended(oid: &str, value: Option<&[u8]>) -> Vec<u8> {
    let value = value.map(|value| tlv(0x81, value)).unwrap_or_default();
    tlv(0x77, &[tlv(0x80, oid.as_bytes()), value].concat())
}

/// A password modify (RFC 3062); what is empty is left out.
pub fn set_password(identity: &str, old: &str, new: &str) -> Vec<u8> {
    let field = |(tag, text): (u8, &str)| if text.is_empty() { Vec::new() } else { tlv(tag, text.as_bytes()) };
    let fields: Vec<u8> = [(0x80, identity), (0x81, old), (0x82, new)].into_iter().flat_map(field).collect();
    extended("1.3.6.1.4.1.4203.1.11.1", Some(&tlv(0x30, &fields)))
}

/// "Who am I?" (RFC 4532)
pub fn who_am_i() -> Vec<u8> {
    extended("1.3.6.1.4.1.4203.1.11.3", None)
}

/// StartTLS.
pub fn start_tls() -> Vec<u8> {
    extended("1.3.6.1.4.1.1466.20037", None)
}

/// `(name=value)` and the other filters of this form: 0xa3 equality, 0xa5 >=, 0xa6 <=, 0xa8 approximate.
pub fn assertion(tag: u8, name: &str, value: &str) -> Vec<u8> {
    tlv(tag, &[octets(name), octets(value)].concat())
}

/// `(name=value)`
pub fn equality(name: &str, value: &str) -> Vec<u8> {
    assertion(0xa3, name, value)
}

/// `(name=*)`
pub fn present(name: &str) -> Vec<u8> {
    tlv(0x87, name.as_bytes())
}

/// One part of `(name=initial*any*final)`: 0x80, 0x81 or 0x82.
pub fn substring(name: &str, tag: u8, part: &str) -> Vec<u8> {
    tlv(0xa4, &[octets(name), tlv(0x30, &tlv(tag, part.as_bytes()))].concat())
}

/// `(name:dn:rule:=value)`; what is empty is left out.
pub fn extensible(rule: &str, name: &str, value: &str) -> Vec<u8> {
    let field = |tag, text: &str| if text.is_empty() { Vec::new() } else { tlv(tag, text.as_bytes()) };
    tlv(0xa9, &[field(0x81, rule), field(0x82, name), tlv(0x83, value.as_bytes()), vec![0x84, 1, 0xff]].concat())
}

/// `(&...)`
pub fn and(filters: &[Vec<u8>]) -> Vec<u8> {
    tlv(0xa0, &filters.concat())
}

/// `(|...)`
pub fn or(filters: &[Vec<u8>]) -> Vec<u8> {
    tlv(0xa1, &filters.concat())
}

/// `(!...)`
pub fn not(filter: &[u8]) -> Vec<u8> {
    tlv(0xa2, filter)
}

/// The paged results control (RFC 2696).
pub fn page(size: u8, cookie: &[u8]) -> (&'static str, Vec<u8>) {
    (PAGED_RESULTS, tlv(0x30, &[vec![2, 1, size], tlv(4, cookie)].concat()))
}

/// What came back for one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The message's number: that of the request, or 0 for a notice.
    pub id: u8,
    /// The entries before the result: their DNs and all their octets.
    pub entries: Vec<(String, Vec<u8>)>,
    /// The result code.
    pub code: u8,
    /// matchedDN
    pub matched: String,
    /// diagnosticMessage
    pub text: String,
    /// What follows these three in the result.
    pub rest: Vec<u8>,
    /// The values of the controls by their OIDs.
    pub controls: Vec<(String, Vec<u8>)>,
}

impl Reply {
    /// The DNs of the entries.
    pub fn names(&self) -> Vec<&str> {
        self.entries.iter().map(|(dn, _)| dn.as_str()).collect()
    }

    /// The cookie of the paged results control.
    pub fn cookie(&self) -> Vec<u8> {
        let (_, value) = self.controls.iter().find(|(oid, _)| oid == PAGED_RESULTS).expect("a paged search is answered with the control");
        let (_, value) = element(value);
        parts(value)[1].1.to_vec()
    }
}

impl Wire {
    /// Sends one request and reads its answer; none if the server closes instead.
    pub fn ask(&mut self, request: &[u8]) -> Option<Reply> {
        self.send(request).reply()
    }

    /// The answer to a request that was sent, with the entries before it.
    pub fn reply(&mut self) -> Option<Reply> {
        let mut entries = Vec::new();
        loop {
            let message = self.message()?;
            let content = parts(element(&message).1);
            let (tag, operation) = content[1];
            let fields = parts(operation);
            let text = |at: usize| String::from_utf8_lossy(fields[at].1).into_owned();
            if tag == 0x64 {
                entries.push((text(0), operation.to_vec()));
                continue;
            }
            let behind = fields[2].1.as_ptr() as usize + fields[2].1.len() - operation.as_ptr() as usize;
            let rest = operation[behind..].to_vec();
            let controls = content.get(2).map(|(_, controls)| controls_of(controls)).unwrap_or_default();
            return Some(Reply { id: content[0].1[0], entries, code: fields[0].1[0], matched: text(1), text: text(2), rest, controls });
        }
    }

    /// Binds, and expects success.
    pub fn bound(mut self, dn: &str, password: &str) -> Wire {
        let reply = self.ask(&super::wire::bind(1, dn, password)).expect("the bind is answered");
        assert_eq!(reply.code, 0, "bind of {dn}: {reply:?}");
        self
    }
}

fn controls_of(controls: &[u8]) -> Vec<(String, Vec<u8>)> {
    let control = |(_, control): (u8, &[u8])| {
        let fields = parts(control);
        let value = fields.iter().skip(1).find(|(tag, _)| *tag == 4).map(|(_, value)| value.to_vec());
        (String::from_utf8_lossy(fields[0].1).into_owned(), value.unwrap_or_default())
    };
    parts(controls).into_iter().map(control).collect()
}

/// The elements that `content` consists of.
pub fn parts(mut content: &[u8]) -> Vec<(u8, &[u8])> {
    let mut parts = Vec::new();
    while !content.is_empty() {
        let (tag, inner) = element(content);
        parts.push((tag, inner));
        let begin = inner.as_ptr() as usize - content.as_ptr() as usize;
        content = &content[begin + inner.len()..];
    }
    parts
}

fn attribute(name: &str, values: &[&str]) -> Vec<u8> {
    let values: Vec<u8> = values.iter().flat_map(|value| octets(value)).collect();
    tlv(0x30, &[octets(name), tlv(0x31, &values)].concat())
}

fn octets(text: &str) -> Vec<u8> {
    tlv(4, text.as_bytes())
}

/// RFC 2696.
const PAGED_RESULTS: &str = "1.2.840.113556.1.4.319";
