//! What a link is worth: once, for its purpose, for its hour, until something newer takes its place.

use std::collections::BTreeSet;
use std::thread;

use super::{Duration, NEW, OLD, Town, choose};
use crate::harness::pages::encoded;

#[test]
fn row_05_no_step_can_be_skipped() {
    // CVE-2026-18963
    let mut town = Town::of(&["anna"]);
    let mail = town.mailed_link("anna");
    let csrf = |visitor: &mut crate::harness::Pages| visitor.open("/forgot").csrf();
    let chosen = |csrf: &str| encoded(&[("csrf", csrf), ("new", NEW), ("confirm", NEW), ("username", "anna"), ("login", "anna")]);

    let mut without = town.visitor();
    let token = csrf(&mut without);
    for path in ["/reset/chosen", "/reset/generated"] {
        let answer = without.post_body(path, &chosen(&token));
        assert!(answer.status == 404 && answer.text().contains("This link is not right"), "{path}: {}", answer.text());
        let with_field = format!("{}&token={}&reset={}", chosen(&token), mail.token("r"), mail.token("r"));
        assert_eq!(without.post_body(path, &with_field).status, 404, "{path} takes a token from a field");
    }
    for made_up in ["A".repeat(43), "A".repeat(42), mail.token("r").to_lowercase() + "x", mail.token("n")] {
        without.cookies.insert("reset".to_owned(), made_up.clone());
        for path in ["/reset/chosen", "/reset/generated"] {
            assert_eq!(without.post_body(path, &chosen(&token)).status, 404, "{path} with {made_up}");
        }
    }
    for path in ["/reset/done", "/reset/sent", "/not-me/done", "/forgot/sent"] {
        assert_eq!(town.visitor().open(path).status, 200, "{path}");
    }
    assert!(town.binds("anna", OLD) && !town.binds("anna", NEW));

    // All in order, and then once more from the middle.
    let mut anna = town.visitor();
    anna.open(&mail.link("r"));
    let sent = encoded(&[("csrf", &anna.open("/reset").csrf()), ("login", "anna"), ("new", NEW), ("confirm", NEW)]);
    assert_eq!(anna.post_body("/reset/chosen", &sent).location(), Some("/reset/done"));
    let again = anna.post_body("/reset/chosen", &sent.replace(NEW, "renard-marmite-glacier-72"));
    assert!(again.status == 410 && again.text().contains("has been used"), "{}", again.text());
    assert!(town.binds("anna", NEW));
}

#[test]
fn row_05_a_form_needs_the_token_of_its_page() {
    let mut town = Town::of(&["anna"]);
    let mut anna = town.at_the_link("anna");
    let csrf = anna.open("/reset").csrf();
    for (cookie, field) in [(true, None), (false, Some(csrf.as_str())), (true, Some("")), (true, Some("AAAA")), (false, None)] {
        let mut visitor = anna.clone();
        if !cookie {
            visitor.cookies.remove("csrf");
        }
        let mut fields = vec![("new", NEW), ("confirm", NEW)];
        fields.extend(field.map(|field| ("csrf", field)));
        assert_eq!(visitor.post("/reset/chosen", &fields).status, 403, "cookie {cookie}, field {field:?}");
    }
    let get = anna.get(&format!("/reset/chosen?{}", encoded(&[("csrf", &csrf), ("new", NEW), ("confirm", NEW)])));
    assert_eq!(get.status, 405);
    assert!(town.binds("anna", OLD) && !town.binds("anna", NEW));
}

#[test]
fn row_06_a_token_is_for_one_purpose() {
    // CVE-2026-105785
    let mut town = Town::of(&["anna"]);
    let mail = town.mailed_link("anna");
    let (reset, revoke) = (mail.token("r"), mail.token("n"));
    assert_ne!(reset, revoke);
    let mut visitor = town.visitor();
    assert_eq!(visitor.open(&format!("/r/{revoke}")).status, 404);
    let page = visitor.open(&format!("/n/{reset}"));
    assert!(page.text().contains("nothing left to cancel"), "{}", page.text());
    let csrf = visitor.open("/forgot").csrf();
    assert_eq!(visitor.post("/reset/chosen", &[("csrf", &csrf), ("new", NEW), ("confirm", NEW)]).status, 404);
    visitor.post("/not-me", &[("csrf", &csrf)]);
    visitor.cookies.insert("session".to_owned(), reset.clone());
    assert_eq!(visitor.get("/account").location(), Some("/sign-in?next=/account"), "a link's token is taken for a session");
    assert_eq!(town.visitor().open(&mail.link("r")).status, 200, "the link was used up by another purpose");
    assert!(town.binds("anna", OLD));
}

#[test]
fn row_11_a_link_works_once_and_ends_with_any_change_of_the_password() {
    // CVE-2026-73431
    let mut town = Town::of(&["anna"]);
    let first = town.mailed_link("anna");
    let mut anna = town.visitor();
    anna.open(&first.link("r"));
    assert_eq!(choose(&mut anna, NEW).status, 200);
    let again = choose_blindly(&mut anna, "renard-marmite-glacier-72");
    assert!(again.status == 410 && again.text().contains("has been used"), "{}", again.text());
    assert_eq!(town.visitor().open(&first.link("r")).status, 410);
    assert!(town.binds("anna", NEW));
    town.mails.expect("password-notice", "anna@example.org");

    for change in ["administrator", "own"] {
        let link = town.mailed_link("anna").link("r");
        let dn = town.daemon.person_dn("anna");
        let password = format!("papillon-{change}-granit-61");
        match change {
            "administrator" => {
                town.daemon.as_administrator("ldappasswd").args(["-s", &password, &dn]).succeeds();
            }
            _ => {
                let old = "papillon-administrator-granit-61";
                town.daemon.client("ldappasswd", &dn, old).args(["-a", old, "-s", &password]).succeeds();
            }
        }
        town.mails.expect("password-notice", "anna@example.org");
        let late = town.visitor().open(&link);
        assert!(late.status == 410 && late.text().contains("replaced"), "{change}: {}", late.text());
        assert!(town.binds("anna", &password), "{change}");
    }
}

/// Chooses `password` without a page that still has the form.
fn choose_blindly(visitor: &mut crate::harness::Pages, password: &str) -> crate::harness::Answer {
    let csrf = visitor.open("/forgot").csrf();
    visitor.post("/reset/chosen", &[("csrf", &csrf), ("login", "anna"), ("new", password), ("confirm", password)])
}

#[test]
fn row_12_of_fifty_at_once_one_succeeds() {
    // CVE-2026-107276
    let mut town = Town::of(&["anna"]);
    let anna = town.at_the_link("anna");
    let csrf = anna.clone().open("/reset").csrf();
    let tries = (0..50).map(|number| {
        let (mut visitor, csrf) = (anna.clone(), csrf.clone());
        thread::spawn(move || {
            let password = format!("papillon-granit-ruche-{number:02}");
            visitor.post("/reset/chosen", &[("csrf", &csrf), ("login", "anna"), ("new", &password), ("confirm", &password)]).status
        })
    });
    let answers: Vec<u16> = tries.collect::<Vec<_>>().into_iter().map(|attempt| attempt.join().unwrap()).collect();
    let winners: Vec<usize> = (0..50).filter(|number| answers[*number] == 303).collect();
    assert_eq!(winners.len(), 1, "{answers:?}");
    assert!(answers.iter().all(|status| matches!(status, 303 | 410 | 503)), "{answers:?}");
    let works: Vec<usize> = (0..50).filter(|number| town.binds("anna", &format!("papillon-granit-ruche-{number:02}"))).collect();
    assert_eq!(works, winners);
    let mails = town.all_mails();
    assert_eq!(mails.iter().map(|mail| mail.kind.as_str()).collect::<Vec<_>>(), ["password-notice"]);
}

#[test]
fn row_12_of_fifty_presses_of_the_button_one_sends_a_password() {
    let mut town = Town::of(&["anna"]);
    let anna = town.at_the_link("anna");
    let csrf = anna.clone().open("/reset").csrf();
    let presses = (0..50).map(|_| {
        let (mut visitor, csrf) = (anna.clone(), csrf.clone());
        thread::spawn(move || visitor.post("/reset/generated", &[("csrf", &csrf), ("login", "anna")]).status)
    });
    let answers: Vec<u16> = presses.collect::<Vec<_>>().into_iter().map(|press| press.join().unwrap()).collect();
    assert_eq!(answers.iter().filter(|status| **status == 303).count(), 1, "{answers:?}");
    let mails = town.all_mails();
    let mut kinds: Vec<&str> = mails.iter().map(|mail| mail.kind.as_str()).collect();
    kinds.sort();
    assert_eq!(kinds, ["generated-password", "password-notice"]);
    let password = mails.iter().find(|mail| mail.kind == "generated-password").unwrap().password();
    assert!(town.binds("anna", &password) && !town.binds("anna", OLD));
}

#[test]
fn row_13_a_changed_address_ends_the_links_that_went_to_the_old_one() {
    let mut town = Town::of(&["anna"]);
    let link = town.mailed_link("anna").link("r");
    let dn = town.daemon.person_dn("anna");
    town.administrator("ldapmodify", &[], &format!("dn: {dn}\nchangetype: modify\nreplace: mail\nmail: anna@new.example.org\n"));
    let late = town.visitor().open(&link);
    assert!(late.status == 410 || late.status == 404, "{}", late.text());
    assert!(town.binds("anna", OLD));
    town.told_of_change(&["anna@example.org", "anna@new.example.org"]);
    town.ask("anna");
    town.mails.expect("reset-link", "anna@new.example.org");
}

#[test]
fn row_13_a_password_that_is_on_its_way_to_an_old_address_never_works() {
    let mut town = Town::of(&["anna"]);
    let mut anna = town.at_the_link("anna");
    // The mails wait: their directory is gone.
    let mails = town.daemon.mail_directory().to_owned();
    std::fs::rename(&mails, mails.with_extension("away")).unwrap();
    std::fs::write(&mails, "not a directory").unwrap();
    assert_eq!(anna.submit("/reset", "/reset/generated", &[]).status, 303);
    let dn = town.daemon.person_dn("anna");
    town.administrator("ldapmodify", &[], &format!("dn: {dn}\nchangetype: modify\nreplace: mail\nmail: anna@new.example.org\n"));
    std::fs::remove_file(&mails).unwrap();
    std::fs::rename(mails.with_extension("away"), &mails).unwrap();
    town.daemon.advance(Duration::from_secs(3600));
    for mail in town.all_mails() {
        assert_ne!(mail.kind, "generated-password", "{}", mail.source);
    }
    assert!(town.binds("anna", OLD));
}

#[test]
fn row_14_tokens_are_long_and_none_is_like_another() {
    // CVE-2020-7378, CVE-2026-93868
    let mut town = Town::with(|config| config.reset.per_account = 20);
    town.move_in("anna");
    let mut tokens = BTreeSet::new();
    for _ in 0..10 {
        let mail = town.mailed_link("anna");
        for kind in ["r", "n"] {
            let token = mail.token(kind);
            assert!(token.len() == 43 && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'), "{token}");
            assert!(tokens.insert(token), "a token came twice");
        }
    }
    let alike = |a: &str, b: &str| a.bytes().zip(b.bytes()).filter(|(a, b)| a == b).count();
    let tokens: Vec<&String> = tokens.iter().collect();
    for (number, one) in tokens.iter().enumerate() {
        assert!(tokens[number + 1..].iter().all(|other| alike(one, other) < 12), "tokens have a pattern: {tokens:?}");
    }
}

#[test]
fn row_14_the_only_randomness_is_the_operating_systems() {
    let manifest = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).unwrap();
    let dependencies = manifest.split("[dependencies]").nth(1).unwrap().split("[dev-dependencies]").next().unwrap();
    let names: Vec<&str> = dependencies.lines().filter_map(|line| line.split_once(" = ")).map(|(name, _)| name.trim()).collect();
    assert!(names.contains(&"getrandom"), "{names:?}");
    for other in ["rand", "fastrand", "oorandom", "nanorand", "rand_chacha", "rand_core", "nanoid"] {
        assert!(!names.contains(&other), "{other} draws what could be guessed");
    }
    // `getrandom` itself belongs to `secret.rs` alone: see `directions`.
    let drawn: BTreeSet<[u8; 32]> = (0..100_000).map(|_| bindery::secret::random::<32>()).collect();
    assert_eq!(drawn.len(), 100_000);
}

/// Two links in two windows of one browser: the cookie is the later one's, and a form must not act on an account that
/// its page does not name.
#[test]
fn a_form_acts_on_the_account_that_its_page_names_or_on_none() {
    let mut town = Town::of(&["anna", "bea"]);
    let (annas, beas) = (town.mailed_link("anna"), town.mailed_link("bea"));
    let mut browser = town.visitor();
    let forms = [("r", "/reset", "/reset/chosen"), ("r", "/reset", "/reset/generated"), ("n", "/not-me", "/not-me")];
    for (kind, page, path) in forms {
        browser.open(&annas.link(kind));
        let csrf = browser.open(page).csrf();
        browser.open(&beas.link(kind));
        let fields = [("csrf", csrf.as_str()), ("login", "anna"), ("new", NEW), ("confirm", NEW)];
        let answer = browser.post(path, &fields);
        assert!(answer.status == 409 && answer.text().contains("another account"), "{path}: {}", answer.text());
        assert_eq!(browser.post(path, &[("csrf", &csrf), ("new", NEW), ("confirm", NEW)]).status, 400, "{path} without a login");
    }
    for link in [&annas, &beas] {
        assert_eq!(town.visitor().open(&link.link("r")).status, 200, "it still works");
    }
    assert!(town.all_mails().is_empty(), "nothing was done");
    assert!(town.binds("anna", OLD) && town.binds("bea", OLD));
}
