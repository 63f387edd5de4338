//! What every answer carries, whatever it is: headers, cookies, and nothing of what went wrong inside.

use super::OPEN;
use crate::harness::{Answer, InProcess, Pages};

/// What every answer says to the browser.
const EVERYWHERE: [(&str, &str); 8] = [
    (
        "content-security-policy",
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=()"),
    ("x-robots-tag", "noindex, nofollow"),
];

pub(super) fn carries_all(what: &str, answer: &Answer, kept: bool) {
    for (name, value) in EVERYWHERE {
        let values: Vec<&str> = answer.headers.iter().filter(|(line, _)| line == name).map(|(_, value)| value.as_str()).collect();
        assert_eq!(values, [value], "{what}: {name}");
    }
    let keep = if kept { "public, max-age=31536000, immutable" } else { "no-store" };
    assert_eq!(answer.header("cache-control"), Some(keep), "{what}");
}

#[test]
fn every_answer_protects_its_reader() {
    let daemon = InProcess::with_pages(|_| ());
    let visitor = || Pages::at(daemon.public_url());
    for (path, status) in OPEN {
        let answer = visitor().get(path);
        assert_eq!(answer.status, status, "{path}: {answer:?}");
        carries_all(path, &answer, false);
        assert_eq!(answer.header("strict-transport-security"), None, "{path}: there is no https here");
        let head = visitor().send("HEAD", path, &[], "");
        assert_eq!((head.status, head.body.as_str()), (status, ""), "HEAD {path}");
        assert_eq!(head.header("content-length"), answer.header("content-length"), "HEAD {path}");
        carries_all(path, &head, false);
    }
    let long = "a".repeat(20_000);
    for (what, status, answer) in [
        ("no page", 404, visitor().get("/nowhere")),
        ("a name that tells of other software", 404, visitor().get("/.git/config")),
        ("a way up", 404, visitor().get("/../../etc/passwd")),
        ("no well-known page", 404, visitor().get("/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200")),
        ("a link that is none", 303, visitor().get("/r/nonsense")),
        ("a link that is no text", 303, visitor().get("/r/%ff")),
        ("another method", 405, visitor().send("PUT", "/sign-in", &[], "")),
        ("a form's address opened", 405, visitor().get("/reset/chosen")),
        ("no token", 403, visitor().post("/forgot", &[("identifier", "a")])),
        ("too long", 413, visitor().post("/forgot", &[("identifier", &long)])),
        ("another site", 421, visitor().send("GET", "/sign-in", &[("Host", "attaquant.example")], "")),
    ] {
        assert_eq!(answer.status, status, "{what}: {answer:?}");
        carries_all(what, &answer, false);
        if status != 303 {
            assert!(answer.body.contains("<h1>") && answer.body.contains("lang=\"en\""), "{what}: {}", answer.body);
        }
    }
    assert_eq!(visitor().send("DELETE", "/forgot", &[], "").header("allow"), Some("GET,HEAD,POST"));
}

#[test]
fn what_pages_are_made_of_may_be_kept_and_comes_from_here() {
    let daemon = InProcess::with_pages(|config| config.web.colour = Some("#a4c639".to_owned()));
    let mut visitor = Pages::at(daemon.public_url());
    let page = visitor.get("/sign-in");
    let named: Vec<&str> =
        page.body.split('"').filter(|text| text.ends_with(".css") || text.ends_with(".js") || text.ends_with(".svg")).collect();
    assert!(named.len() >= 3, "{}", page.body);
    let mut bytes = page.body.len();
    for path in named {
        assert!(path.starts_with('/') && !path.starts_with("//"), "{path} is elsewhere");
        let asset = visitor.get(path);
        assert_eq!(asset.status, 200, "{path}");
        assert!(asset.header("set-cookie").is_none(), "{path}");
        carries_all(path, &asset, true);
        bytes += asset.body.len();
    }
    assert!(bytes < 30_000, "{bytes} bytes for one page");
    let style = visitor.get(page.body.split('"').find(|text| text.ends_with(".css")).unwrap()).body;
    assert!(
        style.contains("--link:#") && !style.contains("--link:#a4c639;--button:#a4c639;--on-button:#ffffff;--surface:#ffffff"),
        "too pale"
    );
}

#[test]
fn cookies_are_for_this_host_alone_where_there_is_https() {
    for (public_url, host, csrf, flags) in [
        ("https://mdp.exemple.fr", "mdp.exemple.fr", "__Host-csrf", "HttpOnly; SameSite=Lax; Secure; Path=/"),
        ("http://127.0.0.1:0", "", "csrf", "HttpOnly; SameSite=Lax; Path=/"),
    ] {
        let daemon = InProcess::with_pages(|config| config.web.public_url = Some(public_url.to_owned()));
        let mut visitor = Pages::at(&format!("http://{}", daemon.web_address()));
        if !host.is_empty() {
            visitor.headers.push(("Host".to_owned(), host.to_owned()));
        }
        let page = visitor.get("/forgot");
        let (name, line) = page.header("set-cookie").unwrap().split_once('=').unwrap();
        assert_eq!((name, line.split_once("; ").unwrap().1), (csrf, flags), "{public_url}");
        assert_eq!(page.header("strict-transport-security").is_some(), public_url.starts_with("https"), "{public_url}");
        assert!(visitor.get("/forgot").header("set-cookie").is_none(), "the form's token stays the same");
        let token = "A".repeat(43);
        let followed = visitor.get(&format!("/r/{token}"));
        assert_eq!((followed.status, followed.location()), (303, Some("/reset")));
        let cookie = followed.header("set-cookie").unwrap();
        let prefix = if public_url.starts_with("https") { "__Host-" } else { "" };
        assert_eq!(cookie, format!("{prefix}reset={token}; {flags}"));
        assert!(!followed.body.contains(&token));
    }
}
