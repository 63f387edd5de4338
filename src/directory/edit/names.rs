//! What a login and a group's name may look like, and how values name entries.

use super::EditRule;
use super::error::{EditError, Wrong, refuse};
use crate::domain::account::Account;
use crate::domain::dn::{Dn, Rdn};
use crate::domain::group::{Group, GroupKind};
use crate::domain::login;
use crate::domain::record::{Record, Violation};
use crate::domain::schema::Attribute;
use crate::domain::tree::{Branch, RdnPart, Tree, TreePlace, fold};
use crate::domain::writing::misleads;
use crate::store::{Stop, View, accounts, groups};

/// The attribute that names the entries of `branch`.
pub(super) fn naming(branch: Branch) -> Attribute {
    match branch {
        Branch::People | Branch::Services => Attribute::Uid,
        Branch::Groups | Branch::Teams => Attribute::Cn,
    }
}

/// How entries of `branch` are named, for a text.
pub(super) fn naming_example(branch: Branch) -> String {
    let example = match branch {
        Branch::People => "uid=louisem,ou=people",
        Branch::Services => "uid=nextcloud,ou=services",
        Branch::Groups => "cn=staff,ou=groups",
        Branch::Teams => "cn=sales,ou=teams",
    };
    format!("entries of ou={} are named like {example}", branch.ou())
}

/// The name that `rdn` gives an entry of `branch`, as it was written.
pub(super) fn name_in(rdn: &Rdn, branch: Branch) -> Result<String, EditError> {
    let name = rdn
        .value_of(&branch.naming_types())
        .ok_or_else(|| EditError::rule(naming(branch), Violation::NamingViolation, naming_example(branch)))?;
    check_name(name, branch)?;
    Ok(name.to_owned())
}

/// Checks the bounds of a name: what home directories, passwd files and log lines bear.
pub(super) fn check_name(name: &str, branch: Branch) -> Result<(), EditError> {
    let (longest, blanks) = match branch {
        Branch::People | Branch::Services => (MAX_LOGIN, false),
        Branch::Groups | Branch::Teams => (MAX_GROUP_NAME, true),
    };
    let refused = |c: char| misleads(c) || matches!(c, '/' | ':') || (!blanks && c.is_whitespace());
    if !name.is_empty() && name.chars().count() <= longest && !name.chars().any(refused) && !name.starts_with('-') {
        return Ok(());
    }
    let blanks = if blanks { "" } else { "blanks, " };
    let text = format!(
        "a name here has 1 to {longest} characters without {blanks}'/', ':', control characters and those that turn the direction of writing, and does not begin with '-'"
    );
    Err(EditError::fault(naming(branch), Wrong::BadName(text)))
}

/// As [`check_name`], for a name that was typed into a form.
pub(super) fn check_typed_name(name: &str, branch: Branch) -> Result<(), EditError> {
    match name {
        "" => Err(EditError::fault(naming(branch), Wrong::Missing)),
        name => check_name(name, branch),
    }
}

/// Refuses a new name whose other parts the entry does not have: they would be lost.
pub(super) fn check_parts(record: &Record, parts: &[RdnPart]) -> Result<(), EditError> {
    let Some(lost) = parts.iter().find(|part| !record.has_parts(std::slice::from_ref(part))) else { return Ok(()) };
    let (type_name, value) = (lost.attribute.name(), &lost.value);
    let text = format!("the name has {type_name}={value}, which is not a value that the entry keeps; leave it out of the name");
    Err(EditError::rule(lost.attribute, Violation::NamingViolation, text))
}

/// Refuses a login that only an administrator may choose.
pub(super) fn check_plain_login(login: &str) -> Result<(), EditError> {
    login::check_plain(login).map_err(|refusal| EditError::fault(Attribute::Uid, Wrong::Login(refusal)))
}

/// The account that a value of `attribute` names: by DN with either RDN key, or by its bare login.
pub(super) fn account(tree: &Tree, view: &mut View<'_>, attribute: Attribute, value: &[u8]) -> EditRule<Account> {
    let name = attribute.name();
    let text = text(attribute, value)?;
    let place = place(tree, attribute, text)?;
    let parts = place.as_ref().map(|place| place.parts().to_vec()).unwrap_or_default();
    let uid = match place.as_ref().map(TreePlace::by_name) {
        Some(TreePlace::Account(uid)) => uid.clone(),
        None => fold(text),
        Some(TreePlace::Group(_) | TreePlace::Team(_)) if !attribute.names_people() => {
            let text = format!("{name}: {text} is a group; a group has accounts as members, no groups");
            return refuse(EditError::rule(attribute, Violation::Constraint, text));
        }
        Some(_) => {
            let text = format!("{name}: {text} is not an account of ou=people");
            return refuse(EditError::rule(attribute, Violation::Constraint, text));
        }
    };
    let found = accounts::by_uid(view, &uid)?;
    let found = found.filter(|account| parts.is_empty() || Record::Account(account.clone()).has_parts(&parts));
    found.ok_or_else(|| Stop::Rule(EditError::fault(attribute, Wrong::NoSuchAccount(text.to_owned()))))
}

/// The group or team that a value of `attribute` names: by its bare name, which may look like a DN, or by DN with either
/// RDN key.
pub(super) fn group(tree: &Tree, view: &mut View<'_>, attribute: Attribute, value: &[u8]) -> EditRule<Group> {
    let kind = if attribute == Attribute::DepartmentNumber { GroupKind::Team } else { GroupKind::Group };
    let text = text(attribute, value)?;
    if let Some(group) = groups::by_name(view, kind, &fold(text))? {
        return Ok(group);
    }
    let found = match (place(tree, attribute, text)?, kind) {
        (Some(TreePlace::Group(cn)), GroupKind::Group) | (Some(TreePlace::Team(cn)), GroupKind::Team) => groups::by_name(view, kind, &cn)?,
        (None, _) => None,
        (Some(_), _) => {
            let (word, ou) = match kind {
                GroupKind::Group => ("group", Branch::Groups.ou()),
                GroupKind::Team => ("team", Branch::Teams.ou()),
            };
            let text = format!("{}: {text} is not a {word} of ou={ou}", attribute.name());
            return refuse(EditError::rule(attribute, Violation::Constraint, text));
        }
    };
    found.ok_or_else(|| Stop::Rule(EditError::fault(attribute, Wrong::NoSuchGroup { kind, name: text.to_owned() })))
}

/// A value as text.
pub(super) fn text(attribute: Attribute, value: &[u8]) -> EditRule<&str> {
    std::str::from_utf8(value).map_err(|_| {
        let text = format!("{}: is no UTF-8 text", attribute.name());
        Stop::Rule(EditError::rule(attribute, Violation::Syntax, text))
    })
}

/// The place that a DN names; none for a bare name.
fn place(tree: &Tree, attribute: Attribute, text: &str) -> EditRule<Option<TreePlace>> {
    if !text.contains('=') {
        return Ok(None);
    }
    let dn = Dn::parse(text)
        .map_err(|error| Stop::Rule(EditError::rule(attribute, Violation::Syntax, format!("{}: {error}", attribute.name()))))?;
    Ok(Some(tree.locate(&dn)))
}

/// Characters of a login at most.
const MAX_LOGIN: usize = 64;

/// Characters of a group's or team's name at most.
const MAX_GROUP_NAME: usize = 128;
