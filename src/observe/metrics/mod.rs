//! What is counted, for Prometheus. Every label has a closed set of values, so that no peer can make a new series, and
//! each series is made at the start, so that counting is one atomic addition.

mod labels;

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

pub use labels::{BindOutcome, LinkUsed, MailOutcome, Operation, Refused, ResetRequested, Transport};

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
    sign_ins: [Counter; BindOutcome::WORDS.len()],
    resets: [Counter; ResetRequested::WORDS.len()],
    links: [Counter; LinkUsed::WORDS.len()],
    mails: [Counter; MailOutcome::WORDS.len()],
    entries: Counter,
    bind_time: Histogram,
    search_time: Histogram,
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
    /// Refusals that one row of the audit counts, since their actor or source had too many of them.
    pub audit_skipped: AtomicU64,
    /// Mails that were put into the outbox, since the start.
    pub mails_queued: AtomicU64,
    /// Mails that wait in the outbox.
    pub mails_waiting: AtomicU64,
    /// Mails that were given up.
    pub mails_given_up: AtomicU64,
    /// Seconds since the oldest mail that waits was queued.
    pub oldest_mail: AtomicU64,
    /// Requests for a new password that were beyond a limit, since the start.
    pub resets_throttled: AtomicU64,
    /// Commits of the store, since the start.
    pub store_commits: AtomicU64,
}

impl Default for Metrics {
    fn default() -> Metrics {
        Metrics::new()
    }
}

impl Metrics {
    /// All at zero.
    pub fn new() -> Metrics {
        Metrics::showing(ShownMetrics::Everything)
    }

    /// As [`Metrics::new`], without what tells whether there is an account for which somebody asks for a new password: that
    /// a mail is queued, waits or is handed over, what the store commits for it, and that its account has asked too often.
    pub fn without_mails() -> Metrics {
        Metrics::showing(ShownMetrics::AllButMails)
    }

    fn showing(shown: ShownMetrics) -> Metrics {
        let mut registry = Registry::with_prefix("bindery");
        let readings = Arc::new(Readings::default());
        registry.register_collector(Box::new(Pulled(Arc::clone(&readings), shown)));
        // What is not shown is counted where nobody reads it.
        let mut hidden = Registry::default();
        let bind_time = Histogram::new(BIND_SECONDS);
        registry.register_with_unit("bind_duration", "Time from a simple bind to its answer", Unit::Seconds, bind_time.clone());
        let search_time = Histogram::new(SEARCH_SECONDS);
        registry.register_with_unit("search_duration", "Time from a search to its last answer", Unit::Seconds, search_time.clone());
        let entries = Counter::default();
        registry.register("search_entries", "Entries that searches gave back", entries.clone());
        Metrics {
            binds: family(&mut registry, "binds", "Binds by how they ended", "result", BindOutcome::WORDS),
            operations: family(&mut registry, "operations", "LDAP operations by kind", "operation", Operation::WORDS),
            connections: family(&mut registry, "connections", "Connections that are open", "transport", Transport::WORDS),
            accepted: family(&mut registry, "connections_accepted", "Connections that were taken", "transport", Transport::WORDS),
            refused: family(&mut registry, "connections_refused", "Connections refused or ended by the daemon", "reason", Refused::WORDS),
            sign_ins: family(&mut registry, "sign_ins", "Sign-ins on the pages by how they ended", "result", BindOutcome::WORDS),
            resets: family(&mut registry, "reset_requests", "Requests for a new password on the pages", "result", ResetRequested::WORDS),
            links: family(&mut registry, "reset_links_used", "Mailed links by what they were used for", "for", LinkUsed::WORDS),
            mails: family(
                if shown == ShownMetrics::Everything { &mut registry } else { &mut hidden },
                "mails",
                "Mails handed to the relay by what became of them",
                "result",
                MailOutcome::WORDS,
            ),
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

    /// Somebody signed in on the pages, or was refused.
    pub fn sign_in(&self, outcome: BindOutcome) {
        self.sign_ins[outcome as usize].inc();
    }

    /// Somebody asked for a new password on the pages.
    pub fn reset_requested(&self, outcome: ResetRequested) {
        self.resets[outcome as usize].inc();
    }

    /// A mailed link was used.
    pub fn link_used(&self, what_for: LinkUsed) {
        self.links[what_for as usize].inc();
    }

    /// A mail was handed to the relay.
    pub fn mail(&self, outcome: MailOutcome) {
        self.mails[outcome as usize].inc();
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
    pub fn connected(&self, transport: Transport) -> OpenConnection {
        self.accepted[transport as usize].inc();
        let gauge = self.connections[transport as usize].clone();
        gauge.inc();
        OpenConnection(gauge)
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
pub struct OpenConnection(Gauge);

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Registers a family of one label and makes each of its series.
fn family<M: Metric + Default + Clone, const N: usize>(
    registry: &mut Registry,
    name: &str,
    help: &str,
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
struct Pulled(Arc<Readings>, ShownMetrics);

/// What whoever reads the metrics sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ShownMetrics {
    Everything,
    AllButMails,
}

impl Collector for Pulled {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let readings = &self.0;
        for (name, help, value) in [
            ("hash_waiting", "Passwords that wait for a hash thread", &readings.hash_waiting),
            ("hash_running", "Hash threads that compute", &readings.hash_running),
        ] {
            gauge(&mut encoder, name, help, value)?;
        }
        for (name, help, value) in [
            ("hashes", "Passwords that hash threads were done with", &readings.hashes),
            ("hashes_refused", "Passwords that found the hash queue full", &readings.hashes_refused),
            ("audit_dropped", "Rows of the audit that could not be written", &readings.audit_dropped),
            ("audit_skipped", "Refusals that one row of the audit counts, as one actor or source had too many", &readings.audit_skipped),
        ] {
            counter(&mut encoder, name, help, value)?;
        }
        match self.1 {
            ShownMetrics::Everything => self.encode_mails(encoder),
            ShownMetrics::AllButMails => Ok(()),
        }
    }
}

impl Pulled {
    fn encode_mails(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let readings = &self.0;
        for (name, help, value) in [
            ("mails_waiting", "Mails that wait in the outbox", &readings.mails_waiting),
            ("mails_given_up", "Mails that were given up and wait for an administrator", &readings.mails_given_up),
            ("mail_oldest_seconds", "Seconds since the oldest mail that waits was queued", &readings.oldest_mail),
        ] {
            gauge(&mut encoder, name, help, value)?;
        }
        for (name, help, value) in [
            ("mails_queued", "Mails that were put into the outbox", &readings.mails_queued),
            ("reset_requests_throttled", "Requests for a new password that were beyond a limit", &readings.resets_throttled),
            ("store_commits", "Commits of the store", &readings.store_commits),
        ] {
            counter(&mut encoder, name, help, value)?;
        }
        Ok(())
    }
}

fn gauge(encoder: &mut DescriptorEncoder, name: &str, help: &str, value: &AtomicU64) -> fmt::Result {
    let gauge = ConstGauge::new(value.load(Relaxed) as i64);
    gauge.encode(encoder.encode_descriptor(name, help, None, gauge.metric_type())?)
}

fn counter(encoder: &mut DescriptorEncoder, name: &str, help: &str, value: &AtomicU64) -> fmt::Result {
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
    fn what_tells_whether_an_account_exists_is_shown_on_request_alone() {
        let telling = ["bindery_mail", "bindery_store_commits", "bindery_reset_requests_throttled"];
        let shown = |metrics: Metrics| telling.map(|name| metrics.render().contains(name));
        assert_eq!((shown(Metrics::new()), shown(Metrics::without_mails())), ([true; 3], [false; 3]));
        let metrics = Metrics::without_mails();
        metrics.mail(MailOutcome::Sent);
        assert!(metrics.render().contains("bindery_reset_requests_total{result=\"taken\"} 0") && !metrics.render().contains("mail"));
    }

    #[test]
    fn what_is_counted_is_shown() {
        let metrics = Metrics::new();
        metrics.bind(BindOutcome::Throttled, Duration::from_millis(2));
        metrics.operation(Operation::Other);
        metrics.refused(Refused::Idle);
        let open = metrics.connected(Transport::Ldaps);
        metrics.connected(Transport::Ldapi);
        metrics.readings().hashes_refused.store(7, Relaxed);
        metrics.readings().oldest_mail.store(301, Relaxed);
        metrics.sign_in(BindOutcome::Busy);
        metrics.reset_requested(ResetRequested::Taken);
        metrics.link_used(LinkUsed::Generated);
        metrics.mail(MailOutcome::Postponed);
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
            "bindery_sign_ins_total{result=\"busy\"} 1",
            "bindery_reset_requests_total{result=\"taken\"} 1",
            "bindery_reset_links_used_total{for=\"generated\"} 1",
            "bindery_mails_total{result=\"postponed\"} 1",
            "bindery_mail_oldest_seconds 301",
        ] {
            assert!(text.contains(&format!("{line}\n")), "{line} is not in\n{text}");
        }
        let mut families: Vec<_> = text.lines().filter(|line| line.starts_with("# HELP")).collect();
        let all = families.len();
        families.sort();
        families.dedup();
        assert_eq!(families.len(), all, "a family is there twice:\n{text}");
        drop(open);
        assert!(metrics.render().contains("bindery_connections{transport=\"ldaps\"} 0\n"));
    }
}
