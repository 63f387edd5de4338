//! The composition root: builds everything, spawns it, drains it, tells systemd. The only place that takes the
//! configuration apart.

mod health;
mod listen;
mod process;
mod purge;
mod run;
mod settings;
mod tls;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, UnixListener};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock::Clock;
use crate::config::{CertificateError, Config};
use crate::directory::{Directory, Hasher};
use crate::domain::dn::DnError;
use crate::ldap::tls::Certificate;
use crate::ldap::{Security, Service};
use crate::observe::metrics::Metrics;
use crate::store::{OpenError, Store};
use crate::web::operations::{self, Health, Operations};

pub use listen::ListenError;
pub use run::{RunError, run};
pub use settings::hasher as hasher_settings;

use listen::Listeners;
use tls::Tls;

/// A daemon that serves.
pub struct Running {
    /// Where `ldap://` listens.
    pub ldap: Vec<SocketAddr>,
    /// Where `ldaps://` listens.
    pub ldaps: Vec<SocketAddr>,
    /// The Unix socket of `ldapi://`, if this process made one.
    pub ldapi: Option<PathBuf>,
    /// Where `/metrics` and `/healthz` listen.
    pub metrics: Vec<SocketAddr>,
    directory: Arc<Directory>,
    health: watch::Receiver<Health>,
    tls: Option<Arc<Tls>>,
    tasks: TaskTracker,
    stop: CancellationToken,
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
    let tls = Tls::load(config.tls.clone())?;
    let certificate = Certificate::none();
    if let Some(tls) = &tls {
        certificate.replace(tls.server_config()?);
    }
    let listeners = listen::listeners(&config).await?;
    let addresses = Addresses::of(&listeners);

    let hasher = Hasher::start(settings::hasher(&config));
    let directory = Directory::open(store, hasher, clock.clone(), settings::directory(&config)?);
    let directory = Arc::new(directory.await.map_err(|_| StartError::Unavailable)?);
    let metrics = Arc::new(Metrics::new());
    let ldap = settings::ldap(&config, &directory, certificate);
    let service = Service::new(Arc::clone(&directory), Arc::clone(&metrics), ldap);

    let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
    let health = health::watch(Arc::clone(&directory), &tasks, stop.clone()).await;
    let operations = Operations { refresh: health::readings(&directory, &metrics), metrics, health: health.clone() };
    spawn(listeners, &service, operations, (&tasks, &stop));
    if let Some(tls) = &tls {
        tasks.spawn(Arc::clone(tls).watch(stop.clone()));
    }
    tasks.spawn(purge::work(Arc::clone(&directory), clock, config.audit.retention, stop.clone()));
    tasks.spawn(purge::clear(Arc::clone(&directory), stop.clone()));
    tasks.close();
    let ldapi = addresses.ldapi.then(|| config.ldap.socket.clone());
    let Addresses { ldap, ldaps, metrics, .. } = addresses;
    let patience = config.limits.drain_time + GRACE;
    Ok(Running { ldap, ldaps, ldapi, metrics, directory, health, tls, tasks, stop, patience })
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
        self.stop.cancel();
        if tokio::time::timeout(self.patience, self.tasks.wait()).await.is_err() {
            tracing::warn!(tasks = self.tasks.len(), "not everything has ended");
        }
        self.directory.audit_log().flush().await;
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
    metrics: Vec<SocketAddr>,
    ldapi: bool,
}

impl Addresses {
    fn of(listeners: &Listeners) -> Addresses {
        let of = |listeners: &[TcpListener]| listeners.iter().filter_map(|listener| listener.local_addr().ok()).collect();
        Addresses { ldap: of(&listeners.ldap), ldaps: of(&listeners.ldaps), metrics: of(&listeners.metrics), ldapi: listeners.own_socket }
    }
}

/// A task for each listener.
fn spawn(listeners: Listeners, service: &Arc<Service>, operations: Operations, (tasks, stop): (&TaskTracker, &CancellationToken)) {
    let plain = listeners.ldap.into_iter().map(|listener| (listener, Security::Plain));
    let tls = listeners.ldaps.into_iter().map(|listener| (listener, Security::Tls));
    for (listener, security) in plain.chain(tls) {
        tasks.spawn(Arc::clone(service).serve_tcp(listener, security, stop.clone()));
    }
    for listener in listeners.ldapi {
        let listener: UnixListener = listener;
        tasks.spawn(Arc::clone(service).serve_unix(listener, stop.clone()));
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
