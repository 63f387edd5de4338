//! What has arrived and is not dealt with yet. It may hold passwords, so nothing of it stays behind in memory, and an
//! idle connection holds no memory for it.

use zeroize::Zeroize;

/// Octets in the order of their arrival.
#[derive(Debug, Default)]
pub struct Input {
    bytes: Vec<u8>,
    begin: usize,
}

impl Input {
    /// What is not dealt with yet.
    pub fn pending(&self) -> &[u8] {
        &self.bytes[self.begin..]
    }

    /// Whether everything is dealt with.
    pub fn is_empty(&self) -> bool {
        self.begin == self.bytes.len()
    }

    /// Bytes that it holds in memory.
    pub fn capacity(&self) -> usize {
        self.bytes.capacity()
    }

    /// [`Input::capacity`] once `count` octets more are appended.
    pub fn capacity_with(&self, count: usize) -> usize {
        if self.bytes.capacity() - self.bytes.len() < count {
            (self.pending().len() + count).next_power_of_two().max(SMALLEST)
        } else {
            self.bytes.capacity()
        }
    }

    /// Takes `arrived` in. Growing, it wipes what it moves away from, which `Vec` would not.
    pub fn append(&mut self, arrived: &[u8]) {
        if self.bytes.capacity() - self.bytes.len() < arrived.len() {
            let mut grown = Vec::with_capacity(self.capacity_with(arrived.len()));
            grown.extend_from_slice(self.pending());
            self.bytes.zeroize();
            self.bytes = grown;
            self.begin = 0;
        }
        self.bytes.extend_from_slice(arrived);
    }

    /// Wipes the next `count` octets: they are dealt with.
    pub fn consume(&mut self, count: usize) {
        let end = (self.begin + count).min(self.bytes.len());
        self.bytes[self.begin..end].zeroize();
        self.begin = end;
        if self.is_empty() {
            self.bytes.clear();
            self.begin = 0;
        }
    }

    /// Gives the memory back if nothing is in it.
    pub fn release(&mut self) {
        if self.is_empty() {
            self.bytes = Vec::new();
            self.begin = 0;
        }
    }
}

impl Drop for Input {
    fn drop(&mut self) {
        self.consume(self.pending().len());
    }
}

/// The least that is allocated, in bytes: an ordinary bind or search fits.
const SMALLEST: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_come_out_in_the_order_they_came_in() {
        let mut input = Input::default();
        let mut expected = Vec::new();
        for round in 0..200u8 {
            let arrived = vec![round; usize::from(round) * 7 % 300];
            let foretold = input.capacity_with(arrived.len());
            input.append(&arrived);
            assert_eq!(input.capacity(), foretold);
            expected.extend(arrived);
            assert!(input.capacity() >= expected.len());
            let taken = expected.len() * 2 / 3;
            assert_eq!(input.pending(), expected);
            input.consume(taken);
            expected.drain(..taken);
        }
        input.consume(input.pending().len());
        assert!(input.is_empty());
        input.release();
        assert_eq!(input.bytes.capacity(), 0);
    }

    #[test]
    fn what_is_dealt_with_is_wiped() {
        let mut input = Input::default();
        input.append(b"secret, rest");
        input.consume(6);
        assert_eq!(input.bytes, b"\0\0\0\0\0\0, rest");
    }
}
