//! The rules of accounts, groups, teams, services, credentials, resets, mails and sessions, on every engine that is to hand.

mod of_accounts;
mod of_bounds;
mod of_credentials;
mod of_groups;
mod of_outbox;
mod of_resets;
mod of_sessions;

use uuid::Uuid;

use super::accounts::{self, AccountError};
use super::credentials::{self, CredentialError, Effect};
use super::engine::Fail;
use super::groups::{self, GroupError};
use super::marks::{self, MarkSeen};
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
