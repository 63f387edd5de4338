//! What whoever looks after the daemon sees of mails: health, metrics, an end that loses nothing.

use bindery::config::{MailSecurity, MailTransport};

use super::{Duration, NEW, OLD, Town, choose};
use crate::harness::pages::exchange;
use crate::harness::smtp::until;
use crate::harness::{At, Does, Pages, Sink};

/// A town whose mails go to `relay`.
fn town(relay: &Sink) -> Town {
    let port = relay.port();
    let town = Town::with(|config| {
        config.mail.transport = MailTransport::Smtp;
        config.mail.host = Some("127.0.0.1".to_owned());
        config.mail.port = Some(port);
        config.mail.security = MailSecurity::None;
    });
    town.move_in("anna");
    town
}

impl Town {
    /// The status and text of `/healthz`, of the operations' listener and of the pages.
    fn health(&self) -> [(u16, String); 2] {
        let request = "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        let pages = Pages::at(self.daemon.public_url()).address();
        [self.daemon.metrics_address(), pages].map(|address| {
            let answer = exchange(address, request.as_bytes());
            (answer.status, answer.body)
        })
    }

    fn metric(&self, series: &str) -> String {
        let request = "GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        let text = exchange(self.daemon.metrics_address(), request.as_bytes()).body;
        let value = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' ').map(str::to_owned));
        value.unwrap_or_else(|| panic!("no {series} in {text}"))
    }

    fn turns(&self, status: u16) {
        until(|| self.health()[0].0 == status, || format!("{:?}, wanted {status}", self.health()));
    }
}

#[test]
fn a_mail_that_waits_for_five_minutes_turns_the_health_bad_and_nothing_else() {
    let relay = Sink::start();
    relay.misbehave(At::Sender, Does::Answers("451 4.3.0 later"));
    let town = town(&relay);
    town.turns(200);
    town.ask("anna");
    relay.expect_at(At::Sender, 1);
    town.daemon.advance(Duration::from_secs(301));
    town.turns(503);
    let [(_, operations), pages] = town.health();
    assert_eq!(operations, "store: ok\nhash threads: ok\nmail: waiting\n");
    // Whoever asks for an account from outside shall not see by that that a mail waits for it.
    assert_eq!(pages, (200, "ok\n".to_owned()));
    assert_eq!(town.metric("bindery_mails_waiting"), "1");
    assert!(town.metric("bindery_mail_oldest_seconds").parse::<u64>().unwrap() >= 301);
    assert!(town.metric("bindery_mails_total{result=\"postponed\"}").parse::<u64>().unwrap() >= 1);
    // The daemon serves as before; that systemd is told so is in `server/run.rs`.
    assert!(town.binds("anna", OLD));

    relay.behave();
    town.daemon.advance(Duration::from_secs(3_600));
    relay.expect(1);
    town.turns(200);
    assert_eq!(town.metric("bindery_mails_waiting"), "0");
}

#[test]
fn what_people_do_is_counted() {
    let mut town = Town::of(&["anna"]);
    let mut anna = town.at_the_link("anna");
    choose(&mut anna, NEW);
    town.mails.expect("password-notice", "anna@example.org");
    for password in [NEW, OLD] {
        anna.submit("/sign-in", "/sign-in", &[("identifier", "anna"), ("password", password), ("next", "/account")]);
    }
    let second = town.mailed_link("anna");
    anna.open(&second.link("n"));
    anna.submit("/not-me", "/not-me", &[]);
    for _ in 0..3 {
        town.ask("anna");
    }
    town.mails.expect("reset-link", "anna@example.org");
    until(|| town.metric("bindery_reset_requests_throttled_total") == "2", || town.metric("bindery_reset_requests_throttled_total"));
    for (series, value) in [
        ("bindery_reset_requests_total{result=\"taken\"}", "5"),
        ("bindery_reset_links_used_total{for=\"chosen\"}", "1"),
        ("bindery_reset_links_used_total{for=\"revoked\"}", "1"),
        ("bindery_mails_queued_total", "4"),
        ("bindery_sign_ins_total{result=\"success\"}", "1"),
        ("bindery_sign_ins_total{result=\"invalid\"}", "1"),
    ] {
        assert_eq!(town.metric(series), value, "{series}");
    }
    assert!(town.metric("bindery_store_commits_total").parse::<u64>().unwrap() > 5);
}

#[test]
fn what_was_asked_for_before_the_end_is_mailed_after_it() {
    let mut town = Town::of(&["anna", "bea", "carl"]);
    let mut visitor = town.visitor();
    let csrf = visitor.open("/forgot").csrf();
    for login in ["anna", "bea", "carl"] {
        assert_eq!(visitor.post("/forgot", &[("csrf", &csrf), ("identifier", login)]).status, 303);
    }
    let mails = town.all_mails();
    let mut recipients: Vec<String> = mails.iter().flat_map(|mail| mail.recipients()).collect();
    recipients.sort();
    assert_eq!(recipients, ["anna@example.org", "bea@example.org", "carl@example.org"]);
}
