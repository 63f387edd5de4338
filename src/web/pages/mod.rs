//! The pages, a file or folder each: a handler asks a use case of [`crate::directory`] and fills a template. No page uses
//! another; what several need is in [`super::visit`].

pub mod account;
pub mod address_link;
pub mod applications;
pub mod contact;
pub mod forgot;
pub mod groups;
pub mod link;
pub mod not_me;
pub mod outbox;
pub mod people;
pub mod person;
pub mod sign_in;
pub mod strength;
pub mod trail;
