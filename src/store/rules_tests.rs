//! The rules of accounts, groups, teams, services and credentials, on every engine that is to hand.

use uuid::Uuid;

use super::accounts::{self, AccountError};
use super::credentials::{self, CredentialError, Effect};
use super::engine::Fail;
use super::groups::{self, GroupError};
use super::marks::{self, Seen};
use super::memberships::{self, Cleared, MAX_GROUPS, MembershipError};
use super::numbers::{self, NumberRange, NumbersUsedUp, Series};
use super::records::{self, Owner};
use super::services::{self, ServiceError};
use super::view::{Stop, View};
use super::{MemoryEngine, Store, keys};
use crate::domain::account::{Account, Role, Status};
use crate::domain::credential::{Credential, Verifier};
use crate::domain::entry::Attributes;
use crate::domain::group::{Group, GroupKind};
use crate::domain::id::{Id, OpId};
use crate::domain::schema::Attribute;
use crate::domain::service::ServiceAccount;
use crate::domain::throttle::Failures;
use crate::domain::time::UnixTime;

const NOW: UnixTime = UnixTime::from_secs(1_795_338_000);

fn stores() -> Vec<Store> {
    vec![Store::in_memory(), Store::Memory(MemoryEngine::fetching())]
}

fn account(id: u64, uid: &str) -> Account {
    Account {
        id: Id(id),
        entry_uuid: Uuid::from_u128(id.into()),
        uid: uid.into(),
        role: Role::User,
        status: Status::Active,
        expires_at: None,
        uid_number: 10_000 + id as u32,
        gid_number: 100,
        created_at: NOW,
        modified_at: NOW,
        password_changed_at: None,
        must_change: false,
        attributes: Attributes::default(),
    }
}

fn with_mails(mut account: Account, mails: &[&str]) -> Account {
    account.attributes.set(Attribute::Mail, mails.iter().map(|mail| mail.as_bytes().to_vec()).collect());
    account
}

fn administrator(id: u64, uid: &str) -> Account {
    Account { role: Role::Administrator, ..account(id, uid) }
}

fn group(id: u64, kind: GroupKind, cn: &str) -> Group {
    Group {
        id: Id(id),
        kind,
        entry_uuid: Uuid::from_u128(id.into()),
        cn: cn.into(),
        gid_number: 20_000 + id as u32,
        owners: Vec::new(),
        created_at: NOW,
        modified_at: NOW,
        attributes: Attributes::default(),
    }
}

fn service(id: u64, uid: &str) -> ServiceAccount {
    ServiceAccount {
        id: Id(id),
        entry_uuid: Uuid::from_u128(id.into()),
        uid: uid.into(),
        status: Status::Active,
        limited_to: None,
        may_reset_passwords: false,
        created_at: NOW,
        modified_at: NOW,
        attributes: Attributes::default(),
    }
}

async fn run<T: Send + 'static, E: Send + 'static>(
    store: &Store,
    rule: impl Fn(&mut View<'_>) -> Result<T, Stop<E>> + Send + 'static,
) -> Result<T, E> {
    store.run(rule).await.map_err(refusal)
}

async fn read<T>(store: &Store, rule: impl Fn(&mut View<'_>) -> Result<T, Stop<()>>) -> T {
    store.read(rule).await.unwrap()
}

fn refusal<E>(fail: Fail<E>) -> E {
    match fail {
        Fail::Rule(error) => error,
        Fail::Conflict | Fail::Unknown | Fail::Down => panic!("the engine failed, see the log"),
    }
}

async fn add(store: &Store, account: Account) -> Result<(), AccountError> {
    run(store, move |view| accounts::add(view, &account)).await
}

async fn replace(store: &Store, account: Account) -> Result<(), AccountError> {
    run(store, move |view| accounts::replace(view, &account)).await
}

async fn add_group(store: &Store, group: Group) -> Result<(), GroupError> {
    run(store, move |view| groups::add(view, &group)).await
}

async fn join(store: &Store, group: &Group, id: u64) -> Result<(), MembershipError> {
    let group = group.clone();
    run(store, move |view| memberships::add(view, &group, Id(id))).await
}

#[tokio::test]
async fn an_account_is_found_by_every_index_and_by_none_once_it_is_gone() {
    for store in stores() {
        let mut louise = with_mails(account(1, "LouiseM"), &["Louise@example.org", "lm@example.org", "LM@example.org"]);
        add(&store, louise.clone()).await.unwrap();
        assert_eq!(read(&store, |view| accounts::id_of_uid(view, "louisem")).await, Some(Id(1)));
        assert_eq!(read(&store, |view| accounts::ids_of_mail(view, "lm@example.org", 9)).await, [Id(1)]);
        assert_eq!(read(&store, |view| accounts::id_of_number(view, 10_001)).await, Some(Id(1)));
        assert_eq!(read(&store, |view| accounts::by_uuid(view, Uuid::from_u128(1))).await, Some(Owner::Account(Id(1))));

        louise.uid = "lmartin".into();
        louise = with_mails(louise, &["martin@example.org"]);
        louise.uid_number = 55;
        replace(&store, louise.clone()).await.unwrap();
        assert_eq!(read(&store, |view| accounts::load(view, Id(1))).await, Some(louise));
        assert_eq!(read(&store, |view| accounts::id_of_uid(view, "louisem")).await, None);
        assert_eq!(read(&store, |view| accounts::id_of_uid(view, "lmartin")).await, Some(Id(1)));
        assert!(read(&store, |view| accounts::ids_of_mail(view, "lm@example.org", 9)).await.is_empty());
        assert_eq!(read(&store, |view| accounts::ids_of_mail(view, "martin@example.org", 9)).await, [Id(1)]);

        let cleared = run(&store, |view| accounts::delete::<AccountError>(view, Id(1))).await.unwrap();
        assert_eq!(cleared, Cleared::Whole);
        assert_eq!(read(&store, |view| accounts::load(view, Id(1))).await, None);
        assert_eq!(read(&store, |view| accounts::id_of_uid(view, "lmartin")).await, None);
        assert!(read(&store, |view| accounts::ids_of_mail(view, "martin@example.org", 9)).await.is_empty());
        assert_eq!(read(&store, |view| accounts::by_uuid(view, Uuid::from_u128(1))).await, None);
        // What is left is the numbers alone, so that nobody inherits somebody's files.
        let left = read(&store, |view| view.scan(&[0], &[0xFF], 99)).await;
        assert_eq!(left.into_iter().map(|(key, _)| key).collect::<Vec<_>>(), [keys::uid_number(55), keys::uid_number(10_001)]);
    }
}

#[tokio::test]
async fn refusals_of_accounts_say_what_is_wrong() {
    for store in stores() {
        add(&store, with_mails(account(1, "louise"), &["louise@example.org", "shared@example.org"])).await.unwrap();
        add(&store, account(2, "paul@example.org")).await.unwrap();
        run(&store, |view| services::add::<ServiceError>(view, &service(9, "nextcloud"))).await.unwrap();
        let many: Vec<String> = (0..9).map(|n| format!("m{n}@example.org")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        for (new, text) in [
            (account(3, "LOUISE"), "the login \"LOUISE\" is taken by another account; choose another one"),
            (account(3, " louise "), "the login \" louise \" is taken by another account; choose another one"),
            (account(3, "nextCloud"), "the login \"nextCloud\" is the name of a service account; choose another one"),
            (
                account(3, "Louise@Example.org"),
                "the login \"Louise@Example.org\" is the mail address of \"louise\", who could then be taken for this person; choose another one",
            ),
            (
                with_mails(account(3, "anne"), &["Paul@example.org"]),
                "the mail address \"paul@example.org\" is the login of \"paul@example.org\", who could then be taken for this person; \
                 use another address",
            ),
            (
                with_mails(account(3, "anne"), &["NextCloud"]),
                "the mail address \"nextcloud\" is the name of a service account; use another address",
            ),
            (with_mails(account(3, "anne"), &many), "an account has 8 mail addresses at most; take some away"),
            (
                Account { uid_number: 10_001, ..account(3, "anne") },
                "the uidNumber 10001 belongs to another account; choose another one, or leave it out to be given the next free one",
            ),
        ] {
            assert_eq!(add(&store, new).await.unwrap_err().to_string(), text);
        }
        // An address may be shared, and one's own login may be one's own address.
        add(&store, with_mails(account(3, "anne"), &["shared@example.org"])).await.unwrap();
        add(&store, with_mails(account(4, "zoe@example.org"), &["zoe@example.org"])).await.unwrap();
        replace(&store, with_mails(account(2, "paul@example.org"), &["paul@example.org"])).await.unwrap();
        assert_eq!(read(&store, |view| accounts::ids_of_mail(view, "shared@example.org", 9)).await, [Id(1), Id(3)]);
        // Neither by renaming, nor by a new address.
        assert_eq!(
            replace(&store, account(4, "louise@example.org")).await.unwrap_err().to_string().split(';').next().unwrap(),
            "the login \"louise@example.org\" is the mail address of \"louise\", who could then be taken for this person"
        );
        assert_eq!(replace(&store, account(3, "paul@example.org")).await, Err(AccountError::UidTaken("paul@example.org".into())));
        assert_eq!(replace(&store, account(77, "nobody")).await, Err(AccountError::Gone));
    }
}

#[tokio::test]
async fn there_is_always_an_administrator_who_stays() {
    for store in stores() {
        add(&store, administrator(1, "one")).await.unwrap();
        add(&store, administrator(2, "two")).await.unwrap();
        add(&store, Account { expires_at: Some(NOW), ..administrator(3, "leaving") }).await.unwrap();
        add(&store, Account { status: Status::Disabled, ..administrator(4, "away") }).await.unwrap();
        let _ = run(&store, |view| accounts::delete::<AccountError>(view, Id(2))).await.unwrap();
        let last = AccountError::LastAdministrator("one".into());
        for changed in [
            account(1, "one"),
            Account { role: Role::Manager, ..account(1, "one") },
            Account { status: Status::Disabled, ..administrator(1, "one") },
            Account { expires_at: Some(UnixTime::from_secs(u64::MAX / 1000)), ..administrator(1, "one") },
        ] {
            assert_eq!(replace(&store, changed).await, Err(last.clone()));
        }
        assert_eq!(run(&store, |view| accounts::delete(view, Id(1))).await, Err(last.clone()));
        assert_eq!(
            last.to_string(),
            "\"one\" is the last administrator who is active and does not expire; give somebody else that role first"
        );
        // What does not matter to the rule may change, and the others may go.
        replace(&store, administrator(1, "uno")).await.unwrap();
        let _ = run(&store, |view| accounts::delete::<AccountError>(view, Id(3))).await.unwrap();
        replace(&store, administrator(4, "away")).await.unwrap();
        let _ = run(&store, |view| accounts::delete::<AccountError>(view, Id(1))).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_name_is_given_to_one_of_many_who_ask_at_once() {
    for store in stores().into_iter().map(std::sync::Arc::new) {
        let tasks: Vec<_> = (1..=8)
            .map(|id| {
                let store = store.clone();
                tokio::spawn(async move { add(&store, account(id, "louise")).await })
            })
            .collect();
        let mut made = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(()) => made += 1,
                Err(error) => assert_eq!(error, AccountError::UidTaken("louise".into())),
            }
        }
        assert_eq!(made, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_administrators_who_disable_each_other_one_stays() {
    for store in stores().into_iter().map(std::sync::Arc::new) {
        for round in 0..20 {
            let (one, two) = (administrator(2 * round + 1, &format!("a{round}")), administrator(2 * round + 2, &format!("b{round}")));
            for admin in [&one, &two] {
                add(&store, admin.clone()).await.unwrap();
            }
            if round > 0 {
                // Those of the round before are not to be leaned on.
                let ids: Vec<u64> = (1..=2 * round).collect();
                for id in ids {
                    let _ = run(&store, move |view| accounts::delete::<AccountError>(view, Id(id))).await;
                }
            }
            let disable = |admin: &Account| {
                let (store, admin) = (store.clone(), Account { status: Status::Disabled, ..admin.clone() });
                tokio::spawn(async move { replace(&store, admin).await })
            };
            let (first, second) = (disable(&one), disable(&two));
            let outcomes = [first.await.unwrap(), second.await.unwrap()];
            assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
        }
    }
}

#[tokio::test]
async fn numbers_are_given_in_order_and_never_twice() {
    let range = NumberRange { first: 10, last: 14 };
    for store in stores() {
        let next = async |store: &Store| run(store, move |view| numbers::allot::<NumbersUsedUp>(view, Series::Uid, range)).await;
        // Given by hand within the range.
        add(&store, Account { uid_number: 11, ..account(1, "byhand") }).await.unwrap();
        add(&store, Account { uid_number: 12, ..account(2, "byhand2") }).await.unwrap();
        assert_eq!(next(&store).await, Ok(10));
        add(&store, Account { uid_number: 10, ..account(3, "first") }).await.unwrap();
        let _ = run(&store, |view| accounts::delete::<AccountError>(view, Id(3))).await.unwrap();
        let _ = run(&store, |view| accounts::delete::<AccountError>(view, Id(1))).await.unwrap();
        assert_eq!(next(&store).await, Ok(13), "10 and 11 were somebody's, 12 is");
        assert_eq!(next(&store).await, Ok(14));
        let used_up = next(&store).await.unwrap_err();
        assert_eq!(used_up.to_string(), "all uidNumber from 10 to 14 have been given out; the administrator can raise posix.uid_max");
        // Who asks for a number that nobody has any more gets it: a restored account is the same person.
        add(&store, Account { uid_number: 10, ..account(4, "restored") }).await.unwrap();
        assert_eq!(add(&store, Account { uid_number: 12, ..account(5, "other") }).await, Err(AccountError::NumberTaken(12)));
        assert_eq!(run(&store, move |view| numbers::allot::<NumbersUsedUp>(view, Series::Gid, range)).await, Ok(10), "a series of its own");
    }
}

#[tokio::test]
async fn groups_and_teams_have_names_and_numbers_of_their_own() {
    for store in stores() {
        add_group(&store, group(1, GroupKind::Group, "Sales")).await.unwrap();
        add_group(&store, group(2, GroupKind::Team, "Sales")).await.unwrap();
        for (new, text) in [
            (group(3, GroupKind::Group, "sales"), "the name \"sales\" is taken by another group; choose another one"),
            (group(3, GroupKind::Team, "SALES"), "the name \"SALES\" is taken by another team; choose another one"),
            (
                Group { gid_number: 20_001, ..group(3, GroupKind::Team, "new") },
                "the gidNumber 20001 belongs to another group or team; choose another one, or leave it out to be given the next free one",
            ),
            (
                Group { owners: vec![Id(404)], ..group(3, GroupKind::Team, "new") },
                "an owner is an account, and that one is not there any more",
            ),
            (
                Group { owners: (0..17).map(Id).collect(), ..group(3, GroupKind::Team, "new") },
                "a team has 16 owners at most; take some away",
            ),
        ] {
            assert_eq!(add_group(&store, new).await.unwrap_err().to_string(), text);
        }
        run(&store, |view| groups::replace::<GroupError>(view, &group(1, GroupKind::Group, "Staff"))).await.unwrap();
        assert_eq!(read(&store, |view| groups::id_of(view, GroupKind::Group, "sales")).await, None);
        assert_eq!(read(&store, |view| groups::id_of(view, GroupKind::Group, "staff")).await, Some(Id(1)));
        assert_eq!(read(&store, |view| groups::id_of(view, GroupKind::Team, "sales")).await, Some(Id(2)));
        assert_eq!(run(&store, |view| groups::delete(view, Id(404))).await, Err(GroupError::Gone));
    }
}

#[tokio::test]
async fn an_account_is_in_one_team_and_in_two_hundred_groups() {
    for store in stores() {
        add(&store, account(1, "louise")).await.unwrap();
        let (sales, support) = (group(1001, GroupKind::Team, "sales"), group(1002, GroupKind::Team, "support"));
        add_group(&store, sales.clone()).await.unwrap();
        add_group(&store, support.clone()).await.unwrap();
        join(&store, &sales, 1).await.unwrap();
        assert_eq!(
            join(&store, &support, 1).await.unwrap_err().to_string(),
            "\"louise\" is in the team \"sales\", and nobody is in two teams; take them out of it first, or set their departmentNumber \
             to \"support\" to move them"
        );
        assert_eq!(join(&store, &sales, 1).await.unwrap_err().to_string(), "\"louise\" is a member of \"sales\" already");
        assert_eq!(join(&store, &sales, 404).await, Err(MembershipError::Gone));
        let moved = support.clone();
        run(&store, move |view| memberships::move_to_team::<MembershipError>(view, Id(1), Some(&moved))).await.unwrap();
        assert_eq!(read(&store, |view| groups::team_of(view, Id(1))).await, Some(support));
        assert!(!read(&store, |view| groups::is_member(view, Id(1001), Id(1))).await);

        for n in 0..MAX_GROUPS as u64 {
            let group = group(2000 + n, GroupKind::Group, &format!("g{n}"));
            add_group(&store, group.clone()).await.unwrap();
            join(&store, &group, 1).await.unwrap();
        }
        let one_more = group(3000, GroupKind::Group, "one more");
        add_group(&store, one_more.clone()).await.unwrap();
        assert_eq!(
            join(&store, &one_more, 1).await.unwrap_err().to_string(),
            "\"louise\" is in 200 groups already, which is the most one account may be in; take them out of another group first"
        );
        assert_eq!(read(&store, |view| groups::of_account(view, Id(1))).await.len(), MAX_GROUPS + 1);
        run(&store, move |view| memberships::remove::<MembershipError>(view, &group(2000, GroupKind::Group, "g0"), Id(1))).await.unwrap();
        let again = run(&store, move |view| memberships::remove(view, &group(2000, GroupKind::Group, "g0"), Id(1))).await;
        assert_eq!(again.map_err(|error: MembershipError| error.to_string()), Err("\"louise\" is not a member of \"g0\"".into()));
        join(&store, &one_more, 1).await.unwrap();

        // More memberships than a rule may write: the account is gone at once, the rest follows.
        assert_eq!(run(&store, |view| accounts::delete::<AccountError>(view, Id(1))).await, Ok(Cleared::Partly));
        assert_eq!(read(&store, |view| accounts::load(view, Id(1))).await, None);
        clear_all(&store, Owner::Account(Id(1))).await;
        assert!(read(&store, |view| groups::of_account(view, Id(1))).await.is_empty());
        assert!(read(&store, |view| groups::members(view, Id(3000), Id(0), 9)).await.is_empty());
    }
}

async fn clear_all(store: &Store, what: Owner) {
    assert_eq!(read(store, |view| memberships::left_to_clear(view, 9)).await, [what]);
    let mut rounds = 0;
    while run(store, move |view| memberships::clear::<()>(view, what)).await.unwrap() == Cleared::Partly {
        rounds += 1;
        assert!(rounds < 100, "it never ends");
    }
    assert!(rounds > 0, "one round is not what this tests");
    assert!(read(store, |view| memberships::left_to_clear(view, 9)).await.is_empty());
    // After a crash it may be run once more.
    assert_eq!(run(store, move |view| memberships::clear::<()>(view, what)).await, Ok(Cleared::Whole));
}

#[tokio::test]
async fn a_large_group_disappears_at_once_and_is_cleared_away_by_and_by() {
    for store in stores() {
        let big = group(1, GroupKind::Team, "big");
        add_group(&store, big.clone()).await.unwrap();
        for id in 100..200 {
            add(&store, account(id, &format!("user{id}"))).await.unwrap();
            join(&store, &big, id).await.unwrap();
        }
        assert_eq!(read(&store, |view| groups::members(view, Id(1), Id(150), 3)).await, [Id(150), Id(151), Id(152)]);
        assert_eq!(run(&store, |view| groups::delete::<GroupError>(view, Id(1))).await, Ok(Cleared::Partly));
        assert_eq!(read(&store, |view| groups::id_of(view, GroupKind::Team, "big")).await, None);
        assert_eq!(read(&store, |view| groups::team_of(view, Id(199))).await, None, "a team that is being deleted is none");
        let other = group(2, GroupKind::Team, "other");
        add_group(&store, other.clone()).await.unwrap();
        join(&store, &other, 199).await.unwrap();
        clear_all(&store, Owner::Group(Id(1))).await;
        assert_eq!(read(&store, |view| groups::of_account(view, Id(199))).await, [Id(2)]);
        assert!(read(&store, |view| groups::of_account(view, Id(150))).await.is_empty());
    }
}

#[tokio::test]
async fn owners_are_kept_both_ways() {
    for store in stores() {
        add(&store, account(1, "chef")).await.unwrap();
        for n in 0..6 {
            add_group(&store, Group { owners: vec![Id(1)], ..group(10 + n, GroupKind::Team, &format!("t{n}")) }).await.unwrap();
        }
        run(&store, |view| groups::replace::<GroupError>(view, &group(10, GroupKind::Team, "t0"))).await.unwrap();
        assert_eq!(read(&store, |view| groups::owned_teams(view, Id(1))).await, (11..16).map(Id).collect::<Vec<_>>());
        run(&store, |view| groups::delete::<GroupError>(view, Id(11))).await.map(|cleared| assert_eq!(cleared, Cleared::Whole)).unwrap();
        assert_eq!(read(&store, |view| groups::owned_teams(view, Id(1))).await.len(), 4);
        assert_eq!(run(&store, |view| accounts::delete::<AccountError>(view, Id(1))).await, Ok(Cleared::Whole));
        assert!(read(&store, |view| groups::load(view, Id(12))).await.unwrap().owners.is_empty());
        assert!(read(&store, |view| groups::owned_teams(view, Id(1))).await.is_empty());
    }
}

#[tokio::test]
async fn service_accounts_have_names_that_no_person_has() {
    for store in stores() {
        add(&store, with_mails(account(1, "louise"), &["app@example.org"])).await.unwrap();
        run(&store, |view| services::add::<ServiceError>(view, &service(2, "Nextcloud"))).await.unwrap();
        for (new, text) in [
            (service(3, "nextcloud"), "the name \"nextcloud\" is taken by another service account; choose another one"),
            (service(3, "Louise"), "the name \"Louise\" is a person's login; choose another one"),
            (service(3, "app@example.org"), "the name \"app@example.org\" is a person's mail address; choose another one"),
            (
                ServiceAccount { limited_to: Some(Id(404)), ..service(3, "new") },
                "the group that the service account is to be limited to is not there any more",
            ),
        ] {
            let refused = run(&store, move |view| services::add::<ServiceError>(view, &new)).await;
            assert_eq!(refused.unwrap_err().to_string(), text);
        }
        run(&store, |view| services::replace::<ServiceError>(view, &service(2, "cloud"))).await.unwrap();
        assert_eq!(read(&store, |view| services::id_of_uid(view, "nextcloud")).await, None);
        assert_eq!(read(&store, |view| services::id_of_uid(view, "cloud")).await, Some(Id(2)));
        run(&store, |view| services::delete::<ServiceError>(view, Id(2))).await.unwrap();
        assert_eq!(read(&store, |view| services::load(view, Id(2))).await, None);
        assert_eq!(run(&store, |view| services::delete(view, Id(2))).await, Err(ServiceError::Gone));
    }
}

fn verifier(text: &str) -> Verifier {
    Verifier::Imported(text.into())
}

#[tokio::test]
async fn a_credential_is_replaced_only_as_it_was_read() {
    for store in stores() {
        add(&store, account(1, "louise")).await.unwrap();
        let failures = Failures { in_a_row: 5, ..Failures::default() };
        run(&store, move |view| Ok::<_, Stop<()>>(records::store(view, keys::failures(Id(1)), &failures))).await.unwrap();
        let first = Credential { verifier: verifier("first"), set_at: NOW };
        let effect = Effect { must_change: true, clear_failures: false };
        run(&store, move |view| credentials::set::<CredentialError>(view, Id(1), &first, effect)).await.unwrap();
        let louise = read(&store, |view| accounts::load(view, Id(1))).await.unwrap();
        assert_eq!((louise.password_changed_at, louise.must_change), (Some(NOW), true));
        assert!(read(&store, |view| view.has(&keys::failures(Id(1)))).await);

        run(&store, |view| credentials::rewrite::<CredentialError>(view, Id(1), &verifier("first"), verifier("rewritten"))).await.unwrap();
        assert!(read(&store, |view| accounts::load(view, Id(1))).await.unwrap().must_change, "the same password");
        let later = Credential { verifier: verifier("second"), set_at: NOW.plus(std::time::Duration::from_secs(9)) };
        let stale = later.clone();
        let set_if = |view: &mut View<'_>, old: &str, credential: &Credential| {
            credentials::check_unchanged(view, Id(1), &verifier(old))?;
            credentials::set::<CredentialError>(view, Id(1), credential, Effect { must_change: false, clear_failures: true })
        };
        let refused = run(&store, move |view| set_if(view, "first", &stale)).await;
        assert_eq!(refused, Err(CredentialError::Changed));
        run(&store, move |view| set_if(view, "rewritten", &later)).await.unwrap();
        assert!(!read(&store, |view| accounts::load(view, Id(1))).await.unwrap().must_change);
        assert!(!read(&store, |view| view.has(&keys::failures(Id(1)))).await);

        run(&store, |view| accounts::delete::<AccountError>(view, Id(1))).await.map(|cleared| assert_eq!(cleared, Cleared::Whole)).unwrap();
        assert!(read(&store, |view| credentials::load(view, Id(1))).await.is_none());
        let orphan = Credential { verifier: verifier("x"), set_at: NOW };
        assert_eq!(run(&store, move |view| credentials::set(view, Id(1), &orphan, effect)).await, Err(CredentialError::Gone));
    }
}

#[tokio::test]
async fn a_call_that_is_repeated_is_marked_once() {
    for store in stores() {
        let mark = async |op: u8| run(&store, move |view| marks::mark::<()>(view, OpId([op; 16]), NOW)).await.unwrap();
        assert_eq!([mark(1).await, mark(1).await, mark(2).await], [Seen::Now, Seen::Before, Seen::Now]);
    }
}
