//! A new entry: where it may be added, by whom, and what it has before anything is filled in.

use uuid::{Builder, Uuid};

use super::change::{Change, EditTarget};
use super::error::{Denial, EditError, refuse};
use super::{Call, EditRule, names};
use crate::directory::subject::subject;
use crate::directory::target::{FoundEntry, NotFound};
use crate::domain::access::{self, Object, Reads, Subject};
use crate::domain::account::{Account, Role, Status};
use crate::domain::dn::{Dn, Rdn};
use crate::domain::entry::{Attributes, Value};
use crate::domain::group::{Group, GroupKind};
use crate::domain::id::Id;
use crate::domain::record::{Record, Violation};
use crate::domain::schema::Attribute;
use crate::domain::service::ServiceAccount;
use crate::domain::tree::{Branch, TreePlace, fold};
use crate::secret;
use crate::store::numbers::{self, Series};
use crate::store::{Stop, View, groups};

/// What a new entry is known by; drawn outside the rule, which may run again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fresh {
    pub(super) id: Id,
    entry_uuid: Uuid,
}

/// A new entry before its changes are made.
pub(super) struct Blank {
    pub(super) found: FoundEntry,
    /// What its DN says about it besides its name.
    pub(super) by_dn: Vec<Change>,
}

impl Fresh {
    pub(super) fn draw() -> Fresh {
        Fresh { id: Id(secret::random_u64()), entry_uuid: Builder::from_random_bytes(secret::random()).into_uuid() }
    }
}

impl Call {
    /// The new entry `name` of `branch`, for a caller who may add it.
    pub(super) fn blank(&self, view: &mut View<'_>, branch: Branch, name: &str) -> EditRule<Blank> {
        let subject = subject(view, &self.caller, self.now)?;
        let team = match branch {
            Branch::People => self.team_of_new(view)?,
            Branch::Groups | Branch::Teams | Branch::Services => None,
        };
        let adds = match branch {
            Branch::People => access::adds_person(&subject, self.role_of_new(), team, &self.eyes.access),
            Branch::Groups | Branch::Teams | Branch::Services => access::administers(&subject),
        };
        if !adds {
            return refuse(EditError::Denied(Denial::Entry));
        }
        Ok(Blank { found: self.found_blank(view, subject, branch, name, team)?, by_dn: Vec::new() })
    }

    /// The new entry at `dn` (RFC 4511 §4.7), for administrators.
    pub(super) fn blank_at(&self, view: &mut View<'_>, dn: &Dn) -> EditRule<Blank> {
        let subject = subject(view, &self.caller, self.now)?;
        if !access::administers(&subject) {
            return refuse(EditError::Denied(Denial::Entry));
        }
        let (rdn, branch) = self.parent_of_new(dn)?;
        let name = names::name_in(rdn, branch).map_err(Stop::Rule)?;
        self.check_named(&name, branch)?;
        if !self.edit.names(Attribute::ObjectClass) {
            let class = match branch {
                Branch::People => "inetOrgPerson",
                Branch::Services => "account",
                Branch::Groups | Branch::Teams => "groupOfNames",
            };
            let text = format!("objectClass is missing; an entry here has objectClass: {class}");
            return refuse(EditError::rule(Attribute::ObjectClass, Violation::ObjectClass, text));
        }
        let by_dn = self.besides_name(rdn, branch);
        Ok(Blank { found: self.found_blank(view, subject, branch, &name, None)?, by_dn })
    }

    /// A blank in the team that it is to be in: what the caller could change of such an entry is what may be filled in.
    fn found_blank(&self, view: &mut View<'_>, subject: Subject, branch: Branch, name: &str, team: Option<Id>) -> EditRule<FoundEntry> {
        let id = self.fresh.id;
        let (record, object) = match branch {
            Branch::People => {
                let object = Object::Account { id, role: Role::User, team, in_limited_group: false };
                (Record::Account(self.blank_account(view, name)?), object)
            }
            Branch::Services => (Record::Service(self.blank_service(name)), Object::Service { id }),
            Branch::Groups => (self.blank_group(view, GroupKind::Group, name)?, Object::Group { id, member: false }),
            Branch::Teams => (self.blank_group(view, GroupKind::Team, name)?, Object::Team { id, member: false }),
        };
        Ok(FoundEntry { subject, record, object, reads: Reads::Everything })
    }

    fn blank_account(&self, view: &mut View<'_>, uid: &str) -> EditRule<Account> {
        Ok(Account {
            id: self.fresh.id,
            entry_uuid: self.fresh.entry_uuid,
            uid: uid.to_owned(),
            role: Role::User,
            status: Status::Active,
            expires_at: None,
            uid_number: self.number(view, Series::Uid)?,
            gid_number: self.posix.gid_number,
            created_at: self.now,
            modified_at: self.now,
            password_changed_at: None,
            must_change: false,
            attributes: Attributes::default(),
        })
    }

    fn blank_service(&self, uid: &str) -> ServiceAccount {
        ServiceAccount {
            id: self.fresh.id,
            entry_uuid: self.fresh.entry_uuid,
            uid: uid.to_owned(),
            status: Status::Active,
            limited_to: None,
            may_reset_passwords: false,
            created_at: self.now,
            modified_at: self.now,
            attributes: Attributes::default(),
        }
    }

    fn blank_group(&self, view: &mut View<'_>, kind: GroupKind, cn: &str) -> EditRule<Record> {
        Ok(Record::Group(Group {
            id: self.fresh.id,
            kind,
            entry_uuid: self.fresh.entry_uuid,
            cn: cn.to_owned(),
            gid_number: self.number(view, Series::Gid)?,
            owners: Vec::new(),
            created_at: self.now,
            modified_at: self.now,
            attributes: Attributes::default(),
        }))
    }

    /// The next number of a series; 0 where the edit brings one, which takes its place.
    fn number(&self, view: &mut View<'_>, series: Series) -> EditRule<u32> {
        let (attribute, range) = match series {
            Series::Uid => (Attribute::UidNumber, self.posix.uid_numbers),
            Series::Gid => (Attribute::GidNumber, self.posix.gid_numbers),
        };
        match self.edit.names(attribute) {
            true => Ok(0),
            false => numbers::allot(view, series, range),
        }
    }

    /// The first value that the edit gives `attribute`.
    fn given(&self, attribute: Attribute) -> Option<&Value> {
        self.edit.changes.iter().filter(|change| change.attribute() == Some(attribute)).find_map(|change| change.values().first())
    }

    fn role_of_new(&self) -> Role {
        let word = self.given(Attribute::BinderyRole).and_then(|word| std::str::from_utf8(word).ok());
        word.and_then(Role::from_word).unwrap_or(Role::User)
    }

    /// The team that a new person is to be in, if there is such a one.
    fn team_of_new(&self, view: &mut View<'_>) -> EditRule<Option<Id>> {
        let Some(Ok(name)) = self.given(Attribute::DepartmentNumber).map(|name| std::str::from_utf8(name)) else { return Ok(None) };
        Ok(groups::by_name(view, GroupKind::Team, &fold(name))?.map(|team| team.id))
    }

    /// The name of a new entry and the branch it goes to.
    fn parent_of_new<'dn>(&self, dn: &'dn Dn) -> EditRule<(&'dn Rdn, Branch)> {
        let tree = &self.eyes.tree;
        let nowhere = || Stop::Rule(EditError::from(NotFound(tree.nearest(dn).to_owned())));
        let rdn = dn.rdns().first();
        match (tree.locate(dn).by_name(), rdn) {
            (TreePlace::Root | TreePlace::Subschema | TreePlace::Suffix | TreePlace::Branch(_), _) => {
                refuse(EditError::rule(None, Violation::AlreadyExists, "the entry is part of the tree and is there already; leave it out"))
            }
            (TreePlace::Account(_), Some(rdn)) => Ok((rdn, Branch::People)),
            (TreePlace::Service(_), Some(rdn)) => Ok((rdn, Branch::Services)),
            (TreePlace::Group(_), Some(rdn)) => Ok((rdn, Branch::Groups)),
            (TreePlace::Team(_), Some(rdn)) => Ok((rdn, Branch::Teams)),
            (TreePlace::Nowhere, Some(rdn)) => match dn.parent().map(|parent| tree.locate(&parent)) {
                // It would be an entry if its RDN were of the right type.
                Some(TreePlace::Branch(branch)) => {
                    names::name_in(rdn, branch).map_err(Stop::Rule)?;
                    refuse(EditError::rule(names::naming(branch), Violation::NamingViolation, names::naming_example(branch)))
                }
                Some(TreePlace::Suffix) => refuse(EditError::rule(
                    None,
                    Violation::NamingViolation,
                    "entries live in ou=people, ou=groups, ou=teams and ou=services; there are no others below the suffix",
                )),
                Some(_) | None => Err(nowhere()),
            },
            (_, None) | (TreePlace::Qualified(_), _) => Err(nowhere()),
        }
    }

    /// The attribute that names the entry may be left out; if it is given, the name is among its values.
    fn check_named(&self, name: &str, branch: Branch) -> EditRule<()> {
        let naming = names::naming(branch);
        let given = self.edit.changes.iter().find(|change| change.attribute() == Some(naming));
        let Some(values) = given.map(Change::values) else { return Ok(()) };
        let same = |value: &Value| std::str::from_utf8(value).is_ok_and(|value| fold(value) == fold(name));
        match values.first() {
            Some(first) if !values.iter().any(same) => {
                let (given, naming_name, ou) = (String::from_utf8_lossy(first), naming.name(), branch.ou());
                let text = format!("the name is {name:?}, but {naming_name} is {given:?}; add the entry as {naming_name}={given},ou={ou}");
                refuse(EditError::rule(naming, Violation::NamingViolation, text))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// What a multi-valued RDN, or `cn=` in people, says about the entry besides its name, where the attributes do not.
    fn besides_name(&self, rdn: &Rdn, branch: Branch) -> Vec<Change> {
        let naming = names::naming(branch);
        rdn.atoms()
            .filter_map(|(name, value)| Attribute::named(name).map(|attribute| (attribute, value.as_bytes().to_vec())))
            .filter(|(attribute, _)| *attribute != naming && !self.edit.names(*attribute))
            .filter(|(attribute, _)| !(branch == Branch::Services && *attribute == Attribute::Cn))
            .map(|(attribute, value)| Change::Set(attribute, vec![value]))
            .collect()
    }

    /// Whether the entry is a new one.
    pub(super) fn adds(&self) -> bool {
        matches!(self.edit.target, EditTarget::New(..) | EditTarget::NewAt(_))
    }
}
