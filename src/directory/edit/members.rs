//! Changes of who is in a group or team: `member`, `uniqueMember` and `memberUid` are three views of the same.

use std::collections::{BTreeMap, BTreeSet};

use super::change::Change;
use super::error::{EditError, EditFault, Wrong, refuse};
use super::{Call, EditRule, names};
use crate::domain::dn::Dn;
use crate::domain::group::{Group, GroupKind};
use crate::domain::id::{Id, OpId};
use crate::domain::record::Violation;
use crate::domain::schema::Attribute;
use crate::domain::tree::{TreePlace, fold};
use crate::store::memberships::{self, MembershipError};
use crate::store::pending_members::{self, MemberChange};
use crate::store::view::MAX_SCAN;
use crate::store::{Stop, View};

/// Who is to become a member (true), and who is to cease to be one (false).
pub(super) type MemberChanges = BTreeMap<Id, bool>;

/// An account that a value names.
struct NamedMember {
    id: Id,
    login: String,
}

/// Who becomes and who ceases to be a member of `group` by `changes` of its members, in their order.
pub(super) fn plan(call: &Call, view: &mut View<'_>, group: &Group, changes: &[&Change]) -> EditRule<MemberChanges> {
    let mut plan = MemberChanges::new();
    let named: usize = changes.iter().map(|change| change.values().len()).sum();
    if named > MAX_NAMED {
        let text = format!("{named} members in one request; send {MAX_NAMED} at a time");
        return refuse(EditError::rule(Attribute::Member, Violation::Unwilling, text));
    }
    for change in changes {
        match change {
            Change::Add(attribute, _) => {
                for account in resolve(call, view, group, change)? {
                    if is_member(view, &plan, group, account.id)? {
                        let already = MembershipError::AlreadyMember { login: account.login, group: group.cn.clone() };
                        return refuse(EditError::fault(*attribute, Wrong::Membership(already)));
                    }
                    plan.insert(account.id, true);
                }
            }
            Change::Remove(_, values) if values.is_empty() => {
                plan = all(view, group)?.into_iter().map(|id| (id, false)).collect();
            }
            Change::Remove(attribute, _) => {
                for account in resolve(call, view, group, change).map_err(as_absent)? {
                    if !is_member(view, &plan, group, account.id)? {
                        let none = MembershipError::NotMember { login: account.login, group: group.cn.clone() };
                        return refuse(EditError::fault(*attribute, Wrong::Membership(none)));
                    }
                    plan.insert(account.id, false);
                }
            }
            Change::Discard(..) => {
                for account in resolve(call, view, group, change)? {
                    if is_member(view, &plan, group, account.id)? {
                        plan.insert(account.id, false);
                    }
                }
            }
            Change::Set(..) => {
                let wanted = resolve(call, view, group, change)?;
                plan = all(view, group)?.into_iter().map(|id| (id, false)).collect();
                plan.extend(wanted.into_iter().map(|account| (account.id, true)));
            }
            Change::Password(_) | Change::Rename(_) | Change::Unlock | Change::EndSessions | Change::Delete => {}
        }
    }
    drop_what_is_so(view, group, plan)
}

/// Whether so many changes fit into the rule that changes the record of a group. `owners` is how many there are before
/// and after: they take their share of the keys.
pub(super) fn fit_one_rule(members: &MemberChanges, owners: [usize; 2]) -> bool {
    let taken = (owners[0] + 3 * owners[1]).div_ceil(2);
    members.len() <= IN_FIRST_RULE.saturating_sub(taken)
}

/// Carries out `members` within one rule, as far as the store lets itself be asked in one.
pub(super) fn apply(view: &mut View<'_>, group: &Group, members: &MemberChanges) -> EditRule<()> {
    for (id, joins) in members {
        match joins {
            true => memberships::add(view, group, *id)?,
            false => memberships::remove(view, group, *id)?,
        }
    }
    Ok(())
}

/// As [`apply`], in parts: writes down what [`Directory::finish_members`](crate::directory::Directory) does.
pub(super) fn decide(view: &mut View<'_>, group: &Group, op: OpId, members: &MemberChanges) {
    let changes: Vec<MemberChange> = members.iter().map(|(id, joins)| MemberChange { account: *id, joins: *joins }).collect();
    pending_members::put(view, group.id, op, &changes);
}

fn resolve(call: &Call, view: &mut View<'_>, group: &Group, change: &Change) -> EditRule<Vec<NamedMember>> {
    let attribute = change.attribute().unwrap_or(Attribute::Member);
    let (mut members, mut named) = (Vec::new(), BTreeSet::new());
    for value in change.values() {
        if is_placeholder(call, group, value) {
            continue;
        }
        let account = names::account(&call.eyes.tree, view, attribute, value)?;
        if !named.insert(account.id) {
            let text = format!("{}: {} is named twice", attribute.name(), String::from_utf8_lossy(value));
            return refuse(EditError::rule(attribute, Violation::ValueExists, text));
        }
        members.push(NamedMember { id: account.id, login: account.uid });
    }
    Ok(members)
}

/// An account that is to be taken out and does not exist is no member.
fn as_absent(error: Stop<EditError>) -> Stop<EditError> {
    let Stop::Rule(EditError::Faults(faults)) = error else { return error };
    let absent = |fault: EditFault| match fault.wrong {
        Wrong::NoSuchAccount(_) | Wrong::Rule(Violation::Constraint, _) => {
            EditFault { wrong: Wrong::Rule(Violation::NoSuchValue, fault.to_string()), ..fault }
        }
        _ => fault,
    };
    Stop::Rule(EditError::Faults(faults.into_iter().map(absent).collect()))
}

/// groupOfNames needs a member (RFC 4519 §3.5), so clients make empty groups with an empty value, with the group
/// itself, or with a name of no entry, such as `cn=empty-membership-placeholder`. Outside the suffix are no accounts.
fn is_placeholder(call: &Call, group: &Group, value: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(value) else { return false };
    let text = text.trim();
    if text.is_empty() {
        return true;
    }
    match text.contains('=').then(|| Dn::parse(text)) {
        Some(Ok(dn)) => !dn.is_within(call.eyes.tree.suffix()) || call.eyes.tree.locate(&dn) == place_of(group),
        Some(Err(_)) | None => false,
    }
}

fn place_of(group: &Group) -> TreePlace {
    match group.kind {
        GroupKind::Group => TreePlace::Group(fold(&group.cn)),
        GroupKind::Team => TreePlace::Team(fold(&group.cn)),
    }
}

fn is_member(view: &mut View<'_>, plan: &MemberChanges, group: &Group, id: Id) -> EditRule<bool> {
    match plan.get(&id) {
        Some(joins) => Ok(*joins),
        None => memberships::is_member(view, group.id, id),
    }
}

fn all(view: &mut View<'_>, group: &Group) -> EditRule<Vec<Id>> {
    let mut all: Vec<Id> = Vec::new();
    loop {
        let from = all.last().map_or(Some(Id(0)), |last| last.0.checked_add(1).map(Id));
        let Some(from) = from else { return Ok(all) };
        let members = memberships::members(view, group.id, from, MAX_SCAN)?;
        let last = members.len() < MAX_SCAN;
        all.extend(members);
        if all.len() > MAX_REPLACED {
            let text = format!(
                "the group has more than {MAX_REPLACED} members, which is the most that one request replaces or takes away without naming them; name those that go, {MAX_NAMED} at a time, or delete the group"
            );
            return refuse(EditError::rule(Attribute::Member, Violation::Unwilling, text));
        }
        if last {
            return Ok(all);
        }
    }
}

fn drop_what_is_so(view: &mut View<'_>, group: &Group, plan: MemberChanges) -> EditRule<MemberChanges> {
    let mut left = MemberChanges::new();
    for (id, joins) in plan {
        if memberships::is_member(view, group.id, id)? != joins {
            left.insert(id, joins);
        }
    }
    Ok(left)
}

/// Members that one request may name. Each is looked at with some eight reads, of 524,288 that a view has which only
/// reads.
pub(super) const MAX_NAMED: usize = 10_000;

/// Members that a request may replace or take away without naming them.
const MAX_REPLACED: usize = 20_000;

// Those that go and those that come fit into the pages that one rule writes.
const _: () = assert!(MAX_NAMED + MAX_REPLACED <= pending_members::MAX_PENDING);

/// Members that change in the same rule as the record of a group without owners: each takes two of the 64 keys that a
/// rule may read. More are written down in that rule, and changed in further ones.
const IN_FIRST_RULE: usize = 23;
