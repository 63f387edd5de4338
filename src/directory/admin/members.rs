//! Changes of who is in a group or team: `member`, `uniqueMember` and `memberUid` are three views of the same.

use std::collections::BTreeMap;

use super::names::{self, refuse, stop};
use super::{Call, Rule};
use crate::directory::subject::subject;
use crate::directory::{Actor, Change, ChangeError, ChangeOperation, Denial};
use crate::domain::access;
use crate::domain::account::Account;
use crate::domain::dn::Dn;
use crate::domain::group::Group;
use crate::domain::id::Id;
use crate::domain::schema::Attribute;
use crate::store::memberships::{self, MembershipError};
use crate::store::{Stop, View, groups};

use super::errors::Refused;

/// Who is to become a member (true), and who is to cease to be one (false).
pub(super) type Members = BTreeMap<Id, bool>;

/// Some of them, that change in one rule.
pub(super) type Part = Vec<(Id, bool)>;

/// Who becomes and who ceases to be a member of `group` by `changes` of its members, in their order.
pub(super) fn plan(call: &Call, view: &mut View<'_>, group: &Group, changes: &[(Attribute, &Change)]) -> Rule<Members> {
    let mut plan = Members::new();
    let named: usize = changes.iter().map(|(_, change)| change.values.len()).sum();
    if named > MAX_AT_ONCE {
        return refuse(ChangeError::Unwilling(format!("{named} members in one request; send {MAX_AT_ONCE} at a time")));
    }
    for (attribute, change) in changes {
        match change.operation {
            ChangeOperation::Add => {
                for account in resolve(call, view, *attribute, change)? {
                    if is_member(view, &plan, group, account.id)? {
                        let (name, uid, cn) = (attribute.name(), account.uid, &group.cn);
                        return refuse(ChangeError::ValueExists(format!("{name}: {uid:?} is a member of {cn:?} already")));
                    }
                    plan.insert(account.id, true);
                }
            }
            ChangeOperation::Delete if !change.values.is_empty() => {
                for account in resolve(call, view, *attribute, change)? {
                    if !is_member(view, &plan, group, account.id)? {
                        let (name, uid, cn) = (attribute.name(), account.uid, &group.cn);
                        return refuse(ChangeError::NoSuchValue(format!("{name}: {uid:?} is not a member of {cn:?}")));
                    }
                    plan.insert(account.id, false);
                }
            }
            ChangeOperation::Delete => {
                let members = all(view, group)?;
                plan = members.into_iter().map(|id| (id, false)).collect();
            }
            ChangeOperation::Replace => {
                let wanted = resolve(call, view, *attribute, change)?;
                plan = all(view, group)?.into_iter().map(|id| (id, false)).collect();
                plan.extend(wanted.into_iter().map(|account| (account.id, true)));
            }
            ChangeOperation::Increment => {
                return refuse(ChangeError::Unwilling(format!("{}: members are not numbers", attribute.name())));
            }
        }
    }
    drop_what_is_so(view, group, plan)
}

/// What changes in the same rule as the record of a group, and what follows in parts. A request that leaves nothing to
/// follow is carried out whole or not at all. `owners` is how many there are before and after: they take their share of
/// the keys.
pub(super) fn split(members: &Members, owners: (usize, usize)) -> (Part, Vec<Part>) {
    let members: Vec<(Id, bool)> = members.iter().map(|(id, joins)| (*id, *joins)).collect();
    let taken = (owners.0 + 3 * owners.1).div_ceil(2);
    let (first, rest) = members.split_at(members.len().min(IN_FIRST_RULE.saturating_sub(taken)));
    (first.to_vec(), rest.chunks(IN_FURTHER_RULES).map(<[_]>::to_vec).collect())
}

/// Carries out `members` within one rule, as far as the store lets itself be asked in one.
pub(super) fn apply(view: &mut View<'_>, group: &Group, members: impl IntoIterator<Item = (Id, bool)>) -> Rule<()> {
    for (id, joins) in members {
        match joins {
            true => memberships::add(view, group, id)?,
            false => memberships::remove(view, group, id)?,
        }
    }
    Ok(())
}

/// Carries out a part of a change that is too large for one rule. Who is there already, or gone already, is let be,
/// so that it may run twice.
pub(super) fn apply_part(call: &Call, view: &mut View<'_>, group: Id, members: &[(Id, bool)]) -> Rule<()> {
    if !access::administers(&subject(view, call.caller.actor, call.now)?) {
        return Err(Refused::denied(Denial::Attribute));
    }
    let group = groups::load(view, group)?.ok_or_else(|| call.no_such_object())?;
    for (id, joins) in members {
        let outcome = match joins {
            true => memberships::add(view, &group, *id),
            false => memberships::remove(view, &group, *id),
        };
        match outcome {
            Ok(()) | Err(Stop::Rule(MembershipError::AlreadyMember { .. } | MembershipError::NotMember { .. } | MembershipError::Gone)) => {
            }
            Err(other) => return Err(other.map(Refused::from)),
        }
    }
    Ok(())
}

fn resolve(call: &Call, view: &mut View<'_>, attribute: Attribute, change: &Change) -> Rule<Vec<Account>> {
    let mut accounts: Vec<Account> = Vec::new();
    for value in &change.values {
        if is_placeholder(call, value) {
            continue;
        }
        let account = names::account(call, view, attribute, value).map_err(|stop| match change.operation {
            ChangeOperation::Delete => as_absent(stop),
            ChangeOperation::Add | ChangeOperation::Replace | ChangeOperation::Increment => stop,
        })?;
        if accounts.iter().any(|named| named.id == account.id) {
            return refuse(ChangeError::ValueExists(format!("{}: {} is named twice", attribute.name(), String::from_utf8_lossy(value))));
        }
        accounts.push(account);
    }
    Ok(accounts)
}

/// Who is to be taken out but does not exist is simply no member.
fn as_absent(error: Stop<Refused>) -> Stop<Refused> {
    match error {
        Stop::Rule(Refused { error: ChangeError::Constraint(text), .. }) => stop(ChangeError::NoSuchValue(text)),
        other => other,
    }
}

/// groupOfNames needs a member (RFC 4519 §3.5), so clients make empty groups with an empty value, with the group
/// itself, or with the administrator of the socket, who is nobody's account.
fn is_placeholder(call: &Call, value: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(value) else { return false };
    let text = text.trim();
    if text.is_empty() {
        return true;
    }
    match text.contains('=').then(|| Dn::parse(text)) {
        Some(Ok(dn)) => dn == call.dn || (call.caller.actor == Actor::System && !dn.is_within(call.tree.suffix())),
        Some(Err(_)) | None => false,
    }
}

fn is_member(view: &mut View<'_>, plan: &Members, group: &Group, id: Id) -> Rule<bool> {
    match plan.get(&id) {
        Some(joins) => Ok(*joins),
        None => memberships::is_member(view, group.id, id),
    }
}

fn all(view: &mut View<'_>, group: &Group) -> Rule<Vec<Id>> {
    let members = memberships::members(view, group.id, Id(0), MAX_REPLACED + 1)?;
    if members.len() > MAX_REPLACED {
        return refuse(ChangeError::Unwilling(format!(
            "the group has more than {MAX_REPLACED} members; add and delete single members, or delete the group"
        )));
    }
    Ok(members)
}

fn drop_what_is_so(view: &mut View<'_>, group: &Group, plan: Members) -> Rule<Members> {
    let mut left = Members::new();
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
