//! Changes of members that are decided, but too many for one rule. They are written down in pages in the rule that
//! decides them, and carried out in parts; whoever comes upon a page carries it out, so that a crash leaves nothing half
//! done. Not in charge of who may change members, which was looked at when they were decided.

use serde::{Deserialize, Serialize};

use crate::domain::id::{Id, OpId};

use super::keys;
use super::lookup;
use super::memberships::{self, MembershipError};
use super::records::{self, StoredRecord};
use super::view::{Key, Rule, Stop, StoredValue, View};

/// Whether an account joins a group or leaves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberChange {
    /// The account.
    pub account: Id,
    /// It becomes a member; otherwise it ceases to be one.
    pub joins: bool,
}

/// Some of the changes of one request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct MemberPage {
    pub(super) changes: Vec<MemberChange>,
}

impl StoredRecord for MemberPage {
    const NAME: &'static str = "member page";
}

/// A page that is to be carried out.
#[derive(Clone, Debug, PartialEq)]
pub struct PendingPage {
    /// Its key, of no other page ever.
    pub key: Key,
    /// The group or team.
    pub group: Id,
    /// What is to be done.
    pub changes: Vec<MemberChange>,
}

/// Writes `changes` down, [`MAX_PENDING`] at most; `op` is the operation that decides them.
pub fn put(view: &mut View<'_>, group: Id, op: OpId, changes: &[MemberChange]) {
    for (number, changes) in (0..).zip(changes.chunks(IN_PAGE)) {
        records::store(view, keys::member_page(group, op, number), &MemberPage { changes: changes.to_vec() });
    }
}

/// Whether changes of the members of `group` are under way. Current.
pub fn is_changing<E>(view: &mut View<'_>, group: Id) -> Rule<bool, E> {
    Ok(first(view, &keys::member_pages(group))?.is_some())
}

/// A page of `group`, or of any group. Current.
pub fn next<E>(view: &mut View<'_>, group: Option<Id>) -> Rule<Option<PendingPage>, E> {
    let prefix = group.map_or_else(keys::all_member_pages, keys::member_pages);
    let Some((key, value)) = first(view, &prefix)? else { return Ok(None) };
    let page: MemberPage = records::decode(&value)?;
    let group = keys::group_of_page(&key).ok_or_else(|| Stop::Corrupt("member page: a key that names no group".into()))?;
    Ok(Some(PendingPage { key, group, changes: page.changes }))
}

/// Carries out `changes`, which are [`IN_RULE`] of `page` at most. May run twice, or late: where the page is done,
/// nothing happens. What has become so or impossible meanwhile is passed over, as if the other change had come last.
pub fn carry_out<E>(view: &mut View<'_>, page: &PendingPage, changes: &[MemberChange]) -> Rule<(), E> {
    if !view.has(&page.key)? {
        return Ok(());
    }
    let Some(group) = lookup::group(view, page.group)? else { return Ok(()) };
    for change in changes {
        pass_over(match change.joins {
            true => memberships::add(view, &group, change.account),
            false => memberships::remove(view, &group, change.account),
        })?;
    }
    Ok(())
}

fn pass_over<E>(outcome: Rule<(), MembershipError>) -> Rule<(), E> {
    use MembershipError::{AlreadyMember, Gone, InOtherTeam, NotMember, TooManyGroups};
    match outcome {
        Ok(()) => Ok(()),
        Err(Stop::Rule(AlreadyMember { .. } | NotMember { .. } | InOtherTeam { .. } | TooManyGroups { .. } | Gone)) => Ok(()),
        Err(Stop::Need) => Err(Stop::Need),
        Err(Stop::Corrupt(text)) => Err(Stop::Corrupt(text)),
        Err(Stop::Limit(bound)) => Err(Stop::Limit(bound)),
        Err(Stop::Down) => Err(Stop::Down),
    }
}

/// The page is carried out: it goes.
pub fn done(view: &mut View<'_>, page: &PendingPage) {
    view.delete(page.key.clone());
}

fn first<E>(view: &mut View<'_>, prefix: &[u8]) -> Rule<Option<(Key, StoredValue)>, E> {
    let (from, to) = keys::range(prefix);
    Ok(view.scan(&from, &to, 1)?.pop())
}

/// Changes of members that one request may come to. They take 11 bytes each at most, of the 512 KiB that a rule may
/// write.
pub const MAX_PENDING: usize = 30_000;

/// Changes in a page: a part of it reads the whole.
const IN_PAGE: usize = 1000;

/// Changes in one rule. One that joins reads the account, its memberships, and maybe a team that is being deleted: 60 of
/// the 64 keys that a rule may read.
pub const IN_RULE: usize = 20;
