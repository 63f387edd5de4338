use super::*;
use crate::directory::fixture::{SYSTEM, account, add_person, directory_over, dn, replace};
use crate::directory::{Actor, ChangeOperation, Modification};
use crate::domain::caller::Source as From;
use crate::domain::dn::Dn;
use crate::store::accounts::AccountError;
use crate::store::memory::Map;
use crate::store::{FileSettings, MemoryEngine, Store};

fn by(id: Id) -> Caller {
    Caller { actor: Actor::Account(id), source: From::Internal, must_change: false }
}

fn search(text: &str) -> PeopleQuery {
    PeopleQuery { search: text.into(), ..PeopleQuery::default() }
}

async fn logins(directory: &Directory, caller: &Caller, query: &PeopleQuery) -> Vec<String> {
    directory.people(caller, query).await.unwrap().people.into_iter().map(|person| person.login).collect()
}

/// Every page, one after the other.
async fn all(directory: &Directory, caller: &Caller, mut query: PeopleQuery) -> Vec<String> {
    let mut logins = Vec::new();
    loop {
        let page = directory.people(caller, &query).await.unwrap();
        assert!(page.people.len() <= PAGE);
        logins.extend(page.people.into_iter().map(|person| person.login));
        match page.next {
            Some(next) => query.after = Some(next),
            None => return logins,
        }
    }
}

async fn add_team(directory: &Directory, name: &str, owners: &[&str]) {
    let team = Dn::parse(&format!("cn={name},ou=teams,dc=example,dc=org")).unwrap();
    directory.add(&SYSTEM, &team, vec![("objectClass".into(), vec!["groupOfNames".into()])]).await.unwrap();
    for owner in owners {
        let change = Modification::new(ChangeOperation::Add, "owner", [dn(owner).to_string()]);
        directory.modify(&SYSTEM, &team, vec![change]).await.unwrap();
    }
}

/// Two teams with a manager each, an administrator, and somebody who is in no team.
async fn organisation(store: Store) -> Directory {
    let directory = directory_over(store).await;
    for (uid, surname, first) in [
        ("louisem", "Michel", "Louise"),
        ("emilez", "Zola", "Émile"),
        ("annem", "Michel", "Anne"),
        ("amina", "Dupont", "Amina"),
        ("boss", "Arnaud", "Béa"),
        ("chef", "Bernard", "Karim"),
        ("admin", "Curie", "Marie"),
        ("loner", "Ernaux", "Annie"),
    ] {
        add_person(&directory, uid, &[("givenName", first), ("mail", &format!("{uid}@example.org"))]).await;
        replace(&directory, uid, "sn", &[surname]).await;
        replace(&directory, uid, "cn", &[&format!("{first} {surname}")]).await;
    }
    for (uid, role) in [("boss", "manager"), ("chef", "manager"), ("admin", "administrator")] {
        replace(&directory, uid, "binderyRole", &[role]).await;
    }
    add_team(&directory, "Sales", &["boss"]).await;
    add_team(&directory, "Workshop", &["chef"]).await;
    for (uid, team) in [("louisem", "sales"), ("emilez", "sales"), ("boss", "sales"), ("annem", "workshop"), ("amina", "workshop")] {
        replace(&directory, uid, "departmentNumber", &[team]).await;
    }
    directory
}

#[tokio::test]
async fn administrators_find_everybody_by_name_on_every_engine() {
    let held = tempfile::tempdir().unwrap();
    let file = Store::open(&held.path().join("bindery.redb"), FileSettings::default()).unwrap();
    for store in [Store::in_memory(), Store::Memory(MemoryEngine::fetching()), file] {
        let directory = organisation(store).await;
        let caller = by(account(&directory, "admin").await.id);
        replace(&directory, "emilez", "accountStatus", &["disabled"]).await;
        let of = |team: &str| PeopleQuery { team: Some(team.into()), ..PeopleQuery::default() };
        let is = |role, state| PeopleQuery { role, state, ..PeopleQuery::default() };
        for (query, expected) in [
            (search(""), &["boss", "chef", "admin", "amina", "loner", "annem", "louisem", "emilez"][..]),
            (search("michel"), &["annem", "louisem"]),
            (search("LOUISE mich"), &["louisem"]),
            (search("emile"), &["emilez"]),
            (search("an"), &["loner", "annem"]),
            (search("an nobody"), &[]),
            (of("SALES"), &["boss", "louisem", "emilez"]),
            (of("nowhere"), &[]),
            (is(Some(Role::Manager), None), &["boss", "chef"]),
            (is(Some(Role::Administrator), Some(State::Active)), &["admin"]),
            (is(Some(Role::Administrator), Some(State::Disabled)), &[]),
            (is(None, Some(State::Disabled)), &["emilez"]),
            (is(Some(Role::User), Some(State::Active)), &["amina", "loner", "annem", "louisem"]),
            (PeopleQuery { state: Some(State::Active), ..of("sales") }, &["boss", "louisem"]),
        ] {
            assert_eq!(logins(&directory, &caller, &query).await, expected, "{query:?}");
        }
        let page = directory.people(&caller, &search("louisem")).await.unwrap();
        assert_eq!((page.teams, page.may_add, page.next), (vec!["Sales".to_owned(), "Workshop".to_owned()], true, None));
        let [louise] = &page.people[..] else { panic!("{:?}", page.people) };
        assert_eq!(
            (louise.surname.as_str(), louise.first_name.as_str(), louise.mail.as_str()),
            ("Michel", "Louise", "louisem@example.org")
        );
        assert_eq!((louise.team.as_deref(), louise.role, louise.state), (Some("Sales"), Role::User, State::Active));
    }
}

#[tokio::test]
async fn managers_find_the_members_of_their_teams_and_nobody_else() {
    let directory = organisation(Store::in_memory()).await;
    let caller = by(account(&directory, "boss").await.id);
    let of = |team: &str| PeopleQuery { team: Some(team.into()), ..PeopleQuery::default() };
    for (query, expected) in [
        (search(""), &["boss", "louisem", "emilez"][..]),
        (search("michel"), &["louisem"]),
        (search("amina"), &[]),
        (of("sales"), &["boss", "louisem", "emilez"]),
        (of("workshop"), &[]),
        (PeopleQuery { role: Some(Role::Administrator), ..search("") }, &[]),
    ] {
        assert_eq!(logins(&directory, &caller, &query).await, expected, "{query:?}");
    }
    let page = directory.people(&caller, &search("")).await.unwrap();
    assert_eq!((page.teams, page.may_add), (vec!["Sales".to_owned()], false));
    replace(&directory, "boss", "binderyRole", &["user"]).await;
    assert_eq!(directory.people(&caller, &search("")).await, Err(LookError::Denied), "owning a team is not looking after it");
}

#[tokio::test]
async fn others_have_no_list() {
    let directory = organisation(Store::in_memory()).await;
    let (louise, admin) = (account(&directory, "louisem").await.id, account(&directory, "admin").await.id);
    let anonymous = Caller { actor: Actor::Anonymous, ..SYSTEM };
    for caller in [anonymous, by(louise), by(Id(1)), Caller { must_change: true, ..by(admin) }] {
        assert_eq!(directory.people(&caller, &search("")).await, Err(LookError::Denied), "{caller:?}");
    }
    replace(&directory, "chef", "binderyRole", &["administrator"]).await;
    replace(&directory, "admin", "accountStatus", &["disabled"]).await;
    assert_eq!(directory.people(&by(admin), &search("")).await, Err(LookError::Denied));
}

/// `count` people, every eighth of whom has a name that comes last, in a store that was loaded at once.
async fn crowd(count: usize) -> Directory {
    let louise = account(&organisation(Store::in_memory()).await, "louisem").await;
    let (engine, nothing) = (MemoryEngine::new(), Map::new());
    for n in 0..count {
        let mut person = Account { id: Id(99_999 - n as u64), uid: format!("crowd{n:05}"), ..louise.clone() };
        person.attributes.set(Attribute::Sn, vec![format!("{} {n:05}", if is_rare(n) { "Rare" } else { "Common" }).into_bytes()]);
        let mut view = View::new(&nothing);
        accounts::add::<AccountError>(&mut view, &person).unwrap();
        let writes = view.into_writes::<AccountError>().unwrap();
        engine.load(writes.into_iter().filter_map(|(key, value)| Some((key, value?))));
    }
    directory_over(Store::Memory(engine)).await
}

fn is_rare(n: usize) -> bool {
    n % 8 == 7
}

#[tokio::test]
async fn a_list_goes_on_where_a_page_ended_however_it_was_found() {
    let count = LOOKED_AT + 3 * FEW;
    let directory = crowd(count).await;
    let login = |n: usize| format!("crowd{n:05}");
    let common = (0..count).filter(|n| !is_rare(*n)).map(login);
    let rare = || (0..count).filter(|n| is_rare(*n)).map(login);
    for (text, expected) in [
        ("", common.clone().chain(rare()).collect::<Vec<_>>()),
        ("crowd louise", common.clone().chain(rare()).collect()),
        ("common", common.collect()),
        ("rare", rare().collect()),
        ("louise rare", rare().collect()),
        ("crowd00007", vec![login(7)]),
        ("crowd louise michel nobody", Vec::new()),
    ] {
        assert_eq!(all(&directory, &SYSTEM, search(text)).await, expected, "{text}");
    }
    // Nobody is found until all the others have been looked at.
    for (text, found) in [("rare", PAGE), ("rare common", 0)] {
        let first = directory.people(&SYSTEM, &search(text)).await.unwrap();
        assert!(first.people.is_empty() && first.next.is_some(), "{text}");
        let second = directory.people(&SYSTEM, &PeopleQuery { after: first.next, ..search(text) }).await.unwrap();
        assert_eq!((second.people.len(), second.next.is_some()), (found, found > 0), "{text}");
    }
}
