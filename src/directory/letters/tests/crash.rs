//! A model of the process dying between any two steps. Whatever happens, the person gets in with the old password, with
//! the one that was mailed, or with the one that is mailed again; in the end with one only; and no mail is lost.

use super::*;
use crate::directory::fixture::account;

/// Where the process dies, the first time that a mail is sent.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Death {
    Nowhere,
    BeforeTaking,
    AfterTaking,
    AfterWriting,
    /// The relay has the mail, and we do not know it.
    AfterHandingOver,
    AfterAccepting,
    /// The relay did not want it, and we do not know it.
    BeforeRefusal,
    AfterRefusal,
}

const DEATHS: [Death; 8] = [
    Death::Nowhere,
    Death::BeforeTaking,
    Death::AfterTaking,
    Death::AfterWriting,
    Death::AfterHandingOver,
    Death::AfterAccepting,
    Death::BeforeRefusal,
    Death::AfterRefusal,
];

/// Sends the next mail, and dies at `death`: gives what is in the mailbox by then.
async fn send_until(directory: &Directory, death: Death) -> Option<Letter> {
    if death == Death::BeforeTaking {
        return None;
    }
    let NextMail::Due(leased) = directory.next_mail().await.unwrap() else { panic!("a mail is due") };
    if death == Death::AfterTaking {
        return None;
    }
    let letter = directory.write_letter(&leased).await.unwrap().expect("there is something to send");
    match death {
        Death::Nowhere | Death::AfterAccepting => {
            directory.mail_accepted(&leased).await.unwrap();
            Some(letter)
        }
        Death::AfterHandingOver => Some(letter),
        Death::AfterRefusal => {
            directory.mail_refused(&leased, &MailRefused::ForNow("greylisted".into())).await.unwrap();
            None
        }
        Death::BeforeTaking | Death::AfterTaking | Death::AfterWriting | Death::BeforeRefusal => None,
    }
}

/// `louise` with a link in the queue.
async fn awaiting_link(by: MailedBy) -> Directory {
    let directory = match by {
        MailedBy::Owner | MailedBy::Other => louise().await,
        MailedBy::Welcome => {
            let directory = directory_over(Store::in_memory()).await;
            add_person(&directory, "louise", &[("mail", ADDRESS)]).await;
            directory
        }
    };
    match by {
        MailedBy::Owner => ask(&directory, "louise").await,
        MailedBy::Other | MailedBy::Welcome => {
            let id = account(&directory, "louise").await.id;
            directory.send_link(&SYSTEM, id, requested(&directory)).await.unwrap();
        }
    }
    directory
}

/// `louise` with a password in the queue that somebody else sends.
async fn awaiting_sent_password() -> Directory {
    let directory = louise().await;
    directory.clock.advance(Duration::from_secs(1));
    let id = account(&directory, "louise").await.id;
    directory.send_password(&SYSTEM, id, requested(&directory)).await.unwrap();
    directory
}

/// Who has a link mailed.
#[derive(Clone, Copy, Debug)]
enum MailedBy {
    Owner,
    Other,
    /// Other, for the first password.
    Welcome,
}

/// Everything that is due within the next quarter of an hour.
async fn send_all(directory: &Directory) -> Vec<Letter> {
    let mut letters = Vec::new();
    for _ in 0..15 {
        while let Some(letter) = send(directory).await {
            letters.push(letter);
        }
        directory.clock.advance(Duration::from_secs(60));
    }
    letters
}

#[tokio::test]
async fn whoever_awaits_a_password_gets_in_and_by_one_password_in_the_end() {
    let cases = DEATHS.into_iter().flat_map(|death| [(death, false), (death, true)]);
    for ((death, used_at_once), asked) in cases.flat_map(|case| [(case, true), (case, false)]) {
        let directory = if asked { awaiting_password().await } else { awaiting_sent_password().await };
        let first = send_until(&directory, death).await;
        let directory = reborn(directory).await;
        let mut mailbox: Vec<Secret> = first.as_ref().and_then(password).into_iter().collect();
        let old = Secret::new(OLD);
        let mut known = vec![old.clone()];
        known.extend(mailbox.iter().cloned());
        if used_at_once && let Some(mailed) = mailbox.first() {
            assert!(binds(&directory, "louise", mailed).await, "{death:?}: what is in the mailbox works");
        } else {
            assert!(works(&directory, &known).await, "{death:?}: after the death");
        }
        let later = send_all(&directory).await;
        mailbox.extend(later.iter().filter_map(password));
        assert!(!mailbox.is_empty(), "{death:?}: the mail is lost");
        // The latest mail counts, and it alone.
        let latest = mailbox.last().unwrap();
        assert!(binds(&directory, "louise", latest).await, "{death:?} {used_at_once}: the latest mail");
        for dead in mailbox.iter().filter(|password| *password != latest).chain([&old]) {
            directory.clock.advance(Duration::from_secs(7200));
            assert!(!binds(&directory, "louise", dead).await, "{death:?} {used_at_once}: two passwords are active");
        }
        let notices = later.iter().filter(|letter| matches!(letter.content, Content::PasswordNotice { .. })).count();
        assert_eq!(notices, 1, "{death:?} {used_at_once}: and its owner is told once");
        assert!(waiting(&directory).await.is_empty());
    }
}

/// Whether one of `passwords` gets in; the wrong ones do not count.
async fn works(directory: &Directory, passwords: &[Secret]) -> bool {
    for password in passwords {
        if binds(directory, "louise", password).await {
            return true;
        }
    }
    false
}

#[tokio::test]
async fn whoever_awaits_a_link_gets_one_that_works() {
    for (death, way) in
        DEATHS.into_iter().flat_map(|death| [(death, MailedBy::Owner), (death, MailedBy::Other), (death, MailedBy::Welcome)])
    {
        let directory = awaiting_link(way).await;
        let first = send_until(&directory, death).await;
        let directory = reborn(directory).await;
        let mut mailbox: Vec<Secret> = first.iter().map(token).collect();
        if let Some(mailed) = mailbox.first() {
            assert!(directory.reset_link(mailed).await.is_ok(), "{death:?}: what is in the mailbox works");
        }
        mailbox.extend(send_all(&directory).await.iter().map(token));
        let latest = mailbox.last().expect("the mail is lost");
        for dead in mailbox.iter().filter(|token| *token != latest) {
            assert!(directory.reset_link(dead).await.is_err(), "{death:?}: two links work");
        }
        directory.redeem_with(latest, Secret::new(NEW), requested(&directory)).await.unwrap();
        assert!(binds(&directory, "louise", &Secret::new(NEW)).await);
    }
}

#[tokio::test]
async fn old_and_new_addresses_are_told_whoever_dies() {
    // The first mail stands for the notices; then each of these is one.
    for death in [Death::Nowhere, Death::BeforeTaking, Death::AfterTaking, Death::AfterWriting] {
        let directory = louise().await;
        replace(&directory, "louise", "mail", &["other@example.org"]).await;
        if death != Death::BeforeTaking {
            let NextMail::Due(leased) = directory.next_mail().await.unwrap() else { panic!("the change is queued") };
            if death != Death::AfterTaking {
                assert!(directory.write_letter(&leased).await.unwrap().is_none(), "it becomes a notice to each");
                assert_eq!(waiting(&directory).await.len(), 2);
            }
            if death == Death::AfterWriting {
                let (_, lost) = write(&directory).await.unwrap();
                assert!(matches!(lost.content, Content::AddressNotice { .. }));
            }
        }
        let directory = reborn(directory).await;
        let mut told: Vec<String> = send_all(&directory).await.into_iter().map(|letter| letter.to).collect();
        told.sort();
        assert_eq!(told, [ADDRESS, "other@example.org"], "{death:?}");
        assert!(waiting(&directory).await.is_empty());
    }
}

#[tokio::test]
async fn whoever_has_lost_the_lease_says_nothing_any_more() {
    let directory = awaiting_password().await;
    let (slow, lost) = write(&directory).await.unwrap();
    directory.clock.advance(LEASE + Duration::from_secs(1));
    let (fast, current) = write(&directory).await.unwrap();
    // The slow one comes back: with a password that is not the one on its way any more.
    directory.mail_accepted(&slow).await.unwrap();
    directory.mail_refused(&slow, &MailRefused::ForGood("no such user".into())).await.unwrap();
    assert!(directory.write_letter(&slow).await.unwrap().is_none(), "nothing is minted over the other's head");
    assert!(binds(&directory, "louise", &Secret::new(OLD)).await);
    assert!(!binds(&directory, "louise", &password(&lost).unwrap()).await);
    directory.mail_accepted(&fast).await.unwrap();
    assert!(binds(&directory, "louise", &password(&current).unwrap()).await);
    assert!(!binds(&directory, "louise", &Secret::new(OLD)).await);
}

#[tokio::test]
async fn a_mail_is_in_one_pair_of_hands() {
    let directory = louise().await;
    ask(&directory, "louise").await;
    let (one, other) = tokio::join!(directory.next_mail(), directory.next_mail());
    assert_eq!([one, other].iter().filter(|taken| matches!(taken, Ok(NextMail::Due(_)))).count(), 1);
}

#[tokio::test]
async fn two_hours_without_a_relay_lose_nothing_and_links_are_valid_for_their_hour() {
    let directory = louise().await;
    ask(&directory, "louise").await;
    let mut tries = 0;
    for _ in 0..720 {
        if let Some((leased, _)) = write(&directory).await {
            directory.mail_refused(&leased, &MailRefused::ForNow("connection refused".into())).await.unwrap();
            tries += 1;
        }
        directory.clock.advance(Duration::from_secs(10));
    }
    assert!((10..30).contains(&tries), "{tries} tries in two hours");
    let letter = send_all(&directory).await.pop().expect("the mail went out");
    let link = directory.reset_link(&token(&letter)).await;
    // Sent within the quarter of an hour that has passed.
    assert!(link.is_ok_and(|link| link.expires_at.since(directory.clock.now()) >= Duration::from_secs(3600 - 16 * 60)));
}
