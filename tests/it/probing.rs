//! What may not be read cannot be guessed either: whatever is asked about it is answered alike for right and wrong.

use crate::harness::bystander::Bystander;
use crate::harness::request::{
    Reply, add, and, assertion, compare, delete, equality, extensible, message, modify, not, or, page, present, rename, search,
    set_password, substring, with_control,
};
use crate::harness::{Daemon, Wire};

const PASSWORD: &str = "tortue-violon-cascade-55";
/// What another directory stored for that password.
const STORED: &str = "{SSHA}B4VTl7DG+NdSGIHdfKYnelxgNCZzYWx0c2FsdA==";

/// Everybody who may ask: a name, and a connection that is bound as them.
fn subjects(daemon: &Daemon) -> Vec<(&'static str, Wire)> {
    let facts = daemon.facts();
    let person = |login: &str| (daemon.person(login).dn.clone(), daemon.person(login).password.clone());
    let bound = |(dn, password): (String, String)| Wire::connect(daemon.address()).bound(&dn, &password);
    vec![
        ("anonymous", Wire::connect(daemon.address())),
        ("a user", bound(person("louisem"))),
        ("the manager", bound(person("helenep"))),
        ("another manager", bound(person("karimb"))),
        ("a service", bound((facts.service.dn.clone(), facts.service.password.clone()))),
        ("an administrator", bound((facts.administrator.dn.clone(), facts.administrator.password.clone()))),
    ]
}

fn ask(wire: &mut Wire, operation: &[u8]) -> Reply {
    wire.ask(&message(2, operation)).expect("the connection stays open")
}

/// An account in the team sales whose password and its stored form are known; nobody has bound as it.
fn add_probed(daemon: &Daemon) -> String {
    let dn = format!("uid=probed,ou=people,{}", daemon.facts().base);
    let entry = format!("dn: {dn}\nobjectClass: inetOrgPerson\ncn: Probed\nsn: Probed\ndepartmentNumber: sales\nuserPassword: {STORED}\n");
    daemon.as_administrator("ldapadd").stdin(entry).succeeds();
    dn
}

/// The filters that a guess at the value of an attribute can be put into.
fn guesses(name: &str, value: &str) -> Vec<Vec<u8>> {
    let start = &value[..value.len() / 2];
    let mut plain: Vec<Vec<u8>> = [0xa3, 0xa5, 0xa6, 0xa8].into_iter().map(|tag| assertion(tag, name, value)).collect();
    plain.extend([substring(name, 0x80, start), substring(name, 0x81, &value[1..]), substring(name, 0x82, &value[1..])]);
    plain.extend(["", "octetStringMatch", "caseIgnoreMatch", "integerMatch"].map(|rule| extensible(rule, name, value)));
    plain.extend(["2.5.13.17", "caseIgnoreMatch"].map(|rule| extensible(rule, "", value)));
    let around = |filter: &Vec<u8>| [filter.clone(), not(filter), or(&[equality("uid", "nobody"), filter.clone()])];
    plain.iter().flat_map(around).collect()
}

#[test]
fn a_credential_cannot_be_read_or_guessed_by_anybody() {
    let daemon = Daemon::start();
    let others = Bystander::beside(&daemon);
    let probed = add_probed(&daemon);
    let people = format!("ou=people,{}", daemon.facts().base);
    for (who, mut wire) in subjects(&daemon) {
        for (right, wrong) in [(PASSWORD, "tortue-violon-cascade-56"), (STORED, "{SSHA}AAAA5Ls0pXhfdz6HWJ8o7Wj1R8lzYWx0c2FsdA==")] {
            for name in ["userPassword", "2.5.4.35"] {
                for (hit, miss) in guesses(name, right).into_iter().zip(guesses(name, wrong)) {
                    let found = |wire: &mut Wire, filter| ask(wire, &search(&people, 2, filter, &["*", "+", "userPassword"]));
                    let (hit, miss) = (found(&mut wire, &hit), found(&mut wire, &miss));
                    assert_eq!(hit, miss, "{who} learns from {name}");
                    assert!(hit.entries.is_empty(), "{who}: {:?}", hit.names());
                }
                let compared = |wire: &mut Wire, value: &str| ask(wire, &compare(&probed, name, value));
                assert_eq!(compared(&mut wire, right), compared(&mut wire, wrong), "{who} learns from a compare with {name}");
            }
        }
        for filter in [present("userPassword"), not(&present("userPassword")), not(&equality("userPassword", "x"))] {
            assert!(ask(&mut wire, &search(&people, 2, &filter, &[])).entries.is_empty(), "{who}");
        }
        let all = ask(&mut wire, &search(&daemon.facts().base, 2, &present("objectClass"), &["*", "+", "userPassword", "2.5.4.35"]));
        for (dn, octets) in &all.entries {
            for secret in ["userPassword", "2.5.4.35", STORED, "{SSHA}", "$argon2id$"] {
                let holds = octets.windows(secret.len()).any(|window| window == secret.as_bytes());
                assert!(!holds, "{who} sees {secret} in {dn}");
            }
        }
    }
    others.noticed_nothing(&daemon);
}

#[test]
fn who_may_not_set_a_password_learns_nothing_of_it_by_trying() {
    let daemon = Daemon::start();
    let probed = add_probed(&daemon);
    let bare = "uid=bare,ou=people,dc=example,dc=org";
    let entry = format!("dn: {bare}\nobjectClass: inetOrgPerson\ncn: Bare\nsn: Bare\ndepartmentNumber: sales\n");
    daemon.as_administrator("ldapadd").stdin(entry).succeeds();
    let new = "pivoine-tambour-lisiere-31";
    for (who, mut wire) in subjects(&daemon) {
        if ["the manager", "an administrator"].contains(&who) {
            continue;
        }
        let attempts = |dn: &str, old: &str| {
            [
                set_password(dn, old, new),
                set_password(dn, "", new),
                set_password(dn, "", ""),
                modify(dn, &[(0, "userPassword", &[new])]),
                modify(dn, &[(2, "userPassword", &[new])]),
                modify(dn, &[(1, "userPassword", &[old]), (0, "userPassword", &[new])]),
                modify(dn, &[(1, "userPassword", &[old])]),
                modify(dn, &[(0, "userPassword", &[STORED])]),
                modify(dn, &[(2, "description", &["x"]), (0, "userPassword", &[new])]),
            ]
        };
        for (at, right) in attempts(&probed, PASSWORD).into_iter().enumerate() {
            let right = ask(&mut wire, &right);
            assert_ne!(right.code, 0, "{who}: attempt {at}");
            assert_eq!(right, ask(&mut wire, &attempts(&probed, "wrong")[at]), "{who} learns from attempt {at}");
            // Nor whether there is one.
            assert_eq!(right, ask(&mut wire, &attempts(bare, PASSWORD)[at]), "{who} learns from attempt {at}");
        }
    }
    daemon.client("ldapwhoami", &probed, PASSWORD).succeeds();
    daemon.client("ldapwhoami", bare, new).exits(49);
}

/// Marc of the team support: what is true of him, and what might be.
fn facts_of_marc(daemon: &Daemon) -> Vec<(&'static str, String, &'static str)> {
    let marc = daemon.person("marcl").dn.clone();
    let change = format!(
        "dn: {marc}\nchangetype: modify\nreplace: telephoneNumber\ntelephoneNumber: +33 1 40 12 34 56\n-\nreplace: employeeNumber\nemployeeNumber: 4711\n"
    );
    daemon.as_administrator("ldapmodify").stdin(change).succeeds();
    let read = daemon.as_administrator("ldapsearch").args(["-LLL", "-s", "base", "-b", &marc, "*", "+"]).succeeds();
    let held = |name: &str| read.values(name)[0].to_owned();
    vec![
        ("telephoneNumber", held("telephoneNumber"), "+33 1 40 12 34 57"),
        ("employeeNumber", held("employeeNumber"), "4712"),
        ("uidNumber", held("uidNumber"), "19999"),
        ("entryUUID", held("entryUUID"), "00000000-0000-4000-8000-000000000000"),
        ("memberOf", "cn=support,ou=teams,dc=example,dc=org".into(), "cn=sales,ou=teams,dc=example,dc=org"),
        ("memberOf", "vpn".into(), "nothing"),
        ("binderyRole", "user".into(), "manager"),
        ("accountStatus", "active".into(), "disabled"),
        ("departmentNumber", "support".into(), "nothing"),
        ("pwdChangedTime", held("pwdChangedTime"), "20010101000000Z"),
        ("homeDirectory", "/home/marcl".into(), "/home/nobody"),
    ]
}

#[test]
fn what_is_hidden_of_others_cannot_be_guessed() {
    for address_book in ["false", "true"] {
        let daemon = Daemon::with(&[("BINDERY_DIRECTORY__ADDRESS_BOOK", address_book)]);
        let facts = facts_of_marc(&daemon);
        let marc = daemon.person("marcl").dn.clone();
        for (who, mut wire) in subjects(&daemon).into_iter().filter(|(who, _)| ["anonymous", "a user", "the manager"].contains(who)) {
            for (name, right, wrong) in &facts {
                for (hit, miss) in guesses(name, right).into_iter().zip(guesses(name, wrong)) {
                    for (base, scope) in [(&daemon.facts().base, 2), (&marc, 0)] {
                        let found = |wire: &mut Wire, filter: &[u8]| {
                            let about_marc = and(&[equality("uid", "marcl"), filter.to_vec()]);
                            ask(wire, &search(base, scope, &about_marc, &["*", "+"]))
                        };
                        assert_eq!(
                            found(&mut wire, &hit),
                            found(&mut wire, &miss),
                            "{who} learns of {name} (address book: {address_book})"
                        );
                    }
                }
                let asked = |wire: &mut Wire, value: &str| {
                    [compare(&marc, name, value), modify(&marc, &[(1, name, &[value])])].map(|operation| ask(wire, &operation))
                };
                assert_eq!(asked(&mut wire, right), asked(&mut wire, wrong), "{who} learns of {name} (address book: {address_book})");
                let there = |wire: &mut Wire, name: &str| ask(wire, &search(&marc, 0, &present(name), &["1.1"]));
                assert_eq!(there(&mut wire, name), there(&mut wire, "pager"), "{who} learns that there is a {name}");
            }
        }
    }
}

#[test]
fn who_is_hidden_is_as_if_they_were_not_there() {
    let daemon = Daemon::start();
    let facts = facts_of_marc(&daemon);
    let mut wires: Vec<(&str, Wire)> = subjects(&daemon).into_iter().filter(|(who, _)| ["a user", "the manager"].contains(who)).collect();
    let base = &daemon.facts().base;
    let uid_of = |who: &str| if who == "a user" { "louisem" } else { "helenep" };
    for (who, wire) in &mut wires {
        let operations = |login: &str| {
            let dn = format!("uid={login},ou=people,{base}");
            let entry: &[(&str, &[&str])] = &[("objectClass", &["inetOrgPerson"]), ("cn", &["x"]), ("sn", &["x"])];
            vec![
                search(&dn, 0, &present("objectClass"), &[]),
                search(&dn, 2, &equality("uid", login), &[]),
                search(&format!("ou=x,{dn}"), 0, &present("objectClass"), &[]),
                compare(&dn, "cn", "Marc Leroy"),
                modify(&dn, &[(2, "mail", &["x@example.org"])]),
                modify(&dn, &[]),
                delete(&dn),
                rename(&dn, "uid=x"),
                add(&dn, entry),
                set_password(&dn, "", "pivoine-tambour-lisiere-31"),
                set_password(&format!("u:{login}"), "", "pivoine-tambour-lisiere-31"),
            ]
        };
        for (there, absent) in operations("marcl").into_iter().zip(operations("mardl")) {
            assert_eq!(ask(wire, &there), ask(wire, &absent), "{who}: {there:02x?}");
        }
        // The same with somebody else among the services, the groups and the teams.
        for (there, absent) in [("uid=nextcloud,ou=services", "uid=nothing,ou=services"), ("cn=vpn,ou=groups", "cn=nothing,ou=groups")] {
            let found = |wire: &mut Wire, name: &str| ask(wire, &search(&format!("{name},{base}"), 0, &present("objectClass"), &[]));
            if *who == "a user" {
                assert_eq!(found(wire, there), found(wire, absent), "{there}");
            }
        }

        // One's own entry fills a page of one; whether another is looked at behind it must not show.
        let own = equality("uid", uid_of(who));
        let mut hidden: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
        for login in ["claireb", "karimb", "marcl", "zoef", "nextcloud"] {
            hidden.push((equality("uid", login), equality("uid", "nobody")));
            hidden.push((equality("mail", &format!("{login}@example.org")), equality("mail", "nobody@example.org")));
        }
        // What is true of Marc alone, and of nobody who may be seen.
        let alone = facts.iter().filter(|(name, ..)| !["binderyRole", "accountStatus", "pwdChangedTime", "memberOf"].contains(name));
        hidden.extend(alone.map(|(name, right, wrong)| (equality(name, right), equality(name, wrong))));
        let both = |login: &str, group: &str| and(&[equality("uid", login), equality("memberOf", group)]);
        hidden.push((both("marcl", "support"), both("marcl", "nothing")));
        hidden.push((both("zoef", "support"), both("nobody", "support")));
        for (there, absent) in hidden {
            let first_page = |wire: &mut Wire, filter: Vec<u8>| {
                let operation = search(base, 2, &or(&[own.clone(), filter]), &["1.1"]);
                let (oid, value) = page(1, b"");
                let reply = wire.ask(&with_control(2, &operation, (oid, &value))).unwrap();
                (reply.code, reply.names().into_iter().map(str::to_owned).collect::<Vec<_>>(), reply.cookie().is_empty())
            };
            assert_eq!(first_page(wire, there.clone()), first_page(wire, absent), "{who} learns from a page: {there:02x?}");
        }
    }
}

#[test]
fn a_cookie_that_is_made_up_leads_nowhere_new() {
    let daemon = Daemon::start();
    let (base, mut wire) = (daemon.facts().base.clone(), None);
    for (who, bound) in subjects(&daemon) {
        if who == "the manager" {
            wire = Some(bound);
        }
    }
    let mut wire = wire.unwrap();
    let everything = search(&base, 2, &present("objectClass"), &["1.1"]);
    let visible = ask(&mut wire, &everything);
    let mut next = |cookie: &[u8]| {
        let (oid, value) = page(2, cookie);
        wire.ask(&with_control(2, &everything, (oid, &value))).expect("the connection stays open")
    };
    let cookie = next(b"").cookie();
    assert!(cookie.len() > 8);
    let mut forged: Vec<Vec<u8>> =
        (0..cookie.len()).flat_map(|at| [0, 1, 0x7f, 0xff].map(|octet| with_octet(&cookie, at, octet))).collect();
    // Behind the fingerprint everything is at its greatest.
    forged.push(cookie.iter().enumerate().map(|(at, octet)| if at < 8 { *octet } else { 0xff }).collect());
    forged.push(cookie.iter().enumerate().map(|(at, octet)| if at < 18 { *octet } else { 0xff }).collect());
    forged.extend([vec![0], vec![0xff; 22], vec![0xff; 200], [&cookie[..], &[0]].concat(), cookie[..cookie.len() - 1].to_vec()]);
    for cookie in forged {
        let reply = next(&cookie);
        assert!([0, 4, 53].contains(&reply.code), "{cookie:02x?}: {reply:?}");
        assert!(reply.names().iter().all(|name| visible.names().contains(name)), "{cookie:02x?}: {:?}", reply.names());
    }
}

fn with_octet(cookie: &[u8], at: usize, octet: u8) -> Vec<u8> {
    let mut forged = cookie.to_vec();
    forged[at] = octet;
    forged
}
