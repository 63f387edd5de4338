//! A search request (RFC 4511 §4.5.1), read from its octets straight into the domain's types. Of one's own, since
//! ldap3_proto makes some eighty objects of a search, each of which would then be made anew.

use super::unknown_types::unknown_types;
use crate::domain::dn::{Dn, DnError};
use crate::domain::filter::Filter;
use crate::domain::schema::{Attribute, AttributeDescription};
use crate::domain::selection::{Scope, Selection};
use crate::ldap::codec::ber::{self, BOOLEAN, ENUMERATED, INTEGER, Malformed, OCTET_STRING, Reader, SEQUENCE};

/// What a search asks for, as it was sent.
#[derive(Debug, PartialEq)]
pub struct Search {
    /// Where it starts. What is no name has an answer of its own.
    pub base: Result<Dn, DnError>,
    /// How deep it goes.
    pub scope: Scope,
    /// Entries at most; zero is no limit.
    pub size_limit: u32,
    /// Seconds at most; zero is no limit.
    pub time_limit: u32,
    /// No values.
    pub types_only: bool,
    /// What must hold, its names resolved; unknown ones are Undefined.
    pub filter: Filter,
    /// Which attributes come back.
    pub selection: Selection,
    /// What few searches have.
    pub rare: Option<Box<RareParts>>,
}

/// What few searches have, by itself so that a request stays small.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RareParts {
    /// What was asked for with `;binary` alone (RFC 4522 §3), and comes back so.
    pub binary: Vec<Attribute>,
    /// Types in the filter that nobody has.
    pub unknown: Vec<String>,
}

impl Search {
    /// Reads the content of a request whose shape, depth and size were checked.
    ///
    /// # Errors
    /// [`Malformed`] if text is not UTF-8, or an enumeration has no such value.
    pub fn read(content: &[u8]) -> Result<Search, Malformed> {
        let mut reader = Reader::new(content);
        let base = text(reader.expect(OCTET_STRING)?)?;
        let scope = scope(reader.expect(ENUMERATED)?)?;
        // Aliases are not served, so there are none to dereference.
        if number(reader.expect(ENUMERATED)?)? > DEREF_ALWAYS {
            return Err(Malformed);
        }
        let [size_limit, time_limit] = [number(reader.expect(INTEGER)?)?, number(reader.expect(INTEGER)?)?];
        let types_only = ber::boolean(reader.expect(BOOLEAN)?).ok_or(Malformed)?;
        let element = reader.next()?.ok_or(Malformed)?;
        let filter = filter(element)?;
        let unknown = if filter.has_undefined() { unknown_types(element) } else { Vec::new() };
        let (selection, binary) = selection(reader.expect(SEQUENCE)?)?;
        Ok(Search {
            base: Dn::parse(base),
            scope,
            size_limit,
            time_limit,
            types_only,
            filter,
            selection,
            rare: (!binary.is_empty() || !unknown.is_empty()).then(|| Box::new(RareParts { binary, unknown })),
        })
    }
}

fn scope(content: &[u8]) -> Result<Scope, Malformed> {
    match number(content)? {
        0 => Ok(Scope::Base),
        1 => Ok(Scope::One),
        2 => Ok(Scope::Subtree),
        3 => Ok(Scope::Children),
        _ => Err(Malformed),
    }
}

/// Its depth is bounded by [`ber::MAX_DEPTH`].
fn filter(element: ber::Element) -> Result<Filter, Malformed> {
    let content = element.content;
    Ok(match element.tag {
        0xa0 => Filter::And(filters(content)?),
        0xa1 => Filter::Or(filters(content)?),
        0xa2 => Filter::Not(Box::new(Reader::new(content).next()?.ok_or(Malformed).and_then(filter)?)),
        0xa3 => assertion(content, Filter::equality)?,
        0xa4 => substrings(content)?,
        0xa5 => assertion(content, Filter::greater_or_equal)?,
        0xa6 => assertion(content, Filter::less_or_equal)?,
        0x87 => Filter::present(text(content)?),
        0xa8 => assertion(content, Filter::approx)?,
        0xa9 => extensible(content)?,
        _ => return Err(Malformed),
    })
}

fn filters(content: &[u8]) -> Result<Vec<Filter>, Malformed> {
    let mut reader = Reader::new(content);
    let mut filters = Vec::new();
    while let Some(element) = reader.next()? {
        filters.push(filter(element)?);
    }
    Ok(filters)
}

/// AttributeValueAssertion.
fn assertion(content: &[u8], make: fn(&str, &[u8]) -> Filter) -> Result<Filter, Malformed> {
    let mut reader = Reader::new(content);
    let name = text(reader.expect(OCTET_STRING)?)?;
    // RFC 4511 §4.1.6: a value is octets; what is not of the type's syntax is Undefined, which is the filter's to say.
    Ok(make(name, reader.expect(OCTET_STRING)?))
}

/// SubstringFilter.
fn substrings(content: &[u8]) -> Result<Filter, Malformed> {
    let mut reader = Reader::new(content);
    let name = text(reader.expect(OCTET_STRING)?)?;
    let mut parts = Reader::new(reader.expect(SEQUENCE)?);
    let initial = parts.optional(0x80)?;
    let mut any = Vec::new();
    while let Some(part) = parts.optional(0x81)? {
        any.push(part);
    }
    let last = parts.optional(0x82)?;
    Ok(Filter::substrings(name, initial, &any, last))
}

/// MatchingRuleAssertion.
fn extensible(content: &[u8]) -> Result<Filter, Malformed> {
    let mut reader = Reader::new(content);
    let rule = reader.optional(0x81)?.map(text).transpose()?;
    let name = reader.optional(0x82)?.map(text).transpose()?;
    let value = reader.expect(0x83)?;
    let dn_attributes = reader.optional(0x84)?.and_then(ber::boolean).unwrap_or(false);
    Ok(Filter::extensible(rule, name, value, dn_attributes))
}

/// RFC 4511 §4.5.1.8. Unknown names, `dn` and `1.1` select nothing. Beside it those that were asked for with `;binary` alone.
fn selection(content: &[u8]) -> Result<(Selection, Vec<Attribute>), Malformed> {
    let mut binary = Vec::new();
    let mut selection = Selection { all_user: content.is_empty(), ..Selection::default() };
    let mut names = Reader::new(content);
    while let Some(name) = names.optional(OCTET_STRING)? {
        match text(name)? {
            "*" => selection.all_user = true,
            // RFC 3673.
            "+" => selection.all_operational = true,
            name => select(&mut selection, &mut binary, name),
        }
    }
    selection.named.sort_unstable();
    Ok((selection, binary))
}

fn select(selection: &mut Selection, binary: &mut Vec<Attribute>, name: &str) {
    let Some(described) = AttributeDescription::parse(name) else { return };
    let attribute = described.attribute;
    if !selection.named.contains(&attribute) {
        selection.named.push(attribute);
        binary.extend(described.binary.then_some(attribute));
    } else if !described.binary {
        // Asked for both with the option and without it: it comes once, without.
        binary.retain(|named| *named != attribute);
    }
}

fn number(content: &[u8]) -> Result<u32, Malformed> {
    ber::number(content).map(i32::unsigned_abs).ok_or(Malformed)
}

fn text(octets: &[u8]) -> Result<&str, Malformed> {
    std::str::from_utf8(octets).map_err(|_| Malformed)
}

/// derefAliases: `derefAlways (3)` is the last.
const DEREF_ALWAYS: u32 = 3;

#[cfg(test)]
mod tests {
    use bytes::BytesMut;
    use ldap3_proto::LdapCodec;
    use ldap3_proto::proto::{
        LdapDerefAliases, LdapFilter, LdapMatchingRuleAssertion, LdapMsg, LdapOp, LdapSearchRequest, LdapSearchScope, LdapSubstringFilter,
    };
    use tokio_util::codec::Encoder;

    use super::*;

    fn request(filter: LdapFilter) -> LdapSearchRequest {
        LdapSearchRequest {
            base: "ou=people,dc=x".into(),
            scope: LdapSearchScope::Subtree,
            aliases: LdapDerefAliases::Always,
            sizelimit: 300,
            timelimit: 0,
            typesonly: true,
            filter,
            attrs: vec!["mail".into()],
        }
    }

    /// What is read of `request` as another implementation writes it.
    fn read(request: LdapSearchRequest) -> Result<Search, Malformed> {
        let mut bytes = BytesMut::new();
        LdapCodec::new(None, None).encode(LdapMsg { msgid: 1, op: LdapOp::SearchRequest(request), ctrl: vec![] }, &mut bytes).unwrap();
        let mut message = Reader::new(Reader::new(&bytes).expect(SEQUENCE).unwrap());
        message.expect(INTEGER).unwrap();
        Search::read(message.expect(0x63).unwrap())
    }

    #[test]
    fn a_search_is_read_as_another_implementation_writes_it() {
        let expected = Search {
            base: Dn::parse("ou=people,dc=x"),
            scope: Scope::Subtree,
            size_limit: 300,
            time_limit: 0,
            types_only: true,
            filter: Filter::present("uid"),
            selection: Selection { named: vec![Attribute::Mail], ..Selection::default() },
            rare: None,
        };
        assert_eq!(read(request(LdapFilter::Present("uid".into()))), Ok(expected));
        let nameless = LdapSearchRequest { base: "people".into(), ..request(LdapFilter::And(vec![])) };
        assert!(read(nameless).unwrap().base.is_err());
    }

    #[test]
    fn filters_are_read_as_another_implementation_writes_them() {
        use LdapFilter::{And, Approx, Equality, Extensible, GreaterOrEqual, LessOrEqual, Not, Or, Present, Substring};
        let text = str::to_owned;
        let rule = |dn_attributes| LdapMatchingRuleAssertion {
            matching_rule: Some(text("caseExactMatch")),
            type_: Some(text("cn")),
            match_value: text("Martin"),
            dn_attributes,
        };
        let parts = |initial: Option<&str>, any: &[&str], last: Option<&str>| LdapSubstringFilter {
            initial: initial.map(text),
            any: any.iter().copied().map(text).collect(),
            final_: last.map(text),
        };
        for (filter, written) in [
            (And(vec![Present(text("uid")), Or(vec![])]), "(&(uid=*)(|))"),
            (Not(Box::new(Equality(text("UID"), text("LouiseM")))), "(!(uid=LouiseM))"),
            (GreaterOrEqual(text("uidNumber"), text("7")), "(uidNumber>=7)"),
            (LessOrEqual(text("uidNumber"), text("7")), "(uidNumber<=7)"),
            (Approx(text("cn"), text("élodie")), "(cn~=élodie)"),
            (Substring(text("cn"), parts(Some("a"), &["b", "c"], Some("d"))), "(cn=a*b*c*d)"),
            (Substring(text("cn"), parts(None, &["b"], None)), "(cn=*b*)"),
            (Extensible(rule(true)), "(cn:dn:caseExactMatch:=Martin)"),
            (Extensible(rule(false)), "(cn:caseExactMatch:=Martin)"),
        ] {
            assert_eq!(read(request(filter)).map(|search| search.filter), Ok(Filter::parse(written).unwrap()), "{written}");
        }
        for unknown in ["sudoHost", ""] {
            let search = read(request(Equality(text(unknown), text("x"))));
            assert_eq!(search.map(|search| search.filter), Ok(Filter::Undefined), "{unknown:?}");
        }
    }

    #[test]
    fn attributes_are_selected_as_clients_write_them() {
        let named = |named: &[Attribute]| Selection { named: named.to_vec(), ..Selection::default() };
        for (names, expected) in [
            (&[][..], Selection { all_user: true, ..Selection::default() }),
            (&["*"], Selection { all_user: true, ..Selection::default() }),
            (&["+", "+"], Selection { all_operational: true, ..Selection::default() }),
            (&["*", "+"], Selection { all_user: true, all_operational: true, ..Selection::default() }),
            (&["1.1"], named(&[])),
            (&["dn"], named(&[])),
            (&["nsuniqueid", "sAMAccountName", ""], named(&[])),
            (&["CN", "cn", "commonName", "2.5.4.3", "cn;lang-fr", "mail"], named(&[Attribute::Cn, Attribute::Mail])),
            (&["cn;lang-fr", "mail;x-private", "sn;"], named(&[])),
            (&["member;range=0-1499"], named(&[Attribute::Member])),
            (&["jpegPhoto;binary"], named(&[Attribute::JpegPhoto])),
            (&["mail"; 5000], named(&[Attribute::Mail])),
        ] {
            let attrs = names.iter().map(|name| (*name).to_owned()).collect();
            let search = read(LdapSearchRequest { attrs, ..request(LdapFilter::And(vec![])) });
            assert_eq!(search.map(|search| search.selection), Ok(expected), "{:?}", &names[..names.len().min(6)]);
        }
    }

    #[test]
    fn what_is_asked_for_with_binary_alone_comes_back_so() {
        for (names, expected) in [
            (&["jpegPhoto;BINARY"][..], Some(Attribute::JpegPhoto)),
            (&["jpegPhoto;binary", "jpegPhoto;binary"], Some(Attribute::JpegPhoto)),
            (&["jpegPhoto;binary", "jpegPhoto"], None),
            (&["jpegPhoto", "jpegPhoto;binary"], None),
            (&["jpegPhoto"], None),
        ] {
            let attrs = names.iter().map(|name| (*name).to_owned()).collect();
            let binary = read(LdapSearchRequest { attrs, ..request(LdapFilter::And(vec![])) }).unwrap().rare.map(|rare| rare.binary);
            assert_eq!(binary, expected.map(|attribute| vec![attribute]), "{names:?}");
        }
    }

    #[test]
    fn values_that_are_not_utf_8_are_undefined() {
        let read = |filter: &[u8]| super::filter(Reader::new(filter).next().unwrap().unwrap());
        for (octets, expected) in [
            (&b"\xa3\x07\x04\x02cn\x04\x01\xe9"[..], Filter::Undefined),
            (b"\xa5\x07\x04\x02cn\x04\x01\xe9", Filter::Undefined),
            (b"\xa8\x07\x04\x02cn\x04\x01\xe9", Filter::Undefined),
            (b"\xa4\x09\x04\x02cn\x30\x03\x81\x01\xe9", Filter::Undefined),
            (b"\xa9\x07\x82\x02cn\x83\x01\xe9", Filter::Undefined),
            (b"\xa1\x0d\xa3\x07\x04\x02cn\x04\x01\xe9\x87\x02cn", Filter::Or(vec![Filter::Undefined, Filter::present("cn")])),
        ] {
            assert_eq!(read(octets), Ok(expected), "{octets:02x?}");
        }
        let key = read(b"\xa3\x11\x04\x0csshPublicKey\x04\x01\xe9");
        assert_eq!(key, Ok(Filter::equality("sshPublicKey", b"\xe9")), "any octets are a value of an octet string");
        assert_eq!(read(b"\xa3\x06\x04\x01\xe9\x04\x01a"), Err(Malformed), "an attribute description is text");
    }

    #[test]
    fn text_that_is_not_utf_8_and_enumerations_beyond_their_end_are_refused() {
        let good = b"\x04\0\x0a\x01\x02\x0a\x01\0\x02\x01\0\x02\x01\0\x01\x01\0\xa3\x07\x04\x02cn\x04\x01a\x30\x03\x04\x01l";
        assert!(Search::read(good).is_ok());
        for (at, octet) in [(4, 4), (7, 4), (20, 0xff), (29, 0xff)] {
            let mut bad = good.to_vec();
            bad[at] = octet;
            assert_eq!(Search::read(&bad), Err(Malformed), "{at}");
        }
    }
}
