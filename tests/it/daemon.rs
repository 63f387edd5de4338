//! The daemon as a whole: it starts, answers on each of its transports, and loses nothing.

use std::time::Duration;

use rustix::process::Signal;

use crate::harness::{Daemon, InProcess, Program, Wire, wire};

#[test]
fn a_person_binds_over_every_transport() {
    let daemon = Daemon::start();
    let louise = daemon.person("louisem");
    let facts = daemon.facts();
    let localhost = facts.ldap.replace("127.0.0.1", "localhost");
    for transport in [vec!["-H", &facts.ldap], vec!["-ZZ", "-H", &localhost], vec!["-H", &facts.ldaps], vec!["-H", &facts.ldapi]] {
        let said = Program::new("ldapwhoami")
            .env("LDAPTLS_CACERT", &facts.ca)
            .args(["-x", "-D", &louise.dn, "-w", &louise.password])
            .args(&transport)
            .succeeds();
        assert_eq!(said.stdout.trim(), format!("dn:{}", louise.dn), "over {transport:?}");
    }
}

#[test]
fn a_wrong_password_is_refused_without_a_word_of_why() {
    let daemon = Daemon::start();
    for dn in [&daemon.person("louisem").dn, "uid=nobody,ou=people,dc=example,dc=org"] {
        let refused = daemon.client("ldapwhoami", dn, "not-the-password").exits(49);
        assert_eq!(refused.stderr.trim(), "ldap_bind: Invalid credentials (49)", "{dn}");
    }
}

#[test]
fn an_application_finds_a_person_by_login() {
    let daemon = Daemon::start();
    let louise = daemon.person("louisem");
    let found = daemon.as_service("ldapsearch").args(["-LLL", "-b", &daemon.facts().base, "(uid=louisem)", "uid", "mail"]).succeeds();
    assert_eq!(found.values("dn"), [&louise.dn]);
    assert_eq!(found.values("mail"), [&louise.mail]);
    assert!(!found.stdout.contains("userPassword"));
}

#[test]
fn whoever_runs_the_daemon_is_administrator_over_the_socket() {
    let daemon = Daemon::start();
    let found = Program::new("ldapsearch")
        .args(["-Q", "-Y", "EXTERNAL", "-H", &daemon.facts().ldapi, "-LLL", "-b", &daemon.facts().base, "(uid=louisem)", "binderyRole"])
        .succeeds();
    assert_eq!(found.values("binderyRole"), ["user"]);
}

#[test]
fn a_password_that_was_set_is_there_after_kill_9() {
    let mut daemon = Daemon::start();
    let louise = daemon.person("louisem").clone();
    let said = daemon.as_administrator("ldappasswd").arg(&louise.dn).succeeds();
    let new = said.stdout.trim().strip_prefix("New password: ").expect("the generated password is given back").to_owned();

    daemon.crash_and_restart();
    daemon.client("ldapwhoami", &louise.dn, &new).succeeds();
    daemon.client("ldapwhoami", &louise.dn, &louise.password).exits(49);
}

#[test]
fn a_daemon_that_is_told_to_stop_ends_with_success() {
    let mut daemon = Daemon::start();
    daemon.signal(Signal::TERM);
    assert_eq!(daemon.exit_code(Duration::from_secs(20)), Some(0), "{}", daemon.log());
}

#[test]
fn a_name_without_a_password_is_no_bind() {
    let daemon = Daemon::start();
    let mut wire = Wire::connect(daemon.address());
    wire.send(&wire::bind(1, &daemon.person("louisem").dn, ""));
    assert_eq!(wire.code(), Some(53));
}

#[test]
fn a_throttled_person_gets_in_again_after_the_wait() {
    let daemon = InProcess::start();
    daemon.add_person("louisem", "cerise-brouillard-velo-48");
    let louise = daemon.person_dn("louisem");
    let bind = |password: &str| daemon.client("ldapwhoami", &louise, password);

    bind("cerise-brouillard-velo-48").exits(0);
    for _ in 0..5 {
        bind("not-the-password").exits(49);
    }
    bind("cerise-brouillard-velo-48").exits(49);
    daemon.advance(Duration::from_secs(61));
    bind("cerise-brouillard-velo-48").exits(0);
}
