use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Poll, Waker};
use std::time::Duration;

use super::*;
use crate::domain::password_policy::{Personal, prepare};

fn cheap(threads: usize) -> HasherSettings {
    HasherSettings { threads, cost: Cost::new(64, 1, 1).unwrap(), ..HasherSettings::default() }
}

/// A verification for a name that nobody has.
async fn nothing(hasher: &Hasher, from: Source, password: &str) -> Result<Option<Verified>, Busy> {
    hasher.verify_if(from, None, Secret::new(password), || true).await
}

fn here() -> Source {
    Source::Socket(1000)
}

/// A job that holds the only thread until the sender is dropped.
async fn hold(hasher: &Hasher) -> (std::sync::mpsc::Sender<()>, impl Future<Output = Result<(), Busy>>) {
    let (release, held) = std::sync::mpsc::channel::<()>();
    let mut job = Box::pin(hasher.pool.run(Source::Internal, move |_| {
        let _ = held.recv();
    }));
    assert!(std::future::poll_fn(|context| Poll::Ready(job.as_mut().poll(context).is_pending())).await);
    until(hasher, |counts| counts.busy == 1 && counts.queued == 0).await;
    (release, job)
}

async fn until(hasher: &Hasher, holds: impl Fn(Counts) -> bool) {
    for _ in 0..2000 {
        if holds(hasher.counts()) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("{:?}", hasher.counts());
}

fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut std::task::Context::from_waker(Waker::noop()))
}

#[tokio::test]
async fn what_is_hashed_is_verified() {
    let hasher = Hasher::start(cheap(2));
    let verifier = hasher.hash(here(), Secret::new("girafe")).await.unwrap();
    assert_eq!(hasher.verify(here(), verifier.clone(), Secret::new("girafe")).await, Ok(Verified::Yes));
    assert_eq!(hasher.verify(here(), verifier.clone(), Secret::new("volcan")).await, Ok(Verified::No));
    assert_ne!(hasher.hash(here(), Secret::new("girafe")).await.unwrap(), verifier, "each has its own salt");
    assert_eq!(nothing(&hasher, here(), "girafe").await, Ok(Some(Verified::No)));
    let other = Hasher::start(HasherSettings { cost: Cost::new(128, 1, 1).unwrap(), ..cheap(1) });
    assert_eq!(other.verify(here(), verifier, Secret::new("girafe")).await, Ok(Verified::Rehash));
}

#[tokio::test]
async fn a_cost_beyond_the_arena_is_lent_its_memory() {
    let large = Hasher::start(HasherSettings { cost: Cost::new(4096, 1, 1).unwrap(), ..cheap(1) });
    let verifier = large.hash(here(), Secret::new("girafe")).await.unwrap();
    let small = Hasher::start(cheap(1));
    assert_eq!(small.verify(here(), verifier.clone(), Secret::new("girafe")).await, Ok(Verified::Rehash));
    assert_eq!(small.verify(here(), verifier, Secret::new("volcan")).await, Ok(Verified::No));
}

#[tokio::test]
async fn a_right_service_secret_needs_no_thread_and_a_wrong_one_costs_a_hash() {
    let hasher = Hasher::start(cheap(1));
    let secret = secret::generated_service_secret();
    let verifier = Verifier::secret_digest(&secret);
    assert_eq!(hasher.verify(here(), verifier.clone(), secret).await, Ok(Verified::Yes));
    assert_eq!(hasher.counts(), Counts::default());
    assert_eq!(hasher.verify(here(), verifier, Secret::new("volcan")).await, Ok(Verified::No));
    until(&hasher, |counts| counts.done == 1).await;
}

#[tokio::test]
async fn what_is_not_admitted_any_more_when_its_turn_comes_is_not_hashed() {
    let hasher = Hasher::start(cheap(1));
    let verifier = hasher.hash(here(), Secret::new("girafe")).await.unwrap();
    let done = hasher.counts().done;
    for verifier in [Some(verifier), None] {
        assert_eq!(hasher.verify_if(here(), verifier, Secret::new("girafe"), || false).await, Ok(None));
    }
    // The two jobs that hashed nothing.
    until(&hasher, |counts| counts.done == done + 2).await;
}

#[tokio::test]
async fn a_full_queue_is_busy() {
    let hasher = Hasher::start(HasherSettings { queue: 2, queue_per_source: 1, ..cheap(1) });
    let (release, held) = hold(&hasher).await;
    let mut first = pin!(nothing(&hasher, here(), "one"));
    assert!(poll_once(first.as_mut()).is_pending());
    assert_eq!(nothing(&hasher, here(), "two").await, Err(Busy));
    let mut second = pin!(nothing(&hasher, Source::Socket(1), "three"));
    assert!(poll_once(second.as_mut()).is_pending());
    assert_eq!(nothing(&hasher, Source::Socket(2), "four").await, Err(Busy));
    assert_eq!((hasher.counts().queued, hasher.counts().refused), (2, 2));
    drop(release);
    assert_eq!((held.await, first.await, second.await), (Ok(()), Ok(Some(Verified::No)), Ok(Some(Verified::No))));
}

#[tokio::test]
async fn who_goes_away_costs_no_hash() {
    let hasher = Hasher::start(cheap(1));
    let (release, held) = hold(&hasher).await;
    {
        let mut gone = pin!(nothing(&hasher, here(), "one"));
        assert!(poll_once(gone.as_mut()).is_pending());
        assert_eq!(hasher.counts().queued, 1);
    }
    assert_eq!(hasher.counts().queued, 0);
    drop(release);
    held.await.unwrap();
    until(&hasher, |counts| counts.busy == 0 && counts.done == 1).await;
}

#[tokio::test]
async fn a_flood_waits_behind_itself() {
    let hasher = Arc::new(Hasher::start(cheap(1)));
    let (release, held) = hold(&hasher).await;
    let (order, mut done) = tokio::sync::mpsc::unbounded_channel();
    let flood = std::iter::repeat_n(("flood", Source::Socket(1)), 5).chain([("other", Source::Socket(2))]);
    for (queued, (name, source)) in flood.enumerate() {
        let (pool, order) = (Arc::clone(&hasher), order.clone());
        tokio::spawn(async move { pool.pool.run(source, move |_| order.send(name)).await });
        until(&hasher, |counts| counts.queued == queued + 1).await;
    }
    drop(release);
    held.await.unwrap();
    let first = [done.recv().await.unwrap(), done.recv().await.unwrap()];
    assert_eq!(first, ["flood", "other"]);
}

#[tokio::test]
async fn a_panic_is_busy_and_the_thread_goes_on() {
    let hasher = Hasher::start(cheap(1));
    assert_eq!(hasher.pool.run(here(), |_| -> u8 { panic!("as a test") }).await, Err(Busy));
    assert_eq!(nothing(&hasher, here(), "one").await, Ok(Some(Verified::No)));
    until(&hasher, |counts| counts.busy == 0 && counts.done == 2).await;
}

#[tokio::test]
async fn the_threads_end_with_the_hasher() {
    let hasher = Hasher::start(cheap(2));
    let alive = hasher.pool.alive();
    assert!(alive());
    drop(hasher);
    for _ in 0..2000 {
        if !alive() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("the threads are still there");
}

#[tokio::test]
async fn hash_threads_have_a_lower_priority() {
    let hasher = Hasher::start(cheap(1));
    let nice = hasher.pool.run(here(), |_| rustix::process::getpriority_process(None)).await.unwrap().unwrap();
    assert_eq!(nice, (rustix::process::getpriority_process(None).unwrap() + 10).min(19));
}

#[tokio::test]
async fn the_policy_is_asked_beside_the_hash_threads() {
    let hasher = Hasher::start(cheap(1));
    let context = PasswordContext { login: "louisem".into(), ..PasswordContext::default() };
    let password = prepare(b"louisemlouisem").unwrap();
    let verdict = hasher.check(here(), &Policy::default(), &password, context).await;
    assert_eq!(verdict, Ok(Checked::Refused(Refusal::Personal(Personal::Login))));
    let password = prepare(b"girafe volcan tartine").unwrap();
    assert_eq!(hasher.check(here(), &Policy::default(), &password, PasswordContext::default()).await, Ok(Checked::Good));
    assert_eq!((hasher.counts().done, hasher.estimates.counts().done), (0, 2));
}

#[tokio::test]
async fn one_estimate_is_made_at_a_time_and_no_bind_waits_for_it() {
    let hasher = Hasher::start(cheap(1));
    let (release, held) = std::sync::mpsc::channel::<()>();
    let mut first = pin!(hasher.estimates.run(here(), move |_| held.recv().is_err()));
    assert!(poll_once(first.as_mut()).is_pending());
    let password = prepare(b"girafe volcan tartine").unwrap();
    let (policy, context) = (Policy::default(), PasswordContext::default());
    let mut second = pin!(hasher.check(Source::Socket(1), &policy, &password, context));
    assert!(poll_once(second.as_mut()).is_pending());
    assert_eq!(nothing(&hasher, here(), "one").await, Ok(Some(Verified::No)), "beside an estimate that takes for ever");
    assert!(poll_once(second.as_mut()).is_pending());
    drop(release);
    assert_eq!((first.await, second.await), (Ok(true), Ok(Checked::Good)));
    assert_eq!(hasher.estimates.run(here(), |_| rustix::process::getpriority_process(None)).await.unwrap().unwrap(), 19);
}

#[tokio::test]
async fn a_source_has_a_share_of_the_estimates_that_wait() {
    let hasher = Hasher::start(cheap(1));
    let (release, held) = std::sync::mpsc::channel::<()>();
    let mut first = Box::pin(hasher.estimates.run(here(), move |_| held.recv().is_err()));
    assert!(poll_once(first.as_mut()).is_pending());
    while hasher.estimates.counts().queued > 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let (policy, password) = (Policy::default(), prepare(b"girafe volcan tartine").unwrap());
    let mut waiting: Vec<_> = (0..32).map(|_| Box::pin(hasher.check(here(), &policy, &password, PasswordContext::default()))).collect();
    assert!(waiting.iter_mut().all(|check| poll_once(check.as_mut()).is_pending()));
    assert_eq!(hasher.check(here(), &policy, &password, PasswordContext::default()).await, Err(Busy));
    let mut other = pin!(hasher.check(Source::Socket(1), &policy, &password, PasswordContext::default()));
    assert!(poll_once(other.as_mut()).is_pending(), "another source has its own");
    drop(release);
    assert_eq!(other.await, Ok(Checked::Good));
}

/// Run with `--run-ignored only`: prints how long a hash takes alone, and beside the slowest estimate there is.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement: it wants a machine of its own"]
#[allow(clippy::print_stdout)]
async fn a_hash_beside_an_estimate_takes_less_than_twice_its_time() {
    let hasher = Arc::new(Hasher::start(HasherSettings { threads: 1, ..HasherSettings::default() }));
    let median = async || {
        let mut times = Vec::new();
        for _ in 0..40 {
            let begun = std::time::Instant::now();
            nothing(&hasher, here(), "one").await.unwrap();
            times.push(begun.elapsed());
        }
        times.sort_unstable();
        times[times.len() / 2]
    };
    let alone = median().await;
    let beside = Arc::clone(&hasher);
    let estimates = tokio::spawn(async move {
        let password = prepare("4bcd3fgh!jk1mn0pqr$+uvwxyz@({<69|[%)2587".repeat(3).as_bytes()).unwrap();
        let mut longest = Duration::ZERO;
        loop {
            let begun = std::time::Instant::now();
            let _ = beside.check(Source::Socket(1), &Policy::default(), &password, PasswordContext::default()).await;
            longest = longest.max(begun.elapsed());
            println!("an estimate: {longest:?}");
        }
    });
    tokio::time::sleep(Duration::from_millis(500)).await;
    let with = median().await;
    estimates.abort();
    println!("a hash alone: {alone:?}, beside estimates: {with:?}");
    assert!(with < alone * 2);
}
