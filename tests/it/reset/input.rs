//! What is typed: patterns of other languages mean nothing, and what is huge is refused cheaply.

use std::time::Instant;

use super::{NEW, OLD, Town, choose};

#[test]
fn row_16_patterns_match_nothing() {
    let mut town = Town::of(&["anna"]);
    let patterns = [
        "*",
        "a*",
        "*@example.org",
        "a)(uid=*",
        "*)(objectClass=*)",
        "\\00",
        "anna\\00",
        "anna)(|(uid=*",
        "%",
        "_nna",
        "' OR 1=1 --",
        "uid=anna",
        "uid=anna,ou=people,dc=example,dc=org",
        "(uid=anna)",
        "anna,bea",
        "..",
        "/etc/passwd",
        "${login}",
    ];
    for pattern in patterns {
        let said = town.ask(pattern);
        assert!(said.status == 200 && said.text().contains("Check your email"), "{pattern:?}: {}", said.text());
        let answer = town.visitor().submit("/sign-in", "/sign-in", &[("identifier", pattern), ("password", OLD), ("next", "/account")]);
        assert!(answer.location().is_none(), "{pattern:?} signs in");
    }
    assert_eq!(town.all_mails().iter().map(|mail| mail.source.as_str()).collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn row_18_a_huge_password_costs_nothing_and_the_longest_is_taken_whole() {
    // CVE-2020-1722, CVE-2016-6515
    let mut town = Town::of(&["anna"]);
    let mut anna = town.at_the_link("anna");
    let csrf = anna.open("/reset").csrf();
    let hashes = town.daemon.hashes();
    let huge = "a".repeat(1 << 20);
    let before = Instant::now();
    for (path, fields) in [
        ("/reset/chosen", [("csrf", csrf.as_str()), ("new", &huge), ("confirm", &huge)]),
        ("/forgot", [("csrf", &csrf), ("identifier", &huge), ("x", "")]),
        ("/sign-in", [("csrf", &csrf), ("identifier", "anna"), ("password", &huge)]),
    ] {
        let refused = anna.post(path, &fields);
        assert_eq!(refused.status, 413, "{path}: {}", refused.text());
    }
    // Cheap, whatever the machine does: nothing was hashed, and it was refused unread.
    assert_eq!(town.daemon.hashes(), hashes, "after {:?}", before.elapsed());
    let chunked = [("Content-Type", "application/x-www-form-urlencoded"), ("Transfer-Encoding", "chunked")];
    let body = format!("{:x}\r\n{huge}\r\n0\r\n\r\n", huge.len());
    assert_eq!(anna.send("POST", "/forgot", &chunked, &body).status, 413);
    let long = format!("anna@{}.org", "a".repeat(300));
    assert!(matches!(anna.submit("/forgot", "/forgot", &[("identifier", &long)]).status, 400 | 422));

    let longest: String = NEW.chars().chain("-oiseau-cravate".chars().cycle()).take(128).collect();
    let too_long = format!("{longest}x");
    let refused = anna.submit("/reset", "/reset/chosen", &[("new", &too_long), ("confirm", &too_long)]);
    assert!(matches!(refused.status, 400 | 422), "{}", refused.status);
    assert_eq!(choose(&mut anna, &longest).status, 200);
    assert!(town.binds("anna", &longest) && !town.binds("anna", &longest[..127]) && !town.binds("anna", &longest[..72]));
}

#[test]
fn an_empty_password_signs_nobody_in() {
    let town = Town::of(&["anna"]);
    for password in ["", " ", "\u{0}"] {
        let fields = [("identifier", "anna"), ("password", password), ("next", "/account")];
        let answer = town.visitor().submit("/sign-in", "/sign-in", &fields);
        assert!(answer.location().is_none(), "{password:?}");
    }
}
