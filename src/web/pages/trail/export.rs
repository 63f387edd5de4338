//! The audit as a file, row by row while it is read: comma-separated values (RFC 4180) in words that stay the same, for
//! other programs. A spreadsheet is another program: nothing in it is taken for a formula.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use hyper::body::Frame as BodyFrame;
use tokio::sync::mpsc;

use super::asked::asked;
use crate::directory::{Actor, AuditQuery, Caller, LookError, NamedAccount, ToldRow};
use crate::domain::access::Area;
use crate::domain::id::Id;
use crate::observe::audit::{actor_word, source_word, words};
use crate::web::site::SharedSite;
use crate::web::visit::error::PageFault;
use crate::web::visit::query::Query;
use crate::web::visit::signed_visit::SignedVisit;

/// The file.
pub async fn download(mut visit: SignedVisit, query: Query) -> Result<Response, PageFault> {
    visit.entering(Area::Audit)?;
    let zone = visit.visit.pages.settings.zone.clone();
    let page = visit.frame(Area::Audit);
    let (asked, problems) = asked(&page, &zone, &query)?;
    if !problems.is_empty() {
        return Err(PageFault::Malformed);
    }
    visit.directory().begin_audit_export(&visit.caller()).await?;
    let (sender, receiver) = mpsc::channel(CHUNKS);
    tokio::spawn(write(Arc::clone(&visit.visit.pages), visit.caller(), asked, sender));
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"audit.csv\""),
    ];
    Ok((headers, Body::new(CsvBody(receiver))).into_response())
}

/// Reads page after page while somebody takes them. If that fails, or is not allowed any more, the file ends as one that
/// is cut off.
async fn write(pages: SharedSite, caller: Caller, mut asked: AuditQuery, rows: mpsc::Sender<io::Result<Bytes>>) {
    let mut text = HEAD.to_owned();
    loop {
        let next = match pages.directory.audit_trail(&caller, &asked).await {
            Ok(page) => {
                page.rows.iter().for_each(|told| text.push_str(&line(told)));
                page.next
            }
            Err(LookError::Denied | LookError::NotFound | LookError::Unavailable) => {
                // Whoever is gone needs no error.
                let _ = rows.send(Err(io::Error::other("the audit cannot be read"))).await;
                return;
            }
        };
        if rows.send(Ok(Bytes::from(std::mem::take(&mut text)))).await.is_err() || next.is_none() {
            return;
        }
        asked.after = next;
    }
}

/// A row as a line.
fn line(told: &ToldRow) -> String {
    let row = &told.row;
    let (event, details) = words(row);
    let login = |named: &Option<NamedAccount>| named.as_ref().map(|named| named.login.clone()).unwrap_or_default();
    let id = |id: Option<Id>| id.map(|id| id.to_string()).unwrap_or_default();
    let actor = match (row.actor, &told.actor) {
        (Actor::Anonymous | Actor::System, _) => actor_word(row.actor),
        (Actor::Account(_) | Actor::Service(_), named) => login(named),
    };
    let fields = [
        row.at.to_string(),
        actor,
        id(row.actor.id()),
        login(&told.target),
        id(row.event.target()),
        source_word(row.source),
        event.to_owned(),
        details,
    ];
    let fields: Vec<String> = fields.iter().map(|field| quoted(field)).collect();
    fields.join(",") + "\r\n"
}

/// A field, in quotation marks. One that a spreadsheet would calculate begins with an apostrophe (CWE-1236).
fn quoted(field: &str) -> String {
    let shield = if field.starts_with(FORMULA) { "'" } else { "" };
    format!("\"{shield}{}\"", field.replace('"', "\"\""))
}

/// What is read on the way to whoever takes it.
struct CsvBody(mpsc::Receiver<io::Result<Bytes>>);

impl HttpBody for CsvBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<BodyFrame<Bytes>>>> {
        self.0.poll_recv(context).map(|chunk| chunk.map(|chunk| chunk.map(BodyFrame::data)))
    }
}

/// The first line: what the fields are.
const HEAD: &str = "time,actor,actor_id,target,target_id,source,event,details\r\n";

/// What a formula begins with, in the width of Asian keyboards too.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// Pages that wait to be taken.
const CHUNKS: usize = 2;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::audit::{AuditEvent, AuditRow, Reason};
    use crate::domain::caller::Source;
    use crate::domain::time::UnixTime;

    #[test]
    fn a_field_is_no_formula_and_ends_where_it_ends() {
        for (field, expected) in [
            ("", "\"\""),
            ("louise", "\"louise\""),
            ("a,\"b\"", "\"a,\"\"b\"\"\""),
            ("=HYPERLINK(1)", "\"'=HYPERLINK(1)\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("-1", "\"'-1\""),
            ("\t=1", "\"'\t=1\""),
            ("＝1", "\"'＝1\""),
        ] {
            assert_eq!(quoted(field), expected);
        }
    }

    #[test]
    fn a_line_is_one_line_in_words_that_stay() {
        let event = AuditEvent::BindRefused { name: "=1+1,\n\"x\"".into(), reason: Reason::WrongPassword, target: Some(Id(7)) };
        let row = AuditRow::new(UnixTime::from_secs(0), Actor::Anonymous, Source::Address([192, 0, 2, 7].into()), event);
        let told = line(&ToldRow { row, actor: None, target: None });
        assert_eq!(
            told,
            "\"1970-01-01T00:00:00Z\",\"anonymous\",\"\",\"\",\"0000000000000007\",\"192.0.2.7\",\"bind_refused\",\"name==1+1,\\u{a}\"\"x\"\" reason=WrongPassword\"\r\n"
        );
    }
}
