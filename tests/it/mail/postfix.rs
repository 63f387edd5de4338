//! A whole reset by way of Debian's Postfix: STARTTLS, its own rules for what it takes, and delivery into a maildir.

use bindery::config::MailSecurity;

use super::{House, OLD};
use crate::harness::Authority;
use crate::harness::postfix::Postfix;

#[test]
fn a_forgotten_password_by_way_of_postfix() {
    let authority = Authority::new();
    let postfix = Postfix::start(&authority);
    let directory = tempfile::tempdir().unwrap();
    let ca = directory.path().join("ca.pem");
    std::fs::write(&ca, &authority.pem).unwrap();
    let house = House::with(postfix.port(), |config| {
        config.mail.security = MailSecurity::StartTls;
        config.mail.ca = Some(ca);
    });
    house.move_in("louisem");
    house.move_in("paulb");
    house.ask("louisem");
    let link = postfix.expect(1).remove(0);
    assert!(link.header.contains(" with ESMTPS "), "{}", link.header);
    assert!(link.line("Message-ID").unwrap().ends_with("@example.org>"), "kept as it was given");
    house.press(&link.token("r"));
    let mails = postfix.expect(3);
    house.emptied();
    let password = mails.iter().find(|mail| mail.line("Subject") == Some("Votre nouveau mot de passe sur Exemple")).unwrap().password();
    assert!(house.binds("louisem", &password));
    assert!(!house.binds("louisem", OLD));

    // Postfix knows nobody of this name: it says so, and the mail waits for an administrator.
    house.ask("paulb");
    let given_up = house.tried(1);
    assert!(given_up.due.is_none() && given_up.fault.as_ref().unwrap().contains("refuses the recipient (550 5.1.1"), "{given_up:?}");
}
