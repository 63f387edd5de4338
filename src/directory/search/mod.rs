//! Search: which entries below a base does the subject see, and which of them satisfy the filter?
//!
//! A search is a list of [`PlanStage`]s (`plan.rs`), walked in order. Where it stands is a [`SearchPosition`], small enough
//! to go into a paged search's cookie: the server keeps nothing between pages.

mod cookie;
mod plan;
#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::time::Duration;

use super::present::{Named, Presented, Read, Viewer};
use super::subject::{MustChange, subject};
use super::{Caller, Directory, target};
use crate::domain::access::Subject;
use crate::domain::dn::Dn;
use crate::domain::entry::Entry;
use crate::domain::filter::{Filter, Ternary};
use crate::domain::id::Id;
use crate::domain::record::Record;
pub use crate::domain::selection::{Scope, Selection};
use crate::domain::time::UnixTime;
use crate::domain::tree::TreePlace;
use crate::store::{Stop, View};
use plan::PlanStage;

/// What a search asks for (RFC 4511 §4.5.1).
#[derive(Clone, Debug)]
pub struct SearchRequest {
    /// Where it starts.
    pub base: Dn,
    /// How deep it goes.
    pub scope: Scope,
    /// What must hold.
    pub filter: Filter,
    /// Which attributes come back.
    pub selection: Selection,
    /// Entries at most; the client's and the server's limit together.
    pub size_limit: usize,
    /// The time it may take; the client's and the server's limit together.
    pub time_limit: Duration,
    /// Where a paged search goes on; the start if it is empty. From a peer, so not trusted.
    pub cookie: Vec<u8>,
    /// Entries in this page, if it is a paged search.
    pub page_size: Option<usize>,
}

/// Some of the entries that a search finds.
#[derive(Debug)]
pub struct SearchResults {
    /// The entries of this chunk, at most [`CHUNK`].
    pub entries: Vec<Entry>,
    /// How it goes on.
    pub next: SearchNext,
}

/// How a search goes on after a chunk.
#[derive(Debug, PartialEq)]
pub enum SearchNext {
    /// There may be more: ask again.
    More,
    /// The page is full; this cookie goes on from here.
    Page(Vec<u8>),
    /// That was all.
    Done,
}

/// Where a search that is under way stands; the caller keeps it between chunks.
#[derive(Debug, Default)]
pub struct SearchState {
    under_way: Option<UnderWay>,
}

#[derive(Debug)]
struct UnderWay {
    started_at: UnixTime,
    position: SearchPosition,
    /// Where the last entry stands that was given.
    given: SearchPosition,
    /// Entries given in this page.
    in_page: usize,
    /// Entries looked at.
    looked_at: usize,
}

/// The stage a search is in, the last id it dealt with there, and how many entries it has given in all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct SearchPosition {
    stage: u8,
    after: Option<Id>,
    given: u32,
}

/// Why a search ends without success.
#[derive(Clone, Debug, PartialEq)]
pub enum SearchError {
    /// There is no such base, or the subject may not see it; the text is the nearest entry above that it may see.
    NoSuchObject {
        /// `matchedDN`.
        matched: String,
    },
    /// Nobody in particular asks: bind first.
    BindFirst,
    /// More entries than the limit; those up to it were given, the last of them with this error.
    SizeLimit(Vec<Entry>),
    /// Longer than the limit; those found were given.
    TimeLimit,
    /// More would have to be looked at than the server allows (adminLimitExceeded).
    AdminLimit,
    /// The cookie is not one of ours, or is another search's.
    BadCookie,
    /// The caller must change the password first.
    MustChange,
    /// The store does not answer.
    Unavailable,
}

impl From<MustChange> for SearchError {
    fn from(MustChange: MustChange) -> SearchError {
        SearchError::MustChange
    }
}

impl Directory {
    /// The next chunk of a search; `state` is fresh for a new search and handed back for each further chunk.
    ///
    /// # Errors
    /// [`SearchError`]; after one the search is over.
    pub async fn search(&self, caller: &Caller, request: &SearchRequest, state: &mut SearchState) -> Result<SearchResults, SearchError> {
        let now = self.clock.now();
        let mut under_way = match state.under_way.take() {
            Some(under_way) => under_way,
            None => UnderWay::begin(cookie::position(caller, request)?, now),
        };
        if now.since(under_way.started_at) > request.time_limit {
            return Err(SearchError::TimeLimit);
        }
        if under_way.looked_at > self.settings.look_through {
            return Err(SearchError::AdminLimit);
        }
        let look = (TERMS / request.filter.terms()).clamp(1, LOOK);
        let walked = self.store.read(|view| {
            let subject = subject(view, caller, now)?;
            let named = Named::default();
            let context = Viewer { settings: &self.settings, subject: &subject, now, named: &named };
            Walk { view, context, request, under_way: &under_way, reads_at_start: 0, look }.chunk()
        });
        let chunk = walked.await.map_err(|fail| fail.or(SearchError::Unavailable))?;
        under_way.advance(&chunk);
        let next = under_way.next(&chunk, caller, request);
        if next == SearchNext::More {
            state.under_way = Some(under_way);
        }
        Ok(SearchResults { entries: chunk.entries, next })
    }
}

impl UnderWay {
    fn begin(position: SearchPosition, now: UnixTime) -> UnderWay {
        UnderWay { started_at: now, position, given: position, in_page: 0, looked_at: 0 }
    }

    fn advance(&mut self, chunk: &Chunk) {
        self.in_page += chunk.entries.len();
        self.looked_at += chunk.looked_at;
        self.position = chunk.position;
        self.given = chunk.given.unwrap_or(self.given);
    }

    fn next(&self, chunk: &Chunk, caller: &Caller, request: &SearchRequest) -> SearchNext {
        match chunk.end {
            ChunkEnd::Full => SearchNext::More,
            // Not where the walk stands: the ids that it passed since are of entries that the caller may not see.
            ChunkEnd::Page => SearchNext::Page(cookie::write(caller, request, self.given)),
            ChunkEnd::Exhausted => SearchNext::Done,
        }
    }
}

/// What one chunk came to.
struct Chunk {
    entries: Vec<Entry>,
    position: SearchPosition,
    /// Where the last of `entries` stands.
    given: Option<SearchPosition>,
    looked_at: usize,
    end: ChunkEnd,
}

/// Why a chunk ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ChunkEnd {
    /// It is large enough; there may be more.
    Full,
    /// The page is full, and there is one more entry for the next.
    Page,
    /// There is nothing more.
    Exhausted,
}

/// One chunk of a search, on one snapshot of the store.
struct Walk<'a, 'v, 's> {
    view: &'a mut View<'v>,
    context: Viewer<'s>,
    request: &'s SearchRequest,
    under_way: &'a UnderWay,
    /// What the view allowed when the stages were known.
    reads_at_start: usize,
    /// Entries that this chunk may look at.
    look: usize,
}

impl Walk<'_, '_, '_> {
    fn chunk(mut self) -> Result<Chunk, Stop<SearchError>> {
        let stages = self.stages()?;
        self.reads_at_start = self.view.reads_left();
        let position = self.under_way.position;
        let mut chunk = Chunk { entries: Vec::new(), position, given: None, looked_at: 0, end: ChunkEnd::Full };
        while let Some(stage) = stages.get(usize::from(chunk.position.stage)) {
            let batch = BATCH.min(self.look - chunk.looked_at.min(self.look)).max(1);
            let records = stage.records(self.view, chunk.position.after, batch).map_err(lift)?;
            let stage_done = records.len() < batch;
            for (id, record) in records {
                if self.is_full(&chunk) {
                    return Ok(chunk);
                }
                chunk.looked_at += 1;
                let entry = record.map_or(Ok(None), |record| self.matching(record)).map_err(lift)?;
                if let Some(entry) = entry {
                    // Only an entry that is found ends a page: what is hidden behind the last one must not show in the
                    // cookie.
                    if self.is_page_full(&chunk) {
                        chunk.end = ChunkEnd::Page;
                        return Ok(chunk);
                    }
                    if usize::try_from(chunk.position.given).unwrap_or(usize::MAX) >= self.request.size_limit {
                        return Err(Stop::Rule(SearchError::SizeLimit(chunk.entries)));
                    }
                    // It comes from a peer, in a cookie.
                    chunk.position.given = chunk.position.given.saturating_add(1);
                    chunk.position.after = Some(id);
                    chunk.given = Some(chunk.position);
                    chunk.entries.push(entry);
                }
                chunk.position.after = Some(id);
            }
            if stage_done {
                chunk.position.stage += 1;
                chunk.position.after = None;
            }
        }
        chunk.end = ChunkEnd::Exhausted;
        Ok(chunk)
    }

    fn is_full(&self, chunk: &Chunk) -> bool {
        let reads = self.reads_at_start - self.view.reads_left();
        chunk.entries.len() >= CHUNK || chunk.looked_at >= self.look || reads >= READS
    }

    fn is_page_full(&self, chunk: &Chunk) -> bool {
        self.request.page_size.is_some_and(|size| self.under_way.in_page + chunk.entries.len() >= size)
    }

    /// Where to look; refused if the subject may not see the base.
    fn stages(&mut self) -> Result<Vec<PlanStage>, Stop<SearchError>> {
        if *self.context.subject == Subject::Anonymous {
            return Err(Stop::Rule(SearchError::BindFirst));
        }
        let base = self.context.settings.tree.locate(&self.request.base);
        let base_record = target::at(self.view, &base)?;
        let visible = match &base_record {
            Some(record) => {
                let presented = Presented::new(record, self.view, self.context).map_err(lift)?;
                presented.is_some_and(|presented| presented.may_be_named(&base))
            }
            None => false,
        };
        match base_record {
            Some(record) if visible => plan::stages(self.view, self.context, self.request, &record).map_err(lift),
            _ => Err(Stop::Rule(SearchError::NoSuchObject { matched: self.nearest(&base) })),
        }
    }

    fn nearest(&self, base: &TreePlace) -> String {
        match base {
            TreePlace::Root | TreePlace::Subschema => String::new(),
            _ => self.context.settings.tree.nearest(&self.request.base).to_owned(),
        }
    }

    /// The entry, if the subject sees it and the filter is true of what the subject may read of it.
    fn matching(&mut self, record: Record) -> Read<Option<Entry>> {
        let Some(mut presented) = Presented::new(&record, self.view, self.context)? else { return Ok(None) };
        let verdict = self.request.filter.evaluate(&mut presented);
        if let Some(fault) = presented.fault() {
            return Err(fault);
        }
        match verdict {
            Ternary::True => presented.entry(&self.request.selection).map(Some),
            Ternary::False | Ternary::Undefined => Ok(None),
        }
    }
}

/// A read refuses nothing, so whatever stops it can stop a search. What would read more than a rule may is the search's
/// own fault, not the store's.
fn lift(stop: Stop<Infallible>) -> Stop<SearchError> {
    match stop {
        Stop::Limit(_) => Stop::Rule(SearchError::AdminLimit),
        other => other.widen(),
    }
}

/// Entries in a chunk.
pub const CHUNK: usize = 64;

/// Entries looked at in a chunk: about half a millisecond on a thread that others wait for.
const LOOK: usize = 256;

/// Records fetched at a time, as many as a chunk gives: those behind a full chunk are fetched for nothing.
const BATCH: usize = CHUNK;

/// Filter terms evaluated in a chunk, about: a filter of a thousand terms looks at few entries at once.
const TERMS: usize = 16 * LOOK;

/// Keys read in a chunk, before another entry is begun: large groups come in small chunks.
const READS: usize = 4096;
