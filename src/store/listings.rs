//! How people are found by whoever looks after them: lists in the order of their names, and the words of a search. Not in
//! charge of which words these are: that is `domain/listing/`.

use std::collections::BTreeMap;

use super::keys;
use super::records;
use super::view::{Key, Stop, StoredValue, View};
use crate::domain::account::Account;
use crate::domain::id::Id;
use crate::domain::listing::{self, Facet, PersonListing};

/// Where a person stands in the lists: they are in this order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ListingPlace {
    name: String,
    /// Who.
    pub id: Id,
}

impl ListingPlace {
    /// That of `account`.
    pub fn of(account: &Account) -> ListingPlace {
        ListingPlace { name: listing::sort_name(account), id: account.id }
    }

    fn of_key<E>(key: &[u8]) -> Result<ListingPlace, Stop<E>> {
        let name = key.len().checked_sub(NUL_AND_ID).and_then(|end| key.get(2..end)).and_then(|name| std::str::from_utf8(name).ok());
        match (name, keys::last_id(key)) {
            (Some(name), Some(id)) => Ok(ListingPlace { name: name.to_owned(), id }),
            _ => Err(Stop::Corrupt("list: a key that is none".into())),
        }
    }

    fn key(&self, facet: Facet) -> Key {
        keys::listed(facet, &self.name, self.id)
    }
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
pub(super) fn rows(account: &Account) -> BTreeMap<Key, StoredValue> {
    let (place, listing) = (ListingPlace::of(account), PersonListing::of(account));
    let words = listing.words().map(|word| keys::word(word, account.id));
    let lists = listing.facets().map(|facet| place.key(facet));
    let mut rows: BTreeMap<Key, StoredValue> = words.chain(lists).map(|key| (key, StoredValue::new())).collect();
    rows.insert(place.key(Facet::Everybody), records::encode(&listing));
    rows
}

/// The people of the list `facet` behind the place `after`, `limit` at most. Current.
pub fn page<E>(
    view: &mut View<'_>,
    facet: Facet,
    after: Option<&ListingPlace>,
    limit: usize,
) -> Result<Vec<(ListingPlace, PersonListing)>, Stop<E>> {
    let (mut from, to) = keys::range(&keys::list(facet));
    if let Some(place) = after {
        from = keys::next(&place.key(facet));
    }
    let mut places = Vec::with_capacity(limit);
    if facet == Facet::Everybody {
        view.scan_with(&from, &to, limit, |key, value| {
            places.push(ListingPlace::of_key(key).and_then(|place| Ok((place, records::decode(value)?))));
        })?;
        return places.into_iter().collect();
    }
    let mut among_few = Vec::new();
    view.scan_with(&from, &to, limit, |key, _| among_few.push(ListingPlace::of_key(key)))?;
    for place in among_few {
        let place = place?;
        let listing = records::load(view, &place.key(Facet::Everybody))?;
        places.push(Ok((place, listing.ok_or_else(|| Stop::Corrupt("list: somebody whom the list of everybody lacks".into()))?)));
    }
    places.into_iter().collect()
}

/// Who is found by a word that begins with `start`, in no order that means anything, `limit` words at most. Current.
pub fn by_word<E>(view: &mut View<'_>, start: &str, limit: usize) -> Result<Vec<Id>, Stop<E>> {
    records::ids_below(view, &keys::words(start), limit)
}

/// Bytes behind the name in a key.
const NUL_AND_ID: usize = 1 + 8;
