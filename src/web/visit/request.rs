//! A request as the pages see it: who asks from where, in which language, with which cookies; and what is given back.

use std::sync::Arc;

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::cookies::{CookieName, Cookies};
use super::error::PageFault;
use super::frame::Frame;
use super::language::AskedLanguage;
use super::origin::RequestOrigin;
use super::paths;
use crate::directory::Visitor;
use crate::domain::caller::Source;
use crate::domain::language::Language;
use crate::domain::reset::ResetRequested;
use crate::secret::{self, Secret};
use crate::web::site::SharedSite;

/// A request.
pub struct Visit {
    /// The pages that are visited.
    pub pages: SharedSite,
    /// Where from.
    pub source: Source,
    /// What was asked for: path and query of a page, the path alone of a form.
    pub here: String,
    asked: AskedLanguage,
    /// What forms have to show.
    csrf: Secret,
    headers: HeaderMap,
    /// Cookies that the answer sets.
    set: Vec<HeaderValue>,
}

impl FromRequestParts<SharedSite> for Visit {
    type Rejection = PageFault;

    async fn from_request_parts(parts: &mut Parts, pages: &SharedSite) -> Result<Visit, PageFault> {
        // The guard puts it there, whatever is asked for.
        let RequestOrigin(source) = parts.extensions.get::<RequestOrigin>().copied().ok_or(PageFault::Malformed)?;
        let headers = parts.headers.clone();
        let asked = AskedLanguage::of(&headers, Cookies::of(pages));
        let here = match parts.method {
            Method::GET | Method::HEAD => parts.uri.path_and_query().map_or(paths::ROOT, PathAndQuery::as_str),
            _ => parts.uri.path(),
        };
        let here = here.to_owned();
        let mut visit = Visit { pages: Arc::clone(pages), source, here, asked, csrf: Secret::new(""), headers, set: Vec::new() };
        match visit.cookie(CookieName::Csrf) {
            Some(kept) if is_token(&kept) => visit.csrf = kept,
            Some(_) | None => visit.renew_csrf(),
        }
        Ok(visit)
    }
}

impl Visit {
    fn cookies(&self) -> Cookies {
        Cookies::of(&self.pages)
    }

    /// The cookie `name`.
    pub fn cookie(&self, name: CookieName) -> Option<Secret> {
        self.cookies().read(&self.headers, name)
    }

    /// Sets the cookie `name`.
    pub fn keep(&mut self, name: CookieName, value: &Secret) {
        self.set.push(self.cookies().set(name, value));
    }

    /// Removes the cookie `name`.
    pub fn forget(&mut self, name: CookieName) {
        self.set.push(self.cookies().remove(name));
    }

    /// Begins a session: its token, and another one for forms, so that none from before is good for it.
    pub fn begin_session(&mut self, token: &Secret) {
        self.keep(CookieName::Session, token);
        self.renew_csrf();
    }

    fn renew_csrf(&mut self) {
        self.csrf = Secret::new(URL_SAFE_NO_PAD.encode(secret::random::<32>()));
        let fresh = self.cookies().set(CookieName::Csrf, &self.csrf);
        self.set.push(fresh);
    }

    /// Whose session it is.
    ///
    /// # Errors
    /// If the store does not answer.
    pub async fn visitor(&self) -> Result<Option<Visitor>, PageFault> {
        match self.cookie(CookieName::Session) {
            Some(token) => Ok(self.pages.directory.visitor(&token).await?),
            None => Ok(None),
        }
    }

    /// As a mail tells it.
    pub fn requested(&self) -> ResetRequested {
        ResetRequested { at: self.pages.clock.now(), source: self.source, language: self.language(None) }
    }

    /// The language for somebody whose account names `account`.
    pub fn language(&self, account: Option<Language>) -> Language {
        self.asked.settle(account, self.pages.settings.language)
    }

    /// What is around a page at `here` for somebody whose account names `account`.
    pub fn frame(&self, here: &str, account: Option<Language>) -> Frame {
        let csrf = String::from_utf8_lossy(self.csrf.expose()).into_owned();
        Frame::new(Arc::clone(&self.pages), self.language(account), here).with_csrf(csrf)
    }

    /// A page.
    pub fn show(self, page: &impl Template) -> Response {
        self.show_as(StatusCode::OK, page)
    }

    /// A form that was not filled in as it has to be, with what to do about it.
    pub fn refuse(self, page: &impl Template) -> Response {
        self.show_as(StatusCode::UNPROCESSABLE_ENTITY, page)
    }

    /// A page with a status of its own.
    pub fn show_as(self, status: StatusCode, page: &impl Template) -> Response {
        self.answered((status, render(page)).into_response())
    }

    /// On to the page at `path`, so that reloading it sends nothing again.
    pub fn go(self, path: &str) -> Response {
        let location = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static(paths::ROOT));
        self.answered((StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response())
    }

    fn answered(self, mut response: Response) -> Response {
        for cookie in self.set {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    }
}

/// The page as HTML. A template that cannot be written is a fault of ours.
pub fn render(page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => Html(html).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Whether `token` looks as tokens do: 256 bits as base64url.
pub fn is_token(token: &Secret) -> bool {
    token.expose().len() == TOKEN_CHARACTERS
        && token.expose().iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// Characters of 256 bits as base64url.
const TOKEN_CHARACTERS: usize = 43;
