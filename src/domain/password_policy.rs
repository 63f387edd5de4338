//! Which passwords are good enough, and how every password is prepared before it is set or verified.

/// Why a password is not accepted; the text for a person is made from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Fewer characters than the policy's minimum.
    TooShort {
        /// The minimum.
        minimum: usize,
    },
}
