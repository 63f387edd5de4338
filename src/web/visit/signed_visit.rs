//! A request of somebody who is signed in. A handler that takes a [`SignedVisit`] is reached by nobody else: others are led
//! to the sign-in page and back, and whoever must change their password is led to where that is done.

use axum::extract::FromRequestParts;
use axum::http::Method;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use askama::Template;

use super::cookies::CookieName;
use super::error::PageFault;
use super::frame::Frame;
use super::notice::PageNotice;
use super::request::Visit;
use super::{paths, query};
use crate::directory::{Caller, Directory, Visitor};
use crate::domain::access::{self, Area};
use crate::web::site::SharedSite;

/// A request with whoever makes it.
pub struct SignedVisit {
    /// The request.
    pub visit: Visit,
    /// Who.
    pub visitor: Visitor,
}

impl FromRequestParts<SharedSite> for SignedVisit {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, pages: &SharedSite) -> Result<SignedVisit, Response> {
        let visit = Visit::from_request_parts(parts, pages).await.map_err(IntoResponse::into_response)?;
        match visit.visitor().await.map_err(IntoResponse::into_response)? {
            Some(visitor) if visitor.must_change && !paths::CHANGING.contains(&parts.uri.path()) => Err(visit.go(paths::PASSWORD)),
            Some(visitor) => Ok(SignedVisit { visit, visitor }),
            // A form is not sent again after the sign-in.
            None if matches!(parts.method, Method::GET | Method::HEAD) => Err(sign_in_first(visit)),
            None => Err(visit.go(paths::SIGN_IN)),
        }
    }
}

impl SignedVisit {
    /// Goes on if those with the visitor's role have anything to see in `area`. For a page that asks no use case, which
    /// would say so itself.
    ///
    /// # Errors
    /// [`PageFault::NotFound`].
    pub fn entering(&self, area: Area) -> Result<(), PageFault> {
        if access::enters(self.visitor.role, area) { Ok(()) } else { Err(PageFault::NotFound) }
    }

    /// The use cases.
    pub fn directory(&self) -> &Directory {
        &self.visit.pages.directory
    }

    /// Who calls them.
    pub fn caller(&self) -> Caller {
        self.visitor.caller(self.visit.source)
    }

    /// What is around a page of `area` at the address that was asked for: with the notice that waits to be shown, which is
    /// shown by this.
    pub fn frame(&mut self, area: Area) -> Frame {
        let here = self.visit.here.clone();
        let frame = self.visit.frame(&here, self.visitor.language).signed_in(&self.visitor, area);
        let Some(kept) = self.visit.cookie(CookieName::Notice) else { return frame };
        self.visit.forget(CookieName::Notice);
        let notice = PageNotice::read(&kept).and_then(|notice| notice.told(&frame));
        frame.with_notice(notice)
    }

    /// A page.
    pub fn show(self, page: &impl Template) -> Response {
        self.visit.show(page)
    }

    /// A form that was not filled in as it has to be, with what to do about it.
    pub fn refuse(self, page: &impl Template) -> Response {
        self.visit.refuse(page)
    }

    /// On to the page at `path`, which says `notice`.
    pub fn go_saying(mut self, path: &str, notice: &PageNotice) -> Response {
        self.visit.keep(CookieName::Notice, &notice.written());
        self.visit.go(path)
    }
}

/// To the sign-in page, and on to the page that was asked for from there.
fn sign_in_first(visit: Visit) -> Response {
    let address = query::address(paths::SIGN_IN, [("next", visit.here.as_str())]);
    visit.go(&address)
}
