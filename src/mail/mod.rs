//! Mail: takes what the outbox holds, writes it, and hands it to the relay. The only user of lettre. Not in charge of
//! what is in a mail's place when something fails: that is `directory/letters/mod.rs`.

mod carrier;
mod clear;
mod compose;
mod document;
mod fault;
mod files;
mod message;
mod relay;
mod worker;

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use crate::clock::Clock;
use crate::domain::colour::Colour;
use crate::domain::id::OpId;
use crate::domain::language::Language;
use crate::secret::{self, Secret};
use crate::text::{Texts, Zone};

pub use worker::Worker;

use carrier::Carrier;
use message::Addressed;

/// How mails go out, and what they say of the organisation.
#[derive(Debug)]
pub struct MailSettings {
    /// Where to.
    pub transport: MailRoute,
    /// The sender, as `Name <address>`.
    pub from: String,
    /// Where answers go; none: to the sender.
    pub reply_to: Option<String>,
    /// The base of links, without a slash at the end.
    pub public_url: String,
    /// The name of the site, as people know it.
    pub site: String,
    /// Whom to turn to for help, as a text.
    pub support: Option<String>,
    /// The organisation's colour, of buttons and links.
    pub colour: Colour,
    /// The language for those who name none; none: that of the page that was used.
    pub language: Option<Language>,
    /// The time zone that times are told in.
    pub zone: Zone,
    /// Mails that are sent at once.
    pub senders: usize,
    /// What time it is.
    pub clock: Clock,
}

/// Where mails go.
#[derive(Debug)]
pub enum MailRoute {
    /// Files, `.eml`, in this directory: for demonstrations.
    Files(PathBuf),
    /// A relay.
    Smtp(Relay),
}

/// A relay, by SMTP.
#[derive(Clone, Debug)]
pub struct Relay {
    /// Its name, which its certificate must have.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is secured.
    pub security: RelaySecurity,
    /// Login and password, if it asks for them.
    pub login: Option<(String, Secret)>,
    /// PEM of authorities that its certificate may be from, in place of the machine's.
    pub authorities: Option<Vec<u8>>,
    /// How long each step may take.
    pub timeout: Duration,
}

/// How a connection to a relay is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelaySecurity {
    /// STARTTLS, without which nothing is sent.
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// None: for a relay on this machine.
    None,
}

/// Why no mail can be sent with these settings.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// An address of the organisation's is none.
    #[error("{setting}: \"{address}\" is not an address in ASCII; write it as \"Name <name@example.org>\"")]
    Address {
        /** Which. */
        setting: &'static str,
        /** As it is set. */
        address: String,
    },
    /// There are no authorities in their file.
    #[error("mail.ca: no certificates are in this file; name one with the authority's certificate in PEM")]
    Authorities,
    /// The directory of the mails cannot be had.
    #[error("mail.directory: {directory}: {error}; name a directory that the daemon may write into")]
    Directory {
        /** Which. */
        directory: PathBuf,
        /** Why. */
        error: io::Error,
    },
}

/// Sends a test mail to `address` now, without the outbox, and says for people what goes wrong. Gives what has taken it:
/// the relay, or a directory.
///
/// # Errors
/// What went wrong, as a text for an administrator: name not found, refused, certificate, login ...
pub async fn test(settings: MailSettings, texts: &Texts, address: &str) -> Result<String, String> {
    let carrier = Carrier::new(&settings).map_err(|error| error.to_string())?;
    let now = settings.clock.now();
    let document = compose::compose_test(texts, &settings, carrier.place(), now);
    let addressed = Addressed { to: address, name: None, id: (OpId(secret::random()), 1) };
    let mail = message::write(carrier.identity(), &addressed, &document, now);
    let mail = mail.map_err(|_| format!("\"{address}\" is not an address that mail can be sent to"))?;
    carrier.carry("test", mail).await.map_err(|fault| fault.to_string())?;
    Ok(carrier.place().to_owned())
}
