//! The daemon's bounds: who sends too much, too slowly or no sense at all is told so and let go, and nobody else
//! notices.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use crate::harness::bystander::{Bystander, memory};
use crate::harness::request::{
    and, compare, delete, equality, message, modify, not, present, search, set_password, start_tls, substring, who_am_i, with_control,
};
use crate::harness::wire::{bind, bytes, tlv};
use crate::harness::{Daemon, Program, Wire};

const PROTOCOL_ERROR: u8 = 2;
const ADMIN_LIMIT: u8 = 11;
const INVALID_DN: u8 = 34;
const UNAVAILABLE: u8 = 52;

/// Where it listens for `ldaps://`.
fn tls_address(daemon: &Daemon) -> SocketAddr {
    daemon.facts().ldaps.replace("ldaps://localhost", "127.0.0.1").parse().unwrap()
}

/// All that the daemon sends until it closes.
fn until_closed(mut socket: &TcpStream) -> Vec<u8> {
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut all = Vec::new();
    match socket.read_to_end(&mut all) {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
        Err(error) => panic!("the daemon does not close: {error}"),
    }
    all
}

/// What no LDAP message begins with, or what none goes on with.
fn nonsense() -> Vec<(&'static str, Vec<u8>)> {
    let hello = [bytes("16030102000100 01fc0303"), vec![7; 502]].concat();
    let search_of_2_31 = bytes("30 81c8 020101 63 8480000000 0400 0a0100");
    vec![
        ("a length of 2^31", bytes("30 8480000000 020101")),
        ("a length of 2^31-1", bytes("30 847fffffff 020101")),
        ("a length of 2^64-1", bytes("30 88ffffffffffffffff 020101")),
        ("a length of 127 octets", [bytes("30 ff"), vec![0xff; 127]].concat()),
        ("an indefinite length", bytes("3080 020101 4200 0000")),
        ("an operation of 2^31 octets", [search_of_2_31.clone(), vec![0; 203 - search_of_2_31.len()]].concat()),
        ("a TLS hello", hello),
        ("HTTP", b"GET / HTTP/1.1\r\nHost: ldap.example.org\r\n\r\n".to_vec()),
        ("SSH", b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()),
        ("zeros", vec![0; 5000]),
        ("ones", vec![0xff; 5000]),
        ("a message number of 2^31", bytes("30 0b 0206008000000000 4203000000")),
    ]
}

#[test]
fn what_is_no_ldap_is_told_so_and_let_go() {
    let daemon = Daemon::start();
    let others = Bystander::beside(&daemon);
    for (what, octets) in nonsense() {
        let mut wire = Wire::connect(daemon.address());
        let notice = wire.ask(&octets).unwrap_or_else(|| panic!("{what}: closed without a word"));
        assert_eq!((notice.id, notice.code), (0, PROTOCOL_ERROR), "{what}: {notice:?}");
        assert!(wire.is_closed(), "{what}");
    }
    others.noticed_nothing(&daemon);
}

#[test]
fn what_is_no_tls_is_let_go_at_the_tls_port() {
    let daemon = Daemon::start();
    let others = Bystander::beside(&daemon);
    let service = &daemon.facts().service;
    let plain = ("LDAP in clear", bind(1, &service.dn, &service.password));
    for (what, octets) in nonsense().into_iter().chain([plain]).filter(|(what, _)| *what != "a TLS hello") {
        let socket = TcpStream::connect(tls_address(&daemon)).unwrap();
        let _ = (&socket).write_all(&octets);
        let _ = socket.shutdown(Shutdown::Write);
        let answer = until_closed(&socket);
        assert!(answer.first().is_none_or(|first| *first == TLS_ALERT), "{what}: {answer:02x?}");
    }
    others.noticed_nothing(&daemon);
}

/// RFC 8446 §5.1.
const TLS_ALERT: u8 = 21;

#[test]
fn damaged_requests_end_in_answers_or_in_a_close() {
    let daemon = Daemon::start();
    let others = Bystander::beside(&daemon);
    let facts = daemon.facts();
    let deep = and(&[equality("uid", "louisem"), not(&substring("cn", 0x81, "x")), present("mail")]);
    let requests = [
        message(2, &search(&facts.base, 2, &deep, &["*", "+"])),
        message(2, &modify(&facts.people[0].dn, &[(2, "description", &["x"])])),
        message(2, &compare(&facts.people[0].dn, "cn", "x")),
        message(2, &set_password("u:nobody", "", "x")),
        with_control(2, &search(&facts.base, 0, &present("cn"), &[]), ("1.2.840.113556.1.4.319", &bytes("3005 020105 0400"))),
    ];
    let mut dice = Dice(0x5eed);
    for round in 0..300 {
        let mut octets = requests[round % requests.len()].clone();
        for _ in 0..=dice.below(3) {
            let at = dice.below(octets.len());
            octets[at] = dice.below(256) as u8;
        }
        octets.truncate(octets.len() - dice.below(2) * dice.below(octets.len()));
        let socket = TcpStream::connect(daemon.address()).unwrap();
        (&socket).write_all(&bind(1, &facts.service.dn, &facts.service.password)).unwrap();
        let _ = (&socket).write_all(&octets);
        let _ = socket.shutdown(Shutdown::Write);
        assert_eq!(until_closed(&socket).first(), Some(&0x30), "{round}: {octets:02x?}");
    }
    others.noticed_nothing(&daemon);
}

/// The same throws each time.
struct Dice(u64);

impl Dice {
    /// A number below `bound`; xorshift.
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}

/// `count` negations around `(cn=*)`.
fn nested(count: usize) -> Vec<u8> {
    let core = present("cn");
    let headers = (0..count).rev().flat_map(|inner| {
        let length = u32::try_from(core.len() + inner * 6).unwrap().to_be_bytes();
        [0xa2, 0x84, length[0], length[1], length[2], length[3]]
    });
    headers.chain(core.iter().copied()).collect()
}

#[test]
fn a_request_beyond_a_bound_is_refused_and_the_connection_goes_on() {
    let daemon = Daemon::start();
    let others = Bystander::beside(&daemon);
    let before = memory(&daemon);
    let facts = daemon.facts();
    let base = facts.base.as_str();
    let named = |count: usize| search(base, 0, &present("cn"), &vec!["cn"; count]);
    let terms = |count: usize| search(base, 2, &and(&vec![equality("uid", "nobody"); count]), &["cn"]);
    let long_dn = format!("uid={},{base}", "x".repeat(4096));
    let many_rdns = "ou=x,".repeat(40) + base;
    let long = "x".repeat(900 << 10);
    for (what, operation, code) in [
        ("100,000 filters in one another", search(base, 2, &nested(100_000), &[]), ADMIN_LIMIT),
        ("70 filters in one another", search(base, 2, &nested(70), &[]), ADMIN_LIMIT),
        ("20 filters in one another", search(base, 2, &nested(20), &[]), 0),
        ("1,001 terms", terms(1000), ADMIN_LIMIT),
        ("1,000 terms", terms(999), 0),
        ("30,000 attributes", named(30_000), ADMIN_LIMIT),
        ("5,000 attributes", named(5_000), 0),
        ("a long DN", search(&long_dn, 0, &present("cn"), &[]), INVALID_DN),
        ("a deep DN", search(&many_rdns, 0, &present("cn"), &[]), INVALID_DN),
        ("a very long DN to delete", delete(&long), INVALID_DN),
        ("a long value in a filter", search(base, 2, &equality("uid", &long), &[]), 0),
        ("a long name in a filter", search(base, 2, &equality(&long, "x"), &[]), 0),
        ("a long member in a filter", search(base, 2, &equality("member", &format!("uid={long}")), &[]), 0),
        ("a long substring in a filter", search(base, 2, &substring("cn", 0x81, &long), &[]), 0),
    ] {
        let mut wire = Wire::connect(daemon.address()).bound(&facts.service.dn, &facts.service.password);
        let reply = wire.ask(&message(2, &operation)).unwrap_or_else(|| panic!("{what}: closed without a word"));
        assert_eq!((reply.id, reply.code), (2, code), "{what}: {}", reply.text);
        assert_eq!(wire.ask(&message(3, &who_am_i())).unwrap().code, 0, "{what}");
    }
    let grown = memory(&daemon).saturating_sub(before);
    assert!(grown < 100 << 10, "{grown} KiB more");
    others.noticed_nothing(&daemon);
}

#[test]
fn values_beyond_a_bound_are_refused_as_such() {
    let daemon = Daemon::start();
    let others = Bystander::beside(&daemon);
    let administrator = &daemon.facts().administrator;
    let louise = daemon.person("louisem").dn.clone();
    let mut wire = Wire::connect(daemon.address()).bound(&administrator.dn, &administrator.password);
    let long = "x".repeat(100 << 10);
    let many: Vec<String> = (0..5000).map(|number| format!("louise{number}@example.org")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    for (what, operation) in [
        ("a long description", modify(&louise, &[(2, "description", &[&long])])),
        ("a long photograph", modify(&louise, &[(2, "jpegPhoto", &[&long])])),
        ("5,000 mail addresses", modify(&louise, &[(2, "mail", &many)])),
        ("a long password", modify(&louise, &[(2, "userPassword", &[&long])])),
        ("a long password by password modify", set_password(&louise, "", &long)),
        ("a long new attribute type", modify(&louise, &[(2, &long, &["x"])])),
    ] {
        let reply = wire.ask(&message(2, &operation)).unwrap_or_else(|| panic!("{what}: closed without a word"));
        assert!([ADMIN_LIMIT, 17, 19, 21, 53].contains(&reply.code), "{what}: {} {}", reply.code, reply.text);
        assert!(reply.text.len() < 1000, "{what}: an answer of {} bytes", reply.text.len());
    }
    assert_eq!(wire.ask(&message(2, &compare(&louise, "cn", &long))).unwrap().code, 5);
    daemon.client("ldapwhoami", &louise, &daemon.person("louisem").password).succeeds();
    others.noticed_nothing(&daemon);
}

#[test]
fn a_message_has_its_time_and_a_handshake_too() {
    let daemon = Daemon::with(&[("BINDERY_LIMITS__MESSAGE_TIME", "1s"), ("BINDERY_LIMITS__HANDSHAKE_TIME", "1s")]);
    let others = Bystander::beside(&daemon);
    let service = &daemon.facts().service;

    let mut dripping = TcpStream::connect(daemon.address()).unwrap();
    let request = tlv(0x30, &[vec![2, 1, 1], bind(1, &service.dn, &service.password), vec![0; 400]].concat());
    assert!(drip(&mut dripping, &request) < request.len(), "a message took as long as it liked");
    let told = until_closed(&dripping);
    assert_eq!((told[0], told[4]), (0x30, 0), "a notice: {told:02x?}");

    let silent = TcpStream::connect(tls_address(&daemon)).unwrap();
    assert!(until_closed(&silent).is_empty());
    let mut dripping = TcpStream::connect(tls_address(&daemon)).unwrap();
    let hello = [bytes("1603010200010001fc0303"), vec![7; 502]].concat();
    assert!(drip(&mut dripping, &hello) < hello.len(), "a handshake took as long as it liked");

    let mut halfway = Wire::connect(daemon.address());
    assert_eq!(halfway.ask(&message(1, &start_tls())).unwrap().code, 0);
    assert!(halfway.is_closed());
    others.noticed_nothing(&daemon);
}

/// Sends a byte now and then until the daemon has had enough; gives how many there were.
fn drip(socket: &mut TcpStream, octets: &[u8]) -> usize {
    socket.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    for (sent, octet) in octets.iter().enumerate() {
        if socket.write_all(&[*octet]).is_err() {
            return sent;
        }
        // Waits, too.
        match socket.peek(&mut [0]) {
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Ok(_) | Err(_) => return sent,
        }
    }
    octets.len()
}

#[test]
fn a_client_that_does_not_read_is_paused_and_then_dropped() {
    let daemon = Daemon::with(&[("BINDERY_LIMITS__OUTPUT_TIME", "1s")]);
    let others = Bystander::beside(&daemon);
    let facts = daemon.facts();
    let everything = message(2, &search(&facts.base, 2, &present("objectClass"), &["*", "+"]));
    let batch = everything.repeat(100);
    let before = memory(&daemon);
    let mut clients: Vec<TcpStream> = (0..6)
        .map(|_| {
            let mut socket = TcpStream::connect(daemon.address()).unwrap();
            socket.set_write_timeout(Some(Duration::from_millis(50))).unwrap();
            socket.write_all(&bind(1, &facts.service.dn, &facts.service.password)).unwrap();
            socket
        })
        .collect();
    let end = Instant::now() + Duration::from_secs(60);
    let (mut sent, mut most) = (0, before);
    while !clients.is_empty() {
        assert!(Instant::now() < end, "{} clients that do not read are still there after {sent} requests", clients.len());
        clients.retain_mut(|socket| match socket.write(&batch) {
            Ok(count) => {
                sent += count / everything.len();
                true
            }
            Err(error) => matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
        });
        most = most.max(memory(&daemon));
    }
    println!("{sent} searches that nobody reads: {before} KiB, {most} KiB at most");
    assert!(most - before < 40 << 10, "{before} KiB at first, then {most} KiB");
    assert!(daemon.metric("bindery_connections_refused_total{reason=\"slow\"}") >= 6);
    others.noticed_nothing(&daemon);
}

#[test]
fn connections_are_bounded_in_all_and_for_each_source() {
    let daemon = Daemon::with(&[("BINDERY_LIMITS__CONNECTIONS", "12"), ("BINDERY_LIMITS__CONNECTIONS_PER_SOURCE", "8")]);
    let others = Bystander::beside(&daemon);
    let alive = |wire: &mut Wire| wire.ask(&message(1, &who_am_i())).is_some_and(|reply| reply.code == 0);
    let from = |last: u8| Wire::connect_from(daemon.address(), [127, 0, 0, last]);
    let refused = |mut wire: Wire| {
        let notice = wire.reply().expect("a notice before the end");
        assert_eq!((notice.id, notice.code), (0, UNAVAILABLE));
        assert!(wire.is_closed());
    };

    // The bystander is the eighth from its address, and the first of twelve.
    let mut held: Vec<Wire> = (0..7).map(|_| from(1)).collect();
    assert!(held.iter_mut().all(alive));
    refused(from(1));
    held.extend((0..4).map(|_| from(2)));
    assert!(held.iter_mut().all(alive));
    refused(from(2));
    refused(from(3));
    assert!(until_closed(&TcpStream::connect(tls_address(&daemon)).unwrap()).is_empty());
    assert!(held.iter_mut().all(alive), "who was there before notices nothing");
    assert!(daemon.metric("bindery_connections_refused_total{reason=\"too_many_from_source\"}") >= 1);
    assert!(daemon.metric("bindery_connections_refused_total{reason=\"too_many\"}") >= 3);

    drop(held);
    let end = Instant::now() + Duration::from_secs(20);
    while !alive(&mut from(3)) {
        assert!(Instant::now() < end, "a place that was left stays taken");
    }
    others.noticed_nothing(&daemon);
}

#[test]
fn a_flood_of_connections_that_say_nothing_takes_little_memory() {
    let daemon = Daemon::start();
    let others = Bystander::beside(&daemon);
    let before = memory(&daemon);
    let held: Vec<TcpStream> = (0..500).map(|_| TcpStream::connect(daemon.address()).unwrap()).collect();
    let end = Instant::now() + Duration::from_secs(20);
    while daemon.metric("bindery_connections{transport=\"ldap\"}") < 500 {
        assert!(Instant::now() < end, "not all are taken in");
    }
    let each = (memory(&daemon).saturating_sub(before)) / 500;
    println!("{each} KiB a connection");
    assert!(each < 16, "{each} KiB a connection");
    drop(held);
    others.noticed_nothing(&daemon);
}

#[test]
fn the_command_line_clients_see_the_limits_as_codes() {
    let daemon = Daemon::with(&[("BINDERY_LIMITS__SEARCH_ENTRIES", "3")]);
    let base = daemon.facts().base.clone();
    let search =
        |options: &[&str]| -> Program { daemon.as_service("ldapsearch").args(options).args(["-LLL", "-b", &base, "(uid=*)", "1.1"]) };
    assert_eq!(search(&[]).exits(4).values("dn").len(), 3);
    assert_eq!(search(&["-z", "2"]).exits(4).values("dn").len(), 2);
    assert!(search(&["-E", "pr=2/noprompt"]).succeeds().values("dn").len() > 3);
}
