//! What the fuzz targets do with their input, a module each: it calls the product's own functions and panics where a
//! promise is broken. The test `corpus` of the package runs the same functions over `corpus/`, so that what was found
//! once stays found without a fuzzer.

mod at_once;
mod consistency;
pub mod dn;
pub mod filter;
pub mod frame;
mod octets;
pub mod record;
mod refused;
pub mod session;
pub mod store;
mod town;
mod transcript;

/// A target's name, and what it does with its input.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: &[Target] = &[
    ("dn", dn::run),
    ("filter", filter::run),
    ("frame", frame::run),
    ("record", record::run),
    ("session", session::run),
    ("store", store::run),
];
