use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;

/// What the daemon does with each vector: `request`, `answer` with an error, `notice` of disconnection, or `wait`.
const VECTORS: &str = include_str!("../../../../tests/it/ber_vectors.tsv");
const MAX_BYTES: usize = 64 * 1024;
const MAX_ELEMENTS: usize = 2000;

type Vector = (&'static str, Vec<u8>, &'static str);

static PARSED: LazyLock<Vec<Vector>> = LazyLock::new(|| {
    let row = |line: &'static str| {
        let mut columns = line.split('\t');
        let (what, hex, answer) = (columns.next().unwrap(), columns.next().unwrap(), columns.next().unwrap());
        let digits = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
        (what, (0..hex.len()).step_by(2).map(digits).collect(), answer)
    };
    VECTORS.lines().skip(1).map(row).collect()
});

fn vectors() -> impl Iterator<Item = Vector> {
    PARSED.iter().cloned()
}

/// Everything that becomes of `input`, in words.
fn outcome(mut input: &[u8]) -> String {
    let mut said = Vec::new();
    while !input.is_empty() {
        let size = match length(input, MAX_BYTES) {
            Ok(Some(size)) if size <= input.len() => size,
            Ok(_) => {
                said.push("wait".to_owned());
                break;
            }
            Err(violation) => {
                said.push(notice(violation).to_owned());
                break;
            }
        };
        match decode(&input[..size], MAX_ELEMENTS) {
            Ok(Decoded::Message(message)) => said.push(request(&message)),
            Ok(Decoded::Bad(bad)) => said.push(format!("answer {} {}", word(bad.operation), why(bad.why))),
            Err(violation) => {
                said.push(notice(violation).to_owned());
                break;
            }
        }
        input = &input[size..];
    }
    said.join(", then ")
}

fn request(message: &Message) -> String {
    let mut text = format!("request {}", word(message.operation));
    for control in &message.controls {
        text += if control.critical { " critical " } else { " optional " };
        text += &control.oid;
    }
    text
}

fn word(operation: Operation) -> &'static str {
    match operation {
        Operation::Bind => "bind",
        Operation::Unbind => "unbind",
        Operation::Search => "search",
        Operation::Modify => "modify",
        Operation::Add => "add",
        Operation::Delete => "delete",
        Operation::ModifyDn => "modify-dn",
        Operation::Compare => "compare",
        Operation::Abandon => "abandon",
        Operation::Extended => "extended",
    }
}

fn why(why: Why) -> &'static str {
    match why {
        Why::Shape => "shape",
        Why::Controls => "controls",
        Why::Value => "value",
        Why::Password => "password",
        Why::Bound => "bound",
    }
}

fn notice(violation: FrameViolation) -> &'static str {
    match violation {
        FrameViolation::NotLdap => "notice not-ldap",
        FrameViolation::TooLong => "notice too-long",
        FrameViolation::Malformed => "notice malformed",
        FrameViolation::MessageId => "notice message-id",
        FrameViolation::Operation => "notice operation",
    }
}

#[test]
fn every_vector_is_met_as_it_should_be() {
    for (what, input, expected) in vectors() {
        assert_eq!(outcome(&input), expected, "{what}");
    }
}

#[test]
fn a_frame_cut_anywhere_waits_for_the_rest() {
    for (what, input, expected) in vectors().filter(|(_, _, expected)| !expected.starts_with("notice") && !expected.contains("then")) {
        for end in 1..input.len() {
            assert_eq!(outcome(&input[..end]), "wait", "{what}, {expected}, cut at {end}");
        }
    }
}

#[test]
fn a_giant_header_is_refused_before_anything_is_allocated() {
    assert_eq!(length(&[0x30, 0x84, 0x7f, 0xff, 0xff, 0xff], 1 << 20), Err(FrameViolation::TooLong));
    assert_eq!(length(&[0x30, 0x82, 0xff, 0xfc], MAX_BYTES), Ok(Some(MAX_BYTES)));
    assert_eq!(length(&[0x30, 0x82, 0xff, 0xfd], MAX_BYTES), Err(FrameViolation::TooLong));
}

#[test]
fn a_flood_of_empty_terms_is_answered_not_built() {
    let terms = [0x87, 0].repeat(MAX_FILTER_TERMS_AND_ONE);
    let mut input = Vec::new();
    Writer::new(&mut input).constructed(SEQUENCE, |message| {
        message.number(INTEGER, 1);
        message.constructed(0x63, |search| {
            search.octets("");
            search.number(ber::ENUMERATED, 0);
            search.number(ber::ENUMERATED, 0);
            search.number(INTEGER, 0);
            search.number(INTEGER, 0);
            search.primitive(ber::BOOLEAN, &[0]);
            search.primitive(0xa1, &terms);
            search.constructed(SEQUENCE, |_| {});
        });
    });
    assert_eq!(outcome(&input), "answer search bound");
}

const MAX_FILTER_TERMS_AND_ONE: usize = shape::MAX_FILTER_TERMS + 1;

proptest! {
    #![proptest_config(ProptestConfig { cases: 50_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_vectors_never_panic_and_what_passes_is_whole(
        which in 0..62usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4u8), 1..5),
    ) {
        let mut input = PARSED[which].1.clone();
        for (at, byte, kind) in changes {
            let at = at.index(input.len().max(1));
            match kind {
                0 if at < input.len() => input[at] = byte,
                1 => input.insert(at.min(input.len()), byte),
                2 if at < input.len() => drop(input.remove(at)),
                _ => input.truncate(at),
            }
        }
        if let Ok(Some(size)) = length(&input, MAX_BYTES)
            && let Some(frame) = input.get(..size)
            && let Ok(Decoded::Message(message)) = decode(frame, MAX_ELEMENTS)
        {
            // Every element lies inside its parent: ldap3_proto has nothing to drop silently.
            prop_assert_eq!(ber::check(frame, 0, usize::MAX), Ok(()));
            prop_assert!(message.id > 0);
            let _ = request(&message);
        }
    }

    #[test]
    fn random_octets_never_panic(input in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = outcome(&input);
        let mut framed = Vec::new();
        Writer::new(&mut framed).primitive(SEQUENCE, &input);
        let _ = outcome(&framed);
    }
}
