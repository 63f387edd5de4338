//! The people's pages over HTTP.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::operations::Health;
use crate::clock::Clock;
use crate::directory::Directory;
use crate::domain::language::Language;
use crate::observe::metrics::Metrics;
use crate::text::{Texts, Zone};

/// How the pages are served, and how they look.
#[derive(Clone)]
pub struct Settings {
    /// The base of all links: scheme, host and port, without a slash at the end. Nothing is taken from a header.
    pub public_url: String,
    /// TLS; none: plain, behind a proxy or on the loopback.
    pub tls: Option<Arc<ServerConfig>>,
    /// Networks whose `X-Forwarded-For` or PROXY protocol is believed: address and leading bits.
    pub trusted_proxies: Vec<(IpAddr, u8)>,
    /// Whether connections from them begin with the PROXY protocol.
    pub proxy_protocol: bool,
    /// The language for those who name none; none: that of the browser.
    pub language: Option<Language>,
    /// The time zone that times are told in.
    pub zone: Zone,
    /// The name of the site, as people know it.
    pub site: String,
    /// A picture: its content type and bytes.
    pub logo: Option<(&'static str, Vec<u8>)>,
    /// The colour of buttons and links, as `#rrggbb`.
    pub colour: Option<String>,
    /// Whom to turn to for help, as a text.
    pub support: Option<String>,
    /// How long links in mails are valid, for the texts.
    pub token_ttl: Duration,
    /// Whether a link's page offers a generated password.
    pub offers_generated: bool,
    /// Whether it lets people choose one.
    pub offers_chosen: bool,
    /// Whether mails are sent at all; without, nobody is offered a link.
    pub sends_mail: bool,
    /// The fewest characters of a password, for the hint.
    pub password_minimum: usize,
    /// Connections at once, and at once from one address.
    pub connections: (usize, usize),
}

/// What the pages are made over.
pub struct Parts {
    /// The use cases.
    pub directory: Arc<Directory>,
    /// What is read on them.
    pub texts: Arc<Texts>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// What time it is.
    pub clock: Clock,
    /// How the daemon is, for `/healthz`.
    pub health: watch::Receiver<Health>,
}

/// The pages.
pub struct Pages {}

impl Pages {
    /// The pages over `parts`.
    pub fn new(parts: Parts, settings: Settings) -> Arc<Pages> {
        todo!()
    }

    /// Serves them on `listener` until `stop`; requests under way are finished.
    pub async fn serve(self: Arc<Pages>, listener: TcpListener, stop: CancellationToken) {
        todo!()
    }
}
