//! No password, secret or credential shows where it must not: in the log even at TRACE, the metrics, the audit, the
//! file, the process's arguments and environment.

use std::fs;
use std::path::Path;
use std::time::Duration;

use rustix::process::Signal;

use crate::harness::request::{add, compare, equality, extended, message, modify, parts, search, set_password};
use crate::harness::wire::{bind, element, tlv};
use crate::harness::{Daemon, Program, Wire};

/// Each is used in one way only, so that what shows tells where it came from.
const NEW_BY_MODIFY: &str = "secret-one-tortue-violon-55";
const NEW_BY_PASSWD: &str = "secret-two-pivoine-tambour-31";
const NEW_BY_ADD: &str = "secret-three-lisiere-hublot-64";
const NEW_BY_COMMAND: &str = "secret-four-cascade-ortie-12";
const WRONG: &str = "secret-five-not-the-password";
const REFUSED: &str = "secret6x";
const FILTERED: &str = "secret-seven-in-a-filter";
const COMPARED: &str = "secret-eight-compared";
const MALFORMED: &str = "secret-nine-in-a-broken-message";
const UNKNOWN: &str = "secret-ten-for-nobody";
const ENCRYPTED: &str = "secret-eleven-over-tls";
const IMPORTED: &str = "secret-twelve-imported";

#[test]
fn no_secret_shows_anywhere() {
    let mut daemon = Daemon::with(&[("BINDERY_LOG__LEVEL", "trace"), ("RUST_LOG", "trace")]);
    let mut secrets: Vec<String> = [
        NEW_BY_MODIFY,
        NEW_BY_PASSWD,
        NEW_BY_ADD,
        NEW_BY_COMMAND,
        WRONG,
        REFUSED,
        FILTERED,
        COMPARED,
        MALFORMED,
        UNKNOWN,
        ENCRYPTED,
        IMPORTED,
    ]
    .map(str::to_owned)
    .to_vec();
    let facts = daemon.facts().clone();
    secrets.extend(facts.people.iter().map(|person| person.password.clone()));
    secrets.extend([facts.administrator.password.clone(), facts.service.password.clone()]);

    by_clients(&daemon, &mut secrets);
    by_octets(&daemon);
    by_the_command_line(&daemon, &mut secrets);

    let seen = |name: &str| fs::read(format!("/proc/{}/{name}", facts.pid)).unwrap();
    let (arguments, environment, metrics) = (seen("cmdline"), seen("environ"), daemon.metrics().into_bytes());
    daemon.signal(Signal::TERM);
    assert_eq!(daemon.exit_code(Duration::from_secs(20)), Some(0));
    let log = daemon.log().into_bytes();
    assert!(log.len() > 10_000 && holds(&log, b"not LDAP"), "the log does not say what it says below INFO");
    let seen = [("the arguments", arguments), ("the environment", environment), ("the metrics", metrics), ("the log", log)];
    let mut places: Vec<(String, Vec<u8>)> = seen.map(|(place, octets)| (place.to_owned(), octets)).to_vec();
    places.extend(files(&daemon.directory().join("demo")));
    assert!(places.iter().any(|(place, _)| place.ends_with("bindery.redb")));
    for (place, octets) in &places {
        for secret in &secrets {
            assert!(!holds(octets, secret.as_bytes()), "{secret} shows in {place}");
        }
        let credentials = holds(octets, b"$argon2id$");
        assert!(!credentials || place.ends_with("bindery.redb"), "a credential shows in {place}");
    }
}

fn holds(octets: &[u8], part: &[u8]) -> bool {
    octets.windows(part.len()).any(|window| window == part)
}

/// All files below `directory`, with what they hold.
fn files(directory: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap().map(Result::unwrap) {
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            found.extend(files(&entry.path()));
        } else if kind.is_file() {
            found.push((entry.path().display().to_string(), fs::read(entry.path()).unwrap()));
        }
    }
    found
}

/// Right and wrong passwords by the programs of ldap-utils, over each transport.
fn by_clients(daemon: &Daemon, secrets: &mut Vec<String>) {
    let facts = daemon.facts();
    let (louise, thomas) = (daemon.person("louisem"), daemon.person("thomasd"));
    daemon.client("ldapwhoami", &louise.dn, &louise.password).succeeds();
    daemon.client("ldapwhoami", &louise.dn, WRONG).exits(49);
    daemon.client("ldapwhoami", "uid=nobody,ou=people,dc=example,dc=org", UNKNOWN).exits(49);
    daemon.client("ldapwhoami", &format!("not a DN {UNKNOWN}"), UNKNOWN).exits(34);
    for (uri, options) in
        [(facts.ldap.replace("127.0.0.1", "localhost"), &["-ZZ"][..]), (facts.ldaps.clone(), &[]), (facts.ldapi.clone(), &[])]
    {
        let over = |password: &str| {
            let program = Program::new("ldapwhoami").env("LDAPTLS_CACERT", &facts.ca);
            program.args(["-x", "-H", &uri, "-D", &thomas.dn, "-w", password]).args(options)
        };
        over(&thomas.password).succeeds();
        over(ENCRYPTED).exits(49);
    }
    let replace = format!("dn: {}\nchangetype: modify\nreplace: userPassword\nuserPassword: {NEW_BY_MODIFY}\n", louise.dn);
    daemon.as_administrator("ldapmodify").stdin(replace).succeeds();
    daemon.client("ldappasswd", &louise.dn, NEW_BY_MODIFY).args(["-a", NEW_BY_MODIFY, "-s", NEW_BY_PASSWD]).succeeds();
    daemon.client("ldappasswd", &louise.dn, NEW_BY_PASSWD).args(["-a", WRONG, "-s", ENCRYPTED]).exits(1);
    daemon.client("ldappasswd", &louise.dn, NEW_BY_PASSWD).args(["-a", NEW_BY_PASSWD, "-s", REFUSED]).exits(1);
    for dn in [&thomas.dn, &facts.service.dn] {
        let said = daemon.as_administrator("ldappasswd").arg(dn).succeeds();
        secrets.push(said.stdout.trim().trim_start_matches("New password: ").to_owned());
    }
    let new = |login: &str, password: &str| {
        format!("dn: uid={login},ou=people,dc=example,dc=org\nobjectClass: inetOrgPerson\ncn: New\nsn: New\nuserPassword: {password}\n")
    };
    daemon.as_administrator("ldapadd").stdin(new("added", NEW_BY_ADD)).succeeds();
    daemon.as_administrator("ldapadd").stdin(new("added", ENCRYPTED)).exits(68);
    daemon.as_administrator("ldapadd").stdin(new("refused", REFUSED)).exits(19);
    daemon.as_administrator("ldapadd").stdin(new("imported", &format!("{{CLEARTEXT}}{IMPORTED}"))).run();
    let both = format!("dn: {}\nchangetype: modify\nreplace: userPassword\nuserPassword: {WRONG}\nuserPassword: {ENCRYPTED}\n", louise.dn);
    daemon.as_administrator("ldapmodify").stdin(both).exits(19);
}

/// Passwords where none belongs, in messages that no client program sends.
fn by_octets(daemon: &Daemon) {
    let facts = daemon.facts();
    let louise = &daemon.person("louisem").dn;
    let base = &facts.base;
    let mut wire = Wire::connect(daemon.address()).bound(&facts.administrator.dn, &facts.administrator.password);
    for operation in [
        search(base, 2, &equality("userPassword", FILTERED), &[]),
        search(base, 2, &equality("nothing", FILTERED), &[FILTERED]),
        compare(louise, "userPassword", COMPARED),
        compare(louise, COMPARED, COMPARED),
        extended("1.3.6.1.4.1.4203.1.11.1", Some(MALFORMED.as_bytes())),
        extended("1.2.3.4", Some(MALFORMED.as_bytes())),
        set_password(MALFORMED, MALFORMED, MALFORMED),
        modify(louise, &[(1, "userPassword", &[WRONG]), (0, "userPassword", &[MALFORMED, MALFORMED])]),
        modify(louise, &[(2, "uidNumber", &[MALFORMED])]),
        modify(louise, &[(3, "userPassword", &[MALFORMED])]),
        modify(louise, &[(2, "userPassword;x", &[MALFORMED])]),
        add(louise, &[("objectClass", &[MALFORMED]), ("userPassword", &[MALFORMED])]),
    ] {
        let reply = wire.ask(&message(2, &operation)).unwrap();
        assert!(!reply.text.contains("secret-") || reply.text.contains("uidNumber") || reply.text.contains("class"), "{reply:?}");
    }
    let right = bind(1, louise, MALFORMED);
    let control = tlv(0xa0, &tlv(0x30, &[tlv(4, b"1.2.3"), vec![1, 1, 0xff], tlv(4, MALFORMED.as_bytes())].concat()));
    let inner = element(&right).1.to_vec();
    let (_, operation) = parts(&inner)[1];
    for octets in [
        tlv(0x30, &[inner.clone(), control].concat()),
        tlv(0x30, &[inner.clone(), tlv(4, MALFORMED.as_bytes())].concat()),
        tlv(0x30, &[&[2, 1, 1][..], &tlv(0x60, &operation[..operation.len() - 1])].concat()),
        tlv(0x30, &[&[2, 1, 1][..], &tlv(0x60, &[operation, MALFORMED.as_bytes()].concat())].concat()),
        tlv(0x30, &[&[2, 1, 1][..], &tlv(0x6f, operation)].concat()),
        MALFORMED.as_bytes().to_vec(),
        [&[0x30, 0x7f][..], MALFORMED.as_bytes()].concat(),
    ] {
        let mut wire = Wire::connect(daemon.address());
        wire.send(&octets);
        drop(wire);
    }
}

fn by_the_command_line(daemon: &Daemon, secrets: &mut Vec<String>) {
    let uri = &daemon.facts().ldapi;
    let bindery = |arguments: &[&str]| Program::bindery().args(arguments).args(["--uri", uri]);
    bindery(&["account", "passwd", "zoef", "--password-file", "-"]).stdin(format!("{NEW_BY_COMMAND}\n")).succeeds();
    daemon.client("ldapwhoami", &daemon.person("zoef").dn, NEW_BY_COMMAND).succeeds();
    let made = bindery(&["service", "add", "wiki", "--json"]).succeeds();
    let facts: serde_json::Value = serde_json::from_str(&made.stdout).unwrap();
    let secret = ["secret", "password"].into_iter().find_map(|name| facts[name].as_str()).expect("the secret is shown once").to_owned();
    daemon.client("ldapwhoami", "uid=wiki,ou=services,dc=example,dc=org", &secret).succeeds();
    secrets.push(secret);
}
