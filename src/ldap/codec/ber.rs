//! The part of BER that LDAP uses (RFC 4511 §5.1): one-octet tags and definite lengths. A reader that trusts nothing,
//! and a writer that appends to a buffer.

/// Universal tags (X.690 §8), and the one that opens every LDAPMessage.
pub const BOOLEAN: u8 = 0x01;
/// INTEGER.
pub const INTEGER: u8 = 0x02;
/// OCTET STRING.
pub const OCTET_STRING: u8 = 0x04;
/// ENUMERATED.
pub const ENUMERATED: u8 = 0x0a;
/// SEQUENCE and SEQUENCE OF.
pub const SEQUENCE: u8 = 0x30;
/// SET OF.
pub const SET: u8 = 0x31;

/// The encoding is not BER, not the part of it that LDAP allows, or an element is longer than what holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

/// One element, without what is inside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Element<'a> {
    /// Its tag, with class and form.
    pub tag: u8,
    /// What it holds.
    pub content: &'a [u8],
    /// All of it: tag, length and content.
    pub raw: &'a [u8],
}

/// Where the content of an element begins and how long it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The element's tag.
    pub tag: u8,
    /// Octets of tag and length together.
    pub octets: usize,
    /// Octets of content.
    pub content: usize,
}

/// The header at the beginning of `input`; `None` if more octets are needed to know it.
pub fn header(input: &[u8]) -> Result<Option<Header>, Malformed> {
    let (Some(&tag), rest) = (input.first(), input.get(1..).unwrap_or_default()) else {
        return Ok(None);
    };
    if tag & 0x1f == 0x1f {
        return Err(Malformed); // High tag numbers: LDAP has none.
    }
    let Some((&first, rest)) = rest.split_first() else {
        return Ok(None);
    };
    if first < 0x80 {
        return Ok(Some(Header { tag, octets: 2, content: usize::from(first) }));
    }
    let count = usize::from(first & 0x7f);
    // RFC 4511 §5.1: only the definite form. More than four octets of length are no message for us either.
    if !(1..=4).contains(&count) {
        return Err(Malformed);
    }
    let Some(length) = rest.get(..count) else {
        return Ok(None);
    };
    let content = length.iter().fold(0, |sum, octet| sum << 8 | usize::from(*octet));
    Ok(Some(Header { tag, octets: 2 + count, content }))
}

/// The elements in a content, one after the other.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// A reader of what an element holds.
    pub fn new(content: &'a [u8]) -> Reader<'a> {
        Reader { rest: content }
    }

    /// The next element; `None` at the end.
    pub fn next(&mut self) -> Result<Option<Element<'a>>, Malformed> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let header = header(self.rest)?.ok_or(Malformed)?;
        let whole = header.octets + header.content;
        let raw = self.rest.get(..whole).ok_or(Malformed)?;
        self.rest = &self.rest[whole..];
        Ok(Some(Element { tag: header.tag, content: &raw[header.octets..], raw }))
    }

    /// The next element, which must have `tag`.
    pub fn expect(&mut self, tag: u8) -> Result<&'a [u8], Malformed> {
        match self.next()? {
            Some(element) if element.tag == tag => Ok(element.content),
            Some(_) | None => Err(Malformed),
        }
    }

    /// The next element if it has `tag`; otherwise it stays.
    pub fn optional(&mut self, tag: u8) -> Result<Option<&'a [u8]>, Malformed> {
        if self.rest.first() != Some(&tag) {
            return Ok(None);
        }
        self.expect(tag).map(Some)
    }

    /// Nothing may be left.
    pub fn finish(self) -> Result<(), Malformed> {
        if self.rest.is_empty() { Ok(()) } else { Err(Malformed) }
    }
}

/// The value of an INTEGER or ENUMERATED from 0 to 2^31-1 (`maxInt`, RFC 4511 §4.1.1).
pub fn number(content: &[u8]) -> Option<i32> {
    if !(1..=4).contains(&content.len()) || content[0] & 0x80 != 0 {
        return None;
    }
    Some(content.iter().fold(0, |sum, octet| sum << 8 | i32::from(*octet)))
}

/// The value of a BOOLEAN. RFC 4511 §5.1 has TRUE as FF; what is not zero is taken for it, as BER does.
pub fn boolean(content: &[u8]) -> Option<bool> {
    match content {
        [octet] => Some(*octet != 0),
        _ => None,
    }
}

/// What is wrong with the inside of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// A child does not fit into its parent, or is not BER.
    Malformed,
    /// Nested deeper than [`MAX_DEPTH`].
    TooDeep,
    /// More elements than allowed.
    TooMany,
}

/// Walks everything inside `content`, which lies `depth` levels deep: children must fill their parent exactly.
/// Without recursion, so that no nesting can exhaust the stack.
pub fn check(content: &[u8], depth: usize, max_elements: usize) -> Result<(), Flaw> {
    let mut ends = [0; MAX_DEPTH];
    let mut open = depth;
    let (mut at, mut elements) = (0, 0);
    *ends.get_mut(open).ok_or(Flaw::TooDeep)? = content.len();
    loop {
        while at == ends[open] {
            if open == depth {
                return Ok(());
            }
            open -= 1;
        }
        let header = match header(&content[at..ends[open]]) {
            Ok(Some(header)) => header,
            Ok(None) | Err(Malformed) => return Err(Flaw::Malformed),
        };
        let begin = at + header.octets;
        let end = begin + header.content;
        if end > ends[open] {
            return Err(Flaw::Malformed);
        }
        elements += 1;
        if elements > max_elements {
            return Err(Flaw::TooMany);
        }
        if header.tag & CONSTRUCTED == 0 {
            at = end;
            continue;
        }
        open += 1;
        *ends.get_mut(open).ok_or(Flaw::TooDeep)? = end;
        at = begin;
    }
}

/// Appends elements to a buffer. Lengths are as short as they can be.
#[derive(Debug)]
pub struct Writer<'a> {
    out: &'a mut Vec<u8>,
}

impl<'a> Writer<'a> {
    /// A writer that appends to `out`.
    pub fn new(out: &'a mut Vec<u8>) -> Writer<'a> {
        Writer { out }
    }

    /// An element whose content `body` writes.
    pub fn constructed(&mut self, tag: u8, body: impl FnOnce(&mut Writer)) {
        self.out.push(tag);
        let begin = self.out.len();
        self.out.push(0);
        body(self);
        let length = self.out.len() - begin - 1;
        if length < 0x80 {
            self.out[begin] = length as u8;
            return;
        }
        let (octets, count) = long_length(length);
        self.out[begin] = 0x80 | count as u8;
        let from = octets.len() - count;
        self.out.splice(begin + 1..begin + 1, octets[from..].iter().copied());
    }

    /// A primitive element.
    pub fn primitive(&mut self, tag: u8, content: &[u8]) {
        self.out.push(tag);
        if content.len() < 0x80 {
            self.out.push(content.len() as u8);
        } else {
            let (octets, count) = long_length(content.len());
            self.out.push(0x80 | count as u8);
            self.out.extend_from_slice(&octets[octets.len() - count..]);
        }
        self.out.extend_from_slice(content);
    }

    /// What is encoded already.
    pub fn raw(&mut self, encoded: &[u8]) {
        self.out.extend_from_slice(encoded);
    }

    /// An OCTET STRING.
    pub fn octets(&mut self, content: impl AsRef<[u8]>) {
        self.primitive(OCTET_STRING, content.as_ref());
    }

    /// An INTEGER or ENUMERATED that is not negative.
    pub fn number(&mut self, tag: u8, value: u32) {
        let octets = u64::from(value).to_be_bytes();
        // One zero octet stays before a set high bit: the number is not negative.
        let from = (0..7).find(|at| octets[*at] != 0 || octets[at + 1] & 0x80 != 0).unwrap_or(7);
        self.primitive(tag, &octets[from..]);
    }
}

/// The octets of a length of 128 and more, and how many of the last of them count.
fn long_length(length: usize) -> ([u8; 8], usize) {
    let octets = (length as u64).to_be_bytes();
    let count = 8 - (length as u64).leading_zeros() as usize / 8;
    (octets, count)
}

/// How deep elements may be nested, counted from the LDAPMessage.
pub const MAX_DEPTH: usize = 64;

/// The bit of a tag that says that elements are inside.
const CONSTRUCTED: u8 = 0x20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_in_the_forms_that_ldap_allows() {
        for (input, expected) in [
            (&[][..], Ok(None)),
            (&[0x30], Ok(None)),
            (&[0x30, 5], Ok(Some(Header { tag: 0x30, octets: 2, content: 5 }))),
            (&[0x30, 0x81], Ok(None)),
            (&[0x30, 0x81, 5], Ok(Some(Header { tag: 0x30, octets: 3, content: 5 }))),
            (&[0x30, 0x84, 0, 0, 1, 0], Ok(Some(Header { tag: 0x30, octets: 6, content: 256 }))),
            (&[0x30, 0x80], Err(Malformed)),
            (&[0x30, 0x85, 0, 0, 0, 0, 1], Err(Malformed)),
            (&[0x30, 0xff], Err(Malformed)),
            (&[0x7f, 0x1d, 0], Err(Malformed)),
        ] {
            assert_eq!(header(input), expected, "{input:x?}");
        }
    }

    #[test]
    fn numbers_are_written_shortest_and_read_back() {
        for (value, octets) in [
            (0, &[2, 1, 0][..]),
            (127, &[2, 1, 0x7f]),
            (128, &[2, 2, 0, 0x80]),
            (255, &[2, 2, 0, 0xff]),
            (256, &[2, 2, 1, 0]),
            (0x7fff_ffff, &[2, 4, 0x7f, 0xff, 0xff, 0xff]),
        ] {
            let mut out = Vec::new();
            Writer::new(&mut out).number(INTEGER, value);
            assert_eq!(out, octets);
            assert_eq!(number(&out[2..]), Some(value as i32));
        }
        for wrong in [&[][..], &[0x80], &[0, 0x80, 0, 0, 5], &[0xff, 0xff]] {
            assert_eq!(number(wrong), None);
        }
    }

    #[test]
    fn lengths_of_every_size_are_read_back() {
        for size in [0, 1, 127, 128, 255, 256, 65_535, 65_536, 1 << 20] {
            let content = vec![7; size];
            let mut out = Vec::new();
            Writer::new(&mut out).constructed(SEQUENCE, |inner| inner.octets(&content));
            assert_eq!(check(&out, 0, 2), Ok(()));
            let inner = Reader::new(&out).expect(SEQUENCE).unwrap();
            assert_eq!(Reader::new(inner).expect(OCTET_STRING).unwrap(), content);
        }
    }

    #[test]
    fn a_child_that_does_not_fit_its_parent_is_refused() {
        for (content, expected) in [
            (&[0x30, 0][..], Ok(())),
            (&[0x30, 2, 4, 0], Ok(())),
            (&[0x30, 2, 4, 1, 0], Err(Flaw::Malformed)),
            (&[0x30, 1, 4], Err(Flaw::Malformed)),
            (&[0x30, 3, 4, 0], Err(Flaw::Malformed)),
            (&[4], Err(Flaw::Malformed)),
            (&[4, 0, 4, 0, 4, 0, 4, 0], Err(Flaw::TooMany)),
        ] {
            assert_eq!(check(content, 1, 3), expected, "{content:x?}");
        }
    }

    #[test]
    fn nesting_ends_at_the_limit() {
        let nested = |levels: usize| {
            (0..levels).fold(Vec::new(), |inner, _| {
                let mut out = Vec::new();
                Writer::new(&mut out).primitive(SEQUENCE, &inner);
                out
            })
        };
        assert_eq!(check(&nested(MAX_DEPTH - 1), 0, 1000), Ok(()));
        assert_eq!(check(&nested(MAX_DEPTH), 0, 1000), Err(Flaw::TooDeep));
        assert_eq!(check(&nested(20_000), 0, 100_000), Err(Flaw::TooDeep));
    }
}
