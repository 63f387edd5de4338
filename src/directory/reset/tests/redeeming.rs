//! From a live link to a new password.

use std::sync::Arc;

use super::*;
use crate::directory::{BindError, Hint};
use crate::domain::id::Id;
use crate::domain::reset::Generated;

fn link_error(end: GrantEnd) -> Result<(), RedeemError> {
    Err(RedeemError::Link(LinkError::Ended(end)))
}

async fn notices(directory: &Directory) -> Vec<(String, PasswordWay)> {
    let notice = |mail: OutboxMail| match mail.intent {
        Intent::PasswordNotice { change, .. } => Some((mail.address, change.way)),
        _ => None,
    };
    mails(directory).await.into_iter().filter_map(notice).collect()
}

#[tokio::test]
async fn a_chosen_password_is_in_force_at_once_and_ends_everything_else() {
    let directory = louise().await;
    let session = directory.sign_in("louise", Secret::new(OLD), None, source(1)).await.unwrap().token;
    let (token, revoke) = link(&directory, "louise").await;
    for _ in 0..5 {
        assert!(!binds(&directory, "louise", &Secret::new("wrong")).await);
    }
    assert_eq!(directory.bind(&dn("louise"), Secret::new(OLD), source(1)).await, Err(BindError::Invalid(Hint::Locked)));

    directory.redeem_with(&token, Secret::new(NEW), requested(&directory, 9)).await.unwrap();
    assert!(binds(&directory, "louise", &Secret::new(NEW)).await, "and the throttle is cleared");
    assert!(!binds(&directory, "louise", &Secret::new(OLD)).await);
    assert_eq!(directory.visitor(&session).await, Ok(None));
    assert_eq!(directory.redeem_with(&token, Secret::new(OLD), requested(&directory, 9)).await, link_error(GrantEnd::Redeemed));
    assert_eq!(directory.redeem_for_generated(&token, requested(&directory, 9)).await, link_error(GrantEnd::Redeemed));
    assert_eq!(directory.revoke_link(&revoke).await, Err(LinkError::Ended(GrantEnd::Superseded)));
    assert_eq!(notices(&directory).await, [(ADDRESS.to_owned(), PasswordWay::ResetChosen)]);

    let rows = audited(&directory).await;
    let of = |wanted: fn(&AuditEvent) -> bool| rows.iter().filter(|row| wanted(&row.event) && row.source == source(9)).count();
    assert_eq!(of(|event| matches!(event, AuditEvent::ResetRedeemed { way: PasswordWay::ResetChosen, .. })), 1);
    assert_eq!(of(|event| matches!(event, AuditEvent::PasswordChanged { .. })), 1);
    assert_eq!(of(|event| matches!(event, AuditEvent::LinkRefused { reason: Reason::EndedLink })), 2);
}

#[tokio::test]
async fn a_refused_password_leaves_the_link_alive() {
    let directory = louise().await;
    let (token, _) = link(&directory, "louise").await;
    for weak in ["", "short", "louise louise", "motdepasse123456"] {
        let redeemed = directory.redeem_with(&token, Secret::new(weak), requested(&directory, 1)).await;
        assert!(matches!(redeemed, Err(RedeemError::Policy(_))), "{weak:?}: {redeemed:?}");
    }
    let endless = directory.redeem_with(&token, Secret::new("x".repeat(1 << 20)), requested(&directory, 1)).await;
    assert_eq!(endless, Err(RedeemError::Policy(Refusal::TooManyBytes { maximum: 1024 })));
    assert!(binds(&directory, "louise", &Secret::new(OLD)).await && notices(&directory).await.is_empty());
    directory.redeem_with(&token, Secret::new(NEW), requested(&directory, 1)).await.unwrap();
}

#[tokio::test]
async fn of_fifty_at_once_one_succeeds() {
    let directory = Arc::new(louise().await);
    let (token, _) = link(&directory, "louise").await;
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..50u8 {
        let (directory, token) = (Arc::clone(&directory), token.clone());
        tasks.spawn(async move {
            let outcome = match number % 2 {
                0 => directory.redeem_with(&token, Secret::new(format!("{NEW} {number}")), requested(&directory, number)).await,
                _ => directory.redeem_for_generated(&token, requested(&directory, number)).await,
            };
            (number, outcome)
        });
    }
    let outcomes = tasks.join_all().await;
    let won: Vec<u8> = outcomes.iter().filter(|(_, outcome)| outcome.is_ok()).map(|(number, _)| *number).collect();
    assert_eq!(won.len(), 1, "{outcomes:?}");
    assert!(outcomes.iter().filter(|(_, outcome)| outcome.is_err()).all(|(_, outcome)| *outcome == link_error(GrantEnd::Redeemed)));
    assert_eq!(mails(&directory).await.len(), 1, "one mail: the notice or the password");
    assert_eq!(binds(&directory, "louise", &Secret::new(format!("{NEW} {}", won[0]))).await, won[0].is_multiple_of(2));
}

#[tokio::test]
async fn a_generated_password_takes_over_when_its_mail_is_taken() {
    let directory = directory_over(Store::in_memory()).await;
    add_person(&directory, "louise", &[("mail", "work@example.org"), ("mail", "private@example.net"), ("userPassword", OLD)]).await;
    ask(&directory, "private@example.net").await;
    let (token, _) = tokens(&send(&directory).await);
    directory.redeem_for_generated(&token, requested(&directory, 1)).await.unwrap();
    assert_eq!(directory.redeem_for_generated(&token, requested(&directory, 1)).await, link_error(GrantEnd::Redeemed));
    assert!(binds(&directory, "louise", &Secret::new(OLD)).await);
    let (leased, letter) = write(&directory).await;
    assert_eq!(letter.to, "private@example.net", "where the link went, since the other mailbox may need the password");
    assert!(binds(&directory, "louise", &Secret::new(OLD)).await);
    directory.mail_accepted(&leased).await.unwrap();
    assert!(!binds(&directory, "louise", &Secret::new(OLD)).await);
    assert!(binds(&directory, "louise", &password(&letter)).await);
    let mut told = notices(&directory).await;
    told.sort_by(|one, other| one.0.cmp(&other.0));
    assert_eq!(told, ["private@example.net", "work@example.org"].map(|address| (address.to_owned(), PasswordWay::ResetGenerated)));
}

#[tokio::test]
async fn a_generated_password_is_in_force_from_its_first_use() {
    for paste in ["", " ", "\r\n"] {
        let directory = louise().await;
        let (token, _) = link(&directory, "louise").await;
        directory.redeem_for_generated(&token, requested(&directory, 1)).await.unwrap();
        let (leased, letter) = write(&directory).await;
        let new = Secret::new([password(&letter).expose(), paste.as_bytes()].concat());
        let unrelated = secret::generated_password();
        assert!(!binds(&directory, "louise", &unrelated).await && !binds(&directory, "nobody", &unrelated).await);
        assert!(binds(&directory, "louise", &Secret::new(OLD)).await, "not in force yet");
        assert!(binds(&directory, "louise", &new).await, "whoever knows it has the mail");
        assert!(!binds(&directory, "louise", &Secret::new(OLD)).await);
        assert_eq!(notices(&directory).await.len(), 1);
        // What the relay says afterwards changes nothing.
        directory.mail_accepted(&leased).await.unwrap();
        assert!(binds(&directory, "louise", &new).await);
        assert_eq!(notices(&directory).await.len(), 1, "told once");
        let changed = |event: &AuditEvent| matches!(event, AuditEvent::PasswordChanged { .. });
        assert_eq!(audited(&directory).await.iter().filter(|row| changed(&row.event)).count(), 1);
    }
}

#[tokio::test]
async fn what_becomes_of_a_generated_password_is_as_the_settings_say() {
    let generated = Generated { must_change: true, good_for: Some(Duration::from_secs(600)) };
    let directory = directory_with(|settings| settings.reset.generated = generated).await;
    add_person(&directory, "louise", LOUISE).await;
    let (token, _) = link(&directory, "louise").await;
    directory.redeem_for_generated(&token, requested(&directory, 1)).await.unwrap();
    let letter = send(&directory).await;
    let expected = (true, Some(Duration::from_secs(600)));
    assert!(matches!(letter.content, Content::GeneratedPassword { must_change, good_for, .. } if (must_change, good_for) == expected));
    assert!(directory.bind(&dn("louise"), password(&letter), source(1)).await.unwrap().must_change);
    directory.clock.advance(Duration::from_secs(599));
    assert!(directory.sign_in("louise", password(&letter), None, source(1)).await.unwrap().must_change);
    directory.clock.advance(Duration::from_secs(1));
    let late = directory.bind(&dn("louise"), password(&letter), source(1)).await;
    assert_eq!(late, Err(BindError::Invalid(Hint::Expired)));
    let wrong = directory.bind(&dn("louise"), Secret::new("wrong"), source(1)).await;
    assert_eq!(wrong, Err(BindError::Invalid(Hint::None)), "only who knows it is told");
}

#[tokio::test]
async fn a_generated_password_is_not_sent_once_there_is_another() {
    let directory = louise().await;
    let (token, _) = link(&directory, "louise").await;
    directory.redeem_for_generated(&token, requested(&directory, 1)).await.unwrap();
    // Written, not taken; and then somebody else is faster.
    let (leased, letter) = write(&directory).await;
    replace(&directory, "louise", "userPassword", &[NEW]).await;
    assert!(!binds(&directory, "louise", &password(&letter)).await);
    directory.mail_accepted(&leased).await.unwrap();
    assert!(binds(&directory, "louise", &Secret::new(NEW)).await && !binds(&directory, "louise", &password(&letter)).await);
}

#[tokio::test]
async fn a_generated_password_is_not_even_made_once_there_is_another() {
    let directory = louise().await;
    let (token, _) = link(&directory, "louise").await;
    directory.redeem_for_generated(&token, requested(&directory, 1)).await.unwrap();
    directory.clock.advance(Duration::from_secs(1));
    replace(&directory, "louise", "userPassword", &[NEW]).await;
    let NextMail::Due(leased) = directory.next_mail().await.unwrap() else { panic!("a mail is due") };
    assert!(directory.write_letter(&leased).await.unwrap().is_none(), "the password that it was to replace is gone");
    assert!(matches!(send(&directory).await.content, Content::PasswordNotice { .. }), "which its owner is told");
    assert!(binds(&directory, "louise", &Secret::new(NEW)).await);
}

#[tokio::test]
async fn what_is_not_offered_cannot_be_had() {
    for (generated, chosen) in [(true, false), (false, true)] {
        let directory = directory_with(|settings| {
            (settings.reset.offers_generated, settings.reset.offers_chosen) = (generated, chosen);
        })
        .await;
        add_person(&directory, "louise", LOUISE).await;
        let (token, _) = link(&directory, "louise").await;
        let not_offered = Err(RedeemError::NotOffered);
        if !chosen {
            assert_eq!(directory.redeem_with(&token, Secret::new(NEW), requested(&directory, 1)).await, not_offered);
            assert_eq!(directory.redeem_for_generated(&token, requested(&directory, 1)).await, Ok(()));
        } else {
            assert_eq!(directory.redeem_for_generated(&token, requested(&directory, 1)).await, not_offered);
            assert_eq!(directory.redeem_with(&token, Secret::new(NEW), requested(&directory, 1)).await, Ok(()));
        }
    }
}

#[tokio::test]
async fn an_account_without_a_password_gets_its_first_one() {
    let directory = directory_over(Store::in_memory()).await;
    let id: Id = add_person(&directory, "louise", &[("mail", ADDRESS)]).await;
    let (token, _) = link(&directory, "louise").await;
    directory.redeem_for_generated(&token, requested(&directory, 1)).await.unwrap();
    let (_, letter) = write(&directory).await;
    assert!(binds(&directory, "louise", &password(&letter)).await);
    let changed = AuditEvent::PasswordChanged { target: id };
    assert!(audited(&directory).await.iter().any(|row| row.event == changed && row.actor == Actor::Account(id)));
}

#[tokio::test]
async fn what_was_to_go_does_not_stay_by_being_chosen() {
    let directory = louise().await;
    for change in [("pwdReset", "TRUE"), ("pwdReset", "FALSE")] {
        replace(&directory, "louise", change.0, &[change.1]).await;
        directory.clock.advance(Duration::from_secs(3600));
        let (token, _) = link(&directory, "louise").await;
        let outcome = directory.redeem_with(&token, Secret::new(OLD), requested(&directory, 1)).await;
        let refused = outcome == Err(RedeemError::Policy(Refusal::SameAsOld));
        assert_eq!(refused, change.1 == "TRUE", "{change:?}: {outcome:?}");
    }
}
