//! To schema 4, where people are listed by name and found by words. The types and keys are those of schema 4, and stay as
//! they are when the live ones change. Which words lead to a person is said by `domain/listing/`: a change there is a
//! step of its own, which writes all of them again.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::rows::{Rows, each};
use crate::domain::account::{self, Account};
use crate::domain::entry::Attributes;
use crate::domain::id::Id;
use crate::domain::listing::{self, PersonListing};
use crate::domain::schema::Attribute;
use crate::domain::time::UnixTime;

pub(super) fn people_are_listed(rows: &mut Rows<'_>) -> Result<(), redb::Error> {
    each(rows, b"a", |rows, _, value| {
        let person = match value.split_first() {
            Some((1, record)) => postcard::take_from_bytes::<Person>(record).ok().filter(|(_, rest)| rest.is_empty()),
            Some(_) | None => None,
        };
        let person = person.and_then(|(person, _)| person.rows()).ok_or_else(unreadable)?;
        for (key, value) in person {
            rows.insert(key.as_slice(), value.as_slice())?;
        }
        Ok(())
    })
}

/// An account.
#[derive(Deserialize)]
#[allow(dead_code)] // Only what lists need is looked at.
struct Person {
    id: u64,
    entry_uuid: Uuid,
    uid: String,
    role: Role,
    status: Status,
    expires_at: Option<u64>,
    uid_number: u32,
    gid_number: u32,
    created_at: u64,
    modified_at: u64,
    password_changed_at: Option<u64>,
    must_change: bool,
    attributes: Vec<(u32, Vec<Vec<u8>>)>,
}

#[derive(Clone, Copy, PartialEq, Deserialize, Serialize)]
enum Role {
    User,
    Manager,
    Administrator,
}

#[derive(Clone, Copy, PartialEq, Deserialize, Serialize)]
enum Status {
    Active,
    Disabled,
}

/// The value of a row in the list of everybody.
#[derive(Serialize)]
struct Listed {
    role: Role,
    status: Status,
    expires_at: Option<u64>,
    words: String,
}

impl Person {
    /// The rows by which the person is found; none if an attribute is not known.
    fn rows(&self) -> Option<Vec<(Vec<u8>, Vec<u8>)>> {
        let named = self.named()?;
        let (name, listing) = (listing::sort_name(&named), PersonListing::of(&named));
        let words: Vec<&str> = listing.words().collect();
        let listed = Listed { role: self.role, status: self.status, expires_at: self.expires_at, words: words.join("\0") };
        let key = |head: &[u8], text: &str| [head, text.as_bytes(), &[0], &self.id.to_be_bytes()].concat();
        let mut rows = vec![(key(&[b'N', EVERYBODY], &name), postcard::to_extend(&listed, vec![1]).ok()?)];
        rows.extend(self.lists().map(|list| (key(&[b'N', list], &name), Vec::new())));
        rows.extend(words.into_iter().map(|word| (key(b"W", word), Vec::new())));
        Some(rows)
    }

    /// The short lists the person is in.
    fn lists(&self) -> impl Iterator<Item = u8> {
        let role = match self.role {
            Role::User => None,
            Role::Manager => Some(MANAGERS),
            Role::Administrator => Some(ADMINISTRATORS),
        };
        let disabled = (self.status == Status::Disabled).then_some(DISABLED);
        let expiring = self.expires_at.map(|_| EXPIRING);
        [role, disabled, expiring].into_iter().flatten()
    }

    /// The names of the person, for `domain/listing/`, which looks at nothing else of an account.
    fn named(&self) -> Option<Account> {
        let mut attributes = Attributes::default();
        for (position, values) in &self.attributes {
            attributes.add(Attribute::all().nth(*position as usize)?, values);
        }
        Some(Account {
            id: Id(self.id),
            entry_uuid: self.entry_uuid,
            uid: self.uid.clone(),
            role: account::Role::User,
            status: account::Status::Active,
            expires_at: None,
            uid_number: self.uid_number,
            gid_number: self.gid_number,
            created_at: UnixTime::default(),
            modified_at: UnixTime::default(),
            password_changed_at: None,
            must_change: false,
            attributes,
        })
    }
}

fn unreadable() -> redb::Error {
    redb::Error::Corrupted("an account cannot be read".into())
}

/// The lists, as they stand in keys.
const EVERYBODY: u8 = 0;
const ADMINISTRATORS: u8 = 1;
const MANAGERS: u8 = 2;
const DISABLED: u8 = 3;
const EXPIRING: u8 = 4;
