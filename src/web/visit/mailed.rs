//! What the pages of mailed links have in common: the token goes into a cookie, and a form has to be from the page of the
//! link that the cookie holds.

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::StatusCode;
use axum::response::Response;

use super::cookies::CookieName;
use super::error::PageFault;
use super::form::Form;
use super::frame::MessageTemplate;
use super::paths;
use super::request::{Visit, is_token};
use crate::directory::ResetLink;
use crate::secret::Secret;

/// Keeps `token` in the cookie `name`, and leads on to `page`.
pub fn put_away(mut visit: Visit, name: CookieName, token: Result<Path<String>, PathRejection>, page: &'static str) -> Response {
    // What is no text is no token either.
    let token = Secret::new(token.map(|Path(token)| token).unwrap_or_default());
    // What is no token at all would not be found either; a cookie from before shall not be taken for it.
    if is_token(&token) {
        visit.keep(name, &token);
    } else {
        visit.forget(name);
    }
    visit.go(page)
}

/// Whether `form` is from the page of `link`. Another link may have been followed in another window since, by its owner
/// or by who wants them to set another account's password; its cookie is the one that comes with the form.
///
/// # Errors
/// If the form does not say.
pub fn is_of(form: &Form, link: &ResetLink) -> Result<bool, PageFault> {
    Ok(form.text("login")? == link.login)
}

/// The form was another link's: nothing is done.
pub fn another(visit: Visit) -> Response {
    let page = visit.frame(paths::LINK, None);
    let next = Some((paths::FORGOT, page.say("pages-link-new")));
    let message = MessageTemplate { title: page.say("pages-link-another"), texts: vec![page.say("pages-link-another-text")], next, page };
    visit.show_as(StatusCode::CONFLICT, &message)
}
