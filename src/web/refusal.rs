//! Why a password is not good enough, in the reader's language: what is wrong, and what to do.

use super::frame::Frame;
use crate::domain::password_policy::{Personal, Refusal, Weakness};

/// The text of `refusal`.
pub fn text(page: &Frame, refusal: &Refusal) -> String {
    match refusal {
        Refusal::Empty => page.say("refusals-empty"),
        Refusal::NotText => page.say("refusals-not-text"),
        Refusal::Control => page.say("refusals-control"),
        Refusal::TooManyBytes { maximum } => page.say_number("refusals-too-many-bytes", "maximum", *maximum),
        Refusal::TooShort { minimum } => page.say_number("refusals-too-short", "minimum", *minimum),
        Refusal::TooLong { maximum } => page.say_number("refusals-too-long", "maximum", *maximum),
        Refusal::SameAsOld => page.say("refusals-same-as-old"),
        Refusal::Common => page.say("refusals-common"),
        Refusal::Personal(Personal::Login) => page.say("refusals-personal-login"),
        Refusal::Personal(Personal::Name) => page.say("refusals-personal-name"),
        Refusal::Personal(Personal::Mail) => page.say("refusals-personal-mail"),
        Refusal::Personal(Personal::Organisation) => page.say("refusals-personal-organisation"),
        Refusal::Guessable(Weakness::Keyboard) => page.say("refusals-guessable-keyboard"),
        Refusal::Guessable(Weakness::Repeats) => page.say("refusals-guessable-repeats"),
        Refusal::Guessable(Weakness::Sequence) => page.say("refusals-guessable-sequence"),
        Refusal::Guessable(Weakness::Date) => page.say("refusals-guessable-date"),
        Refusal::Guessable(Weakness::Words) => page.say("refusals-guessable-words"),
        Refusal::Guessable(Weakness::Simple) => page.say("refusals-guessable-simple"),
    }
}
