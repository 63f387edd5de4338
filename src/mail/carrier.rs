//! How mails leave: by the relay, or into files.

use lettre::Address;
use lettre::message::Mailbox;

use super::fault::{Cause, MailFault, RelayStep};
use super::files::Files;
use super::message::{Identity, ReadyMail};
use super::relay::Submission;
use super::{MailRoute, MailSettings, SetupError};

/// The way out, and who mails are from.
pub struct Carrier {
    way: CarrierWay,
    identity: Identity,
    place: String,
}

enum CarrierWay {
    Files(Files),
    Relay(Box<Submission>),
}

impl Carrier {
    /// The way that `settings` name.
    pub fn new(settings: &MailSettings) -> Result<Carrier, SetupError> {
        let from = mailbox("mail.from", &settings.from)?;
        let reply_to = settings.reply_to.as_deref().map(|address| mailbox("mail.reply_to", address)).transpose()?;
        let (way, place) = match &settings.transport {
            MailRoute::Files(directory) => {
                let files =
                    Files::open(directory.clone()).map_err(|error| SetupError::Directory { directory: directory.clone(), error })?;
                (CarrierWay::Files(files), directory.display().to_string())
            }
            MailRoute::Smtp(relay) => {
                let submission = Submission::new(relay.clone(), &settings.public_url)?;
                let place = submission.place().to_owned();
                (CarrierWay::Relay(Box::new(submission)), place)
            }
        };
        Ok(Carrier { way, identity: Identity { from, reply_to }, place })
    }

    /// Who mails are from.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Where mails go, for people.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Takes `mail` there; `kind` is the word for it.
    pub async fn carry(&self, kind: &'static str, mail: ReadyMail) -> Result<(), MailFault> {
        let files = match &self.way {
            CarrierWay::Relay(submission) => return submission.send(&mail).await,
            CarrierWay::Files(files) => files.clone(),
        };
        let written = tokio::task::spawn_blocking(move || files.put(kind, &mail.bytes)).await;
        let reason = match written {
            Ok(Ok(_)) => return Ok(()),
            Ok(Err(error)) => error.to_string(),
            Err(error) => error.to_string(),
        };
        Err(MailFault { place: self.place.clone(), step: RelayStep::Content, cause: Cause::File(reason) })
    }
}

fn mailbox(setting: &'static str, address: &str) -> Result<Mailbox, SetupError> {
    // What stands before the angle bracket is the name, whatever is in it: it is quoted or encoded in the mail.
    let (name, email) = match address.rsplit_once('<') {
        Some((name, rest)) => (Some(name.trim().trim_matches('"').to_owned()), rest.trim_end().trim_end_matches('>')),
        None => (None, address),
    };
    let email: Option<Address> = email.trim().parse().ok().filter(|_| email.is_ascii());
    let mailbox = email.map(|email| Mailbox::new(name.filter(|name| !name.is_empty()), email));
    mailbox.ok_or_else(|| SetupError::Address { setting, address: address.to_owned() })
}
