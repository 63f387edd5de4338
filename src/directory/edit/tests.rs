//! Add, Modify, Delete and ModifyDN as a caller sees them: what is done, what is refused, and with which words.

mod add;
mod entries;
mod members;
mod modify;
mod passwords;
mod races;
mod told;

use std::sync::Arc;

use crate::directory::fixture::{SYSTEM, directory_over};
use crate::directory::{
    AccountError, Actor, Caller, ChangeOperation, Denial, Directory, EditError, EditFault, GroupError, MembershipError, Modification,
    PasswordChange, ServiceError, Target, Wrong,
};
use crate::domain::account::{Account, Role, Status};
use crate::domain::caller::Source;
use crate::domain::dn::Dn;
use crate::domain::entry::Value;
use crate::domain::group::{Group, GroupKind};
use crate::domain::id::Id;
use crate::domain::password_policy::Refusal;
use crate::domain::record::Violation;
use crate::domain::schema::Attribute;
use crate::domain::time::UnixTime;
use crate::secret::Secret;
use crate::store::{Stop, Store, View, accounts, credentials, groups, memberships, services};

const PEOPLE: &str = "ou=people,dc=example,dc=org";
const GROUPS: &str = "ou=groups,dc=example,dc=org";
const TEAMS: &str = "ou=teams,dc=example,dc=org";
const SERVICES: &str = "ou=services,dc=example,dc=org";
const GOOD: &str = "trois girafes bleues dansent";
const BETTER: &str = "quatre ours violets chantent";

async fn directory() -> Directory {
    directory_over(Store::in_memory()).await
}

fn dn(text: &str) -> Dn {
    Dn::parse(text).unwrap()
}

fn entry(dn: &str, attributes: &[(&str, &str)]) -> (Dn, Vec<(String, Vec<Value>)>) {
    (self::dn(dn), attributes.iter().map(|(name, value)| ((*name).to_owned(), vec![value.as_bytes().to_vec()])).collect())
}

async fn add(directory: &Directory, dn: &str, attributes: &[(&str, &str)]) -> Result<(), Told> {
    let (dn, attributes) = entry(dn, attributes);
    directory.add(&SYSTEM, &dn, attributes).await.map_err(Told::from)
}

async fn add_person(directory: &Directory, uid: &str, more: &[(&str, &str)]) {
    let mut attributes = vec![("objectClass", "inetOrgPerson"), ("cn", uid), ("sn", uid)];
    attributes.extend_from_slice(more);
    add(directory, &format!("uid={uid},{PEOPLE}"), &attributes).await.unwrap();
}

fn change(operation: ChangeOperation, attribute: &str, values: &[&str]) -> Modification {
    Modification::new(operation, attribute, values.iter().copied())
}

fn replace(attribute: &str, values: &[&str]) -> Modification {
    change(ChangeOperation::Replace, attribute, values)
}

fn put(attribute: &str, values: &[&str]) -> Modification {
    change(ChangeOperation::Add, attribute, values)
}

fn take(attribute: &str, values: &[&str]) -> Modification {
    change(ChangeOperation::Delete, attribute, values)
}

async fn modify(directory: &Directory, dn: &str, changes: &[Modification]) -> Result<(), Told> {
    directory.modify(&SYSTEM, &self::dn(dn), changes.to_vec()).await.map_err(Told::from)
}

async fn read<T>(directory: &Directory, rule: impl Fn(&mut View<'_>) -> Result<T, Stop<()>>) -> T {
    directory.store.read(rule).await.unwrap()
}

async fn account(directory: &Directory, uid: &str) -> Account {
    read(directory, |view| accounts::by_uid(view, uid)).await.unwrap()
}

async fn group(directory: &Directory, kind: GroupKind, cn: &str) -> Group {
    read(directory, |view| groups::by_name(view, kind, cn)).await.unwrap()
}

async fn members(directory: &Directory, group: &Group) -> Vec<String> {
    let mut logins = read(directory, |view| {
        let ids = memberships::members(view, group.id, Id(0), 999)?;
        ids.into_iter().map(|id| Ok(accounts::load(view, id)?.unwrap().uid)).collect::<Result<Vec<_>, Stop<()>>>()
    })
    .await;
    logins.sort();
    logins
}

async fn caller(directory: &Directory, uid: &str) -> Caller {
    Caller { actor: Actor::Account(account(directory, uid).await.id), ..SYSTEM }
}

fn texts(account: &Account, attribute: Attribute) -> Vec<&str> {
    account.attributes.values(attribute).iter().map(|value| std::str::from_utf8(value).unwrap()).collect()
}

/// A refusal as a client of LDAP is told it: by its first fault.
#[derive(Clone, Debug, PartialEq)]
enum Told {
    NoSuchObject(String),
    Denied(Denial),
    BindFirst,
    MustChange,
    OldPasswordRequired,
    Password(Refusal),
    Account(AccountError),
    Group(GroupError),
    Service(ServiceError),
    Membership(MembershipError),
    Rule(Violation, String),
    Other(EditError),
}

/// The refusals by a rule of LDAP, named after its result codes.
#[allow(non_snake_case)]
mod rules {
    use super::{Told, Violation};

    macro_rules! rules {
        ($($name:ident $violation:ident;)*) => {
            $(pub fn $name(text: String) -> Told {
                Told::Rule(Violation::$violation, text)
            })*
        };
    }

    rules! {
        AlreadyExists AlreadyExists;
        NamingViolation NamingViolation;
        ObjectClassViolation ObjectClass;
        UndefinedType UndefinedType;
        InvalidSyntax Syntax;
        ValueExists ValueExists;
        NoSuchValue NoSuchValue;
        Constraint Constraint;
        NotAllowedOnRdn NotAllowedOnRdn;
        Unwilling Unwilling;
    }
}

impl From<EditError> for Told {
    fn from(error: EditError) -> Told {
        match error {
            EditError::NotFound(matched) => Told::NoSuchObject(matched),
            EditError::Denied(denial) => Told::Denied(denial),
            EditError::BindFirst => Told::BindFirst,
            EditError::MustChange => Told::MustChange,
            EditError::OldPasswordRequired => Told::OldPasswordRequired,
            EditError::Faults(faults) => Told::of(faults.into_iter().next().unwrap()),
            other => Told::Other(other),
        }
    }
}

impl Told {
    fn of(fault: EditFault) -> Told {
        let text = fault.to_string();
        match fault.wrong {
            Wrong::Password(refusal) => Told::Password(refusal),
            Wrong::Account(error) => Told::Account(error),
            Wrong::Group(error) => Told::Group(error),
            Wrong::Service(error) => Told::Service(error),
            Wrong::Membership(error) => Told::Membership(error),
            Wrong::Rule(violation, _) => Told::Rule(violation, text),
            Wrong::Invalid(_) => Told::Rule(Violation::Syntax, text),
            Wrong::Repeated | Wrong::Present(_) => Told::Rule(Violation::ValueExists, text),
            Wrong::BadName(_) => Told::Rule(Violation::NamingViolation, text),
            _ => Told::Rule(Violation::Constraint, text),
        }
    }
}
