//! The identifiers of things in the store, and of operations on them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The random 64-bit name of an account, a service account, a group or a team in the store; it never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Id(pub u64);

impl Id {
    /// The id that [`Id::to_string`] writes as `text`.
    pub fn parse(text: &str) -> Option<Id> {
        let id = Id(u64::from_str_radix(text, 16).ok()?);
        // No sign, no other length, no other case.
        (id.to_string() == text).then_some(id)
    }

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OpId(pub [u8; 16]);

impl OpId {
    /// The operation that [`OpId::to_string`] writes as `text`.
    pub fn parse(text: &str) -> Option<OpId> {
        let number = u128::from_str_radix(text, 16).ok()?;
        let op = OpId(number.to_be_bytes());
        // No sign, no other length, no other case.
        (op.to_string() == text).then_some(op)
    }

    /// The name of the part `number` (of 256) of the call.
    pub fn part(self, number: usize) -> OpId {
        let OpId(mut bytes) = self;
        bytes[15] ^= number as u8;
        OpId(bytes)
    }
}

impl fmt::Display for OpId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:032x}", u128::from_be_bytes(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_is_read_as_it_is_written() {
        for op in [OpId([0; 16]), OpId([0xab; 16]), OpId([0xff; 16])] {
            assert_eq!(OpId::parse(&op.to_string()), Some(op));
        }
        for text in ["", "ab", "+000000000000000000000000000000a", "ABABABABABABABABABABABABABABABAB", "é"] {
            assert_eq!(OpId::parse(text), None, "{text}");
        }
    }
}
