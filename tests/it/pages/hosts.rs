//! A request for another site is none of ours, and nothing is taken from what it says about names.

use crate::harness::pages::exchange;
use crate::harness::{InProcess, Pages};

#[test]
fn a_request_for_another_site_is_misdirected() {
    let daemon = InProcess::with_pages(|_| ());
    let own = daemon.public_url().trim_start_matches("http://").to_owned();
    let mut visitor = Pages::at(daemon.public_url());
    for host in
        ["attaquant.example", "127.0.0.1", "127.0.0.1:1", "localhost:80", "", &format!("{own}@attaquant.example"), &format!("{own}.")]
    {
        assert_eq!(visitor.send("GET", "/forgot", &[("Host", host)], "").status, 421, "{host:?}");
    }
    let address = visitor.address();
    for (head, status) in [
        (format!("GET http://attaquant.example/forgot HTTP/1.1\r\nHost: {own}\r\n"), 421),
        (format!("GET http://{own}/forgot HTTP/1.1\r\nHost: attaquant.example\r\n"), 421),
        (format!("GET http://{own}/forgot HTTP/1.1\r\nHost: {own}\r\n"), 200),
        (format!("GET /forgot HTTP/1.1\r\nHost: {own}\r\nHost: attaquant.example\r\n"), 421),
        ("GET /forgot HTTP/1.0\r\n".to_owned(), 421),
        // A load balancer asks for health by address.
        ("GET /healthz HTTP/1.1\r\nHost: 10.0.0.1\r\n".to_owned(), 200),
    ] {
        let answer = exchange(address, format!("{head}Connection: close\r\n\r\n").as_bytes());
        assert_eq!(answer.status, status, "{head:?}: {answer:?}");
    }
}

#[test]
fn what_a_proxy_says_of_names_is_not_read() {
    let daemon = InProcess::with_pages(|config| config.web.trusted_proxies = vec!["127.0.0.0/8".to_owned()]);
    let plain = Pages::at(daemon.public_url()).get("/forgot");
    for line in [
        ("X-Forwarded-Host", "attaquant.example"),
        ("X-Forwarded-Proto", "https"),
        ("Forwarded", "for=198.51.100.1;host=attaquant.example;proto=https"),
        ("X-Original-URL", "/account"),
        ("X-Rewrite-URL", "/account"),
        ("X-HTTP-Method-Override", "POST"),
    ] {
        let answer = Pages::at(daemon.public_url()).send("GET", "/forgot", &[line], "");
        assert_eq!(answer.status, 200, "{line:?}");
        assert!(!answer.body.contains("attaquant"), "{line:?}");
        assert_eq!(answer.body.len(), plain.body.len(), "{line:?}");
    }
}
