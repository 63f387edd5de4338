//! What stands behind the question mark: filters and places in a list, which are nobody's secret. Bounded, each once, and
//! as little to be trusted as anything else that is sent.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::error::PageFault;
use super::form;
use crate::web::site::SharedSite;

/// The fields of a query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// The field `name` without blanks around it; empty if it is not there.
    pub fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map(|(_, value)| value.trim()).unwrap_or_default()
    }

    /// The address of `path` with this query, but with `value` for the field `name`; empty: without that field.
    pub fn address(&self, path: &str, name: &str, value: &str) -> String {
        let others = self.0.iter().map(|(field, value)| (field.as_str(), value.as_str())).filter(|(field, _)| *field != name);
        address(path, others.chain([(name, value)]))
    }

    fn parse(query: &str) -> Option<Query> {
        let fields = form::fields(query.as_bytes())?;
        let text = |(name, value): (String, crate::secret::Secret)| Some((name, String::from_utf8(value.expose().to_vec()).ok()?));
        let fields: Vec<(String, String)> = fields.into_iter().map(text).collect::<Option<_>>()?;
        let once = fields.iter().enumerate().all(|(at, (name, _))| fields[..at].iter().all(|(other, _)| other != name));
        once.then_some(Query(fields))
    }
}

impl FromRequestParts<SharedSite> for Query {
    type Rejection = PageFault;

    async fn from_request_parts(parts: &mut Parts, _: &SharedSite) -> Result<Query, PageFault> {
        Query::parse(parts.uri.query().unwrap_or_default()).ok_or(PageFault::Malformed)
    }
}

/// `path` with `fields` behind it; those that are empty are left out.
pub fn address<'a>(path: &str, fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let fields = fields.into_iter().filter(|(_, value)| !value.is_empty());
    let query: Vec<String> = fields.map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

/// `text` as a part of a query (RFC 3986 §2.1, §3.4).
fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}

/// The ways on from a page of a list.
#[derive(Clone, Debug, Default)]
pub struct Pager {
    /// Back to the first page, from any other.
    pub first: Option<String>,
    /// To the next one, if there is one.
    pub next: Option<String>,
}

impl Pager {
    /// From the page of the list at `path` that `query` asked for; `next` is where the one behind it begins. The place is the
    /// query's field [`AFTER`].
    pub fn new(path: &str, query: &Query, next: Option<&str>) -> Pager {
        Pager {
            first: (!query.text(AFTER).is_empty()).then(|| query.address(path, AFTER, "")),
            next: next.map(|next| query.address(path, AFTER, next)),
        }
    }
}

/// The field of a query that says where in a list a page begins.
pub const AFTER: &str = "after";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_once_and_written_as_they_were() {
        let query = Query::parse("q=Ren%C3%A9e+%26+co&state=disabled&after=x").unwrap();
        assert_eq!((query.text("q"), query.text("state"), query.text("none")), ("Renée & co", "disabled", ""));
        assert_eq!(query.address("/people", AFTER, "y=\"<"), "/people?q=Ren%C3%A9e%20%26%20co&state=disabled&after=y%3D%22%3C");
        assert_eq!(Query::parse("").unwrap().address("/people", AFTER, ""), "/people");
        for query in ["q=a&q=b", "q", "q=%", "q=%ff", &"a=b&".repeat(100)] {
            assert_eq!(Query::parse(query), None, "{query}");
        }
    }

    #[test]
    fn a_pager_keeps_the_filters() {
        let pager = |query, next| Pager::new("/people", &Query::parse(query).unwrap(), next);
        assert_eq!(pager("q=a", Some("n")).next.as_deref(), Some("/people?q=a&after=n"));
        assert_eq!(pager("q=a", None).first, None);
        assert_eq!(pager("after=n&q=a", None).first.as_deref(), Some("/people?q=a"));
        assert_eq!(pager("after=n", None).next, None);
    }
}
