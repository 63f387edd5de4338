//! What people, managers and services try that is not theirs to do: each attempt is refused, and nothing has changed
//! afterwards.

use crate::harness::request::{add, delete, message, modify, present, rename, search, set_password};
use crate::harness::{Daemon, Wire};

const NEW: &str = "tortue-violon-cascade-55";

/// Changes of single attributes of people that nobody below an administrator makes, and a value for each.
const FORBIDDEN: &[(&str, &str)] = &[
    ("binderyRole", "administrator"),
    ("accountStatus", "disabled"),
    ("accountExpires", "20300101000000Z"),
    ("pwdReset", "TRUE"),
    ("uidNumber", "0"),
    ("gidNumber", "0"),
    ("homeDirectory", "/root"),
    ("loginShell", "/bin/sh"),
    ("sshPublicKey", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA x"),
    ("employeeNumber", "1"),
    ("uid", "administrator"),
    ("memberOf", "cn=vpn,ou=groups,dc=example,dc=org"),
    ("entryUUID", "00000000-0000-4000-8000-000000000000"),
    ("createTimestamp", "20010101000000Z"),
    ("modifyTimestamp", "20010101000000Z"),
    ("pwdChangedTime", "20010101000000Z"),
    ("pwdAccountLockedTime", "20300101000000Z"),
    ("objectClass", "extensibleObject"),
    ("userPassword", "{SSHA}B4VTl7DG+NdSGIHdfKYnelxgNCZzYWx0c2FsdA=="),
];

/// What a manager changes of members of their own team, and of nobody else.
const SHEET: &[(&str, &str)] = &[
    ("mail", "attacker@example.org"),
    ("cn", "Somebody Else"),
    ("sn", "Else"),
    ("givenName", "Somebody"),
    ("displayName", "Somebody Else"),
    ("telephoneNumber", "+33 1"),
    ("departmentNumber", "support"),
];

struct Attempt {
    what: String,
    operation: Vec<u8>,
}

fn attempt(what: impl Into<String>, operation: Vec<u8>) -> Attempt {
    Attempt { what: what.into(), operation }
}

/// Each way to put `value` there.
fn puts(dn: &str, name: &str, value: &str) -> Vec<Attempt> {
    [(0, "add"), (2, "replace")].map(|(kind, how)| attempt(format!("{how} {name} of {dn}"), modify(dn, &[(kind, name, &[value])]))).into()
}

fn all(dn: &str, values: &[(&str, &str)]) -> Vec<Attempt> {
    values.iter().flat_map(|(name, value)| puts(dn, name, value)).collect()
}

/// What only administrators do, to any entry.
fn administration(daemon: &Daemon) -> Vec<Attempt> {
    let base = &daemon.facts().base;
    let person: &[(&str, &[&str])] =
        &[("objectClass", &["inetOrgPerson"]), ("cn", &["x"]), ("sn", &["x"]), ("binderyRole", &["administrator"])];
    let named: &[(&str, &[&str])] = &[("objectClass", &["groupOfNames"]), ("cn", &["x"])];
    let service: &[(&str, &[&str])] = &[("objectClass", &["account"]), ("binderyGrant", &["password-reset"])];
    let me = "uid=louisem,ou=people,dc=example,dc=org";
    let helene = "uid=helenep,ou=people,dc=example,dc=org";
    let mut attempts = vec![
        attempt("add a person", add(&format!("uid=x,ou=people,{base}"), person)),
        attempt("add a group", add(&format!("cn=x,ou=groups,{base}"), named)),
        attempt("add a team", add(&format!("cn=x,ou=teams,{base}"), &[named, &[("owner", &[me])]].concat())),
        attempt("add a service", add(&format!("uid=x,ou=services,{base}"), service)),
        attempt("add what is there", add(me, person)),
        attempt("add a branch", add(&format!("ou=x,{base}"), &[("objectClass", &["organizationalUnit"])])),
    ];
    for name in [
        "uid=marcl,ou=people",
        "uid=louisem,ou=people",
        "uid=helenep,ou=people",
        "cn=vpn,ou=groups",
        "cn=sales,ou=teams",
        "uid=nextcloud,ou=services",
        "ou=people",
    ] {
        let dn = format!("{name},{base}");
        attempts.push(attempt(format!("delete {dn}"), delete(&dn)));
        attempts.push(attempt(format!("rename {dn}"), rename(&dn, if name.starts_with("uid") { "uid=x" } else { "cn=x" })));
    }
    for (name, value) in
        [("member", me), ("uniqueMember", me), ("memberUid", "louisem"), ("owner", me), ("owner", helene), ("gidNumber", "0")]
    {
        for group in ["cn=vpn,ou=groups", "cn=staff,ou=groups", "cn=sales,ou=teams", "cn=support,ou=teams"] {
            attempts.extend(puts(&format!("{group},{base}"), name, value));
        }
    }
    let nextcloud = format!("uid=nextcloud,ou=services,{base}");
    for (name, value) in
        [("binderyGrant", "password-reset"), ("binderyLimitedTo", "cn=vpn,ou=groups,dc=example,dc=org"), ("accountStatus", "disabled")]
    {
        attempts.extend(puts(&nextcloud, name, value));
    }
    attempts.extend([base.clone(), format!("ou=people,{base}")].iter().flat_map(|dn| puts(dn, "description", "x")));
    attempts
}

/// Each way to set the password of `dn` without being allowed to.
fn passwords(dn: &str, login: &str) -> Vec<Attempt> {
    vec![
        attempt(format!("set the password of {dn}"), set_password(dn, "", NEW)),
        attempt(format!("set the password of u:{login}"), set_password(&format!("u:{login}"), "", NEW)),
        attempt(format!("have a password generated for {dn}"), set_password(dn, "", "")),
        attempt(format!("replace the password of {dn}"), modify(dn, &[(2, "userPassword", &[NEW])])),
        attempt(format!("add a password to {dn}"), modify(dn, &[(0, "userPassword", &[NEW])])),
        attempt(format!("delete and add the password of {dn}"), modify(dn, &[(1, "userPassword", &[]), (0, "userPassword", &[NEW])])),
        attempt(format!("delete the password of {dn}"), modify(dn, &[(1, "userPassword", &[])])),
        attempt(format!("replace the password of {dn} by OID"), modify(dn, &[(2, "2.5.4.35", &[NEW])])),
        attempt(
            format!("replace the password of {dn} among others"),
            modify(dn, &[(2, "telephoneNumber", &["+33 1"]), (2, "userPassword", &[NEW])]),
        ),
    ]
}

fn person(login: &str) -> String {
    format!("uid={login},ou=people,dc=example,dc=org")
}

/// Everything in the tree, as an administrator sees it.
fn everything(daemon: &Daemon) -> String {
    daemon.as_administrator("ldapsearch").args(["-LLL", "-o", "ldif-wrap=no", "-b", &daemon.facts().base, "*", "+"]).succeeds().stdout
}

fn all_refused(daemon: &Daemon, who: &str, mut wire: Wire, attempts: Vec<Attempt>) {
    let before = everything(daemon);
    for Attempt { what, operation } in attempts {
        let reply = wire.ask(&message(2, &operation)).unwrap_or_else(|| panic!("{who}: {what}: closed"));
        // No; bind first; or that nobody can do that (a stored form, a password that is only taken away, a second one).
        assert!([50, 32, 8, 19, 20, 53].contains(&reply.code), "{who}: {what}: {} {}", reply.code, reply.text);
        assert!(reply.code > 30 || reply.code == 8 || what.contains("assword"), "{who}: {what}: {} {}", reply.code, reply.text);
    }
    let after = everything(daemon);
    let changed: Vec<(&str, &str)> = before.lines().zip(after.lines()).filter(|(before, after)| before != after).collect();
    assert!(before == after, "{who} has changed {changed:?}");
    for person in daemon.facts().people.iter().chain([&daemon.facts().administrator]) {
        daemon.client("ldapwhoami", &person.dn, &person.password).succeeds();
    }
}

fn bound(daemon: &Daemon, login: &str) -> Wire {
    let person = daemon.person(login);
    Wire::connect(daemon.address()).bound(&person.dn, &person.password)
}

#[test]
fn a_person_changes_nothing_but_their_password() {
    let daemon = Daemon::start();
    let mut attempts = administration(&daemon);
    for login in ["louisem", "thomasd", "marcl", "helenep", "claireb"] {
        attempts.extend(all(&person(login), FORBIDDEN));
        attempts.extend(all(&person(login), SHEET));
        // One's own needs the old one.
        attempts.extend(passwords(&person(login), login));
    }
    attempts.extend(passwords("uid=nextcloud,ou=services,dc=example,dc=org", "nextcloud"));
    all_refused(&daemon, "a person", bound(&daemon, "louisem"), attempts);
}

#[test]
fn a_manager_changes_members_of_their_own_team_alone() {
    let daemon = Daemon::start();
    let mut attempts = administration(&daemon);
    for login in ["louisem", "helenep", "karimb", "marcl", "claireb"] {
        attempts.extend(all(&person(login), FORBIDDEN));
    }
    for login in ["helenep", "karimb", "marcl", "claireb"] {
        attempts.extend(all(&person(login), SHEET));
        attempts.extend(passwords(&person(login), login));
    }
    for team in ["support", "nothing"] {
        let moved = modify(&person("louisem"), &[(2, "departmentNumber", &[team])]);
        attempts.push(attempt(format!("move a member into {team}"), moved));
    }
    attempts.extend(passwords("uid=nextcloud,ou=services,dc=example,dc=org", "nextcloud"));
    all_refused(&daemon, "a manager", bound(&daemon, "helenep"), attempts);
    // The same is theirs to do for a member.
    let reply = bound(&daemon, "helenep").ask(&message(2, &modify(&person("louisem"), &[(2, "mail", &["l.martin@example.org"])]))).unwrap();
    assert_eq!(reply.code, 0, "{reply:?}");
}

#[test]
fn a_service_changes_nothing_and_nor_does_a_stranger() {
    let daemon = Daemon::start();
    let service = daemon.facts().service.clone();
    for who in ["a service", "a stranger"] {
        let mut attempts = administration(&daemon);
        for login in ["louisem", "helenep", "claireb"] {
            attempts.extend(all(&person(login), FORBIDDEN));
            attempts.extend(all(&person(login), SHEET));
            attempts.extend(passwords(&person(login), login));
        }
        attempts.extend(all(&service.dn, &[("binderyGrant", "password-reset"), ("description", "x")]));
        attempts.extend(passwords(&service.dn, "nextcloud"));
        let wire = Wire::connect(daemon.address());
        all_refused(&daemon, who, if who == "a service" { wire.bound(&service.dn, &service.password) } else { wire }, attempts);
    }
}

#[test]
fn a_service_that_resets_passwords_does_so_for_no_administrator() {
    let daemon = Daemon::start();
    let service = daemon.facts().service.clone();
    let grant = format!("dn: {}\nchangetype: modify\nreplace: binderyGrant\nbinderyGrant: password-reset\n", service.dn);
    daemon.as_administrator("ldapmodify").stdin(grant).succeeds();
    let mut wire = Wire::connect(daemon.address()).bound(&service.dn, &service.password);
    assert_eq!(wire.ask(&message(2, &set_password(&person("zoef"), "", NEW))).unwrap().code, 0);
    assert_eq!(wire.ask(&message(2, &set_password(&person("zoef"), "", &daemon.person("zoef").password))).unwrap().code, 0);
    let mut attempts = passwords(&person("claireb"), "claireb");
    attempts.extend(all(&person("louisem"), SHEET));
    all_refused(&daemon, "a service with a grant", wire, attempts);
}

#[test]
fn who_is_disabled_or_demoted_loses_a_connection_that_is_open_already() {
    let daemon = Daemon::start();
    const STRONGER_AUTH_REQUIRED: u8 = 8;
    let mut helene = bound(&daemon, "helenep");
    let change =
        |helene: &mut Wire| helene.ask(&message(2, &modify(&person("louisem"), &[(2, "telephoneNumber", &["+33 2"])]))).unwrap().code;
    let administer = |name: &str, value: &str| {
        let change = format!("dn: {}\nchangetype: modify\nreplace: {name}\n{name}: {value}\n", person("helenep"));
        daemon.as_administrator("ldapmodify").stdin(change).succeeds();
    };
    assert_eq!(change(&mut helene), 0);
    administer("binderyRole", "user");
    assert_eq!(change(&mut helene), STRONGER_AUTH_REQUIRED);
    let mut helene = bound(&daemon, "helenep");
    assert_eq!(change(&mut helene), 32, "she sees no team of hers any more");
    administer("binderyRole", "manager");
    let mut helene = bound(&daemon, "helenep");
    assert_eq!(change(&mut helene), 0);
    administer("accountStatus", "disabled");
    let found = helene.ask(&message(2, &search(&daemon.facts().base, 2, &present("uid"), &[]))).unwrap();
    assert_eq!((found.id, found.code, found.entries.len()), (0, STRONGER_AUTH_REQUIRED, 0), "a notice of disconnection");
}
