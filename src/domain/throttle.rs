//! How failures slow further attempts down (CNIL 2022-100, NIST SP 800-63B): pure transitions.

use serde::{Deserialize, Serialize};

use super::time::UnixTime;

/// The failures of one account or one name, as they are stored under `f/<id>`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Failures {
    /// Failures in a row since the last success.
    pub in_a_row: u32,
    /// The times of the failures of the last 24 hours, oldest first, at most the daily limit.
    pub recent: Vec<UnixTime>,
    /// Until when attempts are refused unseen.
    pub refused_until: Option<UnixTime>,
}
