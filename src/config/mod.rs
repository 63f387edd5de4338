//! Settings: the types with their defaults. `load.rs` puts them together from the defaults, the file, `BINDERY_*` and
//! the flags; `check/` judges them; `server/` takes them apart, so that no other module knows of this one.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

mod certificate;
mod check;
mod duration;
mod files;
mod layer;
mod lines;
mod load;
mod mail;
mod problem;
mod public_url;
mod reset;
#[cfg(test)]
mod tests;
mod throttle;
mod web;

pub use certificate::{CertificateError, certificate, located};
pub use files::{FileError, logo, private_file};
pub use load::{Loaded, Setting, Sources, load};
pub use mail::{MailConfig, MailSecurity, MailTransport};
pub use problem::{Origin, Problem, Severity};
pub use public_url::{PublicUrl, PublicUrlError};
pub use reset::{Delivery, GeneratedPassword, ResetConfig};
pub use throttle::{ThrottleConfig, ThrottleSource};
pub use web::{PageLanguage, WebConfig};

/// Everything that can be set. Each section is a table of the file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// What the directory is.
    pub directory: DirectoryConfig,
    /// Where LDAP is served.
    pub ldap: LdapConfig,
    /// The certificate.
    pub tls: TlsConfig,
    /// Where everything is kept.
    pub store: StoreConfig,
    /// What a password must be, and what it costs to verify one.
    pub passwords: PasswordsConfig,
    /// How failed binds slow down further ones.
    pub throttle: ThrottleConfig,
    /// The people's pages.
    pub web: WebConfig,
    /// How mails go out.
    pub mail: MailConfig,
    /// The forgotten password.
    pub reset: ResetConfig,
    /// How much of everything there may be.
    pub limits: LimitsConfig,
    /// The numbers that Unix systems need.
    pub posix: PosixConfig,
    /// The log.
    pub log: LogConfig,
    /// Metrics and health.
    pub metrics: MetricsConfig,
    /// The audit.
    pub audit: AuditConfig,
}

/// `[directory]`: what the directory is, and who sees what of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DirectoryConfig {
    /// The DN that everything lives below.
    pub suffix: String,
    /// The organisation's name, `o` of the suffix entry; no password may contain it.
    pub organisation: String,
    /// Whether a person may read other people's name, login and mail.
    pub address_book: bool,
    /// Whether a person may change their own mail address. It is as powerful as a password.
    pub self_mail: bool,
    /// Whether a person may change their own telephone numbers.
    pub self_telephone: bool,
    /// Whether managers may add people to their teams, on the pages. Over LDAP only administrators add entries.
    pub managers_add: bool,
}

/// `[ldap]`: where and how LDAP is served.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LdapConfig {
    /// Where `ldap://` with StartTLS listens; port 0 takes a free one.
    pub listen: Vec<SocketAddr>,
    /// Where `ldaps://` listens, once there is a certificate.
    pub tls_listen: Vec<SocketAddr>,
    /// The Unix socket of `ldapi://`; empty: none.
    pub socket: PathBuf,
    /// Whether passwords in clear are taken from other machines without TLS.
    pub allow_cleartext: bool,
    /// Whether `*` returns memberOf too.
    pub memberof_with_star: bool,
}

/// `[tls]`: the certificate. Both or neither; read again on SIGHUP and when a file changes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TlsConfig {
    /// The certificate and those of its issuers, PEM.
    pub certificate: Option<PathBuf>,
    /// The private key, PEM; `credential:NAME` reads it from systemd's `$CREDENTIALS_DIRECTORY`.
    pub key: Option<PathBuf>,
}

/// `[store]`: where everything is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StoreConfig {
    /// The file.
    pub path: PathBuf,
    /// Memory for pages of the file, in MiB.
    pub cache_mib: usize,
}

/// `[passwords]`: what a password must be, and what it costs to verify one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PasswordsConfig {
    /// The fewest characters, 8 or more.
    pub minimum: usize,
    /// What a verification costs, here and for who steals the file.
    pub argon2: Argon2Config,
    /// Threads that verify passwords; 0: one for each core.
    pub hash_threads: usize,
    /// Binds that may wait for a hash thread; further ones are told busy.
    pub hash_queue: usize,
}

/// `[passwords.argon2]`: the parameters of Argon2id (RFC 9106 §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Argon2Config {
    /// m, in KiB.
    pub memory_kib: u32,
    /// t.
    pub passes: u32,
    /// p.
    pub lanes: u32,
}

/// `[limits]`: how much of everything there may be; beyond it there is a clear refusal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LimitsConfig {
    /// Connections at once.
    pub connections: usize,
    /// Connections at once from one address.
    pub connections_per_source: usize,
    /// Bytes of a message before a bind has succeeded.
    pub message_before_bind: usize,
    /// Bytes of a message after that.
    pub message: usize,
    /// Bytes of all connections together, for messages that have not arrived in whole and answers that are not read yet.
    pub message_memory: usize,
    /// How long a client may leave answers unread.
    #[serde(with = "duration")]
    pub output_time: Duration,
    /// How long a TLS handshake may take.
    #[serde(with = "duration")]
    pub handshake_time: Duration,
    /// How long a message may take from its first byte to its last, and the first message to come.
    #[serde(with = "duration")]
    pub message_time: Duration,
    /// How long a connection may be silent.
    #[serde(with = "duration")]
    pub idle_time: Duration,
    /// Entries of one search; paged searches give this many a page.
    pub search_entries: usize,
    /// How long a search may take.
    #[serde(with = "duration")]
    pub search_time: Duration,
    /// How long connections may finish their work when the daemon is stopped.
    #[serde(with = "duration")]
    pub drain_time: Duration,
}

/// `[posix]`: the numbers that Unix systems need.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PosixConfig {
    /// The first uidNumber to be given out.
    pub uid_min: u32,
    /// The last one.
    pub uid_max: u32,
    /// The first gidNumber to be given out.
    pub gid_min: u32,
    /// The last one.
    pub gid_max: u32,
    /// `gidNumber` of accounts that name none.
    pub primary_gid: u32,
    /// `homeDirectory` of who has none of their own; `{uid}` is the login.
    pub home: String,
    /// `loginShell` of who has none of their own.
    pub shell: String,
}

/// `[log]`: the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogConfig {
    /// How lines are written.
    pub format: LogFormat,
    /// From which level on: error, warn, info, debug, trace, or directives such as `info,bindery::ldap=debug`.
    pub level: String,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Human on a terminal, the journal under systemd, JSON elsewhere.
    #[default]
    Auto,
    /// For people, on the standard error.
    Human,
    /// One JSON object a line, on the standard error.
    Json,
    /// systemd's journal, with its fields.
    Journald,
}

/// `[metrics]`: metrics and health.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MetricsConfig {
    /// Where `/metrics` and `/healthz` are served, without any password; empty: nowhere.
    pub listen: Vec<SocketAddr>,
    /// Whether mails and commits are counted too: a reader of the metrics learns by them whether an account exists.
    pub mails: bool,
}

/// `[audit]`: the audit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AuditConfig {
    /// How long it is kept what was changed.
    #[serde(with = "duration")]
    pub retention: Duration,
    /// How long it is kept who came in and what was refused.
    #[serde(with = "duration")]
    pub retention_of_binds: Duration,
}

impl Config {
    /// Whether there is a certificate, so that TLS is offered.
    pub fn tls_configured(&self) -> bool {
        self.tls.certificate.is_some() && self.tls.key.is_some()
    }

    /// Whether the people's pages are served.
    pub fn pages_configured(&self) -> bool {
        self.web.public_url.is_some()
    }

    /// Whether mails are sent.
    pub fn mail_configured(&self) -> bool {
        self.mail.transport != MailTransport::None
    }
}

impl Default for DirectoryConfig {
    fn default() -> DirectoryConfig {
        DirectoryConfig {
            suffix: "dc=example,dc=org".to_owned(),
            organisation: "Example".to_owned(),
            address_book: false,
            self_mail: false,
            self_telephone: false,
            managers_add: false,
        }
    }
}

impl Default for LdapConfig {
    fn default() -> LdapConfig {
        LdapConfig {
            listen: vec![SocketAddr::from(([0; 8], 389))],
            tls_listen: vec![SocketAddr::from(([0; 8], 636))],
            socket: "/run/bindery/ldapi".into(),
            allow_cleartext: false,
            memberof_with_star: false,
        }
    }
}

impl Default for StoreConfig {
    fn default() -> StoreConfig {
        StoreConfig { path: "/var/lib/bindery/bindery.redb".into(), cache_mib: 64 }
    }
}

impl Default for PasswordsConfig {
    fn default() -> PasswordsConfig {
        PasswordsConfig { minimum: 12, argon2: Argon2Config::default(), hash_threads: 0, hash_queue: 1024 }
    }
}

impl Default for Argon2Config {
    /// OWASP's Password Storage Cheat Sheet, second set: 19 MiB, two passes, one lane.
    fn default() -> Argon2Config {
        Argon2Config { memory_kib: 19_456, passes: 2, lanes: 1 }
    }
}

impl Default for LimitsConfig {
    fn default() -> LimitsConfig {
        LimitsConfig {
            connections: 10_000,
            connections_per_source: 2_000,
            message_before_bind: 64 << 10,
            message: 1 << 20,
            message_memory: 256 << 20,
            output_time: Duration::from_secs(10),
            handshake_time: Duration::from_secs(10),
            message_time: Duration::from_secs(10),
            idle_time: Duration::from_secs(900),
            search_entries: 10_000,
            search_time: Duration::from_secs(60),
            drain_time: Duration::from_secs(10),
        }
    }
}

impl Default for PosixConfig {
    fn default() -> PosixConfig {
        PosixConfig {
            uid_min: 10_000,
            uid_max: 1_999_999_999,
            gid_min: 10_000,
            gid_max: 1_999_999_999,
            primary_gid: 100,
            home: "/home/{uid}".to_owned(),
            shell: "/bin/bash".to_owned(),
        }
    }
}

impl Default for LogConfig {
    fn default() -> LogConfig {
        LogConfig { format: LogFormat::Auto, level: "info".to_owned() }
    }
}

impl Default for MetricsConfig {
    fn default() -> MetricsConfig {
        MetricsConfig { listen: vec![SocketAddr::from(([127, 0, 0, 1], 9389))], mails: false }
    }
}

impl Default for AuditConfig {
    fn default() -> AuditConfig {
        AuditConfig { retention: Duration::from_secs(365 * 86_400), retention_of_binds: Duration::from_secs(180 * 86_400) }
    }
}
