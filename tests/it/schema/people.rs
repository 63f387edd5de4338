//! What a person's entry has besides names and addresses: all of the published classes, people named by it, and what
//! other directories say of the state of an account.

use crate::harness::{Daemon, Program};

const PEOPLE: &str = "ou=people,dc=example,dc=org";

fn dn(login: &str) -> String {
    format!("uid={login},{PEOPLE}")
}

fn modify(daemon: &Daemon, login: &str, lines: &[&str]) -> Program {
    let changes = format!("dn: {}\nchangetype: modify\n{}\n", dn(login), lines.join("\n"));
    daemon.as_administrator("ldapmodify").stdin(changes)
}

fn read(daemon: &Daemon, login: &str, attribute: &str) -> Vec<String> {
    let search = daemon.as_service("ldapsearch").args(["-LLL", "-o", "ldif-wrap=no", "-s", "base", "-b", &dn(login), "(objectClass=*)"]);
    let output = search.arg(attribute).succeeds();
    output
        .stdout
        .lines()
        .filter(|line| !line.starts_with("dn:"))
        .filter_map(|line| line.split_once(": "))
        .map(|(_, value)| value.to_owned())
        .collect()
}

/// The logins that a filter finds, as `login` sees them.
fn found(search: Program, filter: &str) -> Vec<String> {
    let output = search.args(["-LLL", "-s", "one", "-b", PEOPLE, filter, "1.1"]).succeeds();
    let mut logins: Vec<String> =
        output.values("dn").iter().filter_map(|dn| dn.strip_prefix("uid=")?.split(',').next()).map(str::to_owned).collect();
    logins.sort();
    logins
}

const ALL: [&str; 8] = ["claireb", "helenep", "inesg", "karimb", "louisem", "marcl", "thomasd", "zoef"];

#[test]
fn filters_of_other_directories_keep_nobody_out() {
    let daemon = Daemon::start();
    let service = |filter: &str| found(daemon.as_service("ldapsearch"), filter);
    let active = [
        "(&(objectClass=person)(!(nsAccountLock=TRUE)))",
        "(&(objectClass=person)(!(loginDisabled=TRUE)))",
        "(&(objectClass=person)(!(userAccountControl:1.2.840.113556.1.4.803:=2)))",
        "(&(objectClass=person)(!(userAccountControl:1.2.840.113556.1.4.804:=2)))",
        "(&(objectClass=person)(userAccountControl:1.2.840.113556.1.4.803:=512)(nsAccountLock=FALSE))",
    ];
    for filter in active.iter().copied().chain(["(&(objectClass=person)(!(shadowExpire=*)))", "(!(manager=*))", "(!(pager=1))"]) {
        assert_eq!(service(filter), ALL, "{filter}");
    }
    assert_eq!(read(&daemon, "louisem", "userAccountControl"), ["512"]);
    modify(&daemon, "louisem", &["replace: accountStatus", "accountStatus: disabled"]).succeeds();
    let others: Vec<&str> = ALL.into_iter().filter(|login| *login != "louisem").collect();
    for filter in active {
        assert_eq!(service(filter), others, "{filter}");
    }
    for filter in
        ["(nsAccountLock=true)", "(loginDisabled=TRUE)", "(userAccountControl:1.2.840.113556.1.4.803:=2)", "(userAccountControl=514)"]
    {
        assert_eq!(service(filter), ["louisem"], "{filter}");
    }
    modify(&daemon, "louisem", &["replace: nsAccountLock", "nsAccountLock: FALSE"]).exits(19);
    let vpn = ["claireb", "helenep", "karimb", "marcl", "zoef"];
    assert_eq!(service("(memberOf:1.2.840.113556.1.4.1941:=cn=vpn,ou=groups,dc=example,dc=org)"), vpn);
}

#[test]
fn shadow_expire_is_the_day_of_the_account_s_end() {
    let daemon = Daemon::start();
    modify(&daemon, "louisem", &["replace: accountExpires", "accountExpires: 20900101120000Z"]).succeeds();
    assert_eq!(read(&daemon, "louisem", "shadowExpire"), ["43831"], "none is kept out before the time");
    // The same day again leaves the time.
    modify(&daemon, "louisem", &["replace: shadowExpire", "shadowExpire: 43831"]).succeeds();
    assert_eq!(read(&daemon, "louisem", "accountExpires"), ["20900101120000Z"]);
    modify(&daemon, "louisem", &["replace: shadowExpire", "shadowExpire: 43832"]).succeeds();
    assert_eq!(read(&daemon, "louisem", "accountExpires"), ["20900103000000Z"]);
    modify(&daemon, "louisem", &["replace: shadowExpire", "shadowExpire: 99999999"]).exits(19);
    modify(&daemon, "louisem", &["delete: shadowExpire"]).succeeds();
    assert!(read(&daemon, "louisem", "accountExpires").is_empty());
    modify(&daemon, "louisem", &["replace: shadowExpire", "shadowExpire: 1"]).succeeds();
    let louise = daemon.person("louisem");
    daemon.client("ldapwhoami", &louise.dn, &louise.password).exits(49);
}

#[test]
fn the_published_classes_are_stored_whole() {
    let daemon = Daemon::start();
    let given = [
        ("pager", "+33 1 23"),
        ("homePhone", "+33 1 24"),
        ("facsimileTelephoneNumber", "+33 1 25$fineResolution"),
        ("postalAddress", "1, rue de la Paix$75002 Paris"),
        ("homePostalAddress", "2, rue Haute"),
        ("registeredAddress", "3, rue Basse"),
        ("st", "Bretagne"),
        ("postOfficeBox", "7"),
        ("physicalDeliveryOfficeName", "Rennes"),
        ("businessCategory", "sales"),
        ("carLicense", "AB-123-CD"),
        ("destinationIndicator", "FR"),
        ("preferredDeliveryMethod", "mhs"),
        ("internationalISDNNumber", "12 34"),
        ("x121Address", "12 34"),
        ("telexNumber", "1$fr$x"),
        ("shadowMin", "1"),
        ("shadowMax", "99999"),
        ("shadowWarning", "7"),
        ("shadowInactive", "-1"),
        ("shadowFlag", "0"),
        ("x500UniqueIdentifier", "'01'B"),
    ];
    for (attribute, value) in given {
        modify(&daemon, "louisem", &[&format!("add: {attribute}"), &format!("{attribute}: {value}")]).succeeds();
        assert_eq!(read(&daemon, "louisem", attribute), [value], "{attribute}");
    }
    let star = read(&daemon, "louisem", "*");
    assert!(given.iter().all(|(_, value)| star.iter().any(|shown| shown == value)), "{star:?}");
    modify(&daemon, "louisem", &["add: userCertificate;binary", "userCertificate;binary:: MAMCAQE="]).succeeds();
    for asked in ["userCertificate", "userCertificate;binary", "*"] {
        let search = daemon.as_service("ldapsearch").args(["-LLL", "-b", &dn("louisem"), "(userCertificate=*)", asked]);
        assert!(search.succeeds().stdout.contains("userCertificate;binary:: MAMCAQE="), "{asked}");
    }
    modify(&daemon, "louisem", &["add: userPKCS12", "userPKCS12:: MAMCAQE="]).exits(65);
    modify(&daemon, "louisem", &["add: x121Address", "x121Address: letters"]).exits(21);
    let service = |filter: &str| found(daemon.as_service("ldapsearch"), filter);
    for filter in
        ["(fax=+33125$fineresolution)", "(postalAddress=1, RUE de la paix$75002 paris)", "(postalAddress=*paix*)", "(x121Address=1234)"]
    {
        assert_eq!(service(filter), ["louisem"], "{filter}");
    }
    // Whose it is, is no right to change it.
    let louise = daemon.person("louisem");
    let own = format!("dn: {}\nchangetype: modify\nreplace: pager\npager: 1\n", louise.dn);
    daemon.client("ldapmodify", &louise.dn, &louise.password).stdin(own).exits(50);
}

#[test]
fn a_manager_is_a_person_and_keeps_no_name_that_is_gone() {
    let daemon = Daemon::start();
    let service = |filter: &str| found(daemon.as_service("ldapsearch"), filter);
    let manager = |value: &str| modify(&daemon, "louisem", &["replace: manager", &format!("manager: {value}")]);
    for (value, code) in [
        (dn("nobody"), 19),
        ("cn=vpn,ou=groups,dc=example,dc=org".into(), 19),
        ("uid=x,dc=elsewhere".into(), 19),
        (format!("uid=thomasd+cn=Somebody,{PEOPLE}"), 19),
    ] {
        manager(&value).exits(code);
    }
    manager(&format!("CN=ThomasD, {PEOPLE}")).succeeds();
    modify(&daemon, "louisem", &["add: secretary", &format!("secretary: {}", dn("zoef"))]).succeeds();
    modify(&daemon, "louisem", &["add: manager", &format!("manager: {}", dn("thomasd"))]).exits(20);
    assert_eq!(read(&daemon, "louisem", "manager"), [dn("thomasd")]);
    assert!(read(&daemon, "louisem", "*").contains(&dn("thomasd")));
    for filter in [
        format!("(manager={})", dn("thomasd")),
        format!("(manager=cn=THOMASD,{PEOPLE})"),
        "(manager=*)".into(),
        format!("(secretary={})", dn("zoef")),
    ] {
        assert_eq!(service(&filter), ["louisem"], "{filter}");
    }
    assert!(service(&format!("(manager={})", dn("zoef"))).is_empty());
    daemon.as_service("ldapcompare").args([dn("louisem"), format!("manager:{}", dn("thomasd"))]).exits(6);

    daemon.as_administrator("ldapmodrdn").args(["-r", &dn("thomasd"), "uid=thomas"]).succeeds();
    assert_eq!(read(&daemon, "louisem", "manager"), [dn("thomas")]);
    assert!(service(&format!("(manager={})", dn("thomasd"))).is_empty());
    daemon.as_administrator("ldapdelete").arg(dn("thomas")).succeeds();
    assert!(read(&daemon, "louisem", "manager").is_empty());
    assert_eq!(service("(manager=*)"), [""; 0]);
    modify(&daemon, "louisem", &["add: manager", &format!("manager: {}", dn("zoef"))]).succeeds();
    assert_eq!(read(&daemon, "louisem", "manager"), [dn("zoef")]);
    modify(&daemon, "louisem", &["delete: manager", &format!("manager: {}", dn("zoef"))]).succeeds();
    assert!(read(&daemon, "louisem", "manager").is_empty());

    // A person sees of their own entry only those whom they may see at all.
    manager(&dn("zoef")).succeeds();
    let louise = daemon.person("louisem");
    let own = daemon.client("ldapsearch", &louise.dn, &louise.password).args(["-LLL", "-b", &louise.dn, "(manager=*)", "manager"]);
    assert_eq!(own.succeeds().stdout, "");
}

#[test]
fn the_time_of_the_last_change_moves_with_passwords_and_members() {
    let daemon = Daemon::start();
    let moved = |base: &str, change: &dyn Fn()| {
        let time = || {
            let search = daemon.as_service("ldapsearch").args(["-LLL", "-s", "base", "-b", base, "(objectClass=*)", "modifyTimestamp"]);
            search.succeeds().values("modifyTimestamp")[0].to_owned()
        };
        let before = time();
        std::thread::sleep(std::time::Duration::from_millis(1100));
        change();
        assert!(time() > before, "{base}");
    };
    moved(&dn("louisem"), &|| {
        daemon.as_administrator("ldappasswd").args(["-s", "un-autre-Mot-de-passe-7", &dn("louisem")]).succeeds();
    });
    let vpn = "cn=vpn,ou=groups,dc=example,dc=org";
    for operation in ["add", "delete"] {
        moved(vpn, &|| {
            let changes = format!("dn: {vpn}\nchangetype: modify\n{operation}: member\nmember: {}\n", dn("louisem"));
            daemon.as_administrator("ldapmodify").stdin(changes).succeeds();
        });
    }
}
