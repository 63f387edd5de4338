//! What is counted, for Prometheus. Every label has a closed set of values, so that no peer can make a new series, and
//! each series is made at the start, so that counting is one atomic addition.

use std::array::from_fn;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Metric, Registry, Unit};

/// All that is counted. Whoever sees it happen counts it; cheap enough for every operation.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    readings: Arc<Readings>,
    binds: [Counter; BindOutcome::WORDS.len()],
    operations: [Counter; Operation::WORDS.len()],
    connections: [Gauge; Transport::WORDS.len()],
    accepted: [Counter; Transport::WORDS.len()],
    refused: [Counter; Refused::WORDS.len()],
    entries: Counter,
    bind_time: Histogram,
    search_time: Histogram,
}

/// A closed set of values of a label.
macro_rules! label {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$each])* $variant,)* }

        impl $name {
            const WORDS: &'static [&'static str] = &[$($word,)*];
        }
    };
}

label! {
    /// How a bind ended.
    BindOutcome {
        /// It succeeded.
        Success = "success",
        /// As anonymous.
        Anonymous = "anonymous",
        /// Wrong name or password, disabled or expired account.
        Invalid = "invalid",
        /// Refused unseen after failures.
        Throttled = "throttled",
        /// The hash queue was full.
        Busy = "busy",
        /// The store did not answer.
        Unavailable = "unavailable",
        /// A password in clear over the network.
        Cleartext = "cleartext",
        /// A name without a password, an unknown method.
        Refused = "refused",
    }
}

label! {
    /// What was asked for.
    Operation {
        /** Bind. */ Bind = "bind",
        /** Unbind. */ Unbind = "unbind",
        /** Search. */ Search = "search",
        /** Compare. */ Compare = "compare",
        /** Add. */ Add = "add",
        /** Modify. */ Modify = "modify",
        /** Delete. */ Delete = "delete",
        /** ModifyDN. */ Rename = "modify_dn",
        /** Abandon. */ Abandon = "abandon",
        /** Password modify (RFC 3062). */ PasswordModify = "password_modify",
        /** Who am I (RFC 4532). */ WhoAmI = "who_am_i",
        /** StartTLS. */ StartTls = "start_tls",
        /** Anything else. */ Other = "other",
    }
}

label! {
    /// What a connection came over.
    Transport {
        /** `ldap://`. */ Ldap = "ldap",
        /** `ldaps://`. */ Ldaps = "ldaps",
        /** `ldapi://`. */ Ldapi = "ldapi",
    }
}

label! {
    /// Why a connection was refused or ended by the daemon.
    Refused {
        /// Too many at once.
        Total = "too_many",
        /// Too many from its source.
        Source = "too_many_from_source",
        /// What it sent is not LDAP, or beyond a limit.
        Protocol = "protocol",
        /// The TLS handshake failed.
        Handshake = "handshake",
        /// It was too slow to send, or to read.
        Slow = "slow",
        /// It was silent for too long.
        Idle = "idle",
    }
}

/// What other parts count for themselves, as it stands at the moment.
#[derive(Debug, Default)]
pub struct Readings {
    /// Passwords that wait for a hash thread.
    pub hash_waiting: AtomicU64,
    /// Hash threads that compute.
    pub hash_running: AtomicU64,
    /// Passwords that hash threads were done with, since the start.
    pub hashes: AtomicU64,
    /// Passwords that found the queue full, since the start.
    pub hashes_refused: AtomicU64,
    /// Rows of the audit that could not be written, since the start.
    pub audit_dropped: AtomicU64,
}

impl Default for Metrics {
    fn default() -> Metrics {
        Metrics::new()
    }
}

impl Metrics {
    /// All at zero.
    pub fn new() -> Metrics {
        let mut registry = Registry::with_prefix("bindery");
        let readings = Arc::new(Readings::default());
        registry.register_collector(Box::new(Pulled(Arc::clone(&readings))));
        let bind_time = Histogram::new(BIND_SECONDS);
        registry.register_with_unit("bind_duration", "Time from a simple bind to its answer", Unit::Seconds, bind_time.clone());
        let search_time = Histogram::new(SEARCH_SECONDS);
        registry.register_with_unit("search_duration", "Time from a search to its last answer", Unit::Seconds, search_time.clone());
        let entries = Counter::default();
        registry.register("search_entries", "Entries that searches gave back", entries.clone());
        Metrics {
            binds: family(&mut registry, ("binds", "Binds by how they ended"), "result", BindOutcome::WORDS),
            operations: family(&mut registry, ("operations", "LDAP operations by kind"), "operation", Operation::WORDS),
            connections: family(&mut registry, ("connections", "Connections that are open"), "transport", Transport::WORDS),
            accepted: family(&mut registry, ("connections_accepted", "Connections that were taken"), "transport", Transport::WORDS),
            refused: family(&mut registry, ("connections_refused", "Connections refused or ended by the daemon"), "reason", Refused::WORDS),
            entries,
            bind_time,
            search_time,
            registry,
            readings,
        }
    }

    /// A simple bind ended after `took`.
    pub fn bind(&self, outcome: BindOutcome, took: Duration) {
        self.binds[outcome as usize].inc();
        self.bind_time.observe(took.as_secs_f64());
    }

    /// A search that gave back `entries` ended after `took`.
    pub fn search(&self, entries: u64, took: Duration) {
        self.entries.inc_by(entries);
        self.search_time.observe(took.as_secs_f64());
    }

    /// Something was asked for.
    pub fn operation(&self, operation: Operation) {
        self.operations[operation as usize].inc();
    }

    /// A connection was taken; it counts as open until what is given back is dropped.
    pub fn connected(&self, transport: Transport) -> Open {
        self.accepted[transport as usize].inc();
        let gauge = self.connections[transport as usize].clone();
        gauge.inc();
        Open(gauge)
    }

    /// A connection was refused or ended.
    pub fn refused(&self, why: Refused) {
        self.refused[why as usize].inc();
    }

    /// Where other parts' own counts are put before [`Metrics::render`].
    pub fn readings(&self) -> &Readings {
        &self.readings
    }

    /// Everything in OpenMetrics' text form.
    pub fn render(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

/// An open connection, for as long as it is held.
#[derive(Debug)]
pub struct Open(Gauge);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Registers a family of one label and makes each of its series.
fn family<M: Metric + Default + Clone, const N: usize>(
    registry: &mut Registry,
    (name, help): (&str, &str),
    label: &'static str,
    words: &'static [&'static str],
) -> [M; N]
where
    Family<[(&'static str, &'static str); 1], M>: Metric,
{
    let family = Family::<[(&'static str, &'static str); 1], M>::default();
    registry.register(name, help, family.clone());
    from_fn(|index| family.get_or_create_owned(&[(label, words[index])]))
}

/// Reads [`Readings`] when the metrics are asked for.
#[derive(Debug)]
struct Pulled(Arc<Readings>);

impl Collector for Pulled {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let readings = &self.0;
        gauge(&mut encoder, ("hash_waiting", "Passwords that wait for a hash thread"), &readings.hash_waiting)?;
        counter(&mut encoder, ("hashes_refused", "Passwords that found the hash queue full"), &readings.hashes_refused)?;
        counter(&mut encoder, ("audit_dropped", "Rows of the audit that could not be written"), &readings.audit_dropped)?;
        counter(&mut encoder, ("hashes", "Passwords that hash threads were done with"), &readings.hashes)?;
        counter(&mut encoder, ("hashes_refused", "Passwords that found the hash queue full"), &readings.hashes_refused)
    }
}

fn gauge(encoder: &mut DescriptorEncoder, (name, help): (&str, &str), value: &AtomicU64) -> fmt::Result {
    let gauge = ConstGauge::new(value.load(Relaxed) as i64);
    gauge.encode(encoder.encode_descriptor(name, help, None, gauge.metric_type())?)
}

fn counter(encoder: &mut DescriptorEncoder, (name, help): (&str, &str), value: &AtomicU64) -> fmt::Result {
    let counter = ConstCounter::new(value.load(Relaxed));
    counter.encode(encoder.encode_descriptor(name, help, None, counter.metric_type())?)
}

/// Upper bounds of the classes of bind times: a service's digest takes microseconds, an Argon2id tens of milliseconds.
const BIND_SECONDS: [f64; 10] = [0.000_1, 0.001, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// Upper bounds of the classes of search times.
const SEARCH_SECONDS: [f64; 8] = [0.000_05, 0.000_1, 0.000_5, 0.001, 0.005, 0.05, 0.5, 5.0];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_is_shown() {
        let metrics = Metrics::new();
        metrics.bind(BindOutcome::Throttled, Duration::from_millis(2));
        metrics.operation(Operation::Other);
        metrics.refused(Refused::Idle);
        let open = metrics.connected(Transport::Ldaps);
        metrics.connected(Transport::Ldapi);
        metrics.readings().hashes_refused.store(7, Relaxed);
        let text = metrics.render();
        for line in [
            "bindery_binds_total{result=\"throttled\"} 1",
            "bindery_binds_total{result=\"success\"} 0",
            "bindery_operations_total{operation=\"other\"} 1",
            "bindery_connections_refused_total{reason=\"idle\"} 1",
            "bindery_connections{transport=\"ldaps\"} 1",
            "bindery_connections{transport=\"ldapi\"} 0",
            "bindery_connections_accepted_total{transport=\"ldapi\"} 1",
            "bindery_hashes_refused_total 7",
            "bindery_bind_duration_seconds_count 1",
        ] {
            assert!(text.contains(&format!("{line}\n")), "{line} is not in\n{text}");
        }
        drop(open);
        assert!(metrics.render().contains("bindery_connections{transport=\"ldaps\"} 0\n"));
    }
}
