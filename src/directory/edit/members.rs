//! Changes of who is in a group or team: `member`, `uniqueMember` and `memberUid` are three views of the same.

use std::collections::BTreeMap;

use super::change::Change;
use super::error::{EditError, EditFault, Wrong, refuse};
use super::{Call, EditRule, names};
use crate::directory::Actor;
use crate::domain::account::Account;
use crate::domain::dn::Dn;
use crate::domain::group::{Group, GroupKind};
use crate::domain::id::Id;
use crate::domain::record::Violation;
use crate::domain::schema::Attribute;
use crate::domain::tree::{TreePlace, fold};
use crate::store::memberships::{self, MembershipError};
use crate::store::{Stop, View};

/// Who is to become a member (true), and who is to cease to be one (false).
pub(super) type MemberChanges = BTreeMap<Id, bool>;

/// Some of them, that change in one rule.
pub(super) type Part = Vec<(Id, bool)>;

/// Who becomes and who ceases to be a member of `group` by `changes` of its members, in their order.
pub(super) fn plan(call: &Call, view: &mut View<'_>, group: &Group, changes: &[&Change]) -> EditRule<MemberChanges> {
    let mut plan = MemberChanges::new();
    let named: usize = changes.iter().map(|change| change.values().len()).sum();
    if named > MAX_AT_ONCE {
        let text = format!("{named} members in one request; send {MAX_AT_ONCE} at a time");
        return refuse(EditError::rule(Attribute::Member, Violation::Unwilling, text));
    }
    for change in changes {
        match change {
            Change::Add(attribute, _) => {
                for account in resolve(call, view, group, change)? {
                    if is_member(view, &plan, group, account.id)? {
                        let already = MembershipError::AlreadyMember { login: account.uid, group: group.cn.clone() };
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
                        let none = MembershipError::NotMember { login: account.uid, group: group.cn.clone() };
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

/// What changes in the same rule as the record of a group, and what follows in parts. A request that leaves nothing to
/// follow is carried out whole or not at all. `owners` is how many there are before and after: they take their share of
/// the keys.
pub(super) fn split(members: &MemberChanges, owners: [usize; 2]) -> (Part, Vec<Part>) {
    let members: Vec<(Id, bool)> = members.iter().map(|(id, joins)| (*id, *joins)).collect();
    let taken = (owners[0] + 3 * owners[1]).div_ceil(2);
    let (first, rest) = members.split_at(members.len().min(IN_FIRST_RULE.saturating_sub(taken)));
    (first.to_vec(), rest.chunks(IN_FURTHER_RULES).map(<[_]>::to_vec).collect())
}

/// Carries out `members` within one rule, as far as the store lets itself be asked in one.
pub(super) fn apply(view: &mut View<'_>, group: &Group, members: impl IntoIterator<Item = (Id, bool)>) -> EditRule<()> {
    for (id, joins) in members {
        match joins {
            true => memberships::add(view, group, id)?,
            false => memberships::remove(view, group, id)?,
        }
    }
    Ok(())
}

/// Carries out a part of a change that is too large for one rule. Skips members already added or removed, so that the
/// part may be carried out twice.
pub(super) fn apply_part(view: &mut View<'_>, group: &Group, members: &[(Id, bool)]) -> EditRule<()> {
    for (id, joins) in members {
        let outcome = match joins {
            true => memberships::add(view, group, *id),
            false => memberships::remove(view, group, *id),
        };
        match outcome {
            Ok(()) | Err(Stop::Rule(MembershipError::AlreadyMember { .. } | MembershipError::NotMember { .. } | MembershipError::Gone)) => {
            }
            Err(other) => return Err(other.map(EditError::from)),
        }
    }
    Ok(())
}

fn resolve(call: &Call, view: &mut View<'_>, group: &Group, change: &Change) -> EditRule<Vec<Account>> {
    let attribute = change.attribute().unwrap_or(Attribute::Member);
    let mut accounts: Vec<Account> = Vec::new();
    for value in change.values() {
        if is_placeholder(call, group, value) {
            continue;
        }
        let account = names::account(&call.eyes.tree, view, attribute, value)?;
        if accounts.iter().any(|named| named.id == account.id) {
            let text = format!("{}: {} is named twice", attribute.name(), String::from_utf8_lossy(value));
            return refuse(EditError::rule(attribute, Violation::ValueExists, text));
        }
        accounts.push(account);
    }
    Ok(accounts)
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
/// itself, or with the administrator of the socket, who is nobody's account.
fn is_placeholder(call: &Call, group: &Group, value: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(value) else { return false };
    let text = text.trim();
    if text.is_empty() {
        return true;
    }
    match text.contains('=').then(|| Dn::parse(text)) {
        Some(Ok(dn)) => {
            call.eyes.tree.locate(&dn) == place_of(group) || (call.caller.actor == Actor::System && !dn.is_within(call.eyes.tree.suffix()))
        }
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
    let members = memberships::members(view, group.id, Id(0), MAX_REPLACED + 1)?;
    if members.len() > MAX_REPLACED {
        let text = format!("the group has more than {MAX_REPLACED} members; add and delete single members, or delete the group");
        return refuse(EditError::rule(Attribute::Member, Violation::Unwilling, text));
    }
    Ok(members)
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

/// Members that one request may name. Each is looked at with some six reads, of 4,096 that a rule has.
pub(super) const MAX_AT_ONCE: usize = 300;

/// Members that a request may replace or take away without naming them.
const MAX_REPLACED: usize = 1000;

/// Members that change in the same rule as the record of a group without owners: each takes two of the 64 keys that a
/// rule may read, and two of the 64 that it may write.
const IN_FIRST_RULE: usize = 24;

/// Members that change in each further rule.
const IN_FURTHER_RULES: usize = 28;
