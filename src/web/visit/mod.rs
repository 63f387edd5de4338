//! What every page is made of: the request as a visit, the guard before it, forms and queries as they come in, and what is
//! around a page as it goes out. Not in charge of any page.

pub mod cookies;
pub mod error;
pub mod form;
pub mod frame;
pub mod guard;
pub mod language;
pub mod mailed;
pub mod notice;
pub mod origin;
pub mod paths;
pub mod problems;
pub mod query;
pub mod refusal;
pub mod request;
pub mod sentence;
pub mod signed_visit;
pub mod wrong;
