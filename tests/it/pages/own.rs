//! One's own mail address, what is said of a password while it is typed, and the queue of mails, over HTTP.

use std::fs;

use bindery::config::Config;
use bindery::directory::{Actor, Caller};
use bindery::domain::caller::Source;

use crate::harness::smtp::until;
use crate::harness::{Answer, InProcess, Mails, Pages};

const OLD: &str = "boussole-noisette-quai-39";

fn house(change: impl FnOnce(&mut Config)) -> InProcess {
    let daemon = InProcess::with_pages(|config| {
        config.directory.self_mail = true;
        config.directory.self_telephone = true;
        change(config);
    });
    daemon.add_person("anna", OLD);
    daemon
}

fn signed_in(daemon: &InProcess, login: &str) -> Pages {
    let mut pages = Pages::in_language(daemon.public_url(), "en");
    let fields = [("identifier", login), ("password", OLD), ("next", "account")];
    assert_eq!(pages.submit("/sign-in", "/sign-in", &fields).status, 303);
    pages
}

fn save(pages: &mut Pages, fields: &[(&str, &str)]) -> Answer {
    let page = pages.open("/account/mail");
    assert_eq!(page.status, 200, "{page:?}");
    let (csrf, seen) = (page.csrf(), page.hidden("seen").unwrap());
    let answer = pages.post("/account/mail", &[&[("csrf", csrf.as_str()), ("seen", seen.as_str())], fields].concat());
    pages.follow(answer)
}

fn attributes(daemon: &InProcess) -> String {
    daemon.as_administrator("ldapsearch").args(["-LLL", "-b", &daemon.person_dn("anna"), "mail", "telephoneNumber"]).succeeds().stdout
}

#[test]
fn an_address_of_one_s_own_is_changed_with_the_password_and_told_to_both() {
    let daemon = house(|_| ());
    let mut mails = Mails::of(daemon.mail_directory());
    let mut anna = signed_in(&daemon, "anna");
    assert!(anna.open("/account").body.contains("href=\"/account/mail\""));
    let with = |mail, telephone, password| [("mail", mail), ("telephone", telephone), ("password", password)];
    for (fields, said) in [
        (with("anna@example.net", "", ""), "type your password as well"),
        (with("anna@example.net", "", "wrong"), "This is not your current password"),
        (with("no address", "", OLD), "does not look like an email address"),
    ] {
        let answer = save(&mut anna, &fields);
        assert!(answer.status == 422 && answer.text().contains(said), "{said}: {}", answer.text());
        assert!(answer.body.contains(&format!("value=\"{}\"", fields[0].1)), "what was typed stays: {}", answer.body);
        assert!(!answer.body.contains("value=\"wrong\"") && attributes(&daemon).contains("mail: anna@example.org"));
    }
    let saved = save(&mut anna, &with("anna@example.net", "+33 1 23 45 67 89", OLD));
    assert!(saved.text().contains("A link was sent to the new address"), "{}", saved.text());
    assert!(saved.text().contains("anna@example.net waits for you to confirm"), "{}", saved.text());
    assert!(attributes(&daemon).contains("mail: anna@example.org") && attributes(&daemon).contains("telephoneNumber: +33 1 23 45 67 89"));
    let link = mails.expect("address-link", "anna@example.net").link("m");
    // Looking at it does nothing: neither for a scanner nor for her.
    let mut scanner = Pages::in_language(daemon.public_url(), "en");
    let seen = scanner.open(&link);
    assert!(seen.text().contains("Sign in") && !seen.text().contains("anna@example.net"), "{}", seen.text());
    let page = anna.open(&link);
    assert!(page.text().contains("Confirm your new address") && page.text().contains("anna@example.net"), "{}", page.text());
    assert!(attributes(&daemon).contains("mail: anna@example.org") && mails.unread() == 0);
    let confirmed = confirm(&mut anna, "anna@example.net");
    assert!(confirmed.text().contains("The new address is yours."), "{}", confirmed.text());
    assert!(attributes(&daemon).contains("mail: anna@example.net") && !attributes(&daemon).contains("anna@example.org"));
    let mut told = [mails.next(), mails.next()].map(|mail| (mail.kind.clone(), mail.recipients().concat()));
    told.sort();
    assert_eq!(told, ["anna@example.net", "anna@example.org"].map(|to| ("address-notice".to_owned(), to.to_owned())));
    let again = anna.open(&link);
    assert!(again.status == 410 && again.text().contains("This link does nothing"), "{}", again.text());
    // Of the telephone number nobody needs to know.
    assert!(save(&mut anna, &with("anna@example.net", "", "")).text().contains("Saved: telephone"));
    assert!(save(&mut anna, &with("anna@example.net", "", "")).text().contains("Nothing has changed"));
    // What is taken away needs no link.
    assert!(save(&mut anna, &with("", "", OLD)).text().contains("Saved: email address"));
    assert!(!attributes(&daemon).contains("mail:"));
}

/// Presses the button of the page that a link to `address` has led to.
fn confirm(pages: &mut Pages, address: &str) -> Answer {
    let csrf = pages.open("/account").csrf();
    let answer = pages.post("/account/mail/confirm", &[("csrf", &csrf), ("address", address)]);
    pages.follow(answer)
}

#[test]
fn an_address_is_confirmed_by_its_owner_in_time_or_not_at_all() {
    let daemon = house(|_| ());
    daemon.add_person("paul", OLD);
    let mut mails = Mails::of(daemon.mail_directory());
    let (mut anna, mut paul) = (signed_in(&daemon, "anna"), signed_in(&daemon, "paul"));
    let fields = |mail| [("mail", mail), ("telephone", ""), ("password", OLD)];
    let mut wait = |anna: &mut Pages, mail: &'static str| {
        daemon.advance(std::time::Duration::from_secs(200));
        *anna = signed_in(&daemon, "anna");
        let saved = save(anna, &fields(mail));
        assert!(saved.text().contains("A link was sent to the new address"), "{mail}: {}", saved.text());
        mails.expect("address-link", mail).link("m")
    };
    // It is not for whoever else gets it.
    let link = wait(&mut anna, "anna@example.net");
    assert_eq!(paul.open(&link).status, 410);
    assert_eq!(confirm(&mut paul, "anna@example.net").status, 410);
    // A newer one takes its place; and a form is for the address that it shows.
    let newer = wait(&mut anna, "a@example.net");
    assert_eq!(anna.open(&link).status, 410);
    assert_eq!(anna.open(&newer).status, 200);
    assert_eq!(confirm(&mut anna, "anna@example.net").status, 410);
    // Whether somebody has an address is told to whoever reads what is sent there, and to nobody else.
    let taken = wait(&mut anna, "paul@example.org");
    assert_eq!(anna.open(&taken).status, 200);
    let refused = confirm(&mut anna, "paul@example.org");
    assert!(refused.status == 410 && refused.text().contains("Somebody else has this address"), "{}", refused.text());
    daemon.advance(std::time::Duration::from_secs(3600));
    let late = wait(&mut anna, "late@example.net");
    daemon.advance(std::time::Duration::from_secs(3601));
    anna = signed_in(&daemon, "anna");
    assert_eq!(anna.open(&late).status, 410);
    // A new password ends it: somebody who knew the old one may have asked for it.
    let stolen = wait(&mut anna, "thief@example.net");
    daemon.as_administrator("ldappasswd").args(["-s", "papillon-granit-ruche-84", &daemon.person_dn("anna")]).succeeds();
    daemon.as_administrator("ldappasswd").args(["-s", OLD, &daemon.person_dn("anna")]).succeeds();
    anna = signed_in(&daemon, "anna");
    assert_eq!(anna.open(&stolen).status, 410);
    assert!(attributes(&daemon).contains("mail: anna@example.org"));
}

#[test]
fn an_address_of_one_s_own_is_asked_for_one_at_a_time_and_not_too_often() {
    let daemon = house(|_| ());
    let mut anna = signed_in(&daemon, "anna");
    let mut said = |mail| save(&mut anna, &[("mail", mail), ("telephone", ""), ("password", OLD)]).text();
    assert!(said("a@example.net, b@example.net").contains("one new address at a time"));
    assert!(said("a@example.net").contains("A link was sent"));
    assert!(said("b@example.net").contains("Several emails were sent for you already"));
    // Over LDAP a client would find that what it has changed is as it was.
    let own = |change: &str| {
        let change = format!("dn: {}\nchangetype: modify\n{change}\n", daemon.person_dn("anna"));
        daemon.client("ldapmodify", &daemon.person_dn("anna"), OLD).stdin(change)
    };
    for mail in ["c@example.net", "anna@example.org\nmail: c@example.net"] {
        let refused = own(&format!("replace: mail\nmail: {mail}")).exits(53);
        assert!(refused.stderr.contains("once a link that is sent there is confirmed"), "{}", refused.stderr);
    }
    own("delete: mail").succeeds();
    assert!(!attributes(&daemon).contains("mail:"));
}

#[test]
fn what_the_settings_do_not_let_people_change_is_not_there() {
    let daemon = house(|config| config.directory.self_mail = false);
    let mut anna = signed_in(&daemon, "anna");
    let page = anna.open("/account/mail");
    assert!(page.body.contains("name=\"telephone\"") && !page.body.contains("name=\"mail\""), "{}", page.body);
    let (csrf, seen) = (page.csrf(), page.hidden("seen").unwrap());
    let forged = [("csrf", csrf.as_str()), ("seen", &seen), ("mail", "thief@example.net"), ("telephone", ""), ("password", OLD)];
    assert_eq!(anna.post("/account/mail", &forged).status, 403);
    assert!(attributes(&daemon).contains("mail: anna@example.org"));

    let neither = house(|config| (config.directory.self_mail, config.directory.self_telephone) = (false, false));
    assert!(!signed_in(&neither, "anna").open("/account").body.contains("href=\"/account/mail\""));
    assert_eq!(signed_in(&neither, "anna").open("/account/mail").status, 404);
    assert_eq!(Pages::at(neither.public_url()).get("/account/mail").status, 303);
}

#[test]
fn a_form_that_was_open_while_something_changed_saves_nothing() {
    let daemon = house(|_| ());
    let mut anna = signed_in(&daemon, "anna");
    let page = anna.open("/account/mail");
    let (csrf, seen) = (page.csrf(), page.hidden("seen").unwrap());
    let change = format!("dn: {}\nchangetype: modify\nreplace: mail\nmail: other@example.org\n", daemon.person_dn("anna"));
    daemon.advance(std::time::Duration::from_secs(1));
    daemon.as_administrator("ldapmodify").stdin(change).succeeds();
    let fields = [("csrf", csrf.as_str()), ("seen", &seen), ("mail", "mine@example.org"), ("telephone", ""), ("password", OLD)];
    let answer = anna.post("/account/mail", &fields);
    assert!(answer.status == 422 && answer.text().contains("have changed meanwhile"), "{}", answer.text());
    assert!(answer.body.contains("value=\"other@example.org\"") && attributes(&daemon).contains("mail: other@example.org"));
}

#[test]
fn a_password_is_judged_while_it_is_typed_as_it_is_when_it_is_sent() {
    let daemon = house(|_| ());
    let mut anna = signed_in(&daemon, "anna");
    let page = anna.open("/account/password");
    assert!(page.body.contains("data-strength=\"/account/password/strength\""), "{}", page.body);
    let csrf = page.csrf();
    for (typed, said) in [
        ("papillon-granit-ruche-84", "good\nThis password is good."),
        ("short", "weak\nThe password is too short"),
        ("anna-martin-anna", "weak\nThe password is little more than"),
        ("", "weak\nThe password is empty"),
    ] {
        let answer = anna.post("/account/password/strength", &[("csrf", &csrf), ("new", typed)]);
        assert!(answer.status == 200 && answer.body.starts_with(said), "{typed}: {answer:?}");
    }
    assert_eq!(anna.post("/account/password/strength", &[("new", "x")]).status, 403);
    let mut stranger = Pages::at(daemon.public_url());
    let csrf = stranger.open("/forgot").csrf();
    assert_eq!(stranger.post("/account/password/strength", &[("csrf", &csrf), ("new", "x")]).location(), Some("/sign-in"));
    assert_eq!(stranger.post("/reset/strength", &[("csrf", &csrf), ("new", "x")]).status, 404);

    // Whoever has a link; and nobody without end.
    let mut mails = Mails::of(daemon.mail_directory());
    stranger.submit("/forgot", "/forgot", &[("identifier", "anna")]);
    stranger.open(&mails.expect("reset-link", "anna@example.org").link("r"));
    let csrf = stranger.open("/reset").csrf();
    let ask = |pages: &mut Pages| pages.post("/reset/strength", &[("csrf", &csrf), ("new", "papillon-granit-ruche-84")]).body;
    assert!(ask(&mut stranger).starts_with("good\n"));
    assert!((0..60).any(|_| ask(&mut stranger).is_empty()), "sixty in no time are all answered");
    daemon.advance(std::time::Duration::from_secs(10));
    assert!(ask(&mut stranger).starts_with("good\n"));
}

#[test]
fn administrators_see_why_mails_wait_and_send_or_drop_them() {
    let daemon = house(|_| ());
    for (login, role) in [("ada", "administrator"), ("mia", "manager")] {
        daemon.add_person(login, OLD);
        let change = format!("dn: {}\nchangetype: modify\nreplace: binderyRole\nbinderyRole: {role}\n", daemon.person_dn(login));
        daemon.as_administrator("ldapmodify").stdin(change).succeeds();
    }
    let mut ada = signed_in(&daemon, "ada");
    assert!(ada.open("/mail").text().contains("No email is waiting"));
    // The mails wait: where they are written to is no directory.
    let written = daemon.mail_directory().to_owned();
    fs::rename(&written, written.with_extension("away")).unwrap();
    fs::write(&written, "not a directory").unwrap();
    for attempt in ["one", "two"] {
        let password = format!("papillon-granit-{attempt}-ruche");
        daemon.as_administrator("ldappasswd").args(["-s", &password, &daemon.person_dn("anna")]).succeeds();
    }
    let system = Caller { actor: Actor::System, source: Source::Internal, must_change: false };
    let queue = || daemon.wait_for(daemon.directory().list_mail(&system, None, 9)).unwrap();
    until(|| queue().len() == 2 && queue().iter().any(|mail| mail.fault.is_some()), || format!("{:?}", queue()));
    let page = ada.open("/mail");
    assert!(page.text().contains("anna@example.org") && page.text().contains("Notice of a changed password"), "{}", page.text());
    assert!(!ada.open("/account").text().contains("Emails have been waiting"), "not for five minutes yet");
    daemon.advance(std::time::Duration::from_secs(301));
    until(|| ada.open("/account").text().contains("Emails have been waiting"), || "no banner".to_owned());
    assert!(!signed_in(&daemon, "mia").open("/account").text().contains("Emails have been waiting"));

    let (first, second) = (queue()[0].op, queue()[1].op);
    let question = ada.open(&format!("/mail/{first}/drop"));
    assert!(question.text().contains("Do not send this email?") && question.text().contains("anna@example.org"), "{}", question.text());
    let drop = format!("/mail/{first}/drop");
    let dropped = ada.submit(&drop, &drop, &[]);
    assert!(ada.follow(dropped).text().contains("The email will not be sent."));
    assert_eq!(queue().len(), 1);
    assert_eq!(ada.open(&drop).status, 404);
    fs::remove_file(&written).unwrap();
    fs::rename(written.with_extension("away"), &written).unwrap();
    let csrf = ada.open("/mail").csrf();
    let tried = ada.post("/mail/retry", &[("csrf", &csrf), ("mail", &second.to_string())]);
    assert!(ada.follow(tried).text().contains("The email is tried now."));
    until(|| queue().is_empty(), || format!("{:?}", queue()));
    let gone = ada.post("/mail/retry", &[("csrf", &csrf), ("mail", &second.to_string())]);
    assert!(ada.follow(gone).text().contains("is not waiting any more"));
    for (path, fields) in [("/mail/retry", &[("mail", "x")][..]), ("/mail/retry", &[]), ("/mail/zz/drop", &[])] {
        let answer = ada.post(path, &[&[("csrf", csrf.as_str())], fields].concat());
        assert!(matches!(answer.status, 400 | 404), "{path}: {}", answer.status);
    }

    // It is not there for anybody else.
    for login in ["mia", "anna"] {
        if login == "anna" {
            daemon.as_administrator("ldappasswd").args(["-s", OLD, &daemon.person_dn("anna")]).succeeds();
        }
        let mut other = signed_in(&daemon, login);
        assert_eq!((other.open("/mail").status, other.open(&drop).status), (404, 404), "{login}");
        let csrf = other.open("/account").csrf();
        assert_eq!(other.post("/mail/retry", &[("csrf", &csrf), ("mail", &second.to_string())]).status, 403, "{login}");
        assert_eq!(other.post(&drop, &[("csrf", &csrf)]).status, 403, "{login}");
    }
    assert_eq!(Pages::at(daemon.public_url()).get("/mail").status, 303);
}
