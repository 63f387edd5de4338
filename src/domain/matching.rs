//! When two values are the same, and which comes first: the matching rules (RFC 4517 §4.2) and the string
//! preparation that they share (RFC 4518). Which attribute type uses which rule is in the schema.

use std::borrow::Cow;
use std::cmp::Ordering;

use unicode_normalization::UnicodeNormalization;

use super::dn::Dn;
use super::schema::{ObjectClass, canonical_oid};
use super::time::UnixTime;

/// A rule of equality; the ordering rule that belongs to it goes with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MatchingRule {
    /// Text without regard to case and blanks.
    CaseIgnore,
    /// Text with regard to case.
    CaseExact,
    /// ASCII text without regard to case and blanks.
    CaseIgnoreIa5,
    /// ASCII text with regard to case.
    CaseExactIa5,
    /// Numbers by their value.
    Integer,
    /// `TRUE` and `FALSE`.
    Boolean,
    /// Names by their parts.
    DistinguishedName,
    /// Times by the moment they denote.
    GeneralizedTime,
    /// Schema names in any case, or by number.
    ObjectIdentifier,
    /// Telephone numbers without regard to blanks and hyphens.
    TelephoneNumber,
    /// UUIDs in any case.
    Uuid,
    /// Bytes.
    OctetString,
    /// Lines of text without regard to case and blanks.
    CaseIgnoreList,
    /// Digits without regard to blanks.
    NumericString,
    /// Numbers that have all bits of another one (`1.2.840.113556.1.4.803`).
    IntegerBitAnd,
    /// Numbers that have one of the bits of another one (`1.2.840.113556.1.4.804`).
    IntegerBitOr,
}

impl MatchingRule {
    /// The rule that is called `name`, by name in any case or by number; `None` for one that is not evaluated here.
    pub fn named(name: &str) -> Option<MatchingRule> {
        RULES.iter().find(|(_, oid, known)| *oid == name || known.eq_ignore_ascii_case(name)).map(|(rule, ..)| *rule)
    }

    /// The rule's name as it is published.
    pub fn name(self) -> &'static str {
        RULES.iter().find(|(rule, ..)| *rule == self).map_or("", |(_, _, name)| name)
    }

    /// The form of `value` that is equal, byte for byte, for all values that this rule holds equal.
    /// `None` if `value` is not one that the rule applies to; a filter is then Undefined (RFC 4511 §4.5.1.7).
    pub fn normalise(self, value: &[u8]) -> Option<Cow<'_, [u8]>> {
        if self == MatchingRule::OctetString {
            return Some(Cow::Borrowed(value));
        }
        let text = std::str::from_utf8(value).ok()?;
        Some(match self {
            MatchingRule::CaseIgnore | MatchingRule::CaseIgnoreIa5 | MatchingRule::CaseIgnoreList => {
                into_bytes(prepare(text, Case::Ignored))
            }
            MatchingRule::NumericString => Cow::Owned(numeric(text)?.into_bytes()),
            MatchingRule::IntegerBitAnd | MatchingRule::IntegerBitOr => Cow::Owned(bits(text.as_bytes())?.to_string().into_bytes()),
            MatchingRule::CaseExact | MatchingRule::CaseExactIa5 => into_bytes(prepare(text, Case::Kept)),
            MatchingRule::Integer => into_bytes(Cow::Borrowed(integer(text)?)),
            MatchingRule::Boolean => Cow::Borrowed(boolean(text)?),
            MatchingRule::DistinguishedName => Cow::Owned(Dn::parse(text).ok()?.folded().into_bytes()),
            MatchingRule::GeneralizedTime => Cow::Owned(time_key(UnixTime::millis_of_generalized(text)?)),
            MatchingRule::ObjectIdentifier => Cow::Owned(canonical_oid(text)?.into_bytes()),
            MatchingRule::TelephoneNumber => Cow::Owned(telephone(text).into_bytes()),
            MatchingRule::Uuid => Cow::Owned(uuid::Uuid::try_parse(text).ok()?.as_bytes().to_vec()),
            MatchingRule::OctetString => return None,
        })
    }

    /// Whether `value` equals the assertion whose normal form is `normal`. Allocates nothing for tidy ASCII values.
    pub fn matches(self, value: &[u8], normal: &[u8]) -> bool {
        match self {
            MatchingRule::IntegerBitAnd => both_bits(value, normal).is_some_and(|(own, asked)| own & asked == asked),
            MatchingRule::IntegerBitOr => both_bits(value, normal).is_some_and(|(own, asked)| own & asked != 0),
            MatchingRule::CaseIgnore | MatchingRule::CaseIgnoreIa5 if is_tidy(value) => value.eq_ignore_ascii_case(normal),
            // Names that are held come from the table of classes or are numbers.
            MatchingRule::ObjectIdentifier => value.eq_ignore_ascii_case(normal),
            // What is held is in canonical form, so that plain ASCII needs no parsing to be told apart.
            MatchingRule::DistinguishedName if value.eq_ignore_ascii_case(normal) => true,
            MatchingRule::DistinguishedName if value.iter().all(|byte| byte.is_ascii_graphic() && *byte != b'\\') => false,
            _ => self.normalise(value).is_some_and(|own| *own == *normal),
        }
    }

    /// Whether values are ordered by this rule, so that `>=` and `<=` mean something.
    pub fn is_ordered(self) -> bool {
        match self {
            MatchingRule::CaseIgnore
            | MatchingRule::CaseExact
            | MatchingRule::CaseIgnoreIa5
            | MatchingRule::CaseExactIa5
            | MatchingRule::Integer
            | MatchingRule::GeneralizedTime
            | MatchingRule::Uuid
            | MatchingRule::OctetString => true,
            MatchingRule::Boolean
            | MatchingRule::DistinguishedName
            | MatchingRule::ObjectIdentifier
            | MatchingRule::TelephoneNumber
            | MatchingRule::CaseIgnoreList
            | MatchingRule::NumericString
            | MatchingRule::IntegerBitAnd
            | MatchingRule::IntegerBitOr => false,
        }
    }

    /// How `value` stands to the assertion whose normal form is `normal`; `None` where there is no order.
    pub fn compare(self, value: &[u8], normal: &[u8]) -> Option<Ordering> {
        if !self.is_ordered() {
            return None;
        }
        let own = self.normalise(value)?;
        Some(if self == MatchingRule::Integer { compare_integers(&own, normal) } else { (*own).cmp(normal) })
    }
}

/// The form of a name under which it is found: RFC 4518 preparation (NFC, lower case, invisible characters away, blanks
/// collapsed and trimmed). Two names with the same form are the same name.
pub fn fold(text: &str) -> String {
    prepare(text, Case::Ignored).into_owned()
}

/// As [`fold`], without a copy where `text` has that form already.
pub fn folded(text: &str) -> Cow<'_, str> {
    prepare(text, Case::Ignored)
}

/// Whether two names are the same name.
pub fn same(one: &str, other: &str) -> bool {
    if is_tidy(one.as_bytes()) && is_tidy(other.as_bytes()) { one.eq_ignore_ascii_case(other) } else { folded(one) == folded(other) }
}

/// A part of a substring assertion, prepared as [`fold`] does, but for the blanks at an edge that is inside the value
/// (RFC 4518 §2.6.1): `keep_start` and `keep_end` say which edges are.
pub fn fold_part(text: &str, keep_start: bool, keep_end: bool) -> String {
    let mapped = map(text, Case::Ignored);
    let mut part = String::with_capacity(mapped.len() + 2);
    if keep_start && mapped.starts_with(' ') {
        part.push(' ');
    }
    let inner = collapse(&mapped);
    part.push_str(&inner);
    if keep_end && mapped.ends_with(' ') && !part.ends_with(' ') {
        part.push(' ');
    }
    part
}

/// A telephone number as telephoneNumberMatch sees it (RFC 4518 §2.6.3).
pub fn telephone(text: &str) -> String {
    fold(text).chars().filter(|c| !matches!(c, ' ' | '-' | '\u{2010}'..='\u{2012}' | '\u{2212}')).collect()
}

/// What is left of case in a prepared string.
#[derive(Clone, Copy, PartialEq)]
enum Case {
    Ignored,
    Kept,
}

fn prepare(text: &str, case: Case) -> Cow<'_, str> {
    let settled = case == Case::Kept || !text.bytes().any(|byte| byte.is_ascii_uppercase());
    if settled && is_tidy(text.as_bytes()) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(collapse(&map(text, case)))
}

/// RFC 4518 §2.2 and §2.3; NFC in place of NFKC, so that names which look different stay apart.
fn map(text: &str, case: Case) -> String {
    let visible = text.chars().filter(|c| !is_ignorable(*c)).map(|c| if c.is_whitespace() { ' ' } else { c });
    match (text.is_ascii(), case) {
        (true, Case::Ignored) => visible.map(|c| c.to_ascii_lowercase()).collect(),
        (true, Case::Kept) => visible.collect(),
        // Lowering may leave a sequence that composes again.
        (false, Case::Ignored) => visible.nfc().flat_map(char::to_lowercase).nfc().collect(),
        (false, Case::Kept) => visible.nfc().collect(),
    }
}

/// One blank for each run of them, none at the edges.
fn collapse(text: &str) -> String {
    let mut collapsed = String::with_capacity(text.len());
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        if !collapsed.is_empty() {
            collapsed.push(' ');
        }
        collapsed.push_str(word);
    }
    collapsed
}

/// Visible ASCII with single blanks inside: prepared already, but for its case.
fn is_tidy(value: &[u8]) -> bool {
    let mut after_blank = true;
    for byte in value {
        match byte {
            b' ' if after_blank => return false,
            b' ' => after_blank = true,
            0x21..=0x7e => after_blank = false,
            _ => return false,
        }
    }
    value.is_empty() || !after_blank
}

/// RFC 4518 §2.2: characters that are mapped to nothing.
fn is_ignorable(c: char) -> bool {
    matches!(c,
        '\u{0}'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{6dd}'
        | '\u{70f}' | '\u{1806}' | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2063}' | '\u{206a}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffc}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0001}' | '\u{e0020}'..='\u{e007f}')
}

/// A decimal number without leading zeros; bounded, since nothing that is served is longer.
fn integer(text: &str) -> Option<&str> {
    let text = text.trim_matches(' ');
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    if digits.is_empty() || digits.len() > MAX_DIGITS || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let significant = digits.trim_start_matches('0');
    match (negative, significant) {
        (_, "") => Some("0"),
        (false, _) => Some(significant),
        // The sign is in the way of a slice: -007 is not RFC 4517 §3.3.16 anyway.
        (true, _) if significant.len() < digits.len() => None,
        (true, _) => Some(text),
    }
}

/// Two numbers in the form of [`integer`].
fn compare_integers(one: &[u8], other: &[u8]) -> Ordering {
    match (one.starts_with(b"-"), other.starts_with(b"-")) {
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => (one.len(), one).cmp(&(other.len(), other)),
        (true, true) => (other.len(), other).cmp(&(one.len(), one)),
    }
}

/// Digits alone (RFC 4518 §2.6.2).
fn numeric(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(|c| *c != ' ').collect();
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

/// A number whose bits can be told: those of another directory have 32 or 64.
fn bits(value: &[u8]) -> Option<i64> {
    std::str::from_utf8(value).ok()?.trim_matches(' ').parse().ok()
}

fn both_bits(value: &[u8], asked: &[u8]) -> Option<(i64, i64)> {
    Some((bits(value)?, bits(asked)?))
}

fn boolean(text: &str) -> Option<&'static [u8]> {
    ["TRUE", "FALSE"].into_iter().find(|word| word.eq_ignore_ascii_case(text)).map(str::as_bytes)
}

/// Eight bytes that sort as the moments do.
fn time_key(millis: i64) -> Vec<u8> {
    ((millis as u64) ^ (1 << 63)).to_be_bytes().to_vec()
}

fn into_bytes(text: Cow<'_, str>) -> Cow<'_, [u8]> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    }
}

/// The object class whose name or number `value` is, where it is served.
pub fn known_class(value: &[u8]) -> Option<ObjectClass> {
    std::str::from_utf8(value).ok().and_then(ObjectClass::named)
}

/// The longest number, in digits.
const MAX_DIGITS: usize = 40;

/// The rules that are evaluated, with number and name (RFC 4517 §4.2, RFC 4530 §2.3).
const RULES: [(MatchingRule, &str, &str); 16] = [
    (MatchingRule::CaseIgnore, "2.5.13.2", "caseIgnoreMatch"),
    (MatchingRule::CaseExact, "2.5.13.5", "caseExactMatch"),
    (MatchingRule::CaseIgnoreIa5, "1.3.6.1.4.1.1466.109.114.2", "caseIgnoreIA5Match"),
    (MatchingRule::CaseExactIa5, "1.3.6.1.4.1.1466.109.114.1", "caseExactIA5Match"),
    (MatchingRule::Integer, "2.5.13.14", "integerMatch"),
    (MatchingRule::Boolean, "2.5.13.13", "booleanMatch"),
    (MatchingRule::DistinguishedName, "2.5.13.1", "distinguishedNameMatch"),
    (MatchingRule::GeneralizedTime, "2.5.13.27", "generalizedTimeMatch"),
    (MatchingRule::ObjectIdentifier, "2.5.13.0", "objectIdentifierMatch"),
    (MatchingRule::TelephoneNumber, "2.5.13.20", "telephoneNumberMatch"),
    (MatchingRule::Uuid, "1.3.6.1.1.16.2", "uuidMatch"),
    (MatchingRule::OctetString, "2.5.13.17", "octetStringMatch"),
    (MatchingRule::CaseIgnoreList, "2.5.13.11", "caseIgnoreListMatch"),
    (MatchingRule::NumericString, "2.5.13.8", "numericStringMatch"),
    (MatchingRule::IntegerBitAnd, "1.2.840.113556.1.4.803", "integerBitAndMatch"),
    (MatchingRule::IntegerBitOr, "1.2.840.113556.1.4.804", "integerBitOrMatch"),
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_fold_to_one_form() {
        for (given, form) in [
            ("louisem", "louisem"),
            ("LouiseM", "louisem"),
            ("  Louise \t  M ", "louise m"),
            ("E\u{301}lodie", "élodie"),
            ("ÉLODIE", "élodie"),
            ("lou\u{200b}ise\u{ad}m", "louisem"),
            ("Louise\u{a0}M", "louise m"),
            ("lou\0ise", "louise"),
            ("", ""),
            (" ", ""),
        ] {
            assert_eq!(fold(given), form, "{given:?}");
        }
    }

    #[test]
    fn parts_keep_the_blanks_inside_the_value() {
        for (given, start, end, form) in [
            ("Foo ", false, true, "foo "),
            ("  Foo  ", false, false, "foo"),
            ("  foo  bar  ", true, true, " foo bar "),
            (" ", true, true, " "),
            (" ", false, false, ""),
        ] {
            assert_eq!(fold_part(given, start, end), form, "{given:?}");
        }
    }

    #[test]
    fn equality_is_by_rule() {
        use MatchingRule::*;
        for (rule, one, other, equal) in [
            (CaseIgnore, "Louise  Martin", "louise martin", true),
            (CaseIgnore, "Élodie", "e\u{301}LODIE", true),
            (CaseIgnore, "louise", "louis", false),
            (CaseExact, "Louise", "louise", false),
            (CaseExact, " Louise ", "Louise", true),
            (Integer, "0010", "10", true),
            (Integer, "10", "1", false),
            (Boolean, "true", "TRUE", true),
            (DistinguishedName, "uid=a, OU=People,dc=x", "UID=A,ou=people,dc=X", true),
            (DistinguishedName, "uid=a\\2c b,dc=x", "uid=a\\, B,dc=x", true),
            (DistinguishedName, "uid=a,dc=x", "uid=b,dc=x", false),
            (GeneralizedTime, "20261122093000Z", "20261122103000+0100", true),
            (GeneralizedTime, "20261122093000Z", "20261122093000.5Z", false),
            (ObjectIdentifier, "inetOrgPerson", "2.16.840.1.113730.3.2.2", true),
            (TelephoneNumber, "+33 1 23-45", "+3312345", true),
            (Uuid, "550E8400-e29b-41d4-a716-446655440000", "550e8400-E29B-41d4-a716-446655440000", true),
            (OctetString, "a", "A", false),
            (CaseIgnoreList, "1, Rue X$75002 Paris", "1, rue x$75002  PARIS", true),
            (NumericString, "12 34", "1234", true),
            (IntegerBitAnd, "514", "2", true),
            (IntegerBitAnd, "514", "514", true),
            (IntegerBitAnd, "512", "514", false),
            (IntegerBitAnd, "512", "0", true),
            (IntegerBitOr, "512", "514", true),
            (IntegerBitOr, "512", "2", false),
            (IntegerBitOr, "512", "0", false),
        ] {
            let normal = rule.normalise(other.as_bytes()).unwrap();
            assert_eq!(rule.matches(one.as_bytes(), &normal), equal, "{rule:?} {one} {other}");
        }
    }

    #[test]
    fn values_that_a_rule_does_not_apply_to_have_no_form() {
        use MatchingRule::*;
        for (rule, value) in [
            (CaseIgnore, &b"\xff"[..]),
            (Integer, b"12a"),
            (Integer, b""),
            (Boolean, b"yes"),
            (DistinguishedName, b"matrix"),
            (GeneralizedTime, b"yesterday"),
            (Uuid, b"1234"),
            (NumericString, b"12a"),
            (IntegerBitAnd, b"two"),
            (IntegerBitOr, b"99999999999999999999"),
            (ObjectIdentifier, b"two words"),
        ] {
            assert_eq!(rule.normalise(value), None, "{rule:?} {value:?}");
        }
    }

    #[test]
    fn order_is_by_rule() {
        use MatchingRule::*;
        for (rule, one, other, order) in [
            (Integer, "9", "10", Some(Ordering::Less)),
            (Integer, "-10", "-9", Some(Ordering::Less)),
            (Integer, "-1", "0", Some(Ordering::Less)),
            (GeneralizedTime, "20261122093000Z", "20261122093000.25Z", Some(Ordering::Less)),
            (GeneralizedTime, "19691231235959Z", "19700101000000Z", Some(Ordering::Less)),
            (CaseIgnore, "B", "a", Some(Ordering::Greater)),
            (DistinguishedName, "dc=a", "dc=b", None),
        ] {
            let normal = rule.normalise(other.as_bytes()).unwrap();
            assert_eq!(rule.compare(one.as_bytes(), &normal), order, "{rule:?} {one} {other}");
        }
    }

    #[test]
    fn rules_are_found_by_name_and_number() {
        for (rule, oid, name) in RULES {
            assert_eq!(MatchingRule::named(oid), Some(rule));
            assert_eq!(MatchingRule::named(&name.to_uppercase()), Some(rule));
        }
        assert_eq!(MatchingRule::named("1.2.840.113556.1.4.1941"), None);
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in any::<String>()) {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn a_name_is_the_same_as_its_folded_form(text in any::<String>()) {
            prop_assert!(same(&text, &fold(&text)));
        }
    }
}
