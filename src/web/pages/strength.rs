//! What is said of a password while it is typed: the same as when it is sent. Comfort: the script asks, and the forms do
//! without.

use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::post;

use crate::directory::{Checked, PersonForm, StrengthError};
use crate::domain::access::Area;
use crate::web::site::SharedSite;
use crate::web::visit::cookies::CookieName;
use crate::web::visit::error::PageFault;
use crate::web::visit::form::Form;
use crate::web::visit::frame::Frame;
use crate::web::visit::paths::{self, PathId};
use crate::web::visit::request::Visit;
use crate::web::visit::signed_visit::SignedVisit;

/// The addresses of this module.
pub fn routes() -> Router<SharedSite> {
    Router::new()
        .route(paths::PASSWORD_STRENGTH, post(own))
        .route(paths::LINK_STRENGTH, post(by_link))
        .route("/people/new/strength", post(of_newcomer))
        .route("/people/{id}/strength", post(of_person))
}

/// Of one's own new password.
async fn own(mut visit: SignedVisit, form: Form) -> Result<Response, PageFault> {
    let checked = visit.directory().own_strength(&visit.caller(), &form.secret("new")?).await;
    let page = visit.frame(Area::Account);
    said(&page, checked)
}

/// Of somebody else's new password, on their sheet.
async fn of_person(mut visit: SignedVisit, PathId(id): PathId, form: Form) -> Result<Response, PageFault> {
    let checked = visit.directory().strength_for_person(&visit.caller(), id, &form.secret("new")?).await;
    let page = visit.frame(Area::People);
    said(&page, checked)
}

/// Of the first password of somebody new, on the sheet that they are added with.
async fn of_newcomer(mut visit: SignedVisit, form: Form) -> Result<Response, PageFault> {
    let filled = PersonForm {
        login: form.optional("login")?,
        first_name: form.optional("first_name")?,
        surname: form.optional("surname")?,
        mail: form.optional("mail")?,
        ..PersonForm::default()
    };
    let checked = visit.directory().strength_for_newcomer(&visit.caller(), &filled, &form.secret("new")?).await;
    let page = visit.frame(Area::People);
    said(&page, checked)
}

/// Of the password that is chosen by a mailed link.
async fn by_link(visit: Visit, form: Form) -> Result<Response, PageFault> {
    let token = visit.cookie(CookieName::Reset).ok_or(PageFault::NotFound)?;
    let checked = visit.pages.directory.strength_by_link(&token, &form.secret("new")?, visit.source).await;
    said(&visit.frame(paths::LINK, None), checked)
}

/// A line that says whether it is good, and one that says it in words: nothing where it is not known.
fn said(page: &Frame, checked: Result<Checked, StrengthError>) -> Result<Response, PageFault> {
    let text = match checked {
        Ok(Checked::Good) => format!("good\n{}", page.say("pages-strength-good")),
        Ok(Checked::Refused(refusal)) => format!("weak\n{}", page.refusal(&refusal)),
        Err(StrengthError::Busy) => String::new(),
        Err(StrengthError::Denied) => return Err(PageFault::NotFound),
        Err(StrengthError::Unavailable) => return Err(PageFault::Unavailable),
    };
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
}
