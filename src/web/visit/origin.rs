//! Where a request comes from, as the guard has found out and every visit reads it.

use crate::domain::caller::Source;

/// Where a request comes from, as far as it can be believed. An extension of each.
#[derive(Clone, Copy, Debug)]
pub struct RequestOrigin(pub Source);
