//! The subschema subentry (RFC 4512 §4.2) and how entries that the protocol serves itself answer a search.

use super::root_dse::ServedEntry;
use crate::domain::entry::Value;
use crate::domain::filter::{Filter, Holder, Ternary};
use crate::domain::schema::{Attribute, subschema};

/// The schema that is served, for anybody to read.
pub fn subschema_entry() -> ServedEntry {
    let schema = subschema();
    let values = |lines: &[String]| -> Vec<Value> { lines.iter().map(|line| line.as_bytes().to_vec()).collect() };
    ServedEntry {
        dn: SUBSCHEMA_DN,
        object_classes: &["top", "subschema"],
        operational: vec![
            ("attributeTypes", values(&schema.attribute_types)),
            ("objectClasses", values(&schema.object_classes)),
            ("ldapSyntaxes", values(&schema.ldap_syntaxes)),
            ("matchingRules", values(&schema.matching_rules)),
        ],
    }
}

impl ServedEntry {
    /// Whether `filter` is true of it.
    pub fn matches(&self, filter: &Filter) -> bool {
        filter.evaluate(&mut Classes(self.object_classes)) == Ternary::True
    }

    /// What of it `names` ask for: `*`, `+`, names in any case, nothing for everything that `*` returns.
    pub fn select(&self, names: &[String]) -> Vec<(&'static str, Vec<Value>)> {
        let asked = |name: &str, all: &str| names.iter().any(|asked| asked == all || asked.eq_ignore_ascii_case(name));
        let classes = || ("objectClass", self.object_classes.iter().map(|class| class.as_bytes().to_vec()).collect());
        let user = (names.is_empty() || asked("objectClass", "*")).then(classes);
        let operational = self.operational.iter().filter(|(name, _)| asked(name, "+")).cloned();
        user.into_iter().chain(operational).collect()
    }
}

/// Of the attributes that filters know, such an entry has only its object classes.
struct Classes(&'static [&'static str]);

impl Holder for Classes {
    fn readable(&mut self, _: Attribute) -> bool {
        true
    }

    fn any(&mut self, attribute: Attribute, test: &mut dyn FnMut(&[u8]) -> bool) -> bool {
        attribute == Attribute::ObjectClass && self.0.iter().any(|class| test(class.as_bytes()))
    }
}

/// Where the schema is published.
pub const SUBSCHEMA_DN: &str = "cn=subschema";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ldap::root_dse::{Facts, root_dse};

    fn names(entry: &ServedEntry, asked: &[&str]) -> Vec<&'static str> {
        let asked: Vec<String> = asked.iter().map(|name| (*name).to_owned()).collect();
        entry.select(&asked).iter().map(|(name, _)| *name).collect()
    }

    #[test]
    fn the_root_dse_shows_what_is_asked_for_and_what_works() {
        let entry = root_dse(Facts { suffix: "dc=example,dc=org", start_tls: false, external: false });
        assert_eq!(names(&entry, &[]), ["objectClass"]);
        assert_eq!(names(&entry, &["NAMINGCONTEXTS", "supportedSASLMechanisms"]), ["namingContexts"]);
        assert_eq!(names(&entry, &["1.1"]), [""; 0]);
        assert!(names(&entry, &["*", "+"]).contains(&"vendorName"));
        let extensions = |start_tls| {
            let entry = root_dse(Facts { suffix: "", start_tls, external: true });
            entry.select(&["supportedExtension".to_owned()])[0].1.len()
        };
        assert_eq!((extensions(false), extensions(true)), (2, 3));
    }

    #[test]
    fn filters_are_true_of_object_classes() {
        let entry = subschema_entry();
        for (filter, expected) in [
            (Filter::present("objectClass"), true),
            (Filter::equality("objectClass", b"subschema"), true),
            (Filter::equality("objectClass", b"person"), false),
            (Filter::present("cn"), false),
            (Filter::And(vec![]), true),
            (Filter::Or(vec![]), false),
            (Filter::Undefined, false),
        ] {
            assert_eq!(entry.matches(&filter), expected, "{filter:?}");
        }
    }
}
