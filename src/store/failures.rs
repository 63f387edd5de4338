//! Counting failed binds in batches.
