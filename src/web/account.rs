//! What one sees of oneself once signed in, and one's own password.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;

use super::error::Fault;
use super::form::Form;
use super::frame::{Frame, Message};
use super::pages::Shared;
use super::paths;
use super::problems::Problems;
use super::signed_visit::SignedVisit;
use super::visit::Visit;
use crate::directory::{Hint, PasswordError, Visitor};
use crate::domain::access::Area;
use crate::domain::password_policy::Refusal;

#[derive(Template)]
#[template(path = "account.html")]
struct Account {
    page: Frame,
    visitor: Visitor,
}

#[derive(Template)]
#[template(path = "password.html")]
struct Password {
    page: Frame,
    visitor: Visitor,
    problems: Problems,
}

/// The pages of this module.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route(paths::ROOT, get(start))
        .route(paths::ACCOUNT, get(show))
        .route(paths::PASSWORD, get(form).post(change))
        .route(paths::PASSWORD_DONE, get(changed))
        .route(paths::WELL_KNOWN, get(well_known))
}

/// To wherever one belongs.
async fn start(visit: Visit) -> Result<Response, Fault> {
    let path = if visit.visitor().await?.is_some() { paths::ACCOUNT } else { paths::SIGN_IN };
    Ok(visit.go(path))
}

/// Who one is, and what one can do.
async fn show(mut visit: SignedVisit) -> Response {
    let page = visit.frame(Area::Account);
    let visitor = visit.visitor.clone();
    visit.show(&Account { page, visitor })
}

/// To one's own password, where password managers look for it.
async fn well_known(visit: Visit) -> Response {
    visit.go(paths::PASSWORD)
}

/// The form for another password.
async fn form(mut visit: SignedVisit) -> Response {
    let page = visit.frame(Area::Account);
    let visitor = visit.visitor.clone();
    visit.show(&Password { page, visitor, problems: Problems::none() })
}

/// Changes it.
///
/// # Errors
/// [`Fault::Busy`], [`Fault::Unavailable`]; what is wrong with a password is said in the form.
async fn change(mut visit: SignedVisit, form: Form) -> Result<Response, Fault> {
    let (old, new, confirm) = (form.secret("old")?, form.secret("new")?, form.secret("confirm")?);
    let page = visit.frame(Area::Account);
    let problems = if old.is_empty() {
        Problems::one("old", page.say("pages-old-missing"))
    } else if new != confirm {
        Problems::one("confirm", page.say("pages-confirm-differs"))
    } else {
        match visit.directory().change_own_password(&visit.visitor, (old, new), visit.visit.source).await {
            Ok(session) => {
                visit.visit.begin_session(&session.token);
                return Ok(visit.visit.go(paths::PASSWORD_DONE));
            }
            Err(error) => problem(&page, error)?,
        }
    };
    let visitor = visit.visitor.clone();
    Ok(visit.refuse(&Password { page, visitor, problems }))
}

/// What is to be said of `error`, beside which field.
fn problem(page: &Frame, error: PasswordError) -> Result<Problems, Fault> {
    let (field, text) = match error {
        PasswordError::Policy(Refusal::Empty) => ("new", page.say("pages-new-missing")),
        PasswordError::Policy(why) => ("new", page.refusal(&why)),
        PasswordError::Invalid(Hint::Locked) => ("old", page.say("pages-sign-in-throttled")),
        PasswordError::Invalid(Hint::None | Hint::Expired) | PasswordError::OldRequired => ("old", page.say("pages-old-wrong")),
        // The account was disabled or deleted meanwhile: whoever asks again has to sign in.
        PasswordError::NoSuchObject | PasswordError::Denied | PasswordError::BindFirst => return Err(Fault::Forged),
        PasswordError::Busy => return Err(Fault::Busy),
        PasswordError::Unavailable => return Err(Fault::Unavailable),
    };
    Ok(Problems::one(field, text))
}

/// It has been changed.
async fn changed(mut visit: SignedVisit) -> Response {
    let page = visit.frame(Area::Account);
    let texts = vec![page.say("pages-changed-text"), page.say("pages-changed-sessions")];
    let next = Some((paths::ACCOUNT, page.say("pages-to-account")));
    visit.show(&Message { title: page.say("pages-changed"), texts, next, page })
}
