//! Applications, for administrators: the list, a form for a new one and for each, and secrets, which are shown on the answer
//! to the form that made them and never again.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};

use crate::directory::{Application, ApplicationForm, Change, Edit, EditError};
use crate::domain::access::Area;
use crate::domain::id::Id;
use crate::domain::schema::Attribute;
use crate::domain::tree::Branch;
use crate::secret::Secret;
use crate::text::{self, Zone};
use crate::web::site::SharedSite;
use crate::web::visit::error::PageFault;
use crate::web::visit::form::Form;
use crate::web::visit::frame::{ConfirmTemplate, Frame};
use crate::web::visit::notice::PageNotice;
use crate::web::visit::paths::{self, PathId};
use crate::web::visit::problems::Problems;
use crate::web::visit::query::{AFTER, Pager, Query, address};
use crate::web::visit::sentence;
use crate::web::visit::signed_visit::SignedVisit;
use crate::web::visit::wrong::EditForm;

#[derive(Template)]
#[template(path = "applications.html")]
struct ApplicationsTemplate {
    page: Frame,
    rows: Vec<ApplicationRow>,
    /// Whether any of them has a description.
    described: bool,
    pager: Pager,
}

/// An application in the list.
struct ApplicationRow {
    application: Application,
    path: String,
    used: String,
}

#[derive(Template)]
#[template(path = "application.html")]
struct ApplicationTemplate {
    page: Frame,
    application: Application,
    path: String,
    /// What the audit has of it.
    trail: String,
    facts: Vec<(String, String)>,
    filled: ApplicationForm,
    /// The login of whoever looks, for password managers.
    own_login: String,
    problems: Problems,
}

#[derive(Template)]
#[template(path = "application_new.html")]
struct ApplicationNewTemplate {
    page: Frame,
    filled: ApplicationForm,
    own_login: String,
    problems: Problems,
}

#[derive(Template)]
#[template(path = "application_renew.html")]
struct RenewTemplate {
    page: Frame,
    name: String,
    path: String,
    own_login: String,
    problems: Problems,
}

impl RenewTemplate {
    fn heading(&self) -> String {
        self.page.say_with("applications-rotate-title", "name", &self.name)
    }
}

#[derive(Template)]
#[template(path = "application_secret.html")]
struct SecretTemplate {
    page: Frame,
    application: Application,
    path: String,
    secret: String,
}

/// The pages of this module.
pub fn routes() -> Router<SharedSite> {
    Router::new()
        .route(paths::APPLICATIONS, get(list))
        .route("/applications/new", get(blank).post(add))
        .route("/applications/{id}", get(show).post(save))
        .route("/applications/{id}/secret", get(ask_to_rotate).post(rotate))
        .route("/applications/{id}/unlock", post(unlock))
        .route("/applications/{id}/delete", get(ask_to_delete).post(delete))
}

/// The list.
async fn list(mut visit: SignedVisit, query: Query) -> Result<Response, PageFault> {
    let found = visit.directory().applications(&visit.caller(), query.text(AFTER)).await?;
    let zone = visit.visit.pages.settings.zone.clone();
    let page = visit.frame(Area::Applications);
    let row = |application: Application| ApplicationRow {
        path: paths::of(paths::APPLICATIONS, application.id),
        used: used(&page, &zone, &application),
        application,
    };
    let described = found.applications.iter().any(|application| !application.description.is_empty());
    let rows = found.applications.into_iter().map(row).collect();
    let pager = Pager::new(paths::APPLICATIONS, &query, found.next.as_deref());
    Ok(visit.show(&ApplicationsTemplate { page, rows, described, pager }))
}

/// One of them.
async fn show(mut visit: SignedVisit, PathId(id): PathId) -> Result<Response, PageFault> {
    let application = visit.directory().application(&visit.caller(), id).await?;
    let filled = filled(&application);
    let shown = sheet(&mut visit, application, filled, Problems::none());
    Ok(visit.show(&shown))
}

/// Saves it.
async fn save(mut visit: SignedVisit, PathId(id): PathId, form: Form) -> Result<Response, PageFault> {
    let wanted = read(&form)?;
    match visit.directory().save_application(&visit.caller(), id, wanted.clone()).await {
        Ok(saved) => {
            let labels: Vec<&str> = saved.attributes.into_iter().map(label).collect();
            Ok(visit.go_saying(&paths::of(paths::APPLICATIONS, id), &PageNotice::saved(&labels)))
        }
        Err(error) => {
            let application = visit.directory().application(&visit.caller(), id).await;
            // Who may not change it is told that, not that it is not there.
            // What somebody else has changed is shown, in place of what was filled in.
            let is_stale = error == EditError::Stale;
            let problem = Problems::of_edit(&visit.frame(Area::Applications), EditForm::Application, error)?;
            let application = application?;
            let filled = if is_stale { filled(&application) } else { wanted };
            let shown = sheet(&mut visit, application, filled, problem);
            Ok(visit.refuse(&shown))
        }
    }
}

/// The form for a new one.
async fn blank(mut visit: SignedVisit) -> Result<Response, PageFault> {
    visit.entering(Area::Applications)?;
    let page = visit.frame(Area::Applications);
    let own_login = visit.visitor.login.clone();
    Ok(visit.show(&ApplicationNewTemplate { page, filled: ApplicationForm::default(), own_login, problems: Problems::none() }))
}

/// Makes it.
async fn add(mut visit: SignedVisit, form: Form) -> Result<Response, PageFault> {
    let wanted = ApplicationForm { is_active: true, ..read(&form)? };
    match visit.directory().add_application(&visit.caller(), wanted.clone()).await {
        Ok(made) => tell(visit, made.id, made.secret).await,
        Err(error) => {
            let page = visit.frame(Area::Applications);
            let problems = Problems::of_edit(&page, EditForm::Application, error)?;
            let own_login = visit.visitor.login.clone();
            Ok(visit.refuse(&ApplicationNewTemplate { page, filled: wanted, own_login, problems }))
        }
    }
}

/// Whether it is to have another secret.
async fn ask_to_rotate(mut visit: SignedVisit, PathId(id): PathId) -> Result<Response, PageFault> {
    let application = visit.directory().application(&visit.caller(), id).await?;
    let question = renewal(&mut visit, application, Problems::none());
    Ok(visit.show(&question))
}

/// Gives it another secret.
async fn rotate(mut visit: SignedVisit, PathId(id): PathId, form: Form) -> Result<Response, PageFault> {
    match visit.directory().renew_secret(&visit.caller(), id, own_password(&form)?).await {
        Ok(secret) => tell(visit, id, secret).await,
        Err(error) => {
            let problems = Problems::of_edit(&visit.frame(Area::Applications), EditForm::Application, error)?;
            let application = visit.directory().application(&visit.caller(), id).await?;
            let question = renewal(&mut visit, application, problems);
            Ok(visit.refuse(&question))
        }
    }
}

fn renewal(visit: &mut SignedVisit, application: Application, problems: Problems) -> RenewTemplate {
    let page = visit.frame(Area::Applications);
    let (path, own_login) = (paths::of(paths::APPLICATIONS, application.id), visit.visitor.login.clone());
    RenewTemplate { page, name: application.name, path, own_login, problems }
}

/// Ends its waiting after too many wrong secrets.
async fn unlock(visit: SignedVisit, PathId(id): PathId, _: Form) -> Result<Response, PageFault> {
    visit.directory().edit(&visit.caller(), Edit::one(Branch::Services, id, Change::Unlock)).await?;
    Ok(visit.go_saying(&paths::of(paths::APPLICATIONS, id), &PageNotice::said("applications-notice-unlocked")))
}

/// Whether it is to be deleted.
async fn ask_to_delete(mut visit: SignedVisit, PathId(id): PathId) -> Result<Response, PageFault> {
    let application = visit.directory().application(&visit.caller(), id).await?;
    let zone = visit.visit.pages.settings.zone.clone();
    let page = visit.frame(Area::Applications);
    let path = paths::of(paths::APPLICATIONS, id);
    let used = page.say_with("applications-delete-used", "used", &used(&page, &zone, &application));
    let question = ConfirmTemplate {
        title: page.say_with("applications-delete-title", "name", &application.name),
        texts: vec![page.say("applications-delete-means"), used],
        action: format!("{path}/delete"),
        button: page.say("applications-delete"),
        back: path,
        page,
    };
    Ok(visit.show(&question))
}

/// Deletes it.
async fn delete(visit: SignedVisit, PathId(id): PathId, _: Form) -> Result<Response, PageFault> {
    visit.directory().edit(&visit.caller(), Edit::one(Branch::Services, id, Change::Delete)).await?;
    Ok(visit.go_saying(paths::APPLICATIONS, &PageNotice::said("applications-notice-deleted")))
}

/// The one page that shows a secret. It is the answer to the form itself: reloading it asks the browser first, and no
/// address leads to it.
async fn tell(mut visit: SignedVisit, id: Id, secret: Secret) -> Result<Response, PageFault> {
    let application = visit.directory().application(&visit.caller(), id).await?;
    let path = paths::of(paths::APPLICATIONS, id);
    let page = visit.frame(Area::Applications).at(path.clone());
    let secret = String::from_utf8_lossy(secret.expose()).into_owned();
    Ok(visit.show(&SecretTemplate { page, application, path, secret }))
}

fn sheet(visit: &mut SignedVisit, application: Application, filled: ApplicationForm, problems: Problems) -> ApplicationTemplate {
    let zone = visit.visit.pages.settings.zone.clone();
    let path = paths::of(paths::APPLICATIONS, application.id);
    let page = visit.frame(Area::Applications).at(path.clone());
    let moment = |at| text::moment(page.language, at, &zone);
    let throttled = application.throttled_until.map(|end| text::until(page.language, end, visit.visit.pages.clock.now(), &zone));
    let mut facts = vec![
        (page.say("applications-dn"), application.dn.clone()),
        (page.say("applications-used"), used(&page, &zone, &application)),
        (page.say("applications-secret-set"), application.secret_set_at.map_or_else(|| page.say("applications-secret-none"), moment)),
        (page.say("applications-created"), moment(application.created_at)),
    ];
    facts.extend(throttled.map(|until| (page.say("applications-throttled"), until)));
    let trail = address(paths::AUDIT, [("who", application.name.as_str()), ("what", "all")]);
    let own_login = visit.visitor.login.clone();
    ApplicationTemplate { page, application, path, trail, facts, filled, own_login, problems }
}

/// When and where from it was last used.
fn used(page: &Frame, zone: &Zone, application: &Application) -> String {
    let Some(used) = application.used else { return page.say("applications-never") };
    let (at, from) = (text::stamp(page.language, used.at, zone), sentence::source(page, used.from));
    page.say_values("applications-used-at", &[("time", &at), ("from", &from)])
}

fn filled(application: &Application) -> ApplicationForm {
    ApplicationForm {
        seen: application.seen.clone(),
        name: application.name.clone(),
        description: application.description.clone(),
        limited_to: application.limited_to.clone().unwrap_or_default(),
        may_reset_passwords: application.may_reset_passwords,
        is_active: application.is_active,
        own_password: None,
    }
}

fn read(form: &Form) -> Result<ApplicationForm, PageFault> {
    Ok(ApplicationForm {
        seen: form.optional("seen")?.unwrap_or_default(),
        name: form.text("name")?,
        description: form.text("description")?,
        limited_to: form.text("limited_to")?,
        may_reset_passwords: form.ticked("may_reset_passwords")?,
        is_active: form.ticked("is_active")?,
        own_password: own_password(form)?,
    })
}

fn own_password(form: &Form) -> Result<Option<Secret>, PageFault> {
    if form.has("own_password") { form.secret("own_password").map(Some) } else { Ok(None) }
}

/// The label of the field that changes `attribute`.
fn label(attribute: Attribute) -> &'static str {
    match attribute {
        Attribute::Uid => "applications-field-name",
        Attribute::Description => "applications-field-description",
        Attribute::BinderyLimitedTo => "applications-field-limited-to",
        Attribute::BinderyGrant => "applications-field-may-reset",
        _ => "applications-field-active",
    }
}
