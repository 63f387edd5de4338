//! HTTP: the only user of axum.

pub mod operations;
pub mod pages;
