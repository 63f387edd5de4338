//! Names with several parts (RFC 4512 §2.3.1): an entry has such a name if each part holds of it.

use crate::harness::{Daemon, Program};

const PEOPLE: &str = "ou=people,dc=example,dc=org";

fn base(daemon: &Daemon, dn: &str) -> Program {
    daemon.as_service("ldapsearch").args(["-LLL", "-s", "base", "-b", dn, "1.1"])
}

#[test]
fn a_name_whose_other_parts_do_not_hold_is_nobodys() {
    let daemon = Daemon::start();
    let louise = daemon.person("louisem");
    let wrong = [
        format!("uid=louisem+cn=Somebody Else,{PEOPLE}"),
        format!("uid=louisem+cn=Louise Martin+sn=Durand,{PEOPLE}"),
        format!("uid=louisem+mail=other@example.org,{PEOPLE}"),
        format!("uid=louisem+nobodyKnows=x,{PEOPLE}"),
        format!("uid=louisem+userPassword=x,{PEOPLE}"),
        format!("uid=louisem+memberOf=staff,{PEOPLE}"),
        "uid=louisem,ou=people+cn=x,dc=example,dc=org".to_owned(),
    ];
    for dn in &wrong {
        daemon.client("ldapwhoami", dn, &louise.password).exits(49);
        base(&daemon, dn).exits(32);
        daemon.as_service("ldapcompare").args([dn.as_str(), "uid:louisem"]).exits(32);
        daemon.as_administrator("ldapdelete").arg(dn).exits(32);
        daemon.as_administrator("ldapmodify").stdin(format!("dn: {dn}\nchangetype: modify\nreplace: title\ntitle: x\n")).exits(32);
        let password = daemon.as_administrator("ldappasswd").args(["-s", "un-autre-Mot-de-passe-7", dn]).run();
        assert!(password.stdout.contains("No such object (32)"), "{password:?}");
        daemon.as_administrator("ldapmodrdn").args(["-r", dn, "uid=other"]).exits(32);
    }
    for dn in [
        format!("uid=louisem+cn=LOUISE  martin,{PEOPLE}"),
        format!("cn=Louise Martin+uid=LouiseM+sn=Martin,{PEOPLE}"),
        format!("UID=louisem+mail=louisem@EXAMPLE.org,{PEOPLE}"),
    ] {
        daemon.client("ldapwhoami", &dn, &louise.password).succeeds();
        assert_eq!(base(&daemon, &dn).succeeds().values("dn"), [louise.dn.as_str()], "{dn}");
    }
    daemon.client("ldapwhoami", &louise.dn, &louise.password).succeeds();
}

#[test]
fn one_type_twice_in_a_part_is_no_name() {
    let daemon = Daemon::start();
    let louise = daemon.person("louisem");
    for rdn in ["uid=louisem+uid=louisem", "uid=louisem+userid=louise", "cn=a+cn=b", "x=1+x=2"] {
        let dn = format!("{rdn},{PEOPLE}");
        daemon.client("ldapwhoami", &dn, &louise.password).exits(34);
        base(&daemon, &dn).exits(34);
        daemon.as_administrator("ldapmodrdn").args(["-r", &louise.dn, rdn]).exits(34);
    }
}

#[test]
fn parts_that_would_be_lost_are_refused() {
    let daemon = Daemon::start();
    let louise = daemon.person("louisem");
    for rdn in ["uid=louise2+mail=y@example.org", "uid=louise2+cn=Other", "uid=louise2+departmentNumber=sales", "uid=louise2+x=y"] {
        let refused = daemon.as_administrator("ldapmodrdn").args(["-r", &louise.dn, rdn]).exits(64);
        assert!(format!("{refused:?}").contains("name"), "{rdn}: {refused:?}");
    }
    base(&daemon, &louise.dn).succeeds();
    daemon.as_administrator("ldapmodrdn").args(["-r", &louise.dn, "uid=louise2+cn=Louise Martin"]).succeeds();
    assert_eq!(base(&daemon, &format!("uid=louise2,{PEOPLE}")).succeeds().values("dn"), [format!("uid=louise2,{PEOPLE}")]);

    let add = |rdn: &str, more: &str| {
        let entry = format!("dn: {rdn},{PEOPLE}\nobjectClass: inetOrgPerson\nsn: New\n{more}\n");
        daemon.as_administrator("ldapadd").stdin(entry)
    };
    add("uid=new+cn=New One", "cn: Another").exits(64);
    add("uid=new+x=y", "cn: New").exits(64);
    add("uid=new+departmentNumber=sales", "cn: New").exits(64);
    base(&daemon, &format!("uid=new,{PEOPLE}")).exits(32);
    add("uid=new+cn=New One", "mail: new@example.org").succeeds();
    let shown = daemon.as_service("ldapsearch").args(["-LLL", "-b", PEOPLE, "(uid=new)", "cn"]).succeeds();
    assert_eq!((shown.values("dn"), shown.values("cn")), (vec![format!("uid=new,{PEOPLE}").as_str()], vec!["New One"]));
}

/// A caller who may not read an attribute must not guess it by a name.
#[test]
fn parts_that_may_not_be_read_hold_for_nobody() {
    let daemon = Daemon::with(&[("BINDERY_DIRECTORY__ADDRESS_BOOK", "true")]);
    let (louise, zoe) = (daemon.person("louisem"), daemon.person("zoef"));
    let changes = format!("dn: {}\nchangetype: modify\nreplace: employeeNumber\nemployeeNumber: 4711\n", louise.dn);
    daemon.as_administrator("ldapmodify").stdin(changes).succeeds();
    let asks = |part: &str| {
        let dn = format!("uid=louisem+{part},{PEOPLE}");
        daemon.client("ldapsearch", &zoe.dn, &zoe.password).args(["-LLL", "-s", "base", "-b", &dn, "1.1"])
    };
    asks("cn=Louise Martin").succeeds();
    asks("employeeNumber=4711").exits(32);
    asks("employeeNumber=4712").exits(32);
    base(&daemon, &format!("uid=louisem+employeeNumber=4711,{PEOPLE}")).succeeds();
}
