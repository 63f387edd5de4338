//! What leaves the outbox, when, and what becomes of it when the process dies at the worst moment.

mod addresses;
mod crash;
mod notices;
mod queue;
mod sent;

use super::*;
use crate::directory::fixture::{SYSTEM, add_person, audited, binds, directory_over, directory_with, dn, reborn, replace};
use crate::directory::{Caller, PasswordChange, ResetRequest, Target};
use crate::domain::audit::AuditEvent;
use crate::domain::caller::Actor;
use crate::domain::outbox::OutboxMail;
use crate::store::Store;

const ADDRESS: &str = "louise@example.org";
const OLD: &str = "trois girafes bleues dansent";
const NEW: &str = "quatre ours violets chantent";

async fn louise() -> Directory {
    let directory = directory_over(Store::in_memory()).await;
    add_person(&directory, "louise", &[("mail", ADDRESS), ("userPassword", OLD)]).await;
    directory
}

fn requested(directory: &Directory) -> ResetRequested {
    ResetRequested { at: directory.clock.now(), source: source(), language: Language::English }
}

fn source() -> Source {
    Source::Address([192, 0, 2, 1].into())
}

async fn ask(directory: &Directory, uid: &str) {
    let request = ResetRequest { identifier: Secret::new(uid), requested: requested(directory) };
    directory.resolve(request, &tokio_util::sync::CancellationToken::new()).await;
}

/// The next mail that is due, and how it is written; none if nothing is due.
async fn write(directory: &Directory) -> Option<(Leased, Letter)> {
    loop {
        let NextMail::Due(leased) = directory.next_mail().await.unwrap() else { return None };
        if let Some(letter) = directory.write_letter(&leased).await.unwrap() {
            return Some((leased, letter));
        }
    }
}

async fn send(directory: &Directory) -> Option<Letter> {
    let (leased, letter) = write(directory).await?;
    directory.mail_accepted(&leased).await.unwrap();
    Some(letter)
}

async fn waiting(directory: &Directory) -> Vec<OutboxMail> {
    let page = directory.store.read::<_, Infallible, _>(|view| outbox::page(view, None, 99)).await.unwrap();
    page.into_iter().map(|queued| queued.mail).collect()
}

fn token(letter: &Letter) -> Secret {
    let Content::ResetLinks { links, .. } = &letter.content else { panic!("not a link: {letter:?}") };
    links[0].token.clone()
}

fn password(letter: &Letter) -> Option<Secret> {
    match &letter.content {
        Content::GeneratedPassword { password, .. } => Some(password.clone()),
        Content::ResetLinks { .. } | Content::PasswordNotice { .. } | Content::AddressNotice { .. } | Content::AddressLink { .. } => None,
    }
}

/// `louise` with the mail of a generated password in the queue.
async fn awaiting_password() -> Directory {
    let directory = louise().await;
    ask(&directory, "louise").await;
    let token = token(&send(&directory).await.unwrap());
    directory.clock.advance(Duration::from_secs(1));
    directory.redeem_for_generated(&token, requested(&directory)).await.unwrap();
    directory
}
