//! TLS: one server configuration whose certificate can be put in its place while connections go on.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::config::{self, CertificateError};

/// The certificate in use, and how to put another in its place.
#[derive(Debug)]
pub struct ServerTls {
    settings: config::TlsConfig,
    current: ArcSwap<CertifiedKey>,
    /// Tells [`ServerTls::watch`] to look at once.
    reload: Notify,
}

impl ServerTls {
    /// The certificate of `settings`; none if it names none.
    ///
    /// # Errors
    /// What is wrong with which file.
    pub fn load(settings: config::TlsConfig) -> Result<Option<Arc<ServerTls>>, CertificateError> {
        let certified = config::certificate(&settings)?;
        Ok(certified.map(|key| Arc::new(ServerTls { settings, current: ArcSwap::new(key), reload: Notify::new() })))
    }

    /// What handshakes are made with, whichever certificate is current: TLS 1.2 and 1.3, no client certificates.
    ///
    /// # Errors
    /// If the cryptography has none of these versions.
    pub fn server_config(self: &Arc<ServerTls>) -> Result<Arc<ServerConfig>, rustls::Error> {
        let builder = ServerConfig::builder_with_provider(Arc::new(default_provider())).with_safe_default_protocol_versions()?;
        Ok(Arc::new(builder.with_no_client_auth().with_cert_resolver(Arc::clone(self) as Arc<dyn ResolvesServerCert>)))
    }

    /// Looks at the files now, whether they changed or not.
    pub fn reload(&self) {
        self.reload.notify_one();
    }

    /// Reads the certificate again when a file changes or [`ServerTls::reload`] asks; until `stop`. One that cannot be used
    /// is reported, and the former one stays.
    pub async fn watch(self: Arc<ServerTls>, stop: CancellationToken) {
        let mut seen = self.fingerprint();
        loop {
            let asked = tokio::select! {
                () = stop.cancelled() => return,
                () = self.reload.notified() => true,
                () = tokio::time::sleep(LOOK_EVERY) => false,
            };
            let now = self.fingerprint();
            if !asked && now == seen {
                continue;
            }
            seen = now;
            match config::certificate(&self.settings) {
                Ok(Some(certified)) => {
                    self.current.store(certified);
                    tracing::info!("the certificate was read again");
                }
                Ok(None) => {}
                Err(error) => tracing::error!(%error, "the new certificate cannot be used; the former one stays"),
            }
        }
    }

    /// What tells one state of the two files from another: inode, size, and time of the last change.
    fn fingerprint(&self) -> [Option<(u64, u64, i64, i64)>; 2] {
        [&self.settings.certificate, &self.settings.key].map(|path| {
            let found = fs::metadata(config::located(path.as_ref()?).ok()?).ok()?;
            Some((found.ino(), found.size(), found.mtime(), found.mtime_nsec()))
        })
    }
}

impl ResolvesServerCert for ServerTls {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current.load_full())
    }
}

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(5);
