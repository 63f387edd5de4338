//! What is served, against what is published; and filters, values and names as the standards have them, where a client
//! program cannot be made to send them.

mod names;
mod octets;
mod options;
mod people;
mod published;

use crate::harness::wire::{element, tlv};

/// A search of the subtree `base` with this filter (as BER) for these attributes; message id 2.
fn search(base: &str, filter: &[u8], attributes: &[&str]) -> Vec<u8> {
    let fixed = [10, 1, 2, 10, 1, 0, 2, 1, 0, 2, 1, 0, 1, 1, 0];
    let attributes: Vec<u8> = attributes.iter().flat_map(|name| tlv(4, name.as_bytes())).collect();
    let content = [tlv(4, base.as_bytes()), fixed.to_vec(), filter.to_vec(), tlv(0x30, &attributes)].concat();
    tlv(0x30, &[vec![2, 1, 2], tlv(0x63, &content)].concat())
}

/// `(name=value)` under this tag of a filter.
fn assertion(tag: u8, name: &str, value: &[u8]) -> Vec<u8> {
    tlv(tag, &[tlv(4, name.as_bytes()), tlv(4, value)].concat())
}

/// The tag of an answer, and the content of its operation.
fn operation(message: &[u8]) -> (u8, &[u8]) {
    let (_, content) = element(message);
    let (_, id) = element(content);
    element(&content[2 + id.len()..])
}
