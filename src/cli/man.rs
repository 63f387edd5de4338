//! `bindery man`.

use std::path::PathBuf;

use clap::CommandFactory;

use super::failure::Failure;
use super::own_directory;

/// What `man` takes.
#[derive(Debug, clap::Args)]
pub struct ManArguments {
    /// The directory to write them into; it is made if it is not there
    #[arg(value_name = "DIR")]
    directory: PathBuf,
}

/// Writes a page for each command.
pub fn run(arguments: &ManArguments) -> Result<(), Failure> {
    let cannot = |error| Failure::refused(format!("cannot write the manual pages into {}: {error}", arguments.directory.display()));
    std::fs::create_dir_all(&arguments.directory).map_err(cannot)?;
    // Each page is written over what is there, links too.
    own_directory::check(&arguments.directory, None).map_err(cannot)?;
    clap_mangen::generate_to(super::Cli::command(), &arguments.directory).map_err(cannot)
}

/// Shown below the help.
pub const EXAMPLES: &str = "Examples:\n  bindery man /usr/local/share/man/man1";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_command_has_a_page_that_can_be_read() {
        let directory = tempfile::tempdir().unwrap();
        run(&ManArguments { directory: directory.path().to_owned() }).unwrap();
        for name in ["bindery", "bindery-account", "bindery-account-add", "bindery-group-member-add", "bindery-service-passwd"] {
            let page = std::fs::read_to_string(directory.path().join(format!("{name}.1"))).unwrap();
            assert!(page.contains(".TH"), "{name}");
        }
    }
}
