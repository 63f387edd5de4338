//! The whole way, as people go it: from the sign-in page to a bind with the new password, with the real daemon and
//! `ldapwhoami`.

use super::{Duration, NEW, OLD, Town, choose};
use crate::harness::{Daemon, Mails, Pages, Program};

/// What `ldapwhoami` says to this password.
fn whoami(daemon: &Daemon, login: &str, password: &str) -> Program {
    let facts = daemon.facts();
    let program = Program::new("ldapwhoami").env("LDAPTLS_CACERT", &facts.ca);
    program.args(["-x", "-H", &facts.ldaps, "-D", &daemon.person(login).dn, "-w", password])
}

fn start() -> (Daemon, String, Mails) {
    let daemon = Daemon::start();
    let web = daemon.facts().web.clone().unwrap();
    let mails = Mails::of(daemon.facts().mail_directory.as_deref().unwrap());
    (daemon, web, mails)
}

#[test]
fn somebody_chooses_a_password_in_french() {
    let (daemon, web, mut mails) = start();
    let louise = daemon.person("louisem").clone();
    let mut browser = Pages::in_language(&web, "fr-FR,fr;q=0.9,en;q=0.5");

    let sign_in = browser.open("/");
    assert!(sign_in.text().contains("Demander un nouveau mot de passe"), "{}", sign_in.text());
    assert!(sign_in.body.contains("lang=\"fr\"") && sign_in.body.contains("href=\"/forgot\""), "{}", sign_in.body);
    let asked = browser.submit("/forgot", "/forgot", &[("identifier", &louise.mail)]);
    assert_eq!((asked.status, asked.location()), (303, Some("/forgot/sent")));
    let sent = browser.follow(asked);
    assert!(sent.text().contains("indésirables") && sent.text().contains("1 heure"), "{}", sent.text());

    let mail = mails.expect("reset-link", &louise.mail);
    assert!(mail.text.contains("louisem") && mail.text.contains("Exemple SARL") && mail.text.contains("127.0.0.1"), "{}", mail.text);
    assert_eq!(mail.line("Auto-Submitted"), Some("auto-generated"));
    let link = mail.link("r");
    assert!(link.starts_with(&format!("{web}/r/")) && link.len() <= 100, "{link}");

    let page = browser.open(&link);
    assert!(page.text().contains("louisem") && page.text().contains("Recevoir un nouveau mot de passe"), "{}", page.text());
    whoami(&daemon, "louisem", &louise.password).succeeds();
    let done = choose(&mut browser, "tournevis-brume-castor-57");
    assert_eq!(done.status, 200, "{}", done.text());

    whoami(&daemon, "louisem", "tournevis-brume-castor-57").succeeds();
    whoami(&daemon, "louisem", &louise.password).exits(49);
    let notice = mails.expect("password-notice", &louise.mail);
    assert!(!notice.source.contains("tournevis") && notice.text.contains("louisem"), "{}", notice.text);
    let account = browser.submit(
        "/sign-in",
        "/sign-in",
        &[("identifier", "louisem"), ("password", "tournevis-brume-castor-57"), ("next", "/account")],
    );
    let account = browser.follow(account);
    assert!(account.text().contains("Louise"), "{}", account.text());
}

#[test]
fn somebody_has_a_password_sent_in_english() {
    let (daemon, web, mut mails) = start();
    let marc = daemon.person("marcl").clone();
    let mut browser = Pages::in_language(&web, "en");

    let sent = super::ask(&mut browser, "marcl");
    assert!(sent.text().contains("Check your email"), "{}", sent.text());
    let mail = mails.expect("reset-link", &marc.mail);
    browser.open(&mail.link("r"));
    whoami(&daemon, "marcl", &marc.password).succeeds();
    let pressed = browser.submit("/reset", "/reset/generated", &[]);
    let on_its_way = browser.follow(pressed);
    assert!(on_its_way.text().contains("on its way"), "{}", on_its_way.text());

    let password = mails.expect("generated-password", &marc.mail).password();
    mails.expect("password-notice", &marc.mail);
    whoami(&daemon, "marcl", &password).succeeds();
    whoami(&daemon, "marcl", &marc.password).exits(49);

    // They may keep it, or change it.
    let entered =
        browser.submit("/sign-in", "/sign-in", &[("identifier", &marc.mail), ("password", &password), ("next", "/account/password")]);
    assert_eq!(entered.location(), Some("/account/password"));
    let fields = [("old", password.as_str()), ("new", NEW), ("confirm", NEW)];
    let changed = browser.submit("/account/password", "/account/password", &fields);
    assert_eq!(browser.follow(changed).status, 200);
    whoami(&daemon, "marcl", NEW).succeeds();
    whoami(&daemon, "marcl", &password).exits(49);
    mails.expect("password-notice", &marc.mail);
}

#[test]
fn a_generated_password_that_must_be_changed_leads_to_its_page() {
    let mut town = Town::with(|config| config.reset.generated = bindery::config::GeneratedPassword::MustChange);
    town.move_in("anna");
    let mut visitor = town.at_the_link("anna");
    visitor.submit("/reset", "/reset/generated", &[]);
    let password = town.mails.expect("generated-password", "anna@example.org").password();
    let mut browser = town.visitor();
    town.mails.expect("password-notice", "anna@example.org");
    let entered = browser.submit("/sign-in", "/sign-in", &[("identifier", "anna"), ("password", &password), ("next", "/account")]);
    assert_eq!(entered.location(), Some("/account/password"), "{}", entered.text());
    assert_eq!(browser.get("/account").location(), Some("/account/password"));
    let fields = [("old", password.as_str()), ("new", NEW), ("confirm", NEW)];
    let changed = browser.submit("/account/password", "/account/password", &fields);
    assert_eq!(browser.follow(changed).status, 200);
    assert!(browser.open("/account").text().contains("anna"));
    assert!(town.binds("anna", NEW) && !town.binds("anna", &password));
}

#[test]
fn a_generated_password_runs_out_where_it_is_set_to() {
    let mut town = Town::with(|config| config.reset.generated_ttl = Some(Duration::from_secs(3600)));
    town.move_in("anna");
    let mut visitor = town.at_the_link("anna");
    visitor.submit("/reset", "/reset/generated", &[]);
    let password = town.mails.expect("generated-password", "anna@example.org").password();
    town.mails.expect("password-notice", "anna@example.org");
    town.daemon.advance(Duration::from_secs(3_500));
    assert!(town.binds("anna", &password));
    town.daemon.advance(Duration::from_secs(200));
    assert!(!town.binds("anna", &password) && !town.binds("anna", OLD));
}

#[test]
fn this_was_not_me_takes_the_request_back() {
    let mut town = Town::of(&["anna"]);
    let mail = town.mailed_link("anna");
    let mut anna = town.visitor();
    let page = anna.open(&mail.link("n"));
    assert!(page.text().contains("anna") && page.text().contains("Cancel the request"), "{}", page.text());
    assert_eq!(town.visitor().open(&mail.link("r")).status, 200, "looking at the page took the request back");
    let done = anna.submit("/not-me", "/not-me", &[]);
    assert_eq!(anna.follow(done).status, 200);
    let stranger = town.visitor().open(&mail.link("r"));
    assert!(stranger.status == 410 && stranger.text().contains("cancelled"), "{}", stranger.text());
    assert!(town.binds("anna", OLD));
}

#[test]
fn people_who_share_an_address_get_one_mail_with_a_link_each() {
    let mut town = Town::of(&["anna", "bea"]);
    let change = format!("dn: {}\nchangetype: modify\nreplace: mail\nmail: anna@example.org\n", town.daemon.person_dn("bea"));
    town.administrator("ldapmodify", &[], &change);
    town.told_of_change(&["anna@example.org", "bea@example.org"]);
    town.ask("anna@example.org");
    let mail = town.mails.expect("reset-link", "anna@example.org");
    let links = mail.links("r");
    assert_eq!((links.len(), mail.links("n").len()), (2, 2), "{}", mail.text);
    let logins: Vec<bool> = links.iter().map(|link| town.visitor().open(link).text().contains("bea")).collect();
    let beas = logins.iter().position(|is_bea| *is_bea).expect("a link for bea");
    let mut bea = town.visitor();
    bea.open(&links[beas]);
    choose(&mut bea, NEW);
    assert!(town.binds("bea", NEW) && town.binds("anna", OLD));
    assert_eq!(town.visitor().open(&links[1 - beas]).status, 200, "anna's link has ended with bea's");
}
