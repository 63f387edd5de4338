//! A bounded queue that takes turns between sources: who sends a flood waits behind their own flood.

use std::collections::{HashMap, VecDeque};

use crate::domain::caller::Source;

/// What waits: in order within a source, in turn between sources.
pub(super) struct HashQueue<T> {
    limit: usize,
    limit_per_source: usize,
    waiting: HashMap<Source, VecDeque<(u64, T)>>,
    /// The sources with something waiting, each once, the next one first.
    turns: VecDeque<Source>,
    length: usize,
    tickets: u64,
}

/// A place in the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ticket {
    source: Source,
    number: u64,
}

impl<T> HashQueue<T> {
    /// An empty queue that holds at most `limit` in all, and `limit_per_source` of one source.
    pub(super) fn new(limit: usize, limit_per_source: usize) -> HashQueue<T> {
        HashQueue { limit, limit_per_source, waiting: HashMap::new(), turns: VecDeque::new(), length: 0, tickets: 0 }
    }

    /// Puts `item` behind all others of `source`; none if the queue is full, or the source's share of it.
    pub(super) fn push(&mut self, source: Source, item: T) -> Option<Ticket> {
        let of_source = self.waiting.get(&source).map_or(0, VecDeque::len);
        if self.length >= self.limit || of_source >= self.limit_per_source {
            return None;
        }
        if of_source == 0 {
            self.turns.push_back(source);
        }
        self.length += 1;
        self.tickets += 1;
        self.waiting.entry(source).or_default().push_back((self.tickets, item));
        Some(Ticket { source, number: self.tickets })
    }

    /// Takes the first of the source whose turn it is; its next one waits until all other sources had their turn.
    pub(super) fn pop(&mut self) -> Option<T> {
        let source = self.turns.pop_front()?;
        let own = self.waiting.get_mut(&source)?;
        let (_, item) = own.pop_front()?;
        if own.is_empty() {
            self.waiting.remove(&source);
        } else {
            self.turns.push_back(source);
        }
        self.length -= 1;
        Some(item)
    }

    /// Takes out what waits with `ticket`; none if it was taken before.
    pub(super) fn remove(&mut self, ticket: Ticket) -> Option<T> {
        let own = self.waiting.get_mut(&ticket.source)?;
        // Numbers grow within a source.
        let index = own.binary_search_by_key(&ticket.number, |(number, _)| *number).ok()?;
        let (_, item) = own.remove(index)?;
        if own.is_empty() {
            self.waiting.remove(&ticket.source);
            self.turns.retain(|source| *source != ticket.source);
        }
        self.length -= 1;
        Some(item)
    }

    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.length
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(last: u8) -> Source {
        Source::Address(std::net::IpAddr::from([192, 0, 2, last]))
    }

    #[test]
    fn sources_take_turns_and_keep_their_order() {
        let mut queue = HashQueue::new(100, 100);
        for item in [11, 12, 13, 14] {
            queue.push(source(1), item).unwrap();
        }
        queue.push(source(2), 21).unwrap();
        queue.push(source(3), 31).unwrap();
        queue.push(source(2), 22).unwrap();
        let order: Vec<i32> = std::iter::from_fn(|| queue.pop()).collect();
        assert_eq!(order, [11, 21, 31, 12, 22, 13, 14]);
        assert_eq!(queue.len(), 0);
        assert!(queue.waiting.is_empty() && queue.turns.is_empty());
    }

    #[test]
    fn it_is_bounded_in_all_and_for_each_source() {
        let mut queue = HashQueue::new(3, 2);
        assert!(queue.push(source(1), 1).is_some());
        assert!(queue.push(source(1), 2).is_some());
        assert_eq!(queue.push(source(1), 3), None);
        assert!(queue.push(source(2), 4).is_some());
        assert_eq!(queue.push(source(3), 5), None);
        queue.pop().unwrap();
        assert!(queue.push(source(3), 6).is_some());
    }

    #[test]
    fn who_leaves_gives_up_the_place() {
        let mut queue = HashQueue::new(100, 100);
        let tickets: Vec<Ticket> = (0..3).map(|item| queue.push(source(1), item).unwrap()).collect();
        let other = queue.push(source(2), 9).unwrap();
        assert_eq!(queue.remove(tickets[1]), Some(1));
        assert_eq!(queue.remove(tickets[1]), None);
        assert_eq!(queue.remove(other), Some(9));
        assert_eq!(queue.len(), 2);
        assert_eq!([queue.pop(), queue.pop(), queue.pop()], [Some(0), Some(2), None]);
        assert_eq!(queue.remove(tickets[0]), None);
    }
}
