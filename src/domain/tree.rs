//! Which name is whose: the shape of the tree below the suffix (people, groups, teams, services), and the canonical
//! names of its entries. Whether an entry exists is not known here.

use super::dn::{Dn, Rdn, escape_value};
use super::group::GroupKind;
pub use super::matching::fold;
use super::matching::folded;
use super::schema::Attribute;

/// The branches below the suffix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Branch {
    /// `ou=people`: accounts.
    People,
    /// `ou=groups`.
    Groups,
    /// `ou=teams`.
    Teams,
    /// `ou=services`: service accounts.
    Services,
}

impl Branch {
    /// All of them, in the order of a dump.
    pub const ALL: [Branch; 4] = [Branch::People, Branch::Groups, Branch::Teams, Branch::Services];

    /// Its `ou`.
    pub fn ou(self) -> &'static str {
        match self {
            Branch::People => "people",
            Branch::Groups => "groups",
            Branch::Teams => "teams",
            Branch::Services => "services",
        }
    }

    fn of_rdn(rdn: &Rdn) -> Option<Branch> {
        // A branch has its ou alone: with another part it is no branch.
        let ou = folded(rdn.value_of(&[Attribute::Ou]).filter(|_| rdn.is_single())?);
        Branch::ALL.into_iter().find(|branch| branch.ou() == ou)
    }

    /// What `rdn` stands for, directly below.
    pub fn place_of(self, rdn: &Rdn) -> TreePlace {
        let Some(naming) = self.naming_types().into_iter().find(|naming| rdn.value_of(&[*naming]).is_some()) else {
            return TreePlace::Nowhere;
        };
        let place = match (rdn.value_of(&[naming]).map(fold).unwrap_or_default(), self) {
            (name, _) if name.is_empty() => return TreePlace::Nowhere,
            (name, Branch::People) => TreePlace::Account(name),
            (name, Branch::Groups) => TreePlace::Group(name),
            (name, Branch::Teams) => TreePlace::Team(name),
            (name, Branch::Services) => TreePlace::Service(name),
        };
        let part = |(attribute, value): (Attribute, &str)| RdnPart { attribute, value: value.to_owned() };
        match rdn.besides(naming).map(|parts| parts.into_iter().map(part).collect::<Vec<_>>()) {
            None => TreePlace::Nowhere,
            Some(parts) if parts.is_empty() => place,
            Some(parts) => TreePlace::Qualified(Box::new(QualifiedPlace { place, parts })),
        }
    }

    /// The types that name an entry here; either is accepted, the first one counts if both are there.
    pub fn naming_types(self) -> [Attribute; 2] {
        match self {
            Branch::People | Branch::Services => [Attribute::Uid, Attribute::Cn],
            Branch::Groups | Branch::Teams => [Attribute::Cn, Attribute::Uid],
        }
    }
}

impl GroupKind {
    /// The branch that its entries are in.
    pub fn branch(self) -> Branch {
        match self {
            GroupKind::Group => Branch::Groups,
            GroupKind::Team => Branch::Teams,
        }
    }
}

/// What a name stands for; names in their folded form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TreePlace {
    /// The root DSE.
    Root,
    /// `cn=subschema`.
    Subschema,
    /// The suffix.
    Suffix,
    /// `ou=people` and the like.
    Branch(Branch),
    /// A person, by uid.
    Account(String),
    /// An application, by uid.
    Service(String),
    /// A group, by cn.
    Group(String),
    /// A team, by cn.
    Team(String),
    /// An entry of which something else has to hold as well.
    Qualified(Box<QualifiedPlace>),
    /// Nothing that could exist.
    Nowhere,
}

/// What a multi-valued RDN stands for: an entry by its name, if the other parts of the RDN hold of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QualifiedPlace {
    /// The entry; not qualified itself.
    pub place: TreePlace,
    /// Each other part; one at least.
    pub parts: Vec<RdnPart>,
}

/// A type and value in an RDN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RdnPart {
    /// The type, a user attribute.
    pub attribute: Attribute,
    /// The value, as it was written.
    pub value: String,
}

impl TreePlace {
    /// The entry that the naming part stands for, whatever the other parts say.
    pub fn by_name(&self) -> &TreePlace {
        match self {
            TreePlace::Qualified(qualified) => &qualified.place,
            place => place,
        }
    }

    /// What has to hold of the entry besides its name.
    pub fn parts(&self) -> &[RdnPart] {
        match self {
            TreePlace::Qualified(qualified) => &qualified.parts,
            _ => &[],
        }
    }
}

/// The tree below one suffix.
#[derive(Clone, Debug)]
pub struct Tree {
    suffix: Dn,
    suffix_dn: String,
    branch_dns: [String; 4],
    subschema: Dn,
}

impl Tree {
    /// The tree below `suffix`.
    pub fn new(suffix: Dn) -> Tree {
        let suffix_dn = suffix.to_string();
        let subschema = Rdn::parse(SUBSCHEMA_DN).map(|rdn| Dn::root().child(rdn)).unwrap_or_default();
        Tree { branch_dns: Branch::ALL.map(|branch| format!("ou={},{suffix_dn}", branch.ou())), suffix_dn, suffix, subschema }
    }

    /// What `dn` stands for. `uid=` and `cn=` both name people, groups, teams and services.
    pub fn locate(&self, dn: &Dn) -> TreePlace {
        if dn.is_root() {
            return TreePlace::Root;
        }
        if *dn == self.subschema {
            return TreePlace::Subschema;
        }
        let Some(below) = self.below(dn) else {
            return TreePlace::Nowhere;
        };
        match below {
            [] => TreePlace::Suffix,
            [branch] => Branch::of_rdn(branch).map_or(TreePlace::Nowhere, TreePlace::Branch),
            [rdn, branch] => Branch::of_rdn(branch).map_or(TreePlace::Nowhere, |branch| branch.place_of(rdn)),
            _ => TreePlace::Nowhere,
        }
    }

    /// The suffix.
    pub fn suffix(&self) -> &Dn {
        &self.suffix
    }

    /// The suffix's canonical name.
    pub fn suffix_dn(&self) -> &str {
        &self.suffix_dn
    }

    /// A branch's canonical name.
    pub fn branch_dn(&self, branch: Branch) -> &str {
        &self.branch_dns[branch as usize]
    }

    /// The canonical name of the account `uid`.
    pub fn account_dn(&self, uid: &str) -> String {
        self.entry_dn("uid", uid, Branch::People)
    }

    /// The canonical name of the service account `uid`.
    pub fn service_dn(&self, uid: &str) -> String {
        self.entry_dn("uid", uid, Branch::Services)
    }

    /// The canonical name of the group or team `cn`.
    pub fn group_dn(&self, kind: GroupKind, cn: &str) -> String {
        match kind {
            GroupKind::Group => self.entry_dn("cn", cn, Branch::Groups),
            GroupKind::Team => self.entry_dn("cn", cn, Branch::Teams),
        }
    }

    /// The deepest of suffix and branches that `dn` is, or is below: `matchedDN` where `dn` itself is not there.
    /// Empty outside the suffix.
    pub fn nearest(&self, dn: &Dn) -> &str {
        match self.below(dn) {
            None => "",
            Some([.., branch]) => Branch::of_rdn(branch).map_or(&self.suffix_dn, |branch| self.branch_dn(branch)),
            Some([]) => &self.suffix_dn,
        }
    }

    /// The parts of `dn` that come before the suffix's.
    fn below<'a>(&self, dn: &'a Dn) -> Option<&'a [Rdn]> {
        dn.is_within(&self.suffix).then(|| &dn.rdns()[..dn.rdns().len() - self.suffix.rdns().len()])
    }

    fn entry_dn(&self, kind: &str, name: &str, branch: Branch) -> String {
        let name = escape_value(name);
        let branch_dn = self.branch_dn(branch);
        let mut dn = String::with_capacity(kind.len() + name.len() + branch_dn.len() + 2);
        for part in [kind, "=", &name, ",", branch_dn] {
            dn.push_str(part);
        }
        dn
    }
}

/// Where the schema is published (RFC 4512 §4.2).
pub const SUBSCHEMA_DN: &str = "cn=subschema";

#[cfg(test)]
mod tests {
    use super::*;

    fn dn(text: &str) -> Dn {
        Dn::parse(text).unwrap()
    }

    fn qualified(place: TreePlace, attribute: Attribute, value: &str) -> TreePlace {
        TreePlace::Qualified(Box::new(QualifiedPlace { place, parts: vec![RdnPart { attribute, value: value.into() }] }))
    }

    #[test]
    fn names_stand_for_places() {
        let tree = Tree::new(dn("dc=example,dc=org"));
        for (name, place) in [
            ("", TreePlace::Root),
            ("CN=Subschema", TreePlace::Subschema),
            ("DC=Example, dc=ORG", TreePlace::Suffix),
            ("ou=People,dc=example,dc=org", TreePlace::Branch(Branch::People)),
            ("ou=teams,dc=example,dc=org", TreePlace::Branch(Branch::Teams)),
            ("uid=LouiseM,ou=people,dc=example,dc=org", TreePlace::Account("louisem".into())),
            ("cn=louisem,ou=people,dc=example,dc=org", TreePlace::Account("louisem".into())),
            ("cn=Louise+uid=louisem,ou=people,dc=example,dc=org", qualified(TreePlace::Account("louisem".into()), Attribute::Cn, "Louise")),
            ("uid=louisem+x=y,ou=people,dc=example,dc=org", TreePlace::Nowhere),
            ("uid=louisem+entryUUID=y,ou=people,dc=example,dc=org", TreePlace::Nowhere),
            ("uid=louisem,ou=people+cn=x,dc=example,dc=org", TreePlace::Nowhere),
            ("ou=people+cn=x,dc=example,dc=org", TreePlace::Nowhere),
            ("uid=Staff,ou=groups,dc=example,dc=org", TreePlace::Group("staff".into())),
            ("cn=a+uid=b,ou=groups,dc=example,dc=org", qualified(TreePlace::Group("a".into()), Attribute::Uid, "b")),
            ("cn=Île  de\\20France,ou=teams,dc=example,dc=org", TreePlace::Team("île de france".into())),
            ("uid=nextcloud,ou=services,dc=example,dc=org", TreePlace::Service("nextcloud".into())),
            ("uid=,ou=people,dc=example,dc=org", TreePlace::Nowhere),
            ("mail=a,ou=people,dc=example,dc=org", TreePlace::Nowhere),
            ("uid=a,uid=b,ou=people,dc=example,dc=org", TreePlace::Nowhere),
            ("uid=a,dc=example,dc=org", TreePlace::Nowhere),
            ("ou=other,dc=example,dc=org", TreePlace::Nowhere),
            ("dc=org", TreePlace::Nowhere),
            ("uid=a,ou=people,dc=example,dc=com", TreePlace::Nowhere),
            ("uid=a,cn=subschema", TreePlace::Nowhere),
        ] {
            assert_eq!(tree.locate(&dn(name)), place, "{name}");
        }
    }

    #[test]
    fn suffixes_may_have_any_depth() {
        for suffix in ["o=acme", "dc=a,dc=b,dc=c,dc=d", "o=Acme\\, Inc.,c=FR"] {
            let tree = Tree::new(dn(suffix));
            assert_eq!(tree.locate(&dn(suffix)), TreePlace::Suffix);
            assert_eq!(tree.locate(&dn(&tree.account_dn("a"))), TreePlace::Account("a".into()));
            assert_eq!(tree.locate(&dn(&tree.service_dn("a,b"))), TreePlace::Service("a,b".into()));
            assert_eq!(tree.locate(&dn(&tree.group_dn(GroupKind::Group, " #a"))), TreePlace::Group("#a".into()));
            assert_eq!(tree.locate(&dn(&tree.group_dn(GroupKind::Team, "É"))), TreePlace::Team("é".into()));
            for branch in Branch::ALL {
                assert_eq!(tree.locate(&dn(tree.branch_dn(branch))), TreePlace::Branch(branch));
            }
        }
    }

    #[test]
    fn the_nearest_entry_is_named() {
        let tree = Tree::new(dn("dc=example,dc=org"));
        for (name, nearest) in [
            ("uid=x,ou=People,dc=example,dc=org", "ou=people,dc=example,dc=org"),
            ("uid=x,uid=y,ou=groups,dc=example,dc=org", "ou=groups,dc=example,dc=org"),
            ("uid=x,ou=other,dc=example,dc=org", "dc=example,dc=org"),
            ("dc=example,dc=org", "dc=example,dc=org"),
            ("dc=org", ""),
            ("dc=com", ""),
            ("", ""),
        ] {
            assert_eq!(tree.nearest(&dn(name)), nearest, "{name}");
        }
    }
}
