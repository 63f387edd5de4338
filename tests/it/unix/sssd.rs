//! SSSD with libnss-sss and libpam-sss. It sends passwords over TLS only.

use super::{IMPATIENT, admits, admits_and_refuses, changes_passwords, changes_what_must_be_changed, comes_back, finds_names, log_in};
use crate::harness::{Daemon, Machine, Setup};

/// A machine whose people are the daemon's, with these settings besides.
fn machine(daemon: &Daemon, settings: &str) -> Machine {
    let facts = daemon.facts();
    let configuration = format!(
        "[sssd]\nservices = nss, pam, ssh\ndomains = demo\n\n[domain/demo]\nid_provider = ldap\nauth_provider = ldap\nchpass_provider = ldap\n\
         ldap_schema = rfc2307bis\nldap_tls_reqcert = demand\nldap_tls_cacert = /etc/ca.pem\n\
         ldap_search_base = {}\nldap_default_bind_dn = {}\nldap_default_authtok = {}\n{settings}\n",
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

fn start_tls(daemon: &Daemon) -> String {
    format!("ldap_uri = {}\nldap_id_use_start_tls = true", daemon.facts().ldap)
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
    let machine = machine(&daemon, &start_tls(&daemon));
    admits_and_refuses(&daemon, &machine);
    changes_passwords(&daemon, &machine);
    changes_what_must_be_changed(&daemon, &machine);
}

#[test]
fn a_connection_that_was_idle_for_too_long_is_made_anew() {
    let daemon = Daemon::with(&[IMPATIENT]);
    comes_back(&daemon, &machine(&daemon, &start_tls(&daemon)));
}

#[test]
fn a_group_decides_who_is_let_in_and_keys_are_published() {
    let daemon = Daemon::start();
    let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBEkhgQT0Yim+9Nt673WO90W4OFrFH0PwwMMjFWgLfRc zoe@laptop";
    let change = format!("dn: {}\nchangetype: modify\nadd: sshPublicKey\nsshPublicKey: {key}\n", daemon.person("zoef").dn);
    daemon.as_administrator("ldapmodify").stdin(change).succeeds();
    // As guides for small LDAP servers have it.
    let settings = "ldap_user_search_base = ou=people,dc=example,dc=org?subtree?(uidNumber=*)\n\
        ldap_group_search_base = ou=groups,dc=example,dc=org?subtree?(gidNumber=*)\n\
        ldap_group_object_class = groupOfUniqueNames\nldap_group_member = uniqueMember\n\
        ldap_user_ssh_public_key = sshPublicKey\naccess_provider = ldap\nldap_access_order = filter\n\
        ldap_access_filter = (memberOf=cn=vpn,ou=groups,dc=example,dc=org)";
    let machine = machine(&daemon, &format!("{}\n{settings}", start_tls(&daemon)));
    finds_names(&machine);
    admits(&machine, "zoef", &daemon.person("zoef").password);
    let refused = log_in(&machine, "louisem", &daemon.person("louisem").password);
    assert!(refused.code == Some(1) && refused.stderr.contains("Permission denied"), "{refused:?}");
    let keys = |login: &str| machine.program("sss_ssh_authorizedkeys").arg(login).succeeds().stdout;
    assert_eq!((keys("zoef").trim(), keys("louisem").trim()), (key, ""));
}
