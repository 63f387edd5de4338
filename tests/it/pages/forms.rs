//! Who may send a form: one of our own pages, with the token that it was given.

use crate::harness::{InProcess, Pages};

/// Every form for whoever comes along, with the fields it asks for.
const FORMS: [(&str, &[(&str, &str)]); 6] = [
    ("/sign-in", &[("identifier", "anna"), ("password", "x"), ("next", "/account")]),
    ("/sign-out", &[]),
    ("/forgot", &[("identifier", "anna")]),
    ("/reset/generated", &[]),
    ("/reset/chosen", &[("new", "y"), ("confirm", "y")]),
    ("/not-me", &[]),
];

#[test]
fn every_form_needs_the_token_of_its_page() {
    let daemon = InProcess::with_pages(|_| ());
    for (path, fields) in FORMS {
        let mut visitor = Pages::at(daemon.public_url());
        let csrf = visitor.open("/forgot").csrf();
        let with = |token: &str| {
            [&[("csrf", token)], fields].concat().iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>()
        };
        let send = |visitor: &mut Pages, token: &str| {
            let fields = with(token);
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            visitor.post(path, &fields).status
        };
        assert_ne!(send(&mut visitor, &csrf), 403, "{path} with its token");
        assert_eq!(visitor.post(path, fields).status, 403, "{path} without a token");
        assert_eq!(send(&mut visitor, ""), 403, "{path} with an empty token");
        assert_eq!(send(&mut visitor, &"A".repeat(43)), 403, "{path} with a token that was made up");
        let mut stranger = Pages::at(daemon.public_url());
        assert_eq!(send(&mut stranger, &csrf), 403, "{path} with somebody else's token");
        let twice = format!("csrf={csrf}&csrf={csrf}");
        assert_eq!(visitor.post_body(path, &twice).status, 403, "{path} with the token twice");
    }
}

#[test]
fn every_form_comes_from_a_page_of_this_site() {
    let daemon = InProcess::with_pages(|_| ());
    let own = daemon.public_url().to_owned();
    for (lines, taken) in [
        (vec![("Origin", own.as_str())], true),
        (vec![("Origin", &own), ("Sec-Fetch-Site", "same-origin")], true),
        // What a browser sends from a page without a referrer.
        (vec![("Origin", "null"), ("Sec-Fetch-Site", "same-origin")], true),
        (vec![("Origin", "null"), ("Sec-Fetch-Site", "cross-site")], false),
        (vec![("Origin", "https://attaquant.example")], false),
        (vec![("Origin", "http://127.0.0.1:1")], false),
        (vec![("Sec-Fetch-Site", "cross-site")], false),
        (vec![("Sec-Fetch-Site", "same-site")], false),
        (vec![("Origin", &own), ("Sec-Fetch-Site", "cross-site")], false),
    ] {
        for (path, fields) in FORMS {
            let mut visitor = Pages::at(daemon.public_url());
            let csrf = visitor.open("/forgot").csrf();
            visitor.headers.extend(lines.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
            let status = visitor.post(path, &[&[("csrf", csrf.as_str())], fields].concat()).status;
            assert_eq!(status != 403, taken, "{path} {lines:?}: {status}");
        }
    }
}

#[test]
fn fields_count_once_and_only_as_a_form_sends_them() {
    let daemon = InProcess::with_pages(|_| ());
    let mut visitor = Pages::at(daemon.public_url());
    let csrf = visitor.open("/forgot").csrf();
    for (path, body, status) in [
        ("/forgot", "identifier=a&identifier=b", 400),
        ("/forgot", "identifier[]=a", 400),
        ("/forgot", "identifier=%", 400),
        ("/forgot", "identifier=%ff", 400),
        ("/forgot", "", 400),
        ("/forgot", "identifier=+++", 422),
        ("/sign-in", "identifier=a&password=b&password=c", 400),
        ("/sign-in", "identifier=a&password=", 422),
        ("/sign-in", "identifier=a", 400),
        ("/reset/chosen", "new=a&new=b&confirm=a", 400),
    ] {
        assert_eq!(visitor.post_body(path, &format!("csrf={csrf}&{body}")).status, status, "{path} {body}");
    }
    let body = format!("csrf={csrf}&identifier=a");
    for kind in ["application/json", "text/plain", "multipart/form-data; boundary=x", ""] {
        assert_eq!(visitor.send("POST", "/forgot", &[("Content-Type", kind)], &body).status, 400, "{kind}");
    }
    let kind = [("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")];
    assert_eq!(visitor.send("POST", "/forgot", &kind, &body).status, 303);
}

#[test]
fn a_session_begins_with_another_token_and_ends_when_it_is_signed_out() {
    let daemon = InProcess::with_pages(|_| ());
    daemon.add_person("anna", "boussole-noisette-quai-39");
    let mut anna = Pages::in_language(daemon.public_url(), "en");
    let before = anna.open("/sign-in").csrf();
    let wrong = anna.post("/sign-in", &[("csrf", &before), ("identifier", "anna"), ("password", "wrong"), ("next", "/account")]);
    assert_eq!(wrong.status, 422);
    assert!(
        wrong.body.contains("value=\"anna\"") && !wrong.body.contains("wrong\""),
        "the login stays, the password does not: {}",
        wrong.body
    );
    // As the mailbox has it, by its address, and on to where one wanted to go.
    let fields = [("identifier", "anna@example.org"), ("password", "boussole-noisette-quai-39"), ("next", "/account/password")];
    let signed_in = anna.submit("/account/password", "/sign-in", &fields);
    assert_eq!((signed_in.status, signed_in.location()), (303, Some("/account/password")));
    let page = anna.open("/account");
    assert!(page.text().contains("anna Martin"), "{}", page.text());
    assert_ne!(page.csrf(), before, "a token from before the session is not good for it");
    assert_eq!(anna.post("/sign-out", &[("csrf", &before)]).status, 403);
    // Opening an address changes nothing.
    assert_eq!(anna.get("/sign-out").status, 405);
    assert_eq!(anna.get("/account").status, 200);
    let kept = anna.cookies.clone();
    assert_eq!(anna.submit("/account", "/sign-out", &[]).location(), Some("/sign-in"));
    assert!(!anna.cookies.contains_key("session"));
    anna.cookies = kept;
    assert_eq!(anna.get("/account").location(), Some("/sign-in?next=/account"), "the session's token is worth nothing any more");
}
