//! Whether a conversation was one: who asked was answered, in order.

use bindery::ldap::fuzzing::{FuzzedFrame, Heard, Operation, listen};

/// Holds what was `received` against what was `sent`.
pub fn check(sent: &[u8], received: &[u8], is_bound: bool) {
    let heard = listen(sent, is_bound);
    let mut requests = heard.iter().filter_map(|heard| match heard {
        Heard::Request(frame) | Heard::Refused(frame) => Some(*frame),
        Heard::Violation | Heard::Incomplete => None,
    });
    let mut told_why = false;
    for answer in Answers(received) {
        assert!(!told_why, "something follows the notice of disconnection");
        if answer.id == 0 {
            assert_eq!(answer.tag, EXTENDED_RESPONSE, "only the notice has no number");
            told_why = true;
        } else if answer.tag == SEARCH_RESULT_ENTRY {
            assert!(requests.clone().any(|request| request.id == answer.id), "an entry that nobody asked for");
        } else {
            let asked =
                requests.find(|request| request.id == answer.id && Some(answer.tag) == response_tag(*request) || !may_be_silent(*request));
            let asked = asked.expect("an answer to nothing");
            assert_eq!((answer.id, Some(answer.tag)), (asked.id, response_tag(asked)), "the answers are not in the order of the requests");
        }
    }
    let ended = sent.windows(START_TLS.len()).any(|window| window == START_TLS)
        || heard.iter().any(|heard| matches!(heard, Heard::Request(FuzzedFrame { operation: Operation::Unbind, .. })));
    if ended {
        return;
    }
    assert!(told_why == heard.contains(&Heard::Violation), "a protocol error is answered with a notice, and nothing else is");
    assert!(requests.all(may_be_silent), "a request is not answered");
}

fn response_tag(request: FuzzedFrame) -> Option<u8> {
    request.operation.response_tag()
}

/// A search may be given up: by an Abandon, and by hanging up, which every client here does at once.
fn may_be_silent(request: FuzzedFrame) -> bool {
    request.operation == Operation::Search || response_tag(request).is_none()
}

struct Answer {
    id: i32,
    tag: u8,
}

/// The messages that came, each whole.
struct Answers<'a>(&'a [u8]);

impl Iterator for Answers<'_> {
    type Item = Answer;

    fn next(&mut self) -> Option<Answer> {
        if self.0.is_empty() {
            return None;
        }
        let (tag, message, rest) = element(self.0);
        assert_eq!(tag, SEQUENCE);
        self.0 = rest;
        let (tag, number, operation) = element(message);
        assert_eq!(tag, INTEGER);
        let id = number.iter().fold(0, |id, octet| id << 8 | i32::from(*octet));
        Some(Answer { id, tag: element(operation).0 })
    }
}

/// Tag and content of the first element, and what follows it.
fn element(octets: &[u8]) -> (u8, &[u8], &[u8]) {
    let (&[tag, first], rest) = octets.split_first_chunk().expect("a header");
    let count = usize::from(first.saturating_sub(0x80));
    let (long, rest) = rest.split_at(count);
    let length = if count == 0 { usize::from(first) } else { long.iter().fold(0, |length, octet| length << 8 | usize::from(*octet)) };
    let (content, rest) = rest.split_at(length);
    (tag, content, rest)
}

const INTEGER: u8 = 0x02;
const SEQUENCE: u8 = 0x30;
const SEARCH_RESULT_ENTRY: u8 = 0x64;
const EXTENDED_RESPONSE: u8 = 0x78;
/// After it nothing is as it was.
const START_TLS: &[u8] = b"1.3.6.1.4.1.1466.20037";
