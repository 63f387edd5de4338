//! What came of a stream, and how it is printed.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::process::Sample;

/// What was counted in one stream while it was measured.
#[derive(Default)]
pub struct Tally {
    /// The time of each operation that succeeded, in nanoseconds.
    pub times: Vec<u64>,
    /// How late each request of an open stream was sent, in nanoseconds.
    pub lags: Vec<u64>,
    /// Entries that came, those of unfinished operations too.
    pub entries: u64,
    /// Answers that were not what was asked for, by result code; 0: too many or too few entries.
    pub refused: BTreeMap<u8, u64>,
    /// Connections that the server closed.
    pub broken: u64,
    /// Requests of an open stream that were due, and had no answer at the end; their age is in `times`.
    pub unanswered: u64,
}

impl Tally {
    /// One stream's part of the report.
    pub fn to_json(&self, name: &str, seconds: f64) -> Value {
        let done = self.times.len() as u64 - self.unanswered;
        let times = sorted(&self.times);
        let lags = sorted(&self.lags);
        json!({
            "name": name,
            "ops": done,
            "per_s": done as f64 / seconds,
            "p50_us": quantile(&times, 0.5),
            "p99_us": quantile(&times, 0.99),
            "max_us": quantile(&times, 1.0),
            "entries": self.entries,
            "unanswered": self.unanswered,
            "refused": self.refused,
            "broken": self.broken,
            "lag_p99_us": quantile(&lags, 0.99),
        })
    }
}

/// The server's part of the report.
pub fn server_json(before: &Sample, after: &Sample, peak: u64) -> Value {
    let threads: BTreeMap<&String, u64> = after
        .threads
        .iter()
        .map(|(name, time)| (name, time.saturating_sub(before.threads.get(name).copied().unwrap_or(0))))
        .filter(|(_, time)| *time > 0)
        .collect();
    json!({
        "cpu_us": after.cpu.saturating_sub(before.cpu),
        "threads_us": threads,
        "rss_kb": before.resident,
        "rss_peak_kb": peak,
        "rss_after_kb": after.resident,
    })
}

/// A time as it is kept in a [`Tally`].
pub fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

fn sorted(times: &[u64]) -> Vec<u64> {
    let mut times = times.to_vec();
    times.sort_unstable();
    times
}

/// The value below which the part `q` lies (nearest rank), in microseconds.
fn quantile(sorted: &[u64], q: f64) -> Option<f64> {
    let rank = (sorted.len() as f64 * q).ceil() as usize;
    sorted.get(rank.max(1) - 1).map(|time| *time as f64 / 1000.0)
}
