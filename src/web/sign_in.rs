//! Signing in and out.

use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;

use super::cookies::Name;
use super::error::Fault;
use super::form::Form;
use super::frame::Frame;
use super::paths;
use super::visit::Visit;
use crate::directory::{BindError, Hint};
use crate::observe::metrics::BindOutcome;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn {
    page: Frame,
    next: Next,
    /// What was typed, but for the password.
    identifier: String,
    problem: Option<String>,
}

/// Where somebody wanted to go before they had to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Account,
    Password,
}

impl Next {
    fn of(word: &str) -> Next {
        if word == Next::Password.word() { Next::Password } else { Next::Account }
    }

    fn word(self) -> &'static str {
        match self {
            Next::Account => "account",
            Next::Password => "password",
        }
    }

    fn path(self) -> &'static str {
        match self {
            Next::Account => paths::ACCOUNT,
            Next::Password => paths::PASSWORD,
        }
    }
}

/// The form.
pub async fn form(visit: Visit, RawQuery(query): RawQuery) -> Response {
    let next = Next::of(query.as_deref().and_then(|query| query.strip_prefix("next=")).unwrap_or_default());
    let page = visit.frame(paths::SIGN_IN, None);
    visit.show(&SignIn { page, next, identifier: String::new(), problem: None })
}

/// To the form, and on to one's own password from there.
pub fn before_password(visit: Visit) -> Response {
    visit.go(&format!("{}?next={}", paths::SIGN_IN, Next::Password.word()))
}

/// Verifies, and begins a session.
///
/// # Errors
/// [`Fault::Busy`], [`Fault::Unavailable`]; a wrong name or password is said in the form.
pub async fn sign_in(mut visit: Visit, form: Form) -> Result<Response, Fault> {
    let (identifier, password) = (form.text("identifier")?, form.secret("password")?);
    let next = Next::of(&form.text("next").unwrap_or_default());
    if identifier.is_empty() || password.is_empty() {
        return Ok(again(visit, next, identifier, "pages-sign-in-missing"));
    }
    let signed_in = visit.pages.directory.sign_in(&identifier, password, visit.source).await;
    visit.pages.metrics.sign_in(outcome(signed_in.as_ref().map(|_| ()).map_err(|error| *error)));
    match signed_in {
        Ok(session) => {
            visit.begin_session(&session.token);
            Ok(visit.go(if session.must_change { paths::PASSWORD } else { next.path() }))
        }
        Err(BindError::Invalid(Hint::None)) => Ok(again(visit, next, identifier, "pages-sign-in-wrong")),
        Err(BindError::Invalid(Hint::Locked)) => Ok(again(visit, next, identifier, "pages-sign-in-throttled")),
        Err(BindError::Invalid(Hint::Expired)) => Ok(again(visit, next, identifier, "pages-sign-in-expired")),
        Err(BindError::Busy) => Err(Fault::Busy),
        Err(BindError::Unavailable) => Err(Fault::Unavailable),
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
fn again(visit: Visit, next: Next, identifier: String, problem: &str) -> Response {
    let page = visit.frame(paths::SIGN_IN, None);
    let problem = Some(page.say(problem));
    visit.refuse(&SignIn { page, next, identifier, problem })
}

/// Ends the session.
///
/// # Errors
/// If the store does not answer: then it goes on.
pub async fn sign_out(mut visit: Visit, _form: Form) -> Result<Response, Fault> {
    if let Some(token) = visit.cookie(Name::Session) {
        visit.pages.directory.sign_out(&token, visit.source).await?;
        visit.forget(Name::Session);
    }
    Ok(visit.go(paths::SIGN_IN))
}
