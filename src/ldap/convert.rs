//! From the protocol's types to the domain's.

use std::time::Duration;

use super::codec::control::Requested;
use super::codec::request::Search;
use super::codec::result::{LdapResult, ResultCode};
use super::transport::limits::Limits;
use crate::directory::SearchRequest;
use crate::domain::dn::{Dn, DnError};

/// The name in `text` (RFC 4514).
pub fn dn(text: &str) -> Result<Dn, LdapResult> {
    Dn::parse(text).map_err(no_name)
}

fn no_name(error: DnError) -> LdapResult {
    LdapResult::new(ResultCode::InvalidDnSyntax, error.to_string())
}

/// A search, with the client's limits inside the server's.
pub fn search(search: Search, requested: &Requested, limits: &Limits) -> Result<SearchRequest, LdapResult> {
    // Zero is "no limit" (RFC 4511 §4.5.1.4 and §4.5.1.5).
    let [size, time] = [search.size_limit, search.time_limit].map(|limit| Some(limit).filter(|limit| *limit > 0));
    let page_size = requested.page.as_ref().and_then(|page| page.entries(limits.search_entries));
    // The server's limit is one of a page; how many pages there are is up to the client.
    let server_size = if page_size.is_some() { usize::MAX } else { limits.search_entries };
    Ok(SearchRequest {
        base: search.base.map_err(no_name)?,
        scope: search.scope,
        filter: search.filter,
        selection: search.selection,
        size_limit: size.map_or(server_size, |limit| server_size.min(limit as usize)),
        time_limit: time.map_or(limits.search_time, |limit| limits.search_time.min(Duration::from_secs(limit.into()))),
        cookie: requested.page.as_ref().map(|page| page.cookie.clone()).unwrap_or_default(),
        page_size,
    })
}
