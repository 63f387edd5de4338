//! The life of an account by `ldapadd`, `ldapmodify` and `ldapdelete`.

use super::*;

const FIRST: &str = "prairie-Moteur-soixante-lune";
const SECOND: &str = "tambour-Oseille-gare-quinze";

fn add_anna(daemon: &Daemon, more: &[&str]) -> String {
    let dn = person_dn("annab");
    let lines = ["objectClass: inetOrgPerson", "uid: annab", "cn: Anna Blanc", "sn: Blanc", "mail: annab@example.org"];
    add(daemon, &dn, &[&lines[..], more].concat()).succeeds();
    dn
}

#[test]
fn an_account_is_made_changed_and_deleted() {
    let daemon = Daemon::start();
    let anna = add_anna(&daemon, &[&format!("userPassword: {FIRST}"), "departmentNumber: sales", "jpegPhoto:: /9j/4AAQSkZJRgABAQ=="]);
    binds(&daemon, &anna, FIRST);
    let made = read(&daemon, &anna, &["*", "+"]);
    assert_eq!(made.values("memberOf"), [team_dn("sales")]);
    assert_eq!((made.values("binderyRole"), made.values("accountStatus")), (vec!["user"], vec!["active"]));
    assert_eq!(made.values("homeDirectory"), ["/home/annab"]);
    assert!(made.stdout.contains("jpegPhoto:: /9j/4AAQSkZJRgABAQ==\n"), "{}", made.stdout);

    let changes = ["add: mail", "mail: anna.blanc@example.org", "-", "replace: title", "title: Comptable", "-", "delete: jpegPhoto"];
    modify(&daemon, &anna, &changes).succeeds();
    let changed = read(&daemon, &anna, &["*", "+"]);
    assert_eq!(changed.values("mail"), ["annab@example.org", "anna.blanc@example.org"]);
    assert_eq!(changed.values("title"), ["Comptable"]);
    assert!(!changed.stdout.contains("jpegPhoto"));
    for kept in ["entryUUID", "uidNumber", "createTimestamp"] {
        assert_eq!(changed.values(kept), made.values(kept), "{kept}");
    }

    daemon.as_administrator("ldapdelete").arg(&anna).succeeds();
    daemon.as_service("ldapsearch").args(["-s", "base", "-b", &anna]).exits(32);
    is_refused(&daemon, &anna, FIRST);
    assert!(!read(&daemon, &team_dn("sales"), &["member"]).stdout.contains("annab"));
    daemon.as_administrator("ldapdelete").arg(&anna).exits(32);
    daemon.as_administrator("ldapdelete").arg(PEOPLE).exits(53);
    // A number is nobody else's, ever.
    let again = add_anna(&daemon, &[]);
    assert_ne!(read(&daemon, &again, &["uidNumber"]).values("uidNumber"), made.values("uidNumber"));
}

#[test]
fn a_password_is_set_by_modify() {
    let daemon = Daemon::start();
    let anna = add_anna(&daemon, &[]);
    is_refused(&daemon, &anna, FIRST);
    modify(&daemon, &anna, &["add: userPassword", &format!("userPassword: {FIRST}")]).succeeds();
    binds(&daemon, &anna, FIRST);
    modify(&daemon, &anna, &["replace: userPassword", &format!("userPassword: {SECOND}"), "-", "replace: title", "title: x"]).succeeds();
    binds(&daemon, &anna, SECOND);
    is_refused(&daemon, &anna, FIRST);
    modify(&daemon, &anna, &["delete: userPassword", "-", "add: userPassword", &format!("userPassword: {FIRST}")]).succeeds();
    binds(&daemon, &anna, FIRST);

    let own = |old: &str, new: &str| {
        let lines = ["delete: userPassword", &format!("userPassword: {old}"), "-", "add: userPassword", &format!("userPassword: {new}")];
        daemon.client("ldapmodify", &anna, FIRST).stdin(changes(&anna, &lines))
    };
    let wrong = own("wrong", SECOND).exits(19);
    assert!(wrong.stderr.contains("the old password is wrong"), "{wrong:?}");
    own(FIRST, "court").exits(19);
    own(FIRST, SECOND).succeeds();
    binds(&daemon, &anna, SECOND);
    is_refused(&daemon, &anna, FIRST);
    let shown = read(&daemon, &anna, &["*", "+", "userPassword"]).stdout;
    assert!(!shown.contains("userPassword"), "{shown}");
}

#[test]
fn what_another_directory_stored_is_taken_from_administrators() {
    let daemon = Daemon::start();
    // Each is of FIRST.
    let ssha = "{SSHA}rPx3GvSkexCiWjq6QEMrVCUzMSBzYWx0c2FsdA==";
    let crypt = "{CRYPT}$6$rounds=5000$bindery$Sb9L5iolxB8oko7/9co1NxqEYMK6jKellcxud2yTSOV5AZUlt4XWiJcYvJUXvg6eOEh3co1sp2pL8brjRt5Jb1";
    let anna = add_anna(&daemon, &["departmentNumber: sales", &format!("userPassword: {ssha}")]);
    binds(&daemon, &anna, FIRST);
    binds(&daemon, &anna, FIRST);
    is_refused(&daemon, &anna, ssha);
    modify(&daemon, &anna, &["replace: userPassword", &format!("userPassword: {crypt}")]).succeeds();
    binds(&daemon, &anna, FIRST);

    let stored = ["replace: userPassword", &format!("userPassword: {ssha}")];
    let by_manager = modify_as(&daemon, "helenep", &anna, &stored).exits(19);
    assert!(by_manager.stderr.contains("from administrators only"), "{by_manager:?}");
    modify_as(&daemon, "helenep", &anna, &["replace: userPassword", &format!("userPassword: {SECOND}")]).succeeds();
    binds(&daemon, &anna, SECOND);
    // By password modify it would be a password, which whoever has read the other directory could type.
    let helene = daemon.person("helenep");
    let refused = daemon.client("ldappasswd", &helene.dn, &helene.password).args(["-s", ssha, &anna]).exits(1);
    assert!(refused.stdout.contains("looks like the stored form"), "{refused:?}");
    binds(&daemon, &anna, SECOND);
    is_refused(&daemon, &anna, ssha);
}

#[test]
fn an_account_is_disabled_and_enabled() {
    let daemon = Daemon::start();
    let louise = daemon.person("louisem");
    modify(&daemon, &louise.dn, &["replace: accountStatus", "accountStatus: disabled"]).succeeds();
    is_refused(&daemon, &louise.dn, &louise.password);
    assert_eq!(read(&daemon, &louise.dn, &["accountStatus"]).values("accountStatus"), ["disabled"]);
    modify(&daemon, &louise.dn, &["replace: accountStatus", "accountStatus: active"]).succeeds();
    binds(&daemon, &louise.dn, &louise.password);
    modify(&daemon, &daemon.facts().service.dn, &["replace: accountStatus", "accountStatus: disabled"]).succeeds();
    is_refused(&daemon, &daemon.facts().service.dn, &daemon.facts().service.password);
}

#[test]
fn an_account_expires_and_is_prolonged() {
    let daemon = Daemon::start();
    let louise = daemon.person("louisem");
    modify(&daemon, &louise.dn, &["replace: accountExpires", "accountExpires: 20200101000000Z"]).succeeds();
    is_refused(&daemon, &louise.dn, &louise.password);
    assert_eq!(read(&daemon, &louise.dn, &["accountStatus"]).values("accountStatus"), ["expired"]);
    modify(&daemon, &louise.dn, &["replace: accountExpires", "accountExpires: 20990101000000Z"]).succeeds();
    binds(&daemon, &louise.dn, &louise.password);
    modify(&daemon, &louise.dn, &["replace: accountExpires", "accountExpires: 20200101000000Z"]).succeeds();
    is_refused(&daemon, &louise.dn, &louise.password);
    modify(&daemon, &louise.dn, &["delete: accountExpires"]).succeeds();
    binds(&daemon, &louise.dn, &louise.password);
}

#[test]
fn an_administrator_ends_the_waiting_of_a_throttled_account() {
    let daemon = Daemon::start();
    let louise = daemon.person("louisem");
    for _ in 0..5 {
        is_refused(&daemon, &louise.dn, "a guess");
    }
    is_refused(&daemon, &louise.dn, &louise.password);
    assert_eq!(read(&daemon, &louise.dn, &["pwdAccountLockedTime"]).values("pwdAccountLockedTime").len(), 1);
    modify(&daemon, &louise.dn, &["delete: pwdAccountLockedTime"]).succeeds();
    binds(&daemon, &louise.dn, &louise.password);
    assert!(read(&daemon, &louise.dn, &["pwdAccountLockedTime"]).values("pwdAccountLockedTime").is_empty());

    // A new password ends it too.
    for _ in 0..5 {
        is_refused(&daemon, &louise.dn, "a guess");
    }
    daemon.as_administrator("ldappasswd").args(["-s", SECOND, &louise.dn]).succeeds();
    binds(&daemon, &louise.dn, SECOND);
}

#[test]
fn roles_are_given_and_the_last_administrator_stays() {
    let daemon = Daemon::start();
    let (claire, karim, marc) = (&daemon.facts().administrator, daemon.person("karimb"), daemon.person("marcl"));
    let external = |lines: &[&str], dn: &str| {
        Program::new("ldapmodify").args(["-Q", "-Y", "EXTERNAL", "-H", &daemon.facts().ldapi]).stdin(changes(dn, lines))
    };
    for lines in [
        &["replace: binderyRole", "binderyRole: user"][..],
        &["replace: accountStatus", "accountStatus: disabled"],
        &["replace: accountExpires", "accountExpires: 20990101000000Z"],
    ] {
        let refused = external(lines, &claire.dn).exits(19);
        assert!(refused.stderr.contains("\"claireb\" is the last administrator"), "{lines:?}: {refused:?}");
    }
    let refused = daemon.as_administrator("ldapdelete").arg(&claire.dn).exits(19);
    assert!(refused.stderr.contains("give somebody else that role first"), "{refused:?}");

    modify(&daemon, &karim.dn, &["replace: binderyRole", "binderyRole: administrator"]).succeeds();
    let by_karim = |program: &str| daemon.client(program, &karim.dn, &karim.password);
    by_karim("ldapmodify").stdin(changes(&claire.dn, &["replace: binderyRole", "binderyRole: user"])).succeeds();
    modify(&daemon, &marc.dn, &["replace: title", "title: x"]).exits(32);
    by_karim("ldapdelete").arg(&claire.dn).succeeds();
    is_refused(&daemon, &claire.dn, &claire.password);

    // A manager of whom the role was taken looks after nobody any more, owner or not.
    by_karim("ldapmodify").stdin(changes(&person_dn("helenep"), &["replace: binderyRole", "binderyRole: user"])).succeeds();
    let helene = daemon.person("helenep");
    daemon.client("ldappasswd", &helene.dn, &helene.password).args(["-s", SECOND, &person_dn("thomasd")]).exits(1);
    binds(&daemon, &person_dn("thomasd"), &daemon.person("thomasd").password);
}
