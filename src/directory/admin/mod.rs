//! Adding, changing, deleting and renaming entries (RFC 4511 §4.6 to §4.9): who may, what it means, and what
//! is written down about it. The rules that keep the store whole are the store's.

mod add;
mod attributes;
mod delete;
mod draft;
mod errors;
mod members;
mod modify;
mod names;
mod password;
mod rename;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::addresses::AddressWatch;
use super::present::Record;
use super::subject::subject;
use super::{Actor, Caller, ChangeError, Denial, Directory, Posix};
use crate::domain::access::{self, Object, Reads, Subject};
use crate::domain::audit::{AuditEvent, Reason, cut};
use crate::domain::dn::Dn;
use crate::domain::group::GroupKind;
use crate::domain::id::Id;
use crate::domain::schema::EntryKind;
use crate::domain::time::UnixTime;
use crate::domain::tree::{Place, Tree};
use crate::store::{Fail, Stop, View, memberships};
pub(super) use draft::MAX_ENTRY;
use errors::Refused;
pub(super) use names::{is_group_name, is_login};

/// What a rule of this module gives.
type Rule<T> = Result<T, Stop<Refused>>;

/// One call and all that it needs of the directory's settings, so that the store may run its rule on any thread, and
/// run it again.
struct Call {
    tree: Tree,
    access: access::Settings,
    posix: Posix,
    caller: Caller,
    dn: Dn,
    place: Place,
    now: UnixTime,
    /// What a change of mail addresses does besides.
    watch: AddressWatch,
}

/// The entry that a call is about, and what the caller has to do with it.
struct Found {
    subject: Subject,
    record: Record,
    object: Object,
}

impl Directory {
    /// # Errors
    /// If the caller may not change anything at all.
    fn call(&self, caller: &Caller, dn: &Dn) -> Result<Arc<Call>, ChangeError> {
        if caller.actor == Actor::Anonymous {
            return Err(ChangeError::BindFirst);
        }
        let now = self.clock.now();
        Ok(Arc::new(Call {
            tree: self.settings.tree.clone(),
            access: self.settings.access,
            posix: self.settings.posix.clone(),
            caller: *caller,
            dn: dn.clone(),
            place: self.settings.tree.locate(dn),
            now,
            watch: self.address_watch(caller),
        }))
    }

    /// Reads without changing anything: whoever is refused here has not kept the writer busy.
    async fn look<T>(&self, rule: impl Fn(&mut View<'_>) -> Rule<T>) -> Result<T, Refused> {
        self.store.read(rule).await.map_err(Refused::from)
    }

    /// Carries out the rule `change` once, and writes `events` down with it.
    async fn carry_out<F>(&self, call: &Arc<Call>, events: Vec<AuditEvent>, change: F) -> Result<(), Refused>
    where
        F: Fn(&Call, &mut View<'_>) -> Rule<()> + Clone + Send + 'static,
    {
        let rule = {
            let call = Arc::clone(call);
            move |view: &mut View<'_>| change(&call, view)
        };
        self.once(&call.caller, events, rule).await?;
        self.addresses_watched(&call.watch);
        Ok(())
    }

    /// Writes down a refusal, and gives the caller their answer.
    fn answer(&self, caller: &Caller, dn: &Dn, outcome: Result<(), Refused>) -> Result<(), ChangeError> {
        outcome.map_err(|Refused { error, reason }| {
            if let Some(reason) = reason {
                self.audit(caller, AuditEvent::ChangeRefused { dn: cut(dn.to_string()), reason });
            }
            error
        })
    }

    /// Returns when something was deleted that may have left memberships behind.
    pub async fn deleted(&self) {
        self.left_behind.notified().await;
    }

    /// Clears away what deleted entries have left behind, [`CLEARED_AT_ONCE`] rules at most. To be run at the start,
    /// when something was deleted, and from time to time.
    ///
    /// # Errors
    /// If the store does not answer; what is left is cleared another time.
    pub async fn clear_deleted(&self) -> Result<memberships::Cleared, super::Unavailable> {
        let mut left = CLEARED_AT_ONCE;
        let none = |_: Fail<std::convert::Infallible>| super::Unavailable;
        while let Some(what) = self.store.read(|view| memberships::left_to_clear(view, 1)).await.map_err(none)?.pop() {
            while self.store.run(move |view| memberships::clear(view, what)).await.map_err(none)? == memberships::Cleared::Partly {
                left -= 1;
                if left == 0 {
                    return Ok(memberships::Cleared::Partly);
                }
            }
        }
        Ok(memberships::Cleared::Whole)
    }
}

impl Call {
    /// The entry of the call, if it is there and the caller may see it.
    fn find(&self, view: &mut View<'_>) -> Rule<Found> {
        match self.caller.must_change {
            true => names::refuse(ChangeError::MustChange),
            false => self.find_for_password(view),
        }
    }

    /// As [`Call::find`], for a caller who may have to change their password first.
    fn find_for_password(&self, view: &mut View<'_>) -> Rule<Found> {
        let subject = subject(view, self.caller.actor, self.now)?;
        let record = lift(Record::at(view, &self.place))?.ok_or_else(|| self.no_such_object())?;
        let object = self.object(view, &subject, &record)?;
        match access::reads(&subject, &object, &self.access) {
            Reads::Nothing => Err(self.no_such_object()),
            Reads::AddressBook | Reads::Everything => Ok(Found { subject, record, object }),
        }
    }

    /// As [`Call::find`], for what administrators alone may do.
    fn find_to_administer(&self, view: &mut View<'_>) -> Rule<Found> {
        let found = self.find(view)?;
        match access::administers(&found.subject) {
            true => Ok(found),
            false => Err(Refused::denied(Denial::Entry)),
        }
    }

    fn object(&self, view: &mut View<'_>, subject: &Subject, record: &Record) -> Rule<Object> {
        lift(record.object(view, subject))
    }

    fn no_such_object(&self) -> Stop<Refused> {
        Stop::Rule(Refused { error: ChangeError::NoSuchObject(self.tree.nearest(&self.dn).to_owned()), reason: Some(Reason::UnknownEntry) })
    }
}

/// The kind of entry that a record is; none for what is part of the tree's structure.
fn kind_of(record: &Record) -> Option<EntryKind> {
    match record {
        Record::Suffix | Record::Branch(_) => None,
        Record::Account(_) => Some(EntryKind::Account),
        Record::Service(_) => Some(EntryKind::Service),
        Record::Group(group) => Some(match group.kind {
            GroupKind::Group => EntryKind::Group,
            GroupKind::Team => EntryKind::Team,
        }),
    }
}

/// The id and canonical DN of `record`, for the audit.
fn named(tree: &Tree, record: &Record) -> (Id, String) {
    match record {
        Record::Suffix => (Id(0), tree.suffix_dn().to_owned()),
        Record::Branch(branch) => (Id(0), tree.branch_dn(*branch).to_owned()),
        Record::Account(account) => (account.id, tree.account_dn(&account.uid)),
        Record::Service(service) => (service.id, tree.service_dn(&service.uid)),
        Record::Group(group) => (group.id, tree.group_dn(group.kind, &group.cn)),
    }
}

/// A rule that refuses nothing, as part of one that may.
fn lift<T>(read: super::present::Read<T>) -> Rule<T> {
    read.map_err(|stop| stop.map(|never| match never {}))
}

/// Rules that one call of [`Directory::clear_deleted`] runs at most.
const CLEARED_AT_ONCE: usize = 16;
