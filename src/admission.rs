//! How many there may be at once, in all and from one source: connections of a listener, requests that wait.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::domain::caller::Source;
use crate::domain::throttle::neighbourhood;
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
    /// For whom it counts; none: for all who stand behind a proxy.
    source: Option<Source>,
}

impl Admission {
    /// With nobody there yet; `per_source` connections from one address (IPv6: from one /64).
    pub fn new(total: usize, per_source: usize) -> Admission {
        Admission { open: Arc::default(), total, per_source }
    }

    /// A place for a connection from `source`, or which bound stands against it. No source is a proxy, whose
    /// connections are bounded in all only.
    pub fn admit(&self, source: Option<Source>) -> Result<Admitted, Refused> {
        let mut open = lock(&self.open);
        if open.total >= self.total {
            return Err(Refused::Total);
        }
        let mut admitted = Admitted { open: Arc::clone(&self.open), source: None };
        open.total += 1;
        drop(open);
        if let Some(source) = source {
            self.attribute(&mut admitted, source)?;
        }
        Ok(admitted)
    }

    /// Counts a connection of a proxy for the source that it turns out to come from.
    pub fn attribute(&self, admitted: &mut Admitted, source: Source) -> Result<(), Refused> {
        let source = neighbourhood(source);
        let mut open = lock(&self.open);
        let count = open.by_source.entry(source).or_default();
        if *count >= self.per_source {
            return Err(Refused::Source);
        }
        *count += 1;
        admitted.source = Some(source);
        Ok(())
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        let mut open = lock(&self.open);
        open.total -= 1;
        let Some(source) = self.source else { return };
        if let Some(count) = open.by_source.get_mut(&source) {
            *count -= 1;
            if *count == 0 {
                open.by_source.remove(&source);
            }
        }
    }
}

fn lock(open: &Mutex<Open>) -> MutexGuard<'_, Open> {
    open.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(text: &str) -> Source {
        Source::Address(text.parse().unwrap())
    }

    #[test]
    fn places_are_counted_and_given_back() {
        let admission = Admission::new(3, 2);
        let first = admission.admit(Some(from("192.0.2.1"))).unwrap();
        let _second = admission.admit(Some(from("192.0.2.1"))).unwrap();
        assert_eq!(admission.admit(Some(from("192.0.2.1"))).unwrap_err(), Refused::Source);
        let _third = admission.admit(Some(from("192.0.2.2"))).unwrap();
        assert_eq!(admission.admit(Some(from("192.0.2.3"))).unwrap_err(), Refused::Total);
        drop(first);
        assert!(admission.admit(Some(from("192.0.2.1"))).is_ok());
    }

    #[test]
    fn an_ipv6_network_is_one_source() {
        let admission = Admission::new(9, 1);
        let _first = admission.admit(Some(from("2001:db8::1"))).unwrap();
        assert_eq!(admission.admit(Some(from("2001:db8::ffff:2"))).unwrap_err(), Refused::Source);
        assert!(admission.admit(Some(from("2001:db8:0:1::1"))).is_ok());
    }

    #[test]
    fn those_behind_a_proxy_are_counted_once_they_are_known() {
        let admission = Admission::new(3, 1);
        let mut first = admission.admit(None).unwrap();
        let mut second = admission.admit(None).unwrap();
        assert_eq!(admission.attribute(&mut first, from("192.0.2.1")), Ok(()));
        assert_eq!(admission.attribute(&mut second, from("192.0.2.1")), Err(Refused::Source));
        drop(second);
        drop(first);
        assert!(lock(&admission.open).by_source.is_empty());
        assert_eq!(lock(&admission.open).total, 0);
    }
}
