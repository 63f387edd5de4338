//! What people read: every text of the pages and mails, in each [`Language`], as Fluent messages beside this file
//! (<https://projectfluent.org/fluent/guide/>). An organisation may put its own in their place
//! ([`Texts::with_overrides`]).
//!
//! A message's name begins with the name of its file: `pages-sign-in` is in `pages.ftl`. It stands in the code whole, as
//! one literal, so that a test can see that each is used and none is missing.

mod dates;
mod message;
mod overrides;
#[cfg(test)]
mod tests;

use std::path::Path;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

use crate::domain::language::Language;
use crate::domain::writing::turns;

pub use dates::{Zone, lasting, moment, stamp, until};
pub use overrides::TextError;

/// All texts.
pub struct Texts {
    french: FluentBundle<FluentResource>,
    english: FluentBundle<FluentResource>,
}

/// A value that a message speaks of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MessageValue<'a> {
    /// A text.
    Text(&'a str),
    /// A number, which decides between one and many.
    Number(u64),
}

impl Texts {
    /// The texts as they are shipped.
    pub fn shipped() -> Texts {
        Texts { french: bundle(Language::French), english: bundle(Language::English) }
    }

    /// The texts as they are shipped, with the messages of `directory/fr.ftl` and `directory/en.ftl`, where there are
    /// such files, in the place of those with the same names. A message that does not exist, or a placeholder that its
    /// message is not given, is an error.
    ///
    /// # Errors
    /// [`TextError`].
    pub fn with_overrides(directory: &Path) -> Result<Texts, TextError> {
        let mut texts = Texts::shipped();
        for (language, resource) in overrides::read(directory)? {
            texts.bundle_mut(language).add_resource_overriding(resource);
        }
        Ok(texts)
    }

    /// The message `key` in `language`, with `values` for its placeholders. A key that does not exist gives the key; a
    /// test looks for those.
    pub fn say(&self, language: Language, key: &str, values: &[(&str, MessageValue<'_>)]) -> String {
        let bundle = self.bundle(language);
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let mut arguments = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            arguments.set(*name, FluentValue::from(*value));
        }
        let mut errors = Vec::new();
        let said = bundle.format_pattern(pattern, Some(&arguments), &mut errors).into_owned();
        debug_assert!(errors.is_empty(), "{key} in {language:?}: {errors:?}");
        said
    }

    /// Whether there is a message `key`.
    pub fn knows(&self, key: &str) -> bool {
        self.english.has_message(key)
    }

    fn bundle(&self, language: Language) -> &FluentBundle<FluentResource> {
        match language {
            Language::French => &self.french,
            Language::English => &self.english,
        }
    }

    fn bundle_mut(&mut self, language: Language) -> &mut FluentBundle<FluentResource> {
        match language {
            Language::French => &mut self.french,
            Language::English => &mut self.english,
        }
    }
}

impl<'a> From<MessageValue<'a>> for FluentValue<'a> {
    fn from(value: MessageValue<'a>) -> FluentValue<'a> {
        match value {
            // A name from before they were refused may still hold some.
            MessageValue::Text(text) if text.contains(turns) => FluentValue::from(text.replace(turns, "")),
            MessageValue::Text(text) => FluentValue::from(text),
            MessageValue::Number(number) => FluentValue::from(number),
        }
    }
}

/// The shipped texts of `language`.
fn bundle(language: Language) -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new_concurrent(vec![language.tag().parse().unwrap_or_default()]);
    // The marks that keep a Hebrew name apart from what is around it are shown as boxes by some mail programs.
    bundle.set_use_isolating(false);
    for (_, resource) in shipped(language) {
        bundle.add_resource_overriding(resource);
    }
    bundle
}

/// The shipped files of `language`, by name. A test sees that they have no faults; what has one would be left out.
fn shipped(language: Language) -> impl Iterator<Item = (&'static str, FluentResource)> {
    let sources = match language {
        Language::French => FRENCH,
        Language::English => ENGLISH,
    };
    sources.into_iter().map(|(file, source)| (file, FluentResource::try_new(source.to_owned()).unwrap_or_else(|(sound, _)| sound)))
}

const FRENCH: [(&str, &str); 11] = [
    ("pages", include_str!("fr/pages.ftl")),
    ("contact", include_str!("fr/contact.ftl")),
    ("people", include_str!("fr/people.ftl")),
    ("queue", include_str!("fr/queue.ftl")),
    ("groups", include_str!("fr/groups.ftl")),
    ("mails", include_str!("fr/mails.ftl")),
    ("person", include_str!("fr/person.ftl")),
    ("trail", include_str!("fr/trail.ftl")),
    ("applications", include_str!("fr/applications.ftl")),
    ("account", include_str!("fr/account.ftl")),
    ("refusals", include_str!("fr/refusals.ftl")),
];

const ENGLISH: [(&str, &str); 11] = [
    ("pages", include_str!("en/pages.ftl")),
    ("contact", include_str!("en/contact.ftl")),
    ("people", include_str!("en/people.ftl")),
    ("queue", include_str!("en/queue.ftl")),
    ("groups", include_str!("en/groups.ftl")),
    ("mails", include_str!("en/mails.ftl")),
    ("person", include_str!("en/person.ftl")),
    ("trail", include_str!("en/trail.ftl")),
    ("applications", include_str!("en/applications.ftl")),
    ("account", include_str!("en/account.ftl")),
    ("refusals", include_str!("en/refusals.ftl")),
];
