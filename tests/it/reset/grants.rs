//! The life of a link over time: how long it is valid, what scanners may do with it, and which one counts.

use super::{Duration, NEW, OLD, Town, choose};

#[test]
fn a_link_is_valid_for_its_hour_and_not_a_second_more() {
    let mut town = Town::of(&["anna", "bea"]);
    let (annas, beas) = (town.mailed_link("anna").link("r"), town.mailed_link("bea").link("r"));
    town.daemon.advance(Duration::from_secs(3_599));
    let mut anna = town.visitor();
    assert_eq!(anna.open(&annas).status, 200);
    let mut bea = town.visitor();
    bea.open(&beas);
    let csrf = bea.open("/reset").csrf();
    town.daemon.advance(Duration::from_secs(2));
    let late = bea.post("/reset/chosen", &[("csrf", &csrf), ("new", NEW), ("confirm", NEW)]);
    assert!(late.status == 410 && late.text().contains("has expired"), "{}", late.text());
    assert!(late.body.contains("href=\"/forgot\""), "{}", late.body);
    assert_eq!(town.visitor().open(&annas).status, 410);
    assert!(town.binds("bea", OLD) && town.binds("anna", OLD));
}

#[test]
fn scanners_that_open_a_link_change_nothing() {
    let mut town = Town::of(&["anna"]);
    let mail = town.mailed_link("anna");
    let agents = ["Mozilla/5.0", "curl/8", "GoogleImageProxy", "Barracuda", "Proofpoint"];
    for number in 0..20 {
        let mut scanner = town.visitor();
        scanner.headers.push(("User-Agent".to_owned(), agents[number % agents.len()].to_owned()));
        for link in [mail.link("r"), mail.link("n")] {
            let head = scanner.send("HEAD", &link, &[], "");
            assert!(head.status == 303 && head.body.is_empty(), "{head:?}");
            let followed = scanner.open(&link);
            assert_eq!(followed.status, 200, "{}", followed.text());
            for method in ["PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"] {
                assert!(matches!(scanner.send(method, &link, &[], "").status, 403 | 405), "{method}");
            }
        }
    }
    assert!(town.binds("anna", OLD));
    let mut anna = town.visitor();
    anna.open(&mail.link("r"));
    assert_eq!(choose(&mut anna, NEW).status, 200);
    assert!(town.binds("anna", NEW));
}

#[test]
fn the_link_leaves_the_address_bar_and_still_works_again_later() {
    let mut town = Town::of(&["anna"]);
    let mail = town.mailed_link("anna");
    let mut anna = town.visitor();
    let first = anna.get(&mail.link("r"));
    assert_eq!((first.status, first.location()), (303, Some("/reset")));
    let cookie = first.header("set-cookie").unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"), "{cookie}");
    assert!(!first.body.contains(&mail.token("r")));
    let page = anna.open("/reset");
    assert!(page.status == 200 && !page.body.contains(&mail.token("r")), "{}", page.body);
    for (name, value) in [("referrer-policy", "no-referrer"), ("cache-control", "no-store"), ("x-content-type-options", "nosniff")] {
        assert_eq!((first.header(name), page.header(name)), (Some(value), Some(value)), "{name}");
    }
    assert!(page.header("content-security-policy").unwrap().contains("frame-ancestors 'none'"));
    assert_eq!(town.visitor().open(&mail.link("r")).status, 200);
}

#[test]
fn only_the_newest_link_counts() {
    let mut town = Town::of(&["anna"]);
    let first = town.mailed_link("anna");
    let second = town.mailed_link("anna");
    let old = town.visitor().open(&first.link("r"));
    assert!(old.status == 410 && old.text().contains("replaced"), "{}", old.text());
    let mut anna = town.visitor();
    anna.open(&second.link("r"));
    assert_eq!(choose(&mut anna, NEW).status, 200);
}

#[test]
fn a_password_that_is_not_good_enough_leaves_the_link_alive() {
    let mut town = Town::of(&["anna"]);
    let mut anna = town.at_the_link("anna");
    for (new, confirm) in [("short", "short"), ("motdepasse123", "motdepasse123"), ("anna-example", "anna-example"), (NEW, OLD), ("", "")] {
        let refused = anna.submit("/reset", "/reset/chosen", &[("new", new), ("confirm", confirm)]);
        assert!(matches!(refused.status, 400 | 422), "{new}: {}", refused.status);
        assert!(new.is_empty() || !refused.body.contains(&format!("\"{new}\"")), "what was typed is in the page: {}", refused.body);
        assert!(refused.body.contains("role=\"alert\""), "{}", refused.body);
    }
    assert!(town.binds("anna", OLD));
    assert_eq!(choose(&mut anna, NEW).status, 200);
    assert!(town.binds("anna", NEW));
}

#[test]
fn a_reset_ends_sessions_and_does_not_sign_in() {
    let mut town = Town::of(&["anna"]);
    let mut signed_in = town.visitor();
    signed_in.submit("/sign-in", "/sign-in", &[("identifier", "anna"), ("password", OLD), ("next", "/account")]);
    assert_eq!(signed_in.get("/account").status, 200);
    let mut anna = town.at_the_link("anna");
    choose(&mut anna, NEW);
    assert!(anna.get("/account").location().is_some_and(|to| to.starts_with("/sign-in")), "a reset signs in");
    assert!(signed_in.get("/account").location().is_some_and(|to| to.starts_with("/sign-in")), "a session outlives the password");
}

#[test]
fn a_disabled_account_s_link_does_nothing() {
    let mut town = Town::of(&["anna"]);
    let mut anna = town.at_the_link("anna");
    let csrf = anna.open("/reset").csrf();
    let dn = town.daemon.person_dn("anna");
    town.administrator("ldapmodify", &[], &format!("dn: {dn}\nchangetype: modify\nreplace: accountStatus\naccountStatus: disabled\n"));
    let late = anna.post("/reset/chosen", &[("csrf", &csrf), ("new", NEW), ("confirm", NEW)]);
    assert!(matches!(late.status, 404 | 410), "{}", late.text());
    town.administrator("ldapmodify", &[], &format!("dn: {dn}\nchangetype: modify\nreplace: accountStatus\naccountStatus: active\n"));
    assert!(town.binds("anna", OLD) && !town.binds("anna", NEW));
}

#[test]
fn links_and_waiting_mails_outlive_a_restart() {
    let mut town = Town::of(&["anna"]);
    let token = town.mailed_link("anna").token("r");
    town.settle();
    let mut anna = town.visitor();
    assert_eq!(anna.open(&format!("/r/{token}")).status, 200);
    assert_eq!(choose(&mut anna, NEW).status, 200);
    assert!(town.binds("anna", NEW));
}
