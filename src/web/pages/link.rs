//! The page of a mailed link: a new password, sent or chosen. Looking at it changes nothing, however often; only its
//! buttons do.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};

use crate::directory::{LinkError, RedeemError, ResetLink};
use crate::domain::password_policy::Refusal;
use crate::domain::reset::GrantEnd;
use crate::observe::metrics::LinkUsed;
use crate::secret::Secret;
use crate::text;
use crate::web::site::SharedSite;
use crate::web::visit::cookies::CookieName;
use crate::web::visit::error::PageFault;
use crate::web::visit::form::Form;
use crate::web::visit::frame::{Frame, MessageTemplate};
use crate::web::visit::mailed::{self, another, is_of};
use crate::web::visit::paths;
use crate::web::visit::problems::Problems;
use crate::web::visit::request::Visit;

#[derive(Template)]
#[template(path = "link.html")]
struct LinkTemplate {
    page: Frame,
    login: String,
    /// Until when the link works.
    until: String,
    /// They are new here.
    welcome: bool,
    /// What the button sends, in words; none: it is not offered.
    generated: Option<String>,
    offers_chosen: bool,
    problems: Problems,
}

impl LinkTemplate {
    fn heading(&self) -> String {
        if self.welcome { self.page.say("pages-welcome") } else { self.page.say("pages-link") }
    }
}

/// The pages of this module.
pub fn routes() -> Router<SharedSite> {
    Router::new()
        .route(paths::MAILED_LINK, get(follow))
        .route(paths::LINK, get(show))
        .route(paths::LINK_GENERATED, post(send_generated))
        .route(paths::LINK_SENT, get(sent))
        .route(paths::LINK_CHOSEN, post(set_chosen))
        .route(paths::LINK_DONE, get(done))
}

/// Puts the token of a mailed link away in a cookie, so that it is in no address: none that is kept in a history, logged
/// by a proxy, or sent to another site. The link itself goes on working.
async fn follow(visit: Visit, token: Result<Path<String>, PathRejection>) -> Response {
    mailed::put_away(visit, CookieName::Reset, token, paths::LINK)
}

/// Whose password it is, and the ways to a new one.
///
/// # Errors
/// If the store does not answer; what is wrong with a link is a page of its own.
async fn show(visit: Visit) -> Result<Response, PageFault> {
    match found(&visit).await {
        Ok((_, link)) => {
            let page = page_of(&visit, &link, Problems::none());
            Ok(visit.show(&page))
        }
        Err(error) => unusable(visit, error),
    }
}

/// Sends a new password.
///
/// # Errors
/// [`PageFault::Busy`], [`PageFault::Unavailable`], or that this way is not offered.
async fn send_generated(visit: Visit, form: Form) -> Result<Response, PageFault> {
    let (token, link) = match found(&visit).await {
        Ok(found) => found,
        Err(error) => return unusable(visit, error),
    };
    if !is_of(&form, &link)? {
        return Ok(another(visit));
    }
    match visit.pages.directory.redeem_for_generated(&token, visit.requested()).await {
        Ok(()) => {
            visit.pages.metrics.link_used(LinkUsed::Generated);
            Ok(visit.go(paths::LINK_SENT))
        }
        Err(RedeemError::Link(error)) => unusable(visit, error),
        Err(RedeemError::NotOffered | RedeemError::Policy(_)) => Err(PageFault::NotFound),
        Err(RedeemError::Busy) => Err(PageFault::Busy),
    }
}

/// Sets the password that was chosen.
///
/// # Errors
/// [`PageFault::Busy`], [`PageFault::Unavailable`], or that this way is not offered.
async fn set_chosen(visit: Visit, form: Form) -> Result<Response, PageFault> {
    let (new, confirm) = (form.secret("new")?, form.secret("confirm")?);
    let (token, link) = match found(&visit).await {
        Ok(found) => found,
        Err(error) => return unusable(visit, error),
    };
    if !is_of(&form, &link)? {
        return Ok(another(visit));
    }
    let page = visit.frame(paths::LINK, link.language);
    let problems = if new != confirm {
        Problems::one("confirm", page.say("pages-confirm-differs"))
    } else {
        match visit.pages.directory.redeem_with(&token, new, visit.requested()).await {
            Ok(()) => {
                visit.pages.metrics.link_used(LinkUsed::Chosen);
                return Ok(visit.go(paths::LINK_DONE));
            }
            Err(RedeemError::Policy(Refusal::Empty)) => Problems::one("new", page.say("pages-new-missing")),
            Err(RedeemError::Policy(why)) => Problems::one("new", page.refusal(&why)),
            Err(RedeemError::Link(error)) => return unusable(visit, error),
            Err(RedeemError::NotOffered) => return Err(PageFault::NotFound),
            Err(RedeemError::Busy) => return Err(PageFault::Busy),
        }
    };
    let page = page_of(&visit, &link, problems);
    Ok(visit.refuse(&page))
}

/// The token of the link that was followed, and what it stands for.
async fn found(visit: &Visit) -> Result<(Secret, ResetLink), LinkError> {
    let token = visit.cookie(CookieName::Reset).ok_or(LinkError::Unknown)?;
    let link = visit.pages.directory.reset_link(&token).await?;
    Ok((token, link))
}

fn page_of(visit: &Visit, link: &ResetLink, problems: Problems) -> LinkTemplate {
    let settings = &visit.pages.settings;
    let page = visit.frame(paths::LINK, link.language);
    let generated = match (settings.generated_must_change, link.welcome) {
        (false, false) => "pages-generated-text",
        (true, false) => "pages-generated-text-must",
        (false, true) => "pages-welcome-generated",
        (true, true) => "pages-welcome-generated-must",
    };
    LinkTemplate {
        until: text::until(page.language, link.expires_at, visit.pages.clock.now(), &settings.zone),
        login: link.login.clone(),
        welcome: link.welcome,
        generated: settings.offers_generated.then(|| page.say(generated)),
        offers_chosen: settings.offers_chosen,
        problems,
        page,
    }
}

/// Why a link does nothing, and how to get another. The link stays in its cookie: whoever comes back to the page, or
/// pressed the button twice, reads the same.
///
/// # Errors
/// If it is the store that does not answer.
fn unusable(visit: Visit, error: LinkError) -> Result<Response, PageFault> {
    let (status, title, text) = match error {
        LinkError::Unknown => (StatusCode::NOT_FOUND, "pages-link-unknown", "pages-link-unknown-text"),
        LinkError::Expired => (StatusCode::GONE, "pages-link-expired", "pages-link-expired-text"),
        LinkError::Ended(GrantEnd::Redeemed) => (StatusCode::GONE, "pages-link-used", "pages-link-used-text"),
        LinkError::Ended(GrantEnd::Superseded) => (StatusCode::GONE, "pages-link-replaced", "pages-link-replaced-text"),
        LinkError::Ended(GrantEnd::Revoked) => (StatusCode::GONE, "pages-link-revoked", "pages-link-revoked-text"),
        LinkError::Unavailable => return Err(PageFault::Unavailable),
    };
    let page = visit.frame(paths::LINK, None);
    let next = Some((paths::FORGOT, page.say("pages-link-new")));
    let message = MessageTemplate { title: page.say(title), texts: vec![page.say(text)], next, page };
    Ok(visit.show_as(status, &message))
}

/// A new password is on its way.
async fn sent(visit: Visit) -> Response {
    let page = visit.frame(paths::LINK_SENT, None);
    let texts = ["pages-generated-sent-text", "pages-generated-sent-old", "pages-sent-wait"].map(|key| page.say(key)).to_vec();
    let next = Some((paths::SIGN_IN, page.say("pages-to-sign-in")));
    visit.show(&MessageTemplate { title: page.say("pages-generated-sent"), texts, next, page })
}

/// The chosen password is set.
async fn done(visit: Visit) -> Response {
    let page = visit.frame(paths::LINK_DONE, None);
    let texts = vec![page.say("pages-chosen-set-text"), page.say("pages-chosen-set-everywhere")];
    let next = Some((paths::SIGN_IN, page.say("pages-to-sign-in")));
    visit.show(&MessageTemplate { title: page.say("pages-chosen-set"), texts, next, page })
}
