//! A stored entry of any kind: its id, its name, and the attributes that its fields show, read and written by one table.
//! Not in charge of attributes that need other records (members, owners, teams): those are the directory's.

use super::account::{Account, Role, Status};
use super::caller::Actor;
use super::entry::{Attributes, Value};
use super::group::{Group, GroupKind};
use super::id::Id;
use super::schema::{Attribute, EntryKind};
use super::service::ServiceAccount;
use super::time::UnixTime;
use super::tree::{Branch, RdnPart, Tree, fold};

/// A stored record, or an entry that is part of the tree's structure.
#[derive(Clone, Debug)]
pub enum Record {
    /// The suffix.
    Suffix,
    /// `ou=people` and the like.
    Branch(Branch),
    /// A person.
    Account(Account),
    /// An application.
    Service(ServiceAccount),
    /// A group or team.
    Group(Group),
}

/// A value that a field cannot have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit {
    /// The rule of LDAP that it breaks.
    pub violation: Violation,
    /// What is wrong and what to do about it.
    pub text: String,
}

/// A rule of LDAP that a change breaks, named after its result code (RFC 4511 appendix A.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // Each is the result code of its name.
pub enum Violation {
    AlreadyExists,
    Constraint,
    DnSyntax,
    NamingViolation,
    NoSuchValue,
    NotAllowedOnRdn,
    ObjectClass,
    Syntax,
    UndefinedType,
    Unwilling,
    ValueExists,
}

impl Record {
    /// Its id, unless it is part of the tree's structure.
    pub fn id(&self) -> Option<Id> {
        match self {
            Record::Suffix | Record::Branch(_) => None,
            Record::Account(account) => Some(account.id),
            Record::Service(service) => Some(service.id),
            Record::Group(group) => Some(group.id),
        }
    }

    /// The actor that it is once it has bound, if it can bind.
    pub fn actor(&self) -> Option<Actor> {
        match self {
            Record::Account(account) => Some(Actor::Account(account.id)),
            Record::Service(service) => Some(Actor::Service(service.id)),
            Record::Suffix | Record::Branch(_) | Record::Group(_) => None,
        }
    }

    /// The owners of a team.
    pub fn owners(&self) -> &[Id] {
        match self {
            Record::Group(group) => &group.owners,
            Record::Suffix | Record::Branch(_) | Record::Account(_) | Record::Service(_) => &[],
        }
    }

    /// The kind of entry that it is.
    pub fn kind(&self) -> EntryKind {
        match self {
            Record::Suffix => EntryKind::Suffix,
            Record::Branch(_) => EntryKind::Branch,
            Record::Account(_) => EntryKind::Account,
            Record::Service(_) => EntryKind::Service,
            Record::Group(group) if group.kind == GroupKind::Team => EntryKind::Team,
            Record::Group(_) => EntryKind::Group,
        }
    }

    /// The branch that it is in; none for what is part of the tree's structure.
    pub fn branch(&self) -> Option<Branch> {
        match self {
            Record::Suffix | Record::Branch(_) => None,
            Record::Account(_) => Some(Branch::People),
            Record::Service(_) => Some(Branch::Services),
            Record::Group(group) if group.kind == GroupKind::Team => Some(Branch::Teams),
            Record::Group(_) => Some(Branch::Groups),
        }
    }

    /// Its DN in the canonical form.
    pub fn dn(&self, tree: &Tree) -> String {
        match self {
            Record::Suffix => tree.suffix_dn().to_owned(),
            Record::Branch(branch) => tree.branch_dn(*branch).to_owned(),
            Record::Account(account) => tree.account_dn(&account.uid),
            Record::Service(service) => tree.service_dn(&service.uid),
            Record::Group(group) => tree.group_dn(group.kind, &group.cn),
        }
    }

    /// Its login or name; empty for what is part of the tree's structure.
    pub fn name(&self) -> &str {
        match self {
            Record::Suffix | Record::Branch(_) => "",
            Record::Account(account) => &account.uid,
            Record::Service(service) => &service.uid,
            Record::Group(group) => &group.cn,
        }
    }

    /// Gives it another login or name. What is part of the tree's structure keeps its own.
    pub fn rename(&mut self, name: String) {
        match self {
            Record::Suffix | Record::Branch(_) => {}
            Record::Account(account) => account.uid = name,
            Record::Service(service) => service.uid = name,
            Record::Group(group) => group.cn = name,
        }
    }

    /// The attributes that it stores as they are given; all others are fields or computed.
    pub fn stored(&self) -> Option<&Attributes> {
        match self {
            Record::Suffix | Record::Branch(_) => None,
            Record::Account(account) => Some(&account.attributes),
            Record::Service(service) => Some(&service.attributes),
            Record::Group(group) => Some(&group.attributes),
        }
    }

    /// The values of `attribute` that the record itself holds. Attributes that need another record, the time or the
    /// settings have none here.
    pub fn values(&self, attribute: Attribute) -> Vec<Value> {
        match self {
            Record::Suffix => Vec::new(),
            Record::Branch(branch) => field((attribute == Attribute::Ou).then(|| branch.ou())),
            Record::Account(account) => of_account(account, attribute),
            Record::Service(service) => of_service(service, attribute),
            Record::Group(group) => of_group(group, attribute),
        }
    }

    /// Whether the parts of a name hold of it. What it does not hold itself, and what has no equality, holds never.
    pub fn has_parts(&self, parts: &[RdnPart]) -> bool {
        parts.iter().all(|RdnPart { attribute, value }| match attribute.normal(value.as_bytes()) {
            Some(named) => self.values(*attribute).iter().any(|held| attribute.normalise(held) == *named),
            None => false,
        })
    }

    /// Gives `attribute` these values, which are well written and distinct: the counterpart of [`Record::values`].
    ///
    /// # Errors
    /// [`Unfit`] where the field that `attribute` shows cannot have such a value.
    pub fn assign(&mut self, attribute: Attribute, values: Vec<Value>) -> Result<(), Unfit> {
        match self {
            Record::Suffix | Record::Branch(_) => Ok(()),
            Record::Account(account) => assign_account(account, attribute, values),
            Record::Service(service) => assign_service(service, attribute, values),
            Record::Group(group) => assign_group(group, attribute, values),
        }
    }
}

fn of_account(account: &Account, attribute: Attribute) -> Vec<Value> {
    match attribute {
        Attribute::Uid => field(Some(&account.uid)),
        Attribute::UidNumber => field(Some(account.uid_number.to_string())),
        Attribute::GidNumber => field(Some(account.gid_number.to_string())),
        Attribute::BinderyRole => field(Some(account.role.word())),
        Attribute::AccountStatus => field(Some(account.status.word())),
        Attribute::AccountExpires => field(account.expires_at.map(UnixTime::generalized)),
        Attribute::PwdReset => field(account.must_change.then_some("TRUE")),
        Attribute::PwdChangedTime => field(account.password_changed_at.map(UnixTime::generalized)),
        Attribute::ShadowLastChange => field(account.password_changed_at.map(|at| (at.as_secs() / SECONDS_A_DAY).to_string())),
        Attribute::ShadowExpire => field(account.expires_at.map(|at| shadow_day(at).to_string())),
        _ if attribute.names_people() => Vec::new(),
        Attribute::EntryUuid => field(Some(account.entry_uuid.to_string())),
        Attribute::CreateTimestamp => field(Some(account.created_at.generalized())),
        Attribute::ModifyTimestamp => field(Some(account.modified_at.generalized())),
        _ => account.attributes.values(attribute).to_vec(),
    }
}

fn assign_account(account: &mut Account, attribute: Attribute, values: Vec<Value>) -> Result<(), Unfit> {
    match attribute {
        Attribute::Uid => account.uid = same_name(attribute, &account.uid, &values)?,
        Attribute::UidNumber => account.uid_number = number(attribute, &values)?,
        Attribute::GidNumber => account.gid_number = number(attribute, &values)?,
        Attribute::BinderyRole => account.role = role(&values)?,
        Attribute::AccountStatus => account.status = status(&values)?,
        Attribute::AccountExpires => account.expires_at = time(attribute, &values)?,
        Attribute::ShadowExpire => account.expires_at = expiry_of_shadow(account.expires_at, &values)?,
        // They are found by DN, which needs other records.
        _ if attribute.names_people() => return unfit(Violation::Unwilling, format!("{} names people", attribute.name())),
        Attribute::PwdReset => account.must_change = values.first().is_some_and(|value| value == b"TRUE"),
        _ => account.attributes.set(attribute, values),
    }
    Ok(())
}

fn of_service(service: &ServiceAccount, attribute: Attribute) -> Vec<Value> {
    match attribute {
        Attribute::Uid | Attribute::Cn => field(Some(&service.uid)),
        Attribute::AccountStatus => field(Some(service.status.word())),
        Attribute::BinderyGrant => field(service.may_reset_passwords.then_some(PASSWORD_RESET)),
        Attribute::EntryUuid => field(Some(service.entry_uuid.to_string())),
        Attribute::CreateTimestamp => field(Some(service.created_at.generalized())),
        Attribute::ModifyTimestamp => field(Some(service.modified_at.generalized())),
        _ => service.attributes.values(attribute).to_vec(),
    }
}

fn assign_service(service: &mut ServiceAccount, attribute: Attribute, values: Vec<Value>) -> Result<(), Unfit> {
    match attribute {
        Attribute::Uid => service.uid = same_name(attribute, &service.uid, &values)?,
        Attribute::AccountStatus => service.status = status(&values)?,
        Attribute::BinderyGrant => service.may_reset_passwords = grants(&values)?,
        _ => service.attributes.set(attribute, values),
    }
    Ok(())
}

fn of_group(group: &Group, attribute: Attribute) -> Vec<Value> {
    match attribute {
        // Several applications take the uid of a group for its name.
        Attribute::Cn | Attribute::Uid => field(Some(&group.cn)),
        Attribute::GidNumber => field(Some(group.gid_number.to_string())),
        Attribute::EntryUuid => field(Some(group.entry_uuid.to_string())),
        Attribute::CreateTimestamp => field(Some(group.created_at.generalized())),
        Attribute::ModifyTimestamp => field(Some(group.modified_at.generalized())),
        _ => group.attributes.values(attribute).to_vec(),
    }
}

fn assign_group(group: &mut Group, attribute: Attribute, values: Vec<Value>) -> Result<(), Unfit> {
    match attribute {
        Attribute::Cn => group.cn = same_name(attribute, &group.cn, &values)?,
        Attribute::GidNumber => group.gid_number = number(attribute, &values)?,
        _ => group.attributes.set(attribute, values),
    }
    Ok(())
}

/// The values of an attribute that shows a field: one, or none.
fn field(value: Option<impl Into<String>>) -> Vec<Value> {
    value.into_iter().map(|value| value.into().into_bytes()).collect()
}

/// The name in the RDN as it is to be spelt: another name is ModifyDN's to give (RFC 4511 §4.6).
fn same_name(attribute: Attribute, name: &str, values: &[Value]) -> Result<String, Unfit> {
    let type_name = attribute.name();
    match values {
        [value] if fold(text(attribute, value)?) == fold(name) => Ok(text(attribute, value)?.to_owned()),
        values if values.iter().any(|value| std::str::from_utf8(value).is_ok_and(|value| fold(value) == fold(name))) => {
            unfit(Violation::Constraint, format!("{type_name} has one value here, the one in the entry's name"))
        }
        _ => unfit(
            Violation::NotAllowedOnRdn,
            format!("{type_name} is the entry's name; rename the entry (ModifyDN, ldapmodrdn) to change it"),
        ),
    }
}

fn number(attribute: Attribute, values: &[Value]) -> Result<u32, Unfit> {
    let name = attribute.name();
    let Some(value) = values.first() else {
        return unfit(Violation::ObjectClass, format!("{name} cannot be taken away; replace it with another number"));
    };
    match text(attribute, value)?.parse() {
        // 0 is root on every machine that believes this directory.
        Ok(number) if number > 0 => Ok(number),
        _ => unfit(Violation::Constraint, format!("{name} is a number from 1 to {}, not {}", u32::MAX, shown(value))),
    }
}

fn role(values: &[Value]) -> Result<Role, Unfit> {
    let word = values.first().map(|value| text(Attribute::BinderyRole, value)).transpose()?;
    let role = word.map_or(Some(Role::User), Role::from_word);
    role.map_or_else(|| unfit(Violation::Syntax, "binderyRole is user, manager or administrator"), Ok)
}

fn status(values: &[Value]) -> Result<Status, Unfit> {
    match values.first().map(Vec::as_slice) {
        None | Some(b"active") => Ok(Status::Active),
        Some(b"disabled") => Ok(Status::Disabled),
        Some(b"expired") => unfit(Violation::Constraint, "accountStatus is expired by itself once accountExpires has passed; set that"),
        Some(_) => unfit(Violation::Syntax, "accountStatus is active or disabled"),
    }
}

fn time(attribute: Attribute, values: &[Value]) -> Result<Option<UnixTime>, Unfit> {
    let Some(value) = values.first() else { return Ok(None) };
    match UnixTime::from_generalized(text(attribute, value)?) {
        Some(time) => Ok(Some(time)),
        None => unfit(Violation::Syntax, format!("{} is a time after 1970 such as 20261122093000Z", attribute.name())),
    }
}

/// The day from which on shadow(5) lets nobody in: none before the time itself, which the daemon watches over.
fn shadow_day(expires_at: UnixTime) -> u64 {
    expires_at.as_secs().div_ceil(SECONDS_A_DAY)
}

/// The expiry that `shadowExpire` says; a day that is the present one's leaves its time. -1 is none (shadow(5)).
fn expiry_of_shadow(present: Option<UnixTime>, values: &[Value]) -> Result<Option<UnixTime>, Unfit> {
    let Some(value) = values.first().filter(|value| *value != b"-1") else { return Ok(None) };
    match text(Attribute::ShadowExpire, value)?.parse() {
        Ok(day) if present.is_some_and(|present| shadow_day(present) == day) => Ok(present),
        Ok(day) if (1..=LAST_DAY).contains(&day) => Ok(Some(UnixTime::from_secs(day * SECONDS_A_DAY))),
        _ => unfit(Violation::Constraint, format!("shadowExpire is a day from 1 to {LAST_DAY}, counted from 1970; -1 is none")),
    }
}

fn grants(values: &[Value]) -> Result<bool, Unfit> {
    match values.iter().all(|value| value == PASSWORD_RESET.as_bytes()) {
        true => Ok(!values.is_empty()),
        false => unfit(Violation::Syntax, format!("binderyGrant is {PASSWORD_RESET}, or nothing")),
    }
}

fn text(attribute: Attribute, value: &[u8]) -> Result<&str, Unfit> {
    std::str::from_utf8(value).map_err(|_| Unfit { violation: Violation::Syntax, text: format!("{}: is no UTF-8 text", attribute.name()) })
}

fn unfit<T>(violation: Violation, text: impl Into<String>) -> Result<T, Unfit> {
    Err(Unfit { violation, text: text.into() })
}

/// A value in a text for a person, cut; bytes that are no text are not shown.
pub fn shown(value: &[u8]) -> String {
    match std::str::from_utf8(value) {
        Ok(text) => format!("{:?}", text.chars().take(SHOWN).collect::<String>()),
        Err(_) => format!("of {} bytes", value.len()),
    }
}

/// What a service account may be granted (`binderyGrant`).
pub const PASSWORD_RESET: &str = "password-reset";

/// `shadowLastChange` counts days (RFC 2307 §3).
const SECONDS_A_DAY: u64 = 86_400;

/// In the year 9999, after which GeneralizedTime has no name for a day.
const LAST_DAY: u64 = 2_932_896;

/// Characters of a value that a text shows.
const SHOWN: usize = 100;

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn account() -> Record {
        Record::Account(Account {
            id: Id(1),
            entry_uuid: Uuid::nil(),
            uid: "louisem".into(),
            role: Role::Manager,
            status: Status::Disabled,
            expires_at: Some(UnixTime::from_secs(1_893_456_000)),
            uid_number: 10_001,
            gid_number: 100,
            created_at: UnixTime::from_secs(0),
            modified_at: UnixTime::from_secs(0),
            password_changed_at: None,
            must_change: true,
            attributes: Attributes::default(),
        })
    }

    fn service() -> Record {
        Record::Service(ServiceAccount {
            id: Id(2),
            entry_uuid: Uuid::nil(),
            uid: "nextcloud".into(),
            status: Status::Disabled,
            limited_to: None,
            may_reset_passwords: true,
            created_at: UnixTime::from_secs(0),
            modified_at: UnixTime::from_secs(0),
            attributes: Attributes::default(),
        })
    }

    #[test]
    fn what_is_read_can_be_assigned_and_taken_away() {
        for (mut record, attribute, value, without) in [
            (account(), Attribute::BinderyRole, "manager", Some("user")),
            (account(), Attribute::AccountStatus, "disabled", Some("active")),
            (account(), Attribute::AccountExpires, "20300101000000Z", None),
            (account(), Attribute::ShadowExpire, "21915", None),
            (account(), Attribute::PwdReset, "TRUE", None),
            (service(), Attribute::AccountStatus, "disabled", Some("active")),
            (service(), Attribute::BinderyGrant, "password-reset", None),
        ] {
            let held = record.values(attribute);
            assert_eq!(held, [value.as_bytes()], "{attribute:?}");
            record.assign(attribute, Vec::new()).unwrap();
            assert_eq!(record.values(attribute), field(without), "{attribute:?}");
            record.assign(attribute, held.clone()).unwrap();
            assert_eq!(record.values(attribute), held, "{attribute:?}");
        }
    }

    #[test]
    fn what_a_field_cannot_have_is_refused() {
        for (attribute, values, violation) in [
            (Attribute::Uid, vec![b"other".to_vec()], Violation::NotAllowedOnRdn),
            (Attribute::Uid, vec![b"other".to_vec(), b"LouiseM".to_vec()], Violation::Constraint),
            (Attribute::UidNumber, vec![], Violation::ObjectClass),
            (Attribute::UidNumber, vec![b"0".to_vec()], Violation::Constraint),
            (Attribute::BinderyRole, vec![b"king".to_vec()], Violation::Syntax),
            (Attribute::AccountStatus, vec![b"expired".to_vec()], Violation::Constraint),
            (Attribute::AccountExpires, vec![b"tomorrow".to_vec()], Violation::Syntax),
            (Attribute::GidNumber, vec![vec![0xff]], Violation::Syntax),
            (Attribute::ShadowExpire, vec![b"-2".to_vec()], Violation::Constraint),
            (Attribute::ShadowExpire, vec![b"2932897".to_vec()], Violation::Constraint),
        ] {
            assert_eq!(account().assign(attribute, values).map_err(|unfit| unfit.violation), Err(violation), "{attribute:?}");
        }
    }
}
