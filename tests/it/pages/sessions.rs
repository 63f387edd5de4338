//! Sessions over HTTP: how long they last, what ends them, and that nobody can bring their own.

use std::time::Duration;

use crate::harness::{InProcess, Pages};

const PASSWORD: &str = "boussole-noisette-quai-39";
const OTHER: &str = "cerise-brouillard-velo-48";
const OUT: Option<&str> = Some("/sign-in?next=/account");

fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(60 * minutes)
}

/// A daemon with the person `anna`, and her at the pages.
fn anna() -> (InProcess, Pages) {
    let daemon = InProcess::with_pages(|_| ());
    daemon.add_person("anna", PASSWORD);
    let mut anna = Pages::in_language(daemon.public_url(), "en");
    anna.sign_in("anna", PASSWORD);
    (daemon, anna)
}

fn modify(daemon: &InProcess, changes: &str) {
    let ldif = format!("dn: {}\nchangetype: modify\n{changes}", daemon.person_dn("anna"));
    daemon.as_administrator("ldapmodify").stdin(ldif).succeeds();
}

#[test]
fn a_session_ends_after_a_quarter_of_an_hour_without_a_request() {
    let (daemon, mut anna) = anna();
    for _ in 0..3 {
        daemon.advance(minutes(14));
        assert_eq!(anna.get("/account").status, 200);
    }
    daemon.advance(minutes(16));
    assert_eq!(anna.get("/account").location(), OUT);
    daemon.clock().advance(minutes(1));
    assert_eq!(anna.get("/account").location(), OUT, "it does not come back");
}

#[test]
fn a_session_ends_after_eight_hours_whatever_is_done() {
    let (daemon, mut anna) = anna();
    for _ in 0..47 {
        daemon.advance(minutes(10));
        assert_eq!(anna.get("/account").status, 200);
    }
    daemon.advance(minutes(10));
    assert_eq!(anna.get("/account").location(), OUT);
}

#[test]
fn a_session_survives_a_restart_of_the_daemon() {
    let (mut daemon, mut anna) = anna();
    daemon.restart();
    let mut again = Pages::in_language(daemon.public_url(), "en");
    again.cookies = std::mem::take(&mut anna.cookies);
    assert_eq!(again.get("/account").status, 200);
}

#[test]
fn nobody_brings_their_own_session() {
    let (daemon, mut mallory) = anna();
    daemon.add_person("louise", OTHER);
    // One that was made up, one in another's name, and one that was real.
    let mut given = Pages::in_language(daemon.public_url(), "en");
    given.sign_in("anna", PASSWORD);
    for planted in ["A".repeat(43), given.cookies["session"].clone(), String::from("x")] {
        let mut louise = Pages::in_language(daemon.public_url(), "en");
        louise.cookies.insert("session".to_owned(), planted.clone());
        louise.sign_in("louise", OTHER);
        assert_ne!(louise.cookies["session"], planted, "a fresh token at each sign-in");
        assert!(louise.open("/account").text().contains("louise"));
        let mut planter = Pages::in_language(daemon.public_url(), "en");
        planter.cookies.insert("session".to_owned(), planted);
        assert!(!planter.open("/account").text().contains("louise"), "who planted it is not her");
    }
    assert!(mallory.open("/account").text().contains("anna"));
    let before = mallory.cookies["session"].clone();
    mallory.sign_in("anna", PASSWORD);
    assert_ne!(mallory.cookies["session"], before);
}

#[test]
fn the_cookie_of_a_session_is_out_of_reach_and_ends_with_the_browser() {
    let (daemon, _) = anna();
    let mut visitor = Pages::at(daemon.public_url());
    let answer = visitor.submit("/sign-in", "/sign-in", &[("identifier", "anna"), ("password", PASSWORD)]);
    let line = answer.headers.iter().find(|(name, value)| name == "set-cookie" && value.starts_with("session=")).unwrap().1.clone();
    let (value, flags) = line.split_once("; ").unwrap();
    assert_eq!((value.len(), flags), ("session=".len() + 43, "HttpOnly; SameSite=Lax; Path=/"));
    let out = visitor.submit("/account", "/sign-out", &[]);
    assert!(out.headers.iter().any(|(name, value)| name == "set-cookie" && value.starts_with("session=;") && value.contains("Max-Age=0")));
}

#[test]
fn a_password_that_is_set_over_ldap_ends_the_session() {
    let (daemon, mut anna) = anna();
    daemon.as_administrator("ldappasswd").args(["-s", OTHER, &daemon.person_dn("anna")]).succeeds();
    assert_eq!(anna.get("/account").location(), OUT);
    anna.sign_in("anna", OTHER);
    assert_eq!(anna.get("/account").status, 200);
}

#[test]
fn a_password_that_is_changed_in_one_browser_ends_the_session_in_another() {
    let (daemon, mut phone) = anna();
    let mut desk = Pages::in_language(daemon.public_url(), "en");
    desk.sign_in("anna", PASSWORD);
    let before = desk.cookies["session"].clone();
    let fields = [("old", PASSWORD), ("new", OTHER), ("confirm", OTHER)];
    assert_eq!(desk.submit("/account/password", "/account/password", &fields).location(), Some("/account/password/done"));
    assert_ne!(desk.cookies["session"], before);
    assert_eq!(desk.get("/account").status, 200, "it goes on where it was changed");
    assert_eq!(phone.get("/account").location(), OUT);
    desk.cookies.insert("session".to_owned(), before);
    assert_eq!(desk.get("/account").location(), OUT, "the token from before is worth nothing");
}

#[test]
fn an_account_that_is_disabled_expired_or_deleted_has_no_session_and_gets_none_back() {
    for (change, back) in [
        ("replace: accountStatus\naccountStatus: disabled\n", Some("replace: accountStatus\naccountStatus: active\n")),
        ("replace: accountExpires\naccountExpires: 20200101000000Z\n", None),
    ] {
        let (daemon, mut anna) = anna();
        modify(&daemon, change);
        assert_eq!(anna.get("/account").location(), OUT, "{change}");
        if let Some(back) = back {
            modify(&daemon, back);
            assert_eq!(anna.get("/account").location(), OUT, "{change} and {back}");
        }
    }
    let (daemon, mut anna) = anna();
    daemon.as_administrator("ldapdelete").args([&daemon.person_dn("anna")]).succeeds();
    assert_eq!(anna.get("/account").location(), OUT);
}

#[test]
fn a_role_is_lost_at_once_and_not_with_the_session() {
    let (daemon, mut anna) = anna();
    assert_eq!(anna.get("/groups").status, 404);
    modify(&daemon, "replace: binderyRole\nbinderyRole: administrator\n");
    anna.sign_in("anna", PASSWORD);
    assert_eq!(anna.get("/groups").status, 200);
    daemon.add_person("louise", OTHER);
    let ldif = format!("dn: {}\nchangetype: modify\nreplace: binderyRole\nbinderyRole: administrator\n", daemon.person_dn("louise"));
    daemon.as_administrator("ldapmodify").stdin(ldif).succeeds();
    modify(&daemon, "replace: binderyRole\nbinderyRole: user\n");
    assert!(matches!(anna.get("/groups").status, 303 | 404));
    assert!(!anna.open("/account").body.contains("href=\"/groups\""));
}

#[test]
fn who_must_change_their_password_does_nothing_else() {
    let (daemon, _) = anna();
    modify(&daemon, "replace: pwdReset\npwdReset: TRUE\n-\nreplace: binderyRole\nbinderyRole: administrator\n");
    let mut anna = Pages::in_language(daemon.public_url(), "en");
    anna.sign_in("anna", PASSWORD);
    for path in ["/account", "/account/password/done", "/people", "/people/new", "/teams", "/groups", "/groups/new", "/mail"] {
        assert_eq!(anna.get(path).location(), Some("/account/password"), "{path}");
    }
    let page = anna.open("/account/password");
    assert!(!page.body.contains("href=\"/groups\""), "nothing else is offered");
    let made = anna.post("/groups/new", &[("csrf", &page.csrf()), ("name", "mine"), ("description", "")]);
    assert_eq!(made.location(), Some("/account/password"));
    let fields = [("old", PASSWORD), ("new", OTHER), ("confirm", OTHER)];
    assert_eq!(anna.submit("/account/password", "/account/password", &fields).location(), Some("/account/password/done"));
    let groups = anna.get("/groups");
    assert!(groups.status == 200 && !groups.body.contains("mine"), "{}", groups.text());
}

#[test]
fn signing_in_leads_back_to_the_page_that_was_asked_for_and_nowhere_else() {
    let (daemon, _) = anna();
    for (next, ends) in [
        ("/account/password", "/account/password"),
        ("/people?q=Ren%C3%A9e&after=x", "/people?q=Ren%C3%A9e&after=x"),
        ("https://attaquant.example/account", "/account"),
        ("//attaquant.example/account", "/account"),
        ("/\\attaquant.example", "/account"),
        ("/sign-out", "/account"),
        ("/r/token", "/account"),
        ("javascript:alert(1)", "/account"),
        ("", "/account"),
    ] {
        let mut visitor = Pages::at(daemon.public_url());
        let csrf = visitor.open("/sign-in").csrf();
        let fields = [("csrf", csrf.as_str()), ("identifier", "anna"), ("password", PASSWORD), ("next", next)];
        assert_eq!(visitor.post("/sign-in", &fields).location(), Some(ends), "{next}");
    }
    let mut visitor = Pages::at(daemon.public_url());
    let asked = visitor.get("/groups/00000000000000ff?after=1&x=y");
    assert_eq!(asked.location(), Some("/sign-in?next=/groups/00000000000000ff%3Fafter%3D1%26x%3Dy"));
    assert_eq!(visitor.follow(asked).hidden("next").as_deref(), Some("/groups/00000000000000ff?after=1&#38;x=y"));
}

#[test]
fn signing_in_again_ends_the_session_that_the_browser_had() {
    let (daemon, mut anna) = anna();
    daemon.add_person("louise", OTHER);
    let mut elsewhere = Pages::in_language(daemon.public_url(), "en");
    elsewhere.sign_in("anna", PASSWORD);
    for (login, password) in [("anna", PASSWORD), ("louise", OTHER)] {
        let mut copied = anna.clone();
        assert_eq!(copied.get("/account").status, 200);
        let wrong = anna.submit("/sign-in", "/sign-in", &[("identifier", login), ("password", "wrong")]);
        assert!(wrong.status == 422 && copied.get("/account").status == 200, "it goes on where nobody signs in");
        anna.sign_in(login, password);
        assert_eq!(copied.get("/account").location(), OUT, "{login}");
        assert_eq!(anna.get("/account").status, 200);
    }
    assert_eq!(elsewhere.get("/account").status, 200, "another browser's is another's");
}
