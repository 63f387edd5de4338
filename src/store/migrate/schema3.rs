//! To schema 3, where each row of the audit is found by the accounts and other records that it is about, and a refused
//! bind says whose name it was. The types are those of schema 3, and stay as they are when the live ones change.

use std::net::IpAddr;

use serde::Deserialize;

use super::rows::{Rows, each};

/// A refused bind that was stored before does not say whose name it was, which is a zero at its end.
pub(super) fn audit_has_an_index(rows: &mut Rows<'_>) -> Result<(), redb::Error> {
    each(rows, b"l", |rows, key, mut value| {
        let Some((format @ 1, row)) = value.split_first_mut() else { return Ok(()) };
        *format = 2;
        let event = postcard::take_from_bytes::<(u64, Actor, Source)>(row).ok().and_then(|(_, event)| event.first().copied());
        if event == Some(BIND_REFUSED) {
            value.push(0);
        }
        rows.insert(key, value.as_slice())?;
        if let (Some(op), Ok((row, []))) = (key.last_chunk::<16>(), postcard::take_from_bytes::<AuditRow>(&value[1..])) {
            for key in row.index(op) {
                rows.insert(key.as_slice(), [].as_slice())?;
            }
        }
        Ok(())
    })
}

#[derive(Deserialize)]
#[allow(dead_code)] // Where it came from is only read past.
struct AuditRow {
    at: u64,
    actor: Actor,
    source: Source,
    event: Event,
}

#[derive(Deserialize)]
enum Actor {
    Anonymous,
    Account(u64),
    Service(u64),
    System,
}

#[derive(Deserialize)]
#[allow(dead_code)] // Only read past.
enum Source {
    Address(IpAddr),
    Socket(u32),
    Internal,
}

/// The number of a variant of an enum without fields: the index depends on none.
type Word = u32;

#[derive(Deserialize)]
#[allow(dead_code)] // All but the targets is only read past.
enum Event {
    BindSucceeded,
    BindRefused { name: String, reason: Word, target: Option<u64> },
    PasswordChanged { target: u64 },
    PasswordRefused { target: Option<u64>, reason: Word },
    Added { target: u64, dn: String },
    Modified { target: u64, dn: String, attributes: Vec<String> },
    Renamed { target: u64, from: String, to: String },
    Deleted { target: u64, dn: String },
    ChangeRefused { dn: String, reason: Word },
    ResetRequested { target: Option<u64> },
    ResetRefused { target: Option<u64>, reason: Word },
    ResetMailed { target: u64 },
    ResetRedeemed { target: u64, way: Word },
    ResetRevoked { target: u64 },
    LinkRefused { reason: Word },
    SignedIn,
    SignInRefused { target: Option<u64>, reason: Word },
    SignedOut,
    MailGivenUp { target: Option<u64>, kind: Word },
    MailDropped { target: Option<u64>, kind: Word },
    MailRetried { target: Option<u64>, kind: Word },
    SessionsEnded { target: u64 },
    MailQueued { target: u64, kind: Word },
    AuditExported,
}

impl AuditRow {
    /// The keys by which the row of the operation `op` is found: `L`, an id, a class, the time, and the operation.
    fn index(&self, op: &[u8; 16]) -> Vec<Vec<u8>> {
        let actor = match self.actor {
            Actor::Account(id) | Actor::Service(id) => Some(id),
            Actor::Anonymous | Actor::System => None,
        };
        let target = self.event.target().filter(|target| Some(*target) != actor);
        let class = self.event.class();
        // The tree's own entries have the id 0, under which all changes are found.
        let ids = actor.into_iter().chain(target).filter(|id| *id != 0);
        let ids = ids.chain((class == CHANGE).then_some(0));
        let key = |id: u64| [b"L".as_slice(), &id.to_be_bytes(), &[class], &self.at.to_be_bytes(), op].concat();
        ids.map(key).collect()
    }
}

impl Event {
    fn class(&self) -> u8 {
        match self {
            Event::BindSucceeded | Event::SignedIn | Event::SignedOut => ACCESS,
            Event::BindRefused { .. }
            | Event::PasswordRefused { .. }
            | Event::ChangeRefused { .. }
            | Event::ResetRefused { .. }
            | Event::LinkRefused { .. }
            | Event::SignInRefused { .. } => REFUSAL,
            Event::PasswordChanged { .. }
            | Event::Added { .. }
            | Event::Modified { .. }
            | Event::Renamed { .. }
            | Event::Deleted { .. }
            | Event::ResetRequested { .. }
            | Event::ResetMailed { .. }
            | Event::ResetRedeemed { .. }
            | Event::ResetRevoked { .. }
            | Event::MailGivenUp { .. }
            | Event::MailDropped { .. }
            | Event::MailRetried { .. }
            | Event::SessionsEnded { .. }
            | Event::MailQueued { .. }
            | Event::AuditExported => CHANGE,
        }
    }

    fn target(&self) -> Option<u64> {
        match self {
            Event::PasswordChanged { target }
            | Event::Added { target, .. }
            | Event::Modified { target, .. }
            | Event::Renamed { target, .. }
            | Event::Deleted { target, .. }
            | Event::ResetMailed { target }
            | Event::ResetRedeemed { target, .. }
            | Event::ResetRevoked { target }
            | Event::SessionsEnded { target }
            | Event::MailQueued { target, .. } => Some(*target),
            Event::BindRefused { target, .. }
            | Event::PasswordRefused { target, .. }
            | Event::ResetRequested { target }
            | Event::ResetRefused { target, .. }
            | Event::SignInRefused { target, .. }
            | Event::MailGivenUp { target, .. }
            | Event::MailDropped { target, .. }
            | Event::MailRetried { target, .. } => *target,
            Event::BindSucceeded
            | Event::ChangeRefused { .. }
            | Event::LinkRefused { .. }
            | Event::SignedIn
            | Event::SignedOut
            | Event::AuditExported => None,
        }
    }
}

/// The place of a refused bind among the events.
const BIND_REFUSED: u8 = 1;

/// The classes of events, as they stand in keys.
const ACCESS: u8 = b'a';
const REFUSAL: u8 = b'r';
const CHANGE: u8 = b'c';
