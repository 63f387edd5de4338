//! To schema 5, where a row of the audit says how many events it stands for, and what became of the values of what was
//! changed. The types are those of schema 4, and stay as they are when the live ones change.

use std::net::IpAddr;

use serde::Deserialize;

use super::rows::{Rows, each};

/// A row of before stands for one event. Of what was added or changed it keeps the names of the attributes, without values.
pub(super) fn audit_counts_and_has_values(rows: &mut Rows<'_>) -> Result<(), redb::Error> {
    each(rows, b"l", |rows, key, value| {
        let Some((2, row)) = value.split_first() else { return Ok(()) };
        if let Some(new) = widened(row) {
            rows.insert(key, new.as_slice())?;
        }
        Ok(())
    })
}

/// The new form of a row; none if it cannot be read, which the purge takes away in time.
fn widened(row: &[u8]) -> Option<Vec<u8>> {
    let (_, event) = postcard::take_from_bytes::<(u64, Actor, Source)>(row).ok()?;
    let mut new = vec![3];
    match event.split_first()? {
        (&ADDED, _) => {
            new.extend(row);
            // No attributes.
            new.push(0);
        }
        (&MODIFIED, fields) => {
            let ((target, dn, attributes), rest) = postcard::take_from_bytes::<(u64, String, Vec<String>)>(fields).ok()?;
            if !rest.is_empty() {
                return None;
            }
            new.extend(&row[..row.len() - fields.len()]);
            let none = Vec::<String>::new;
            let changes: Vec<(String, Vec<String>, Vec<String>, u32)> =
                attributes.into_iter().map(|attribute| (attribute, none(), none(), 0)).collect();
            new = postcard::to_extend(&(target, dn, changes), new).ok()?;
        }
        _ => new.extend(row),
    }
    new.push(ONCE);
    Some(new)
}

#[derive(Deserialize)]
#[allow(dead_code)] // Only read past.
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

/// The places of two events among all.
const ADDED: u8 = 4;
const MODIFIED: u8 = 5;

/// How many events a row of before stands for, in postcard.
const ONCE: u8 = 1;
