//! Sets up the log: human on a terminal, the journal or JSON elsewhere. Never anything from the protocol crates.

use std::io::IsTerminal;

use tracing::{Metadata, Subscriber};
use tracing_subscriber::filter::{EnvFilter, FilterExt, FilterFn, filter_fn};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

/// How lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Human on a terminal, the journal under systemd, JSON elsewhere.
    Auto,
    /// For people, on the standard error.
    Human,
    /// One JSON object a line, on the standard error.
    Json,
    /// systemd's journal, with its fields.
    Journald,
}

/// Why the log cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The level is not written as it should be.
    #[error("log.level {0:?} is no level: write error, warn, info, debug or trace, or directives such as info,bindery::ldap=debug")]
    Level(String),
    /// The journal's socket is not there.
    #[error("the journal does not answer ({0}): set log.format to json")]
    Journal(#[from] std::io::Error),
}

/// Sends the events of this process where `format` says, from `level` on; `RUST_LOG` takes the place of `level`.
/// A second call leaves the first one's log as it is.
///
/// # Errors
/// A level that cannot be read, a journal that is not there.
pub fn start(format: Format, level: &str) -> Result<(), LogError> {
    let directives = std::env::var("RUST_LOG").unwrap_or_else(|_| level.to_owned());
    let filter = EnvFilter::try_new(&directives).map_err(|_| LogError::Level(directives))?.and(speaks());
    let registry = tracing_subscriber::registry();
    // Events of crates that use `log` are not bridged: ldap3 logs whole messages there.
    let kept = match chosen(format) {
        Format::Journald => tracing::subscriber::set_global_default(registry.with(tracing_journald::layer()?.with_filter(filter))),
        Format::Human => tracing::subscriber::set_global_default(registry.with(human().with_filter(filter))),
        Format::Json | Format::Auto => tracing::subscriber::set_global_default(registry.with(json().with_filter(filter))),
    };
    if kept.is_err() {
        tracing::debug!("the log was set up before");
    }
    Ok(())
}

fn chosen(format: Format) -> Format {
    match format {
        Format::Auto if std::io::stderr().is_terminal() => Format::Human,
        Format::Auto if stderr_is_the_journal() => Format::Journald,
        other => other,
    }
}

/// systemd says in `$JOURNAL_STREAM` which device and inode its journal's stream has (systemd.exec(5)).
fn stderr_is_the_journal() -> bool {
    let Ok(stream) = std::env::var("JOURNAL_STREAM") else { return false };
    rustix::fs::fstat(std::io::stderr()).is_ok_and(|stat| stream == format!("{}:{}", stat.st_dev, stat.st_ino))
}

fn human<S: Subscriber + for<'a> LookupSpan<'a>>() -> impl Layer<S> {
    tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal())
}

fn json<S: Subscriber + for<'a> LookupSpan<'a>>() -> impl Layer<S> {
    tracing_subscriber::fmt::layer().json().flatten_event(true).with_writer(std::io::stderr)
}

/// Lets everything pass but the crates that log whole messages, and so passwords, at TRACE.
fn speaks() -> FilterFn<fn(&Metadata<'_>) -> bool> {
    filter_fn(|metadata| !SILENCED.iter().any(|crate_name| metadata.target().starts_with(crate_name)))
}

/// The crates that are never heard, whatever the level: ldap3, ldap3_proto, ldap3_client, lber.
const SILENCED: [&str; 2] = ["ldap3", "lber"];

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn protocol_crates_are_silent_even_when_they_are_asked_for() {
        let sink = Sink::default();
        let writer = sink.clone();
        let filter = EnvFilter::new("trace,ldap3_proto=trace,lber=trace,ldap3=trace").and(speaks());
        let layer = tracing_subscriber::fmt::layer().with_writer(move || writer.clone()).with_filter(filter);
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
            tracing::trace!(target: "ldap3_proto::proto", password = "hunter2hunter2");
            tracing::error!(target: "lber", password = "hunter2hunter2");
            tracing::trace!(target: "ldap3", password = "hunter2hunter2");
            tracing::trace!(target: "bindery::ldap", "heard");
        });
        let text = String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
        assert!(text.contains("heard") && !text.contains("hunter2"), "{text}");
    }
}
