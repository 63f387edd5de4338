//! The mails that wait, for administrators: why they do, and what may be done about it.

use askama::Template;
use axum::Router;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::{get, post};

use crate::directory::{ListedMail, QueueError};
use crate::domain::access::Area;
use crate::domain::id::OpId;
use crate::domain::outbox::MailKind;
use crate::domain::time::UnixTime;
use crate::text;
use crate::web::site::SharedSite;
use crate::web::visit::error::PageFault;
use crate::web::visit::form::Form;
use crate::web::visit::frame::{ConfirmTemplate, Frame};
use crate::web::visit::notice::PageNotice;
use crate::web::visit::paths;
use crate::web::visit::query::{AFTER, Pager, Query};
use crate::web::visit::signed_visit::SignedVisit;

#[derive(Template)]
#[template(path = "outbox.html")]
struct OutboxTemplate {
    page: Frame,
    mails: Vec<MailRow>,
    pager: Pager,
}

/// A mail, in words.
struct MailRow {
    op: OpId,
    address: String,
    kind: String,
    queued: String,
    /// When it is tried next; none: it was given up.
    next: Option<String>,
    /// How often it was tried.
    attempts: String,
    fault: String,
}

/// The `{mail}` of a path.
struct MailId(OpId);

/// The pages of this module.
pub fn routes() -> Router<SharedSite> {
    Router::new().route(paths::MAIL, get(show)).route(paths::MAIL_RETRY, post(retry)).route(paths::MAIL_DROP, get(ask).post(discard))
}

/// The list.
async fn show(mut visit: SignedVisit, query: Query) -> Result<Response, PageFault> {
    visit.entering(Area::Mail)?;
    let after = place(query.text(AFTER))?;
    let mut listed = visit.directory().list_mail(&visit.caller(), after, PAGE + 1).await.map_err(seen)?;
    let more = listed.len() > PAGE;
    listed.truncate(PAGE);
    let next = listed.last().filter(|_| more).map(|last| format!("{}-{}", last.due.map_or(String::new(), millis), last.op));
    let pager = Pager::new(paths::MAIL, &query, next.as_deref());
    let page = visit.frame(Area::Mail);
    let mails = listed.into_iter().map(|mail| row(&visit, &page, mail)).collect();
    Ok(visit.show(&OutboxTemplate { page, mails, pager }))
}

/// Tries a mail at once.
async fn retry(visit: SignedVisit, form: Form) -> Result<Response, PageFault> {
    let op = OpId::parse(&form.text("mail")?).ok_or(PageFault::Malformed)?;
    match visit.directory().retry_mail(&visit.caller(), op).await {
        Ok(()) => Ok(visit.go_saying(paths::MAIL, &PageNotice::said("queue-notice-retried"))),
        Err(QueueError::Gone) => Ok(visit.go_saying(paths::MAIL, &PageNotice::said("queue-notice-gone"))),
        Err(error) => Err(changed(error)),
    }
}

/// Whether it is really not to be sent.
async fn ask(mut visit: SignedVisit, MailId(op): MailId) -> Result<Response, PageFault> {
    visit.entering(Area::Mail)?;
    let mail = visit.directory().waiting_mail(&visit.caller(), op).await.map_err(seen)?;
    let page = visit.frame(Area::Mail);
    let texts = vec![page.say_with("queue-drop-text", "address", &mail.address), page.say("queue-drop-means")];
    let question = ConfirmTemplate {
        title: page.say("queue-drop-title"),
        texts,
        button: page.say("queue-drop"),
        action: of(op),
        back: paths::MAIL.to_owned(),
        page,
    };
    Ok(visit.show(&question))
}

/// Takes a mail out of the queue.
async fn discard(visit: SignedVisit, MailId(op): MailId, _: Form) -> Result<Response, PageFault> {
    match visit.directory().drop_mail(&visit.caller(), op).await {
        Ok(()) => Ok(visit.go_saying(paths::MAIL, &PageNotice::said("queue-notice-dropped"))),
        Err(QueueError::Gone) => Ok(visit.go_saying(paths::MAIL, &PageNotice::said("queue-notice-gone"))),
        Err(error) => Err(changed(error)),
    }
}

fn row(visit: &SignedVisit, page: &Frame, mail: ListedMail) -> MailRow {
    let pages = &visit.visit.pages;
    let moment = |at| text::stamp(page.language, at, &pages.settings.zone);
    let kind = match mail.kind {
        MailKind::ResetLink => page.say("queue-kind-link"),
        MailKind::GeneratedPassword => page.say("queue-kind-password"),
        MailKind::PasswordNotice => page.say("queue-kind-notice"),
        MailKind::Invitation => page.say("queue-kind-invitation"),
        MailKind::AddressNotice => page.say("queue-kind-address"),
        MailKind::AddressLink => page.say("queue-kind-address-link"),
    };
    MailRow {
        op: mail.op,
        address: mail.address,
        kind,
        queued: moment(mail.queued_at),
        next: mail.due.map(moment),
        attempts: page.say_number("queue-attempts", "count", mail.attempts as usize),
        fault: mail.fault.unwrap_or_default(),
    }
}

/// Where a page of the list begins: `millis-mail`, without the time for what was given up.
fn place(after: &str) -> Result<Option<(Option<UnixTime>, OpId)>, PageFault> {
    if after.is_empty() {
        return Ok(None);
    }
    let (due, op) = after.split_once('-').ok_or(PageFault::Malformed)?;
    let due = match due {
        "" => None,
        due => Some(UnixTime::from_millis(due.parse().map_err(|_| PageFault::Malformed)?)),
    };
    Ok(Some((due, OpId::parse(op).ok_or(PageFault::Malformed)?)))
}

fn millis(at: UnixTime) -> String {
    at.as_millis().to_string()
}

/// The page of the mail `op`, where it is dropped.
fn of(op: OpId) -> String {
    format!("{}/{op}/drop", paths::MAIL)
}

/// Who may not see the queue sees no page.
fn seen(error: QueueError) -> PageFault {
    match error {
        QueueError::Denied | QueueError::Gone => PageFault::NotFound,
        QueueError::Unavailable => PageFault::Unavailable,
    }
}

fn changed(error: QueueError) -> PageFault {
    match error {
        QueueError::Denied => PageFault::Denied,
        QueueError::Gone => PageFault::NotFound,
        QueueError::Unavailable => PageFault::Unavailable,
    }
}

impl FromRequestParts<SharedSite> for MailId {
    type Rejection = PageFault;

    async fn from_request_parts(parts: &mut Parts, pages: &SharedSite) -> Result<MailId, PageFault> {
        let Path(text) = Path::<String>::from_request_parts(parts, pages).await.map_err(|_| PageFault::NotFound)?;
        OpId::parse(&text).map(MailId).ok_or(PageFault::NotFound)
    }
}

/// Mails on a page.
const PAGE: usize = 50;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_is_written() {
        let op = OpId([7; 16]);
        assert_eq!(place(&format!("1795338000000-{op}")), Ok(Some((Some(UnixTime::from_secs(1_795_338_000)), op))));
        assert_eq!(place(&format!("-{op}")), Ok(Some((None, op))));
        assert_eq!(place(""), Ok(None));
        for text in ["-", "1", "x-", &format!("x-{op}"), &format!("99999999999999999999999-{op}"), "1-07"] {
            assert_eq!(place(text), Err(PageFault::Malformed), "{text}");
        }
    }
}
