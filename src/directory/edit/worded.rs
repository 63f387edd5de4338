//! Edits as LDAP words them: attribute descriptions and their values, and what `userPassword` and `pwdAccountLockedTime`
//! mean among them (RFC 4511 §4.6, §4.7, §4.9). What is wrong with the wording is told with the edit's other faults, once
//! the caller's rights were checked.

use super::change::{Change, Edit, EditTarget, PasswordEdit};
use super::error::{EditFault, Wrong};
use super::names::naming_example;
use crate::directory::Target;
use crate::domain::dn::{Dn, Rdn};
use crate::domain::entry::Value;
use crate::domain::modification::{ChangeOperation, Modification, SentAttribute};
use crate::domain::record::Violation;
use crate::domain::schema::Attribute;
use crate::domain::tree::{Tree, TreePlace};
use crate::secret::Secret;

impl Edit {
    /// The edit that an Add asks for. An attribute that is named twice has the values of both.
    pub fn adding(dn: Dn, attributes: Vec<SentAttribute>) -> Edit {
        let mut edit = Edit::of(EditTarget::NewAt(dn), Vec::new());
        for SentAttribute { description, values } in attributes {
            match resolve(&description) {
                Err(fault) => edit.faults.push(fault),
                Ok(attribute) if values.is_empty() => {
                    edit.faults.push(rule(attribute, Violation::Syntax, format!("{description}: has no value; leave it out")));
                }
                Ok(Attribute::UserPassword) => add_password(&mut edit, values),
                Ok(Attribute::PwdAccountLockedTime) => edit.faults.push(rule(
                    Attribute::PwdAccountLockedTime,
                    Violation::Constraint,
                    "pwdAccountLockedTime cannot be set; add accountStatus: disabled to keep somebody out",
                )),
                Ok(attribute) => match edit.changes.iter_mut().find(|change| change.attribute() == Some(attribute)) {
                    Some(Change::Set(_, held)) => held.extend(revealed(values)),
                    _ => edit.changes.push(Change::Set(attribute, revealed(values))),
                },
            }
        }
        edit
    }

    /// The edit that a Modify asks for.
    pub fn modifying(dn: Dn, changes: Vec<Modification>) -> Edit {
        let mut edit = Edit::new(Target::Dn(dn), Vec::new());
        let mut passwords = Vec::new();
        for Modification { operation, attribute: SentAttribute { description, values } } in changes {
            match resolve(&description) {
                Err(fault) => edit.faults.push(fault),
                Ok(Attribute::UserPassword) => passwords.push((operation, values)),
                Ok(attribute) => change(&mut edit, operation, attribute, revealed(values)),
            }
        }
        match password_of_modify(passwords) {
            Ok(password) => edit.changes.extend(password.map(Change::Password)),
            Err(fault) => edit.faults.push(fault),
        }
        edit
    }

    /// The edit that a ModifyDN asks for: another name in the branch where the entry is.
    pub fn renaming(tree: &Tree, dn: Dn, new_rdn: &str, new_superior: Option<&Dn>) -> Edit {
        let branch = dn.parent().map(|parent| tree.locate(&parent));
        let mut edit = Edit::new(Target::Dn(dn), vec![Change::Rename(String::new())]);
        let Some(TreePlace::Branch(branch)) = branch else { return edit };
        let moved = new_superior.is_some_and(|superior| tree.locate(superior) != TreePlace::Branch(branch));
        let rdn = Rdn::parse(new_rdn).map_err(|error| rule(None, Violation::DnSyntax, format!("newrdn: {error}")));
        let named = rdn.map(|rdn| (branch.place_of(&rdn), rdn.value_of(&branch.naming_types()).map(str::to_owned)));
        match named {
            Err(fault) => edit.faults.push(fault),
            Ok(_) if moved => {
                let ou = branch.ou();
                let text = format!("an entry of ou={ou} stays there; leave newSuperior out, or add a new entry elsewhere");
                edit.faults.push(rule(None, Violation::Unwilling, text));
            }
            Ok((TreePlace::Nowhere, _) | (_, None)) => edit.faults.push(rule(None, Violation::NamingViolation, naming_example(branch))),
            Ok((place, Some(name))) => {
                edit.parts_of_name = place.parts().to_vec();
                edit.changes = vec![Change::Rename(name)];
            }
        }
        edit
    }
}

fn change(edit: &mut Edit, operation: ChangeOperation, attribute: Attribute, values: Vec<Value>) {
    let unlocks = operation == ChangeOperation::Delete || operation == ChangeOperation::Replace && values.is_empty();
    if attribute == Attribute::PwdAccountLockedTime {
        edit.changes.push(Change::Unlock);
        if !unlocks {
            edit.faults.push(rule(
                attribute,
                Violation::Constraint,
                "pwdAccountLockedTime can be deleted, which ends the waiting; to keep somebody out, set accountStatus to disabled",
            ));
        }
        return;
    }
    edit.changes.push(match operation {
        ChangeOperation::Add => Change::Add(attribute, values),
        ChangeOperation::Delete => Change::Remove(attribute, values),
        ChangeOperation::Replace => Change::Set(attribute, values),
        // RFC 4525.
        ChangeOperation::Increment => {
            let text = format!("{}: numbers are not counted up here; replace the value", attribute.name());
            return edit.faults.push(rule(attribute, Violation::Unwilling, text));
        }
    });
}

/// The values of what has turned out to be no password.
fn revealed(values: Vec<Secret>) -> Vec<Value> {
    values.into_iter().map(Secret::reveal).collect()
}

/// The attribute type that `description` names.
fn resolve(description: &str) -> Result<Attribute, EditFault> {
    let (name, options) = description.split_once(';').unwrap_or((description, ""));
    if !(options.is_empty() || options.eq_ignore_ascii_case("binary")) {
        let text = format!("{description}: values with options such as ;lang-fr are not kept; leave the option out");
        return Err(rule(None, Violation::UndefinedType, text));
    }
    Attribute::named(name).ok_or_else(|| {
        let text = format!("{name} is not an attribute type that is served here; cn=subschema lists those that are");
        rule(None, Violation::UndefinedType, text)
    })
}

fn add_password(edit: &mut Edit, values: Vec<Secret>) {
    let twice = edit.changes.iter().any(|change| matches!(change, Change::Password(_)));
    match single(values) {
        Ok(_) if twice => edit.faults.push(not_one_password()),
        Ok(new) => edit.changes.push(Change::Password(PasswordEdit::set(new))),
        Err(fault) => edit.faults.push(fault),
    }
}

/// The password that the changes of `userPassword` set, in their order; none: there are no such changes.
fn password_of_modify(changes: Vec<(ChangeOperation, Vec<Secret>)>) -> Result<Option<PasswordEdit>, EditFault> {
    let mut steps = changes.into_iter();
    let (first, second, more) = (steps.next(), steps.next(), steps.next());
    let (Some(first), None) = (first, more) else {
        return if second.is_none() { Ok(None) } else { Err(unclear_password()) };
    };
    Ok(Some(match (first, second) {
        ((ChangeOperation::Replace, values), None) => PasswordEdit::set(single(values)?),
        ((ChangeOperation::Add, values), None) => PasswordEdit { added: true, ..PasswordEdit::set(single(values)?) },
        ((ChangeOperation::Delete, old), Some((ChangeOperation::Add, new))) => {
            let old = if old.is_empty() { None } else { Some(single(old)?) };
            PasswordEdit { old, ..PasswordEdit::set(single(new)?) }
        }
        _ => return Err(unclear_password()),
    }))
}

fn single(mut secrets: Vec<Secret>) -> Result<Secret, EditFault> {
    match (secrets.pop(), secrets.is_empty()) {
        (Some(secret), true) if !secret.is_empty() => Ok(secret),
        (None, _) => Err(rule(
            Attribute::UserPassword,
            Violation::Unwilling,
            "userPassword is replaced, not taken away; set accountStatus to disabled to keep somebody out",
        )),
        (Some(_), _) => Err(not_one_password()),
    }
}

fn not_one_password() -> EditFault {
    rule(Attribute::UserPassword, Violation::Constraint, "userPassword has exactly one value, which is not empty")
}

fn unclear_password() -> EditFault {
    rule(
        Attribute::UserPassword,
        Violation::Unwilling,
        "userPassword is changed by one replace, or by one delete of the old value and one add of the new one",
    )
}

fn rule(attribute: impl Into<Option<Attribute>>, violation: Violation, text: impl Into<String>) -> EditFault {
    EditFault { attribute: attribute.into(), wrong: Wrong::Rule(violation, text.into()) }
}
