//! An entry while it is being changed: its attributes as values, and what they mean to the record behind them.
//! Nothing of it is stored before [`Draft::store`].

use std::collections::{BTreeMap, BTreeSet};

use super::change::Change;
use super::error::{Denial, EditError, Wrong, refuse};
use super::handling::{self, Handling};
use super::{Call, EditRule, Faults, names};
use crate::directory::target::FoundEntry;
use crate::domain::access;
use crate::domain::entry::Value;
use crate::domain::group::Group;
use crate::domain::record::{Record, Unfit, Violation};
use crate::domain::schema::{Attribute, EntryKind};
use crate::store::pending_addresses::PendingAddress;
use crate::store::{Stop, View, accounts, bonds, failures, groups, memberships, services};

/// An entry that is being changed.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) record: Record,
    /// It is not stored yet.
    is_new: bool,
    /// The record itself changes, and not only what hangs on it.
    touched: bool,
    /// The team that the account is to be in; none: it stays as it is.
    team: Option<Option<Group>>,
    /// Its failures are to be forgotten.
    unlocked: bool,
    /// Its sessions are to end.
    signed_out: bool,
    pub(super) deleted: bool,
    /// Mail addresses that wait for their link; the record keeps those it has.
    awaited: Option<PendingAddress>,
    /// Values as the changes so far have left them; only the last state has to be right.
    staged: BTreeMap<Attribute, Vec<Value>>,
    /// Names of a person for which a blank was given: they have none.
    blank: BTreeSet<Attribute>,
}

impl Draft {
    pub(super) fn new(record: Record, is_new: bool) -> Draft {
        Draft {
            record,
            is_new,
            touched: false,
            team: None,
            unlocked: false,
            signed_out: false,
            deleted: false,
            awaited: None,
            staged: BTreeMap::new(),
            blank: BTreeSet::new(),
        }
    }

    /// The team that the account is to be in, if it is to change.
    pub(super) fn team(&self) -> Option<Option<&Group>> {
        self.team.as_ref().map(Option::as_ref)
    }

    /// Makes one change; what is wrong with it is noted in `faults`.
    pub(super) fn make(&mut self, call: &Call, view: &mut View<'_>, change: &Change, faults: &mut Faults) -> EditRule<()> {
        match change {
            Change::Set(attribute, _) | Change::Add(attribute, _) | Change::Remove(attribute, _) | Change::Discard(attribute, _) => {
                let kind = self.record.kind();
                let handling = faults.note(handling::check_handled(kind, *attribute).map_err(Stop::Rule))?;
                // Members are not in the record, but who has joined or left is a change of the group.
                self.touched |= handling == Some(Handling::Members);
                if handling == Some(Handling::Held) {
                    let named = self.without_blanks(change);
                    faults.note(self.stage(call, view, *attribute, named.as_ref().unwrap_or(change)))?;
                }
            }
            Change::Rename(name) => {
                if let Some(branch) = self.record.branch() {
                    faults.note(names::check_typed_name(name, branch).map_err(Stop::Rule))?;
                    self.record.rename(name.clone());
                    self.touched = true;
                }
            }
            Change::Unlock => self.unlocked = true,
            Change::EndSessions => self.signed_out = true,
            Change::Delete => self.deleted = true,
            Change::Password(_) => {}
        }
        Ok(())
    }

    /// Gives the record what was staged; what is wrong with it is noted in `faults`.
    pub(super) fn assign_staged(&mut self, call: &Call, view: &mut View<'_>, faults: &mut Faults) -> EditRule<()> {
        for (attribute, values) in std::mem::take(&mut self.staged) {
            let fits = handling::check_values(attribute, &values).map_err(Stop::Rule);
            if faults.note(fits)?.is_some() {
                faults.note(self.assign(call, view, attribute, values))?;
            }
        }
        self.stand_in();
        // What a faulty value leaves missing would be told twice.
        if faults.is_empty() { self.check_whole() } else { Ok(()) }
    }

    /// Keycloak writes one blank for a name that a person does not have. Gives the change that means that.
    fn without_blanks(&mut self, change: &Change) -> Option<Change> {
        let (Change::Set(attribute, values) | Change::Add(attribute, values)) = change else { return None };
        let is_blank = |value: &Value| !value.is_empty() && value.iter().all(|byte| *byte == b' ');
        if self.record.kind() != EntryKind::Account || !NAMES.contains(attribute) || !values.iter().any(is_blank) {
            return None;
        }
        self.blank.insert(*attribute);
        let left: Vec<Value> = values.iter().filter(|value| !is_blank(value)).cloned().collect();
        Some(match change {
            Change::Add(..) if left.is_empty() => Change::Discard(*attribute, left),
            Change::Add(..) => Change::Add(*attribute, left),
            _ => Change::Set(*attribute, left),
        })
    }

    /// Where a blank was given for `cn` or `sn`, which every person has, the other name stands in, or the login.
    fn stand_in(&mut self) {
        let Record::Account(account) = &mut self.record else { return };
        let name = |attribute| account.attributes.values(attribute).first().map(<[u8]>::to_vec);
        let (cn, sn, login) = (name(Attribute::Cn), name(Attribute::Sn), account.uid.clone());
        let stands_in = |other: &Option<Value>| other.clone().unwrap_or_else(|| login.clone().into_bytes());
        for (attribute, own, other) in [(Attribute::Cn, &cn, &sn), (Attribute::Sn, &sn, &cn)] {
            if own.is_none() && self.blank.contains(&attribute) {
                account.attributes.set(attribute, vec![stands_in(other)]);
            }
        }
    }

    fn stage(&mut self, call: &Call, view: &mut View<'_>, attribute: Attribute, change: &Change) -> EditRule<()> {
        let values: EditRule<Vec<Value>> = change.values().iter().map(|value| self.canonical(call, view, attribute, value)).collect();
        let present = match (self.staged.remove(&attribute), change) {
            (_, Change::Set(..)) => Vec::new(),
            (Some(staged), _) => staged,
            (None, _) => self.values(call, view, attribute)?,
        };
        let staged = handling::apply(change, present, values?).map_err(Stop::Rule)?;
        self.staged.insert(attribute, staged);
        self.touched = true;
        Ok(())
    }

    /// The present values of `attribute`; a new entry has none.
    fn values(&self, call: &Call, view: &mut View<'_>, attribute: Attribute) -> EditRule<Vec<Value>> {
        let tree = &call.eyes.tree;
        match (&self.record, attribute) {
            _ if self.is_new => Ok(Vec::new()),
            (record, Attribute::ObjectClass) => Ok(record.kind().classes().iter().map(|class| class.name().into()).collect()),
            (Record::Account(account), Attribute::DepartmentNumber) => {
                Ok(memberships::team_of(view, account.id)?.map(|team| team.cn.into_bytes()).into_iter().collect())
            }
            (Record::Service(service), Attribute::BinderyLimitedTo) => match service.limited_to {
                Some(group) => {
                    let group = groups::load(view, group)?;
                    Ok(group.map(|group| tree.group_dn(group.kind, &group.cn).into_bytes()).into_iter().collect())
                }
                None => Ok(Vec::new()),
            },
            (Record::Group(group), Attribute::Owner) => {
                let mut owners = Vec::new();
                for owner in &group.owners {
                    owners.extend(accounts::load(view, *owner)?.map(|account| tree.account_dn(&account.uid).into_bytes()));
                }
                Ok(owners)
            }
            (Record::Account(account), attribute) if attribute.names_people() => {
                let mut people = Vec::new();
                for id in account.people_named(attribute) {
                    people.extend(accounts::load(view, id)?.map(|person| tree.account_dn(&person.uid).into_bytes()));
                }
                Ok(people)
            }
            (record, attribute) => Ok(record.values(attribute)),
        }
    }

    /// `value` in the form in which [`Draft::values`] has it, where it names something.
    fn canonical(&self, call: &Call, view: &mut View<'_>, attribute: Attribute, value: &Value) -> EditRule<Value> {
        let tree = &call.eyes.tree;
        Ok(match attribute {
            Attribute::DepartmentNumber if self.record.kind() == EntryKind::Account => {
                names::group(tree, view, attribute, value)?.cn.into_bytes()
            }
            _ if attribute.names_people() => tree.account_dn(&names::account(tree, view, attribute, value)?.uid).into_bytes(),
            Attribute::Owner => tree.account_dn(&names::account(tree, view, attribute, value)?.uid).into_bytes(),
            Attribute::BinderyLimitedTo => {
                let group = names::group(tree, view, attribute, value)?;
                tree.group_dn(group.kind, &group.cn).into_bytes()
            }
            Attribute::BinderyRole | Attribute::AccountStatus | Attribute::BinderyGrant => value.to_ascii_lowercase(),
            _ => value.clone(),
        })
    }

    /// Gives `attribute` these values, which are in canonical form, well written and distinct.
    fn assign(&mut self, call: &Call, view: &mut View<'_>, attribute: Attribute, values: Vec<Value>) -> EditRule<()> {
        let tree = &call.eyes.tree;
        match (&mut self.record, attribute) {
            (record, Attribute::ObjectClass) => handling::check_classes(record.kind(), &values).map_err(Stop::Rule),
            (Record::Account(_), Attribute::DepartmentNumber) => {
                self.team = Some(match values.as_slice() {
                    [] => None,
                    [team] => Some(names::group(tree, view, attribute, team)?),
                    _ => {
                        let text = "departmentNumber is the name of one team; nobody is in two";
                        return refuse(EditError::rule(attribute, Violation::Constraint, text));
                    }
                });
                Ok(())
            }
            (Record::Account(account), attribute) if attribute.names_people() => {
                if values.len() > MAX_PEOPLE_NAMED {
                    return refuse(EditError::fault(attribute, Wrong::TooMany(MAX_PEOPLE_NAMED)));
                }
                let people: EditRule<Vec<_>> =
                    values.iter().map(|value| names::account(tree, view, attribute, value).map(|person| person.id)).collect();
                account.name_people(attribute, &people?);
                Ok(())
            }
            (Record::Service(service), Attribute::BinderyLimitedTo) => {
                service.limited_to = match values.first() {
                    Some(value) => Some(names::group(tree, view, attribute, value)?.id),
                    None => None,
                };
                Ok(())
            }
            (Record::Group(group), Attribute::Owner) => {
                let owners: EditRule<Vec<_>> =
                    values.iter().map(|value| names::account(tree, view, attribute, value).map(|owner| owner.id)).collect();
                group.owners = owners?;
                Ok(())
            }
            (record, attribute) => {
                record.assign(attribute, values).map_err(|unfit: Unfit| Stop::Rule(EditError::fault(attribute, unfit.into())))
            }
        }
    }

    /// Has `pending` wait for its link; until then the account keeps `mails`.
    pub(super) fn wait_for(&mut self, pending: PendingAddress, mails: Vec<Value>) {
        if let Record::Account(account) = &mut self.record {
            account.attributes.set(Attribute::Mail, mails);
        }
        self.awaited = Some(pending);
    }

    /// Whether a mail address waits for its link.
    pub(super) fn waits(&self) -> bool {
        self.awaited.is_some()
    }

    /// Refuses a team that the caller may not give the account: a manager moves people among their own teams.
    pub(super) fn check_team(&self, found: &FoundEntry) -> EditRule<()> {
        let within_reach = match &self.team {
            None => true,
            Some(Some(team)) => access::moves_into(&found.subject, team.id),
            Some(None) => access::administers(&found.subject) || self.is_new,
        };
        if within_reach { Ok(()) } else { refuse(EditError::Denied(Denial::OtherTeam)) }
    }

    /// Refuses an entry that lacks what it needs, or is larger than a record may be.
    fn check_whole(&self) -> EditRule<()> {
        let Some(stored) = self.record.stored() else { return Ok(()) };
        if self.record.kind() == EntryKind::Account {
            let missing = [Attribute::Cn, Attribute::Sn].into_iter().filter(|needed| stored.values(*needed).is_empty());
            let missing: Vec<&str> = missing.map(Attribute::name).collect();
            if !missing.is_empty() {
                let missing = missing.join(" and ");
                let text = format!("inetOrgPerson needs {missing}; give {missing} a value");
                return refuse(EditError::rule(Attribute::Sn, Violation::ObjectClass, text));
            }
        }
        match stored.bytes() {
            bytes if bytes > MAX_ENTRY => refuse(EditError::fault(None, Wrong::TooLarge { bytes, most: MAX_ENTRY })),
            _ => Ok(()),
        }
    }

    /// Stores the entry, or deletes it: everything but members and password.
    pub(super) fn store(self, call: &Call, view: &mut View<'_>) -> EditRule<()> {
        match (self.is_new, self.deleted) {
            (_, true) => self.delete(view),
            (true, false) => self.add(view),
            (false, false) => self.replace(call, view),
        }
    }

    fn replace(mut self, call: &Call, view: &mut View<'_>) -> EditRule<()> {
        if self.touched {
            self.replace_record(call, view)?;
        }
        if let Some(id) = self.record.id() {
            if let Some(pending) = &self.awaited {
                call.await_link(view, id, pending)?;
            }
            if self.unlocked {
                failures::clear(view, id)?;
            }
            if self.signed_out {
                bonds::end_all(view, id)?;
            }
        }
        Ok(())
    }

    fn replace_record(&mut self, call: &Call, view: &mut View<'_>) -> EditRule<()> {
        match &mut self.record {
            Record::Suffix | Record::Branch(_) => Ok(()),
            Record::Account(account) => {
                account.modified_at = call.now;
                let old = accounts::load(view, account.id)?;
                accounts::replace(view, account)?;
                if let Some(old) = old {
                    call.watch.replaced(view, &old, account)?;
                }
                match &self.team {
                    Some(team) => memberships::move_to_team(view, account.id, team.as_ref()),
                    None => Ok(()),
                }
            }
            Record::Service(service) => {
                service.modified_at = call.now;
                services::replace(view, service)
            }
            Record::Group(group) => {
                group.modified_at = call.now;
                groups::replace(view, group)
            }
        }
    }

    fn add(&self, view: &mut View<'_>) -> EditRule<()> {
        match &self.record {
            Record::Suffix | Record::Branch(_) => Ok(()),
            Record::Account(account) => {
                accounts::add(view, account)?;
                match &self.team {
                    Some(Some(team)) => memberships::add(view, team, account.id),
                    Some(None) | None => Ok(()),
                }
            }
            Record::Service(service) => services::add(view, service),
            Record::Group(group) => groups::add(view, group),
        }
    }

    /// What is left of it is cleared away in the background.
    fn delete(&self, view: &mut View<'_>) -> EditRule<()> {
        match &self.record {
            Record::Suffix | Record::Branch(_) => Ok(()),
            Record::Account(account) => accounts::delete(view, account.id).map(|_| ()),
            Record::Service(service) => services::delete(view, service.id),
            Record::Group(group) => groups::delete(view, group.id).map(|_| ()),
        }
    }
}

/// People whom one attribute names: each takes two of the 64 keys that a rule may read, or three if all are others.
const MAX_PEOPLE_NAMED: usize = 6;

/// Names of a person for which clients write a blank where there is none.
const NAMES: [Attribute; 4] = [Attribute::Cn, Attribute::Sn, Attribute::GivenName, Attribute::DisplayName];

/// Bytes of all values of an entry; a stored record has 64 KiB.
const MAX_ENTRY: usize = 60 * 1024;
