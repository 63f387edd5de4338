//! What the audit tells, for administrators: a list with filters, and the same as a file.

mod asked;
mod export;

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;

use crate::directory::AuditWhat;
use crate::domain::access::Area;
use crate::text;
use crate::web::site::SharedSite;
use crate::web::visit::error::PageFault;
use crate::web::visit::frame::{Choosable, Frame};
use crate::web::visit::paths;
use crate::web::visit::problems::Problems;
use crate::web::visit::query::{AFTER, Pager, Query};
use crate::web::visit::sentence::SentenceRow;
use crate::web::visit::signed_visit::SignedVisit;
use asked::{asked, word};

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditTemplate {
    page: Frame,
    query: Query,
    kinds: Vec<Choosable>,
    rows: Vec<SentenceRow>,
    /// Down to when nothing else was found, where the search is to go on.
    looked_to: Option<String>,
    unknown: bool,
    pager: Pager,
    /// Where the same is to be had as a file.
    file: String,
    problems: Problems,
}

/// The pages of this module.
pub fn routes() -> Router<SharedSite> {
    Router::new().route(paths::AUDIT, get(show)).route(paths::AUDIT_FILE, get(export::download))
}

/// The list.
async fn show(mut visit: SignedVisit, query: Query) -> Result<Response, PageFault> {
    visit.entering(Area::Audit)?;
    let zone = visit.visit.pages.settings.zone.clone();
    let page = visit.frame(Area::Audit);
    let (asked, problems) = asked(&page, &zone, &query)?;
    let found = visit.directory().audit_trail(&visit.caller(), &asked).await?;
    let next = found.next.map(|next| next.to_string());
    let kinds = AuditWhat::ALL.into_iter().map(|what| Choosable {
        value: word(what).to_owned(),
        text: kind(&page, what),
        chosen: what == asked.what,
    });
    let shown = AuditTemplate {
        kinds: kinds.collect(),
        rows: found.rows.iter().map(|told| SentenceRow::of(&page, &zone, told, true)).collect(),
        looked_to: found.looked_to.map(|time| text::stamp(page.language, time, &zone)),
        unknown: found.unknown,
        pager: Pager::new(paths::AUDIT, &query, next.as_deref()),
        file: query.address(paths::AUDIT_FILE, AFTER, ""),
        problems,
        query,
        page,
    };
    Ok(visit.show(&shown))
}

fn kind(page: &Frame, what: AuditWhat) -> String {
    match what {
        AuditWhat::Changes => page.say("trail-kind-changes"),
        AuditWhat::Passwords => page.say("trail-kind-passwords"),
        AuditWhat::Access => page.say("trail-kind-access"),
        AuditWhat::Refusals => page.say("trail-kind-refusals"),
        AuditWhat::Everything => page.say("trail-kind-all"),
    }
}
