//! What an edit does to values, for its rows of the audit: of each attribute that it names those that go and those that
//! come. Accounts and groups are named as people name them.

use std::collections::BTreeMap;

use super::draft::Draft;
use super::handling::{self, Handling};
use super::members::MemberChanges;
use super::{Call, EditRule};
use crate::domain::audit::{ValueChange, bounded};
use crate::domain::entry::Value;
use crate::domain::id::Id;
use crate::domain::record::Record;
use crate::domain::schema::Attribute;
use crate::store::{View, accounts, groups, memberships};

/// What the accounts and groups are called that a record holds by their ids. It is made before the rule runs, which could
/// not read so many, so that a name may be stale.
pub(super) type RelatedNames = BTreeMap<Id, String>;

/// Returns the names of the owners and the group that are in one of `records`, and of those who become or cease to be
/// members.
pub(super) fn related_names(view: &mut View<'_>, records: [&Record; 2], members: &MemberChanges) -> EditRule<RelatedNames> {
    let mut names = RelatedNames::new();
    for id in members.keys().chain(records[0].owners()).chain(records[1].owners()) {
        names.extend(accounts::load(view, *id)?.map(|account| (*id, account.uid)));
    }
    for id in records.into_iter().filter_map(limit_of) {
        names.extend(groups::load(view, id)?.map(|group| (id, group.cn)));
    }
    Ok(names)
}

/// The change of the attribute `attribute` of a group by which these become (true) or cease to be members.
fn of_members(attribute: Attribute, members: &MemberChanges, names: &RelatedNames) -> ValueChange {
    let ids = |joins: bool| -> Vec<Id> { members.iter().filter(|(_, is_new)| **is_new == joins).map(|(id, _)| *id).collect() };
    ValueChange::between(attribute, &named(&ids(false), names), &named(&ids(true), names))
}

impl Call {
    /// Returns what the edit does to the values of `old`, of which `draft` is what it makes. `members` are those who become
    /// or cease to be members.
    pub(super) fn value_changes(
        &self,
        view: &mut View<'_>,
        old: &Record,
        draft: &Draft,
        members: &MemberChanges,
        names: &RelatedNames,
    ) -> EditRule<Vec<ValueChange>> {
        let kind = draft.record.kind();
        let nobody = MemberChanges::new();
        let (mut changes, mut members) = (Vec::new(), members);
        for attribute in self.modified() {
            let change = match (handling::handling(kind, attribute), &draft.record) {
                // The attributes of members are views of the same: the first one says all.
                (Handling::Members, _) => of_members(attribute, std::mem::replace(&mut members, &nobody), names),
                (_, Record::Account(account)) if attribute == Attribute::DepartmentNumber => {
                    let before = if self.adds() { None } else { memberships::team_of(view, account.id)?.map(|team| team.cn) };
                    let after = draft.team().map_or_else(|| before.clone(), |team| team.map(|team| team.cn.clone()));
                    let value = |team: Option<String>| team.map(String::into_bytes).into_iter().collect::<Vec<Value>>();
                    ValueChange::between(attribute, &value(before), &value(after))
                }
                (_, new) => {
                    let before = if self.adds() { Vec::new() } else { values(old, attribute, names) };
                    ValueChange::between(attribute, &before, &values(new, attribute, names))
                }
            };
            changes.push(change);
        }
        Ok(bounded(changes))
    }

    /// The attributes that the edit names, but the password, in the order of their names.
    fn modified(&self) -> Vec<Attribute> {
        let named = self.edit.changes.iter().filter_map(super::change::Change::attribute);
        let mut named: Vec<Attribute> = named.filter(|attribute| *attribute != Attribute::UserPassword).collect();
        named.sort_unstable_by_key(|attribute| attribute.name());
        named.dedup();
        named
    }
}

fn values(record: &Record, attribute: Attribute, names: &RelatedNames) -> Vec<Value> {
    match (record, attribute) {
        (Record::Service(_), Attribute::BinderyLimitedTo) => named(limit_of(record).as_slice(), names),
        (Record::Group(_), Attribute::Owner) => named(record.owners(), names),
        (record, attribute) => record.values(attribute),
    }
}

fn named(ids: &[Id], names: &RelatedNames) -> Vec<Value> {
    ids.iter().map(|id| names.get(id).cloned().unwrap_or_else(|| id.to_string()).into_bytes()).collect()
}

fn limit_of(record: &Record) -> Option<Id> {
    match record {
        Record::Service(service) => service.limited_to,
        Record::Suffix | Record::Branch(_) | Record::Account(_) | Record::Group(_) => None,
    }
}
