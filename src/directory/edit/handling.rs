//! What each attribute of each kind of entry is to a change: stored as it comes, looked after, or nobody's to change.
//! And what adding, removing and replacing values means (RFC 4511 §4.6).

use super::change::Change;
use super::error::{EditError, Wrong};
use crate::domain::entry::Value;
use crate::domain::record::{Violation, shown};
use crate::domain::schema::{Attribute, EntryKind, ObjectClass};

/// How a change of an attribute is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Handling {
    /// The record holds its values, or a field that shows as them.
    Held,
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
        (_, StructuralObjectClass | PwdChangedTime | NsAccountLock | LoginDisabled | UserAccountControl) => Handling::Computed,
        (_, ObjectClass) => Handling::Held,
        // Groups publish their name as uid too, since applications ask for it.
        (Group | Team, Uid) => Handling::Follows,
        (Account, ShadowLastChange) => Handling::Follows,
        (Account, BinderyRole | AccountStatus | AccountExpires | PwdReset) => Handling::Held,
        (Service, AccountStatus | BinderyGrant | BinderyLimitedTo) | (Team, Owner) => Handling::Held,
        (Account | Service, UserPassword) => Handling::Password,
        (Account | Service, PwdAccountLockedTime) => Handling::Lock,
        (Group | Team, Member | UniqueMember | MemberUid) => Handling::Members,
        (Group, Owner | UserPassword) | (Team, UserPassword) => Handling::Foreign,
        // It holds private keys, which are not for whoever may read the entry.
        (Account, UserPkcs12) => Handling::Foreign,
        (kind, attribute) if !attribute.is_operational() && kind.allows(attribute) => Handling::Held,
        _ => Handling::Foreign,
    }
}

/// Refuses what an entry of `kind` does not have, or what the server alone changes.
pub(super) fn check_handled(kind: EntryKind, attribute: Attribute) -> Result<Handling, EditError> {
    let name = attribute.name();
    match handling(kind, attribute) {
        // RFC 4512 §4.4.2 and others: NO-USER-MODIFICATION.
        Handling::Computed => {
            let text = format!("{name} is NO-USER-MODIFICATION: the server keeps it; leave it out");
            Err(EditError::rule(attribute, Violation::Constraint, text))
        }
        Handling::Foreign => {
            let structural = kind.structural().map_or("top", ObjectClass::name);
            let text = format!("an entry of the class {structural} has no {name} here; leave it out");
            Err(EditError::rule(attribute, Violation::ObjectClass, text))
        }
        handled => Ok(handled),
    }
}

/// The values of an attribute once `change` has been made to those that are `present` (RFC 4511 §4.6). `given` are the
/// change's values in canonical form.
pub(super) fn apply(change: &Change, mut present: Vec<Value>, given: Vec<Value>) -> Result<Vec<Value>, EditError> {
    match change {
        Change::Set(attribute, _) => {
            check_distinct(*attribute, &given)?;
            Ok(given)
        }
        Change::Add(attribute, as_given) => {
            if given.is_empty() {
                let text = format!("{}: give the values that are to be added", attribute.name());
                return Err(EditError::rule(*attribute, Violation::Syntax, text));
            }
            check_count(*attribute, present.len() + given.len())?;
            let mut normal: Vec<Value> = present.iter().map(|value| attribute.normalise(value)).collect();
            for (value, as_given) in given.into_iter().zip(as_given) {
                let added = attribute.normalise(&value);
                if normal.contains(&added) {
                    return Err(EditError::fault(*attribute, Wrong::Present(as_given.clone())));
                }
                normal.push(added);
                present.push(value);
            }
            Ok(present)
        }
        Change::Remove(attribute, _) => remove(*attribute, present, &given),
        Change::Discard(attribute, _) => {
            let given: Vec<Value> = given.iter().map(|value| attribute.normalise(value)).collect();
            present.retain(|held| !given.contains(&attribute.normalise(held)));
            Ok(present)
        }
        Change::Password(_) | Change::Rename(_) | Change::Unlock | Change::EndSessions | Change::Delete => Ok(present),
    }
}

fn remove(attribute: Attribute, mut present: Vec<Value>, given: &[Value]) -> Result<Vec<Value>, EditError> {
    let absent = |text| EditError::rule(attribute, Violation::NoSuchValue, text);
    let name = attribute.name();
    if attribute == Attribute::ObjectClass {
        let text = "the classes of an entry follow from where it is, and cannot be taken away";
        return Err(EditError::rule(attribute, Violation::ObjectClass, text));
    }
    if given.is_empty() {
        return if present.is_empty() { Err(absent(format!("there is no {name} to delete"))) } else { Ok(Vec::new()) };
    }
    for value in given {
        let taken = attribute.normalise(value);
        let found = present.iter().position(|held| attribute.normalise(held) == taken);
        present.remove(found.ok_or_else(|| absent(format!("{name} has no value {}", shown(value))))?);
    }
    Ok(present)
}

/// Refuses a value that is there twice, a second value of what has one, and what is not written as its syntax asks.
pub(super) fn check_values(attribute: Attribute, values: &[Value]) -> Result<(), EditError> {
    if attribute.definition().single && values.len() > 1 {
        let text = format!("{} has one value at most", attribute.name());
        return Err(EditError::rule(attribute, Violation::Constraint, text));
    }
    check_count(attribute, values.len())?;
    for value in values {
        attribute.validate(value).map_err(|invalid| EditError::fault(attribute, Wrong::Invalid(invalid)))?;
    }
    check_distinct(attribute, values)
}

/// Accepts the classes that an entry of `kind` has, all of them or some; it has all of them in any case.
pub(super) fn check_classes(kind: EntryKind, values: &[Value]) -> Result<(), EditError> {
    for value in values {
        let name = String::from_utf8_lossy(value);
        if !ObjectClass::named(&name).is_some_and(|class| kind.is(class)) {
            let served: Vec<&str> = kind.classes().iter().map(|class| class.name()).collect();
            let text = format!("{name} is not a class of such an entry here; those are {}", served.join(", "));
            return Err(EditError::rule(Attribute::ObjectClass, Violation::ObjectClass, text));
        }
    }
    Ok(())
}

fn check_distinct(attribute: Attribute, values: &[Value]) -> Result<(), EditError> {
    match attribute.repeats(values) {
        true => Err(EditError::fault(attribute, Wrong::Repeated)),
        false => Ok(()),
    }
}

fn check_count(attribute: Attribute, count: usize) -> Result<(), EditError> {
    match count <= MAX_VALUES {
        true => Ok(()),
        false => Err(EditError::fault(attribute, Wrong::TooMany(MAX_VALUES))),
    }
}

/// Values of one attribute, members apart: each is compared with all the others.
const MAX_VALUES: usize = 256;
