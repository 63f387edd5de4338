//! The extended operation on the outbox, whose values `domain::mail_queue` defines.

use zeroize::Zeroizing;

use super::codec::response::Reply;
use super::codec::result::{LdapResult, ResultCode};
use super::session::Session;
use crate::directory::{ListedMail, QueueError};
use crate::domain::id::OpId;
use crate::domain::mail_queue::{MailPlace, MailQueueAnswer, MailQueueRequest, PAGE, QueuedMail};
use crate::secret::Secret;

impl Session {
    /// Lists the mails that wait, tries one at once, or takes one out.
    pub(super) async fn mail_queue(&self, value: Option<Secret>) -> Reply {
        match value.as_ref().map(|value| serde_json::from_slice::<MailQueueRequest>(value.expose())) {
            Some(Ok(MailQueueRequest::List(behind))) => self.list_mail(behind).await,
            Some(Ok(MailQueueRequest::Retry(mail))) => match OpId::parse(&mail) {
                Some(op) => done(self.service.directory.retry_mail(&self.caller, op).await),
                None => malformed(),
            },
            Some(Ok(MailQueueRequest::Drop(mail))) => match OpId::parse(&mail) {
                Some(op) => done(self.service.directory.drop_mail(&self.caller, op).await),
                None => malformed(),
            },
            Some(Err(_)) | None => malformed(),
        }
    }

    async fn list_mail(&self, behind: Option<MailPlace>) -> Reply {
        let after = match behind.map(|place| OpId::parse(&place.mail).map(|op| (place.due, op))) {
            Some(None) => return malformed(),
            Some(Some(after)) => Some(after),
            None => None,
        };
        match self.service.directory.list_mail(&self.caller, after, PAGE).await {
            Ok(listed) => answer(&MailQueueAnswer { mails: listed.into_iter().map(mail).collect() }),
            Err(error) => LdapResult::from(error).into(),
        }
    }
}

fn mail(listed: ListedMail) -> QueuedMail {
    let ListedMail { op, kind, address, queued_at, due, attempts, fault } = listed;
    QueuedMail { due, attempts, fault, ..QueuedMail::new(op, kind, address, queued_at) }
}

fn answer(answer: &MailQueueAnswer) -> Reply {
    match serde_json::to_vec(answer) {
        Ok(value) => Reply { value: Some(Zeroizing::new(value)), ..LdapResult::success().into() },
        Err(_) => LdapResult::new(ResultCode::OperationsError, "the list cannot be written").into(),
    }
}

fn done(outcome: Result<(), QueueError>) -> Reply {
    outcome.map_or_else(LdapResult::from, |()| LdapResult::success()).into()
}

fn malformed() -> Reply {
    LdapResult::new(ResultCode::ProtocolError, "the value is not one of those defined for this operation").into()
}
