//! Accounts: their indexes, their names, and the administrator who stays.

use super::*;

#[tokio::test]
async fn an_account_is_found_by_every_index_and_by_none_once_it_is_gone() {
    for store in stores() {
        let mut louise = with_mails(account(1, "LouiseM"), &["Louise@example.org", "lm@example.org", "LM@example.org"]);
        add(&store, louise.clone()).await.unwrap();
        assert_eq!(read(&store, |view| accounts::id_of_uid(view, "louisem")).await, Some(Id(1)));
        assert_eq!(read(&store, |view| accounts::ids_of_mail(view, "lm@example.org", 9)).await, [Id(1)]);
        assert_eq!(read(&store, |view| accounts::id_of_number(view, 10_001)).await, Some(Id(1)));
        assert_eq!(read(&store, |view| accounts::by_uuid(view, Uuid::from_u128(1))).await, Some(Owner::Account(Id(1))));

        louise.uid = "lmartin".into();
        louise = with_mails(louise, &["martin@example.org"]);
        louise.uid_number = 55;
        replace(&store, louise.clone()).await.unwrap();
        assert_eq!(read(&store, |view| accounts::load(view, Id(1))).await, Some(louise));
        assert_eq!(read(&store, |view| accounts::id_of_uid(view, "louisem")).await, None);
        assert_eq!(read(&store, |view| accounts::id_of_uid(view, "lmartin")).await, Some(Id(1)));
        assert!(read(&store, |view| accounts::ids_of_mail(view, "lm@example.org", 9)).await.is_empty());
        assert_eq!(read(&store, |view| accounts::ids_of_mail(view, "martin@example.org", 9)).await, [Id(1)]);

        let cleared = run(&store, |view| accounts::delete::<AccountError>(view, Id(1))).await.unwrap();
        assert_eq!(cleared, Cleared::Whole);
        assert_eq!(read(&store, |view| accounts::load(view, Id(1))).await, None);
        assert_eq!(read(&store, |view| accounts::id_of_uid(view, "lmartin")).await, None);
        assert!(read(&store, |view| accounts::ids_of_mail(view, "martin@example.org", 9)).await.is_empty());
        assert_eq!(read(&store, |view| accounts::by_uuid(view, Uuid::from_u128(1))).await, None);
        // What is left is the numbers alone, so that nobody inherits somebody's files.
        let left = read(&store, |view| view.scan(&[0], &[0xFF], 99)).await;
        assert_eq!(left.into_iter().map(|(key, _)| key).collect::<Vec<_>>(), [keys::uid_number(55), keys::uid_number(10_001)]);
    }
}

#[tokio::test]
async fn refusals_of_accounts_say_what_is_wrong() {
    for store in stores() {
        add(&store, with_mails(account(1, "louise"), &["louise@example.org", "shared@example.org"])).await.unwrap();
        add(&store, account(2, "paul@example.org")).await.unwrap();
        run(&store, |view| services::add::<ServiceError>(view, &service(9, "nextcloud"))).await.unwrap();
        let many: Vec<String> = (0..9).map(|n| format!("m{n}@example.org")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        for (new, text) in [
            (account(3, "LOUISE"), "the login \"LOUISE\" is taken by another account; choose another one"),
            (account(3, " louise "), "the login \" louise \" is taken by another account; choose another one"),
            (account(3, "nextCloud"), "the login \"nextCloud\" is the name of a service account; choose another one"),
            (
                account(3, "Louise@Example.org"),
                "the login \"Louise@Example.org\" is the mail address of \"louise\", who could then be taken for this person; choose another one",
            ),
            (
                with_mails(account(3, "anne"), &["Paul@example.org"]),
                "the mail address \"paul@example.org\" is the login of \"paul@example.org\", who could then be taken for this person; \
                 use another address",
            ),
            (
                with_mails(account(3, "anne"), &["NextCloud"]),
                "the mail address \"nextcloud\" is the name of a service account; use another address",
            ),
            (with_mails(account(3, "anne"), &many), "an account has 8 mail addresses at most; take some away"),
            (
                Account { uid_number: 10_001, ..account(3, "anne") },
                "the uidNumber 10001 belongs to another account; choose another one, or leave it out to be given the next free one",
            ),
        ] {
            assert_eq!(add(&store, new).await.unwrap_err().to_string(), text);
        }
        // An address may be shared, and one's own login may be one's own address.
        add(&store, with_mails(account(3, "anne"), &["shared@example.org"])).await.unwrap();
        add(&store, with_mails(account(4, "zoe@example.org"), &["zoe@example.org"])).await.unwrap();
        replace(&store, with_mails(account(2, "paul@example.org"), &["paul@example.org"])).await.unwrap();
        assert_eq!(read(&store, |view| accounts::ids_of_mail(view, "shared@example.org", 9)).await, [Id(1), Id(3)]);
        // Neither by renaming, nor by a new address.
        assert_eq!(
            replace(&store, account(4, "louise@example.org")).await.unwrap_err().to_string().split(';').next().unwrap(),
            "the login \"louise@example.org\" is the mail address of \"louise\", who could then be taken for this person"
        );
        assert_eq!(replace(&store, account(3, "paul@example.org")).await, Err(AccountError::UidTaken("paul@example.org".into())));
        assert_eq!(replace(&store, account(77, "nobody")).await, Err(AccountError::Gone));
    }
}

#[tokio::test]
async fn there_is_always_an_administrator_who_stays() {
    for store in stores() {
        add(&store, administrator(1, "one")).await.unwrap();
        add(&store, administrator(2, "two")).await.unwrap();
        add(&store, Account { expires_at: Some(NOW), ..administrator(3, "leaving") }).await.unwrap();
        add(&store, Account { status: Status::Disabled, ..administrator(4, "away") }).await.unwrap();
        let _ = run(&store, |view| accounts::delete::<AccountError>(view, Id(2))).await.unwrap();
        let last = AccountError::LastAdministrator("one".into());
        for changed in [
            account(1, "one"),
            Account { role: Role::Manager, ..account(1, "one") },
            Account { status: Status::Disabled, ..administrator(1, "one") },
            Account { expires_at: Some(UnixTime::from_secs(u64::MAX / 1000)), ..administrator(1, "one") },
        ] {
            assert_eq!(replace(&store, changed).await, Err(last.clone()));
        }
        assert_eq!(run(&store, |view| accounts::delete(view, Id(1))).await, Err(last.clone()));
        assert_eq!(
            last.to_string(),
            "\"one\" is the last administrator who is active and does not expire; give somebody else that role first"
        );
        // What does not matter to the rule may change, and the others may go.
        replace(&store, administrator(1, "uno")).await.unwrap();
        let _ = run(&store, |view| accounts::delete::<AccountError>(view, Id(3))).await.unwrap();
        replace(&store, administrator(4, "away")).await.unwrap();
        let _ = run(&store, |view| accounts::delete::<AccountError>(view, Id(1))).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_name_is_given_to_one_of_many_who_ask_at_once() {
    for store in stores().into_iter().map(std::sync::Arc::new) {
        let tasks: Vec<_> = (1..=8)
            .map(|id| {
                let store = store.clone();
                tokio::spawn(async move { add(&store, account(id, "louise")).await })
            })
            .collect();
        let mut made = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(()) => made += 1,
                Err(error) => assert_eq!(error, AccountError::UidTaken("louise".into())),
            }
        }
        assert_eq!(made, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_administrators_who_disable_each_other_one_stays() {
    for store in stores().into_iter().map(std::sync::Arc::new) {
        for round in 0..20 {
            let (one, two) = (administrator(2 * round + 1, &format!("a{round}")), administrator(2 * round + 2, &format!("b{round}")));
            for admin in [&one, &two] {
                add(&store, admin.clone()).await.unwrap();
            }
            if round > 0 {
                // Those of the round before are not to be leaned on.
                let ids: Vec<u64> = (1..=2 * round).collect();
                for id in ids {
                    let _ = run(&store, move |view| accounts::delete::<AccountError>(view, Id(id))).await;
                }
            }
            let disable = |admin: &Account| {
                let (store, admin) = (store.clone(), Account { status: Status::Disabled, ..admin.clone() });
                tokio::spawn(async move { replace(&store, admin).await })
            };
            let (first, second) = (disable(&one), disable(&two));
            let outcomes = [first.await.unwrap(), second.await.unwrap()];
            assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
        }
    }
}
