//! `[mail]`: how mails go out.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::duration;

/// `[mail]`: how mails go out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MailConfig {
    /// Where to.
    pub transport: MailTransport,
    /// The sender, `Example <no-reply@example.org>`.
    pub from: Option<String>,
    /// Where answers go; none: to the sender.
    pub reply_to: Option<String>,
    /// The relay's name, which its certificate must have.
    pub host: Option<String>,
    /// The relay's port; none: 587 with STARTTLS, 465 with TLS from the start, 25 without.
    pub port: Option<u16>,
    /// How the connection to the relay is secured.
    pub security: MailSecurity,
    /// Whether a relay on another machine may be spoken to without TLS.
    pub allow_cleartext: bool,
    /// The login at the relay.
    pub user: Option<String>,
    /// The file with the password for it; `credential:NAME` reads it from systemd's `$CREDENTIALS_DIRECTORY`.
    pub password: Option<PathBuf>,
    /// Authorities that the relay's certificate may be from, PEM; none: the machine's.
    pub ca: Option<PathBuf>,
    /// Where the `file` transport writes.
    pub directory: Option<PathBuf>,
    /// How long each step with the relay may take.
    #[serde(with = "duration")]
    pub timeout: Duration,
    /// Mails that are sent at once.
    pub senders: usize,
}

/// Where mails go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTransport {
    /// Nowhere: none is written.
    #[default]
    None,
    /// To a relay.
    Smtp,
    /// Into files, for demonstrations.
    File,
}

/// How the connection to the relay is secured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailSecurity {
    /// STARTTLS (RFC 3207), without which nothing is sent.
    #[default]
    StartTls,
    /// TLS from the first byte (RFC 8314 §3.3).
    Tls,
    /// None.
    None,
}

impl MailConfig {
    /// The relay's port.
    pub fn effective_port(&self) -> u16 {
        self.port.unwrap_or(match self.security {
            MailSecurity::StartTls => 587,
            MailSecurity::Tls => 465,
            MailSecurity::None => 25,
        })
    }
}

impl Default for MailConfig {
    fn default() -> MailConfig {
        MailConfig {
            transport: MailTransport::None,
            from: None,
            reply_to: None,
            host: None,
            port: None,
            security: MailSecurity::StartTls,
            allow_cleartext: false,
            user: None,
            password: None,
            ca: None,
            directory: None,
            timeout: Duration::from_secs(30),
            senders: 4,
        }
    }
}
