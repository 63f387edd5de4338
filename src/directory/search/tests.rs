//! What a search may cost must not show in what it finds.

use std::convert::Infallible;
use std::time::Duration;

use uuid::Uuid;

use super::{Scope, SearchNext, SearchRequest, SearchState, Selection};
use crate::directory::fixture::{SYSTEM, add_person, directory_over, dn};
use crate::directory::{Actor, Caller, CompareError, Directory, ServiceError};
use crate::domain::account::{Account, Role, Status};
use crate::domain::dn::Dn;
use crate::domain::entry::{Attributes, Entry};
use crate::domain::filter::Filter;
use crate::domain::group::{Group, GroupKind};
use crate::domain::id::Id;
use crate::domain::schema::Attribute;
use crate::domain::service::ServiceAccount;
use crate::domain::time::UnixTime;
use crate::store::view::MAX_SCAN;
use crate::store::{Store, groups, keys, records, services};

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

/// An application that is limited to the group `group`.
async fn limited_to(directory: &Directory, group: Id) -> Caller {
    let service = ServiceAccount {
        id: Id(7_000_000),
        entry_uuid: Uuid::from_u128(7),
        uid: "app".into(),
        status: Status::Active,
        limited_to: Some(group),
        may_reset_passwords: false,
        created_at: NOW,
        modified_at: NOW,
        attributes: Attributes::default(),
    };
    directory.store.run(move |view| services::add::<ServiceError>(view, &service)).await.unwrap();
    Caller { actor: Actor::Service(Id(7_000_000)), ..SYSTEM }
}

fn asked(base: &str, filter: &str) -> SearchRequest {
    SearchRequest {
        base: Dn::parse(base).unwrap(),
        scope: Scope::One,
        filter: Filter::parse(filter).unwrap(),
        selection: Selection { all_user: true, all_operational: true, ..Selection::default() },
        size_limit: 1000,
        time_limit: Duration::from_secs(3600),
        cookie: Vec::new(),
        page_size: None,
    }
}

const PEOPLE: &str = "ou=people,dc=example,dc=org";
const GROUPS: &str = "ou=groups,dc=example,dc=org";

/// How a search goes on after its first chunk, and how many entries it has given.
async fn first_chunk(directory: &Directory, caller: &Caller, base: &str, filter: &str) -> (SearchNext, usize) {
    let found = directory.search(caller, &asked(base, filter), &mut SearchState::default()).await.unwrap();
    (found.next, found.entries.len())
}

#[tokio::test]
async fn a_hidden_group_is_looked_at_no_more_than_one_that_is_not_there() {
    // Both groups have 600 members; there is a chunk for each 256 that are looked at.
    let directory = directory_over(store(1_000_000..1_000_002, 600).await).await;
    let small = Id(2_000_000);
    let written = directory.store.run::<_, (), _>(move |view| {
        view.put(keys::group(small), records::encode(&group(small)));
        (1..=2).for_each(|id| view.put(keys::member(small, Id(id)), Vec::new()));
        for id in [Id(1_000_000), Id(1_000_001), small] {
            view.put(keys::group_name(GroupKind::Group, &format!("group{}", id.0)), id.to_bytes().to_vec());
        }
        view.put(keys::login("user1"), Id(1).to_bytes().to_vec());
        Ok(())
    });
    written.await.unwrap();
    let person = Caller { actor: Actor::Account(Id(1)), ..SYSTEM };
    for (who, caller) in [("application", limited_to(&directory, small).await), ("person", person)] {
        for group in ["cn=group1000000,ou=groups,dc=example,dc=org", "group1000001", "cn=nobody,ou=groups,dc=example,dc=org"] {
            let filter = format!("(memberOf={group})");
            assert_eq!(first_chunk(&directory, &caller, PEOPLE, &filter).await.0, SearchNext::Done, "{who} {filter}");
        }
        for member in ["user1", "nobody"] {
            let filter = format!("(memberUid={member})");
            assert_eq!(first_chunk(&directory, &caller, GROUPS, &filter).await.0, SearchNext::Done, "{who} {filter}");
        }
    }
    let application = Caller { actor: Actor::Service(Id(7_000_000)), ..SYSTEM };
    let own = "(memberOf=cn=group2000000,ou=groups,dc=example,dc=org)";
    assert_eq!(first_chunk(&directory, &application, PEOPLE, own).await, (SearchNext::Done, 2));
}

#[tokio::test]
async fn a_page_shows_the_id_of_nobody_who_is_hidden() {
    let directory = directory_over(store(1_000_000..1_000_001, 40).await).await;
    let small = Id(2_000_000);
    let written = directory.store.run::<_, (), _>(move |view| {
        view.put(keys::group(small), records::encode(&group(small)));
        [3, 20, 38].into_iter().for_each(|id| view.put(keys::member(small, Id(id)), Vec::new()));
        (1..=40).for_each(|id| view.put(keys::login(&format!("user{id}")), Id(id).to_bytes().to_vec()));
        Ok(())
    });
    written.await.unwrap();
    let caller = limited_to(&directory, small).await;
    let names: String = (1..=40).map(|id| format!("(uid=user{id})")).collect();
    let mut request = SearchRequest { page_size: Some(1), ..asked(PEOPLE, &format!("(|{names})")) };
    for expected in [3u64, 20, 38] {
        let found = directory.search(&caller, &request, &mut SearchState::default()).await.unwrap();
        let names: Vec<&str> = found.entries.iter().map(|entry| entry.dn.as_str()).collect();
        assert_eq!(names, [format!("uid=user{expected},{PEOPLE}")]);
        let SearchNext::Page(cookie) = found.next else { return assert_eq!((expected, found.next), (38, SearchNext::Done)) };
        assert_eq!(cookie[10..18], expected.to_be_bytes(), "the id of the last entry that was given");
        request.cookie = cookie;
    }
}

#[tokio::test]
async fn an_application_that_is_limited_to_a_group_learns_no_team() {
    let directory = directory_over(Store::in_memory()).await;
    let add = async |dn: &str, attributes: &[(&str, &str)]| {
        let attributes = attributes.iter().map(|(name, value)| ((*name).to_owned(), vec![value.as_bytes().to_vec()])).collect();
        directory.add(&SYSTEM, &Dn::parse(dn).unwrap(), attributes).await.unwrap();
    };
    add("cn=law,ou=teams,dc=example,dc=org", &[("objectClass", "groupOfNames"), ("cn", "law")]).await;
    add_person(&directory, "ann", &[("departmentNumber", "law")]).await;
    let staff = [("objectClass", "groupOfNames"), ("cn", "staff"), ("member", "uid=ann,ou=people,dc=example,dc=org")];
    add("cn=staff,ou=groups,dc=example,dc=org", &staff).await;
    let staff = directory.store.read::<_, Infallible, _>(|view| groups::id_of(view, GroupKind::Group, "staff")).await.unwrap().unwrap();
    let caller = limited_to(&directory, staff).await;
    for (who, filter, found) in [
        (&SYSTEM, "(departmentNumber=law)", 1),
        (&caller, "(uid=ann)", 1),
        (&caller, "(departmentNumber=law)", 0),
        (&caller, "(departmentNumber=*)", 0),
        (&caller, "(!(departmentNumber=other))", 0),
    ] {
        assert_eq!(first_chunk(&directory, who, PEOPLE, filter).await, (SearchNext::Done, found), "{filter}");
    }
    let found = directory.search(&caller, &asked(PEOPLE, "(uid=ann)"), &mut SearchState::default()).await.unwrap();
    assert!(found.entries[0].attributes.values(Attribute::DepartmentNumber).is_empty());
    let compared = directory.compare(&caller, &dn("ann"), "departmentNumber", b"law").await;
    assert_eq!(compared, Err(CompareError::NoSuchAttribute));
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
