//! What one sees of oneself once signed in, and one's own password.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;

use crate::directory::{Hint, MyDetails, PasswordError, Repeated, Visitor};
use crate::domain::access::Area;
use crate::domain::language::Language;
use crate::domain::password_policy::Refusal;
use crate::text::{self, Zone};
use crate::web::site::SharedSite;
use crate::web::visit::error::PageFault;
use crate::web::visit::form::Form;
use crate::web::visit::frame::{Frame, MessageTemplate};
use crate::web::visit::paths;
use crate::web::visit::problems::Problems;
use crate::web::visit::request::Visit;
use crate::web::visit::sentence::SentenceRow;
use crate::web::visit::signed_visit::SignedVisit;

#[derive(Template)]
#[template(path = "account.html")]
struct AccountTemplate {
    page: Frame,
    visitor: Visitor,
    facts: Vec<(String, String)>,
    sign_ins: Vec<SentenceRow>,
    changes: Vec<SentenceRow>,
}

#[derive(Template)]
#[template(path = "password.html")]
struct PasswordTemplate {
    page: Frame,
    visitor: Visitor,
    problems: Problems,
}

/// The pages of this module.
pub fn routes() -> Router<SharedSite> {
    Router::new()
        .route(paths::ROOT, get(start))
        .route(paths::ACCOUNT, get(show))
        .route(paths::PASSWORD, get(form).post(change))
        .route(paths::PASSWORD_DONE, get(changed))
        .route(paths::WELL_KNOWN, get(well_known))
}

/// To wherever one belongs.
async fn start(visit: Visit) -> Result<Response, PageFault> {
    let path = if visit.visitor().await?.is_some() { paths::ACCOUNT } else { paths::SIGN_IN };
    Ok(visit.go(path))
}

/// Who one is, and what one can do.
async fn show(mut visit: SignedVisit) -> Result<Response, PageFault> {
    let (caller, visitor) = (visit.caller(), visit.visitor.clone());
    let details = visit.directory().my_details(&caller).await?;
    let recent = visit.directory().recent(&caller, visitor.account).await?;
    let zone = visit.visit.pages.settings.zone.clone();
    let page = visit.frame(Area::Account);
    let sign_in = |seen: &Repeated| {
        let times = (seen.times > 1).then(|| page.say_number("trail-times", "count", seen.times));
        SentenceRow { times, ..SentenceRow::of(&page, &zone, &seen.told, false) }
    };
    let shown = AccountTemplate {
        facts: facts(&page, &zone, details),
        sign_ins: recent.sign_ins.iter().map(sign_in).collect(),
        changes: recent.changes.iter().map(|told| SentenceRow::of(&page, &zone, told, false)).collect(),
        visitor,
        page,
    };
    Ok(visit.show(&shown))
}

fn facts(page: &Frame, zone: &Zone, details: MyDetails) -> Vec<(String, String)> {
    let language = match details.language {
        Some(Language::French) => page.say("account-french"),
        Some(Language::English) => page.say("account-english"),
        None => page.say("account-language-site"),
    };
    let mails = if details.mails.is_empty() { page.say("account-no-mail") } else { details.mails.join(", ") };
    let set = details.password_changed_at.map(|at| text::moment(page.language, at, zone));
    vec![
        (page.say("pages-login"), details.login),
        (page.say("account-mail"), mails),
        (page.say("account-team"), details.team.unwrap_or_else(|| page.say("account-no-team"))),
        (page.say("account-password-set"), set.unwrap_or_else(|| page.say("account-password-none"))),
        (page.say("account-language"), language),
    ]
}

/// To one's own password, where password managers look for it.
async fn well_known(visit: Visit) -> Response {
    visit.go(paths::PASSWORD)
}

/// The form for another password.
async fn form(mut visit: SignedVisit) -> Response {
    let page = visit.frame(Area::Account);
    let visitor = visit.visitor.clone();
    visit.show(&PasswordTemplate { page, visitor, problems: Problems::none() })
}

/// Changes it.
///
/// # Errors
/// [`PageFault::Busy`], [`PageFault::Unavailable`]; what is wrong with a password is said in the form.
async fn change(mut visit: SignedVisit, form: Form) -> Result<Response, PageFault> {
    let (old, new, confirm) = (form.secret("old")?, form.secret("new")?, form.secret("confirm")?);
    let page = visit.frame(Area::Account);
    let problems = if old.is_empty() {
        Problems::one("old", page.say("pages-old-missing"))
    } else if new != confirm {
        Problems::one("confirm", page.say("pages-confirm-differs"))
    } else {
        match visit.directory().change_own_password(&visit.visitor, old, new, visit.visit.source).await {
            Ok(session) => {
                visit.visit.begin_session(&session.token);
                return Ok(visit.visit.go(paths::PASSWORD_DONE));
            }
            Err(error) => problem(&page, error)?,
        }
    };
    let visitor = visit.visitor.clone();
    Ok(visit.refuse(&PasswordTemplate { page, visitor, problems }))
}

/// What is to be said of `error`, beside which field.
fn problem(page: &Frame, error: PasswordError) -> Result<Problems, PageFault> {
    let (field, text) = match error {
        PasswordError::Policy(Refusal::Empty) => ("new", page.say("pages-new-missing")),
        PasswordError::Policy(why) => ("new", page.refusal(&why)),
        PasswordError::Invalid(Hint::Locked) => ("old", page.say("pages-sign-in-throttled")),
        PasswordError::Invalid(Hint::None | Hint::Expired) | PasswordError::OldRequired => ("old", page.say("pages-old-wrong")),
        // The account was disabled or deleted meanwhile: whoever asks again has to sign in.
        PasswordError::NoSuchObject | PasswordError::Denied | PasswordError::BindFirst | PasswordError::Exists => {
            return Err(PageFault::Forged);
        }
        PasswordError::Busy => return Err(PageFault::Busy),
        PasswordError::Unavailable => return Err(PageFault::Unavailable),
    };
    Ok(Problems::one(field, text))
}

/// It has been changed.
async fn changed(mut visit: SignedVisit) -> Response {
    let page = visit.frame(Area::Account);
    let texts = vec![page.say("pages-changed-text"), page.say("pages-changed-sessions")];
    let next = Some((paths::ACCOUNT, page.say("pages-to-account")));
    visit.show(&MessageTemplate { title: page.say("pages-changed"), texts, next, page })
}
