//! "This was not me": taking a request back. Looking at the page changes nothing; its button does.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::response::Response;
use axum::routing::get;

use crate::directory::LinkError;
use crate::domain::reset::GrantEnd;
use crate::observe::metrics::LinkUsed;
use crate::web::site::SharedSite;
use crate::web::visit::cookies::CookieName;
use crate::web::visit::error::PageFault;
use crate::web::visit::form::Form;
use crate::web::visit::frame::{Frame, MessageTemplate};
use crate::web::visit::request::Visit;
use crate::web::visit::{mailed, paths};

#[derive(Template)]
#[template(path = "not_me.html")]
struct NotMeTemplate {
    page: Frame,
    login: String,
    /// It is an invitation.
    welcome: bool,
}

impl NotMeTemplate {
    fn heading(&self) -> String {
        if self.welcome { self.page.say("pages-not-me-welcome-title") } else { self.page.say("pages-not-me") }
    }
}

/// The pages of this module.
pub fn routes() -> Router<SharedSite> {
    Router::new().route(paths::MAILED_NOT_ME, get(follow)).route(paths::NOT_ME, get(show).post(revoke)).route(paths::NOT_ME_DONE, get(done))
}

/// Puts the token of a mailed link away in a cookie.
async fn follow(visit: Visit, token: Result<Path<String>, PathRejection>) -> Response {
    mailed::put_away(visit, CookieName::Revoke, token, paths::NOT_ME)
}

/// Whose request it is, and the button.
///
/// # Errors
/// If the store does not answer.
async fn show(visit: Visit) -> Result<Response, PageFault> {
    let Some(token) = visit.cookie(CookieName::Revoke) else { return nothing_left(visit, LinkError::Unknown) };
    match visit.pages.directory.revoke_link(&token).await {
        Ok(found) => {
            let page = visit.frame(paths::NOT_ME, found.language);
            Ok(visit.show(&NotMeTemplate { page, login: found.login, welcome: found.welcome }))
        }
        Err(error) => nothing_left(visit, error),
    }
}

/// Takes the request back.
///
/// # Errors
/// If the store does not answer.
async fn revoke(visit: Visit, form: Form) -> Result<Response, PageFault> {
    let Some(token) = visit.cookie(CookieName::Revoke) else { return nothing_left(visit, LinkError::Unknown) };
    match visit.pages.directory.revoke_link(&token).await {
        Ok(found) if mailed::is_of(&form, &found)? => {}
        Ok(_) => return Ok(mailed::another(visit)),
        Err(error) => return nothing_left(visit, error),
    }
    match visit.pages.directory.revoke_reset(&token, visit.source).await {
        Ok(()) => {
            visit.pages.metrics.link_used(LinkUsed::Revoked);
            Ok(visit.go(paths::NOT_ME_DONE))
        }
        Err(error) => nothing_left(visit, error),
    }
}

/// There is nothing to take back any more; whoever did not ask is told what that means for them.
fn nothing_left(visit: Visit, error: LinkError) -> Result<Response, PageFault> {
    match error {
        LinkError::Unavailable => return Err(PageFault::Unavailable),
        LinkError::Ended(GrantEnd::Revoked) => return Ok(taken_back(visit)),
        LinkError::Unknown | LinkError::Expired | LinkError::Ended(GrantEnd::Superseded | GrantEnd::Redeemed) => {}
    }
    let page = visit.frame(paths::NOT_ME, None);
    let next = Some((paths::SIGN_IN, page.say("pages-to-sign-in")));
    let texts = vec![page.say("pages-not-me-over-text")];
    let message = MessageTemplate { title: page.say("pages-not-me-over"), texts, next, page };
    Ok(visit.show(&message))
}

/// The request is taken back.
async fn done(visit: Visit) -> Response {
    taken_back(visit)
}

fn taken_back(visit: Visit) -> Response {
    let page = visit.frame(paths::NOT_ME_DONE, None);
    let texts = vec![page.say("pages-not-me-done-text"), page.say("pages-not-me-done-again")];
    let next = Some((paths::SIGN_IN, page.say("pages-to-sign-in")));
    visit.show(&MessageTemplate { title: page.say("pages-not-me-done"), texts, next, page })
}
