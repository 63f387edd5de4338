//! As much BER (X.690) as the generator needs: requests with holes for numbers, and the outside of a reply.

use std::ops::Range;

/// A request with places where a message id and numbers are written before it is sent.
#[derive(Clone)]
pub struct Template {
    bytes: Vec<u8>,
    /// Each place of a number, all its digits.
    numbers: Vec<Range<usize>>,
}

/// Stands for a digit of a number in the text of a request; a place has [`FEWEST_DIGITS`] at least.
const DIGIT: u8 = b'#';
const FEWEST_DIGITS: usize = 4;

/// Where the message id is: behind `30 LL 02 04`, or `30 82 LL LL 02 04`.
fn message_id_at(bytes: &[u8]) -> usize {
    2 + usize::from(bytes[1] & 0x7f) * usize::from(bytes[1] >> 7) + 2
}

impl Template {
    /// The message around the protocol operation `operation`, with `controls` (a whole `[0]` element, or nothing).
    pub fn message(operation: &[u8], controls: &[u8]) -> Template {
        let bytes = element(0x30, &[&[2, 4, 1, 0, 0, 0], operation, controls].concat());
        let mut numbers = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            let digits = bytes[at..].iter().take_while(|byte| **byte == DIGIT).count();
            if digits >= FEWEST_DIGITS {
                numbers.push(at..at + digits);
            }
            at += digits.max(1);
        }
        Template { bytes, numbers }
    }

    /// The request with this message id and this number. The first byte of the id is 1, so that its encoding is
    /// four bytes long and the shortest one.
    pub fn filled(&mut self, id: u32, number: u32) -> &[u8] {
        let at = message_id_at(&self.bytes);
        self.bytes[at..at + 4].copy_from_slice(&wire_id(id).to_be_bytes());
        for place in &self.numbers {
            let mut left = number;
            for digit in self.bytes[place.clone()].iter_mut().rev() {
                *digit = b'0' + (left % 10) as u8;
                left /= 10;
            }
        }
        &self.bytes
    }
}

/// The message id as it is on the wire.
pub fn wire_id(id: u32) -> u32 {
    0x0100_0000 | (id & 0x00ff_ffff)
}

/// One element: tag, definite length, content.
pub fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag];
    match content.len() {
        length @ 0..=0x7f => bytes.push(length as u8),
        length @ 0x80..=0xff => bytes.extend([0x81, length as u8]),
        length => bytes.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    bytes.extend_from_slice(content);
    bytes
}

/// An OCTET STRING.
pub fn text(value: &str) -> Vec<u8> {
    element(4, value.as_bytes())
}

/// What the generator looks at in a reply.
#[derive(Debug, PartialEq)]
pub struct Reply<'a> {
    /// The message id as on the wire.
    pub id: u32,
    /// The tag of the protocol operation (RFC 4511 §4.2 and following).
    pub tag: u8,
    /// The result code, if it is a result.
    pub code: u8,
    /// The cookie of the paged-results control, if there is one.
    pub cookie: Option<&'a [u8]>,
}

/// The tag of a SearchResultEntry.
pub const SEARCH_ENTRY: u8 = 0x64;

/// The first whole message of `bytes` and its length; `Ok(None)` if it has not come in full.
pub fn reply(bytes: &[u8]) -> Result<Option<(Reply<'_>, usize)>, &'static str> {
    let Some((0x30, message, length)) = split(bytes) else {
        return if bytes.first().is_some_and(|tag| *tag != 0x30) { Err("the server does not speak LDAP") } else { Ok(None) };
    };
    let (_, id, at) = split(message).ok_or("a message without id")?;
    let (tag, operation, operation_length) = split(&message[at..]).ok_or("a message without operation")?;
    let id = id.iter().fold(0, |id, byte| id << 8 | u32::from(*byte));
    let is_result = tag != SEARCH_ENTRY;
    let code = if is_result { split(operation).and_then(|(_, code, _)| code.first().copied()).ok_or("a result without code")? } else { 0 };
    let controls = &message[at + operation_length..];
    Ok(Some((Reply { id, tag, code, cookie: if is_result { paged_cookie(controls) } else { None } }, length)))
}

/// The cookie within `controls` (RFC 2696); the generator asks for one control only, so the first is it.
fn paged_cookie(controls: &[u8]) -> Option<&[u8]> {
    let (0xa0, list, _) = split(controls)? else { return None };
    let (_, control, _) = split(list)?;
    let (_, _, mut at) = split(control)?;
    let mut value = split(&control[at..])?;
    if value.0 == 1 {
        at += value.2;
        value = split(&control[at..])?;
    }
    let (_, sequence, _) = split(value.1)?;
    let (_, _, at) = split(sequence)?;
    Some(split(&sequence[at..])?.1)
}

/// The tag, the content, and the length of the first element, if it is there in full.
fn split(bytes: &[u8]) -> Option<(u8, &[u8], usize)> {
    let (tag, first) = (*bytes.first()?, *bytes.get(1)?);
    let (length, at) = if first < 0x80 {
        (usize::from(first), 2)
    } else {
        let digits = bytes.get(2..2 + usize::from(first & 0x7f))?;
        (digits.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), 2 + digits.len())
    };
    Some((tag, bytes.get(at..at.checked_add(length)?)?, at + length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_takes_message_id_and_number() {
        let mut short = Template::message(&element(0x60, b"uid=user######,ou=#a####"), &[]);
        assert_eq!(short.filled(7, 42), b"\x30\x20\x02\x04\x01\x00\x00\x07\x60\x18uid=user000042,ou=#a0042");
        let mut long = Template::message(&element(0x60, &[b'x'; 300]), &[]);
        assert_eq!(long.filled(1, 0)[..10], [0x30, 0x82, 0x01, 0x36, 2, 4, 1, 0, 0, 1]);
        let mut middling = Template::message(&element(0x60, &[b'x'; 140]), &[]);
        assert_eq!(middling.filled(1, 0)[..9], [0x30, 0x81, 0x95, 2, 4, 1, 0, 0, 1]);
    }

    #[test]
    fn a_reply_is_taken_only_in_full() {
        let bind = b"\x30\x0f\x02\x04\x01\x00\x00\x07\x61\x07\x0a\x01\x31\x04\x00\x04\x00\x30";
        for length in 0..17 {
            assert_eq!(reply(&bind[..length]), Ok(None), "{length} bytes");
        }
        assert_eq!(reply(bind), Ok(Some((Reply { id: wire_id(7), tag: 0x61, code: 0x31, cookie: None }, 17))));
        assert!(reply(b"HTTP/1.1 400").is_err());
    }

    #[test]
    fn the_cookie_of_a_page_is_found_with_and_without_criticality() {
        let value = element(4, &element(0x30, b"\x02\x01\x00\x04\x03abc"));
        for criticality in [&b""[..], b"\x01\x01\xff"] {
            let control = element(0x30, &[&text("1.2.840.113556.1.4.319")[..], criticality, &value].concat());
            let mut page = Template::message(b"\x65\x07\x0a\x01\x00\x04\x00\x04\x00", &element(0xa0, &control));
            let (reply, _) = reply(page.filled(1, 0)).unwrap().unwrap();
            assert_eq!((reply.code, reply.cookie), (0, Some(&b"abc"[..])));
        }
    }
}
