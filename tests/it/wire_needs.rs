//! What real clients were seen to do on a connection, and no client program can be made to do on purpose.

use crate::harness::wire::{Wire, bind, bytes, element, tlv};
use crate::harness::{Daemon, Program};

/// A message with the controls behind.
fn message(id: u8, operation: &[u8], controls: &[u8]) -> Vec<u8> {
    let controls = if controls.is_empty() { Vec::new() } else { tlv(0xa0, controls) };
    tlv(0x30, &[vec![2, 1, id], operation.to_vec(), controls].concat())
}

fn control(oid: &str, value: &[u8]) -> Vec<u8> {
    tlv(0x30, &[tlv(4, oid.as_bytes()), tlv(4, value)].concat())
}

/// A search for `(uid=login)` below ou=people that asks for no attributes, with these dereferencing and limits.
fn search(id: u8, login: &str, options: [u8; 3]) -> Vec<u8> {
    let [deref, size, time] = options;
    let base = tlv(4, b"ou=people,dc=example,dc=org");
    let fixed = [10, 1, 2, 10, 1, deref, 2, 1, size, 2, 1, time, 1, 1, 0];
    let filter = tlv(0xa3, &[tlv(4, b"uid"), tlv(4, login.as_bytes())].concat());
    message(id, &tlv(0x63, &[base, fixed.to_vec(), filter, tlv(0x30, &tlv(4, b"1.1"))].concat()), &[])
}

fn who_am_i(id: u8) -> Vec<u8> {
    message(id, &tlv(0x77, &tlv(0x80, b"1.3.6.1.4.1.4203.1.11.3")), &[])
}

fn password_modify(id: u8, fields: &[(u8, &str)]) -> Vec<u8> {
    let fields: Vec<u8> = fields.iter().flat_map(|(tag, text)| tlv(*tag, text.as_bytes())).collect();
    let value = tlv(0x81, &tlv(0x30, &fields));
    message(id, &tlv(0x77, &[tlv(0x80, b"1.3.6.1.4.1.4203.1.11.1"), value].concat()), &[])
}

/// Number, tag of the operation, and its content, of the next message.
fn next(wire: &mut Wire) -> (u8, u8, Vec<u8>) {
    let message = wire.message().expect("an answer, not the end of the connection");
    let (_, content) = element(&message);
    let (_, id) = element(content);
    let (tag, operation) = element(&content[2 + id.len()..]);
    (id[0], tag, operation.to_vec())
}

/// Who the connection is now, as "who am I" has it.
fn identity(wire: &mut Wire, id: u8) -> String {
    let (answered, tag, operation) = next(wire.send(&who_am_i(id)));
    assert_eq!((answered, tag), (id, 0x78));
    // resultCode, matchedDN, diagnosticMessage, responseValue.
    assert_eq!(&operation[..7], [10, 1, 0, 4, 0, 4, 0]);
    String::from_utf8(element(&operation[7..]).1.to_vec()).unwrap()
}

/// Dovecot was seen to bind 29 times on a connection: the reader, a person, the reader again.
#[test]
fn a_connection_is_bound_again_and_again() {
    let daemon = Daemon::start();
    let (service, louise) = (&daemon.facts().service, daemon.person("louisem"));
    let mut wire = Wire::connect(daemon.address());
    for round in 0..15 {
        assert_eq!(wire.send(&bind(1, &service.dn, &service.password)).code(), Some(0));
        assert_eq!(next(wire.send(&search(2, "thomasd", [0, 0, 0]))).1, 0x64, "the reader finds anybody");
        assert_eq!(wire.code(), Some(0));
        let password = if round % 3 == 2 { "wrong" } else { &louise.password };
        let expected = if round % 3 == 2 { (49, String::new()) } else { (0, format!("dn:{}", louise.dn)) };
        assert_eq!(wire.send(&bind(3, &louise.dn, password)).code(), Some(expected.0));
        assert_eq!(identity(&mut wire, 4), expected.1);
        let (_, tag, operation) = next(wire.send(&search(5, "thomasd", [0, 0, 0])));
        let anonymous = if expected.0 == 0 { 0 } else { 8 };
        assert_eq!((tag, operation[2]), (0x65, anonymous), "a person, or nobody, does not");
    }
}

#[test]
fn fifty_requests_are_in_flight_at_once() {
    let daemon = Daemon::start();
    let service = &daemon.facts().service;
    let mut wire = Wire::connect(daemon.address());
    let logins: Vec<&str> = daemon.facts().people.iter().map(|person| person.login.as_str()).collect();
    let mut ahead = bind(1, &service.dn, &service.password);
    for id in 2..52 {
        ahead.extend(search(id, logins[usize::from(id) % logins.len()], [0, 0, 0]));
    }
    wire.send(&ahead);
    assert_eq!(next(&mut wire).1, 0x61);
    let mut found = [None; 52];
    let mut done = 0;
    while done < 50 {
        let (id, tag, operation) = next(&mut wire);
        let place = &mut found[usize::from(id)];
        match tag {
            0x64 => {
                let dn = String::from_utf8(element(&operation).1.to_vec()).unwrap();
                assert_eq!(place.replace(dn.starts_with(&format!("uid={},", logins[usize::from(id) % logins.len()]))), None);
            }
            _ => {
                assert_eq!((tag, operation[2], *place), (0x65, 0, Some(true)), "each has its own answer");
                done += 1;
            }
        }
    }
}

#[test]
fn abandoning_harms_nothing() {
    let daemon = Daemon::start();
    let service = &daemon.facts().service;
    let mut wire = Wire::connect(daemon.address());
    assert_eq!(wire.send(&bind(1, &service.dn, &service.password)).code(), Some(0));
    let abandon = |id: u8, whom: u8| message(id, &[0x50, 1, whom], &[]);
    // One that is done, one that never was, and one that is just being sent along.
    assert_eq!(wire.send(&search(2, "louisem", [0, 0, 0])).code(), Some(0));
    wire.send(&abandon(3, 2)).send(&abandon(4, 99));
    wire.send(&[search(5, "louisem", [0, 0, 0]), abandon(6, 5), who_am_i(7)].concat());
    loop {
        let (id, tag, _) = next(&mut wire);
        assert!(id == 5 || (id, tag) == (7, 0x78), "an Abandon has no answer: {id} {tag}");
        if id == 7 {
            break;
        }
    }
    assert_eq!(identity(&mut wire, 8), format!("dn:{}", service.dn));
}

/// go-ldap, net-ldap and others never unbind: that is how most connections end.
#[test]
fn connections_end_without_unbind() {
    let daemon = Daemon::start();
    let service = &daemon.facts().service;
    let mut held = Wire::connect(daemon.address());
    assert_eq!(held.send(&bind(1, &service.dn, &service.password)).code(), Some(0));
    for count in 0..100 {
        let mut wire = Wire::connect(daemon.address());
        wire.send(&bind(1, &service.dn, &service.password));
        if count % 2 == 0 {
            assert_eq!(wire.code(), Some(0));
        }
    }
    assert_eq!(identity(&mut held, 2), format!("dn:{}", service.dn));
    let mut after = Wire::connect(daemon.address());
    assert_eq!(after.send(&bind(1, &service.dn, &service.password)).code(), Some(0));
    after.send(&message(2, &[0x42, 0], &[]));
    assert!(after.is_closed());
}

/// nslcd sends the new password alone first, needs a refusal, and then sends the old one too on the same connection.
#[test]
fn passwords_are_modified_in_every_combination_that_was_seen() {
    let daemon = Daemon::start();
    let (louise, administrator) = (daemon.person("louisem"), &daemon.facts().administrator);
    let (new, other) = ("nouveau-Pont-sept-vaches", "tambour-Oseille-gare-quinze");
    let mut wire = Wire::connect(daemon.address());
    assert_eq!(wire.send(&bind(1, &louise.dn, &louise.password)).code(), Some(0));
    assert_eq!(wire.send(&password_modify(2, &[(0x80, &louise.dn), (0x82, new)])).code(), Some(50));
    let whole = password_modify(3, &[(0x80, &louise.dn), (0x81, &louise.password), (0x82, new)]);
    assert_eq!(wire.send(&whole).code(), Some(0));
    // Without a name it is one's own, with an empty old password it is none.
    assert_eq!(wire.send(&password_modify(4, &[(0x81, new), (0x82, other)])).code(), Some(0));
    assert_eq!(wire.send(&password_modify(5, &[(0x81, ""), (0x82, new)])).code(), Some(50));
    assert_eq!(wire.send(&password_modify(6, &[(0x81, new), (0x82, new)])).code(), Some(49), "it is the one before");
    assert_eq!(identity(&mut wire, 7), format!("dn:{}", louise.dn), "an old password that is wrong ends no session");

    assert_eq!(wire.send(&bind(8, &administrator.dn, &administrator.password)).code(), Some(0));
    assert_eq!(wire.send(&password_modify(9, &[(0x80, &louise.dn), (0x82, new)])).code(), Some(0));
    assert_eq!(wire.send(&bind(10, &louise.dn, new)).code(), Some(0));
    assert_eq!(wire.send(&bind(11, &administrator.dn, &administrator.password)).code(), Some(0));
    let (_, tag, operation) = next(wire.send(&password_modify(12, &[(0x80, &louise.dn)])));
    assert_eq!((tag, &operation[..7], operation[7]), (0x78, &[10, 1, 0, 4, 0, 4, 0][..], 0x8b));
    let value = element(&operation[7..]).1;
    let (tag, generated) = element(element(value).1);
    assert_eq!(tag, 0x80);
    assert_eq!(wire.send(&bind(13, &louise.dn, std::str::from_utf8(generated).unwrap())).code(), Some(0));
}

/// JNDI and ldap3 dereference always (3), Net::LDAP when it finds the base (2); limits are whatever they like.
#[test]
fn searches_are_taken_as_clients_send_them() {
    let daemon = Daemon::start();
    let service = &daemon.facts().service;
    let mut wire = Wire::connect(daemon.address());
    assert_eq!(wire.send(&bind(1, &service.dn, &service.password)).code(), Some(0));
    for options in [[3, 0, 0], [2, 1, 5], [1, 2, 10], [3, 127, 60]] {
        let (_, tag, operation) = next(wire.send(&search(2, "louisem", options)));
        assert_eq!((tag, element(&operation).1), (0x64, &b"uid=louisem,ou=people,dc=example,dc=org"[..]), "{options:?}");
        assert_eq!(wire.code(), Some(0), "{options:?}: one entry does not exceed a limit of one");
    }
}

/// SSSD and nslcd send the password policy control with each bind, never critical; nslcd the dereference control with
/// group searches.
#[test]
fn controls_that_are_not_critical_are_answered_or_passed_over() {
    let daemon = Daemon::start();
    let service = &daemon.facts().service;
    let mut wire = Wire::connect(daemon.address());
    let policy = tlv(0x30, &tlv(4, b"1.3.6.1.4.1.42.2.27.8.5.1"));
    let request = [vec![2, 1, 3], tlv(4, service.dn.as_bytes()), tlv(0x80, service.password.as_bytes())].concat();
    let answered = wire.send(&message(1, &tlv(0x60, &request), &policy)).message().unwrap();
    let expected = [tlv(4, b"1.3.6.1.4.1.42.2.27.8.5.1"), tlv(4, &[0x30, 0])].concat();
    assert!(answered.ends_with(&tlv(0xa0, &tlv(0x30, &expected))), "{answered:02x?}");

    let dereference = control("1.3.6.1.4.1.4203.666.5.16", &bytes("3011300f04066d656d62657230050403756964"));
    let plain = search(2, "louisem", [0, 0, 0]);
    let operation = &element(&plain).1[3..];
    let (_, tag, _) = next(wire.send(&message(2, operation, &[dereference, policy].concat())));
    assert_eq!((tag, wire.code()), (0x64, Some(0)));
}

/// Whoever is disabled is nobody at once, also on connections that were bound before.
#[test]
fn a_connection_of_a_disabled_account_reads_nothing_more() {
    let daemon = Daemon::start();
    let louise = daemon.person("louisem");
    let mut wire = Wire::connect(daemon.address());
    assert_eq!(wire.send(&bind(1, &louise.dn, &louise.password)).code(), Some(0));
    assert_eq!(next(wire.send(&search(2, "louisem", [0, 0, 0]))).1, 0x64);
    assert_eq!(wire.code(), Some(0));
    let status = |status: &str| {
        let change = format!("dn: {}\nchangetype: modify\nreplace: accountStatus\naccountStatus: {status}\n", louise.dn);
        daemon.as_administrator("ldapmodify").stdin(change).succeeds();
    };
    status("disabled");
    // A notice of disconnection (RFC 4511 §4.4.1).
    let (id, tag, operation) = next(wire.send(&search(3, "louisem", [0, 0, 0])));
    assert_eq!((id, tag, operation[2]), (0, 0x78, 8));
    assert!(wire.is_closed());
    status("active");
    let mut wire = Wire::connect(daemon.address());
    assert_eq!(wire.send(&bind(5, &louise.dn, &louise.password)).code(), Some(0));
    assert_eq!(identity(&mut wire, 6), format!("dn:{}", louise.dn));
}

/// curl reads one message from a TLS record and then waits for the socket.
#[test]
fn curl_reads_an_entry() {
    let daemon = Daemon::start();
    let (facts, louise) = (daemon.facts(), daemon.person("louisem"));
    let ldaps = facts.ldaps.replace("localhost", "127.0.0.1");
    for uri in [&facts.ldap, &ldaps] {
        let curl = Program::new("curl").args(["-sS", "--max-time", "15", "--cacert", facts.ca.to_str().unwrap()]);
        let url = format!("{uri}/{}?mail,memberOf?base?(objectClass=*)", louise.dn);
        let read = curl.args(["-u", &format!("{}:{}", louise.dn, louise.password), &url]).succeeds();
        assert!(read.stdout.contains("mail: louisem@example.org"), "{uri}: {read:?}");
        assert!(read.stdout.contains("memberOf: cn=cloud,ou=groups,dc=example,dc=org"), "{uri}: {read:?}");
    }
}
