//! What each attribute of each kind of entry is to a change: stored as it comes, looked after, or nobody's to change.
//! And what adding, deleting and replacing values means (RFC 4511 §4.6).

use crate::directory::{Change, ChangeError, ChangeOperation};
use crate::domain::entry::Value;
use crate::domain::schema::{Attribute, EntryKind, ObjectClass};

/// How a change of an attribute is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Handling {
    /// Its values are stored as they come.
    Plain,
    /// It names the entry: ModifyDN alone changes it.
    Name,
    /// A field of the record, which gives it a meaning.
    Field,
    /// Members of a group or team.
    Members,
    /// A password or secret.
    Password,
    /// It shows a throttled account; taking it away ends that.
    Lock,
    /// It follows from something else; what is sent along is taken as read.
    Follows,
    /// The server computes it.
    Computed,
    /// Entries of this kind do not have it.
    Foreign,
}

/// How a change of `attribute` is done in an entry of `kind`.
pub(super) fn handling(kind: EntryKind, attribute: Attribute) -> Handling {
    use Attribute::*;
    use EntryKind::{Account, Group, Service, Team};
    match (kind, attribute) {
        (_, EntryUuid | EntryDn | MemberOf | CreateTimestamp | ModifyTimestamp | HasSubordinates | SubschemaSubentry) => Handling::Computed,
        (_, StructuralObjectClass | PwdChangedTime) => Handling::Computed,
        (_, ObjectClass) => Handling::Field,
        (Account | Service, Uid) | (Group | Team, Cn) => Handling::Name,
        // Groups publish their name as uid too, since applications ask for it.
        (Group | Team, Uid) => Handling::Follows,
        (Account, ShadowLastChange) => Handling::Follows,
        (Account, UidNumber | GidNumber | DepartmentNumber | BinderyRole | AccountStatus | AccountExpires | PwdReset) => Handling::Field,
        (Service, AccountStatus | BinderyGrant | BinderyLimitedTo) => Handling::Field,
        (Group, GidNumber) | (Team, Owner) => Handling::Field,
        (Account | Service, UserPassword) => Handling::Password,
        (Account | Service, PwdAccountLockedTime) => Handling::Lock,
        (Group | Team, Member | UniqueMember | MemberUid) => Handling::Members,
        (Group, Owner | UserPassword) | (Team, UserPassword) => Handling::Foreign,
        (kind, attribute) if !attribute.is_operational() && kind.allows(attribute) => Handling::Plain,
        _ => Handling::Foreign,
    }
}

/// The attribute type that `description` names.
pub(super) fn resolve(description: &str) -> Result<Attribute, ChangeError> {
    let (name, options) = description.split_once(';').unwrap_or((description, ""));
    if !(options.is_empty() || options.eq_ignore_ascii_case("binary")) {
        return Err(ChangeError::UndefinedType(format!(
            "{description}: values with options such as ;lang-fr are not kept; leave the option out"
        )));
    }
    Attribute::named(name).ok_or_else(|| {
        ChangeError::UndefinedType(format!("{name} is not an attribute type that is served here; cn=subschema lists those that are"))
    })
}

/// Refuses what an entry of `kind` does not have, or what the server alone changes.
pub(super) fn check_handled(kind: EntryKind, attribute: Attribute) -> Result<Handling, ChangeError> {
    let name = attribute.name();
    match handling(kind, attribute) {
        // RFC 4512 §4.4.2 and others: NO-USER-MODIFICATION.
        Handling::Computed => Err(ChangeError::Constraint(format!("{name} is NO-USER-MODIFICATION: the server keeps it; leave it out"))),
        Handling::Foreign => {
            let structural = kind.structural().map_or("top", ObjectClass::name);
            Err(ChangeError::ObjectClassViolation(format!("an entry of the class {structural} has no {name} here; leave it out")))
        }
        handled => Ok(handled),
    }
}

/// The values of `attribute` once `change` has been made to `present` ones (RFC 4511 §4.6).
pub(super) fn apply(attribute: Attribute, mut present: Vec<Value>, change: &Change) -> Result<Vec<Value>, ChangeError> {
    let name = attribute.name();
    let mut normal: Vec<Value> = present.iter().map(|value| attribute.normalise(value)).collect();
    match change.operation {
        ChangeOperation::Add => {
            if change.values.is_empty() {
                return Err(ChangeError::InvalidSyntax(format!("{name}: give the values that are to be added")));
            }
            check_count(attribute, present.len() + change.values.len())?;
            for value in &change.values {
                let added = attribute.normalise(value);
                if normal.contains(&added) {
                    return Err(ChangeError::ValueExists(format!("{name} has the value {} already", shown(value))));
                }
                normal.push(added);
                present.push(value.clone());
            }
        }
        ChangeOperation::Delete if change.values.is_empty() => {
            if present.is_empty() {
                return Err(ChangeError::NoSuchValue(format!("there is no {name} to delete")));
            }
            present.clear();
        }
        ChangeOperation::Delete => {
            for value in &change.values {
                let taken = attribute.normalise(value);
                let found = normal.iter().position(|held| *held == taken);
                let found = found.ok_or_else(|| ChangeError::NoSuchValue(format!("{name} has no value {}", shown(value))))?;
                normal.remove(found);
                present.remove(found);
            }
        }
        ChangeOperation::Replace => {
            check_distinct(attribute, &change.values)?;
            present.clone_from(&change.values);
        }
        ChangeOperation::Increment => {
            return Err(ChangeError::Unwilling(format!("{name}: numbers are not counted up here; replace the value")));
        }
    }
    Ok(present)
}

/// Refuses a value that is there twice, a second value of what has one, and what is not written as its syntax asks.
pub(super) fn check_values(attribute: Attribute, values: &[Value]) -> Result<(), ChangeError> {
    let name = attribute.name();
    if attribute.definition().single && values.len() > 1 {
        return Err(ChangeError::Constraint(format!("{name} has one value at most")));
    }
    check_count(attribute, values.len())?;
    for value in values {
        attribute.validate(value).map_err(|invalid| ChangeError::InvalidSyntax(format!("{name}: {invalid}")))?;
    }
    check_distinct(attribute, values)
}

/// Accepts the classes that an entry of `kind` has, all of them or some; it has all of them in any case.
pub(super) fn check_classes(kind: EntryKind, values: &[Value]) -> Result<(), ChangeError> {
    for value in values {
        let name = String::from_utf8_lossy(value);
        if !ObjectClass::named(&name).is_some_and(|class| kind.is(class)) {
            let served: Vec<&str> = kind.classes().iter().map(|class| class.name()).collect();
            let served = served.join(", ");
            return Err(ChangeError::ObjectClassViolation(format!("{name} is not a class of such an entry here; those are {served}")));
        }
    }
    Ok(())
}

fn check_distinct(attribute: Attribute, values: &[Value]) -> Result<(), ChangeError> {
    match attribute.repeats(values) {
        true => Err(ChangeError::ValueExists(format!("{} is given the same value twice", attribute.name()))),
        false => Ok(()),
    }
}

fn check_count(attribute: Attribute, count: usize) -> Result<(), ChangeError> {
    if count <= MAX_VALUES {
        return Ok(());
    }
    Err(ChangeError::Constraint(format!("{} has {MAX_VALUES} values at most; take some away", attribute.name())))
}

/// A value in a text for a person, cut; bytes that are no text are not shown.
pub(super) fn shown(value: &[u8]) -> String {
    match std::str::from_utf8(value) {
        Ok(text) => format!("{:?}", text.chars().take(SHOWN).collect::<String>()),
        Err(_) => format!("of {} bytes", value.len()),
    }
}

/// Values of one attribute, members apart: each is compared with all the others.
const MAX_VALUES: usize = 256;

/// Characters of a value that a text shows.
const SHOWN: usize = 100;
