//! Who may do what: one table, default deny. The grids in its tests are the table as a whole.
//!
//! It knows nothing of the store: the caller says what stands between the one who asks and what is asked for. Whether
//! a value makes sense, and that one administrator is always left, is not decided here.

use super::account::Role;
use super::id::Id;
use super::schema::Attribute;

/// Who asks, with what the table needs to know of them; read afresh for each operation.
#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    /// Nobody that is known.
    Anonymous,
    /// A person.
    Account(PersonSubject),
    /// An application.
    Service {
        /** Which. */
        id: Id,
        /** The one group it may see. */
        limited_to: Option<Id>,
        /** Granted `password-reset`. */
        may_reset_passwords: bool,
    },
    /// root or the daemon's own user, over the Unix socket: an administrator without an account.
    System,
}

/// A person who asks.
#[derive(Clone, Debug, PartialEq)]
pub struct PersonSubject {
    /// Who.
    pub id: Id,
    /// What they are.
    pub role: Role,
    /// The teams they own; of no consequence unless they are a manager.
    pub owned_teams: Vec<Id>,
}

/// What is asked for, with what the table needs to know of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Object {
    /// The root DSE.
    Root,
    /// `cn=subschema`.
    Subschema,
    /// The suffix and the branches.
    Structure,
    /// A person.
    Account {
        /** Who. */
        id: Id,
        /** What they are. */
        role: Role,
        /** The team they are in. */
        team: Option<Id>,
        /** Whether they are in the one group that the asking service may see. */
        in_limited_group: bool,
    },
    /// A group.
    Group {
        /** Which. */
        id: Id,
        /** Whether the one who asks is in it. */
        member: bool,
    },
    /// A team.
    Team {
        /** Which. */
        id: Id,
        /** Whether the one who asks is in it. */
        member: bool,
    },
    /// An application.
    Service {
        /** Which. */
        id: Id,
    },
}

/// What the configuration (`directory.*`) adds to the table; all of it is off by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccessSettings {
    /// Everybody with an account may read everybody's name, login and mail address.
    pub address_book: bool,
    /// Everybody may change their own mail address.
    pub self_mail: bool,
    /// Everybody may change their own telephone number.
    pub self_telephone: bool,
    /// Managers may add people to the teams they own.
    pub managers_add: bool,
}

/// A part of the pages, as the way round them names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// What everybody sees of themselves.
    Account,
    /// People, each with their sheet.
    People,
    /// Teams.
    Teams,
    /// Groups.
    Groups,
    /// Service accounts.
    Applications,
    /// Who did what.
    Audit,
    /// The mails that wait.
    Mail,
}

impl Area {
    /// Each of them, in the order that they are shown in.
    pub const ALL: [Area; 7] = [Area::Account, Area::People, Area::Teams, Area::Groups, Area::Applications, Area::Audit, Area::Mail];
}

/// How much of an entry may be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// Not even that it is there.
    Nothing,
    /// Name, login and mail address.
    AddressBook,
    /// All but credentials, and but what tells of groups and teams that are hidden: which team a person is in.
    AllButTeam,
    /// All but credentials.
    Everything,
}

impl Reads {
    /// Whether `attribute` is part of it. A credential never is.
    pub fn covers(self, attribute: Attribute) -> bool {
        match self {
            Reads::Nothing => false,
            Reads::AddressBook => ADDRESS_BOOK.contains(&attribute),
            Reads::AllButTeam => !matches!(attribute, Attribute::UserPassword | Attribute::DepartmentNumber),
            Reads::Everything => attribute != Attribute::UserPassword,
        }
    }
}

/// Whether a password may be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordRight {
    /// It may not.
    No,
    /// It may, by one who knows the old one.
    WithOldPassword,
    /// It may.
    Yes,
}

/// How much of `object` the subject may read; filters see no more than that.
pub fn reads(subject: &Subject, object: &Object, settings: &AccessSettings) -> Reads {
    let granted = match (subject, object) {
        (_, Object::Root | Object::Subschema) => true,
        (Subject::Anonymous, _) => false,
        (_, Object::Structure) => true,
        (Subject::System, _) => true,
        (Subject::Account(person), _) if person.role == Role::Administrator => true,

        (Subject::Account(person), Object::Account { id, team, .. }) => {
            if settings.address_book && person.id != *id && !person.owns(*team) {
                return Reads::AddressBook;
            }
            person.id == *id || person.owns(*team)
        }
        (Subject::Account(_), Object::Group { member, .. }) => *member,
        (Subject::Account(person), Object::Team { id, member }) => *member || person.owns(Some(*id)),
        (Subject::Account(_), Object::Service { .. }) => false,

        (Subject::Service { limited_to: None, .. }, Object::Account { .. } | Object::Group { .. } | Object::Team { .. }) => true,
        (Subject::Service { limited_to: Some(_), .. }, Object::Account { in_limited_group, .. }) => {
            return if *in_limited_group { Reads::AllButTeam } else { Reads::Nothing };
        }
        (Subject::Service { limited_to: Some(group), .. }, Object::Group { id, .. }) => group == id,
        (Subject::Service { limited_to: Some(_), .. }, Object::Team { .. }) => false,
        (Subject::Service { id: own, .. }, Object::Service { id }) => own == id,
    };
    if granted { Reads::Everything } else { Reads::Nothing }
}

/// Whether the subject may set the password (of a service: the secret) of `object`.
pub fn sets_password(subject: &Subject, object: &Object) -> PasswordRight {
    let granted = match (subject, object) {
        (Subject::Account(person), Object::Account { id, .. }) if person.id == *id => return PasswordRight::WithOldPassword,
        (_, Object::Account { .. } | Object::Service { .. }) if administers(subject) => true,
        (Subject::Account(person), Object::Account { role, team, .. }) => person.manages(*role, *team),
        // An application that could set an administrator's password would be one.
        (Subject::Service { may_reset_passwords, .. }, Object::Account { role, .. }) => {
            *may_reset_passwords && *role != Role::Administrator && is_seen_by_service(subject, object)
        }
        (
            Subject::Anonymous | Subject::Account(_) | Subject::Service { .. } | Subject::System,
            Object::Root
            | Object::Subschema
            | Object::Structure
            | Object::Account { .. }
            | Object::Group { .. }
            | Object::Team { .. }
            | Object::Service { .. },
        ) => false,
    };
    if granted { PasswordRight::Yes } else { PasswordRight::No }
}

/// Whether the subject may change `attribute` of `object`. For a credential ask [`sets_password`]; for the team that
/// an account is moved to (`departmentNumber`), [`moves_into`] as well. A mail address is guarded as a password is:
/// whoever sets it can have a new password sent there.
pub fn changes(subject: &Subject, object: &Object, attribute: Attribute, settings: &AccessSettings) -> bool {
    if attribute == Attribute::UserPassword || attribute.is_kept_by_server() {
        return false;
    }
    match (subject, object) {
        (_, Object::Root | Object::Subschema | Object::Structure) => false,
        (Subject::System, _) => true,
        (Subject::Account(person), Object::Account { id, .. }) if person.role == Role::Administrator => {
            person.id != *id || attribute != Attribute::BinderyRole
        }
        (Subject::Account(person), _) if person.role == Role::Administrator => true,
        (Subject::Account(person), Object::Account { id, .. }) if person.id == *id => match attribute {
            Attribute::Mail => settings.self_mail,
            Attribute::TelephoneNumber => settings.self_telephone,
            _ => false,
        },
        (Subject::Account(person), Object::Account { role, team, .. }) => person.manages(*role, *team) && SHEET.contains(&attribute),
        (Subject::Account(_), Object::Group { .. } | Object::Team { .. } | Object::Service { .. }) => false,
        (Subject::Anonymous | Subject::Service { .. }, _) => false,
    }
}

/// Whether the subject may make an account that they may change a member of `team`.
pub fn moves_into(subject: &Subject, team: Id) -> bool {
    administers(subject) || matches!(subject, Subject::Account(person) if person.owns(Some(team)))
}

/// Whether the subject may add a person with this role to this team. It never lets anybody make somebody whom they could
/// not look after.
pub fn adds_person(subject: &Subject, role: Role, team: Option<Id>, settings: &AccessSettings) -> bool {
    administers(subject) || settings.managers_add && matches!(subject, Subject::Account(person) if person.manages(role, team))
}

/// Whether the subject may end all sessions that the person `object` has on the pages: oneself, and whoever could end them
/// by setting the password.
pub fn ends_sessions(subject: &Subject, object: &Object) -> bool {
    matches!(object, Object::Account { .. }) && sets_password(subject, object) != PasswordRight::No
}

/// Whether somebody with this role has anything to see in `area`. What they see there is decided for each entry.
pub fn enters(role: Role, area: Area) -> bool {
    match area {
        Area::Account => true,
        Area::People => role != Role::User,
        Area::Teams | Area::Groups | Area::Applications | Area::Audit | Area::Mail => role == Role::Administrator,
    }
}

/// Whether the subject adds, deletes and renames entries, and may hand in credentials that are hashed already.
pub fn administers(subject: &Subject) -> bool {
    match subject {
        Subject::System => true,
        Subject::Account(person) => person.role == Role::Administrator,
        Subject::Anonymous | Subject::Service { .. } => false,
    }
}

impl Subject {
    /// The one group that it may see, if it is an application that is limited to one.
    pub fn limited_to(&self) -> Option<Id> {
        match self {
            Subject::Service { limited_to, .. } => *limited_to,
            Subject::Anonymous | Subject::Account(_) | Subject::System => None,
        }
    }
}

impl PersonSubject {
    /// Whether they look after `team`. The role decides: ownership that outlived it counts for nothing.
    fn owns(&self, team: Option<Id>) -> bool {
        self.role == Role::Manager && team.is_some_and(|team| self.owned_teams.contains(&team))
    }

    /// Whether they look after one with this role in this team. Nobody looks after their peers.
    fn manages(&self, role: Role, team: Option<Id>) -> bool {
        role == Role::User && self.owns(team)
    }
}

fn is_seen_by_service(subject: &Subject, object: &Object) -> bool {
    matches!(reads(subject, object, &AccessSettings::default()), Reads::AllButTeam | Reads::Everything)
}

/// What others see in the address book. The object class says no more than the DN does, and most filters name it.
const ADDRESS_BOOK: [Attribute; 7] =
    [Attribute::Uid, Attribute::Cn, Attribute::Sn, Attribute::GivenName, Attribute::DisplayName, Attribute::Mail, Attribute::ObjectClass];

/// What a manager changes on the sheet of a member of their team.
const SHEET: [Attribute; 7] = [
    Attribute::Cn,
    Attribute::Sn,
    Attribute::GivenName,
    Attribute::DisplayName,
    Attribute::Mail,
    Attribute::TelephoneNumber,
    Attribute::DepartmentNumber,
];

#[cfg(test)]
mod tests;
