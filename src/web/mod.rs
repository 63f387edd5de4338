//! HTTP: the only user of axum.
//!
//! The way of a request: `listener.rs` (connection, TLS, PROXY protocol) → `guard.rs` (is it meant for us, does it come
//! from one of our own pages) → `pages.rs` (which page) → the page's own file, which asks a use case of
//! [`crate::directory`] and fills a template. Nothing is decided here about who may do what.

mod account;
mod assets;
mod colour;
mod cookies;
mod error;
mod forgot;
mod form;
mod frame;
mod guard;
mod language;
mod link;
mod listener;
mod not_me;
pub mod operations;
pub mod pages;
mod paths;
mod proxies;
mod refusal;
mod sign_in;
mod visit;
