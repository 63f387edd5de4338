//! Mail addresses of an account: which of them may be sent a link to a new password, and who is told when they change.
//! Setting an address is as powerful as setting the password, so that old and new addresses are told, and one that a
//! person has set themselves has to wait.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use super::letters::DAEMON;
use super::notice::addresses;
use super::subject::subject_before_change;
use super::{Caller, Directory, Unavailable};
use crate::domain::access;
use crate::domain::account::Account;
use crate::domain::caller::{Actor, Source};
use crate::domain::id::OpId;
use crate::domain::outbox::{AddressChanged, Fate, Intent, OutboxMail};
use crate::domain::time::UnixTime;
use crate::domain::tree::fold;
use crate::secret;
use crate::store::outbox::{self, OutboxError, Queued};
use crate::store::{Fail, Stop, View, accounts, new_addresses};

/// What a change of an account's mail addresses does besides, as part of the rule that makes it.
#[derive(Clone, Debug)]
pub(super) struct AddressWatch {
    /// None: no mail is sent here at all.
    op: Option<OpId>,
    by: Actor,
    source: Source,
    at: UnixTime,
    /// How many mails the last run of the rule has queued.
    queued: Arc<AtomicU64>,
}

impl Directory {
    /// What the changes that `caller` is about to make do besides, where mail addresses are among them.
    pub(super) fn address_watch(&self, caller: &Caller) -> AddressWatch {
        let op = self.settings.sends_mail.then(|| OpId(secret::random()));
        AddressWatch { op, by: caller.actor, source: caller.source, at: self.clock.now(), queued: Arc::default() }
    }

    /// The rule that `watch` was part of has been committed.
    pub(super) fn addresses_watched(&self, watch: &AddressWatch) {
        self.mails_were_queued(watch.queued.load(Relaxed));
    }

    /// Puts a notice to each address in place of the one mail that stands for them all: together they would overstep
    /// what the rule that makes the change may write.
    pub(super) async fn tell_each_address(&self, queued: &Queued) -> Result<(), Unavailable> {
        let Intent::AddressesChanged { addresses, .. } = &queued.mail.intent else { return Ok(()) };
        let (op, told, queued) = (OpId(secret::random()), addresses.len(), queued.clone());
        match self.once(&DAEMON, Vec::new(), move |view| spread(view, op, &queued)).await {
            Ok(()) => self.mails_were_queued(told as u64),
            // Not ours any more: whoever has it now does it.
            Err(Fail::Rule(OutboxError::Gone)) => {}
            Err(Fail::Conflict | Fail::Unknown | Fail::Down) => return Err(Unavailable),
        }
        Ok(())
    }
}

impl AddressWatch {
    /// `new` has taken the place of `old`: where its addresses are others, old and new ones are told, and those that its
    /// owner has given it have to wait.
    pub(super) fn replaced<E>(&self, view: &mut View<'_>, old: &Account, new: &Account) -> Result<(), Stop<E>> {
        self.queued.store(0, Relaxed);
        if accounts::mails(old) == accounts::mails(new) {
            return Ok(());
        }
        let own = self.by == Actor::Account(new.id) && !access::administers(&subject_before_change(view, self.by, self.at)?);
        match own {
            true => new_addresses::given_by_owner(view, old, new, self.at)?,
            false => new_addresses::given_by_other(view, new.id),
        }
        let (Some(op), addresses) = (self.op, fates(old, new)) else { return Ok(()) };
        let Some(address) = addresses.first().map(|(address, _)| address.clone()) else { return Ok(()) };
        let change = AddressChanged { by: self.by, source: self.source, at: self.at };
        let intent = Intent::AddressesChanged { account: new.id, change, addresses };
        outbox::put(view, op, &OutboxMail { intent, address, queued_at: self.at, attempts: 0, fault: None })?;
        self.queued.store(1, Relaxed);
        Ok(())
    }
}

/// The addresses of `account` that may be sent a link to a new password at `now`, in its order: those that its owner has
/// given it within the last `wait` may not. Current.
pub(super) fn reachable<E>(view: &mut View<'_>, account: &Account, wait: Duration, now: UnixTime) -> Result<Vec<String>, Stop<E>> {
    let waiting = new_addresses::waiting(view, account.id, wait, now)?;
    Ok(addresses(account).filter(|address| !waiting.contains(&fold(address))).map(str::to_owned).collect())
}

/// The rule: the mail `queued` becomes a notice to each of the addresses.
fn spread(view: &mut View<'_>, op: OpId, queued: &Queued) -> Result<(), Stop<OutboxError>> {
    outbox::remove(view, queued)?;
    let Intent::AddressesChanged { account, change, addresses } = &queued.mail.intent else { return Ok(()) };
    for (number, (address, fate)) in addresses.iter().enumerate() {
        let intent = Intent::AddressNotice { account: *account, change: *change, fate: *fate };
        let mail = OutboxMail { intent, address: address.clone(), queued_at: queued.mail.queued_at, attempts: 0, fault: None };
        outbox::put(view, op.part(number), &mail)?;
    }
    Ok(())
}

/// Every address that `old` or `new` has, and what became of it: those that are gone first.
fn fates(old: &Account, new: &Account) -> Vec<(String, Fate)> {
    let (before, after) = (accounts::mails(old), accounts::mails(new));
    let removed = addresses(old).filter(|address| !after.contains(&fold(address))).map(|address| (address, Fate::Removed));
    let fate = |address: &str| if before.contains(&fold(address)) { Fate::Kept } else { Fate::Added };
    removed.chain(addresses(new).map(|address| (address, fate(address)))).map(|(address, fate)| (address.to_owned(), fate)).collect()
}
