//! Mail addresses that people who are no administrators give to accounts. Nobody gets one that somebody else has; and what
//! people give themselves counts once a link that was sent there has been opened and confirmed, so that nobody has an
//! address that is not theirs to read.

use super::change::Proof;
use super::draft::Draft;
use super::error::{EditError, NewAddressRefusal, Wrong, refuse};
use super::{Call, EditRule};
use crate::directory::notice::addresses;
use crate::directory::target::FoundEntry;
use crate::directory::{Actor, Caller, Directory};
use crate::domain::access;
use crate::domain::account::Account;
use crate::domain::audit::AuditEvent;
use crate::domain::id::{Id, OpId};
use crate::domain::language::Language;
use crate::domain::outbox::{Intent, MailKind, OutboxMail};
use crate::domain::record::Record;
use crate::domain::reset::{RateVerdict, ResetLimits, ResetRequested};
use crate::domain::schema::Attribute;
use crate::domain::tree::fold;
use crate::secret;
use crate::store::accounts::{AccountError, MAX_MAILS};
use crate::store::pending_addresses::{self, PendingAddress};
use crate::store::{View, accounts, outbox, resets, services};

/// What a link to a new address takes.
pub(super) struct LinkMail {
    /// The name of its mail; none: no mail is sent here at all.
    op: Option<OpId>,
    limits: ResetLimits,
    requested: ResetRequested,
}

impl Directory {
    pub(super) fn link_mail(&self, caller: &Caller, requested: Option<ResetRequested>) -> LinkMail {
        let unasked = ResetRequested { at: self.clock.now(), source: caller.source, language: Language::English };
        LinkMail {
            op: self.settings.sends_mail.then(|| OpId(secret::random())),
            limits: self.settings.reset.limits.clone(),
            requested: requested.unwrap_or(unasked),
        }
    }
}

impl Call {
    /// Refuses an address that the caller may not give the account; one of the caller's own is left to wait for its link.
    pub(super) fn check_addresses(&self, view: &mut View<'_>, found: &FoundEntry, draft: &mut Draft) -> EditRule<()> {
        let (Record::Account(old), Record::Account(new)) = (&found.record, &draft.record) else { return Ok(()) };
        if access::administers(&found.subject) {
            return Ok(());
        }
        if self.caller.actor != Actor::Account(new.id) {
            return check_unshared(view, (!self.adds()).then_some(old), new);
        }
        let held = accounts::mails(old);
        let given: Vec<String> = addresses(new).filter(|address| !held.contains(&fold(address))).map(str::to_owned).collect();
        match (given.as_slice(), &self.edit.proof) {
            ([], _) => Ok(()),
            // RFC 4511 §4.6: what is answered with success has been done; a client that reads it back finds it. So an
            // address that would have to wait is refused.
            (_, Proof::Bound) => refused(NewAddressRefusal::OnThePage),
            ([_], Proof::Opened(digest)) => match pending_addresses::load(view, new.id)? {
                Some(pending) if pending.is_opened_by(*digest, self.now) && addresses(new).eq(pending.wanted.iter()) => {
                    check_unshared(view, Some(old), new)
                }
                Some(_) | None => refused(NewAddressRefusal::NotAwaited),
            },
            ([address], Proof::Typed(_)) => {
                // Whether somebody else has it is found out by whoever can read what is sent there, and by nobody else.
                let pending = self.pending(new, address)?;
                let old = old.attributes.values(Attribute::Mail).to_vec();
                draft.wait_for(pending, old);
                Ok(())
            }
            (_, Proof::Typed(_) | Proof::Opened(_)) => refused(NewAddressRefusal::OneAtATime),
        }
    }

    fn pending(&self, new: &Account, address: &str) -> EditRule<PendingAddress> {
        let Some(mail) = self.link_mail.op else { return refused(NewAddressRefusal::NoMail) };
        let wanted: Vec<String> = addresses(new).map(str::to_owned).collect();
        if wanted.len() > MAX_MAILS {
            return refuse(AccountError::TooManyMails.into());
        }
        Ok(PendingAddress { wanted, address: address.to_owned(), requested: self.link_mail.requested, mail, link: None })
    }

    /// Has the account `id` wait for `pending`, and queues the link.
    pub(super) fn await_link(&self, view: &mut View<'_>, id: Id, pending: &PendingAddress) -> EditRule<()> {
        if resets::admit_sent(view, id, &self.link_mail.limits, self.now)? == RateVerdict::No {
            return refused(NewAddressRefusal::TooMany);
        }
        pending_addresses::store(view, id, pending);
        let intent = Intent::AddressLink { account: id, requested: pending.requested };
        let mail = OutboxMail { intent, address: pending.address.clone(), queued_at: self.now, attempts: 0, fault: None };
        outbox::put(view, pending.mail, &mail)
    }
}

/// Refuses an address that `new` has and `old` has not, where it is another account's, or the name of somebody or something
/// else: whoever shares it could sign in to applications as the other, and keeps them from signing in by it. What it is to
/// whom is not told. Current.
fn check_unshared(view: &mut View<'_>, old: Option<&Account>, new: &Account) -> EditRule<()> {
    let held = old.map(accounts::mails).unwrap_or_default();
    for mail in accounts::mails(new).into_iter().filter(|mail| !held.contains(mail)) {
        let shared = accounts::ids_of_mail(view, &mail, 2)?.into_iter().any(|holder| holder != new.id);
        let login = accounts::id_of_uid(view, &mail)?.is_some_and(|holder| holder != new.id);
        if shared || login || services::by_uid(view, &mail)?.is_some() {
            return refuse(EditError::fault(Attribute::Mail, Wrong::MailTaken(mail)));
        }
    }
    Ok(())
}

/// What is written down of an edit whose address waits: the rest of it, and the mail.
pub(super) fn told_while_waiting(events: Vec<AuditEvent>, target: Id) -> Vec<AuditEvent> {
    let without_mail = |event| match event {
        AuditEvent::Modified { target, dn, mut changes } => {
            changes.retain(|change| change.attribute != Attribute::Mail.name());
            (!changes.is_empty()).then_some(AuditEvent::Modified { target, dn, changes })
        }
        other => Some(other),
    };
    let queued = AuditEvent::MailQueued { target, kind: MailKind::AddressLink };
    events.into_iter().filter_map(without_mail).chain([queued]).collect()
}

fn refused<T>(refusal: NewAddressRefusal) -> EditRule<T> {
    refuse(EditError::fault(Attribute::Mail, Wrong::NewAddress(refusal)))
}
