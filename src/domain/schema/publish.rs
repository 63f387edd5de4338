//! The schema as clients read it (RFC 4512 §4.1 and §4.2): every attribute type and object class that is served, and
//! the syntaxes and matching rules that they use.

use std::sync::LazyLock;

use super::{Attribute, ClassDefinition, ClassKind, ObjectClass, Syntax, Usage};
use crate::domain::matching::MatchingRule;

/// The values of the subschema entry, each in the form of RFC 4512 §4.1.
#[derive(Debug)]
pub struct Subschema {
    /// `attributeTypes`.
    pub attribute_types: Vec<String>,
    /// `objectClasses`.
    pub object_classes: Vec<String>,
    /// `ldapSyntaxes`.
    pub ldap_syntaxes: Vec<String>,
    /// `matchingRules`.
    pub matching_rules: Vec<String>,
}

/// What is published.
pub fn subschema() -> &'static Subschema {
    static SUBSCHEMA: LazyLock<Subschema> = LazyLock::new(|| Subschema {
        attribute_types: Attribute::all().map(attribute_type).collect(),
        object_classes: ObjectClass::all().map(|class| object_class(class.definition())).collect(),
        ldap_syntaxes: Syntax::ALL
            .into_iter()
            .map(|syntax| (syntax.oid(), syntax.description()))
            // No attribute has it: it is the one of what rules for parts of values are asked with.
            .chain([(SUBSTRING_ASSERTION, "Substring Assertion")])
            .map(|(oid, description)| format!("( {oid} DESC '{description}' )"))
            .collect(),
        matching_rules: RULES.iter().map(|(oid, name, syntax)| format!("( {oid} NAME '{name}' SYNTAX {syntax} )")).collect(),
    });
    &SUBSCHEMA
}

fn attribute_type(attribute: Attribute) -> String {
    let definition = attribute.definition();
    let names: Vec<&str> = [definition.name].into_iter().chain(definition.aliases.iter().copied()).collect();
    let mut line = format!("( {} NAME {}", definition.oid, quoted(&names));
    if let Some(rule) = published_equality(attribute) {
        line += &format!(" EQUALITY {rule}");
    }
    if let Some(rule) = published_ordering(attribute) {
        line += &format!(" ORDERING {rule}");
    }
    if let Some(rule) = published_substrings(attribute) {
        line += &format!(" SUBSTR {rule}");
    }
    line += &format!(" SYNTAX {}", definition.syntax.oid());
    if definition.single {
        line += " SINGLE-VALUE";
    }
    if attribute.is_kept_by_server() {
        line += " NO-USER-MODIFICATION";
    }
    if definition.usage == Usage::Operational {
        let of_server = attribute as usize >= Attribute::NamingContexts as usize && attribute as usize <= Attribute::VendorVersion as usize;
        line += if of_server { " USAGE dSAOperation" } else { " USAGE directoryOperation" };
    }
    line + " )"
}

fn object_class(class: &ClassDefinition) -> String {
    let mut line = format!("( {} NAME '{}'", class.oid, class.name);
    if let Some(superior) = class.superior {
        line += &format!(" SUP {}", superior.name());
    }
    line += match class.kind {
        ClassKind::Abstract => " ABSTRACT",
        ClassKind::Structural => " STRUCTURAL",
        ClassKind::Auxiliary => " AUXILIARY",
    };
    for (keyword, attributes) in [("MUST", class.must), ("MAY", class.may)] {
        let names: Vec<&str> = attributes.iter().map(|attribute| attribute.name()).collect();
        line += &match names.as_slice() {
            [] => String::new(),
            [name] => format!(" {keyword} {name}"),
            names => format!(" {keyword} ( {} )", names.join(" $ ")),
        };
    }
    line + " )"
}

/// RFC 4512 §4.1 `qdescrs`.
fn quoted(names: &[&str]) -> String {
    match names {
        [name] => format!("'{name}'"),
        names => format!("( '{}' )", names.join("' '")),
    }
}

fn published_equality(attribute: Attribute) -> Option<&'static str> {
    match (attribute.equality(), attribute.definition().syntax) {
        (Some(rule), _) => Some(rule.name()),
        (
            None,
            Syntax::AttributeTypeDescription
            | Syntax::ObjectClassDescription
            | Syntax::MatchingRuleDescription
            | Syntax::LdapSyntaxDescription,
        ) => Some("objectIdentifierFirstComponentMatch"),
        (None, _) => None,
    }
}

fn published_ordering(attribute: Attribute) -> Option<&'static str> {
    match attribute.equality()? {
        MatchingRule::Integer => Some("integerOrderingMatch"),
        MatchingRule::GeneralizedTime => Some("generalizedTimeOrderingMatch"),
        MatchingRule::Uuid => Some("uuidOrderingMatch"),
        MatchingRule::CaseIgnore => Some("caseIgnoreOrderingMatch"),
        MatchingRule::OctetString => Some("octetStringOrderingMatch"),
        // IA5 strings have an order here, for which RFC 4517 has no name.
        MatchingRule::CaseIgnoreIa5
        | MatchingRule::CaseExactIa5
        | MatchingRule::CaseIgnoreList
        | MatchingRule::NumericString
        | MatchingRule::IntegerBitAnd
        | MatchingRule::IntegerBitOr
        | MatchingRule::CaseExact
        | MatchingRule::Boolean
        | MatchingRule::DistinguishedName
        | MatchingRule::ObjectIdentifier
        | MatchingRule::TelephoneNumber => None,
    }
}

fn published_substrings(attribute: Attribute) -> Option<&'static str> {
    match attribute.definition().syntax {
        _ if !attribute.has_substrings() => None,
        Syntax::TelephoneNumber | Syntax::FacsimileTelephoneNumber => Some("telephoneNumberSubstringsMatch"),
        Syntax::PostalAddress => Some("caseIgnoreListSubstringsMatch"),
        Syntax::Ia5String => Some("caseIgnoreIA5SubstringsMatch"),
        _ => Some("caseIgnoreSubstringsMatch"),
    }
}

impl Attribute {
    /// Whether the server alone sets it (`NO-USER-MODIFICATION`).
    pub fn is_kept_by_server(self) -> bool {
        match self {
            Attribute::PwdReset
            | Attribute::PwdAccountLockedTime
            | Attribute::BinderyRole
            | Attribute::AccountStatus
            | Attribute::AccountExpires
            | Attribute::BinderyGrant
            | Attribute::BinderyLimitedTo => false,
            _ => self.is_operational(),
        }
    }
}

impl Syntax {
    const ALL: [Syntax; 26] = [
        Syntax::DirectoryString,
        Syntax::Ia5String,
        Syntax::Integer,
        Syntax::Boolean,
        Syntax::Dn,
        Syntax::GeneralizedTime,
        Syntax::Oid,
        Syntax::TelephoneNumber,
        Syntax::Uuid,
        Syntax::Jpeg,
        Syntax::OctetString,
        Syntax::PrintableString,
        Syntax::NumericString,
        Syntax::PostalAddress,
        Syntax::FacsimileTelephoneNumber,
        Syntax::DeliveryMethod,
        Syntax::TelexNumber,
        Syntax::TeletexTerminalIdentifier,
        Syntax::BitString,
        Syntax::Certificate,
        Syntax::Binary,
        Syntax::SubtreeSpecification,
        Syntax::AttributeTypeDescription,
        Syntax::ObjectClassDescription,
        Syntax::MatchingRuleDescription,
        Syntax::LdapSyntaxDescription,
    ];

    /// Its object identifier (RFC 4517 §3.3, RFC 4530 §2.1, RFC 3672 §2.3).
    pub fn oid(self) -> &'static str {
        match self {
            Syntax::DirectoryString => DIRECTORY_STRING,
            Syntax::Ia5String => IA5_STRING,
            Syntax::Integer => INTEGER,
            Syntax::Boolean => BOOLEAN,
            Syntax::Dn => DN,
            Syntax::GeneralizedTime => GENERALIZED_TIME,
            Syntax::Oid => OID,
            Syntax::TelephoneNumber => TELEPHONE_NUMBER,
            Syntax::Uuid => UUID,
            Syntax::Jpeg => "1.3.6.1.4.1.1466.115.121.1.28",
            Syntax::OctetString => OCTET_STRING,
            Syntax::PrintableString => "1.3.6.1.4.1.1466.115.121.1.44",
            Syntax::NumericString => NUMERIC_STRING,
            Syntax::PostalAddress => POSTAL_ADDRESS,
            Syntax::FacsimileTelephoneNumber => "1.3.6.1.4.1.1466.115.121.1.22",
            Syntax::DeliveryMethod => "1.3.6.1.4.1.1466.115.121.1.14",
            Syntax::TelexNumber => "1.3.6.1.4.1.1466.115.121.1.52",
            Syntax::TeletexTerminalIdentifier => "1.3.6.1.4.1.1466.115.121.1.51",
            Syntax::BitString => "1.3.6.1.4.1.1466.115.121.1.6",
            Syntax::Certificate => "1.3.6.1.4.1.1466.115.121.1.8",
            Syntax::Binary => "1.3.6.1.4.1.1466.115.121.1.5",
            Syntax::SubtreeSpecification => "1.3.6.1.4.1.1466.115.121.1.45",
            Syntax::AttributeTypeDescription => "1.3.6.1.4.1.1466.115.121.1.3",
            Syntax::ObjectClassDescription => "1.3.6.1.4.1.1466.115.121.1.37",
            Syntax::MatchingRuleDescription => "1.3.6.1.4.1.1466.115.121.1.30",
            Syntax::LdapSyntaxDescription => "1.3.6.1.4.1.1466.115.121.1.54",
        }
    }

    fn description(self) -> &'static str {
        match self {
            Syntax::DirectoryString => "Directory String",
            Syntax::Ia5String => "IA5 String",
            Syntax::Integer => "INTEGER",
            Syntax::Boolean => "Boolean",
            Syntax::Dn => "DN",
            Syntax::GeneralizedTime => "Generalized Time",
            Syntax::Oid => "OID",
            Syntax::TelephoneNumber => "Telephone Number",
            Syntax::Uuid => "UUID",
            Syntax::Jpeg => "JPEG",
            Syntax::OctetString => "Octet String",
            Syntax::PrintableString => "Printable String",
            Syntax::NumericString => "Numeric String",
            Syntax::PostalAddress => "Postal Address",
            Syntax::FacsimileTelephoneNumber => "Facsimile Telephone Number",
            Syntax::DeliveryMethod => "Delivery Method",
            Syntax::TelexNumber => "Telex Number",
            Syntax::TeletexTerminalIdentifier => "Teletex Terminal Identifier",
            Syntax::BitString => "Bit String",
            Syntax::Certificate => "X.509 Certificate",
            Syntax::Binary => "Binary",
            Syntax::SubtreeSpecification => "SubtreeSpecification",
            Syntax::AttributeTypeDescription => "Attribute Type Description",
            Syntax::ObjectClassDescription => "Object Class Description",
            Syntax::MatchingRuleDescription => "Matching Rule Description",
            Syntax::LdapSyntaxDescription => "LDAP Syntax Description",
        }
    }
}

const DIRECTORY_STRING: &str = "1.3.6.1.4.1.1466.115.121.1.15";
const IA5_STRING: &str = "1.3.6.1.4.1.1466.115.121.1.26";
const INTEGER: &str = "1.3.6.1.4.1.1466.115.121.1.27";
const BOOLEAN: &str = "1.3.6.1.4.1.1466.115.121.1.7";
const DN: &str = "1.3.6.1.4.1.1466.115.121.1.12";
const GENERALIZED_TIME: &str = "1.3.6.1.4.1.1466.115.121.1.24";
const OID: &str = "1.3.6.1.4.1.1466.115.121.1.38";
const TELEPHONE_NUMBER: &str = "1.3.6.1.4.1.1466.115.121.1.50";
const UUID: &str = "1.3.6.1.1.16.1";
const OCTET_STRING: &str = "1.3.6.1.4.1.1466.115.121.1.40";
const NUMERIC_STRING: &str = "1.3.6.1.4.1.1466.115.121.1.36";
const POSTAL_ADDRESS: &str = "1.3.6.1.4.1.1466.115.121.1.41";
const SUBSTRING_ASSERTION: &str = "1.3.6.1.4.1.1466.115.121.1.58";

/// Number, name and syntax of every matching rule that is used (RFC 4517 §4.2, RFC 4530).
const RULES: [(&str, &str, &str); 27] = [
    ("2.5.13.0", "objectIdentifierMatch", OID),
    ("2.5.13.1", "distinguishedNameMatch", DN),
    ("2.5.13.2", "caseIgnoreMatch", DIRECTORY_STRING),
    ("2.5.13.3", "caseIgnoreOrderingMatch", DIRECTORY_STRING),
    ("2.5.13.4", "caseIgnoreSubstringsMatch", SUBSTRING_ASSERTION),
    ("2.5.13.5", "caseExactMatch", DIRECTORY_STRING),
    ("2.5.13.13", "booleanMatch", BOOLEAN),
    ("2.5.13.14", "integerMatch", INTEGER),
    ("2.5.13.15", "integerOrderingMatch", INTEGER),
    ("2.5.13.17", "octetStringMatch", OCTET_STRING),
    ("2.5.13.18", "octetStringOrderingMatch", OCTET_STRING),
    ("2.5.13.20", "telephoneNumberMatch", TELEPHONE_NUMBER),
    ("2.5.13.21", "telephoneNumberSubstringsMatch", SUBSTRING_ASSERTION),
    ("2.5.13.27", "generalizedTimeMatch", GENERALIZED_TIME),
    ("2.5.13.28", "generalizedTimeOrderingMatch", GENERALIZED_TIME),
    ("2.5.13.30", "objectIdentifierFirstComponentMatch", OID),
    ("1.3.6.1.4.1.1466.109.114.1", "caseExactIA5Match", IA5_STRING),
    ("1.3.6.1.4.1.1466.109.114.2", "caseIgnoreIA5Match", IA5_STRING),
    ("1.3.6.1.4.1.1466.109.114.3", "caseIgnoreIA5SubstringsMatch", SUBSTRING_ASSERTION),
    ("2.5.13.8", "numericStringMatch", NUMERIC_STRING),
    ("2.5.13.11", "caseIgnoreListMatch", POSTAL_ADDRESS),
    ("2.5.13.12", "caseIgnoreListSubstringsMatch", SUBSTRING_ASSERTION),
    ("1.2.840.113556.1.4.803", "integerBitAndMatch", INTEGER),
    ("1.2.840.113556.1.4.804", "integerBitOrMatch", INTEGER),
    ("1.2.840.113556.1.4.1941", "inchainMatch", DN),
    ("1.3.6.1.1.16.2", "uuidMatch", UUID),
    ("1.3.6.1.1.16.3", "uuidOrderingMatch", UUID),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_are_written_as_rfc_4512_has_them() {
        for (attribute, line) in [
            (
                Attribute::Uid,
                "( 0.9.2342.19200300.100.1.1 NAME ( 'uid' 'userid' ) EQUALITY caseIgnoreMatch ORDERING caseIgnoreOrderingMatch \
                 SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )",
            ),
            (
                Attribute::EntryUuid,
                "( 1.3.6.1.1.16.4 NAME 'entryUUID' EQUALITY uuidMatch ORDERING uuidOrderingMatch SYNTAX 1.3.6.1.1.16.1 SINGLE-VALUE \
                 NO-USER-MODIFICATION USAGE directoryOperation )",
            ),
            (Attribute::UserPassword, "( 2.5.4.35 NAME 'userPassword' SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 )"),
            (
                Attribute::SupportedControl,
                "( 1.3.6.1.4.1.1466.101.120.13 NAME 'supportedControl' EQUALITY objectIdentifierMatch \
                 SYNTAX 1.3.6.1.4.1.1466.115.121.1.38 NO-USER-MODIFICATION USAGE dSAOperation )",
            ),
        ] {
            assert_eq!(attribute_type(attribute), line);
        }
        for (class, line) in [
            (ObjectClass::Top, "( 2.5.6.0 NAME 'top' ABSTRACT MUST objectClass )"),
            (
                ObjectClass::Person,
                "( 2.5.6.6 NAME 'person' SUP top STRUCTURAL MUST ( sn $ cn ) MAY ( userPassword $ telephoneNumber $ seeAlso $ description ) )",
            ),
            (ObjectClass::DcObject, "( 1.3.6.1.4.1.1466.344 NAME 'dcObject' SUP top AUXILIARY MUST dc )"),
        ] {
            assert_eq!(object_class(class.definition()), line);
        }
    }

    #[test]
    fn all_that_is_used_is_published() {
        let schema = subschema();
        for attribute in Attribute::all() {
            let line = attribute_type(attribute);
            let words: Vec<&str> = line.split(' ').collect();
            for (at, word) in words.iter().enumerate() {
                let listed = match *word {
                    "EQUALITY" | "ORDERING" | "SUBSTR" => &schema.matching_rules,
                    "SYNTAX" => &schema.ldap_syntaxes,
                    _ => continue,
                };
                let used = words[at + 1];
                assert!(listed.iter().any(|line| line.split([' ', '\'']).any(|word| word == used)), "{attribute:?} {used}");
            }
        }
        for line in &schema.matching_rules {
            let syntax = line.split(' ').skip_while(|word| *word != "SYNTAX").nth(1).unwrap();
            assert!(schema.ldap_syntaxes.iter().any(|line| line.split(' ').nth(1) == Some(syntax)), "{line}");
        }
        assert_eq!(schema.attribute_types.len(), Attribute::all().count());
        assert_eq!(schema.object_classes.len(), ObjectClass::all().count());
    }

    #[test]
    fn no_number_is_given_twice() {
        let schema = subschema();
        let lines = [&schema.attribute_types, &schema.object_classes, &schema.ldap_syntaxes, &schema.matching_rules];
        let mut numbers: Vec<&str> = lines.into_iter().flatten().filter_map(|line| line.split(' ').nth(1)).collect();
        let count = numbers.len();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), count);
    }
}
