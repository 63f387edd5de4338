//! The sheet of a group or team: its name, what it is for, who looks after it, and who is in it.

use askama::Template;
use axum::response::Response;

use super::words::{GroupWords, words};
use crate::directory::{EditError, GroupForm, GroupSheet, Relation};
use crate::domain::account::Role;
use crate::domain::group::GroupKind;
use crate::domain::id::Id;
use crate::domain::schema::Attribute;
use crate::web::visit::error::PageFault;
use crate::web::visit::form::Form;
use crate::web::visit::frame::Frame;
use crate::web::visit::notice::PageNotice;
use crate::web::visit::paths;
use crate::web::visit::problems::Problems;
use crate::web::visit::query::{AFTER, Pager, Query};
use crate::web::visit::signed_visit::SignedVisit;
use crate::web::visit::wrong::EditForm;

#[derive(Template)]
#[template(path = "group.html")]
struct GroupTemplate {
    page: Frame,
    words: &'static GroupWords,
    path: String,
    managers_remove: String,
    members_remove: String,
    pager: Pager,
    problems: Problems,
    /// What was typed, where it was refused; what is, otherwise.
    name: String,
    description: String,
    managers: String,
    members: String,
    sheet: GroupSheet,
}

/// The sheet.
///
/// # Errors
/// [`PageFault::NotFound`] for one that the visitor may not see.
pub async fn show(mut visit: SignedVisit, query: Query, kind: GroupKind, id: Id) -> Result<Response, PageFault> {
    let from = Id::parse(query.text(AFTER)).unwrap_or(Id(0));
    let sheet = visit.directory().group(&visit.caller(), kind, id, from).await?;
    let page = visit.frame(words(kind).area);
    Ok(visit.show(&GroupTemplate::new(page, sheet, &query)))
}

/// Gives it another name or description.
///
/// # Errors
/// What is no fault of what was typed.
pub async fn save(visit: SignedVisit, form: Form, kind: GroupKind, id: Id) -> Result<Response, PageFault> {
    let form = GroupForm { seen: form.text("seen")?, name: form.text("name")?, description: form.text("description")? };
    match visit.directory().save_group(&visit.caller(), kind, id, form.clone()).await {
        Ok(saved) => {
            let fields: Vec<&str> = saved.attributes.into_iter().map(label).collect();
            Ok(visit.go_saying(&paths::of(words(kind).path, id), &PageNotice::saved(&fields)))
        }
        // The newer values are shown, and what was typed is not.
        Err(error @ EditError::Stale) => again(visit, Again { kind, id, form: EditForm::Group, error }, |_| ()).await,
        Err(error) => {
            let typed = |sheet: &mut GroupTemplate| {
                sheet.name = form.name;
                sheet.description = form.description;
            };
            again(visit, Again { kind, id, form: EditForm::Group, error }, typed).await
        }
    }
}

/// Makes people members or managers.
///
/// # Errors
/// What is no fault of what was typed.
pub async fn put(visit: SignedVisit, form: Form, kind: GroupKind, id: Id, relation: Relation) -> Result<Response, PageFault> {
    let field = word(relation);
    let typed = form.text(field)?;
    match visit.directory().put_in_group(&visit.caller(), kind, id, relation, &typed).await {
        Ok(_) => Ok(back(visit, kind, id, "groups-notice-added")),
        Err(error) => {
            let typed = |sheet: &mut GroupTemplate| match relation {
                Relation::Member => sheet.members = typed,
                Relation::Manager => sheet.managers = typed,
            };
            again(visit, Again { kind, id, form: EditForm::People(field), error }, typed).await
        }
    }
}

/// Makes a person no longer a member or manager.
///
/// # Errors
/// [`PageFault::NotFound`], [`PageFault::Denied`] and those of the store.
pub async fn take(visit: SignedVisit, form: Form, kind: GroupKind, id: Id, relation: Relation) -> Result<Response, PageFault> {
    let whom = Id::parse(&form.text("person")?).ok_or(PageFault::Malformed)?;
    visit.directory().take_out_of_group(&visit.caller(), kind, id, relation, whom).await?;
    Ok(back(visit, kind, id, "groups-notice-removed"))
}

/// The part of a path, and the field of a form, that stands for a relation.
pub fn word(relation: Relation) -> &'static str {
    match relation {
        Relation::Member => "members",
        Relation::Manager => "managers",
    }
}

fn label(attribute: Attribute) -> &'static str {
    match attribute {
        Attribute::Cn => "groups-field-name",
        _ => "groups-field-description",
    }
}

fn back(visit: SignedVisit, kind: GroupKind, id: Id, notice: &str) -> Response {
    visit.go_saying(&paths::of(words(kind).path, id), &PageNotice::said(notice))
}

/// A refused form, and the sheet that it is on.
struct Again {
    kind: GroupKind,
    id: Id,
    form: EditForm,
    error: EditError,
}

/// The sheet once more, with what is wrong and what was typed.
async fn again(mut visit: SignedVisit, refused: Again, typed: impl FnOnce(&mut GroupTemplate)) -> Result<Response, PageFault> {
    let Again { kind, id, form, error } = refused;
    let words = words(kind);
    let page = visit.frame(words.area).at(paths::of(words.path, id));
    let problems = Problems::of_edit(&page, form, error)?;
    let found = visit.directory().group(&visit.caller(), kind, id, Id(0)).await?;
    let mut sheet = GroupTemplate::new(page, found, &Query::default());
    sheet.problems = problems;
    typed(&mut sheet);
    Ok(visit.refuse(&sheet))
}

impl GroupTemplate {
    fn new(page: Frame, sheet: GroupSheet, query: &Query) -> GroupTemplate {
        let words = words(sheet.kind);
        let path = paths::of(words.path, sheet.id);
        let remove = |relation| format!("{path}/{}/remove", word(relation));
        GroupTemplate {
            pager: Pager::new(&path, query, sheet.next.map(|next| next.to_string()).as_deref()),
            managers_remove: remove(Relation::Manager),
            members_remove: remove(Relation::Member),
            name: sheet.name.clone(),
            description: sheet.description.clone(),
            managers: String::new(),
            members: String::new(),
            problems: Problems::none(),
            page,
            words,
            path,
            sheet,
        }
    }
}
