//! The kinds of request, and what may be wrong with one that can still be answered.

use super::ber::Malformed;

/// The kinds of request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // Each is the request of its name in RFC 4511 §4.
pub enum Operation {
    Bind,
    Unbind,
    Search,
    Modify,
    Add,
    Delete,
    ModifyDn,
    Compare,
    Abandon,
    Extended,
}

/// A request that can be answered, but not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bad {
    /// The number that the answer has to bear.
    pub id: i32,
    /// Which kind of response is due.
    pub operation: Operation,
    /// What is wrong.
    pub why: Why,
}

/// What is wrong with a request that can be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The elements are not those of the operation, or a value is out of its range.
    Shape,
    /// The controls are not written as RFC 4511 §4.1.11 has them.
    Controls,
    /// Text that is not UTF-8, or an enumeration's value that does not exist.
    Value,
    /// The password of a bind is not UTF-8, so it is nobody's.
    Password,
    /// Nested too deep, too many elements or too many filter terms.
    Bound,
}

impl From<Malformed> for Why {
    fn from(_: Malformed) -> Why {
        Why::Shape
    }
}

impl Operation {
    /// The request with this tag (RFC 4511 §4.2 to §4.12).
    pub fn from_tag(tag: u8) -> Option<Operation> {
        Some(match tag {
            0x60 => Operation::Bind,
            0x42 => Operation::Unbind,
            0x63 => Operation::Search,
            0x66 => Operation::Modify,
            0x68 => Operation::Add,
            0x4a => Operation::Delete,
            0x6c => Operation::ModifyDn,
            0x6e => Operation::Compare,
            0x50 => Operation::Abandon,
            0x77 => Operation::Extended,
            _ => return None,
        })
    }

    /// The tag of the response that ends it, if it has one.
    pub fn response_tag(self) -> Option<u8> {
        Some(match self {
            Operation::Bind => 0x61,
            Operation::Search => 0x65,
            Operation::Modify => 0x67,
            Operation::Add => 0x69,
            Operation::Delete => 0x6b,
            Operation::ModifyDn => 0x6d,
            Operation::Compare => 0x6f,
            Operation::Extended => 0x78,
            Operation::Unbind | Operation::Abandon => return None,
        })
    }

    /// Whether elements are inside.
    pub fn is_constructed(self) -> bool {
        !matches!(self, Operation::Unbind | Operation::Delete | Operation::Abandon)
    }
}
