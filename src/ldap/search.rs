//! Search (RFC 4511 §4.5).

use std::time::Instant;

use super::codec::control::Requested;
use super::codec::paged;
use super::codec::request::{RareParts, Search};
use super::codec::response::{Reply, write_entry};
use super::codec::result::LdapResult;
use super::convert;
use super::root_dse::{Facts, ServedEntry, root_dse};
use super::session::{Session, Transport};
use super::subschema::subschema_entry;
use super::transport::wire::{Ended, Wire};
use crate::directory::{Actor, Scope, SearchError, SearchNext, SearchRequest, SearchResults, SearchState};
use crate::domain::dn::Dn;
use crate::domain::entry::Entry;
use crate::domain::schema::Attribute;
use crate::domain::tree::SUBSCHEMA_DN;

impl Session {
    /// Sends what is found; gives back the answer that ends the search, or `None` if the client gave it up.
    pub(super) async fn search(&self, wire: &mut Wire, id: i32, mut search: Search, requested: &Requested) -> Result<Option<Reply>, Ended> {
        let types_only = search.types_only;
        let RareParts { binary, unknown } = search.rare.take().map(|rare| *rare).unwrap_or_default();
        if !unknown.is_empty() {
            self.tell_unknown(&unknown).await;
        }
        let request = match convert::search(search, requested, &self.service.settings.limits) {
            Ok(request) => request,
            Err(result) => return Ok(Some(result.into())),
        };
        let mut results = Results { wire, id, types_only, binary, sent: 0 };
        if let Some(entry) = self.served_entry(&request) {
            if entry.matches(&request.filter) {
                results.send_served(&entry, &request).await?;
            }
            return Ok(Some(paged_end(LdapResult::success().into(), requested)));
        }
        // RFC 2696 §3: this page is not wanted any more. Nothing was kept for it.
        if requested.page.as_ref().is_some_and(paged::PageRequest::gives_up) {
            return Ok(Some(paged_end(LdapResult::success().into(), requested)));
        }
        let begun = Instant::now();
        let reply = self.send_found(&mut results, &request, requested).await;
        self.service.metrics.search(results.sent, begun.elapsed());
        reply
    }

    /// Writes down that an application's filter names attributes that nobody has, once a day.
    async fn tell_unknown(&self, names: &[String]) {
        let Actor::Service(id) = self.caller.actor else { return };
        let directory = &self.service.directory;
        let Some(attributes) = self.service.unknown_attributes.note(id, names, directory.now()) else { return };
        let application = directory.who_am_i(self.caller.actor).await.unwrap_or_default();
        tracing::info!(application, attributes, "filters of an application name attributes that nobody has here");
    }

    /// The entry that the protocol serves itself, if the search is based there.
    fn served_entry(&self, request: &SearchRequest) -> Option<ServedEntry> {
        if request.scope != Scope::Base {
            return None;
        }
        if request.base.is_root() {
            let start_tls = self.offers_start_tls();
            let external = self.transport == Transport::Socket;
            return Some(root_dse(Facts { suffix: &self.service.settings.suffix, start_tls, external }));
        }
        (Dn::parse(SUBSCHEMA_DN).as_ref() == Ok(&request.base)).then(subschema_entry)
    }

    async fn send_found(&self, results: &mut Results<'_>, request: &SearchRequest, requested: &Requested) -> Result<Option<Reply>, Ended> {
        let mut state = SearchState::default();
        loop {
            let SearchResults { entries, next } = match self.service.directory.search(&self.caller, request, &mut state).await {
                Ok(found) => found,
                Err(error) => {
                    if let SearchError::SizeLimit(entries) = &error {
                        results.send(entries).await?;
                    }
                    return Ok(Some(paged_end(LdapResult::from(error).into(), requested)));
                }
            };
            results.send(&entries).await?;
            match next {
                SearchNext::Done => return Ok(Some(paged_end(LdapResult::success().into(), requested))),
                SearchNext::Page(cookie) => {
                    let controls = vec![paged::response(&cookie)];
                    return Ok(Some(Reply { controls, ..LdapResult::success().into() }));
                }
                SearchNext::More if results.wire.is_given_up(results.id).await => return Ok(None),
                SearchNext::More => tokio::task::yield_now().await,
            }
        }
    }
}

/// Where the entries of one search go.
struct Results<'w> {
    wire: &'w mut Wire,
    id: i32,
    /// No values are sent.
    types_only: bool,
    /// Attributes whose description has `;binary`.
    binary: Vec<Attribute>,
    /// Entries that were found and sent.
    sent: u64,
}

impl Results<'_> {
    async fn send(&mut self, entries: &[Entry]) -> Result<(), Ended> {
        let (most, binary) = (self.most_values(), &*self.binary);
        self.wire.hold_entries(entries.iter().map(|entry| entry.dn.len() + entry.attributes.bytes()).sum());
        for entry in entries {
            let described = |attribute: Attribute| attribute.description_in_answer(binary.contains(&attribute));
            let attributes = entry.attributes.iter().map(|(attribute, values)| (described(attribute), values.iter().take(most)));
            self.wire.send(|out| write_entry(out, self.id, &entry.dn, attributes)).await?;
            self.sent += 1;
        }
        Ok(())
    }

    async fn send_served(&mut self, entry: &ServedEntry, request: &SearchRequest) -> Result<(), Ended> {
        let selected = entry.select(&request.selection);
        let most = self.most_values();
        let attributes = selected.iter().map(|(attribute, values)| (attribute.name(), values.iter().take(most)));
        self.wire.send(|out| write_entry(out, self.id, entry.dn, attributes)).await
    }

    /// How many values of an attribute are sent at most.
    fn most_values(&self) -> usize {
        if self.types_only { 0 } else { usize::MAX }
    }
}

/// The last page, also of a search whose results fit on one: an empty cookie, if pages were asked for.
fn paged_end(mut reply: Reply, requested: &Requested) -> Reply {
    if requested.page.is_some() {
        reply.controls.push(paged::response(b""));
    }
    reply
}
