//! Sockets, TLS, buffers and timers: what brings frames in and takes answers out. It knows what a frame is, not what
//! one asks for.

pub mod budget;
pub mod buffer;
pub mod interruption;
pub mod limits;
pub mod listener;
pub mod stream;
pub mod tls;
pub mod wire;
