//! The audit: rows are written in batches, in order, and never keep anybody waiting.
