//! People of the directory who log in to a Unix machine: names, PAM, and the change of a password, as nslcd and SSSD
//! do them. What both must do is here.

mod nslcd;
mod sssd;

use std::collections::BTreeSet;

use crate::harness::{Daemon, Machine, Output};

/// A password that is good enough.
const NEW: &str = "fougere-Zinc-55-ardoise";

/// Names and numbers lead to people and groups, and back.
fn finds_names(machine: &Machine) {
    let passwd = |name: &str| lookup(machine, "passwd", name).unwrap_or_else(|| panic!("{name} is not found"));
    let louise = passwd("louisem");
    assert_eq!(louise[0], "louisem");
    assert_eq!(louise[4..], ["Louise Martin", "/home/louisem", "/bin/bash"]);
    assert_eq!(passwd(&louise[2]), louise, "by number");

    let staff = lookup(machine, "group", "staff").unwrap();
    let members: BTreeSet<&str> = staff[3].split(',').collect();
    let everybody = ["claireb", "helenep", "karimb", "louisem", "thomasd", "inesg", "marcl", "zoef"];
    assert_eq!(members, BTreeSet::from(everybody));
    let by_number = lookup(machine, "group", &staff[2]).unwrap();
    assert_eq!(by_number[0], "staff");

    let groups = machine.program("id").args(["-nG", "louisem"]).succeeds().stdout;
    assert_eq!(groups.split_whitespace().collect::<BTreeSet<_>>(), BTreeSet::from(["users", "staff", "cloud"]));
    for (database, name) in [("passwd", "nobody.here"), ("passwd", "4000000"), ("passwd", "*"), ("group", "nothing")] {
        assert_eq!(lookup(machine, database, name), None, "{database} {name}");
    }
}

/// The fields of a line that getent finds.
fn lookup(machine: &Machine, database: &str, name: &str) -> Option<Vec<String>> {
    let output = machine.program("getent").args([database, name]).run();
    match output.code {
        Some(0) => Some(output.stdout.trim().split(':').map(str::to_owned).collect()),
        // "One or more supplied key could not be found in the database."
        Some(2) => None,
        _ => panic!("getent {database} {name}: {output:?}"),
    }
}

/// Who has the right password, and an account that is not disabled, is let in.
fn admits_and_refuses(daemon: &Daemon, machine: &Machine) {
    daemon
        .as_administrator("ldapmodify")
        .stdin("dn: uid=marcl,ou=people,dc=example,dc=org\nchangetype: modify\nreplace: accountStatus\naccountStatus: disabled\n")
        .succeeds();
    let (louise, marc) = (daemon.person("louisem"), daemon.person("marcl"));
    for _ in 0..2 {
        admits(machine, "louisem", &louise.password);
        refuses(machine, "louisem", "wrong password");
        refuses(machine, "louisem", "");
    }
    refuses(machine, "marcl", &marc.password);
    let unknown = log_in(machine, "nobody.here", "wrong password");
    assert!(unknown.code == Some(1) && unknown.stderr.contains("User not known"), "{unknown:?}");
    admits(machine, "louisem", &louise.password);
}

/// People change their own password, with the old one, if the new one is good enough.
fn changes_passwords(daemon: &Daemon, machine: &Machine) {
    let old = daemon.person("louisem").password.as_str();
    for (old, new, what) in [("wrong password", NEW, "a wrong old password"), (old, "abc", "a bad new password")] {
        let output = change_password(machine, "louisem", old, new);
        assert_eq!(output.code, Some(1), "{what}: {output:?}");
        if new == "abc" {
            assert!(format!("{}{}", output.stdout, output.stderr).contains("too short"), "why it is refused: {output:?}");
        }
    }
    admits(machine, "louisem", old);
    let output = change_password(machine, "louisem", old, NEW);
    assert_eq!(output.code, Some(0), "{output:?}");
    admits(machine, "louisem", NEW);
    refuses(machine, "louisem", old);
}

/// Who must change the password can do it, and is let in then.
fn changes_what_must_be_changed(daemon: &Daemon, machine: &Machine) {
    daemon
        .as_administrator("ldapmodify")
        .stdin("dn: uid=zoef,ou=people,dc=example,dc=org\nchangetype: modify\nreplace: pwdReset\npwdReset: TRUE\n")
        .succeeds();
    let old = &daemon.person("zoef").password;
    let output = log_in(machine, "zoef", old);
    assert!(output.code == Some(1) && output.stderr.contains("new one required"), "{output:?}");
    let output = change_password(machine, "zoef", old, NEW);
    assert_eq!(output.code, Some(0), "{output:?}");
    admits(machine, "zoef", NEW);
}

/// A connection that was idle for too long is made anew.
fn comes_back(daemon: &Daemon, machine: &Machine) {
    for _ in 0..2 {
        daemon.is_left_alone();
        admits(machine, "louisem", &daemon.person("louisem").password);
        assert!(lookup(machine, "group", "cloud").is_some());
    }
}

/// One second of idleness is too long here.
const IMPATIENT: (&str, &str) = ("BINDERY_LIMITS__IDLE_TIME", "1s");

fn admits(machine: &Machine, login: &str, password: &str) {
    let output = log_in(machine, login, password);
    assert_eq!(output.code, Some(0), "{login} with {password:?}: {output:?}");
}

fn refuses(machine: &Machine, login: &str, password: &str) {
    let output = log_in(machine, login, password);
    // Nothing else is a refusal: not that the directory cannot be reached, for instance.
    assert!(output.code == Some(1) && output.stderr.contains("Authentication failure"), "{login} with {password:?}: {output:?}");
}

fn log_in(machine: &Machine, login: &str, password: &str) -> Output {
    let answers = format!("{password}\n");
    machine.program("pamtester").args(["bindery", login, "authenticate", "acct_mgmt"]).stdin(answers).run()
}

/// As passwd(1) does it: by the person.
fn change_password(machine: &Machine, login: &str, old: &str, new: &str) -> Output {
    let fields = lookup(machine, "passwd", login).unwrap();
    let numbers = (fields[2].parse().unwrap(), fields[3].parse().unwrap());
    let answers = format!("{old}\n{new}\n{new}\n");
    machine.program_as(numbers, "pamtester").args(["bindery", login, "chauthtok"]).stdin(answers).run()
}
