//! The attribute types that Bindery serves (RFC 4512 §2.5), in one table; their object classes, what their values may
//! be, and how it is all published are beside it.

mod classes;
mod description;
mod publish;
mod validate;

use std::borrow::Cow;
use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

pub use classes::{ClassDefinition, ClassKind, EntryKind, ObjectClass};
pub use description::AttributeDescription;
pub use publish::{Subschema, subschema};
pub use validate::{InvalidValue, MAX_NAME_BYTES, MAX_VALUE_BYTES};

use super::matching::{self, MatchingRule};

/// One value of an attribute: UTF-8 text for most, raw bytes for a photograph.
pub type Value = Vec<u8>;

/// How values of an attribute type are written (RFC 4517 §3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// UTF-8 text.
    DirectoryString,
    /// ASCII text.
    Ia5String,
    /// A decimal number.
    Integer,
    /// `TRUE` or `FALSE`.
    Boolean,
    /// A distinguished name.
    Dn,
    /// `20261122093000Z`.
    GeneralizedTime,
    /// An object identifier, by number or name.
    Oid,
    /// Digits, blanks and hyphens.
    TelephoneNumber,
    /// `550e8400-e29b-41d4-a716-446655440000` (RFC 4530).
    Uuid,
    /// A JPEG photograph; no equality.
    Jpeg,
    /// Any bytes.
    OctetString,
    /// A part of ASCII that every telex has.
    PrintableString,
    /// Digits and blanks.
    NumericString,
    /// Lines with `$` between them.
    PostalAddress,
    /// A telephone number, with what the machine at its other end can do.
    FacsimileTelephoneNumber,
    /// Ways to send something, the preferred one first; no equality.
    DeliveryMethod,
    /// A telex number; no equality.
    TelexNumber,
    /// The terminal of a teletex service; no equality.
    TeletexTerminalIdentifier,
    /// `'0101'B`; no equality here.
    BitString,
    /// An X.509 certificate (RFC 4523 §2.1); no equality here.
    Certificate,
    /// Any bytes that travel under `;binary` (RFC 2798 §2.8); no equality.
    Binary,
    /// What part of the tree a subentry speaks of (RFC 3672 §2.1).
    SubtreeSpecification,
    /// An attribute type of the published schema (RFC 4512 §4.1.2).
    AttributeTypeDescription,
    /// An object class of the published schema (RFC 4512 §4.1.1).
    ObjectClassDescription,
    /// A matching rule of the published schema (RFC 4512 §4.1.3).
    MatchingRuleDescription,
    /// A syntax of the published schema (RFC 4512 §4.1.5).
    LdapSyntaxDescription,
}

/// Who may set an attribute, and when it is returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Usage {
    /// A user attribute (`*`).
    User,
    /// An operational attribute (`+`).
    Operational,
}

macro_rules! attributes {
    ($($variant:ident $name:literal $aliases:tt $oid:literal $syntax:ident $cardinality:ident $usage:ident;)*) => {
        /// An attribute type that Bindery knows. Stored by position: new ones go at the end of the table.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[allow(missing_docs)] // Each is the attribute type of its name.
        pub enum Attribute { $($variant,)* }

        /// Every attribute type, in the order of the enum.
        static TABLE: &[Definition] = &[$(Definition {
            attribute: Attribute::$variant,
            name: $name,
            binary_name: concat!($name, ";binary"),
            aliases: &$aliases,
            oid: $oid,
            syntax: Syntax::$syntax,
            single: matches!(Cardinality::$cardinality, Cardinality::Single),
            usage: Usage::$usage,
        },)*];
    };
}

/// How many values there may be: a word for the table below, gone once it is compiled.
enum Cardinality {
    Single,
    Many,
}

/// What is known of an attribute type.
#[derive(Debug)]
pub struct Definition {
    /// Which one.
    pub attribute: Attribute,
    /// Its name as it is published.
    pub name: &'static str,
    /// Its name with the option `;binary` (RFC 4522).
    pub binary_name: &'static str,
    /// Other names by which it may be asked for.
    pub aliases: &'static [&'static str],
    /// Its object identifier.
    pub oid: &'static str,
    /// How its values are written.
    pub syntax: Syntax,
    /// Whether it has one value at most.
    pub single: bool,
    /// User or operational.
    pub usage: Usage,
}

// Bindery's own types live below the arc 2.25.<UUID> (ITU-T X.667), which needs no registration.
attributes! {
    ObjectClass "objectClass" [] "2.5.4.0" Oid Many User;
    Uid "uid" ["userid"] "0.9.2342.19200300.100.1.1" DirectoryString Many User;
    Cn "cn" ["commonName"] "2.5.4.3" DirectoryString Many User;
    Sn "sn" ["surname", "lastName"] "2.5.4.4" DirectoryString Many User;
    GivenName "givenName" ["gn", "firstName"] "2.5.4.42" DirectoryString Many User;
    DisplayName "displayName" [] "2.16.840.1.113730.3.1.241" DirectoryString Single User;
    Mail "mail" ["rfc822Mailbox", "email"] "0.9.2342.19200300.100.1.3" Ia5String Many User;
    TelephoneNumber "telephoneNumber" [] "2.5.4.20" TelephoneNumber Many User;
    PreferredLanguage "preferredLanguage" [] "2.16.840.1.113730.3.1.39" DirectoryString Single User;
    JpegPhoto "jpegPhoto" [] "0.9.2342.19200300.100.1.60" Jpeg Many User;
    DepartmentNumber "departmentNumber" [] "2.16.840.1.113730.3.1.2" DirectoryString Many User;
    EmployeeNumber "employeeNumber" [] "2.16.840.1.113730.3.1.3" DirectoryString Single User;
    UidNumber "uidNumber" [] "1.3.6.1.1.1.1.0" Integer Single User;
    GidNumber "gidNumber" [] "1.3.6.1.1.1.1.1" Integer Single User;
    HomeDirectory "homeDirectory" [] "1.3.6.1.1.1.1.3" Ia5String Single User;
    LoginShell "loginShell" ["unixShell"] "1.3.6.1.1.1.1.4" Ia5String Single User;
    Gecos "gecos" [] "1.3.6.1.1.1.1.2" Ia5String Single User;
    ShadowLastChange "shadowLastChange" [] "1.3.6.1.1.1.1.5" Integer Single User;
    SshPublicKey "sshPublicKey" [] "1.3.6.1.4.1.24552.500.1.1.1.13" OctetString Many User;
    Title "title" [] "2.5.4.12" DirectoryString Many User;
    Description "description" [] "2.5.4.13" DirectoryString Many User;
    Initials "initials" [] "2.5.4.43" DirectoryString Many User;
    O "o" ["organizationName"] "2.5.4.10" DirectoryString Many User;
    Ou "ou" ["organizationalUnitName"] "2.5.4.11" DirectoryString Many User;
    L "l" ["localityName"] "2.5.4.7" DirectoryString Many User;
    Street "street" ["streetAddress"] "2.5.4.9" DirectoryString Many User;
    PostalCode "postalCode" [] "2.5.4.17" DirectoryString Many User;
    Mobile "mobile" ["mobileTelephoneNumber"] "0.9.2342.19200300.100.1.41" TelephoneNumber Many User;
    RoomNumber "roomNumber" [] "0.9.2342.19200300.100.1.6" DirectoryString Many User;
    EmployeeType "employeeType" [] "2.16.840.1.113730.3.1.4" DirectoryString Many User;
    LabeledUri "labeledURI" [] "1.3.6.1.4.1.250.1.57" DirectoryString Many User;
    Member "member" [] "2.5.4.31" Dn Many User;
    UniqueMember "uniqueMember" [] "2.5.4.50" Dn Many User;
    MemberUid "memberUid" [] "1.3.6.1.1.1.1.12" Ia5String Many User;
    Owner "owner" [] "2.5.4.32" Dn Many User;
    Dc "dc" ["domainComponent"] "0.9.2342.19200300.100.1.25" Ia5String Single User;
    UserPassword "userPassword" [] "2.5.4.35" OctetString Many User;
    EntryUuid "entryUUID" [] "1.3.6.1.1.16.4" Uuid Single Operational;
    EntryDn "entryDN" [] "1.3.6.1.1.20" Dn Single Operational;
    MemberOf "memberOf" ["isMemberOf"] "1.2.840.113556.1.2.102" Dn Many Operational;
    CreateTimestamp "createTimestamp" [] "2.5.18.1" GeneralizedTime Single Operational;
    ModifyTimestamp "modifyTimestamp" [] "2.5.18.2" GeneralizedTime Single Operational;
    HasSubordinates "hasSubordinates" [] "2.5.18.9" Boolean Single Operational;
    SubschemaSubentry "subschemaSubentry" [] "2.5.18.10" Dn Single Operational;
    StructuralObjectClass "structuralObjectClass" [] "2.5.21.9" Oid Single Operational;
    PwdChangedTime "pwdChangedTime" [] "1.3.6.1.4.1.42.2.27.8.1.16" GeneralizedTime Single Operational;
    PwdReset "pwdReset" [] "1.3.6.1.4.1.42.2.27.8.1.22" Boolean Single Operational;
    PwdAccountLockedTime "pwdAccountLockedTime" [] "1.3.6.1.4.1.42.2.27.8.1.17" GeneralizedTime Single Operational;
    BinderyRole "binderyRole" [] "2.25.219434284537123804498146812475293014129.1.1" DirectoryString Single Operational;
    AccountStatus "accountStatus" [] "2.25.219434284537123804498146812475293014129.1.2" DirectoryString Single Operational;
    AccountExpires "accountExpires" [] "2.25.219434284537123804498146812475293014129.1.3" GeneralizedTime Single Operational;
    BinderyGrant "binderyGrant" [] "2.25.219434284537123804498146812475293014129.1.4" DirectoryString Many Operational;
    BinderyLimitedTo "binderyLimitedTo" [] "2.25.219434284537123804498146812475293014129.1.5" Dn Single Operational;
    NamingContexts "namingContexts" [] "1.3.6.1.4.1.1466.101.120.5" Dn Many Operational;
    SupportedControl "supportedControl" [] "1.3.6.1.4.1.1466.101.120.13" Oid Many Operational;
    SupportedExtension "supportedExtension" [] "1.3.6.1.4.1.1466.101.120.7" Oid Many Operational;
    SupportedFeatures "supportedFeatures" [] "1.3.6.1.4.1.4203.1.3.5" Oid Many Operational;
    SupportedLdapVersion "supportedLDAPVersion" [] "1.3.6.1.4.1.1466.101.120.15" Integer Many Operational;
    SupportedSaslMechanisms "supportedSASLMechanisms" [] "1.3.6.1.4.1.1466.101.120.14" DirectoryString Many Operational;
    VendorName "vendorName" [] "1.3.6.1.1.4" DirectoryString Single Operational;
    VendorVersion "vendorVersion" [] "1.3.6.1.1.5" DirectoryString Single Operational;
    SubtreeSpecification "subtreeSpecification" [] "2.5.18.6" SubtreeSpecification Single Operational;
    AttributeTypes "attributeTypes" [] "2.5.21.5" AttributeTypeDescription Many Operational;
    ObjectClasses "objectClasses" [] "2.5.21.6" ObjectClassDescription Many Operational;
    LdapSyntaxes "ldapSyntaxes" [] "1.3.6.1.4.1.1466.101.120.16" LdapSyntaxDescription Many Operational;
    MatchingRules "matchingRules" [] "2.5.21.4" MatchingRuleDescription Many Operational;
    Manager "manager" [] "0.9.2342.19200300.100.1.10" Dn Many User;
    Secretary "secretary" [] "0.9.2342.19200300.100.1.21" Dn Many User;
    SeeAlso "seeAlso" [] "2.5.4.34" Dn Many User;
    BusinessCategory "businessCategory" [] "2.5.4.15" DirectoryString Many User;
    CarLicense "carLicense" [] "2.16.840.1.113730.3.1.1" DirectoryString Many User;
    HomePhone "homePhone" ["homeTelephoneNumber"] "0.9.2342.19200300.100.1.20" TelephoneNumber Many User;
    HomePostalAddress "homePostalAddress" [] "0.9.2342.19200300.100.1.39" PostalAddress Many User;
    Pager "pager" ["pagerTelephoneNumber"] "0.9.2342.19200300.100.1.42" TelephoneNumber Many User;
    FacsimileTelephoneNumber "facsimileTelephoneNumber" ["fax"] "2.5.4.23" FacsimileTelephoneNumber Many User;
    St "st" ["stateOrProvinceName"] "2.5.4.8" DirectoryString Many User;
    PostalAddress "postalAddress" [] "2.5.4.16" PostalAddress Many User;
    PostOfficeBox "postOfficeBox" [] "2.5.4.18" DirectoryString Many User;
    PhysicalDeliveryOfficeName "physicalDeliveryOfficeName" [] "2.5.4.19" DirectoryString Many User;
    RegisteredAddress "registeredAddress" [] "2.5.4.26" PostalAddress Many User;
    DestinationIndicator "destinationIndicator" [] "2.5.4.27" PrintableString Many User;
    PreferredDeliveryMethod "preferredDeliveryMethod" [] "2.5.4.28" DeliveryMethod Single User;
    TelexNumber "telexNumber" [] "2.5.4.21" TelexNumber Many User;
    TeletexTerminalIdentifier "teletexTerminalIdentifier" [] "2.5.4.22" TeletexTerminalIdentifier Many User;
    InternationalIsdnNumber "internationalISDNNumber" [] "2.5.4.25" NumericString Many User;
    X121Address "x121Address" [] "2.5.4.24" NumericString Many User;
    X500UniqueIdentifier "x500UniqueIdentifier" [] "2.5.4.45" BitString Many User;
    Audio "audio" [] "0.9.2342.19200300.100.1.55" OctetString Many User;
    Photo "photo" [] "0.9.2342.19200300.100.1.7" OctetString Many User;
    UserCertificate "userCertificate" [] "2.5.4.36" Certificate Many User;
    UserSmimeCertificate "userSMIMECertificate" [] "2.16.840.1.113730.3.1.40" Binary Many User;
    UserPkcs12 "userPKCS12" [] "2.16.840.1.113730.3.1.216" Binary Many User;
    ShadowMin "shadowMin" [] "1.3.6.1.1.1.1.6" Integer Single User;
    ShadowMax "shadowMax" [] "1.3.6.1.1.1.1.7" Integer Single User;
    ShadowWarning "shadowWarning" [] "1.3.6.1.1.1.1.8" Integer Single User;
    ShadowInactive "shadowInactive" [] "1.3.6.1.1.1.1.9" Integer Single User;
    ShadowExpire "shadowExpire" [] "1.3.6.1.1.1.1.10" Integer Single User;
    ShadowFlag "shadowFlag" [] "1.3.6.1.1.1.1.11" Integer Single User;
    NsAccountLock "nsAccountLock" [] "2.16.840.1.113730.3.1.610" DirectoryString Single Operational;
    LoginDisabled "loginDisabled" [] "2.16.840.1.113719.1.1.4.1.7" Boolean Single Operational;
    UserAccountControl "userAccountControl" [] "1.2.840.113556.1.4.8" Integer Single Operational;
}

impl Attribute {
    /// What is known of this type.
    pub fn definition(self) -> &'static Definition {
        &TABLE[self as usize]
    }

    /// Its name as it is published.
    pub fn name(self) -> &'static str {
        self.definition().name
    }

    /// Whether `+` returns it, and `*` does not.
    pub fn is_operational(self) -> bool {
        self.definition().usage == Usage::Operational
    }

    /// Every attribute type.
    pub fn all() -> impl Iterator<Item = Attribute> {
        TABLE.iter().map(|row| row.attribute)
    }

    /// How its values are told apart; `None` where they are not (a photograph, a credential).
    pub fn equality(self) -> Option<MatchingRule> {
        match (self, self.definition().syntax) {
            (Attribute::UserPassword, _) => None,
            // Paths are what they are.
            (Attribute::HomeDirectory | Attribute::LoginShell, _) => Some(MatchingRule::CaseExactIa5),
            (_, Syntax::DirectoryString | Syntax::PrintableString) => Some(MatchingRule::CaseIgnore),
            (_, Syntax::PostalAddress) => Some(MatchingRule::CaseIgnoreList),
            (_, Syntax::NumericString) => Some(MatchingRule::NumericString),
            (_, Syntax::Ia5String) => Some(MatchingRule::CaseIgnoreIa5),
            (_, Syntax::Integer) => Some(MatchingRule::Integer),
            (_, Syntax::Boolean) => Some(MatchingRule::Boolean),
            (_, Syntax::Dn) => Some(MatchingRule::DistinguishedName),
            (_, Syntax::GeneralizedTime) => Some(MatchingRule::GeneralizedTime),
            (_, Syntax::Oid) => Some(MatchingRule::ObjectIdentifier),
            // Departs from RFC 4519 §2.10, which has no rule for a number that people look for as for any other.
            (_, Syntax::TelephoneNumber | Syntax::FacsimileTelephoneNumber) => Some(MatchingRule::TelephoneNumber),
            (_, Syntax::Uuid) => Some(MatchingRule::Uuid),
            (_, Syntax::OctetString) => Some(MatchingRule::OctetString),
            (
                _,
                Syntax::Jpeg
                | Syntax::DeliveryMethod
                | Syntax::TelexNumber
                | Syntax::TeletexTerminalIdentifier
                | Syntax::BitString
                | Syntax::Certificate
                | Syntax::Binary
                | Syntax::SubtreeSpecification
                | Syntax::AttributeTypeDescription
                | Syntax::ObjectClassDescription
                | Syntax::MatchingRuleDescription
                | Syntax::LdapSyntaxDescription,
            ) => None,
        }
    }

    /// Whether `>=` and `<=` mean something for its values.
    pub fn is_ordered(self) -> bool {
        self.equality().is_some_and(MatchingRule::is_ordered)
    }

    /// Whether parts of its values can be searched for.
    pub fn has_substrings(self) -> bool {
        self != Attribute::UserPassword
            && matches!(
                self.definition().syntax,
                Syntax::DirectoryString
                    | Syntax::Ia5String
                    | Syntax::PrintableString
                    | Syntax::PostalAddress
                    | Syntax::TelephoneNumber
                    | Syntax::FacsimileTelephoneNumber
            )
    }

    /// Whether its values are people: stored by id, and shown by DN, so that none outlives its person or their name.
    /// They say something about an entry, and give nobody a right.
    pub fn names_people(self) -> bool {
        matches!(self, Attribute::Manager | Attribute::Secretary | Attribute::SeeAlso)
    }

    /// The form of `value` that is the same, byte for byte, for all values that are equal; `value` itself where it is
    /// not one of this type, so that it equals nothing but itself.
    pub fn normalise(self, value: &[u8]) -> Vec<u8> {
        self.normal(value).map_or_else(|| value.to_vec(), Cow::into_owned)
    }

    /// Whether two of `values` are equal.
    pub fn repeats(self, values: &[Value]) -> bool {
        let mut normal: Vec<Value> = values.iter().map(|value| self.normalise(value)).collect();
        normal.sort_unstable();
        normal.windows(2).any(|pair| pair[0] == pair[1])
    }

    /// As [`Attribute::normalise`]; `None` where `value` cannot be asked for: not of this type's syntax, a class that
    /// is not served, or a type whose values are not told apart.
    pub fn normal(self, value: &[u8]) -> Option<Cow<'_, [u8]>> {
        if matches!(self, Attribute::ObjectClass | Attribute::StructuralObjectClass) && matching::known_class(value).is_none() {
            return None;
        }
        self.equality()?.normalise(value)
    }

    /// How two values stand to each other, where the type has an order and both are of it.
    pub fn compare(self, one: &[u8], other: &[u8]) -> Option<Ordering> {
        let rule = self.equality()?;
        rule.compare(one, &rule.normalise(other)?)
    }
}

/// The form of an object identifier that is the same for its name in any case and its number: the published name of
/// what it names, in lower case, or else itself. `None` if it is neither a name nor a number.
pub fn canonical_oid(text: &str) -> Option<String> {
    let text = text.trim_matches(' ');
    let well_formed = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'));
    let name = match (ObjectClass::named(text), Attribute::named(text)) {
        (Some(class), _) => class.name(),
        (None, Some(attribute)) => attribute.name(),
        (None, None) => text,
    };
    well_formed.then(|| name.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_that_is_stored_stays() {
        // The position is what the store holds: a type that moved would rename what is there.
        for (attribute, position) in [
            (Attribute::ObjectClass, 0),
            (Attribute::UserPassword, 36),
            (Attribute::EntryUuid, 37),
            (Attribute::BinderyLimitedTo, 52),
            (Attribute::MatchingRules, 65),
            (Attribute::Manager, 66),
            (Attribute::UserAccountControl, 100),
        ] {
            assert_eq!(attribute as usize, position, "{attribute:?}");
        }
    }

    #[test]
    fn values_are_normalised_by_type() {
        for (attribute, value, normal) in [
            (Attribute::Uid, "LouiseM", Some("louisem")),
            (Attribute::HomeDirectory, "/home/L", Some("/home/L")),
            (Attribute::UidNumber, "010001", Some("10001")),
            (Attribute::UidNumber, "many", None),
            (Attribute::ObjectClass, "2.5.6.6", Some("person")),
            (Attribute::ObjectClass, "INETORGPERSON", Some("inetorgperson")),
            (Attribute::ObjectClass, "sudoRole", None),
            (Attribute::SupportedControl, "1.2.840.113556.1.4.319", Some("1.2.840.113556.1.4.319")),
            (Attribute::MemberOf, "CN=Staff, ou=groups,dc=X", Some("cn=staff,ou=groups,dc=x")),
            (Attribute::TelephoneNumber, "+33 1-2", Some("+3312")),
            (Attribute::JpegPhoto, "x", None),
            (Attribute::UserPassword, "x", None),
        ] {
            assert_eq!(attribute.normal(value.as_bytes()).as_deref(), normal.map(str::as_bytes), "{attribute:?} {value}");
        }
        assert_eq!(Attribute::UidNumber.normalise(b"many"), b"many");
    }

    #[test]
    fn order_is_by_type() {
        assert_eq!(Attribute::UidNumber.compare(b"9", b"10"), Some(Ordering::Less));
        assert_eq!(Attribute::ModifyTimestamp.compare(b"20261122093000Z", b"20261122103000+0100"), Some(Ordering::Equal));
        assert_eq!(Attribute::Member.compare(b"dc=a", b"dc=b"), None);
    }
}
