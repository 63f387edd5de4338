//! What may change while a password is being verified, and who is written down for a bind.

use super::candidate::Candidate;
use super::*;
use crate::directory::fixture::{SYSTEM, directory_over};
use crate::directory::{ChangeOperation, Directory, Modification, PasswordChange, Target};
use crate::domain::id::Id;
use crate::domain::time::UnixTime;
use crate::store::{Store, audit};

const LOUISE: &str = "uid=louise,ou=people,dc=example,dc=org";
const FIRST: &str = "trois girafes bleues dansent";
const SECOND: &str = "quatre ours violets chantent";

fn dn(text: &str) -> Dn {
    Dn::parse(text).unwrap()
}

async fn directory() -> Directory {
    let directory = directory_over(Store::in_memory()).await;
    let attributes = [("objectClass", "inetOrgPerson"), ("cn", "Louise"), ("sn", "M"), ("userPassword", FIRST)];
    let attributes = attributes.map(|(name, value)| (name.to_owned(), vec![value.as_bytes().to_vec()]));
    directory.add(&SYSTEM, &dn(LOUISE), attributes.to_vec()).await.unwrap();
    directory
}

async fn set(directory: &Directory, attribute: &str, value: &str) {
    let change = Modification::new(ChangeOperation::Replace, attribute, [value]);
    directory.modify(&SYSTEM, &dn(LOUISE), vec![change]).await.unwrap();
}

/// A bind whose password is verified, but which has not been let in yet.
async fn verified(directory: &Directory) -> Candidate {
    let place = directory.settings.tree.locate(&dn(LOUISE));
    directory.store.read(|view| candidate::at(view, &place, Id(0))).await.unwrap()
}

async fn admit(directory: &Directory, verified: Candidate) -> Result<Bound, BindError> {
    let (name, password) = (dn(LOUISE), Secret::new(FIRST));
    let attempt = Attempt { asked: Asked::Bind(&name), password: &password, source: Source::Internal };
    let proved = directory.conclude(attempt, verified, Verified::Yes).await?;
    Ok(Bound { actor: proved.principal.actor(), must_change: proved.principal.must_change(), bond: proved.bond })
}

#[tokio::test]
async fn what_changes_while_the_hash_is_computed_counts() {
    let directory = directory().await;
    let stale = verified(&directory).await;
    set(&directory, "pwdReset", "TRUE").await;
    assert!(admit(&directory, stale).await.unwrap().must_change);

    let stale = verified(&directory).await;
    set(&directory, "accountStatus", "disabled").await;
    assert_eq!(admit(&directory, stale).await, Err(BindError::Invalid(Hint::None)));
    set(&directory, "accountStatus", "active").await;

    let stale = verified(&directory).await;
    directory.clock.advance(std::time::Duration::from_secs(1));
    let change = PasswordChange { target: Target::Dn(dn(LOUISE)), old: None, new: Some(Secret::new(SECOND)), only_first: false };
    directory.change_password(&SYSTEM, change).await.unwrap();
    assert_eq!(admit(&directory, stale).await, Err(BindError::Invalid(Hint::None)));
}

#[tokio::test]
async fn a_credential_that_was_written_anew_is_the_same_password() {
    let directory = directory().await;
    let stale = verified(&directory).await;
    let again = directory.hasher.hash(Source::Internal, Secret::new(FIRST)).await.unwrap();
    let (id, old) = (stale.counted_as, stale.credential.clone().unwrap().verifier);
    let rewritten = directory.store.run(move |view| credentials::rewrite::<credentials::CredentialError>(view, id, &old, again.clone()));
    rewritten.await.unwrap();
    assert!(admit(&directory, stale).await.is_ok());
}

#[tokio::test]
async fn a_bind_over_the_socket_is_written_down() {
    let directory = directory_over(Store::in_memory()).await;
    assert!(directory.bind_peer(Source::Socket(0), true).is_ok());
    assert_eq!(directory.bind_peer(Source::Socket(1000), false), Err(BindError::Invalid(Hint::None)));
    directory.flush_audit().await;
    let times = UnixTime::default()..UnixTime::from_millis(u64::MAX);
    let rows = directory.store.read(|view| audit::page::<()>(view, times.clone(), None, 9)).await.unwrap();
    let mut found: Vec<_> = rows.into_iter().map(|(_, row)| (row.source, row.actor, row.event)).collect();
    found.sort_by_key(|(source, ..)| *source != Source::Socket(0));
    let refused = AuditEvent::BindRefused { name: String::new(), reason: Reason::AccessDenied, target: None };
    let expected = [(Source::Socket(0), Actor::System, AuditEvent::BindSucceeded), (Source::Socket(1000), Actor::Anonymous, refused)];
    assert_eq!(found, expected);
}
