//! The pages with TLS of their own.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::harness::{Daemon, Program};

#[test]
fn pages_are_served_over_tls() {
    let daemon = Daemon::with(&[("BINDERY_WEB__TLS", "true"), ("BINDERY_WEB__PUBLIC_URL", "https://localhost:0")]);
    let url = daemon.facts().web.clone().unwrap();
    assert!(url.starts_with("https://localhost:"), "{url}");
    let curl = |arguments: &[&str]| {
        Program::new("curl").args(["-sS", "-i", "--cacert"]).arg(&daemon.facts().ca).args(arguments).arg(format!("{url}/sign-in")).run()
    };
    for version in [&["--tlsv1.3"][..], &["--tls-max", "1.2"], &["--http2"]] {
        let answer = curl(version);
        assert_eq!(answer.code, Some(0), "{version:?}: {answer:?}");
        assert!(answer.stdout.contains("HTTP/1.1 200 OK"), "{version:?}: {}", answer.stdout);
        assert!(answer.stdout.contains("strict-transport-security: max-age=31536000"), "{}", answer.stdout);
        assert!(answer.stdout.contains("set-cookie: __Host-csrf="), "{}", answer.stdout);
    }
    // Whoever speaks plainly gets no page; whoever knows no such certificate does not go on.
    let address = url.trim_start_matches("https://localhost:");
    let mut stream = TcpStream::connect(format!("127.0.0.1:{address}")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    stream.write_all(b"GET /sign-in HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    assert!(!String::from_utf8_lossy(&answer).contains("HTTP/1.1"));
    assert_eq!(Program::new("curl").args(["-sS", &url]).run().code, Some(60));
}
