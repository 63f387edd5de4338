//! The object classes that Bindery serves (RFC 4512 §2.4), and which of them each kind of entry has.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::Attribute;

/// What an object class is for (RFC 4512 §2.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClassKind {
    /// A base of others.
    Abstract,
    /// What an entry is.
    Structural,
    /// What is added to it.
    Auxiliary,
}

macro_rules! classes {
    ($($variant:ident $name:literal $oid:literal $kind:ident $superior:tt must $must:tt may $may:tt;)*) => {
        /// An object class that Bindery serves.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[allow(missing_docs)] // Each is the class of its name.
        pub enum ObjectClass { $($variant,)* }

        static TABLE: &[ClassDefinition] = &[$(ClassDefinition {
            class: ObjectClass::$variant,
            name: $name,
            oid: $oid,
            kind: ClassKind::$kind,
            superior: superior!($superior),
            must: attributes!($must),
            may: attributes!($may),
        },)*];
    };
}

macro_rules! superior {
    (-) => {
        None
    };
    ($class:ident) => {
        Some(ObjectClass::$class)
    };
}

macro_rules! attributes {
    ([$($attribute:ident)*]) => {
        &[$(Attribute::$attribute,)*]
    };
}

/// What is known of an object class.
#[derive(Debug)]
pub struct ClassDefinition {
    /// Which one.
    pub class: ObjectClass,
    /// Its name as it is published.
    pub name: &'static str,
    /// Its object identifier.
    pub oid: &'static str,
    /// What it is for.
    pub kind: ClassKind,
    /// The class that it extends.
    pub superior: Option<ObjectClass>,
    /// What an entry of it has.
    pub must: &'static [Attribute],
    /// What an entry of it may have: of what the standard lists, what Bindery serves.
    pub may: &'static [Attribute],
}

// RFC 4512 (top, subschema), RFC 3672 (subentry), RFC 4519, RFC 4524 (account), RFC 2798, RFC 2307bis.
classes! {
    Top "top" "2.5.6.0" Abstract - must [ObjectClass] may [];
    Person "person" "2.5.6.6" Structural Top must [Sn Cn] may [UserPassword TelephoneNumber SeeAlso Description];
    OrganizationalPerson "organizationalPerson" "2.5.6.7" Structural Person must []
        may [Title X121Address RegisteredAddress DestinationIndicator PreferredDeliveryMethod TelexNumber
            TeletexTerminalIdentifier TelephoneNumber InternationalIsdnNumber FacsimileTelephoneNumber Street PostOfficeBox
            PostalCode PostalAddress PhysicalDeliveryOfficeName Ou St L];
    InetOrgPerson "inetOrgPerson" "2.16.840.1.113730.3.2.2" Structural OrganizationalPerson must []
        may [Audio BusinessCategory CarLicense DepartmentNumber DisplayName EmployeeNumber EmployeeType GivenName HomePhone
            HomePostalAddress Initials JpegPhoto LabeledUri Mail Manager Mobile O Pager Photo RoomNumber Secretary Uid
            UserCertificate X500UniqueIdentifier PreferredLanguage UserSmimeCertificate UserPkcs12];
    PosixAccount "posixAccount" "1.3.6.1.1.1.2.0" Auxiliary Top must [Cn Uid UidNumber GidNumber HomeDirectory]
        may [UserPassword LoginShell Gecos Description];
    ShadowAccount "shadowAccount" "1.3.6.1.1.1.2.1" Auxiliary Top must [Uid]
        may [UserPassword ShadowLastChange ShadowMin ShadowMax ShadowWarning ShadowInactive ShadowExpire ShadowFlag Description];
    LdapPublicKey "ldapPublicKey" "1.3.6.1.4.1.24552.500.1.1.2.0" Auxiliary Top must [] may [SshPublicKey Uid];
    GroupOfNames "groupOfNames" "2.5.6.9" Structural Top must [Cn] may [Member Description O Ou Owner];
    GroupOfUniqueNames "groupOfUniqueNames" "2.5.6.17" Structural Top must [Cn] may [UniqueMember Description O Ou Owner];
    PosixGroup "posixGroup" "1.3.6.1.1.1.2.2" Auxiliary Top must [GidNumber] may [Cn Uid UserPassword MemberUid Description];
    Account "account" "0.9.2342.19200300.100.4.5" Structural Top must [Uid] may [Description L O Ou];
    SimpleSecurityObject "simpleSecurityObject" "0.9.2342.19200300.100.4.19" Auxiliary Top must [UserPassword] may [];
    DcObject "dcObject" "1.3.6.1.4.1.1466.344" Auxiliary Top must [Dc] may [];
    Organization "organization" "2.5.6.4" Structural Top must [O] may [Description L Street PostalCode TelephoneNumber];
    OrganizationalUnit "organizationalUnit" "2.5.6.5" Structural Top must [Ou] may [Description L Street PostalCode TelephoneNumber];
    Subentry "subentry" "2.5.17.0" Structural Top must [Cn SubtreeSpecification] may [];
    Subschema "subschema" "2.5.20.1" Auxiliary Top must [] may [AttributeTypes ObjectClasses LdapSyntaxes MatchingRules];
}

impl ObjectClass {
    /// What is known of this class.
    pub fn definition(self) -> &'static ClassDefinition {
        &TABLE[self as usize]
    }

    /// Its name as it is published.
    pub fn name(self) -> &'static str {
        self.definition().name
    }

    /// The class that is called `name`, in any case or by number; `None` for one that is not served.
    pub fn named(name: &str) -> Option<ObjectClass> {
        TABLE.iter().find(|row| row.name.eq_ignore_ascii_case(name) || row.oid == name).map(|row| row.class)
    }

    /// Every class.
    pub fn all() -> impl Iterator<Item = ObjectClass> {
        TABLE.iter().map(|row| row.class)
    }
}

/// The kinds of entry there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EntryKind {
    /// The root DSE.
    Root,
    /// `cn=subschema`.
    Subschema,
    /// The suffix.
    Suffix,
    /// `ou=people` and the like.
    Branch,
    /// A person.
    Account,
    /// A group.
    Group,
    /// A team.
    Team,
    /// An application.
    Service,
}

impl EntryKind {
    /// Every kind.
    pub const ALL: [EntryKind; 8] = [
        EntryKind::Root,
        EntryKind::Subschema,
        EntryKind::Suffix,
        EntryKind::Branch,
        EntryKind::Account,
        EntryKind::Group,
        EntryKind::Team,
        EntryKind::Service,
    ];

    /// Its object classes, in the order in which they are shown.
    pub fn classes(self) -> &'static [ObjectClass] {
        use ObjectClass::*;
        match self {
            EntryKind::Root => &[Top],
            EntryKind::Subschema => &[Top, Subentry, Subschema],
            EntryKind::Suffix => &[Top, DcObject, Organization],
            EntryKind::Branch => &[Top, OrganizationalUnit],
            EntryKind::Account => &[Top, Person, OrganizationalPerson, InetOrgPerson, PosixAccount, ShadowAccount, LdapPublicKey],
            EntryKind::Group => &[Top, GroupOfNames, GroupOfUniqueNames, PosixGroup],
            EntryKind::Team => &[Top, GroupOfNames, GroupOfUniqueNames],
            EntryKind::Service => &[Top, ObjectClass::Account, SimpleSecurityObject],
        }
    }

    /// Its `structuralObjectClass` (RFC 4512 §2.4.2); none for the root DSE.
    pub fn structural(self) -> Option<ObjectClass> {
        match self {
            EntryKind::Root => None,
            EntryKind::Subschema => Some(ObjectClass::Subentry),
            EntryKind::Suffix => Some(ObjectClass::Organization),
            EntryKind::Branch => Some(ObjectClass::OrganizationalUnit),
            EntryKind::Account => Some(ObjectClass::InetOrgPerson),
            EntryKind::Group | EntryKind::Team => Some(ObjectClass::GroupOfNames),
            EntryKind::Service => Some(ObjectClass::Account),
        }
    }

    /// Whether one of its classes is `class`.
    pub fn is(self, class: ObjectClass) -> bool {
        self.classes().contains(&class)
    }

    /// What an entry of this kind has. A credential is not counted: it is nowhere an attribute.
    pub fn required(self) -> impl Iterator<Item = Attribute> {
        self.classes().iter().flat_map(|class| class.definition().must).copied().filter(|attribute| *attribute != Attribute::UserPassword)
    }

    /// Whether an entry of this kind may have `attribute`, as a user attribute; operational ones are the server's.
    pub fn allows(self, attribute: Attribute) -> bool {
        ALLOWED[self as usize][attribute as usize]
    }
}

/// What each kind of entry may have: asked for every attribute of every entry that a search shows.
static ALLOWED: LazyLock<[Vec<bool>; EntryKind::ALL.len()]> = LazyLock::new(|| {
    EntryKind::ALL.map(|kind| {
        let lists = kind.classes().iter().map(|class| class.definition()).flat_map(|class| [class.must, class.may]);
        let allowed: HashSet<Attribute> = lists.flatten().copied().collect();
        Attribute::all().map(|attribute| allowed.contains(&attribute)).collect()
    })
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_found_by_name_and_number() {
        for class in ObjectClass::all() {
            assert_eq!(class.definition().class, class);
            assert_eq!(ObjectClass::named(&class.name().to_uppercase()), Some(class));
            assert_eq!(ObjectClass::named(class.definition().oid), Some(class));
        }
        for name in ["", "sudoRole", "2.5.6"] {
            assert_eq!(ObjectClass::named(name), None);
        }
    }

    #[test]
    fn every_entry_is_one_structural_class_with_what_that_extends() {
        for kind in EntryKind::ALL {
            assert_eq!(EntryKind::ALL[kind as usize], kind);
            assert_eq!(kind.classes()[0], ObjectClass::Top);
            for class in kind.classes() {
                assert!(class.definition().superior.is_none_or(|superior| kind.is(superior)), "{kind:?} {class:?}");
            }
            assert!(kind.structural().is_none_or(|class| kind.is(class) && class.definition().kind == ClassKind::Structural));
        }
    }

    #[test]
    fn entries_have_what_their_classes_allow() {
        for (kind, attribute, allowed) in [
            (EntryKind::Account, Attribute::Mail, true),
            (EntryKind::Account, Attribute::SshPublicKey, true),
            (EntryKind::Account, Attribute::Member, false),
            (EntryKind::Account, Attribute::Manager, true),
            (EntryKind::Account, Attribute::ShadowFlag, true),
            (EntryKind::Group, Attribute::Manager, false),
            (EntryKind::Group, Attribute::MemberUid, true),
            (EntryKind::Team, Attribute::Owner, true),
            (EntryKind::Team, Attribute::GidNumber, false),
            (EntryKind::Service, Attribute::Description, true),
            (EntryKind::Service, Attribute::Mail, false),
        ] {
            assert_eq!(kind.allows(attribute), allowed, "{kind:?} {attribute:?}");
        }
        assert!(EntryKind::Account.required().any(|attribute| attribute == Attribute::Sn));
    }

    #[test]
    fn every_user_attribute_has_a_class() {
        for attribute in Attribute::all().filter(|attribute| !attribute.is_operational()) {
            assert!(EntryKind::ALL.into_iter().any(|kind| kind.allows(attribute)), "{attribute:?}");
        }
    }
}
