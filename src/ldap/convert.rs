//! From the protocol's types to the domain's.

use std::time::Duration;

use ldap3_proto::proto::{LdapFilter, LdapModify, LdapModifyType, LdapSearchRequest, LdapSearchScope};

use super::control::Requested;
use super::limits::Limits;
use super::result::{LdapResult, ResultCode};
use crate::directory::{Change, ChangeOperation, Scope, SearchRequest, Selection};
use crate::domain::dn::Dn;
use crate::domain::filter::Filter;
use crate::domain::schema::Attribute;

/// The name in `text` (RFC 4514).
pub fn dn(text: &str) -> Result<Dn, LdapResult> {
    Dn::parse(text).map_err(|error| LdapResult::new(ResultCode::InvalidDnSyntax, error.to_string()))
}

/// A filter whose names are resolved; unknown ones are Undefined there. Its depth and size were bounded with the frame.
pub fn filter(filter: &LdapFilter) -> Filter {
    let list = |filters: &[LdapFilter]| filters.iter().map(self::filter).collect();
    match filter {
        LdapFilter::And(filters) => Filter::And(list(filters)),
        LdapFilter::Or(filters) => Filter::Or(list(filters)),
        LdapFilter::Not(inner) => Filter::Not(Box::new(self::filter(inner))),
        LdapFilter::Equality(name, value) => Filter::equality(name, value.as_bytes()),
        LdapFilter::GreaterOrEqual(name, value) => Filter::greater_or_equal(name, value.as_bytes()),
        LdapFilter::LessOrEqual(name, value) => Filter::less_or_equal(name, value.as_bytes()),
        LdapFilter::Approx(name, value) => Filter::approx(name, value.as_bytes()),
        LdapFilter::Present(name) => Filter::present(name),
        LdapFilter::Substring(name, parts) => {
            let any: Vec<&[u8]> = parts.any.iter().map(String::as_bytes).collect();
            let [initial, last] = [&parts.initial, &parts.final_].map(|part| part.as_deref().map(str::as_bytes));
            Filter::substrings(name, initial, &any, last)
        }
        LdapFilter::Extensible(rule) => {
            Filter::extensible(rule.matching_rule.as_deref(), rule.type_.as_deref(), rule.match_value.as_bytes(), rule.dn_attributes)
        }
    }
}

/// The attributes that are asked for (RFC 4511 §4.5.1.8). Unknown names, `dn` and `1.1` select nothing.
pub fn selection(names: &[String]) -> Selection {
    let mut selection = Selection { all_user: names.is_empty(), ..Selection::default() };
    for name in names {
        match name.as_str() {
            "*" => selection.all_user = true,
            // RFC 3673.
            "+" => selection.all_operational = true,
            name => selection.named.extend(Attribute::named(name).filter(|attribute| !selection.named.contains(attribute))),
        }
    }
    selection
}

/// A search, with the client's limits inside the server's.
pub fn search(request: &LdapSearchRequest, requested: &Requested, limits: &Limits) -> Result<SearchRequest, LdapResult> {
    let scope = match request.scope {
        LdapSearchScope::Base => Scope::Base,
        LdapSearchScope::OneLevel => Scope::One,
        LdapSearchScope::Subtree => Scope::Subtree,
        LdapSearchScope::Children => Scope::Children,
    };
    // Zero is "no limit" (RFC 4511 §4.5.1.4 and §4.5.1.5). Aliases are not served, so there are none to dereference.
    let [size, time] = [request.sizelimit, request.timelimit].map(|limit| u32::try_from(limit).ok().filter(|limit| *limit > 0));
    let page_size = requested.page.as_ref().and_then(|page| page.entries(limits.search_entries));
    // The server's limit is one of a page; how many pages there are is up to the client.
    let server_size = if page_size.is_some() { usize::MAX } else { limits.search_entries };
    Ok(SearchRequest {
        base: dn(&request.base)?,
        scope,
        filter: filter(&request.filter),
        selection: selection(&request.attrs),
        types_only: request.typesonly,
        size_limit: size.map_or(server_size, |limit| server_size.min(limit as usize)),
        time_limit: time.map_or(limits.search_time, |limit| limits.search_time.min(Duration::from_secs(limit.into()))),
        cookie: requested.page.as_ref().map(|page| page.cookie.clone()).unwrap_or_default(),
        page_size,
    })
}

/// The changes of a Modify.
pub fn changes(changes: Vec<LdapModify>) -> Vec<Change> {
    let change = |change: LdapModify| Change {
        operation: match change.operation {
            LdapModifyType::Add => ChangeOperation::Add,
            LdapModifyType::Delete => ChangeOperation::Delete,
            LdapModifyType::Replace => ChangeOperation::Replace,
            LdapModifyType::Increment => ChangeOperation::Increment,
        },
        attribute: change.modification.atype,
        values: change.modification.vals,
    };
    changes.into_iter().map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selected(names: &[&str]) -> Selection {
        selection(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn attributes_are_selected_as_clients_write_them() {
        let named = |named: &[Attribute]| Selection { named: named.to_vec(), ..Selection::default() };
        for (names, expected) in [
            (&[][..], Selection { all_user: true, ..Selection::default() }),
            (&["*"], Selection { all_user: true, ..Selection::default() }),
            (&["+", "+"], Selection { all_operational: true, ..Selection::default() }),
            (&["*", "+"], Selection { all_user: true, all_operational: true, named: vec![] }),
            (&["1.1"], named(&[])),
            (&["dn"], named(&[])),
            (&["nsuniqueid", "sAMAccountName", ""], named(&[])),
            (&["CN", "cn", "commonName", "2.5.4.3", "cn;lang-fr", "mail"], named(&[Attribute::Cn, Attribute::Mail])),
        ] {
            assert_eq!(selected(names), expected, "{names:?}");
        }
        assert_eq!(selected(&["mail"; 5000]), named(&[Attribute::Mail]));
    }

    #[test]
    fn unknown_names_in_filters_are_undefined() {
        let equality = |name: &str| LdapFilter::Equality(name.to_owned(), "x".to_owned());
        assert_eq!(filter(&equality("sudoHost")), Filter::Undefined);
        assert_eq!(filter(&equality("")), Filter::Undefined);
        assert_eq!(filter(&LdapFilter::Not(Box::new(equality("sudoHost")))), Filter::Not(Box::new(Filter::Undefined)));
        assert_eq!(filter(&equality("uid")), Filter::equality("UID", b"x"));
    }
}
