//! Options of attribute descriptions (RFC 4512 §2.5): one that is not known makes another attribute, which nobody has.

use crate::harness::{Daemon, Program};

fn service(daemon: &Daemon, arguments: &[&str]) -> Program {
    daemon.as_service("ldapsearch").args(["-LLL", "-o", "ldif-wrap=no", "-b", "ou=people,dc=example,dc=org"]).args(arguments)
}

#[test]
fn an_unknown_option_is_an_unknown_attribute_everywhere() {
    let daemon = Daemon::start();
    for filter in ["(uid;lang-fr=louisem)", "(uid;x-private=louisem)", "(uid;lang-fr=*)", "(!(uid;lang-fr=louisem))", "(uid;lang-fr=lou*)"]
    {
        assert_eq!(service(&daemon, &[filter, "1.1"]).succeeds().stdout, "", "{filter}");
    }
    let shown = service(&daemon, &["(uid=louisem)", "cn;lang-fr", "sn"]).succeeds();
    assert!(shown.values("cn").is_empty() && shown.values("cn;lang-fr").is_empty(), "{}", shown.stdout);
    assert_eq!(shown.values("sn"), ["Martin"]);

    let louise = "uid=louisem,ou=people,dc=example,dc=org";
    daemon.as_service("ldapcompare").args([louise, "cn:Louise Martin"]).exits(6);
    daemon.as_service("ldapcompare").args([louise, "cn;lang-fr:Louise Martin"]).exits(17);
    for option in ["cn;lang-fr", "userPassword;lang-fr", "member;range=0-1"] {
        let changes = format!("dn: {louise}\nchangetype: modify\nreplace: {option}\n{option}: x\n");
        daemon.as_administrator("ldapmodify").stdin(changes).exits(17);
    }
    let added = "dn: uid=new,ou=people,dc=example,dc=org\nobjectClass: inetOrgPerson\ncn: New\nsn: New\ncn;lang-fr: Nouveau\n";
    daemon.as_administrator("ldapadd").stdin(added).exits(17);
}

#[test]
fn options_that_clients_send_out_of_habit_stay() {
    let daemon = Daemon::start();
    let louise = "uid=louisem,ou=people,dc=example,dc=org";
    // A photograph is what begins as one.
    let changes = format!("dn: {louise}\nchangetype: modify\nadd: jpegPhoto;binary\njpegPhoto;binary:: /9j/4A==\n");
    daemon.as_administrator("ldapmodify").stdin(changes).succeeds();
    for (asked, shown) in [
        (&["jpegPhoto;binary"][..], "jpegPhoto;binary"),
        (&["JPEGPHOTO;BINARY"], "jpegPhoto;binary"),
        (&["jpegPhoto"], "jpegPhoto"),
        (&["*"], "jpegPhoto"),
        (&["jpegPhoto;binary", "jpegPhoto"], "jpegPhoto"),
    ] {
        let output = service(&daemon, &["(jpegPhoto;binary=*)"]).args(asked.iter().copied()).succeeds();
        let names: Vec<&str> = output.stdout.lines().filter_map(|line| line.split(':').next()).collect();
        assert!(names.contains(&shown), "{asked:?}: {}", output.stdout);
        assert_eq!(names.iter().filter(|name| name.starts_with("jpegPhoto")).count(), 1, "{asked:?}");
    }
    let members =
        daemon.as_service("ldapsearch").args(["-LLL", "-b", "cn=vpn,ou=groups,dc=example,dc=org", "(cn=vpn)", "member;range=0-1499"]);
    assert_eq!(members.succeeds().values("member").len(), 5);
    assert_eq!(service(&daemon, &["(uid;binary=louisem)", "1.1"]).succeeds().values("dn"), [louise]);
}
