//! The composition root: builds everything, spawns it, drains it, tells systemd. The only place that takes the
//! configuration apart.

mod health;
mod listen;
mod people;
mod process;
mod purge;
mod run;
mod settings;
mod stage;
mod tls;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, UnixListener};
use tokio::sync::watch;

use crate::clock::Clock;
use crate::config::{CertificateError, Config, FileError, PublicUrlError};
use crate::directory::{Directory, Hasher};
use crate::domain::dn::DnError;
use crate::ldap::Certificate;
use crate::ldap::{Security, Service};
use crate::mail::{SetupError, Worker};
use crate::observe::metrics::Metrics;
use crate::store::{OpenError, Store};
use crate::text::TextError;
use crate::web::operations::{self, Health, Operations};
use crate::web::{self, Site, SiteParts};

pub use listen::ListenError;
pub use people::{send_test_mail, texts};
pub use run::{RunError, run};
pub use settings::hasher as hasher_settings;

use listen::Listeners;
use stage::TaskStage;
use tls::ServerTls;

/// A daemon that serves.
pub struct Running {
    /// Where `ldap://` listens.
    pub ldap: Vec<SocketAddr>,
    /// Where `ldaps://` listens.
    pub ldaps: Vec<SocketAddr>,
    /// The Unix socket of `ldapi://`, if this process made one.
    pub ldapi: Option<PathBuf>,
    /// Where the people's pages listen.
    pub web: Vec<SocketAddr>,
    /// What their links begin with, if there are any.
    pub public_url: Option<String>,
    /// Where `/metrics` and `/healthz` listen.
    pub metrics: Vec<SocketAddr>,
    directory: Arc<Directory>,
    health: watch::Receiver<Health>,
    tls: Option<Arc<ServerTls>>,
    stages: Stages,
    patience: Duration,
}

/// Why the daemon does not start. Each text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The suffix is no DN.
    #[error("directory.suffix: {0}; write it as \"dc=example,dc=org\"")]
    Suffix(#[from] DnError),
    /// The store cannot be opened.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// The store was opened but does not answer.
    #[error("the store does not answer: see the log for the reason, and whether its disk is full")]
    Unavailable,
    /// A listener cannot be had.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The certificate cannot be used.
    #[error("tls: {0}; see `bindery check-config`")]
    Certificate(#[from] CertificateError),
    /// A setting that others need is not set.
    #[error("{0} is not set; see `bindery check-config`")]
    NotSet(&'static str),
    /// The address of the pages is none.
    #[error("web.public_url {0}; write it as \"https://login.example.org\"")]
    PublicUrl(#[from] PublicUrlError),
    /// A file that a setting names cannot be used.
    #[error("{0}; see `bindery check-config`")]
    File(#[from] FileError),
    /// The organisation's own texts cannot be used.
    #[error("web.texts: {0}")]
    Texts(#[from] TextError),
    /// No mail can be sent.
    #[error(transparent)]
    Mail(#[from] SetupError),
    /// The cryptography does not do what TLS needs.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
}

/// Opens the store that `config` names, or makes it.
///
/// # Errors
/// What is wrong with the file.
pub fn open_store(config: &Config) -> Result<Store, StartError> {
    Ok(Store::open(&config.store.path, settings::store(config))?)
}

/// Serves `config` until it is told to stop; port 0 takes a free one, which is told in the answer.
///
/// # Errors
/// The first thing that is missing; nothing is left running then.
pub async fn start(config: Config, clock: Clock) -> Result<Running, StartError> {
    let store = open_store(&config)?;
    start_on(store, config, clock).await
}

/// As [`start`], over a store that is open already.
///
/// # Errors
/// As [`start`].
pub async fn start_on(store: Store, config: Config, clock: Clock) -> Result<Running, StartError> {
    let tls = ServerTls::load(config.tls.clone())?;
    let certificate = Certificate::none();
    if let Some(tls) = &tls {
        certificate.replace(tls.server_config()?);
    }
    let listeners = listen::listeners(&config).await?;
    let addresses = Addresses::of(&listeners);
    let public_url = people::public_url(&config, &addresses.web)?;
    let pages = public_url.clone().map(|url| people::pages(&config, url, tls.as_ref())).transpose()?;
    let (mail, texts) = (people::mail(&config, public_url.as_deref(), clock.clone())?, people::texts(&config)?);

    let hasher = Hasher::start(settings::hasher(&config));
    let directory = Directory::open(store, hasher, clock.clone(), settings::directory(&config)?);
    let directory = Arc::new(directory.await.map_err(|_| StartError::Unavailable)?);
    let metrics = Arc::new(if config.metrics.mails { Metrics::new() } else { Metrics::without_mails() });
    let worker = mail.map(|mail| Worker::new(Arc::clone(&directory), Arc::clone(&texts), Arc::clone(&metrics), mail)).transpose()?;
    let ldap = settings::ldap(&config, &directory, certificate);
    let service = Service::new(Arc::clone(&directory), Arc::clone(&metrics), ldap);

    let stages = Stages::default();
    let TaskStage { tasks, stop } = &stages.behind;
    let health = health::watch(Arc::clone(&directory), Arc::clone(&metrics), tasks, stop.clone()).await;
    if let Some(tls) = &tls {
        tasks.spawn(Arc::clone(tls).watch(stop.clone()));
    }
    tasks.spawn(purge::work(Arc::clone(&directory), clock.clone(), settings::retention(&config), stop.clone()));
    tasks.spawn(purge::clear(Arc::clone(&directory), stop.clone()));
    tasks.spawn(purge::count(Arc::clone(&directory), stop.clone()));
    if let Some(worker) = worker {
        stages.mail.tasks.spawn(worker.work(stages.mail.stop.clone()));
    }
    let parts = SiteParts { directory: Arc::clone(&directory), texts, metrics: Arc::clone(&metrics), clock, health: health.clone() };
    let served = Served { service, pages: pages.map(|settings| Site::new(parts, settings)) };
    if served.pages.is_some() {
        let (directory, stop) = (Arc::clone(&directory), stages.requests.stop.clone());
        stages.requests.tasks.spawn(async move { directory.work_on_requests(stop).await });
    }
    let operations = Operations { refresh: health::readings(&directory, &metrics), metrics, health: health.clone() };
    spawn(listeners, &served, operations, &stages.listening);

    let ldapi = addresses.ldapi.then(|| config.ldap.socket.clone());
    let Addresses { ldap, ldaps, web, metrics, .. } = addresses;
    let patience = config.limits.drain_time + GRACE;
    Ok(Running { ldap, ldaps, ldapi, web, public_url, metrics, directory, health, tls, stages, patience })
}

/// The tasks, in the order in which they end: nobody comes in any more; what was asked for is put into the outbox; the
/// mails that are being handed over are handed over; then what looks after all of it.
#[derive(Default)]
struct Stages {
    listening: TaskStage,
    requests: TaskStage,
    mail: TaskStage,
    behind: TaskStage,
}

impl Running {
    /// What is served, for who works beside the listeners: tests, a demonstration's sample people.
    pub fn directory(&self) -> &Arc<Directory> {
        &self.directory
    }

    /// How it is, as last looked at.
    pub fn health(&self) -> Health {
        *self.health.borrow()
    }

    /// Reads the certificate again.
    pub fn reload(&self) {
        if let Some(tls) = &self.tls {
            tls.reload();
        }
    }

    /// Takes no more connections, lets what is under way finish for `limits.drain_time` at most, and closes the store.
    pub async fn shutdown(self) {
        let Stages { listening, requests, mail, behind } = &self.stages;
        listening.end("connections", self.patience).await;
        requests.end("requests for a new password", GRACE).await;
        mail.end("mails", self.patience).await;
        behind.end("watchers", GRACE).await;
        self.directory.flush_audit().await;
        if let Some(socket) = &self.ldapi {
            remove(socket);
        }
    }
}

fn remove(socket: &Path) {
    if let Err(error) = std::fs::remove_file(socket) {
        tracing::debug!(%error, "the socket is gone already");
    }
}

/// Where the listeners are.
struct Addresses {
    ldap: Vec<SocketAddr>,
    ldaps: Vec<SocketAddr>,
    web: Vec<SocketAddr>,
    metrics: Vec<SocketAddr>,
    ldapi: bool,
}

impl Addresses {
    fn of(listeners: &Listeners) -> Addresses {
        let of = |listeners: &[TcpListener]| listeners.iter().filter_map(|listener| listener.local_addr().ok()).collect();
        Addresses {
            ldap: of(&listeners.ldap),
            ldaps: of(&listeners.ldaps),
            web: of(&listeners.web),
            metrics: of(&listeners.metrics),
            ldapi: listeners.own_socket,
        }
    }
}

/// What is served.
struct Served {
    service: Arc<Service>,
    pages: Option<Arc<Site>>,
}

/// A task for each listener.
fn spawn(listeners: Listeners, Served { service, pages }: &Served, operations: Operations, TaskStage { tasks, stop }: &TaskStage) {
    let plain = listeners.ldap.into_iter().map(|listener| (listener, Security::Plain));
    let tls = listeners.ldaps.into_iter().map(|listener| (listener, Security::Tls));
    for (listener, security) in plain.chain(tls) {
        tasks.spawn(Arc::clone(service).serve_tcp(listener, security, stop.clone()));
    }
    for listener in listeners.ldapi {
        let listener: UnixListener = listener;
        tasks.spawn(Arc::clone(service).serve_unix(listener, stop.clone()));
    }
    for (listener, pages) in listeners.web.into_iter().zip(pages.iter().cycle()) {
        tasks.spawn(web::serve(Arc::clone(pages), listener, stop.clone()));
    }
    for listener in listeners.metrics {
        let serving = operations::serve(listener, operations.clone(), stop.clone());
        tasks.spawn(async move {
            if let Err(error) = serving.await {
                tracing::error!(%error, "metrics and health are not served any more");
            }
        });
    }
}

/// What other tasks may take to end after connections have been drained.
const GRACE: Duration = Duration::from_secs(2);
