//! What every engine promises to the rules, held against each of them.

mod engines;
mod files;
mod rules;
