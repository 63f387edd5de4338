//! Who is in which group: asked about one member, never by listing them all.

use super::{Presented, Read, Record};
use crate::domain::access::Subject;
use crate::domain::dn::Dn;
use crate::domain::filter::Assertion;
use crate::domain::group::GroupKind;
use crate::domain::id::Id;
use crate::domain::schema::Attribute;
use crate::domain::tree::{Place, Tree, fold};
use crate::store::{View, accounts, groups, memberships};

impl Presented<'_, '_, '_> {
    /// Whether the account or group that `assertion` names, by DN or bare, is a member here; without listing them all.
    pub(super) fn is_related(&mut self, attribute: Attribute, assertion: &Assertion) -> Read<bool> {
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
}

/// The folded login that a member value names: a full DN with either naming attribute, or the bare login.
pub(in crate::directory) fn member_name(tree: &Tree, attribute: Attribute, raw: &[u8]) -> String {
    let text = String::from_utf8_lossy(raw);
    if attribute != Attribute::MemberUid && text.contains('=') {
        return match Dn::parse(&text).map(|dn| tree.locate(&dn)) {
            Ok(Place::Account(name)) => name,
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
            Ok(Place::Group(cn)) => groups::id_of(view, GroupKind::Group, &cn)?,
            Ok(Place::Team(cn)) => groups::id_of(view, GroupKind::Team, &cn)?,
            _ => None,
        });
        return Ok(found);
    }
    for kind in [GroupKind::Group, GroupKind::Team] {
        found.extend(groups::id_of(view, kind, &fold(&text))?);
    }
    Ok(found)
}
