//! How what is stored looks as an entry: each attribute of an account, a group, a team, a service account or a
//! branch of the tree, computed when it is asked for and only if the subject may read it.

use std::convert::Infallible;

use super::Settings;
use crate::domain::access::{self, Object, Reads, Subject};
use crate::domain::account::Account;
use crate::domain::audit::Actor;
use crate::domain::entry::{Attributes, Entry, Value};
use crate::domain::filter::{Assertion, Holder};
use crate::domain::group::{Group, GroupKind};
use crate::domain::id::Id;
use crate::domain::schema::{Attribute, EntryKind};
use crate::domain::service::ServiceAccount;
use crate::domain::time::UnixTime;
use crate::domain::tree::{Branch, Place};
use crate::store::view::MAX_SCAN;
use crate::store::{Stop, View, accounts, failures, groups, keys, memberships, services};

use super::search::Selection;

/// A rule that only reads refuses nothing.
pub(super) type Read<T> = Result<T, Stop<Infallible>>;

/// Something that the tree shows.
#[derive(Clone, Debug)]
pub(super) enum Record {
    Suffix,
    Branch(Branch),
    Account(Account),
    Service(ServiceAccount),
    Group(Group),
}

impl Record {
    /// What stands at `place`, if anything does.
    pub(super) fn at(view: &mut View<'_>, place: &Place) -> Read<Option<Record>> {
        let record = match place {
            Place::Root | Place::Subschema | Place::Nowhere => None,
            Place::Suffix => Some(Record::Suffix),
            Place::Branch(branch) => Some(Record::Branch(*branch)),
            Place::Account(uid) => match accounts::id_of_uid(view, uid)? {
                Some(id) => accounts::load(view, id)?.map(Record::Account),
                None => None,
            },
            Place::Service(uid) => match services::id_of_uid(view, uid)? {
                Some(id) => services::load(view, id)?.map(Record::Service),
                None => None,
            },
            Place::Group(cn) => group_at(view, GroupKind::Group, cn)?,
            Place::Team(cn) => group_at(view, GroupKind::Team, cn)?,
        };
        Ok(record)
    }

    /// Its id, unless it is part of the tree's structure.
    pub(super) fn id(&self) -> Option<Id> {
        match self {
            Record::Suffix | Record::Branch(_) => None,
            Record::Account(account) => Some(account.id),
            Record::Service(service) => Some(service.id),
            Record::Group(group) => Some(group.id),
        }
    }

    /// Who it is when it binds, if it can.
    pub(super) fn actor(&self) -> Option<Actor> {
        match self {
            Record::Account(account) => Some(Actor::Account(account.id)),
            Record::Service(service) => Some(Actor::Service(service.id)),
            Record::Suffix | Record::Branch(_) | Record::Group(_) => None,
        }
    }

    fn kind(&self) -> EntryKind {
        match self {
            Record::Suffix => EntryKind::Suffix,
            Record::Branch(_) => EntryKind::Branch,
            Record::Account(_) => EntryKind::Account,
            Record::Service(_) => EntryKind::Service,
            Record::Group(group) if group.kind == GroupKind::Team => EntryKind::Team,
            Record::Group(_) => EntryKind::Group,
        }
    }

    /// What the access table calls it, with what `subject` has to do with it.
    pub(super) fn object(&self, view: &mut View<'_>, subject: &Subject) -> Read<Object> {
        Ok(match self {
            Record::Suffix | Record::Branch(_) => Object::Structure,
            Record::Account(account) => Object::Account {
                id: account.id,
                role: account.role,
                team: owned_team_of(view, subject, account.id)?,
                in_limited_group: match subject {
                    Subject::Service { limited_to: Some(group), .. } => memberships::is_member(view, *group, account.id)?,
                    _ => false,
                },
            },
            Record::Service(service) => Object::Service { id: service.id },
            Record::Group(group) => {
                let member = match subject {
                    Subject::Account(person) => memberships::is_member(view, group.id, person.id)?,
                    _ => false,
                };
                match group.kind {
                    GroupKind::Team => Object::Team { id: group.id, member },
                    GroupKind::Group => Object::Group { id: group.id, member },
                }
            }
        })
    }
}

fn group_at(view: &mut View<'_>, kind: GroupKind, cn: &str) -> Read<Option<Record>> {
    match groups::id_of(view, kind, cn)? {
        Some(id) => Ok(groups::load(view, id)?.map(Record::Group)),
        None => Ok(None),
    }
}

/// The team of `account` that `subject` owns, if there is one; what other team it is in is of no interest.
fn owned_team_of(view: &mut View<'_>, subject: &Subject, account: Id) -> Read<Option<Id>> {
    let Subject::Account(person) = subject else { return Ok(None) };
    if person.owned_teams.is_empty() {
        return Ok(None);
    }
    let team = memberships::team_of(view, account)?.map(|team| team.id);
    Ok(team.filter(|team| person.owned_teams.contains(team)))
}

/// What every presentation needs besides the record.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) settings: &'a Settings,
    pub(super) subject: &'a Subject,
    pub(super) now: UnixTime,
}

/// A record as `context.subject` may see it.
pub(super) struct Presented<'a, 'v, 's> {
    record: &'a Record,
    view: &'a mut View<'v>,
    context: Context<'s>,
    reads: Reads,
    /// A fault of the store met while a filter was evaluated.
    fault: Option<Stop<Infallible>>,
}

impl<'a, 'v, 's> Presented<'a, 'v, 's> {
    /// The record as the subject may see it; nothing if it may not see it at all.
    pub(super) fn new(record: &'a Record, view: &'a mut View<'v>, context: Context<'s>) -> Read<Option<Self>> {
        let object = record.object(view, context.subject)?;
        let reads = access::reads(context.subject, &object, &context.settings.access);
        let presented = Presented { record, view, context, reads, fault: None };
        Ok((reads != Reads::Nothing).then_some(presented))
    }

    /// Whether the subject may read `attribute` of it.
    pub(super) fn covers(&self, attribute: Attribute) -> bool {
        self.reads.covers(attribute)
    }

    /// Whether it has any value of `attribute`.
    pub(super) fn has(&mut self, attribute: Attribute) -> Read<bool> {
        match (self.record, attribute) {
            // Not listed to be counted: there may be a million.
            (Record::Group(group), Attribute::Member | Attribute::UniqueMember | Attribute::MemberUid) => {
                Ok(!memberships::members(self.view, group.id, Id(0), 1)?.is_empty())
            }
            _ => Ok(!self.values(attribute)?.is_empty()),
        }
    }

    /// The fault met while a filter was evaluated, whose verdict is then void.
    pub(super) fn fault(&mut self) -> Option<Stop<Infallible>> {
        self.fault.take()
    }

    /// Its DN in the canonical form.
    pub(super) fn dn(&self) -> String {
        let tree = &self.context.settings.tree;
        match self.record {
            Record::Suffix => tree.suffix_dn().to_owned(),
            Record::Branch(branch) => tree.branch_dn(*branch).to_owned(),
            Record::Account(account) => tree.account_dn(&account.uid),
            Record::Service(service) => tree.service_dn(&service.uid),
            Record::Group(group) => tree.group_dn(group.kind, &group.cn),
        }
    }

    /// The entry with the attributes that `selection` asks for and the subject may read.
    pub(super) fn entry(&mut self, selection: &Selection, types_only: bool) -> Read<Entry> {
        let mut attributes = Vec::new();
        for attribute in Attribute::all() {
            if !self.is_selected(attribute, selection) {
                continue;
            }
            let mut values = self.values(attribute)?;
            if values.is_empty() {
                continue;
            }
            if types_only {
                values.clear();
            }
            attributes.push((attribute, values));
        }
        Ok(Entry { dn: self.dn(), attributes })
    }

    fn is_selected(&self, attribute: Attribute, selection: &Selection) -> bool {
        let by_star = selection.all_user
            && (!attribute.is_operational() || attribute == Attribute::MemberOf && self.context.settings.member_of_with_star);
        let by_plus = selection.all_operational && attribute.is_operational();
        (by_star || by_plus || selection.named.contains(&attribute)) && self.covers(attribute)
    }

    /// All the values of `attribute`, whether the subject may read it or not.
    pub(super) fn values(&mut self, attribute: Attribute) -> Read<Vec<Value>> {
        let kind = self.record.kind();
        match attribute {
            Attribute::ObjectClass => return Ok(kind.classes().iter().map(|class| class.name().as_bytes().to_vec()).collect()),
            Attribute::StructuralObjectClass => return Ok(kind.structural().map(|class| one(class.name())).unwrap_or_default()),
            Attribute::EntryDn => return Ok(one(self.dn())),
            Attribute::SubschemaSubentry => return Ok(one(SUBSCHEMA_DN)),
            Attribute::HasSubordinates => return self.has_subordinates(),
            Attribute::UserPassword => return Ok(Vec::new()),
            _ => {}
        }
        match self.record {
            Record::Suffix => Ok(self.of_suffix(attribute)),
            Record::Branch(branch) => Ok(if attribute == Attribute::Ou { one(branch.ou()) } else { Vec::new() }),
            Record::Account(account) => self.of_account(account, attribute),
            Record::Service(service) => self.of_service(service, attribute),
            Record::Group(group) => self.of_group(group, attribute),
        }
    }

    fn has_subordinates(&mut self) -> Read<Vec<Value>> {
        let has = match self.record {
            Record::Suffix => true,
            Record::Branch(branch) => self.is_populated(*branch)?,
            Record::Account(_) | Record::Service(_) | Record::Group(_) => false,
        };
        Ok(one(boolean(has)))
    }

    fn is_populated(&mut self, branch: Branch) -> Read<bool> {
        let (from, to) = keys::range(&match branch {
            Branch::People => keys::login(""),
            Branch::Services => keys::service_login(""),
            Branch::Groups => keys::group_names(GroupKind::Group),
            Branch::Teams => keys::group_names(GroupKind::Team),
        });
        Ok(!self.view.scan(&from, &to, 1)?.is_empty())
    }

    fn of_suffix(&self, attribute: Attribute) -> Vec<Value> {
        match attribute {
            Attribute::Dc => {
                self.context.settings.tree.suffix().rdns().first().and_then(|rdn| rdn.value_of(&["dc"])).map(one).unwrap_or_default()
            }
            Attribute::O => one(&self.context.settings.organisation),
            _ => Vec::new(),
        }
    }

    fn of_account(&mut self, account: &Account, attribute: Attribute) -> Read<Vec<Value>> {
        let settings = self.context.settings;
        Ok(match attribute {
            Attribute::Uid => one(&account.uid),
            Attribute::UidNumber => one(account.uid_number.to_string()),
            Attribute::GidNumber => one(account.gid_number.to_string()),
            Attribute::HomeDirectory => stored_or(&account.attributes, attribute, || settings.posix.home.replace("{uid}", &account.uid)),
            Attribute::LoginShell => stored_or(&account.attributes, attribute, || settings.posix.shell.clone()),
            Attribute::ShadowLastChange => {
                account.password_changed_at.map(|at| one((at.as_secs() / 86_400).to_string())).unwrap_or_default()
            }
            Attribute::DepartmentNumber => self.team_name(account.id)?,
            Attribute::MemberOf => self.member_of(account.id)?,
            Attribute::EntryUuid => one(account.entry_uuid.to_string()),
            Attribute::CreateTimestamp => one(account.created_at.generalized()),
            Attribute::ModifyTimestamp => one(account.modified_at.generalized()),
            Attribute::PwdChangedTime => account.password_changed_at.map(|at| one(at.generalized())).unwrap_or_default(),
            Attribute::PwdReset => {
                if account.must_change {
                    one(boolean(true))
                } else {
                    Vec::new()
                }
            }
            Attribute::PwdAccountLockedTime => self.locked_until(account.id)?,
            Attribute::BinderyRole => one(account.role.word()),
            Attribute::AccountStatus => one(account.status_word(self.context.now)),
            Attribute::AccountExpires => account.expires_at.map(|at| one(at.generalized())).unwrap_or_default(),
            _ => account.attributes.values(attribute).to_vec(),
        })
    }

    fn of_service(&mut self, service: &ServiceAccount, attribute: Attribute) -> Read<Vec<Value>> {
        Ok(match attribute {
            Attribute::Uid | Attribute::Cn => one(&service.uid),
            Attribute::EntryUuid => one(service.entry_uuid.to_string()),
            Attribute::CreateTimestamp => one(service.created_at.generalized()),
            Attribute::ModifyTimestamp => one(service.modified_at.generalized()),
            Attribute::AccountStatus => one(if service.status == crate::domain::account::Status::Active { "active" } else { "disabled" }),
            Attribute::PwdAccountLockedTime => self.locked_until(service.id)?,
            Attribute::BinderyGrant => {
                if service.may_reset_passwords {
                    one("password-reset")
                } else {
                    Vec::new()
                }
            }
            Attribute::BinderyLimitedTo => match service.limited_to {
                Some(group) => self.group_dns(&[group], |_| true)?,
                None => Vec::new(),
            },
            _ => service.attributes.values(attribute).to_vec(),
        })
    }

    fn of_group(&mut self, group: &Group, attribute: Attribute) -> Read<Vec<Value>> {
        Ok(match attribute {
            // Several applications take the uid of a group for its name.
            Attribute::Cn | Attribute::Uid => one(&group.cn),
            Attribute::GidNumber => one(group.gid_number.to_string()),
            Attribute::Member | Attribute::UniqueMember | Attribute::MemberUid => self.members(group.id, attribute)?,
            Attribute::Owner => {
                let mut owners = Vec::new();
                for id in &group.owners {
                    if let Some(account) = accounts::load(self.view, *id)? {
                        owners.push(self.context.settings.tree.account_dn(&account.uid).into_bytes());
                    }
                }
                owners
            }
            Attribute::EntryUuid => one(group.entry_uuid.to_string()),
            Attribute::CreateTimestamp => one(group.created_at.generalized()),
            Attribute::ModifyTimestamp => one(group.modified_at.generalized()),
            _ => group.attributes.values(attribute).to_vec(),
        })
    }

    fn team_name(&mut self, account: Id) -> Read<Vec<Value>> {
        Ok(memberships::team_of(self.view, account)?.map(|team| one(team.cn)).unwrap_or_default())
    }

    /// The groups and teams of an account. A service that is limited to a group learns of that one alone.
    fn member_of(&mut self, account: Id) -> Read<Vec<Value>> {
        let groups = memberships::of_account(self.view, account)?;
        let limited_to = match self.context.subject {
            Subject::Service { limited_to, .. } => *limited_to,
            _ => None,
        };
        self.group_dns(&groups, |id| limited_to.is_none_or(|only| only == id))
    }

    fn group_dns(&mut self, ids: &[Id], wanted: impl Fn(Id) -> bool) -> Read<Vec<Value>> {
        let mut dns = Vec::with_capacity(ids.len());
        for id in ids.iter().copied().filter(|id| wanted(*id)) {
            if let Some(group) = groups::load(self.view, id)? {
                dns.push(self.context.settings.tree.group_dn(group.kind, &group.cn).into_bytes());
            }
        }
        Ok(dns)
    }

    /// The members of a group that the subject may see, by DN or by login; about [`MAX_LISTED_MEMBERS`] at most.
    fn members(&mut self, group: Id, attribute: Attribute) -> Read<Vec<Value>> {
        let mut values = Vec::new();
        let mut next = Some(Id(0));
        while let Some(from) = next.filter(|_| values.len() < MAX_LISTED_MEMBERS) {
            let ids = memberships::members(self.view, group, from, MAX_SCAN)?;
            next = ids.get(MAX_SCAN - 1).and_then(|last| last.0.checked_add(1)).map(Id);
            for id in ids {
                let Some(account) = accounts::load(self.view, id)? else { continue };
                values.push(match attribute {
                    Attribute::MemberUid => account.uid.into_bytes(),
                    _ => self.context.settings.tree.account_dn(&account.uid).into_bytes(),
                });
            }
        }
        Ok(values)
    }

    fn locked_until(&mut self, id: Id) -> Read<Vec<Value>> {
        let until = failures::load(self.view, id)?.and_then(|failures| failures.refused_until).filter(|until| *until > self.context.now);
        Ok(until.map(|until| one(until.generalized())).unwrap_or_default())
    }

    /// Whether the account or group that `assertion` names, by DN or bare, is a member here; without listing them all.
    fn is_related(&mut self, attribute: Attribute, assertion: &Assertion) -> Read<bool> {
        let tree = &self.context.settings.tree;
        match self.record {
            Record::Group(group) if attribute != Attribute::MemberOf => {
                match accounts::id_of_uid(self.view, &member_name(tree, attribute, &assertion.raw))? {
                    Some(id) => memberships::is_member(self.view, group.id, id),
                    None => Ok(false),
                }
            }
            Record::Account(account) if attribute == Attribute::MemberOf => {
                if let Subject::Service { limited_to: Some(_), .. } = self.context.subject {
                    return Ok(self.values(attribute)?.iter().any(|value| attribute.normalise(value) == assertion.normal));
                }
                for id in named_groups(self.view, tree, &assertion.raw)? {
                    if memberships::is_member(self.view, id, account.id)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            _ => Ok(false),
        }
    }

    fn kept<T: Default>(&mut self, read: Read<T>) -> T {
        read.unwrap_or_else(|fault| {
            self.fault = Some(fault);
            T::default()
        })
    }
}

impl Holder for Presented<'_, '_, '_> {
    fn readable(&mut self, attribute: Attribute) -> bool {
        self.covers(attribute)
    }

    fn any(&mut self, attribute: Attribute, test: &mut dyn FnMut(&[u8]) -> bool) -> bool {
        let values = self.values(attribute);
        self.kept(values).iter().any(|value| test(value))
    }

    fn equals(&mut self, attribute: Attribute, assertion: &Assertion) -> bool {
        match attribute {
            Attribute::Member | Attribute::UniqueMember | Attribute::MemberUid | Attribute::MemberOf => {
                let related = self.is_related(attribute, assertion);
                self.kept(related)
            }
            _ => attribute.equality().is_some_and(|rule| self.any(attribute, &mut |value| rule.matches(value, &assertion.normal))),
        }
    }
}

/// The folded login that a member value names: a full DN with either naming attribute, or the bare login.
pub(super) fn member_name(tree: &crate::domain::tree::Tree, attribute: Attribute, raw: &[u8]) -> String {
    let text = String::from_utf8_lossy(raw);
    if attribute != Attribute::MemberUid && text.contains('=') {
        return match crate::domain::dn::Dn::parse(&text).map(|dn| tree.locate(&dn)) {
            Ok(Place::Account(name)) => name,
            _ => String::new(),
        };
    }
    crate::domain::tree::fold(&text)
}

/// The groups and teams that a memberOf value names: one by its DN, or those of a bare name.
pub(super) fn named_groups(view: &mut View<'_>, tree: &crate::domain::tree::Tree, raw: &[u8]) -> Read<Vec<Id>> {
    let text = String::from_utf8_lossy(raw);
    let mut found = Vec::new();
    if text.contains('=') {
        found.extend(match crate::domain::dn::Dn::parse(&text).map(|dn| tree.locate(&dn)) {
            Ok(Place::Group(cn)) => groups::id_of(view, GroupKind::Group, &cn)?,
            Ok(Place::Team(cn)) => groups::id_of(view, GroupKind::Team, &cn)?,
            _ => None,
        });
        return Ok(found);
    }
    for kind in [GroupKind::Group, GroupKind::Team] {
        found.extend(groups::id_of(view, kind, &crate::domain::tree::fold(&text))?);
    }
    Ok(found)
}

fn one(value: impl Into<String>) -> Vec<Value> {
    vec![value.into().into_bytes()]
}

fn stored_or(attributes: &Attributes, attribute: Attribute, default: impl FnOnce() -> String) -> Vec<Value> {
    match attributes.values(attribute) {
        [] => one(default()),
        stored => stored.to_vec(),
    }
}

fn boolean(fact: bool) -> &'static str {
    if fact { "TRUE" } else { "FALSE" }
}

/// Where the subschema is published (RFC 4512 §4.2).
pub(super) const SUBSCHEMA_DN: &str = "cn=subschema";

/// The members of a group that one entry lists.
const MAX_LISTED_MEMBERS: usize = 100_000;
