//! `ldapwhoami`: who gets in, over which transport, and what the others are told.

use super::*;

#[test]
fn a_person_binds_over_every_transport() {
    let daemon = Daemon::start();
    let facts = daemon.facts();
    let louise = daemon.person("louisem");
    let by_address = facts.ldaps.replace("localhost", "127.0.0.1");
    let bind = |uri: &str, options: &[&str]| {
        let program = Program::new("ldapwhoami").env("LDAPTLS_CACERT", &facts.ca).env("LDAPTLS_REQCERT", "demand");
        program.args(["-x", "-H", uri, "-D", &louise.dn, "-w", &louise.password]).args(options)
    };
    for (uri, options) in [(&facts.ldap, &[][..]), (&facts.ldap, &["-ZZ"]), (&by_address, &[]), (&facts.ldapi, &[])] {
        assert_eq!(bind(uri, options).succeeds().stdout, format!("dn:{}\n", louise.dn), "{uri} {options:?}");
    }
    let stranger = |uri: &str, options: &[&str]| bind(uri, options).env("LDAPTLS_CACERT", "/dev/null").run().code;
    assert_ne!(stranger(&by_address, &[]), Some(0), "an unknown authority is refused by the client");
    assert_ne!(stranger(&facts.ldap, &["-ZZ"]), Some(0), "an unknown authority is refused by the client");
    bind(&facts.ldap, &[]).succeeds();
}

#[test]
fn root_is_administrator_over_the_socket() {
    let daemon = Daemon::start();
    let external = |program| Program::new(program).args(["-Q", "-Y", "EXTERNAL", "-H", &daemon.facts().ldapi]);
    assert_eq!(external("ldapwhoami").succeeds().stdout, "dn:cn=system,cn=bindery\n");
    external("ldapmodify").stdin(changes(&person_dn("inesg"), &["replace: title", "title: Comptable"])).succeeds();
    assert_eq!(read(&daemon, &person_dn("inesg"), &["title"]).values("title"), ["Comptable"]);
    // Over TCP nobody is known by their user number.
    let tcp = Program::new("ldapwhoami").args(["-Q", "-Y", "EXTERNAL", "-H", &daemon.facts().ldap]).run();
    assert_ne!(tcp.code, Some(0), "{tcp:?}");
}

#[test]
fn a_name_is_read_however_it_is_written() {
    let daemon = Daemon::start();
    let louise = daemon.person("louisem");
    for dn in [
        "UID=LouiseM, OU=People, DC=Example, DC=Org",
        "cn=louisem,ou=people,dc=example,dc=org",
        "uid=louise\\6d,ou=people,dc=example,dc=org",
        "userid=louisem,organizationalUnitName=people,domainComponent=example,dc=org",
        "0.9.2342.19200300.100.1.1=louisem,ou=people,dc=example,dc=org",
    ] {
        let said = daemon.client("ldapwhoami", dn, &louise.password).succeeds();
        assert_eq!(said.stdout, format!("dn:{}\n", louise.dn), "{dn}");
    }
}

#[test]
fn whoever_is_not_let_in_is_told_no_more_than_that() {
    let daemon = Daemon::start();
    let louise = daemon.person("louisem");
    is_refused(&daemon, &louise.dn, "wrong");
    is_refused(&daemon, &louise.dn, &louise.password.to_uppercase());
    is_refused(&daemon, &louise.dn, &format!("{} ", louise.password));
    for nobody in ["uid=nobody,ou=people,dc=example,dc=org", "ou=people,dc=example,dc=org", "dc=example,dc=org", "uid=louisem,dc=other"] {
        is_refused(&daemon, nobody, &louise.password);
    }
    let empty = daemon.client("ldapwhoami", &louise.dn, "").exits(53);
    assert!(empty.stderr.contains("a name without a password is not a bind"), "{empty:?}");
    for no_dn in ["louisem", "louisem@example.org"] {
        let malformed = daemon.client("ldapwhoami", no_dn, &louise.password).exits(34);
        assert!(malformed.stderr.contains("uid=louisem,ou=people,dc=example,dc=org"), "how to write it: {malformed:?}");
    }
    let anonymous = Program::new("ldapwhoami").args(["-x", "-H", &daemon.facts().ldap]).succeeds();
    assert_eq!(anonymous.stdout, "anonymous\n");
    let old_protocol = daemon.client("ldapsearch", &louise.dn, &louise.password).args(["-P", "2", "-b", PEOPLE]).exits(2);
    assert!(old_protocol.stderr.contains("version 3"), "{old_protocol:?}");
}

#[test]
fn the_password_policy_control_says_what_is_the_matter() {
    let daemon = Daemon::start();
    let bind = |login: &str, password: &str| daemon.client("ldapwhoami", &person_dn(login), password).args(["-e", "ppolicy"]).run();
    let [louise, thomas, ines] = ["louisem", "thomasd", "inesg"].map(|login| daemon.person(login));

    let fine = bind("louisem", &louise.password);
    assert_eq!((fine.code, fine.stderr.as_str()), (Some(0), ""));

    modify(&daemon, &thomas.dn, &["replace: pwdReset", "pwdReset: TRUE"]).succeeds();
    let reset = bind("thomasd", &thomas.password);
    assert!(reset.code == Some(0) && reset.stderr.contains("Password must be changed"), "{reset:?}");

    modify(&daemon, &ines.dn, &["replace: accountExpires", "accountExpires: 20200101000000Z"]).succeeds();
    let expired = bind("inesg", &ines.password);
    assert!(expired.code == Some(49) && expired.stderr.contains("Password expired"), "{expired:?}");
    let guessed = bind("inesg", "a guess");
    assert!(guessed.code == Some(49) && !guessed.stderr.contains("expired"), "only who knows the password is told: {guessed:?}");

    for login in ["louisem", "nobody"] {
        for _ in 0..5 {
            is_refused(&daemon, &person_dn(login), "a guess");
        }
        let locked = bind(login, &louise.password);
        assert!(locked.code == Some(49) && locked.stderr.contains("Account locked"), "{login}: {locked:?}");
        is_refused(&daemon, &person_dn(login), &louise.password);
    }
}

#[test]
fn whoever_must_change_their_password_does_nothing_else_before() {
    let daemon = Daemon::start();
    let thomas = daemon.person("thomasd");
    modify(&daemon, &thomas.dn, &["replace: pwdReset", "pwdReset: TRUE"]).succeeds();
    let search = |password: &str| daemon.client("ldapsearch", &thomas.dn, password).args(["-LLL", "-b", &thomas.dn, "pwdReset"]);
    let refused = search(&thomas.password).exits(50);
    assert!(refused.stderr.contains("the password must be changed first"), "{refused:?}");
    let new = "chouette-Panier-douze-marins";
    daemon.client("ldappasswd", &thomas.dn, &thomas.password).args(["-a", &thomas.password, "-s", new]).succeeds();
    assert!(search(new).succeeds().values("pwdReset").is_empty());
}
