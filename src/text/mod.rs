//! What people read: every text of the pages and mails, in each [`Language`], as Fluent messages beside this file.
//! An organisation may put its own in their place ([`Texts::with_overrides`]).

mod dates;

use std::path::Path;

use crate::domain::language::Language;
use crate::domain::time::UnixTime;

pub use dates::Zone;

/// All texts.
pub struct Texts {}

/// A value that a message speaks of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// A text.
    Text(&'a str),
    /// A number, which decides between one and many.
    Number(u64),
}

/// Why an organisation's own texts cannot be used. Each text says which file and message, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum TextError {}

impl Texts {
    /// The texts as they are shipped.
    pub fn shipped() -> Texts {
        todo!()
    }

    /// The texts as they are shipped, with the messages of `directory/fr.ftl` and `directory/en.ftl` in the place of
    /// those with the same names. A message that does not exist, or a placeholder that its message is not given, is an
    /// error.
    ///
    /// # Errors
    /// [`TextError`].
    pub fn with_overrides(directory: &Path) -> Result<Texts, TextError> {
        todo!()
    }

    /// The message `key` in `language`, with `values` for its placeholders. A key that does not exist gives the key; a
    /// test looks for those.
    pub fn say(&self, language: Language, key: &str, values: &[(&str, Value<'_>)]) -> String {
        todo!()
    }
}

/// `time` in words: `22 novembre 2026 à 14 h 05`, `22 November 2026 at 14:05`, in the time zone `zone`, which is named.
pub fn moment(language: Language, time: UnixTime, zone: &Zone) -> String {
    todo!()
}
