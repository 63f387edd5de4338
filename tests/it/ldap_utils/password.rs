//! `ldappasswd` in its forms: one's own password, somebody else's, given or generated.

use super::*;

const NEW: &str = "nouveau-Pont-sept-vaches";
const OTHER: &str = "tambour-Oseille-gare-quinze";

fn passwd(daemon: &Daemon, login: &str) -> Program {
    let person = daemon.person(login);
    daemon.client("ldappasswd", &person.dn, &person.password)
}

/// Runs it, and expects that it is refused with this code and text.
fn refused(program: Program, code: i32, text: &str) {
    let output = program.exits(1);
    says(&output, &format!("({code})\n"));
    says(&output, text);
}

/// The password that was generated.
fn generated(program: Program) -> String {
    let output = program.succeeds();
    output.stdout.trim().strip_prefix("New password: ").unwrap_or_else(|| panic!("{output:?}")).to_owned()
}

#[test]
fn a_person_changes_their_own_password_with_the_old_one() {
    let daemon = Daemon::start();
    let louise = daemon.person("louisem");
    refused(passwd(&daemon, "louisem").args(["-s", NEW]), 50, "the old password");
    refused(passwd(&daemon, "louisem").args(["-s", NEW, &louise.dn]), 50, "the old password");
    refused(passwd(&daemon, "louisem").args(["-a", "wrong", "-s", NEW]), 49, "the old password is not right");
    refused(passwd(&daemon, "louisem").args(["-a", &louise.password, "-s", &louise.password]), 19, "have already");
    passwd(&daemon, "louisem").args(["-a", &louise.password, "-s", NEW]).succeeds();
    is_refused(&daemon, &louise.dn, &louise.password);
    binds(&daemon, &louise.dn, NEW);

    // With the passwords in files, and oneself named.
    let [old, new] = [("old", NEW), ("new", OTHER)].map(|(name, password)| {
        let path = daemon.directory().join(name);
        std::fs::write(&path, password).unwrap();
        path.to_str().unwrap().to_owned()
    });
    daemon.client("ldappasswd", &louise.dn, NEW).args(["-t", &old, "-T", &new, &louise.dn]).succeeds();
    binds(&daemon, &louise.dn, OTHER);

    let invented = generated(daemon.client("ldappasswd", &louise.dn, OTHER).args(["-a", OTHER]));
    is_refused(&daemon, &louise.dn, OTHER);
    binds(&daemon, &louise.dn, &invented);
}

#[test]
fn an_administrator_sets_anybodys() {
    let daemon = Daemon::start();
    let thomas = person_dn("thomasd");
    daemon.as_administrator("ldappasswd").args(["-s", NEW, &thomas]).succeeds();
    binds(&daemon, &thomas, NEW);
    daemon.as_administrator("ldappasswd").args(["-s", OTHER, "u:thomasd"]).succeeds();
    binds(&daemon, &thomas, OTHER);
    daemon.as_administrator("ldappasswd").args(["-s", NEW, "dn: UID=ThomasD, ou=people,dc=example,dc=org"]).succeeds();
    binds(&daemon, &thomas, NEW);

    let invented = generated(daemon.as_administrator("ldappasswd").arg(&thomas));
    assert!(invented.len() >= 20 && invented.bytes().all(|byte| byte == b'-' || byte.is_ascii_alphanumeric()), "{invented}");
    assert_ne!(generated(daemon.as_administrator("ldappasswd").arg(&thomas)), invented);

    let external = Program::new("ldappasswd").args(["-Q", "-Y", "EXTERNAL", "-H", &daemon.facts().ldapi, "-s", OTHER, &thomas]);
    external.succeeds();
    binds(&daemon, &thomas, OTHER);

    for nobody in [person_dn("nobody"), PEOPLE.to_owned(), group_dn("staff"), "u:nobody".to_owned()] {
        refused(daemon.as_administrator("ldappasswd").args(["-s", NEW, &nobody]), 32, "no such account");
    }
    refused(daemon.as_administrator("ldappasswd").args(["-s", NEW, "thomasd"]), 34, "uid=louisem,ou=people,dc=example,dc=org");
}

#[test]
fn a_manager_sets_those_of_their_own_team() {
    let daemon = Daemon::start();
    let [thomas, marc, helene] = ["thomasd", "marcl", "helenep"].map(person_dn);
    passwd(&daemon, "helenep").args(["-s", NEW, &thomas]).succeeds();
    binds(&daemon, &thomas, NEW);
    let invented = generated(passwd(&daemon, "helenep").arg(&thomas));
    binds(&daemon, &thomas, &invented);

    // Who is not in the team is not seen, and so is not there.
    refused(passwd(&daemon, "helenep").args(["-s", NEW, &marc]), 32, "no such account");
    refused(passwd(&daemon, "helenep").args(["-s", NEW, &daemon.facts().administrator.dn]), 32, "no such account");
    refused(passwd(&daemon, "helenep").args(["-s", NEW, &helene]), 50, "the old password");
    // A manager among the members is seen, but is nobody's to look after.
    modify(&daemon, &person_dn("inesg"), &["replace: binderyRole", "binderyRole: manager"]).succeeds();
    refused(passwd(&daemon, "helenep").args(["-s", NEW, &person_dn("inesg")]), 50, "not yours to set");
    binds(&daemon, &person_dn("inesg"), &daemon.person("inesg").password);
    binds(&daemon, &marc, &daemon.person("marcl").password);
}

#[test]
fn nobody_else_sets_a_password() {
    let daemon = Daemon::start();
    let thomas = daemon.person("thomasd");
    refused(passwd(&daemon, "louisem").args(["-s", NEW, &thomas.dn]), 32, "no such account");
    refused(passwd(&daemon, "louisem").args(["-a", &thomas.password, "-s", NEW, &thomas.dn]), 32, "no such account");
    refused(daemon.as_service("ldappasswd").args(["-s", NEW, &thomas.dn]), 50, "not yours to set");
    let anonymous = || Program::new("ldappasswd").args(["-x", "-H", &daemon.facts().ldap]);
    refused(anonymous().args(["-s", NEW, &thomas.dn]), 8, "bind first");
    refused(anonymous().args(["-a", &thomas.password, "-s", NEW, &thomas.dn]), 8, "bind first");
    binds(&daemon, &thomas.dn, &thomas.password);
    modify(&daemon, &daemon.facts().service.dn, &["add: binderyGrant", "binderyGrant: password-reset"]).succeeds();
    daemon.as_service("ldappasswd").args(["-s", NEW, &thomas.dn]).succeeds();
    binds(&daemon, &thomas.dn, NEW);
    refused(daemon.as_service("ldappasswd").args(["-s", NEW, &daemon.facts().administrator.dn]), 50, "not yours to set");
}

#[test]
fn a_password_that_is_too_weak_is_refused_with_what_to_do() {
    let daemon = Daemon::start();
    let louise = person_dn("louisem");
    for (weak, text) in [
        ("court", "use at least 12 characters"),
        ("louise-martin", "the person's name"),
        ("louisem@example.org", "leave it out"),
        ("motdepasse123", "one of the most common"),
        ("azertyuiop123", "choose one that nobody else would think of"),
        ("abcdefghijklmnop", "choose one that nobody else would think of"),
        ("janvier20262026", "add words that have nothing to do with each other"),
    ] {
        refused(daemon.as_administrator("ldappasswd").args(["-s", weak, &louise]), 19, text);
    }
    let short = daemon.as_administrator("ldappasswd").args(["-e", "ppolicy", "-s", "court", &louise]).exits(1);
    says(&short, "Password is too short for policy");
    let by_modify = modify(&daemon, &louise, &["replace: userPassword", "userPassword: court"]).exits(19);
    says(&by_modify, "use at least 12 characters");
    binds(&daemon, &louise, &daemon.person("louisem").password);
}

#[test]
fn a_service_gets_a_generated_secret() {
    let daemon = Daemon::start();
    let dn = format!("uid=wiki,{SERVICES}");
    add(&daemon, &dn, &["objectClass: account", "objectClass: simpleSecurityObject"]).succeeds();
    is_refused(&daemon, &dn, "anything");
    let secret = generated(daemon.as_administrator("ldappasswd").arg(&dn));
    assert!(secret.len() >= 43, "256 bits: {secret}");
    binds(&daemon, &dn, &secret);
    let next = generated(daemon.as_administrator("ldappasswd").arg(&dn));
    is_refused(&daemon, &dn, &secret);
    binds(&daemon, &dn, &next);
    // It may as well have the one that its configuration holds already.
    daemon.as_administrator("ldappasswd").args(["-s", NEW, &dn]).succeeds();
    binds(&daemon, &dn, NEW);
}
