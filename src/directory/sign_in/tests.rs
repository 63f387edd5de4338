//! Signing in by login or address, and what becomes of a session.

use std::time::Duration;

use super::*;
use crate::directory::fixture::{SYSTEM, add_person, audited, binds, directory_over, dn, reborn, replace};
use crate::domain::audit::Reason;
use crate::domain::dn::Dn;
use crate::store::Store;

const OLD: &str = "trois girafes bleues dansent";
const NEW: &str = "quatre ours violets chantent";
const LOUISE: &[(&str, &str)] =
    &[("mail", "louise@example.org"), ("userPassword", OLD), ("displayName", "Louise M"), ("preferredLanguage", "fr")];

async fn louise() -> Directory {
    let directory = directory_over(Store::in_memory()).await;
    add_person(&directory, "louise", LOUISE).await;
    directory
}

fn source() -> Source {
    Source::Address([192, 0, 2, 1].into())
}

async fn sign_in(directory: &Directory, name: &str, password: &str) -> Result<SignedIn, BindError> {
    directory.sign_in(name, Secret::new(password), None, source()).await
}

async fn session(directory: &Directory) -> Secret {
    sign_in(directory, "louise", OLD).await.unwrap().token
}

#[tokio::test]
async fn a_person_signs_in_by_login_or_address_and_is_known_from_then_on() {
    let directory = louise().await;
    let id = add_person(&directory, "other", &[("mail", "other@example.org"), ("userPassword", OLD)]).await;
    for name in ["louise", " LOUISE ", "louise@example.org", "Louise@Example.ORG"] {
        let SignedIn { token, must_change } = sign_in(&directory, name, OLD).await.unwrap();
        let visitor = directory.visitor(&token).await.unwrap().expect("a session");
        assert!(visitor.account != id && !must_change && !visitor.must_change);
        assert_eq!((visitor.login.as_str(), visitor.name.as_str()), ("louise", "Louise M"), "{name}");
        assert_eq!(visitor.language, Some(Language::French));
    }
    assert_eq!(directory.visitor(&Secret::new("no such")).await, Ok(None));
    let signed_in = audited(&directory).await.into_iter().filter(|row| row.event == AuditEvent::SignedIn);
    assert!(signed_in.into_iter().all(|row| row.source == source() && matches!(row.actor, Actor::Account(_))));
}

#[tokio::test]
async fn every_reason_has_the_same_answer_and_what_was_typed_is_not_kept() {
    let directory = louise().await;
    for uid in ["ann", "bob"] {
        add_person(&directory, uid, &[("mail", "family@example.org"), ("userPassword", OLD)]).await;
    }
    add_person(&directory, "disabled", &[("userPassword", OLD), ("accountStatus", "disabled")]).await;
    add_person(&directory, "new", &[]).await;
    let service = [("objectClass", vec![b"account".to_vec()]), ("userPassword", vec![NEW.as_bytes().to_vec()])];
    let service = service.map(|(name, values)| (name.to_owned(), values)).to_vec();
    directory.add(&SYSTEM, &Dn::parse("uid=cloud,ou=services,dc=example,dc=org").unwrap(), service).await.unwrap();
    for (name, password, reason) in [
        ("louise", "wrong", Reason::WrongPassword),
        ("louise", "", Reason::WrongPassword),
        ("nobody", OLD, Reason::UnknownName),
        ("", OLD, Reason::UnknownName),
        (OLD, OLD, Reason::UnknownName),
        ("*", OLD, Reason::UnknownName),
        ("a)(uid=*", OLD, Reason::UnknownName),
        // An address of several is nobody's.
        ("family@example.org", OLD, Reason::UnknownName),
        ("disabled", OLD, Reason::Disabled),
        ("new", OLD, Reason::NoCredential),
        // An application has no pages.
        ("cloud", NEW, Reason::UnknownName),
    ] {
        directory.clock.advance(Duration::from_secs(1));
        let refused = sign_in(&directory, name, password).await.unwrap_err();
        assert_eq!(refused, BindError::Invalid(Hint::None), "{name:?}");
        let row = audited(&directory).await.pop().unwrap();
        assert!(matches!(row.event, AuditEvent::SignInRefused { reason: found, .. } if found == reason), "{name:?}: {row:?}");
    }
    assert!(!format!("{:?}", audited(&directory).await).contains(OLD));
}

/// Whoever fails here is throttled there, and the other way round; for a name that nobody has just the same.
#[tokio::test]
async fn pages_and_binds_share_the_throttle_for_known_and_unknown_names() {
    for (name, bound) in
        [("louise", "louise"), ("louise@example.org", "louise"), ("louise@example.org", "louise@example.org"), ("nobody", "nobody")]
    {
        let locked = BindError::Invalid(Hint::Locked);
        let mut directory = louise().await;
        for _ in 0..5 {
            assert_eq!(sign_in(&directory, name, "wrong").await.unwrap_err(), BindError::Invalid(Hint::None));
        }
        directory = reborn(directory).await;
        assert_eq!(sign_in(&directory, name, OLD).await.unwrap_err(), locked, "{name}");
        assert_eq!(directory.bind(&dn(bound), Secret::new(OLD), source()).await, Err(locked), "{bound}");

        let directory = louise().await;
        for _ in 0..5 {
            let refused = directory.bind(&dn(bound), Secret::new("wrong"), source()).await;
            assert_eq!(refused, Err(BindError::Invalid(Hint::None)));
        }
        assert_eq!(sign_in(&directory, name, OLD).await.unwrap_err(), locked, "{name}");
    }
}

#[tokio::test]
async fn a_session_ends_idle_or_old() {
    let directory = louise().await;
    let minutes = |minutes: u64| directory.clock.advance(Duration::from_secs(60 * minutes));
    let idle = session(&directory).await;
    minutes(14);
    assert!(directory.visitor(&idle).await.unwrap().is_some());
    minutes(14);
    assert!(directory.visitor(&idle).await.unwrap().is_some());
    minutes(15);
    assert_eq!(directory.visitor(&idle).await, Ok(None));
    let old = session(&directory).await;
    for _ in 0..47 {
        minutes(10);
        assert!(directory.visitor(&old).await.unwrap().is_some());
    }
    minutes(10);
    assert_eq!(directory.visitor(&old).await, Ok(None), "eight hours");
}

#[tokio::test]
async fn a_session_ends_with_what_it_rests_on() {
    for (attribute, value) in [("userPassword", NEW), ("accountStatus", "disabled")] {
        let directory = louise().await;
        let token = session(&directory).await;
        replace(&directory, "louise", attribute, &[value]).await;
        assert_eq!(directory.visitor(&token).await, Ok(None), "{attribute}");
        replace(&directory, "louise", "accountStatus", &["active"]).await;
        assert_eq!(directory.visitor(&token).await, Ok(None), "{attribute}: and for good");
    }
    let directory = louise().await;
    let token = session(&directory).await;
    directory.delete(&SYSTEM, &dn("louise")).await.unwrap();
    assert_eq!(directory.visitor(&token).await, Ok(None));
}

#[tokio::test]
async fn signing_out_ends_that_session_alone() {
    let directory = louise().await;
    let (one, other) = (session(&directory).await, session(&directory).await);
    directory.sign_out(&one, source()).await.unwrap();
    directory.sign_out(&one, source()).await.unwrap();
    assert_eq!(directory.visitor(&one).await, Ok(None));
    assert!(directory.visitor(&other).await.unwrap().is_some());
    assert_eq!(audited(&directory).await.iter().filter(|row| row.event == AuditEvent::SignedOut).count(), 1);
}

#[tokio::test]
async fn changing_the_password_ends_all_sessions_and_begins_one() {
    let directory = louise().await;
    let (here, elsewhere) = (session(&directory).await, session(&directory).await);
    let visitor = directory.visitor(&here).await.unwrap().unwrap();
    let change = async |old: &str, new: &str| directory.change_own_password(&visitor, Secret::new(old), Secret::new(new), source()).await;
    assert_eq!(change("wrong", NEW).await.unwrap_err(), PasswordError::Invalid(Hint::None));
    assert_eq!(change("", NEW).await.unwrap_err(), PasswordError::Invalid(Hint::None));
    assert!(matches!(change(OLD, "short").await, Err(PasswordError::Policy(_))));
    assert!(matches!(change(OLD, OLD).await, Err(PasswordError::Policy(_))));
    assert!(directory.visitor(&here).await.unwrap().is_some(), "nothing has changed yet");
    let SignedIn { token, must_change } = change(OLD, NEW).await.unwrap();
    assert!(!must_change && directory.visitor(&token).await.unwrap().is_some());
    for ended in [&here, &elsewhere] {
        assert_eq!(directory.visitor(ended).await, Ok(None));
    }
    assert!(binds(&directory, "louise", &Secret::new(NEW)).await && !binds(&directory, "louise", &Secret::new(OLD)).await);
    for _ in 0..5 {
        assert!(change("wrong", OLD).await.is_err());
    }
    assert_eq!(change(NEW, OLD).await.unwrap_err(), PasswordError::Invalid(Hint::Locked), "old passwords are throttled too");
}

#[tokio::test]
async fn whoever_must_change_their_password_may_do_so_here() {
    let directory = louise().await;
    replace(&directory, "louise", "pwdReset", &["TRUE"]).await;
    let SignedIn { token, must_change } = sign_in(&directory, "louise", OLD).await.unwrap();
    let visitor = directory.visitor(&token).await.unwrap().unwrap();
    assert!(must_change && visitor.must_change);
    let changed = directory.change_own_password(&visitor, Secret::new(OLD), Secret::new(NEW), source()).await.unwrap();
    assert!(!directory.visitor(&changed.token).await.unwrap().unwrap().must_change);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_guesses_on_the_pages_at_once_no_more_than_five_are_told() {
    let directory = std::sync::Arc::new(louise().await);
    let mut guesses = tokio::task::JoinSet::new();
    for number in 0..40 {
        let directory = std::sync::Arc::clone(&directory);
        guesses.spawn(async move { sign_in(&directory, "louise", if number == 38 { OLD } else { NEW }).await.map(drop) });
    }
    let answers = guesses.join_all().await;
    let told = |answer: Result<(), BindError>| answers.iter().filter(|given| **given == answer).count();
    let (let_in, wrong, refused) = (told(Ok(())), told(Err(BindError::Invalid(Hint::None))), told(Err(BindError::Invalid(Hint::Locked))));
    // A right one among the first clears what was counted before it, and begins a new row.
    assert_eq!(let_in + wrong + refused, 40, "{answers:?}");
    assert!(wrong <= 5 + 4 * let_in, "{answers:?}");
    assert!(refused >= 30, "{answers:?}");
}
