//! A person's sheet, a new person, and what the buttons of a sheet do.

mod fields;
mod words;

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};

use crate::directory::{Change, Edit, EditError, PersonForm, PersonSheet, SendError};
use crate::domain::access::Area;
use crate::domain::id::Id;
use crate::domain::tree::Branch;
use crate::web::site::SharedSite;
use crate::web::visit::error::PageFault;
use crate::web::visit::form::Form;
use crate::web::visit::frame::{ConfirmTemplate, Frame};
use crate::web::visit::notice::PageNotice;
use crate::web::visit::paths::{self, PathId};
use crate::web::visit::problems::Problems;
use crate::web::visit::signed_visit::SignedVisit;
use crate::web::visit::wrong::EditForm;
use fields::Filled;

#[derive(Template)]
#[template(path = "person.html")]
struct PersonTemplate {
    page: Frame,
    sheet: PersonSheet,
    filled: Filled,
    facts: Vec<(String, String)>,
    /// Where the sheet is.
    path: String,
    /// The login of whoever looks, for password managers.
    own_login: String,
    offers_generated: bool,
    problems: Problems,
}

#[derive(Template)]
#[template(path = "person_new.html")]
struct PersonNewTemplate {
    page: Frame,
    sheet: PersonSheet,
    filled: Filled,
    own_login: String,
    problems: Problems,
}

/// The pages of this module.
pub fn routes() -> Router<SharedSite> {
    Router::new()
        .route("/people/new", get(blank).post(add))
        .route("/people/{id}", get(show).post(save))
        .route("/people/{id}/link", post(send_link))
        .route("/people/{id}/generated", post(send_password))
        .route("/people/{id}/unlock", post(unlock))
        .route("/people/{id}/sessions", post(end_sessions))
        .route("/people/{id}/delete", get(ask_to_delete).post(delete))
}

/// The sheet.
async fn show(mut visit: SignedVisit, PathId(id): PathId) -> Result<Response, PageFault> {
    visit.entering(Area::People)?;
    let sheet = visit.directory().person(&visit.caller(), id).await?;
    let page = visit.frame(Area::People);
    let shown = person(&visit, page, sheet, None, Problems::none());
    Ok(visit.show(&shown))
}

/// Saves it.
async fn save(mut visit: SignedVisit, PathId(id): PathId, form: Form) -> Result<Response, PageFault> {
    let read = fields::read(&form, &visit.visit.pages.settings.zone)?;
    let wanted = PersonForm { requested: Some(visit.visit.requested()), ..read };
    match visit.directory().save_person(&visit.caller(), id, wanted).await {
        Ok(saved) if saved.waits_for_link => {
            Ok(visit.go_saying(&paths::of(paths::PEOPLE, id), &PageNotice::said("contact-notice-link-sent")))
        }
        Ok(saved) => {
            let labels: Vec<&str> = saved.attributes.into_iter().filter_map(words::label).collect();
            Ok(visit.go_saying(&paths::of(paths::PEOPLE, id), &PageNotice::saved(&labels)))
        }
        Err(error) => {
            // What somebody else has changed is shown, in place of what was filled in.
            let again = (error != EditError::Stale).then_some(&form);
            let page = visit.frame(Area::People);
            let problems = Problems::of_edit(&page, EditForm::Person, error)?;
            refuse(visit, page, id, again, problems).await
        }
    }
}

/// The sheet of a new person.
async fn blank(mut visit: SignedVisit) -> Result<Response, PageFault> {
    let sheet = visit.directory().blank_person(&visit.caller()).await?;
    let page = visit.frame(Area::People);
    let filled = Filled::of(&sheet, &visit.visit.pages.settings.zone);
    let own_login = visit.visitor.login.clone();
    Ok(visit.show(&PersonNewTemplate { page, sheet, filled, own_login, problems: Problems::none() }))
}

/// Adds them.
async fn add(mut visit: SignedVisit, form: Form) -> Result<Response, PageFault> {
    let wanted = fields::read(&form, &visit.visit.pages.settings.zone)?;
    let typed = wanted.password.as_ref().is_some_and(|password| !password.is_empty());
    let invitation = (form.ticked("invite")? && !typed).then(|| visit.visit.requested());
    match visit.directory().add_person(&visit.caller(), wanted, invitation).await {
        Ok(added) => {
            let notice =
                if invitation.is_some() { PageNotice::said("person-notice-invited") } else { PageNotice::said("person-notice-added") };
            Ok(visit.go_saying(&paths::of(paths::PEOPLE, added.id), &notice))
        }
        Err(error) => {
            let page = visit.frame(Area::People);
            let problems = Problems::of_edit(&page, EditForm::Person, error)?;
            let sheet = visit.directory().blank_person(&visit.caller()).await?;
            let filled = Filled::of(&sheet, &visit.visit.pages.settings.zone).filled_in(&form)?;
            let own_login = visit.visitor.login.clone();
            Ok(visit.refuse(&PersonNewTemplate { page, sheet, filled, own_login, problems }))
        }
    }
}

/// Has a link sent to them.
async fn send_link(visit: SignedVisit, PathId(id): PathId, _form: Form) -> Result<Response, PageFault> {
    let sent = visit.directory().send_link(&visit.caller(), id, visit.visit.requested()).await;
    after_sending(visit, id, sent, "person-notice-link-sent").await
}

/// Has a generated password sent to them.
async fn send_password(visit: SignedVisit, PathId(id): PathId, _form: Form) -> Result<Response, PageFault> {
    let sent = visit.directory().send_password(&visit.caller(), id, visit.visit.requested()).await;
    after_sending(visit, id, sent, "person-notice-password-sent").await
}

async fn after_sending(mut visit: SignedVisit, id: Id, sent: Result<(), SendError>, said: &'static str) -> Result<Response, PageFault> {
    let path = paths::of(paths::PEOPLE, id);
    match sent {
        Ok(()) => Ok(visit.go_saying(&path, &PageNotice::said(said))),
        Err(error) => {
            let page = visit.frame(Area::People).at(path);
            let problems = words::not_sent(&page, error)?;
            refuse(visit, page, id, None, problems).await
        }
    }
}

/// Ends the waiting of whoever has failed too often.
async fn unlock(visit: SignedVisit, PathId(id): PathId, _form: Form) -> Result<Response, PageFault> {
    visit.directory().edit(&visit.caller(), Edit::one(Branch::People, id, Change::Unlock)).await?;
    Ok(visit.go_saying(&paths::of(paths::PEOPLE, id), &PageNotice::said("person-notice-unlocked")))
}

/// Ends all their sessions. One's own is among them if it is oneself, so that the sheet leads to the sign-in page.
async fn end_sessions(visit: SignedVisit, PathId(id): PathId, _form: Form) -> Result<Response, PageFault> {
    visit.directory().edit(&visit.caller(), Edit::one(Branch::People, id, Change::EndSessions)).await?;
    Ok(visit.go_saying(&paths::of(paths::PEOPLE, id), &PageNotice::said("person-notice-signed-out")))
}

/// What deleting them will mean.
async fn ask_to_delete(mut visit: SignedVisit, PathId(id): PathId) -> Result<Response, PageFault> {
    let sheet = visit.directory().person(&visit.caller(), id).await?;
    if !sheet.may.delete {
        return Err(PageFault::NotFound);
    }
    let page = visit.frame(Area::People);
    Ok(visit.show(&question(page, &sheet)))
}

/// Deletes them.
async fn delete(mut visit: SignedVisit, PathId(id): PathId, _form: Form) -> Result<Response, PageFault> {
    match visit.directory().edit(&visit.caller(), Edit::one(Branch::People, id, Change::Delete)).await {
        Ok(_) => Ok(visit.go_saying(paths::PEOPLE, &PageNotice::said("person-notice-deleted"))),
        Err(error) => {
            let page = visit.frame(Area::People).at(paths::of(paths::PEOPLE, id));
            let problems = Problems::of_edit(&page, EditForm::Person, error)?;
            refuse(visit, page, id, None, problems).await
        }
    }
}

fn question(page: Frame, sheet: &PersonSheet) -> ConfirmTemplate {
    let back = paths::of(paths::PEOPLE, sheet.id);
    ConfirmTemplate {
        title: page.say_with("person-delete-title", "name", &sheet.name),
        texts: vec![
            page.say_with("person-delete-what", "login", &sheet.login),
            page.say("person-delete-for-ever"),
            page.say("person-delete-instead"),
        ],
        action: format!("{back}/delete"),
        button: page.say("person-delete"),
        back,
        page,
    }
}

/// The sheet once more, with what is wrong: over what was filled in, or as it is.
async fn refuse(visit: SignedVisit, page: Frame, id: Id, form: Option<&Form>, problems: Problems) -> Result<Response, PageFault> {
    let sheet = visit.directory().person(&visit.caller(), id).await?;
    let zone = &visit.visit.pages.settings.zone;
    let filled = form.map(|form| Filled::of(&sheet, zone).filled_in(form)).transpose()?;
    let shown = person(&visit, page, sheet, filled, problems);
    Ok(visit.refuse(&shown))
}

fn person(visit: &SignedVisit, page: Frame, sheet: PersonSheet, filled: Option<Filled>, problems: Problems) -> PersonTemplate {
    let settings = &visit.visit.pages.settings;
    PersonTemplate {
        filled: filled.unwrap_or_else(|| Filled::of(&sheet, &settings.zone)),
        facts: words::facts(&page, &visit.visit, &sheet),
        path: paths::of(paths::PEOPLE, sheet.id),
        own_login: visit.visitor.login.clone(),
        offers_generated: settings.offers_generated,
        sheet,
        page,
        problems,
    }
}
