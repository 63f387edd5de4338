//! What handshakes are made with.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use rustls::ServerConfig;

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
