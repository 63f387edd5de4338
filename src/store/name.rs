//! The form of a name under which it is found in the store: the one by which the tree locates it, so that a name is
//! never found under one form and kept under another.

pub use crate::domain::tree::fold;
