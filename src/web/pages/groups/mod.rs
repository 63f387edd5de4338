//! GroupsTemplate and teams: the list, the sheet of one, a new one, and deleting one. The two differ in words, and in that teams
//! have managers.

mod sheet;
mod words;

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};

use crate::directory::{Change, Edit, GroupForm, GroupLine, GroupsQuery, Relation};
use crate::domain::group::GroupKind;
use crate::domain::id::Id;
use crate::web::site::SharedSite;
use crate::web::visit::error::PageFault;
use crate::web::visit::form::Form;
use crate::web::visit::frame::{ConfirmTemplate, Frame};
use crate::web::visit::notice::PageNotice;
use crate::web::visit::paths::{self, PathId};
use crate::web::visit::problems::Problems;
use crate::web::visit::query::{AFTER, Pager, Query};
use crate::web::visit::signed_visit::SignedVisit;
use crate::web::visit::wrong::EditForm;
use words::{GroupWords, count, words};

#[derive(Template)]
#[template(path = "groups.html")]
struct GroupsTemplate {
    page: Frame,
    words: &'static GroupWords,
    path: &'static str,
    beginning: String,
    lines: Vec<GroupLine>,
    /// Whether any of them has a description.
    described: bool,
    pager: Pager,
}

#[derive(Template)]
#[template(path = "group_new.html")]
struct GroupNewTemplate {
    page: Frame,
    words: &'static GroupWords,
    path: &'static str,
    name: String,
    description: String,
    problems: Problems,
}

/// The pages of this module.
pub fn routes() -> Router<SharedSite> {
    routes_of(GroupKind::Group).merge(routes_of(GroupKind::Team))
}

fn routes_of(kind: GroupKind) -> Router<SharedSite> {
    let at = |below: &str| format!("{}{below}", words(kind).path);
    let router = Router::new()
        .route(&at(""), get(move |visit, query| list(visit, query, kind)))
        .route(&at("/new"), get(move |visit| form(visit, kind)).post(move |visit, form| add(visit, form, kind)))
        .route(
            &at("/{id}"),
            get(move |visit, PathId(id), query| sheet::show(visit, query, kind, id))
                .post(move |visit, PathId(id), form| sheet::save(visit, form, kind, id)),
        )
        .route(
            &at("/{id}/delete"),
            get(move |visit, PathId(id)| ask_to_delete(visit, kind, id)).post(move |visit, PathId(id), form| delete(visit, form, kind, id)),
        );
    let relations: &[Relation] = if words(kind).has_managers { &[Relation::Member, Relation::Manager] } else { &[Relation::Member] };
    relations.iter().fold(router, |router, relation| {
        let (relation, word) = (*relation, sheet::word(*relation));
        router
            .route(&at(&format!("/{{id}}/{word}")), post(move |visit, PathId(id), form| sheet::put(visit, form, kind, id, relation)))
            .route(
                &at(&format!("/{{id}}/{word}/remove")),
                post(move |visit, PathId(id), form| sheet::take(visit, form, kind, id, relation)),
            )
    })
}

/// All of them, or those that a name is the beginning of.
async fn list(mut visit: SignedVisit, query: Query, kind: GroupKind) -> Result<Response, PageFault> {
    let beginning = query.text("q").to_owned();
    let wanted = GroupsQuery { kind, beginning: beginning.clone(), after: query.text(AFTER).to_owned() };
    let found = visit.directory().groups(&visit.caller(), &wanted).await?;
    let words = words(kind);
    let page = visit.frame(words.area);
    let pager = Pager::new(words.path, &query, found.next.as_deref());
    let described = found.lines.iter().any(|line| !line.description.is_empty());
    Ok(visit.show(&GroupsTemplate { page, words, path: words.path, beginning, lines: found.lines, described, pager }))
}

/// The form of a new one.
async fn form(mut visit: SignedVisit, kind: GroupKind) -> Result<Response, PageFault> {
    let words = words(kind);
    visit.entering(words.area)?;
    let page = visit.frame(words.area);
    let empty =
        GroupNewTemplate { page, words, path: words.path, name: String::new(), description: String::new(), problems: Problems::none() };
    Ok(visit.show(&empty))
}

/// Makes one.
async fn add(mut visit: SignedVisit, form: Form, kind: GroupKind) -> Result<Response, PageFault> {
    let words = words(kind);
    let form = GroupForm { seen: String::new(), name: form.text("name")?, description: form.text("description")? };
    match visit.directory().add_group(&visit.caller(), kind, &form).await {
        Ok(added) => Ok(visit.go_saying(&paths::of(words.path, added.id), &PageNotice::said(words.notice_added))),
        Err(error) => {
            let page = visit.frame(words.area);
            let problems = Problems::of_edit(&page, EditForm::Group, error)?;
            Ok(visit.refuse(&GroupNewTemplate { page, words, path: words.path, name: form.name, description: form.description, problems }))
        }
    }
}

/// What deleting one will mean.
async fn ask_to_delete(mut visit: SignedVisit, kind: GroupKind, id: Id) -> Result<Response, PageFault> {
    let found = visit.directory().group(&visit.caller(), kind, id, Id(0)).await?;
    let words = words(kind);
    let page = visit.frame(words.area);
    let back = paths::of(words.path, found.id);
    let asked = ConfirmTemplate {
        title: page.say_with(words.delete_title, "name", &found.name),
        texts: vec![page.say_with("groups-delete-members", "count", &count(&page, &found.count)), page.say(words.delete_text)],
        action: format!("{back}/delete"),
        button: page.say(words.delete),
        back,
        page,
    };
    Ok(visit.show(&asked))
}

/// Deletes one.
async fn delete(visit: SignedVisit, _form: Form, kind: GroupKind, id: Id) -> Result<Response, PageFault> {
    visit.directory().edit(&visit.caller(), Edit::one(kind.branch(), id, Change::Delete)).await?;
    let words = words(kind);
    Ok(visit.go_saying(words.path, &PageNotice::said(words.notice_deleted)))
}
