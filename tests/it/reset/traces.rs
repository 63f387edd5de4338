//! What a reset leaves behind: in the log at TRACE, the metrics, the file, the process; and what the pages and searches
//! show to others.

use std::fs;
use std::path::Path;
use std::time::Duration;

use rustix::process::Signal;

use super::{NEW, OLD, Town, ask, choose};
use crate::harness::pages::encoded;
use crate::harness::{Daemon, Mail, Mails, Pages};

/// Each is used in one way only, so that what shows tells where it came from.
const CHOSEN: &str = "secret-one-tortue-violon-55";
const REFUSED: &str = "secret2x";
const DIFFERENT: &str = "secret-three-lisiere-hublot-64";
const AS_LOGIN: &str = "secret-four-in-the-wrong-field";
const WRONG: &str = "secret-five-not-the-password";
const FORGED: &str = "secret-six-without-a-token";
const IN_QUERY: &str = "secret-seven-in-an-address";
const OWN: &str = "secret-eight-cascade-ortie-12";
const BROKEN: &str = "secret-nine-in-a-broken-form";

#[test]
fn row_22_pages_and_searches_show_no_address_and_no_token() {
    // CVE-2026-108337, CVE-2026-26273
    let mut town = Town::of(&["anna"]);
    let mail = town.mailed_link("anna");
    let mut anna = town.visitor();
    let mut seen = vec![anna.open(&mail.link("r")).body, anna.open(&mail.link("n")).body];
    seen.push(town.visitor().open(&format!("/r/{}", "x".repeat(43))).body);
    anna.submit("/reset", "/reset/generated", &[]);
    seen.push(anna.open("/reset/sent").body);
    seen.push(anna.open("/reset").body);
    seen.push(ask(&mut town.visitor(), "nobody@example.com").body);
    for page in &seen {
        assert!(!page.contains("example.org") && !page.contains("a***"), "an address is on the page: {page}");
    }
    let password = town.mails.expect("generated-password", "anna@example.org").password();
    let dn = town.daemon.person_dn("anna");
    let everything =
        town.daemon.as_administrator("ldapsearch").args(["-LLL", "-b", "dc=example,dc=org", "*", "+", "userPassword"]).succeeds();
    let own = town.daemon.client("ldapsearch", &dn, &password).args(["-LLL", "-b", &dn, "*", "+", "userPassword"]).succeeds();
    for secret in [mail.token("r"), mail.token("n"), password, "userPassword".to_owned(), "argon2".to_owned()] {
        assert!(!everything.stdout.contains(&secret) && !own.stdout.contains(&secret), "{secret} shows in a search");
    }
}

#[test]
fn row_24_no_token_and_no_password_shows_anywhere() {
    let mut daemon = Daemon::with(&[("BINDERY_LOG__LEVEL", "trace"), ("RUST_LOG", "trace"), ("BINDERY_RESET__COOL_DOWN", "0s")]);
    let facts = daemon.facts().clone();
    let web = facts.web.clone().unwrap();
    let directory = facts.mail_directory.clone().unwrap();
    let mut mails = Mails::of(&directory);
    let mut secrets: Vec<String> = [CHOSEN, REFUSED, DIFFERENT, AS_LOGIN, WRONG, FORGED, IN_QUERY, OWN, BROKEN].map(str::to_owned).to_vec();
    secrets.extend(facts.people.iter().map(|person| person.password.clone()));

    let mut next = |kind: &str, mails: &mut Mails| {
        let mail = mails.next();
        assert_eq!(mail.kind, kind, "{}", mail.source);
        secrets.extend(found_in(&mail));
        mail
    };
    let mut anna = Pages::at(&web);
    ask(&mut anna, "louisem");
    let link = next("reset-link", &mut mails);
    chosen(&mut anna, &link);
    next("password-notice", &mut mails);
    ask(&mut anna, "marcl");
    let link = next("reset-link", &mut mails);
    anna.open(&link.link("r"));
    anna.submit("/reset", "/reset/generated", &[]);
    let password = next("generated-password", &mut mails).password();
    next("password-notice", &mut mails);
    signed_in(&mut anna, &password);
    next("password-notice", &mut mails);
    ask(&mut anna, "zoef");
    let link = next("reset-link", &mut mails);
    anna.open(&link.link("n"));
    anna.submit("/not-me", "/not-me", &[]);
    ask(&mut anna, AS_LOGIN);
    askew(&mut anna);
    secrets.extend(anna.cookies.values().filter(|value| value.len() == 43).cloned());

    let seen = |name: &str| fs::read(format!("/proc/{}/{name}", facts.pid)).unwrap();
    let mut places = vec![("the arguments".to_owned(), seen("cmdline")), ("the environment".to_owned(), seen("environ"))];
    places.push(("the metrics".to_owned(), daemon.metrics().into_bytes()));
    daemon.signal(Signal::TERM);
    assert_eq!(daemon.exit_code(Duration::from_secs(60)), Some(0));
    let log = daemon.log();
    assert!(log.contains("bindery::mail") && log.contains("bindery::audit"), "the log does not tell of resets: {log}");
    places.push(("the log".to_owned(), log.into_bytes()));
    places.extend(files(&daemon.directory().join("demo"), &directory));
    assert!(places.iter().any(|(place, _)| place.ends_with("bindery.redb")));
    assert!(secrets.len() > 20, "{secrets:?}");
    for (place, octets) in &places {
        for secret in &secrets {
            assert!(!holds(octets, secret.as_bytes()), "{secret} shows in {place}");
        }
    }
}

/// The tokens and passwords of a mail.
fn found_in(mail: &Mail) -> Vec<String> {
    let tokens = mail.links("r").into_iter().chain(mail.links("n"));
    let mut found: Vec<String> = tokens.map(|link| link.rsplit('/').next().unwrap().to_owned()).collect();
    if mail.kind == "generated-password" {
        found.push(mail.password());
    }
    found
}

/// A link is followed, and a password chosen after some that are refused.
fn chosen(anna: &mut Pages, link: &Mail) {
    anna.open(&link.link("r"));
    for (new, confirm) in [(REFUSED, REFUSED), (DIFFERENT, CHOSEN)] {
        let refused = anna.submit("/reset", "/reset/chosen", &[("new", new), ("confirm", confirm)]);
        assert!(matches!(refused.status, 400 | 422), "{}", refused.text());
        assert!(!refused.body.contains(new) && !refused.body.contains(confirm), "{}", refused.body);
    }
    assert_eq!(choose(anna, CHOSEN).status, 200);
}

/// Somebody signs in, after a wrong password, and changes it.
fn signed_in(marc: &mut Pages, password: &str) {
    for password in [WRONG, password] {
        marc.submit("/sign-in", "/sign-in", &[("identifier", "marcl"), ("password", password), ("next", "/account")]);
    }
    assert_eq!(marc.get("/account").status, 200);
    let changed = marc.submit("/account/password", "/account/password", &[("old", password), ("new", OWN), ("confirm", OWN)]);
    assert_eq!(marc.follow(changed).status, 200);
}

/// Secrets where none belongs.
fn askew(visitor: &mut Pages) {
    visitor.post("/sign-in", &[("csrf", "none"), ("identifier", "marcl"), ("password", FORGED)]);
    visitor.get(&format!("/sign-in?{}", encoded(&[("identifier", "marcl"), ("password", IN_QUERY)])));
    visitor.get(&format!("/{IN_QUERY}"));
    visitor.get(&format!("/r/{IN_QUERY}"));
    let csrf = visitor.open("/forgot").csrf();
    visitor.post_body("/sign-in", &format!("csrf={csrf}&identifier=marcl&password={BROKEN}%zz&next=/account"));
    visitor.post_body("/sign-in", &format!("csrf={csrf}&identifier=marcl&password={BROKEN}&password={BROKEN}"));
    visitor.send("POST", "/sign-in", &[("Content-Type", "application/json")], &format!("{{\"password\":\"{BROKEN}\"}}"));
}

fn holds(octets: &[u8], part: &[u8]) -> bool {
    octets.windows(part.len()).any(|window| window == part)
}

/// All files below `directory` with what they hold, but for the mails themselves.
fn files(directory: &Path, mails: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap().map(Result::unwrap) {
        let kind = entry.file_type().unwrap();
        if kind.is_dir() && entry.path() != mails {
            found.extend(files(&entry.path(), mails));
        } else if kind.is_file() {
            found.push((entry.path().display().to_string(), fs::read(entry.path()).unwrap()));
        }
    }
    found
}

/// A person's own first password is known to the test alone.
#[test]
fn the_first_password_is_no_word_of_the_mails() {
    let mut town = Town::of(&["anna"]);
    let mut anna = town.at_the_link("anna");
    choose(&mut anna, NEW);
    let notice = town.mails.expect("password-notice", "anna@example.org");
    assert!(!notice.source.contains(NEW) && !notice.source.contains(OLD), "{}", notice.source);
}
