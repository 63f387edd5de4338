//! What runs out: hash threads and file descriptors. Those who cannot be served are told so, or wait; those who are
//! being served go on, and all is well again afterwards.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use crate::harness::bystander::Bystander;
use crate::harness::request::{and, assertion, equality, message, not, or, search, substring, who_am_i};
use crate::harness::wire::bind;
use crate::harness::{Daemon, Launch, Wire};

const BUSY: u8 = 51;

#[test]
fn a_flood_of_binds_is_told_busy_and_never_no() {
    let daemon = Daemon::with(&[("BINDERY_PASSWORDS__HASH_THREADS", "1"), ("BINDERY_PASSWORDS__HASH_QUEUE", "12")]);
    let others = Bystander::beside(&daemon);
    let louise = daemon.person("louisem");
    let mut flood: Vec<Wire> = (0..60).map(|_| Wire::connect(daemon.address())).collect();
    for wire in &mut flood {
        wire.send(&bind(1, &louise.dn, &louise.password));
    }
    // From elsewhere there is room, and a turn.
    let elsewhere = Wire::connect_from(daemon.address(), [127, 0, 0, 2]).ask(&bind(1, &louise.dn, &louise.password)).unwrap();
    assert_eq!(elsewhere.code, 0, "{elsewhere:?}");
    let codes: Vec<u8> = flood.iter_mut().map(|wire| wire.reply().unwrap().code).collect();
    assert!(codes.iter().all(|code| [0, BUSY].contains(code)), "{codes:?}");
    assert!(codes.contains(&0) && codes.contains(&BUSY), "{codes:?}");
    assert!(daemon.metric("bindery_hashes_refused_total") >= 1);
    others.noticed_nothing(&daemon);
}

#[test]
fn passwords_that_nobody_waits_for_any_more_are_not_hashed() {
    let daemon = Daemon::with(&[("BINDERY_PASSWORDS__HASH_THREADS", "1")]);
    let louise = daemon.person("louisem");
    let before = daemon.metric("bindery_hashes_total");
    let impatient: Vec<Wire> = (0..60)
        .map(|_| {
            let mut wire = Wire::connect(daemon.address());
            wire.send(&bind(1, &louise.dn, &louise.password));
            wire
        })
        .collect();
    drop(impatient);
    // It waits in the same line, behind all of them.
    let patient = Wire::connect(daemon.address()).ask(&bind(1, &louise.dn, &louise.password)).unwrap();
    assert_eq!(patient.code, 0, "{patient:?}");
    let hashed = daemon.metric("bindery_hashes_total") - before;
    assert!(hashed < 50, "{hashed} of 61");
}

#[test]
fn who_closes_one_direction_is_answered_where_nobody_else_waits() {
    let daemon = Daemon::start();
    let louise = daemon.person("louisem");
    let mut stream = TcpStream::connect(daemon.address()).unwrap();
    stream.write_all(&bind(1, &louise.dn, &louise.password)).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    assert_eq!(answer, [0x30, 12, 2, 1, 1, 0x61, 7, 10, 1, 0, 4, 0, 4, 0], "success");
}

#[test]
fn a_filter_that_costs_too_much_is_refused_and_holds_nobody_up() {
    let arguments = vec!["--people".to_owned(), "2000".to_owned()];
    let environment = vec![("BINDERY_LIMITS__SEARCH_TIME".to_owned(), "2s".to_owned())];
    let daemon = Daemon::launch(Launch { arguments, environment, ..Launch::default() });
    let others = Bystander::beside(&daemon);
    let service = &daemon.facts().service;
    let mut wire = Wire::connect(daemon.address()).bound(&service.dn, &service.password);
    for (what, term) in [
        ("members, one after the other", assertion(0xa5, "memberUid", "a")),
        ("parts of members' logins", substring("memberUid", 0x81, "user")),
        ("parts of names", substring("cn", 0x81, "no such part")),
        ("groups", equality("memberOf", "app0")),
    ] {
        for filter in [and(&vec![term.clone(); 900]), or(&vec![not(&term); 490])] {
            let reply = wire.ask(&message(2, &search(&daemon.facts().base, 2, &filter, &["1.1"]))).unwrap();
            assert!([0, 3, 11].contains(&reply.code), "{what}: {} {}", reply.code, reply.text);
        }
    }
    others.noticed_nothing(&daemon);
}

#[test]
fn without_file_descriptors_new_clients_wait_and_the_others_go_on() {
    let scarce = "ulimit -n 60 && exec \"$@\"";
    let within = ["sh", "-c", scarce, "sh"].map(str::to_owned).to_vec();
    let daemon = Daemon::launch(Launch { within, ..Launch::default() });
    let others = Bystander::beside(&daemon);
    let waiting: Vec<TcpStream> = (0..80).map(|_| TcpStream::connect(daemon.address()).unwrap()).collect();
    let end = Instant::now() + Duration::from_secs(20);
    while !daemon.log().contains("no connection can be taken in") {
        assert!(Instant::now() < end, "there is room for all: {}", daemon.log());
        std::thread::sleep(Duration::from_millis(20));
    }
    // Writes need no descriptor.
    let mut held = Wire::connect(daemon.address());
    drop(waiting);
    assert_eq!(held.ask(&message(1, &who_am_i())).unwrap().code, 0, "who waited gets their turn");
    daemon.as_administrator("ldappasswd").arg(&daemon.person("louisem").dn).succeeds();
    others.noticed_nothing(&daemon);
}
