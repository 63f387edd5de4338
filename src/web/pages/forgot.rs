//! Asking for a new password. The answer is the same for everybody, and comes before anybody is looked up.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;

use crate::directory::{MAX_IDENTIFIER, ResetRequest};
use crate::observe::metrics::ResetRequested;
use crate::secret::Secret;
use crate::web::site::SharedSite;
use crate::web::visit::error::PageFault;
use crate::web::visit::form::Form;
use crate::web::visit::frame::{Frame, MessageTemplate};
use crate::web::visit::paths;
use crate::web::visit::problems::Problems;
use crate::web::visit::request::Visit;

#[derive(Template)]
#[template(path = "forgot.html")]
struct ForgotTemplate {
    page: Frame,
    problems: Problems,
}

/// The pages of this module.
pub fn routes() -> Router<SharedSite> {
    Router::new().route(paths::FORGOT, get(form).post(request)).route(paths::FORGOT_SENT, get(sent))
}

/// The form, or whom to turn to where no mails are sent.
async fn form(visit: Visit) -> Response {
    let page = visit.frame(paths::FORGOT, None);
    if !visit.pages.settings.sends_mail {
        return visit.show(&no_mails(page));
    }
    visit.show(&ForgotTemplate { page, problems: Problems::none() })
}

/// Takes the request down.
///
/// # Errors
/// [`PageFault::Busy`] where too many wait, whoever it is for.
async fn request(visit: Visit, form: Form) -> Result<Response, PageFault> {
    let page = visit.frame(paths::FORGOT, None);
    if !visit.pages.settings.sends_mail {
        return Ok(visit.show(&no_mails(page)));
    }
    let identifier = form.text("identifier")?;
    let problems = match identifier.len() {
        0 => Problems::one("identifier", page.say("pages-identifier-missing")),
        1..=MAX_IDENTIFIER => Problems::none(),
        _ => Problems::one("identifier", page.say("pages-identifier-too-long")),
    };
    if !problems.is_empty() {
        return Ok(visit.refuse(&ForgotTemplate { page, problems }));
    }
    let request = ResetRequest { identifier: Secret::new(identifier), requested: visit.requested() };
    let taken = visit.pages.directory.request_reset(request);
    visit.pages.metrics.reset_requested(if taken.is_ok() { ResetRequested::Taken } else { ResetRequested::Busy });
    taken.map_err(|_| PageFault::Busy)?;
    Ok(visit.go(paths::FORGOT_SENT))
}

/// What comes next.
async fn sent(visit: Visit) -> Response {
    let page = visit.frame(paths::FORGOT_SENT, None);
    let ttl = crate::text::lasting(page.language, visit.pages.settings.token_ttl);
    let texts = vec![page.say("pages-sent-text"), page.say("pages-sent-wait"), page.say_with("pages-sent-valid", "time", &ttl)];
    let next = Some((paths::SIGN_IN, page.say("pages-to-sign-in")));
    visit.show(&MessageTemplate { title: page.say("pages-sent"), texts, next, page })
}

/// Nobody is promised a mail that will not come.
fn no_mails(page: Frame) -> MessageTemplate {
    let texts = vec![page.say("pages-no-mails-text")];
    let next = Some((paths::SIGN_IN, page.say("pages-to-sign-in")));
    MessageTemplate { title: page.say("pages-forgot"), texts, next, page }
}
