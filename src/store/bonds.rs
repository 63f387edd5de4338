//! What the connections and sessions of an account or an application hang on: a number that goes up whenever whoever is
//! signed in has to sign in again, because the password or what it opens is another.

use serde::{Deserialize, Serialize};

use super::keys;
use super::records::{self, StoredRecord};
use super::sessions;
use super::view::{Stop, View};
use crate::domain::id::Id;

/// How often what hangs on an account or an application has ended, under `B/<id>`; none is stored for never.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bond(pub u64);

impl Bond {
    /// The bond after one more end.
    pub fn next(self) -> Bond {
        Bond(self.0.wrapping_add(1))
    }
}

/// The bond of the account or service `id`. Current.
pub fn load<E>(view: &mut View<'_>, id: Id) -> Result<Bond, Stop<E>> {
    Ok(records::load(view, &keys::bond(id))?.unwrap_or_default())
}

/// Ends the connections and the sessions of the pages that the account or service `id` has. A connection notices when it
/// asks for something next, or within a minute.
pub fn end_all<E>(view: &mut View<'_>, id: Id) -> Result<(), Stop<E>> {
    let next = load(view, id)?.next();
    records::store(view, keys::bond(id), &next);
    sessions::end_all(view, id);
    Ok(())
}

impl StoredRecord for Bond {
    const NAME: &'static str = "bond";
}
