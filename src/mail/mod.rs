//! Mail: takes what the outbox holds, writes it, and hands it to the relay. The only user of lettre. Not in charge of
//! what is in a mail's place when something fails: that is `directory/letters.rs`.

mod compose;
mod document;
mod message;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::directory::Directory;
use crate::domain::language::Language;
use crate::observe::metrics::Metrics;
use crate::secret::Secret;
use crate::text::{Texts, Zone};

/// How mails go out, and what they say of the organisation.
#[derive(Debug)]
pub struct Settings {
    /// Where to.
    pub transport: Transport,
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
pub enum Transport {
    /// Files, `.eml`, in this directory: for demonstrations.
    Files(PathBuf),
    /// A relay.
    Smtp(Relay),
}

/// A relay, by SMTP.
#[derive(Debug)]
pub struct Relay {
    /// Its name, which its certificate must have.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is secured.
    pub security: Security,
    /// Login and password, if it asks for them.
    pub login: Option<(String, Secret)>,
    /// PEM of authorities that its certificate may be from, in place of the machine's.
    pub authorities: Option<Vec<u8>>,
    /// How long each step may take.
    pub timeout: Duration,
}

/// How a connection to a relay is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// STARTTLS, without which nothing is sent.
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// None: for a relay on this machine.
    None,
}

/// Why no mail can be sent with these settings.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {}

/// Sends what the outbox holds, until it is told to stop.
pub struct Worker {}

impl Worker {
    /// A worker over `directory`.
    ///
    /// # Errors
    /// What is wrong with the settings.
    pub fn new(directory: Arc<Directory>, texts: Arc<Texts>, metrics: Arc<Metrics>, settings: Settings) -> Result<Worker, SetupError> {
        todo!()
    }

    /// Works until `stop`; what is being handed over is finished first.
    pub async fn work(self, stop: CancellationToken) {
        todo!()
    }
}

/// Sends a test mail to `address` now, without the outbox, and says for people what goes wrong.
///
/// # Errors
/// What went wrong, as a text for an administrator: name not found, refused, certificate, login ...
pub async fn test(settings: Settings, texts: &Texts, address: &str) -> Result<(), String> {
    todo!()
}
