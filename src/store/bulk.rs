//! Loading many records at once.
