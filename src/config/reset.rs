//! `[reset]`: the forgotten password.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::duration;

/// `[reset]`: the forgotten password.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ResetConfig {
    /// What a mailed link's page offers.
    pub delivery: Delivery,
    /// How long a link is valid from the moment the relay takes the mail.
    #[serde(with = "duration")]
    pub token_ttl: Duration,
    /// How long the link of an invitation is valid.
    #[serde(with = "duration")]
    pub invitation_ttl: Duration,
    /// How long a mail address that its owner has changed gets no link to a new password; 0: none.
    #[serde(with = "duration")]
    pub new_address_wait: Duration,
    /// What becomes of a generated password.
    pub generated: GeneratedPassword,
    /// How long a generated password is good for; none: for ever.
    #[serde(with = "duration::optional")]
    pub generated_ttl: Option<Duration>,
    /// Requests for one account in an hour.
    pub per_account: usize,
    /// The least time between two of them.
    #[serde(with = "duration")]
    pub cool_down: Duration,
    /// Requests from one network (an IPv4 address, an IPv6 /64) in `source_window`.
    pub per_source: usize,
    /// See `per_source`.
    #[serde(with = "duration")]
    pub source_window: Duration,
    /// Mails with links in an hour, whoever they are for.
    pub mails_an_hour: usize,
}

/// What a mailed link's page offers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Delivery {
    /// A generated password by mail, and beside it to choose one at once.
    #[default]
    Both,
    /// A generated password by mail.
    Generated,
    /// To choose one at once.
    Chosen,
}

/// What becomes of a generated password.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GeneratedPassword {
    /// Its owner may keep it.
    #[default]
    Keep,
    /// It must be changed first.
    MustChange,
}

impl Default for ResetConfig {
    /// CNIL's recommendation 2022-100: a link for renewal is valid for 24 hours at most.
    fn default() -> ResetConfig {
        ResetConfig {
            delivery: Delivery::Both,
            token_ttl: Duration::from_secs(3600),
            invitation_ttl: Duration::from_secs(86_400),
            new_address_wait: Duration::from_secs(86_400),
            generated: GeneratedPassword::Keep,
            generated_ttl: None,
            per_account: 3,
            cool_down: Duration::from_secs(120),
            per_source: 30,
            source_window: Duration::from_secs(600),
            mails_an_hour: 1_000,
        }
    }
}
