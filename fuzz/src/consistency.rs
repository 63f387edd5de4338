//! What must be true of a store at any moment: its indexes say what its records say, and nothing more.

mod resets;

use std::collections::BTreeMap;

use bindery::domain::account::{Account, Role, Status};
use bindery::domain::group::{Group, GroupKind};
use bindery::domain::id::Id;
use bindery::domain::listing::{self, Facet, PersonListing};
use bindery::domain::service::ServiceAccount;
use bindery::domain::tree::fold;
use bindery::store::memberships::MAX_GROUPS;
use bindery::store::records::{self, Owner, StoredRecord};
use bindery::store::{Key, Store, StoredValue, accounts, keys};

use super::at_once::at_once;

/// Everything in a store.
pub type Rows = BTreeMap<Key, StoredValue>;

/// Reads everything in a small store.
pub fn rows(store: &Store) -> Rows {
    let limit = 4096;
    let rows = at_once(store.read(|view| view.scan::<()>(&[0], &[0xff], limit))).expect("memory can be read");
    assert!(rows.len() < limit, "more than one scan gives");
    rows.into_iter().collect()
}

/// Whether somebody may administer today and for ever.
pub fn has_lasting_administrator(rows: &Rows) -> bool {
    let lasting =
        |account: &Account| account.role == Role::Administrator && account.status == Status::Active && account.expires_at.is_none();
    read::<Account>(rows, b'a').values().any(lasting)
}

/// Holds the indexes in `rows` against the records.
pub fn check(rows: &Rows) {
    let everything = Everything {
        accounts: read(rows, b'a'),
        groups: read(rows, b'b'),
        services: read(rows, b'w'),
        left: below(rows, b'd').filter_map(|(key, _)| keys::last_id(key)).collect(),
    };
    everything.check_indexes(rows);
    everything.check_memberships(rows);
    everything.check_names(rows);
    everything.check_resets(rows);
    everything.check_sessions(rows);
    resets::check_outbox(rows);
}

struct Everything {
    accounts: BTreeMap<Id, Account>,
    groups: BTreeMap<Id, Group>,
    services: BTreeMap<Id, ServiceAccount>,
    /// Deleted, but not cleared away whole.
    left: Vec<Id>,
}

impl Everything {
    fn check_indexes(&self, rows: &Rows) {
        let mut indexes = Indexes::default();
        for (id, account) in &self.accounts {
            indexes.put(keys::login(&fold(&account.uid)), records::encode_id(*id));
            indexes.put(keys::uid_number(account.uid_number), records::encode_id(*id));
            indexes.put(keys::entry_uuid(account.entry_uuid), records::encode_owner(Owner::Account(*id)));
            accounts::mails(account).iter().for_each(|mail| indexes.put(keys::mail(mail, *id), Vec::new()));
            if account.role == Role::Administrator {
                indexes.put(keys::administrator(*id), Vec::new());
            }
            indexes.put_listing(account);
        }
        for (id, group) in &self.groups {
            indexes.put(keys::group_name(group.kind, &fold(&group.cn)), records::encode_id(*id));
            indexes.put(keys::gid_number(group.gid_number), records::encode_id(*id));
            indexes.put(keys::entry_uuid(group.entry_uuid), records::encode_owner(Owner::Group(*id)));
            group.owners.iter().for_each(|owner| indexes.0.extend([(keys::ownership(*owner, *id), Vec::new())]));
        }
        for (id, service) in &self.services {
            indexes.put(keys::service_login(&fold(&service.uid)), records::encode_id(*id));
            indexes.put(keys::entry_uuid(service.entry_uuid), records::encode_owner(Owner::Service(*id)));
        }
        indexes.check(rows);
        for (key, _) in below(rows, b'c') {
            let id = keys::last_id(key).expect("a key ends with an id");
            assert!(self.accounts.contains_key(&id) || self.services.contains_key(&id), "a credential of nobody: {id}");
        }
    }

    fn check_memberships(&self, rows: &Rows) {
        for (key, _) in below(rows, b'g') {
            let (group, account) = two(key);
            assert!(rows.contains_key(&keys::membership(account, group)), "{account} does not know that it is in {group}");
        }
        let mut held: BTreeMap<Id, [usize; 2]> = BTreeMap::new();
        for (key, value) in below(rows, b'G') {
            let (account, group) = two(key);
            assert!(rows.contains_key(&keys::member(group, account)), "{group} does not know that {account} is in it");
            assert!(self.accounts.contains_key(&account) || self.left.contains(&account), "a member that is gone: {account}");
            let kind = records::decode_kind::<()>(value).expect("a kind");
            match self.groups.get(&group) {
                Some(group) => {
                    assert_eq!(group.kind, kind);
                    held.entry(account).or_default()[usize::from(kind == GroupKind::Team)] += 1;
                }
                None => assert!(self.left.contains(&group), "a member of what is gone: {group}"),
            }
        }
        for (account, [groups, teams]) in held {
            assert!(groups <= MAX_GROUPS && teams <= 1, "{account} is in {groups} groups and {teams} teams");
        }
        for owner in self.groups.values().flat_map(|group| &group.owners) {
            assert!(self.accounts.contains_key(owner) || self.left.contains(owner), "an owner that is gone: {owner}");
        }
    }

    /// What somebody signs in with leads to one person or application.
    fn check_names(&self, rows: &Rows) {
        for (id, account) in &self.accounts {
            for mail in accounts::mails(account) {
                let login = rows.get(&keys::login(&mail));
                assert!(login.is_none_or(|holder| *holder == records::encode_id(*id)), "{mail:?} is an address and another's login");
                assert!(!rows.contains_key(&keys::service_login(&mail)), "{mail:?} is an address and an application");
            }
            assert!(!rows.contains_key(&keys::service_login(&fold(&account.uid))), "{:?} is a person and an application", account.uid);
        }
    }
}

/// What the indexes have to be.
#[derive(Default)]
struct Indexes(Rows);

impl Indexes {
    fn put(&mut self, key: Key, value: StoredValue) {
        assert_eq!(self.0.insert(key.clone(), value), None, "two have {:?}", String::from_utf8_lossy(&key));
    }

    /// Where the account is listed, and what it is found by.
    fn put_listing(&mut self, account: &Account) {
        let (name, listing) = (listing::sort_name(account), PersonListing::of(account));
        listing.words().for_each(|word| self.put(keys::word(word, account.id), Vec::new()));
        listing.facets().for_each(|facet| self.put(keys::listed(facet, &name, account.id), Vec::new()));
        self.put(keys::listed(Facet::Everybody, &name, account.id), records::encode(&listing));
    }

    fn check(&self, rows: &Rows) {
        for (key, value) in &self.0 {
            assert_eq!(rows.get(key), Some(value), "{:?}", String::from_utf8_lossy(key));
        }
        // Numbers stay taken for ever.
        for (key, _) in b"emNOruWxy".iter().flat_map(|prefix| below(rows, *prefix)) {
            assert!(self.0.contains_key(key), "{:?} leads to nothing", String::from_utf8_lossy(key));
        }
    }
}

fn read<T: StoredRecord>(rows: &Rows, prefix: u8) -> BTreeMap<Id, T> {
    let record = |(key, value): (&Key, &StoredValue)| (keys::last_id(key), records::decode::<T, ()>(value).ok());
    below(rows, prefix).map(record).map(|(id, record)| (id.expect("an id"), record.expect("a record"))).collect()
}

fn below(rows: &Rows, prefix: u8) -> impl Iterator<Item = (&Key, &StoredValue)> {
    rows.range(vec![prefix]..vec![prefix + 1])
}

fn two(key: &[u8]) -> (Id, Id) {
    let first = key[1..].first_chunk().expect("a key of two ids");
    (Id::from_bytes(*first), keys::last_id(key).expect("a key of two ids"))
}
