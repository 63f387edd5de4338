//! Reads distinguished names from text (RFC 4514).

use super::{Atom, Dn, MAX_DN_BYTES, MAX_RDNS, Rdn, RdnType, folded};

impl Dn {
    /// Reads `text` as RFC 4514 has it; blanks around separators are let pass, as LDAPv2 clients write them.
    /// Neither quotes nor semicolons (RFC 2253) are.
    pub fn parse(text: &str) -> Result<Dn, DnError> {
        if text.len() > MAX_DN_BYTES {
            return Err(DnError::TooLong);
        }
        if text.is_empty() {
            return Ok(Dn::root());
        }
        let mut reader = DnReader { text, at: 0 };
        let mut rdns = Vec::with_capacity(4);
        loop {
            if rdns.len() == MAX_RDNS {
                return Err(DnError::TooLong);
            }
            rdns.push(reader.rdn()?);
            match reader.next() {
                None => return Ok(Dn { rdns }),
                Some(b',') => {}
                Some(_) => return Err(reader.error()),
            }
        }
    }
}

impl Rdn {
    /// Reads a single part, as ModifyDN's newrdn is one.
    pub fn parse(text: &str) -> Result<Rdn, DnError> {
        let mut dn = Dn::parse(text)?;
        match (dn.rdns.pop(), dn.rdns.is_empty()) {
            (Some(rdn), true) => Ok(rdn),
            _ => Err(DnError::Syntax { at: 0 }),
        }
    }
}

/// Why a text is not a distinguished name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DnError {
    /// Not as RFC 4514 has it.
    #[error("not a DN at byte {at} (RFC 4514); write one like uid=louisem,ou=people,dc=example,dc=org")]
    Syntax {
        /// Where, in bytes.
        at: usize,
    },
    /// One attribute type twice in a part.
    #[error("a part of the DN has one attribute type twice (RFC 4512 section 2.3.1); give each type one value")]
    RepeatedType,
    /// More than [`MAX_DN_BYTES`] or [`MAX_RDNS`].
    #[error("the DN is longer than {MAX_DN_BYTES} bytes or {MAX_RDNS} parts")]
    TooLong,
}

/// Reads a text from the left. `at` is always between characters: it passes bytes that are ASCII one by one, others
/// only as part of a value.
struct DnReader<'a> {
    text: &'a str,
    at: usize,
}

impl DnReader<'_> {
    fn rdn(&mut self) -> Result<Rdn, DnError> {
        let mut atoms = vec![self.atom()?];
        while self.peek() == Some(b'+') {
            self.at += 1;
            atoms.push(self.atom()?);
        }
        // By value where the type is the same, so that equal names say the same in the same order.
        atoms.sort_by(|one, other| one.kind.name().cmp(other.kind.name()).then_with(|| folded(&one.value).cmp(&folded(&other.value))));
        // RFC 4512 §2.3.1: each attribute type is in an RDN once.
        if atoms.windows(2).any(|pair| pair[0].kind == pair[1].kind) {
            return Err(DnError::RepeatedType);
        }
        Ok(Rdn { atoms })
    }

    fn atom(&mut self) -> Result<Atom, DnError> {
        self.skip_blanks();
        let kind = RdnType::named(self.attribute_type()?);
        self.skip_blanks();
        if self.next() != Some(b'=') {
            return Err(self.error());
        }
        self.skip_blanks();
        let value = if self.peek() == Some(b'#') { self.hex_value()? } else { self.value()? };
        Ok(Atom { kind, value })
    }

    /// A name (`cn`) or a number (`2.5.4.3`), RFC 4512 §1.4.
    fn attribute_type(&mut self) -> Result<&str, DnError> {
        let rest = &self.text[self.at..];
        let length = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.')).count();
        let name = &rest[..length];
        let well_formed = match name.bytes().next() {
            Some(b'0'..=b'9') => name.split('.').all(|arc| !arc.is_empty() && arc.bytes().all(|byte| byte.is_ascii_digit())),
            Some(first) => first.is_ascii_alphabetic() && !name.contains('.'),
            None => false,
        };
        if !well_formed {
            return Err(self.error());
        }
        self.at += length;
        Ok(name)
    }

    fn value(&mut self) -> Result<String, DnError> {
        let rest = &self.text[self.at..];
        let plain = rest.bytes().take_while(|byte| !matches!(byte, b',' | b'+' | b'"' | b';' | b'<' | b'>' | b'\\' | 0)).count();
        if matches!(rest.as_bytes().get(plain), None | Some(b',' | b'+')) {
            self.at += plain;
            return Ok(rest[..plain].trim_end_matches(' ').to_owned());
        }
        self.value_with_escapes()
    }

    fn value_with_escapes(&mut self) -> Result<String, DnError> {
        let mut bytes = Vec::new();
        // Blanks at the end belong to the separator, unless they are escaped.
        let mut significant = 0;
        while let Some(byte) = self.peek() {
            match byte {
                b',' | b'+' => break,
                b'"' | b';' | b'<' | b'>' | 0 => return Err(self.error()),
                b'\\' => bytes.push(self.escaped()?),
                _ => {
                    self.at += 1;
                    bytes.push(byte);
                }
            }
            if byte != b' ' {
                significant = bytes.len();
            }
        }
        bytes.truncate(significant);
        // RFC 4514 §3: pairs of hex digits may spell any bytes; here a value is text.
        String::from_utf8(bytes).map_err(|_| self.error())
    }

    /// A backslash with a special character or two hex digits; the byte it stands for.
    fn escaped(&mut self) -> Result<u8, DnError> {
        self.at += 1;
        match self.peek() {
            Some(byte @ (b' ' | b'"' | b'#' | b'+' | b',' | b';' | b'<' | b'=' | b'>' | b'\\')) => {
                self.at += 1;
                Ok(byte)
            }
            _ => self.hex_pair(),
        }
    }

    fn hex_pair(&mut self) -> Result<u8, DnError> {
        let pair = self.text.as_bytes().get(self.at..self.at + 2).ok_or(self.error())?;
        match (hex_digit(pair[0]), hex_digit(pair[1])) {
            (Some(high), Some(low)) => {
                self.at += 2;
                Ok(high << 4 | low)
            }
            _ => Err(self.error()),
        }
    }

    /// `#` and the BER of a value (RFC 4514 §2.4). A string is read; anything else is kept as it is written, since no
    /// entry here is named so.
    fn hex_value(&mut self) -> Result<String, DnError> {
        let start = self.at;
        self.at += 1;
        let mut bytes = Vec::new();
        while self.peek().is_some_and(|byte| byte.is_ascii_hexdigit()) {
            bytes.push(self.hex_pair()?);
        }
        if bytes.is_empty() {
            return Err(self.error());
        }
        let written = &self.text[start..self.at];
        let value = ber_string(&bytes).map_or_else(|| written.to_ascii_lowercase(), str::to_owned);
        self.skip_blanks();
        match self.peek() {
            None | Some(b',' | b'+') => Ok(value),
            Some(_) => Err(self.error()),
        }
    }

    fn skip_blanks(&mut self) {
        while self.peek() == Some(b' ') {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn error(&self) -> DnError {
        DnError::Syntax { at: self.at }
    }
}

/// The text of a BER OCTET STRING, UTF8String, PrintableString or IA5String.
fn ber_string(bytes: &[u8]) -> Option<&str> {
    let (&[tag, first], rest) = bytes.split_first_chunk()?;
    let content = match first {
        0..=0x7f => rest,
        0x81 => rest.get(1..)?,
        0x82 => rest.get(2..)?,
        _ => return None,
    };
    let length = rest[..rest.len() - content.len()].iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
    let length = if first < 0x80 { usize::from(first) } else { length };
    let is_string = matches!(tag, 0x04 | 0x0c | 0x13 | 0x16);
    (is_string && length == content.len()).then(|| std::str::from_utf8(content).ok()).flatten()
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn dn(text: &str) -> Dn {
        Dn::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn one_type_twice_in_a_part_is_refused() {
        for text in ["uid=b+uid=A,dc=c", "uid=b+userid=b", "dc=c,x=1+X=2", "cn=a+uid=b+2.5.4.3=c"] {
            assert_eq!(Dn::parse(text), Err(DnError::RepeatedType), "{text}");
        }
        assert!(Dn::parse("uid=a,uid=a").is_ok());
    }

    #[test]
    fn names_are_shown_in_canonical_form() {
        for (given, canonical) in [
            ("", ""),
            ("uid=louisem,ou=people,dc=example,dc=org", "uid=louisem,ou=people,dc=example,dc=org"),
            ("UID = LouiseM , OU=People, DC=example,dc=ORG ", "uid=LouiseM,ou=People,dc=example,dc=ORG"),
            ("userid=a,organizationalUnitName=b,0.9.2342.19200300.100.1.25=c", "uid=a,ou=b,dc=c"),
            ("cn=Martin\\, Louise", "cn=Martin\\, Louise"),
            ("cn=a\\2Cb\\20", "cn=a\\,b\\ "),
            ("cn=a\\ ", "cn=a\\ "),
            ("cn=a   ", "cn=a"),
            ("cn=\\ a", "cn=\\ a"),
            ("cn=\\#a#b", "cn=\\#a#b"),
            ("cn=a=b", "cn=a=b"),
            ("cn=a\\=b\\\"\\+\\;\\<\\>\\\\", "cn=a=b\\\"\\+\\;\\<\\>\\\\"),
            ("cn=Lu\\C4\\8Di\\C4\\87", "cn=Lučić"),
            ("cn=a\\0ab\\00", "cn=a\\0ab\\00"),
            ("uid=a+cn=b,dc=c", "cn=b+uid=a,dc=c"),
            ("uid=b+cn=A,dc=c", "cn=A+uid=b,dc=c"),
            ("cn=#0403666f6f", "cn=foo"),
            ("cn=#0C810161", "cn=a"),
            ("1.2.3=#3003ABcdef", "1.2.3=\\#3003abcdef"),
            ("X-Custom=a", "x-custom=a"),
            ("cn=,dc=x", "cn=,dc=x"),
        ] {
            assert_eq!(dn(given).to_string(), canonical, "{given}");
        }
    }

    #[test]
    fn what_rfc_4514_does_not_allow_is_refused() {
        for text in [
            " ",
            ",",
            "uid",
            "=a",
            "uid=a,",
            ",uid=a",
            "uid=a,,dc=b",
            "uid=a;dc=b",
            "uid=\"a\"",
            "uid=a<b",
            "u_d=a",
            "1..2=a",
            "1.2.=a",
            "-a=b",
            "uid=a\\",
            "uid=a\\4",
            "uid=a\\zz",
            "uid=\\ff",
            "cn=#",
            "cn=#0",
            "cn=#04g",
            "cn=#0401 61",
            "uid=a+",
            "uid=a\0",
            "u\\69d=a",
            "uid=a,é=b",
            "uid=a\\é",
        ] {
            assert!(matches!(Dn::parse(text), Err(DnError::Syntax { .. })), "{text:?} {:?}", Dn::parse(text));
        }
    }

    #[test]
    fn long_names_are_refused() {
        let deep = |count: usize| vec!["dc=a"; count].join(",");
        assert!(Dn::parse(&deep(MAX_RDNS)).is_ok());
        assert_eq!(Dn::parse(&deep(MAX_RDNS + 1)), Err(DnError::TooLong));
        assert!(Dn::parse(&format!("cn={}", "a".repeat(MAX_DN_BYTES - 3))).is_ok());
        assert_eq!(Dn::parse(&format!("cn={}", "a".repeat(MAX_DN_BYTES - 2))), Err(DnError::TooLong));
    }

    proptest! {
        #[test]
        fn parsing_never_panics(text in any::<String>()) {
            let _ = Dn::parse(&text);
        }

        #[test]
        fn parsing_of_what_looks_like_a_name_never_panics(text in "[uidcn=,+#\\\\ a-f0-9éx\"]{0,60}") {
            if let Ok(name) = Dn::parse(&text) {
                prop_assert_eq!(Dn::parse(&name.to_string()), Ok(name));
            }
        }
    }
}
