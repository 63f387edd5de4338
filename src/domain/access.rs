//! Who may do what: one table, default deny.
//! Placeholder signatures; see design section 4.

use super::account::Role;
use super::id::Id;

/// Who asks, with what the table needs to know of them; read afresh for each operation.
#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    /// Nobody that is known.
    Anonymous,
    /// A person.
    Account(Person),
    /// An application.
    Service {
        /** Which. */
        id: Id,
        /** The one group it may see. */
        limited_to: Option<Id>,
        /** Granted `password-reset`. */
        may_reset_passwords: bool,
    },
    /// root or the daemon's own user, over the Unix socket: an administrator without an account.
    System,
}

/// A person who asks.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    /// Who.
    pub id: Id,
    /// What they are.
    pub role: Role,
    /// The teams they own; empty unless they are a manager.
    pub owned_teams: Vec<Id>,
}
