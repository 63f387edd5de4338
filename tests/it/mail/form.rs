//! What a mail looks like to who gets it: its language, its names, its links, and how another program reads it.

use bindery::domain::language::Language;

use super::{House, OLD};
use crate::harness::{Mail, Program, Sink};

/// The links' mail of whoever asks by `identifier`.
fn mailed(house: &House, sink: &Sink, identifier: &str) -> Mail {
    let before = sink.received().len();
    house.ask(identifier);
    sink.expect(before + 1).remove(before).mail()
}

#[test]
fn a_mail_is_in_the_language_of_its_account_or_of_the_page() {
    let sink = Sink::start();
    let house = House::at(sink.port());
    house.add("louisem", "cn: Louise Martin\nmail: louisem@example.org\npreferredLanguage: en-GB, fr;q=0.5");
    house.add("paulb", "cn: Paul Bernard\nmail: paulb@example.org\npreferredLanguage: fr");
    house.add("zoef", "cn: Zoé Faure\nmail: zoef@example.org");
    for (login, page, hello, subject) in [
        ("louisem", Language::French, "Hello Louise Martin,", "Your link to a new password on Exemple"),
        ("paulb", Language::English, "Bonjour Paul Bernard,", "Votre lien pour un nouveau mot de passe sur Exemple"),
        ("zoef", Language::French, "Bonjour Zoé Faure,", "Votre lien pour un nouveau mot de passe sur Exemple"),
    ] {
        let before = sink.received().len();
        house.ask_in(login, page);
        let mail = sink.expect(before + 1).remove(before).mail();
        assert!(mail.text.starts_with(hello) && mail.html.contains(hello), "{}", mail.text);
        assert_eq!(mail.line("Subject"), Some(subject));
        assert_eq!(mail.line("Content-Language"), Some(if hello.starts_with("Hello") { "en" } else { "fr" }));
        assert!(mail.html.contains(&format!("<html lang=\"{}\">", mail.line("Content-Language").unwrap())));
    }
}

#[test]
fn the_organisation_s_language_comes_before_the_page_s() {
    let sink = Sink::start();
    let house = House::with(sink.port(), |config| config.web.language = Some(bindery::config::PageLanguage::En));
    house.move_in("louisem");
    assert!(mailed(&house, &sink, "louisem").text.starts_with("Hello "));
}

#[test]
fn a_mail_says_who_asked_when_and_from_where() {
    let sink = Sink::start();
    let house = House::at(sink.port());
    house.move_in("louisem");
    let mail = mailed(&house, &sink, "LOUISEM@EXAMPLE.ORG");
    let text = mail.text.replace(['\u{a0}', '\u{202f}'], " ");
    for said in
        ["louisem", "Exemple", "22 novembre 2026 à 10 h 00 (heure d’Europe centrale)", "192.0.2.7", "Valable 1 heure, jusqu’à 11 h 00"]
    {
        assert!(text.replace('\n', " ").contains(said), "no {said:?} in {text}");
    }
    assert_eq!(mail.recipients(), ["louisem@example.org"], "the address as the account has it");
    let url = house.daemon.public_url();
    for (kind, link) in [("r", mail.link("r")), ("n", mail.link("n"))] {
        assert!(link.starts_with(&format!("{url}/{kind}/")) && link.len() <= 100, "{link}");
        assert!(mail.text.lines().any(|line| line == link), "alone on its line: {}", mail.text);
        assert!(mail.html.contains(&format!("href=\"{link}\"")), "{}", mail.html);
        assert!(mail.source.lines().any(|line| line == link), "whole in the source too: {}", mail.source);
    }
    assert_ne!(mail.token("r"), mail.token("n"));
    for header in ["Date", "Message-ID", "MIME-Version"] {
        assert!(mail.line(header).is_some(), "no {header}");
    }
    assert_eq!(mail.line("Auto-Submitted"), Some("auto-generated"));
    assert!(mail.line("Message-ID").unwrap().ends_with("@example.org>"), "{:?}", mail.line("Message-ID"));
    assert_eq!(mail.line("Date"), Some("Sun, 22 Nov 2026 09:00:00 +0000"));
    assert!(
        mail.html.matches("http").count() == mail.html.matches(url).count() && !mail.html.contains("<img") && !mail.html.contains("src="),
        "{}",
        mail.html
    );
}

#[test]
fn accounts_behind_one_address_each_have_their_link() {
    let sink = Sink::start();
    let house = House::at(sink.port());
    for login in ["louisem", "direction"] {
        house.add(login, &format!("cn: {login}\nmail: shared@example.org"));
    }
    let mail = mailed(&house, &sink, "shared@example.org");
    assert_eq!(mail.recipients(), ["shared@example.org"]);
    assert_eq!((mail.links("r").len(), mail.links("n").len()), (2, 2));
    for link in mail.links("r") {
        let login = mail.text.lines().take_while(|line| *line != link).last().unwrap();
        let token = link.rsplit('/').next().unwrap();
        let page = house.daemon.wait_for(house.daemon.directory().reset_link(&bindery::secret::Secret::new(token))).unwrap();
        assert!(login.contains(&page.login), "{login:?} stands above the link for {}", page.login);
    }
    house.emptied();
    assert_eq!(sink.received().len(), 1);
}

#[test]
fn names_are_shown_as_they_are_written_and_reach_nobody_else() {
    let sink = Sink::start();
    let house = House::at(sink.port());
    let name = "<a href=\"https://evil.example.com\">Louise</a> & \"Co\", eve@example.com";
    house.add("louisem", &format!("cn: Louise\ndisplayName: {name}\nmail: louisem@example.org"));
    let received = {
        house.ask("louisem");
        sink.expect(1).remove(0)
    };
    assert_eq!(received.to, ["louisem@example.org"]);
    let mail = received.mail();
    assert!(!mail.html.contains("evil.example.com\">") && mail.html.contains("&#60;a href="), "{}", mail.html);
    assert!(mail.text.starts_with(&format!("Bonjour {}", &name[..20])), "{}", mail.text);
    assert_eq!(mail.header.to_lowercase().matches("\nto:").count() + usize::from(mail.header.to_lowercase().starts_with("to:")), 1);
}

#[test]
fn another_program_reads_the_same() {
    let sink = Sink::start();
    let house = House::at(sink.port());
    house.add("zoef", "cn:: Wm/DqSBGYXVyZQ==\nmail: zoef@example.org");
    house.ask("zoef");
    let received = sink.expect(1).remove(0);
    let script = "import sys, email, email.policy\n\
        mail = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)\n\
        assert not mail.defects, mail.defects\n\
        assert mail.get_content_type() == 'multipart/alternative'\n\
        assert [part.get_content_type() for part in mail.iter_parts()] == ['text/plain', 'text/html']\n\
        assert all(not part.defects for part in mail.walk())\n\
        print(mail['To'].addresses[0].display_name, mail['To'].addresses[0].addr_spec, mail['Subject'], sep='\\n')\n\
        sys.stdout.write(mail.get_body(('plain',)).get_content().replace('\\r\\n', '\\n'))\n";
    let said = Program::new("python3").args(["-c", script]).stdin(received.source.clone()).succeeds().stdout;
    let mail = received.mail();
    let (head, text) = said.split_at(said.match_indices('\n').nth(2).unwrap().0 + 1);
    assert_eq!(head, "Zoé Faure\nzoef@example.org\nVotre lien pour un nouveau mot de passe sur Exemple\n");
    assert_eq!(text.trim_end(), mail.text.trim_end());
    assert!(text.lines().any(|line| line == mail.link("r")), "{text}");
}

#[test]
fn a_notice_says_who_changed_the_password_and_how() {
    let sink = Sink::start();
    let house = House::at(sink.port());
    house.add("louisem", "cn: Louise Martin\nmail: louisem@example.org\npreferredLanguage: fr");
    let dn = house.daemon.person_dn("louisem");
    let new = "papillon-granit-ruche-84";
    house.daemon.client("ldappasswd", &dn, OLD).args(["-a", OLD, "-s", new]).succeeds();
    let own = sink.expect(1).remove(0).mail();
    house.daemon.as_administrator("ldappasswd").args(["-s", OLD, &dn]).succeeds();
    let administrators = sink.expect(2).remove(1).mail();
    for (mail, by, from) in [
        (own, "avec l’ancien mot de passe", "l’adresse 127.0.0.1"),
        (administrators, "par l’administration du serveur", "le serveur lui-même"),
    ] {
        let text = mail.text.replace('\u{a0}', " ");
        assert!(text.contains(&format!("Comment : {by}")) && text.contains(&format!("Depuis : {from}")), "{text}");
        assert!(text.contains(&format!("{}/forgot", house.daemon.public_url())), "{text}");
        assert!(!mail.source.contains(new) && !mail.source.contains(OLD));
    }
}
