//! Why a password is not good enough, in the reader's language: what is wrong, and what to do.

use crate::domain::language::Language;
use crate::domain::password_policy::{Personal, Refusal, Weakness};
use crate::text::{MessageValue, Texts};

/// The text of `refusal`.
pub fn text(texts: &Texts, language: Language, refusal: &Refusal) -> String {
    let say = |key| texts.say(language, key, &[]);
    let count = |key, name, count: usize| texts.say(language, key, &[(name, MessageValue::Number(count as u64))]);
    match refusal {
        Refusal::Empty => say("refusals-empty"),
        Refusal::NotText => say("refusals-not-text"),
        Refusal::Control => say("refusals-control"),
        Refusal::TooManyBytes { maximum } => count("refusals-too-many-bytes", "maximum", *maximum),
        Refusal::TooShort { minimum } => count("refusals-too-short", "minimum", *minimum),
        Refusal::TooLong { maximum } => count("refusals-too-long", "maximum", *maximum),
        Refusal::Stored(_) => say("refusals-stored"),
        Refusal::SameAsOld => say("refusals-same-as-old"),
        Refusal::Common => say("refusals-common"),
        Refusal::Personal(Personal::Login) => say("refusals-personal-login"),
        Refusal::Personal(Personal::Name) => say("refusals-personal-name"),
        Refusal::Personal(Personal::Mail) => say("refusals-personal-mail"),
        Refusal::Personal(Personal::Organisation) => say("refusals-personal-organisation"),
        Refusal::Guessable(Weakness::Keyboard) => say("refusals-guessable-keyboard"),
        Refusal::Guessable(Weakness::Repeats) => say("refusals-guessable-repeats"),
        Refusal::Guessable(Weakness::Sequence) => say("refusals-guessable-sequence"),
        Refusal::Guessable(Weakness::Date) => say("refusals-guessable-date"),
        Refusal::Guessable(Weakness::Words) => say("refusals-guessable-words"),
        Refusal::Guessable(Weakness::Simple) => say("refusals-guessable-simple"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::credential::StoredForm;

    #[test]
    fn every_refusal_is_said_in_both_languages_with_its_numbers() {
        let counted = [Refusal::TooManyBytes { maximum: 777 }, Refusal::TooShort { minimum: 777 }, Refusal::TooLong { maximum: 777 }];
        let stored = Refusal::Stored(StoredForm::Named);
        let plain = [Refusal::Empty, Refusal::NotText, Refusal::Control, stored, Refusal::SameAsOld, Refusal::Common];
        let personal = [Personal::Login, Personal::Name, Personal::Mail, Personal::Organisation].map(Refusal::Personal);
        let weak = [Weakness::Keyboard, Weakness::Repeats, Weakness::Sequence, Weakness::Date, Weakness::Words, Weakness::Simple];
        let texts = Texts::shipped();
        let mut said = std::collections::BTreeSet::new();
        for refusal in counted.iter().chain(&plain).chain(&personal).chain(&weak.map(Refusal::Guessable)) {
            for language in Language::ALL {
                let text = text(&texts, language, refusal);
                assert!(text.ends_with('.') && !text.starts_with("refusals-"), "{refusal:?}: {text}");
                assert_eq!(text.contains("777"), counted.contains(refusal), "{refusal:?}: {text}");
                assert!(said.insert(text.clone()), "{refusal:?} is told as another: {text}");
            }
        }
    }
}
