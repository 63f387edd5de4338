//! Attributes and their values, and the entry that a search gives back.

use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::schema::Attribute;

/// One value of an attribute: UTF-8 text for most, raw bytes for a photograph.
pub type Value = Vec<u8>;

/// The attributes of something stored, in the order of their first appearance; each with one value at least.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Vec<(Attribute, Vec<Bytes>)>")]
pub struct Attributes(Vec<(Attribute, Vec<Value>)>);

impl Attributes {
    /// The values of `attribute`; empty if it is absent.
    pub fn values(&self, attribute: Attribute) -> &[Value] {
        self.0.iter().find(|(held, _)| *held == attribute).map_or(&[], |(_, values)| values)
    }

    /// The first value of `attribute` as text, if it has one that is UTF-8.
    pub fn text(&self, attribute: Attribute) -> Option<&str> {
        self.values(attribute).first().and_then(|value| std::str::from_utf8(value).ok())
    }

    /// Gives `attribute` exactly `values`; none removes it.
    pub fn set(&mut self, attribute: Attribute, values: Vec<Value>) {
        match (self.0.iter_mut().find(|(held, _)| *held == attribute), values.is_empty()) {
            (_, true) => self.0.retain(|(held, _)| *held != attribute),
            (Some((_, old)), false) => *old = values,
            (None, false) => self.0.push((attribute, values)),
        }
    }

    /// Each attribute with its values, given up.
    #[allow(clippy::should_implement_trait)] // One use, and an iterator's type to name for it.
    pub fn into_iter(self) -> impl Iterator<Item = (Attribute, Vec<Value>)> {
        self.0.into_iter()
    }

    /// Each attribute with its values.
    pub fn iter(&self) -> impl Iterator<Item = (Attribute, &[Value])> {
        self.0.iter().map(|(attribute, values)| (*attribute, values.as_slice()))
    }
}

/// An entry as a search gives it back: what was asked for and may be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The distinguished name in its canonical form.
    pub dn: String,
    /// The attributes; no values at all if only the types were asked for.
    pub attributes: Vec<(Attribute, Vec<Value>)>,
}

/// A value on its way in: read as a whole, where serde would read a `Vec<u8>` byte by byte.
struct Bytes(Value);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Bytes, D::Error> {
        from.deserialize_bytes(BytesVisitor)
    }
}

struct BytesVisitor;

impl Visitor<'_> for BytesVisitor {
    type Value = Bytes;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("bytes")
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Bytes, E> {
        Ok(Bytes(bytes.to_vec()))
    }
}

impl From<Vec<(Attribute, Vec<Bytes>)>> for Attributes {
    fn from(attributes: Vec<(Attribute, Vec<Bytes>)>) -> Attributes {
        let plain = |values: Vec<Bytes>| values.into_iter().map(|Bytes(value)| value).collect();
        Attributes(attributes.into_iter().map(|(attribute, values)| (attribute, plain(values))).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_keep_their_order_and_lose_what_has_no_value() {
        let mut attributes = Attributes::default();
        attributes.set(Attribute::Mail, vec![b"a@b".to_vec(), b"c@d".to_vec()]);
        attributes.set(Attribute::Cn, vec![b"Louise".to_vec()]);
        attributes.set(Attribute::JpegPhoto, vec![vec![0xff]]);
        attributes.set(Attribute::Mail, vec![b"e@f".to_vec()]);
        assert_eq!(attributes.text(Attribute::Mail), Some("e@f"));
        assert_eq!(attributes.text(Attribute::JpegPhoto), None);
        assert_eq!(
            attributes.iter().map(|(attribute, _)| attribute).collect::<Vec<_>>(),
            [Attribute::Mail, Attribute::Cn, Attribute::JpegPhoto]
        );
        attributes.set(Attribute::Mail, vec![]);
        attributes.set(Attribute::Title, vec![]);
        assert!(attributes.values(Attribute::Mail).is_empty());
        assert_eq!(attributes.iter().count(), 2);
    }
}
