//! Guessing: how often somebody may be wrong, that nobody can tell a name that exists from one that does not, and what
//! ends the wait.

use std::time::{Duration, Instant};

use bindery::directory::{Actor, Caller, Change, Edit, EditTarget, PasswordEdit};
use bindery::domain::caller::Source;
use bindery::domain::tree::Branch;

use crate::harness::request::{Reply, message, set_password, with_control};
use crate::harness::wire::{bind, element};
use crate::harness::{InProcess, Wire};

const RIGHT: &str = "cerise-brouillard-velo-48";
const WRONG: &str = "not-the-password";
const INVALID: u8 = 49;

/// draft-behera-ldap-password-policy, and its error accountLocked (§6.2).
const POLICY: &str = "1.3.6.1.4.1.42.2.27.8.5.1";
const ACCOUNT_LOCKED: &[u8] = &[0x30, 3, 0x81, 1, 1];
const NO_ERROR: &[u8] = &[0x30, 0];

fn started() -> InProcess {
    let daemon = InProcess::start();
    daemon.add_person("louisem", RIGHT);
    daemon
}

/// A request that asks for what the password-policy control says.
fn with_policy(request: &[u8]) -> Vec<u8> {
    let (_, content) = element(request);
    // Without the message number.
    with_control(1, &content[3..], (POLICY, &[]))
}

/// The code of an answer, and what its password-policy control says.
fn told(reply: &Reply) -> (u8, Vec<u8>) {
    assert!(reply.text.is_empty() && reply.matched.is_empty(), "{reply:?}");
    (reply.code, reply.controls[0].1.clone())
}

/// What a bind is told.
fn attempt(daemon: &InProcess, dn: &str, password: &str) -> (u8, Vec<u8>) {
    told(&Wire::connect(daemon.address()).ask(&with_policy(&bind(1, dn, password))).unwrap())
}

fn code(daemon: &InProcess, login: &str, password: &str) -> u8 {
    attempt(daemon, &daemon.person_dn(login), password).0
}

fn fail(daemon: &InProcess, login: &str, times: usize) {
    for _ in 0..times {
        assert_eq!(code(daemon, login, WRONG), INVALID);
    }
}

/// Whether an attempt is refused at once, without a hash.
fn is_refused(daemon: &InProcess, login: &str, password: &str) -> bool {
    let before = daemon.hashes();
    let answer = attempt(daemon, &daemon.person_dn(login), password);
    let locked = answer == (INVALID, ACCOUNT_LOCKED.to_vec());
    if locked {
        assert_eq!(daemon.hashes(), before, "{login}: a hash was computed");
    }
    // The answer goes out before the hash is counted.
    let end = Instant::now() + Duration::from_secs(20);
    while !locked && daemon.hashes() == before {
        assert!(Instant::now() < end, "{login}: {answer:?} without a hash");
    }
    locked
}

#[test]
fn after_five_failures_the_right_password_is_refused_unseen_whether_the_name_exists_or_not() {
    let daemon = started();
    for login in ["louisem", "nobody"] {
        for _ in 0..5 {
            assert_eq!(attempt(&daemon, &daemon.person_dn(login), WRONG), (INVALID, NO_ERROR.to_vec()), "{login}");
        }
        assert!(is_refused(&daemon, login, RIGHT), "{login}");
        daemon.advance(Duration::from_secs(59));
        assert!(is_refused(&daemon, login, RIGHT), "{login}");
        daemon.advance(Duration::from_secs(1));
        assert!(!is_refused(&daemon, login, WRONG), "{login}");
        // One more failure doubles the wait.
        daemon.advance(Duration::from_secs(119));
        assert!(is_refused(&daemon, login, RIGHT), "{login}");
        daemon.advance(Duration::from_secs(1));
    }
    assert_eq!(code(&daemon, "louisem", RIGHT), 0);
    // Cleared by that: there are four failures again before a wait.
    fail(&daemon, "louisem", 4);
    assert_eq!(code(&daemon, "louisem", RIGHT), 0);
}

#[test]
fn a_name_is_throttled_alike_under_all_its_names() {
    let daemon = started();
    let suffix = "dc=example,dc=org";
    for login in ["louisem", "nobody"] {
        fail(&daemon, login, 5);
        for dn in [
            format!("UID={},OU=People,DC=Example,DC=org", login.to_uppercase()),
            format!("cn={login} , ou=people,{suffix}"),
            format!("uid={login},ou=services,{suffix}"),
        ] {
            assert_eq!(attempt(&daemon, &dn, WRONG), (INVALID, ACCOUNT_LOCKED.to_vec()), "{dn}");
        }
    }
    assert_eq!(attempt(&daemon, &daemon.person_dn("somebody"), WRONG), (INVALID, NO_ERROR.to_vec()));
}

#[test]
fn twenty_five_failures_a_day_are_all() {
    let daemon = started();
    for login in ["louisem", "nobody"] {
        let mut failures = 0;
        for _ in 0..200 {
            if !is_refused(&daemon, login, WRONG) {
                failures += 1;
            }
            daemon.advance(Duration::from_secs(360));
        }
        assert_eq!(failures, 25, "{login}");
    }
    daemon.advance(Duration::from_secs(86_400));
    assert_eq!(code(&daemon, "louisem", RIGHT), 0);
}

#[test]
fn a_restart_forgives_nothing() {
    let mut daemon = started();
    for login in ["louisem", "nobody"] {
        fail(&daemon, login, 5);
    }
    fail(&daemon, "somebody", 4);
    daemon.restart();
    for login in ["louisem", "nobody"] {
        assert!(is_refused(&daemon, login, RIGHT), "{login}");
    }
    fail(&daemon, "somebody", 1);
    assert!(is_refused(&daemon, "somebody", RIGHT));
}

#[test]
fn an_administrator_ends_the_wait_and_a_new_password_does() {
    let daemon = started();
    let louise = daemon.person_dn("louisem");
    fail(&daemon, "louisem", 5);
    let unlock = format!("dn: {louise}\nchangetype: modify\ndelete: pwdAccountLockedTime\n");
    daemon.as_administrator("ldapmodify").stdin(unlock).succeeds();
    assert_eq!(code(&daemon, "louisem", RIGHT), 0);

    fail(&daemon, "louisem", 5);
    daemon.as_administrator("ldappasswd").args(["-s", "horloge-tilleul-comete-15", &louise]).succeeds();
    assert_eq!(code(&daemon, "louisem", "horloge-tilleul-comete-15"), 0);
}

#[test]
fn a_guess_at_the_old_password_counts_as_a_guess() {
    let daemon = started();
    let louise = daemon.person_dn("louisem");
    let change = |old: &str| daemon.client("ldappasswd", &louise, RIGHT).args(["-a", old, "-s", "horloge-tilleul-comete-15"]);
    // Each of them binds first, which is a success: so all in one connection.
    let mut wire = Wire::connect(daemon.address()).bound(&louise, RIGHT);
    for _ in 0..5 {
        let request = set_password("", WRONG, "horloge-tilleul-comete-15");
        assert_eq!(wire.ask(&message(2, &request)).unwrap().code, INVALID);
    }
    assert!(is_refused(&daemon, "louisem", RIGHT));
    change(RIGHT).exits(49); // It does not get as far as that: the bind is refused.
    daemon.advance(Duration::from_secs(60));
    change(RIGHT).succeeds();
}

#[test]
fn a_source_has_a_limit_of_its_own() {
    let daemon = InProcess::with(|config| {
        config.throttle.source_rate = 1;
        config.throttle.source_burst = 10;
    });
    daemon.add_person("louisem", RIGHT);
    let louise = daemon.person_dn("louisem");
    for number in 0..10 {
        fail(&daemon, &format!("nobody{number}"), 1);
    }
    assert!(is_refused(&daemon, "louisem", RIGHT), "from here");
    assert!(is_refused(&daemon, "nobody", RIGHT), "from here");
    let elsewhere = |source| Wire::connect_from(daemon.address(), source).ask(&bind(1, &louise, RIGHT)).unwrap().code;
    assert_eq!(elsewhere([127, 0, 0, 2]), 0, "from elsewhere");
    daemon.as_administrator("ldapwhoami").succeeds();
    daemon.advance(Duration::from_secs(1));
    assert_eq!(code(&daemon, "louisem", RIGHT), 0);
}

/// What binds that are all sent before the first answer is read are answered, each on a connection of its own.
fn at_once(daemon: &InProcess, dn: &str, passwords: &[&str]) -> Vec<(u8, Vec<u8>)> {
    let mut wires: Vec<Wire> = passwords.iter().map(|_| Wire::connect(daemon.address())).collect();
    for (wire, password) in wires.iter_mut().zip(passwords) {
        wire.send(&with_policy(&bind(1, dn, password)));
    }
    wires.iter_mut().map(|wire| told(&wire.reply().unwrap())).collect()
}

#[test]
fn of_many_guesses_at_once_five_are_told_and_a_late_right_one_is_not_told_apart() {
    let daemon = started();
    for login in ["louisem", "nobody"] {
        let dn = daemon.person_dn(login);
        let mut passwords = [WRONG; 64];
        passwords[62] = RIGHT;
        let answers = at_once(&daemon, &dn, &passwords);
        assert!(answers.iter().all(|(code, _)| *code == INVALID), "{login}: {answers:?}");
        assert_eq!(answers.iter().filter(|(_, policy)| policy == NO_ERROR).count(), 5, "{login}");
        assert_eq!(answers[62].1, ACCOUNT_LOCKED, "{login}");
        assert!(is_refused(&daemon, login, RIGHT), "{login}");
    }
}

#[test]
fn guesses_that_are_sent_ahead_on_one_connection_are_no_more_than_five() {
    let daemon = started();
    let mut wire = Wire::connect(daemon.address());
    for number in 0..250 {
        wire.send(&with_policy(&bind(1, &daemon.person_dn("louisem"), if number == 200 { RIGHT } else { WRONG })));
    }
    let answers: Vec<_> = (0..250).map(|_| told(&wire.reply().unwrap())).collect();
    assert!(answers[..5].iter().all(|answer| *answer == (INVALID, NO_ERROR.to_vec())));
    assert!(answers[5..].iter().all(|answer| *answer == (INVALID, ACCOUNT_LOCKED.to_vec())));
}

#[test]
fn guesses_that_are_under_way_when_the_wait_begins_do_not_fill_the_day() {
    let daemon = started();
    at_once(&daemon, &daemon.person_dn("louisem"), &[WRONG; 60]);
    assert!(is_refused(&daemon, "louisem", RIGHT));
    daemon.advance(Duration::from_secs(60));
    assert_eq!(code(&daemon, "louisem", RIGHT), 0);
}

#[test]
fn an_application_with_a_generated_secret_is_not_locked_out_by_guesses() {
    let daemon = started();
    let application = Edit::of(EditTarget::New(Branch::Services, "cloud".into()), vec![Change::Password(PasswordEdit::generated())]);
    let system = Caller { actor: Actor::System, source: Source::Internal, must_change: false };
    let made = daemon.wait_for(daemon.directory().edit(&system, application)).unwrap();
    let secret = String::from_utf8(made.secret.unwrap().expose().to_vec()).unwrap();
    let dn = "uid=cloud,ou=services,dc=example,dc=org";
    assert!(at_once(&daemon, dn, &[WRONG; 60]).iter().all(|answer| *answer == (INVALID, NO_ERROR.to_vec())));
    assert_eq!(attempt(&daemon, dn, &secret), (0, NO_ERROR.to_vec()));
}

#[test]
fn a_name_that_nobody_has_takes_as_long_as_a_wrong_password() {
    let daemon = InProcess::with(|config| config.throttle.enabled = false);
    daemon.add_person("louisem", RIGHT);
    let timed = |login: &str| {
        let begun = Instant::now();
        assert_eq!(code(&daemon, login, WRONG), INVALID);
        begun.elapsed()
    };
    let (mut known, mut unknown): (Vec<Duration>, Vec<Duration>) = (0..30).map(|_| (timed("louisem"), timed("nobody"))).unzip();
    known.sort();
    unknown.sort();
    let (known, unknown) = (known[15], unknown[15]);
    println!("median of a wrong password: {known:?}, of a name that nobody has: {unknown:?}");
    assert!(known < unknown * 2 && unknown < known * 2, "{known:?} and {unknown:?}");
}

#[test]
fn the_file_of_another_server_lets_nobody_in_who_types_what_it_holds() {
    let daemon = started();
    let louise = daemon.person_dn("louisem");
    for (hash, told) in [
        ("$6$rounds=5000$saltsalt$abcdefghijklmnopqrstuvwxyz", "{CRYPT}"),
        ("$2y$10$abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqr", "{CRYPT}"),
        ("pbkdf2_sha256$600000$saltsalt$abcdefghijklmnop", "{PBKDF2-SHA256}"),
    ] {
        let modify = format!("dn: {louise}\nchangetype: modify\nreplace: userPassword\nuserPassword: {hash}\n");
        let refused = daemon.as_administrator("ldapmodify").stdin(modify).exits(19);
        assert!(refused.stderr.contains(told), "{}", refused.stderr);
        daemon.as_administrator("ldappasswd").args(["-s", hash, &louise]).exits(1);
        daemon.client("ldappasswd", &louise, RIGHT).args(["-a", RIGHT, "-s", hash]).exits(1);
    }
    // A stored form is taken over where an administrator writes it to userPassword, and is nobody's password otherwise.
    daemon.client("ldappasswd", &louise, RIGHT).args(["-a", RIGHT, "-s", "{SSHA}abcdefghijklmnopqrstuvwxyz"]).exits(1);
    assert_eq!(code(&daemon, "louisem", RIGHT), 0);
}
