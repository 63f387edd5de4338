//! `bindery serve`.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::config::{self, Config, Loaded, LogFormat, Severity, Sources};
use crate::observe::log::{self, Format};
use crate::server;

/// What `serve` takes.
#[derive(Debug, clap::Args)]
pub struct ServeArguments {
    /// Configuration file
    #[arg(long, value_name = "FILE", default_value = "/etc/bindery/bindery.toml")]
    pub config: PathBuf,
    /// Override a setting, as `throttle.enabled=false`; `BINDERY_*` variables do the same
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = key_and_value)]
    pub settings: Vec<(String, String)>,
}

/// Runs the daemon until it is told to stop.
pub fn run(arguments: ServeArguments) -> ExitCode {
    match serve(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bindery: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn serve(arguments: ServeArguments) -> anyhow::Result<()> {
    let config = accept(config::load(&Sources::of_process(Some(arguments.config), arguments.settings)))?;
    log::start(log_format(config.log.format), &config.log.level)?;
    let store = server::open_store(&config)?;
    Ok(server::run(store, config, |_| ())?)
}

/// The settings, if the daemon can start with them; every problem goes to the standard error.
///
/// # Errors
/// How many errors there are.
pub fn accept(loaded: Loaded) -> anyhow::Result<Config> {
    for problem in &loaded.problems {
        eprintln!("{problem}");
    }
    loaded.accept().map_err(|problems| {
        let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
        anyhow::anyhow!("the configuration cannot be used: {errors} to mend (see above)")
    })
}

/// `KEY=VALUE`.
///
/// # Errors
/// A text without `=`.
pub fn key_and_value(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("write it as KEY=VALUE, such as throttle.enabled=false")?;
    Ok((key.trim().to_owned(), value.trim().to_owned()))
}

/// The log's own name for what the configuration says.
pub fn log_format(format: LogFormat) -> Format {
    match format {
        LogFormat::Auto => Format::Auto,
        LogFormat::Human => Format::Human,
        LogFormat::Json => Format::Json,
        LogFormat::Journald => Format::Journald,
    }
}
