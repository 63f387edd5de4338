use super::*;
use crate::directory::fixture::{SYSTEM, add_person, audited, directory_over};
use crate::directory::{Actor, BindError};
use crate::domain::audit::{AuditEvent, Reason};
use crate::domain::dn::Dn;
use crate::secret::Secret;
use crate::store::Store;

fn form(name: &str) -> ApplicationForm {
    ApplicationForm { name: name.into(), is_active: true, ..ApplicationForm::default() }
}

async fn binds(directory: &Directory, name: &str, secret: &Secret) -> bool {
    let dn = Dn::parse(&format!("uid={name},ou=services,dc=example,dc=org")).unwrap();
    match directory.bind(&dn, secret.clone(), Source::Internal).await {
        Ok(_) => true,
        Err(BindError::Invalid(_)) => false,
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_application_is_made_used_given_another_secret_disabled_and_deleted() {
    let directory = directory_over(Store::in_memory()).await;
    let NewApplication { id, secret } = directory.add_application(&SYSTEM, form("nextcloud")).await.unwrap();
    assert_eq!(directory.application(&SYSTEM, id).await.unwrap().used, None);
    assert!(binds(&directory, "nextcloud", &secret).await);
    directory.audit_log.flush().await;
    let shown = directory.application(&SYSTEM, id).await.unwrap();
    assert!(shown.used.is_some_and(|used| used.from == Source::Internal) && shown.secret_set_at.is_some());

    let second = directory.rotate_secret(&SYSTEM, id).await.unwrap();
    assert!(!binds(&directory, "nextcloud", &secret).await && binds(&directory, "nextcloud", &second).await);

    let disabled = ApplicationForm { is_active: false, description: " Fichiers ".into(), ..form("nextcloud") };
    let saved = directory.save_application(&SYSTEM, (id, shown.modified_at), disabled.clone()).await;
    assert_eq!(saved, Ok(vec!["description", "accountStatus"]));
    assert_eq!(directory.application(&SYSTEM, id).await.unwrap().description, "Fichiers");
    assert!(!binds(&directory, "nextcloud", &second).await);

    directory.delete_application(&SYSTEM, id).await.unwrap();
    assert_eq!(directory.application(&SYSTEM, id).await, Err(LookError::NotFound));
    let rows = format!("{:?}", audited(&directory).await);
    for secret in [secret, second] {
        assert!(!rows.contains(std::str::from_utf8(secret.expose()).unwrap()));
    }
}

#[tokio::test]
async fn a_form_that_is_not_right_says_which_field() {
    let directory = directory_over(Store::in_memory()).await;
    add_person(&directory, "louise", &[("mail", "louise@example.org")]).await;
    directory.add_application(&SYSTEM, form("portal")).await.unwrap();
    let long = "x".repeat(201);
    for (form, fault) in [
        (form(""), ApplicationFault::NameMissing),
        (form("next cloud"), ApplicationFault::NameUnusable),
        (form("-x"), ApplicationFault::NameUnusable),
        (form("PORTAL"), ApplicationFault::NameTaken),
        (form("louise"), ApplicationFault::NameOfPerson),
        (form("louise@example.org"), ApplicationFault::NameOfPerson),
        (ApplicationForm { limited_to: "nobody".into(), ..form("new") }, ApplicationFault::NoSuchGroup),
        (ApplicationForm { description: long, ..form("new") }, ApplicationFault::DescriptionUnusable),
        (ApplicationForm { description: "a\nb".into(), ..form("new") }, ApplicationFault::DescriptionUnusable),
    ] {
        let refused = directory.add_application(&SYSTEM, form.clone()).await.map(|made| made.id);
        assert_eq!(refused, Err(ApplicationError::Field(fault)), "{form:?}");
    }
    assert_eq!(directory.applications(&SYSTEM, "").await.unwrap().applications.len(), 1);
}

#[tokio::test]
async fn a_form_that_is_out_of_date_changes_nothing() {
    let directory = directory_over(Store::in_memory()).await;
    let made = directory.add_application(&SYSTEM, form("portal")).await.unwrap();
    let seen = directory.application(&SYSTEM, made.id).await.unwrap().modified_at;
    directory.clock.advance(std::time::Duration::from_secs(1));
    let one = ApplicationForm { description: "one".into(), ..form("portal") };
    assert_eq!(directory.save_application(&SYSTEM, (made.id, seen), one.clone()).await, Ok(vec!["description"]));
    let other = ApplicationForm { description: "other".into(), ..form("portal") };
    assert_eq!(directory.save_application(&SYSTEM, (made.id, seen), other).await, Err(ApplicationError::Changed));
    let shown = directory.application(&SYSTEM, made.id).await.unwrap();
    assert_eq!(shown.description, "one");
    assert_eq!(directory.save_application(&SYSTEM, (made.id, shown.modified_at), one).await, Ok(vec![]));
}

#[tokio::test]
async fn applications_are_for_administrators_alone_and_others_are_written_down() {
    let directory = directory_over(Store::in_memory()).await;
    let manager = add_person(&directory, "manager", &[("binderyRole", "manager")]).await;
    let made = directory.add_application(&SYSTEM, form("portal")).await.unwrap();
    let seen = directory.application(&SYSTEM, made.id).await.unwrap().modified_at;
    let account = Caller { actor: Actor::Account(manager), source: Source::Internal, must_change: false };
    let service = Caller { actor: Actor::Service(made.id), ..account };
    for caller in [account, service, Caller { must_change: true, ..SYSTEM }] {
        assert_eq!(directory.applications(&caller, "").await, Err(LookError::Denied));
        assert_eq!(directory.application(&caller, made.id).await, Err(LookError::Denied));
        let refused = [
            directory.add_application(&caller, form("mine")).await.map(drop),
            directory.save_application(&caller, (made.id, seen), form("")).await.map(drop),
            directory.rotate_secret(&caller, made.id).await.map(drop),
            directory.unlock_application(&caller, made.id).await,
            directory.delete_application(&caller, made.id).await,
        ];
        assert_eq!(refused, [const { Err(ApplicationError::Denied) }; 5], "{caller:?}");
    }
    let rows = audited(&directory).await;
    let refused = |row: &&crate::domain::audit::AuditRow| {
        matches!(row.event, AuditEvent::ChangeRefused { reason: Reason::AccessDenied | Reason::MustChangeFirst, .. })
    };
    assert_eq!(rows.iter().filter(refused).count(), 15);
    assert!(binds(&directory, "portal", &made.secret).await);
}

#[tokio::test]
async fn another_name_is_written_down_and_keeps_the_secret() {
    let directory = directory_over(Store::in_memory()).await;
    add_person(&directory, "louise", &[]).await;
    directory.add_application(&SYSTEM, form("other")).await.unwrap();
    let made = directory.add_application(&SYSTEM, form("portal")).await.unwrap();
    let seen = directory.application(&SYSTEM, made.id).await.unwrap().modified_at;
    for (name, fault) in [
        ("", ApplicationFault::NameMissing),
        ("a b", ApplicationFault::NameUnusable),
        ("OTHER", ApplicationFault::NameTaken),
        ("Louise", ApplicationFault::NameOfPerson),
    ] {
        let refused = directory.save_application(&SYSTEM, (made.id, seen), form(name)).await;
        assert_eq!(refused, Err(ApplicationError::Field(fault)), "{name}");
    }
    let renamed = ApplicationForm { description: "Intranet".into(), ..form("intranet") };
    assert_eq!(directory.save_application(&SYSTEM, (made.id, seen), renamed).await, Ok(vec!["uid", "description"]));
    assert!(binds(&directory, "intranet", &made.secret).await && !binds(&directory, "portal", &made.secret).await);
    let dn = |name: &str| format!("uid={name},ou=services,dc=example,dc=org");
    let (target, attributes) = (made.id, vec!["description".to_owned()]);
    let told: Vec<AuditEvent> = audited(&directory).await.into_iter().map(|row| row.event).collect();
    for event in [
        AuditEvent::Renamed { target, from: dn("portal"), to: dn("intranet") },
        AuditEvent::Modified { target, dn: dn("intranet"), attributes },
    ] {
        assert_eq!(told.iter().filter(|held| **held == event).count(), 1, "{event:?} {told:?}");
    }
}

#[tokio::test]
async fn an_application_that_failed_too_often_is_let_in_again() {
    let directory = directory_over(Store::in_memory()).await;
    let made = directory.add_application(&SYSTEM, form("portal")).await.unwrap();
    let waits = async || directory.application(&SYSTEM, made.id).await.unwrap().throttled_until.is_some();
    assert!(!waits().await);
    while !waits().await {
        assert!(!binds(&directory, "portal", &Secret::new("wrong")).await);
    }
    assert!(!binds(&directory, "portal", &made.secret).await);
    directory.unlock_application(&SYSTEM, made.id).await.unwrap();
    assert!(!waits().await && binds(&directory, "portal", &made.secret).await);
    assert_eq!(directory.unlock_application(&SYSTEM, Id(7)).await, Err(ApplicationError::NotFound));
}

#[tokio::test]
async fn many_applications_come_page_by_page() {
    let directory = directory_over(Store::in_memory()).await;
    for number in 0..PAGE + 20 {
        directory.add_application(&SYSTEM, form(&format!("App{number:03}"))).await.unwrap();
    }
    let first = directory.applications(&SYSTEM, "").await.unwrap();
    let next = first.next.clone().unwrap();
    let second = directory.applications(&SYSTEM, &next).await.unwrap();
    let names: Vec<String> = first.applications.into_iter().chain(second.applications).map(|application| application.name).collect();
    assert_eq!(names, (0..PAGE + 20).map(|number| format!("App{number:03}")).collect::<Vec<_>>());
    assert_eq!(second.next, None);
}
