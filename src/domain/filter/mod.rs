//! Search filters (RFC 4511 §4.5.1.7): what they may say. How they are read is in `parse`, what they hold of an entry
//! in `evaluate`.

mod evaluate;
mod parse;

pub use evaluate::{Holder, Ternary};
pub use parse::FilterError;

use std::str::Utf8Error;

use super::matching::{self, MatchingRule};
use super::schema::{Attribute, Syntax};

/// A filter whose attribute types are resolved and whose values are normalised. What cannot hold of any entry, because
/// the type is not served or the value is not of its syntax, is [`Filter::Undefined`] from the start.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// All hold; none is true (RFC 4526).
    And(Vec<Filter>),
    /// One holds; none is false (RFC 4526).
    Or(Vec<Filter>),
    /// It does not hold.
    Not(Box<Filter>),
    /// One of the values is this one.
    Equality(Attribute, Assertion),
    /// One of the values has these parts.
    Substrings(Attribute, Substrings),
    /// One of the values is this one or comes after it.
    GreaterOrEqual(Attribute, Assertion),
    /// One of the values is this one or comes before it.
    LessOrEqual(Attribute, Assertion),
    /// There is a value.
    Present(Attribute),
    /// One of the values is this one by a rule that was named.
    Extensible(Extensible),
    /// Neither true nor false.
    Undefined,
}

/// A value that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assertion {
    /// As it was sent.
    pub raw: Vec<u8>,
    /// In the form of its matching rule.
    pub normal: Vec<u8>,
}

/// The parts of a value, in this order and apart from each other, each in the form of the matching rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Substrings {
    /// How it begins.
    pub initial: Option<String>,
    /// What comes on the way.
    pub any: Vec<String>,
    /// How it ends.
    pub last: Option<String>,
}

/// An extensible match of one attribute type (RFC 4511 §4.5.1.7.7).
#[derive(Clone, Debug, PartialEq)]
pub struct Extensible {
    /// The rule that decides.
    pub rule: MatchingRule,
    /// Whose values.
    pub attribute: Attribute,
    /// The value.
    pub assertion: Assertion,
    /// Whether the parts of the entry's name count as well.
    pub dn_attributes: bool,
}

impl Filter {
    /// `(name=value)`. A type that is matched by distinguished name takes any text: a bare name may stand for an entry.
    pub fn equality(name: &str, value: &[u8]) -> Filter {
        let Some(attribute) = Attribute::named(name) else {
            return Filter::Undefined;
        };
        match (attribute.normal(value), attribute.definition().syntax, std::str::from_utf8(value)) {
            (Some(normal), ..) => Filter::Equality(attribute, Assertion { raw: value.to_vec(), normal: normal.into_owned() }),
            // `(memberOf=staff)`: no DN equals it, but the directory may know what is meant.
            (None, Syntax::Dn, Ok(text)) => {
                Filter::Equality(attribute, Assertion { raw: value.to_vec(), normal: matching::fold(text).into_bytes() })
            }
            (None, ..) => Filter::Undefined,
        }
    }

    /// How many terms there are, those of combinations and the combinations themselves; one at least.
    pub fn terms(&self) -> usize {
        match self {
            Filter::And(filters) | Filter::Or(filters) => 1 + filters.iter().map(Filter::terms).sum::<usize>(),
            Filter::Not(filter) => 1 + filter.terms(),
            Filter::Equality(..)
            | Filter::Substrings(..)
            | Filter::GreaterOrEqual(..)
            | Filter::LessOrEqual(..)
            | Filter::Present(_)
            | Filter::Extensible(_)
            | Filter::Undefined => 1,
        }
    }

    /// Whether some term of it is Undefined from the start.
    pub fn has_undefined(&self) -> bool {
        match self {
            Filter::And(filters) | Filter::Or(filters) => filters.iter().any(Filter::has_undefined),
            Filter::Not(filter) => filter.has_undefined(),
            Filter::Undefined => true,
            Filter::Equality(..)
            | Filter::Substrings(..)
            | Filter::GreaterOrEqual(..)
            | Filter::LessOrEqual(..)
            | Filter::Present(_)
            | Filter::Extensible(_) => false,
        }
    }

    /// `(name=initial*any*last)`.
    pub fn substrings(name: &str, initial: Option<&[u8]>, any: &[&[u8]], last: Option<&[u8]>) -> Filter {
        let Some(attribute) = Attribute::named(name).filter(|attribute| attribute.has_substrings()) else {
            return Filter::Undefined;
        };
        let part = |value: &[u8], keep_start, keep_end| part(attribute, value, keep_start, keep_end);
        let initial = initial.map(|value| part(value, false, true)).transpose();
        let any: Result<Vec<String>, _> = any.iter().map(|value| part(value, true, true)).collect();
        let last = last.map(|value| part(value, true, false)).transpose();
        match (initial, any, last) {
            (Ok(initial), Ok(any), Ok(last)) => Filter::Substrings(attribute, Substrings { initial, any, last }),
            _ => Filter::Undefined,
        }
    }

    /// `(name>=value)`.
    pub fn greater_or_equal(name: &str, value: &[u8]) -> Filter {
        ordered(name, value).map_or(Filter::Undefined, |(attribute, assertion)| Filter::GreaterOrEqual(attribute, assertion))
    }

    /// `(name<=value)`.
    pub fn less_or_equal(name: &str, value: &[u8]) -> Filter {
        ordered(name, value).map_or(Filter::Undefined, |(attribute, assertion)| Filter::LessOrEqual(attribute, assertion))
    }

    /// `(name=*)`.
    pub fn present(name: &str) -> Filter {
        match Attribute::named(name) {
            // Whether there is a credential is nobody's business either.
            None | Some(Attribute::UserPassword) => Filter::Undefined,
            Some(attribute) => Filter::Present(attribute),
        }
    }

    /// `(name~=value)`.
    pub fn approx(name: &str, value: &[u8]) -> Filter {
        // RFC 4511 §4.5.1.7.6: a server without approximate matching takes it for equality.
        Filter::equality(name, value)
    }

    /// `(name:dn:rule:=value)`. Undefined without a type, and by a rule that is not evaluated here.
    pub fn extensible(rule: Option<&str>, name: Option<&str>, value: &[u8], dn_attributes: bool) -> Filter {
        // Departs from RFC 4511 §4.5.1.7.7: a rule alone would have to be tried on every attribute there is.
        let Some(attribute) = name.and_then(Attribute::named).filter(|attribute| *attribute != Attribute::UserPassword) else {
            return Filter::Undefined;
        };
        let rule = match rule {
            Some(rule) if is_in_chain(rule) => is_flat(attribute).then_some(MatchingRule::DistinguishedName),
            Some(rule) => MatchingRule::named(rule).filter(|rule| applies(*rule, attribute)),
            None => attribute.equality(),
        };
        match rule {
            None => Filter::Undefined,
            Some(own) if attribute.equality() == Some(own) && !dn_attributes => Filter::equality(attribute.name(), value),
            Some(rule) => match rule.normalise(value) {
                None => Filter::Undefined,
                Some(normal) => {
                    let assertion = Assertion { raw: value.to_vec(), normal: normal.into_owned() };
                    Filter::Extensible(Extensible { rule, attribute, assertion, dn_attributes })
                }
            },
        }
    }
}

/// Whether `rule` is one for values such as those of `attribute`: its own, or for text another one for text.
fn applies(rule: MatchingRule, attribute: Attribute) -> bool {
    use MatchingRule::{CaseExact, CaseExactIa5, CaseIgnore, CaseIgnoreIa5, Integer, IntegerBitAnd, IntegerBitOr};
    let is_text = |rule| matches!(rule, CaseIgnore | CaseExact | CaseIgnoreIa5 | CaseExactIa5);
    let has_bits = |own| own == Integer && matches!(rule, IntegerBitAnd | IntegerBitOr);
    attribute.equality().is_some_and(|own| own == rule || (is_text(own) && is_text(rule)) || has_bits(own))
}

/// Whether `rule` follows groups within groups.
fn is_in_chain(rule: &str) -> bool {
    rule == IN_CHAIN || rule.eq_ignore_ascii_case("inchainMatch")
}

/// Whether a chain of `attribute` has one link: no group is in a group here, so that the rule is equality.
fn is_flat(attribute: Attribute) -> bool {
    matches!(attribute, Attribute::MemberOf | Attribute::Member | Attribute::UniqueMember)
}

fn ordered(name: &str, value: &[u8]) -> Option<(Attribute, Assertion)> {
    let attribute = Attribute::named(name).filter(|attribute| attribute.is_ordered())?;
    let normal = attribute.normal(value)?.into_owned();
    Some((attribute, Assertion { raw: value.to_vec(), normal }))
}

fn part(attribute: Attribute, value: &[u8], keep_start: bool, keep_end: bool) -> Result<String, Utf8Error> {
    let text = std::str::from_utf8(value)?;
    Ok(match attribute.definition().syntax {
        Syntax::TelephoneNumber | Syntax::FacsimileTelephoneNumber => matching::telephone(text),
        _ => matching::fold_part(text, keep_start, keep_end),
    })
}

/// LDAP_MATCHING_RULE_IN_CHAIN of Active Directory.
const IN_CHAIN: &str = "1.2.840.113556.1.4.1941";

/// The most terms of a filter: items, and, or, not.
pub const MAX_TERMS: usize = 1000;

/// How deep a filter may be nested.
pub const MAX_DEPTH: usize = 64;
