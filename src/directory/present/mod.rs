//! How what is stored looks as an entry: each attribute of an account, a group, a team, a service account or a
//! branch of the tree, computed when it is asked for and only if the subject may read it.

mod relation;
mod values;

use std::convert::Infallible;

pub(super) use relation::{Named, member_name, named_groups};
use values::one;

use super::DirectorySettings;
use super::target::{Sight, are_readable, look};
use crate::domain::access::{Reads, Subject};
use crate::domain::entry::{Attributes, Entry, Value};
use crate::domain::filter::{Assertion, Holder};
use crate::domain::id::Id;
use crate::domain::record::Record;
use crate::domain::schema::Attribute;
use crate::domain::selection::Selection;
use crate::domain::time::UnixTime;
use crate::domain::tree::{SUBSCHEMA_DN, TreePlace};
pub(super) use crate::store::Read;
use crate::store::{Stop, View, memberships};

/// What every presentation needs besides the record.
#[derive(Clone, Copy)]
pub(super) struct Viewer<'a> {
    pub(super) settings: &'a DirectorySettings,
    pub(super) subject: &'a Subject,
    pub(super) now: UnixTime,
    /// What was found out about the values that a filter asserts, which are the same for every entry.
    pub(super) named: &'a Named,
}

/// A record as `context.subject` may see it.
pub(super) struct Presented<'a, 'v, 's> {
    record: &'a Record,
    view: &'a mut View<'v>,
    context: Viewer<'s>,
    reads: Reads,
    /// A fault of the store met while a filter was evaluated.
    fault: Option<Stop<Infallible>>,
    /// What filters have asked for: a thousand terms about the members of a group list them once.
    listed: Vec<(Attribute, Vec<Value>)>,
    /// Values that filters may still look at.
    looks_left: usize,
}

impl<'a, 'v, 's> Presented<'a, 'v, 's> {
    /// The record as the subject may see it; nothing if it may not see it at all.
    pub(super) fn new(record: &'a Record, view: &'a mut View<'v>, context: Viewer<'s>) -> Read<Option<Self>> {
        let sight = look(view, context.subject, record, &context.settings.access)?;
        Ok(sight.map(|Sight { reads, .. }| Presented {
            record,
            view,
            context,
            reads,
            fault: None,
            listed: Vec::new(),
            looks_left: MAX_LOOKS,
        }))
    }

    /// Whether the subject may read `attribute` of it.
    pub(super) fn covers(&self, attribute: Attribute) -> bool {
        self.reads.covers(attribute)
    }

    /// Whether the subject may read what qualifies `place`, by which it was found.
    pub(super) fn may_be_named(&self, place: &TreePlace) -> bool {
        are_readable(place, self.reads)
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
        self.record.dn(&self.context.settings.tree)
    }

    /// The entry, with what is selected of it and may be read.
    pub(super) fn entry(&mut self, selection: &Selection) -> Read<Entry> {
        let picked = Picked { selection, reads: self.reads, member_of_with_star: self.context.settings.member_of_with_star };
        let record = self.record;
        let mut attributes = Attributes::with_room();
        for attribute in picked.candidates().filter(|attribute| picked.has(*attribute)) {
            match record.stored().filter(|_| !attribute.names_people()).map(|stored| stored.values(attribute)) {
                Some(stored) if !stored.is_empty() => attributes.add(attribute, stored.iter()),
                _ => attributes.add(attribute, self.values(attribute)?),
            }
        }
        Ok(Entry { dn: self.dn(), attributes })
    }

    /// All the values of `attribute`, whether the subject may read it or not.
    pub(super) fn values(&mut self, attribute: Attribute) -> Read<Vec<Value>> {
        let kind = self.record.kind();
        // What the published classes do not allow is not shown either: clients check the one against the other.
        if !attribute.is_operational() && !kind.allows(attribute) {
            return Ok(Vec::new());
        }
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
            Record::Branch(_) => Ok(self.record.values(attribute)),
            Record::Account(account) => self.of_account(account, attribute),
            Record::Service(service) => self.of_service(service, attribute),
            Record::Group(group) => self.of_group(group, attribute),
        }
    }

    /// The values of `attribute`, taken out of those listed before.
    fn listed(&mut self, attribute: Attribute) -> Read<Vec<Value>> {
        let values = match self.listed.iter().position(|(listed, _)| *listed == attribute) {
            Some(at) => self.listed.swap_remove(at).1,
            None => self.values(attribute)?,
        };
        self.looks_left = self.looks_left.checked_sub(values.len()).ok_or(Stop::Limit("values that a filter looks at"))?;
        Ok(values)
    }

    fn kept<T: Default>(&mut self, read: Read<T>) -> T {
        read.unwrap_or_else(|fault| {
            self.fault = Some(fault);
            T::default()
        })
    }
}

/// The attributes that come back, of those that may be read.
struct Picked<'q> {
    selection: &'q Selection,
    reads: Reads,
    member_of_with_star: bool,
}

impl Picked<'_> {
    /// The attributes among which those that are picked are, in the order of the table: RFC 4511 §4.5.2 asks for none, but
    /// one that is the same each time is kinder to who compares.
    fn candidates(&self) -> impl Iterator<Item = Attribute> {
        let any = self.selection.all_user || self.selection.all_operational;
        let named = if any { &[][..] } else { &self.selection.named };
        Attribute::all().filter(move |_| any).chain(named.iter().copied())
    }

    fn has(&self, attribute: Attribute) -> bool {
        let by_star =
            self.selection.all_user && (!attribute.is_operational() || attribute == Attribute::MemberOf && self.member_of_with_star);
        let by_plus = self.selection.all_operational && attribute.is_operational();
        (by_star || by_plus || self.selection.named.contains(&attribute)) && self.reads.covers(attribute)
    }
}

impl Holder for Presented<'_, '_, '_> {
    fn readable(&mut self, attribute: Attribute) -> bool {
        self.covers(attribute)
    }

    fn any(&mut self, attribute: Attribute, test: &mut dyn FnMut(&[u8]) -> bool) -> bool {
        // What a record holds as it is need not be copied to be looked at: nearly every filter asks for one of these.
        match (self.record, attribute) {
            (record, Attribute::ObjectClass) => record.kind().classes().iter().any(|class| test(class.name().as_bytes())),
            (Record::Account(account), Attribute::Uid) => test(account.uid.as_bytes()),
            (Record::Account(account), Attribute::Cn | Attribute::Sn | Attribute::GivenName | Attribute::Mail) => {
                account.attributes.values(attribute).iter().any(&mut *test)
            }
            _ => {
                let listed = self.listed(attribute);
                let values = self.kept(listed);
                let found = values.iter().any(|value| test(value));
                self.listed.push((attribute, values));
                found
            }
        }
    }

    fn equals(&mut self, attribute: Attribute, assertion: &Assertion) -> bool {
        match attribute {
            _ if attribute.names_people() => {
                let related = self.is_related(attribute, assertion);
                self.kept(related)
            }
            Attribute::Member | Attribute::UniqueMember | Attribute::MemberUid | Attribute::MemberOf => {
                let related = self.is_related(attribute, assertion);
                self.kept(related)
            }
            _ => attribute.equality().is_some_and(|rule| self.any(attribute, &mut |value| rule.matches(value, &assertion.normal))),
        }
    }
}

/// Values of one entry that a filter may look at, over all of its terms: some tenths of a second.
const MAX_LOOKS: usize = 2_000_000;
