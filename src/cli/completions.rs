//! `bindery completions`.

use clap::{CommandFactory, ValueEnum};
use clap_complete::Shell;

use super::failure::Failure;
use super::output::Output;

/// What `completions` takes.
#[derive(Debug, clap::Args)]
pub struct CompletionsArguments {
    /// Which shell they are for
    #[arg(value_enum)]
    shell: For,
}

/// The shells that have completions.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum For {
    /// bash
    Bash,
    /// zsh
    Zsh,
    /// fish
    Fish,
}

/// Prints the completions.
pub fn run(arguments: &CompletionsArguments) -> Result<(), Failure> {
    let shell = match arguments.shell {
        For::Bash => Shell::Bash,
        For::Zsh => Shell::Zsh,
        For::Fish => Shell::Fish,
    };
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut super::Cli::command(), "bindery", &mut script);
    Output::new(false).bytes(&script)
}

/// Shown below the help.
pub const EXAMPLES: &str = "Examples:\n  \
    bindery completions bash > /usr/share/bash-completion/completions/bindery\n  \
    bindery completions zsh  > /usr/local/share/zsh/site-functions/_bindery\n  \
    bindery completions fish > /usr/share/fish/vendor_completions.d/bindery.fish";
