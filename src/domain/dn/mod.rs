//! Distinguished names: how they are written (RFC 4514) and when two are the same (RFC 4517 §4.2.15). How they are
//! read is in `parse`.

mod parse;

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};

pub use parse::DnError;

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
    /// One at least; in the order of their types and values, so that order does not tell two apart.
    atoms: Vec<Atom>,
}

impl Rdn {
    /// The value of the first of `types` that the part has.
    pub fn value_of(&self, types: &[Attribute]) -> Option<&str> {
        types.iter().find_map(|wanted| {
            let atom = self.atoms.iter().find(|atom| matches!(atom.kind, RdnType::Served(attribute) if attribute == *wanted))?;
            Some(atom.value.as_str())
        })
    }

    /// Its parts besides the one of type `naming`; none if one of them is of a type that is not served, or is the server's
    /// own: no entry has such a part.
    pub fn besides(&self, naming: Attribute) -> Option<Vec<(Attribute, &str)>> {
        let others = self.atoms.iter().filter(|atom| atom.kind != RdnType::Served(naming));
        others
            .map(|atom| match atom.kind {
                RdnType::Served(attribute) if !attribute.is_operational() => Some((attribute, atom.value.as_str())),
                RdnType::Served(_) | RdnType::Other(_) => None,
            })
            .collect()
    }

    /// Whether it has one part alone.
    pub fn is_single(&self) -> bool {
        self.atoms.len() == 1
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
    kind: RdnType,
    value: String,
}

/// An attribute type in a name.
#[derive(Clone, Debug, PartialEq, Eq)]
enum RdnType {
    Served(Attribute),
    /// One that is not served, in lower case: a name may well be from elsewhere.
    Other(String),
}

impl RdnType {
    fn named(name: &str) -> RdnType {
        Attribute::named(name).map_or_else(|| RdnType::Other(name.to_ascii_lowercase()), RdnType::Served)
    }

    fn name(&self) -> &str {
        match self {
            RdnType::Served(attribute) => attribute.name(),
            RdnType::Other(name) => name,
        }
    }
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
        assert_eq!(rdn.value_of(&[Attribute::Uid, Attribute::Cn]), Some("louisem"));
        assert_eq!(rdn.value_of(&[Attribute::Sn, Attribute::Cn]), Some("Louise"));
        assert_eq!(rdn.value_of(&[Attribute::Ou]), None);
        assert!(Rdn::parse("uid=a,dc=x").is_err());
        assert!(Rdn::parse("").is_err());
    }

    proptest! {
        #[test]
        fn a_value_survives_being_written_and_read(value in any::<String>()) {
            let name = dn(&format!("cn={},dc=x", escape_value(&value)));
            prop_assert_eq!(name.rdns()[0].value_of(&[Attribute::Cn]), Some(value.as_str()));
            prop_assert_eq!(Dn::parse(&name.to_string()), Ok(name));
        }
    }
}
