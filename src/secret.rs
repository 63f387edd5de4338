//! Secrets in memory, and the only place that draws random bytes.

use std::fmt;

use zeroize::Zeroizing;

/// Bytes that must not be seen: a password, a token. Never printed, and wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes over `bytes`; the caller keeps no copy.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Secret {
        Secret(Zeroizing::new(bytes.into()))
    }

    /// The bytes themselves, for the one who verifies or sends them.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Secret(…)")
    }
}

/// `N` bytes from the operating system's generator.
///
/// # Panics
/// If the operating system has no randomness to give: nothing safe can be done then.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// A random 64-bit number.
pub fn random_u64() -> u64 {
    u64::from_le_bytes(random())
}
