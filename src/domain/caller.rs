//! The caller of an operation: the principal that acts, and the place from where it does.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::id::Id;

/// The caller of an operation; a session keeps it.
#[derive(Clone, Copy, Debug)]
pub struct Caller {
    /// The principal, as bound; its rights are read afresh for each operation.
    pub actor: Actor,
    /// The place from where it calls.
    pub source: Source,
    /// The bind said that the password must be changed first: nothing but that is allowed.
    pub must_change: bool,
}

/// The principal that acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Actor {
    /// Not authenticated.
    Anonymous,
    /// A person.
    Account(Id),
    /// An application.
    Service(Id),
    /// root or the daemon's own user, over the Unix socket.
    System,
}

/// The place from where an actor calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Source {
    /// An address on the network.
    Address(IpAddr),
    /// The Unix socket, with the peer's user id.
    Socket(u32),
    /// The daemon itself.
    Internal,
}
