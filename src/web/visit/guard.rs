//! What stands before every page: is the request meant for this site, does it come from one of its own pages, where does
//! it come from? And what every answer carries.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;

use super::cookies::Cookies;
use super::error::PageFault;
use super::frame::{Frame, MessageTemplate};
use super::language::AskedLanguage;
use super::origin::RequestOrigin;
use super::paths;
use super::request::render;
use crate::domain::caller::Source;
use crate::web::site::SharedSite;
use crate::web::site::address::Address;
use crate::web::wire::listener::Peer;

/// Lets a request through to its page, or says why not; and dresses the answer.
pub async fn guard(State(pages): State<SharedSite>, mut request: Request, next: Next) -> Response {
    let asked = AskedLanguage::of(request.headers(), Cookies::of(&pages));
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

fn admit(pages: &SharedSite, request: &mut Request) -> Result<(), PageFault> {
    // Whoever looks after the daemon asks it by its address.
    if !pages.address.is_asked_by(request) && request.uri().path() != paths::HEALTH {
        return Err(PageFault::Misdirected);
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) && !is_own(request.headers(), &pages.address) {
        return Err(PageFault::Forged);
    }
    let Peer(peer) = request.extensions().get::<Peer>().copied().ok_or(PageFault::Malformed)?;
    let source = Source::Address(pages.proxies.source(peer, request.headers()));
    request.extensions_mut().insert(RequestOrigin(source));
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
fn dressed(pages: &SharedSite, asked: AskedLanguage, response: Response) -> Response {
    let Some(fault) = response.extensions().get::<PageFault>().copied() else { return response };
    let page = Frame::new(SharedSite::clone(pages), asked.settle(None, pages.settings.language), paths::ROOT);
    let (mut parts, _) = response.into_parts();
    let (dress, body) = render(&MessageTemplate::of(fault, page)).into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.extend(dress.headers);
    if matches!(fault, PageFault::Busy | PageFault::Unavailable) {
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
