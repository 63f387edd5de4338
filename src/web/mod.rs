//! HTTP: the only user of axum.
