//! Signing in on the pages: a bind by login or mail address that leaves a session behind. Not in charge of what one may
//! do then: each use case takes a [`Caller`](super::Caller) and looks.

pub(super) mod new_session;

use std::convert::Infallible;

use super::bind::{Asked, Attempt, called};
use super::letters::{language_of, name_of};
use super::{Actor, BindError, Caller, Directory, Hint, MAX_IDENTIFIER, PasswordChange, PasswordError, Target, Unavailable};
use crate::domain::access::{self, Object, PersonSubject, Subject};
use crate::domain::account::{Account, Role};
use crate::domain::audit::AuditEvent;
use crate::domain::caller::Source;
use crate::domain::id::Id;
use crate::domain::language::Language;
use crate::domain::reset::TokenDigest;
use crate::domain::schema::Attribute;
use crate::domain::session::SEEN_EVERY;
use crate::domain::tree::{TreePlace, fold};
use crate::secret::Secret;
use crate::store::{Fail, Stop, View, accounts, credentials, sessions};
use new_session::NewSession;

/// A session that has begun.
#[derive(Debug)]
pub struct SignedIn {
    /// What the browser shows from now on: 256 random bits as base64url.
    pub token: Secret,
    /// Nothing but changing the password is allowed.
    pub must_change: bool,
}

/// Who shows a session's token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// Who.
    pub account: Id,
    /// Their login.
    pub login: String,
    /// Their name, as it is shown.
    pub name: String,
    /// What they are. What they may do is looked up afresh by each use case; this is for what is shown to them.
    pub role: Role,
    /// The language that the account names.
    pub language: Option<Language>,
    /// Nothing but changing the password is allowed.
    pub must_change: bool,
    /// They may change their own mail addresses or telephone numbers.
    pub may_change_contact: bool,
}

impl Visitor {
    /// As a use case wants to know who calls it, from `source`.
    pub fn caller(&self, source: Source) -> Caller {
        Caller { actor: Actor::Account(self.account), source, must_change: self.must_change }
    }
}

impl Directory {
    /// Verifies `password` for a login or mail address, as a bind does: same throttle, same time, same answer for every
    /// reason. An address that several accounts share names nobody. The session of `former`, the token that the same
    /// browser had until now, ends in the same rule, whoever it was of.
    ///
    /// # Errors
    /// As of [`Directory::bind`]; the former session goes on then.
    pub async fn sign_in(
        &self,
        identifier: &str,
        password: Secret,
        former: Option<&Secret>,
        source: Source,
    ) -> Result<SignedIn, BindError> {
        let typed = identifier.trim();
        let name = if typed.len() <= MAX_IDENTIFIER { fold(typed) } else { String::new() };
        let nobody = self.nobody(&TreePlace::Account(name.clone()));
        let attempt = Attempt { asked: Asked::Page, password: &password, source };
        let proved = self.prove(attempt, |view| called(view, &name, nobody)).await?;
        self.renew(&proved, attempt).await;
        let (account, set_at) = (proved.principal.id(), proved.credential.set_at);
        let (token, session) = NewSession::draw(self.clock.now());
        let former = former.map(TokenDigest::of);
        let rule = move |view: &mut View<'_>| {
            if credentials::load(view, account)?.is_none_or(|credential| credential.set_at != set_at) {
                return Err(Stop::Rule(BindError::Invalid(Hint::None)));
            }
            if let Some(former) = former {
                sessions::end(view, former)?;
            }
            session.begin(view, account)
        };
        let caller = Caller { actor: Actor::Account(account), source, must_change: false };
        match self.once(&caller, vec![AuditEvent::SignedIn], rule).await {
            Ok(()) => Ok(SignedIn { token, must_change: proved.principal.must_change() }),
            Err(Fail::Rule(changed_meanwhile)) => Err(changed_meanwhile),
            Err(Fail::Conflict | Fail::Unknown | Fail::Down) => Err(BindError::Unavailable),
        }
    }

    /// Who shows `token`; none if the session is over, or its account may not bind any more.
    ///
    /// # Errors
    /// If the store does not answer.
    pub async fn visitor(&self, token: &Secret) -> Result<Option<Visitor>, Unavailable> {
        let (digest, lifetime, now) = (TokenDigest::of(token), self.settings.sessions, self.clock.now());
        let rule = |view: &mut View<'_>| {
            let Some(session) = sessions::live(view, digest, lifetime, now)? else { return Ok(None) };
            let account = accounts::load(view, session.account)?.filter(|account| account.is_usable(now));
            Ok(account.map(|account| (session, account)))
        };
        let found = self.store.read(rule).await.map_err(|_: Fail<Infallible>| Unavailable)?;
        let Some((session, account)) = found else { return Ok(None) };
        if now.since(session.seen_at) >= SEEN_EVERY {
            let seen = self.store.run(move |view| sessions::seen(view, digest, now)).await;
            seen.map_err(|_: Fail<Infallible>| Unavailable)?;
        }
        let (name, language) = (name_of(&account), language_of(&account));
        Ok(Some(Visitor {
            account: account.id,
            may_change_contact: may_change_contact(&account, &self.settings.access),
            name: name.unwrap_or_else(|| account.uid.clone()),
            login: account.uid,
            role: account.role,
            language,
            must_change: account.must_change,
        }))
    }

    /// Ends the session of `token`.
    ///
    /// # Errors
    /// If the store does not answer.
    pub async fn sign_out(&self, token: &Secret, source: Source) -> Result<(), Unavailable> {
        let (digest, lifetime, now) = (TokenDigest::of(token), self.settings.sessions, self.clock.now());
        let held = self.store.read(|view| sessions::live(view, digest, lifetime, now)).await;
        let Some(session) = held.map_err(|_: Fail<Infallible>| Unavailable)? else { return Ok(()) };
        let caller = Caller { actor: Actor::Account(session.account), source, must_change: false };
        let ended = self.once(&caller, vec![AuditEvent::SignedOut], move |view| sessions::end(view, digest)).await;
        ended.map_err(|_: Fail<Infallible>| Unavailable)
    }

    /// Changes the password of `visitor`, who knows the `old` one. All their sessions end; a new one begins.
    ///
    /// # Errors
    /// As of [`Directory::change_password`].
    pub async fn change_own_password(
        &self,
        visitor: &Visitor,
        old: Secret,
        new: Secret,
        source: Source,
    ) -> Result<SignedIn, PasswordError> {
        let caller = visitor.caller(source);
        let change = PasswordChange { target: Target::Caller, old: Some(old), new: Some(new), only_first: false };
        let (token, session) = NewSession::draw(self.clock.now());
        self.change_password_and_begin(&caller, change, Some(session)).await?;
        Ok(SignedIn { token, must_change: false })
    }
}

/// Whether `account` may change its own mail addresses or telephone numbers, whatever teams it owns.
fn may_change_contact(account: &Account, settings: &access::AccessSettings) -> bool {
    let subject = Subject::Account(PersonSubject { id: account.id, role: account.role, owned_teams: Vec::new() });
    let object = Object::Account { id: account.id, role: account.role, team: None, in_limited_group: false };
    let changes = |attribute| access::changes(&subject, &object, attribute, settings);
    changes(Attribute::Mail) || changes(Attribute::TelephoneNumber)
}

#[cfg(test)]
mod tests;
