//! nslcd with libnss-ldapd and libpam-ldapd, over StartTLS.

use super::{IMPATIENT, admits_and_refuses, changes_passwords, changes_what_must_be_changed, comes_back, finds_names};
use crate::harness::{Daemon, Machine, Setup};

fn machine(daemon: &Daemon) -> Machine {
    let facts = daemon.facts();
    let configuration = format!(
        "uri {}\nbase {}\nbinddn {}\nbindpw {}\nssl start_tls\ntls_reqcert demand\ntls_cacertfile /etc/ca.pem\npagesize 3\n\
         # Who must change the password may not even read their own entry before.\npam_authc_search NONE\n",
        facts.ldap, facts.base, facts.service.dn, facts.service.password
    );
    let setup = Setup::new(daemon).names_from("ldap", "pam_ldap.so").file("/etc/nslcd.conf", 0o600, &configuration);
    setup.start(&["nslcd", "-n"]).knows("louisem")
}

#[test]
fn names_come_from_the_directory() {
    let daemon = Daemon::start();
    let machine = machine(&daemon);
    finds_names(&machine);
    let all = machine.program("getent").arg("passwd").succeeds().stdout;
    for person in &daemon.facts().people {
        assert!(all.contains(&format!("\n{}:", person.login)), "{} is not listed:\n{all}", person.login);
    }
}

#[test]
fn people_log_in_and_change_their_passwords() {
    let daemon = Daemon::start();
    let machine = machine(&daemon);
    admits_and_refuses(&daemon, &machine);
    changes_passwords(&daemon, &machine);
    changes_what_must_be_changed(&daemon, &machine);
}

#[test]
fn a_connection_that_was_idle_for_too_long_is_made_anew() {
    let daemon = Daemon::with(&[IMPATIENT]);
    comes_back(&daemon, &machine(&daemon));
}
