//! `bindery demo`: what it prints can be used as it is printed.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use rustix::process::Signal;

use crate::harness::{Daemon, Program};

/// The answer to a GET of `path`.
fn get(base: &str, path: &str) -> String {
    let address = base.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn everybody_it_names_can_bind_over_each_transport() {
    let daemon = Daemon::start();
    let facts = daemon.facts();
    for person in facts.people.iter().chain([&facts.administrator]) {
        let whoami = Program::new("ldapwhoami").env("LDAPTLS_CACERT", &facts.ca);
        let output = whoami.args(["-x", "-H", &facts.ldaps, "-D", &person.dn, "-w", &person.password]).succeeds();
        assert_eq!(output.stdout.trim(), format!("dn:{}", person.dn));
    }
    let starttls = Program::new("ldapwhoami").env("LDAPTLS_CACERT", &facts.ca).args(["-x", "-ZZ", "-H", &facts.ldap]);
    let output = starttls.args(["-D", &facts.service.dn, "-w", &facts.service.password]).succeeds();
    assert_eq!(output.stdout.trim(), format!("dn:{}", facts.service.dn));
    Program::new("ldapwhoami").args(["-Q", "-Y", "EXTERNAL", "-H", &facts.ldapi]).succeeds();
}

#[test]
fn metrics_and_health_are_served() {
    let daemon = Daemon::start();
    let facts = daemon.facts();
    daemon.as_service("ldapwhoami").succeeds();
    assert!(get(&facts.metrics, "/healthz").starts_with("HTTP/1.1 200"));
    let metrics = get(&facts.metrics, "/metrics");
    assert!(metrics.contains("bindery_binds_total{result=\"success\"} 1\n"), "{metrics}");
    assert!(get(&facts.metrics, "/secret").starts_with("HTTP/1.1 404"));
}

#[test]
fn it_ends_in_order_when_it_is_told_to_and_comes_back_with_the_same_people() {
    let mut daemon = Daemon::start();
    daemon.signal(Signal::TERM);
    assert_eq!(daemon.exit_code(Duration::from_secs(20)), Some(0), "{}", daemon.log());
    let socket = daemon.directory().join("demo/ldapi");
    assert!(!socket.exists(), "the socket is left behind");
    daemon.crash_and_restart();
    daemon.as_administrator("ldapwhoami").succeeds();
}

#[test]
fn a_setting_can_be_overridden_and_a_wrong_one_is_named() {
    let daemon = Daemon::with(&[("BINDERY_LDAP__MEMBEROF_WITH_STAR", "true")]);
    let louise = daemon.person("louisem");
    let search = daemon.as_service("ldapsearch").args(["-LLL", "-b", &daemon.facts().base, "(uid=louisem)", "*"]).succeeds();
    assert!(search.stdout.contains("memberOf: "), "{}: {}", louise.dn, search.stdout);
    let wrong = Program::bindery().args(["demo", "--port-base", "0"]).env("BINDERY_LDAP__LISSEN", "[]").exits(1);
    assert!(wrong.stderr.contains("BINDERY_LDAP__LISSEN: error: ldap.lissen: there is no such setting"), "{}", wrong.stderr);
}
