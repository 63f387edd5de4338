//! The rules by which credentials are read and set. Hashing is done before, never within a rule.

use thiserror::Error;

use crate::domain::credential::{Credential, Verifier};
use crate::domain::id::{Id, OpId};
use crate::domain::time::UnixTime;

use super::resets::{self, Pending};
use super::view::{Stop, View};
use super::{bonds, failures, keys, lookup, pending_addresses, records, sessions};

/// Why a credential is not set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CredentialError {
    /// Nobody has that id any more.
    #[error("the account is not there any more")]
    Gone,
    /// Somebody else has set it since it was read.
    #[error("the password has been changed by somebody else meanwhile; try again")]
    Changed,
}

/// What a new credential means for the next binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effect {
    /// The next bind may do nothing but change the password (`pwdReset`).
    pub must_change: bool,
    /// The failures are forgotten, and the account is not throttled any more.
    pub clear_failures: bool,
}

/// Whether a generated password has been put in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activated {
    /// It has.
    Yes,
    /// It was not on its way any more.
    No,
}

/// The credential of an account or service account. Current.
pub fn load<E>(view: &mut View<'_>, id: Id) -> Result<Option<Credential>, Stop<E>> {
    records::load(view, &keys::credential(id))
}

/// Gives the account or service account `id` this credential. What could have set another one, and whoever is signed in
/// with the old one, ends: reset grants, a mail address that waits, a generated password on its way, connections and
/// sessions of the pages.
pub fn set<E: From<CredentialError>>(view: &mut View<'_>, id: Id, credential: &Credential, effect: Effect) -> Result<(), Stop<E>> {
    if let Some(mut account) = lookup::account(view, id)? {
        account.password_changed_at = Some(credential.set_at);
        account.modified_at = account.modified_at.max(credential.set_at);
        account.must_change = effect.must_change;
        view.put(keys::account(id), records::encode(&account));
        resets::end_all(view, id)?;
        pending_addresses::end(view, id);
        sessions::end_all(view, id);
    } else if lookup::service(view, id)?.is_none() {
        return Err(Stop::Rule(E::from(CredentialError::Gone)));
    }
    // Nobody has a connection where there was none.
    if view.has(&keys::credential(id))? {
        bonds::end_all(view, id)?;
    }
    view.put(keys::credential(id), records::encode(credential));
    if effect.clear_failures {
        failures::clear(view, id)?;
    }
    Ok(())
}

/// Puts the generated password in force that is on its way in the mail `mail`, if it still is. It ends sessions and
/// grants and clears the throttle, as every new password does.
pub fn activate_pending<E: From<CredentialError>>(
    view: &mut View<'_>,
    account: Id,
    mail: OpId,
    now: UnixTime,
) -> Result<Activated, Stop<E>> {
    let Some(Pending { credential, generated, .. }) = resets::pending(view, account)?.filter(|pending| pending.mail == mail) else {
        return Ok(Activated::No);
    };
    let good_until = generated.good_for.map(|good_for| now.plus(good_for));
    let credential = Credential { set_at: now, good_until, ..credential };
    let effect = Effect { must_change: generated.must_change, clear_failures: true };
    set(view, account, &credential, effect)?;
    Ok(Activated::Yes)
}

/// Writes the same password with today's parameters: `verifier` in place of `old`. It is no new password, so nothing
/// else changes.
pub fn rewrite<E: From<CredentialError>>(view: &mut View<'_>, id: Id, old: &Verifier, verifier: Verifier) -> Result<(), Stop<E>> {
    let credential = check_unchanged(view, id, old)?;
    view.put(keys::credential(id), records::encode(&Credential { verifier, ..credential }));
    Ok(())
}

/// Refuses if the verifier is not `old` any more: what was verified before a rule ran must be what it replaces. Gives
/// the credential.
pub fn check_unchanged<E: From<CredentialError>>(view: &mut View<'_>, id: Id, old: &Verifier) -> Result<Credential, Stop<E>> {
    match load(view, id)? {
        None => Err(Stop::Rule(E::from(CredentialError::Gone))),
        Some(credential) if credential.verifier != *old => Err(Stop::Rule(E::from(CredentialError::Changed))),
        Some(credential) => Ok(credential),
    }
}
