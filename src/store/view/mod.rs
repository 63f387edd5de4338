//! What a rule sees of the store while it runs: a reader below, and its own writes, which nobody else sees before it
//! has said yes. Not in charge of committing them: that is the engine's.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::ops::{Bound, ControlFlow};

/// A key: a prefix byte that says what it is, then fixed-width or text parts that sort as they should.
pub type Key = Vec<u8>;

/// A value: a format version byte, then the record. The values of indexes are bare ids.
pub type StoredValue = Vec<u8>;

/// Why a rule stopped before it was done.
#[derive(Debug, PartialEq)]
pub enum Stop<E> {
    /// It asked for keys that the view has not fetched yet: fetch them and run it again.
    Need,
    /// The rule says no.
    Rule(E),
    /// A record cannot be read; the text names the key's prefix and the fault, never the content.
    Corrupt(String),
    /// It oversteps a bound of the store, which is a mistake in the rule; the text names the bound.
    Limit(&'static str),
    /// The database cannot be read; the engine knows why.
    Down,
}

impl<E> Stop<E> {
    /// The same, with the rule's own refusal turned into another's.
    pub fn map<F>(self, turn: impl FnOnce(E) -> F) -> Stop<F> {
        match self {
            Stop::Need => Stop::Need,
            Stop::Rule(refusal) => Stop::Rule(turn(refusal)),
            Stop::Corrupt(text) => Stop::Corrupt(text),
            Stop::Limit(bound) => Stop::Limit(bound),
            Stop::Down => Stop::Down,
        }
    }
}

impl Stop<Infallible> {
    /// The same, for a rule that may refuse.
    pub fn widen<E>(self) -> Stop<E> {
        self.map(|never| match never {})
    }
}

/// What a rule answers that may refuse for a reason `E`.
pub type Rule<T, E> = Result<T, Stop<E>>;

/// What a rule answers that refuses nothing.
pub type Read<T> = Rule<T, Infallible>;

/// Why a [`StoreReader`] does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// The key or range has not been fetched yet.
    Need,
    /// The database cannot be read; the reader has kept the reason.
    Down,
}

/// One state of the store, as an engine can read it.
pub trait StoreReader {
    /// Calls `with` on the value of `key`, if it has one.
    fn get(&self, key: &[u8], with: &mut dyn FnMut(&[u8])) -> Result<(), Unread>;

    /// Calls `each` on the keys of `span` in its order, until it breaks.
    fn scan(&self, span: Span<'_>, each: &mut Each<'_>) -> Result<(), Unread>;
}

/// The keys that a scan goes over.
#[derive(Clone, Copy, Debug)]
pub struct Span<'a> {
    /// The first (included).
    pub from: &'a [u8],
    /// Behind the last (excluded).
    pub to: &'a [u8],
    /// Which of them come first.
    pub order: Order,
    /// How many the rule asked for: a hint for a reader that has to fetch.
    pub limit: usize,
}

/// Where a scan begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Order {
    /// At the lowest key.
    Rising,
    /// At the highest.
    Falling,
}

/// What a scan calls with each key and its value.
pub type Each<'a> = dyn FnMut(&[u8], &[u8]) -> ControlFlow<()> + 'a;

/// What a rule reads, and what it is going to write once it has said yes.
pub struct View<'a> {
    reader: &'a dyn StoreReader,
    writes: Writes,
    written_bytes: usize,
    reads_left: usize,
    /// The keys that were asked for, each of which counts once; a view that only reads counts every time.
    asked: Option<BTreeSet<Key>>,
    overstepped: Option<&'static str>,
}

/// The changes of one rule: a value to put, or none to delete.
pub type Writes = BTreeMap<Key, Option<StoredValue>>;

impl<'a> View<'a> {
    /// A view for a rule that may write, within [`MAX_KEYS_READ`].
    pub fn new(reader: &'a dyn StoreReader) -> View<'a> {
        View { reader, writes: Writes::new(), written_bytes: 0, reads_left: MAX_KEYS_READ, asked: Some(BTreeSet::new()), overstepped: None }
    }

    /// A view for a rule that only reads, within [`MAX_KEYS_READ_ONLY`].
    pub fn read_only(reader: &'a dyn StoreReader) -> View<'a> {
        View { reads_left: MAX_KEYS_READ_ONLY, asked: None, ..View::new(reader) }
    }

    /// The value of `key`, with what this rule itself has put. Current.
    pub fn get<E>(&mut self, key: &[u8]) -> Result<Option<StoredValue>, Stop<E>> {
        self.get_with(key, |value| Ok(value.to_vec()))
    }

    /// What `read` makes of the value of `key`, without a copy of the value. Current.
    pub fn get_with<T, E>(&mut self, key: &[u8], read: impl FnOnce(&[u8]) -> Result<T, Stop<E>>) -> Result<Option<T>, Stop<E>> {
        if self.asked.as_mut().is_none_or(|asked| asked.insert(key.to_vec())) {
            self.count_read()?;
        }
        if let Some(own) = self.writes.get(key) {
            return own.as_deref().map(read).transpose();
        }
        let (mut read, mut answer) = (Some(read), None);
        self.reader.get(key, &mut |value| answer = read.take().map(|read| read(value)))?;
        answer.transpose()
    }

    /// The values of all of `keys` at once: one round trip on an engine over a network. Current.
    pub fn all<E, const N: usize>(&mut self, keys: [Key; N]) -> Result<[Option<StoredValue>; N], Stop<E>> {
        let mut values = [const { None }; N];
        let mut needed = false;
        for (value, key) in values.iter_mut().zip(&keys) {
            match self.get(key) {
                Ok(found) => *value = found,
                // The reader has noted it; the others are to be noted in the same round.
                Err(Stop::Need) => needed = true,
                Err(stop) => return Err(stop),
            }
        }
        if needed { Err(Stop::Need) } else { Ok(values) }
    }

    /// Whether `key` is there. Current.
    pub fn has<E>(&mut self, key: &[u8]) -> Result<bool, Stop<E>> {
        Ok(self.get_with(key, |_| Ok(()))?.is_some())
    }

    /// The keys from `from` (included) to `to` (excluded) with their values in order, `limit` at most. Current.
    pub fn scan<E>(&mut self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<(Key, StoredValue)>, Stop<E>> {
        let mut rows = Vec::new();
        self.scan_with(from, to, limit, |key, value| rows.push((key.to_vec(), value.to_vec())))?;
        Ok(rows)
    }

    /// Calls `each` on the keys from `from` (included) to `to` (excluded) in order, `limit` times at most,
    /// without a copy of anything. Current.
    pub fn scan_with<E>(&mut self, from: &[u8], to: &[u8], limit: usize, each: impl FnMut(&[u8], &[u8])) -> Result<(), Stop<E>> {
        self.scan_span(Span { from, to, order: Order::Rising, limit }, each)
    }

    /// As [`View::scan_with`], from the highest key down: the newest first, where keys begin with a time. Current.
    pub fn scan_back_with<E>(&mut self, from: &[u8], to: &[u8], limit: usize, each: impl FnMut(&[u8], &[u8])) -> Result<(), Stop<E>> {
        self.scan_span(Span { from, to, order: Order::Falling, limit }, each)
    }

    fn scan_span<E>(&mut self, span: Span<'_>, mut each: impl FnMut(&[u8], &[u8])) -> Result<(), Stop<E>> {
        if span.limit > MAX_SCAN {
            return Err(Stop::Limit("keys a scan"));
        }
        self.count_read()?;
        if span.limit == 0 || span.from >= span.to {
            return Ok(());
        }
        if self.writes.is_empty() {
            return self.scan_stored(span, each);
        }
        self.scan_merged(span, &mut each)
    }

    /// How many keys and scans may still be asked for.
    pub fn reads_left(&self) -> usize {
        self.reads_left
    }

    /// Gives `key` this value, once the rule has said yes.
    pub fn put(&mut self, key: Key, value: StoredValue) {
        if value.len() > MAX_VALUE {
            self.overstepped = Some("bytes a value");
        }
        self.write(key, Some(value));
    }

    /// Removes `key`, once the rule has said yes.
    pub fn delete(&mut self, key: Key) {
        self.write(key, None);
    }

    /// The changes of a rule that has said yes.
    ///
    /// # Errors
    /// [`Stop::Limit`] if they overstep a bound.
    pub fn into_writes<E>(self) -> Result<Writes, Stop<E>> {
        match self.overstepped {
            Some(bound) => Err(Stop::Limit(bound)),
            None => Ok(self.writes),
        }
    }

    fn write(&mut self, key: Key, value: Option<StoredValue>) {
        self.written_bytes += key.len() + value.as_ref().map_or(0, Vec::len);
        self.writes.insert(key, value);
        if self.writes.len() > MAX_KEYS_WRITTEN {
            self.overstepped = Some("keys written a rule");
        } else if self.written_bytes > MAX_RULE_BYTES {
            self.overstepped = Some("bytes written a rule");
        }
    }

    fn count_read<E>(&mut self) -> Result<(), Stop<E>> {
        self.reads_left = self.reads_left.checked_sub(1).ok_or(Stop::Limit("keys read a rule"))?;
        Ok(())
    }

    fn scan_stored<E>(&self, span: Span<'_>, mut each: impl FnMut(&[u8], &[u8])) -> Result<(), Stop<E>> {
        let mut left = span.limit;
        self.reader.scan(span, &mut |key, value| {
            each(key, value);
            left -= 1;
            if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        Ok(())
    }

    /// The stored keys and the rule's own, in one order; the rule's own win.
    fn scan_merged<E>(&self, span: Span<'_>, each: &mut dyn FnMut(&[u8], &[u8])) -> Result<(), Stop<E>> {
        let mut own = self.own(span).peekable();
        let mut left = span.limit;
        // At most this many of the stored keys can be hidden by the rule's own.
        let hint = span.limit + self.writes.len();
        self.reader.scan(Span { limit: hint, ..span }, &mut |key, value| {
            while let Some((mine, change)) = own.next_if(|(mine, _)| span.order.precedes(mine, key)) {
                if give(mine, change, &mut left, each).is_break() {
                    return ControlFlow::Break(());
                }
            }
            match own.next_if(|(mine, _)| *mine == key) {
                Some((mine, change)) => give(mine, change, &mut left, each),
                None => give(key, Some(value), &mut left, each),
            }
        })?;
        for (mine, change) in own {
            if left == 0 || give(mine, change, &mut left, each).is_break() {
                break;
            }
        }
        Ok(())
    }

    /// The rule's own changes in `span`, in its order.
    fn own(&self, span: Span<'_>) -> Box<dyn Iterator<Item = OwnChange<'_>> + '_> {
        let changes = self.writes.range::<[u8], _>((Bound::Included(span.from), Bound::Excluded(span.to)));
        let changes = changes.map(|(key, change)| (key.as_slice(), change.as_deref()));
        match span.order {
            Order::Rising => Box::new(changes),
            Order::Falling => Box::new(changes.rev()),
        }
    }
}

/// A key that the rule has changed, and its value; none if it has deleted it.
type OwnChange<'a> = (&'a [u8], Option<&'a [u8]>);

impl Order {
    /// Whether a scan in this order comes to `one` before `other`.
    fn precedes(self, one: &[u8], other: &[u8]) -> bool {
        match self {
            Order::Rising => one < other,
            Order::Falling => one > other,
        }
    }
}

/// Calls `each` if there is a value, and breaks once nothing is left to give.
fn give(key: &[u8], value: Option<&[u8]>, left: &mut usize, each: &mut dyn FnMut(&[u8], &[u8])) -> ControlFlow<()> {
    if let Some(value) = value {
        each(key, value);
        *left -= 1;
    }
    if *left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}

impl<E> From<Unread> for Stop<E> {
    fn from(unread: Unread) -> Stop<E> {
        match unread {
            Unread::Need => Stop::Need,
            Unread::Down => Stop::Down,
        }
    }
}

/// Keys and scans that a rule that writes may ask for; a key that is asked for again counts once.
pub const MAX_KEYS_READ: usize = 64;

/// Keys and scans that a rule that only reads may ask for: the longest filter's indexes, and the largest group with
/// all its members, by DN twice and by login.
pub const MAX_KEYS_READ_ONLY: usize = 512 * 1024;

/// Keys that a rule may put or delete: the longest is a request for a new password for eight who share an address, each
/// with a mail and a row of the audit that is found in two places.
pub const MAX_KEYS_WRITTEN: usize = 128;

/// Bytes of one value.
pub const MAX_VALUE: usize = 64 * 1024;

/// Bytes of all keys and values that a rule puts.
pub const MAX_RULE_BYTES: usize = 512 * 1024;

/// Keys that one scan may give: larger walks go page by page.
pub const MAX_SCAN: usize = 4096;

#[cfg(test)]
mod tests;
