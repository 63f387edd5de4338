//! Sessions of the pages.

use std::time::Duration;

use super::*;
use crate::domain::reset::TokenDigest;
use crate::domain::session::{Lifetime, MAX_SESSIONS, WebSession};
use crate::store::sessions;

fn digest(n: u8) -> TokenDigest {
    TokenDigest([n; 32])
}

fn minutes(minutes: u64) -> UnixTime {
    NOW.plus(Duration::from_secs(60 * minutes))
}

async fn begin(store: &Store, n: u8, account: u64, at: UnixTime) {
    let session = WebSession { account: Id(account), began_at: at, seen_at: at };
    run(store, move |view| sessions::begin::<()>(view, digest(n), &session)).await.unwrap();
}

/// Which of the first twenty sessions are live.
async fn live(store: &Store, now: UnixTime) -> Vec<u8> {
    let mut found = Vec::new();
    for n in 0..20 {
        if read(store, |view| sessions::live(view, digest(n), Lifetime::default(), now)).await.is_some() {
            found.push(n);
        }
    }
    found
}

async fn rows(store: &Store) -> usize {
    read(store, |view| Ok(view.scan(b"S", b"T", 99)?.len() + view.scan(b"s", b"t", 99)?.len())).await
}

#[tokio::test]
async fn a_session_lasts_as_long_as_it_is_used() {
    for store in stores() {
        begin(&store, 1, 1, minutes(0)).await;
        assert_eq!(live(&store, minutes(14)).await, [1]);
        assert_eq!(live(&store, minutes(15)).await, NONE);
        run(&store, |view| sessions::seen::<()>(view, digest(1), minutes(14))).await.unwrap();
        assert_eq!(live(&store, minutes(28)).await, [1]);
        run(&store, |view| sessions::seen::<()>(view, digest(1), minutes(3))).await.unwrap();
        assert_eq!(live(&store, minutes(28)).await, [1], "a request that was on its way for long");
        for minute in (28..480).step_by(10) {
            run(&store, move |view| sessions::seen::<()>(view, digest(1), minutes(minute))).await.unwrap();
        }
        assert_eq!(live(&store, minutes(479)).await, [1]);
        assert_eq!(live(&store, minutes(480)).await, NONE, "eight hours at most");
        run(&store, |view| sessions::seen::<()>(view, digest(2), minutes(0))).await.unwrap();
        assert_eq!(rows(&store).await, 2, "nothing comes of a session that is not there");
    }
}

#[tokio::test]
async fn the_ninth_session_ends_the_first() {
    for store in stores() {
        begin(&store, 19, 2, minutes(0)).await;
        // The first one has the last digest.
        for n in 0..MAX_SESSIONS as u8 {
            begin(&store, 10 - n, 1, minutes(n.into())).await;
        }
        assert_eq!(live(&store, minutes(8)).await, [3, 4, 5, 6, 7, 8, 9, 10, 19]);
        begin(&store, 1, 1, minutes(8)).await;
        assert_eq!(live(&store, minutes(8)).await, [1, 3, 4, 5, 6, 7, 8, 9, 19]);
        assert_eq!(rows(&store).await, MAX_SESSIONS + 1 + 2);
    }
}

#[tokio::test]
async fn sessions_end_one_by_one_or_all_of_an_account() {
    for store in stores() {
        for (n, account) in [(1, 1), (2, 1), (3, 1), (4, 2)] {
            begin(&store, n, account, NOW).await;
        }
        run(&store, |view| sessions::end::<()>(view, digest(2))).await.unwrap();
        run(&store, |view| sessions::end::<()>(view, digest(9))).await.unwrap();
        assert_eq!(live(&store, NOW).await, [1, 3, 4]);
        let end_all = |view: &mut View<'_>| {
            sessions::end_all(view, Id(1));
            Ok::<_, Stop<()>>(())
        };
        run(&store, end_all).await.unwrap();
        assert_eq!(live(&store, NOW).await, [4]);
        run(&store, |view| sessions::seen::<()>(view, digest(1), minutes(2))).await.unwrap();
        assert_eq!(live(&store, minutes(2)).await, [4], "it comes back to life by nothing");
    }
}

const NONE: [u8; 0] = [];
