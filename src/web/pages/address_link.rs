//! The page of the link that was sent to a new mail address of one's own. Looking at it changes nothing; its button does.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use crate::directory::{EditError, Wrong};
use crate::domain::access::Area;
use crate::web::site::SharedSite;
use crate::web::visit::cookies::CookieName;
use crate::web::visit::error::PageFault;
use crate::web::visit::form::Form;
use crate::web::visit::frame::{Frame, MessageTemplate};
use crate::web::visit::mailed;
use crate::web::visit::notice::PageNotice;
use crate::web::visit::paths;
use crate::web::visit::request::Visit;
use crate::web::visit::signed_visit::SignedVisit;

#[derive(Template)]
#[template(path = "address_link.html")]
struct AddressLinkTemplate {
    page: Frame,
    login: String,
    address: String,
}

/// The pages of this module.
pub fn routes() -> Router<SharedSite> {
    Router::new().route(paths::MAILED_ADDRESS, get(follow)).route(paths::ADDRESS_LINK, get(show).post(confirm))
}

/// Puts the token of a mailed link away in a cookie.
async fn follow(visit: Visit, token: Result<Path<String>, PathRejection>) -> Response {
    mailed::put_away(visit, CookieName::Address, token, paths::ADDRESS_LINK)
}

/// Which address it is, and the button.
async fn show(mut visit: SignedVisit) -> Result<Response, PageFault> {
    let Some(address) = awaited(&visit).await? else { return Ok(dead(visit)) };
    let page = visit.frame(Area::Account);
    let login = visit.visitor.login.clone();
    Ok(visit.show(&AddressLinkTemplate { page, login, address }))
}

/// Makes it the account's. The form says which address was shown: another link may have been followed in another window.
async fn confirm(mut visit: SignedVisit, form: Form) -> Result<Response, PageFault> {
    let shown = form.text("address")?;
    let Some(token) = visit.visit.cookie(CookieName::Address) else { return Ok(dead(visit)) };
    if awaited(&visit).await?.is_none_or(|address| address != shown) {
        return Ok(dead(visit));
    }
    match visit.directory().confirm_address(&visit.caller(), visit.visitor.account, &token).await {
        Ok(()) => {
            visit.visit.forget(CookieName::Address);
            Ok(visit.go_saying(paths::CONTACT, &PageNotice::said("contact-notice-confirmed")))
        }
        Err(EditError::Faults(faults)) => {
            let taken = faults.iter().any(|fault| matches!(fault.wrong, Wrong::MailTaken(_)));
            Ok(if taken { message(visit, "contact-link-taken", "contact-link-taken-text") } else { dead(visit) })
        }
        Err(EditError::NotFound(_)) => Ok(dead(visit)),
        Err(error) => Err(error.into()),
    }
}

async fn awaited(visit: &SignedVisit) -> Result<Option<String>, PageFault> {
    match visit.visit.cookie(CookieName::Address) {
        Some(token) => Ok(visit.directory().awaited_address(visit.visitor.account, &token).await?),
        None => Ok(None),
    }
}

fn dead(visit: SignedVisit) -> Response {
    message(visit, "contact-link-dead", "contact-link-dead-text")
}

fn message(mut visit: SignedVisit, title: &str, text: &str) -> Response {
    let page = visit.frame(Area::Account);
    let next = Some((paths::ACCOUNT, page.say("pages-to-account")));
    let message = MessageTemplate { title: page.say(title), texts: vec![page.say(text)], next, page };
    visit.visit.show_as(StatusCode::GONE, &message)
}
