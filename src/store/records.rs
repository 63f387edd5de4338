//! How records are written: a format version byte, then postcard. The values of indexes are bare ids.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::keys;
use super::view::{Key, Stop, StoredValue, View};
use crate::domain::account::Account;
use crate::domain::audit::AuditRow;
use crate::domain::credential::Credential;
use crate::domain::group::{Group, GroupKind};
use crate::domain::id::Id;
use crate::domain::listing::PersonListing;
use crate::domain::reset::ResetGrant;
use crate::domain::service::ServiceAccount;
use crate::domain::session::WebSession;
use crate::domain::throttle::Failures;
use crate::domain::time::UnixTime;

/// What is stored under a key of its own. A change of its fields is a new format version, which the migration writes.
pub trait StoredRecord: Serialize + DeserializeOwned {
    /// What it is called where it cannot be read.
    const NAME: &'static str;
    /// The version of its format that this program writes and reads.
    const FORMAT: u8 = 1;
}

impl StoredRecord for Account {
    const NAME: &'static str = "account";
}

impl StoredRecord for ServiceAccount {
    const NAME: &'static str = "service account";
}

impl StoredRecord for Group {
    const NAME: &'static str = "group";
}

impl StoredRecord for Credential {
    const NAME: &'static str = "credential";
    const FORMAT: u8 = 2;
}

impl StoredRecord for PersonListing {
    const NAME: &'static str = "listing";
}

impl StoredRecord for Failures {
    const NAME: &'static str = "failures";
}

impl StoredRecord for AuditRow {
    const NAME: &'static str = "audit row";
    const FORMAT: u8 = 3;
}

impl StoredRecord for ResetGrant {
    const NAME: &'static str = "reset grant";
}

impl StoredRecord for WebSession {
    const NAME: &'static str = "session";
}

/// `record` as it is stored.
///
/// # Panics
/// Never: postcard refuses only sequences of unknown length, which no record has.
pub fn encode<T: StoredRecord>(record: &T) -> StoredValue {
    postcard::to_extend(record, vec![T::FORMAT]).expect("every sequence in a record knows its length")
}

/// The record in `value`.
///
/// # Errors
/// [`Stop::Corrupt`] if it is of another format version, or not such a record at all.
pub fn decode<T: StoredRecord, E>(value: &[u8]) -> Result<T, Stop<E>> {
    match value.split_first() {
        Some((&version, bytes)) if version == T::FORMAT => match postcard::take_from_bytes(bytes) {
            Ok((record, [])) => Ok(record),
            Ok((_, rest)) => Err(Stop::Corrupt(format!("{}: {} bytes too many", T::NAME, rest.len()))),
            Err(error) => Err(Stop::Corrupt(format!("{}: {error}", T::NAME))),
        },
        Some((version, _)) => Err(Stop::Corrupt(format!("{}: format version {version}, this program knows {}", T::NAME, T::FORMAT))),
        None => Err(Stop::Corrupt(format!("{}: empty", T::NAME))),
    }
}

/// The record under `key`, if there is one. Current.
///
/// # Errors
/// [`Stop::Corrupt`] if it cannot be read, and what the view itself says.
pub fn load<T: StoredRecord, E>(view: &mut View<'_>, key: &[u8]) -> Result<Option<T>, Stop<E>> {
    view.get_with(key, decode)
}

/// Stores `record` under `key`.
pub fn store<T: StoredRecord>(view: &mut View<'_>, key: Key, record: &T) {
    view.put(key, encode(record));
}

/// The value of an index: the id it leads to.
pub fn encode_id(id: Id) -> StoredValue {
    id.to_bytes().to_vec()
}

/// The id that an index leads to.
///
/// # Errors
/// [`Stop::Corrupt`] if it is none.
pub fn decode_id<E>(value: &[u8]) -> Result<Id, Stop<E>> {
    let bytes = value.try_into().map_err(|_| Stop::Corrupt(format!("index: {} bytes where an id has 8", value.len())))?;
    Ok(Id::from_bytes(bytes))
}

/// The id under the index key `key`, if there is one. Current.
///
/// # Errors
/// [`Stop::Corrupt`] if it is none, and what the view itself says.
pub fn load_id<E>(view: &mut View<'_>, key: &[u8]) -> Result<Option<Id>, Stop<E>> {
    view.get_with(key, decode_id)
}

/// What an `entryUUID` leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// An account.
    Account(Id),
    /// A service account.
    Service(Id),
    /// A group or a team.
    Group(Id),
}

impl Owner {
    /// Its name in the store.
    pub fn id(self) -> Id {
        match self {
            Owner::Account(id) | Owner::Service(id) | Owner::Group(id) => id,
        }
    }
}

/// The value of the `entryUUID` index.
pub fn encode_owner(owner: Owner) -> StoredValue {
    let (kind, id) = match owner {
        Owner::Account(id) => (b'a', id),
        Owner::Service(id) => (b'w', id),
        Owner::Group(id) => (b'b', id),
    };
    let mut value = vec![kind];
    value.extend_from_slice(&id.to_bytes());
    value
}

/// What the value of the `entryUUID` index leads to.
///
/// # Errors
/// [`Stop::Corrupt`] if it leads to nothing that is known.
pub fn decode_owner<E>(value: &[u8]) -> Result<Owner, Stop<E>> {
    let (kind, bytes) = value.split_first().ok_or_else(|| Stop::Corrupt("entryUUID index: empty".into()))?;
    let id = decode_id(bytes)?;
    match kind {
        b'a' => Ok(Owner::Account(id)),
        b'w' => Ok(Owner::Service(id)),
        b'b' => Ok(Owner::Group(id)),
        other => Err(Stop::Corrupt(format!("entryUUID index: kind {other} is not known"))),
    }
}

/// The value of a membership, from the account's side.
pub fn encode_kind(kind: GroupKind) -> StoredValue {
    match kind {
        GroupKind::Group => b"g".to_vec(),
        GroupKind::Team => b"t".to_vec(),
    }
}

/// Whether a membership is one of a group or of a team.
///
/// # Errors
/// [`Stop::Corrupt`] if it is neither.
pub fn decode_kind<E>(value: &[u8]) -> Result<GroupKind, Stop<E>> {
    match value {
        b"g" => Ok(GroupKind::Group),
        b"t" => Ok(GroupKind::Team),
        _ => Err(Stop::Corrupt("membership: neither of a group nor of a team".into())),
    }
}

/// The ids that the keys from `from` (included) to `to` (excluded) end with, in order, `limit` at most. Current.
///
/// # Errors
/// What the view itself says.
pub fn ids_in<E>(view: &mut View<'_>, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Id>, Stop<E>> {
    let mut ids = Vec::new();
    view.scan_with(from, to, limit, |key, _| ids.extend(keys::last_id(key)))?;
    Ok(ids)
}

/// The ids that the keys below `prefix` end with, in order, `limit` at most. Current.
///
/// # Errors
/// What the view itself says.
pub fn ids_below<E>(view: &mut View<'_>, prefix: &[u8], limit: usize) -> Result<Vec<Id>, Stop<E>> {
    let (from, to) = keys::range(prefix);
    ids_in(view, &from, &to, limit)
}

/// A point in time, where it is all there is to keep.
pub fn encode_time(at: UnixTime) -> StoredValue {
    at.as_millis().to_be_bytes().to_vec()
}

/// The point in time in `value`.
///
/// # Errors
/// [`Stop::Corrupt`] if it is none.
pub fn decode_time<E>(value: &[u8]) -> Result<UnixTime, Stop<E>> {
    let bytes = value.try_into().map_err(|_| Stop::Corrupt(format!("time: {} bytes where there are 8", value.len())))?;
    Ok(UnixTime::from_millis(u64::from_be_bytes(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::account::{Role, Status};
    use crate::domain::entry::Attributes;
    use crate::domain::schema::Attribute;
    use uuid::Uuid;

    fn account() -> Account {
        let mut attributes = Attributes::default();
        for (attribute, value) in [
            (Attribute::Cn, "Louise-Marie Delacroix-Fontaine"),
            (Attribute::Sn, "Delacroix-Fontaine"),
            (Attribute::GivenName, "Louise-Marie"),
            (Attribute::Mail, "louise-marie.delacroix-fontaine@example.org"),
        ] {
            attributes.set(attribute, vec![value.into()]);
        }
        Account {
            id: Id(u64::MAX),
            entry_uuid: Uuid::from_u128(u128::MAX),
            uid: "louise-marie.delacroix".into(),
            role: Role::User,
            status: Status::Active,
            expires_at: None,
            uid_number: u32::MAX,
            gid_number: u32::MAX,
            created_at: UnixTime::from_secs(1_795_338_000),
            modified_at: UnixTime::from_secs(1_795_338_000),
            password_changed_at: Some(UnixTime::from_secs(1_795_338_000)),
            must_change: false,
            attributes,
        }
    }

    #[test]
    fn a_record_comes_out_as_it_went_in_and_is_small() {
        let value = encode(&account());
        assert_eq!(decode::<Account, ()>(&value), Ok(account()));
        assert!(value.len() <= 250, "{} bytes", value.len());
    }

    #[test]
    fn another_format_is_refused_with_a_text() {
        let mut value = encode(&account());
        value[0] = 9;
        assert_eq!(decode::<Account, ()>(&value), Err(Stop::Corrupt("account: format version 9, this program knows 1".into())));
        assert_eq!(decode::<Account, ()>(&[]), Err(Stop::Corrupt("account: empty".into())));
    }

    #[test]
    fn junk_and_every_truncation_are_refused() {
        let value = encode(&account());
        for length in 0..value.len() {
            assert!(matches!(decode::<Account, ()>(&value[..length]), Err(Stop::Corrupt(_))), "{length} bytes");
        }
        let mut longer = value.clone();
        longer.push(0);
        assert_eq!(decode::<Account, ()>(&longer), Err(Stop::Corrupt("account: 1 bytes too many".into())));
        assert!(decode_id::<()>(&[1; 7]).is_err());
        assert!(decode_owner::<()>(b"?12345678").is_err());
        assert!(decode_owner::<()>(b"").is_err());
        assert!(decode_time::<()>(b"").is_err());
    }

    #[test]
    fn the_values_of_indexes_come_out_as_they_went_in() {
        assert_eq!(decode_id::<()>(&encode_id(Id(5))), Ok(Id(5)));
        for owner in [Owner::Account(Id(1)), Owner::Service(Id(2)), Owner::Group(Id(3))] {
            assert_eq!(decode_owner::<()>(&encode_owner(owner)), Ok(owner));
        }
        assert_eq!(decode_time::<()>(&encode_time(UnixTime::from_secs(3))), Ok(UnixTime::from_secs(3)));
    }
}
