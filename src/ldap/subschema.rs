//! The subschema subentry (RFC 4512 §4.2) and how entries that the protocol serves itself answer a search.

use super::root_dse::ServedEntry;
use crate::domain::entry::Value;
use crate::domain::filter::{Filter, Holder, Ternary};
use crate::domain::schema::{Attribute, subschema};
use crate::domain::selection::Selection;
use crate::domain::tree::SUBSCHEMA_DN;

/// The schema that is served, for anybody to read.
pub fn subschema_entry() -> ServedEntry {
    let schema = subschema();
    let values = |lines: &[String]| -> Vec<Value> { lines.iter().map(|line| line.as_bytes().to_vec()).collect() };
    ServedEntry {
        dn: SUBSCHEMA_DN,
        object_classes: &["top", "subschema"],
        operational: vec![
            (Attribute::AttributeTypes, values(&schema.attribute_types)),
            (Attribute::ObjectClasses, values(&schema.object_classes)),
            (Attribute::LdapSyntaxes, values(&schema.ldap_syntaxes)),
            (Attribute::MatchingRules, values(&schema.matching_rules)),
        ],
    }
}

impl ServedEntry {
    /// Whether `filter` is true of it.
    pub fn matches(&self, filter: &Filter) -> bool {
        filter.evaluate(&mut Classes(self.object_classes)) == Ternary::True
    }

    /// What of it is asked for.
    pub fn select(&self, selection: &Selection) -> Vec<(Attribute, Vec<Value>)> {
        let asked = |attribute: &Attribute, by_all: bool| by_all || selection.named.contains(attribute);
        let classes = || (Attribute::ObjectClass, self.object_classes.iter().map(|class| class.as_bytes().to_vec()).collect());
        let user = asked(&Attribute::ObjectClass, selection.all_user).then(classes);
        let operational = self.operational.iter().filter(|(attribute, _)| asked(attribute, selection.all_operational)).cloned();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ldap::root_dse::{Facts, root_dse};

    #[test]
    fn the_root_dse_shows_what_is_asked_for_and_what_works() {
        use Attribute::{NamingContexts, ObjectClass, SupportedExtension, SupportedSaslMechanisms, VendorName};
        let shown = |facts, selection: &Selection| -> Vec<Attribute> {
            root_dse(facts).select(selection).into_iter().map(|(attribute, _)| attribute).collect()
        };
        let plain = Facts { suffix: "dc=example,dc=org", start_tls: false, external: false };
        let named = |named: &[Attribute]| Selection { named: named.to_vec(), ..Selection::default() };
        assert_eq!(shown(plain, &Selection { all_user: true, ..Selection::default() }), [ObjectClass]);
        assert_eq!(shown(plain, &named(&[NamingContexts, SupportedSaslMechanisms])), [NamingContexts]);
        assert_eq!(shown(plain, &named(&[])), []);
        assert!(shown(plain, &Selection { all_operational: true, ..Selection::default() }).contains(&VendorName));
        let extensions = |start_tls| root_dse(Facts { start_tls, ..plain }).select(&named(&[SupportedExtension]))[0].1.len();
        assert_eq!(extensions(true), extensions(false) + 1);
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
