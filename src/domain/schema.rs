//! The attribute types and object classes that Bindery serves (RFC 4512 §4), in one table each.

use serde::{Deserialize, Serialize};

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
            aliases: &$aliases,
            oid: $oid,
            syntax: Syntax::$syntax,
            single: matches!(Cardinality::$cardinality, Cardinality::Single),
            usage: Usage::$usage,
        },)*];
    };
}

#[allow(dead_code)]
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

    /// The type that an attribute description (RFC 4512 §2.5) names: by name in any case, alias or number;
    /// options such as `;lang-fr` are taken off. `None` for a type that is not served.
    pub fn named(description: &str) -> Option<Attribute> {
        let name = description.split(';').next().unwrap_or_default();
        TABLE
            .iter()
            .find(|row| {
                row.name.eq_ignore_ascii_case(name) || row.oid == name || row.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name))
            })
            .map(|row| row.attribute)
    }

    /// Every attribute type.
    pub fn all() -> impl Iterator<Item = Attribute> {
        TABLE.iter().map(|row| row.attribute)
    }
}
