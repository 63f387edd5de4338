//! HTTP: the only user of axum.
//!
//! Four storeys, each of which uses only those below it:
//!
//! - `router.rs`: which page is where;
//! - `pages/`: the pages, none of which uses another;
//! - `visit/`: what they are made of: guard, forms, queries, cookies, the frame around a page;
//! - `site/`: what all handlers share; and `wire/`: connections.
//!
//! The way of a request: `wire/listener.rs` (connection, TLS, PROXY protocol) → `visit/guard.rs` (is it meant for us, does
//! it come from one of our own pages) → `router.rs` (which page) → the page's own file, which asks a use case of
//! [`crate::directory`] and fills a template. Nothing is decided here about who may do what.
//!
//! A new page is its path in `visit/paths.rs`, a handler in a file of its area in `pages/` with the route in its `routes()`
//! (merged in `router.rs`), a template made of the macros of `templates/pieces.html`, and its texts in both languages. A
//! handler for people who are signed in takes a [`visit::signed_visit::SignedVisit`]: nobody else reaches it. A form is a
//! [`visit::form::Form`] (its token has been looked at), what is wrong with it a [`visit::problems::Problems`], a query a
//! [`visit::query::Query`], the `{id}` of a path a [`visit::paths::PathId`]. After a change:
//! `visit.go_saying(path, &PageNotice::saved(…))`.

mod pages;
mod router;
mod site;
mod visit;
mod wire;

pub use router::serve;
pub use site::{Site, SiteParts, SiteSettings};
pub use wire::operations;
