//! Which attribute types a filter names that are not served: for the log, so that somebody who moves in from another
//! directory sees what their applications ask for.

use crate::domain::schema::Attribute;
use crate::ldap::codec::ber::{Element, OCTET_STRING, Reader};

/// The names of types in `filter` that nobody has here, each once, [`MOST`] at most. What is not written as a name is left
/// out. Its depth was checked before.
pub fn unknown_types(filter: Element) -> Vec<String> {
    let mut found = Vec::new();
    collect(filter, &mut found);
    found
}

fn collect(filter: Element, found: &mut Vec<String>) {
    let mut reader = Reader::new(filter.content);
    match filter.tag {
        0xa0..=0xa2 => {
            while let (true, Ok(Some(term))) = (found.len() < MOST, reader.next()) {
                collect(term, found);
            }
        }
        0x87 => note(filter.content, found),
        0xa3..=0xa6 | 0xa8 => reader.expect(OCTET_STRING).into_iter().for_each(|name| note(name, found)),
        0xa9 => {
            // The rule comes first, if there is one.
            let _ = reader.optional(0x81);
            reader.optional(0x82).into_iter().flatten().for_each(|name| note(name, found));
        }
        _ => {}
    }
}

fn note(name: &[u8], found: &mut Vec<String>) {
    let is_written_as_one = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b';' | b'=');
    let Ok(name) = std::str::from_utf8(name) else { return };
    let is_name = !name.is_empty() && name.len() <= MAX_NAME && name.bytes().all(|byte| is_written_as_one(&byte));
    if is_name && found.len() < MOST && Attribute::named(name).is_none() && !found.iter().any(|known| known.eq_ignore_ascii_case(name)) {
        found.push(name.to_owned());
    }
}

/// Names of one filter that are told.
const MOST: usize = 8;

/// The longest name that is told, in bytes.
const MAX_NAME: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_nobody_has_are_found_wherever_they_stand() {
        let read = |octets: &[u8]| unknown_types(Reader::new(octets).next().unwrap().unwrap());
        for (octets, names) in [
            (&b"\xa3\x07\x04\x02cn\x04\x01a"[..], &[][..]),
            (b"\xa3\x07\x04\x02zz\x04\x01a", &["zz"]),
            (b"\x87\x02zz", &["zz"]),
            (b"\xa1\x0c\x87\x02zz\xa2\x04\x87\x02yy\x87\x00", &["zz", "yy"]),
            (b"\xa0\x08\x87\x02zz\x87\x02ZZ", &["zz"]),
            (b"\xa9\x0a\x81\x012\x82\x02zz\x83\x01a", &["zz"]),
            (b"\x87\x04\x00\n\"z", &[]),
            (b"\xac\x02zz", &[]),
        ] {
            assert_eq!(read(octets), names, "{octets:02x?}");
        }
    }
}
