//! The protocol itself, down to octets that no well-behaved client sends.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore};

use crate::harness::wire::{Wire, bind, bytes, element, tlv};
use crate::harness::{Daemon, Program};

const VECTORS: &str = include_str!("ber_vectors.tsv");
const SEARCH_ROOT_DSE: &str = "3025020109632004000a01000a0100020100020100010100870b6f626a656374436c6173733000";
const START_TLS: &str = "301d02010177188016312e332e362e312e342e312e313436362e3230303337";
const WHO_AM_I: &str = "301e02017e77198017312e332e362e312e342e312e343230332e312e31312e33";

/// Message number, tag of the operation, result code (where it has one) of the next message.
fn answer(wire: &mut Wire) -> Option<(u8, u8, u8)> {
    let message = wire.message()?;
    let (_, content) = element(&message);
    let (_, id) = element(content);
    let (tag, operation) = element(&content[2 + id.len()..]);
    Some((id[0], tag, element(operation).1.first().copied().unwrap_or_default()))
}

fn is_alive(wire: &mut Wire) -> bool {
    answer(wire.send_hex(WHO_AM_I)) == Some((0x7e, 0x78, 0))
}

#[test]
fn every_damaged_message_ends_in_an_answer_or_a_notice() {
    let daemon = Daemon::start();
    for line in VECTORS.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [what, hex, expected] = columns[..] else { panic!("{line}") };
        let mut wire = Wire::connect(daemon.address());
        wire.send_hex(hex);
        let words: Vec<&str> = expected.split_whitespace().collect();
        match words[..] {
            ["notice", ..] => {
                assert_eq!(answer(&mut wire), Some((0, 0x78, 2)), "{what}");
                assert!(wire.is_closed(), "{what}");
            }
            ["answer", operation, why] => {
                let (id, tag, code) = answer(&mut wire).unwrap();
                let expected = match why {
                    "password" => 49,
                    "bound" => 11,
                    _ => 2,
                };
                let expected_tag = match operation {
                    "bind" => 0x61,
                    "search" => 0x65,
                    _ => 0x78,
                };
                assert_eq!((id, tag, code), (1, expected_tag, expected), "{what}");
                assert!(is_alive(&mut wire), "{what}");
            }
            ["request", "bind", "critical", _] => assert_eq!(answer(&mut wire), Some((1, 0x61, 12)), "{what}"),
            ["request", "search", "critical", _] => assert_eq!(answer(&mut wire).unwrap().1, 0x65, "{what}"),
            ["request", "abandon"] => assert!(is_alive(&mut wire), "{what}"),
            ["request", ..] => assert_eq!(answer(&mut wire).unwrap().0, bytes(hex)[hex_id_at(hex)], "{what}"),
            _ => panic!("{line}"),
        }
    }
}

/// Where the message number of a message stands.
fn hex_id_at(hex: &str) -> usize {
    let message = bytes(hex);
    let digits = if message[1] > 0x7f { usize::from(message[1] & 0x7f) } else { 0 };
    2 + digits + 2
}

#[test]
fn messages_are_bounded_before_a_bind_and_after() {
    let daemon = Daemon::start();
    let long = |size: usize| tlv(0x30, &[vec![2, 1, 1], tlv(0x4a, &vec![b'x'; size])].concat());
    let mut wire = Wire::connect(daemon.address());
    assert_eq!(answer(wire.send(&long(60 << 10))).map(|(id, tag, _)| (id, tag)), Some((1, 0x6b)));
    assert_eq!(answer(wire.send(&long(64 << 10))), Some((0, 0x78, 2)));
    assert!(wire.is_closed());

    let service = &daemon.facts().service;
    let mut wire = Wire::connect(daemon.address());
    assert_eq!(wire.send(&bind(1, &service.dn, &service.password)).code(), Some(0));
    assert_eq!(answer(wire.send(&long(1000 << 10))).map(|(id, tag, _)| (id, tag)), Some((1, 0x6b)));
    assert_eq!(answer(wire.send(&long(1 << 20))), Some((0, 0x78, 2)));
    assert!(wire.is_closed());
}

#[test]
fn requests_sent_ahead_are_answered_in_their_order() {
    let daemon = Daemon::start();
    let mut wire = Wire::connect(daemon.address());
    let service = &daemon.facts().service;
    let mut ahead = bind(1, &service.dn, &service.password);
    for id in 2..=100 {
        ahead.extend(tlv(0x30, &[vec![2, 1, id], bytes(&WHO_AM_I[10..])].concat()));
    }
    wire.send(&ahead);
    for id in 1..=100 {
        let (answered, _, code) = answer(&mut wire).unwrap();
        assert_eq!((answered, code), (id, 0));
    }
}

#[test]
fn nothing_behind_a_start_tls_is_executed() {
    let daemon = Daemon::start();
    let mut wire = Wire::connect(daemon.address());
    wire.send_hex(&[START_TLS, WHO_AM_I].concat());
    assert_eq!(answer(&mut wire), Some((1, 0x78, 1)));
    assert!(wire.is_closed());
}

#[test]
fn a_bind_that_fails_leaves_the_session_anonymous() {
    let daemon = Daemon::start();
    let service = &daemon.facts().service;
    let mut wire = Wire::connect(daemon.address());
    let name = |wire: &mut Wire| {
        let message = wire.send_hex(WHO_AM_I).message().unwrap();
        String::from_utf8_lossy(&message).contains("dn:")
    };
    assert_eq!(wire.send(&bind(1, &service.dn, &service.password)).code(), Some(0));
    assert!(name(&mut wire));
    for (dn, password, code) in [
        (service.dn.as_str(), "wrong", 49),
        (&service.dn, "", 53),
        ("uid=nobody,ou=people,dc=example,dc=org", "x", 49),
        ("not a name", "x", 34),
        ("", "x", 49),
    ] {
        assert_eq!(wire.send(&bind(2, &service.dn, &service.password)).code(), Some(0));
        assert_eq!(wire.send(&bind(3, dn, password)).code(), Some(code), "{dn:?} {password:?}");
        assert!(!name(&mut wire), "{dn:?} {password:?}");
    }
    assert_eq!(wire.send(&bind(4, "", "")).code(), Some(0));
    let version_2 = tlv(0x30, &[vec![2, 1, 5], tlv(0x60, &[&[2, 1, 2][..], &[4, 0, 0x80, 0]].concat())].concat());
    assert_eq!(wire.send(&version_2).code(), Some(2));
}

#[test]
fn a_message_that_does_not_end_is_given_up() {
    let daemon = Daemon::with(&[("BINDERY_LIMITS__MESSAGE_TIME", "1s")]);
    let mut silent = Wire::connect(daemon.address());
    assert_eq!(answer(&mut silent), Some((0, 0x78, 2)));
    assert!(silent.is_closed());
    let mut slow = Wire::connect(daemon.address());
    assert!(is_alive(&mut slow));
    assert_eq!(answer(slow.send_hex("3012020101")), Some((0, 0x78, 2)));
    assert!(slow.is_closed());
}

#[test]
fn a_source_has_a_bounded_number_of_connections() {
    let daemon = Daemon::with(&[("BINDERY_LIMITS__CONNECTIONS_PER_SOURCE", "3")]);
    let mut held: Vec<Wire> = (0..3).map(|_| Wire::connect(daemon.address())).collect();
    assert!(held.iter_mut().all(is_alive));
    let mut refused = Wire::connect(daemon.address());
    assert_eq!(answer(&mut refused), Some((0, 0x78, 52)));
    drop(held);
    std::thread::sleep(Duration::from_millis(500));
    assert!(is_alive(&mut Wire::connect(daemon.address())));
}

#[test]
fn a_stop_tells_idle_clients() {
    let mut daemon = Daemon::start();
    let mut idle = Wire::connect(daemon.address());
    assert!(is_alive(&mut idle));
    daemon.signal(rustix::process::Signal::TERM);
    assert_eq!(answer(&mut idle), Some((0, 0x78, 52)));
    assert!(idle.is_closed());
    assert_eq!(daemon.exit_code(Duration::from_secs(20)), Some(0));
}

#[test]
fn the_root_dse_is_open_and_the_rest_is_not() {
    let daemon = Daemon::start();
    let anonymous = |base: &str, scope: &str| {
        Program::new("ldapsearch").args(["-x", "-LLL", "-o", "ldif-wrap=no", "-H", &daemon.facts().ldap, "-b", base, "-s", scope, "*", "+"])
    };
    let root = anonymous("", "base").succeeds();
    assert_eq!(root.values("namingContexts"), [daemon.facts().base.as_str()]);
    assert!(root.values("supportedExtension").contains(&"1.3.6.1.4.1.1466.20037"));
    assert!(root.values("supportedSASLMechanisms").is_empty());
    let subschema = anonymous("cn=subschema", "base").succeeds();
    assert!(subschema.values("attributeTypes").iter().any(|line| line.contains("'memberOf'")));
    anonymous(&daemon.facts().base, "sub").exits(8);
    let local = Program::new("ldapsearch")
        .args(["-Q", "-Y", "EXTERNAL", "-LLL", "-H", &daemon.facts().ldapi, "-b", "", "-s", "base", "+"])
        .succeeds();
    assert_eq!(local.values("supportedSASLMechanisms"), ["EXTERNAL"]);
    assert!(!local.values("supportedExtension").contains(&"1.3.6.1.4.1.1466.20037"));
}

#[test]
fn pages_give_what_one_search_gives() {
    let daemon = Daemon::start();
    let search = |options: &[&str]| {
        let base = daemon.facts().base.clone();
        let output = daemon.as_service("ldapsearch").args(options).args(["-LLL", "-b", &base, "(objectClass=*)", "1.1"]).succeeds();
        let mut names: Vec<String> = output.values("dn").into_iter().map(str::to_owned).collect();
        names.sort();
        names
    };
    let all = search(&[]);
    assert!(all.len() > 10, "{all:?}");
    for size in [1, 2, 126, 1000] {
        assert_eq!(search(&["-E", &format!("!pr={size}/noprompt")]), all, "{size} a page");
    }
}

#[test]
fn critical_controls_that_are_not_known_keep_an_operation_from_being_done() {
    let daemon = Daemon::start();
    let base = &daemon.facts().base;
    daemon.as_service("ldapsearch").args(["-e", "!1.2.3", "-b", base]).exits(12);
    daemon.as_service("ldapsearch").args(["-e", "1.2.3", "-b", base, "-s", "base"]).succeeds();
    daemon.as_service("ldapsearch").args(["-E", "!sss=cn", "-b", base]).exits(12);
    daemon.as_service("ldapsearch").args(["-MM", "-b", base, "-s", "base"]).succeeds();
    daemon.as_service("ldapwhoami").args(["-e", "ppolicy"]).succeeds();
}

#[test]
fn tls_works_both_ways_and_is_not_begun_twice() {
    let daemon = Daemon::start();
    let facts = daemon.facts();
    let ca = facts.ca.to_str().unwrap();
    for (url, options) in [(&facts.ldap, &["-ZZ"][..]), (&facts.ldaps, &[])] {
        let url = url.replace("localhost", "127.0.0.1");
        let said = Program::new("ldapwhoami")
            .env("LDAPTLS_CACERT", ca)
            .args(["-x", "-H", &url, "-D", &facts.service.dn, "-w", &facts.service.password])
            .args(options)
            .succeeds();
        assert_eq!(said.stdout.trim(), format!("dn:{}", facts.service.dn));
    }
    let mut tls = Tls::connect(&daemon);
    let said = tls.ask(&bytes(START_TLS));
    assert_eq!((element(&said[0]).0, said.len()), (0x30, 1));
    assert!(said[0].windows(3).any(|window| window == [0x0a, 1, 1]), "operationsError: {said:02x?}");
}

#[test]
fn each_message_is_a_tls_record_of_its_own() {
    let daemon = Daemon::start();
    let mut tls = Tls::connect(&daemon);
    let records = tls.ask(&bytes(SEARCH_ROOT_DSE));
    assert_eq!(records.len(), 2, "an entry and the end of the search: {records:02x?}");
    for record in &records {
        let (tag, content) = element(record);
        assert_eq!((tag, record.len() - content.len() <= 4), (0x30, true), "{record:02x?}");
    }
}

/// A TLS client that sees where the records end.
struct Tls {
    socket: TcpStream,
    session: ClientConnection,
}

impl Tls {
    fn connect(daemon: &Daemon) -> Tls {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(&daemon.facts().ca).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = Arc::new(builder.with_root_certificates(roots).with_no_client_auth());
        let address = daemon.facts().ldaps.trim_start_matches("ldaps://").replace("localhost", "127.0.0.1");
        let socket = TcpStream::connect(address).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut session = ClientConnection::new(config, ServerName::try_from("localhost").unwrap()).unwrap();
        while session.is_handshaking() {
            session.complete_io(&mut &socket).unwrap();
        }
        Tls { socket, session }
    }

    /// Sends `request` and gives the records of application data that come back up to the one that ends with a result.
    fn ask(&mut self, request: &[u8]) -> Vec<Vec<u8>> {
        self.session.writer().write_all(request).unwrap();
        self.session.write_tls(&mut self.socket).unwrap();
        let mut records = Vec::new();
        loop {
            let mut record = vec![0; 5];
            self.socket.read_exact(&mut record).unwrap();
            record.resize(5 + usize::from(u16::from_be_bytes([record[3], record[4]])), 0);
            self.socket.read_exact(&mut record[5..]).unwrap();
            self.session.read_tls(&mut record.as_slice()).unwrap();
            self.session.process_new_packets().unwrap();
            let mut plain = vec![0; 1 << 16];
            let Ok(size) = self.session.reader().read(&mut plain) else { continue };
            plain.truncate(size);
            let is_entry = plain.get(5..12).is_some_and(|start| start.contains(&0x64));
            records.push(plain);
            if !is_entry {
                return records;
            }
        }
    }
}
