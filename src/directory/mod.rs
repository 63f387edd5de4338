//! What one can do with the directory: a use case a file, without any protocol.
//!
//! The path of a bind: `ldap/bind.rs` → [`Directory::bind`] (`bind/`) → `store` for the credential →
//! [`Hasher`] → the answer. Every call says who is asking ([`Caller`]); what they may do is looked up
//! afresh each time (`subject.rs`) and decided by `domain::access` alone.

mod addresses;
mod applications;
mod bind;
mod bond;
mod compare;
mod confirm;
mod counted;
mod edit;
#[cfg(test)]
mod fixture;
mod folding;
mod forms;
mod groups;
mod hasher;
mod letters;
mod notice;
mod once;
mod password;
mod people;
mod present;
mod reset;
mod search;
mod settings;
mod sign_in;
mod strength;
mod subject;
mod target;
mod trail;

pub use applications::{Application, ApplicationsPage, Used};
pub use bind::{BindError, Bound, Hint};
pub use compare::{CompareError, Compared};
pub use counted::Counted;
pub use edit::{
    Change, Denial, Edit, EditError, EditFault, EditTarget, Edited, NewAddressRefusal, OwnPassword, PasswordEdit, Proof, Wrong,
};
use folding::{FoldedRow, Folding};
pub use forms::{ApplicationForm, Day, Expires, GroupForm, NewApplication, PersonForm, Relation, TOGETHER};
pub use groups::{GroupLine, GroupPerson, GroupSheet, GroupsPage, GroupsQuery, MemberCount};
pub use hasher::{Checked, Hasher, HasherSettings};
pub use letters::{
    By, Content, LEASE, Leased, Letter, ListedMail, MailBacklog, MailRefused, MailedLink, NextMail, Occasion, QueueError, SendError,
};
pub use password::{PasswordChange, PasswordError};
pub use people::{LookError, May, PeoplePage, PeopleQuery, PersonRow, PersonSheet, TeamChoice};
pub use reset::{LinkError, MAX_IDENTIFIER, RedeemError, ResetLink, ResetRequest, TooMany};
pub use search::{CHUNK, Scope, SearchError, SearchNext, SearchRequest, SearchResults, SearchState, Selection};
pub use settings::{DirectorySettings, PosixDefaults};
pub use sign_in::{SignedIn, Visitor};
pub use strength::StrengthError;
pub use target::Target;
pub use trail::{AUDIT_PAGE, AuditPage, AuditPlace, AuditQuery, AuditWhat, MyDetails, NamedAccount, NamedKind, Recent, Repeated, ToldRow};

pub use crate::domain::caller::{Actor, Caller};
pub use crate::domain::modification::{ChangeOperation, Modification, SentAttribute};
pub use crate::store::accounts::{AccountError, MAX_MAILS};
pub use crate::store::bonds::Bond;
pub use crate::store::groups::GroupError;
pub use crate::store::memberships::MembershipError;
pub use crate::store::services::ServiceError;

use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::Notify;

use crate::clock::Clock;
use crate::domain::audit::{AuditEvent, AuditRow};
use crate::domain::caller::Source;
use crate::domain::id::OpId;
use crate::domain::throttle::SourceLimits;
use crate::domain::time::UnixTime;
use crate::domain::tree::Tree;
use crate::observe;
use crate::secret;
use crate::store::audit::AuditLog;
use crate::store::{Fail, Store, failures};
use reset::Requests;
use strength::Asking;

/// All the use cases, over one store.
pub struct Directory {
    store: Arc<Store>,
    audit_log: AuditLog,
    hasher: Hasher,
    clock: Clock,
    settings: DirectorySettings,
    /// Failures by source address; in memory, since an address is not an account.
    sources: Mutex<SourceLimits>,
    /// Told when something is deleted whose memberships may have to be cleared away.
    left_behind: Notify,
    /// Decides which failure slot a name that nobody has falls into; made with the store and kept in it, so that
    /// those names stay throttled over a restart as the others do.
    slot_key: [u8; 32],
    /// For the metrics.
    counted: Counted,
    /// What is counted in one row of the audit.
    folding: Folding,
    /// Who asks for a new password, until somebody looks.
    requests: Requests,
    /// Told when a mail is queued.
    outbox_grew: Notify,
    /// Who asks how good a password is, while typing it.
    asking: Asking,
}

/// The store does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unavailable;

impl Directory {
    /// The time by the daemon's clock.
    pub fn now(&self) -> UnixTime {
        self.clock.now()
    }

    /// The use cases over `store`, with `hasher` to verify passwords and `clock` to tell the time.
    ///
    /// # Errors
    /// If the store does not answer.
    pub async fn open(store: Store, hasher: Hasher, clock: Clock, settings: DirectorySettings) -> Result<Directory, Unavailable> {
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
            folding: Folding::default(),
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
        let row = AuditRow::new(self.clock.now(), actor, source, event);
        let is_refusal = row.is_noise();
        let rows = self.folding.count(OpId(secret::random()), row);
        if rows.is_empty() && is_refusal {
            self.counted.skipped();
        }
        self.write(rows);
    }

    /// Writes the rows of the audit that count for a minute, of those whose minute is over. To be called several times a
    /// minute.
    pub fn write_counts(&self) {
        self.write(self.folding.over(self.clock.now()));
    }

    /// Waits until all that was written down so far is stored, or given up.
    pub async fn flush_audit(&self) {
        self.write_counts_so_far();
        self.audit_log.flush().await;
    }

    /// Writes the rows that count as far as they have come, for a reader of the audit.
    fn write_counts_so_far(&self) {
        self.write(self.folding.unwritten());
    }

    fn write(&self, rows: Vec<FoldedRow>) {
        for (op, row) in rows {
            observe::audit::log(&row);
            self.audit_log.append(op, row);
        }
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

/// As [`off_the_io_threads`], for a read, which waits for nobody else.
async fn off_the_io_threads_until<T>(read: impl Future<Output = T>) -> T {
    match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(|| Handle::current().block_on(read)),
        _ => read.await,
    }
}
