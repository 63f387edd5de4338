//! Groups and teams by `ldapadd` and `ldapmodify`: `member`, `uniqueMember`, `memberUid` and `memberOf` are one thing.

use super::*;

fn members(daemon: &Daemon, dn: &str) -> Vec<String> {
    let shown = read(daemon, dn, &["member", "uniqueMember", "memberUid"]);
    let logins: Vec<String> = sorted(shown.values("member")).into_iter().map(login_in).collect();
    assert_eq!(sorted(shown.values("uniqueMember")), sorted(shown.values("member")));
    // Teams are no posixGroup.
    let bare = if dn.ends_with(TEAMS) { Vec::new() } else { logins.clone() };
    assert_eq!(sorted(shown.values("memberUid")), bare);
    logins
}

fn login_in(dn: &str) -> String {
    let login = dn.strip_suffix(&format!(",{PEOPLE}")).and_then(|rdn| rdn.strip_prefix("uid="));
    login.unwrap_or_else(|| panic!("{dn} is not in its canonical form")).to_owned()
}

fn groups_of(daemon: &Daemon, login: &str) -> Vec<String> {
    let shown = read(daemon, &person_dn(login), &["memberOf"]);
    sorted(shown.values("memberOf")).into_iter().map(str::to_owned).collect()
}

#[test]
fn a_group_is_made_filled_and_deleted() {
    let daemon = Daemon::start();
    let wiki = group_dn("wiki");
    let louise = person_dn("louisem");
    add(&daemon, &wiki, &["objectClass: groupOfNames", "cn: wiki", &format!("member: {louise}")]).succeeds();
    assert_eq!(members(&daemon, &wiki), ["louisem"]);
    assert_eq!(groups_of(&daemon, "louisem"), [group_dn("cloud"), team_dn("sales"), group_dn("staff"), wiki.clone()]);

    for (lines, expected) in [
        (
            &["add: member", "member: UID=MarcL, ou=people,dc=example,dc=org", "member: cn=zoef,ou=people,dc=example,dc=org"][..],
            &["louisem", "marcl", "zoef"][..],
        ),
        (&["delete: uniqueMember", "uniqueMember: uid=zoef,ou=people,dc=example,dc=org"], &["louisem", "marcl"]),
        (&["add: memberUid", "memberUid: inesg", "-", "delete: memberUid", "memberUid: marcl"], &["inesg", "louisem"]),
        (&["replace: member", "member: uid=thomasd,ou=people,dc=example,dc=org", "member: inesg"], &["inesg", "thomasd"]),
        (&["replace: description", "description: Ceux du wiki"], &["inesg", "thomasd"]),
        (&["delete: member"], &[]),
    ] {
        modify(&daemon, &wiki, lines).succeeds();
        assert_eq!(members(&daemon, &wiki), expected, "{lines:?}");
    }
    assert_eq!(read(&daemon, &wiki, &["description"]).values("description"), ["Ceux du wiki"]);
    assert_eq!(groups_of(&daemon, "louisem"), [group_dn("cloud"), team_dn("sales"), group_dn("staff")]);

    modify(&daemon, &wiki, &["add: member", &format!("member: {louise}")]).succeeds();
    daemon.as_administrator("ldapdelete").arg(&wiki).succeeds();
    daemon.as_service("ldapsearch").args(["-s", "base", "-b", &wiki]).exits(32);
    assert_eq!(groups_of(&daemon, "louisem"), [group_dn("cloud"), team_dn("sales"), group_dn("staff")]);
}

/// groupOfNames needs a member by the standard; clients have their ways to make a group without one.
#[test]
fn empty_groups_are_made_as_clients_make_them() {
    let daemon = Daemon::start();
    for (name, lines) in [
        ("none", &["objectClass: posixGroup"][..]),
        ("itself", &["objectClass: groupOfNames", "member: cn=itself,ou=groups,dc=example,dc=org"]),
        ("blank", &["objectClass: groupOfUniqueNames", "uniqueMember:"]),
    ] {
        add(&daemon, &group_dn(name), lines).succeeds();
        assert_eq!(members(&daemon, &group_dn(name)), [""; 0], "{name}");
    }
    let numbers: Vec<String> =
        ["none", "itself", "blank"].map(|name| read(&daemon, &group_dn(name), &["gidNumber"]).values("gidNumber")[0].to_owned()).to_vec();
    assert!(numbers[0] != numbers[1] && numbers[1] != numbers[2], "{numbers:?}");
    add(&daemon, &group_dn("staff"), &["objectClass: groupOfNames"]).exits(68);
}

#[test]
fn a_person_is_in_one_team() {
    let daemon = Daemon::start();
    let (sales, support) = (team_dn("sales"), team_dn("support"));
    modify(&daemon, &person_dn("louisem"), &["replace: departmentNumber", "departmentNumber: support"]).succeeds();
    assert_eq!(members(&daemon, &sales), ["helenep", "inesg", "thomasd"]);
    assert_eq!(members(&daemon, &support), ["karimb", "louisem", "marcl", "zoef"]);
    assert_eq!(groups_of(&daemon, "louisem"), [group_dn("cloud"), group_dn("staff"), support.clone()]);
    // Now it is the other manager who looks after her.
    let reset = |manager: &str| {
        let manager = daemon.person(manager);
        daemon.client("ldappasswd", &manager.dn, &manager.password).arg(person_dn("louisem")).run().code
    };
    assert_eq!((reset("helenep"), reset("karimb")), (Some(1), Some(0)));

    let refused = modify(&daemon, &sales, &["add: member", "member: louisem"]).exits(19);
    assert!(refused.stderr.contains("support"), "which team she is in: {refused:?}");
    modify(&daemon, &support, &["delete: member", "member: louisem"]).succeeds();
    assert_eq!(read(&daemon, &person_dn("louisem"), &["departmentNumber"]).values("departmentNumber"), [""; 0]);
    modify(&daemon, &sales, &["add: member", "member: louisem"]).succeeds();
    assert_eq!(read(&daemon, &person_dn("louisem"), &["departmentNumber"]).values("departmentNumber"), ["sales"]);
}

#[test]
fn a_team_is_made_with_its_manager() {
    let daemon = Daemon::start();
    let law = team_dn("law");
    let (ines, marc) = (daemon.person("inesg"), person_dn("marcl"));
    add(&daemon, &law, &["objectClass: groupOfNames", &format!("owner: {}", ines.dn), "memberUid: zoef"]).exits(19);
    modify(&daemon, &person_dn("zoef"), &["delete: departmentNumber"]).succeeds();
    add(&daemon, &law, &["objectClass: groupOfNames", &format!("owner: {}", ines.dn), "memberUid: zoef"]).succeeds();
    let passwd =
        |whom: &str| daemon.client("ldappasswd", &ines.dn, &ines.password).args(["-s", "nouveau-Pont-sept-vaches", whom]).run().code;
    assert_eq!(passwd(&person_dn("zoef")), Some(1), "owner, but no manager");
    modify(&daemon, &ines.dn, &["replace: binderyRole", "binderyRole: manager"]).succeeds();
    assert_eq!(passwd(&person_dn("zoef")), Some(0));
    assert_eq!(passwd(&marc), Some(1));

    // She may move people between teams that are both hers.
    modify(&daemon, &team_dn("support"), &["add: owner", &format!("owner: {}", ines.dn)]).succeeds();
    modify_as(&daemon, "inesg", &marc, &["replace: departmentNumber", "departmentNumber: law"]).succeeds();
    assert_eq!(members(&daemon, &law), ["marcl", "zoef"]);
    modify_as(&daemon, "inesg", &marc, &["replace: departmentNumber", "departmentNumber: sales"]).exits(50);
    modify_as(&daemon, "inesg", &marc, &["replace: mail", "mail: marc@example.org"]).succeeds();
    daemon.as_administrator("ldapdelete").arg(&law).succeeds();
    assert_eq!(read(&daemon, &marc, &["departmentNumber"]).values("departmentNumber"), [""; 0]);
}
