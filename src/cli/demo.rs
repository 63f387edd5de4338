//! `bindery demo`.

use std::process::ExitCode;

/// What `demo` takes.
#[derive(Debug, clap::Args)]
pub struct Arguments {}

/// Runs a daemon with sample people.
pub fn run(_arguments: Arguments) -> ExitCode {
    eprintln!("bindery: cannot run the demo");
    ExitCode::FAILURE
}
