//! What the integration tests share: the real daemon, and real client programs.

#![allow(dead_code, unused_imports)] // No test uses all of it.

pub mod daemon;
pub mod in_process;
pub mod program;
pub mod wire;

pub use daemon::{Daemon, Facts, Login, Person};
pub use in_process::InProcess;
pub use program::{Output, Program};
pub use wire::Wire;
