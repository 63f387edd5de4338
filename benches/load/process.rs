//! What the kernel says about the server: CPU time and memory.

use std::collections::BTreeMap;
use std::fs;

/// CPU time of a process up to now, and its memory.
#[derive(Clone, Default)]
pub struct Sample {
    /// User and system time, in microseconds, to 10 ms.
    pub cpu: u64,
    /// Run time by the names of the threads that live, in microseconds.
    pub threads: BTreeMap<String, u64>,
    /// Resident memory, in KiB.
    pub resident: u64,
}

/// A clock tick of /proc/PID/stat, in microseconds (USER_HZ is 100 on Linux).
const TICK: u64 = 10_000;

/// Reads `pid`; what cannot be read is zero.
pub fn sample(pid: u32) -> Sample {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The second field is the program's name and may hold blanks; utime and stime are the 14th and 15th.
    let fields = stat.rsplit_once(')').map(|(_, rest)| rest.split_whitespace().collect::<Vec<_>>()).unwrap_or_default();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<u64>().ok()).unwrap_or(0);
    Sample { cpu: (ticks(11) + ticks(12)) * TICK, threads: threads(pid), resident: resident(pid) }
}

/// Resident memory of `pid`, in KiB.
pub fn resident(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

fn threads(pid: u32) -> BTreeMap<String, u64> {
    let mut threads = BTreeMap::new();
    for task in fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten() {
        let name = fs::read_to_string(task.path().join("comm")).unwrap_or_default();
        let schedstat = fs::read_to_string(task.path().join("schedstat")).unwrap_or_default();
        let nanoseconds = schedstat.split_whitespace().next().and_then(|field| field.parse::<u64>().ok()).unwrap_or(0);
        *threads.entry(name.trim().to_owned()).or_default() += nanoseconds / 1000;
    }
    threads
}
