//! `bindery serve`.

use std::path::PathBuf;
use std::process::ExitCode;

/// What `serve` takes.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Configuration file
    #[arg(long, value_name = "FILE", default_value = "/etc/bindery/bindery.toml")]
    pub config: PathBuf,
}

/// Runs the daemon until it is told to stop.
pub fn run(arguments: Arguments) -> ExitCode {
    eprintln!("bindery: cannot serve {}", arguments.config.display());
    ExitCode::FAILURE
}
