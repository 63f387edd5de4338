//! What an administrator is told when a change is refused: the standard code, and a text that says what to do.

use super::*;

#[test]
fn an_entry_that_cannot_be_added_is_refused_with_what_is_wrong() {
    let daemon = Daemon::start();
    let louise = person_dn("louisem");
    let new = person_dn("new");
    let person = ["objectClass: inetOrgPerson", "cn: New Person", "sn: Person"];
    for (dn, lines, code, text) in [
        (louise.as_str(), &[][..], 68, "is taken by another account; choose another one"),
        ("uid=nextcloud,ou=people,dc=example,dc=org", &[], 19, "nextcloud"),
        (&new, &["mail: louise"], 21, "louise.martin@example.org"),
        (&new, &["favouriteColour: blue"], 17, "favouriteColour is not an attribute type"),
        (&new, &["objectClass: sambaSamAccount"], 65, "those are top, person"),
        (&new, &["uidNumber: 0"], 19, "a number from 1"),
        (&new, &["uidNumber: many"], 21, "uidNumber"),
        (&new, &["entryUUID: 4b0e0bd6-6a5a-4f0b-9b0a-9d1d3f1c9c11"], 19, "NO-USER-MODIFICATION"),
        (&new, &["member: cn=x"], 65, "no member here"),
        (&new, &["departmentNumber: nowhere"], 19, "there is no team nowhere; add it first"),
        (&new, &["userPassword: court"], 19, "at least 12 characters"),
        (&new, &["userPassword: {SSHA}nonsense"], 21, "userPassword"),
        (&new, &["preferredLanguage: fr", "preferredLanguage: en"], 19, "one value at most"),
        (&new, &["cn;lang-fr: Nouvelle"], 17, "leave the option out"),
        ("uid=a b,ou=people,dc=example,dc=org", &[], 64, "without blanks"),
        ("uid=new,ou=nowhere,dc=example,dc=org", &[], 32, ""),
        ("uid=new,dc=example,dc=org", &[], 64, "entries live in ou=people"),
        ("sn=new,ou=people,dc=example,dc=org", &[], 64, "uid=louisem,ou=people"),
        ("uid=new,dc=other", &[], 32, ""),
    ] {
        let refused = add(&daemon, dn, &[&person, lines].concat()).exits(code);
        assert!(refused.stderr.contains(text), "{dn} {lines:?}: {refused:?}");
    }
    for (lines, text) in [
        (&["objectClass: inetOrgPerson", "cn: New"][..], "inetOrgPerson needs sn"),
        (&["objectClass: inetOrgPerson"], "inetOrgPerson needs cn and sn"),
        (&["cn: New", "sn: Person"], "objectClass is missing"),
    ] {
        let refused = add(&daemon, &new, lines).exits(65);
        assert!(refused.stderr.contains(text), "{lines:?}: {refused:?}");
    }
    read_missing(&daemon, &new);
}

fn read_missing(daemon: &Daemon, dn: &str) {
    daemon.as_service("ldapsearch").args(["-s", "base", "-b", dn]).exits(32);
}

#[test]
fn a_change_that_cannot_be_made_is_refused_with_what_is_wrong() {
    let daemon = Daemon::start();
    let (louise, vpn) = (person_dn("louisem"), group_dn("vpn"));
    let before = read(&daemon, &louise, &["*", "+"]).stdout;
    for (dn, lines, code, text) in [
        (louise.as_str(), &["replace: uid", "uid: other"][..], 67, "ldapmodrdn"),
        (&louise, &["delete: cn"], 65, "needs cn"),
        (&louise, &["delete: title"], 16, "no title"),
        (&louise, &["delete: mail", "mail: x@example.org"], 16, "mail has no value \"x@example.org\""),
        (&louise, &["add: mail", "mail: LOUISEM@example.org"], 20, "already"),
        (&louise, &["replace: accountStatus", "accountStatus: asleep"], 21, "active or disabled"),
        (&louise, &["replace: accountExpires", "accountExpires: tomorrow"], 21, "20261122093000Z"),
        (&louise, &["replace: binderyRole", "binderyRole: king"], 21, "user, manager or administrator"),
        (&louise, &["replace: memberOf", "memberOf: cn=vpn"], 19, "NO-USER-MODIFICATION"),
        (&louise, &["replace: pwdAccountLockedTime", "pwdAccountLockedTime: 000001010000Z"], 19, "set accountStatus to disabled"),
        (&louise, &["delete: objectClass", "objectClass: person"], 65, "cannot be taken away"),
        (&louise, &["delete: userPassword"], 53, "changed by one replace"),
        (&louise, &["add: userPassword", "userPassword: nouveau-Pont-sept-vaches"], 20, "replace it"),
        (&louise, &["increment: uidNumber", "uidNumber: 1"], 53, "replace the value"),
        (&vpn, &["add: member", "member: uid=marcl,ou=people,dc=example,dc=org"], 20, "\"marcl\" is a member of \"vpn\" already"),
        (&vpn, &["delete: member", "member: uid=louisem,ou=people,dc=example,dc=org"], 16, "\"louisem\" is not a member of \"vpn\""),
        (&vpn, &["add: member", "member: uid=nobody,ou=people,dc=example,dc=org"], 19, "there is no account"),
        (&vpn, &["add: member", "member: cn=staff,ou=groups,dc=example,dc=org"], 19, "no groups"),
        (PEOPLE, &["replace: description", "description: x"], 53, "made by the configuration"),
        ("uid=nobody,ou=people,dc=example,dc=org", &["replace: title", "title: x"], 32, "matched DN: ou=people,dc=example,dc=org"),
        // All of it or nothing.
        (&louise, &["replace: title", "title: Chef", "-", "replace: mail", "mail: x"], 21, "mail"),
    ] {
        let refused = modify(&daemon, dn, lines).exits(code);
        assert!(refused.stderr.contains(text), "{dn} {lines:?}: {refused:?}");
    }
    assert_eq!(read(&daemon, &louise, &["*", "+"]).stdout, before);
}

#[test]
fn whoever_may_not_is_told_so() {
    let daemon = Daemon::start();
    let (louise, thomas, marc) = (person_dn("louisem"), person_dn("thomasd"), person_dn("marcl"));
    for (who, dn, lines, code, text) in [
        ("louisem", &louise, &["replace: mail", "mail: l@example.org"][..], 50, "not yours to change"),
        ("louisem", &louise, &["replace: binderyRole", "binderyRole: administrator"], 50, "not yours to change"),
        ("louisem", &louise, &["replace: userPassword", "userPassword: nouveau-Pont-sept-vaches"], 50, "delete the old value"),
        ("louisem", &thomas, &["replace: mail", "mail: l@example.org"], 32, ""),
        ("louisem", &group_dn("staff"), &["add: member", "member: zoef"], 50, "not yours to change"),
        ("helenep", &thomas, &["replace: binderyRole", "binderyRole: manager"], 50, "not yours to change"),
        ("helenep", &thomas, &["replace: departmentNumber", "departmentNumber: support"], 50, "among their own teams"),
        ("helenep", &marc, &["replace: mail", "mail: l@example.org"], 32, ""),
        ("helenep", &team_dn("sales"), &["add: owner", "owner: thomasd"], 50, "not yours to change"),
    ] {
        let refused = modify_as(&daemon, who, dn, lines).exits(code);
        assert!(refused.stderr.contains(text), "{who} {dn} {lines:?}: {refused:?}");
    }
    let own_role = modify(&daemon, &daemon.facts().administrator.dn, &["replace: binderyRole", "binderyRole: user"]).exits(50);
    assert!(own_role.stderr.contains("their own role"), "{own_role:?}");

    let helene = daemon.person("helenep");
    let as_manager = |program: &str| daemon.client(program, &helene.dn, &helene.password);
    let entry = format!("dn: {}\nobjectClass: inetOrgPerson\ncn: N\nsn: N\n", person_dn("new"));
    for refused in [
        as_manager("ldapadd").stdin(entry).exits(50),
        as_manager("ldapdelete").arg(&thomas).exits(50),
        as_manager("ldapmodrdn").args(["-r", &thomas, "uid=tom"]).exits(50),
    ] {
        assert!(format!("{refused:?}").contains("an administrator"), "{refused:?}");
    }
}
