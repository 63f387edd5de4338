//! What is under way when somebody loses interest: the client by Abandon or Unbind, or the daemon when it is stopped.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::harness::request::{message, present, search, who_am_i};
use crate::harness::wire::{bind, tlv};
use crate::harness::{Daemon, Launch, Wire};

const PEOPLE: usize = 2000;

fn crowded(environment: &[(&str, &str)]) -> Daemon {
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let arguments = vec!["--people".to_owned(), PEOPLE.to_string()];
    Daemon::launch(Launch { environment, arguments, ..Launch::default() })
}

fn everybody(daemon: &Daemon) -> Vec<u8> {
    search(&format!("ou=people,{}", daemon.facts().base), 1, &present("uid"), &["*", "+"])
}

fn connected(daemon: &Daemon) -> Wire {
    let service = &daemon.facts().service;
    Wire::connect(daemon.address()).bound(&service.dn, &service.password)
}

#[test]
fn a_search_that_is_given_up_ends_early() {
    let daemon = crowded(&[]);
    let all = connected(&daemon).ask(&message(2, &everybody(&daemon))).unwrap();
    assert!((all.code, all.entries.len() > PEOPLE) == (0, true), "{} {}", all.code, all.entries.len());

    // RFC 4511 §4.11: no answer to what is abandoned; the next request is answered as ever.
    let abandon = message(3, &tlv(0x50, &[2]));
    let mut wire = connected(&daemon);
    let next = wire.ask(&[message(2, &everybody(&daemon)), abandon, message(4, &who_am_i())].concat()).unwrap();
    assert_eq!((next.id, next.code), (4, 0), "the search was answered though it was given up");
    assert!(next.entries.len() < PEOPLE, "{} entries of an abandoned search", next.entries.len());
    let other = message(3, &tlv(0x50, &[9]));
    let done = wire.ask(&[message(2, &everybody(&daemon)), other].concat()).unwrap();
    assert_eq!((done.id, done.code, done.entries.len()), (2, 0, all.entries.len()), "an Abandon of something else");

    // RFC 4511 §4.3: Unbind ends everything.
    let before = daemon.metric("bindery_search_entries_total");
    let mut wire = connected(&daemon);
    wire.send(&[message(2, &everybody(&daemon)), message(3, &[0x42, 0])].concat());
    while let Some(message) = wire.message() {
        assert!(message.windows(2).take(12).any(|tag| tag[0] == 0x64 || tag[1] == 0x64), "a result after Unbind: {message:02x?}");
    }
    let given = daemon.metric("bindery_search_entries_total") - before;
    assert!(given < PEOPLE as u64, "{given} entries for one who has gone");
}

#[test]
fn a_stop_lets_searches_and_binds_finish() {
    let mut daemon = crowded(&[("BINDERY_PASSWORDS__HASH_THREADS", "1"), ("BINDERY_LIMITS__DRAIN_TIME", "30s")]);
    let mut idle = connected(&daemon);
    let mut searching = connected(&daemon);
    searching.send(&message(2, &everybody(&daemon)));
    let louise = daemon.person("louisem");
    let before = daemon.metric("bindery_operations_total{operation=\"bind\"}");
    let mut binding: Vec<Wire> = (0..10).map(|_| Wire::connect(daemon.address())).collect();
    for wire in &mut binding {
        wire.send(&bind(2, &louise.dn, &louise.password));
    }
    let end = Instant::now() + Duration::from_secs(20);
    while daemon.metric("bindery_operations_total{operation=\"bind\"}") < before + 10 {
        assert!(Instant::now() < end, "the binds are not taken in");
    }
    daemon.signal(Signal::TERM);

    let notice = idle.reply().unwrap();
    assert_eq!((notice.id, notice.code), (0, 52));
    for wire in &mut binding {
        let answer = wire.reply().unwrap();
        assert_eq!((answer.id, answer.code), (2, 0), "a bind that was under way");
        assert_eq!(wire.reply().unwrap().code, 52);
        assert!(wire.is_closed());
    }
    let found = searching.reply().unwrap();
    assert_eq!((found.id, found.code), (2, 0));
    assert!(found.entries.len() > PEOPLE);
    assert_eq!(daemon.exit_code(Duration::from_secs(20)), Some(0));
}

#[test]
fn a_stop_does_not_wait_for_who_does_not_read() {
    let mut daemon = crowded(&[("BINDERY_LIMITS__DRAIN_TIME", "500ms"), ("BINDERY_LIMITS__OUTPUT_TIME", "300s")]);
    let service = &daemon.facts().service;
    let mut socket = TcpStream::connect(daemon.address()).unwrap();
    socket.write_all(&bind(1, &service.dn, &service.password)).unwrap();
    socket.write_all(&message(2, &everybody(&daemon)).repeat(40)).unwrap();
    socket.read_exact(&mut [0; 100]).unwrap();
    daemon.signal(Signal::TERM);
    assert_eq!(daemon.exit_code(Duration::from_secs(20)), Some(0), "it waits for a client that does not read");
    daemon.crash_and_restart();
    daemon.as_service("ldapwhoami").succeeds();
}
