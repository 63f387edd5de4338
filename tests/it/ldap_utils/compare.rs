//! `ldapcompare`, as Apache and others ask about groups.

use super::*;

#[test]
fn values_are_compared_by_their_rules() {
    let daemon = Daemon::start();
    let vpn = group_dn("vpn");
    let marc = person_dn("marcl");
    const TRUE: i32 = 6;
    const FALSE: i32 = 5;
    for (dn, assertion, code) in [
        (vpn.as_str(), "member:uid=marcl,ou=people,dc=example,dc=org", TRUE),
        (&vpn, "member:UID=MarcL, OU=people, DC=EXAMPLE, dc=org", TRUE),
        (&vpn, "member:cn=marcl,ou=people,dc=example,dc=org", TRUE),
        (&vpn, "uniqueMember:uid=marcl,ou=people,dc=example,dc=org", TRUE),
        (&vpn, "memberUid:marcl", TRUE),
        (&vpn, "member:uid=louisem,ou=people,dc=example,dc=org", FALSE),
        (&vpn, "member:uid=marcl,ou=services,dc=example,dc=org", FALSE),
        (&vpn, "uniqueMember:uid=nobody,ou=people,dc=example,dc=org", FALSE),
        (&vpn, "cn:VPN", TRUE),
        ("CN=VPN,OU=Groups,DC=example,DC=org", "memberUid:marcl", TRUE),
        (&marc, "mail:MARCL@example.org", TRUE),
        (&marc, "mail:other@example.org", FALSE),
        (&marc, "memberOf:cn=vpn,ou=groups,dc=example,dc=org", TRUE),
        (&marc, "memberOf:cn=none,ou=groups,dc=example,dc=org", FALSE),
        (&marc, "objectClass:PERSON", TRUE),
        (&marc, "title:x", 16),
        (&marc, "userPassword:boussole-noisette-quai-39", 16),
        (&marc, "sAMAccountName:x", 17),
        (PEOPLE, "ou:People", TRUE),
        (&marc, "objectClass:sudoRole", FALSE),
        (&marc, "objectClass:(", 21),
        (&marc, "uidNumber:many", 21),
        (&marc, "memberOf:no DN, and nobody's name", FALSE),
        (&marc, "entryUUID:none", 21),
        (&marc, "title:many", 16),
    ] {
        let compared = daemon.as_service("ldapcompare").args([dn, assertion]).run();
        assert_eq!(compared.code, Some(code), "{dn} {assertion}: {compared:?}");
    }
    let missing = daemon.as_service("ldapcompare").args([person_dn("nobody").as_str(), "cn:x"]).exits(32);
    says(&missing, "Matched DN: ou=people,dc=example,dc=org");
}

#[test]
fn what_may_not_be_read_cannot_be_compared() {
    let daemon = Daemon::start();
    let compare = |login: &str, dn: &str, assertion: &str, code: i32| {
        let person = daemon.person(login);
        daemon.client("ldapcompare", &person.dn, &person.password).args([dn, assertion]).exits(code);
    };
    compare("louisem", &person_dn("louisem"), "mail:louisem@example.org", 6);
    compare("louisem", &person_dn("louisem"), "userPassword:cerise-brouillard-velo-48", 16);
    compare("louisem", &person_dn("thomasd"), "mail:thomasd@example.org", 32);
    compare("louisem", &group_dn("staff"), "cn:staff", 6);
    compare("louisem", &group_dn("vpn"), "cn:vpn", 32);
    compare("helenep", &person_dn("thomasd"), "mail:thomasd@example.org", 6);
    compare("helenep", &person_dn("marcl"), "mail:marcl@example.org", 32);
    let anonymous = Program::new("ldapcompare").args(["-x", "-H", &daemon.facts().ldap, &group_dn("vpn"), "cn:vpn"]).exits(8);
    says(&anonymous, "bind first");
}
