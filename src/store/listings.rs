//! How people are found by whoever looks after them: lists in the order of their names, and the words of a search. Not in
//! charge of which words these are: that is `domain/listing.rs`.

use std::collections::BTreeMap;

use super::records;
use super::view::{Key, Stop, Value, View};
use super::{accounts, keys};
use crate::domain::account::Account;
use crate::domain::id::Id;
use crate::domain::listing::{self, Facet, Listing};

/// A person at their place in a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// Who.
    pub id: Id,
    /// What they are looked for by.
    pub listing: Listing,
}

/// Takes `old` out of the lists and puts `new` in, which is the same account or none. What both have stays untouched.
pub(super) fn change(view: &mut View<'_>, old: Option<&Account>, new: Option<&Account>) {
    let before = old.map(rows).unwrap_or_default();
    let mut after = new.map(rows).unwrap_or_default();
    for (key, value) in before {
        match after.get(&key) {
            Some(kept) if *kept == value => _ = after.remove(&key),
            Some(_) => {}
            None => view.delete(key),
        }
    }
    after.into_iter().for_each(|(key, value)| view.put(key, value));
}

/// All rows by which `account` is found here.
pub(super) fn rows(account: &Account) -> BTreeMap<Key, Value> {
    let (name, listing) = (listing::sort_name(account), Listing::of(account));
    let words = listing.words().map(|word| keys::word(word, account.id));
    let lists = listing.facets().map(|facet| keys::listed(facet, &name, account.id));
    let mut rows: BTreeMap<Key, Value> = words.chain(lists).map(|key| (key, Value::new())).collect();
    rows.insert(keys::listed(Facet::Everybody, &name, account.id), records::encode(&listing));
    rows
}

/// The people of the list `facet` behind `after`, in the order of their names, `limit` at most; all from the beginning if
/// `after` is nobody any more. Current.
pub fn page<E>(view: &mut View<'_>, facet: Facet, after: Option<Id>, limit: usize) -> Result<Vec<Listed>, Stop<E>> {
    let (mut from, to) = keys::range(&keys::list(facet));
    if let Some(account) = after.map(|id| accounts::load(view, id)).transpose()?.flatten() {
        from = keys::next(&keys::listed(facet, &listing::sort_name(&account), account.id));
    }
    if facet == Facet::Everybody {
        let mut page = Vec::with_capacity(limit);
        view.scan_with(&from, &to, limit, |key, value| page.push(listed(key, value)))?;
        return page.into_iter().collect();
    }
    let rows = view.scan(&from, &to, limit)?;
    let everybody = |(place, _): (Key, Value)| {
        let key = keys::among_everybody(&place);
        let value = view.get(&key)?.ok_or_else(|| Stop::Corrupt("list: a place that the list of everybody lacks".into()))?;
        listed(&key, &value)
    };
    rows.into_iter().map(everybody).collect()
}

fn listed<E>(key: &[u8], value: &[u8]) -> Result<Listed, Stop<E>> {
    let id = keys::last_id(key).ok_or_else(|| Stop::Corrupt("list: a key without an id".into()))?;
    Ok(Listed { id, listing: records::decode(value)? })
}

/// Who is found by a word that begins with `start`, in no order that means anything, `limit` words at most. Current.
pub fn by_word<E>(view: &mut View<'_>, start: &str, limit: usize) -> Result<Vec<Id>, Stop<E>> {
    records::ids_below(view, &keys::words(start), limit)
}
