//! What the audit tells, for administrators: a list with filters, and the same as a file.

mod export;
pub mod sentence;

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;

use super::error::Fault;
use super::frame::{Choosable, Frame};
use super::pages::Shared;
use super::paths;
use super::problems::Problems;
use super::query::{AFTER, Pager, Query};
use super::signed_visit::SignedVisit;
use crate::directory::{AuditPlace, AuditQuery, LookError, Told, What};
use crate::domain::access::Area;
use crate::text::{self, Zone};
use sentence::Part;

#[derive(Template)]
#[template(path = "audit.html")]
struct Audit {
    page: Frame,
    query: Query,
    kinds: Vec<Choosable>,
    rows: Vec<Row>,
    /// Down to when nothing else was found, where the search is to go on.
    looked_to: Option<String>,
    unknown: bool,
    pager: Pager,
    /// Where the same is to be had as a file.
    file: String,
    problems: Problems,
}

/// A row of the audit, in words.
pub struct Row {
    /// When.
    pub at: String,
    /// Who did what to whom.
    pub what: Vec<Part>,
    /// Where from.
    pub from: String,
    /// How often, if more than once.
    pub times: Option<String>,
}

impl Row {
    /// `told` as `page` tells it; with `links` to those that it names.
    pub fn of(page: &Frame, zone: &Zone, told: &Told, links: bool) -> Row {
        let what = sentence::of(page, told, links);
        Row { at: text::stamp(page.language, told.row.at, zone), what, from: sentence::source(page, told.row.source), times: None }
    }
}

/// The pages of this module.
pub fn routes() -> Router<Shared> {
    Router::new().route(paths::AUDIT, get(show)).route(paths::AUDIT_FILE, get(export::download))
}

/// The list.
async fn show(mut visit: SignedVisit, query: Query) -> Result<Response, Fault> {
    visit.entering(Area::Audit)?;
    let zone = visit.visit.pages.settings.zone.clone();
    let page = visit.frame(Area::Audit);
    let (asked, problems) = asked(&page, &zone, &query)?;
    let found = visit.directory().audit_trail(&visit.caller(), &asked).await.map_err(fault)?;
    let next = found.next.map(|next| next.to_string());
    let kinds =
        What::ALL.into_iter().map(|what| Choosable { value: word(what).to_owned(), text: kind(&page, what), chosen: what == asked.what });
    let shown = Audit {
        kinds: kinds.collect(),
        rows: found.rows.iter().map(|told| Row::of(&page, &zone, told, true)).collect(),
        looked_to: found.looked_to.map(|time| text::stamp(page.language, time, &zone)),
        unknown: found.unknown,
        pager: Pager::new(paths::AUDIT, &query, next.as_deref()),
        file: query.address(paths::AUDIT_FILE, (AFTER, "")),
        problems,
        query,
        page,
    };
    Ok(visit.show(&shown))
}

/// What `query` asks for; a day that is none is left out, and said to be wrong.
fn asked(page: &Frame, zone: &Zone, query: &Query) -> Result<(AuditQuery, Problems), Fault> {
    let mut problems = Problems::none();
    let mut day = |field: &'static str| {
        let day = zone.day(query.text(field));
        if day.is_none() && !query.text(field).is_empty() {
            problems.add(field, page.say("trail-day-wrong"));
        }
        day
    };
    let (from, to) = (day("from").map(|(begin, _)| begin), day("to").map(|(_, end)| end));
    let after = match query.text(AFTER) {
        "" => None,
        place => Some(AuditPlace::parse(place).ok_or(Fault::Malformed)?),
    };
    let what = What::ALL.into_iter().find(|what| word(*what) == query.text("what")).unwrap_or(What::Changes);
    Ok((AuditQuery { who: query.text("who").to_owned(), what, from, to, after }, problems))
}

/// As it stands in the query.
fn word(what: What) -> &'static str {
    match what {
        What::Changes => "changes",
        What::Passwords => "passwords",
        What::Access => "access",
        What::Refusals => "refusals",
        What::Everything => "all",
    }
}

fn kind(page: &Frame, what: What) -> String {
    match what {
        What::Changes => page.say("trail-kind-changes"),
        What::Passwords => page.say("trail-kind-passwords"),
        What::Access => page.say("trail-kind-access"),
        What::Refusals => page.say("trail-kind-refusals"),
        What::Everything => page.say("trail-kind-all"),
    }
}

/// What is not for somebody to see is not there for them.
pub fn fault(error: LookError) -> Fault {
    match error {
        LookError::Denied | LookError::NotFound => Fault::NotFound,
        LookError::Unavailable => Fault::Unavailable,
    }
}
