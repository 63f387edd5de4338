//! The composition root: builds everything, spawns it, drains it, tells systemd.

mod listen;
mod process;
mod tls;
