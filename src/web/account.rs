//! What one sees of oneself once signed in, and one's own password.

use askama::Template;
use axum::response::Response;

use super::error::Fault;
use super::form::Form;
use super::frame::{Frame, Message, Problem};
use super::visit::Visit;
use super::{paths, sign_in};
use crate::directory::{Hint, PasswordError, Visitor};
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
    problem: Option<Problem>,
}

impl Password {
    /// What is wrong, and with which field.
    fn any_problem(&self) -> Option<(&'static str, &str)> {
        self.problem.as_ref().map(|problem| (problem.field, problem.text.as_str()))
    }

    fn problem_of(&self, field: &str) -> Option<&str> {
        self.any_problem().filter(|(with, _)| *with == field).map(|(_, text)| text)
    }
}

/// To wherever one belongs.
///
/// # Errors
/// If the store does not answer.
pub async fn start(visit: Visit) -> Result<Response, Fault> {
    let path = if visit.visitor().await?.is_some() { paths::ACCOUNT } else { paths::SIGN_IN };
    Ok(visit.go(path))
}

/// Who one is, and what one can do.
///
/// # Errors
/// If the store does not answer.
pub async fn show(visit: Visit) -> Result<Response, Fault> {
    let Some(visitor) = visit.visitor().await? else { return Ok(visit.go(paths::SIGN_IN)) };
    if visitor.must_change {
        return Ok(visit.go(paths::PASSWORD));
    }
    let page = visit.frame_of(paths::ACCOUNT, &visitor);
    Ok(visit.show(&Account { page, visitor }))
}

/// To one's own password, where password managers look for it.
pub async fn well_known(visit: Visit) -> Response {
    visit.go(paths::PASSWORD)
}

/// The form for another password.
///
/// # Errors
/// If the store does not answer.
pub async fn form(visit: Visit) -> Result<Response, Fault> {
    let Some(visitor) = visit.visitor().await? else { return Ok(sign_in::before_password(visit)) };
    let page = visit.frame_of(paths::PASSWORD, &visitor);
    Ok(visit.show(&Password { page, visitor, problem: None }))
}

/// Changes it.
///
/// # Errors
/// [`Fault::Busy`], [`Fault::Unavailable`]; what is wrong with a password is said in the form.
pub async fn change(mut visit: Visit, form: Form) -> Result<Response, Fault> {
    let (old, new, confirm) = (form.secret("old")?, form.secret("new")?, form.secret("confirm")?);
    let Some(visitor) = visit.visitor().await? else { return Ok(sign_in::before_password(visit)) };
    let page = visit.frame_of(paths::PASSWORD, &visitor);
    let problem = if old.is_empty() {
        Problem { field: "old", text: page.say("pages-old-missing") }
    } else if new != confirm {
        Problem { field: "confirm", text: page.say("pages-confirm-differs") }
    } else {
        match visit.pages.directory.change_own_password(&visitor, (old, new), visit.source).await {
            Ok(session) => {
                visit.begin_session(&session.token);
                return Ok(visit.go(paths::PASSWORD_DONE));
            }
            Err(error) => problem(&page, error)?,
        }
    };
    Ok(visit.refuse(&Password { page, visitor, problem: Some(problem) }))
}

/// What is to be said of `error`, beside which field.
fn problem(page: &Frame, error: PasswordError) -> Result<Problem, Fault> {
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
    Ok(Problem { field, text })
}

/// It has been changed.
///
/// # Errors
/// If the store does not answer.
pub async fn changed(visit: Visit) -> Result<Response, Fault> {
    let Some(visitor) = visit.visitor().await? else { return Ok(visit.go(paths::SIGN_IN)) };
    let page = visit.frame_of(paths::PASSWORD_DONE, &visitor);
    let texts = vec![page.say("pages-changed-text"), page.say("pages-changed-sessions")];
    let next = Some((paths::ACCOUNT, page.say("pages-to-account")));
    Ok(visit.show(&Message { title: page.say("pages-changed"), texts, next, page }))
}
