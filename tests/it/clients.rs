//! How 53 applications bind and search, replayed (`clients.tsv`): the right person is found, the wrong one is not,
//! and the group decides.

use std::collections::BTreeSet;

use crate::harness::Daemon;

/// A row of `clients.tsv`; `-` stands for nothing.
struct Row<'a> {
    app: &'a str,
    bind_dn: &'a str,
    base: &'a str,
    scope: &'a str,
    user_filter: &'a str,
    group_base: &'a str,
    group_filter: &'a str,
    attributes: Vec<&'a str>,
    group: &'a str,
}

fn rows() -> Vec<Row<'static>> {
    let lines = include_str!("clients.tsv").lines().filter(|line| !line.starts_with('#')).skip(1);
    lines
        .map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            let [app, bind_dn, base, scope, user_filter, group_base, group_filter, attributes, group] = cells[..] else {
                panic!("nine cells: {line}");
            };
            let attributes = attributes.split(',').collect();
            Row { app, bind_dn, base, scope, user_filter, group_base, group_filter, attributes, group }
        })
        .collect()
}

/// Who is looked for: in every group, in none, and not there at all.
const MEMBER: &str = "louisem.replay";
const OUTSIDER: &str = "paulg.replay";
const NOBODY: &str = "nobody.replay";
const PASSWORD: &str = "corde-Violette-41-moulin";

fn dn(login: &str) -> String {
    format!("uid={login},ou=people,dc=example,dc=org")
}

/// The name of the application's own account in `bind_dn`; none if the person binds.
fn application(bind_dn: &str) -> Option<&str> {
    let name = bind_dn.split(',').next()?.split_once('=')?.1;
    (!name.contains('{')).then_some(name)
}

/// Everybody and everything that the rows name, as LDIF.
fn ldif(rows: &[Row<'_>]) -> String {
    let mut ldif = String::new();
    for (login, given, surname) in [(MEMBER, "Louise", "Martin"), (OUTSIDER, "Paul", "Girard")] {
        ldif += &format!(
            "dn: {}\nobjectClass: inetOrgPerson\nuid: {login}\ncn: {given} {surname}\nsn: {surname}\ngivenName: {given}\n\
             mail: {login}@example.org\nuserPassword: {PASSWORD}\n\n",
            dn(login)
        );
    }
    let applications: BTreeSet<&str> = rows.iter().filter_map(|row| application(row.bind_dn)).collect();
    for name in applications {
        ldif += &format!(
            "dn: uid={name},ou=services,dc=example,dc=org\nobjectClass: account\nobjectClass: simpleSecurityObject\nuid: {name}\n\
             userPassword: {PASSWORD}\n\n"
        );
    }
    let groups: BTreeSet<&str> = rows.iter().map(|row| row.group).filter(|group| *group != "-").collect();
    for group in groups {
        ldif += &format!("dn: cn={group},ou=groups,dc=example,dc=org\nobjectClass: groupOfNames\ncn: {group}\nmember: {}\n\n", dn(MEMBER));
    }
    ldif
}

/// The DNs that a search finds.
fn search(daemon: &Daemon, row: &Row<'_>, base: &str, filter: &str) -> Vec<String> {
    let bind_dn = row.bind_dn.replace("{login}", MEMBER);
    let search = daemon.client("ldapsearch", &bind_dn, PASSWORD).args(["-LLL", "-o", "ldif-wrap=no", "-b", base, "-s", row.scope, filter]);
    let found = search.args(&row.attributes).run();
    assert_eq!(found.code, Some(0), "{}: {filter}\n{}{}", row.app, found.stdout, found.stderr);
    found.values("dn").into_iter().map(str::to_owned).collect()
}

#[test]
fn every_application_finds_whom_it_should_and_nobody_else() {
    let daemon = Daemon::start();
    let rows = rows();
    assert_eq!(rows.len(), 53);
    daemon.as_administrator("ldapadd").stdin(ldif(&rows)).succeeds();
    for row in &rows {
        finds_people(&daemon, row);
        finds_groups(&daemon, row);
    }
}

fn finds_people(daemon: &Daemon, row: &Row<'_>) {
    let find = |login: &str| search(daemon, row, row.base, &row.user_filter.replace("{login}", login));
    assert_eq!(find(MEMBER), [dn(MEMBER)], "{}", row.app);
    let self_only = application(row.bind_dn).is_none();
    let enforced = row.group != "-" && row.user_filter.contains(row.group);
    if enforced {
        let others: Vec<String> = if row.user_filter.contains("{login}") { Vec::new() } else { vec![dn(MEMBER)] };
        assert_eq!(find(OUTSIDER), others, "{}: the group is enforced", row.app);
    } else if self_only {
        assert!(find(OUTSIDER).is_empty(), "{}: a person does not see another", row.app);
    } else {
        assert_eq!(find(OUTSIDER), [dn(OUTSIDER)], "{}", row.app);
    }
    if row.user_filter.contains("{login}") {
        assert!(find(NOBODY).is_empty(), "{}", row.app);
    }
}

fn finds_groups(daemon: &Daemon, row: &Row<'_>) {
    if row.group_filter == "-" {
        return;
    }
    let find = |login: &str| {
        let filter = row.group_filter.replace("{dn}", &dn(login)).replace("{group}", row.group).replace("{login}", login);
        let row = Row { scope: "sub", attributes: vec!["cn", "member"], ..*row };
        search(daemon, &row, row.group_base, &filter)
    };
    let found = find(MEMBER);
    if row.group_filter.contains("memberOf") {
        assert_eq!(found, [dn(MEMBER)], "{}", row.app);
        return;
    }
    let wanted = if row.group == "-" { "staff" } else { row.group };
    if row.group != "-" {
        assert!(found.contains(&format!("cn={wanted},ou=groups,dc=example,dc=org")), "{}: {found:?}", row.app);
    } else {
        assert!(found.len() > 20 && found.iter().all(|dn| dn.ends_with(",ou=groups,dc=example,dc=org")), "{}: {found:?}", row.app);
    }
    if row.group_filter.contains("{dn}") {
        assert!(find(OUTSIDER).is_empty(), "{}: the outsider is in no group", row.app);
    }
}
