//! Passwords in clear from another machine: with a network of its own, whose addresses are not only the loopback's.

use super::needs_root;
use crate::harness::{Daemon, Launch, Program};

/// Within a network of its own, where one address is not the loopback's.
fn launched(environment: &[(&str, &str)]) -> Daemon {
    needs_root();
    let prepare = "ip link set lo up && ip address add 192.0.2.1/24 dev lo && exec \"$@\"";
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let within = ["unshare", "--net", "sh", "-c", prepare, "sh"].map(str::to_owned).to_vec();
    Daemon::launch(Launch { environment, within, ..Launch::default() })
}

/// A client program in that network, which speaks to the address that is not the loopback's.
fn from_elsewhere(daemon: &Daemon, program: &str) -> Program {
    let port = daemon.address().port();
    let pid = daemon.facts().pid.to_string();
    Program::new("nsenter").env("LDAPTLS_CACERT", &daemon.facts().ca).env("LDAPTLS_REQCERT", "allow").args([
        "--target",
        &pid,
        "--net",
        program,
        "-x",
        "-H",
        &format!("ldap://192.0.2.1:{port}"),
    ])
}

const EVERYWHERE: (&str, &str) = ("BINDERY_LDAP__LISTEN", r#"["0.0.0.0:0"]"#);

#[test]
fn a_password_in_clear_from_another_machine_is_refused() {
    let daemon = launched(&[EVERYWHERE]);
    let facts = daemon.facts();
    let louise = daemon.person("louisem");
    let new = "tortue-violon-cascade-55";
    let as_louise = ["-D", &louise.dn, "-w", &louise.password];
    from_elsewhere(&daemon, "ldapwhoami").args(as_louise).exits(13);
    from_elsewhere(&daemon, "ldapwhoami").args(["-D", &louise.dn, "-w", "wrong"]).exits(13);
    from_elsewhere(&daemon, "ldapwhoami").args(["-D", &facts.service.dn, "-w", &facts.service.password]).exits(13);
    // ldappasswd exits with 1 whatever the code.
    let refused = from_elsewhere(&daemon, "ldappasswd").args(["-s", new, &louise.dn]).exits(1);
    assert!(refused.stdout.contains("(13)"), "{refused:?}");
    let replace = format!("dn: {}\nchangetype: modify\nreplace: userPassword\nuserPassword: {new}\n", louise.dn);
    from_elsewhere(&daemon, "ldapmodify").stdin(replace).exits(13);
    let add = "dn: uid=x,ou=people,dc=example,dc=org\nobjectClass: person\ncn: x\nsn: x\nuserPassword: tortue-violon-cascade-55\n";
    from_elsewhere(&daemon, "ldapadd").stdin(add).exits(13);

    assert_eq!(from_elsewhere(&daemon, "ldapwhoami").succeeds().stdout.trim(), "anonymous");
    from_elsewhere(&daemon, "ldapwhoami").arg("-ZZ").args(as_louise).succeeds();
    from_elsewhere(&daemon, "ldappasswd").arg("-ZZ").args(as_louise).args(["-a", &louise.password, "-s", new]).succeeds();
}

#[test]
fn a_password_in_clear_is_taken_where_that_is_asked_for() {
    let daemon = launched(&[EVERYWHERE, ("BINDERY_LDAP__ALLOW_CLEARTEXT", "true")]);
    let louise = daemon.person("louisem");
    from_elsewhere(&daemon, "ldapwhoami").args(["-D", &louise.dn, "-w", &louise.password]).succeeds();
}
