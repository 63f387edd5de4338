//! Connections: who is let in, TLS, the PROXY protocol, HTTP/1.1; and the listener of those that look after the daemon.

pub mod listener;
pub mod operations;
pub mod proxies;
