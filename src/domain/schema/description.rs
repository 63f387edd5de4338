//! Attribute descriptions (RFC 4512 §2.5): how a type is found by its name, and which options a description may have.

use std::sync::LazyLock;

use super::{Attribute, Definition, Syntax, TABLE};

/// An attribute description: a type that is served, and the one option that changes how it comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttributeDescription {
    /// The type.
    pub attribute: Attribute,
    /// `;binary` (RFC 4522).
    pub binary: bool,
}

impl AttributeDescription {
    /// Reads a type by name in any case, alias or number, with its options. `None` for a type that is not served, and
    /// for an option that is not: values for a language are not kept, so `cn;lang-fr` is another attribute than `cn`, and
    /// nobody has it (RFC 4512 §2.5.2).
    pub fn parse(text: &str) -> Option<AttributeDescription> {
        let mut parts = text.split(';');
        let attribute = by_name(parts.next()?)?;
        let mut binary = false;
        for option in parts {
            if option.eq_ignore_ascii_case("binary") {
                binary = true;
            } else if !option.get(..RANGE.len()).is_some_and(|start| start.eq_ignore_ascii_case(RANGE)) {
                return None;
            }
        }
        Some(AttributeDescription { attribute, binary })
    }
}

impl Attribute {
    /// The type of an attribute description, as [`AttributeDescription::parse`] reads it.
    pub fn named(description: &str) -> Option<Attribute> {
        AttributeDescription::parse(description).map(|description| description.attribute)
    }

    /// The description with which values are sent to a client that asked for `;binary`, or did not.
    pub fn description_in_answer(self, binary: bool) -> &'static str {
        let definition = self.definition();
        match definition.syntax {
            // RFC 4523 §2.1, RFC 2798 §2.8: these travel under the option alone.
            Syntax::Certificate | Syntax::Binary => definition.binary_name,
            Syntax::Jpeg | Syntax::OctetString if binary => definition.binary_name,
            _ => definition.name,
        }
    }
}

fn by_name(name: &str) -> Option<Attribute> {
    let of_this_length = INDEX.get(name.len())?;
    of_this_length.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, attribute)| *attribute)
}

/// Every name, alias and number by its length in bytes, which leaves a few to be compared.
static INDEX: LazyLock<Vec<Vec<(&str, Attribute)>>> = LazyLock::new(|| {
    let names = |row: &'static Definition| row.aliases.iter().copied().chain([row.name, row.oid]);
    let mut index = Vec::new();
    for (name, attribute) in TABLE.iter().flat_map(|row| names(row).map(|name| (name, row.attribute))) {
        index.resize(index.len().max(name.len() + 1), Vec::new());
        index[name.len()].push((name, attribute));
    }
    index
});

/// `;range=0-1499`: clients of one directory ask so for the members of large groups, and take all of them as well.
const RANGE: &str = "range=";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_found_by_every_name() {
        for attribute in Attribute::all() {
            let row = attribute.definition();
            assert_eq!(row.attribute, attribute);
            for name in row.aliases.iter().copied().chain([row.name, row.oid]) {
                assert_eq!(Attribute::named(name), Some(attribute), "{name}");
                assert_eq!(Attribute::named(&name.to_uppercase()), Some(attribute), "{name}");
                assert_eq!(Attribute::named(&format!("{name};lang-fr")), None, "{name}");
            }
        }
        for name in ["", "u", "uidd", "sAMAccountName", "2.5.4", &"a".repeat(65), "é", ";binary"] {
            assert_eq!(Attribute::named(name), None, "{name}");
        }
    }

    #[test]
    fn options_are_known_or_make_another_attribute() {
        let described = |attribute, binary| Some(AttributeDescription { attribute, binary });
        for (text, expected) in [
            ("jpegPhoto", described(Attribute::JpegPhoto, false)),
            ("jpegphoto;Binary", described(Attribute::JpegPhoto, true)),
            ("member;range=0-1499", described(Attribute::Member, false)),
            ("member;Range=1500-*", described(Attribute::Member, false)),
            ("member;binary;range=0-*", described(Attribute::Member, true)),
            ("cn;lang-fr", None),
            ("cn;binary;lang-fr", None),
            ("cn;x-private", None),
            ("cn;", None),
            ("cn;rangé", None),
            ("cn;éééééé", None),
        ] {
            assert_eq!(AttributeDescription::parse(text), expected, "{text}");
        }
        assert_eq!(Attribute::JpegPhoto.description_in_answer(true), "jpegPhoto;binary");
        assert_eq!(Attribute::JpegPhoto.description_in_answer(false), "jpegPhoto");
        assert_eq!(Attribute::Cn.description_in_answer(true), "cn");
        assert_eq!(Attribute::UserCertificate.description_in_answer(false), "userCertificate;binary");
    }

    #[test]
    fn no_name_is_given_twice() {
        let mut names: Vec<String> = INDEX.iter().flatten().map(|(name, _)| name.to_ascii_lowercase()).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
