//! `ldapsearch`: where it looks, what it finds, and what it shows of it.

use super::*;

fn search(daemon: &Daemon, base: &str, options: &[&str]) -> Program {
    daemon.as_service("ldapsearch").args(["-LLL", "-o", "ldif-wrap=no", "-b", base]).args(options)
}

fn names(daemon: &Daemon, base: &str, options: &[&str]) -> Vec<String> {
    let found = search(daemon, base, options).arg("1.1").succeeds();
    sorted(found.values("dn")).into_iter().map(str::to_owned).collect()
}

/// The first RDNs of what is found.
fn found(daemon: &Daemon, base: &str, options: &[&str]) -> Vec<String> {
    let short = |dn: String| dn.split_once(',').map(|(rdn, _)| rdn.split_once('=').map_or(rdn, |(_, name)| name).to_owned());
    names(daemon, base, options).into_iter().filter_map(short).collect()
}

/// Everybody, in order.
const ALL: &[&str] = &["claireb", "helenep", "inesg", "karimb", "louisem", "marcl", "thomasd", "zoef"];
const NONE: &[&str] = &[];

#[test]
fn each_scope_reaches_as_far_as_it_should() {
    let daemon = Daemon::start();
    let suffix = "dc=example,dc=org";
    let branches = ["ou=groups", "ou=people", "ou=services", "ou=teams"].map(|ou| format!("{ou},{suffix}"));
    assert_eq!(names(&daemon, suffix, &["-s", "base"]), [suffix]);
    assert_eq!(names(&daemon, suffix, &["-s", "one"]), branches);
    let everything = names(&daemon, suffix, &["-s", "sub"]);
    let below = names(&daemon, suffix, &["-s", "children"]);
    assert_eq!(everything.len(), below.len() + 1);
    assert!(branches.iter().all(|branch| below.contains(branch)) && below.contains(&person_dn("louisem")));

    assert_eq!(names(&daemon, PEOPLE, &["-s", "base"]), [PEOPLE]);
    assert_eq!(found(&daemon, PEOPLE, &["-s", "one"]), ALL);
    assert_eq!(names(&daemon, PEOPLE, &["-s", "sub"]).len(), ALL.len() + 1);
    assert_eq!(found(&daemon, PEOPLE, &["-s", "children"]), ALL);

    let louise = person_dn("louisem");
    assert_eq!(names(&daemon, &louise, &["-s", "base"]), [louise.as_str()]);
    assert_eq!(names(&daemon, "CN=LouiseM, OU=People, DC=example,DC=org", &["-s", "sub"]), [louise.as_str()]);
    assert!(names(&daemon, &louise, &["-s", "one"]).is_empty());
    assert!(names(&daemon, &louise, &["-s", "children"]).is_empty());
    assert_eq!(names(&daemon, &group_dn("vpn"), &["-s", "base", "(member=uid=marcl,ou=people,dc=example,dc=org)"]), [group_dn("vpn")]);
}

#[test]
fn filters_find_whom_they_should() {
    let daemon = Daemon::start();
    let louise = read(&daemon, &person_dn("louisem"), &["uidNumber", "entryUUID", "modifyTimestamp"]);
    let value = |attribute: &str| louise.values(attribute)[0].to_owned();
    let (number, uuid, modified) = (value("uidNumber"), value("entryUUID"), value("modifyTimestamp"));
    assert_eq!(uuid.len(), 36);
    let others: Vec<&str> = ALL.iter().copied().filter(|login| *login != "louisem").collect();
    let sales = &["helenep", "inesg", "louisem", "thomasd"][..];
    let vpn = &["claireb", "helenep", "karimb", "marcl", "zoef"][..];
    for (filter, expected) in [
        ("(uid=LOUISEM)".to_owned(), &["louisem"][..]),
        ("(&(objectClass=inetOrgPerson)(|(uid=thomasd)(mail=LouiseM@example.org)))".into(), &["louisem", "thomasd"]),
        ("(&(objectClass=person)(!(uid=louisem)))".into(), &others),
        ("(&(uid=louisem))".into(), &["louisem"]),
        ("(|(sn=mar*)(cn=*noît*)(cn=Zo\\c3\\a9*))".into(), &["louisem", "zoef"]),
        ("(mail=*@EXAMPLE.org)".into(), ALL),
        ("(cn=*)".into(), ALL),
        ("(&(uidNumber=*)(!(uidNumber=0)))".into(), ALL),
        (format!("(uidNumber={number})"), &["louisem"]),
        (format!("(uidNumber=0{number})"), &["louisem"]),
        (format!("(&(uidNumber>={number})(uidNumber<={number}))"), &["louisem"]),
        ("(memberOf=cn=vpn,ou=groups,dc=example,dc=org)".into(), vpn),
        ("(memberOf=CN=VPN, OU=Groups, DC=Example,DC=org)".into(), vpn),
        ("(memberOf=uid=vpn,ou=groups,dc=example,dc=org)".into(), vpn),
        ("(memberOf=vpn)".into(), vpn),
        ("(memberOf=cn=sales,ou=teams,dc=example,dc=org)".into(), sales),
        ("(memberOf=sales)".into(), sales),
        ("(departmentNumber=Sales)".into(), sales),
        ("(!(memberOf=vpn))".into(), &["inesg", "louisem", "thomasd"]),
        (format!("(entryUUID={uuid})"), &["louisem"]),
        (format!("(entryUUID={})", uuid.to_uppercase()), &["louisem"]),
        ("(entryDN=uid=louisem,ou=people,dc=example,dc=org)".into(), &["louisem"]),
        (format!("(&(uid=louisem)(modifyTimestamp>={modified}))"), &["louisem"]),
        ("(modifyTimestamp>=20200101000000Z)".into(), ALL),
        ("(modifyTimestamp>=20200101000000.0Z)".into(), ALL),
        ("(modifyTimestamp>=20990101000000Z)".into(), NONE),
        ("(modifyTimestamp<=20200101000000Z)".into(), NONE),
        ("(cn~=louise martin)".into(), &["louisem"]),
        ("(cn:caseIgnoreMatch:=louise martin)".into(), &["louisem"]),
        ("(accountStatus=active)".into(), ALL),
        ("(binderyRole=manager)".into(), &["helenep", "karimb"]),
        ("(&)".into(), ALL),
        ("(|)".into(), NONE),
    ] {
        assert_eq!(found(&daemon, PEOPLE, &["-s", "one", &filter]), expected, "{filter}");
    }
}

#[test]
fn filters_find_the_groups() {
    let daemon = Daemon::start();
    let number = read(&daemon, &group_dn("cloud"), &["gidNumber"]).values("gidNumber")[0].to_owned();
    for (filter, expected) in [
        ("(member=uid=louisem,ou=people,dc=example,dc=org)".to_owned(), &["cloud", "staff"][..]),
        ("(uniqueMember=UID=louisem,OU=people,dc=example, dc=org)".into(), &["cloud", "staff"]),
        ("(member=cn=louisem,ou=people,dc=example,dc=org)".into(), &["cloud", "staff"]),
        ("(&(objectClass=posixGroup)(memberUid=louisem))".into(), &["cloud", "staff"]),
        ("(|(member=uid=nobody,ou=people,dc=example,dc=org)(cn=vpn))".into(), &["vpn"]),
        ("(& (objectClass=groupOfUniqueNames) (uid=VPN))".into(), &["vpn"]),
        (format!("(gidNumber={number})"), &["cloud"]),
        ("(member=uid=nobody,ou=people,dc=example,dc=org)".into(), NONE),
        ("(objectClass=person)".into(), NONE),
    ] {
        assert_eq!(found(&daemon, GROUPS, &["-s", "one", &filter]), expected, "{filter}");
    }
}

/// RFC 4511 §4.5.1.7: what is not known is neither so nor not so.
#[test]
fn unknown_terms_match_nothing_and_harm_nothing() {
    let daemon = Daemon::start();
    for filter in [
        "(objectClass=sudoRole)",
        "(sudoHost=*)",
        "(objectCategory=person)",
        "(sAMAccountName=louisem)",
        "(userAccountControl:1.2.840.113556.1.4.803:=2)",
        "(manager:1.2.840.113556.1.4.1941:=uid=thomasd,ou=people,dc=example,dc=org)",
        "(uidNumber=many)",
        "(!(sudoHost=*))",
        "(!(objectClass=sudoRole))",
        "(userPassword=*)",
        "(!(userPassword=*))",
        "(userPassword=cerise-brouillard-velo-48)",
        "(userPassword>=a)",
        "(userPassword=c*)",
        "(userPassword:octetStringMatch:=cerise-brouillard-velo-48)",
    ] {
        assert_eq!(found(&daemon, PEOPLE, &[filter]), NONE, "{filter}");
        let either = format!("(|{filter}(uid=louisem))");
        assert_eq!(found(&daemon, PEOPLE, &[&either]), ["louisem"], "{either}");
    }
}

#[test]
fn the_attributes_that_are_asked_for_come_back() {
    let daemon = Daemon::start();
    let louise = person_dn("louisem");
    let types = |wanted: &[&str]| {
        let shown = read(&daemon, &louise, wanted).stdout;
        let types = shown.lines().filter_map(|line| line.split_once(':')).map(|(name, _)| name.to_owned());
        let mut types: Vec<String> = types.filter(|name| name != "dn").collect();
        types.dedup();
        types
    };
    let user = types(&["*"]);
    assert_eq!(types(&[]), user);
    for attribute in ["objectClass", "uid", "cn", "sn", "givenName", "mail", "uidNumber", "gidNumber", "homeDirectory", "departmentNumber"]
    {
        assert!(user.iter().any(|name| name == attribute), "{attribute} in {user:?}");
    }
    let operational = types(&["+"]);
    for attribute in ["entryUUID", "entryDN", "memberOf", "createTimestamp", "modifyTimestamp", "subschemaSubentry", "hasSubordinates"] {
        assert!(operational.iter().any(|name| name == attribute), "{attribute} in {operational:?}");
    }
    assert!(user.iter().all(|name| !operational.contains(name)));
    assert_eq!(types(&["+", "+"]), operational);
    assert_eq!(types(&["*", "+"]).len(), user.len() + operational.len());
    assert_eq!(types(&["*", "memberOf"]).len(), user.len() + 1);

    for (wanted, shown) in [
        (&["1.1"][..], &[][..]),
        (&["dn"], &[]),
        (&["nsuniqueid", "objectguid", "lastUSN", "sAMAccountName"], &[]),
        (&["userPassword"], &[]),
        (&["title"], &[]),
        (&["MAIL"], &["mail"]),
        (&["mail", "mail", "Mail", "sAMAccountName"], &["mail"]),
        (&["commonName", "0.9.2342.19200300.100.1.3"], &["cn", "mail"]),
        (&["memberof"], &["memberOf"]),
        (&["ENTRYUUID", "1.1"], &["entryUUID"]),
    ] {
        assert_eq!(types(wanted), shown, "{wanted:?}");
    }
    let names_only = search(&daemon, &louise, &["-A", "(uid=louisem)", "mail", "memberOf"]).succeeds();
    assert_eq!(names_only.stdout, format!("dn: {louise}\nmail:\nmemberOf:\n\n"));
    let member_of = read(&daemon, &louise, &["memberOf"]);
    assert_eq!(sorted(member_of.values("memberOf")), [group_dn("cloud"), team_dn("sales"), group_dn("staff")]);
}

#[test]
fn limits_and_flags_are_honoured() {
    let daemon = Daemon::start();
    let limited = search(&daemon, PEOPLE, &["-z", "3", "(uid=*)", "1.1"]).exits(4);
    assert_eq!(limited.values("dn").len(), 3, "{limited:?}");
    assert_eq!(found(&daemon, PEOPLE, &["-z", "8", "(uid=*)"]), ALL, "the limit is not reached by what is exactly as many");
    assert_eq!(found(&daemon, PEOPLE, &["-z", "50000", "-l", "60", "(uid=*)"]), ALL);
    for flags in [&["-a", "always"][..], &["-a", "search"], &["-a", "find"], &["-M"], &["-MM"], &["-E", "deref=member:uid"]] {
        assert_eq!(found(&daemon, PEOPLE, &[flags, &["(uid=*)"]].concat()), ALL, "{flags:?}");
    }
    for size in ["1", "3", "8", "126", "1000"] {
        for critical in ["", "!"] {
            let control = format!("{critical}pr={size}/noprompt");
            assert_eq!(found(&daemon, PEOPLE, &["-E", &control, "(uid=*)"]), ALL, "{control}");
        }
    }
    let unknown = search(&daemon, PEOPLE, &["-e", "!1.2.3.4", "1.1"]).exits(12);
    assert!(unknown.stderr.contains("1.2.3.4") && unknown.stdout.is_empty(), "{unknown:?}");
    let sorting = search(&daemon, PEOPLE, &["-E", "!sss=cn", "1.1"]).exits(12);
    assert!(sorting.stderr.contains("1.2.840.113556.1.4.473"), "{sorting:?}");
    assert_eq!(found(&daemon, PEOPLE, &["-E", "sss=cn", "(uid=*)"]), ALL);
}

#[test]
fn a_base_that_is_not_there_is_told_with_what_is() {
    let daemon = Daemon::start();
    for (base, matched) in [
        ("uid=nobody,ou=people,dc=example,dc=org", Some(PEOPLE)),
        ("cn=a,cn=b,ou=groups,dc=example,dc=org", Some(GROUPS)),
        ("ou=nowhere,dc=example,dc=org", Some("dc=example,dc=org")),
        ("dc=other,dc=org", None),
    ] {
        for scope in ["base", "one", "sub"] {
            let missing = search(&daemon, base, &["-s", scope]).exits(32);
            let matched = matched.map(|matched| format!("Matched DN: {matched}\n")).unwrap_or_default();
            assert_eq!(missing.stderr, format!("No such object (32)\n{matched}"), "{base}");
        }
    }
    search(&daemon, "nonsense", &[]).exits(34);
}

#[test]
fn a_subject_finds_what_it_may_read() {
    let daemon = Daemon::start();
    let finds = |login: &str, base: &str, filter: &str| {
        let person = daemon.person(login);
        let search = daemon.client("ldapsearch", &person.dn, &person.password);
        let output = search.args(["-LLL", "-o", "ldif-wrap=no", "-b", base, filter, "1.1"]).succeeds();
        sorted(output.values("dn")).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let team = ["helenep", "inesg", "louisem", "thomasd"].map(person_dn);
    assert_eq!(finds("louisem", PEOPLE, "(uid=*)"), [person_dn("louisem")]);
    assert_eq!(finds("louisem", &person_dn("louisem"), "(objectClass=*)"), [person_dn("louisem")], "nslcd asks this after a bind");
    assert_eq!(finds("louisem", "dc=example,dc=org", "(uid=louisem)"), [person_dn("louisem")]);
    assert_eq!(finds("louisem", GROUPS, "(cn=*)"), ["cloud", "staff"].map(group_dn));
    assert_eq!(finds("helenep", PEOPLE, "(uid=*)"), team);
    assert_eq!(finds("helenep", TEAMS, "(cn=*)"), [team_dn("sales")]);
    assert_eq!(finds("helenep", PEOPLE, "(mail=marcl@example.org)"), [""; 0]);
    assert_eq!(finds("louisem", SERVICES, "(uid=*)"), [""; 0]);

    let louise = daemon.person("louisem");
    let other = daemon.client("ldapsearch", &louise.dn, &louise.password).args(["-LLL", "-b", &person_dn("thomasd")]).exits(32);
    let nobody = daemon.client("ldapsearch", &louise.dn, &louise.password).args(["-LLL", "-b", &person_dn("nobody")]).exits(32);
    assert_eq!((other.stdout, other.stderr), (nobody.stdout, nobody.stderr), "what may not be seen is not there");
}
