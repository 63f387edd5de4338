//! What is too much, too slow or too many is refused, and the pages go on for everybody else.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::harness::pages::{exchange, read_answer};
use crate::harness::{Daemon, InProcess, Pages};

#[test]
fn what_is_too_slow_is_ended() {
    let daemon = InProcess::with_pages(|_| ());
    let host = daemon.public_url().trim_start_matches("http://").to_owned();
    let connect = || {
        let stream = TcpStream::connect(daemon.web_address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream
    };
    let mut silent = connect();
    let mut head = connect();
    write!(head, "GET /forgot HTTP/1.1\r\nHost: {host}\r\nX-Slow: ").unwrap();
    let mut body = connect();
    let kind = "Content-Type: application/x-www-form-urlencoded";
    write!(body, "POST /forgot HTTP/1.1\r\nHost: {host}\r\n{kind}\r\nContent-Length: 100\r\n\r\nidentifier=").unwrap();
    // It can be told from the outside that they are held, and that nobody else is.
    assert_eq!(Pages::at(daemon.public_url()).get("/forgot").status, 200);
    let mut rest = Vec::new();
    let _ = silent.read_to_end(&mut rest);
    assert!(rest.is_empty(), "{}", String::from_utf8_lossy(&rest));
    let _ = head.read_to_end(&mut rest);
    assert!(!String::from_utf8_lossy(&rest).contains("200 OK"));
    assert_eq!(read_answer(&mut body).status, 408);
}

#[test]
fn what_is_too_long_is_refused() {
    let daemon = InProcess::with_pages(|_| ());
    let mut visitor = Pages::at(daemon.public_url());
    let csrf = visitor.open("/forgot").csrf();
    let form = |length: usize| format!("csrf={csrf}&identifier={}", "a".repeat(length));
    let fitting = 16_384 - form(0).len();
    assert_eq!(visitor.post_body("/forgot", &form(fitting)).status, 422, "all of it is read");
    assert_eq!(visitor.post_body("/forgot", &form(fitting + 1)).status, 413);
    assert_eq!(visitor.post_body("/forgot", &form(1 << 20)).status, 413);
    let many = "&a=b".repeat(40);
    assert_eq!(visitor.post_body("/forgot", &format!("csrf={csrf}&identifier=a{many}")).status, 400);
    let host = daemon.public_url().trim_start_matches("http://").to_owned();
    for head in [
        format!("GET /forgot HTTP/1.1\r\nHost: {host}\r\nX-Long: {}\r\n\r\n", "a".repeat(20_000)),
        format!("GET /{} HTTP/1.1\r\nHost: {host}\r\n\r\n", "a".repeat(20_000)),
        format!("GET /forgot HTTP/1.1\r\nHost: {host}\r\n{}\r\n", "A: b\r\n".repeat(200)),
    ] {
        let answer = exchange(daemon.web_address(), head.as_bytes());
        assert!((400..500).contains(&answer.status), "{answer:?}");
    }
    assert_eq!(visitor.get("/forgot").status, 200);
}

#[test]
fn connections_are_counted() {
    let daemon = InProcess::with_pages(|config| config.web.connections_per_source = 4);
    let host = daemon.public_url().trim_start_matches("http://").to_owned();
    let ask = |stream: &mut TcpStream| {
        write!(stream, "GET /healthz HTTP/1.1\r\nHost: {host}\r\n\r\n")?;
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).map(|()| String::from_utf8_lossy(&answer).into_owned())
    };
    let mut held: Vec<TcpStream> = (0..4).map(|_| TcpStream::connect(daemon.web_address()).unwrap()).collect();
    for stream in &mut held {
        assert_eq!(ask(stream).unwrap(), "HTTP/1.1 200");
    }
    assert!(ask(&mut TcpStream::connect(daemon.web_address()).unwrap()).is_err(), "one more than there is room for");
    drop(held);
    let end = Instant::now() + Duration::from_secs(60);
    while ask(&mut TcpStream::connect(daemon.web_address()).unwrap()).is_err() {
        assert!(Instant::now() < end, "there is no room after the others have gone");
    }
}

#[test]
fn a_connection_is_good_for_several_requests() {
    let daemon = InProcess::with_pages(|_| ());
    let host = daemon.public_url().trim_start_matches("http://").to_owned();
    let once = format!("HEAD /forgot/sent HTTP/1.1\r\nHost: {host}\r\n\r\n");
    let last = format!("HEAD /forgot/sent HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    let mut stream = TcpStream::connect(daemon.web_address()).unwrap();
    stream.write_all(format!("{once}{once}{last}").as_bytes()).unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).unwrap();
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 3, "{answers}");
}

#[test]
fn what_is_under_way_is_finished_when_the_daemon_stops() {
    let mut daemon = Daemon::start();
    let url = daemon.facts().web.clone().unwrap();
    let host = url.trim_start_matches("http://");
    let token = "A".repeat(43);
    let body = format!("csrf={token}&identifier=louisem");
    let mut stream = TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let kind = "Content-Type: application/x-www-form-urlencoded";
    write!(stream, "POST /forgot HTTP/1.1\r\nHost: {host}\r\nCookie: csrf={token}\r\n{kind}\r\nExpect: 100-continue\r\n").unwrap();
    write!(stream, "Content-Length: {}\r\n\r\n", body.len()).unwrap();
    // The page has begun to read the form.
    let mut go_on = [0; 25];
    stream.read_exact(&mut go_on).unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    daemon.signal(Signal::TERM);
    let end = Instant::now() + Duration::from_secs(60);
    while TcpStream::connect(host).is_ok() {
        assert!(Instant::now() < end, "it takes in more connections");
        std::thread::sleep(Duration::from_millis(10));
    }
    write!(stream, "{body}").unwrap();
    assert_eq!(read_answer(&mut stream).location(), Some("/forgot/sent"));
    assert_eq!(daemon.exit_code(Duration::from_secs(60)), Some(0));
}
