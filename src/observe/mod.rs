//! What the daemon tells about itself: the log, the audit's lines in it, and metrics. It knows the domain alone;
//! whoever has something to tell uses it.

pub mod audit;
pub mod log;
pub mod metrics;
