//! `kill -9` under load, again and again: what was acknowledged is there afterwards, and the indexes agree.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::harness::request::{add, equality, message, modify, parts, search, set_password};
use crate::harness::wire::bind;
use crate::harness::{Daemon, Wire};

const ROUNDS: u64 = 10;

/// What the daemon has said yes to, and the one request of which it is not known.
#[derive(Default)]
struct Acknowledged {
    /// Logins that were added.
    added: BTreeSet<String>,
    /// Whether they were put into the group `vpn` after that.
    members: BTreeMap<String, bool>,
    /// The last password of Louise that was acknowledged, and those asked for since.
    password: Option<String>,
    asked: Vec<String>,
}

/// One connection's requests until the daemon is gone; each gives whether it was acknowledged.
fn work(mut wire: Wire, stop: &AtomicBool, mut each: impl FnMut(&mut dyn FnMut(Vec<u8>) -> bool)) {
    while !stop.load(Ordering::SeqCst) {
        each(&mut |operation| match std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| wire.ask(&message(2, &operation)))) {
            Ok(Some(reply)) => {
                assert_eq!(reply.code, 0, "{reply:?}");
                true
            }
            // Closed, possibly in the middle of an answer.
            Ok(None) | Err(_) => {
                stop.store(true, Ordering::SeqCst);
                false
            }
        });
    }
}

/// Adds people and puts them into a group.
fn add_people(wire: Wire, stop: &AtomicBool, name: &str) -> Acknowledged {
    let (mut done, mut number) = (Acknowledged::default(), 0);
    work(wire, stop, |ask| {
        let login = format!("{name}-{number}");
        number += 1;
        let (dn, mail) = (dn_of(&login), mail_of(&login));
        if ask(add(&dn, &[("objectClass", &["inetOrgPerson"]), ("cn", &[&login]), ("sn", &["Crash"]), ("mail", &[&mail])])) {
            done.added.insert(login.clone());
        }
        if ask(modify(VPN, &[(0, "member", &[&dn])])) {
            done.members.insert(login.clone(), true);
        }
        // Every other one leaves again.
        if number % 2 == 0 && done.members.remove(&login).is_some() && ask(modify(VPN, &[(1, "member", &[&dn])])) {
            done.members.insert(login, false);
        }
    });
    done
}

/// Sets Louise's password, again and again.
fn set_passwords(wire: Wire, stop: &AtomicBool, round: u64) -> Acknowledged {
    let (mut done, mut number) = (Acknowledged::default(), 0);
    work(wire, stop, |ask| {
        let password = format!("tortue-violon-{round}-cascade-{number}");
        number += 1;
        done.asked.push(password.clone());
        if ask(set_password(&dn_of("louisem"), "", &password)) {
            done.password = Some(password);
            done.asked.clear();
        }
    });
    done
}

#[test]
fn what_was_acknowledged_survives_kill_9() {
    let mut daemon = Daemon::with(&[("BINDERY_THROTTLE__ENABLED", "false")]);
    let mut all = Acknowledged { password: Some(daemon.person("louisem").password.clone()), ..Acknowledged::default() };
    for round in 0..ROUNDS {
        let results = load_until_killed(&daemon, round);
        for done in results {
            all.added.extend(done.added);
            all.members.extend(done.members);
            if let Some(password) = done.password {
                (all.password, all.asked) = (Some(password), Vec::new());
            }
            all.asked.extend(done.asked);
        }
        let killed = Instant::now();
        daemon.crash_and_restart();
        println!("round {round}: {} added so far, started again after {:?}", all.added.len(), killed.elapsed());
        is_all_there(&daemon, &all);
    }
    assert!(all.added.len() > 20, "{} is no load", all.added.len());
}

/// Four clients at work, and `kill -9`.
fn load_until_killed(daemon: &Daemon, round: u64) -> Vec<Acknowledged> {
    let administrator = &daemon.facts().administrator;
    let connected = || Wire::connect(daemon.address()).bound(&administrator.dn, &administrator.password);
    let stop = AtomicBool::new(false);
    // From a few acknowledged changes to many; not the same moment of a commit twice.
    let life = Duration::from_millis(50 + round * 37);
    let wires: Vec<Wire> = (0..4).map(|_| connected()).collect();
    thread::scope(|scope| {
        let stop = &stop;
        let start = |(number, wire): (usize, Wire)| {
            let name = format!("crash{round}-{number}");
            scope.spawn(move || if number == 0 { set_passwords(wire, stop, round) } else { add_people(wire, stop, &name) })
        };
        let workers: Vec<_> = wires.into_iter().enumerate().map(start).collect();
        thread::sleep(life);
        daemon.signal(Signal::KILL);
        workers.into_iter().map(|worker| worker.join().unwrap()).collect()
    })
}

/// Expects everything that was acknowledged, and the same from each index.
fn is_all_there(daemon: &Daemon, all: &Acknowledged) {
    let administrator = &daemon.facts().administrator;
    let mut wire = Wire::connect(daemon.address()).bound(&administrator.dn, &administrator.password);
    let mut found = |base: &str, name: &str, value: &str, attributes: &[&str]| {
        let reply = wire.ask(&message(2, &search(base, 2, &equality(name, value), attributes))).unwrap();
        assert_eq!(reply.code, 0, "{name}={value}: {reply:?}");
        reply
    };
    let vpn = found(VPN, "objectClass", "groupOfNames", &["memberUid"]);
    let listed: BTreeSet<String> = values(&vpn.entries[0].1).into_iter().collect();
    let people = found(PEOPLE, "objectClass", "inetOrgPerson", &["uid"]);
    let there: BTreeSet<String> = people.entries.iter().flat_map(|(_, entry)| values(entry)).collect();
    let missing: Vec<&String> = all.added.difference(&there).collect();
    assert!(missing.is_empty(), "acknowledged, but not there: {missing:?}");
    for (login, is_member) in &all.members {
        assert_eq!(listed.contains(login), *is_member, "{login}: {is_member} was acknowledged");
    }
    // Also of what was not acknowledged: all of it is there, or nothing.
    for login in there.iter().filter(|login| login.starts_with("crash")) {
        let entry = found(&dn_of(login), "uid", login, &["uidNumber"]);
        let number = values(&entry.entries[0].1).remove(0);
        for (name, value) in [("uid", login.clone()), ("mail", mail_of(login)), ("uidNumber", number)] {
            assert_eq!(found(PEOPLE, name, &value, &["1.1"]).names(), [dn_of(login)], "{name}={value}");
        }
        let groups = found(PEOPLE, "uid", login, &["memberOf"]);
        assert_eq!(values(&groups.entries[0].1) == [VPN], listed.contains(login), "{login}");
    }
    let louise = dn_of("louisem");
    let mut possible = all.password.iter().chain(&all.asked);
    let binds = |password: &String| Wire::connect(daemon.address()).ask(&bind(1, &louise, password)).unwrap().code == 0;
    assert!(possible.any(binds), "neither the acknowledged password of Louise nor one asked for later");
}

/// The values of the one attribute of an entry.
fn values(entry: &[u8]) -> Vec<String> {
    let attributes = parts(parts(entry)[1].1);
    let Some((_, attribute)) = attributes.first() else { return Vec::new() };
    parts(parts(attribute)[1].1).into_iter().map(|(_, value)| String::from_utf8_lossy(value).into_owned()).collect()
}

fn dn_of(login: &str) -> String {
    format!("uid={login},{PEOPLE}")
}

fn mail_of(login: &str) -> String {
    format!("{login}@example.org")
}

const PEOPLE: &str = "ou=people,dc=example,dc=org";
const VPN: &str = "cn=vpn,ou=groups,dc=example,dc=org";
