//! Failures by where they come from: a token bucket a source. Generous, since many people sign in from one
//! application's address.

use std::net::{IpAddr, Ipv6Addr};

use super::Table;
use crate::domain::caller::Source;
use crate::domain::network::Network;
use crate::domain::time::UnixTime;

/// Sources at most; the one that failed longest ago is forgotten.
pub const MAX_SOURCES: usize = 65_536;

/// Failures that a source may make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Failures a second that are forgiven.
    pub per_second: u32,
    /// Failures at once.
    pub burst: u32,
}

impl Default for Limit {
    fn default() -> Limit {
        Limit { per_second: 20, burst: 200 }
    }
}

/// A limit of its own for the addresses of a network: that of an application through which many people sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListedNetwork {
    /// The network.
    pub network: Network,
    /// Its limit, for each source in it.
    pub limit: Limit,
}

/// The failures of all sources. The Unix socket and the daemon itself are not limited.
#[derive(Debug)]
pub struct SourceLimits {
    limit: Limit,
    listed: Vec<ListedNetwork>,
    buckets: Table<IpAddr, Bucket>,
}

/// What is left of a burst, in thousandths of a failure; below zero when attempts under way failed together.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: i64,
    at: UnixTime,
}

impl SourceLimits {
    /// `limit` for every source, but for those in `listed`; the first network that holds an address counts.
    pub fn new(limit: Limit, listed: Vec<ListedNetwork>) -> SourceLimits {
        SourceLimits { limit, listed, buckets: Table::new(MAX_SOURCES) }
    }

    /// Whether an attempt from `source` may be verified at `now`.
    pub fn admits(&self, source: Source, now: UnixTime) -> bool {
        match neighbourhood(source) {
            Source::Address(address) => self.bucket(address, now).left >= ONE,
            Source::Socket(_) | Source::Internal => true,
        }
    }

    /// Counts a failure from `source` at `now`.
    pub fn failed(&mut self, source: Source, now: UnixTime) {
        let Source::Address(address) = neighbourhood(source) else { return };
        let full = i64::from(self.limit_of(address).burst) * ONE;
        let mut bucket = self.bucket(address, now);
        bucket.left = (bucket.left - ONE).max(-full);
        self.buckets.write(address, bucket);
    }

    /// The bucket of `address`, refilled until `now`. A clock that was set back refills nothing and takes nothing away.
    fn bucket(&self, address: IpAddr, now: UnixTime) -> Bucket {
        let limit = self.limit_of(address);
        let full = i64::from(limit.burst) * ONE;
        let Some(bucket) = self.buckets.read(&address) else { return Bucket { left: full, at: now } };
        let refill = (now.since(bucket.at).as_millis() as i64).saturating_mul(i64::from(limit.per_second));
        Bucket { left: bucket.left.saturating_add(refill).min(full), at: now }
    }

    fn limit_of(&self, address: IpAddr) -> Limit {
        self.listed
            .iter()
            .find(|listed| listed.network.widened_to(NEIGHBOURHOOD_BITS).holds(address))
            .map_or(self.limit, |listed| listed.limit)
    }
}

/// The source that counts as one with `source`: an IPv4 address for itself, an IPv6 address for its /64, which one
/// customer has.
pub fn neighbourhood(source: Source) -> Source {
    match source {
        Source::Address(address) => Source::Address(match address.to_canonical() {
            IpAddr::V4(address) => IpAddr::V4(address),
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        }),
        Source::Socket(_) | Source::Internal => source,
    }
}

/// The leading bits of an IPv6 address that its [`neighbourhood`] keeps.
const NEIGHBOURHOOD_BITS: u8 = 64;

/// One failure, in thousandths; a limit of one a second refills one thousandth a millisecond.
const ONE: i64 = 1000;
