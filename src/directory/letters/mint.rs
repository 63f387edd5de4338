//! Writing a mail: its tokens and its password are drawn now, and only what verifies them is stored.

use std::convert::Infallible;
use std::slice;

use super::{By, Content, Leased, Letter, MailedLink, Occasion, language_of, name_of};
use crate::directory::notice::addresses;
use crate::directory::{Caller, Directory, Unavailable};
use crate::domain::account::Account;
use crate::domain::audit::AuditEvent;
use crate::domain::caller::{Actor, Source};
use crate::domain::credential::Credential;
use crate::domain::id::Id;
use crate::domain::outbox::{AddressChanged, Fate, Intent, MailKind, PasswordChanged};
use crate::domain::reset::{self, Digests, Generated, ResetRequested, TokenDigest, Validity};
use crate::domain::time::UnixTime;
use crate::secret::{self, Secret};
use crate::store::outbox::{self, OutboxError, Queued};
use crate::store::pending_addresses;
use crate::store::resets::{self, Pending};
use crate::store::{Fail, Stop, View, accounts, services};

/// The daemon itself, where it writes down what it did unasked.
pub(in crate::directory) const DAEMON: Caller = Caller { actor: Actor::System, source: Source::Internal, must_change: false };

impl Directory {
    /// Mints what `leased` needs, stores digests and credentials, and gives what is to be written; none: there is
    /// nothing to send any more, and the mail is gone from the queue.
    ///
    /// # Errors
    /// If the store or the hash threads do not answer: the mail comes up again.
    pub async fn write_letter(&self, leased: &Leased) -> Result<Option<Letter>, Unavailable> {
        let queued = &leased.0;
        let written = match &queued.mail.intent {
            Intent::ResetLink { accounts, requested } => self.write_links(queued, accounts, *requested).await?,
            Intent::SentLink { account, sent } | Intent::Invitation { account, sent } => {
                self.write_links(queued, slice::from_ref(account), sent.requested).await?
            }
            Intent::GeneratedPassword { account, requested, .. } => self.write_password(queued, *account, *requested).await?,
            Intent::SentPassword { account, sent, .. } => self.write_password(queued, *account, sent.requested).await?,
            Intent::PasswordNotice { account, change } => self.write_notice(*account, *change).await?,
            Intent::AddressNotice { account, change, fate } => self.write_address_notice(*account, *change, *fate).await?,
            Intent::AddressLink { account, requested } => self.write_address_link(queued, *account, *requested).await?,
            Intent::AddressesChanged { .. } => return self.tell_each_address(queued).await.map(|()| None),
        };
        let Some((first, content)) = written else {
            self.withdraw(queued).await?;
            return Ok(None);
        };
        Ok(Some(Letter {
            id: (queued.op, queued.mail.attempts),
            to: queued.mail.address.clone(),
            name: if queued.mail.intent.accounts().len() == 1 { name_of(&first) } else { None },
            language: language_of(&first),
            content,
        }))
    }

    /// New links for those of `accounts` that still have the address and may bind.
    async fn write_links(&self, queued: &Queued, accounts: &[Id], requested: ResetRequested) -> Result<Written, Unavailable> {
        let drawn: Vec<(Id, Secret, Secret)> = accounts.iter().map(|id| (*id, secret::token(), secret::token())).collect();
        let digests =
            |(id, token, revoke): &(Id, Secret, Secret)| (*id, Digests { reset: TokenDigest::of(token), revoke: TokenDigest::of(revoke) });
        let minted: Vec<(Id, Digests)> = drawn.iter().map(digests).collect();
        let (queued, now, valid_for) = (queued.clone(), self.clock.now(), self.lifetime_of(&queued.mail.intent));
        let valid = Validity::starting(now, valid_for);
        let rule = move |view: &mut View<'_>| {
            let mut kept = Vec::new();
            for (id, digests) in &minted {
                if let Some(account) = addressee(view, *id, &queued, now)? {
                    let link = reset::LinkGrants { mail: queued.op, digests: *digests, valid };
                    resets::mint(view, *id, &queued.mail.address, link, now)?;
                    kept.push(account);
                }
            }
            Ok::<_, Stop<Infallible>>((kept, occasion(view, &queued.mail.intent)?))
        };
        let (kept, occasion) = self.store.run(rule).await.map_err(|_| Unavailable)?;
        let links = drawn.into_iter().filter_map(|(id, token, revoke)| {
            let account = kept.iter().find(|account| account.id == id)?;
            Some(MailedLink { account: id, login: account.uid.clone(), token, revoke })
        });
        let content = Content::ResetLinks { links: links.collect(), requested, valid_for, occasion };
        Ok(kept.into_iter().next().map(|first| (first, content)))
    }

    /// A link to the address that the account waits for, if it still does.
    async fn write_address_link(&self, queued: &Queued, id: Id, requested: ResetRequested) -> Result<Written, Unavailable> {
        let (token, now, valid_for) = (secret::token(), self.clock.now(), self.settings.reset.token_ttl);
        let (queued, digest, valid) = (queued.clone(), TokenDigest::of(&token), Validity::starting(now, valid_for));
        let rule = move |view: &mut View<'_>| {
            let account = accounts::load(view, id)?.filter(|account| account.is_usable(now));
            let (true, Some(account)) = (outbox::holds(view, &queued)?, account) else { return Ok(None) };
            let minted = pending_addresses::mint(view, id, queued.op, digest, valid)?;
            Ok::<_, Stop<Infallible>>(minted.map(|_| account))
        };
        let found = self.store.run(rule).await.map_err(|_| Unavailable)?;
        Ok(found.map(|account| {
            let content = Content::AddressLink { login: account.uid.clone(), token, valid_for, requested };
            (account, content)
        }))
    }

    /// A new password, which waits for the mail to be taken.
    async fn write_password(&self, queued: &Queued, account: Id, requested: ResetRequested) -> Result<Written, Unavailable> {
        let password = secret::generated_password();
        // The daemon's own queue of the hash threads: no flood from elsewhere keeps it waiting for ever.
        let verifier = self.hasher.hash(Source::Internal, password.clone()).await.map_err(|_| Unavailable)?;
        let (queued, now, generated) = (queued.clone(), self.clock.now(), self.settings.reset.generated);
        let credential = Credential { verifier, set_at: now, good_until: None };
        let pending = Pending { mail: queued.op, credential, generated };
        let rule = move |view: &mut View<'_>| {
            let found = addressee(view, account, &queued, now)?;
            let found = found.filter(|account| is_awaited(account, &queued));
            let Some(found) = found else { return Ok(None) };
            resets::pend(view, account, &pending);
            Ok::<_, Stop<Infallible>>(Some((found, sender(view, &queued.mail.intent)?)))
        };
        let found = self.store.run(rule).await.map_err(|_| Unavailable)?;
        let Generated { must_change, good_for } = generated;
        Ok(found.map(|(account, by)| {
            let (login, is_first) = (account.uid.clone(), account.password_changed_at.is_none());
            let content = Content::GeneratedPassword { login, password, is_first, must_change, good_for, requested, by };
            (account, content)
        }))
    }

    /// The notice goes to the address of that moment, whatever has become of it since.
    async fn write_notice(&self, account: Id, change: PasswordChanged) -> Result<Written, Unavailable> {
        Ok(self.told(account, change.by).await?.map(|(account, by)| {
            let PasswordChanged { source, at, way, language, .. } = change;
            let content = Content::PasswordNotice { login: account.uid.clone(), by, source, at, way, language };
            (account, content)
        }))
    }

    /// Likewise.
    async fn write_address_notice(&self, account: Id, change: AddressChanged, fate: Fate) -> Result<Written, Unavailable> {
        Ok(self.told(account, change.by).await?.map(|(account, by)| {
            let AddressChanged { source, at, .. } = change;
            let content = Content::AddressNotice { login: account.uid.clone(), by, source, at, fate };
            (account, content)
        }))
    }

    /// The account that is told of something, and who did it.
    async fn told(&self, account: Id, by: Actor) -> Result<Option<(Account, By)>, Unavailable> {
        let rule = |view: &mut View<'_>| {
            let Some(account) = accounts::load(view, account)? else { return Ok(None) };
            let by = by_whom(view, account.id, by)?;
            Ok(Some((account, by)))
        };
        self.store.read(rule).await.map_err(|_: Fail<Infallible>| Unavailable)
    }

    /// Takes a mail out of the queue that has become pointless.
    async fn withdraw(&self, queued: &Queued) -> Result<(), Unavailable> {
        let event = AuditEvent::MailDropped { target: queued.mail.intent.whom(), kind: queued.mail.intent.kind() };
        let queued = queued.clone();
        match self.once(&DAEMON, vec![event], move |view| outbox::remove(view, &queued)).await {
            // Not ours any more: whoever has it now decides.
            Ok(()) | Err(Fail::Rule(OutboxError::Gone)) => Ok(()),
            Err(Fail::Conflict | Fail::Unknown | Fail::Down) => Err(Unavailable),
        }
    }
}

/// The first account that a mail is for, and what it says; none: nothing.
type Written = Option<(Account, Content)>;

/// The account `id`, if it is to get `queued`: it may bind and has the address, and the mail is still in these hands.
/// Otherwise nothing is minted, which could take the place of what another sender has just minted.
fn addressee(view: &mut View<'_>, id: Id, queued: &Queued, now: UnixTime) -> Result<Option<Account>, Stop<Infallible>> {
    if !outbox::holds(view, queued)? {
        return Ok(None);
    }
    let account = accounts::load(view, id)?.filter(|account| account.is_usable(now));
    Ok(account.filter(|account| addresses(account).any(|address| address == queued.mail.address)))
}

/// Whether the account still has the password that this mail is to replace.
fn is_awaited(account: &Account, queued: &Queued) -> bool {
    match &queued.mail.intent {
        Intent::GeneratedPassword { replaces, .. } | Intent::SentPassword { replaces, .. } => *replaces == account.password_changed_at,
        Intent::ResetLink { .. }
        | Intent::SentLink { .. }
        | Intent::Invitation { .. }
        | Intent::PasswordNotice { .. }
        | Intent::AddressesChanged { .. }
        | Intent::AddressNotice { .. }
        | Intent::AddressLink { .. } => false,
    }
}

/// Why the links of `intent` are sent.
fn occasion(view: &mut View<'_>, intent: &Intent) -> Result<Occasion, Stop<Infallible>> {
    Ok(match (intent.kind(), sender(view, intent)?) {
        (_, None) => Occasion::Asked,
        (MailKind::Invitation, Some(by)) => Occasion::Welcome(by),
        (_, Some(by)) => Occasion::Sent(by),
    })
}

/// Who has the mail sent, if that is somebody else than whom it is for.
fn sender(view: &mut View<'_>, intent: &Intent) -> Result<Option<By>, Stop<Infallible>> {
    match intent.sent() {
        Some((account, sent)) => by_whom(view, account, sent.by).map(Some),
        None => Ok(None),
    }
}

fn by_whom(view: &mut View<'_>, owner: Id, by: Actor) -> Result<By, Stop<Infallible>> {
    Ok(match by {
        Actor::Account(id) if id == owner => By::Owner,
        Actor::Account(id) => accounts::load(view, id)?.map_or(By::System, |other| By::Other(name_of(&other).unwrap_or(other.uid))),
        Actor::Service(id) => services::load(view, id)?.map_or(By::System, |service| By::Other(service.uid)),
        Actor::Anonymous | Actor::System => By::System,
    })
}
