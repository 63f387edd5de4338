//! Whether the pages tell who exists: by what they say, by how long they take, by what becomes of the mail, or by when
//! they have had enough.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use bindery::config::{Config, MailTransport};

use super::{OLD, Town};
use crate::harness::pages::encoded;
use crate::harness::{Answer, Pages};

/// How a mail server behaves.
#[derive(Clone, Copy, Debug)]
enum Relay {
    /// It takes every mail.
    Up,
    /// Nobody listens.
    Down,
    /// It takes connections and says nothing.
    Stalled,
    /// It refuses every recipient for good.
    Refusing,
}

#[test]
fn row_08_nobody_can_see_that_a_mail_cannot_be_sent() {
    // CVE-2024-45231
    let mut seen = Vec::new();
    for relay in [Relay::Up, Relay::Down, Relay::Stalled, Relay::Refusing] {
        let town = town(relay);
        for identifier in ["known000", "known000@example.org", "nobody", "nobody@example.org", "disabled000", "mailless000"] {
            let mut visitor = town.visitor();
            let answer = visitor.submit("/forgot", "/forgot", &[("identifier", identifier)]);
            let page = visitor.follow(answer.clone());
            seen.push((format!("{relay:?}, {identifier}"), comparable(&answer) + &comparable(&page)));
        }
    }
    let (_, first) = &seen[0];
    for (what, page) in &seen {
        assert_eq!(page, first, "{what}");
    }
}

#[test]
fn row_09_the_time_tells_nothing_while_mails_go_out() {
    // CVE-2016-2513, CVE-2024-39329
    nothing_is_told(Relay::Up);
}

#[test]
fn row_09_the_time_tells_nothing_while_the_mail_server_is_away() {
    nothing_is_told(Relay::Down);
}

#[test]
fn row_09_the_time_tells_nothing_while_the_mail_server_stalls() {
    nothing_is_told(Relay::Stalled);
}

#[test]
fn row_10_the_limits_are_the_same_for_everybody_and_keep_nobody_from_signing_in() {
    let ask = |identifier: &str| {
        let town = Town::with(|config| config.reset = bindery::config::ResetConfig::default());
        town.move_in("anna");
        let mut visitor = town.visitor();
        let csrf = visitor.open("/forgot").csrf();
        let answers: Vec<String> =
            (0..40).map(|_| comparable(&visitor.post("/forgot", &[("csrf", &csrf), ("identifier", identifier)]))).collect();
        let fields = [("identifier", "anna"), ("password", OLD), ("next", "/account")];
        assert_eq!(visitor.submit("/sign-in", "/sign-in", &fields).location(), Some("/account"), "resets keep anna out");
        assert!(town.binds("anna", OLD));
        answers
    };
    let (known, unknown) = (ask("anna"), ask("nobody"));
    assert_eq!(known, unknown);
    assert!(known.iter().all(|answer| *answer == known[0]), "the limit shows");
}

#[test]
fn limits_hold_over_a_restart_and_mails_stop_at_them() {
    let mut town = Town::with(|config| config.reset = bindery::config::ResetConfig { cool_down: Duration::ZERO, ..Default::default() });
    town.move_in("anna");
    for number in 0..3 {
        town.ask("anna");
        town.mails.expect("reset-link", "anna@example.org");
        if number == 1 {
            town.settle();
        }
    }
    for _ in 0..5 {
        town.ask("anna");
    }
    assert_eq!(town.all_mails().len(), 0, "more than three links in an hour");
    town.daemon.advance(Duration::from_secs(3_601));
    town.ask("anna");
    town.mails.expect("reset-link", "anna@example.org");
}

/// Asks for known and unknown people in turn, and compares what is said and how long it takes.
fn nothing_is_told(relay: Relay) {
    let town = town(relay);
    let mut visitor = town.visitor();
    let csrf = visitor.open("/forgot").csrf();
    let groups = ["known", "known", "nobody", "disabled", "mailless"];
    let mut times: Vec<Vec<Duration>> = vec![Vec::new(); groups.len()];
    let mut first: Option<String> = None;
    let mut dice = Dice(0x9e37_79b9);
    for round in 0..REQUESTS {
        // In an order that is never the same, so that what the machine does else falls on all alike.
        let mut order: Vec<usize> = (0..groups.len()).collect();
        dice.shuffle(&mut order);
        for group in order {
            let identifier = format!("{}{:03}", groups[group], round % PEOPLE);
            let (answer, took) = timed(&mut visitor, &csrf, &identifier);
            let said = comparable(&answer);
            assert_eq!(&said, first.get_or_insert_with(|| said.clone()), "{relay:?}: {identifier}");
            times[group].push(took);
        }
    }
    let known: Vec<Duration> = times[0].iter().chain(&times[1]).copied().collect();
    let noise = noise(&known, &mut dice);
    let reference = median(&known);
    for (group, times) in groups.iter().zip(&times) {
        let off = median(times).abs_diff(reference);
        assert!(off <= noise, "{relay:?}: {group} is off by {off:?}, known people among themselves by {noise:?} at most");
    }
    println!("{relay:?}: medians {:?}, noise {noise:?}", times.iter().map(|times| median(times)).collect::<Vec<_>>());
}

/// One request, and how long its answer took. A full queue says the same to everybody, and is waited for.
fn timed(visitor: &mut Pages, csrf: &str, identifier: &str) -> (Answer, Duration) {
    let body = encoded(&[("csrf", csrf), ("identifier", identifier)]);
    loop {
        let before = Instant::now();
        let answer = visitor.post_body("/forgot", &body);
        let took = before.elapsed();
        if answer.status != 503 {
            return (answer, took);
        }
        thread::sleep(Duration::from_millis(50));
    }
}

/// How far apart the medians of two groups of the same kind may lie: `times` are split in two by chance, again and again.
fn noise(times: &[Duration], dice: &mut Dice) -> Duration {
    let mut times = times.to_vec();
    let split = |times: &mut Vec<Duration>| {
        dice.shuffle(times);
        let (one, other) = times.split_at(times.len() / 2);
        median(one).abs_diff(median(other))
    };
    let widest = std::iter::repeat_with(|| ()).take(SPLITS).map({
        let mut split = split;
        move |()| split(&mut times)
    });
    // Twice, since chance is wider than any number of tries; and what a clock can tell at least.
    widest.max().unwrap_or_default() * 2 + Duration::from_micros(20)
}

fn median(times: &[Duration]) -> Duration {
    let mut times = times.to_vec();
    times.sort();
    times[times.len() / 2]
}

/// Chance that is the same each time (xorshift).
struct Dice(u64);

impl Dice {
    fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            things.swap(last, (self.0 % (last as u64 + 1)) as usize);
        }
    }
}

/// What a stranger sees, but for the token of the forms.
fn comparable(answer: &Answer) -> String {
    let text = answer.comparable();
    match text.split_once("name=\"csrf\" value=\"") {
        Some((before, rest)) => format!("{before}{}", &rest[43..]),
        None => text,
    }
}

/// A town with [`PEOPLE`] of each kind, whose mails go to `relay`; nothing is beyond a limit.
fn town(relay: Relay) -> Town {
    let port = listen(relay);
    let town = Town::with(|config: &mut Config| {
        config.mail.transport = MailTransport::Smtp;
        config.mail.host = Some("127.0.0.1".to_owned());
        config.mail.port = Some(port);
        config.mail.security = bindery::config::MailSecurity::None;
        config.mail.timeout = Duration::from_secs(2);
        config.reset.per_account = 1_000_000;
        config.reset.per_source = 1_000_000;
        config.reset.mails_an_hour = 1_000_000;
        config.passwords.argon2.memory_kib = 64;
    });
    let mut people = String::new();
    for (kind, more) in
        [("known", "mail: {}@example.org\n"), ("disabled", "mail: {}@example.org\naccountStatus: disabled\n"), ("mailless", "")]
    {
        for number in 0..PEOPLE {
            let login = format!("{kind}{number:03}");
            let more = more.replace("{}", &login);
            let dn = town.daemon.person_dn(&login);
            people += &format!("dn: {dn}\nobjectClass: inetOrgPerson\nuid: {login}\ncn: {login}\nsn: X\nuserPassword: {OLD}\n{more}\n");
        }
    }
    town.administrator("ldapadd", &[], &people);
    town
}

/// Where a mail server listens that behaves like this.
fn listen(relay: Relay) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    if !matches!(relay, Relay::Down) {
        thread::spawn(move || {
            let mut silent = Vec::new();
            for stream in listener.incoming().map_while(Result::ok) {
                match relay {
                    Relay::Stalled => silent.push(stream),
                    _ => drop(thread::spawn(move || serve(stream, relay))),
                }
            }
        });
    }
    port
}

/// As much of SMTP (RFC 5321) as a mail needs.
fn serve(mut stream: TcpStream, relay: Relay) -> Option<()> {
    let lines = BufReader::new(stream.try_clone().ok()?).lines();
    let mut data = false;
    stream.write_all(b"220 relay\r\n").ok()?;
    for line in lines {
        let line = line.ok()?;
        let verb = line.split(' ').next().unwrap_or_default().to_uppercase();
        let answer = match (data, verb.as_str()) {
            (true, ".") => {
                data = false;
                "250 taken"
            }
            (true, _) => continue,
            (false, "RCPT") if matches!(relay, Relay::Refusing) => "550 no such user",
            (false, "DATA") => {
                data = true;
                "354 go on"
            }
            (false, "QUIT") => "221 bye",
            (false, _) => "250 ok",
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).ok()?;
    }
    Some(())
}

/// Requests of each kind.
const REQUESTS: usize = 500;

/// People of each kind.
const PEOPLE: usize = 25;

/// How often known people are split in two by chance.
const SPLITS: usize = 200;
