//! How often one may ask: silently, for everybody alike, and over a restart.

use super::*;
use crate::domain::audit::{AuditRow, Reason};
use crate::domain::reset::ResetLimits;

/// What `host` asking for `text` comes to: whether a mail was queued. It is sent.
async fn brings_a_mail(directory: &Directory, text: &str, host: u8) -> bool {
    ask_from(directory, text, host).await;
    match directory.next_mail().await.unwrap() {
        NextMail::Due(leased) => {
            directory.write_letter(&leased).await.unwrap().unwrap();
            directory.mail_accepted(&leased).await.unwrap();
            true
        }
        NextMail::After(_) => false,
    }
}

#[tokio::test]
async fn an_account_gets_three_an_hour_two_minutes_apart_whoever_asks() {
    let mut directory = louise().await;
    for (host, wait, comes) in [
        (1, 0, true),
        (2, 119, false),
        (3, 2, true),
        (4, 120, true),
        (5, 120, false),
        (6, 3200, false),
        // The first one was an hour ago.
        (7, 40, true),
        (8, 1, false),
    ] {
        directory.clock.advance(Duration::from_secs(wait));
        assert_eq!(brings_a_mail(&directory, "louise", host).await, comes, "{host}");
        // Kept over a restart.
        directory = reborn(directory).await;
    }
}

#[tokio::test]
async fn a_source_asks_so_often_and_its_names_do_not_matter() {
    let limits = ResetLimits { per_source: 3, ..ResetLimits::default() };
    for first in ["nobody", "another"] {
        let mut directory = directory_with(|settings| settings.reset.limits = limits.clone()).await;
        add_person(&directory, "louise", LOUISE).await;
        add_person(&directory, "another", &[("mail", "another@example.org"), ("userPassword", OLD)]).await;
        for _ in 0..3 {
            ask_from(&directory, first, 1).await;
        }
        while let NextMail::Due(leased) = directory.next_mail().await.unwrap() {
            directory.write_letter(&leased).await.unwrap();
            directory.mail_accepted(&leased).await.unwrap();
        }
        directory = reborn(directory).await;
        assert!(!brings_a_mail(&directory, "louise", 1).await, "after {first}");
        assert!(brings_a_mail(&directory, "louise", 2).await, "another source");
        directory.clock.advance(Duration::from_secs(600));
        assert!(brings_a_mail(&directory, "louise", 1).await, "the window is over");
    }
}

#[tokio::test]
async fn all_together_are_sent_so_many_an_hour() {
    let limits = ResetLimits { mails_an_hour: 2, ..ResetLimits::default() };
    let directory = directory_with(|settings| settings.reset.limits = limits).await;
    for uid in ["ann", "bob", "carl"] {
        add_person(&directory, uid, &[("mail", &format!("{uid}@example.org")), ("userPassword", OLD)]).await;
    }
    for (uid, comes) in [("ann", true), ("bob", true), ("carl", false)] {
        assert_eq!(brings_a_mail(&directory, uid, 1).await, comes, "{uid}");
    }
    directory.clock.advance(Duration::from_secs(3600));
    assert!(brings_a_mail(&directory, "carl", 1).await);
}

#[tokio::test]
async fn no_limit_of_the_reset_keeps_anybody_from_signing_in() {
    let directory = louise().await;
    for _ in 0..50 {
        ask(&directory, "louise").await;
    }
    assert!(binds(&directory, "louise", &Secret::new(OLD)).await);
    assert!(directory.sign_in("louise", Secret::new(OLD), None, source(1)).await.is_ok());
}

/// The worker carries out one rule a request, which writes the mark, the source's count and one row of the audit for
/// everybody: there is no request that costs nothing.
#[tokio::test]
async fn a_name_that_nobody_has_costs_a_rule_too() {
    let limits = ResetLimits { per_source: 1, ..ResetLimits::default() };
    for typed in ["louise", "nobody", ADDRESS, "nobody@example.org", "disabled", ""] {
        let directory = directory_with(|settings| settings.reset.limits = limits.clone()).await;
        add_person(&directory, "louise", LOUISE).await;
        add_person(&directory, "disabled", &[("accountStatus", "disabled"), ("mail", "disabled@example.org")]).await;
        let before = (audited(&directory).await.len(), marks(&directory).await);
        ask(&directory, typed).await;
        let rows: Vec<AuditRow> = audited(&directory).await.split_off(before.0);
        assert_eq!((rows.len(), marks(&directory).await), (1, before.1 + 1), "{typed:?}");
        assert_eq!((rows[0].actor, rows[0].source), (Actor::Anonymous, source(1)));
        // Each has used up what its source may ask for.
        ask(&directory, "louise").await;
        let last = audited(&directory).await.pop().unwrap().event;
        assert_eq!(last, AuditEvent::ResetRefused { target: None, reason: Reason::Throttled }, "{typed:?}");
    }
}

async fn marks(directory: &Directory) -> usize {
    let (from, to) = crate::store::keys::range(b"p");
    directory.store.read::<_, Infallible, _>(|view| view.scan(&from, &to, 4096)).await.unwrap().len()
}
