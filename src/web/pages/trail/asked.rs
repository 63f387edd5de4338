//! What a list of the audit is asked for, as the query of its address says it.

use crate::directory::{AuditPlace, AuditQuery, AuditWhat};
use crate::text::Zone;
use crate::web::visit::error::PageFault;
use crate::web::visit::frame::Frame;
use crate::web::visit::problems::Problems;
use crate::web::visit::query::{AFTER, Query};

/// What `query` asks for; a day that is none is left out, and said to be wrong.
///
/// # Errors
/// [`PageFault::Malformed`] for a place that no page of the list has.
pub fn asked(page: &Frame, zone: &Zone, query: &Query) -> Result<(AuditQuery, Problems), PageFault> {
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
        place => Some(AuditPlace::parse(place).ok_or(PageFault::Malformed)?),
    };
    let what = AuditWhat::ALL.into_iter().find(|what| word(*what) == query.text("what")).unwrap_or(AuditWhat::Changes);
    Ok((AuditQuery { who: query.text("who").to_owned(), what, from, to, after }, problems))
}

/// As it stands in the query.
pub fn word(what: AuditWhat) -> &'static str {
    match what {
        AuditWhat::Changes => "changes",
        AuditWhat::Passwords => "passwords",
        AuditWhat::Access => "access",
        AuditWhat::Refusals => "refusals",
        AuditWhat::Everything => "all",
    }
}
