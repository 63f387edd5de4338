//! An entry while it is being changed: its attributes as values, and what they mean to the record behind them.
//! Nothing of it is stored before [`Draft::store`].

use super::attributes::{self, shown};
use super::names::{self, refuse, stop, text};
use super::{Call, Rule};
use crate::directory::ChangeError;
use crate::directory::present::Record;
use crate::domain::access::{self, Subject};
use crate::domain::account::{Account, Role, Status};
use crate::domain::entry::{Attributes, Value};
use crate::domain::group::{Group, GroupKind};
use crate::domain::schema::{Attribute, EntryKind};
use crate::domain::service::ServiceAccount;
use crate::domain::time::UnixTime;
use crate::domain::tree::fold;
use crate::store::{View, accounts, failures, groups, memberships, services};

/// An entry that is being changed.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) record: Record,
    pub(super) kind: EntryKind,
    /// The team that the account is to be in; none: it stays as it is.
    team: Option<Option<Group>>,
    /// It is to be throttled no more.
    pub(super) unlocked: bool,
}

impl Draft {
    pub(super) fn new(record: Record, kind: EntryKind) -> Draft {
        Draft { record, kind, team: None, unlocked: false }
    }

    /// The present values of `attribute`.
    pub(super) fn values(&self, call: &Call, view: &mut View<'_>, attribute: Attribute) -> Rule<Vec<Value>> {
        if attribute == Attribute::ObjectClass {
            return Ok(self.kind.classes().iter().map(|class| class.name().into()).collect());
        }
        match &self.record {
            Record::Suffix | Record::Branch(_) => Ok(Vec::new()),
            Record::Account(account) => self.of_account(view, account, attribute),
            Record::Service(service) => of_service(call, view, service, attribute),
            Record::Group(group) => of_group(call, view, group, attribute),
        }
    }

    fn of_account(&self, view: &mut View<'_>, account: &Account, attribute: Attribute) -> Rule<Vec<Value>> {
        let value = match attribute {
            Attribute::Uid => Some(account.uid.clone()),
            Attribute::UidNumber => Some(account.uid_number.to_string()),
            Attribute::GidNumber => Some(account.gid_number.to_string()),
            Attribute::BinderyRole => Some(account.role.word().to_owned()),
            Attribute::AccountStatus => Some(status_word(account.status).to_owned()),
            Attribute::AccountExpires => account.expires_at.map(UnixTime::generalized),
            Attribute::PwdReset => account.must_change.then(|| "TRUE".to_owned()),
            Attribute::DepartmentNumber => match &self.team {
                Some(team) => team.as_ref().map(|team| team.cn.clone()),
                None => memberships::team_of(view, account.id)?.map(|team| team.cn),
            },
            _ => return Ok(account.attributes.values(attribute).to_vec()),
        };
        Ok(value.into_iter().map(String::into_bytes).collect())
    }

    /// `value` in the form in which [`Draft::values`] has it, where it names something.
    pub(super) fn canonical(&self, call: &Call, view: &mut View<'_>, attribute: Attribute, value: Value) -> Rule<Value> {
        Ok(match attribute {
            Attribute::DepartmentNumber => names::group(call, view, GroupKind::Team, (attribute, &value))?.cn.into_bytes(),
            Attribute::Owner => call.tree.account_dn(&names::account(call, view, attribute, &value)?.uid).into_bytes(),
            Attribute::BinderyLimitedTo => {
                let group = names::group(call, view, GroupKind::Group, (attribute, &value))?;
                call.tree.group_dn(GroupKind::Group, &group.cn).into_bytes()
            }
            Attribute::BinderyRole | Attribute::AccountStatus | Attribute::BinderyGrant => value.to_ascii_lowercase(),
            _ => value,
        })
    }

    /// Gives `attribute` these values, which are in canonical form, well written and distinct.
    pub(super) fn assign(&mut self, call: &Call, view: &mut View<'_>, attribute: Attribute, values: Vec<Value>) -> Rule<()> {
        if attribute == Attribute::ObjectClass {
            return attributes::check_classes(self.kind, &values).map_err(stop);
        }
        match &mut self.record {
            Record::Suffix | Record::Branch(_) => Ok(()),
            Record::Account(_) if attribute == Attribute::DepartmentNumber => {
                self.team = Some(match values.as_slice() {
                    [] => None,
                    [team] => Some(names::group(call, view, GroupKind::Team, (attribute, team))?),
                    _ => return refuse(ChangeError::Constraint("departmentNumber is the name of one team; nobody is in two".into())),
                });
                Ok(())
            }
            Record::Account(account) => assign_account(account, attribute, values),
            Record::Service(service) => assign_service(call, view, service, (attribute, values)),
            Record::Group(group) => assign_group(call, view, group, (attribute, values)),
        }
    }

    /// Whether `subject` may give the account the team that it is to have: a manager moves people among their own
    /// teams.
    pub(super) fn team_is_within_reach(&self, subject: &Subject) -> bool {
        match &self.team {
            None => true,
            Some(Some(team)) => access::moves_into(subject, team.id),
            Some(None) => access::administers(subject),
        }
    }

    /// Refuses an entry that lacks what it needs, or is larger than a record may be.
    pub(super) fn check_whole(&self) -> Rule<()> {
        let attributes = self.attributes();
        if let (EntryKind::Account, Some(attributes)) = (self.kind, attributes) {
            let missing = [Attribute::Cn, Attribute::Sn].into_iter().filter(|needed| attributes.values(*needed).is_empty());
            let missing: Vec<&str> = missing.map(Attribute::name).collect();
            if !missing.is_empty() {
                let missing = missing.join(" and ");
                return refuse(ChangeError::ObjectClassViolation(format!("inetOrgPerson needs {missing}; give {missing} a value")));
            }
        }
        let bytes = attributes.map_or(0, Attributes::bytes);
        if bytes > MAX_ENTRY {
            return refuse(ChangeError::Constraint(format!(
                "the values of the entry have {bytes} bytes together, and {MAX_ENTRY} is the most; use a smaller photograph, or fewer values"
            )));
        }
        Ok(())
    }

    /// Puts a changed entry in place of the one that is stored.
    pub(super) fn store(mut self, call: &Call, view: &mut View<'_>) -> Rule<()> {
        match &mut self.record {
            Record::Suffix | Record::Branch(_) => Ok(()),
            Record::Account(account) => {
                account.modified_at = call.now;
                let old = accounts::load(view, account.id)?;
                accounts::replace(view, account)?;
                if let Some(old) = old {
                    call.watch.replaced(view, &old, account)?;
                }
                if let Some(team) = &self.team {
                    memberships::move_to_team(view, account.id, team.as_ref())?;
                }
                if self.unlocked {
                    failures::clear(view, account.id)?;
                }
                Ok(())
            }
            Record::Service(service) => {
                service.modified_at = call.now;
                services::replace(view, service)?;
                if self.unlocked {
                    failures::clear(view, service.id)?;
                }
                Ok(())
            }
            Record::Group(group) => {
                group.modified_at = call.now;
                groups::replace(view, group)
            }
        }
    }

    /// Stores a new entry.
    pub(super) fn store_new(&self, view: &mut View<'_>) -> Rule<()> {
        match &self.record {
            Record::Suffix | Record::Branch(_) => Ok(()),
            Record::Account(account) => {
                accounts::add(view, account)?;
                match &self.team {
                    Some(Some(team)) => memberships::add(view, team, account.id),
                    Some(None) | None => Ok(()),
                }
            }
            Record::Service(service) => services::add(view, service),
            Record::Group(group) => groups::add(view, group),
        }
    }

    pub(super) fn attributes(&self) -> Option<&Attributes> {
        match &self.record {
            Record::Suffix | Record::Branch(_) => None,
            Record::Account(account) => Some(&account.attributes),
            Record::Service(service) => Some(&service.attributes),
            Record::Group(group) => Some(&group.attributes),
        }
    }
}

fn of_service(call: &Call, view: &mut View<'_>, service: &ServiceAccount, attribute: Attribute) -> Rule<Vec<Value>> {
    let value = match attribute {
        Attribute::Uid => Some(service.uid.clone()),
        Attribute::AccountStatus => Some(status_word(service.status).to_owned()),
        Attribute::BinderyGrant => service.may_reset_passwords.then(|| PASSWORD_RESET.to_owned()),
        Attribute::BinderyLimitedTo => match service.limited_to {
            Some(group) => groups::load(view, group)?.map(|group| call.tree.group_dn(group.kind, &group.cn)),
            None => None,
        },
        _ => return Ok(service.attributes.values(attribute).to_vec()),
    };
    Ok(value.into_iter().map(String::into_bytes).collect())
}

fn of_group(call: &Call, view: &mut View<'_>, group: &Group, attribute: Attribute) -> Rule<Vec<Value>> {
    match attribute {
        Attribute::Cn => Ok(vec![group.cn.clone().into_bytes()]),
        Attribute::GidNumber => Ok(vec![group.gid_number.to_string().into_bytes()]),
        Attribute::Owner => {
            let mut owners = Vec::new();
            for owner in &group.owners {
                owners.extend(accounts::load(view, *owner)?.map(|account| call.tree.account_dn(&account.uid).into_bytes()));
            }
            Ok(owners)
        }
        _ => Ok(group.attributes.values(attribute).to_vec()),
    }
}

fn assign_account(account: &mut Account, attribute: Attribute, values: Vec<Value>) -> Rule<()> {
    match attribute {
        Attribute::Uid => account.uid = same_name(attribute, &account.uid, &values)?,
        Attribute::UidNumber => account.uid_number = number(attribute, &values)?,
        Attribute::GidNumber => account.gid_number = number(attribute, &values)?,
        Attribute::AccountStatus => account.status = status(&values)?,
        Attribute::BinderyRole => account.role = role(&values)?,
        Attribute::AccountExpires => account.expires_at = time(attribute, &values)?,
        Attribute::PwdReset => account.must_change = values.first().is_some_and(|value| value == b"TRUE"),
        _ => account.attributes.set(attribute, values),
    }
    Ok(())
}

fn assign_service(call: &Call, view: &mut View<'_>, service: &mut ServiceAccount, given: (Attribute, Vec<Value>)) -> Rule<()> {
    let (attribute, values) = given;
    match attribute {
        Attribute::Uid => service.uid = same_name(attribute, &service.uid, &values)?,
        Attribute::AccountStatus => service.status = status(&values)?,
        Attribute::BinderyGrant => service.may_reset_passwords = grants(&values)?,
        Attribute::BinderyLimitedTo => {
            service.limited_to = match values.first() {
                Some(value) => Some(names::group(call, view, GroupKind::Group, (attribute, value))?.id),
                None => None,
            }
        }
        _ => service.attributes.set(attribute, values),
    }
    Ok(())
}

fn assign_group(call: &Call, view: &mut View<'_>, group: &mut Group, given: (Attribute, Vec<Value>)) -> Rule<()> {
    let (attribute, values) = given;
    match attribute {
        Attribute::Cn => group.cn = same_name(attribute, &group.cn, &values)?,
        Attribute::GidNumber => group.gid_number = number(attribute, &values)?,
        Attribute::Owner => {
            let owners: Rule<Vec<_>> =
                values.iter().map(|value| names::account(call, view, attribute, value).map(|owner| owner.id)).collect();
            group.owners = owners?;
        }
        _ => group.attributes.set(attribute, values),
    }
    Ok(())
}

/// The name in the RDN as it is to be spelt: another name is ModifyDN's to give (RFC 4511 §4.6).
fn same_name(attribute: Attribute, name: &str, values: &[Value]) -> Rule<String> {
    let type_name = attribute.name();
    match values {
        [value] if fold(text(attribute, value)?) == fold(name) => Ok(text(attribute, value)?.to_owned()),
        values if values.iter().any(|value| std::str::from_utf8(value).is_ok_and(|value| fold(value) == fold(name))) => {
            refuse(ChangeError::Constraint(format!("{type_name} has one value here, the one in the entry's name")))
        }
        _ => refuse(ChangeError::NotAllowedOnRdn(format!(
            "{type_name} is the entry's name; rename the entry (ModifyDN, ldapmodrdn) to change it"
        ))),
    }
}

fn number(attribute: Attribute, values: &[Value]) -> Rule<u32> {
    let name = attribute.name();
    let Some(value) = values.first() else {
        return refuse(ChangeError::ObjectClassViolation(format!("{name} cannot be taken away; replace it with another number")));
    };
    match text(attribute, value)?.parse() {
        // 0 is root on every machine that believes this directory.
        Ok(number) if number > 0 => Ok(number),
        _ => refuse(ChangeError::Constraint(format!("{name} is a number from 1 to {}, not {}", u32::MAX, shown(value)))),
    }
}

fn role(values: &[Value]) -> Rule<Role> {
    let word = values.first().map(|value| text(Attribute::BinderyRole, value)).transpose()?;
    let role = word.map_or(Some(Role::User), Role::from_word);
    role.ok_or_else(|| stop(ChangeError::InvalidSyntax("binderyRole is user, manager or administrator".into())))
}

fn status(values: &[Value]) -> Rule<Status> {
    match values.first().map(Vec::as_slice) {
        None | Some(b"active") => Ok(Status::Active),
        Some(b"disabled") => Ok(Status::Disabled),
        Some(b"expired") => {
            refuse(ChangeError::Constraint("accountStatus is expired by itself once accountExpires has passed; set that".into()))
        }
        Some(_) => refuse(ChangeError::InvalidSyntax("accountStatus is active or disabled".into())),
    }
}

fn time(attribute: Attribute, values: &[Value]) -> Rule<Option<UnixTime>> {
    let Some(value) = values.first() else { return Ok(None) };
    let time = UnixTime::from_generalized(text(attribute, value)?);
    let name = attribute.name();
    time.map(Some).ok_or_else(|| stop(ChangeError::InvalidSyntax(format!("{name} is a time after 1970 such as 20261122093000Z"))))
}

fn grants(values: &[Value]) -> Rule<bool> {
    match values.iter().all(|value| value == PASSWORD_RESET.as_bytes()) {
        true => Ok(!values.is_empty()),
        false => refuse(ChangeError::InvalidSyntax(format!("binderyGrant is {PASSWORD_RESET}, or nothing"))),
    }
}

fn status_word(status: Status) -> &'static str {
    match status {
        Status::Active => "active",
        Status::Disabled => "disabled",
    }
}

/// The one thing that a service account may be granted.
const PASSWORD_RESET: &str = "password-reset";

/// Bytes of all values of an entry; a stored record has 64 KiB.
pub(in crate::directory) const MAX_ENTRY: usize = 60 * 1024;
