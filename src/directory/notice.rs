//! The notice that every change of a password sends to the account's addresses, queued by the rule that makes the change.
//! Not in charge of what it says: that is the mail's.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::Directory;
use crate::domain::account::Account;
use crate::domain::caller::{Actor, Source};
use crate::domain::id::{Id, OpId};
use crate::domain::language::Language;
use crate::domain::outbox::{Intent, OutboxMail, PasswordChanged, PasswordWay};
use crate::domain::schema::Attribute;
use crate::secret;
use crate::store::accounts::{self, MAX_MAILS};
use crate::store::{Stop, View, outbox};

/// A notice that is to be queued.
#[derive(Clone, Debug)]
pub(super) struct PasswordNotice {
    /// None: no mail is sent here at all.
    op: Option<OpId>,
    change: PasswordChanged,
    /// How many mails the last run of the rule has queued.
    queued: Arc<AtomicU64>,
}

impl Directory {
    /// The notice of a change that is about to be made `by` somebody, from `source`.
    pub(super) fn notice(&self, by: Actor, source: Source, way: PasswordWay) -> PasswordNotice {
        let op = self.settings.sends_mail.then(|| OpId(secret::random()));
        PasswordNotice { op, change: PasswordChanged { by, source, at: self.clock.now(), way, language: None }, queued: Arc::default() }
    }

    /// The rule that queues `notice` has been committed.
    pub(super) fn notified(&self, notice: &PasswordNotice) {
        self.mails_were_queued(notice.queued.load(Relaxed));
    }
}

impl PasswordNotice {
    /// The same, of a change on a page in `language`.
    pub(super) fn on_page_in(mut self, language: Language) -> PasswordNotice {
        self.change.language = Some(language);
        self
    }

    /// Queues it for `account`, as part of the rule that changes the password: to all of its addresses (NIST SP 800-63B
    /// §4.6), since one of them may be the reason for it. An application's secret tells nobody.
    pub(super) fn queue<E>(&self, view: &mut View<'_>, account: Id) -> Result<(), Stop<E>> {
        let (Some(op), Some(account)) = (self.op, accounts::load(view, account)?) else { return Ok(()) };
        let mut queued = 0;
        for (number, address) in addresses(&account).take(MAX_MAILS).enumerate() {
            let intent = Intent::PasswordNotice { account: account.id, change: self.change };
            let mail = OutboxMail { intent, address: address.to_owned(), queued_at: self.change.at, attempts: 0, fault: None };
            outbox::put(view, op.part(number), &mail)?;
            queued += 1;
        }
        self.queued.store(queued, Relaxed);
        Ok(())
    }
}

/// The mail addresses of `account`, as it has them.
pub(super) fn addresses(account: &Account) -> impl Iterator<Item = &str> {
    account.attributes.values(Attribute::Mail).iter().filter_map(|mail| std::str::from_utf8(mail).ok())
}
