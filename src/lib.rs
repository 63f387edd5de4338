//! Bindery: a small authentication daemon. Applications bind and search over LDAP, people who forgot their
//! password get back in by mail, and everything lives in one file.
//!
//! Which module may use which is drawn in `ARCHITECTURE.md`; `tests/it/directions` holds them to it.

pub mod admission;
pub mod cli;
pub mod clock;
pub mod config;
pub mod directory;
pub mod domain;
pub mod ldap;
pub mod mail;
pub mod observe;
pub mod secret;
pub mod server;
pub mod store;
pub mod text;
pub mod web;
