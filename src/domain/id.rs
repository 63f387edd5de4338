//! The identifiers of things in the store, and of operations on them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The random 64-bit name of an account, a service account, a group or a team in the store; it never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Id(pub u64);

impl Id {
    /// Eight bytes in the order that sorts as the number does.
    pub fn to_bytes(self) -> [u8; 8] {
        self.0.to_be_bytes()
    }

    /// The id written in `bytes` by [`Id::to_bytes`].
    pub fn from_bytes(bytes: [u8; 8]) -> Id {
        Id(u64::from_be_bytes(bytes))
    }
}

impl fmt::Display for Id {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:016x}", self.0)
    }
}

/// The random name of one mutating call, so that the same call, repeated, is done once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OpId(pub [u8; 16]);

impl OpId {
    /// The name of the part `number` (of 256) of the call.
    pub fn part(self, number: usize) -> OpId {
        let OpId(mut bytes) = self;
        bytes[15] ^= number as u8;
        OpId(bytes)
    }
}
