//! What lies where: the keys of the store, a prefix byte each. They sort by their bytes alone.
//!
//! | prefix | key | value |
//! |---|---|---|
//! | `a` | account id | [`Account`](crate::domain::account::Account) |
//! | `b` | group or team id | [`Group`](crate::domain::group::Group) |
//! | `B` | account or service id | [`Bond`](super::bonds::Bond): how often its connections and sessions have ended |
//! | `c` | account or service id | [`Credential`](crate::domain::credential::Credential); search code never reads it |
//! | `d` | id of what was deleted | kind and id: its memberships are not all cleared away |
//! | `e` | `entryUUID` | kind and id |
//! | `f` | account or service id | [`Failures`](crate::domain::throttle::Failures) |
//! | `g` | group id, account id | nothing |
//! | `G` | account id, group id | whether it is a group or a team |
//! | `h` | account id | [`NewAddresses`](super::new_addresses::NewAddresses): mail addresses that its owner gave it lately |
//! | `i` | source network | [`Rate`](crate::domain::reset::Rate): when new passwords were asked for from there |
//! | `j` | account id | [`Rate`](crate::domain::reset::Rate): when others had links and passwords sent to it |
//! | `k` | `gidNumber` | group id |
//! | `l` | shard, time, operation | [`AuditRow`](crate::domain::audit::AuditRow) |
//! | `L` | id, class, time, operation | nothing: an audit row that is about an account, service, group or team; or, under the id 0, of any change |
//! | `m` | folded mail, NUL, account id | nothing: an address may be shared |
//! | `M` | group or team id, operation, number | the changes of its members that are decided and not carried out whole |
//! | `n` | `uidNumber` | account id |
//! | `N` | list, folded name, NUL, account id | [`PersonListing`](crate::domain::listing::PersonListing) in the list of everybody; nothing in the others |
//! | `o` | shard, when it is due, operation | nothing: a mail of the outbox |
//! | `O` | account id, team id | nothing: the account is an owner of the team |
//! | `p` | operation | when it was done |
//! | `P` | account id | a generated password that is on its way; search code never reads it |
//! | `q` | account id, when it was queued, operation | nothing: the order of an account's mails that wait |
//! | `Q` | operation | [`Kept`](super::outbox::Kept): the mail, and when it is due |
//! | `r` | account id | nothing: the account is an administrator |
//! | `s` | token digest | [`WebSession`](crate::domain::session::WebSession) |
//! | `S` | account id | [`Sessions`](super::sessions::Sessions): which of its sessions live |
//! | `t` | token digest | [`ResetGrant`](crate::domain::reset::ResetGrant) |
//! | `T` | account id | [`Resets`](crate::domain::reset::Resets): which grants live, and when new ones were asked for |
//! | `u` | folded login | account id |
//! | `v` | account id | [`PendingAddress`](super::pending_addresses::PendingAddress): mail addresses that wait for their link |
//! | `w` | service id | [`ServiceAccount`](crate::domain::service::ServiceAccount) |
//! | `W` | folded word, NUL, account id | nothing: a search for the word finds the account |
//! | `x` | folded login | service id |
//! | `y` | kind, folded cn | group or team id |
//! | `z` | name | what the store keeps of itself |

mod audit;
mod outbox;

pub use audit::{AUDIT_SHARDS, EVERYBODY, Lane, audit, audit_behind, audit_from, audit_op, audit_time, story};
pub use outbox::{OUTBOX_SHARDS, mail_of, mail_order, mails_of, outbox, outbox_behind, outbox_from};

use uuid::Uuid;

use super::view::Key;
use crate::domain::group::GroupKind;
use crate::domain::id::{Id, OpId};
use crate::domain::listing::Facet;
use crate::domain::reset::TokenDigest;

/// The account `id`.
pub fn account(id: Id) -> Key {
    one(b'a', id)
}

/// The credential of the account or service `id`.
pub fn credential(id: Id) -> Key {
    one(b'c', id)
}

/// The account whose folded login is `uid`.
pub fn login(uid: &str) -> Key {
    text(b'u', uid)
}

/// That the account `id` has the folded address `mail`.
pub fn mail(mail: &str, id: Id) -> Key {
    join(&mail_prefix(mail), &id.to_bytes())
}

/// All accounts that have the folded address `mail`; the account id is the end of each key.
pub fn mail_prefix(mail: &str) -> Key {
    join(&text(b'm', mail), &[0])
}

/// The account with this `uidNumber`.
pub fn uid_number(number: u32) -> Key {
    join(b"n", &number.to_be_bytes())
}

/// What has this `entryUUID`.
pub fn entry_uuid(uuid: Uuid) -> Key {
    join(b"e", uuid.as_bytes())
}

/// The service account `id`.
pub fn service(id: Id) -> Key {
    one(b'w', id)
}

/// The service account whose folded login is `uid`.
pub fn service_login(uid: &str) -> Key {
    text(b'x', uid)
}

/// The group or team `id`.
pub fn group(id: Id) -> Key {
    one(b'b', id)
}

/// The group or team of this kind whose folded name is `cn`.
pub fn group_name(kind: GroupKind, cn: &str) -> Key {
    join(&group_names(kind), cn.as_bytes())
}

/// All groups, or all teams, by name.
pub fn group_names(kind: GroupKind) -> Key {
    match kind {
        GroupKind::Group => b"yg".to_vec(),
        GroupKind::Team => b"yt".to_vec(),
    }
}

/// The group with this `gidNumber`.
pub fn gid_number(number: u32) -> Key {
    join(b"k", &number.to_be_bytes())
}

/// That `account` is a member of `group`, from the group's side.
pub fn member(group: Id, account: Id) -> Key {
    two(b'g', group, account)
}

/// All members of `group`; the account id is the end of each key.
pub fn members(group: Id) -> Key {
    one(b'g', group)
}

/// That `account` is a member of `group`, from the account's side.
pub fn membership(account: Id, group: Id) -> Key {
    two(b'G', account, group)
}

/// A page of the changes of the members of `group` that the operation `op` decided.
pub fn member_page(group: Id, op: OpId, number: u16) -> Key {
    join(&join(&member_pages(group), &op.0), &number.to_be_bytes())
}

/// All such pages of `group`.
pub fn member_pages(group: Id) -> Key {
    one(b'M', group)
}

/// All such pages of all groups.
pub fn all_member_pages() -> Key {
    b"M".to_vec()
}

/// The group that a page of changes of members is of.
pub fn group_of_page(key: &[u8]) -> Option<Id> {
    key.get(1..)?.first_chunk::<8>().map(|bytes| Id::from_bytes(*bytes))
}

/// All groups and teams of `account`; the group id is the end of each key.
pub fn memberships(account: Id) -> Key {
    one(b'G', account)
}

/// That `account` is an owner of `team`.
pub fn ownership(account: Id, team: Id) -> Key {
    two(b'O', account, team)
}

/// All teams that `account` owns; the team id is the end of each key.
pub fn ownerships(account: Id) -> Key {
    one(b'O', account)
}

/// That the account `id` is an administrator.
pub fn administrator(id: Id) -> Key {
    one(b'r', id)
}

/// The place of the account `id`, whose name is sorted as `name`, in the list of `facet`.
pub fn listed(facet: Facet, name: &str, id: Id) -> Key {
    join(&join(&join(&list(facet), name.as_bytes()), &[0]), &id.to_bytes())
}

/// All of the list of `facet`, by name; the account id is the end of each key.
pub fn list(facet: Facet) -> Key {
    let facet = match facet {
        Facet::Everybody => 0,
        Facet::Administrators => 1,
        Facet::Managers => 2,
        Facet::Disabled => 3,
        Facet::Expiring => 4,
    };
    vec![b'N', facet]
}

/// That a search for `word` finds the account `id`.
pub fn word(word: &str, id: Id) -> Key {
    join(&join(&words(word), &[0]), &id.to_bytes())
}

/// All words that begin with `start`; the account id is the end of each key.
pub fn words(start: &str) -> Key {
    text(b'W', start)
}

/// All administrators; the account id is the end of each key.
pub fn administrators() -> Key {
    b"r".to_vec()
}

/// That `id` was deleted, but not yet all that hangs on it.
pub fn tombstone(id: Id) -> Key {
    one(b'd', id)
}

/// All that was deleted but not yet cleared away.
pub fn tombstones() -> Key {
    b"d".to_vec()
}

/// The bond of the account or service `id`.
pub fn bond(id: Id) -> Key {
    one(b'B', id)
}

/// The failures of the account or service `id`.
pub fn failures(id: Id) -> Key {
    one(b'f', id)
}

/// The mark that the operation `op` was done.
pub fn mark(op: OpId) -> Key {
    join(b"p", &op.0)
}

/// The grant of a mailed link.
pub fn grant(digest: TokenDigest) -> Key {
    join(b"t", &digest.0)
}

/// What is known of the resets of `account`.
pub fn resets(account: Id) -> Key {
    one(b'T', account)
}

/// The generated password of `account` that is on its way.
pub fn pending(account: Id) -> Key {
    one(b'P', account)
}

/// When new passwords were asked for from the network `source`; see [`crate::domain::reset::network`].
pub fn requests_from(source: [u8; 16]) -> Key {
    join(b"i", &source)
}

/// When others had links and passwords sent to `account`.
pub fn sent_to(account: Id) -> Key {
    one(b'j', account)
}

/// The mail addresses that the owner of `account` gave it lately.
pub fn new_addresses(account: Id) -> Key {
    one(b'h', account)
}

/// The mail addresses that the owner of `account` wants it to have, until their link is confirmed.
pub fn pending_address(account: Id) -> Key {
    one(b'v', account)
}

/// A session of the pages.
pub fn session(digest: TokenDigest) -> Key {
    join(b"s", &digest.0)
}

/// The sessions of `account`.
pub fn sessions_of(account: Id) -> Key {
    one(b'S', account)
}

/// What the store keeps of itself under `name`.
pub fn meta(name: &str) -> Key {
    text(b'z', name)
}

/// All keys that begin with `prefix`: from (included) to (excluded).
pub fn range(prefix: &[u8]) -> (Key, Key) {
    (prefix.to_vec(), after(prefix))
}

/// The first key that is behind all those that begin with `prefix`.
pub fn after(prefix: &[u8]) -> Key {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < u8::MAX {
            end.push(last + 1);
            return end;
        }
    }
    // Nothing but 0xFF: no key of ours begins so.
    vec![u8::MAX; prefix.len() + 1]
}

/// The first key behind `key`: where a scan goes on after it.
pub fn next(key: &[u8]) -> Key {
    join(key, &[0])
}

/// The id that `key` ends with, if it is long enough.
pub fn last_id(key: &[u8]) -> Option<Id> {
    key.last_chunk::<8>().map(|bytes| Id::from_bytes(*bytes))
}

fn one(prefix: u8, id: Id) -> Key {
    join(&[prefix], &id.to_bytes())
}

fn two(prefix: u8, first: Id, second: Id) -> Key {
    join(&one(prefix, first), &second.to_bytes())
}

fn text(prefix: u8, text: &str) -> Key {
    join(&[prefix], text.as_bytes())
}

fn join(head: &[u8], tail: &[u8]) -> Key {
    let mut key = Key::with_capacity(head.len() + tail.len());
    key.extend_from_slice(head);
    key.extend_from_slice(tail);
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::audit::Class;
    use crate::domain::time::UnixTime;

    #[test]
    fn ids_and_numbers_sort_as_numbers() {
        assert!(account(Id(1)) < account(Id(256)));
        assert!(uid_number(255) < uid_number(256));
        assert!(audit_from(3, UnixTime::from_secs(1)) < audit_from(3, UnixTime::from_secs(300)));
        assert!(member(Id(1), Id(u64::MAX)) < member(Id(2), Id(0)));
    }

    #[test]
    fn a_range_holds_the_keys_of_its_prefix_and_no_others() {
        let (from, to) = range(&mail_prefix("ann@example.org"));
        for (key, inside) in [
            (mail("ann@example.org", Id(0)), true),
            (mail("ann@example.org", Id(u64::MAX)), true),
            (mail("ann@example.orga", Id(1)), false),
            (mail("ann@example.or", Id(1)), false),
        ] {
            assert_eq!(from <= key && key < to, inside, "{key:?}");
        }
        let (from, to) = range(&members(Id(u64::MAX)));
        assert!((from..to).contains(&member(Id(u64::MAX), Id(u64::MAX))));
        assert_eq!(after(b"a\xFF"), b"b");
    }

    #[test]
    fn the_parts_of_a_key_come_out_as_they_went_in() {
        assert_eq!(last_id(&mail("a@b", Id(7))), Some(Id(7)));
        assert_eq!(last_id(b"short"), None);
        assert_eq!(group_of_page(&member_page(Id(7), OpId([1; 16]), 2)), Some(Id(7)));
        assert_eq!(group_of_page(&all_member_pages()), None);
    }

    #[test]
    fn no_two_kinds_of_key_share_a_prefix() {
        let id = Id(1);
        let mut prefixes: Vec<u8> = [
            account(id),
            credential(id),
            login(""),
            mail("", id),
            uid_number(1),
            entry_uuid(Uuid::nil()),
            service(id),
            service_login(""),
            group(id),
            group_name(GroupKind::Team, ""),
            gid_number(1),
            member(id, id),
            membership(id, id),
            member_page(id, OpId([0; 16]), 0),
            ownership(id, id),
            administrator(id),
            listed(Facet::Everybody, "", id),
            word("", id),
            failures(id),
            bond(id),
            tombstone(id),
            audit(UnixTime::default(), OpId([0; 16])),
            story(id, Class::Change, UnixTime::default(), OpId([0; 16])),
            mark(OpId([0; 16])),
            meta(""),
            outbox(UnixTime::default(), OpId([0; 16])),
            mail_of(OpId([0; 16])),
            mails_of(id),
            grant(TokenDigest([0; 32])),
            resets(id),
            pending(id),
            requests_from([0; 16]),
            session(TokenDigest([0; 32])),
            sessions_of(id),
            sent_to(id),
            new_addresses(id),
            pending_address(id),
        ]
        .map(|key| key[0])
        .to_vec();
        let kinds = prefixes.len();
        prefixes.sort_unstable();
        prefixes.dedup();
        assert_eq!(prefixes.len(), kinds);
    }
}
