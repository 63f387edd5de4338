//! `[throttle]`: the type with its defaults.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::duration;
use crate::domain::network::Network;

/// `[throttle]`: how failed binds slow down further ones.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ThrottleConfig {
    /// Off only for load tests.
    pub enabled: bool,
    /// Failures in a row that cost nothing.
    pub failures_in_a_row: u32,
    /// The wait after that; each further failure doubles it.
    #[serde(with = "duration")]
    pub first_wait: Duration,
    /// The longest wait.
    #[serde(with = "duration")]
    pub longest_wait: Duration,
    /// Failures of one account in 24 hours.
    pub failures_a_day: u32,
    /// Failures a second from one source network.
    pub source_rate: u32,
    /// Failures at once from one source network.
    pub source_burst: u32,
    /// Networks with limits of their own: applications behind whose address many people sign in.
    pub sources: Vec<ThrottleSource>,
}

/// One of `[[throttle.sources]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThrottleSource {
    /// `192.0.2.7` or `192.0.2.0/24`.
    pub network: String,
    /// Failures a second from it.
    pub rate: u32,
    /// Failures at once from it.
    pub burst: u32,
}

impl ThrottleSource {
    /// The network; none if it is not written as it should be.
    pub fn parsed(&self) -> Option<Network> {
        Network::parse(&self.network)
    }
}

impl Default for ThrottleConfig {
    /// CNIL's recommendation 2022-100 asks for a growing wait and at most 25 attempts in 24 hours.
    fn default() -> ThrottleConfig {
        ThrottleConfig {
            enabled: true,
            failures_in_a_row: 5,
            first_wait: Duration::from_secs(60),
            longest_wait: Duration::from_secs(3600),
            failures_a_day: 25,
            source_rate: 20,
            source_burst: 200,
            sources: Vec::new(),
        }
    }
}
