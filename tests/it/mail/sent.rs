//! What others have sent, and the notices of a changed address, as they arrive.

use bindery::config::PageLanguage;
use bindery::directory::{Actor, Caller, PersonForm};
use bindery::domain::id::Id;
use bindery::domain::language::Language;
use bindery::domain::reset::ResetRequested;

use super::{House, OLD, SOMEWHERE, hours};
use crate::harness::{Mail, Pages, Sink};

const NEW: &str = "papillon-granit-ruche-84";

/// Ada, an administrator, who speaks French on her pages.
fn ada(house: &House) -> (Caller, ResetRequested) {
    let lines = "cn: Ada\ndisplayName: Ada Min\nmail: ada@example.org\nbinderyRole: administrator";
    house.add("ada", lines);
    let caller = Caller { actor: Actor::Account(id(house, "ada")), source: SOMEWHERE, must_change: false };
    (caller, ResetRequested { at: house.now(), source: SOMEWHERE, language: Language::French })
}

fn id(house: &House, login: &str) -> Id {
    let signed_in =
        house.daemon.wait_for(house.daemon.directory().sign_in(login, bindery::secret::Secret::new(OLD), None, SOMEWHERE)).unwrap();
    house.daemon.wait_for(house.daemon.directory().visitor(&signed_in.token)).unwrap().unwrap().account
}

fn plain(mail: &Mail) -> String {
    mail.text.replace(['\u{a0}', '\u{202f}'], " ").replace('\n', " ")
}

#[test]
fn a_link_that_somebody_sends_names_them_and_leads_to_a_new_password() {
    for (language, said, not_me) in [
        (PageLanguage::Fr, "Pour votre compte louisem sur Exemple, Ada Min vous envoie un lien", "Annuler ce lien"),
        (PageLanguage::En, "For your account louisem on Exemple, Ada Min sends you a link", "Cancel this link"),
    ] {
        let sink = Sink::start();
        let house = House::with(sink.port(), |config| config.web.language = Some(language));
        house.move_in("louisem");
        let (ada, requested) = ada(&house);
        let louise = id(&house, "louisem");
        house.daemon.wait_for(house.daemon.directory().send_link(&ada, louise, requested)).unwrap();
        let mail = sink.expect(1).remove(0).mail();
        assert!(plain(&mail).contains(said) && plain(&mail).contains(not_me), "{}", mail.text);
        assert!(!mail.text.contains("192.0.2.7"), "where the administrator sits is nobody's business: {}", mail.text);
        let mut visitor = Pages::at(house.daemon.public_url());
        visitor.open(&mail.link("r"));
        assert_eq!(visitor.submit("/reset", "/reset/chosen", &[("new", NEW), ("confirm", NEW)]).location(), Some("/reset/done"));
        assert!(house.binds("louisem", NEW));
    }
}

#[test]
fn a_password_that_somebody_sends_works_and_its_notice_names_them() {
    let sink = Sink::start();
    let house = House::at(sink.port());
    house.move_in("louisem");
    let (ada, requested) = ada(&house);
    let louise = id(&house, "louisem");
    house.daemon.wait_for(house.daemon.directory().send_password(&ada, louise, requested)).unwrap();
    let received = sink.expect(2);
    let (mail, notice) = (received[0].mail(), received[1].mail());
    assert!(plain(&mail).contains("Par : Ada Min") && plain(&mail).contains("Parlez-en à votre responsable"), "{}", mail.text);
    assert!(plain(&notice).contains("Comment : par un mot de passe que Ada Min vous a fait envoyer"), "{}", notice.text);
    house.emptied();
    assert!(house.binds("louisem", &mail.password()) && !house.binds("louisem", OLD));
}

#[test]
fn a_password_is_said_to_replace_the_former_one_only_where_there_was_one() {
    for (language, first, new, replaces) in [
        (PageLanguage::Fr, "Votre mot de passe sur Exemple", "Votre nouveau mot de passe sur Exemple", "Il remplace l’ancien."),
        (PageLanguage::En, "Your password on Exemple", "Your new password on Exemple", "It replaces the former one."),
    ] {
        let sink = Sink::start();
        let house = House::with(sink.port(), |config| config.web.language = Some(language));
        let (ada, requested) = ada(&house);
        let zoe = add_zoe(&house, ada, None);
        let mut sent = Vec::new();
        for mails in [2, 4] {
            house.daemon.wait_for(house.daemon.directory().send_password(&ada, zoe, requested)).unwrap();
            // Each is followed by the notice of it.
            sent.push(sink.expect(mails)[mails - 2].mail());
            house.emptied();
            house.daemon.advance(hours(1));
        }
        let said = |mail: &Mail| (mail.line("Subject").unwrap_or_default().to_owned(), plain(mail).contains(replaces));
        assert_eq!(sent.iter().map(said).collect::<Vec<_>>(), [(first.to_owned(), false), (new.to_owned(), true)]);
        assert!(house.binds("zoef", &sent[1].password()));
    }
}

#[test]
fn an_invitation_is_a_welcome_and_so_is_its_page() {
    for (language, tag, subject, welcome, ready) in [
        (PageLanguage::Fr, "fr", "Bienvenue sur Exemple", "Bienvenue !", "Votre compte sur Exemple est prêt."),
        (PageLanguage::En, "en", "Welcome to Exemple", "Welcome!", "Your account on Exemple is ready."),
    ] {
        let sink = Sink::start();
        let house = House::with(sink.port(), |config| config.web.language = Some(language));
        let (ada, requested) = ada(&house);
        add_zoe(&house, ada, Some(requested));
        let mail = sink.expect(1).remove(0).mail();
        house.emptied();
        assert_eq!(mail.line("Subject"), Some(subject));
        assert_eq!(mail.line("Content-Language"), Some(tag));
        assert!(plain(&mail).contains(welcome) && plain(&mail).contains("zoef") && plain(&mail).contains("Ada Min"), "{}", mail.text);
        assert!(mail.text.contains(&format!("{}/forgot", house.daemon.public_url())), "{}", mail.text);

        house.daemon.advance(hours(23));
        let mut visitor = Pages::at(house.daemon.public_url());
        let page = visitor.open(&mail.link("r"));
        assert!(page.text().replace(['\u{a0}', '\u{202f}'], " ").contains(ready), "{}", page.text());
        assert_eq!(visitor.submit("/reset", "/reset/chosen", &[("new", NEW), ("confirm", NEW)]).location(), Some("/reset/done"));
        assert!(house.binds("zoef", NEW));
    }
}

/// Ada adds Zoé, who may get an invitation.
fn add_zoe(house: &House, ada: Caller, invited: Option<ResetRequested>) -> Id {
    let text = |text: &str| Some(text.to_owned());
    let (surname, first_name, login, mail) = (text("Faure"), text("Zoé"), text("zoef"), text("zoef@example.org"));
    let form = PersonForm { surname, first_name, login, mail, ..PersonForm::default() };
    house.daemon.wait_for(house.daemon.directory().add_person(&ada, form, invited)).unwrap().id
}

#[test]
fn an_invitation_can_be_declined() {
    let sink = Sink::start();
    let house = House::at(sink.port());
    let (ada, requested) = ada(&house);
    add_zoe(&house, ada, Some(requested));
    let mail = sink.expect(1).remove(0).mail();
    house.emptied();
    let mut visitor = Pages::in_language(house.daemon.public_url(), "en");
    let page = visitor.open(&mail.link("n"));
    assert!(page.text().contains("An account was made with your email address"), "{}", page.text());
    assert_eq!(visitor.submit("/not-me", "/not-me", &[]).location(), Some("/not-me/done"));
    assert_eq!(Pages::at(house.daemon.public_url()).open(&mail.link("r")).status, 410);
}

#[test]
fn a_changed_address_is_told_to_the_old_and_the_new_one() {
    let sink = Sink::start();
    let house = House::at(sink.port());
    house.add("louisem", "cn: Louise\nmail: louisem@example.org\nmail: kept@example.org\npreferredLanguage: fr");
    let change = format!(
        "dn: {}\nchangetype: modify\nreplace: mail\nmail: louise@example.net\nmail: kept@example.org\n",
        house.daemon.person_dn("louisem")
    );
    house.daemon.as_administrator("ldapmodify").stdin(change).succeeds();
    let mut mails: Vec<(String, Mail)> = sink.expect(3).into_iter().map(|received| (received.to[0].clone(), received.mail())).collect();
    mails.sort_by(|one, other| one.0.cmp(&other.0));
    for ((to, mail), (expected, said, not)) in mails.iter().zip([
        ("kept@example.org", "ont changé ; celle-ci reste", ["louise@example.net", "louisem@example.org"]),
        ("louise@example.net", "est désormais celle du compte louisem", ["kept@example.org", "louisem@example.org"]),
        ("louisem@example.org", "n’est plus celle de votre compte louisem", ["kept@example.org", "louise@example.net"]),
    ]) {
        assert_eq!(to, expected);
        assert!(mail.html.contains("<title>Changement d’adresse e-mail sur Exemple</title>"), "{}", mail.html);
        assert!(plain(mail).contains(said) && plain(mail).contains("Par : l’administration du serveur"), "{}", mail.text);
        assert!(not.iter().all(|other| !mail.source.contains(other)), "one address tells of another: {}", mail.source);
    }
    house.emptied();
}
