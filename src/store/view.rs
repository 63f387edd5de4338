//! What a rule sees of the store while it runs.

/// A key: a prefix byte that says what it is, then fixed-width or text parts that sort as they should.
pub type Key = Vec<u8>;

/// A value: a format version byte, then the record.
pub type Value = Vec<u8>;

/// Why a rule stopped before it was done.
#[derive(Debug, PartialEq)]
pub enum Stop<E> {
    /// It asked for keys that the view has not fetched yet: fetch them and run it again.
    Need,
    /// The rule says no.
    Rule(E),
    /// A record cannot be read; the text names the key's prefix and the fault, never the content.
    Corrupt(String),
}

/// What a rule reads, and what it is going to write once it has said yes.
pub struct View<'a> {
    _reader: std::marker::PhantomData<&'a ()>,
}

impl View<'_> {
    /// The value of `key`, with what this rule itself has put.
    pub fn get<E>(&mut self, _key: &[u8]) -> Result<Option<Value>, Stop<E>> {
        unimplemented!()
    }

    /// The values of all of `keys` at once: one round trip on an engine over a network.
    pub fn all<E, const N: usize>(&mut self, _keys: [Key; N]) -> Result<[Option<Value>; N], Stop<E>> {
        unimplemented!()
    }

    /// The keys from `from` (included) to `to` (excluded) with their values in order, `limit` at most.
    pub fn scan<E>(&mut self, _from: &[u8], _to: &[u8], _limit: usize) -> Result<Vec<(Key, Value)>, Stop<E>> {
        unimplemented!()
    }

    /// Gives `key` this value, once the rule has said yes.
    pub fn put(&mut self, _key: Key, _value: Value) {
        unimplemented!()
    }

    /// Removes `key`, once the rule has said yes.
    pub fn delete(&mut self, _key: Key) {
        unimplemented!()
    }
}
