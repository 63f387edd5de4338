//! What somebody has sent to somebody else: who may, what is told of it, and what it is worth.

use super::*;
use crate::directory::{DirectorySettings, SendError};
use crate::domain::audit::Reason;
use crate::domain::dn::Dn;

/// A team with its manager, somebody outside, and whoever may do everything.
struct House {
    directory: Directory,
    louise: Id,
    paul: Id,
    manager: Id,
    admin: Id,
}

async fn house() -> House {
    house_with(|_| ()).await
}

async fn house_with(change: impl FnOnce(&mut DirectorySettings)) -> House {
    let directory = directory_with(change).await;
    let louise = add_person(&directory, "louise", &[("mail", ADDRESS), ("userPassword", OLD)]).await;
    let paul = add_person(&directory, "paul", &[("mail", "paul@example.org"), ("userPassword", OLD)]).await;
    let manager = [("displayName", "Mia Manager"), ("mail", "mia@example.org"), ("userPassword", OLD), ("binderyRole", "manager")];
    let manager = add_person(&directory, "mia", &manager).await;
    let admin = [("displayName", "Ada Min"), ("mail", "ada@example.org"), ("userPassword", OLD), ("binderyRole", "administrator")];
    let admin = add_person(&directory, "ada", &admin).await;
    let team = ["objectClass:groupOfNames", "member:uid=louise,ou=people,dc=example,dc=org", "owner:uid=mia,ou=people,dc=example,dc=org"];
    let team = team.map(|line| line.split_once(':').unwrap()).map(|(name, value)| (name.to_owned(), vec![value.as_bytes().to_vec()]));
    directory.add(&SYSTEM, &Dn::parse("cn=sales,ou=teams,dc=example,dc=org").unwrap(), team.to_vec()).await.unwrap();
    House { directory, louise, paul, manager, admin }
}

impl House {
    async fn link(&self, by: Actor, to: Id) -> Result<(), SendError> {
        self.directory.send_link(&caller(by), to, requested(&self.directory)).await
    }

    async fn password(&self, by: Actor, to: Id) -> Result<(), SendError> {
        self.directory.send_password(&caller(by), to, requested(&self.directory)).await
    }

    fn later(&self, seconds: u64) {
        self.directory.clock.advance(Duration::from_secs(seconds));
    }
}

fn caller(actor: Actor) -> Caller {
    Caller { actor, source: source(), must_change: false }
}

#[tokio::test]
async fn whoever_may_set_a_password_may_have_it_made_by_its_owner_and_nobody_else() {
    let house = house().await;
    let [louise, paul, manager, admin] = [house.louise, house.paul, house.manager, house.admin].map(Actor::Account);
    let (denied, unseen) = (Err(SendError::Denied), Err(SendError::NoSuchAccount));
    for (by, to, expected) in [
        (manager, house.louise, Ok(())),
        (manager, house.paul, unseen),
        (manager, house.admin, unseen),
        (manager, house.manager, denied),
        (manager, Id(77), unseen),
        (louise, house.louise, denied),
        (louise, house.paul, unseen),
        (louise, house.manager, unseen),
        (paul, house.louise, unseen),
        (admin, house.manager, Ok(())),
        (admin, house.paul, Ok(())),
        (admin, house.admin, denied),
        (Actor::Anonymous, house.louise, unseen),
        (Actor::System, house.admin, Ok(())),
    ] {
        house.later(200);
        let queued = waiting(&house.directory).await.len();
        assert_eq!(house.link(by, to).await, expected, "{by:?} {to:?}");
        assert_eq!(house.password(by, to).await, if expected.is_ok() { Err(SendError::TooMany) } else { expected }, "{by:?} {to:?}");
        assert_eq!(waiting(&house.directory).await.len(), queued + usize::from(expected.is_ok()), "{by:?} {to:?}");
    }
    let barred = Caller { must_change: true, ..caller(admin) };
    let sent = house.directory.send_password(&barred, house.louise, requested(&house.directory)).await;
    assert_eq!(sent, denied);
    let rows = audited(&house.directory).await;
    let refused = |row: &&crate::domain::audit::AuditRow| {
        matches!(row.event, AuditEvent::PasswordRefused { reason: Reason::AccessDenied | Reason::UnknownEntry, .. })
    };
    assert_eq!(rows.iter().filter(refused).count(), 21);
    let queued = |event: &AuditEvent| matches!(event, AuditEvent::MailQueued { kind: MailKind::ResetLink, .. });
    assert_eq!(rows.iter().filter(|row| queued(&row.event)).count(), 4);
}

#[tokio::test]
async fn a_link_says_who_sends_it_and_works_for_its_hour() {
    let house = house().await;
    house.link(Actor::Account(house.manager), house.louise).await.unwrap();
    let letter = send(&house.directory).await.unwrap();
    assert_eq!(letter.to, ADDRESS);
    let by = By::Other("Mia Manager".to_owned());
    assert!(matches!(&letter.content, Content::ResetLinks { occasion: Occasion::Sent(sent), .. } if *sent == by), "{letter:?}");
    let token = token(&letter);
    let page = house.directory.reset_link(&token).await.unwrap();
    assert_eq!((page.login.as_str(), page.welcome), ("louise", false));
    assert!(binds(&house.directory, "louise", &Secret::new(OLD)).await, "nothing changes until it is used");
    house.later(3600);
    assert!(house.directory.reset_link(&token).await.is_err());
}

#[tokio::test]
async fn whoever_has_no_password_yet_is_welcomed_with_a_link_that_lasts() {
    let house = house().await;
    let zoe = add_person(&house.directory, "zoe", &[("mail", "zoe@example.org")]).await;
    house.link(Actor::Account(house.admin), zoe).await.unwrap();
    let letter = send(&house.directory).await.unwrap();
    assert_eq!(letter.content.kind(), MailKind::Invitation);
    assert!(matches!(&letter.content, Content::ResetLinks { occasion: Occasion::Welcome(By::Other(name)), .. } if name == "Ada Min"));
    let token = token(&letter);
    house.later(23 * 3600);
    assert!(house.directory.reset_link(&token).await.unwrap().welcome);
    house.later(2 * 3600);
    assert!(house.directory.reset_link(&token).await.is_err());
    house.link(Actor::Account(house.admin), zoe).await.unwrap();
    let token = super::token(&send(&house.directory).await.unwrap());
    house.directory.redeem_with(&token, Secret::new(NEW), requested(&house.directory)).await.unwrap();
    assert!(binds(&house.directory, "zoe", &Secret::new(NEW)).await);
    while send(&house.directory).await.is_some() {}
    house.later(200);
    house.link(Actor::Account(house.admin), zoe).await.unwrap();
    assert_eq!(send(&house.directory).await.unwrap().content.kind(), MailKind::ResetLink, "it is a welcome once");
}

#[tokio::test]
async fn a_password_that_was_sent_comes_into_force_when_the_relay_has_it_and_its_owner_is_told_by_whom() {
    let house = house().await;
    house.password(Actor::Account(house.manager), house.louise).await.unwrap();
    let (leased, letter) = write(&house.directory).await.unwrap();
    let sent = password(&letter).unwrap();
    let by = By::Other("Mia Manager".to_owned());
    assert!(matches!(&letter.content, Content::GeneratedPassword { is_first: false, by: Some(sender), .. } if *sender == by));
    assert!(binds(&house.directory, "louise", &Secret::new(OLD)).await);
    house.directory.mail_accepted(&leased).await.unwrap();
    assert!(binds(&house.directory, "louise", &sent).await);
    assert!(!binds(&house.directory, "louise", &Secret::new(OLD)).await);
    let notice = send(&house.directory).await.unwrap();
    assert!(
        matches!(&notice.content, Content::PasswordNotice { by: teller, way: PasswordWay::ResetGenerated, .. } if *teller == by),
        "{notice:?}"
    );
}

#[tokio::test]
async fn a_password_that_was_sent_does_not_replace_a_newer_one() {
    let house = house().await;
    house.password(Actor::Account(house.manager), house.louise).await.unwrap();
    house.later(1);
    replace(&house.directory, "louise", "userPassword", &[NEW]).await;
    while let Some(letter) = send(&house.directory).await {
        assert!(password(&letter).is_none(), "{letter:?}");
    }
    assert!(binds(&house.directory, "louise", &Secret::new(NEW)).await);
}

#[tokio::test]
async fn nothing_is_sent_to_whom_it_would_not_help_or_too_often() {
    let house = house().await;
    let system = Actor::System;
    let mute = add_person(&house.directory, "mute", &[]).await;
    assert_eq!(house.link(system, mute).await, Err(SendError::NoMailAddress));
    replace(&house.directory, "paul", "accountStatus", &["disabled"]).await;
    assert_eq!(house.link(system, house.paul).await, Err(SendError::NotUsable));
    // What people ask for themselves does not count.
    for _ in 0..3 {
        ask(&house.directory, "louise").await;
        while send(&house.directory).await.is_some() {}
        house.later(130);
    }
    for expected in [Ok(()), Err(SendError::TooMany)] {
        assert_eq!(house.password(system, house.louise).await, expected, "within two minutes");
    }
    assert_eq!(house.directory.counted().mails_queued(), 4);
    for (seconds, expected) in [(130, Ok(())), (130, Ok(())), (130, Err(SendError::TooMany)), (3600, Ok(()))] {
        house.later(seconds);
        assert_eq!(house.password(system, house.louise).await, expected, "three an hour");
    }
    let one = |mail: &&OutboxMail| mail.intent.kind() == MailKind::GeneratedPassword;
    assert_eq!(waiting(&house.directory).await.iter().filter(one).count(), 1, "the last one takes the place of the others");

    let chosen = house_with(|settings| settings.reset.offers_generated = false).await;
    assert_eq!(chosen.password(system, chosen.louise).await, Err(SendError::NotOffered));
    assert_eq!(chosen.link(system, chosen.louise).await, Ok(()));
    let silent = house_with(|settings| settings.sends_mail = false).await;
    assert_eq!(silent.link(system, silent.louise).await, Err(SendError::NotOffered));
}

#[tokio::test]
async fn the_same_link_does_not_wait_twice() {
    let house = house().await;
    house.link(Actor::System, house.louise).await.unwrap();
    house.link(Actor::System, house.louise).await.unwrap();
    ask(&house.directory, "louise").await;
    assert_eq!(waiting(&house.directory).await.len(), 1);
}
