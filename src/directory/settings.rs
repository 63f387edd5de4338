//! What an organisation decides about its directory; read from the configuration by `server/settings.rs`.

use crate::domain::access;
use crate::domain::password_policy::Policy;
use crate::domain::reset;
use crate::domain::session::Lifetime;
use crate::domain::throttle::{self, Limit, ListedNetwork};
use crate::domain::tree::Tree;
use crate::store::numbers::NumberRange;

/// What an organisation decides about its directory.
#[derive(Clone, Debug)]
pub struct DirectorySettings {
    /// The names of things.
    pub tree: Tree,
    /// The organisation's name: `o` of the suffix, and a word no password may consist of.
    pub organisation: String,
    /// Who may see and change a little more.
    pub access: access::AccessSettings,
    /// Which passwords are good enough.
    pub policy: Policy,
    /// How failures slow further attempts down.
    pub throttle: throttle::ThrottleSettings,
    /// How many failures a source may have before it is refused.
    pub source_limit: Limit,
    /// Sources with a limit of their own.
    pub listed_sources: Vec<ListedNetwork>,
    /// Whether `*` returns memberOf too.
    pub member_of_with_star: bool,
    /// What a POSIX account gets that names nothing itself.
    pub posix: PosixDefaults,
    /// Entries that one search may look at.
    pub look_through: usize,
    /// Resets.
    pub reset: reset::ResetSettings,
    /// How long sessions of the pages last.
    pub sessions: Lifetime,
    /// Whether there is somebody to send mails: without, none is queued.
    pub sends_mail: bool,
}

/// POSIX attributes of accounts and groups that name none themselves.
#[derive(Clone, Debug)]
pub struct PosixDefaults {
    /// The home directory, `{uid}` standing for the login.
    pub home: String,
    /// The login shell.
    pub shell: String,
    /// The primary group of accounts.
    pub gid_number: u32,
    /// Numbers that are allotted to accounts.
    pub uid_numbers: NumberRange,
    /// Numbers that are allotted to groups and teams.
    pub gid_numbers: NumberRange,
}
