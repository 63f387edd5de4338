//! How much of everything a connection may use.

use std::time::Duration;

/// The bounds that are settings; those that are not stand beside the code they bound.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Connections at once.
    pub connections: usize,
    /// Connections at once from one address (IPv6: from one /64).
    pub connections_per_source: usize,
    /// Bytes of a message before a bind has succeeded.
    pub message_before_bind: usize,
    /// Bytes of a message after that.
    pub message: usize,
    /// Bytes of all connections together, for messages that have not arrived in whole and answers that are not read yet.
    pub message_memory: usize,
    /// How long the first message may take to come, and each message from its first byte to its last.
    pub message_time: Duration,
    /// How long a client may leave answers unread.
    pub output_time: Duration,
    /// How long a TLS handshake may take.
    pub handshake_time: Duration,
    /// How long a connection may be silent between messages.
    pub idle_time: Duration,
    /// Entries of one search, or of one page.
    pub search_entries: usize,
    /// How long one search, or one page, may take.
    pub search_time: Duration,
    /// How long operations may go on once the daemon is asked to stop.
    pub drain_time: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections: 10_000,
            connections_per_source: 2_000,
            message_before_bind: 64 << 10,
            message: 1 << 20,
            message_memory: 256 << 20,
            message_time: Duration::from_secs(10),
            output_time: Duration::from_secs(10),
            handshake_time: Duration::from_secs(10),
            idle_time: Duration::from_secs(900),
            search_entries: 10_000,
            search_time: Duration::from_secs(60),
            drain_time: Duration::from_secs(10),
        }
    }
}
