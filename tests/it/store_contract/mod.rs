//! What every engine promises to the rules, held against each of them.

mod crash;
mod disk;
mod engines;
mod failing;
mod files;
mod model;
mod rules;
