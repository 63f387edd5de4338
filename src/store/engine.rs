//! The seam between the rules and a database.

use super::view::{Stop, View};

/// Why a rule was not carried out.
#[derive(Debug, PartialEq)]
pub enum Fail<E> {
    /// The rule said no.
    Rule(E),
    /// Too many others changed the same keys meanwhile.
    Conflict,
    /// The commit may or may not have happened; run it again with the same `OpId`.
    Unknown,
    /// The store does not answer.
    Down,
}

impl<E> Fail<E> {
    /// Returns the rule's refusal, or `unavailable` if the rule was not carried out for another reason.
    pub fn or(self, unavailable: E) -> E {
        match self {
            Fail::Rule(refusal) => refusal,
            Fail::Conflict | Fail::Unknown | Fail::Down => unavailable,
        }
    }

    /// As [`Fail::or`], with an answer of its own for a conflict: the caller may try again.
    pub fn or_busy(self, busy: E, unavailable: E) -> E {
        match self {
            Fail::Conflict => busy,
            Fail::Rule(_) | Fail::Unknown | Fail::Down => self.or(unavailable),
        }
    }
}

/// The store does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Down;

/// A database with ordered keys that can run a rule serializably.
#[allow(async_fn_in_trait)] // Only used with the engines of this crate, whose futures are Send.
pub trait Engine {
    /// Runs `rule` serializably against all other rules and commits what it puts, durably, before it returns.
    /// The rule may be run more than once; a refusal leaves nothing behind.
    async fn run<T, E, R>(&self, rule: R) -> Result<T, Fail<E>>
    where
        T: Send + 'static,
        E: Send + 'static,
        R: Fn(&mut View<'_>) -> Result<T, Stop<E>> + Send + 'static;

    /// Runs a rule that only reads, on the state after the last acknowledged change. Current, never stale.
    async fn read<T, E, R>(&self, rule: R) -> Result<T, Fail<E>>
    where
        R: Fn(&mut View<'_>) -> Result<T, Stop<E>>;
}

/// What a rule's end means for its caller. What is a fault of the store or of the rule itself is logged here, and
/// the caller is told no more than that the store does not answer.
pub(super) fn settle<T, E>(outcome: Result<T, Stop<E>>) -> Result<T, Fail<E>> {
    outcome.map_err(|stop| match stop {
        Stop::Rule(refusal) => Fail::Rule(refusal),
        Stop::Need => {
            tracing::error!("a rule asked for what its engine should have fetched");
            Fail::Down
        }
        Stop::Corrupt(text) => {
            tracing::error!(%text, "a record cannot be read: restore the file from a backup");
            Fail::Down
        }
        Stop::Limit(bound) => {
            tracing::error!(bound, "a rule oversteps a bound of the store");
            Fail::Down
        }
        Stop::Down => Fail::Down,
    })
}
