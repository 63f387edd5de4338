//! The people's pages over HTTP: what they are made over, and which of them is where.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rustls::ServerConfig;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::assets::Assets;
use super::cookies::{Cookies, Name};
use super::error::Fault;
use super::guard::{self, Address};
use super::listener::{self, Door};
use super::operations::Health;
use super::proxies::TrustedProxies;
use super::query::Query;
use super::visit::Visit;
use super::{account, applications, contact, forgot, groups, link, not_me, paths, people, person, queue, sign_in, strength, trail};
use crate::admission::Admission;
use crate::clock::Clock;
use crate::directory::Directory;
use crate::domain::colour::Colour;
use crate::domain::language::Language;
use crate::domain::network::Network;
use crate::observe::metrics::Metrics;
use crate::secret::Secret;
use crate::text::{Texts, Zone};

/// How the pages are served, and how they look.
#[derive(Clone)]
pub struct Settings {
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

/// The pages, as all connections share them.
pub struct Pages {
    /// The use cases.
    pub(super) directory: Arc<Directory>,
    /// What is read.
    pub(super) texts: Arc<Texts>,
    /// What time it is.
    pub(super) clock: Clock,
    /// How they look and what they offer.
    pub(super) settings: Settings,
    /// How cookies are kept.
    pub(super) cookies: Cookies,
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
pub(super) type Shared = Arc<Pages>;

impl Pages {
    /// The pages over `parts`.
    pub fn new(parts: Parts, settings: Settings) -> Arc<Pages> {
        let address = Address::of(&settings.public_url);
        Arc::new(Pages {
            directory: parts.directory,
            texts: parts.texts,
            clock: parts.clock,
            cookies: Cookies { https: address.https },
            proxies: TrustedProxies::new(settings.trusted_proxies.clone()),
            assets: Assets::new(settings.colour, settings.logo.as_ref()),
            address,
            metrics: parts.metrics,
            health: parts.health,
            settings,
        })
    }

    /// Serves them on `listener` until `stop`; requests under way are finished.
    pub async fn serve(self: Arc<Pages>, listener: TcpListener, stop: CancellationToken) {
        let (total, per_source) = self.settings.connections;
        let door = Door {
            admission: Admission::new(total, per_source),
            tls: self.settings.tls.clone(),
            proxies: self.proxies.clone(),
            proxy_protocol: self.settings.proxy_protocol,
            metrics: Arc::clone(&self.metrics),
        };
        listener::serve(Arc::new(door), listener, router(self), stop).await;
    }
}

/// Every page with its place.
fn router(pages: Shared) -> Router {
    let mut router = Router::new()
        .merge(sign_in::routes())
        .merge(account::routes())
        .merge(applications::routes())
        .merge(trail::routes())
        .merge(contact::routes())
        .merge(forgot::routes())
        .merge(link::routes())
        .merge(not_me::routes())
        .merge(strength::routes())
        .merge(people::routes())
        .merge(queue::routes())
        .merge(person::routes())
        .merge(groups::routes())
        .route(paths::LANGUAGE, get(choose_language))
        .route(paths::HEALTH, get(health));
    for asset in pages.assets.all().cloned() {
        let path = asset.path.clone();
        router = router.route(&path, get(move || std::future::ready(asset.serve())));
    }
    router
        .fallback(|| std::future::ready(Fault::NotFound))
        .method_not_allowed_fallback(|| std::future::ready(Fault::Method))
        .layer(middleware::from_fn_with_state(Arc::clone(&pages), guard::guard))
        .with_state(pages)
}

/// Whether the pages can be served, for who balances load: no more than yes or no, since everybody may ask. Nothing of
/// mails: that one waits would tell that the account somebody asked for exists.
async fn health(State(pages): State<Shared>) -> Response {
    let good = pages.health.borrow().can_serve();
    let (status, text) = if good { (StatusCode::OK, "ok\n") } else { (StatusCode::SERVICE_UNAVAILABLE, "down\n") };
    (status, text).into_response()
}

/// The choice of a language, and back to the page that it was made on.
async fn choose_language(mut visit: Visit, query: Query) -> Response {
    if let Some(language) = Language::of_tag(query.text("to")) {
        visit.keep(Name::Language, &Secret::new(language.tag()));
    }
    // One of our own pages, or none: whoever made the link shall not say where it ends.
    let back = query.text("back");
    visit.go(if paths::is_ours(back) { back } else { paths::ROOT })
}
