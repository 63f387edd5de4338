//! What the pages of groups and those of teams say, and what they say of a form that was refused.

use crate::directory::{Count, GroupsError, TOGETHER};
use crate::domain::access::Area;
use crate::domain::group::GroupKind;
use crate::web::visit::error::Fault;
use crate::web::visit::frame::Frame;
use crate::web::visit::paths;
use crate::web::visit::problems::Problems;

/// Where they are, and the names of their texts.
pub struct Words {
    pub path: &'static str,
    pub area: Area,
    pub has_managers: bool,
    pub list: &'static str,
    pub none: &'static str,
    pub new: &'static str,
    pub create: &'static str,
    pub name_hint: &'static str,
    pub back: &'static str,
    pub delete: &'static str,
    pub delete_title: &'static str,
    pub delete_text: &'static str,
    pub notice_added: &'static str,
    pub notice_deleted: &'static str,
}

/// Those of groups or of teams.
pub fn words(kind: GroupKind) -> &'static Words {
    match kind {
        GroupKind::Group => &GROUPS,
        GroupKind::Team => &TEAMS,
    }
}

/// What is wrong with what was typed, beside `field` where the error does not say which.
///
/// # Errors
/// What has nothing to do with what was typed.
pub fn problem(page: &Frame, error: GroupsError, field: &'static str) -> Result<Problems, Fault> {
    let with = |key, name, value: &str| page.say_with(key, name, value);
    let text = match &error {
        GroupsError::Changed => page.say("groups-changed"),
        GroupsError::NameMissing => page.say("groups-name-missing"),
        GroupsError::NameMalformed => page.say("groups-name-malformed"),
        GroupsError::NameTaken => page.say("groups-name-taken"),
        GroupsError::DescriptionTooLong(_) | GroupsError::DescriptionMalformed => {
            return Ok(Problems::one("description", page.say("groups-description-wrong")));
        }
        GroupsError::NobodyNamed => page.say("groups-nobody-named"),
        GroupsError::TooManyNamed => page.say_number("groups-too-many-named", "count", TOGETHER),
        GroupsError::NoSuchPerson(login) => with("groups-no-such-person", "login", login),
        GroupsError::Already(login) => with("groups-already", "login", login),
        GroupsError::InOtherTeam { login, other } => page.say_values("groups-in-other-team", &[("login", login), ("team", other)]),
        GroupsError::TooManyGroups(login) => with("groups-too-many-groups", "login", login),
        GroupsError::TooManyOwners => page.say("groups-too-many-managers"),
        GroupsError::TooManyOwned(login) => with("groups-too-many-owned", "login", login),
        GroupsError::NumbersUsedUp => page.say("groups-numbers-used-up"),
        GroupsError::NoSuchGroup | GroupsError::Denied | GroupsError::MustChange | GroupsError::Busy | GroupsError::Unavailable => {
            return Err(fault(error));
        }
    };
    Ok(Problems::one(field, text))
}

/// How many, in words.
pub fn count(page: &Frame, count: &Count) -> String {
    match count {
        Count::Just(number) => number.to_string(),
        Count::Over(number) => page.say_with("groups-over", "count", &number.to_string()),
    }
}

/// What is shown in place of the page. What a form may be wrong about is said there: see [`problem`].
pub fn fault(error: GroupsError) -> Fault {
    match error {
        GroupsError::Denied => Fault::Denied,
        GroupsError::Busy => Fault::Busy,
        GroupsError::Unavailable => Fault::Unavailable,
        GroupsError::MustChange | GroupsError::NoSuchGroup => Fault::NotFound,
        GroupsError::Changed
        | GroupsError::NameMissing
        | GroupsError::NameMalformed
        | GroupsError::NameTaken
        | GroupsError::DescriptionTooLong(_)
        | GroupsError::DescriptionMalformed
        | GroupsError::NobodyNamed
        | GroupsError::TooManyNamed
        | GroupsError::NoSuchPerson(_)
        | GroupsError::Already(_)
        | GroupsError::InOtherTeam { .. }
        | GroupsError::TooManyGroups(_)
        | GroupsError::TooManyOwners
        | GroupsError::TooManyOwned(_)
        | GroupsError::NumbersUsedUp => Fault::Malformed,
    }
}

const GROUPS: Words = Words {
    path: paths::GROUPS,
    area: Area::Groups,
    has_managers: false,
    list: "groups-list",
    none: "groups-none",
    new: "groups-new",
    create: "groups-create",
    name_hint: "groups-name-hint",
    back: "groups-back",
    delete: "groups-delete",
    delete_title: "groups-delete-title",
    delete_text: "groups-delete-text",
    notice_added: "groups-notice-created",
    notice_deleted: "groups-notice-deleted",
};

const TEAMS: Words = Words {
    path: paths::TEAMS,
    area: Area::Teams,
    has_managers: true,
    list: "groups-teams-list",
    none: "groups-teams-none",
    new: "groups-teams-new",
    create: "groups-teams-create",
    name_hint: "groups-teams-name-hint",
    back: "groups-teams-back",
    delete: "groups-teams-delete",
    delete_title: "groups-teams-delete-title",
    delete_text: "groups-teams-delete-text",
    notice_added: "groups-notice-team-created",
    notice_deleted: "groups-notice-team-deleted",
};
