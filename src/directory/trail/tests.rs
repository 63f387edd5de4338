use super::*;
use crate::directory::fixture::{START, SYSTEM, add_person, binds, directory_over, dn, replace};
use crate::directory::{PasswordChange, Target};
use crate::domain::audit::Reason;
use crate::domain::caller::Source;
use crate::secret::Secret;
use crate::store::Store;
use std::time::Duration;

fn asked(who: &str, what: AuditWhat) -> AuditQuery {
    AuditQuery { who: who.into(), what, from: None, to: None, after: None }
}

fn caller(id: Id) -> Caller {
    Caller { actor: super::super::Actor::Account(id), source: Source::Internal, must_change: false }
}

async fn set_password(directory: &Directory, by: &Caller, uid: &str, password: &str) {
    let change = PasswordChange { target: Target::Dn(dn(uid)), old: None, new: Some(Secret::new(password)), only_first: false };
    directory.change_password(by, change).await.unwrap();
}

/// What the trail gives, page by page, each in order, none twice.
async fn all(directory: &Directory, query: &AuditQuery) -> Vec<ToldRow> {
    directory.flush_audit().await;
    let (mut query, mut rows) = (query.clone(), Vec::new());
    loop {
        let page = directory.audit_trail(&SYSTEM, &query).await.unwrap();
        assert!(page.rows.len() <= AUDIT_PAGE);
        rows.extend(page.rows);
        match page.next {
            Some(next) => query.after = AuditPlace::parse(&next.to_string()),
            None => return rows,
        }
        assert!(query.after.is_some());
    }
}

#[tokio::test]
async fn who_did_what_to_whom_is_told_by_the_names_of_today() {
    let directory = directory_over(Store::in_memory()).await;
    let louise = add_person(&directory, "louise", &[("displayName", "Louise Martin"), ("binderyRole", "administrator")]).await;
    let paul = add_person(&directory, "paul", &[("displayName", "Paul Durand"), ("mail", "paul@example.org")]).await;
    set_password(&directory, &caller(louise), "paul", "un bon mot de passe assez long").await;
    for who in ["paul", "PAUL", "paul@example.org", &paul.to_string()] {
        let told = all(&directory, &asked(who, AuditWhat::Passwords)).await;
        assert_eq!(told.len(), 1, "{who}");
        assert_eq!(told[0].row.event, AuditEvent::PasswordChanged { target: paul });
        let names = [&told[0].actor, &told[0].target].map(|named| named.clone().map(|named| (named.name, named.kind)));
        let person = |name: &str| Some((name.to_owned(), NamedKind::Person));
        assert_eq!(names, [person("Louise Martin"), person("Paul Durand")], "{who}");
    }
    directory.delete(&SYSTEM, &dn("paul")).await.unwrap();
    let told = all(&directory, &asked(&paul.to_string(), AuditWhat::Changes)).await;
    assert_eq!(told.iter().map(|told| told.target.clone()).collect::<Vec<_>>(), [None, None, None], "added, changed, deleted");
    assert!(directory.audit_trail(&SYSTEM, &asked("paul", AuditWhat::Changes)).await.unwrap().unknown);
}

#[tokio::test]
async fn filters_and_pages_leave_nothing_out() {
    let directory = directory_over(Store::in_memory()).await;
    add_person(&directory, "louise", &[]).await;
    set_password(&directory, &SYSTEM, "louise", "un bon mot de passe assez long").await;
    for number in 0..120 {
        replace(&directory, "louise", "telephoneNumber", &[&format!("01 02 03 {number:04}")]).await;
        directory.clock.advance(Duration::from_secs(60));
        if number % 3 == 0 {
            assert!(binds(&directory, "louise", &Secret::new("un bon mot de passe assez long")).await);
        }
        if number % 40 == 0 {
            assert!(!binds(&directory, "louise", &Secret::new("faux")).await);
        }
    }
    for (what, expected) in [
        (AuditWhat::Changes, 122),
        (AuditWhat::Passwords, 1),
        (AuditWhat::Access, 40),
        (AuditWhat::Refusals, 3),
        (AuditWhat::Everything, 165),
    ] {
        for who in ["", "louise"] {
            let told = all(&directory, &asked(who, what)).await;
            assert_eq!(told.len(), expected, "{what:?} {who}");
            assert!(told.is_sorted_by(|one, other| one.row.at >= other.row.at), "{what:?} {who}");
        }
    }
    let minutes = |minutes: u64| Some(START.plus(Duration::from_secs(60 * minutes)));
    let some = AuditQuery { from: minutes(10), to: minutes(30), ..asked("louise", AuditWhat::Changes) };
    assert_eq!(all(&directory, &some).await.len(), 20);
    assert!(AuditPlace::parse("12-34").is_none());
}

#[tokio::test]
async fn the_trail_is_for_administrators_and_one_s_own_for_oneself() {
    let directory = directory_over(Store::in_memory()).await;
    let boss = add_person(&directory, "boss", &[("binderyRole", "administrator")]).await;
    let manager = add_person(&directory, "manager", &[("binderyRole", "manager")]).await;
    let louise = add_person(&directory, "louise", &[]).await;
    set_password(&directory, &SYSTEM, "louise", "un bon mot de passe assez long").await;
    for _ in 0..3 {
        assert!(binds(&directory, "louise", &Secret::new("un bon mot de passe assez long")).await);
    }
    assert!(!binds(&directory, "louise", &Secret::new("faux")).await);
    directory.flush_audit().await;

    let query = asked("", AuditWhat::Everything);
    assert!(directory.audit_trail(&caller(boss), &query).await.is_ok());
    directory.clock.advance(Duration::from_secs(1));
    assert_eq!(directory.begin_audit_export(&caller(boss)).await, Ok(()));
    for denied in [caller(manager), caller(louise), Caller { must_change: true, ..caller(boss) }] {
        assert_eq!(directory.audit_trail(&denied, &query).await, Err(LookError::Denied));
        assert_eq!(directory.begin_audit_export(&denied).await, Err(LookError::Denied));
    }
    assert_eq!(all(&directory, &asked("boss", AuditWhat::Changes)).await[0].row.event, AuditEvent::AuditExported);
    assert_eq!(directory.recent(&caller(manager), louise).await, Err(LookError::Denied));

    let recent = directory.recent(&caller(louise), louise).await.unwrap();
    assert_eq!(Ok(recent.clone()), directory.recent(&caller(boss), louise).await);
    let sign_ins: Vec<_> = recent.sign_ins.iter().map(|seen| (seen.told.row.event.class(), seen.times)).collect();
    assert_eq!(sign_ins.len(), 2);
    assert!(sign_ins.contains(&(crate::domain::audit::Class::Access, 3)));
    let refused = |seen: &Repeated| matches!(seen.told.row.event, AuditEvent::BindRefused { reason: Reason::WrongPassword, .. });
    assert!(recent.sign_ins.iter().any(refused));
    let changed = recent.changes.iter().filter(|told| told.row.event == AuditEvent::PasswordChanged { target: louise });
    assert_eq!((recent.changes.len(), changed.count()), (2, 1));
}
