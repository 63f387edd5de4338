//! Forms that no page offers, and addresses that are not one's own.

use super::*;

#[test]
fn a_manager_who_forges_a_form_changes_nothing() {
    let office = Office::open();
    let (mut marc, louise) = (office.signed_in("marc"), office.path("louise"));
    let before = office.entry("louise");
    for forged in [
        ("role", "administrator"),
        ("role", "manager"),
        ("login", "lou"),
        ("state", "disabled"),
        ("expires", "2027-12-31"),
        ("must_change", "yes"),
        ("team", "support"),
        ("team", ""),
    ] {
        let refused = save(&mut marc, &louise, &[forged, ("surname", "Durand")]);
        assert!(refused.status == 403 && refused.text().contains("This is not yours to change"), "{forged:?}: {}", refused.text());
    }
    for forged in [("role", "emperor"), ("state", "expired"), ("must_change", "perhaps")] {
        assert_eq!(save(&mut marc, &louise, &[forged]).status, 400, "{forged:?}");
    }
    for below in ["/unlock", "/delete"] {
        assert_eq!(press(&mut marc, &louise, below).status, 403, "{below}");
    }
    assert_eq!(office.entry("louise"), before);
}

#[test]
fn what_one_may_not_see_is_not_there() {
    let office = Office::open();
    let (paul, marc, louise) = (office.path("paul"), office.path("marc"), office.path("louise"));
    let nobody = "/people/00000000000000ff".to_owned();
    let new = [("password", OTHER), ("confirm", OTHER), ("mail", "mine@example.net"), ("own_password", PASSWORD)];
    for (who, whom) in [("marc", &paul), ("marc", &nobody), ("louise", &paul), ("louise", &marc), ("anne", &nobody)] {
        let mut visitor = office.signed_in(who);
        let csrf = visitor.open("/account").csrf();
        for path in [whom.clone(), format!("{whom}/delete")] {
            assert_eq!(visitor.open(&path).status, 404, "{who} {path}");
        }
        let fields = [&[("csrf", csrf.as_str())], &new[..]].concat();
        for below in ["", "/link", "/generated", "/unlock", "/sessions", "/delete"] {
            assert_eq!(visitor.post(&format!("{whom}{below}"), &fields).status, 404, "{who} {whom}{below}");
        }
    }
    for path in ["/people/new", "/people/x", "/people/00000000000000FF", &louise] {
        assert_eq!(office.signed_in("louise").open(path).status, 404, "{path}");
        assert_eq!(Pages::at(office.daemon.public_url()).get(path).status, 303, "{path}");
    }
    assert!(office.binds("paul", PASSWORD) && office.binds("marc", PASSWORD));
}

#[test]
fn one_s_own_sheet_promotes_nobody() {
    let office = Office::open();
    for who in ["marc", "louise", "anne"] {
        let (mut visitor, path) = (office.signed_in(who), office.path(who));
        let before = office.entry(who);
        let csrf = visitor.open("/account").csrf();
        for forged in [("role", "administrator"), ("role", "user"), ("password", OTHER)]
            .iter()
            .filter(|(_, value)| !before.contains(&format!("binderyRole: {value}")))
        {
            let fields = [("csrf", csrf.as_str()), *forged, ("confirm", OTHER)];
            let fields = if forged.0 == "password" { &fields[..] } else { &fields[..2] };
            assert_eq!(visitor.post(&path, fields).status, 403, "{who} {forged:?}");
        }
        assert!(office.entry(who) == before && office.binds(who, PASSWORD), "{who}");
    }
}

#[test]
fn managers_add_people_to_their_own_teams_where_the_setting_allows_it() {
    for allowed in [false, true] {
        let office = Office::with(|config| config.directory.managers_add = allowed);
        let mut marc = office.signed_in("marc");
        assert_eq!(marc.open("/people/new").status, if allowed { 200 } else { 404 });
        let csrf = marc.open("/account").csrf();
        let mut add = |more: &[(&str, &str)]| {
            let fields = [&[("csrf", csrf.as_str()), ("surname", "Petit"), ("login", "jeanp")], more].concat();
            marc.post("/people/new", &fields).status
        };
        for forged in
            [&[("team", "support")][..], &[], &[("team", "sales"), ("role", "administrator")], &[("team", "sales"), ("role", "manager")]]
        {
            assert_eq!(add(forged), 403, "{allowed} {forged:?}");
        }
        assert_eq!(add(&[("team", "sales")]), if allowed { 303 } else { 403 });
    }
}

#[test]
fn markup_in_a_field_stays_text() {
    let office = Office::open();
    let (mut anne, louise) = (office.signed_in("anne"), office.path("louise"));
    let markup = "\"><script>alert(1)</script>";
    let own = ("own_password", PASSWORD);
    for (field, value) in [("first_name", markup), ("surname", markup), ("login", "\"><b>lou"), ("mail", "\"a&b\"@example.org")] {
        let saved = save(&mut anne, &louise, &[(field, value), own]);
        assert!(saved.status == 200 && saved.text().contains("Saved: "), "{field}: {}", saved.text());
        for page in [saved, anne.open(&format!("{louise}/delete"))] {
            assert!(!page.body.contains("<script>alert") && !page.body.contains("<b>lou"), "{field}: {}", page.body);
        }
    }
    let refused = save(&mut anne, &louise, &[("telephone", markup), ("team", markup)]);
    assert!(refused.status == 422 && !refused.body.contains("<script>alert"), "{}", refused.body);
}
