//! SSSD with libnss-sss and libpam-sss. It sends passwords over TLS only.

use super::{IMPATIENT, admits_and_refuses, changes_passwords, changes_what_must_be_changed, comes_back, finds_names};
use crate::harness::{Daemon, Machine, Setup};

fn machine(daemon: &Daemon, transport: &str) -> Machine {
    let facts = daemon.facts();
    let configuration = format!(
        "[sssd]\nservices = nss, pam\ndomains = demo\n\n[domain/demo]\nid_provider = ldap\nauth_provider = ldap\nchpass_provider = ldap\n\
         access_provider = permit\nldap_schema = rfc2307bis\n{transport}\nldap_tls_reqcert = demand\nldap_tls_cacert = /etc/ca.pem\n\
         ldap_search_base = {}\nldap_default_bind_dn = {}\nldap_default_authtok = {}\n",
        facts.base, facts.service.dn, facts.service.password
    );
    let below = ["db", "mc", "pipes/private", "pubconf/krb5.include.d", "secrets", "gpo_cache", "deskprofile"];
    Setup::new(daemon)
        .names_from("sss", "pam_sss.so")
        .file("/etc/sssd/sssd.conf", 0o600, &configuration)
        .directory("/var/lib/sss", &below)
        .directory("/var/log/sssd", &[])
        .start(&["sssd", "-i", "--logger=stderr", "-d", "3"])
        .knows("louisem")
}

#[test]
fn names_come_from_the_directory() {
    let daemon = Daemon::start();
    let url = daemon.facts().ldaps.replace("localhost", "127.0.0.1");
    finds_names(&machine(&daemon, &format!("ldap_uri = {url}")));
}

#[test]
fn people_log_in_and_change_their_passwords() {
    let daemon = Daemon::start();
    let machine = machine(&daemon, &format!("ldap_uri = {}\nldap_id_use_start_tls = true", daemon.facts().ldap));
    admits_and_refuses(&daemon, &machine);
    changes_passwords(&daemon, &machine);
    changes_what_must_be_changed(&daemon, &machine);
}

#[test]
fn a_connection_that_was_idle_for_too_long_is_made_anew() {
    let daemon = Daemon::with(&[IMPATIENT]);
    comes_back(&daemon, &machine(&daemon, &format!("ldap_uri = {}\nldap_id_use_start_tls = true", daemon.facts().ldap)));
}
