//! Where everything is kept: an ordered key-value engine below, the account rules as pure functions above.
//!
//! A rule is a function over a [`View`]; an [`Engine`] runs it. See `engine.rs` for the contract.

pub mod engine;
pub mod view;

pub use engine::{Down, Engine, Fail};
pub use view::{Key, Stop, Value, View};
