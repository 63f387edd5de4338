//! What a search may cost must not show in what it finds.

use std::time::Duration;

use uuid::Uuid;

use super::{Scope, SearchNext, SearchRequest, SearchState, Selection};
use crate::directory::fixture::{SYSTEM, directory_over};
use crate::domain::account::{Account, Role, Status};
use crate::domain::dn::Dn;
use crate::domain::entry::{Attributes, Entry};
use crate::domain::filter::Filter;
use crate::domain::group::{Group, GroupKind};
use crate::domain::id::Id;
use crate::domain::schema::Attribute;
use crate::domain::time::UnixTime;
use crate::store::view::MAX_SCAN;
use crate::store::{Store, keys, records};

const NOW: UnixTime = UnixTime::from_secs(1_795_338_000);

fn account(id: Id) -> Account {
    Account {
        id,
        entry_uuid: Uuid::from_u128(id.0.into()),
        uid: format!("user{}", id.0),
        role: Role::User,
        status: Status::Active,
        expires_at: None,
        uid_number: 10_000,
        gid_number: 100,
        created_at: NOW,
        modified_at: NOW,
        password_changed_at: None,
        must_change: false,
        attributes: Attributes::default(),
    }
}

fn group(id: Id) -> Group {
    Group {
        id,
        kind: GroupKind::Group,
        entry_uuid: Uuid::from_u128(id.0.into()),
        cn: format!("group{}", id.0),
        gid_number: 20_000,
        owners: Vec::new(),
        created_at: NOW,
        modified_at: NOW,
        attributes: Attributes::default(),
    }
}

/// A store with these groups, each with the accounts 1 to `members`.
async fn store(groups: std::ops::Range<u64>, members: u64) -> Store {
    let store = Store::in_memory();
    for first in (1..=members).step_by(PER_RULE) {
        let accounts = first..(first + PER_RULE as u64).min(members + 1);
        let ids = groups.clone();
        let written = store.run::<_, (), _>(move |view| {
            for id in accounts.clone().map(Id) {
                view.put(keys::account(id), records::encode(&account(id)));
                ids.clone().map(Id).for_each(|group| view.put(keys::member(group, id), Vec::new()));
            }
            Ok(())
        });
        written.await.unwrap();
    }
    let written = store.run::<_, (), _>(move |view| {
        groups.clone().map(Id).for_each(|id| view.put(keys::group(id), records::encode(&group(id))));
        Ok(())
    });
    written.await.unwrap();
    store
}

/// Rows of accounts that one rule may write, with a membership in some groups each.
const PER_RULE: usize = 8;

/// All groups with their members.
async fn search(store: Store) -> Vec<Entry> {
    let directory = directory_over(store).await;
    let request = SearchRequest {
        base: Dn::parse("ou=groups,dc=example,dc=org").unwrap(),
        scope: Scope::One,
        filter: Filter::present("objectClass"),
        selection: Selection { named: vec![Attribute::Member], ..Selection::default() },
        size_limit: 1000,
        time_limit: Duration::from_secs(3600),
        cookie: Vec::new(),
        page_size: None,
    };
    let (mut state, mut entries) = (SearchState::default(), Vec::new());
    loop {
        let found = directory.search(&SYSTEM, &request, &mut state).await.unwrap();
        entries.extend(found.entries);
        if found.next == SearchNext::Done {
            return entries;
        }
    }
}

fn listed(entry: &Entry) -> usize {
    entry.attributes.values(Attribute::Member).len()
}

#[tokio::test]
async fn a_group_lists_more_members_than_one_scan_gives() {
    for members in [0, 1, MAX_SCAN - 1, MAX_SCAN, MAX_SCAN + 1, 3 * MAX_SCAN] {
        let entries = search(store(1_000_000..1_000_001, members as u64).await).await;
        assert_eq!(entries.iter().map(listed).collect::<Vec<_>>(), [members]);
    }
}

#[tokio::test]
async fn many_groups_with_many_members_come_in_many_chunks() {
    let entries = search(store(1_000_000..1_000_007, 1500).await).await;
    assert_eq!(entries.iter().map(listed).collect::<Vec<_>>(), [1500; 7]);
}
