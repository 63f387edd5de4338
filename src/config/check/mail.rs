//! Judges `[mail]`.

use std::time::Duration;

use super::{Findings, private};
use crate::config::public_url::is_loopback;
use crate::config::{Config, MailConfig, MailSecurity, MailTransport, private_file};

/// What is wrong with how mails go out.
pub(super) fn check(config: &Config, found: &mut Findings<'_>) {
    let mail = &config.mail;
    match mail.transport {
        MailTransport::None => {
            if config.pages_configured() {
                let what = "is \"none\", so who forgot their password is sent to their manager";
                found.warning("mail.transport", what, "write \"smtp\" and name your mail server in mail.host");
            }
            return;
        }
        MailTransport::Smtp => relay(mail, found),
        MailTransport::File => {
            if mail.directory.is_none() {
                found.error(
                    "mail.directory",
                    "is not set, but mail.transport is \"file\"",
                    "name a directory that the daemon's user may write to",
                );
            }
            found.warning(
                "mail.transport",
                "is \"file\": mails are written down here and sent to nobody",
                "write \"smtp\" outside of demonstrations",
            );
        }
    }
    if !config.pages_configured() {
        let remedy = "set it, or write \"none\" in mail.transport";
        found.error("web.public_url", "is not set, but mails are sent, and link to the pages", remedy);
    }
    addresses(mail, found);
    found.lasts("mail.timeout", mail.timeout, Duration::from_secs(1)..=Duration::from_secs(300));
    found.within("mail.senders", mail.senders as u64, 1..=64);
}

fn addresses(mail: &MailConfig, found: &mut Findings<'_>) {
    let remedy = "write it as \"Example <no-reply@example.org>\"";
    match &mail.from {
        None => found.error("mail.from", "is not set, but mails are sent", remedy),
        Some(from) if !is_mailbox(from) => found.error("mail.from", format!("{from:?} is no sender"), remedy),
        Some(_) => {}
    }
    if let Some(reply_to) = &mail.reply_to
        && !is_mailbox(reply_to)
    {
        found.error("mail.reply_to", format!("{reply_to:?} is no address"), "write it as \"Help desk <help@example.org>\"");
    }
}

fn relay(mail: &MailConfig, found: &mut Findings<'_>) {
    let Some(host) = mail.host.as_deref().filter(|host| !host.trim().is_empty()) else {
        found.error("mail.host", "is not set, but mail.transport is \"smtp\"", "name your mail server, such as \"smtp.example.org\"");
        return;
    };
    if mail.port == Some(0) {
        found.error("mail.port", "is 0", "write 587 for STARTTLS, 465 for TLS from the start");
    }
    if mail.security == MailSecurity::None && !is_loopback(host) {
        clear_text(mail, found);
    }
    login(mail, found);
    if let Some(path) = &mail.ca
        && let Err(error) = private_file(path)
    {
        found.error("mail.ca", error.to_string(), "name a PEM file that the daemon's user can read, or remove it to trust the machine's");
    }
}

/// A mail with a link is worth as much as a password.
fn clear_text(mail: &MailConfig, found: &mut Findings<'_>) {
    let remedy = "write \"starttls\" or \"tls\", or have a mail server on this machine pass the mails on";
    if mail.user.is_some() {
        found.error("mail.security", "is \"none\": the password for the mail server would cross the network in clear", remedy);
    } else if mail.allow_cleartext {
        found.warning("mail.allow_cleartext", "lets links and passwords cross the network for anybody to read", "set it to false");
    } else {
        let what = "is \"none\" for a mail server on another machine: links and passwords would cross the network in clear";
        found.error("mail.security", what, format!("{remedy}; only where the network is nobody else's, set mail.allow_cleartext to true"));
    }
}

fn login(mail: &MailConfig, found: &mut Findings<'_>) {
    match (&mail.user, &mail.password) {
        (Some(_), None) => found.error("mail.user", "has no password", "name the file that holds it in mail.password"),
        (None, Some(_)) => found.error("mail.password", "is for nobody", "name the login at the mail server in mail.user"),
        (None, None) => {}
        (Some(_), Some(path)) => {
            if let Err(error) = private_file(path) {
                let remedy = "name a file that holds nothing but the password, or \"credential:NAME\" with LoadCredential= in the unit";
                found.error("mail.password", error.to_string(), remedy);
            }
            private("mail.password", path, found);
        }
    }
}

/// `address`, or `Name <address>`; what else a sender may be (RFC 5322 §3.4) nobody writes here.
fn is_mailbox(text: &str) -> bool {
    let address = match text.split_once('<') {
        None => text.trim(),
        Some((_, rest)) => match rest.trim_end().strip_suffix('>') {
            Some(address) => address.trim(),
            None => return false,
        },
    };
    let unwanted = |character: char| character.is_control() || character.is_whitespace() || "<>,;:\"()[]\\".contains(character);
    let dotted = |text: &str| text.split('.').all(|part| !part.is_empty());
    let parts = address.split_once('@');
    !text.contains(char::is_control)
        && address.is_ascii()
        && !address.contains(unwanted)
        && parts.is_some_and(|(local, domain)| dotted(local) && dotted(domain) && !domain.contains('@'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_an_address_with_or_without_a_name() {
        for (text, good) in [
            ("no-reply@example.org", true),
            ("Atelier Dubois <no-reply@example.org>", true),
            ("  <no-reply@example.org> ", true),
            ("no-reply", false),
            ("@example.org", false),
            ("no-reply@", false),
            ("a@b@example.org", false),
            ("a@example.org, b@example.org", false),
            ("Name <a@example.org", false),
            ("Name <a@example.org>\r\nBcc: b@example.org", false),
            ("", false),
        ] {
            assert_eq!(is_mailbox(text), good, "{text:?}");
        }
    }
}
