//! The outbox.

use std::time::Duration;

use super::*;
use crate::domain::caller::{Actor, Source};
use crate::domain::language::Language;
use crate::domain::outbox::{Intent, MAX_ACCOUNTS, MAX_FAULT, MAX_NOTICES, OutboxMail, PasswordChanged, PasswordWay};
use crate::domain::reset::ResetRequested;
use crate::store::outbox::{self, NEVER, OutboxBacklog, OutboxError, Queued};

fn seconds(seconds: u64) -> UnixTime {
    NOW.plus(Duration::from_secs(seconds))
}

fn op(n: u8) -> OpId {
    let mut op = [n; 16];
    // Each in a shard of its own.
    op[15] = 0xFF - n;
    OpId(op)
}

fn mail(intent: Intent, queued_at: UnixTime) -> OutboxMail {
    OutboxMail { intent, address: "louise@example.org".into(), queued_at, attempts: 0, fault: None }
}

fn requested() -> ResetRequested {
    ResetRequested { at: NOW, source: Source::Internal, language: Language::French }
}

fn link(accounts: &[u64]) -> Intent {
    Intent::ResetLink { accounts: accounts.iter().copied().map(Id).collect(), requested: requested() }
}

fn generated(account: u64) -> Intent {
    Intent::GeneratedPassword { account: Id(account), requested: requested(), replaces: None }
}

fn notice(account: u64) -> Intent {
    let change = PasswordChanged { by: Actor::System, source: Source::Internal, at: NOW, way: PasswordWay::Other, language: None };
    Intent::PasswordNotice { account: Id(account), change }
}

async fn put(store: &Store, n: u8, intent: Intent, at: u64) {
    let mail = mail(intent, seconds(at));
    run(store, move |view| outbox::put::<()>(view, op(n), &mail)).await.unwrap();
}

/// What is due, by number.
async fn due(store: &Store, at: u64) -> Vec<u8> {
    read(store, |view| outbox::due(view, seconds(at), 9)).await.0.iter().map(|queued| queued.op.0[0]).collect()
}

async fn found(store: &Store, n: u8) -> Queued {
    read(store, |view| outbox::find(view, op(n))).await.unwrap()
}

async fn lease(store: &Store, queued: &Queued, until: u64) -> Result<Queued, OutboxError> {
    let queued = queued.clone();
    run(store, move |view| outbox::lease(view, &queued, seconds(until))).await
}

async fn postpone(store: &Store, queued: &Queued, due: UnixTime) -> Result<(), OutboxError> {
    let queued = queued.clone();
    run(store, move |view| outbox::postpone(view, &queued, due, "the relay is away")).await
}

async fn remove(store: &Store, queued: &Queued) -> Result<(), OutboxError> {
    let queued = queued.clone();
    run(store, move |view| outbox::remove(view, &queued)).await
}

async fn keys_left(store: &Store) -> usize {
    read(store, |view| Ok(view.scan(b"o", b"p", 99)?.len() + view.scan(b"q", b"r", 99)?.len() + view.scan(b"Q", b"R", 99)?.len())).await
}

#[tokio::test]
async fn a_mail_comes_up_until_it_is_removed() {
    for store in stores() {
        put(&store, 1, link(&[1]), 10).await;
        assert_eq!(due(&store, 9).await, NONE);
        assert_eq!(read(&store, |view| outbox::due(view, seconds(9), 9)).await.1, Some(seconds(10)));
        assert_eq!(due(&store, 10).await, [1]);
        let leased = lease(&store, &found(&store, 1).await, 130).await.unwrap();
        assert_eq!((leased.due, leased.mail.attempts), (seconds(130), 1));
        assert_eq!((due(&store, 129).await, due(&store, 130).await), (vec![], vec![1]), "whoever took it may have died");
        postpone(&store, &leased, seconds(140)).await.unwrap();
        let waiting = found(&store, 1).await;
        assert_eq!((waiting.mail.attempts, waiting.mail.fault.as_deref()), (1, Some("the relay is away")));
        assert_eq!((due(&store, 139).await, due(&store, 140).await), (vec![], vec![1]));
        let leased = lease(&store, &waiting, 260).await.unwrap();
        assert_eq!(leased.mail.attempts, 2);
        remove(&store, &leased).await.unwrap();
        assert_eq!(keys_left(&store).await, 0);
        assert_eq!(read(&store, |view| outbox::due(view, seconds(9999), 9)).await, (vec![], None));
    }
}

#[tokio::test]
async fn whoever_lost_a_mail_cannot_change_it() {
    for store in stores() {
        put(&store, 1, link(&[1]), 0).await;
        let seen = found(&store, 1).await;
        let first = lease(&store, &seen, 120).await.unwrap();
        assert_eq!(lease(&store, &seen, 120).await, Err(OutboxError::Gone), "of two who saw it, one has it");
        let second = lease(&store, &first, 120).await.unwrap();
        for stale in [&seen, &first] {
            assert_eq!(postpone(&store, stale, seconds(1)).await, Err(OutboxError::Gone));
            assert_eq!(remove(&store, stale).await, Err(OutboxError::Gone));
        }
        assert_eq!(found(&store, 1).await, second);
        remove(&store, &second).await.unwrap();
        assert_eq!(remove(&store, &second).await, Err(OutboxError::Gone));
        assert_eq!(run(&store, |view| outbox::retry(view, op(1), NOW)).await, Err(OutboxError::Gone));
    }
}

#[tokio::test]
async fn the_mails_of_an_account_go_out_in_order() {
    for store in stores() {
        put(&store, 9, link(&[1, 2]), 0).await;
        put(&store, 5, generated(1), 1).await;
        put(&store, 3, notice(2), 2).await;
        put(&store, 4, notice(3), 3).await;
        assert_eq!(due(&store, 5).await, [9, 4]);
        let (first, later) = (found(&store, 9).await, found(&store, 5).await);
        assert_eq!(lease(&store, &later, 120).await, Err(OutboxError::Gone));
        let leased = lease(&store, &first, 120).await.unwrap();
        assert_eq!(due(&store, 5).await, [4], "it is under way");
        postpone(&store, &leased, seconds(600)).await.unwrap();
        assert_eq!(due(&store, 5).await, [4]);
        let leased = lease(&store, &found(&store, 9).await, 700).await.unwrap();
        postpone(&store, &leased, NEVER).await.unwrap();
        assert_eq!(due(&store, 5).await, [5, 3, 4], "what was given up holds up nothing");
        run(&store, |view| outbox::retry::<OutboxError>(view, op(9), seconds(5))).await.unwrap();
        assert_eq!(due(&store, 5).await, [4, 9], "and is the first again when it is tried again");
        assert_eq!(found(&store, 9).await.mail.attempts, 2);
        remove(&store, &found(&store, 9).await).await.unwrap();
        assert_eq!(due(&store, 5).await, [5, 3, 4]);
    }
}

#[tokio::test]
async fn a_mailbox_that_takes_nothing_holds_up_no_other() {
    for store in stores() {
        let elsewhere = OutboxMail { address: "louise@example.net".into(), ..mail(notice(1), seconds(0)) };
        run(&store, move |view| outbox::put::<OutboxError>(view, op(1), &elsewhere)).await.unwrap();
        let most: Vec<u64> = (1..=MAX_ACCOUNTS as u64).collect();
        put(&store, 2, link(&most), 1).await;
        put(&store, 3, notice(1), 2).await;
        assert_eq!(due(&store, 5).await, [1, 2]);
        let first = lease(&store, &found(&store, 1).await, 120).await.unwrap();
        postpone(&store, &first, seconds(600)).await.unwrap();
        let link = lease(&store, &found(&store, 2).await, 120).await.unwrap();
        assert!(due(&store, 5).await.is_empty(), "those to one mailbox go one after the other");
        remove(&store, &link).await.unwrap();
        assert_eq!(due(&store, 5).await, [3]);
    }
}

#[tokio::test]
async fn a_mail_under_way_is_not_tried_again_beside_it() {
    for store in stores() {
        put(&store, 1, link(&[1]), 0).await;
        let leased = lease(&store, &found(&store, 1).await, 120).await.unwrap();
        run(&store, |view| outbox::retry::<OutboxError>(view, op(1), seconds(60))).await.unwrap();
        assert_eq!(found(&store, 1).await, leased);
        run(&store, |view| outbox::retry::<OutboxError>(view, op(1), seconds(120))).await.unwrap();
        assert_eq!(remove(&store, &leased).await, Ok(()), "nobody has taken it");
    }
}

#[tokio::test]
async fn a_clock_that_was_ahead_keeps_no_mail_back() {
    for store in stores() {
        put(&store, 1, link(&[1]), 86_400).await;
        assert_eq!(due(&store, 0).await, [1]);
        lease(&store, &found(&store, 1).await, 120).await.unwrap();
        assert_eq!((due(&store, 0).await, due(&store, 120).await), (vec![], vec![1]));
    }
}

#[tokio::test]
async fn many_mails_that_are_held_up_hide_none() {
    let store = Store::in_memory();
    let accounts = 300u64;
    for account in 0..accounts {
        for n in 0..2u64 {
            let mail = mail(notice(account), seconds(n));
            // All in one shard.
            let name = OpId((u128::from(account * 2 + n)).to_be_bytes());
            run(&store, move |view| outbox::put::<()>(view, name, &mail)).await.unwrap();
        }
    }
    for _ in 0..accounts {
        let (heads, _) = read(&store, |view| outbox::due(view, seconds(9), 1)).await;
        let [head] = heads.as_slice() else { panic!("{heads:?}") };
        lease(&store, head, 120).await.unwrap();
    }
    assert_eq!(read(&store, |view| outbox::due(view, seconds(9), 1)).await, (vec![], Some(seconds(120))));
}

#[tokio::test]
async fn links_for_the_same_accounts_are_found_while_they_wait() {
    for store in stores() {
        put(&store, 1, notice(1), 0).await;
        put(&store, 2, link(&[1, 2]), 1).await;
        let has = async |accounts: &[u64], address: &str, at: u64| {
            let alike = link(accounts);
            read(&store, |view| outbox::has_alike(view, &alike, address, seconds(at))).await
        };
        for (accounts, address, expected) in [
            (&[1, 2][..], "louise@example.org", true),
            (&[1, 2], "paul@example.org", false),
            (&[1], "louise@example.org", false),
            (&[2], "louise@example.org", false),
            (&[], "louise@example.org", false),
        ] {
            assert_eq!(has(accounts, address, 1).await, expected, "{accounts:?} {address}");
        }
        remove(&store, &found(&store, 1).await).await.unwrap();
        let leased = lease(&store, &found(&store, 2).await, 120).await.unwrap();
        let mut waits = vec![has(&[1, 2], "louise@example.org", 119).await, has(&[1, 2], "louise@example.org", 120).await];
        postpone(&store, &leased, seconds(900)).await.unwrap();
        waits.push(has(&[1, 2], "louise@example.org", 130).await);
        assert_eq!(waits, [false, true, true]);
    }
}

#[tokio::test]
async fn notices_are_bounded_and_a_generated_password_replaces_the_last() {
    for store in stores() {
        for n in 0..MAX_NOTICES as u8 + 3 {
            put(&store, n, notice(1), n.into()).await;
        }
        assert_eq!(keys_left(&store).await, 3 * MAX_NOTICES);
        put(&store, 50, notice(2), 0).await;
        put(&store, 60, generated(1), 90).await;
        put(&store, 61, generated(1), 91).await;
        assert_eq!(read(&store, |view| outbox::find(view, op(60))).await, None);
        assert_eq!(keys_left(&store).await, 3 * (MAX_NOTICES + 2));
        run(&store, |view| outbox::withdraw_generated::<()>(view, Id(1))).await.unwrap();
        assert_eq!(keys_left(&store).await, 3 * (MAX_NOTICES + 1));
    }
}

#[tokio::test]
async fn the_queue_is_shown_page_by_page_and_counted() {
    for store in stores() {
        assert_eq!(read(&store, outbox::backlog).await, OutboxBacklog::default());
        for n in 0..5 {
            put(&store, n, notice(n.into()), 10 - u64::from(n)).await;
        }
        for n in [1, 2] {
            let leased = lease(&store, &found(&store, n).await, 120).await.unwrap();
            postpone(&store, &leased, if n == 1 { NEVER } else { seconds(600) }).await.unwrap();
        }
        for limit in [1, 2, 9] {
            let (mut shown, mut after) = (Vec::new(), None);
            loop {
                let page = read(&store, |view| outbox::page(view, after, limit)).await;
                let Some(last) = page.last() else { break };
                assert!(page.len() <= limit);
                after = Some((last.due, last.op));
                shown.extend(page.iter().map(|queued| queued.op.0[0]));
            }
            assert_eq!(shown, [4, 3, 0, 2, 1], "{limit}");
        }
        let backlog = read(&store, outbox::backlog).await;
        assert_eq!(backlog, OutboxBacklog { waiting: 4, given_up: 1, oldest: Some(seconds(6)) });
    }
}

#[tokio::test]
async fn the_text_of_a_fault_is_cut() {
    for store in stores() {
        put(&store, 1, link(&[1]), 0).await;
        let leased = lease(&store, &found(&store, 1).await, 120).await.unwrap();
        run(&store, move |view| outbox::postpone::<OutboxError>(view, &leased, seconds(9), &"é".repeat(9999))).await.unwrap();
        assert!(found(&store, 1).await.mail.fault.unwrap().len() <= MAX_FAULT);
    }
}

const NONE: [u8; 0] = [];
