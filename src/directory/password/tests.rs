//! A password that takes its time to hash meets a directory that has changed meanwhile.

use super::*;
use crate::directory::fixture::{SYSTEM, directory_over};
use crate::directory::{ChangeOperation, Modification};
use crate::domain::caller::Source;
use crate::domain::entry::Value;
use crate::store::{Store, accounts, audit};

const FIRST: &str = "trois girafes bleues dansent";
const SECOND: &str = "quatre ours violets chantent";

fn dn(uid: &str) -> Dn {
    Dn::parse(&format!("uid={uid},ou=people,dc=example,dc=org")).unwrap()
}

/// `louise` in the team of the manager `paul`.
async fn directory() -> Directory {
    let directory = directory_over(Store::in_memory()).await;
    for (name, more) in [("paul", ("binderyRole", "manager")), ("louise", ("userPassword", FIRST))] {
        let attributes = [("objectClass", "inetOrgPerson"), ("cn", name), ("sn", name), more];
        directory.add(&SYSTEM, &dn(name), attributes.map(|(name, value)| text(name, value)).to_vec()).await.unwrap();
    }
    let team = Dn::parse("cn=sales,ou=teams,dc=example,dc=org").unwrap();
    let attributes = [("objectClass", "groupOfNames"), ("owner", "paul"), ("member", "louise")];
    directory.add(&SYSTEM, &team, attributes.map(|(name, value)| text(name, value)).to_vec()).await.unwrap();
    directory
}

fn text(name: &str, value: &str) -> (String, Vec<Value>) {
    (name.to_owned(), vec![value.as_bytes().to_vec()])
}

async fn caller(directory: &Directory, uid: &str) -> Caller {
    let id = directory.store.read(|view| accounts::id_of_uid::<()>(view, uid)).await.unwrap().unwrap();
    Caller { actor: Actor::Account(id), ..SYSTEM }
}

async fn credential(directory: &Directory, whom: &Caller) -> Credential {
    let Actor::Account(id) = whom.actor else { panic!("not an account") };
    directory.store.read(|view| credentials::load::<()>(view, id)).await.unwrap().unwrap()
}

async fn replacement(directory: &Directory, old: Option<Verifier>) -> Replacement {
    let credential = directory.hashed(&SYSTEM, Secret::new(SECOND)).await.unwrap();
    let notice = directory.notice(Actor::System, Source::Internal, PasswordWay::Other);
    Replacement { old, credential, notice, session: None }
}

#[tokio::test]
async fn who_loses_the_right_while_the_hash_is_computed_sets_nothing() {
    let directory = directory().await;
    let (paul, louise) = (caller(&directory, "paul").await, caller(&directory, "louise").await);
    let given = replacement(&directory, None).await;
    let before = credential(&directory, &louise).await;
    let promoted = Modification::new(ChangeOperation::Replace, "binderyRole", ["manager"]);
    directory.modify(&SYSTEM, &dn("louise"), vec![promoted]).await.unwrap();
    assert_eq!(directory.store_password(&paul, louise.actor, given.clone()).await, Err(PasswordError::Denied));
    assert_eq!(directory.store_password(&louise, louise.actor, given).await, Err(PasswordError::OldRequired));
    assert!(credential(&directory, &louise).await == before);
}

#[tokio::test]
async fn an_old_password_that_was_replaced_meanwhile_replaces_nothing() {
    let directory = directory().await;
    let louise = caller(&directory, "louise").await;
    let old = credential(&directory, &louise).await.verifier;
    let reset = PasswordChange { target: Target::Dn(dn("louise")), old: None, new: None, only_first: false };
    assert!(directory.change_password(&SYSTEM, reset).await.unwrap().is_some());
    let after = credential(&directory, &louise).await;
    let given = replacement(&directory, Some(old)).await;
    assert_eq!(directory.store_password(&louise, louise.actor, given).await, Err(PasswordError::Busy));
    assert!(credential(&directory, &louise).await == after);
}

#[tokio::test]
async fn a_password_and_its_row_of_the_audit_are_stored_together() {
    let directory = directory().await;
    let louise = caller(&directory, "louise").await;
    let (old, new) = (Some(Secret::new(FIRST)), Some(Secret::new(SECOND)));
    directory.change_password(&louise, PasswordChange { target: Target::Caller, old, new, only_first: false }).await.unwrap();
    // Not flushed: the row is there as soon as the password is.
    let times = UnixTime::default()..UnixTime::from_millis(u64::MAX);
    let rows = directory.store.read(|view| audit::page::<()>(view, times.clone(), None, 99)).await.unwrap();
    let Actor::Account(target) = louise.actor else { panic!("not an account") };
    let changed = |event: &AuditEvent| *event == AuditEvent::PasswordChanged { target };
    assert_eq!(rows.iter().filter(|(_, row)| changed(&row.event) && row.actor == louise.actor).count(), 1);
}

#[tokio::test]
async fn who_must_change_their_password_learns_nothing_about_others() {
    let directory = directory().await;
    let louise = Caller { must_change: true, ..caller(&directory, "louise").await };
    for target in [Target::Dn(dn("paul")), Target::Dn(dn("nobody")), Target::Login("paul".into()), Target::Login("nobody".into())] {
        let change = PasswordChange { target, old: None, new: Some(Secret::new(SECOND)), only_first: false };
        assert_eq!(directory.change_password(&louise, change).await.unwrap_err(), PasswordError::NoSuchObject);
    }
}
