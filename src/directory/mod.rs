//! What one can do with the directory: a use case a file, without any protocol.
//!
//! The path of a bind: `ldap/bind.rs` → [`Directory::bind`] (`bind.rs`) → `store` for the credential →
//! [`Hasher`] → the answer. Every call says who is asking ([`Caller`]); what they may do is looked up
//! afresh each time (`subject.rs`) and decided by `domain::access` alone.

mod addresses;
mod applications;
mod bind;
mod compare;
mod counted;
mod edit;
#[cfg(test)]
mod fixture;
mod forms;
mod groups;
mod hasher;
mod letters;
mod noise;
mod notice;
mod once;
mod password;
mod people;
mod present;
mod reset;
mod search;
mod sign_in;
mod strength;
mod subject;
mod target;
mod trail;

use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use applications::{Application, ApplicationsPage, Used};
pub use bind::{BindError, Bound, Hint};
pub use compare::{CompareError, Compared};
pub use counted::Counted;
pub use edit::{
    Change, ChangeOperation, Denial, Edit, EditError, EditFault, EditTarget, Edited, Modification, NewPassword, OwnPassword, Proof, Wrong,
};
pub use forms::{ApplicationForm, Day, Expires, GroupForm, NewApplication, PersonForm, Relation, TOGETHER};
pub use groups::{Count, GroupLine, GroupPerson, GroupSheet, GroupsPage, GroupsQuery};
pub use hasher::{Checked, Hasher, HasherSettings};
pub use letters::{
    Backlog, By, Content, LEASE, Leased, Letter, Link, Listed as ListedMail, NextMail, Occasion, QueueError, Refused, SendError,
};
use noise::Noise;
pub use password::{PasswordChange, PasswordError};
pub use people::{LookError, May, PeoplePage, PeopleQuery, PersonRow, Sheet, TeamChoice};
use reset::Requests;
pub use reset::{LinkError, MAX_IDENTIFIER, RedeemError, ResetLink, ResetRequest, TooMany};
pub use search::{CHUNK, Found, Next, Scope, SearchError, SearchRequest, SearchState, Selection};
pub use sign_in::{SignedIn, Visitor};
use strength::Asking;
pub use strength::StrengthError;
pub use target::Target;
pub use trail::{AUDIT_PAGE, AuditPage, AuditPlace, AuditQuery, MyDetails, Named, NamedKind, Recent, Seen, Told, What};

use tokio::sync::Notify;

use crate::clock::Clock;
use crate::domain::access;
use tokio::runtime::{Handle, RuntimeFlavor};

use crate::domain::audit::{AuditEvent, AuditRow};
use crate::domain::caller::Source;
pub use crate::domain::caller::{Actor, Caller};
use crate::domain::id::OpId;
use crate::domain::password_policy::Policy;
use crate::domain::reset as reset_domain;
use crate::domain::session::Lifetime;
use crate::domain::throttle::{self, Limit, Listed, SourceLimits};
use crate::domain::tree::Tree;
use crate::observe;
use crate::secret;
pub use crate::store::accounts::{AccountError, MAX_MAILS};
use crate::store::audit::AuditLog;
pub use crate::store::groups::GroupError;
pub use crate::store::memberships::MembershipError;
use crate::store::numbers::NumberRange;
pub use crate::store::services::ServiceError;
use crate::store::{Fail, Store, failures};

/// All the use cases, over one store.
pub struct Directory {
    store: Arc<Store>,
    audit_log: AuditLog,
    hasher: Hasher,
    clock: Clock,
    settings: Settings,
    /// Failures by source address; in memory, since an address is not an account.
    sources: Mutex<SourceLimits>,
    /// Told when something is deleted whose memberships may have to be cleared away.
    left_behind: Notify,
    /// Decides which failure slot a name that nobody has falls into; made with the store and kept in it, so that
    /// those names stay throttled over a restart as the others do.
    slot_key: [u8; 32],
    /// For the metrics.
    counted: Counted,
    /// What is not worth writing down any more.
    noise: Noise,
    /// Who asks for a new password, until somebody looks.
    requests: Requests,
    /// Told when a mail is queued.
    outbox_grew: Notify,
    /// Who asks how good a password is, while typing it.
    asking: Asking,
}

/// What an organisation decides about its directory.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The names of things.
    pub tree: Tree,
    /// The organisation's name: `o` of the suffix, and a word no password may consist of.
    pub organisation: String,
    /// Who may see and change a little more.
    pub access: access::Settings,
    /// Which passwords are good enough.
    pub policy: Policy,
    /// How failures slow further attempts down.
    pub throttle: throttle::Settings,
    /// How many failures a source may have before it is refused.
    pub source_limit: Limit,
    /// Sources with a limit of their own.
    pub listed_sources: Vec<Listed>,
    /// Whether `*` returns memberOf too.
    pub member_of_with_star: bool,
    /// What a POSIX account gets that names nothing itself.
    pub posix: Posix,
    /// Entries that one search may look at.
    pub look_through: usize,
    /// Resets.
    pub reset: reset_domain::Settings,
    /// How long sessions of the pages last.
    pub sessions: Lifetime,
    /// Whether there is somebody to send mails: without, none is queued.
    pub sends_mail: bool,
}

/// POSIX attributes of accounts and groups that name none themselves.
#[derive(Clone, Debug)]
pub struct Posix {
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

/// The store does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unavailable;

impl Directory {
    /// The use cases over `store`, with `hasher` to verify passwords and `clock` to tell the time.
    ///
    /// # Errors
    /// If the store does not answer.
    pub async fn open(store: Store, hasher: Hasher, clock: Clock, settings: Settings) -> Result<Directory, Unavailable> {
        let fresh: [u8; 32] = secret::random();
        let slot_key = store.run(move |view| failures::slot_key(view, fresh)).await;
        let slot_key = slot_key.map_err(|_: Fail<Infallible>| Unavailable)?;
        let sources = Mutex::new(SourceLimits::new(settings.source_limit, settings.listed_sources.clone()));
        let store = Arc::new(store);
        let audit_log = AuditLog::start(Arc::clone(&store));
        Ok(Directory {
            store,
            audit_log,
            hasher,
            clock,
            settings,
            sources,
            left_behind: Notify::new(),
            slot_key,
            counted: Counted::default(),
            noise: Noise::new(),
            requests: Requests::new(),
            outbox_grew: Notify::new(),
            asking: Asking::new(),
        })
    }

    /// The names of things.
    pub fn tree(&self) -> &Tree {
        &self.settings.tree
    }

    /// The store, for what is no use case: backups, health, purges.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The hash threads, for health and metrics.
    pub fn hasher(&self) -> &Hasher {
        &self.hasher
    }

    /// Whether there is somebody to send mails.
    pub fn sends_mail(&self) -> bool {
        self.settings.sends_mail
    }

    /// What was counted since the start, for the metrics.
    pub fn counted(&self) -> &Counted {
        &self.counted
    }

    /// The writer of the audit: how much it had to drop, and a way to wait for it before the end.
    pub fn audit_log(&self) -> &AuditLog {
        &self.audit_log
    }

    /// What hiding entries takes.
    fn eyes(&self) -> target::Eyes {
        target::Eyes { tree: self.settings.tree.clone(), access: self.settings.access }
    }

    /// Writes down what `caller` did, or was refused.
    fn audit(&self, caller: &Caller, event: AuditEvent) {
        self.audit_from(caller.actor, caller.source, event);
    }

    fn audit_from(&self, actor: Actor, source: Source, event: AuditEvent) {
        let row = AuditRow { at: self.clock.now(), actor, source, event };
        if !self.noise.admits(&row) {
            return self.counted.skipped();
        }
        observe::audit::log(&row);
        self.audit_log.append(OpId(secret::random()), row);
    }

    /// The counters of the sources; a panic elsewhere does not spoil them.
    fn sources(&self) -> MutexGuard<'_, SourceLimits> {
        self.sources.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs `work`, which may take milliseconds, so that the other connections of this thread go on elsewhere meanwhile.
fn off_the_io_threads<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        // A runtime of one thread, as in tests, has nobody to hand them to.
        _ => work(),
    }
}
