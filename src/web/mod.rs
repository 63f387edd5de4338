//! HTTP: the only user of axum.
//!
//! The way of a request: `listener.rs` (connection, TLS, PROXY protocol) → `guard.rs` (is it meant for us, does it come
//! from one of our own pages) → `pages.rs` (which page) → the page's own file, which asks a use case of
//! [`crate::directory`] and fills a template. Nothing is decided here about who may do what.
//!
//! A new page is its path in `paths.rs`, a handler in a file of its area with the route in its `routes()` (merged in
//! `pages.rs`), a template made of the macros of `templates/pieces.html`, and its texts in both languages. A handler for
//! people who are signed in takes a [`signed_visit::SignedVisit`]: nobody else reaches it. A form is a
//! [`form::Form`] (its token has been looked at), what is wrong with it a [`problems::Problems`], a query a [`query::Query`],
//! the `{id}` of a path a [`paths::Named`]. After a change: `visit.go_saying(path, &Notice::saved(…))`.

mod account;
mod applications;
mod assets;
mod contact;
mod cookies;
mod error;
mod forgot;
mod form;
mod frame;
mod groups;
mod guard;
mod language;
mod link;
mod listener;
mod not_me;
mod notice;
pub mod operations;
pub mod pages;
mod paths;
mod people;
mod person;
mod problems;
mod proxies;
mod query;
mod queue;
mod refusal;
mod sign_in;
mod signed_visit;
mod strength;
mod trail;
mod visit;
