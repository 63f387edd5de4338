//! Where a request comes from is the word of trusted proxies, and of nobody else. The mail tells it.

use std::io::Write;
use std::net::TcpStream;

use bindery::config::Config;

use crate::harness::pages::{exchange, read_answer};
use crate::harness::{InProcess, Mails, Pages};

/// Where the daemon thinks that a request came from which has these lines.
fn told(trusted: &[&str], lines: &[(&str, &str)]) -> String {
    let daemon = InProcess::with_pages(|config| config.web.trusted_proxies = trusted.iter().map(|network| (*network).to_owned()).collect());
    daemon.add_person("anna", "boussole-noisette-quai-39");
    let mut visitor = Pages::in_language(daemon.public_url(), "en");
    visitor.headers.extend(lines.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    visitor.submit("/forgot", "/forgot", &[("identifier", "anna")]);
    Mails::of(daemon.mail_directory()).expect("reset-link", "anna@example.org").text
}

#[test]
fn a_trusted_proxy_is_believed() {
    let mail = told(&["127.0.0.0/8"], &[("X-Forwarded-For", "203.0.113.99, 198.51.100.7, 127.0.0.9")]);
    assert!(mail.contains("198.51.100.7") && !mail.contains("203.0.113.99"), "{mail}");
}

#[test]
fn nobody_else_is() {
    let mail =
        told(&["10.0.0.0/8"], &[("X-Forwarded-For", "198.51.100.7"), ("Forwarded", "for=198.51.100.8"), ("X-Real-IP", "198.51.100.9")]);
    assert!(mail.contains("127.0.0.1") && !mail.contains("198.51.100"), "{mail}");
}

/// Proxies on this machine, which begin with the PROXY protocol.
fn behind_a_proxy(config: &mut Config) {
    config.web.trusted_proxies = vec!["127.0.0.1".to_owned()];
    config.web.proxy_protocol = true;
}

#[test]
fn the_proxy_protocol_comes_before_everything_else() {
    let daemon = InProcess::with_pages(behind_a_proxy);
    daemon.add_person("anna", "boussole-noisette-quai-39");
    let host = daemon.public_url().trim_start_matches("http://").to_owned();
    let mut binary = b"\r\n\r\n\0\r\nQUIT\n".to_vec();
    binary.extend([0x21, 0x11, 0, 12, 198, 51, 100, 7, 127, 0, 0, 1, 0x12, 0x67, 1, 187]);
    for header in [b"PROXY TCP4 198.51.100.7 127.0.0.1 4711 443\r\n".to_vec(), b"PROXY UNKNOWN\r\n".to_vec(), binary.clone()] {
        let request = format!("GET /forgot HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        let answer = exchange(daemon.web_address(), &[header.as_slice(), request.as_bytes()].concat());
        assert_eq!(answer.status, 200, "{header:?}");
    }
    // A form, with the cookie of its page; the mail tells the address of the header.
    let token = "A".repeat(43);
    let body = format!("csrf={token}&identifier=anna");
    let request = format!(
        "POST /forgot HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nCookie: csrf={token}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = exchange(daemon.web_address(), &[binary.as_slice(), request.as_bytes()].concat());
    assert_eq!(answer.location(), Some("/forgot/sent"), "{answer:?}");
    let mail = Mails::of(daemon.mail_directory()).expect("reset-link", "anna@example.org");
    assert!(mail.text.contains("198.51.100.7"), "{}", mail.text);
}

#[test]
fn without_its_header_a_proxy_is_not_answered() {
    let daemon = InProcess::with_pages(behind_a_proxy);
    for request in [&b"GET /forgot HTTP/1.1\r\nHost: a\r\n\r\n"[..], b"PROXY TCP4 nonsense\r\n\r\nGET / HTTP/1.1\r\n\r\n", &[0xFF; 200]] {
        let mut stream = TcpStream::connect(daemon.web_address()).unwrap();
        let _ = stream.write_all(request);
        assert_eq!(read_to_end(&mut stream), "", "{request:?}");
    }
    // Who is no proxy does not speak it, and is not taken for one.
    let daemon = InProcess::with_pages(|config| {
        behind_a_proxy(config);
        config.web.trusted_proxies = vec!["192.0.2.1".to_owned()];
    });
    assert_eq!(Pages::at(daemon.public_url()).get("/forgot").status, 200);
    let mut stream = TcpStream::connect(daemon.web_address()).unwrap();
    stream.write_all(b"PROXY TCP4 198.51.100.7 127.0.0.1 4711 443\r\nGET /forgot HTTP/1.1\r\n\r\n").unwrap();
    assert_eq!(read_answer(&mut stream).status, 400);
}

fn read_to_end(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    stream.set_read_timeout(Some(std::time::Duration::from_secs(60))).unwrap();
    match std::io::Read::read_to_end(stream, &mut text) {
        Ok(_) => {}
        // It was closed with bytes unread.
        Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "{error}"),
    }
    String::from_utf8_lossy(&text).into_owned()
}
