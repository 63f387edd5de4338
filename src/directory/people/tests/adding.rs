//! Who is added by whom.

use super::*;
use crate::domain::group::GroupKind;
use crate::domain::language::Language;
use crate::domain::reset::ResetRequested;

fn newcomer() -> PersonForm {
    PersonForm {
        first_name: text("Jean"),
        surname: text("Petit"),
        login: text("jeanp"),
        mail: text("jean@example.org"),
        team: text("sales"),
        role: Some(Role::User),
        state: Some(Status::Active),
        expires: Some(Expires::Never),
        ..PersonForm::default()
    }
}

#[tokio::test]
async fn an_administrator_adds_a_person_with_all_that_a_sheet_has() {
    let directory = office().await;
    let anne = as_(&directory, "anne").await;
    let blank = directory.blank_person(&anne).await.unwrap();
    assert!(blank.may.role && blank.may.state && blank.teams.names.len() == 3);
    let form = PersonForm {
        password: secret(OTHER),
        confirm: secret(OTHER),
        role: Some(Role::Manager),
        temporary: true,
        own_password: secret(PASSWORD),
        ..newcomer()
    };
    let id = directory.add_person(&anne, form, None).await.unwrap().id;
    let jean = account(&directory, "jeanp").await;
    assert_eq!((jean.id, jean.role, jean.must_change), (id, Role::Manager, true));
    assert_eq!(
        (attributes(&jean, Attribute::Cn), attributes(&jean, Attribute::Mail)),
        (vec!["Jean Petit".into()], vec!["jean@example.org".into()])
    );
    assert_eq!(directory.person(&anne, id).await.unwrap().team.as_deref(), Some("sales"));
    assert!(binds(&directory, "jeanp", &Secret::new(OTHER)).await);
    assert!(jean.uid_number >= 10_000);
}

#[tokio::test]
async fn what_a_new_person_lacks_is_said() {
    let directory = office().await;
    let anne = as_(&directory, "anne").await;
    for (form, field, fault) in [
        (PersonForm { surname: None, ..newcomer() }, Attribute::Sn, Wrong::Missing),
        (PersonForm { login: text(" "), ..newcomer() }, Attribute::Uid, Wrong::Missing),
        (PersonForm { login: None, ..newcomer() }, Attribute::Uid, Wrong::Missing),
        (PersonForm { login: text("louise"), ..newcomer() }, Attribute::Uid, Wrong::Account(AccountError::UidTaken("louise".into()))),
        (PersonForm { mail: text("louise"), ..newcomer() }, Attribute::Mail, MALFORMED),
        (
            PersonForm { team: text("nowhere"), ..newcomer() },
            Attribute::DepartmentNumber,
            Wrong::NoSuchGroup { kind: GroupKind::Team, name: "nowhere".into() },
        ),
    ] {
        let refused = directory.add_person(&anne, form, None).await.map(drop).unwrap_err();
        assert!(is_of(&refused, field, &fault), "{refused:?}");
    }
}

#[tokio::test]
async fn a_manager_adds_users_to_their_own_teams_where_the_setting_allows_it() {
    for allowed in [false, true] {
        let directory = office_with(|settings| settings.access.managers_add = allowed).await;
        let marc = as_(&directory, "marc").await;
        assert_eq!(directory.blank_person(&marc).await.is_ok(), allowed);
        let denied = || Err(EditError::Denied(Denial::Entry));
        for (form, outcome) in [
            (PersonForm { team: text("support"), ..newcomer() }, denied()),
            (PersonForm { team: text("nowhere"), ..newcomer() }, denied()),
            (PersonForm { team: None, ..newcomer() }, denied()),
            (PersonForm { role: Some(Role::Manager), ..newcomer() }, denied()),
            (PersonForm { role: Some(Role::Administrator), ..newcomer() }, denied()),
            (PersonForm { state: Some(Status::Disabled), ..newcomer() }, Err(EditError::Denied(Denial::Attribute))),
            (newcomer(), Ok(())),
        ] {
            let outcome = if allowed { outcome } else { denied() };
            assert_eq!(directory.add_person(&marc, form, None).await.map(drop), outcome, "{allowed}");
        }
        for who in ["louise", "paul"] {
            let caller = as_(&directory, who).await;
            assert_eq!(directory.blank_person(&caller).await, Err(LookError::NotFound), "{who}");
            let form = PersonForm { login: text("other"), ..newcomer() };
            let rows = audited(&directory).await;
            assert_eq!(directory.add_person(&caller, form, None).await.map(drop), denied(), "{who}");
            let dn = "ou=people,dc=example,dc=org".to_owned();
            assert_eq!(written_since(&directory, &rows).await, [AuditEvent::ChangeRefused { dn, reason: Reason::AccessDenied }], "{who}");
        }
    }
}

#[tokio::test]
async fn who_is_invited_gets_a_mail_in_the_same_commit() {
    let directory = office().await;
    let anne = as_(&directory, "anne").await;
    let requested = ResetRequested { at: directory.clock.now(), source: Source::Internal, language: Language::French };
    let id = directory.add_person(&anne, newcomer(), Some(requested)).await.unwrap().id;
    let queued = waiting(&directory).await;
    assert!(matches!(queued.as_slice(), [Intent::Invitation { account, .. }] if *account == id), "{queued:?}");
    // Who is given a password needs none.
    let given = PersonForm { login: text("jean2"), password: secret(OTHER), confirm: secret(OTHER), ..newcomer() };
    directory.add_person(&anne, given, Some(requested)).await.unwrap();
    assert_eq!(waiting(&directory).await.len(), 1);
    let unreachable = PersonForm { login: text("jean3"), mail: None, ..newcomer() };
    assert_eq!(directory.add_person(&anne, unreachable, Some(requested)).await.map(drop), Err(wrong(Attribute::Mail, Wrong::Missing)));
    let disabled = PersonForm { login: text("jean4"), state: Some(Status::Disabled), ..newcomer() };
    assert_eq!(directory.add_person(&anne, disabled, Some(requested)).await.map(drop), Err(not_sent()));

    let silent = office_with(|settings| settings.sends_mail = false).await;
    let anne = as_(&silent, "anne").await;
    assert!(!silent.blank_person(&anne).await.unwrap().may.invite);
    assert_eq!(silent.add_person(&anne, newcomer(), Some(requested)).await.map(drop), Err(not_sent()));
}
