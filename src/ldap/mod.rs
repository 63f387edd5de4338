//! The LDAP protocol: the only user of ldap3_proto. Sockets come from outside, and what is asked for is done by
//! [`Directory`]; in between lie frames, sessions and answers.

mod bind;
mod change;
mod codec;
mod compare;
mod connection;
mod convert;
mod extended;
#[doc(hidden)]
pub mod fuzzing;
mod mail_queue;
mod password;
mod result;
mod root_dse;
mod search;
mod session;
mod subschema;
mod transport;
mod unknown;

use std::sync::Arc;

use crate::admission::Admission;
use crate::directory::Directory;
use crate::observe::metrics::Metrics;

use transport::budget::MemoryBudget;
pub use transport::limits::Limits;
pub use transport::listener::Security;
pub use transport::tls::Certificate;
use unknown::UnknownAttributes;

/// The LDAP server, as all its listeners and connections share it.
pub struct Service {
    directory: Arc<Directory>,
    metrics: Arc<Metrics>,
    settings: Settings,
    admission: Admission,
    unknown_attributes: UnknownAttributes,
    memory: Arc<MemoryBudget>,
}

/// What an operator decides.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The suffix in its canonical form, as the root DSE publishes it.
    pub suffix: String,
    /// Whether passwords in clear are taken from other machines.
    pub allow_cleartext: bool,
    /// The certificate in force, if there is one; it may be replaced at any time.
    pub certificate: Certificate,
    /// How much of everything there may be.
    pub limits: Limits,
}

impl Service {
    /// A server for `directory`. It serves nothing until it is given a listener.
    pub fn new(directory: Arc<Directory>, metrics: Arc<Metrics>, settings: Settings) -> Arc<Service> {
        let admission = Admission::new(settings.limits.connections, settings.limits.connections_per_source);
        let memory = MemoryBudget::new(settings.limits.message_memory);
        Arc::new(Service { directory, metrics, settings, admission, unknown_attributes: UnknownAttributes::default(), memory })
    }
}
