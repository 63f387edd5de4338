//! What a login and a group's name may look like, and how values name entries.

use super::errors::Refused;
use super::{Call, Rule};
use crate::directory::ChangeError;
use crate::domain::account::Account;
use crate::domain::dn::{Dn, Rdn};
use crate::domain::group::{Group, GroupKind};
use crate::domain::schema::Attribute;
use crate::domain::tree::{Branch, Place, fold};
use crate::domain::writing::misleads;
use crate::store::{Stop, View, accounts, groups};

/// The branch that entries of this place are in; none for what is no entry that can be added or renamed.
pub(super) fn branch_of(place: &Place) -> Option<Branch> {
    match place {
        Place::Account(_) => Some(Branch::People),
        Place::Service(_) => Some(Branch::Services),
        Place::Group(_) => Some(Branch::Groups),
        Place::Team(_) => Some(Branch::Teams),
        Place::Root | Place::Subschema | Place::Suffix | Place::Branch(_) | Place::Nowhere => None,
    }
}

/// The name that `rdn` gives an entry of `branch`, as it was written.
pub(super) fn name_in(rdn: &Rdn, branch: Branch) -> Result<String, ChangeError> {
    let example = match branch {
        Branch::People => "uid=louisem,ou=people",
        Branch::Services => "uid=nextcloud,ou=services",
        Branch::Groups => "cn=staff,ou=groups",
        Branch::Teams => "cn=sales,ou=teams",
    };
    let name = rdn
        .value_of(&branch.naming_types())
        .ok_or_else(|| ChangeError::NamingViolation(format!("entries of ou={} are named like {example}", branch.ou())))?;
    check_name(name, branch)?;
    Ok(name.to_owned())
}

/// The bounds of a name: what home directories, passwd files and log lines bear.
fn check_name(name: &str, branch: Branch) -> Result<(), ChangeError> {
    let (longest, blanks) = match branch {
        Branch::People | Branch::Services => (MAX_LOGIN, false),
        Branch::Groups | Branch::Teams => (MAX_GROUP_NAME, true),
    };
    if !is_name(name, (longest, blanks)) {
        let blanks = if blanks { "" } else { "blanks, " };
        return Err(ChangeError::NamingViolation(format!(
            "a name here has 1 to {longest} characters without {blanks}'/', ':', control characters and those that turn the direction of writing, and does not begin with '-'"
        )));
    }
    Ok(())
}

/// Whether `name` can be a login.
pub(in crate::directory) fn is_login(name: &str) -> bool {
    is_name(name, (MAX_LOGIN, false))
}

/// Whether a group or team may be called `name`.
pub(in crate::directory) fn is_group_name(name: &str) -> bool {
    is_name(name, (MAX_GROUP_NAME, true))
}

fn is_name(name: &str, (longest, blanks): (usize, bool)) -> bool {
    let refused = |c: char| misleads(c) || matches!(c, '/' | ':') || (!blanks && c.is_whitespace());
    !name.is_empty() && name.chars().count() <= longest && !name.chars().any(refused) && !name.starts_with('-')
}

/// The account that a value of `attribute` names: by DN with either RDN key, or by its bare login.
pub(super) fn account(call: &Call, view: &mut View<'_>, attribute: Attribute, value: &[u8]) -> Rule<Account> {
    let text = text(attribute, value)?;
    let (uid, what) = match place(call, attribute, text)? {
        Some(Place::Account(uid)) => (uid, text),
        None => (fold(text), text),
        Some(Place::Group(_) | Place::Team(_)) => {
            return refuse(ChangeError::Constraint(format!(
                "{}: {text} is a group; a group has accounts as members, no groups",
                attribute.name()
            )));
        }
        Some(_) => return refuse(ChangeError::Constraint(format!("{}: {text} is not an account of ou=people", attribute.name()))),
    };
    let found = match accounts::id_of_uid(view, &uid)? {
        Some(id) => accounts::load(view, id)?,
        None => None,
    };
    found.ok_or_else(|| stop(ChangeError::Constraint(format!("{}: there is no account {what}; add it first", attribute.name()))))
}

/// The group or team that a value of `attribute` names: by its bare name, which may look like a DN, or by DN with either RDN
/// key.
pub(super) fn group(call: &Call, view: &mut View<'_>, kind: GroupKind, named: (Attribute, &[u8])) -> Rule<Group> {
    let (attribute, value) = named;
    let text = text(attribute, value)?;
    let (word, branch) = match kind {
        GroupKind::Group => ("group", Branch::Groups),
        GroupKind::Team => ("team", Branch::Teams),
    };
    let mut id = groups::id_of(view, kind, &fold(text))?;
    if id.is_none() {
        id = match (place(call, attribute, text)?, kind) {
            (Some(Place::Group(cn)), GroupKind::Group) | (Some(Place::Team(cn)), GroupKind::Team) => groups::id_of(view, kind, &cn)?,
            (None, _) => None,
            (Some(_), _) => {
                return refuse(ChangeError::Constraint(format!("{}: {text} is not a {word} of ou={}", attribute.name(), branch.ou())));
            }
        };
    }
    let found = id.map(|id| groups::load(view, id)).transpose()?.flatten();
    found.ok_or_else(|| stop(ChangeError::Constraint(format!("{}: there is no {word} {text}; add it first", attribute.name()))))
}

/// A value as text.
pub(super) fn text(attribute: Attribute, value: &[u8]) -> Rule<&str> {
    std::str::from_utf8(value).map_err(|_| stop(ChangeError::InvalidSyntax(format!("{}: is no UTF-8 text", attribute.name()))))
}

/// What a DN names; none for a bare name.
fn place(call: &Call, attribute: Attribute, text: &str) -> Rule<Option<Place>> {
    if !text.contains('=') {
        return Ok(None);
    }
    let dn = Dn::parse(text).map_err(|error| stop(ChangeError::InvalidSyntax(format!("{}: {error}", attribute.name()))))?;
    Ok(Some(call.tree.locate(&dn)))
}

/// `error` as the end of a rule.
pub(super) fn stop(error: ChangeError) -> Stop<Refused> {
    Stop::Rule(Refused::from(error))
}

/// `error` as the end of a rule.
pub(super) fn refuse<T>(error: ChangeError) -> Rule<T> {
    Err(stop(error))
}

/// Characters of a login at most.
const MAX_LOGIN: usize = 64;

/// Characters of a group's or team's name at most.
const MAX_GROUP_NAME: usize = 128;
