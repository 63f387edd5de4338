//! Links, generated passwords and mails when many come at once: the real rules, on each engine.

use std::sync::Arc;

use bindery::domain::credential::Verifier;
use bindery::domain::reset::{GrantEnd, RateVerdict, ResetLimits};
use bindery::store::outbox::OutboxError;
use bindery::store::resets::GrantError;
use bindery::store::{Fail, Store, View, credentials, outbox, resets};

use super::people::{
    LOUISE, NOW, No, Rule, STORY, activate, add_louise, choose, lease, link, mint, op, pend, queue, revoke_token, seconds, set_password,
};

/// Runs `rule` from `count` tasks at once, with the number of each; gives what each came to.
async fn at_once(store: &Arc<Store>, count: u8, rule: fn(&mut View<'_>, u8) -> Rule) -> Vec<Result<(), Fail<No>>> {
    let racers = (0..count).map(|n| {
        let store = Arc::clone(store);
        tokio::spawn(async move { store.run(move |view| rule(view, n)).await })
    });
    let mut outcomes = Vec::new();
    for racer in racers.collect::<Vec<_>>() {
        outcomes.push(racer.await.unwrap());
    }
    outcomes
}

fn won(outcomes: &[Result<(), Fail<No>>]) -> Vec<usize> {
    (0..outcomes.len()).filter(|n| outcomes[*n].is_ok()).collect()
}

async fn password(store: &Store) -> Option<Verifier> {
    store.read(|view| credentials::load::<()>(view, LOUISE)).await.unwrap().map(|credential| credential.verifier)
}

async fn mails(store: &Store) -> usize {
    store.read(|view| outbox::page::<()>(view, None, 99)).await.unwrap().len()
}

on_each_engine! {
    async fn of_fifty_who_redeem_a_link_one_succeeds(store: Arc<Store>) {
        store.run(|view| { add_louise(view)?; mint(view, 1) }).await.unwrap();
        let outcomes = at_once(&store, 50, |view, n| choose(view, 1, &format!("chosen {n}"))).await;
        let [winner] = won(&outcomes)[..] else { panic!("{:?} succeeded", won(&outcomes)) };
        let ended = Err(Fail::Rule(No::Grant(GrantError::Ended(GrantEnd::Redeemed))));
        assert!(outcomes.iter().enumerate().all(|(n, outcome)| n == winner || *outcome == ended), "{outcomes:?}");
        assert_eq!(password(&store).await, Some(Verifier::Imported(format!("chosen {winner}"))));
        assert_eq!(mails(&store).await, 1, "one notice");
    }

    async fn a_link_is_redeemed_or_taken_back_and_never_both(store: Arc<Store>) {
        store.run(|view| { add_louise(view)?; set_password(view, "old") }).await.unwrap();
        for round in 1..=20 {
            store.run(move |view| mint(view, round)).await.unwrap();
            let racers = [0, 1].map(|n| {
                let store = Arc::clone(&store);
                tokio::spawn(async move {
                    store.run(move |view| match n {
                        0 => resets::redeem::<No>(view, super::people::reset_token(round), NOW).map(drop),
                        _ => resets::revoke::<No>(view, revoke_token(round), NOW).map(drop),
                    }).await
                })
            });
            let mut succeeded = 0;
            for racer in racers {
                match racer.await.unwrap() {
                    Ok(()) => succeeded += 1,
                    lost => assert!(matches!(lost, Err(Fail::Rule(No::Grant(GrantError::Ended(_))))), "{lost:?}"),
                }
            }
            assert_eq!(succeeded, 1, "round {round}");
        }
    }

    async fn of_eight_senders_one_has_the_mail(store: Arc<Store>) {
        store.run(|view| queue(view, 1, link())).await.unwrap();
        let seen = store.read(|view| outbox::find::<()>(view, op(1))).await.unwrap().unwrap();
        let racers = (0..8).map(|n| {
            let (store, seen) = (Arc::clone(&store), seen.clone());
            tokio::spawn(async move { store.run(move |view| outbox::lease::<OutboxError>(view, &seen, seconds(100 + n))).await })
        });
        let mut leased = Vec::new();
        for racer in racers.collect::<Vec<_>>() {
            match racer.await.unwrap() {
                Ok(mail) => leased.push(mail),
                lost => assert_eq!(lost, Err(Fail::Rule(OutboxError::Gone))),
            }
        }
        let [leased] = leased.as_slice() else { panic!("{} have it", leased.len()) };
        assert_eq!(store.read(|view| outbox::find::<()>(view, op(1))).await.unwrap().as_ref(), Some(leased));
        assert_eq!(mails(&store).await, 1);
    }

    async fn of_fifty_requests_as_many_are_admitted_as_may_be(store: Arc<Store>) {
        let racers = (0..50).map(|_| {
            let store = Arc::clone(&store);
            let limits = ResetLimits { cool_down: std::time::Duration::ZERO, ..ResetLimits::default() };
            tokio::spawn(async move { store.run(move |view| resets::admit_account::<()>(view, LOUISE, &limits, NOW)).await.unwrap() })
        });
        let mut admitted = 0;
        for racer in racers.collect::<Vec<_>>() {
            admitted += usize::from(racer.await.unwrap() == RateVerdict::Yes);
        }
        assert_eq!(admitted, ResetLimits::default().per_account);
    }

    async fn a_generated_password_that_races_a_new_one_leaves_nothing_behind(store: Arc<Store>) {
        store.run(add_louise).await.unwrap();
        for round in 0..20 {
            store.run(move |view| pend(view, round)).await.unwrap();
            let racers: [fn(&mut View<'_>, u8) -> Rule; 2] = [activate, |view, n| set_password(view, &format!("chosen {n}"))];
            let racers = racers.map(|rule| {
                let store = Arc::clone(&store);
                tokio::spawn(async move { store.run(move |view| rule(view, round)).await })
            });
            for racer in racers {
                racer.await.unwrap().unwrap();
            }
            assert_eq!(password(&store).await, Some(Verifier::Imported(format!("chosen {round}"))), "the chosen one is the later one");
            assert_eq!(store.read(|view| resets::pending::<()>(view, LOUISE)).await, Ok(None));
        }
    }

    async fn a_mail_that_is_sent_and_dropped_at_once_is_gone_once(store: Arc<Store>) {
        store.run(|view| queue(view, 1, link())).await.unwrap();
        let outcomes = at_once(&store, 8, |view, n| if n % 2 == 0 { lease(view, 1) } else { super::people::take_out(view, 1) }).await;
        assert!(outcomes.iter().all(|outcome| matches!(outcome, Ok(()) | Err(Fail::Rule(No::Outbox(OutboxError::Gone))))), "{outcomes:?}");
        assert_eq!(won(&outcomes).iter().filter(|n| **n % 2 == 1).count(), 1);
        assert_eq!(mails(&store).await, 0);
    }

    async fn the_whole_story_comes_to_its_end(store: Arc<Store>) {
        for (step, rule) in STORY.iter().enumerate() {
            store.run(*rule).await.unwrap_or_else(|refused| panic!("step {step}: {refused:?}"));
        }
        let left = store.read(|view| view.scan::<()>(b"A", b"z", 99)).await.unwrap();
        let prefixes: String = left.iter().map(|(key, _)| char::from(key[0])).collect();
        // The number stays taken; the notice waits; what became of the links is told for a week; ended sessions are purged with
        // the others.
        assert_eq!(prefixes, "Qinoqsstttttttttt");
    }
}
