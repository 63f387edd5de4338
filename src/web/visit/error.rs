//! What is answered when a page cannot be: one table of status and text. Not in charge of what a form says about its own
//! fields.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::directory::{AccountError, EditError, EditFault, LookError, Unavailable, Wrong};

/// Why there is no page. The guard dresses it as one, in the language of whoever asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageFault {
    /// The request makes no sense.
    Malformed,
    /// A form that does not come from one of our own pages, or from one that is too old.
    Forged,
    /// A change that is not for whoever is signed in to make.
    Denied,
    /// There is no such page, or none that whoever asks may know of.
    NotFound,
    /// It is not asked for in that way.
    Method,
    /// The request came too slowly.
    Slow,
    /// There is more of it than is read.
    TooLarge,
    /// It is meant for another site.
    Misdirected,
    /// Too many at once: again in a moment.
    Busy,
    /// The store does not answer.
    Unavailable,
}

impl PageFault {
    /// The status, and the messages of title and text.
    pub fn said(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            PageFault::Malformed => (StatusCode::BAD_REQUEST, "pages-fault-malformed", "pages-fault-malformed-text"),
            PageFault::Forged => (StatusCode::FORBIDDEN, "pages-fault-forged", "pages-fault-forged-text"),
            PageFault::Denied => (StatusCode::FORBIDDEN, "pages-fault-denied", "pages-fault-denied-text"),
            PageFault::NotFound => (StatusCode::NOT_FOUND, "pages-fault-not-found", "pages-fault-not-found-text"),
            PageFault::Method => (StatusCode::METHOD_NOT_ALLOWED, "pages-fault-method", "pages-fault-method-text"),
            PageFault::Slow => (StatusCode::REQUEST_TIMEOUT, "pages-fault-slow", "pages-fault-slow-text"),
            PageFault::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "pages-fault-too-large", "pages-fault-too-large-text"),
            PageFault::Misdirected => (StatusCode::MISDIRECTED_REQUEST, "pages-fault-misdirected", "pages-fault-misdirected-text"),
            PageFault::Busy => (StatusCode::SERVICE_UNAVAILABLE, "pages-fault-busy", "pages-fault-busy-text"),
            PageFault::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "pages-fault-unavailable", "pages-fault-unavailable-text"),
        }
    }
}

impl IntoResponse for PageFault {
    fn into_response(self) -> Response {
        let mut response = self.said().0.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Unavailable> for PageFault {
    fn from(_: Unavailable) -> PageFault {
        PageFault::Unavailable
    }
}

impl From<LookError> for PageFault {
    fn from(error: LookError) -> PageFault {
        match error {
            // What one may not see is not there.
            LookError::Denied | LookError::NotFound => PageFault::NotFound,
            LookError::Unavailable => PageFault::Unavailable,
        }
    }
}

impl From<EditError> for PageFault {
    /// Where there is no form that says what is wrong.
    fn from(error: EditError) -> PageFault {
        match error {
            EditError::NotFound(_) | EditError::MustChange => PageFault::NotFound,
            EditError::Denied(_) | EditError::BindFirst | EditError::OldPasswordRequired => PageFault::Denied,
            EditError::Faults(faults) if faults.iter().any(is_of_last_administrator) => PageFault::Denied,
            EditError::Faults(_) => PageFault::Malformed,
            EditError::Stale | EditError::Busy => PageFault::Busy,
            EditError::Unavailable => PageFault::Unavailable,
        }
    }
}

fn is_of_last_administrator(fault: &EditFault) -> bool {
    matches!(fault.wrong, Wrong::Account(AccountError::LastAdministrator(_)))
}
