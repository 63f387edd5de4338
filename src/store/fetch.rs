//! How a rule runs on an engine that has to fetch before it can read: what is missing is noted, fetched in one round
//! trip, and the rule is run again.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::engine::{Fail, settle};
use super::view::{Each, Key, Order, Span, Stop, StoreReader, StoredValue, Unread, View, Writes};

/// What has been fetched for one rule, and what it has asked for beyond.
#[derive(Debug, Default)]
pub struct Fetched {
    values: BTreeMap<Key, Option<StoredValue>>,
    pages: BTreeMap<FetchedPage, Vec<(Key, StoredValue)>>,
    missing: RefCell<Missing>,
}

/// A [`Span`] of its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct FetchedPage {
    from: Key,
    to: Key,
    order: Order,
    limit: usize,
}

impl FetchedPage {
    fn of(span: Span<'_>) -> FetchedPage {
        FetchedPage { from: span.from.to_vec(), to: span.to.to_vec(), order: span.order, limit: span.limit }
    }

    fn span(&self) -> Span<'_> {
        Span { from: &self.from, to: &self.to, order: self.order, limit: self.limit }
    }
}

#[derive(Debug, Default)]
struct Missing {
    keys: Vec<Key>,
    pages: Vec<FetchedPage>,
}

impl Fetched {
    /// Runs `rule`, calling `fetch` between the rounds, until it needs nothing more.
    pub fn run<T, E>(
        mut self,
        rule: impl Fn(&mut View<'_>) -> Result<T, Stop<E>>,
        fetch: impl Fn(&mut Fetched),
    ) -> Result<(T, Writes), Fail<E>> {
        for _ in 0..MAX_ROUNDS {
            let mut view = View::new(&self);
            match rule(&mut view).and_then(|answer| Ok((answer, view.into_writes()?))) {
                Err(Stop::Need) => fetch(&mut self),
                done => return settle(done),
            }
        }
        Err(Fail::Conflict)
    }

    /// As [`Fetched::run`], for a rule that only reads.
    pub fn read<T, E>(mut self, rule: impl Fn(&mut View<'_>) -> Result<T, Stop<E>>, fetch: impl Fn(&mut Fetched)) -> Result<T, Fail<E>> {
        for _ in 0..MAX_READ_ROUNDS {
            match rule(&mut View::read_only(&self)) {
                Err(Stop::Need) => fetch(&mut self),
                done => return settle(done),
            }
        }
        Err(Fail::Conflict)
    }

    /// Fetches what is missing from `source`, which must not itself be missing anything.
    pub fn fetch(&mut self, source: &dyn StoreReader) {
        let missing = self.missing.take();
        for key in missing.keys {
            let mut value = None;
            if source.get(&key, &mut |found| value = Some(found.to_vec())).is_ok() {
                self.values.insert(key, value);
            }
        }
        for page in missing.pages {
            let mut rows = Vec::new();
            let read = source.scan(page.span(), &mut |key, value| {
                rows.push((key.to_vec(), value.to_vec()));
                if rows.len() < page.limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            });
            if read.is_ok() {
                self.pages.insert(page, rows);
            }
        }
    }
}

impl StoreReader for Fetched {
    fn get(&self, key: &[u8], with: &mut dyn FnMut(&[u8])) -> Result<(), Unread> {
        match self.values.get(key) {
            Some(Some(value)) => with(value),
            Some(None) => {}
            None => {
                self.missing.borrow_mut().keys.push(key.to_vec());
                return Err(Unread::Need);
            }
        }
        Ok(())
    }

    fn scan(&self, span: Span<'_>, each: &mut Each<'_>) -> Result<(), Unread> {
        let page = FetchedPage::of(span);
        let Some(rows) = self.pages.get(&page) else {
            self.missing.borrow_mut().pages.push(page);
            return Err(Unread::Need);
        };
        for (key, value) in rows {
            if let ControlFlow::Break(()) = each(key, value) {
                break;
            }
        }
        Ok(())
    }
}

/// Rounds of a rule that writes: one for each key it may read, and the last.
const MAX_ROUNDS: usize = super::view::MAX_KEYS_READ + 1;

/// Rounds of a rule that only reads.
const MAX_READ_ROUNDS: usize = super::view::MAX_KEYS_READ_ONLY + 1;
