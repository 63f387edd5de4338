//! The command line. `serve` and `demo` run the daemon, `init` and `check-config` prepare it; everything else is an
//! LDAP client of a running daemon and does nothing that `ldapadd` and `ldapmodify` cannot do.
//!
//! Exit codes: 0 done, 1 refused, 2 wrong usage, 3 no connection to the daemon.

mod account;
mod account_arguments;
mod certificate;
mod check_config;
mod completions;
mod connect;
mod demo;
mod entry;
mod failure;
mod first_administrator;
mod group;
mod init;
mod init_config;
mod init_people;
mod init_place;
mod input;
mod mail;
mod man;
mod membership;
mod output;
mod own_directory;
mod present;
mod serve;
mod service;
mod session;
mod team;

use std::future::Future;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use connect::ConnectionArguments;
use failure::Failure;
use output::Output;
use session::LdapSession;

/// What the arguments say.
#[derive(Debug, Parser)]
#[command(name = "bindery", version, about, long_about = LONG_ABOUT, after_help = EXIT_CODES, disable_help_subcommand = true)]
#[command(propagate_version = true, arg_required_else_help = true, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant)] // There is one, made when the program starts.
enum Command {
    /// Run the daemon
    Serve(serve::ServeArguments),
    /// Run a daemon with sample people on loopback ports, to try things out
    Demo(demo::DemoArguments),
    /// Prepare a new installation: configuration, data directory, certificate and first administrator
    #[command(after_help = init::EXAMPLES)]
    Init(init::InitArguments),
    /// Show the settings that a configuration file amounts to, and all that is wrong with it
    #[command(after_help = check_config::EXAMPLES)]
    CheckConfig(check_config::CheckConfigArguments),
    /// Add, show and change people's accounts
    #[command(after_help = account::EXAMPLES)]
    Account(Client<account::AccountVerb>),
    /// Add, show and change groups, which applications ask for
    #[command(after_help = group::EXAMPLES)]
    Group(Client<group::GroupVerb>),
    /// Add, show and change teams, whose managers look after their members
    #[command(after_help = team::EXAMPLES)]
    Team(Client<team::TeamVerb>),
    /// Add, show and change service accounts, with which applications bind
    #[command(after_help = service::EXAMPLES)]
    Service(Client<service::ServiceVerb>),
    /// Try out how mails go out, and look after those that wait
    #[command(after_help = mail::EXAMPLES)]
    Mail(mail::MailArguments),
    /// Print the completions for a shell
    #[command(after_help = completions::EXAMPLES)]
    Completions(completions::CompletionsArguments),
    /// Write the manual pages into a directory
    #[command(after_help = man::EXAMPLES)]
    Man(man::ManArguments),
}

/// A noun with its verbs, and how the daemon is reached.
#[derive(Debug, Args)]
struct Client<V: Subcommand> {
    #[command(subcommand)]
    verb: V,
    /// Print JSON, for scripts; errors too
    #[arg(long, global = true)]
    json: bool,
    #[command(flatten)]
    connection: ConnectionArguments,
}

impl<V: Subcommand> Client<V> {
    /// Connects, and lets `act` do its work; reports what goes wrong on standard error.
    fn run<F, D>(self, act: F) -> ExitCode
    where
        F: FnOnce(V, LdapSession, Output) -> D,
        D: Future<Output = Result<(), Failure>>,
    {
        let output = Output::new(self.json);
        let work = async {
            let session = self.connection.open().await?;
            act(self.verb, session, output).await
        };
        let done = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime.block_on(work),
            Err(error) => Err(Failure::refused(format!("cannot start: {error}"))),
        };
        finish(output, done)
    }
}

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Serve(arguments) => serve::run(arguments),
        Command::Demo(arguments) => demo::run(arguments),
        Command::Init(arguments) => finish(Output::new(arguments.json()), init::run(arguments)),
        Command::CheckConfig(arguments) => finish(Output::new(arguments.json()), check_config::run(arguments)),
        Command::Account(client) => client.run(account::run),
        Command::Group(client) => client.run(group::run),
        Command::Team(client) => client.run(team::run),
        Command::Service(client) => client.run(service::run),
        Command::Mail(arguments) => mail::run(arguments),
        Command::Completions(arguments) => finish(Output::new(false), completions::run(&arguments)),
        Command::Man(arguments) => finish(Output::new(false), man::run(&arguments)),
    }
}

/// The exit code of `done`, after what went wrong has been said.
fn finish(output: Output, done: Result<(), Failure>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => output.failure(&failure),
    }
}

/// Where the configuration file is if nothing else is said.
pub const DEFAULT_CONFIG: &str = "/etc/bindery/bindery.toml";

const LONG_ABOUT: &str = "Bindery is a small authentication daemon: applications check passwords against it over LDAP.\n\n\
    `bindery demo` runs one to try out. The commands account, group, team and service speak LDAP to a running daemon: \
    over its Unix socket on this machine, or from elsewhere with --uri and --bind-dn.";

const EXIT_CODES: &str = "Exit codes:\n  0  done\n  1  refused; the text says why\n  2  wrong usage\n  3  no connection to the daemon";

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_tree_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_and_option_has_a_help_text() {
        fn check(command: &clap::Command, path: &str) {
            assert!(command.get_about().is_some(), "{path} has no text");
            for argument in command.get_arguments() {
                assert!(argument.get_help().is_some(), "{path}: {} has no text", argument.get_id());
            }
            for child in command.get_subcommands() {
                check(child, &format!("{path} {}", child.get_name()));
            }
        }
        let mut command = Cli::command();
        command.build();
        check(&command, "bindery");
    }

    #[test]
    fn no_option_takes_a_password_as_its_value() {
        fn check(command: &clap::Command) {
            for argument in command.get_arguments().filter(|argument| argument.get_action().takes_values()) {
                let id = argument.get_id().as_str();
                let secret = id.contains("password") || id.contains("secret");
                let yes_or_no = !argument.get_possible_values().is_empty();
                assert!(!secret || yes_or_no || id.ends_with("_file"), "{}: {id}", command.get_name());
            }
            command.get_subcommands().for_each(check);
        }
        check(&Cli::command());
    }

    #[test]
    fn arguments_are_told_apart() {
        for (line, good) in [
            ("bindery account add louisem --surname Martin", true),
            ("bindery account add louisem --generate --password-file f", false),
            ("bindery account add", false),
            ("bindery account list --json --uri ldaps://ldap.example.org --bind-dn uid=a,ou=people,dc=x", true),
            ("bindery account set louisem", true),
            ("bindery account set louisem --role king", false),
            ("bindery account set louisem --role Manager", true),
            ("bindery account set louisem --expires 2026-12-31", true),
            ("bindery account set louisem --expires soon", false),
            ("bindery account set louisem --attribute title", false),
            ("bindery account set louisem --attribute title=Doctor", true),
            ("bindery account set louisem --attribute userPassword=x", false),
            ("bindery account add louisem --password x", false),
            ("bindery group member add staff louisem paulb", true),
            ("bindery group member add staff", false),
            ("bindery team add sales --manager louisem --manager paulb", true),
            ("bindery service add nextcloud --limited-to staff --may-reset-passwords yes", true),
            ("bindery service unlock nextcloud", true),
            ("bindery mail test louisem@example.org", true),
            ("bindery mail test", false),
            ("bindery mail queue list --json", true),
            ("bindery mail queue retry", false),
            ("bindery mail queue retry --all", true),
            ("bindery mail queue retry 00112233445566778899aabbccddeeff", true),
            ("bindery mail queue drop 00112233445566778899aabbccddeeff --yes", true),
            ("bindery mail queue drop louisem", false),
            ("bindery completions fish", true),
            ("bindery completions tcsh", false),
        ] {
            assert_eq!(Cli::try_parse_from(line.split(' ')).is_ok(), good, "{line}");
        }
    }
}
