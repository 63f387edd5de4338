//! The disk fails and recovers while the store is in use: it must come back by itself.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bindery::store::{Engine, Fail, FileSettings, RedbEngine};

use super::disk::Disk;
use super::rules::{No, increment};

fn open(disk: &Disk) -> Arc<RedbEngine> {
    let disk = disk.clone();
    // No cache worth the name, so that reads go to the disk.
    Arc::new(RedbEngine::open_with(move || Ok(disk.clone()), FileSettings { cache_bytes: 0 }).unwrap())
}

async fn number(store: &RedbEngine) -> Result<u64, Fail<()>> {
    let value = store.read(|view| view.get(b"n")).await?;
    Ok(value.map_or(0, |value| u64::from_be_bytes(value.try_into().unwrap())))
}

/// Reads until there is an answer: the file may just be opened again.
async fn read_again(store: &RedbEngine) -> u64 {
    let until = Instant::now() + PATIENCE;
    loop {
        match number(store).await {
            Ok(number) => return number,
            Err(_) if Instant::now() < until => tokio::time::sleep(Duration::from_millis(10)).await,
            Err(fail) => panic!("the store did not come back: {fail:?}"),
        }
    }
}

/// Writes until one is acknowledged.
async fn write_again(store: &RedbEngine) -> u64 {
    let until = Instant::now() + PATIENCE;
    loop {
        match store.run(|view| increment(view, b"n")).await {
            Ok(number) => return number,
            Err(_) if Instant::now() < until => tokio::time::sleep(Duration::from_millis(10)).await,
            Err(fail) => panic!("the store did not come back: {fail:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_stops_writes_and_not_reads() {
    let disk = Disk::default();
    let store = open(&disk);
    assert_eq!(store.run(|view| increment(view, b"n")).await, Ok(1));
    // The first write of each commit fails, as it does on a full disk; the file can be opened all the same.
    for round in 1..=3 {
        disk.fail_from(0);
        let refused = store.run(|view| increment(view, b"n")).await;
        assert!(matches!(refused, Err(Fail::Unknown | Fail::Down)), "{refused:?}");
        disk.mend();
        assert_eq!(read_again(&store).await, round, "a read after the failed write");
        assert_eq!(write_again(&store).await, round + 1);
        assert_eq!(number(&store).await, Ok(round + 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_is_gone_and_comes_back_is_used_again() {
    let disk = Disk::default();
    let store = open(&disk);
    assert_eq!(store.run(|view| increment(view, b"n")).await, Ok(1));
    disk.die();
    let refused = store.run(|view| increment(view, b"n")).await;
    assert!(matches!(refused, Err(Fail::Unknown | Fail::Down)), "{refused:?}");
    // What is in memory may still be read; nothing else is said than that or that the store is down.
    let read = number(&store).await;
    assert!(matches!(read, Ok(1) | Err(Fail::Down)), "{read:?}");
    // Nobody waits long for a store that is known to be down.
    let asked = Instant::now();
    assert_eq!(store.run(|view| increment(view, b"n")).await, Err(Fail::<No>::Down));
    assert!(asked.elapsed() < Duration::from_secs(1));
    disk.mend();
    assert_eq!(write_again(&store).await, 2);
    assert_eq!(number(&store).await, Ok(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_read_alone_has_the_file_reopened() {
    let disk = Disk::default();
    let store = open(&disk);
    assert_eq!(store.run(|view| increment(view, b"n")).await, Ok(1));
    disk.die();
    let reader = {
        let store = Arc::clone(&store);
        tokio::spawn(async move { number(&store).await })
    };
    reader.await.unwrap().ok();
    disk.mend();
    let until = Instant::now() + PATIENCE;
    while number(&store).await != Ok(1) {
        assert!(Instant::now() < until, "reads did not come back");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_is_answered_while_the_disk_fails() {
    let disk = Disk::default();
    let store = open(&disk);
    disk.fail_from(3);
    let writers = (0..256).map(|_| {
        let store = Arc::clone(&store);
        tokio::spawn(async move { store.run(|view| increment(view, b"n")).await })
    });
    let mut acknowledged = 0;
    for writer in writers.collect::<Vec<_>>() {
        match tokio::time::timeout(PATIENCE, writer).await.expect("nobody is left without an answer").unwrap() {
            Ok(_) => acknowledged += 1,
            Err(fail) => assert!(matches!(fail, Fail::Unknown | Fail::Down), "{fail:?}"),
        }
    }
    disk.mend();
    assert!(write_again(&store).await > acknowledged);
}

/// How long the store may take to come back.
const PATIENCE: Duration = Duration::from_secs(10);
