//! Reads a filter from text (RFC 4515).

use super::{Filter, MAX_DEPTH, MAX_TERMS};

/// Why a text is not a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// Not as RFC 4515 has it.
    #[error("not a search filter: byte {at} is not what RFC 4515 allows there")]
    Syntax {
        /// Where, in bytes.
        at: usize,
    },
    /// More than [`MAX_TERMS`].
    #[error("the filter has more than {MAX_TERMS} terms")]
    TooManyTerms,
    /// Deeper than [`MAX_DEPTH`].
    #[error("the filter is nested deeper than {MAX_DEPTH} levels")]
    TooDeep,
}

impl Filter {
    /// Reads `text`. Blanks between filters and around names are let pass, and so are missing outermost parentheses
    /// (`uid=louisem`), as the common clients do.
    pub fn parse(text: &str) -> Result<Filter, FilterError> {
        let text = text.trim_matches(' ');
        let mut reader = FilterReader { text: text.as_bytes(), at: 0, terms: 0 };
        let filter = if text.starts_with('(') { reader.filter(0)? } else { reader.inside(0)? };
        if reader.at == text.len() { Ok(filter) } else { Err(reader.error()) }
    }
}

struct FilterReader<'a> {
    text: &'a [u8],
    at: usize,
    terms: usize,
}

impl<'a> FilterReader<'a> {
    /// A filter in its parentheses.
    fn filter(&mut self, depth: usize) -> Result<Filter, FilterError> {
        self.expect(b'(')?;
        self.skip_blanks();
        let filter = self.inside(depth)?;
        self.expect(b')')?;
        Ok(filter)
    }

    fn inside(&mut self, depth: usize) -> Result<Filter, FilterError> {
        self.terms += 1;
        if self.terms > MAX_TERMS {
            return Err(FilterError::TooManyTerms);
        }
        if depth >= MAX_DEPTH {
            return Err(FilterError::TooDeep);
        }
        match self.peek() {
            Some(b'&') => Ok(Filter::And(self.list(depth)?)),
            Some(b'|') => Ok(Filter::Or(self.list(depth)?)),
            Some(b'!') => {
                self.at += 1;
                self.skip_blanks();
                let filter = self.filter(depth + 1)?;
                self.skip_blanks();
                Ok(Filter::Not(Box::new(filter)))
            }
            _ => self.item(),
        }
    }

    fn list(&mut self, depth: usize) -> Result<Vec<Filter>, FilterError> {
        self.at += 1;
        self.skip_blanks();
        let mut filters = Vec::new();
        while self.peek() == Some(b'(') {
            filters.push(self.filter(depth + 1)?);
            self.skip_blanks();
        }
        Ok(filters)
    }

    fn item(&mut self) -> Result<Filter, FilterError> {
        let left = self.left()?;
        match self.take() {
            Some(b'=') => self.equality_or_substrings(description(left).ok_or(self.error())?),
            Some(b':') => {
                self.expect(b'=')?;
                self.extensible(left)
            }
            Some(sign @ (b'>' | b'<' | b'~')) => {
                self.expect(b'=')?;
                let name = description(left).ok_or(self.error())?;
                let value = self.whole_value()?;
                Ok(match sign {
                    b'>' => Filter::greater_or_equal(name, &value),
                    b'<' => Filter::less_or_equal(name, &value),
                    _ => Filter::approx(name, &value),
                })
            }
            _ => Err(self.error()),
        }
    }

    /// What stands before the operator: a name, or for an extensible match all but the last `:`.
    fn left(&mut self) -> Result<&'a str, FilterError> {
        let rest = &self.text[self.at..];
        let length = rest.iter().position(|byte| matches!(byte, b'=' | b'>' | b'<' | b'~' | b'(' | b')')).unwrap_or(rest.len());
        let length = if rest[..length].ends_with(b":") { length - 1 } else { length };
        self.at += length;
        std::str::from_utf8(&rest[..length]).map(|left| left.trim_matches(' ')).map_err(|_| self.error())
    }

    fn equality_or_substrings(&mut self, name: &str) -> Result<Filter, FilterError> {
        let mut parts = vec![Vec::new()];
        while let Some(byte) = self.value_byte()? {
            match (byte, parts.last_mut()) {
                (ValueByte::Star, _) => parts.push(Vec::new()),
                (ValueByte::Byte(byte), Some(part)) => part.push(byte),
                (ValueByte::Byte(_), None) => return Err(self.error()),
            }
        }
        Ok(match parts.as_slice() {
            [value] => Filter::equality(name, value),
            // `(name= *)` is presence to the common clients.
            [first, last] if blank(first) && blank(last) => Filter::present(name),
            [initial, any @ .., last] => {
                let any: Vec<&[u8]> = any.iter().filter(|part| !part.is_empty()).map(Vec::as_slice).collect();
                let edge = |part: &'_ Vec<u8>| !part.is_empty();
                Filter::substrings(
                    name,
                    Some(initial).filter(|part| edge(part)).map(Vec::as_slice),
                    &any,
                    Some(last).filter(|part| edge(part)).map(Vec::as_slice),
                )
            }
            [] => return Err(self.error()),
        })
    }

    /// `[name][:dn][:rule]` is `left`; RFC 4515 §3 `extensible`.
    fn extensible(&mut self, left: &str) -> Result<Filter, FilterError> {
        let mut fields = left.split(':').map(|field| field.trim_matches(' '));
        let name = fields.next().filter(|name| !name.is_empty());
        let mut fields = fields.peekable();
        let dn_attributes = fields.next_if(|field| field.eq_ignore_ascii_case("dn")).is_some();
        let rule = fields.next();
        let well_formed = fields.next().is_none()
            && (name.is_some() || rule.is_some())
            && name.into_iter().chain(rule).all(|field| description(field).is_some());
        if !well_formed {
            return Err(self.error());
        }
        let value = self.whole_value()?;
        Ok(Filter::extensible(rule, name, &value, dn_attributes))
    }

    /// A value in which a star stands for nothing but itself.
    fn whole_value(&mut self) -> Result<Vec<u8>, FilterError> {
        let mut value = Vec::new();
        while let Some(byte) = self.value_byte()? {
            value.push(match byte {
                ValueByte::Byte(byte) => byte,
                ValueByte::Star => b'*',
            });
        }
        Ok(value)
    }

    /// The next byte of a value, unescaped; none at its end.
    fn value_byte(&mut self) -> Result<Option<ValueByte>, FilterError> {
        match self.peek() {
            None | Some(b')') => Ok(None),
            Some(b'(' | 0) => Err(self.error()),
            Some(b'*') => {
                self.at += 1;
                Ok(Some(ValueByte::Star))
            }
            Some(b'\\') => {
                let pair = self.text.get(self.at + 1..self.at + 3).ok_or(self.error())?;
                let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
                let (high, low) = digit(pair[0]).zip(digit(pair[1])).ok_or(self.error())?;
                self.at += 3;
                Ok(Some(ValueByte::Byte(high << 4 | low)))
            }
            Some(byte) => {
                self.at += 1;
                Ok(Some(ValueByte::Byte(byte)))
            }
        }
    }

    fn expect(&mut self, wanted: u8) -> Result<(), FilterError> {
        if self.take() == Some(wanted) { Ok(()) } else { Err(self.error()) }
    }

    fn skip_blanks(&mut self) {
        while self.peek() == Some(b' ') {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn take(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn error(&self) -> FilterError {
        FilterError::Syntax { at: self.at }
    }
}

/// A byte of a value, or the star that separates two.
enum ValueByte {
    Byte(u8),
    Star,
}

/// `text`, if it can be an attribute description or a rule: letters, digits, hyphens, dots, options.
fn description(text: &str) -> Option<&str> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b';' | b'_');
    (!text.is_empty() && text.bytes().all(allowed)).then_some(text)
}

fn blank(part: &[u8]) -> bool {
    part.iter().all(|byte| *byte == b' ')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::filter::{Assertion, Substrings};
    use crate::domain::schema::Attribute;

    fn uid(value: &str) -> Filter {
        Filter::equality("uid", value.as_bytes())
    }

    #[test]
    fn filters_are_read() {
        for (text, filter) in [
            ("(uid=a)", uid("a")),
            ("uid=a", uid("a")),
            (" (uid=a) ", uid("a")),
            ("( uid = a )", uid(" a ")),
            ("(uid=a b)", uid("a b")),
            ("(uid=\\28\\2a\\5C\\29)", uid("(*\\)")),
            ("(uid=a=b:=c)", uid("a=b:=c")),
            ("(cn=*)", Filter::Present(Attribute::Cn)),
            ("(cn=\\2a)", Filter::equality("cn", b"*")),
            ("(&)", Filter::And(vec![])),
            ("(& (uid=a) (!(uid=b)) )", Filter::And(vec![uid("a"), Filter::Not(Box::new(uid("b")))])),
            ("&(uid=a)(uid=b)", Filter::And(vec![uid("a"), uid("b")])),
            ("(|(uid=a))", Filter::Or(vec![uid("a")])),
            ("(x=*)", Filter::Undefined),
            ("(uid>=a)", Filter::greater_or_equal("uid", b"a")),
            ("(uid<=a*)", Filter::less_or_equal("uid", b"a*")),
            ("(uid~=a)", uid("a")),
            ("(uid:=a)", uid("a")),
            ("(uid:dn:2.5.13.5:=a)", Filter::extensible(Some("2.5.13.5"), Some("uid"), b"a", true)),
            ("(memberOf=Staff)", Filter::Equality(Attribute::MemberOf, Assertion { raw: b"Staff".to_vec(), normal: b"staff".to_vec() })),
            (
                "(cn=A*b**c*)",
                Filter::Substrings(Attribute::Cn, Substrings { initial: Some("a".into()), any: vec!["b".into(), "c".into()], last: None }),
            ),
            ("(cn=**)", Filter::Substrings(Attribute::Cn, Substrings::default())),
        ] {
            assert_eq!(Filter::parse(text), Ok(filter), "{text}");
        }
    }

    #[test]
    fn what_rfc_4515_does_not_allow_is_refused() {
        for text in [
            "",
            "(",
            ")",
            "()",
            "(uid)",
            "(uid=a",
            "uid=a)",
            "(uid=a))",
            "(uid=a)(uid=b)",
            "(=a)",
            "(uid=a(b)",
            "(uid=\\)",
            "(uid=\\4)",
            "(uid=\\zz)",
            "(!)",
            "(!(uid=a)(uid=b))",
            "(!uid=a)",
            "(&uid=a)",
            "(u d=a)",
            "(uid>a)",
            "(:=a)",
            "(:dn:=a)",
            "(uid:dn:a:b:=c)",
            "(uid=\0)",
            "(é=a)",
        ] {
            assert!(matches!(Filter::parse(text), Err(FilterError::Syntax { .. })), "{text:?} {:?}", Filter::parse(text));
        }
    }

    #[test]
    fn filters_are_bounded() {
        let nested = |depth: usize| format!("{}(uid=a){}", "(!".repeat(depth), ")".repeat(depth));
        assert!(Filter::parse(&nested(MAX_DEPTH - 1)).is_ok());
        assert_eq!(Filter::parse(&nested(MAX_DEPTH)), Err(FilterError::TooDeep));
        assert_eq!(Filter::parse(&"(!".repeat(100_000)), Err(FilterError::TooDeep));
        let wide = |terms: usize| format!("(|{})", "(uid=a)".repeat(terms - 1));
        assert!(Filter::parse(&wide(MAX_TERMS)).is_ok());
        assert_eq!(Filter::parse(&wide(MAX_TERMS + 1)), Err(FilterError::TooManyTerms));
    }

    proptest! {
        #[test]
        fn reading_never_panics(text in any::<String>()) {
            let _ = Filter::parse(&text);
        }

        #[test]
        fn reading_of_what_looks_like_a_filter_never_panics(text in "[()&|!=*<>~:;\\\\ a-f0-9uidné]{0,60}") {
            let _ = Filter::parse(&text);
            let _ = Filter::parse(&format!("({text})"));
        }
    }
}
