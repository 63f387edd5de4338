//! The list of people: who has one, whom they find on it, and how it goes on.

use crate::harness::{InProcess, Pages};

const PASSWORD: &str = "boussole-noisette-quai-39";

/// An administrator `anna`, a manager `karim` of the team "Atelier" with two members, and `user` in no team.
fn daemon() -> InProcess {
    let daemon = InProcess::with_pages(|_| ());
    let person = |login: &str, (surname, first): (&str, &str), more: &str| {
        let dn = daemon.person_dn(login);
        let names = format!("cn: {first} {surname}\nsn: {surname}\ngivenName: {first}\n");
        format!("dn: {dn}\nobjectClass: inetOrgPerson\n{names}mail: {login}@example.org\nuserPassword: {PASSWORD}\n{more}\n")
    };
    let entries = [
        person("anna", ("Curie", "Anna"), "binderyRole: administrator\n"),
        person("karim", ("Bernard", "Karim"), "binderyRole: manager\n"),
        format!("dn: cn=Atelier,ou=teams,dc=example,dc=org\nobjectClass: groupOfNames\nowner: {}\n\n", daemon.person_dn("karim")),
        person("louisem", ("Michel", "Louise"), "departmentNumber: Atelier\n"),
        person("emilez", ("<b>Zola</b>", "Emile"), "departmentNumber: Atelier\naccountStatus: disabled\n"),
        person("user", ("Ernaux", "Annie"), ""),
    ];
    daemon.as_administrator("ldapadd").stdin(entries.concat()).succeeds();
    daemon
}

fn signed_in(daemon: &InProcess, login: &str) -> Pages {
    let mut pages = Pages::in_language(daemon.public_url(), "en");
    assert_eq!(pages.submit("/sign-in", "/sign-in", &[("identifier", login), ("password", PASSWORD), ("next", "account")]).status, 303);
    pages
}

/// Who is on the page, by their logins.
fn listed<'a>(pages: &mut Pages, path: &str, logins: &[&'a str]) -> Vec<&'a str> {
    let answer = pages.get(path);
    assert_eq!(answer.status, 200, "{path}: {answer:?}");
    let place = |login: &&str| answer.body.find(&format!(">{login}</td>"));
    let mut found: Vec<_> = logins.iter().copied().filter(|login| place(login).is_some()).collect();
    found.sort_by_key(|login| place(login));
    found
}

const EVERYBODY: [&str; 5] = ["anna", "karim", "louisem", "emilez", "user"];

#[test]
fn an_administrator_finds_everybody_and_a_manager_their_team() {
    let daemon = daemon();
    let mut anna = signed_in(&daemon, "anna");
    for (path, expected) in [
        ("/people", &["emilez", "karim", "anna", "user", "louisem"][..]),
        ("/people?search=&team=&role=&state=", &["emilez", "karim", "anna", "user", "louisem"]),
        ("/people?search=%C3%89mil", &["emilez"]),
        ("/people?search=ann", &["anna", "user"]),
        ("/people?search=mich+louise", &["louisem"]),
        ("/people?search=louisem%40example.org", &["louisem"]),
        ("/people?team=atelier", &["emilez", "louisem"]),
        ("/people?team=atelier&state=active", &["louisem"]),
        ("/people?role=manager", &["karim"]),
        ("/people?search=nobody", &[]),
        ("/people?after=0000000000000001", &["emilez", "karim", "anna", "user", "louisem"]),
    ] {
        assert_eq!(listed(&mut anna, path, &EVERYBODY), expected, "{path}");
    }
    let mut karim = signed_in(&daemon, "karim");
    for (path, expected) in [("/people", &["emilez", "louisem"][..]), ("/people?search=ann", &[]), ("/people?role=administrator", &[])] {
        assert_eq!(listed(&mut karim, path, &EVERYBODY), expected, "{path}");
    }
}

#[test]
fn the_page_keeps_what_was_asked_for_and_shows_names_as_text() {
    let daemon = daemon();
    let mut anna = signed_in(&daemon, "anna");
    let page = anna.get("/people?search=%3Cb%3Ez&team=atelier%22&state=disabled").body;
    assert!(page.contains("value=\"&#60;b&#62;z\"") && page.contains("<option value=\"disabled\" selected>"), "{page}");
    assert!(page.contains("<option value=\"atelier&#34;\" selected>"), "{page}");
    let page = anna.get("/people?search=zola").body;
    assert!(page.contains("&#60;b&#62;Zola&#60;/b&#62;") && !page.contains("<b>Zola"), "{page}");
    assert!(page.contains("<strong>Disabled</strong>"), "{page}");
}

#[test]
fn others_have_no_list() {
    let daemon = daemon();
    assert_eq!(signed_in(&daemon, "user").get("/people").status, 404);
    let stranger = Pages::at(daemon.public_url()).get("/people");
    assert!(stranger.location().is_some_and(|location| location.starts_with("/sign-in")), "{stranger:?}");
}

#[test]
fn what_no_page_of_ours_asks_for_is_refused() {
    let daemon = daemon();
    let mut anna = signed_in(&daemon, "anna");
    for query in ["role=root", "state=asleep", "after=1", "after=../1", "search=a&search=b", "search=%ff"] {
        assert_eq!(anna.get(&format!("/people?{query}")).status, 400, "{query}");
    }
    let long = format!("/people?search={}", "a%20".repeat(1500));
    assert_eq!(anna.get(&long).status, 200);
}

#[test]
fn a_long_list_comes_in_pages() {
    let daemon = daemon();
    let crowd = |n: usize| {
        format!(
            "dn: {}\nobjectClass: inetOrgPerson\ncn: Crowd {n:03}\nsn: {n:03}\ngivenName: Crowd\n\n",
            daemon.person_dn(&format!("crowd{n:03}"))
        )
    };
    daemon.as_administrator("ldapadd").stdin((0..120).map(crowd).collect::<String>()).succeeds();
    let mut anna = signed_in(&daemon, "anna");
    let (mut path, mut seen) = ("/people?search=crowd".to_owned(), String::new());
    for page in 1.. {
        let answer = anna.get(&path);
        seen += &answer.body;
        assert_eq!(answer.body.contains("href=\"/people?search=crowd\""), page > 1, "the way back to the first page");
        let Some((_, next)) = answer.body.split_once("rel=\"next\" href=\"") else {
            assert_eq!(page, 3);
            break;
        };
        path = next.split('"').next().unwrap().replace("&#38;", "&");
    }
    let places: Vec<_> = (0..120).map(|n| seen.find(&format!(">crowd{n:03}</td>")).unwrap()).collect();
    assert!(places.is_sorted());
    assert_eq!(seen.matches("scope=\"row\"").count(), 120);
}
