//! Where mails go, and what is in their links: to the stored address alone, built from the configuration alone.

use super::{OLD, Town, ask};
use crate::harness::pages::exchange;

const EVE: &str = "eve@attacker.example";

#[test]
fn row_02_the_destination_is_never_taken_from_a_form() {
    // CVE-2023-49032
    let mut town = Town::of(&["anna", "bea"]);
    let mut visitor = town.visitor();
    let more = [("mail", EVE), ("email", EVE), ("address", EVE), ("to", EVE), ("username", "bea"), ("uid", "bea")];
    visitor.submit("/forgot", "/forgot", &[&[("identifier", "anna")], &more[..]].concat());
    let mail = town.mails.expect("reset-link", "anna@example.org");
    assert!(!mail.source.contains(EVE), "{}", mail.source);

    visitor.open(&mail.link("r"));
    visitor.submit("/reset", "/reset/generated", &more);
    let password = town.mails.expect("generated-password", "anna@example.org").password();
    town.mails.expect("password-notice", "anna@example.org");
    assert!(town.binds("anna", &password) && town.binds("bea", OLD));
    assert_eq!(town.all_mails().len(), 0);
}

#[test]
fn row_03_several_recipients_are_none() {
    // CVE-2023-7028
    let mut town = Town::of(&["anna"]);
    let anna = "anna@example.org";
    let encoded = |text: &str| text.replace('@', "%40");
    let mut visitor = town.visitor();
    let csrf = visitor.open("/forgot").csrf();
    for (identifiers, taken) in [
        (format!("identifier={}&identifier={}", encoded(anna), encoded(EVE)), false),
        (format!("identifier[]={}&identifier[]={}", encoded(anna), encoded(EVE)), false),
        (format!("identifier%5B%5D={}", encoded(anna)), false),
        (format!("identifier={},{}", encoded(anna), encoded(EVE)), true),
        (format!("identifier={}%2C{}", encoded(anna), encoded(EVE)), true),
        (format!("identifier={};{}", encoded(anna), encoded(EVE)), true),
        (format!("identifier={}%0A{}", encoded(anna), encoded(EVE)), true),
        (format!("identifier={}%0D%0ABcc:%20{}", encoded(anna), encoded(EVE)), true),
        (format!("identifier={}%00{}", encoded(anna), encoded(EVE)), true),
        (format!("identifier={}+{}", encoded(anna), encoded(EVE)), true),
        (format!("identifier=%22{}%22%20%3C{}%3E", encoded(anna), encoded(EVE)), true),
        (format!("identifier={{\"a\":\"{anna}\",\"b\":\"{EVE}\"}}"), true),
    ] {
        let answer = visitor.post_body("/forgot", &format!("csrf={csrf}&{identifiers}"));
        assert_eq!(answer.status, if taken { 303 } else { 400 }, "{identifiers}");
    }
    assert_eq!(town.all_mails().iter().map(|mail| mail.source.as_str()).collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn row_04_links_are_built_from_public_url_alone() {
    // CVE-2017-12161, CVE-2020-10966, CVE-2026-93453, CVE-2026-124020
    let mut town = Town::of(&["anna"]);
    let base = town.daemon.public_url().to_owned();
    let mut visitor = town.visitor();
    let csrf = visitor.open("/forgot").csrf();
    let body = format!("csrf={csrf}&identifier=anna");
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    let refused: [&[(&str, &str)]; 8] = [
        &[("Host", "attacker.example")],
        &[("Host", "127.0.0.1")],
        &[("Host", "")],
        &[("Origin", "http://attacker.example")],
        &[("Origin", "http://127.0.0.1")],
        &[("Sec-Fetch-Site", "cross-site")],
        &[("Sec-Fetch-Site", "same-site")],
        &[("Host", "attacker.example"), ("X-Forwarded-Host", base.trim_start_matches("http://"))],
    ];
    for headers in refused {
        let answer = visitor.send("POST", "/forgot", &[&[form], headers].concat(), &body);
        let expected: &[u16] = if headers[0].0 == "Host" { &[421, 400] } else { &[403] };
        assert!(expected.contains(&answer.status), "{headers:?}: {}", answer.status);
        assert!(!answer.body.contains("attacker") && !answer.headers.iter().any(|(_, value)| value.contains("attacker")), "{headers:?}");
    }
    let absolute = visitor.send("POST", "http://attacker.example/forgot", &[form], &body);
    assert!(matches!(absolute.status, 400 | 421), "{absolute:?}");
    let twice = format!("GET /forgot HTTP/1.1\r\nHost: {}\r\nHost: attacker.example\r\nConnection: close\r\n\r\n", &base[7..]);
    assert!(matches!(exchange(visitor.address(), twice.as_bytes()).status, 400 | 421));

    let passed_over = [
        ("X-Forwarded-Host", "attacker.example"),
        ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Port", "666"),
        ("X-Host", "attacker.example"),
        ("X-Original-URL", "http://attacker.example/"),
        ("X-Forwarded-For", "203.0.113.9"),
        ("Forwarded", "for=203.0.113.9;host=attacker.example;proto=https"),
        ("Referer", "http://attacker.example/"),
    ];
    let answer = visitor.send("POST", "/forgot", &[&[form], &passed_over[..]].concat(), &body);
    assert_eq!(answer.location(), Some("/forgot/sent"));
    let mail = town.mails.expect("reset-link", "anna@example.org");
    assert!(mail.links("r").iter().chain(&mail.links("n")).all(|link| link.starts_with(&format!("{base}/"))), "{}", mail.text);
    assert!(!mail.source.contains("attacker") && !mail.text.contains("203.0.113.9") && !mail.text.contains(":666"), "{}", mail.text);
    assert!(mail.text.contains("127.0.0.1"), "{}", mail.text);
    assert_eq!(town.all_mails().len(), 0);
}

#[test]
fn row_07_look_alikes_are_not_taken_for_an_address() {
    // CVE-2019-19844
    let mut town = Town::of(&["mike", "strasse"]);
    let look_alikes = [
        "m\u{131}ke@example.org",
        "\u{ff4d}ike@example.org",
        "mi\u{212a}e@example.org",
        "stra\u{df}e@example.org",
        "mike@\u{435}\u{445}ample.org",
        "mike@example\u{3002}org",
        "mi\u{ad}ke@example.org",
        "m\u{131}ke",
    ];
    look_alikes.iter().for_each(|identifier| drop(town.ask(identifier)));
    for mail in town.all_mails() {
        assert!(["mike@example.org", "strasse@example.org"].contains(&mail.recipients()[0].as_str()), "{}", mail.source);
        assert_eq!(mail.recipients().len(), 1, "{}", mail.source);
        assert!(mail.source.is_ascii(), "an address that is not the stored one: {}", mail.source);
    }
    town.ask("MIKE@Example.ORG");
    town.mails.expect("reset-link", "mike@example.org");
}

#[test]
fn row_19_names_cannot_add_marks_or_headers() {
    // CVE-2021-32052
    let mut town = Town::of(&["anna"]);
    let name = "<a href=\"https://attacker.example\">click</a>\r\nBcc: eve@attacker.example\r\n\r\n<script>";
    let encoded = base64(name.as_bytes());
    let dn = town.daemon.person_dn("anna");
    // What a name may hold is for the directory to say; what is stored may not deceive a reader either way.
    let stored = ["displayName", "cn", "givenName"].into_iter().filter(|attribute| {
        let change = format!("dn: {dn}\nchangetype: modify\nreplace: {attribute}\n{attribute}:: {encoded}\n");
        town.daemon.as_administrator("ldapmodify").stdin(change).run().code == Some(0)
    });
    let stored = stored.count();
    if stored == 0 {
        let bare = base64(b"<a href=\"https://attacker.example\">click</a>");
        town.administrator("ldapmodify", &[], &format!("dn: {dn}\nchangetype: modify\nreplace: displayName\ndisplayName:: {bare}\n"));
    }
    town.ask("anna");
    let mail = town.mails.expect("reset-link", "anna@example.org");
    assert!(!mail.html.contains("<a href=\"https://attacker") && !mail.html.contains("<script"), "{}", mail.html);
    assert!(mail.html.contains("&lt;a href") || mail.html.contains("&#60;a href"), "the name is not in the mail: {}", mail.html);
    assert_eq!((mail.line("Bcc"), mail.recipients().len()), (None, 1), "{}", mail.header);
    assert!(!mail.header.to_lowercase().contains("\nbcc"), "{}", mail.header);

    let mut visitor = town.visitor();
    visitor.submit("/sign-in", "/sign-in", &[("identifier", "anna"), ("password", OLD), ("next", "/account")]);
    let page = visitor.open("/account");
    assert!(page.status == 200 && !page.body.contains("<a href=\"https://attacker") && !page.body.contains("<script>"), "{}", page.body);
    let typed =
        visitor.submit("/sign-in", "/sign-in", &[("identifier", "\"><script>alert(1)</script>"), ("password", "x"), ("next", "/account")]);
    assert!(!typed.body.contains("<script>alert"), "{}", typed.body);
}

#[test]
fn row_23_applications_and_disabled_people_are_never_mailed() {
    let mut town = Town::of(&["anna", "bea", "carl", "dora"]);
    let service =
        "dn: uid=nextcloud,ou=services,dc=example,dc=org\nobjectClass: account\nobjectClass: simpleSecurityObject\nuid: nextcloud\n";
    town.administrator("ldapadd", &[], &format!("{service}userPassword: a-secret-of-an-application-73\n"));
    let modify = |login: &str, change: &str| {
        let change = format!("dn: {}\nchangetype: modify\n{change}\n", town.daemon.person_dn(login));
        town.administrator("ldapmodify", &[], &change);
    };
    modify("bea", "replace: accountStatus\naccountStatus: disabled");
    modify("carl", "delete: mail");
    for identifier in
        ["nextcloud", "uid=nextcloud,ou=services,dc=example,dc=org", "bea", "bea@example.org", "carl", "carl@example.org", "admin", "root"]
    {
        let said = ask(&mut town.visitor(), identifier);
        assert!(said.text().contains("Check your email"), "{identifier}: {}", said.text());
    }
    town.daemon.as_administrator("ldapdelete").args([town.daemon.person_dn("dora")]).succeeds();
    town.ask("dora");
    let mails = town.all_mails();
    let told: Vec<&str> = mails.iter().filter(|mail| mail.kind == "address-notice").map(|mail| mail.source.as_str()).collect();
    assert_eq!((told.len(), mails.len()), (1, 1), "that carl's address is gone, and nothing else: {mails:?}");
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
