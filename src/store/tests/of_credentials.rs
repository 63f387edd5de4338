//! Service accounts, credentials and marks.

use super::*;

#[tokio::test]
async fn service_accounts_have_names_that_no_person_has() {
    for store in stores() {
        add(&store, with_mails(account(1, "louise"), &["app@example.org"])).await.unwrap();
        run(&store, |view| services::add::<ServiceError>(view, &service(2, "Nextcloud"))).await.unwrap();
        for (new, text) in [
            (service(3, "nextcloud"), "the name \"nextcloud\" is taken by another service account; choose another one"),
            (service(3, "Louise"), "the name \"Louise\" is a person's login; choose another one"),
            (service(3, "app@example.org"), "the name \"app@example.org\" is a person's mail address; choose another one"),
            (
                ServiceAccount { limited_to: Some(Id(404)), ..service(3, "new") },
                "the group that the service account is to be limited to is not there any more",
            ),
        ] {
            let refused = run(&store, move |view| services::add::<ServiceError>(view, &new)).await;
            assert_eq!(refused.unwrap_err().to_string(), text);
        }
        run(&store, |view| services::replace::<ServiceError>(view, &service(2, "cloud"))).await.unwrap();
        assert_eq!(read(&store, |view| services::id_of_uid(view, "nextcloud")).await, None);
        assert_eq!(read(&store, |view| services::id_of_uid(view, "cloud")).await, Some(Id(2)));
        run(&store, |view| services::delete::<ServiceError>(view, Id(2))).await.unwrap();
        assert_eq!(read(&store, |view| services::load(view, Id(2))).await, None);
        assert_eq!(run(&store, |view| services::delete(view, Id(2))).await, Err(ServiceError::Gone));
    }
}

fn verifier(text: &str) -> Verifier {
    Verifier::Imported(text.into())
}

#[tokio::test]
async fn a_credential_is_replaced_only_as_it_was_read() {
    for store in stores() {
        add(&store, account(1, "louise")).await.unwrap();
        let failures = Failures { in_a_row: 5, ..Failures::default() };
        let store_failures = move |view: &mut View<'_>| {
            records::store(view, keys::failures(Id(1)), &failures);
            Ok::<_, Stop<()>>(())
        };
        run(&store, store_failures).await.unwrap();
        let good_until = Some(NOW.plus(std::time::Duration::from_secs(60)));
        let first = Credential { verifier: verifier("first"), set_at: NOW, good_until };
        let effect = Effect { must_change: true, clear_failures: false };
        run(&store, move |view| credentials::set::<CredentialError>(view, Id(1), &first, effect)).await.unwrap();
        let louise = read(&store, |view| accounts::load(view, Id(1))).await.unwrap();
        assert_eq!((louise.password_changed_at, louise.must_change), (Some(NOW), true));
        assert!(read(&store, |view| view.has(&keys::failures(Id(1)))).await);

        run(&store, |view| credentials::rewrite::<CredentialError>(view, Id(1), &verifier("first"), verifier("rewritten"))).await.unwrap();
        assert!(read(&store, |view| accounts::load(view, Id(1))).await.unwrap().must_change, "the same password");
        let rewritten = Credential { verifier: verifier("rewritten"), set_at: NOW, good_until };
        assert_eq!(read(&store, |view| credentials::load(view, Id(1))).await, Some(rewritten));
        let later = Credential { verifier: verifier("second"), set_at: NOW.plus(std::time::Duration::from_secs(9)), good_until: None };
        let stale = later.clone();
        let set_if = |view: &mut View<'_>, old: &str, credential: &Credential| {
            credentials::check_unchanged(view, Id(1), &verifier(old))?;
            credentials::set::<CredentialError>(view, Id(1), credential, Effect { must_change: false, clear_failures: true })
        };
        let refused = run(&store, move |view| set_if(view, "first", &stale)).await;
        assert_eq!(refused, Err(CredentialError::Changed));
        run(&store, move |view| set_if(view, "rewritten", &later)).await.unwrap();
        assert!(!read(&store, |view| accounts::load(view, Id(1))).await.unwrap().must_change);
        assert!(!read(&store, |view| view.has(&keys::failures(Id(1)))).await);

        run(&store, |view| accounts::delete::<AccountError>(view, Id(1))).await.map(|cleared| assert_eq!(cleared, Cleared::Whole)).unwrap();
        assert!(read(&store, |view| credentials::load(view, Id(1))).await.is_none());
        let orphan = Credential { verifier: verifier("x"), set_at: NOW, good_until: None };
        assert_eq!(run(&store, move |view| credentials::set(view, Id(1), &orphan, effect)).await, Err(CredentialError::Gone));
    }
}

#[tokio::test]
async fn a_call_that_is_repeated_is_marked_once() {
    for store in stores() {
        let mark = async |op: u8| run(&store, move |view| marks::mark::<()>(view, OpId([op; 16]), NOW)).await.unwrap();
        assert_eq!([mark(1).await, mark(1).await, mark(2).await], [MarkSeen::Now, MarkSeen::Before, MarkSeen::Now]);
    }
}
