//! What a sheet does for those whom it is for.

use std::time::Duration;

use super::*;
use crate::harness::Mails;

#[test]
fn an_administrator_saves_a_sheet_and_is_told_what_has_changed() {
    let office = Office::open();
    let (mut anne, louise) = (office.signed_in("anne"), office.path("louise"));
    // Sent back as it was: no password and nothing else is another.
    assert!(save(&mut anne, &louise, &[]).text().contains("Nothing has changed"));
    assert!(office.binds("louise", PASSWORD));
    let changes = [
        ("surname", "Durand"),
        ("telephone", "+33 1 23 45 67 89"),
        ("role", "manager"),
        ("team", "support"),
        ("expires", "2027-12-31"),
        ("own_password", PASSWORD),
    ];
    let saved = save(&mut anne, &louise, &changes);
    let told = "Saved: surname, telephone, access level, team, last day of access.";
    assert!(saved.status == 200 && saved.text().contains(told), "{}", saved.text());
    assert!(saved.body.contains("value=\"2027-12-31\""), "{}", saved.body);
    let entry = office.entry("louise");
    for line in ["sn: Durand", "cn: LOUISE Durand", "binderyRole: manager", "departmentNumber: support", "accountExpires: 20271231230000Z"]
    {
        assert!(entry.contains(line), "{line}: {entry}");
    }
    assert!(office.binds("louise", PASSWORD));
    assert!(!anne.open(&louise).text().contains("Saved:"), "it is said once");
}

#[test]
fn a_manager_gives_a_member_a_password_that_works_over_ldap() {
    let office = Office::open();
    let (mut marc, louise) = (office.signed_in("marc"), office.path("louise"));
    let mut session = office.signed_in("louise");
    let page = marc.open(&louise);
    for field in ["name=\"role\"", "name=\"login\"", "name=\"state\"", "name=\"expires\"", "name=\"must_change\"", "/delete", "support"] {
        assert!(!page.body.contains(field), "{field}: {}", page.body);
    }
    let weak = save(&mut marc, &louise, &[("password", "louise"), ("confirm", "louise")]);
    assert!(weak.status == 422 && weak.text().contains("The password is too short"), "{}", weak.text());
    assert!(!weak.body.contains("value=\"louise\""), "a password is not sent back: {}", weak.body);
    let saved = save(&mut marc, &louise, &[("password", OTHER), ("confirm", OTHER)]);
    assert!(saved.text().contains("Saved: new password."), "{}", saved.text());
    assert!(office.binds("louise", OTHER) && !office.binds("louise", PASSWORD));
    assert!(office.entry("louise").contains("pwdReset: TRUE"), "it was typed by somebody else");
    assert_eq!(session.get("/account").status, 303, "sessions end");
}

#[test]
fn a_mail_address_needs_one_s_own_password_and_both_addresses_are_told() {
    let office = Office::open();
    let mut mails = Mails::of(office.daemon.mail_directory());
    let (mut marc, louise) = (office.signed_in("marc"), office.path("louise"));
    for (own, said) in [("", "Type your own password"), (OTHER, "This is not your password")] {
        let refused = save(&mut marc, &louise, &[("mail", "lou@example.net"), ("own_password", own)]);
        assert!(refused.status == 422 && refused.text().contains(said), "{}", refused.text());
        assert!(refused.body.contains("value=\"lou@example.net\""), "what was typed stays: {}", refused.body);
        assert!(office.entry("louise").contains("mail: louise@example.org"));
    }
    let saved = save(&mut marc, &louise, &[("mail", "lou@example.net"), ("own_password", PASSWORD)]);
    assert!(saved.text().contains("Saved: email address."), "{}", saved.text());
    let mut told = [mails.next(), mails.next()].map(|mail| mail.recipients().concat());
    told.sort();
    assert_eq!(told, ["lou@example.net", "louise@example.org"]);
}

#[test]
fn the_password_of_somebody_else_is_judged_while_it_is_typed_for_whoever_may_set_it() {
    let office = Office::with(|config| config.directory.address_book = true);
    let (louise, paul, anne) = (office.path("louise"), office.path("paul"), office.path("anne"));
    let ask = |visitor: &mut Pages, path: &str, typed: &str| {
        let csrf = visitor.open("/account/password").csrf();
        visitor.post(&format!("{path}/strength"), &[("csrf", &csrf), ("new", typed)])
    };
    let mut marc = office.signed_in("marc");
    let page = marc.open(&louise);
    assert!(page.body.contains(&format!("data-strength=\"{louise}/strength\"")), "{}", page.body);
    for (typed, said) in [
        (OTHER, "good\nThis password is good."),
        ("louise-louise-louise", "weak\nThe password is little more than"),
        ("", "weak\nThe password is empty"),
    ] {
        let answer = ask(&mut marc, &louise, typed);
        assert!(answer.status == 200 && answer.body.starts_with(said), "{typed}: {answer:?}");
    }
    let of_paul = ask(&mut office.signed_in("anne"), &paul, "louise-louise-louise");
    assert!(of_paul.status == 200 && !of_paul.body.contains("little more than"), "it is not his name: {of_paul:?}");
    assert_eq!(marc.post(&format!("{louise}/strength"), &[("new", OTHER)]).status, 403, "without a token");

    // One's own is changed with the old one; and what others' passwords must not be made of is nobody else's business.
    let marc_s = office.path("marc");
    for (who, paths) in [("marc", vec![&marc_s, &paul, &anne]), ("louise", vec![&louise, &marc_s, &anne]), ("anne", vec![&anne])] {
        let mut visitor = office.signed_in(who);
        for path in paths {
            assert_eq!(ask(&mut visitor, path, OTHER).status, 404, "{who} {path}");
        }
        assert_eq!(ask(&mut visitor, "/people/000000000000004d", OTHER).status, 404, "{who}");
        assert!(!visitor.open(&office.path(who)).body.contains("data-strength"), "{who}");
    }

    // Somebody new is who the form says, for whoever may add people.
    let mut visitor = office.signed_in("anne");
    let page = visitor.open("/people/new");
    assert!(page.body.contains("data-strength=\"/people/new/strength\""), "{}", page.body);
    let csrf = page.csrf();
    for (surname, is_name) in [("Fontaine", true), ("Durand", false)] {
        let typed = [
            ("csrf", csrf.as_str()),
            ("new", "zoe-fontaine-zoe"),
            ("login", "zoe"),
            ("first_name", "Zoe"),
            ("surname", surname),
            ("mail", ""),
        ];
        let answer = visitor.post("/people/new/strength", &typed);
        assert_eq!((answer.status, answer.body.contains("little more than")), (200, is_name), "{surname}: {answer:?}");
    }
    for who in ["marc", "louise"] {
        assert_eq!(ask(&mut office.signed_in(who), "/people/new", OTHER).status, 404, "{who}");
    }
    let mut stranger = Pages::in_language(office.daemon.public_url(), "en");
    let csrf = stranger.open("/sign-in").csrf();
    let asked = stranger.post(&format!("{louise}/strength"), &[("csrf", &csrf), ("new", OTHER)]);
    assert_eq!(asked.location(), Some("/sign-in"));
}

#[test]
fn a_sheet_that_somebody_else_has_changed_is_shown_again() {
    let office = Office::open();
    let (mut anne, mut marc, louise) = (office.signed_in("anne"), office.signed_in("marc"), office.path("louise"));
    let page = anne.open(&louise);
    assert!(save(&mut marc, &louise, &[("surname", "Durand")]).text().contains("Saved: surname."));
    let late = send(&mut anne, &louise, fields(&page, &louise), &[("telephone", "0123456789")]);
    assert!(late.status == 422 && late.text().contains("Somebody has changed this sheet meanwhile"), "{}", late.text());
    assert!(late.body.contains("value=\"Durand\"") && !late.body.contains("0123456789"), "{}", late.body);
    assert!(office.entry("louise").contains("sn: Durand") && !office.entry("louise").contains("telephoneNumber"));
}

#[test]
fn a_new_person_is_invited_and_chooses_a_password() {
    let office = Office::open();
    let mut mails = Mails::of(office.daemon.mail_directory());
    let mut anne = office.signed_in("anne");
    let new = [("first_name", "Jean"), ("surname", "Petit"), ("login", "louise"), ("mail", "jean@example.org"), ("team", "sales")];
    let taken = save(&mut anne, "/people/new", &new);
    assert!(taken.status == 422 && taken.text().contains("This login is taken"), "{}", taken.text());
    assert!(taken.body.contains("value=\"Jean\""), "{}", taken.body);
    let added = save(&mut anne, "/people/new", &[&new[..], &[("login", "jeanp")]].concat());
    assert!(added.status == 200 && added.text().contains("an invitation is on its way"), "{}", added.text());
    assert!(added.text().contains("None yet"), "{}", added.text());
    let mail = mails.expect("invitation", "jean@example.org");
    let mut jean = Pages::in_language(office.daemon.public_url(), "en");
    let done = jean.submit(&mail.link("r"), "/reset/chosen", &[("new", OTHER), ("confirm", OTHER)]);
    assert_eq!(done.status, 303, "{done:?}");
    assert!(office.binds("jeanp", OTHER));
    assert!(office.entry("jeanp").contains("departmentNumber: sales"));
}

#[test]
fn the_buttons_do_what_they_say() {
    let office = Office::open();
    let mut mails = Mails::of(office.daemon.mail_directory());
    let (mut anne, mut marc, louise) = (office.signed_in("anne"), office.signed_in("marc"), office.path("louise"));
    assert!(press(&mut marc, &louise, "/link").text().contains("A link is on its way."));
    mails.expect("reset-link", "louise@example.org");
    office.daemon.advance(Duration::from_secs(180));
    assert!(press(&mut marc, &louise, "/generated").text().contains("A generated password is on its way."));
    mails.expect("generated-password", "louise@example.org");
    let mut paul = office.signed_in("paul");
    let sheet = office.path("paul");
    assert!(press(&mut anne, &sheet, "/sessions").text().contains("All sessions of this person are closed."));
    assert_eq!(paul.get("/account").status, 303);
    (0..5).for_each(|_| assert!(!office.binds("paul", OTHER)));
    assert!(anne.open(&sheet).text().contains("Sign-in blocked until"), "{}", anne.open(&sheet).text());
    assert!(!office.binds("paul", PASSWORD));
    assert!(press(&mut anne, &sheet, "/unlock").text().contains("Sign-in is unblocked."));
    assert!(office.binds("paul", PASSWORD));

    let asked = anne.open(&format!("{sheet}/delete"));
    assert!(asked.status == 200 && asked.text().contains("Delete PAUL Martin?"), "{}", asked.text());
    assert!(office.binds("paul", PASSWORD), "asking does nothing");
    let csrf = asked.csrf();
    let gone = anne.post(&format!("{sheet}/delete"), &[("csrf", csrf.as_str())]);
    assert_eq!(gone.location(), Some("/people"));
    assert!(!office.binds("paul", PASSWORD));
    assert_eq!(anne.open(&sheet).status, 404);
}

#[test]
fn the_last_administrator_is_told_so() {
    let office = Office::open();
    let (mut anne, own) = (office.signed_in("anne"), office.path("anne"));
    for refused in [save(&mut anne, &own, &[("state", "disabled")]), press(&mut anne, &own, "/delete")] {
        assert!(refused.status == 422 && refused.text().contains("the last administrator"), "{}", refused.text());
    }
    assert!(office.binds("anne", PASSWORD));
}
