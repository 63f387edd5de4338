//! What the handlers of all pages share: the use cases, the texts, how the site looks and where it is.

pub mod address;
pub mod assets;

use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use tokio::sync::watch;

use crate::clock::Clock;
use crate::directory::Directory;
use crate::domain::colour::Colour;
use crate::domain::language::Language;
use crate::domain::network::Network;
use crate::observe::metrics::Metrics;
use crate::text::{Texts, Zone};
use crate::web::wire::operations::Health;
use crate::web::wire::proxies::TrustedProxies;
use address::Address;
use assets::Assets;

/// How the pages are served, and how they look.
#[derive(Clone)]
pub struct SiteSettings {
    /// The base of all links: scheme, host and port, without a slash at the end. Nothing is taken from a header.
    pub public_url: String,
    /// TLS; none: plain, behind a proxy or on the loopback.
    pub tls: Option<Arc<ServerConfig>>,
    /// Networks whose `X-Forwarded-For` or PROXY protocol is believed.
    pub trusted_proxies: Vec<Network>,
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
    /// The organisation's colour, of buttons and links.
    pub colour: Colour,
    /// Whom to turn to for help, as a text.
    pub support: Option<String>,
    /// How long links in mails are valid, for the texts.
    pub token_ttl: Duration,
    /// How long an address that its owner has changed gets no link, for the texts.
    pub new_address_wait: Duration,
    /// Whether a link's page offers a generated password.
    pub offers_generated: bool,
    /// Whether that one has to be changed at the first sign-in.
    pub generated_must_change: bool,
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
pub struct SiteParts {
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

/// The pages, as all connections share them.
pub struct Site {
    /// The use cases.
    pub(super) directory: Arc<Directory>,
    /// What is read.
    pub(super) texts: Arc<Texts>,
    /// What time it is.
    pub(super) clock: Clock,
    /// How they look and what they offer.
    pub(super) settings: SiteSettings,
    /// Where the site is.
    pub(super) address: Address,
    /// The proxies in front.
    pub(super) proxies: TrustedProxies,
    /// Stylesheet and pictures.
    pub(super) assets: Assets,
    /// What is counted.
    pub(super) metrics: Arc<Metrics>,
    /// How the daemon is.
    pub(super) health: watch::Receiver<Health>,
}

/// What every handler is given.
pub(super) type SharedSite = Arc<Site>;

impl Site {
    /// The pages over `parts`.
    pub fn new(parts: SiteParts, settings: SiteSettings) -> Arc<Site> {
        let address = Address::of(&settings.public_url);
        Arc::new(Site {
            directory: parts.directory,
            texts: parts.texts,
            clock: parts.clock,
            proxies: TrustedProxies::new(settings.trusted_proxies.clone()),
            assets: Assets::new(settings.colour, settings.logo.as_ref()),
            address,
            metrics: parts.metrics,
            health: parts.health,
            settings,
        })
    }
}
