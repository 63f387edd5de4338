//! Who is in which group: asked about one member, never by listing them all.

use std::cell::RefCell;
use std::rc::Rc;

use super::{Presented, Read};
use crate::domain::dn::Dn;
use crate::domain::entry::Value;
use crate::domain::filter::Assertion;
use crate::domain::group::GroupKind;
use crate::domain::id::Id;
use crate::domain::record::Record;
use crate::domain::schema::Attribute;
use crate::domain::tree::{Tree, TreePlace, fold};
use crate::store::{View, accounts, groups, memberships};

/// The accounts or groups that one value names, remembered from entry to entry for as long as a snapshot is read: a
/// filter that asks for a membership would otherwise parse its DN and look it up for each.
#[derive(Debug, Default)]
pub(in crate::directory) struct Named(RefCell<Option<Lookup>>);

#[derive(Debug)]
struct Lookup {
    attribute: Attribute,
    raw: Value,
    ids: Rc<[Id]>,
}

impl Named {
    /// What `find` finds for the value `raw` of `attribute`, or found the last time.
    fn ids(&self, attribute: Attribute, raw: &[u8], find: impl FnOnce() -> Read<Vec<Id>>) -> Read<Rc<[Id]>> {
        if let Some(last) = self.0.borrow().as_ref()
            && (last.attribute, last.raw.as_slice()) == (attribute, raw)
        {
            return Ok(Rc::clone(&last.ids));
        }
        let ids: Rc<[Id]> = find()?.into();
        self.0.replace(Some(Lookup { attribute, raw: raw.to_vec(), ids: Rc::clone(&ids) }));
        Ok(ids)
    }
}

impl Presented<'_, '_, '_> {
    /// Whether the account or group that `assertion` names, by DN or bare, is a member here; without listing them all.
    pub(super) fn is_related(&mut self, attribute: Attribute, assertion: &Assertion) -> Read<bool> {
        let (tree, view) = (&self.context.settings.tree, &mut *self.view);
        match self.record {
            Record::Group(group) if attribute != Attribute::MemberOf => {
                let name = || member_name(tree, attribute, &assertion.raw);
                let accounts =
                    self.context.named.ids(attribute, &assertion.raw, || Ok(accounts::id_of_uid(view, &name())?.into_iter().collect()))?;
                any(&accounts, |account| memberships::is_member(self.view, group.id, account))
            }
            Record::Account(account) if attribute.names_people() => {
                let name = || member_name(tree, attribute, &assertion.raw);
                let asked =
                    self.context.named.ids(attribute, &assertion.raw, || Ok(accounts::id_of_uid(view, &name())?.into_iter().collect()))?;
                let named = account.people_named(attribute);
                let named: Vec<Id> = asked.iter().copied().filter(|id| named.contains(id)).collect();
                any(&named, |id| Ok(self.seen_person(id)?.is_some()))
            }
            Record::Account(account) if attribute == Attribute::MemberOf => {
                let only = self.context.subject.limited_to();
                let groups = self.context.named.ids(attribute, &assertion.raw, || {
                    let mut groups = named_groups(view, tree, &assertion.raw)?;
                    groups.retain(|group| only.is_none_or(|only| only == *group));
                    Ok(groups)
                })?;
                any(&groups, |group| memberships::is_member(self.view, group, account.id))
            }
            _ => Ok(false),
        }
    }
}

/// Whether it holds of one of `ids`. Where there is none, as much is read, so that the time does not tell a name that
/// nobody has from that of a group or account that is hidden.
fn any(ids: &[Id], mut holds: impl FnMut(Id) -> Read<bool>) -> Read<bool> {
    if ids.is_empty() {
        return holds(NOBODY).map(|_| false);
    }
    for id in ids {
        if holds(*id)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// An id that is never drawn.
const NOBODY: Id = Id(0);

/// The folded login that a member value names: a full DN with either naming attribute, or the bare login.
pub(in crate::directory) fn member_name(tree: &Tree, attribute: Attribute, raw: &[u8]) -> String {
    let text = String::from_utf8_lossy(raw);
    if attribute != Attribute::MemberUid && text.contains('=') {
        return match Dn::parse(&text).map(|dn| tree.locate(&dn)) {
            Ok(TreePlace::Account(name)) => name,
            _ => String::new(),
        };
    }
    fold(&text)
}

/// The groups and teams that a memberOf value names: one by its DN, or those of a bare name.
pub(in crate::directory) fn named_groups(view: &mut View<'_>, tree: &Tree, raw: &[u8]) -> Read<Vec<Id>> {
    let text = String::from_utf8_lossy(raw);
    let mut found = Vec::new();
    if text.contains('=') {
        found.extend(match Dn::parse(&text).map(|dn| tree.locate(&dn)) {
            Ok(TreePlace::Group(cn)) => groups::id_of(view, GroupKind::Group, &cn)?,
            Ok(TreePlace::Team(cn)) => groups::id_of(view, GroupKind::Team, &cn)?,
            _ => None,
        });
        return Ok(found);
    }
    for kind in [GroupKind::Group, GroupKind::Team] {
        found.extend(groups::id_of(view, kind, &fold(&text))?);
    }
    Ok(found)
}
