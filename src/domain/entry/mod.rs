//! Attributes and their values, and the entry that a search gives back. How attributes are stored is in `stored`.

mod stored;

use super::schema::Attribute;
pub use super::schema::Value;

/// Attributes in the order of their first appearance, each with one value at least. All values lie in one buffer: each
/// search reads whole records, and values of their own would be a dozen objects of each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attributes {
    bytes: Vec<u8>,
    /// Of each value its attribute, and where it ends in `bytes`. Those of one attribute come one after the other.
    ends: Vec<(Attribute, usize)>,
}

/// The values of one attribute.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Values<'a> {
    bytes: &'a [u8],
    /// Where the first of them begins.
    begin: usize,
    ends: &'a [(Attribute, usize)],
}

impl Attributes {
    /// None yet, with room for those of an ordinary record.
    pub fn with_room() -> Attributes {
        Attributes { bytes: Vec::with_capacity(ROOM), ends: Vec::with_capacity(ROOM / 32) }
    }

    /// The values of `attribute`; empty if it is absent.
    pub fn values(&self, attribute: Attribute) -> Values<'_> {
        self.ends.iter().position(|(held, _)| *held == attribute).map_or(Values::default(), |at| self.run(at))
    }

    /// The first value of `attribute` as text, if it has one that is UTF-8.
    pub fn text(&self, attribute: Attribute) -> Option<&str> {
        self.values(attribute).first().and_then(|value| std::str::from_utf8(value).ok())
    }

    /// Gives `attribute` exactly `values`; none removes it.
    pub fn set(&mut self, attribute: Attribute, values: Vec<Value>) {
        let old = std::mem::take(self);
        for (held, kept) in old.iter() {
            if held == attribute {
                self.add(attribute, &values);
            } else {
                self.add(held, kept.iter());
            }
        }
        if old.values(attribute).is_empty() {
            self.add(attribute, &values);
        }
    }

    /// Adds `attribute`, which is not there yet, with `values`; nothing if there are none.
    pub fn add<V: AsRef<[u8]>>(&mut self, attribute: Attribute, values: impl IntoIterator<Item = V>) {
        values.into_iter().for_each(|value| self.push(attribute, value.as_ref()));
    }

    /// Bytes that they take when they are stored, at most.
    pub fn bytes(&self) -> usize {
        self.bytes.len() + 4 * self.ends.len()
    }

    /// Each attribute with its values.
    pub fn iter(&self) -> impl Iterator<Item = (Attribute, Values<'_>)> {
        let mut at = 0;
        std::iter::from_fn(move || {
            let (attribute, _) = self.ends.get(at)?;
            let values = self.run(at);
            at += values.len();
            Some((*attribute, values))
        })
    }

    /// `value` is the last one of `attribute`, and of all.
    fn push(&mut self, attribute: Attribute, value: &[u8]) {
        self.bytes.extend_from_slice(value);
        self.ends.push((attribute, self.bytes.len()));
    }

    /// The values of the attribute whose first one is at `at`.
    fn run(&self, at: usize) -> Values<'_> {
        let ends = &self.ends[at..];
        let count = ends.iter().take_while(|(attribute, _)| *attribute == ends[0].0).count();
        let begin = at.checked_sub(1).map_or(0, |before| self.ends[before].1);
        Values { bytes: &self.bytes, begin, ends: &ends[..count] }
    }
}

impl<'a> Values<'a> {
    /// One by one.
    pub fn iter(self) -> impl ExactSizeIterator<Item = &'a [u8]> {
        let mut begin = self.begin;
        self.ends.iter().map(move |(_, end)| &self.bytes[std::mem::replace(&mut begin, *end)..*end])
    }

    /// The first, if there is one.
    pub fn first(self) -> Option<&'a [u8]> {
        self.iter().next()
    }

    /// How many there are.
    pub fn len(self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.ends.is_empty()
    }

    /// A copy of each.
    pub fn to_vec(self) -> Vec<Value> {
        self.iter().map(<[u8]>::to_vec).collect()
    }
}

/// An entry as a search gives it back: what was asked for and may be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The distinguished name in its canonical form.
    pub dn: String,
    /// The attributes.
    pub attributes: Attributes,
}

/// Bytes that the values of an ordinary record take.
const ROOM: usize = 256;

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
