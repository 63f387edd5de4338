//! Values in filters are octets (RFC 4511 §4.1.6): what is not of a type's syntax makes its own term Undefined, and no more.

use super::{assertion, operation, search};
use crate::harness::Daemon;
use crate::harness::wire::{Wire, bind, element, tlv};

const PEOPLE: &str = "ou=people,dc=example,dc=org";

/// The entries that a filter finds, and the code that the search ends with.
fn found(wire: &mut Wire, filter: &[u8]) -> (usize, u8) {
    wire.send(&search(PEOPLE, filter, &["1.1"]));
    let mut entries = 0;
    loop {
        let message = wire.message().expect("an answer");
        match operation(&message) {
            (0x64, _) => entries += 1,
            (_, content) => return (entries, element(content).1[0]),
        }
    }
}

#[test]
fn a_value_that_is_not_utf_8_fails_no_search() {
    let daemon = Daemon::start();
    let service = &daemon.facts().service;
    let mut wire = Wire::connect(daemon.address());
    assert_eq!(wire.send(&bind(1, &service.dn, &service.password)).code(), Some(0));
    let latin = b"zo\xe9";
    let bad = assertion(0xa3, "uid", latin);
    let good = assertion(0xa3, "uid", b"louisem");
    let substrings = tlv(0xa4, &[tlv(4, b"cn"), tlv(0x30, &tlv(0x80, latin))].concat());
    let extensible = tlv(0xa9, &[tlv(0x82, b"cn"), tlv(0x83, latin)].concat());
    for (filter, entries) in [
        (bad.clone(), 0),
        (assertion(0xa5, "cn", latin), 0),
        (assertion(0xa6, "cn", latin), 0),
        (assertion(0xa8, "cn", latin), 0),
        (assertion(0xa3, "memberOf", latin), 0),
        (assertion(0xa3, "member", latin), 0),
        (assertion(0xa3, "uidNumber", latin), 0),
        (assertion(0xa3, "entryUUID", latin), 0),
        (assertion(0xa3, "objectClass", latin), 0),
        (assertion(0xa3, "sshPublicKey", latin), 0),
        (assertion(0xa3, "userPassword", latin), 0),
        (assertion(0xa3, "nobodyKnows", latin), 0),
        (substrings.clone(), 0),
        (extensible, 0),
        (tlv(0xa1, &[bad.clone(), good.clone()].concat()), 1),
        (tlv(0xa1, &[good.clone(), substrings].concat()), 1),
        (tlv(0xa0, &[good, tlv(0xa2, &bad)].concat()), 0),
    ] {
        assert_eq!(found(&mut wire, &filter), (entries, 0), "{filter:02x?}");
    }
    assert_eq!(found(&mut wire, &assertion(0xa3, "uid", b"louisem")), (1, 0), "the connection goes on");
}

#[test]
fn attributes_that_nobody_has_are_told_once_an_application_and_day() {
    let daemon = Daemon::start();
    let louise = daemon.person("louisem");
    for filter in ["(&(uid=louisem)(!(sAMAccountType=1)))", "(|(objectCategory=person)(uid=louisem))", "(sAMAccountType=*)"] {
        daemon.as_service("ldapsearch").args(["-LLL", "-b", PEOPLE, filter, "1.1"]).succeeds();
        daemon.client("ldapsearch", &louise.dn, &louise.password).args(["-LLL", "-b", PEOPLE, "(whenCreated=*)"]).succeeds();
    }
    let log = daemon.log();
    let lines: Vec<&str> = log.lines().filter(|line| line.contains("name attributes that nobody has here")).collect();
    assert_eq!(lines.len(), 1, "{log}");
    assert!(lines[0].contains("sAMAccountType") && lines[0].contains("uid=nextcloud,ou=services"), "{}", lines[0]);
}
