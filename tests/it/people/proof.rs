//! What takes one's own password once more, so that an open browser is not enough for it.

use super::*;

#[test]
fn power_is_given_with_one_s_own_password_alone() {
    let office = Office::open();
    office.add("ada", Role::Administrator, None);
    let (louise, ada) = (office.path("louise"), office.path("ada"));
    let password = [("password", OTHER), ("confirm", OTHER)];
    for (login, path, changes) in [
        ("louise", &louise, &[("role", "manager")][..]),
        ("louise", &louise, &[("role", "administrator")]),
        ("ada", &ada, &[("role", "manager")]),
        ("ada", &ada, &password),
        ("louise", &louise, &[("role", "administrator"), password[0], password[1]]),
    ] {
        let mut anne = office.signed_in("anne");
        assert!(anne.open(path).body.contains("name=\"own_password\""));
        let before = office.entry(login);
        for (own, said) in [(&[][..], "Type your own password"), (&[("own_password", OTHER)], "This is not your password")] {
            let refused = save(&mut anne, path, &[changes, own].concat());
            assert!(refused.status == 422 && refused.text().contains(said), "{login} {changes:?}: {}", refused.text());
            assert!(office.entry(login) == before && office.binds(login, PASSWORD), "{login} {changes:?}");
        }
        // A request that does not even have the field.
        let page = anne.open(path);
        let bare = fields(&page, path).into_iter().filter(|(name, _)| name != "own_password").collect();
        let refused = send(&mut anne, path, bare, changes);
        assert!(refused.status == 422 && office.entry(login) == before, "{login} {changes:?}: {}", refused.text());
    }
    let mut anne = office.signed_in("anne");
    let saved = save(&mut anne, &louise, &[("role", "administrator"), ("own_password", PASSWORD)]);
    assert!(saved.text().contains("Saved: access level."), "{}", saved.text());
    let saved = save(&mut anne, &ada, &[password[0], password[1], ("own_password", PASSWORD)]);
    assert!(saved.text().contains("Saved: new password.") && office.binds("ada", OTHER), "{}", saved.text());
    // To take power away does not, nor does the password of somebody who has none.
    let paul = office.path("paul");
    assert!(save(&mut anne, &louise, &[("role", "user")]).text().contains("Saved: access level."));
    assert!(save(&mut anne, &paul, &password).text().contains("Saved: new password."));
}

#[test]
fn somebody_new_is_a_user_without_it() {
    let office = Office::open();
    let mut anne = office.signed_in("anne");
    let new = [("surname", "Petit"), ("login", "jeanp"), ("mail", "jean@example.org")];
    for role in ["manager", "administrator"] {
        let refused = save(&mut anne, "/people/new", &[&new[..], &[("role", role)]].concat());
        assert!(refused.status == 422 && refused.text().contains("Type your own password"), "{role}: {}", refused.text());
    }
    let added = save(&mut anne, "/people/new", &new);
    assert!(added.status == 200 && office.entry("jeanp").contains("binderyRole: user"), "{}", added.text());
    let other =
        [("surname", "Petit"), ("login", "jeanq"), ("mail", "jq@example.org"), ("role", "administrator"), ("own_password", PASSWORD)];
    let added = save(&mut anne, "/people/new", &other);
    assert!(added.status == 200 && office.entry("jeanq").contains("binderyRole: administrator"), "{}", added.text());
}

#[test]
fn guesses_beside_a_change_count_as_those_at_the_door() {
    let office = Office::open();
    let (mut anne, louise) = (office.signed_in("anne"), office.path("louise"));
    for _ in 0..5 {
        save(&mut anne, &louise, &[("role", "manager"), ("own_password", OTHER)]);
    }
    let refused = save(&mut anne, &louise, &[("role", "manager"), ("own_password", PASSWORD)]);
    assert!(refused.status == 422 && refused.text().contains("Too many attempts have failed"), "{}", refused.text());
    assert!(!office.binds("anne", PASSWORD) && office.entry("louise").contains("binderyRole: user"));
}

#[test]
fn a_connection_was_opened_with_the_password() {
    let office = Office::open();
    let change = "dn: uid=louise,ou=people,dc=example,dc=org\nchangetype: modify\nreplace: binderyRole\nbinderyRole: manager\n";
    let anne = office.daemon.client("ldapmodify", &office.daemon.person_dn("anne"), PASSWORD);
    anne.stdin(change).succeeds();
    assert!(office.entry("louise").contains("binderyRole: manager"));
}
