//! Signing in and out.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};

use crate::directory::{BindError, Hint};
use crate::observe::metrics::BindOutcome;
use crate::web::site::SharedSite;
use crate::web::visit::cookies::CookieName;
use crate::web::visit::error::PageFault;
use crate::web::visit::form::Form;
use crate::web::visit::frame::Frame;
use crate::web::visit::paths;
use crate::web::visit::problems::Problems;
use crate::web::visit::query::Query;
use crate::web::visit::request::Visit;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInTemplate {
    page: Frame,
    /// Where they wanted to go before they had to sign in.
    next: String,
    /// What was typed, but for the password.
    identifier: String,
    problems: Problems,
}

/// The pages of this module.
pub fn routes() -> Router<SharedSite> {
    Router::new().route(paths::SIGN_IN, get(form).post(sign_in)).route(paths::SIGN_OUT, post(sign_out))
}

/// The form.
async fn form(visit: Visit, query: Query) -> Response {
    let page = visit.frame(paths::SIGN_IN, None);
    let next = query.text("next").to_owned();
    visit.show(&SignInTemplate { page, next, identifier: String::new(), problems: Problems::none() })
}

/// Verifies, and begins a session.
///
/// # Errors
/// [`PageFault::Busy`], [`PageFault::Unavailable`]; a wrong name or password is said in the form.
async fn sign_in(mut visit: Visit, form: Form) -> Result<Response, PageFault> {
    let (identifier, password) = (form.text("identifier")?, form.secret("password")?);
    let next = form.optional("next")?.unwrap_or_default();
    if identifier.is_empty() || password.is_empty() {
        return Ok(again(visit, next, identifier, "pages-sign-in-missing"));
    }
    let former = visit.cookie(CookieName::Session);
    let signed_in = visit.pages.directory.sign_in(&identifier, password, former.as_ref(), visit.source).await;
    visit.pages.metrics.sign_in(outcome(signed_in.as_ref().map(|_| ()).map_err(|error| *error)));
    match signed_in {
        Ok(session) => {
            visit.begin_session(&session.token);
            // Whoever made the link shall not say where it ends.
            let next = if paths::is_inside(&next) { &next } else { paths::ACCOUNT };
            Ok(visit.go(if session.must_change { paths::PASSWORD } else { next }))
        }
        Err(BindError::Invalid(Hint::None)) => Ok(again(visit, next, identifier, "pages-sign-in-wrong")),
        Err(BindError::Invalid(Hint::Locked)) => Ok(again(visit, next, identifier, "pages-sign-in-throttled")),
        Err(BindError::Invalid(Hint::Expired)) => Ok(again(visit, next, identifier, "pages-sign-in-expired")),
        Err(BindError::Busy) => Err(PageFault::Busy),
        Err(BindError::Unavailable) => Err(PageFault::Unavailable),
    }
}

/// As it is counted.
fn outcome(signed_in: Result<(), BindError>) -> BindOutcome {
    match signed_in {
        Ok(()) => BindOutcome::Success,
        Err(BindError::Invalid(Hint::None | Hint::Expired)) => BindOutcome::Invalid,
        Err(BindError::Invalid(Hint::Locked)) => BindOutcome::Throttled,
        Err(BindError::Busy) => BindOutcome::Busy,
        Err(BindError::Unavailable) => BindOutcome::Unavailable,
    }
}

/// The form again, with what is wrong; the password has to be typed anew.
fn again(visit: Visit, next: String, identifier: String, problem: &str) -> Response {
    let page = visit.frame(paths::SIGN_IN, None);
    let problems = Problems::one("identifier", page.say(problem));
    visit.refuse(&SignInTemplate { page, next, identifier, problems })
}

/// Ends the session.
///
/// # Errors
/// If the store does not answer: then it goes on.
async fn sign_out(mut visit: Visit, _form: Form) -> Result<Response, PageFault> {
    if let Some(token) = visit.cookie(CookieName::Session) {
        visit.pages.directory.sign_out(&token, visit.source).await?;
        visit.forget(CookieName::Session);
    }
    Ok(visit.go(paths::SIGN_IN))
}
