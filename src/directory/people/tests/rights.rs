//! Who is refused, and what is written down of it.

use super::*;

/// What each of them may do with the sheets of others is what the access table says.
#[tokio::test]
async fn a_sheet_is_seen_by_whoever_reads_all_of_it() {
    let directory = office_with(|settings| settings.access.address_book = true).await;
    for (who, whom, may) in [
        ("anne", "louise", "names login mail telephone role team password state must_change unlock end_sessions send delete"),
        ("anne", "anne", "names login mail telephone team state must_change unlock end_sessions delete"),
        ("anne", "marc", "names login mail telephone role team password state must_change unlock end_sessions delete"),
        ("marc", "louise", "names mail telephone team password end_sessions send"),
        ("marc", "marc", "telephone end_sessions"),
        ("louise", "louise", "telephone end_sessions"),
    ] {
        assert_eq!(words(&sheet(&directory, who, whom).await.unwrap().may), may, "{who} {whom}");
    }
    for (who, whom) in [("marc", "paul"), ("marc", "mona"), ("marc", "anne"), ("louise", "paul"), ("louise", "marc")] {
        assert_eq!(sheet(&directory, who, whom).await, Err(LookError::NotFound), "{who} {whom}");
    }
    assert_eq!(directory.person(&as_(&directory, "anne").await, Id(7)).await, Err(LookError::NotFound));
    let nobody = Caller { actor: Actor::Anonymous, source: Source::Internal, must_change: false };
    assert_eq!(directory.person(&nobody, id(&directory, "louise").await).await, Err(LookError::NotFound));
    let barred = Caller { must_change: true, ..as_(&directory, "anne").await };
    assert_eq!(directory.person(&barred, id(&directory, "louise").await).await, Err(LookError::Denied));
    assert_eq!(sheet(&directory, "marc", "louise").await.unwrap().teams.names, ["marketing", "sales"], "their own only");
}

fn words(may: &May) -> String {
    let all = [
        ("names", may.names),
        ("login", may.login),
        ("mail", may.mail),
        ("telephone", may.telephone),
        ("role", may.role),
        ("team", may.team),
        ("password", may.password),
        ("state", may.state),
        ("must_change", may.must_change),
        ("unlock", may.unlock),
        ("end_sessions", may.end_sessions),
        ("send", may.send),
        ("invite", may.invite),
        ("delete", may.delete),
    ];
    all.iter().filter(|(_, may)| *may).map(|(word, _)| *word).collect::<Vec<_>>().join(" ")
}

/// A forged form: what its sender may not change is refused whatever else is on it, and written down.
#[tokio::test]
async fn what_one_may_not_change_is_refused_and_written_down() {
    let directory = office().await;
    let none = PersonForm::default;
    let new = || PersonForm { password: secret(OTHER), confirm: secret(OTHER), ..none() };
    let mail = || PersonForm { mail: text("mine@example.org"), own_password: secret(PASSWORD), ..none() };
    let denied = EditError::Denied;
    let rows: Vec<(&str, &str, PersonForm, EditError)> = vec![
        // A manager, of a member of their own team.
        ("marc", "louise", PersonForm { role: Some(Role::Manager), ..none() }, denied(Denial::Attribute)),
        ("marc", "louise", PersonForm { role: Some(Role::Administrator), surname: text("x"), ..none() }, denied(Denial::Attribute)),
        ("marc", "louise", PersonForm { login: text("lou"), ..none() }, denied(Denial::Entry)),
        ("marc", "louise", PersonForm { state: Some(Status::Disabled), ..none() }, denied(Denial::Attribute)),
        ("marc", "louise", PersonForm { expires: Some(Expires::Unreadable), ..none() }, denied(Denial::Attribute)),
        ("marc", "louise", PersonForm { must_change: Some(true), ..none() }, denied(Denial::Attribute)),
        ("marc", "louise", PersonForm { team: text("support"), ..none() }, denied(Denial::OtherTeam)),
        ("marc", "louise", PersonForm { team: text("nowhere"), ..none() }, denied(Denial::OtherTeam)),
        ("marc", "louise", PersonForm { team: text(""), ..none() }, denied(Denial::OtherTeam)),
        // Somebody they have nothing to do with.
        ("marc", "paul", new(), NOBODY),
        ("marc", "paul", mail(), NOBODY),
        ("marc", "mona", new(), NOBODY),
        ("marc", "anne", mail(), NOBODY),
        // Themselves.
        ("marc", "marc", PersonForm { role: Some(Role::Administrator), ..none() }, denied(Denial::Attribute)),
        ("marc", "marc", new(), denied(Denial::Password)),
        ("marc", "marc", mail(), denied(Denial::Attribute)),
        ("louise", "louise", PersonForm { surname: text("x"), ..none() }, denied(Denial::Attribute)),
        ("louise", "louise", mail(), denied(Denial::Attribute)),
        ("louise", "louise", new(), denied(Denial::Password)),
        ("louise", "paul", new(), NOBODY),
        // An administrator.
        ("anne", "anne", PersonForm { role: Some(Role::User), ..none() }, denied(Denial::OwnRole)),
        ("anne", "anne", new(), denied(Denial::Password)),
    ];
    for (who, whom, filled_in, refusal) in rows {
        let (before, rows) = (account(&directory, whom).await, audited(&directory).await);
        let told = format!("{who} {whom} {filled_in:?}");
        let filled_in = PersonForm { seen: form(&directory, whom).await.seen, ..filled_in };
        assert_eq!(save(&directory, who, whom, filled_in).await, Err(refusal.clone()), "{told}");
        assert_eq!(account(&directory, whom).await, before, "{told}");
        let written = written_since(&directory, &rows).await;
        assert!(binds(&directory, whom, &Secret::new(PASSWORD)).await, "{told}");
        let dn = fixture::dn(whom).to_string();
        let expected = match refusal {
            EditError::Denied(Denial::Password) => AuditEvent::PasswordRefused { target: Some(before.id), reason: Reason::AccessDenied },
            EditError::NotFound(_) => AuditEvent::ChangeRefused { dn, reason: Reason::UnknownEntry },
            _ => AuditEvent::ChangeRefused { dn, reason: Reason::AccessDenied },
        };
        assert_eq!(written, [expected], "{told}");
    }
}

#[tokio::test]
async fn who_reads_a_part_only_learns_nothing_by_saving() {
    let directory = office_with(|settings| settings.access.address_book = true).await;
    for telephone in ["+33 1 23 45 67 89", "0"] {
        let guess = PersonForm { telephone: text(telephone), ..form(&directory, "louise").await };
        assert_eq!(save(&directory, "paul", "louise", guess).await, Err(EditError::Denied(Denial::Attribute)));
    }
}

#[tokio::test]
async fn what_the_buttons_do_is_done_for_whoever_may() {
    let directory = office().await;
    let denied = || Err(EditError::Denied(Denial::Attribute));
    let hidden = || Err(NOBODY);
    for (who, whom, unlocks, ends) in [
        ("anne", "louise", Ok(()), Ok(())),
        ("marc", "louise", denied(), Ok(())),
        ("louise", "louise", denied(), Ok(())),
        ("marc", "paul", hidden(), hidden()),
        ("louise", "anne", hidden(), hidden()),
    ] {
        let (caller, target) = (as_(&directory, who).await, id(&directory, whom).await);
        assert_eq!(act(&directory, &caller, target, Change::Unlock).await, unlocks, "{who} {whom}");
        let session = directory.sign_in(whom, Secret::new(PASSWORD), None, Source::Internal).await.unwrap();
        assert_eq!(act(&directory, &caller, target, Change::EndSessions).await, ends, "{who} {whom}");
        assert_eq!(directory.visitor(&session.token).await.unwrap().is_none(), ends.is_ok(), "{who} {whom}");
    }
    for (who, whom, outcome) in [
        ("marc", "louise", Err(EditError::Denied(Denial::Entry))),
        ("louise", "louise", Err(EditError::Denied(Denial::Entry))),
        ("marc", "paul", hidden()),
        ("anne", "louise", Ok(())),
    ] {
        assert_eq!(act(&directory, &as_(&directory, who).await, id(&directory, whom).await, Change::Delete).await, outcome, "{who} {whom}");
    }
    let gone = directory.store.read::<_, Infallible, _>(|view| accounts::id_of_uid(view, "louise")).await.unwrap();
    assert_eq!(gone, None);
}

#[tokio::test]
async fn who_is_throttled_is_shown_as_that_until_unlocked() {
    let directory = office().await;
    for _ in 0..5 {
        let _ = directory.bind(&fixture::dn("louise"), Secret::new(OTHER), Source::Internal).await;
    }
    assert!(sheet(&directory, "marc", "louise").await.unwrap().throttled_until.is_some());
    act(&directory, &as_(&directory, "anne").await, id(&directory, "louise").await, Change::Unlock).await.unwrap();
    assert_eq!(sheet(&directory, "marc", "louise").await.unwrap().throttled_until, None);
    let change = Modification::new(ChangeOperation::Replace, "accountStatus", ["disabled"]);
    directory.modify(&SYSTEM, &fixture::dn("louise"), vec![change]).await.unwrap();
    assert!(!sheet(&directory, "marc", "louise").await.unwrap().may.send, "nothing is sent to who may not sign in");
}
