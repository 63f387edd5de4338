//! People's accounts: how they are found, and the rules by which they are made, changed and deleted.
//! Every index of an account changes in the same rule as the account. Who may call a rule is decided elsewhere.

use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::domain::account::{Account, Role, Status};
use crate::domain::id::Id;
use crate::domain::schema::Attribute;
use crate::domain::time::UnixTime;
use crate::domain::tree::fold;

use super::memberships::{self, Cleared};
use super::records::{self, Owner};
use super::view::{Stop, View};
use super::{bonds, keys, listings, lookup, pending_addresses, resets, sessions};

pub use super::lookup::{
    account as load, account_by_uid as by_uid, account_id as id_of_uid, account_of_number as id_of_number, accounts_of_mail as ids_of_mail,
    by_uuid,
};

/// Why an account is not made or changed; the texts are for the person who asked.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[allow(missing_docs)] // Each text says it.
pub enum AccountError {
    #[error("the login {0:?} is taken by another account; choose another one")]
    UidTaken(String),
    #[error("the login {0:?} is the name of a service account; choose another one")]
    UidIsService(String),
    #[error("the login {login:?} is the mail address of {holder:?}, who could then be taken for this person; choose another one")]
    UidIsMail { login: String, holder: String },
    #[error("the mail address {mail:?} is the login of {holder:?}, who could then be taken for this person; use another address")]
    MailIsUid { mail: String, holder: String },
    #[error("the mail address {0:?} is the name of a service account; use another address")]
    MailIsService(String),
    #[error("an account has {MAX_MAILS} mail addresses at most; take some away")]
    TooManyMails,
    #[error("the uidNumber {0} belongs to another account; choose another one, or leave it out to be given the next free one")]
    NumberTaken(u32),
    #[error("{0:?} is the last administrator who is active and does not expire; give somebody else that role first")]
    LastAdministrator(String),
    #[error("the account is not there any more")]
    Gone,
}

/// Returns a digest of every field except those that follow from others; it changes when any of them does.
pub fn fingerprint(account: &Account) -> [u8; 32] {
    let bare = Account { password_changed_at: None, modified_at: UnixTime::default(), ..account.clone() };
    Sha256::digest(records::encode(&bare)).into()
}

/// Makes `account`, whose id and numbers the caller has drawn; see [`super::numbers`].
pub fn add<E: From<AccountError>>(view: &mut View<'_>, account: &Account) -> Result<(), Stop<E>> {
    check_uid(view, account)?;
    check_mails(view, account, &[])?;
    check_number(view, account)?;
    write_indexes(view, account);
    listings::change(view, None, Some(account));
    view.put(keys::entry_uuid(account.entry_uuid), records::encode_owner(Owner::Account(account.id)));
    view.put(keys::account(account.id), records::encode(account));
    Ok(())
}

/// Puts `new` in place of the account with the same id: its login, role, state and addresses too. What is
/// stored under names it no longer has is removed; its `entryUUID` stays. Mailed links end with a change of its addresses;
/// connections and sessions of the pages too when it is disabled, has another role, or had expired.
pub fn replace<E: From<AccountError>>(view: &mut View<'_>, new: &Account) -> Result<(), Stop<E>> {
    let old = load(view, new.id)?.ok_or_else(|| refuse(AccountError::Gone))?;
    if fold(&old.uid) != fold(&new.uid) {
        check_uid(view, new)?;
    }
    check_mails(view, new, &mails(&old))?;
    if old.uid_number != new.uid_number {
        check_number(view, new)?;
    }
    if is_lasting_administrator(&old) && !is_lasting_administrator(new) {
        check_other_administrator(view, &old)?;
    }
    end_what_hangs_on(view, &old, new)?;
    remove_indexes(view, &old);
    write_indexes(view, new);
    listings::change(view, Some(&old), Some(new));
    view.put(keys::account(new.id), records::encode(new));
    Ok(())
}

/// Deletes the account `id` with its credentials, failures, resets, sessions and memberships. Mails that wait for it stay
/// in the outbox, whose worker finds that they are for nobody. Where it has more memberships than
/// one rule may write, the rest is left to [`memberships::clear`]; nobody finds the account any more at once.
pub fn delete<E: From<AccountError>>(view: &mut View<'_>, id: Id) -> Result<Cleared, Stop<E>> {
    let account = load(view, id)?.ok_or_else(|| refuse(AccountError::Gone))?;
    if is_lasting_administrator(&account) {
        check_other_administrator(view, &account)?;
    }
    remove_indexes(view, &account);
    listings::change(view, Some(&account), None);
    sessions::end_all(view, id);
    let alone = [
        keys::account,
        keys::credential,
        keys::pending,
        keys::resets,
        keys::failures,
        keys::bond,
        keys::sent_to,
        keys::new_addresses,
        keys::pending_address,
    ];
    alone.into_iter().for_each(|key| view.delete(key(id)));
    view.delete(keys::entry_uuid(account.entry_uuid));
    memberships::clear_now(view, Owner::Account(id))
}

/// The addresses of `account` in key form, each once.
pub fn mails(account: &Account) -> Vec<String> {
    let mut folded: Vec<String> =
        account.attributes.values(Attribute::Mail).iter().filter_map(|mail| std::str::from_utf8(mail).ok()).map(fold).collect();
    folded.sort();
    folded.dedup();
    folded
}

/// A link that was mailed to an address the account no longer has, or to somebody who may not sign in, is worth nothing; one
/// that opens more than when it was mailed is worth too much. So are a connection and a session: whoever keeps one of a
/// member, or of somebody who has left, must not be an administrator one day by it.
fn end_what_hangs_on<E>(view: &mut View<'_>, old: &Account, new: &Account) -> Result<(), Stop<E>> {
    let opens_something_else = new.status == Status::Disabled || old.role != new.role || is_revived(old, new);
    if opens_something_else || mails(old) != mails(new) {
        resets::end_all(view, new.id)?;
        pending_addresses::end(view, new.id);
    }
    if opens_something_else {
        bonds::end_all(view, new.id)?;
    }
    Ok(())
}

/// Whether an account that had expired has not any more. What changes an account writes the time of that into it.
fn is_revived(old: &Account, new: &Account) -> bool {
    old.expires_at != new.expires_at && old.expires_at.is_some_and(|at| at <= new.modified_at)
}

/// Whether `account` may administer today and for ever, as far as anybody knows. There is always one such:
/// one who expires is not enough, since nobody acts on the day that happens.
fn is_lasting_administrator(account: &Account) -> bool {
    account.role == Role::Administrator && account.status == Status::Active && account.expires_at.is_none()
}

fn check_other_administrator<E: From<AccountError>>(view: &mut View<'_>, leaving: &Account) -> Result<(), Stop<E>> {
    // Read within the rule: of two administrators who disable each other, the second is refused.
    for id in records::ids_below(view, &keys::administrators(), ADMINISTRATORS_LOOKED_AT)? {
        if id != leaving.id && load(view, id)?.is_some_and(|other| is_lasting_administrator(&other)) {
            return Ok(());
        }
    }
    Err(refuse(AccountError::LastAdministrator(leaving.uid.clone())))
}

/// A login is one person's alone: not another's, not an application's, and not another person's mail address,
/// since people sign in and ask for a new password with either.
fn check_uid<E: From<AccountError>>(view: &mut View<'_>, account: &Account) -> Result<(), Stop<E>> {
    let uid = fold(&account.uid);
    if id_of_uid(view, &uid)?.is_some_and(|holder| holder != account.id) {
        return Err(refuse(AccountError::UidTaken(account.uid.clone())));
    }
    if lookup::service_id(view, &uid)?.is_some() {
        return Err(refuse(AccountError::UidIsService(account.uid.clone())));
    }
    let holders = ids_of_mail(view, &uid, 2)?;
    match holders.into_iter().find(|holder| *holder != account.id) {
        Some(holder) => Err(refuse(AccountError::UidIsMail { login: account.uid.clone(), holder: login_of(view, holder)? })),
        None => Ok(()),
    }
}

/// Several accounts may share an address, but it may not be another account's login, nor an application's. Addresses
/// that the account has `already` were looked at when it got them.
fn check_mails<E: From<AccountError>>(view: &mut View<'_>, account: &Account, already: &[String]) -> Result<(), Stop<E>> {
    let mails = mails(account);
    if mails.len() > MAX_MAILS {
        return Err(refuse(AccountError::TooManyMails));
    }
    for mail in mails.into_iter().filter(|mail| !already.contains(mail)) {
        match id_of_uid(view, &mail)? {
            Some(holder) if holder != account.id => {
                return Err(refuse(AccountError::MailIsUid { mail, holder: login_of(view, holder)? }));
            }
            Some(_) | None => {}
        }
        if view.has(&keys::service_login(&mail))? {
            return Err(refuse(AccountError::MailIsService(mail)));
        }
    }
    Ok(())
}

/// A number whose holder is gone, or has another one now, may be given again if somebody asks for just that one.
fn check_number<E: From<AccountError>>(view: &mut View<'_>, account: &Account) -> Result<(), Stop<E>> {
    let Some(holder) = id_of_number(view, account.uid_number)? else { return Ok(()) };
    if holder != account.id && load(view, holder)?.is_some_and(|other| other.uid_number == account.uid_number) {
        return Err(refuse(AccountError::NumberTaken(account.uid_number)));
    }
    Ok(())
}

fn write_indexes(view: &mut View<'_>, account: &Account) {
    view.put(keys::login(&fold(&account.uid)), records::encode_id(account.id));
    for mail in mails(account) {
        view.put(keys::mail(&mail, account.id), Vec::new());
    }
    view.put(keys::uid_number(account.uid_number), records::encode_id(account.id));
    if account.role == Role::Administrator {
        view.put(keys::administrator(account.id), Vec::new());
    }
}

/// All but the number's: it stays taken for ever, so that files on disk never get a new owner.
fn remove_indexes(view: &mut View<'_>, account: &Account) {
    view.delete(keys::login(&fold(&account.uid)));
    for mail in mails(account) {
        view.delete(keys::mail(&mail, account.id));
    }
    view.delete(keys::administrator(account.id));
}

fn login_of<E>(view: &mut View<'_>, id: Id) -> Result<String, Stop<E>> {
    Ok(load(view, id)?.map_or_else(|| id.to_string(), |account: Account| account.uid))
}

fn refuse<E: From<AccountError>>(error: AccountError) -> Stop<E> {
    Stop::Rule(E::from(error))
}

/// Mail addresses an account has at most.
pub const MAX_MAILS: usize = 8;

/// Administrators that are looked at to find one who stays, at most.
const ADMINISTRATORS_LOOKED_AT: usize = 24;
