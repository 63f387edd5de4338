//! Search filters (RFC 4511 §4.5.1.7).

/// A filter whose attribute names are resolved and whose values are normalised.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// Holds neither true nor false.
    Undefined,
}
