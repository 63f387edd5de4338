//! What every engine promises to the rules, held against each of them.

#[macro_use]
mod each;

mod crash;
mod disk;
mod engines;
mod failing;
mod files;
mod listings;
mod model;
mod people;
mod resets;
mod rules;
mod trail;
