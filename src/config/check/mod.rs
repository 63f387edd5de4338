//! Judges settings that are well written: what cannot work together, what is missing, what is unwise. The pages and
//! their mails are judged in `check/pages.rs` and `check/mail.rs`.

mod mail;
mod pages;
#[cfg(test)]
mod tests;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use super::certificate::{CertificateError, certificate, located};
use super::problem::{Origin, Problem, Severity};
use super::{Argon2Config, Config, TlsConfig};
use crate::domain::credential::Cost;
use crate::domain::dn::Dn;

/// All that is wrong with `config`; `origin_of` says where a key was set.
pub(super) fn check(config: &Config, origin_of: &dyn Fn(&str) -> Origin) -> Vec<Problem> {
    let mut found = Findings { origin_of, problems: Vec::new() };
    directory(config, &mut found);
    tls(&config.tls, &mut found);
    listeners(config, &mut found);
    passwords(config, &mut found);
    numbers(config, &mut found);
    pages::check(config, &mut found);
    mail::check(config, &mut found);
    found.problems
}

struct Findings<'a> {
    origin_of: &'a dyn Fn(&str) -> Origin,
    problems: Vec<Problem>,
}

impl Findings<'_> {
    fn error(&mut self, key: &str, what: impl Into<String>, remedy: impl Into<String>) {
        self.add(Severity::Error, key, what.into(), remedy.into());
    }

    fn warning(&mut self, key: &str, what: impl Into<String>, remedy: impl Into<String>) {
        self.add(Severity::Warning, key, what.into(), remedy.into());
    }

    fn add(&mut self, severity: Severity, key: &str, what: String, remedy: String) {
        self.problems.push(Problem { severity, origin: (self.origin_of)(key), key: key.to_owned(), what, remedy });
    }

    fn lasts(&mut self, key: &str, value: Duration, range: std::ops::RangeInclusive<Duration>) {
        if !range.contains(&value) {
            let text = |duration| humantime::format_duration(duration).to_string();
            self.error(key, format!("is {}", text(value)), format!("write a time from {} to {}", text(*range.start()), text(*range.end())));
        }
    }

    fn within(&mut self, key: &str, value: u64, range: std::ops::RangeInclusive<u64>) {
        if !range.contains(&value) {
            self.error(key, format!("is {value}"), format!("write a number from {} to {}", range.start(), range.end()));
        }
    }
}

fn directory(config: &Config, found: &mut Findings<'_>) {
    match Dn::parse(&config.directory.suffix) {
        Ok(suffix) if suffix.is_root() => found.error("directory.suffix", "is empty", "write a DN, such as \"dc=example,dc=org\""),
        Ok(_) => {}
        Err(error) => found.error("directory.suffix", format!("is no DN: {error}"), "write it as \"dc=example,dc=org\""),
    }
    if config.directory.organisation.trim().is_empty() {
        found.error("directory.organisation", "is empty", "write the organisation's name");
    }
}

fn tls(tls: &TlsConfig, found: &mut Findings<'_>) {
    match (&tls.certificate, &tls.key) {
        (Some(_), None) => found.error("tls.certificate", "has no key", "name the private key's file in tls.key"),
        (None, Some(_)) => found.error("tls.key", "has no certificate", "name the certificate's file in tls.certificate"),
        (None, None) => found.warning(
            "tls.certificate",
            "is not set, so there is no TLS, and passwords are taken over the loopback and the Unix socket only",
            "name a certificate and its key; `bindery init` makes a first one",
        ),
        (Some(_), Some(key)) => {
            match certificate(tls) {
                Ok(_) => {}
                Err(error @ (CertificateError::Mismatch(..) | CertificateError::NoKey(_))) => {
                    found.error("tls.key", error.to_string(), "name the file of the private key that was made with this certificate");
                }
                Err(error @ CertificateError::NoCredentials(_)) => {
                    found.error("tls.key", error.to_string(), "have systemd load it (LoadCredential=), or name a file");
                }
                Err(CertificateError::Unreadable(path, error)) => {
                    let name = if path == *key { "tls.key" } else { "tls.certificate" };
                    found.error(name, format!("{} cannot be read: {error}", path.display()), "name a file that the daemon's user can read");
                }
                Err(error @ CertificateError::NoCertificate(_)) => {
                    found.error("tls.certificate", error.to_string(), "name a file that begins with -----BEGIN CERTIFICATE-----");
                }
            }
            private("tls.key", key, found);
        }
    }
}

/// A secret that everybody on the machine can read is none.
fn private(key: &str, path: &Path, found: &mut Findings<'_>) {
    let mode = located(path).ok().and_then(|path| std::fs::metadata(path).ok()).map_or(0, |metadata| metadata.permissions().mode());
    if mode & 0o007 != 0 {
        found.warning(key, format!("{} can be read by everybody on this machine", path.display()), "chmod it to 0640 or 0600");
    }
}

fn listeners(config: &Config, found: &mut Findings<'_>) {
    let ldap = &config.ldap;
    if ldap.listen.is_empty() && ldap.tls_listen.is_empty() && ldap.socket.as_os_str().is_empty() {
        found.error("ldap.listen", "is empty, and so are ldap.tls_listen and ldap.socket", "name an address to listen on");
    }
    for address in &ldap.tls_listen {
        if address.port() != 0 && ldap.listen.contains(address) {
            found.error("ldap.tls_listen", format!("{address} is in ldap.listen too"), "give each its own port");
        }
    }
    if ldap.allow_cleartext {
        found.warning(
            "ldap.allow_cleartext",
            "lets passwords cross the network for anybody to read",
            "set it to false and have clients use TLS",
        );
    }
    for address in config.metrics.listen.iter().filter(|address| !address.ip().is_loopback()) {
        found.warning(
            "metrics.listen",
            format!("{address} shows the metrics to other machines, without any password"),
            "listen on 127.0.0.1, or close the port to all but the collector",
        );
    }
}

fn passwords(config: &Config, found: &mut Findings<'_>) {
    let passwords = &config.passwords;
    found.within("passwords.minimum", passwords.minimum as u64, 8..=64);
    let Argon2Config { memory_kib, passes, lanes } = passwords.argon2;
    if Cost::new(memory_kib, passes, lanes).is_none() {
        let what = format!("memory_kib {memory_kib}, passes {passes} and lanes {lanes} are beyond what a bind may cost");
        found.error("passwords.argon2", what, "keep the defaults, or raise memory_kib and passes by a few times at most");
    } else if memory_kib.saturating_mul(passes) < LEAST_COST {
        found.warning("passwords.argon2", "makes stolen passwords cheaper to guess than is recommended", "keep the defaults");
    }
    found.within("passwords.hash_threads", passwords.hash_threads as u64, 0..=256);
    found.within("passwords.hash_queue", passwords.hash_queue as u64, 1..=1_000_000);
    let throttle = &config.throttle;
    if !throttle.enabled {
        found.warning("throttle.enabled", "is false: passwords can be guessed without end", "set it to true outside of load tests");
    }
    found.within("throttle.failures_in_a_row", throttle.failures_in_a_row.into(), 1..=100);
    found.within("throttle.failures_a_day", throttle.failures_a_day.into(), 1..=1_000);
    for source in throttle.sources.iter().filter(|source| source.parsed().is_none()) {
        found.error(
            "throttle.sources",
            format!("{:?} is no network", source.network),
            "write it as 192.0.2.7, 192.0.2.0/24 or 2001:db8::/64",
        );
    }
    if throttle.longest_wait < throttle.first_wait {
        found.error("throttle.longest_wait", "is shorter than throttle.first_wait", "make it as long or longer");
    }
}

fn numbers(config: &Config, found: &mut Findings<'_>) {
    let limits = &config.limits;
    found.within("store.cache_mib", config.store.cache_mib as u64, 1..=1_048_576);
    found.within("limits.connections", limits.connections as u64, 1..=1_000_000);
    found.within("limits.connections_per_source", limits.connections_per_source as u64, 1..=1_000_000);
    found.within("limits.message_before_bind", limits.message_before_bind as u64, 1_024..=(16 << 20));
    found.within("limits.message", limits.message as u64, 1_024..=(64 << 20));
    found.within("limits.message_memory", limits.message_memory as u64, (1 << 20)..=(1 << 40));
    let largest = limits.message.max(limits.message_before_bind);
    if limits.message_memory / 4 < largest {
        found.error(
            "limits.message_memory",
            format!("is {}, less than four messages of {largest} bytes", limits.message_memory),
            "make it larger, or limits.message smaller",
        );
    }
    found.within("limits.search_entries", limits.search_entries as u64, 1..=10_000_000);
    let posix = &config.posix;
    for (key, first, final_) in [("posix.uid_max", posix.uid_min, posix.uid_max), ("posix.gid_max", posix.gid_min, posix.gid_max)] {
        if final_ <= first {
            found.error(key, format!("is {final_}, but the first number is {first}"), "make it larger");
        }
    }
    if posix.uid_min < 1_000 {
        found.warning("posix.uid_min", "is among the numbers of a system's own accounts", "begin at 1000 or above");
    }
}

/// The least of OWASP's recommended parameters (m=7168 KiB, t=5): KiB of memory written for one hash.
const LEAST_COST: u32 = 7_168 * 5;
