//! What becomes of a mail: handed over, tried again, given up, and what its reader can do with it each time.

use std::time::Duration;

use bindery::directory::ListedMail;
use serde_json::Value;

use super::{House, OLD, hours};
use crate::harness::{At, Does, Program, Sink, free_port};

#[test]
fn a_generated_password_is_mailed_and_works_and_the_notice_follows() {
    let sink = Sink::start();
    let house = House::at(sink.port());
    house.move_in("louisem");
    house.ask("louisem");
    let link = sink.expect(1).remove(0);
    assert_eq!((link.from.as_str(), link.to.as_slice()), ("no-reply@example.org", &["louisem@example.org".to_owned()][..]));
    house.press(&link.mail().token("r"));
    let received = sink.expect(3);
    let password = received[1].mail().password();
    assert!(received[2].mail().text.contains("Comment\u{a0}: par un mot de passe envoyé par e-mail"), "{}", received[2].mail().text);
    assert!(!received[2].source.contains(&password));
    house.emptied();
    assert!(house.binds("louisem", &password));
    assert!(!house.binds("louisem", OLD));
}

#[test]
fn after_two_hours_without_a_relay_mails_go_out_and_their_links_have_their_hour() {
    let port = free_port();
    let house = House::at(port);
    house.move_in("louisem");
    house.move_in("paulb");
    house.ask("louisem");
    house.tried(1);
    house.ask("paulb");
    for _ in 0..8 {
        house.rests(2);
        house.daemon.advance(Duration::from_secs(900));
        assert!(house.queue().iter().all(|mail| mail.due.is_some()), "none is given up: {:?}", house.queue());
    }
    house.rests(2);
    assert!(house.tried(1).fault.unwrap().contains("nobody listens at localhost"));

    let sink = Sink::at(([127, 0, 0, 1], port).into(), Default::default());
    house.daemon.advance(Duration::from_secs(900));
    let received = sink.expect(2);
    house.emptied();
    let accepted = house.now();
    for mail in received.iter().map(|received| received.mail()) {
        let token = mail.token("r");
        assert_eq!(house.works_until(&token), Some(accepted.plus(hours(1))));
        // 09:00 UTC and two hours and a quarter, in Paris, and the hour.
        let text = mail.text.replace(['\u{a0}', '\n'], " ");
        assert!(text.contains("jusqu’à 13 h 15 (heure d’Europe centrale)"), "{text}");
        assert!(text.contains("22 novembre 2026 à 10 h 00 (heure d’Europe centrale)"), "asked at: {text}");
    }
    house.daemon.advance(Duration::from_secs(3599));
    assert!(received.iter().all(|received| house.works_until(&received.mail().token("r")).is_some()));
    house.daemon.advance(Duration::from_secs(1));
    assert!(received.iter().all(|received| house.works_until(&received.mail().token("r")).is_none()));
}

#[test]
fn what_the_relay_refuses_for_now_is_tried_again() {
    let sink = Sink::start();
    let house = House::at(sink.port());
    house.move_in("louisem");
    let misbehaviour = [
        (At::Greeting, Does::Answers("421 4.3.2 not now")),
        (At::Sender, Does::Answers("451 4.3.0 not now")),
        (At::Recipient, Does::Answers("450 4.2.0 greylisted")),
        (At::Data, Does::BreaksOff),
        (At::Content, Does::Answers("452 4.3.1 no room")),
    ];
    house.ask("louisem");
    for (attempt, (at, does)) in misbehaviour.into_iter().enumerate() {
        sink.behave();
        sink.misbehave(at, does);
        if attempt > 0 {
            house.daemon.advance(Duration::from_secs(600));
        }
        house.tried(attempt as u32 + 1);
    }
    assert!(sink.received().is_empty());
    sink.behave();
    house.daemon.advance(Duration::from_secs(600));
    let link = sink.expect(1).remove(0).mail();
    house.emptied();
    assert!(house.works_until(&link.token("r")).is_some());
}

#[test]
fn what_the_relay_refuses_for_good_waits_for_an_administrator() {
    let sink = Sink::start();
    let house = House::at(sink.port());
    house.move_in("louisem");
    sink.misbehave(At::Recipient, Does::Answers("550 5.1.1 user unknown"));
    house.ask("louisem");
    let given_up = house.tried(1);
    assert_eq!(given_up.due, None);
    assert!(given_up.fault.unwrap().contains("refuses the recipient (550 5.1.1 user unknown)"));
    house.daemon.advance(hours(3));

    let listed = queue(&house, "list");
    assert_eq!((listed[0]["kind"].as_str(), listed[0]["address"].as_str()), (Some("reset-link"), Some("louisem@example.org")));
    assert_eq!((&listed[0]["due"], listed[0]["attempts"].as_u64()), (&Value::Null, Some(1)));
    sink.behave();
    queue(&house, &format!("retry {}", listed[0]["mail"].as_str().unwrap()));
    let link = sink.expect(1).remove(0).mail();
    house.emptied();
    assert!(house.works_until(&link.token("r")).is_some());
    assert_eq!(queue(&house, "list"), Value::Array(Vec::new()));
}

#[test]
fn an_administrator_takes_a_mail_out_and_nobody_else_sees_the_queue() {
    let house = House::at(free_port());
    house.move_in("louisem");
    house.ask("louisem");
    let waiting = house.tried(1);
    let drop = format!("drop {} --yes", waiting.op);
    for line in ["list".to_owned(), format!("retry {}", waiting.op), drop.clone()] {
        let refused = as_person(&house, "louisem", &line).exits(1);
        assert!(refused.stderr.contains("only administrators"), "{}", refused.stderr);
    }
    assert_eq!(house.queue().len(), 1);
    queue(&house, &drop);
    assert_eq!(house.queue(), []);
    let gone = bindery(&house, &drop).exits(1);
    assert!(gone.stderr.contains("not in the queue any more"), "{}", gone.stderr);
}

#[test]
fn a_mail_that_was_taken_without_an_answer_is_mailed_anew_and_the_newest_counts() {
    let sink = Sink::start();
    let house = House::at(sink.port());
    house.move_in("louisem");
    sink.misbehave(At::Content, Does::TakesAndBreaksOff);
    house.ask("louisem");
    house.tried(1);
    let first = sink.expect(1).remove(0).mail();
    assert!(house.works_until(&first.token("r")).is_some(), "whoever got it can use it");
    sink.behave();
    house.daemon.advance(Duration::from_secs(60));
    let second = sink.expect(2).remove(1).mail();
    house.emptied();
    assert_ne!(first.line("Message-ID"), second.line("Message-ID"), "another secret, another mail");
    assert_ne!(first.token("r"), second.token("r"));
    assert!(house.works_until(&second.token("r")).is_some());
    assert!(house.works_until(&first.token("r")).is_none(), "the newest alone");
}

#[test]
fn until_the_relay_has_taken_a_generated_password_the_old_one_works() {
    let sink = Sink::start();
    let house = House::at(sink.port());
    house.move_in("louisem");
    house.ask("louisem");
    let token = sink.expect(1).remove(0).mail().token("r");
    house.emptied();
    sink.misbehave(At::Content, Does::Answers("451 4.3.0 not now"));
    house.press(&token);
    house.tried(1);
    assert!(house.binds("louisem", OLD));
    sink.behave();
    house.daemon.advance(Duration::from_secs(60));
    let password = sink.expect(2).remove(1).mail().password();
    house.emptied();
    assert!(house.binds("louisem", &password));
    assert!(!house.binds("louisem", OLD));
}

#[test]
fn a_relay_that_stalls_keeps_nothing_else_waiting() {
    let sink = Sink::start();
    let house = House::with(sink.port(), |config| config.mail.timeout = Duration::from_secs(1));
    house.move_in("louisem");
    sink.misbehave(At::Content, Does::Stalls);
    house.ask("louisem");
    sink.expect_at(At::Content, 1);
    assert!(house.binds("louisem", OLD), "binds go on meanwhile");
    assert!(house.tried(1).fault.unwrap().contains("did not answer within 1s"));
    sink.behave();
    house.daemon.advance(Duration::from_secs(60));
    sink.expect(1);
    house.emptied();
}

#[test]
fn one_account_s_mails_go_out_in_order() {
    let sink = Sink::start();
    let house = House::at(sink.port());
    house.move_in("louisem");
    sink.misbehave(At::Sender, Does::Answers("451 4.3.0 not now"));
    let passwords = ["granit-ruche-papillon-84", "marteau-velours-dune-17", "sabot-comete-fougere-52"];
    for password in passwords {
        let dn = house.daemon.person_dn("louisem");
        house.daemon.as_administrator("ldappasswd").args(["-s", password, &dn]).succeeds();
        // So little that no further attempt falls due, but enough for an order.
        house.daemon.advance(Duration::from_millis(1));
    }
    house.tried(1);
    let mut queue = house.queue();
    assert_eq!(queue.len(), passwords.len());
    queue.sort_by_key(|mail| mail.queued_at);
    sink.behave();
    house.daemon.advance(Duration::from_secs(60));
    house.emptied();
    let received = sink.received();
    assert!(received.iter().all(|mail| passwords.iter().all(|password| !mail.source.contains(password))));
    let told = |mail: &ListedMail, source: &str| source.contains(&format!("Message-ID: <{}.", mail.op));
    let place = |source: &str| queue.iter().position(|mail| told(mail, source)).unwrap_or_else(|| panic!("which? {source}"));
    let order: Vec<usize> = received.iter().map(|received| place(&received.source)).collect();
    assert_eq!(order, [0, 1, 2]);
}

#[test]
fn what_is_being_handed_over_when_the_daemon_stops_is_finished_first() {
    let sink = Sink::start();
    let mut house = House::at(sink.port());
    house.move_in("louisem");
    house.ask("louisem");
    sink.expect_at(At::Greeting, 1);
    house.daemon.restart();
    let link = sink.expect(1).remove(0).mail();
    house.emptied();
    assert_eq!(sink.received().len(), 1, "once");
    assert!(house.works_until(&link.token("r")).is_some());
}

/// `bindery mail queue LINE`, as who runs the daemon.
fn bindery(house: &House, line: &str) -> Program {
    Program::bindery().args(["mail", "queue"]).args(line.split(' ')).args(["--uri", &house.daemon.socket_uri()])
}

fn queue(house: &House, line: &str) -> Value {
    let said = bindery(house, line).arg("--json").succeeds();
    serde_json::from_str(&said.stdout).unwrap_or_else(|error| panic!("{line}: {error}: {}", said.stdout))
}

/// The same as a person of the directory, who is no administrator.
fn as_person(house: &House, login: &str, line: &str) -> Program {
    let (uri, dn) = (format!("ldap://{}", house.daemon.address()), house.daemon.person_dn(login));
    let program = Program::bindery().args(["mail", "queue"]).args(line.split(' ')).args(["--uri", &uri, "--bind-dn", &dn]);
    program.arg("--bind-password-file").arg(house.daemon.private_file("password", OLD))
}
