//! What stands before every page: is the request meant for this site, does it come from one of its own pages, where does
//! it come from? And what every answer carries.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;

use super::error::Fault;
use super::frame::{Frame, Message};
use super::language::Asked;
use super::listener::Peer;
use super::pages::Shared;
use super::{paths, visit};
use crate::domain::caller::Source;

/// Where a request comes from, as far as it can be believed. An extension of each.
#[derive(Clone, Copy, Debug)]
pub struct Origin(pub Source);

/// The address of the site, as `web.public_url` has it, in the parts that a request names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// `https://host` or `https://host:port`
    origin: String,
    /// `host` or `host:port`
    authority: String,
    /// Whether it is https.
    pub https: bool,
}

impl Address {
    /// The parts of `public_url`: scheme, host, and the port where it is not the scheme's own.
    pub fn of(public_url: &str) -> Address {
        let url = public_url.trim_end_matches('/').to_ascii_lowercase();
        let (scheme, authority) = url.split_once("://").unwrap_or(("https", &url));
        let authority = without_own_port(authority, scheme == "https").to_owned();
        Address { origin: format!("{scheme}://{authority}"), authority, https: scheme == "https" }
    }

    /// Whether a request is meant for this site: `Host`, and the target where it is written in full (RFC 9112 §3.2).
    fn is_asked_by(&self, request: &Request) -> bool {
        let mut hosts = request.headers().get_all(header::HOST).iter();
        let named = hosts.next().and_then(|host| host.to_str().ok());
        let alone = hosts.next().is_none();
        let target = request.uri().authority().map(|authority| authority.as_str());
        alone && named.is_some_and(|host| self.is(host)) && target.is_none_or(|target| self.is(target))
    }

    fn is_origin(&self, origin: &str) -> bool {
        origin.contains("://") && Address::of(origin) == *self
    }

    fn is(&self, authority: &str) -> bool {
        without_own_port(&authority.to_ascii_lowercase(), self.https) == self.authority
    }
}

fn without_own_port(authority: &str, https: bool) -> &str {
    authority.strip_suffix(if https { ":443" } else { ":80" }).unwrap_or(authority)
}

/// Lets a request through to its page, or says why not; and dresses the answer.
pub async fn guard(State(pages): State<Shared>, mut request: Request, next: Next) -> Response {
    let asked = Asked::of(request.headers(), pages.cookies);
    let response = match admit(&pages, &mut request) {
        Ok(()) => next.run(request).await,
        Err(fault) => axum::response::IntoResponse::into_response(fault),
    };
    let mut response = dressed(&pages, asked, response);
    let headers = response.headers_mut();
    for (name, value) in EVERYWHERE {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if pages.address.https {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    response
}

fn admit(pages: &Shared, request: &mut Request) -> Result<(), Fault> {
    // Whoever looks after the daemon asks it by its address.
    if !pages.address.is_asked_by(request) && request.uri().path() != paths::HEALTH {
        return Err(Fault::Misdirected);
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) && !is_own(request.headers(), &pages.address) {
        return Err(Fault::Forged);
    }
    let Peer(peer) = request.extensions().get::<Peer>().copied().ok_or(Fault::Malformed)?;
    let source = Source::Address(pages.proxies.source(peer, request.headers()));
    request.extensions_mut().insert(Origin(source));
    Ok(())
}

/// Whether a form can come from one of our own pages. What the browser does not say is left to the form's token.
fn is_own(headers: &HeaderMap, address: &Address) -> bool {
    let one = |name: HeaderName| {
        let mut values = headers.get_all(name).iter();
        (values.next(), values.next())
    };
    let by_origin = match one(header::ORIGIN) {
        (None, _) => true,
        // Pages without a referrer have no origin to name either (Fetch, "append a request Origin header").
        (Some(origin), None) => origin == "null" || origin.to_str().is_ok_and(|origin| address.is_origin(origin)),
        (Some(_), Some(_)) => false,
    };
    let by_site = match one(HeaderName::from_static("sec-fetch-site")) {
        (None, _) => true,
        (Some(site), None) => site == "same-origin" || site == "none",
        (Some(_), Some(_)) => false,
    };
    by_origin && by_site
}

/// A fault as a page; anything else as it is.
fn dressed(pages: &Shared, asked: Asked, response: Response) -> Response {
    let Some(fault) = response.extensions().get::<Fault>().copied() else { return response };
    let page = Frame::new(Shared::clone(pages), asked.settle(None, pages.settings.language), paths::ROOT);
    let (mut parts, _) = response.into_parts();
    let (dress, body) = visit::render(&Message::of(fault, page)).into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.extend(dress.headers);
    if matches!(fault, Fault::Busy | Fault::Unavailable) {
        parts.headers.insert(header::RETRY_AFTER, HeaderValue::from_static("10"));
    }
    Response::from_parts(parts, body)
}

/// What every answer carries. Nothing but our own stylesheet, pictures and script is ever loaded; nobody may frame a page,
/// keep it, list it, or learn where its reader came from.
const EVERYWHERE: [(HeaderName, &str); 9] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=()"),
    (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_the_same_with_and_without_the_scheme_s_own_port() {
        for (url, host, same) in [
            ("https://mdp.exemple.fr", "mdp.exemple.fr", true),
            ("https://mdp.exemple.fr", "MDP.exemple.FR:443", true),
            ("https://mdp.exemple.fr:443", "mdp.exemple.fr", true),
            ("https://mdp.exemple.fr:8443", "mdp.exemple.fr:8443", true),
            ("https://mdp.exemple.fr:8443", "mdp.exemple.fr", false),
            ("http://127.0.0.1:8080", "127.0.0.1:8080", true),
            ("http://[::1]:8080", "[::1]:8080", true),
            ("https://mdp.exemple.fr", "mdp.exemple.fr:80", false),
            ("https://mdp.exemple.fr", "mdp.exemple.fr.attaquant.net", false),
            ("https://mdp.exemple.fr", "attaquant.net", false),
            ("https://mdp.exemple.fr", "mdp.exemple.fr@attaquant.net", false),
            ("https://mdp.exemple.fr", "", false),
        ] {
            assert_eq!(Address::of(url).is(host), same, "{url} {host}");
        }
    }

    #[test]
    fn a_form_comes_from_our_own_pages_or_not_at_all() {
        let address = Address::of("https://mdp.exemple.fr");
        for (lines, own) in [
            (&[][..], true),
            (&[("origin", "https://mdp.exemple.fr")], true),
            (&[("origin", "https://mdp.exemple.fr:443")], true),
            (&[("origin", "http://mdp.exemple.fr")], false),
            (&[("origin", "https://attaquant.net")], false),
            (&[("origin", "https://mdp.exemple.fr.attaquant.net")], false),
            (&[("origin", "")], false),
            (&[("origin", "mdp.exemple.fr")], false),
            (&[("origin", "null")], true),
            (&[("origin", "null"), ("sec-fetch-site", "same-origin")], true),
            (&[("origin", "null"), ("sec-fetch-site", "cross-site")], false),
            (&[("sec-fetch-site", "none")], true),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "cross-site")], false),
            (&[("origin", "https://mdp.exemple.fr"), ("sec-fetch-site", "cross-site")], false),
            (&[("origin", "https://mdp.exemple.fr"), ("origin", "https://attaquant.net")], false),
        ] {
            let mut headers = HeaderMap::new();
            for (name, value) in lines {
                headers.append(*name, value.parse().unwrap());
            }
            assert_eq!(is_own(&headers, &address), own, "{lines:?}");
        }
    }
}
