//! Octets as a source of choices; zero once they are used up.

pub struct Octets<'a> {
    rest: &'a [u8],
}

impl<'a> Octets<'a> {
    pub fn new(octets: &'a [u8]) -> Octets<'a> {
        Octets { rest: octets }
    }

    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// A number below `end`, which is not zero.
    pub fn below(&mut self, end: u8) -> u8 {
        let (first, rest) = self.rest.split_first().unwrap_or((&0, &[]));
        self.rest = rest;
        first % end
    }

    pub fn bit(&mut self) -> bool {
        self.below(2) == 1
    }

    /// What was not used.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }
}
