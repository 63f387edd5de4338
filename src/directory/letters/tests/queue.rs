//! The order of an account's mails, giving up, and what an administrator may do.

use super::*;

async fn gave_up(directory: &Directory) -> usize {
    audited(directory).await.iter().filter(|row| matches!(row.event, AuditEvent::MailGivenUp { .. })).count()
}

#[tokio::test]
async fn mails_of_an_account_go_out_in_order_and_one_that_is_given_up_holds_up_none() {
    let directory = awaiting_password().await;
    directory.clock.advance(Duration::from_secs(1));
    replace(&directory, "louise", "displayName", &["Louise"]).await;
    ask_again(&directory).await;
    let (first, letter) = write(&directory).await.unwrap();
    assert!(password(&letter).is_some());
    assert!(write(&directory).await.is_none(), "the link waits for the password before it");
    directory.mail_refused(&first, &MailRefused::ForNow("busy".into())).await.unwrap();
    assert!(write(&directory).await.is_none());
    directory.clock.advance(Duration::from_secs(15));
    let (first, _) = write(&directory).await.unwrap();
    directory.mail_refused(&first, &MailRefused::ForGood("no such user".into())).await.unwrap();
    assert_eq!(gave_up(&directory).await, 1);
    assert!(matches!(write(&directory).await.unwrap().1.content, Content::ResetLinks { .. }));
}

async fn ask_again(directory: &Directory) {
    directory.clock.advance(Duration::from_secs(3600));
    ask(directory, "louise").await;
}

#[tokio::test]
async fn a_mail_is_given_up_after_two_days_and_its_password_with_it() {
    let directory = awaiting_password().await;
    let (mut last, mut tries) = (None, 0);
    for _ in 0..3 * 24 * 12 {
        if let Some((leased, letter)) = write(&directory).await {
            directory.mail_refused(&leased, &MailRefused::ForNow("x".repeat(9999))).await.unwrap();
            (last, tries) = (password(&letter), tries + 1);
        }
        directory.clock.advance(Duration::from_secs(300));
    }
    assert!((200..500).contains(&tries), "{tries} tries in two days");
    assert_eq!(gave_up(&directory).await, 1);
    assert!(!binds(&directory, "louise", &last.unwrap()).await, "nobody was told of it, and nobody will be");
    assert!(binds(&directory, "louise", &Secret::new(OLD)).await);
    let backlog = directory.mail_backlog().await.unwrap();
    assert_eq!(backlog, MailBacklog { waiting: 0, given_up: 1, oldest: Duration::ZERO });
}

#[tokio::test]
async fn administrators_see_the_queue_and_try_or_drop_what_is_in_it() {
    let directory = awaiting_password().await;
    let admin = add_person(&directory, "admin", &[("binderyRole", "administrator"), ("userPassword", OLD)]).await;
    let manager = add_person(&directory, "manager", &[("binderyRole", "manager"), ("userPassword", OLD)]).await;
    let caller = |actor| Caller { actor, ..SYSTEM };
    let (admin, manager) = (caller(Actor::Account(admin)), caller(Actor::Account(manager)));
    let (leased, letter) = write(&directory).await.unwrap();
    directory.mail_refused(&leased, &MailRefused::ForGood("no such user".into())).await.unwrap();
    let listed = directory.list_mail(&admin, None, 10).await.unwrap();
    let [mail] = &listed[..] else { panic!("{listed:?}") };
    assert_eq!((mail.kind, mail.address.as_str(), mail.due, mail.attempts), (MailKind::GeneratedPassword, ADDRESS, None, 1));
    assert_eq!(mail.fault.as_deref(), Some("no such user"));
    assert!(!format!("{mail:?}").contains(std::str::from_utf8(password(&letter).unwrap().expose()).unwrap()));
    assert_eq!(directory.list_mail(&admin, Some((mail.due, mail.op)), 10).await, Ok(vec![]));

    for outsider in [manager, caller(Actor::Anonymous), Caller { must_change: true, ..admin }] {
        assert_eq!(directory.list_mail(&outsider, None, 10).await, Err(QueueError::Denied));
        assert_eq!(directory.retry_mail(&outsider, mail.op).await, Err(QueueError::Denied));
        assert_eq!(directory.drop_mail(&outsider, mail.op).await, Err(QueueError::Denied));
    }
    assert_eq!(directory.retry_mail(&admin, OpId([7; 16])).await, Err(QueueError::Gone));

    directory.retry_mail(&admin, mail.op).await.unwrap();
    let (leased, letter) = write(&directory).await.expect("it is due at once");
    directory.drop_mail(&admin, mail.op).await.unwrap();
    assert!(!binds(&directory, "louise", &password(&letter).unwrap()).await, "what was dropped comes into force by no way");
    directory.mail_accepted(&leased).await.unwrap();
    assert!(binds(&directory, "louise", &Secret::new(OLD)).await);
    assert_eq!(directory.drop_mail(&SYSTEM, mail.op).await, Err(QueueError::Gone));
    let rows = audited(&directory).await;
    let by_admin = |event: fn(&AuditEvent) -> bool| rows.iter().filter(|row| event(&row.event) && row.actor == admin.actor).count();
    assert_eq!(by_admin(|event| matches!(event, AuditEvent::MailRetried { .. })), 1);
    assert_eq!(by_admin(|event| matches!(event, AuditEvent::MailDropped { .. })), 1);
}

#[tokio::test]
async fn taking_a_request_back_stops_the_password_on_its_way() {
    let directory = louise().await;
    ask(&directory, "louise").await;
    let first = send(&directory).await.unwrap();
    directory.clock.advance(Duration::from_secs(121));
    directory.redeem_for_generated(&token(&first), requested(&directory)).await.unwrap();
    // Mails of one moment have no order.
    directory.clock.advance(Duration::from_millis(1));
    ask(&directory, "louise").await;
    let (leased, letter) = write(&directory).await.unwrap();
    directory.mail_refused(&leased, &MailRefused::ForGood("gone".into())).await.unwrap();
    let Some(Letter { content: Content::ResetLinks { links, .. }, .. }) = send(&directory).await else { panic!("a link is next") };
    directory.revoke_reset(&links[0].revoke, source()).await.unwrap();
    assert!(!binds(&directory, "louise", &password(&letter).unwrap()).await);
    assert!(binds(&directory, "louise", &Secret::new(OLD)).await);
    assert!(send(&directory).await.is_none());
}

#[tokio::test]
async fn nothing_that_can_be_used_is_at_rest() {
    let directory = awaiting_password().await;
    let (_, letter) = write(&directory).await.unwrap();
    let mut secrets = vec![password(&letter).unwrap()];
    let directory = louise().await;
    ask(&directory, "louise").await;
    let (_, letter) = write(&directory).await.unwrap();
    let Content::ResetLinks { links, .. } = &letter.content else { panic!("{letter:?}") };
    secrets.extend(links.iter().flat_map(|link| [link.token.clone(), link.revoke.clone()]));
    secrets.push(directory.sign_in("louise", Secret::new(OLD), None, source()).await.unwrap().token);
    secrets.push(Secret::new(OLD));
    let rows = directory.store.read::<_, Infallible, _>(|view| view.scan(&[], &[u8::MAX], 4096)).await.unwrap();
    let shown = format!("{letter:?}");
    for secret in &secrets {
        let text = secret.expose();
        assert!(!rows.iter().any(|(key, value)| [key, value].iter().any(|bytes| bytes.windows(text.len()).any(|part| part == text))));
        assert!(!shown.contains(std::str::from_utf8(text).unwrap()));
    }
}

#[tokio::test]
async fn a_mail_says_when_it_is_due_and_wakes_the_sender() {
    let directory = louise().await;
    assert!(matches!(directory.next_mail().await, Ok(NextMail::After(wait)) if wait == Duration::from_secs(1)), "nothing to do");
    ask(&directory, "louise").await;
    directory.mail_queued().await;
    let (leased, _) = write(&directory).await.unwrap();
    directory.mail_accepted(&leased).await.unwrap();
    assert_eq!(directory.counted().mails_queued(), 1);
}
