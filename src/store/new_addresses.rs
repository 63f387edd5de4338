//! Mail addresses that people have given their accounts themselves, and since when: no link to a new password is sent
//! there for a while. What an administrator or a manager gives an account is as good as what it had.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::accounts::mails;
use super::keys;
use super::records::{self, StoredRecord};
use super::view::{Stop, View};
use crate::domain::account::Account;
use crate::domain::id::Id;
use crate::domain::reset::LONGEST_WAIT;
use crate::domain::time::UnixTime;

/// The addresses of an account that are new, in key form, and since when; under `h/<account>`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewAddresses(pub(super) Vec<(String, UnixTime)>);

impl NewAddresses {
    /// Whether none of them has to wait any more, whatever the settings, so that this may be purged.
    pub fn are_over(&self, now: UnixTime) -> bool {
        self.0.iter().all(|(_, since)| now.since(*since) >= LONGEST_WAIT)
    }
}

/// Its owner has put `new` in place of `old`: the addresses that only `new` has are new.
pub fn given_by_owner<E>(view: &mut View<'_>, old: &Account, new: &Account, now: UnixTime) -> Result<(), Stop<E>> {
    let (before, after) = (mails(old), mails(new));
    let NewAddresses(mut held) = records::load(view, &keys::new_addresses(new.id))?.unwrap_or_default();
    held.retain(|(address, _)| after.contains(address));
    held.extend(after.into_iter().filter(|address| !before.contains(address)).map(|address| (address, now)));
    match held.is_empty() {
        true => view.delete(keys::new_addresses(new.id)),
        false => records::store(view, keys::new_addresses(new.id), &NewAddresses(held)),
    }
    Ok(())
}

/// Somebody else has set the addresses of `account`: none has to wait.
pub fn given_by_other(view: &mut View<'_>, account: Id) {
    view.delete(keys::new_addresses(account));
}

/// The addresses of `account`, in key form, that have not been its own for `wait` at `now`. Current.
pub fn waiting<E>(view: &mut View<'_>, account: Id, wait: Duration, now: UnixTime) -> Result<Vec<String>, Stop<E>> {
    let NewAddresses(held) = records::load(view, &keys::new_addresses(account))?.unwrap_or_default();
    Ok(held.into_iter().filter(|(_, since)| now.since(*since) < wait).map(|(address, _)| address).collect())
}

impl StoredRecord for NewAddresses {
    const NAME: &'static str = "new addresses";
}
