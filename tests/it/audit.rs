//! The audit and one's own account on the pages: who did what to whom, for those who may know.

use std::time::{Duration, Instant};

use crate::harness::request::{message, modify};
use crate::harness::wire::bind;
use crate::harness::{Answer, Daemon, Pages, Person, Wire};

fn signed_in(daemon: &Daemon, person: &Person, language: &str) -> Pages {
    let mut pages = Pages::in_language(daemon.facts().web.as_ref().unwrap(), language);
    let answer = pages.submit("/sign-in", "/sign-in", &[("identifier", &person.login), ("password", &person.password)]);
    assert_eq!(answer.location(), Some("/account"), "{answer:?}");
    pages
}

/// The page once it says `text`: rows that no change brings come a moment later.
fn once_told(pages: &mut Pages, path: &str, text: &str) -> Answer {
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        let answer = pages.get(path);
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        if answer.body.contains(text) {
            return answer;
        }
        assert!(Instant::now() < end, "{path} does not say {text:?}: {}", answer.body);
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// What is read on a page, without its marks.
fn read(answer: &Answer) -> String {
    let mut text = String::new();
    let mut inside = false;
    for character in answer.body.chars() {
        match character {
            '<' => inside = true,
            '>' => inside = false,
            other if !inside => text.push(other),
            _ => {}
        }
    }
    text.replace('\u{a0}', " ").replace("&#39;", "’")
}

fn role<'a>(daemon: &'a Daemon, role: &str) -> &'a Person {
    daemon.facts().people.iter().find(|person| person.role == role).unwrap()
}

#[test]
fn each_event_is_a_sentence_that_leads_to_whom_it_names() {
    let daemon = Daemon::start();
    let (administrator, louise) = (&daemon.facts().administrator, daemon.person("louisem"));
    daemon
        .client("ldappasswd", &administrator.dn, &administrator.password)
        .args(["-s", "une phrase de passe toute neuve", &louise.dn])
        .succeeds();
    daemon.client("ldapwhoami", &louise.dn, "faux").exits(49);
    for (language, changed, refused) in [
        ("fr", "a changé le mot de passe de ", "Connexion à l’annuaire refusée pour "),
        ("en", "changed the password of ", "Connection to the directory refused for "),
    ] {
        let mut pages = signed_in(&daemon, administrator, language);
        let path = format!("/audit?who={}&what=passwords", louise.login);
        let told = once_told(&mut pages, &path, "<a href=\"/people/");
        assert!(read(&told).contains(changed), "{}", read(&told));
        let told = once_told(&mut pages, &format!("/audit?who={}&what=refusals", louise.login), "127.0.0.1");
        assert!(read(&told).contains(refused), "{}", read(&told));
        assert!(["mot de passe faux", "wrong password"].iter().any(|why| read(&told).contains(why)), "{}", read(&told));
        let nobody = pages.get("/audit?who=%22%3E%3Cscript%3Ealert(1)%3C/script%3E");
        assert!(nobody.status == 200 && !nobody.body.contains("<script>alert"), "{nobody:?}");
        for query in ["after=x", "after=0-0", "who=a&who=b"] {
            assert_eq!(pages.get(&format!("/audit?{query}")).status, 400, "{query}");
        }
        assert!(pages.get("/audit?from=2026-02-31").body.contains("id=\"from-error\""));
    }
}

#[test]
fn the_audit_is_had_as_a_file_and_that_is_written_down() {
    let daemon = Daemon::start();
    let administrator = &daemon.facts().administrator;
    let service = &daemon.facts().service;
    daemon.client("ldapwhoami", &service.dn, &service.password).succeeds();
    daemon.client("ldapwhoami", "cn==cmd|' /C calc'!A0,ou=people,dc=example,dc=org", "faux").exits(49);
    let mut pages = signed_in(&daemon, administrator, "en");
    once_told(&mut pages, "/audit?what=refusals", "calc");
    let file = pages.get("/audit.csv?what=all");
    assert_eq!((file.status, file.header("cache-control")), (200, Some("no-store")), "{file:?}");
    assert!(
        file.header("content-type").unwrap().starts_with("text/csv")
            && file.header("content-disposition").unwrap().starts_with("attachment")
    );
    // It comes in chunks of whole lines, with lines between that say how long each is (RFC 9112 §7.1).
    let lines: Vec<&str> = file.body.split("\r\n").filter(|line| line.contains(',')).collect();
    assert_eq!(lines[0], "time,actor,actor_id,target,target_id,source,event,details");
    // Every field is in quotation marks and none begins a formula.
    assert!(
        lines[1..].iter().all(|line| line.starts_with("\"20") && line.ends_with('"') && line.matches("\",\"").count() >= 7),
        "{}",
        file.body
    );
    assert!(!file.body.contains(",\"=") && !file.body.contains(",\"@"), "{}", file.body);
    assert!(lines.iter().any(|line| line.contains("\"bind_refused\"") && line.contains("reason=UnknownName")), "{}", file.body);
    assert!(lines.iter().any(|line| line.contains("\"audit_exported\"")), "{}", file.body);
    let told = once_told(&mut pages, "/audit", "downloaded the audit");
    assert_eq!(told.status, 200);
}

#[test]
fn pages_of_the_audit_follow_one_another_to_its_end() {
    let daemon = Daemon::start();
    let mut pages = signed_in(&daemon, &daemon.facts().administrator.clone(), "en");
    for number in 0..60 {
        // A refusal each that nobody has to hash anything for.
        daemon
            .client("ldapmodify", &daemon.facts().administrator.dn, &daemon.facts().administrator.password)
            .stdin(format!("dn: uid=nobody{number},ou=people,dc=example,dc=org\nchangetype: delete\n"))
            .exits(32);
    }
    once_told(&mut pages, "/audit?what=refusals", "nobody59");
    let (mut path, mut seen) = ("/audit?what=refusals".to_owned(), Vec::new());
    loop {
        let page = pages.get(&path);
        seen.extend((0..60).filter(|number| page.body.contains(&format!("uid=nobody{number},"))));
        let Some((_, rest)) = page.body.split_once("rel=\"next\" href=\"") else { break };
        path = rest.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
    }
    seen.sort_unstable();
    assert_eq!(seen, (0..60).collect::<Vec<_>>());
}

#[test]
fn nobody_but_administrators_finds_the_audit() {
    let daemon = Daemon::start();
    for person in [role(&daemon, "manager"), role(&daemon, "user")] {
        let mut pages = signed_in(&daemon, person, "en");
        for path in ["/audit", "/audit.csv", "/audit?what=all"] {
            assert_eq!(pages.get(path).status, 404, "{path}");
        }
        assert!(!pages.get("/account").body.contains("/audit"));
    }
    let mut stranger = Pages::at(daemon.facts().web.as_ref().unwrap());
    assert!(stranger.get("/audit").location().unwrap().starts_with("/sign-in"));
}

#[test]
fn one_s_own_account_shows_who_came_in_and_what_was_changed() {
    let daemon = Daemon::start();
    let louise = daemon.person("louisem");
    daemon.client("ldapwhoami", &louise.dn, "faux").exits(49);
    for _ in 0..2 {
        daemon.client("ldapwhoami", &louise.dn, &louise.password).succeeds();
    }
    let mut pages = signed_in(&daemon, louise, "fr");
    let told = once_told(&mut pages, "/account", "2 fois");
    for text in [
        louise.login.as_str(),
        louise.mail.as_str(),
        louise.team.as_deref().unwrap(),
        "mot de passe faux",
        "a ouvert une session",
        "127.0.0.1",
    ] {
        assert!(read(&told).contains(text), "{text}: {}", read(&told));
    }
}

#[test]
fn a_flood_of_refused_changes_is_counted_and_buries_nothing() {
    const FLOOD: usize = 20_000;
    let daemon = Daemon::start();
    let (louise, marc) = (daemon.person("louisem"), daemon.person("marcl"));
    let mut flood = Wire::connect(daemon.address());
    flood.send(&bind(1, &louise.dn, &louise.password));
    assert_eq!(flood.code(), Some(0));
    let refused = message(2, &modify(&marc.dn, &[(2, "description", &["x"])])).repeat(100);
    for round in 0..FLOOD / 100 {
        flood.send(&refused);
        assert!((0..100).all(|_| matches!(flood.code(), Some(32 | 50))), "{round}");
        if round == FLOOD / 200 {
            daemon.client("ldapwhoami", &marc.dn, "a guess meanwhile").exits(49);
        }
    }
    assert_eq!(daemon.metric("bindery_audit_dropped_total"), 0);
    assert!(daemon.metric("bindery_audit_skipped_total") > FLOOD as u64 / 2);
    let mut pages = signed_in(&daemon, &daemon.facts().administrator.clone(), "en");
    once_told(&mut pages, &format!("/audit?what=refusals&who={}", marc.login), "Connection to the directory refused");
    let told = once_told(&mut pages, &format!("/audit?what=refusals&who={}", louise.login), "more refusals to ");
    assert_eq!(told.status, 200);
}

#[test]
fn a_change_is_told_with_what_it_changed() {
    let daemon = Daemon::start();
    let administrator = daemon.facts().administrator.clone();
    let change = "dn: cn=vpn,ou=groups,dc=example,dc=org\nchangetype: modify\nadd: memberUid\nmemberUid: louisem\n";
    daemon.client("ldapmodify", &administrator.dn, &administrator.password).stdin(change).succeeds();
    for (language, said) in [("en", "members: louisem added"), ("fr", "membres : louisem ajouté")] {
        let mut pages = signed_in(&daemon, &administrator, language);
        let told = once_told(&mut pages, "/audit?who=vpn", "louisem");
        assert!(read(&told).contains(said), "{}", read(&told));
        let file = pages.get("/audit.csv?who=vpn");
        assert!(file.body.contains("values=memberUid +\"\"louisem\"\""), "{}", file.body);
    }
}
