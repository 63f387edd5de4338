//! The integration tests, in one program so that they are linked once.
//!
//! They start the real daemon on ports the system picks and speak to it over sockets, with real client
//! programs where there is one. `./tests/run` installs what they need; nothing is skipped in silence.

#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)]

mod apache;
mod applications;
mod audit;
mod bonds;
mod bounds;
mod browser;
mod cli;
mod clients;
mod corpus;
mod crash;
mod daemon;
mod demo;
mod directions;
mod exhaustion;
mod forgery;
mod harness;
mod interruption;
mod isolated;
mod large_groups;
mod ldap_protocol;
mod ldap_utils;
mod mail;
mod memory;
mod pages;
mod people;
mod postgresql;
mod probing;
mod python_clients;
mod reset;
mod rights;
mod schema;
mod secrecy;
mod start_tls;
mod store_contract;
mod throttle;
mod unix;
mod wire_needs;
