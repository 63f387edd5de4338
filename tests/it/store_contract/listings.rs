//! By which rows people are found always follows from their accounts, whatever happens to these: random changes on each
//! engine.

use std::collections::BTreeMap;

use bindery::domain::account::{Account, Role, Status};
use bindery::domain::entry::Attributes;
use bindery::domain::id::Id;
use bindery::domain::listing::{self, Facet, PersonListing};
use bindery::domain::schema::Attribute;
use bindery::domain::time::UnixTime;
use bindery::store::accounts::AccountError;
use bindery::store::memberships::Cleared;
use bindery::store::{Fail, Store, accounts, keys, records};
use proptest::prelude::*;
use uuid::Uuid;

use super::each::fixture;

/// What happens to one of a few accounts. Many of these are refused: the login is taken, nobody is there.
#[derive(Clone, Debug)]
enum Op {
    Add(Account),
    Replace(Account),
    Delete(Id),
}

fn account() -> impl Strategy<Value = Account> {
    let name = prop::sample::select(vec!["", "Michel", "michel-Dupont", "Éluard", "O’Brien Œ", "Zola"]);
    let first = prop::sample::select(vec!["", "Louise", "Anne-Marie", "Émile"]);
    let mail = prop::sample::select(vec!["a@example.org", "anne.michel@example.org", "é@example.org", "Zola@example.net"]);
    let role = prop::sample::select(vec![Role::User, Role::User, Role::Manager, Role::Administrator]);
    let status = prop::sample::select(vec![Status::Active, Status::Active, Status::Disabled]);
    let login = prop::sample::select(vec!["anne", "ANNE", "louise.m", "zola", "x", "y"]);
    (0..4u64, login, (name, first), prop::collection::vec(mail, 0..3), (role, status, any::<bool>())).prop_map(
        |(id, login, (name, first), mails, (role, status, expires))| {
            let mut attributes = Attributes::default();
            attributes.set(Attribute::Sn, vec![name.into()]);
            attributes.set(Attribute::GivenName, vec![first.into()]);
            attributes.set(Attribute::Cn, vec![format!("{first} {name}").into()]);
            attributes.set(Attribute::Mail, mails.into_iter().map(Into::into).collect());
            Account {
                id: Id(id),
                entry_uuid: Uuid::from_u128(id.into()),
                uid: login.into(),
                role,
                status,
                expires_at: expires.then_some(UnixTime::from_secs(9)),
                uid_number: 10_000 + id as u32,
                gid_number: 100,
                created_at: UnixTime::default(),
                modified_at: UnixTime::default(),
                password_changed_at: None,
                must_change: false,
                attributes,
            }
        },
    )
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        3 => account().prop_map(Op::Add),
        5 => account().prop_map(Op::Replace),
        1 => (0..4u64).prop_map(|id| Op::Delete(Id(id))),
    ]
}

async fn carry_out(store: &Store, op: Op) -> Result<(), Fail<AccountError>> {
    let rule = store.run(move |view| match &op {
        // A rule asks who has the id; here the same few are drawn again and again.
        Op::Add(account) if accounts::load(view, account.id)?.is_some() => Ok(()),
        Op::Add(account) => accounts::add(view, account),
        Op::Replace(account) => accounts::replace(view, account),
        Op::Delete(id) => accounts::delete(view, *id).map(|_: Cleared| ()),
    });
    rule.await
}

/// What follows from the accounts that are there.
async fn expected(store: &Store) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let accounts = store.read(|view| view.scan::<()>(b"a", b"b", 99)).await.unwrap();
    let mut rows = BTreeMap::new();
    for (_, value) in accounts {
        let account: Account = records::decode::<_, ()>(&value).unwrap();
        let (name, listing) = (listing::sort_name(&account), PersonListing::of(&account));
        rows.extend(listing.words().map(|word| (keys::word(word, account.id), Vec::new())));
        rows.extend(listing.facets().map(|facet| (keys::listed(facet, &name, account.id), Vec::new())));
        rows.insert(keys::listed(Facet::Everybody, &name, account.id), records::encode(&listing));
    }
    rows
}

async fn found(store: &Store) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let mut rows = BTreeMap::new();
    for prefix in [b"N", b"W"] {
        let (from, to) = keys::range(prefix);
        rows.extend(store.read(|view| view.scan::<()>(&from, &to, 999)).await.unwrap());
    }
    rows
}

async fn play(engine: &str, ops: Vec<Op>) {
    let held = fixture(engine);
    for op in ops {
        match carry_out(&held.store, op.clone()).await {
            Ok(()) | Err(Fail::Rule(_)) => {}
            Err(fault) => panic!("{op:?}: {fault:?}"),
        }
        assert_eq!(found(&held.store).await, expected(&held.store).await, "{op:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn people_are_found_by_what_their_accounts_say_and_nothing_else(ops in prop::collection::vec(op(), 1..30)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        for engine in ["memory", "fetching", "redb"] {
            runtime.block_on(play(engine, ops.clone()));
        }
    }
}
