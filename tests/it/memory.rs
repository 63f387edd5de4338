//! The memory of all connections together: unfinished messages and unread answers share one bound, and those who are
//! within reason are served while others fill it.

use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::harness::bystander::{Bystander, memory};
use crate::harness::request::{equality, message, present, search};
use crate::harness::wire::bind;
use crate::harness::{Daemon, Launch, Wire};

const UNAVAILABLE: u8 = 52;
const EVICTED: &str = "bindery_connections_refused_total{reason=\"memory\"}";

#[test]
fn unfinished_messages_of_many_connections_share_one_bound() {
    let daemon = Daemon::with(&[("BINDERY_LIMITS__MESSAGE_MEMORY", "33554432"), ("BINDERY_LIMITS__MESSAGE_TIME", "5m")]);
    let others = Bystander::beside(&daemon);
    let service = &daemon.facts().service;
    let large = message(2, &search(&daemon.facts().base, 2, &equality("uid", &"x".repeat(900 << 10)), &["cn"]));
    let unfinished = &large[..large.len() - 1];
    let before = memory(&daemon);
    let mut flood: Vec<Wire> = (0..200)
        .map(|_| {
            let mut wire = Wire::connect_from(daemon.address(), [127, 0, 0, 2]).bound(&service.dn, &service.password);
            wire.send(unfinished);
            wire
        })
        .collect();
    // Two hundred of them cannot be held, and all but what is held has been ended.
    let end = Instant::now() + Duration::from_secs(60);
    while daemon.metric(EVICTED) < 160 {
        assert!(Instant::now() < end, "{} are ended", daemon.metric(EVICTED));
    }
    let grown = memory(&daemon).saturating_sub(before);
    println!("{grown} KiB more, {} ended", daemon.metric(EVICTED));
    assert!(grown < 100 << 10, "{grown} KiB more");

    let mut well_behaved = Wire::connect(daemon.address()).bound(&service.dn, &service.password);
    assert_eq!(well_behaved.ask(&large).expect("a large request from elsewhere is served").code, 0);
    let notice = flood[100].reply().expect("a notice before the end");
    assert_eq!((notice.id, notice.code), (0, UNAVAILABLE), "{notice:?}");
    assert!(notice.text.contains("limits.message_memory") && notice.text.contains("33554432"), "{notice:?}");
    assert!(flood[100].is_closed());
    // Of those that are equally large the one that came first stays.
    assert_eq!(flood[0].ask(&large[large.len() - 1..]).expect("the first one is within the bound").code, 0);
    others.noticed_nothing(&daemon);
}

#[test]
fn answers_that_nobody_reads_share_the_same_bound() {
    let environment =
        [("BINDERY_LIMITS__MESSAGE", "65536"), ("BINDERY_LIMITS__MESSAGE_MEMORY", "1048576"), ("BINDERY_LIMITS__OUTPUT_TIME", "60s")];
    let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let arguments = vec!["--people".to_owned(), "2000".to_owned()];
    let daemon = Daemon::launch(Launch { arguments, environment, ..Launch::default() });
    let others = Bystander::beside(&daemon);
    let facts = daemon.facts();
    let everything = message(2, &search(&facts.base, 2, &present("objectClass"), &["*", "+"])).repeat(20);
    let unread: Vec<TcpStream> = (0..40)
        .map(|_| {
            let mut socket = TcpStream::connect(daemon.address()).unwrap();
            socket.write_all(&bind(1, &facts.service.dn, &facts.service.password)).unwrap();
            socket.write_all(&everything).unwrap();
            socket
        })
        .collect();
    let end = Instant::now() + Duration::from_secs(60);
    while daemon.metric(EVICTED) == 0 {
        assert!(Instant::now() < end, "no connection with unread answers is ended");
    }
    drop(unread);
    others.noticed_nothing(&daemon);
}
