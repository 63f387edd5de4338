//! Frames: what a connection takes octets for, before a bind and after one.

use bindery::ldap::fuzzing::{Heard, listen};

/// Reads the frames in `input` in both states, whole and cut.
pub fn run(input: &[u8]) {
    let [before, after] = [false, true].map(|is_bound| listen(input, is_bound));
    for (before, after) in before.iter().zip(&after) {
        only_limits_differ(before, after);
    }
    for is_bound in [false, true] {
        cut(input, is_bound);
    }
}

/// A bind gives more room, and nothing else.
fn only_limits_differ(before: &Heard, after: &Heard) {
    match before {
        Heard::Request(_) | Heard::Incomplete => assert_eq!(before, after),
        Heard::Refused(frame) => match after {
            Heard::Request(same) | Heard::Refused(same) => assert_eq!(frame, same),
            // More elements are looked at, and one of them is malformed.
            Heard::Violation => {}
            Heard::Incomplete => panic!("{before:?} is {after:?} after a bind"),
        },
        Heard::Violation => {}
    }
}

/// A frame of which the end has not arrived is never taken for anything.
fn cut(input: &[u8], is_bound: bool) {
    let mut begin = 0;
    for heard in listen(input, is_bound) {
        let (Heard::Request(frame) | Heard::Refused(frame)) = heard else { return };
        assert!(frame.id > 0);
        let whole = &input[begin..begin + frame.size];
        for end in [1, frame.size / 2, frame.size - 1] {
            assert_eq!(listen(&whole[..end], is_bound), [Heard::Incomplete], "cut at {end} of {}", frame.size);
        }
        begin += frame.size;
    }
}
