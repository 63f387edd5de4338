//! What an Add or a Modify asks for, as it was sent (RFC 4511 §4.6, §4.7): attribute descriptions that nobody has looked
//! up yet, and their octets.

use crate::secret::Secret;

/// An attribute description (RFC 4512 §2.5) and its values.
#[derive(Clone, Debug, PartialEq)]
pub struct SentAttribute {
    /// The description, as it was sent.
    pub description: String,
    /// The values. Any of them may be a password as long as the description has not been looked up, so all are kept as one.
    pub values: Vec<Secret>,
}

/// One change of a Modify.
#[derive(Clone, Debug, PartialEq)]
pub struct Modification {
    /// Whether the values are added, deleted, put in place of all there are, or counted up.
    pub operation: ChangeOperation,
    /// What changes.
    pub attribute: SentAttribute,
}

/// What a [`Modification`] does with its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeOperation {
    /// Adds them.
    Add,
    /// Deletes them; none: all.
    Delete,
    /// Puts them in place of all there are.
    Replace,
    /// Adds the number (RFC 4525).
    Increment,
}

impl SentAttribute {
    /// `values` of the attribute that `description` names.
    pub fn new<V: Into<Vec<u8>>>(description: impl Into<String>, values: impl IntoIterator<Item = V>) -> SentAttribute {
        SentAttribute { description: description.into(), values: values.into_iter().map(Secret::new).collect() }
    }
}

impl Modification {
    /// `operation` with `values` on the attribute that `description` names.
    pub fn new<V: Into<Vec<u8>>>(
        operation: ChangeOperation,
        description: impl Into<String>,
        values: impl IntoIterator<Item = V>,
    ) -> Modification {
        Modification { operation, attribute: SentAttribute::new(description, values) }
    }
}
