//! Add (RFC 4511 §4.7): by administrators.

use std::sync::Arc;

use uuid::{Builder, Uuid};

use super::attributes::{self, Handling};
use super::draft::Draft;
use super::errors::Refused;
use super::members::{self, Members};
use super::names::{self, refuse, stop};
use super::password::{self, NewPassword};
use super::{Call, Rule, named};
use crate::directory::present::Record;
use crate::directory::subject::subject;
use crate::directory::{Caller, Change, ChangeError, ChangeOperation, Denial, Directory};
use crate::domain::access;
use crate::domain::account::{Account, Role, Status};
use crate::domain::audit::AuditEvent;
use crate::domain::credential::Credential;
use crate::domain::dn::{Dn, Rdn};
use crate::domain::entry::{Attributes, Value};
use crate::domain::group::{Group, GroupKind};
use crate::domain::id::Id;
use crate::domain::schema::{Attribute, EntryKind};
use crate::domain::service::ServiceAccount;
use crate::domain::tree::{Branch, Place, fold};
use crate::secret;
use crate::store::View;
use crate::store::credentials::{self, Effect};
use crate::store::numbers::{self, Series};

/// An entry that is to be added.
struct Request {
    id: Id,
    entry_uuid: Uuid,
    attributes: Vec<(Attribute, Vec<Value>)>,
    password: Option<NewPassword>,
}

impl Directory {
    /// Adds the entry `dn`. Where its members are more than a rule of the store holds, they follow in parts, after all
    /// of them have been looked at.
    ///
    /// # Errors
    /// [`ChangeError`], with a text that says what is wrong.
    pub async fn add(&self, caller: &Caller, dn: &Dn, attributes: Vec<(String, Vec<Value>)>) -> Result<(), ChangeError> {
        let outcome = self.add_entry(caller, dn, attributes).await;
        self.answer(caller, dn, outcome)
    }

    async fn add_entry(&self, caller: &Caller, dn: &Dn, attributes: Vec<(String, Vec<Value>)>) -> Result<(), Refused> {
        let call = self.call(caller, dn)?;
        self.look(|view| check_administers(&call, view)).await?;
        let request = Arc::new(Request::parse(attributes)?);
        let (draft, members) = self.look(|view| request.look(&call, view)).await?;
        let credential = match &request.password {
            Some(given) => Some(self.credential(&call, &draft, given).await?),
            None => None,
        };
        let (target, dn) = named(&call.tree, &draft.record);
        let (first, rest) = members::split(&members, (0, draft.record.owners()));
        let events = vec![AuditEvent::Added { target, dn }];
        self.carry_out(&call, events, move |call, view| request.carry_out(call, view, credential.as_ref(), &first)).await?;
        self.change_members(&call, target, rest).await
    }
}

impl Request {
    fn parse(given: Vec<(String, Vec<Value>)>) -> Result<Request, ChangeError> {
        let mut attributes: Vec<(Attribute, Vec<Value>)> = Vec::new();
        let mut password = None;
        for (description, values) in given {
            let attribute = attributes::resolve(&description)?;
            if values.is_empty() {
                return Err(ChangeError::InvalidSyntax(format!("{description}: has no value; leave it out")));
            }
            match (attribute, attributes.iter_mut().find(|(held, _)| *held == attribute)) {
                (Attribute::UserPassword, _) if password.is_some() => {
                    return Err(ChangeError::Constraint("userPassword has exactly one value, which is not empty".into()));
                }
                (Attribute::UserPassword, _) => password = Some(password::of_add(values)?),
                (_, Some((_, held))) => held.extend(values),
                (_, None) => attributes.push((attribute, values)),
            }
        }
        let entry_uuid = Builder::from_random_bytes(secret::random()).into_uuid();
        Ok(Request { id: Id(secret::random_u64()), entry_uuid, attributes, password })
    }

    /// All of it in a view that only reads, so that what cannot be added is refused before a password is hashed.
    fn look(&self, call: &Call, view: &mut View<'_>) -> Rule<(Draft, Members)> {
        let draft = self.draft(call, view)?;
        draft.store_new(view)?;
        let Record::Group(group) = &draft.record else { return Ok((draft, Members::new())) };
        let additions: Vec<(Attribute, Change)> = self
            .attributes
            .iter()
            .filter(|(attribute, _)| attributes::handling(draft.kind, *attribute) == Handling::Members)
            .map(|(attribute, values)| (*attribute, addition(*attribute, values)))
            .collect();
        let additions: Vec<(Attribute, &Change)> = additions.iter().map(|(attribute, change)| (*attribute, change)).collect();
        let members = members::plan(call, view, group, &additions)?;
        members::apply(view, group, members.iter().map(|(id, joins)| (*id, *joins)))?;
        Ok((draft, members))
    }

    fn carry_out(&self, call: &Call, view: &mut View<'_>, credential: Option<&Credential>, members: &[(Id, bool)]) -> Rule<()> {
        check_administers(call, view)?;
        let draft = self.draft(call, view)?;
        draft.store_new(view)?;
        if let Some(credential) = credential {
            let must_change = matches!(&draft.record, Record::Account(account) if account.must_change);
            credentials::set(view, self.id, credential, Effect { must_change, clear_failures: false })?;
        }
        match &draft.record {
            Record::Group(group) => members::apply(view, group, members.iter().copied()),
            Record::Suffix | Record::Branch(_) | Record::Account(_) | Record::Service(_) => Ok(()),
        }
    }

    /// The entry as it would be, members apart.
    fn draft(&self, call: &Call, view: &mut View<'_>) -> Rule<Draft> {
        let (rdn, branch) = parent_of_new(call)?;
        let name = names::name_in(rdn, branch).map_err(stop)?;
        self.check_name(&name, branch)?;
        let (record, kind) = self.blank(call, view, &name, branch)?;
        let mut draft = Draft::new(record, kind);
        let mut classed = false;
        for (attribute, values) in self.attributes.iter().chain(&from_rdn(rdn, branch, &self.attributes)) {
            classed |= *attribute == Attribute::ObjectClass;
            match attributes::check_handled(kind, *attribute).map_err(stop)? {
                Handling::Plain | Handling::Name | Handling::Field => {
                    let values: Rule<Vec<Value>> =
                        values.iter().map(|value| draft.canonical(call, view, *attribute, value.clone())).collect();
                    let values = values?;
                    attributes::check_values(*attribute, &values).map_err(stop)?;
                    draft.assign(call, view, *attribute, values)?;
                }
                Handling::Lock => {
                    return refuse(ChangeError::Constraint(
                        "pwdAccountLockedTime cannot be set; add accountStatus: disabled to keep somebody out".into(),
                    ));
                }
                Handling::Members | Handling::Password | Handling::Follows | Handling::Computed | Handling::Foreign => {}
            }
        }
        if !classed {
            let class = kind.structural().map_or("top", |class| class.name());
            return refuse(ChangeError::ObjectClassViolation(format!("objectClass is missing; an entry here has objectClass: {class}")));
        }
        draft.check_whole()?;
        Ok(draft)
    }

    /// The attribute that names the entry may be left out; if it is given, the name is among its values.
    fn check_name(&self, name: &str, branch: Branch) -> Rule<()> {
        let naming = match branch {
            Branch::People | Branch::Services => Attribute::Uid,
            Branch::Groups | Branch::Teams => Attribute::Cn,
        };
        let Some((_, values)) = self.attributes.iter().find(|(attribute, _)| *attribute == naming) else { return Ok(()) };
        let same = |value: &Value| std::str::from_utf8(value).is_ok_and(|value| fold(value) == fold(name));
        if values.iter().any(same) {
            return Ok(());
        }
        let given = String::from_utf8_lossy(&values[0]).into_owned();
        let (naming, ou) = (naming.name(), branch.ou());
        refuse(ChangeError::NamingViolation(format!(
            "the name is {name:?}, but {naming} is {given:?}; add the entry as {naming}={given},ou={ou}"
        )))
    }

    fn blank(&self, call: &Call, view: &mut View<'_>, name: &str, branch: Branch) -> Rule<(Record, EntryKind)> {
        let group = |kind, gid_number| Group {
            id: self.id,
            kind,
            entry_uuid: self.entry_uuid,
            cn: name.to_owned(),
            gid_number,
            owners: Vec::new(),
            created_at: call.now,
            modified_at: call.now,
            attributes: Attributes::default(),
        };
        Ok(match branch {
            Branch::People => (Record::Account(self.blank_account(call, view, name)?), EntryKind::Account),
            Branch::Services => (Record::Service(self.blank_service(call, name)), EntryKind::Service),
            Branch::Groups => (Record::Group(group(GroupKind::Group, self.number(call, view, Series::Gid)?)), EntryKind::Group),
            Branch::Teams => (Record::Group(group(GroupKind::Team, self.number(call, view, Series::Gid)?)), EntryKind::Team),
        })
    }

    fn blank_account(&self, call: &Call, view: &mut View<'_>, uid: &str) -> Rule<Account> {
        Ok(Account {
            id: self.id,
            entry_uuid: self.entry_uuid,
            uid: uid.to_owned(),
            role: Role::User,
            status: Status::Active,
            expires_at: None,
            uid_number: self.number(call, view, Series::Uid)?,
            gid_number: call.posix.gid_number,
            created_at: call.now,
            modified_at: call.now,
            password_changed_at: None,
            must_change: false,
            attributes: Attributes::default(),
        })
    }

    fn blank_service(&self, call: &Call, uid: &str) -> ServiceAccount {
        ServiceAccount {
            id: self.id,
            entry_uuid: self.entry_uuid,
            uid: uid.to_owned(),
            status: Status::Active,
            limited_to: None,
            may_reset_passwords: false,
            created_at: call.now,
            modified_at: call.now,
            attributes: Attributes::default(),
        }
    }

    /// The next number of a series; 0 where the request brings one, which takes its place.
    fn number(&self, call: &Call, view: &mut View<'_>, series: Series) -> Rule<u32> {
        let (attribute, range) = match series {
            Series::Uid => (Attribute::UidNumber, call.posix.uid_numbers),
            Series::Gid => (Attribute::GidNumber, call.posix.gid_numbers),
        };
        match self.attributes.iter().any(|(given, _)| *given == attribute) {
            true => Ok(0),
            false => numbers::allot(view, series, range),
        }
    }
}

fn check_administers(call: &Call, view: &mut View<'_>) -> Rule<()> {
    if call.caller.must_change {
        return refuse(ChangeError::MustChange);
    }
    match access::administers(&subject(view, call.caller.actor, call.now)?) {
        true => Ok(()),
        false => Err(Refused::denied(Denial::Entry)),
    }
}

/// The name of a new entry and the branch it goes to.
fn parent_of_new(call: &Call) -> Rule<(&Rdn, Branch)> {
    let taken = || ChangeError::AlreadyExists("the entry is part of the tree and is there already; leave it out".into());
    match (&call.place, call.dn.rdns().first()) {
        (Place::Root | Place::Subschema | Place::Suffix | Place::Branch(_), _) => refuse(taken()),
        (place @ (Place::Account(_) | Place::Service(_) | Place::Group(_) | Place::Team(_)), Some(rdn)) => match names::branch_of(place) {
            Some(branch) => Ok((rdn, branch)),
            None => Err(call.no_such_object()),
        },
        (Place::Nowhere, Some(rdn)) => match call.dn.parent().map(|parent| call.tree.locate(&parent)) {
            // It would be an entry if its RDN were of the right type.
            Some(Place::Branch(branch)) => names::name_in(rdn, branch).map(|_| (rdn, branch)).map_err(stop),
            Some(Place::Suffix) => refuse(ChangeError::NamingViolation(
                "entries live in ou=people, ou=groups, ou=teams and ou=services; there are no others below the suffix".into(),
            )),
            Some(_) | None => Err(call.no_such_object()),
        },
        (_, None) => Err(call.no_such_object()),
    }
}

/// What a multi-valued RDN, or `cn=` in people, says about the entry besides its name, where the attributes do not.
fn from_rdn(rdn: &Rdn, branch: Branch, given: &[(Attribute, Vec<Value>)]) -> Vec<(Attribute, Vec<Value>)> {
    let naming = match branch {
        Branch::People | Branch::Services => Attribute::Uid,
        Branch::Groups | Branch::Teams => Attribute::Cn,
    };
    rdn.atoms()
        .filter_map(|(name, value)| Attribute::named(name).map(|attribute| (attribute, vec![value.as_bytes().to_vec()])))
        .filter(|(attribute, _)| *attribute != naming && !given.iter().any(|(held, _)| held == attribute))
        .filter(|(attribute, _)| !(branch == Branch::Services && *attribute == Attribute::Cn))
        .collect()
}

fn addition(attribute: Attribute, values: &[Value]) -> Change {
    Change { operation: ChangeOperation::Add, attribute: attribute.name().to_owned(), values: values.to_vec() }
}
