//! What `bindery init` asks of the pages and of mail, and what it writes of them into the configuration.

use std::path::PathBuf;

use super::failure::Failure;
use super::init_config::{ConfigLine, quoted, quoted_path};
use super::init_place::InstallationPlace;
use crate::config::PublicUrl;

/// The pages where people ask for a new password, and the mail server that sends it.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct People {
    /// The address of the pages where people ask for a new password, such as https://login.example.org; without it there
    /// are none
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// The mail server that takes the mails, with STARTTLS on port 587; without it none are sent
    #[arg(long, value_name = "NAME", requires = "public_url")]
    mail_host: Option<String>,
    /// The sender of the mails; without it, no-reply@ and the domain that the suffix spells
    #[arg(long, value_name = "ADDRESS", requires = "mail_host")]
    mail_from: Option<String>,
    /// The login at the mail server
    #[arg(long, value_name = "LOGIN", requires = "mail_password_file")]
    mail_user: Option<String>,
    /// The file that holds the password for it
    #[arg(long, value_name = "FILE", requires = "mail_user")]
    mail_password_file: Option<PathBuf>,
}

impl People {
    /// The host that people open, for the certificate.
    pub fn host(&self) -> Option<String> {
        let url = self.public_url.as_deref().map(PublicUrl::parse)?.ok()?;
        Some(url.host().to_owned())
    }

    /// The lines of the configuration; `organisation` and `domain` make the sender where none is named.
    ///
    /// # Errors
    /// What cannot be written in a configuration.
    pub fn lines(&self, place: &InstallationPlace, organisation: &str, domain: &str) -> Result<Vec<ConfigLine>, Failure> {
        let mut lines = Vec::new();
        let Some(url) = &self.public_url else { return Ok(lines) };
        lines.push(("web", "public_url", quoted(url)?));
        if let Ok(url) = PublicUrl::parse(url) {
            if !url.is_secure() {
                lines.push(("web", "tls", "false".to_owned()));
            }
            // Where the links of the mails lead.
            let everywhere = place.private.is_none() && !url.is_loopback();
            let address = if everywhere { "[::]" } else { "127.0.0.1" };
            lines.push(("web", "listen", format!("[\"{address}:{}\"]", url.port())));
        }
        let Some(host) = &self.mail_host else { return Ok(lines) };
        let from = self.mail_from.clone().unwrap_or_else(|| format!("{} <no-reply@{domain}>", phrase(organisation)));
        lines.extend([("mail", "transport", quoted("smtp")?), ("mail", "host", quoted(host)?), ("mail", "from", quoted(&from)?)]);
        if let (Some(user), Some(file)) = (&self.mail_user, &self.mail_password_file) {
            let file = std::path::absolute(file).map_err(|error| Failure::usage(format!("cannot use {}: {error}", file.display())))?;
            lines.extend([("mail", "user", quoted(user)?), ("mail", "password", quoted_path(&file)?)]);
        }
        Ok(lines)
    }

    /// What is left to do for people who forget their passwords.
    pub fn hint(&self, place: &InstallationPlace) -> String {
        let config = place.config.display();
        match (&self.public_url, &self.mail_host) {
            (None, _) => format!(
                "\nPeople who forget their password can help themselves by mail, once [web] and [mail] of\n{config} say \
                 where: public_url, then transport, host and from.\n"
            ),
            (Some(_), None) => format!("\nNo mails are sent yet: name your mail server in [mail] of {config}.\n"),
            (Some(url), Some(_)) => {
                format!("\nThe pages will be at {url}. See that mails go out:\n  bindery mail test you@example.org --config {config}\n")
            }
        }
    }
}

/// `name` as it may stand before an address (RFC 5322 §3.2.5), without what would end it.
fn phrase(name: &str) -> String {
    name.chars().filter(|character| !"<>()[]:;@\\,\"".contains(*character)).collect::<String>().trim().to_owned()
}
