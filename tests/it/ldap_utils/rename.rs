//! `ldapmodrdn`: another name for an entry, and everything else stays.

use super::*;

fn rename(daemon: &Daemon, dn: &str, rdn: &str) -> Program {
    daemon.as_administrator("ldapmodrdn").args(["-r", dn, rdn])
}

#[test]
fn a_person_is_renamed_and_keeps_everything_else() {
    let daemon = Daemon::start();
    let louise = daemon.person("louisem");
    let before = read(&daemon, &louise.dn, &["*", "+"]);
    rename(&daemon, &louise.dn, "uid=louise.durand").succeeds();
    let renamed = person_dn("louise.durand");
    let after = read(&daemon, &renamed, &["*", "+"]);
    assert_eq!((after.values("uid"), after.values("entryDN")), (vec!["louise.durand"], vec![renamed.as_str()]));
    for kept in ["entryUUID", "uidNumber", "mail", "memberOf", "departmentNumber", "cn"] {
        assert_eq!(after.values(kept), before.values(kept), "{kept}");
    }
    assert!(read(&daemon, &group_dn("cloud"), &["member"]).values("member").contains(&renamed.as_str()));
    binds(&daemon, &renamed, &louise.password);
    is_refused(&daemon, &louise.dn, &louise.password);
    daemon.as_service("ldapsearch").args(["-s", "base", "-b", &louise.dn]).exits(32);
    let kept = daemon.as_administrator("ldapmodrdn").args([renamed.as_str(), "uid=louise"]).exits(53);
    says(&kept, "ldapmodrdn -r");
    // The spelling alone may change.
    rename(&daemon, &renamed, "uid=Louise.Durand").succeeds();
    assert_eq!(read(&daemon, &renamed, &["uid"]).values("uid"), ["Louise.Durand"]);
}

#[test]
fn groups_teams_and_services_are_renamed() {
    let daemon = Daemon::start();
    rename(&daemon, &group_dn("vpn"), "cn=remote access").succeeds();
    let renamed = group_dn("remote access");
    assert!(read(&daemon, &person_dn("marcl"), &["memberOf"]).values("memberOf").contains(&renamed.as_str()));
    let found = daemon.as_service("ldapsearch").args(["-LLL", "-b", PEOPLE, &format!("(memberOf={renamed})"), "1.1"]).succeeds();
    assert_eq!(found.values("dn").len(), 5);
    rename(&daemon, &team_dn("sales"), "cn=ventes").succeeds();
    assert_eq!(read(&daemon, &person_dn("louisem"), &["departmentNumber"]).values("departmentNumber"), ["ventes"]);
    let service = &daemon.facts().service;
    rename(&daemon, &service.dn, "uid=drive").succeeds();
    binds(&daemon, &format!("uid=drive,{SERVICES}"), &service.password);
}

#[test]
fn a_name_that_cannot_be_given_is_refused() {
    let daemon = Daemon::start();
    let louise = person_dn("louisem");
    for (dn, rdn, code, text) in [
        (louise.as_str(), "uid=thomasd", 68, "is taken by another account"),
        (&louise, "uid=nextcloud", 19, "nextcloud"),
        (&louise, "sn=louise", 64, "uid=louisem,ou=people"),
        (&louise, "uid=a b", 64, "without blanks"),
        (&louise, "louise", 34, ""),
        (&person_dn("nobody"), "uid=x", 32, "Matched DN: ou=people,dc=example,dc=org"),
        (PEOPLE, "ou=persons", 53, "cannot be renamed"),
        (&group_dn("vpn"), "cn=STAFF", 68, "STAFF"),
    ] {
        let refused = rename(&daemon, dn, rdn).exits(code);
        says(&refused, text);
    }
    daemon.as_administrator("ldapmodrdn").args(["-r", "-s", PEOPLE, &louise, "uid=louise2"]).succeeds();
    let elsewhere = daemon.as_administrator("ldapmodrdn").args(["-r", "-s", GROUPS, &person_dn("louise2"), "uid=louise2"]).exits(53);
    says(&elsewhere, "stays there");
}
