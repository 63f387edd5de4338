//! Groups and teams on the pages, and whose they are not.

use crate::harness::{Answer, InProcess, Pages};

const PASSWORD: &str = "boussole-noisette-quai-39";

fn set_role(daemon: &InProcess, login: &str, role: &str) {
    let ldif = format!("dn: {}\nchangetype: modify\nreplace: binderyRole\nbinderyRole: {role}\n", daemon.person_dn(login));
    daemon.as_administrator("ldapmodify").stdin(ldif).succeeds();
}

/// A daemon with the administrator `ada`, the manager `helene` and the user `marc`.
fn house() -> InProcess {
    let daemon = InProcess::with_pages(|_| ());
    for (login, role) in [("ada", "administrator"), ("helene", "manager"), ("marc", "user")] {
        daemon.add_person(login, PASSWORD);
        set_role(&daemon, login, role);
    }
    daemon
}

fn signed_in(daemon: &InProcess, login: &str) -> Pages {
    let mut pages = Pages::in_language(daemon.public_url(), "en");
    pages.sign_in(login, PASSWORD);
    pages
}

/// Makes a group or team below `area` on the pages, and gives its address.
fn make(pages: &mut Pages, area: &str, name: &str) -> String {
    let new = format!("{area}/new");
    let made = pages.submit(&new, &new, &[("name", name), ("description", "")]);
    made.location().unwrap_or_else(|| panic!("{made:?}")).to_owned()
}

/// Sends the form at `path` from the sheet at `sheet`, and goes where it leads.
fn send(pages: &mut Pages, sheet: &str, below: &str, fields: &[(&str, &str)]) -> Answer {
    let page = pages.open(sheet);
    let (csrf, seen) = (page.csrf(), page.hidden("seen").unwrap_or_default());
    let answer = pages.post(&format!("{sheet}{below}"), &[&[("csrf", csrf.as_str()), ("seen", seen.as_str())], fields].concat());
    pages.follow(answer)
}

fn members(daemon: &InProcess, dn: &str) -> String {
    daemon.as_administrator("ldapsearch").args(["-LLL", "-b", dn, "memberUid", "owner", "description"]).succeeds().stdout
}

#[test]
fn an_administrator_looks_after_a_group_from_its_beginning_to_its_end() {
    let daemon = house();
    let mut ada = signed_in(&daemon, "ada");
    assert!(ada.open("/groups").text().contains("There is no such group."));
    let vpn = make(&mut ada, "/groups", "vpn");
    let page = ada.open(&vpn);
    assert!(page.text().contains("The group has been created.") && page.text().contains("Nobody is in it yet."), "{}", page.text());
    assert!(!ada.open(&vpn).text().contains("has been created"), "it is said once");

    let page = send(&mut ada, &vpn, "/members", &[("members", "marc, helene")]);
    assert!(page.text().contains("Members (2)") && page.text().contains("helene Martin"), "{}", page.text());
    let dn = "cn=vpn,ou=groups,dc=example,dc=org";
    assert!(members(&daemon, dn).contains("memberUid: marc"));
    let person = page.body.split("name=\"person\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let page = send(&mut ada, &vpn, "/members/remove", &[("person", &person)]);
    assert!(page.text().contains("Members (1)") && !members(&daemon, dn).contains("memberUid: helene"), "{}", page.text());

    let page = send(&mut ada, &vpn, "", &[("name", "vpn-accès"), ("description", "Travail à distance")]);
    assert!(page.text().contains("Saved: name, description."), "{}", page.text());
    assert!(ada.open("/groups?q=VPN").text().contains("Travail à distance"));
    assert!(!ada.open("/groups?q=x").text().contains("vpn-accès"));

    let asked = ada.open(&format!("{vpn}/delete"));
    assert!(asked.text().contains("Members concerned: 1."), "{}", asked.text());
    assert!(ada.open(&vpn).status == 200, "asking deletes nothing");
    let page = send(&mut ada, &format!("{vpn}/delete"), "", &[]);
    assert!(page.text().contains("The group has been deleted."), "{}", page.text());
    assert_eq!(ada.open(&vpn).status, 404);
}

#[test]
fn what_was_typed_comes_back_with_what_is_wrong() {
    let daemon = house();
    let mut ada = signed_in(&daemon, "ada");
    let sales = make(&mut ada, "/teams", "sales");
    let support = make(&mut ada, "/teams", "support");
    send(&mut ada, &sales, "/members", &[("members", "marc")]);
    for (sheet, below, fields, said) in [
        (&support, "/members", vec![("members", "marc")], "is in the team “sales”"),
        (&support, "/members", vec![("members", "personne")], "Nobody has the login “personne”"),
        (&support, "/managers", vec![("managers", "")], "Type at least one login."),
        (&support, "", vec![("name", "Sales"), ("description", "typed")], "This name is taken"),
        (&support, "", vec![("name", "a/b"), ("description", "")], "This name cannot be used"),
    ] {
        let page = send(&mut ada, sheet, below, &fields);
        assert_eq!(page.status, 422, "{below} {fields:?}");
        assert!(page.text().contains(said) && page.text().contains("There is a problem"), "{below} {fields:?}: {}", page.text());
        for (name, value) in fields.iter().filter(|(_, value)| !value.is_empty()) {
            assert!(page.body.contains(&format!("name=\"{name}\" value=\"{value}\"")), "{name} is lost: {}", page.body);
        }
        // The other language, and the page itself, are where it can be opened.
        assert!(page.body.contains(&format!("back={sheet}\"")), "{}", page.body);
    }
    let page = ada.submit("/groups/new", "/groups/new", &[("name", ""), ("description", "typed")]);
    assert!(page.status == 422 && page.text().contains("Type a name.") && page.body.contains("value=\"typed\""), "{}", page.text());
}

#[test]
fn who_saves_what_somebody_else_has_changed_sees_that_first() {
    let daemon = house();
    let (mut ada, mut other) = (signed_in(&daemon, "ada"), signed_in(&daemon, "ada"));
    let vpn = make(&mut ada, "/groups", "vpn");
    let old = other.open(&vpn);
    daemon.advance(std::time::Duration::from_secs(1));
    send(&mut ada, &vpn, "", &[("name", "vpn"), ("description", "newer")]);
    let (csrf, seen) = (old.csrf(), old.hidden("seen").unwrap());
    let late = other.post(&vpn, &[("csrf", &csrf), ("seen", &seen), ("name", "mine"), ("description", "older")]);
    assert_eq!(late.status, 422);
    assert!(late.text().contains("Somebody else has changed this sheet") && late.body.contains("value=\"newer\""), "{}", late.body);
    assert!(!late.body.contains("older"));
}

#[test]
fn managers_of_a_team_are_named_and_look_after_it() {
    let daemon = house();
    let mut ada = signed_in(&daemon, "ada");
    let sales = make(&mut ada, "/teams", "sales");
    let page = send(&mut ada, &sales, "/managers", &[("managers", "helene marc")]);
    assert!(page.text().contains("Does not have the role of manager"), "marc is none: {}", page.text());
    send(&mut ada, &sales, "/members", &[("members", "marc")]);
    let dn = "cn=sales,ou=teams,dc=example,dc=org";
    assert!(members(&daemon, dn).contains("owner: uid=helene,ou=people,dc=example,dc=org"));
    daemon
        .client("ldappasswd", &daemon.person_dn("helene"), PASSWORD)
        .args(["-s", "cerise-brouillard-velo-48", &daemon.person_dn("marc")])
        .succeeds();
}

#[test]
fn the_pages_of_groups_are_not_there_for_anybody_else() {
    let daemon = house();
    let mut ada = signed_in(&daemon, "ada");
    let (team, group) = (make(&mut ada, "/teams", "sales"), make(&mut ada, "/groups", "vpn"));
    send(&mut ada, &team, "/managers", &[("managers", "helene")]);
    send(&mut ada, &group, "/members", &[("members", "marc")]);
    let id = |address: &str| address.rsplit('/').next().unwrap().to_owned();
    // (who, whether they know of the team, and of the group)
    for (login, knows) in [("helene", [true, false]), ("marc", [false, true])] {
        let mut pages = signed_in(&daemon, login);
        for path in ["/groups", "/teams", "/groups/new", "/teams/new", "/groups?q=v"] {
            assert_eq!(pages.get(path).status, 404, "{login}: {path}");
        }
        for sheet in [&team, &group] {
            assert_eq!(pages.get(sheet).status, 404, "{login}: {sheet}");
            assert_eq!(pages.get(&format!("{sheet}/delete")).status, 404, "{login}: {sheet}");
        }
        let csrf = pages.open("/account").csrf();
        let seen = ada.open(&team).hidden("seen").unwrap();
        for (sheet, knows) in [(&team, knows[0]), (&group, knows[1])] {
            let refused = if knows { 403 } else { 404 };
            let person = id(sheet);
            for (below, fields) in [
                ("", vec![("seen", seen.as_str()), ("name", "mine"), ("description", "")]),
                ("/members", vec![("members", login)]),
                ("/members/remove", vec![("person", person.as_str())]),
                ("/delete", vec![]),
            ] {
                let status = pages.post(&format!("{sheet}{below}"), &[&[("csrf", csrf.as_str())], fields.as_slice()].concat()).status;
                assert_eq!(status, refused, "{login}: {sheet}{below}");
            }
        }
        let status = pages.post("/groups/new", &[("csrf", &csrf), ("name", "mine"), ("description", "")]).status;
        assert_eq!(status, 403, "{login}: a new one");
    }
    for address in
        ["/groups/7", "/groups/00000000000000000", "/groups/zzzzzzzzzzzzzzzz", "/groups/0000000000000007", &team.replace("teams", "groups")]
    {
        assert_eq!(ada.get(address).status, 404, "{address}");
    }
    assert_eq!((ada.get(&team).status, ada.get(&group).status), (200, 200));
    let audit =
        daemon.as_administrator("ldapsearch").args(["-LLL", "-b", "ou=groups,dc=example,dc=org", "(cn=mine)", "cn"]).succeeds().stdout;
    assert!(!audit.contains("mine"), "{audit}");
}
