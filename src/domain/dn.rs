//! Distinguished names: how they are written (RFC 4514) and when two are the same (RFC 4517 §4.2.15).

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};

use super::matching::{folded, same};
use super::schema::Attribute;

/// A distinguished name, the most specific part first. Two are equal if their parts are, without regard to the case,
/// blanks and normalisation of values, to aliases of attribute types and to the order within a multi-valued RDN.
/// Shown in canonical form: published type names, no blanks around separators, no escape that is not needed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Dn {
    rdns: Vec<Rdn>,
}

impl Dn {
    /// The empty name: of the root DSE.
    pub fn root() -> Dn {
        Dn::default()
    }

    /// Reads `text` as RFC 4514 has it; blanks around separators are let pass, as LDAPv2 clients write them.
    /// Neither quotes nor semicolons (RFC 2253) are.
    pub fn parse(text: &str) -> Result<Dn, DnError> {
        if text.len() > MAX_DN_BYTES {
            return Err(DnError::TooLong);
        }
        if text.is_empty() {
            return Ok(Dn::root());
        }
        let mut reader = Reader { text, at: 0 };
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

    /// Whether it is the empty name.
    pub fn is_root(&self) -> bool {
        self.rdns.is_empty()
    }

    /// Its parts, the most specific first.
    pub fn rdns(&self) -> &[Rdn] {
        &self.rdns
    }

    /// The name without its most specific part; none for the root.
    pub fn parent(&self) -> Option<Dn> {
        self.rdns.split_first().map(|(_, rest)| Dn { rdns: rest.to_vec() })
    }

    /// The name of the entry `rdn` directly below this one.
    pub fn child(&self, rdn: Rdn) -> Dn {
        let mut rdns = Vec::with_capacity(self.rdns.len() + 1);
        rdns.push(rdn);
        rdns.extend_from_slice(&self.rdns);
        Dn { rdns }
    }

    /// Whether it is `base` or below it.
    pub fn is_within(&self, base: &Dn) -> bool {
        self.rdns.ends_with(&base.rdns)
    }

    /// The form that is equal, byte for byte, for equal names: canonical, with folded values.
    pub fn folded(&self) -> String {
        let rdns: Vec<String> = self.rdns.iter().map(Rdn::folded).collect();
        rdns.join(",")
    }
}

impl fmt::Display for Dn {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, rdn) in self.rdns.iter().enumerate() {
            let separator = if position == 0 { "" } else { "," };
            write!(out, "{separator}{rdn}")?;
        }
        Ok(())
    }
}

/// One part of a name: a type and value, or several at once.
#[derive(Clone, Debug, Eq)]
pub struct Rdn {
    /// One at least; in the order of their types, so that order does not tell two apart.
    atoms: Vec<Atom>,
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

    /// The value of the first of `types` (names in any case, aliases, numbers) that the part has.
    pub fn value_of(&self, types: &[&str]) -> Option<&str> {
        types.iter().find_map(|name| {
            let kind = Kind::named(name);
            self.atoms.iter().find(|atom| atom.kind == kind).map(|atom| atom.value.as_str())
        })
    }

    /// Each published type name (lower case for a type that is not served) with its value.
    pub fn atoms(&self) -> impl Iterator<Item = (&str, &str)> {
        self.atoms.iter().map(|atom| (atom.kind.name(), atom.value.as_str()))
    }

    fn folded(&self) -> String {
        let mut atoms: Vec<String> = self
            .atoms
            .iter()
            .map(|atom| format!("{}={}", atom.kind.name(), escape_value(&folded(&atom.value))).to_ascii_lowercase())
            .collect();
        atoms.sort_unstable();
        atoms.join("+")
    }
}

impl PartialEq for Rdn {
    fn eq(&self, other: &Rdn) -> bool {
        match (self.atoms.as_slice(), other.atoms.as_slice()) {
            ([one], [another]) => one.kind == another.kind && same(&one.value, &another.value),
            (some, others) => some.len() == others.len() && self.folded() == other.folded(),
        }
    }
}

impl Hash for Rdn {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.folded().hash(state);
    }
}

impl fmt::Display for Rdn {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, atom) in self.atoms.iter().enumerate() {
            let separator = if position == 0 { "" } else { "+" };
            write!(out, "{separator}{}={}", atom.kind.name(), escape_value(&atom.value))?;
        }
        Ok(())
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Atom {
    kind: Kind,
    value: String,
}

/// An attribute type in a name.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Served(Attribute),
    /// One that is not served, in lower case: a name may well be from elsewhere.
    Other(String),
}

impl Kind {
    fn named(name: &str) -> Kind {
        Attribute::named(name).map_or_else(|| Kind::Other(name.to_ascii_lowercase()), Kind::Served)
    }

    fn name(&self) -> &str {
        match self {
            Kind::Served(attribute) => attribute.name(),
            Kind::Other(name) => name,
        }
    }
}

/// Why a text is not a distinguished name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DnError {
    /// Not as RFC 4514 has it.
    #[error("not a distinguished name: byte {at} is not what RFC 4514 allows there")]
    Syntax {
        /// Where, in bytes.
        at: usize,
    },
    /// More than [`MAX_DN_BYTES`] or [`MAX_RDNS`].
    #[error("the distinguished name is longer than {MAX_DN_BYTES} bytes or {MAX_RDNS} parts")]
    TooLong,
}

/// `value` as it stands in a distinguished name, with what RFC 4514 §2.4 escapes escaped; control characters too, so
/// that a name is always one line.
pub fn escape_value(value: &str) -> Cow<'_, str> {
    let special = |c: char| c.is_ascii_control() || matches!(c, '"' | '+' | ',' | ';' | '<' | '>' | '\\');
    if !value.starts_with([' ', '#']) && !value.ends_with(' ') && !value.contains(special) {
        return Cow::Borrowed(value);
    }
    let last = value.len() - 1;
    let mut escaped = String::with_capacity(value.len() + 8);
    for (at, c) in value.char_indices() {
        if c.is_ascii_control() {
            escaped.push_str(&format!("\\{:02x}", u32::from(c)));
            continue;
        }
        if special(c) || (c == ' ' && (at == 0 || at == last)) || (c == '#' && at == 0) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    Cow::Owned(escaped)
}

/// Reads a text from the left. `at` is always between characters: it passes bytes that are ASCII one by one, others
/// only as part of a value.
struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn rdn(&mut self) -> Result<Rdn, DnError> {
        let mut atoms = vec![self.atom()?];
        while self.peek() == Some(b'+') {
            self.at += 1;
            atoms.push(self.atom()?);
        }
        atoms.sort_by(|one, other| one.kind.name().cmp(other.kind.name()));
        Ok(Rdn { atoms })
    }

    fn atom(&mut self) -> Result<Atom, DnError> {
        self.skip_blanks();
        let kind = Kind::named(self.attribute_type()?);
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

/// The longest name, in bytes of its text.
pub const MAX_DN_BYTES: usize = 4096;

/// The most parts of a name.
pub const MAX_RDNS: usize = 32;

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    fn dn(text: &str) -> Dn {
        Dn::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
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

    #[test]
    fn equality_ignores_what_does_not_matter() {
        for (one, other, equal) in [
            ("uid=LouiseM,dc=x", "UID=louisem, dc=X", true),
            ("userid=a,dc=x", "0.9.2342.19200300.100.1.1=a,dc=x", true),
            ("cn=Louise  Martin", "cn=louise martin", true),
            ("cn=\\20a", "cn=a", true),
            ("cn=Élodie", "cn=e\\CC\\81lodie", true),
            ("uid=a+cn=b", "cn=B+uid=A", true),
            ("cn=a\\+uid\\=b", "cn=a+uid=b", false),
            ("uid=a,dc=x", "cn=a,dc=x", false),
            ("uid=a,dc=x", "uid=a,dc=x,dc=y", false),
            ("uid=a", "uid=b", false),
        ] {
            assert_eq!(dn(one) == dn(other), equal, "{one} {other}");
            assert_eq!(HashSet::from([dn(one), dn(other)]).len() == 1, equal, "{one} {other}");
            assert_eq!(dn(one).folded() == dn(other).folded(), equal, "{one} {other}");
        }
    }

    #[test]
    fn names_lie_within_others() {
        for (name, base, within) in [
            ("uid=a,dc=x", "dc=X", true),
            ("dc=x", "dc=x", true),
            ("dc=x", "", true),
            ("", "dc=x", false),
            ("dc=x", "uid=a,dc=x", false),
            ("uid=a,dc=xx", "dc=x", false),
        ] {
            assert_eq!(dn(name).is_within(&dn(base)), within, "{name} {base}");
        }
        assert_eq!(dn("uid=a,dc=x").parent(), Some(dn("dc=x")));
        assert_eq!(Dn::root().parent(), None);
        assert_eq!(dn("dc=x").child(Rdn::parse("uid=a").unwrap()), dn("uid=a,dc=x"));
    }

    #[test]
    fn an_rdn_gives_the_value_of_the_type_that_comes_first_in_the_list() {
        let name = dn("cn=Louise+UID=louisem,dc=x");
        let rdn = &name.rdns()[0];
        assert_eq!(rdn.value_of(&["userid", "cn"]), Some("louisem"));
        assert_eq!(rdn.value_of(&["2.5.4.3"]), Some("Louise"));
        assert_eq!(rdn.value_of(&["ou"]), None);
        assert!(Rdn::parse("uid=a,dc=x").is_err());
        assert!(Rdn::parse("").is_err());
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

        #[test]
        fn a_value_survives_being_written_and_read(value in any::<String>()) {
            let name = dn(&format!("cn={},dc=x", escape_value(&value)));
            prop_assert_eq!(name.rdns()[0].value_of(&["cn"]), Some(value.as_str()));
            prop_assert_eq!(Dn::parse(&name.to_string()), Ok(name));
        }
    }
}
