//! Octets to requests and answers to octets: nothing here reads a socket or knows the directory.

pub mod ber;
pub mod control;
pub mod frame;
pub mod oids;
pub mod operation;
pub mod paged;
pub mod ppolicy;
pub mod request;
pub mod response;
pub mod result;
mod shape;
