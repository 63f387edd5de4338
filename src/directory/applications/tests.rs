use super::*;
use crate::directory::fixture::{SYSTEM, add_person, audited, changed, directory_over};
use crate::directory::{
    Actor, ApplicationForm, BindError, Change, Denial, Edit, EditError, Edited, NewApplication, PasswordChange, PasswordEdit, ServiceError,
    Target, Wrong,
};
use crate::domain::audit::{AuditEvent, ValueChange};
use crate::domain::dn::Dn;
use crate::domain::group::GroupKind;
use crate::domain::tree::Branch;
use crate::secret::Secret;
use crate::store::Store;

fn form(name: &str) -> ApplicationForm {
    ApplicationForm { name: name.into(), is_active: true, ..ApplicationForm::default() }
}

async fn rotate(directory: &Directory, caller: &Caller, id: Id) -> Result<Secret, EditError> {
    let change = PasswordChange { target: Target::Id(Branch::Services, id), old: None, new: None, only_first: false };
    Ok(directory.change_password(caller, change).await?.unwrap())
}

async fn act(directory: &Directory, caller: &Caller, id: Id, change: Change) -> Result<(), EditError> {
    directory.edit(caller, Edit::one(Branch::Services, id, change)).await.map(drop)
}

/// The names of the attributes that were changed.
fn names(saved: Result<Edited, EditError>) -> Result<Vec<&'static str>, EditError> {
    saved.map(|saved| saved.attributes.into_iter().map(Attribute::name).collect())
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

    let second = rotate(&directory, &SYSTEM, id).await.unwrap();
    assert!(!binds(&directory, "nextcloud", &secret).await && binds(&directory, "nextcloud", &second).await);

    let disabled = ApplicationForm { is_active: false, description: " Fichiers ".into(), seen: shown.seen, ..form("nextcloud") };
    let saved = directory.save_application(&SYSTEM, id, disabled.clone()).await;
    assert_eq!(names(saved), Ok(vec!["description", "accountStatus"]));
    assert_eq!(directory.application(&SYSTEM, id).await.unwrap().description, "Fichiers");
    assert!(!binds(&directory, "nextcloud", &second).await);

    act(&directory, &SYSTEM, id, Change::Delete).await.unwrap();
    assert_eq!(directory.application(&SYSTEM, id).await, Err(LookError::NotFound));
    let rows = format!("{:?}", audited(&directory).await);
    for secret in [secret, second] {
        assert!(!rows.contains(std::str::from_utf8(secret.expose()).unwrap()));
    }
}

fn is(test: fn(&Wrong) -> bool) -> fn(&Wrong) -> bool {
    test
}

#[tokio::test]
async fn a_form_that_is_not_right_says_which_field() {
    let directory = directory_over(Store::in_memory()).await;
    add_person(&directory, "louise", &[("mail", "louise@example.org")]).await;
    directory.add_application(&SYSTEM, form("portal")).await.unwrap();
    let long = "x".repeat(65_537);
    for (form, attribute, is_wrong) in [
        (form(""), Attribute::Uid, is(|wrong| *wrong == Wrong::Missing)),
        (form("next cloud"), Attribute::Uid, is(|wrong| matches!(wrong, Wrong::BadName(_)))),
        (form("-x"), Attribute::Uid, is(|wrong| matches!(wrong, Wrong::BadName(_)))),
        (form("PORTAL"), Attribute::Uid, is(|wrong| matches!(wrong, Wrong::Service(ServiceError::UidTaken(_))))),
        (form("louise"), Attribute::Uid, is(|wrong| matches!(wrong, Wrong::Service(ServiceError::UidIsAccount(_))))),
        (form("louise@example.org"), Attribute::Uid, is(|wrong| matches!(wrong, Wrong::Service(ServiceError::UidIsMail(_))))),
        (
            ApplicationForm { limited_to: "nobody".into(), ..form("new") },
            Attribute::BinderyLimitedTo,
            is(|wrong| *wrong == Wrong::NoSuchGroup { kind: GroupKind::Group, name: "nobody".into() }),
        ),
        (ApplicationForm { description: long, ..form("new") }, Attribute::Description, is(|wrong| matches!(wrong, Wrong::Invalid(_)))),
        (
            ApplicationForm { description: "a\u{202e}b".into(), ..form("new") },
            Attribute::Description,
            is(|wrong| matches!(wrong, Wrong::Invalid(_))),
        ),
    ] {
        let refused = directory.add_application(&SYSTEM, form.clone()).await.map(|made| made.id).unwrap_err();
        let EditError::Faults(faults) = &refused else { panic!("{refused:?}") };
        assert!(faults[0].attribute == Some(attribute) && is_wrong(&faults[0].wrong), "{form:?} {refused:?}");
    }
    assert_eq!(directory.applications(&SYSTEM, "").await.unwrap().applications.len(), 1);
}

#[tokio::test]
async fn a_form_that_is_out_of_date_changes_nothing() {
    let directory = directory_over(Store::in_memory()).await;
    let made = directory.add_application(&SYSTEM, form("portal")).await.unwrap();
    let seen = directory.application(&SYSTEM, made.id).await.unwrap().seen;
    directory.clock.advance(std::time::Duration::from_secs(1));
    let one = ApplicationForm { description: "one".into(), seen: seen.clone(), ..form("portal") };
    assert_eq!(names(directory.save_application(&SYSTEM, made.id, one.clone()).await), Ok(vec!["description"]));
    let other = ApplicationForm { description: "other".into(), seen, ..form("portal") };
    assert_eq!(names(directory.save_application(&SYSTEM, made.id, other).await), Err(EditError::Stale));
    let shown = directory.application(&SYSTEM, made.id).await.unwrap();
    assert_eq!(shown.description, "one");
    assert_eq!(names(directory.save_application(&SYSTEM, made.id, ApplicationForm { seen: shown.seen, ..one }).await), Ok(vec![]));
}

#[tokio::test]
async fn applications_are_for_administrators_alone_and_others_are_written_down() {
    let directory = directory_over(Store::in_memory()).await;
    let manager = add_person(&directory, "manager", &[("binderyRole", "manager")]).await;
    let made = directory.add_application(&SYSTEM, form("portal")).await.unwrap();
    let seen = directory.application(&SYSTEM, made.id).await.unwrap().seen;
    let account = Caller { actor: Actor::Account(manager), source: Source::Internal, must_change: false };
    let service = Caller { actor: Actor::Service(made.id), ..account };
    for caller in [account, service, Caller { must_change: true, ..SYSTEM }] {
        assert_eq!(directory.applications(&caller, "").await, Err(LookError::Denied));
        assert_eq!(directory.application(&caller, made.id).await, Err(LookError::Denied));
        let refused = [
            directory.add_application(&caller, form("mine")).await.map(drop),
            directory.save_application(&caller, made.id, ApplicationForm { seen: seen.clone(), ..form("") }).await.map(drop),
            rotate(&directory, &caller, made.id).await.map(drop),
            act(&directory, &caller, made.id, Change::Unlock).await,
            act(&directory, &caller, made.id, Change::Delete).await,
        ];
        // Its own entry is all that an application sees of them.
        let hidden = caller.actor == account.actor;
        for (number, refused) in refused.into_iter().enumerate() {
            let expected = match refused {
                Err(EditError::NotFound(_)) => hidden && number > 0,
                Err(EditError::MustChange) => caller.must_change,
                Err(EditError::Denied(denial)) => !hidden || number == 0 && denial == Denial::Entry,
                _ => false,
            };
            assert!(expected, "{caller:?} {number}: {refused:?}");
        }
    }
    let rows = audited(&directory).await;
    let refused =
        |row: &&crate::domain::audit::AuditRow| matches!(row.event, AuditEvent::ChangeRefused { .. } | AuditEvent::PasswordRefused { .. });
    assert_eq!(rows.iter().filter(refused).count(), 15);
    assert!(binds(&directory, "portal", &made.secret).await);
}

#[tokio::test]
async fn another_name_is_written_down_and_keeps_the_secret() {
    let directory = directory_over(Store::in_memory()).await;
    add_person(&directory, "louise", &[]).await;
    directory.add_application(&SYSTEM, form("other")).await.unwrap();
    let made = directory.add_application(&SYSTEM, form("portal")).await.unwrap();
    let seen = directory.application(&SYSTEM, made.id).await.unwrap().seen;
    for name in ["", "a b", "OTHER", "Louise"] {
        let refused = directory.save_application(&SYSTEM, made.id, ApplicationForm { seen: seen.clone(), ..form(name) }).await.unwrap_err();
        let EditError::Faults(faults) = &refused else { panic!("{refused:?}") };
        assert_eq!(faults[0].attribute, Some(Attribute::Uid), "{name} {refused:?}");
    }
    let renamed = ApplicationForm { description: "Intranet".into(), seen, ..form("intranet") };
    assert_eq!(names(directory.save_application(&SYSTEM, made.id, renamed).await), Ok(vec!["uid", "description"]));
    assert!(binds(&directory, "intranet", &made.secret).await && !binds(&directory, "portal", &made.secret).await);
    let dn = |name: &str| format!("uid={name},ou=services,dc=example,dc=org");
    let (target, changes) = (made.id, vec![ValueChange { added: vec!["Intranet".into()], ..changed("description") }]);
    let told: Vec<AuditEvent> = audited(&directory).await.into_iter().map(|row| row.event).collect();
    for event in [
        AuditEvent::Renamed { target, from: dn("portal"), to: dn("intranet") },
        AuditEvent::Modified { target, dn: dn("intranet"), changes },
    ] {
        assert_eq!(told.iter().filter(|held| **held == event).count(), 1, "{event:?} {told:?}");
    }
}

#[tokio::test]
async fn an_application_that_failed_too_often_is_let_in_again() {
    let directory = directory_over(Store::in_memory()).await;
    let made = directory.add_application(&SYSTEM, form("portal")).await.unwrap();
    let waits = async || directory.application(&SYSTEM, made.id).await.unwrap().throttled_until.is_some();
    // A generated secret cannot be guessed.
    for _ in 0..9 {
        assert!(!binds(&directory, "portal", &Secret::new("wrong")).await);
    }
    assert!(!waits().await && binds(&directory, "portal", &made.secret).await);

    let chosen = Secret::new("horloge tilleul comete quinze");
    act(&directory, &SYSTEM, made.id, Change::Password(PasswordEdit::set(chosen.clone()))).await.unwrap();
    while !waits().await {
        assert!(!binds(&directory, "portal", &Secret::new("wrong")).await);
    }
    assert!(!binds(&directory, "portal", &chosen).await);
    act(&directory, &SYSTEM, made.id, Change::Unlock).await.unwrap();
    assert!(!waits().await && binds(&directory, "portal", &chosen).await);
    assert_eq!(act(&directory, &SYSTEM, Id(7), Change::Unlock).await, Err(EditError::NotFound(String::new())));
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
