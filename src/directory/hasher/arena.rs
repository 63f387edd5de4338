//! The memory of one hash thread: taken at its first hash, and kept.
//!
//! It is not wiped between hashes, which would cost a tenth of each: what remains is the state of an Argon2id, from
//! which the password is found no faster than from the stored credential.

use super::mapping::Mapping;
use crate::domain::credential::{Block, Memory};

/// The blocks that one thread hashes in.
pub(super) struct Arena {
    count: usize,
    huge_pages: bool,
    kept: Option<Mapping>,
    /// For the one hash that an import brought and that needs more.
    lent: Option<Mapping>,
}

impl Arena {
    /// Memory for hashes of `count` blocks, not taken yet.
    pub(super) fn new(count: usize, huge_pages: bool) -> Arena {
        Arena { count, huge_pages, kept: None, lent: None }
    }

    /// Gives back what only the last hash needed.
    pub(super) fn settle(&mut self) {
        self.lent = None;
    }
}

impl Memory for Arena {
    fn blocks(&mut self, count: usize) -> Option<&mut [Block]> {
        if count > self.count {
            self.lent = Mapping::new(count, self.huge_pages);
            return self.lent.as_mut().map(Mapping::blocks);
        }
        if self.kept.is_none() {
            self.kept = Mapping::new(self.count, self.huge_pages);
        }
        self.kept.as_mut().map(Mapping::blocks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_taken_late_and_kept() {
        let mut arena = Arena::new(64, false);
        assert!(arena.kept.is_none());
        let first = arena.blocks(8).unwrap().as_ptr();
        assert_eq!(arena.blocks(64).unwrap().as_ptr(), first);
        assert_eq!(arena.blocks(65).unwrap().len(), 65);
        assert!(arena.lent.is_some());
        arena.settle();
        assert!(arena.lent.is_none());
        assert_eq!(arena.blocks(64).unwrap().as_ptr(), first);
    }
}
