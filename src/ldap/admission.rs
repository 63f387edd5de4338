//! How many connections there may be, in all and from one source.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

use super::limits::Limits;
use crate::domain::audit::Source;
use crate::observe::metrics::Refused;

/// Counts connections.
#[derive(Debug)]
pub struct Admission {
    open: Arc<Mutex<Open>>,
    total: usize,
    per_source: usize,
}

#[derive(Debug, Default)]
struct Open {
    total: usize,
    by_source: HashMap<Source, usize>,
}

/// A place among the connections, for as long as it is held.
#[derive(Debug)]
pub struct Admitted {
    open: Arc<Mutex<Open>>,
    source: Source,
}

impl Admission {
    /// With nobody there yet.
    pub fn new(limits: &Limits) -> Admission {
        Admission { open: Arc::default(), total: limits.connections, per_source: limits.connections_per_source }
    }

    /// A place for a connection from `source`, or which bound stands against it.
    pub fn admit(&self, source: Source) -> Result<Admitted, Refused> {
        let source = network(source);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.total >= self.total {
            return Err(Refused::Total);
        }
        if open.by_source.get(&source).is_some_and(|count| *count >= self.per_source) {
            return Err(Refused::Source);
        }
        open.total += 1;
        *open.by_source.entry(source).or_default() += 1;
        Ok(Admitted { open: Arc::clone(&self.open), source })
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.total -= 1;
        if let Some(count) = open.by_source.get_mut(&self.source) {
            *count -= 1;
            if *count == 0 {
                open.by_source.remove(&self.source);
            }
        }
    }
}

/// What counts as one source: one host has a whole IPv6 /64 to itself.
fn network(source: Source) -> Source {
    match source {
        Source::Address(IpAddr::V6(address)) => Source::Address(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into()),
        Source::Address(IpAddr::V4(_)) | Source::Socket(_) | Source::Internal => source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(text: &str) -> Source {
        Source::Address(text.parse().unwrap())
    }

    #[test]
    fn places_are_counted_and_given_back() {
        let admission = Admission::new(&Limits { connections: 3, connections_per_source: 2, ..Limits::default() });
        let first = admission.admit(from("192.0.2.1")).unwrap();
        let _second = admission.admit(from("192.0.2.1")).unwrap();
        assert_eq!(admission.admit(from("192.0.2.1")).unwrap_err(), Refused::Source);
        let _third = admission.admit(from("192.0.2.2")).unwrap();
        assert_eq!(admission.admit(from("192.0.2.3")).unwrap_err(), Refused::Total);
        drop(first);
        assert!(admission.admit(from("192.0.2.1")).is_ok());
    }

    #[test]
    fn an_ipv6_network_is_one_source() {
        let admission = Admission::new(&Limits { connections_per_source: 1, ..Limits::default() });
        let _first = admission.admit(from("2001:db8::1")).unwrap();
        assert_eq!(admission.admit(from("2001:db8::ffff:2")).unwrap_err(), Refused::Source);
        assert!(admission.admit(from("2001:db8:0:1::1")).is_ok());
    }
}
