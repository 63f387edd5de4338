//! Groups of ten thousand, by the programs of OpenLDAP: all of a request or nothing, also over a crash.

use std::fmt::Write;
use std::fs;
use std::time::{Duration, Instant};

use crate::harness::{Daemon, Launch, Output};

const PEOPLE: usize = 12_000;
const MOST: usize = 10_000;
const GROUP: &str = "cn=everybody,ou=groups,dc=example,dc=org";

#[test]
fn ten_thousand_members_are_written_in_one_request() {
    let daemon = crowded();
    let before = resident(&daemon);
    let began = Instant::now();
    add(&daemon, 0..MOST).succeeds();
    println!("{MOST} members added in {:?}", began.elapsed());
    assert_eq!(members(&daemon), MOST);

    // All of it or nothing: the last one is a member already, and the first is no account.
    modify(&daemon, "add", (MOST + 1..PEOPLE).chain([5])).exits(20);
    modify(&daemon, "add", (MOST + 1..PEOPLE).chain([PEOPLE])).exits(19);
    assert_eq!(members(&daemon), MOST);
    let refused = modify(&daemon, "replace", 0..MOST + 1).exits(53);
    assert!(refused.stderr.contains("10001 members in one request; send 10000 at a time"), "{}", refused.stderr);

    modify(&daemon, "add", MOST..PEOPLE).succeeds();
    assert_eq!(members(&daemon), PEOPLE);
    let began = Instant::now();
    modify(&daemon, "replace", PEOPLE - MOST..PEOPLE).succeeds();
    assert_eq!(members(&daemon), MOST);
    modify(&daemon, "delete", 0..0).succeeds();
    println!("replaced and emptied in {:?}", began.elapsed());
    assert_eq!(members(&daemon), 0);
    let grown = resident(&daemon).saturating_sub(before);
    println!("resident memory grew by {grown} KiB");
    assert!(grown < 128 << 10, "{grown} KiB more");
}

#[test]
fn a_crash_between_the_parts_leaves_all_or_nothing() {
    let mut daemon = crowded();
    add(&daemon, 0..1).succeeds();
    let lines = change("add", 1..MOST);
    let program = daemon.as_administrator("ldapmodify").stdin(lines);
    let client = std::thread::spawn(move || program.run());
    let started = Instant::now();
    while members(&daemon) < 2 && !client.is_finished() {
        assert!(started.elapsed() < PATIENCE, "nothing is written");
    }
    daemon.crash_and_restart();
    client.join().unwrap();
    let restarted = Instant::now();
    while members(&daemon) < MOST {
        assert!(restarted.elapsed() < PATIENCE, "{} members after a crash", members(&daemon));
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn crowded() -> Daemon {
    let arguments = vec!["--people".to_owned(), PEOPLE.to_string()];
    Daemon::launch(Launch { arguments, ..Launch::default() })
}

fn add(daemon: &Daemon, people: impl Iterator<Item = usize>) -> crate::harness::Program {
    let mut lines = format!("dn: {GROUP}\nobjectClass: groupOfNames\ncn: everybody\n");
    named(&mut lines, people);
    daemon.as_administrator("ldapadd").stdin(lines)
}

fn modify(daemon: &Daemon, operation: &str, people: impl Iterator<Item = usize>) -> crate::harness::Program {
    daemon.as_administrator("ldapmodify").stdin(change(operation, people))
}

fn change(operation: &str, people: impl Iterator<Item = usize>) -> String {
    let mut lines = format!("dn: {GROUP}\nchangetype: modify\n{operation}: member\n");
    named(&mut lines, people);
    lines
}

fn named(lines: &mut String, people: impl Iterator<Item = usize>) {
    people.for_each(|n| writeln!(lines, "member: uid=user{n:06},ou=people,dc=example,dc=org").unwrap());
}

fn members(daemon: &Daemon) -> usize {
    let found: Output = daemon.as_administrator("ldapsearch").args(["-LLL", "-s", "base", "-b", GROUP, "memberUid"]).succeeds();
    found.values("memberUid").len()
}

/// The daemon's memory in KiB.
fn resident(daemon: &Daemon) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", daemon.facts().pid)).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

const PATIENCE: Duration = Duration::from_secs(60);
