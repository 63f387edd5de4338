//! Whose address somebody may be given, and which logins a manager may choose.

use super::*;

#[test]
fn a_manager_gives_nobody_the_address_of_somebody_else() {
    let office = Office::open();
    let (mut marc, louise) = (office.signed_in("marc"), office.path("louise"));
    office
        .daemon
        .as_administrator("ldapadd")
        .stdin("dn: uid=lou@example.net,ou=people,dc=example,dc=org\nobjectClass: inetOrgPerson\ncn: L\nsn: L\n")
        .succeeds();
    let own = ("own_password", PASSWORD);
    // Of a person whom he does not see, of himself, of somebody's login: he is told the same.
    for taken in ["paul@example.org", "PAUL@Example.org", "marc@example.org", "lou@example.net"] {
        let refused = save(&mut marc, &louise, &[("mail", taken), own]);
        assert!(refused.status == 422 && refused.text().contains("Somebody else has the address"), "{taken}: {}", refused.text());
        assert!(!refused.text().contains("login of"), "{taken}: {}", refused.text());
        let change = format!("dn: {}\nchangetype: modify\nadd: mail\nmail: {taken}\n", office.daemon.person_dn("louise"));
        let refused = office.daemon.client("ldapmodify", &office.daemon.person_dn("marc"), PASSWORD).stdin(change).exits(19);
        assert!(refused.stderr.contains("somebody else has"), "{}", refused.stderr);
    }
    assert!(office.entry("louise").contains("mail: louise@example.org"));
    assert!(save(&mut marc, &louise, &[("mail", "lou@example.org, louise@example.org"), own]).text().contains("Saved: email address."));
    // What is shared already is no news, and an administrator may have two share one.
    let (mut anne, paul) = (office.signed_in("anne"), office.path("paul"));
    assert!(save(&mut anne, &paul, &[("mail", "louise@example.org, paul@example.org"), own]).text().contains("Saved: email address."));
    assert!(save(&mut marc, &louise, &[("mail", "louise@example.org"), own]).text().contains("Saved: email address."));
}

#[test]
fn a_manager_chooses_logins_that_are_taken_for_nothing_else() {
    let office = Office::with(|config| config.directory.managers_add = true);
    let mut marc = office.signed_in("marc");
    let csrf = marc.open("/account").csrf();
    let mut add = |login: &str, mail: &str| {
        let answer =
            marc.post("/people/new", &[("csrf", &csrf), ("surname", "Petit"), ("login", login), ("mail", mail), ("team", "sales")]);
        (answer.status, answer.text())
    };
    for (login, said) in [
        ("root", "the name of something else"),
        ("www-data", "the name of something else"),
        ("p\u{430}ul", "letters without accents"),
        ("paul@example.net", "letters without accents"),
        ("_paul", "letters without accents"),
    ] {
        let (status, text) = add(login, "");
        assert!(status == 422 && text.contains(said), "{login}: {status} {text}");
    }
    let (status, text) = add("jeanp", "paul@example.org");
    assert!(status == 422 && text.contains("Somebody else has the address"), "{text}");
    assert_eq!(add("jeanp", "jean@example.org").0, 303);
    // An administrator chooses what they like.
    let mut anne = office.signed_in("anne");
    assert_eq!(save(&mut anne, "/people/new", &[("surname", "R"), ("login", "ren\u{e9}e"), ("mail", "r@example.org")]).status, 200);
}
