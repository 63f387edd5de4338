//! What a link is worth: for an hour, once, for its purpose, and as long as nothing took its place.

use std::sync::atomic::Ordering;

use super::*;
use crate::clock::Clock;

async fn standing(directory: &Directory, token: &Secret) -> Result<(), LinkError> {
    directory.reset_link(token).await.map(drop)
}

#[tokio::test]
async fn a_link_is_valid_for_an_hour_from_when_the_relay_took_it() {
    for (seconds, works) in [(3599, true), (3600, false), (3601, false)] {
        let directory = louise().await;
        ask(&directory, "louise").await;
        // The relay keeps us waiting; the lease is ours all the while.
        let (leased, letter) = write(&directory).await;
        let (token, revoke) = tokens(&letter);
        directory.clock.advance(Duration::from_secs(100));
        directory.mail_accepted(&leased).await.unwrap();
        let until = directory.clock.now().plus(Duration::from_secs(3600));
        directory.clock.advance(Duration::from_secs(seconds));
        let expected = if works {
            Ok(ResetLink { login: "louise".into(), language: None, expires_at: until, welcome: false })
        } else {
            Err(LinkError::Expired)
        };
        assert_eq!(directory.reset_link(&token).await, expected, "{seconds} s");
        assert_eq!(directory.revoke_link(&revoke).await, expected, "{seconds} s");
        let redeemed = directory.redeem_with(&token, Secret::new(NEW), requested(&directory, 1)).await;
        assert_eq!(redeemed, if works { Ok(()) } else { Err(RedeemError::Link(LinkError::Expired)) }, "{seconds} s");
        assert_eq!(binds(&directory, "louise", &Secret::new(NEW)).await, works);
    }
}

#[tokio::test]
async fn a_clock_that_is_set_back_does_not_lengthen_the_hour() {
    let directory = louise().await;
    let Clock::Manual(millis) = &directory.clock else { panic!("not by hand") };
    let (token, _) = link(&directory, "louise").await;
    let minutes = |minutes: u64| minutes * 60_000;
    for (back, forth, works) in [(30, 0, false), (0, 30, true), (0, 59, true), (90, 0, false), (0, 91, false), (0, 30, false)] {
        millis.fetch_sub(minutes(back), Ordering::SeqCst);
        millis.fetch_add(minutes(forth), Ordering::SeqCst);
        assert_eq!(standing(&directory, &token).await.is_ok(), works, "{back} minutes back, {forth} on");
    }
}

#[tokio::test]
async fn a_link_may_be_opened_any_number_of_times() {
    let directory = louise().await;
    let (token, revoke) = link(&directory, "louise").await;
    let before = directory.store.read::<_, Infallible, _>(|view| view.scan(&[], &[u8::MAX], 4096)).await.unwrap();
    for _ in 0..20 {
        assert!(directory.reset_link(&token).await.is_ok() && directory.revoke_link(&revoke).await.is_ok());
    }
    directory.audit_log.flush().await;
    let after = directory.store.read::<_, Infallible, _>(|view| view.scan(&[], &[u8::MAX], 4096)).await.unwrap();
    assert!(before == after, "opening a link changes nothing at all");
}

#[tokio::test]
async fn the_newest_link_takes_the_place_of_all_others() {
    let directory = louise().await;
    let (first, first_revoke) = link(&directory, "louise").await;
    directory.clock.advance(Duration::from_secs(121));
    ask(&directory, "louise").await;
    let (leased, letter) = write(&directory).await;
    let (second, _) = tokens(&letter);
    // Nobody knows yet which of the two is in the mailbox.
    assert_eq!((standing(&directory, &first).await, standing(&directory, &second).await), (Ok(()), Ok(())));
    directory.mail_accepted(&leased).await.unwrap();
    assert_eq!(standing(&directory, &first).await, Err(LinkError::Ended(GrantEnd::Superseded)));
    assert_eq!(directory.revoke_link(&first_revoke).await, Err(LinkError::Ended(GrantEnd::Superseded)));
    assert_eq!(standing(&directory, &second).await, Ok(()));
}

#[tokio::test]
async fn a_token_is_good_for_its_own_purpose_alone() {
    let directory = louise().await;
    let (token, revoke) = link(&directory, "louise").await;
    let session = directory.sign_in("louise", Secret::new(OLD), None, source(1)).await.unwrap().token;
    let unknown = Err(RedeemError::Link(LinkError::Unknown));
    for wrong in [&revoke, &session, &Secret::new(""), &Secret::new("x".repeat(100_000)), &Secret::new(token.expose().to_ascii_uppercase())]
    {
        assert_eq!(standing(&directory, wrong).await, Err(LinkError::Unknown));
        assert_eq!(directory.redeem_with(wrong, Secret::new(NEW), requested(&directory, 1)).await, unknown);
        assert_eq!(directory.redeem_for_generated(wrong, requested(&directory, 1)).await, unknown);
    }
    for wrong in [&token, &session] {
        assert_eq!(directory.revoke_link(wrong).await, Err(LinkError::Unknown));
        assert_eq!(directory.revoke_reset(wrong, source(1)).await, Err(LinkError::Unknown));
    }
    assert_eq!(directory.visitor(&token).await, Ok(None));
    assert_eq!(standing(&directory, &token).await, Ok(()), "the right one is untouched");
    assert!(binds(&directory, "louise", &Secret::new(OLD)).await);
    let refused = |event: &AuditEvent| *event == AuditEvent::LinkRefused { reason: Reason::UnknownLink };
    assert_eq!(audited(&directory).await.iter().filter(|row| refused(&row.event)).count(), 12);
}

#[tokio::test]
async fn taking_a_request_back_ends_the_link() {
    let directory = louise().await;
    let (token, revoke) = link(&directory, "louise").await;
    directory.revoke_reset(&revoke, source(7)).await.unwrap();
    assert_eq!(standing(&directory, &token).await, Err(LinkError::Ended(GrantEnd::Revoked)));
    assert_eq!(directory.revoke_reset(&revoke, source(7)).await, Err(LinkError::Ended(GrantEnd::Revoked)));
    let redeemed = directory.redeem_with(&token, Secret::new(NEW), requested(&directory, 7)).await;
    assert_eq!(redeemed, Err(RedeemError::Link(LinkError::Ended(GrantEnd::Revoked))));
    assert!(binds(&directory, "louise", &Secret::new(OLD)).await);
}

#[tokio::test]
async fn what_becomes_of_the_account_becomes_of_its_links() {
    for (attribute, value, expected) in [
        ("mail", "other@example.org", LinkError::Ended(GrantEnd::Superseded)),
        ("userPassword", NEW, LinkError::Ended(GrantEnd::Superseded)),
        ("accountStatus", "disabled", LinkError::Unknown),
    ] {
        let directory = louise().await;
        let (token, _) = link(&directory, "louise").await;
        replace(&directory, "louise", attribute, &[value]).await;
        assert_eq!(standing(&directory, &token).await, Err(expected), "{attribute}");
        let redeemed = directory.redeem_for_generated(&token, requested(&directory, 1)).await;
        assert_eq!(redeemed, Err(RedeemError::Link(expected)), "{attribute}");
    }
    let directory = louise().await;
    let (token, _) = link(&directory, "louise").await;
    directory.delete(&crate::directory::fixture::SYSTEM, &dn("louise")).await.unwrap();
    assert_eq!(standing(&directory, &token).await, Err(LinkError::Unknown));
}

#[tokio::test]
async fn an_address_that_changed_before_the_mail_went_out_gets_none() {
    let directory = louise().await;
    ask(&directory, "louise").await;
    // Mails of one moment have no order.
    directory.clock.advance(Duration::from_millis(1));
    replace(&directory, "louise", "mail", &["other@example.org"]).await;
    while let NextMail::Due(leased) = directory.next_mail().await.unwrap() {
        let letter = directory.write_letter(&leased).await.unwrap();
        assert!(letter.is_none_or(|letter| matches!(letter.content, Content::AddressNotice { .. })));
    }
    assert!(mails(&directory).await.iter().all(|mail| matches!(mail.intent, Intent::AddressNotice { .. })));
    let dropped = |event: &AuditEvent| matches!(event, AuditEvent::MailDropped { kind: MailKind::ResetLink, .. });
    assert!(audited(&directory).await.iter().any(|row| dropped(&row.event)));
}
