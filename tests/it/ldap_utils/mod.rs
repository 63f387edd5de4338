//! The programs of ldap-utils against the daemon: what an administrator types, and what comes back.

mod account;
mod bind;
mod compare;
mod group;
mod password;
mod rename;
mod search;
mod text;

use crate::harness::{Daemon, Output, Person, Program};

const PEOPLE: &str = "ou=people,dc=example,dc=org";
const GROUPS: &str = "ou=groups,dc=example,dc=org";
const TEAMS: &str = "ou=teams,dc=example,dc=org";
const SERVICES: &str = "ou=services,dc=example,dc=org";

fn person_dn(login: &str) -> String {
    format!("uid={login},{PEOPLE}")
}

fn group_dn(name: &str) -> String {
    format!("cn={name},{GROUPS}")
}

fn team_dn(name: &str) -> String {
    format!("cn={name},{TEAMS}")
}

/// `ldapmodify` as the administrator, with these changes of the entry `dn`: `replace: mail`, `mail: x` and so on.
fn modify(daemon: &Daemon, dn: &str, lines: &[&str]) -> Program {
    daemon.as_administrator("ldapmodify").stdin(changes(dn, lines))
}

/// The same, as a sample person.
fn modify_as(daemon: &Daemon, login: &str, dn: &str, lines: &[&str]) -> Program {
    let Person { dn: who, password, .. } = daemon.person(login);
    daemon.client("ldapmodify", who, password).stdin(changes(dn, lines))
}

fn changes(dn: &str, lines: &[&str]) -> String {
    format!("dn: {dn}\nchangetype: modify\n{}\n", lines.join("\n"))
}

/// `ldapadd` as the administrator of an entry with these lines.
fn add(daemon: &Daemon, dn: &str, lines: &[&str]) -> Program {
    daemon.as_administrator("ldapadd").stdin(format!("dn: {dn}\n{}\n", lines.join("\n")))
}

/// What the service account reads of the entry `dn`.
fn read(daemon: &Daemon, dn: &str, attributes: &[&str]) -> Output {
    daemon.as_service("ldapsearch").args(["-LLL", "-o", "ldif-wrap=no", "-s", "base", "-b", dn]).args(attributes).succeeds()
}

/// Asserts that the password is the one of `dn`.
fn binds(daemon: &Daemon, dn: &str, password: &str) {
    daemon.client("ldapwhoami", dn, password).succeeds();
}

/// Asserts that it is not, or that the entry may not bind.
fn is_refused(daemon: &Daemon, dn: &str, password: &str) {
    let output = daemon.client("ldapwhoami", dn, password).exits(49);
    assert_eq!(output.stderr, "ldap_bind: Invalid credentials (49)\n", "the reason is nobody's business");
}

/// Asserts that a program said `text`; some say it on one output, some on the other.
fn says(output: &Output, text: &str) {
    assert!(output.stdout.contains(text) || output.stderr.contains(text), "{text}: {output:?}");
}

/// What a program said, in order.
fn sorted(mut values: Vec<&str>) -> Vec<&str> {
    values.sort_unstable();
    values
}
