//! Whom a request is for, and where the mail goes.

use super::*;
use crate::directory::fixture::{START, SYSTEM};
use crate::domain::audit::Reason;
use crate::domain::dn::Dn;

#[tokio::test]
async fn a_login_or_an_address_brings_one_mail_to_the_stored_address() {
    let directory = directory_over(Store::in_memory()).await;
    let more = [("mail", ADDRESS), ("mail", "private@example.net"), ("userPassword", OLD), ("preferredLanguage", "de, fr-CA;q=0.5")];
    let id = add_person(&directory, "louise", &more).await;
    for (typed, address) in [
        ("louise", ADDRESS),
        ("  LOUISE ", ADDRESS),
        ("louise@example.org", ADDRESS),
        ("LOUISE@EXAMPLE.ORG\r\n", ADDRESS),
        ("private@example.net", "private@example.net"),
    ] {
        ask(&directory, typed).await;
        let queued = mails(&directory).await;
        assert_eq!(queued.len(), 1, "{typed:?}");
        assert_eq!(queued[0].address, address, "{typed:?}");
        let letter = send(&directory).await;
        assert_eq!((letter.to.as_str(), letter.name.as_deref(), letter.language), (address, Some("louise"), Some(Language::French)));
        assert!(matches!(&letter.content, Content::ResetLinks { links, .. } if links.len() == 1 && links[0].account == id));
        directory.clock.advance(Duration::from_secs(3600));
    }
}

#[tokio::test]
async fn whoever_may_not_is_sent_nothing_and_nobody_sees_a_difference() {
    let directory = louise().await;
    for (uid, more) in [
        ("disabled", &[("mail", "disabled@example.org"), ("accountStatus", "disabled")][..]),
        ("expired", &[("mail", "expired@example.org")]),
        ("mailless", &[("userPassword", OLD)]),
    ] {
        add_person(&directory, uid, more).await;
    }
    let service = [("objectClass", "account"), ("description", "cloud@example.org")];
    let service = service.map(|(name, value)| (name.to_owned(), vec![value.as_bytes().to_vec()]));
    directory.add(&SYSTEM, &Dn::parse("uid=cloud,ou=services,dc=example,dc=org").unwrap(), service.to_vec()).await.unwrap();
    let mut expired = crate::directory::fixture::account(&directory, "expired").await;
    expired.expires_at = Some(START);
    directory
        .store
        .run::<_, crate::store::accounts::AccountError, _>(move |view| crate::store::accounts::replace(view, &expired))
        .await
        .unwrap();
    for (typed, reason) in [
        ("disabled", Some(Reason::Disabled)),
        ("disabled@example.org", Some(Reason::Disabled)),
        ("expired", Some(Reason::Expired)),
        ("mailless", Some(Reason::NoMailAddress)),
        ("cloud", None),
        ("cloud@example.org", None),
        ("nobody", None),
        ("", None),
        (OLD, None),
        ("*", None),
        ("a)(uid=*", None),
        ("\0", None),
    ] {
        ask(&directory, typed).await;
        assert!(mails(&directory).await.is_empty(), "{typed:?}");
        let row = last_row(&directory).await;
        match (reason, row) {
            (Some(reason), AuditEvent::ResetRefused { target: Some(_), reason: found }) => assert_eq!(found, reason, "{typed:?}"),
            (None, AuditEvent::ResetRequested { target: None }) => {}
            (_, row) => panic!("{typed:?}: {row:?}"),
        }
        directory.clock.advance(Duration::from_secs(3600));
    }
    // People type their password where their name belongs.
    assert!(!format!("{:?}", audited(&directory).await).contains(OLD));
}

async fn last_row(directory: &Directory) -> AuditEvent {
    directory.flush_audit().await;
    audited(directory).await.pop().expect("a row").event
}

#[tokio::test]
async fn look_alikes_bring_no_mail_to_anybody_else() {
    let directory = directory_over(Store::in_memory()).await;
    for (uid, mail) in [("mike", "mike@example.org"), ("strasse", "strasse@example.org"), ("other", "STRASSE@example.org")] {
        add_person(&directory, uid, &[("mail", mail), ("userPassword", OLD)]).await;
    }
    for (typed, addresses) in [
        // A dotless i is another letter.
        ("mıke@example.org", &[][..]),
        ("mike@exаmple.org", &[]),
        ("mİke@example.org", &[]),
        ("ｍｉｋｅ＠ｅｘａｍｐｌｅ．ｏｒｇ", &[]),
        ("straße@example.org", &[]),
        ("mike@example.org.evil.org", &[]),
        // One form of the same letters: what is typed only finds the account.
        ("mi\u{212a}e@example.org", &["mike@example.org"]),
        ("mi\u{200b}ke@example.org", &["mike@example.org"]),
        ("MIKE@EXAMPLE.ORG", &["mike@example.org"]),
        // Held equal here, and two people's elsewhere: each gets their own link at their own address.
        ("strasse@example.org", &["STRASSE@example.org", "strasse@example.org"]),
        ("sTrasse@example.org", &["STRASSE@example.org", "strasse@example.org"]),
    ] {
        ask(&directory, typed).await;
        let mut found: Vec<(String, String)> = Vec::new();
        while let NextMail::Due(leased) = directory.next_mail().await.unwrap() {
            let letter = directory.write_letter(&leased).await.unwrap().unwrap();
            let Content::ResetLinks { links, .. } = &letter.content else { panic!("{letter:?}") };
            assert_eq!(links.len(), 1, "{typed:?}");
            let own = crate::directory::fixture::account(&directory, &links[0].login).await;
            assert_eq!(own.attributes.text(crate::domain::schema::Attribute::Mail), Some(letter.to.as_str()), "{typed:?}");
            found.push((letter.to.clone(), links[0].login.clone()));
            directory.mail_accepted(&leased).await.unwrap();
        }
        let mut found: Vec<&str> = found.iter().map(|(to, _)| to.as_str()).collect();
        found.sort_unstable();
        assert_eq!(found, addresses, "{typed:?}");
        directory.clock.advance(Duration::from_secs(3600));
    }
}

#[tokio::test]
async fn several_recipients_are_nobody() {
    let directory = louise().await;
    add_person(&directory, "mallory", &[("mail", "mallory@example.net"), ("userPassword", OLD)]).await;
    for separator in [",", ";", "\n", "\r\n", " ", "\0", "%0a", "&", "\r\nBcc: ", ", "] {
        for (one, other) in
            [("louise@example.org", "mallory@example.net"), ("mallory@example.net", "louise@example.org"), ("louise", "mallory")]
        {
            ask_from(&directory, &format!("{one}{separator}{other}"), 9).await;
            assert!(mails(&directory).await.is_empty(), "{one}{separator:?}{other}");
            directory.clock.advance(Duration::from_secs(60));
        }
    }
}

#[tokio::test]
async fn a_shared_address_gets_one_mail_with_a_link_for_each_login() {
    let directory = directory_over(Store::in_memory()).await;
    for uid in ["ann", "bob", "carl"] {
        add_person(&directory, uid, &[("mail", "family@example.org"), ("userPassword", OLD)]).await;
    }
    replace(&directory, "carl", "accountStatus", &["disabled"]).await;
    ask(&directory, "family@example.org").await;
    assert_eq!(mails(&directory).await.len(), 1);
    let letter = send(&directory).await;
    assert_eq!((letter.to.as_str(), letter.name.as_deref()), ("family@example.org", None));
    let Content::ResetLinks { links, .. } = &letter.content else { panic!("{letter:?}") };
    let mut logins: Vec<&str> = links.iter().map(|link| link.login.as_str()).collect();
    logins.sort_unstable();
    assert_eq!(logins, ["ann", "bob"]);
    // Each works for its own login alone.
    for link in links {
        assert_eq!(directory.reset_link(&link.token).await.unwrap().login, link.login);
        directory.redeem_with(&link.token, Secret::new(format!("{NEW} {}", link.login)), requested(&directory, 1)).await.unwrap();
    }
    for uid in ["ann", "bob"] {
        assert!(binds(&directory, uid, &Secret::new(format!("{NEW} {uid}"))).await);
    }
}

#[tokio::test]
async fn the_most_accounts_that_an_address_may_have_fit_into_a_rule() {
    let directory = directory_over(Store::in_memory()).await;
    // The same address in as many forms, so that each is another mail.
    for number in 0..12 {
        add_person(&directory, &format!("one{number}"), &[("mail", "shared@example.org"), ("userPassword", OLD)]).await;
        let raised = |place: usize, c: char| if number >> place & 1 == 1 { c.to_ascii_uppercase() } else { c };
        let form: String = "family@example.org".chars().enumerate().map(|(place, c)| raised(place, c)).collect();
        add_person(&directory, &format!("each{number}"), &[("mail", &form), ("userPassword", OLD)]).await;
    }
    for (typed, expected) in [("shared@example.org", 1), ("family@example.org", 10)] {
        for _ in 0..3 {
            ask(&directory, typed).await;
            directory.clock.advance(Duration::from_secs(121));
        }
        let (mut sent, mut links) = (0, 0);
        while let NextMail::Due(leased) = directory.next_mail().await.unwrap() {
            let letter = directory.write_letter(&leased).await.unwrap().unwrap();
            let Content::ResetLinks { links: written, .. } = &letter.content else { panic!("{letter:?}") };
            (sent, links) = (sent + 1, links + written.len());
            directory.mail_accepted(&leased).await.unwrap();
        }
        assert!(sent >= expected && links >= 10, "{typed}: {sent} mails, {links} links");
    }
}

#[tokio::test]
async fn a_mail_that_waits_is_not_queued_again() {
    let directory = louise().await;
    for _ in 0..3 {
        ask(&directory, "louise").await;
        directory.clock.advance(Duration::from_secs(121));
    }
    assert_eq!(mails(&directory).await.len(), 1, "one that waits is enough");
    send(&directory).await;
    assert!(mails(&directory).await.is_empty());
    directory.clock.advance(Duration::from_secs(3600));
    ask(&directory, "louise").await;
    assert_eq!(mails(&directory).await.len(), 1);
}

#[tokio::test]
async fn without_mail_nobody_is_sent_anything() {
    let directory = directory_with(|settings| settings.sends_mail = false).await;
    add_person(&directory, "louise", LOUISE).await;
    ask(&directory, "louise").await;
    replace(&directory, "louise", "userPassword", &[NEW]).await;
    assert!(mails(&directory).await.is_empty());
}

#[tokio::test]
async fn what_was_taken_down_is_done_before_the_end_and_too_many_are_refused() {
    let directory = louise().await;
    let request = |text: &str, host| ResetRequest { identifier: Secret::new(text), requested: requested(&directory, host) };
    let take_down = |text: &str, host| directory.request_reset(request(text, host));
    assert_eq!(take_down("louise", 0), Ok(()));
    for host in 0..8 {
        let others = if host == 0 { 127 } else { 128 };
        assert!((0..others).all(|_| take_down("nobody", host).is_ok()), "{host}");
        assert_eq!(take_down("louise", host), Err(TooMany), "no more from one source, whoever it is for");
    }
    assert_eq!(take_down("louise", 8), Err(TooMany), "no more from anybody");
    let stop = CancellationToken::new();
    stop.cancel();
    directory.work_on_requests(stop).await;
    assert_eq!(mails(&directory).await.len(), 1);
    assert_eq!(take_down("louise", 9), Err(TooMany), "nobody works any more");
}
