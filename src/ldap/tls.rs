//! The certificate in force and the handshake.

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// The certificate in force, shared by all listeners. Connections keep the one they began with.
#[derive(Clone, Debug, Default)]
pub struct Certificate(Arc<ArcSwapOption<ServerConfig>>);

impl Certificate {
    /// None yet: no TLS is offered.
    pub fn none() -> Certificate {
        Certificate::default()
    }

    /// Puts `config` in force for the connections that begin from now on.
    pub fn replace(&self, config: Arc<ServerConfig>) {
        self.0.store(Some(config));
    }

    /// What is in force.
    pub fn current(&self) -> Option<Arc<ServerConfig>> {
        self.0.load_full()
    }
}

/// A server's TLS configuration from a chain (the server's own certificate first) and its key, both PEM.
/// TLS 1.2 and 1.3; no certificate is asked of clients.
pub fn configure(chain: &[u8], key: &[u8]) -> Result<Arc<ServerConfig>, TlsError> {
    let chain = CertificateDer::pem_slice_iter(chain).collect::<Result<Vec<_>, _>>().map_err(TlsError::Certificate)?;
    let key = PrivateKeyDer::from_pem_slice(key).map_err(TlsError::Key)?;
    // Named, since rustls panics when it has to choose between two providers.
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(TlsError::Pair)?;
    Ok(Arc::new(config))
}

/// Why a certificate cannot be used.
#[derive(Debug)]
pub enum TlsError {
    /// The certificates cannot be read.
    Certificate(pem::Error),
    /// The key cannot be read.
    Key(pem::Error),
    /// They do not belong together, or are of a kind that is not supported.
    Pair(rustls::Error),
}

impl fmt::Display for TlsError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TlsError::Certificate(error) => write!(out, "the certificate is not PEM: {error}"),
            TlsError::Key(error) => write!(out, "the private key is not PEM: {error}"),
            TlsError::Pair(error) => write!(out, "certificate and private key cannot be used together: {error}"),
        }
    }
}

impl std::error::Error for TlsError {}
