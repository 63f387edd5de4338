//! In which language a page is, and how to choose another.

use bindery::config::PageLanguage;

use crate::harness::{InProcess, Pages};

#[test]
fn the_choice_is_kept_and_leads_back_to_where_it_was_made() {
    let daemon = InProcess::with_pages(|_| ());
    let mut visitor = Pages::in_language(daemon.public_url(), "de, fr;q=0.8, en;q=0.5");
    let page = visitor.open("/forgot");
    assert!(page.body.contains("<html lang=\"fr\">") && page.text().contains("Demander un nouveau mot de passe"), "{}", page.text());
    assert!(page.body.contains("/language?to=en&#38;back=/forgot"), "{}", page.body);
    let chosen = visitor.get("/language?to=en&back=/forgot");
    assert_eq!((chosen.status, chosen.location()), (303, Some("/forgot")));
    assert!(visitor.open("/forgot").text().contains("Request a new password"));
    assert!(visitor.get("/nowhere").text().contains("There is no such page"));
    for (query, back) in [
        ("to=fr&back=https://attaquant.example/", "/"),
        ("to=fr&back=//attaquant.example", "/"),
        ("to=fr&back=/language", "/"),
        ("to=fr&back=/forgot%0d%0aSet-Cookie:a=b", "/"),
        ("to=fr", "/"),
        ("", "/"),
    ] {
        assert_eq!(visitor.get(&format!("/language?{query}")).location(), Some(back), "{query}");
    }
    let before = visitor.cookies.clone();
    visitor.get("/language?to=nonsense&back=/forgot");
    assert_eq!(visitor.cookies, before);
}

#[test]
fn the_organisation_s_language_comes_before_the_browser_s_and_the_account_s_before_both() {
    let daemon = InProcess::with_pages(|config| config.web.language = Some(PageLanguage::Fr));
    daemon.add_person("anna", "boussole-noisette-quai-39");
    let ldif = format!("dn: {}\nchangetype: modify\nadd: preferredLanguage\npreferredLanguage: en\n", daemon.person_dn("anna"));
    daemon.as_administrator("ldapmodify").stdin(ldif).succeeds();
    let mut visitor = Pages::in_language(daemon.public_url(), "en");
    assert!(visitor.open("/sign-in").text().contains("Mot de passe oublié"));
    let fields = [("identifier", "anna"), ("password", "boussole-noisette-quai-39"), ("next", "/account")];
    let signed_in = visitor.submit("/sign-in", "/sign-in", &fields);
    let page = visitor.follow(signed_in);
    assert!(page.text().contains("Change my password"), "{}", page.text());
    visitor.get("/language?to=fr&back=/account");
    assert!(visitor.open("/account").text().contains("Changer mon mot de passe"));
}

#[test]
fn whoever_gets_no_mail_is_sent_to_their_manager() {
    let daemon = InProcess::with_pages(|config| config.mail.transport = bindery::config::MailTransport::None);
    let mut visitor = Pages::in_language(daemon.public_url(), "fr");
    let page = visitor.open("/forgot");
    assert!(page.text().contains("Adressez-vous à votre responsable") && !page.body.contains("<form"), "{}", page.text());
}
