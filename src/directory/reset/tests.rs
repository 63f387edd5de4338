//! A forgotten password from the question to the new password, on a clock that is moved by hand.

mod asking;
mod limits;
mod links;
mod redeeming;

use std::convert::Infallible;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::*;
use crate::directory::fixture::{add_person, audited, binds, directory_over, directory_with, dn, reborn, replace};
use crate::directory::{Actor, Content, Directory, Leased, Letter, NextMail};
use crate::domain::audit::AuditEvent;
use crate::domain::caller::Source;
use crate::domain::outbox::{Intent, MailKind, OutboxMail, PasswordWay};
use crate::secret;
use crate::store::{Store, outbox};

/// Asks for a new password as `text`, and lets the worker look at it.
async fn ask(directory: &Directory, text: &str) {
    ask_from(directory, text, 1).await;
}

async fn ask_from(directory: &Directory, text: &str, host: u8) {
    // Rows of the audit come in the order of time.
    directory.clock.advance(Duration::from_millis(1));
    let request = ResetRequest { identifier: Secret::new(text), requested: requested(directory, host) };
    directory.resolve(request, &CancellationToken::new()).await;
}

fn requested(directory: &Directory, host: u8) -> ResetRequested {
    ResetRequested { at: directory.clock.now(), source: source(host), language: Language::French }
}

fn source(host: u8) -> Source {
    Source::Address([192, 0, 2, host].into())
}

/// The mails of the queue.
async fn mails(directory: &Directory) -> Vec<OutboxMail> {
    let page = directory.store.read::<_, Infallible, _>(|view| outbox::page(view, None, 99)).await.unwrap();
    page.into_iter().map(|queued| queued.mail).collect()
}

/// Takes the next mail and writes it, as a worker does.
async fn write(directory: &Directory) -> (Leased, Letter) {
    let NextMail::Due(leased) = directory.next_mail().await.unwrap() else { panic!("a mail is due") };
    let letter = directory.write_letter(&leased).await.unwrap().expect("there is something to send");
    (leased, letter)
}

/// Sends the next mail.
async fn send(directory: &Directory) -> Letter {
    let (leased, letter) = write(directory).await;
    directory.mail_accepted(&leased).await.unwrap();
    letter
}

/// The tokens of the first link of a letter: to set a password, and to take the request back.
fn tokens(letter: &Letter) -> (Secret, Secret) {
    let Content::ResetLinks { links, .. } = &letter.content else { panic!("not a link: {letter:?}") };
    (links[0].token.clone(), links[0].revoke.clone())
}

fn password(letter: &Letter) -> Secret {
    let Content::GeneratedPassword { password, .. } = &letter.content else { panic!("not a password: {letter:?}") };
    password.clone()
}

/// Asks for `uid`, and gives the tokens of the mail that comes of it.
async fn link(directory: &Directory, uid: &str) -> (Secret, Secret) {
    ask(directory, uid).await;
    tokens(&send(directory).await)
}

/// `louise`, who has a password and an address.
async fn louise() -> Directory {
    let directory = directory_over(Store::in_memory()).await;
    add_person(&directory, "louise", LOUISE).await;
    directory
}

const LOUISE: &[(&str, &str)] = &[("mail", ADDRESS), ("userPassword", OLD)];
const ADDRESS: &str = "Louise@Example.org";
const OLD: &str = "trois girafes bleues dansent";
const NEW: &str = "quatre ours violets chantent";
