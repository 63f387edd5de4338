//! What the pages of groups and those of teams say, and what they say of a form that was refused.

use crate::directory::MemberCount;
use crate::domain::access::Area;
use crate::domain::group::GroupKind;
use crate::web::visit::frame::Frame;
use crate::web::visit::paths;

/// Where they are, and the names of their texts.
pub struct GroupWords {
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
pub fn words(kind: GroupKind) -> &'static GroupWords {
    match kind {
        GroupKind::Group => &GROUPS,
        GroupKind::Team => &TEAMS,
    }
}

/// How many, in words.
pub fn count(page: &Frame, count: &MemberCount) -> String {
    match count {
        MemberCount::Just(number) => number.to_string(),
        MemberCount::Over(number) => page.say_with("groups-over", "count", &number.to_string()),
    }
}

const GROUPS: GroupWords = GroupWords {
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

const TEAMS: GroupWords = GroupWords {
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
