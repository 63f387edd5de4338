//! What Bindery knows, without any I/O: no async, no clock, no randomness, no database, no protocol.

pub mod access;
pub mod account;
pub mod audit;
pub mod caller;
pub mod colour;
pub mod credential;
// `dn`, `matching` and `schema` import one another, and stay so: two DNs are equal by the matching rules of their
// attribute types (RFC 4517 §4.2.15), the rule for DNs needs `Dn`, and the schema names both.
pub mod dn;
pub mod entry;
pub mod filter;
pub mod group;
pub mod id;
pub mod language;
pub mod listing;
pub mod login;
pub mod mail_queue;
pub mod matching;
pub mod modification;
pub mod network;
pub mod outbox;
pub mod password_policy;
pub mod record;
pub mod reset;
pub mod schema;
pub mod selection;
pub mod service;
pub mod session;
pub mod throttle;
pub mod time;
pub mod tree;
pub mod writing;
