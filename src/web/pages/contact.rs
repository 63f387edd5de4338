//! One's own mail addresses and telephone numbers, where the settings let people change them. Not in charge of other
//! people's, though what may be wrong with them is the same.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;

use crate::directory::{EditError, LookError, PersonForm, PersonSheet};
use crate::domain::access::Area;
use crate::domain::account::Role;
use crate::domain::schema::Attribute;
use crate::text;
use crate::web::site::SharedSite;
use crate::web::visit::error::PageFault;
use crate::web::visit::form::Form;
use crate::web::visit::frame::Frame;
use crate::web::visit::notice::PageNotice;
use crate::web::visit::paths;
use crate::web::visit::problems::Problems;
use crate::web::visit::signed_visit::SignedVisit;
use crate::web::visit::wrong::EditForm;

#[derive(Template)]
#[template(path = "contact.html")]
struct ContactTemplate {
    page: Frame,
    seen: String,
    login: String,
    /// None where the settings do not let people change them.
    mail: Option<String>,
    telephone: Option<String>,
    /// The address that waits for its link.
    awaited: Option<String>,
    /// What a new address means.
    mail_hint: String,
    problems: Problems,
}

impl ContactTemplate {
    fn heading(&self) -> String {
        match (&self.mail, &self.telephone) {
            (Some(_), None) => self.page.say("contact-title-mail"),
            (None, Some(_)) => self.page.say("contact-title-telephone"),
            (Some(_), Some(_)) | (None, None) => self.page.say("contact-title"),
        }
    }
}

/// The pages of this module.
pub fn routes() -> Router<SharedSite> {
    Router::new().route(paths::CONTACT, get(show).post(save))
}

/// The form.
async fn show(visit: SignedVisit) -> Result<Response, PageFault> {
    let own = own(&visit).await?;
    let (mail, telephone) = (joined(&own.mails), joined(&own.telephones));
    page(visit, &own, mail, telephone, |_| Ok(Problems::none()))
}

/// Saves it.
async fn save(visit: SignedVisit, form: Form) -> Result<Response, PageFault> {
    let own_password = form.secret("password").ok();
    let (mail, telephone) = (form.optional("mail")?, form.optional("telephone")?);
    let filled_in = PersonForm {
        seen: form.text("seen")?,
        mail: mail.clone(),
        telephone: telephone.clone(),
        own_password,
        requested: Some(visit.visit.requested()),
        ..PersonForm::default()
    };
    let error = match visit.directory().save_person(&visit.caller(), visit.visitor.account, filled_in).await {
        Ok(saved) if saved.waits_for_link => {
            return Ok(visit.go_saying(paths::CONTACT, &PageNotice::said("contact-notice-link-sent")));
        }
        Ok(saved) => {
            let labels: Vec<&str> = saved.attributes.into_iter().map(label).collect();
            return Ok(visit.go_saying(paths::CONTACT, &PageNotice::saved(&labels)));
        }
        Err(error) => error,
    };
    let own = own(&visit).await?;
    let as_it_is = (joined(&own.mails), joined(&own.telephones));
    // What was changed elsewhere is shown, in place of what was typed.
    let (mail, telephone) = match error {
        EditError::Stale => as_it_is,
        _ => (mail.unwrap_or(as_it_is.0), telephone.unwrap_or(as_it_is.1)),
    };
    page(visit, &own, mail, telephone, |page| Problems::of_edit(page, EditForm::Contact, error))
}

/// Oneself, if there is anything to change.
async fn own(visit: &SignedVisit) -> Result<PersonSheet, PageFault> {
    let own = visit.directory().person(&visit.caller(), visit.visitor.account).await;
    match own {
        Ok(own) if own.may.mail || own.may.telephone => Ok(own),
        Err(LookError::Unavailable) => Err(PageFault::Unavailable),
        Ok(_) | Err(_) => Err(PageFault::NotFound),
    }
}

fn page(
    mut visit: SignedVisit,
    own: &PersonSheet,
    mail: String,
    telephone: String,
    wrong: impl FnOnce(&Frame) -> Result<Problems, PageFault>,
) -> Result<Response, PageFault> {
    let page = visit.frame(Area::Account);
    let problems = wrong(&page)?;
    let wait = visit.visit.pages.settings.new_address_wait;
    let mail_hint = match visit.visitor.role {
        // What an administrator sets is good at once.
        Role::Administrator => page.say("contact-mail-hint"),
        Role::User | Role::Manager if wait.is_zero() => page.say("contact-mail-hint-link"),
        Role::User | Role::Manager => page.say_with("contact-mail-hint-wait", "time", &text::lasting(page.language, wait)),
    };
    let shown = ContactTemplate {
        seen: own.seen.clone(),
        login: own.login.clone(),
        mail: own.may.mail.then_some(mail),
        telephone: own.may.telephone.then_some(telephone),
        awaited: own.awaited_mail.clone(),
        mail_hint,
        problems,
        page,
    };
    Ok(if shown.problems.is_empty() { visit.show(&shown) } else { visit.refuse(&shown) })
}

fn label(attribute: Attribute) -> &'static str {
    if attribute == Attribute::TelephoneNumber { "contact-field-telephone" } else { "contact-field-mail" }
}

fn joined(values: &[String]) -> String {
    values.join(", ")
}
