//! StartTLS: what came in clear is never taken for what came over TLS.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::harness::bystander::Bystander;
use crate::harness::request::{add, delete, message, modify, set_password, start_tls, who_am_i};
use crate::harness::wire::bind;
use crate::harness::{Daemon, Wire};

/// Everything that could be smuggled behind a StartTLS.
fn smuggled(daemon: &Daemon) -> Vec<(&'static str, Vec<u8>)> {
    let louise = &daemon.person("louisem").dn;
    let service = &daemon.facts().service;
    let new = "uid=smuggled,ou=people,dc=example,dc=org";
    vec![
        ("modify", message(3, &modify(louise, &[(2, "description", &["smuggled"])]))),
        ("add", message(3, &add(new, &[("objectClass", &["inetOrgPerson"]), ("cn", &["x"]), ("sn", &["x"])]))),
        ("delete", message(3, &delete(louise))),
        ("password modify", message(3, &set_password(louise, "", "tortue-violon-cascade-55"))),
        ("bind", bind(3, &service.dn, &service.password)),
        ("who am I", message(3, &who_am_i())),
        ("a part of a message", vec![0x30]),
    ]
}

/// Expects that nothing of it was done.
fn unharmed(daemon: &Daemon, what: &str) {
    let louise = daemon.person("louisem");
    let base = daemon.facts().base.clone();
    let found = daemon.as_service("ldapsearch").args(["-LLL", "-b", &base, "(|(uid=louisem)(uid=smuggled))", "description"]).succeeds();
    assert_eq!((found.values("dn"), found.values("description")), (vec![louise.dn.as_str()], vec![]), "{what}");
    daemon.client("ldapwhoami", &louise.dn, &louise.password).succeeds();
}

#[test]
fn what_is_pipelined_behind_start_tls_is_refused_and_never_done() {
    let daemon = Daemon::start();
    let others = Bystander::beside(&daemon);
    let administrator = &daemon.facts().administrator;
    for (what, octets) in smuggled(&daemon) {
        // Bound before, so that all of it would be allowed.
        let mut wire = Wire::connect(daemon.address()).bound(&administrator.dn, &administrator.password);
        let refused = wire.ask(&[message(2, &start_tls()), octets].concat()).unwrap();
        assert_eq!((refused.id, refused.code), (2, 1), "{what}: {refused:?}");
        assert!(wire.is_closed(), "{what}");
        unharmed(&daemon, what);
    }
    others.noticed_nothing(&daemon);
}

#[test]
fn what_follows_the_answer_in_clear_is_no_handshake() {
    let daemon = Daemon::start();
    let others = Bystander::beside(&daemon);
    let administrator = &daemon.facts().administrator;
    for (what, octets) in smuggled(&daemon).into_iter().filter(|(what, _)| *what != "a part of a message") {
        let mut socket = TcpStream::connect(daemon.address()).unwrap();
        socket.write_all(&bind(1, &administrator.dn, &administrator.password)).unwrap();
        let mut answer = [0; 14];
        socket.read_exact(&mut answer).unwrap();
        assert_eq!(answer[9], 0, "the bind: {answer:02x?}");
        socket.write_all(&message(2, &start_tls())).unwrap();
        socket.read_exact(&mut [0; 14]).unwrap();
        socket.write_all(&octets).unwrap();
        let mut rest = Vec::new();
        let _ = socket.read_to_end(&mut rest);
        // The rest of the answer to StartTLS, and at most an alert.
        let tail = rest.get(rest.len().saturating_sub(7)..).unwrap_or_default();
        assert!(rest.ends_with(b"20037") || tail.first() == Some(&21), "{what}: {rest:02x?}");
        unharmed(&daemon, what);
    }
    others.noticed_nothing(&daemon);
}
