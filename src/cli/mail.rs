//! `bindery mail`: `test` sends a mail by itself, from the configuration; `queue` looks after the daemon's.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgGroup, Args, Subcommand};
use serde_json::json;

use super::failure::Failure;
use super::input::confirm;
use super::output::{Output, OutputList};
use super::session::LdapSession;
use super::{Client, finish, serve};
use crate::config::{self, Sources};
use crate::domain::id::OpId;
use crate::domain::mail_queue::{MailQueueAnswer, MailQueueRequest, OID, PAGE, QueuedMail};
use crate::server;

/// What `mail` takes.
#[derive(Debug, Args)]
pub struct MailArguments {
    #[command(subcommand)]
    verb: MailVerb,
}

/// What can be done with mails.
#[derive(Debug, Subcommand)]
enum MailVerb {
    /// Send a test mail now, as the configuration says, and tell what goes wrong
    Test(Test),
    /// Show the daemon's mails that wait, try them at once, or take them out
    #[command(subcommand_required = true, arg_required_else_help = true)]
    Queue(Client<QueueVerb>),
}

/// What `mail test` takes.
#[derive(Debug, Args)]
struct Test {
    /// Where to
    address: String,
    /// Configuration file
    #[arg(long, value_name = "FILE", default_value = super::DEFAULT_CONFIG)]
    config: PathBuf,
    /// Print JSON, for scripts
    #[arg(long)]
    json: bool,
}

/// What can be done with mails that wait.
#[derive(Debug, Subcommand)]
pub enum QueueVerb {
    /// List the mails that wait, and behind them those that were given up
    #[command(visible_alias = "ls")]
    List,
    /// Try mails at once
    #[command(group = ArgGroup::new("which").args(["mails", "all"]).required(true))]
    Retry {
        /// The mails, as the list names them
        #[arg(value_parser = name)]
        mails: Vec<String>,
        /// All of them
        #[arg(long)]
        all: bool,
    },
    /// Take mails out of the queue: they are not sent
    Drop {
        /// The mails, as the list names them
        #[arg(required = true, value_parser = name)]
        mails: Vec<String>,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
}

/// Does what the arguments say.
pub fn run(arguments: MailArguments) -> ExitCode {
    match arguments.verb {
        MailVerb::Test(arguments) => finish(Output::new(arguments.json), test(&arguments)),
        MailVerb::Queue(client) => client.run(queue),
    }
}

fn test(arguments: &Test) -> Result<(), Failure> {
    let loaded = config::load(&Sources::of_process(Some(arguments.config.clone()), Vec::new()));
    let config = serve::accept(loaded).map_err(|error| Failure::refused(format!("{error:#}")))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let address = &arguments.address;
    let sent = runtime.block_on(server::send_test_mail(&config, address));
    let relay = sent.map_err(|fault| Failure::refused(format!("the test mail to {address} was not sent: {fault}")))?;
    Output::new(arguments.json).result(
        &json!({"done": "sent", "address": address, "relay": relay}),
        &format!("sent a test mail to {address}: {relay} has taken it"),
    )
}

async fn queue(verb: QueueVerb, mut session: LdapSession, output: Output) -> Result<(), Failure> {
    let session = &mut session;
    match verb {
        QueueVerb::List => {
            let mut listing = OutputList::new(output, &["MAIL", "KIND", "TO", "QUEUED", "NEXT TRY", "TRIES", "REASON"]);
            each(session, |mail| listing.push(&for_scripts(mail), row(mail))).await?;
            listing.finish("no mail waits")
        }
        QueueVerb::Retry { mut mails, all } => {
            if all {
                each(session, |mail| {
                    mails.push(mail.mail.clone());
                    Ok(())
                })
                .await?;
            }
            for mail in mails {
                session.extended(&format!("retry the mail {mail}"), OID, &MailQueueRequest::Retry(mail.clone())).await?;
                output.result(&json!({"done": "retried", "mail": mail}), &format!("the mail {mail} is tried now"))?;
            }
            Ok(())
        }
        QueueVerb::Drop { mails, yes } => {
            confirm(&format!("Take {} out of the queue, unsent?", mails.join(", ")), yes)?;
            for mail in mails {
                session.extended(&format!("drop the mail {mail}"), OID, &MailQueueRequest::Drop(mail.clone())).await?;
                output.result(&json!({"done": "dropped", "mail": mail}), &format!("the mail {mail} is not sent any more"))?;
            }
            Ok(())
        }
    }
}

/// Hands every mail of the queue to `visit`, page by page.
async fn each(session: &mut LdapSession, mut visit: impl FnMut(&QueuedMail) -> Result<(), Failure>) -> Result<(), Failure> {
    let mut behind = None;
    loop {
        let value = session.extended("list the mails that wait", OID, &MailQueueRequest::List(behind)).await?;
        let answer: MailQueueAnswer = serde_json::from_slice(&value.unwrap_or_default())
            .map_err(|_| Failure::refused("the daemon's answer is not understood: is it of the same version?"))?;
        answer.mails.iter().try_for_each(&mut visit)?;
        match answer.mails.last() {
            Some(last) if answer.mails.len() == PAGE => behind = Some(last.place()),
            Some(_) | None => return Ok(()),
        }
    }
}

fn for_scripts(mail: &QueuedMail) -> serde_json::Value {
    json!({
        "mail": mail.mail, "kind": mail.kind, "address": mail.address, "queued_at": mail.queued_at.to_string(),
        "due": mail.due.map(|due| due.to_string()), "attempts": mail.attempts, "fault": mail.fault,
    })
}

fn row(mail: &QueuedMail) -> Vec<String> {
    let due = mail.due.map_or_else(|| "given up".to_owned(), |due| due.to_string());
    let fault = mail.fault.clone().unwrap_or_default();
    vec![mail.mail.clone(), mail.kind.clone(), mail.address.clone(), mail.queued_at.to_string(), due, mail.attempts.to_string(), fault]
}

fn name(text: &str) -> Result<String, String> {
    let known = OpId::parse(text).map(|op| op.to_string());
    known.ok_or_else(|| "a mail is named by 32 hexadecimal digits, see `bindery mail queue list`".to_owned())
}

/// Shown below the help.
pub const EXAMPLES: &str = "Examples:\n  \
    bindery mail test louise.martin@example.org\n  \
    bindery mail queue list\n  \
    bindery mail queue retry --all";
