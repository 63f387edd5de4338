//! What a save changes, and what it leaves alone.

use super::*;
use crate::domain::group::GroupKind;
use crate::domain::time::UnixTime;

#[tokio::test]
async fn a_sheet_shows_what_is_stored() {
    let directory = office().await;
    let sheet = sheet(&directory, "anne", "louise").await.unwrap();
    assert_eq!((sheet.first_name.as_str(), sheet.surname.as_str(), sheet.name.as_str()), ("Louise", "Martin", "Lou"));
    assert_eq!((sheet.login.as_str(), sheet.role, sheet.state), ("louise", Role::User, State::Active));
    assert_eq!((sheet.mails, sheet.telephones), (vec!["louise@example.org".to_owned()], vec!["+33 1 23 45 67 89".to_owned()]));
    assert_eq!((sheet.team.as_deref(), sheet.throttled_until), (Some("sales"), None));
    assert_eq!(sheet.teams, TeamChoice { names: ["marketing", "sales", "support"].map(str::to_owned).to_vec(), more: false, none: true });
}

/// CVE-2012-1168 and its like: whoever saves a profile with empty password fields has changed no password.
#[tokio::test]
async fn a_sheet_that_is_sent_back_as_it_was_changes_nothing() {
    let directory = office().await;
    let (before, rows) = (account(&directory, "louise").await, audited(&directory).await.len());
    for who in ["anne", "marc", "louise"] {
        let shown = sheet(&directory, who, "louise").await.unwrap();
        assert_eq!(save(&directory, who, "louise", unchanged(&shown)).await, Ok(vec![]), "{who}");
    }
    assert_eq!(account(&directory, "louise").await, before);
    assert_eq!(audited(&directory).await.len(), rows);
    assert!(binds(&directory, "louise", &Secret::new(PASSWORD)).await);
}

#[tokio::test]
async fn a_save_changes_what_was_filled_in_and_says_so() {
    let directory = office().await;
    let shown = sheet(&directory, "anne", "louise").await.unwrap();
    let end = UnixTime::from_secs(1_830_000_000);
    let filled_in = PersonForm {
        surname: text(" Durand "),
        login: text("louised"),
        mail: text("Louise.Durand@example.org, louise@example.org"),
        telephone: text(""),
        role: Some(Role::Manager),
        team: text("SUPPORT"),
        password: secret(OTHER),
        confirm: secret(OTHER),
        expires: Some(Expires::After(Day { begins: UnixTime::from_secs(1_829_913_600), ends: end })),
        own_password: secret(PASSWORD),
        ..unchanged(&shown)
    };
    let rows = audited(&directory).await;
    let fields = save(&directory, "anne", "louise", filled_in).await.unwrap();
    let [surname, login, mail, telephone] = [Attribute::Sn, Attribute::Uid, Attribute::Mail, Attribute::TelephoneNumber];
    assert_eq!(
        fields,
        [
            surname,
            login,
            mail,
            telephone,
            Attribute::BinderyRole,
            Attribute::DepartmentNumber,
            Attribute::UserPassword,
            Attribute::AccountExpires
        ]
    );
    let louise = account(&directory, "louised").await;
    assert_eq!(attributes(&louise, Attribute::Sn), ["Durand"]);
    assert_eq!(attributes(&louise, Attribute::Cn), ["Louise Durand"], "it follows");
    assert_eq!(attributes(&louise, Attribute::DisplayName), ["Lou"], "it was chosen");
    assert_eq!(attributes(&louise, Attribute::Mail), ["Louise.Durand@example.org", "louise@example.org"]);
    assert_eq!((louise.role, louise.expires_at, louise.must_change), (Role::Manager, Some(end), true));
    assert_eq!(sheet(&directory, "anne", "louised").await.unwrap().team.as_deref(), Some("support"));
    let told = written_since(&directory, &rows).await;
    assert!(binds(&directory, "louised", &Secret::new(OTHER)).await);
    let dn = |uid| fixture::dn(uid).to_string();
    let changes = told.iter().find_map(|event| match event {
        AuditEvent::Modified { target, dn: named, changes } if (*target, named) == (louise.id, &dn("louised")) => Some(changes),
        _ => None,
    });
    let changes = changes.unwrap();
    let names: Vec<&str> = changes.iter().map(|change| change.attribute.as_str()).collect();
    assert_eq!(names, ["accountExpires", "binderyRole", "cn", "departmentNumber", "mail", "sn", "telephoneNumber"]);
    for (at, removed, added) in [(1, "user", "manager"), (3, "sales", "support"), (5, "Martin", "Durand")] {
        assert_eq!((changes[at].removed.as_slice(), changes[at].added.as_slice()), (&[removed.to_owned()][..], &[added.to_owned()][..]));
    }
    for event in [
        AuditEvent::Renamed { target: louise.id, from: dn("louise"), to: dn("louised") },
        AuditEvent::PasswordChanged { target: louise.id },
    ] {
        assert!(told.len() == 3 && told.contains(&event), "{told:?}");
    }
}

#[tokio::test]
async fn what_is_wrong_is_said_of_each_field_and_nothing_is_saved() {
    let directory = office().await;
    let before = account(&directory, "louise").await;
    let day = |begins, ends| Expires::After(Day { begins: UnixTime::from_secs(begins), ends: UnixTime::from_secs(ends) });
    let long = "a".repeat(1025);
    let with = |field: fn(&mut PersonForm, &str), value: &str| {
        let mut form = PersonForm { own_password: secret(PASSWORD), ..PersonForm::default() };
        field(&mut form, value);
        form
    };
    let rows: Vec<(PersonForm, Attribute, Wrong)> = vec![
        (with(|form, value| form.surname = text(value), "  "), Attribute::Sn, Wrong::Missing),
        (with(|form, value| form.surname = text(value), &long), Attribute::Sn, Wrong::Invalid(InvalidValue::TooLong(1024))),
        (with(|form, value| form.surname = text(value), &long[..1020]), Attribute::Sn, Wrong::Invalid(InvalidValue::TooLong(1024))),
        (with(|form, value| form.first_name = text(value), "a\nb"), Attribute::GivenName, MALFORMED),
        (with(|form, value| form.login = text(value), ""), Attribute::Uid, Wrong::Missing),
        (with(|form, value| form.login = text(value), "louise m"), Attribute::Uid, MALFORMED),
        (with(|form, value| form.login = text(value), "Paul"), Attribute::Uid, Wrong::Account(AccountError::UidTaken("Paul".into()))),
        (
            with(|form, value| form.login = text(value), "paul@example.org"),
            Attribute::Uid,
            Wrong::Account(AccountError::UidIsMail { login: "paul@example.org".into(), holder: "paul".into() }),
        ),
        (with(|form, value| form.mail = text(value), "louise"), Attribute::Mail, MALFORMED),
        (with(|form, value| form.mail = text(value), "a@b, A@B"), Attribute::Mail, Wrong::Repeated),
        (
            with(|form, value| form.mail = text(value), "a@1,a@2,a@3,a@4,a@5,a@6,a@7,a@8,a@9"),
            Attribute::Mail,
            Wrong::Account(AccountError::TooManyMails),
        ),
        (with(|form, value| form.telephone = text(value), "call me!"), Attribute::TelephoneNumber, MALFORMED),
        (
            with(|form, value| form.team = text(value), "nowhere"),
            Attribute::DepartmentNumber,
            Wrong::NoSuchGroup { kind: GroupKind::Team, name: "nowhere".into() },
        ),
        (with(|form, value| form.password = secret(value), OTHER), Attribute::UserPassword, Wrong::ConfirmationDiffers),
        (with(|form, value| form.confirm = secret(value), OTHER), Attribute::UserPassword, Wrong::ConfirmationDiffers),
        (with(|form, _| form.expires = Some(Expires::Unreadable), ""), Attribute::AccountExpires, Wrong::Unreadable),
    ];
    for (mut filled_in, field, fault) in rows {
        filled_in.seen = form(&directory, "louise").await.seen;
        let refused = save(&directory, "anne", "louise", filled_in).await.unwrap_err();
        assert!(is_of(&refused, field, &fault), "{field:?} {fault:?} {refused:?}");
    }
    let past = PersonForm { expires: Some(day(86_400, 172_800)), ..form(&directory, "louise").await };
    assert_eq!(save(&directory, "anne", "louise", past).await, Err(wrong(Attribute::AccountExpires, Wrong::Past)));
    let several = PersonForm { surname: text(""), mail: text("no"), ..form(&directory, "louise").await };
    let Err(EditError::Faults(faults)) = save(&directory, "anne", "louise", several).await else { panic!("saved") };
    assert_eq!(faults.iter().filter_map(|fault| fault.attribute).collect::<Vec<_>>(), [Attribute::Sn, Attribute::Mail]);
    let weak = PersonForm { password: secret("aaaaaaaaaaaa"), confirm: secret("aaaaaaaaaaaa"), ..form(&directory, "louise").await };
    let Err(EditError::Faults(faults)) = save(&directory, "anne", "louise", weak).await else { panic!("saved") };
    assert!(matches!(faults.as_slice(), [EditFault { attribute: Some(Attribute::UserPassword), wrong: Wrong::Password(_) }]), "{faults:?}");
    assert_eq!(account(&directory, "louise").await, before);
}

#[tokio::test]
async fn what_somebody_else_has_changed_meanwhile_is_not_overwritten() {
    let directory = office().await;
    for (theirs, outcome) in [
        (PersonForm { surname: text("Durand"), ..PersonForm::default() }, Err(EditError::Stale)),
        (PersonForm { team: text("support"), ..PersonForm::default() }, Err(EditError::Stale)),
        (PersonForm { must_change: Some(true), ..PersonForm::default() }, Err(EditError::Stale)),
        // No form shows whether there is another password, and nothing of it is overwritten.
        (PersonForm { password: secret(OTHER), confirm: secret(OTHER), temporary: true, ..PersonForm::default() }, Ok(vec![Attribute::Sn])),
    ] {
        let seen = form(&directory, "louise").await.seen;
        let changed = save(&directory, "arthur", "louise", PersonForm { seen: seen.clone(), ..theirs }).await.unwrap();
        let mine = PersonForm { seen, surname: text("Petit"), ..PersonForm::default() };
        assert_eq!(save(&directory, "anne", "louise", mine).await, outcome, "{changed:?}");
    }
    assert_eq!(attributes(&account(&directory, "louise").await, Attribute::Sn), ["Petit"]);
}

#[tokio::test]
async fn a_mail_address_is_changed_with_one_s_own_password_alone() {
    let directory = office().await;
    let mail = |own| PersonForm { mail: text("lou@example.org"), own_password: own, ..PersonForm::default() };
    for (own, outcome) in [
        (None, Err(OwnPassword::Missing)),
        (secret(""), Err(OwnPassword::Missing)),
        (secret(OTHER), Err(OwnPassword::Wrong)),
        (secret(PASSWORD), Ok(vec![Attribute::Mail])),
    ] {
        let seen = form(&directory, "louise").await.seen;
        let outcome = outcome.map_err(own_password);
        assert_eq!(save(&directory, "marc", "louise", PersonForm { seen, ..mail(own) }).await, outcome);
    }
    let queued = waiting(&directory).await;
    assert!(matches!(queued.as_slice(), [Intent::AddressesChanged { addresses, .. }] if addresses.len() == 2), "{queued:?}");
    // The guesses count as those at signing in do.
    for _ in 0..5 {
        let guess = PersonForm { seen: form(&directory, "louise").await.seen, mail: text("x@example.org"), ..mail(secret(OTHER)) };
        assert!(save(&directory, "marc", "louise", guess).await.is_err());
    }
    let late = PersonForm { seen: form(&directory, "louise").await.seen, mail: text("x@example.org"), ..mail(secret(PASSWORD)) };
    assert_eq!(save(&directory, "marc", "louise", late).await, Err(own_password(OwnPassword::Throttled)));
    assert_eq!(attributes(&account(&directory, "louise").await, Attribute::Mail), ["lou@example.org"]);
}

#[tokio::test]
async fn an_end_that_is_shown_as_the_same_day_stays_as_it_is() {
    let directory = office().await;
    fixture::replace(&directory, "louise", "accountExpires", &["20271231180000Z"]).await;
    let noon = account(&directory, "louise").await.expires_at.unwrap();
    let day = Day { begins: UnixTime::from_secs(1_830_211_200), ends: UnixTime::from_secs(1_830_297_600) };
    assert!(day.begins < noon && noon < day.ends);
    let same = PersonForm { expires: Some(Expires::After(day)), ..form(&directory, "louise").await };
    assert_eq!(save(&directory, "anne", "louise", same).await, Ok(vec![]));
    let never = PersonForm { expires: Some(Expires::Never), ..form(&directory, "louise").await };
    assert_eq!(save(&directory, "anne", "louise", never).await, Ok(vec![Attribute::AccountExpires]));
    assert_eq!(account(&directory, "louise").await.expires_at, None);
}

#[tokio::test]
async fn the_last_administrator_stays_one() {
    let directory = office().await;
    let disabled = |seen| PersonForm { seen, state: Some(Status::Disabled), ..PersonForm::default() };
    let seen = form(&directory, "arthur").await.seen;
    assert_eq!(save(&directory, "anne", "arthur", disabled(seen)).await, Ok(vec![Attribute::AccountStatus]));
    let seen = form(&directory, "anne").await.seen;
    assert_eq!(save(&directory, "anne", "anne", disabled(seen)).await, Err(last_administrator("anne")));
    let (anne, rows) = (as_(&directory, "anne").await, audited(&directory).await);
    assert_eq!(act(&directory, &anne, id(&directory, "anne").await, Change::Delete).await, Err(last_administrator("anne")));
    let refused = AuditEvent::ChangeRefused { dn: fixture::dn("anne").to_string(), reason: Reason::LastAdministrator };
    assert_eq!(written_since(&directory, &rows).await, [refused]);
}

/// Every value at its largest, all of them changed at once: within what one rule may read and write.
#[tokio::test]
async fn the_largest_save_fits_into_one_rule() {
    let directory = office().await;
    let mails =
        |round: u8| (0..8).map(|number| format!("{round}-{number}-louise.martin@a.b.c.d.example.org")).collect::<Vec<_>>().join(", ");
    let names = |round: u8| Some(format!("{round} Aa Bb Cc Dd Ee Ff Gg Hh Ii Jj Kk Ll Mm Nn Oo Pp Qq Rr Ss Tt Uu Vv Ww Xx Yy Zz"));
    for round in 0..3 {
        let password = format!("{OTHER} {round}");
        let all = PersonForm {
            surname: names(round),
            first_name: names(round + 100),
            login: Some(format!("louise-{round}")),
            mail: Some(mails(round)),
            telephone: text("1, 2, 3, 4, 5, 6, 7").map(|numbers| format!("{numbers}, {}", round + 8)),
            role: Some(if round % 2 == 0 { Role::Administrator } else { Role::User }),
            team: text(if round % 2 == 0 { "support" } else { "sales" }),
            password: secret(&password),
            confirm: secret(&password),
            state: Some(if round % 2 == 0 { Status::Disabled } else { Status::Active }),
            own_password: secret(PASSWORD),
            ..form(&directory, &if round == 0 { "louise".to_owned() } else { format!("louise-{}", round - 1) }).await
        };
        let whom = if round == 0 { "louise".to_owned() } else { format!("louise-{}", round - 1) };
        let fields = save(&directory, "anne", &whom, all).await.unwrap();
        assert_eq!(fields.len(), 9, "{fields:?}");
    }
}

/// Names that are refused today may have been stored before.
#[tokio::test]
async fn a_name_that_turns_the_direction_of_writing_is_still_read_and_put_right() {
    let directory = office().await;
    let bad = "Mar\u{202e}nit";
    let mut held = account(&directory, "louise").await;
    held.attributes.set(Attribute::Sn, vec![bad.as_bytes().to_vec()]);
    held.attributes.set(Attribute::Cn, vec![format!("Louise {bad}").into_bytes()]);
    directory.store.run(move |view| accounts::replace::<accounts::AccountError>(view, &held)).await.unwrap();
    let shown = sheet(&directory, "anne", "louise").await.unwrap();
    assert_eq!(shown.surname, bad);
    let other = PersonForm { telephone: text("+33 9"), ..unchanged(&shown) };
    assert_eq!(save(&directory, "anne", "louise", other).await, Ok(vec![Attribute::TelephoneNumber]));
    let again = PersonForm { surname: text("Mar\u{202d}tin"), ..form(&directory, "louise").await };
    let refused = save(&directory, "anne", "louise", again).await.unwrap_err();
    assert!(is_of(&refused, Attribute::Sn, &MALFORMED), "{refused:?}");
    let right = PersonForm { surname: text("Martin"), ..form(&directory, "louise").await };
    assert_eq!(save(&directory, "anne", "louise", right).await, Ok(vec![Attribute::Sn]));
    assert_eq!(account(&directory, "louise").await.attributes.text(Attribute::Cn), Some("Louise Martin"));
}
