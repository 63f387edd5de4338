//! A form as it comes in: bounded, wiped when dropped, each field once, and only with the token of one of our own pages.

use std::pin::Pin;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::cookies::{CookieName, Cookies};
use super::error::PageFault;
use crate::secret::Secret;
use crate::web::site::SharedSite;

/// The fields of a form that was sent from one of our own pages. There is no other way to get at a body, so no handler
/// can forget to look.
#[derive(Debug)]
pub struct Form(Vec<(String, Secret)>);

impl Form {
    /// The field `name`.
    ///
    /// # Errors
    /// If it is not there exactly once (CVE-2018-12421, CVE-2023-7028: fields that came twice, or as a list).
    pub fn secret(&self, name: &str) -> Result<Secret, PageFault> {
        let mut values = self.0.iter().filter(|(field, _)| field == name).map(|(_, value)| value);
        match (values.next(), values.next()) {
            (Some(value), None) => Ok(value.clone()),
            (None | Some(_), _) => Err(PageFault::Malformed),
        }
    }

    /// The field `name` as a text without blanks around it.
    ///
    /// # Errors
    /// As of [`Form::secret`]; and if it is not UTF-8.
    pub fn text(&self, name: &str) -> Result<String, PageFault> {
        let value = self.secret(name)?;
        let text = std::str::from_utf8(value.expose()).map_err(|_| PageFault::Malformed)?;
        Ok(text.trim().to_owned())
    }

    /// The field `name` of a form that may leave it out.
    ///
    /// # Errors
    /// As of [`Form::text`], if it is there.
    pub fn optional(&self, name: &str) -> Result<Option<String>, PageFault> {
        if self.has(name) { self.text(name).map(Some) } else { Ok(None) }
    }

    /// Whether the field `name` is there.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(field, _)| field == name)
    }

    /// Whether the box `name` was ticked: browsers send nothing otherwise.
    ///
    /// # Errors
    /// As of [`Form::text`], if it is there.
    pub fn ticked(&self, name: &str) -> Result<bool, PageFault> {
        Ok(self.optional(name)?.is_some())
    }
}

impl FromRequest<SharedSite> for Form {
    type Rejection = PageFault;

    async fn from_request(request: Request, pages: &SharedSite) -> Result<Form, PageFault> {
        let (parts, body) = request.into_parts();
        if !is_urlencoded(&parts.headers) {
            return Err(PageFault::Malformed);
        }
        let body = tokio::time::timeout(BODY_TIME, read(body)).await.map_err(|_| PageFault::Slow)??;
        let form = Form(fields(&body).ok_or(PageFault::Malformed)?);
        let shown = form.secret(TOKEN_FIELD).map_err(|_| PageFault::Forged)?;
        let kept = Cookies::of(pages).read(&parts.headers, CookieName::Csrf).ok_or(PageFault::Forged)?;
        if !bool::from(shown.expose().ct_eq(kept.expose())) {
            return Err(PageFault::Forged);
        }
        Ok(form)
    }
}

fn is_urlencoded(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// The whole body, at most [`MAX_BODY`] bytes of it. Of one that is longer, some more is thrown away: whoever is answered
/// while still sending may find the connection reset, and never read what is wrong.
async fn read(mut body: Body) -> Result<Zeroizing<Vec<u8>>, PageFault> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_BODY));
    let mut seen = 0;
    while seen <= MAX_THROWN_AWAY && body.size_hint().lower() <= MAX_THROWN_AWAY as u64 {
        let frame = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await;
        let Some(frame) = frame else { break };
        let Ok(data) = frame.map_err(|_| PageFault::Malformed)?.into_data() else { continue };
        seen += data.len();
        if seen <= MAX_BODY {
            bytes.extend_from_slice(&data);
        }
    }
    // A length that was announced and not read counts too.
    if seen > MAX_BODY || body.size_hint().lower() > 0 { Err(PageFault::TooLarge) } else { Ok(bytes) }
}

/// The fields of `application/x-www-form-urlencoded`; none if there are too many, or one is not written that way.
pub fn fields(body: &[u8]) -> Option<Vec<(String, Secret)>> {
    let pairs: Vec<&[u8]> = body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).take(MAX_FIELDS + 1).collect();
    if pairs.len() > MAX_FIELDS {
        return None;
    }
    let field = |pair: &[u8]| {
        let equals = pair.iter().position(|byte| *byte == b'=')?;
        let name = String::from_utf8(decoded(&pair[..equals])?.expose().to_vec()).ok()?;
        Some((name, decoded(&pair[equals + 1..])?))
    };
    pairs.into_iter().map(field).collect()
}

/// `+` is a blank and `%2B` a plus; a percent sign that no two hex digits follow is a fault.
fn decoded(text: &[u8]) -> Option<Secret> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text.iter();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => hex(*rest.next()?)? << 4 | hex(*rest.next()?)?,
            other => *other,
        });
    }
    Some(Secret::new(std::mem::take(&mut *bytes)))
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// The hidden field of every form; templates name it too.
pub const TOKEN_FIELD: &str = "csrf";

/// Bytes of a body: the longest password, percent-encoded, four times over.
pub const MAX_BODY: usize = 16 << 10;

/// Bytes of a body that are read at all.
const MAX_THROWN_AWAY: usize = 2 << 20;

/// How long a body may take.
const BODY_TIME: Duration = Duration::from_secs(10);

/// Fields of a form, or of a query.
const MAX_FIELDS: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Option<Vec<(String, String)>> {
        let fields = fields(body.as_bytes())?;
        Some(fields.into_iter().map(|(name, value)| (name, String::from_utf8_lossy(value.expose()).into_owned())).collect())
    }

    #[test]
    fn fields_are_decoded_as_browsers_encode_them() {
        for (body, expected) in [
            ("a=b&c=d", Some(vec![("a", "b"), ("c", "d")])),
            ("a=b+c%2Bd%26e%3d", Some(vec![("a", "b c+d&e=")])),
            ("a=%C3%A9t%c3%a9", Some(vec![("a", "été")])),
            ("a=b=c", Some(vec![("a", "b=c")])),
            ("a=", Some(vec![("a", "")])),
            ("&&a=b&", Some(vec![("a", "b")])),
            ("", Some(vec![])),
            ("a", None),
            ("a=%", None),
            ("a=%4", None),
            ("a=%zz", None),
            ("%FF=a", None),
        ] {
            let expected = expected.map(|pairs| pairs.into_iter().map(|(a, b)| (a.to_owned(), b.to_owned())).collect::<Vec<_>>());
            assert_eq!(read(body), expected, "{body}");
        }
        assert!(read(&"a=b&".repeat(MAX_FIELDS)).is_some());
        assert!(read(&"a=b&".repeat(MAX_FIELDS + 1)).is_none());
    }

    #[test]
    fn a_field_counts_if_it_is_there_once() {
        let form = Form(fields(b"one=+a+&two=b&two=c&list%5B%5D=d&bytes=%FF").unwrap());
        assert_eq!(form.text("one"), Ok("a".to_owned()));
        assert_eq!(form.secret("one"), Ok(Secret::new(" a ")));
        for name in ["two", "list", "missing"] {
            assert_eq!(form.secret(name), Err(PageFault::Malformed), "{name}");
        }
        assert_eq!(form.text("bytes"), Err(PageFault::Malformed));
    }
}
