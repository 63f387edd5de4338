//! A piece of memory of its own, aligned to huge pages.
//!
//! The only `unsafe` of the crate: `std` has no way to ask for memory that is aligned to 2 MiB, may be huge pages, is
//! left out of core dumps, and is known to be zero without being touched.
#![allow(unsafe_code)]

use std::ptr::NonNull;
use std::slice;

use rustix::mm::{Advice, MapFlags, ProtFlags, madvise, mmap_anonymous, munmap};

use crate::domain::credential::Block;

/// Blocks that belong to nobody else; given back to the system when dropped.
pub(super) struct Mapping {
    base: NonNull<u8>,
    length: usize,
    /// Where the aligned part begins.
    blocks: NonNull<Block>,
    count: usize,
}

// SAFETY: the memory belongs to this value alone, whichever thread has it.
unsafe impl Send for Mapping {}

impl Mapping {
    /// `count` blocks of zeros; none if the system has no memory to give. Physical memory is taken as the blocks are
    /// written.
    pub(super) fn new(count: usize, huge_pages: bool) -> Option<Mapping> {
        let used = count.checked_mul(Block::SIZE)?.checked_next_multiple_of(HUGE_PAGE)?;
        let length = used.checked_add(HUGE_PAGE)?;
        // SAFETY: a new mapping at an address of the system's choice touches no memory that anybody has.
        let base = unsafe { mmap_anonymous(std::ptr::null_mut(), length, ProtFlags::READ | ProtFlags::WRITE, MapFlags::PRIVATE) };
        let base = NonNull::new(base.ok()?.cast::<u8>())?;
        let offset = base.align_offset(HUGE_PAGE);
        // SAFETY: the offset is less than HUGE_PAGE, which the mapping has beyond `used`.
        let aligned = unsafe { base.add(offset) };
        // SAFETY: both advices keep the contents, and the range lies in the mapping. Whether they are taken is a matter
        // of speed, and of what a core dump holds.
        unsafe {
            let _ = madvise(aligned.as_ptr().cast(), used, Advice::LinuxDontDump);
            if huge_pages {
                let _ = madvise(aligned.as_ptr().cast(), used, Advice::LinuxHugepage);
            }
        }
        Some(Mapping { base, length, blocks: aligned.cast(), count })
    }

    /// The blocks, with whatever was last written to them.
    pub(super) fn blocks(&mut self) -> &mut [Block] {
        // SAFETY: the mapping holds `count` blocks from `blocks` on, aligned to more than a Block asks for, readable,
        // writable and never uninitialised: the system gives zeros, and every bit pattern is a Block (128 u64).
        // `&mut self` makes it the only reference.
        unsafe { slice::from_raw_parts_mut(self.blocks.as_ptr(), self.count) }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: it is the whole mapping that `new` made, and no reference to it outlives `self`.
        let unmapped = unsafe { munmap(self.base.as_ptr().cast(), self.length) };
        debug_assert!(unmapped.is_ok());
    }
}

/// Bytes of a huge page on x86-64, and on arm64 with 4 KiB pages; elsewhere the alignment does no harm.
const HUGE_PAGE: usize = 2 * 1024 * 1024;

const _: () = assert!(size_of::<Block>() == Block::SIZE && align_of::<Block>() <= HUGE_PAGE);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_has_its_blocks_and_keeps_what_is_written() {
        for count in [1, 2048, 2049, 19_456] {
            let mut mapping = Mapping::new(count, true).unwrap();
            assert_eq!(mapping.blocks().len(), count);
            assert_eq!(mapping.blocks().as_ptr().cast::<u8>().align_offset(HUGE_PAGE), 0);
            let last: &mut [u64; 128] = mapping.blocks()[count - 1].as_mut().try_into().unwrap();
            assert_eq!(*last, [0; 128]);
            last[127] = 42;
            assert_eq!(mapping.blocks()[count - 1].as_ref()[127], 42);
        }
    }

    #[test]
    fn more_than_there_is_is_refused() {
        assert!(Mapping::new(usize::MAX, true).is_none());
        assert!(Mapping::new(usize::MAX / 2048, false).is_none());
    }
}
