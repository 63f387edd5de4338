//! The shapes of the requests that are not read strictly by themselves (RFC 4511 §4.5, §4.9, §4.10): which elements, in
//! which order, and nothing after them. ldap3_proto lets missing and surplus elements pass; what has the right shape here
//! it reads as it was meant.

use super::ber::{self, BOOLEAN, ENUMERATED, INTEGER, Malformed, OCTET_STRING, Reader, SEQUENCE};
use super::operation::Why;

/// What an operation lacks or has too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShapeError {
    /// An element is missing, surplus, of another kind or out of its range.
    Wrong,
    /// More filter terms than [`MAX_FILTER_TERMS`].
    TooManyTerms,
}

impl From<Malformed> for ShapeError {
    fn from(_: Malformed) -> ShapeError {
        ShapeError::Wrong
    }
}

impl From<ShapeError> for Why {
    fn from(error: ShapeError) -> Why {
        match error {
            ShapeError::Wrong => Why::Shape,
            ShapeError::TooManyTerms => Why::Bound,
        }
    }
}

/// What is expected at one place.
enum Shape {
    /// INTEGER or ENUMERATED, 0 to maxInt.
    Number(u8),
    /// BOOLEAN.
    Boolean,
    /// Any octets under this tag.
    Octets(u8),
    /// These, under this tag; those after the first number may be left out.
    Fields(u8, usize, &'static [Shape]),
    /// Any number of these under this tag.
    Many(u8, &'static Shape),
    /// Filter (§4.5.1.7).
    Filter,
}

const STRING: Shape = Shape::Octets(OCTET_STRING);
const ASSERTION: Shape = Shape::Fields(SEQUENCE, 2, &[STRING, STRING]);

const SEARCH: &[Shape] = &[
    STRING,
    Shape::Number(ENUMERATED),
    Shape::Number(ENUMERATED),
    Shape::Number(INTEGER),
    Shape::Number(INTEGER),
    Shape::Boolean,
    Shape::Filter,
    Shape::Many(SEQUENCE, &STRING),
];
const MODIFY_DN: &[Shape] = &[STRING, STRING, Shape::Boolean, Shape::Octets(0x80)];
const COMPARE: &[Shape] = &[STRING, ASSERTION];

/// Whether `content` is what a search holds. Its nesting has been checked before.
pub fn search(content: &[u8]) -> Result<(), ShapeError> {
    fields(content, 8, SEARCH, &mut 0)
}

/// Whether `content` is what a ModifyDN holds.
pub fn modify_dn(content: &[u8]) -> Result<(), ShapeError> {
    fields(content, 3, MODIFY_DN, &mut 0)
}

/// Whether `content` is what a Compare holds.
pub fn compare(content: &[u8]) -> Result<(), ShapeError> {
    fields(content, 2, COMPARE, &mut 0)
}

/// The elements of `content` are those of `shapes`, at least the first `needed` of them, and no others.
fn fields(content: &[u8], needed: usize, shapes: &[Shape], terms: &mut usize) -> Result<(), ShapeError> {
    let mut reader = Reader::new(content);
    for (at, shape) in shapes.iter().enumerate() {
        match reader.next()? {
            Some(element) => matches(shape, element, terms)?,
            None => return ensure(at >= needed),
        }
    }
    Ok(reader.finish()?)
}

fn matches(shape: &Shape, element: ber::Element, terms: &mut usize) -> Result<(), ShapeError> {
    let ber::Element { tag, content, .. } = element;
    match shape {
        Shape::Number(expected) => ensure(tag == *expected && ber::number(content).is_some()),
        Shape::Boolean => ensure(tag == BOOLEAN && ber::boolean(content).is_some()),
        Shape::Octets(expected) => ensure(tag == *expected),
        Shape::Fields(expected, needed, shapes) => {
            ensure(tag == *expected)?;
            fields(content, *needed, shapes, terms)
        }
        Shape::Many(expected, shape) => {
            ensure(tag == *expected)?;
            each(content, |element| matches(shape, element, terms)).map(drop)
        }
        Shape::Filter => filter(element, terms),
    }
}

/// One filter and those inside it. The depth is bounded by [`ber::MAX_DEPTH`].
fn filter(element: ber::Element, terms: &mut usize) -> Result<(), ShapeError> {
    *terms += 1;
    if *terms > MAX_FILTER_TERMS {
        return Err(ShapeError::TooManyTerms);
    }
    let content = element.content;
    match element.tag {
        0xa0 | 0xa1 => each(content, |inner| filter(inner, terms)).map(drop),
        0xa2 => ensure(each(content, |inner| filter(inner, terms))? == 1),
        0xa3 | 0xa5 | 0xa6 | 0xa8 => fields(content, 2, &[STRING, STRING], terms),
        0xa4 => substrings(content),
        0x87 => Ok(()),
        0xa9 => extensible(content),
        _ => Err(ShapeError::Wrong),
    }
}

/// SubstringFilter: one part at least; `initial` is the first and `final` the last of them.
fn substrings(content: &[u8]) -> Result<(), ShapeError> {
    let mut reader = Reader::new(content);
    reader.expect(OCTET_STRING)?;
    let parts = reader.expect(SEQUENCE)?;
    reader.finish()?;
    let mut parts = Reader::new(parts);
    let mut count = usize::from(parts.optional(0x80)?.is_some());
    while parts.optional(0x81)?.is_some() {
        count += 1;
    }
    count += usize::from(parts.optional(0x82)?.is_some());
    parts.finish()?;
    ensure(count > 0)
}

/// MatchingRuleAssertion: a rule or a type, a value, and whether the DN counts.
fn extensible(content: &[u8]) -> Result<(), ShapeError> {
    let mut reader = Reader::new(content);
    let rule = reader.optional(0x81)?;
    let attribute = reader.optional(0x82)?;
    reader.expect(0x83)?;
    let dn_attributes = reader.optional(0x84)?;
    reader.finish()?;
    ensure((rule.is_some() || attribute.is_some()) && dn_attributes.is_none_or(|flag| ber::boolean(flag).is_some()))
}

/// Does `visit` for each element of `content`, and says how many there were.
fn each(content: &[u8], mut visit: impl FnMut(ber::Element) -> Result<(), ShapeError>) -> Result<usize, ShapeError> {
    let mut reader = Reader::new(content);
    let mut count = 0;
    while let Some(element) = reader.next()? {
        visit(element)?;
        count += 1;
    }
    Ok(count)
}

fn ensure(right: bool) -> Result<(), ShapeError> {
    if right { Ok(()) } else { Err(ShapeError::Wrong) }
}

/// Terms in one filter, the nested ones counted.
pub const MAX_FILTER_TERMS: usize = 1000;
