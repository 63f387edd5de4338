//! Which passwords are good enough, and how every password is prepared before it is set or verified.

mod common;
mod prepare;

use std::fmt;

use zeroize::Zeroizing;
use zxcvbn::Score;
use zxcvbn::feedback::Warning;

use crate::domain::credential::{StoredForm, stored_form};
use crate::secret::Secret;

pub use prepare::{MAX_PASSWORD_BYTES, is_generated, prepare};

/// What a new password must be: long enough, not common, not made of what is known about the person, and hard to guess
/// (NIST SP 800-63B §3.1.1.2, CNIL 2022-100). There are no rules about kinds of characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    minimum: usize,
}

impl Default for Policy {
    fn default() -> Policy {
        Policy::new(DEFAULT_MINIMUM)
    }
}

/// What is known about the person, and so is no secret.
#[derive(Clone, Debug, Default)]
pub struct PasswordContext {
    /// The login.
    pub login: String,
    /// First name, name, display name.
    pub names: Vec<String>,
    /// Mail addresses.
    pub mails: Vec<String>,
    /// The name of the organisation.
    pub organisation: String,
}

impl Policy {
    /// A policy that asks for `minimum` characters; what lies outside [`LOWEST_MINIMUM`] to [`MAX_CHARACTERS`] counts
    /// as that end of it.
    pub fn new(minimum: usize) -> Policy {
        Policy { minimum: minimum.clamp(LOWEST_MINIMUM, MAX_CHARACTERS) }
    }

    /// The fewest characters of a password.
    pub fn minimum(&self) -> usize {
        self.minimum
    }

    /// Whether `password`, prepared, is good enough for the person that `context` tells of. It takes some milliseconds
    /// of computing, up to some tens for what is full of digits and signs that stand for letters, and so does the first
    /// call in a process: call it by `Hasher::check`, never on a thread that serves connections.
    pub fn check(&self, password: &Secret, context: &PasswordContext) -> Result<(), Refusal> {
        let text = std::str::from_utf8(password.expose()).map_err(|_| Refusal::NotText)?;
        if let Some(form) = stored_form(password.expose()) {
            return Err(Refusal::Stored(form));
        }
        let characters = text.chars().count();
        if characters < self.minimum {
            return Err(Refusal::TooShort { minimum: self.minimum });
        }
        if characters > MAX_CHARACTERS {
            return Err(Refusal::TooLong { maximum: MAX_CHARACTERS });
        }
        let folded = common::fold(text);
        if common::is_common(&folded) {
            return Err(Refusal::Common);
        }
        if let Some(what) = personal(&folded, context) {
            return Err(Refusal::Personal(what));
        }
        guessable(text, context)
    }
}

/// Why a password is not accepted. [`fmt::Display`] says in English what is wrong and what to do; other languages are
/// made from the data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is nothing in it.
    Empty,
    /// It is not UTF-8.
    NotText,
    /// A control character, or one that is no character, is in it.
    Control,
    /// More bytes than are looked at.
    TooManyBytes {
        /// The maximum.
        maximum: usize,
    },
    /// Fewer characters than the policy's minimum.
    TooShort {
        /// The minimum.
        minimum: usize,
    },
    /// More characters than the maximum.
    TooLong {
        /// The maximum.
        maximum: usize,
    },
    /// It looks like the stored form of a password.
    Stored(StoredForm),
    /// It is the password that it is to replace.
    SameAsOld,
    /// It is a common password, give or take a few digits.
    Common,
    /// It is little more than what is known about the person.
    Personal(Personal),
    /// Few guesses find it.
    Guessable(Weakness),
}

/// What about the person is in the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Personal {
    /// The login.
    Login,
    /// The name.
    Name,
    /// A mail address.
    Mail,
    /// The organisation.
    Organisation,
}

/// What makes a password easy to guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    /// Neighbouring keys.
    Keyboard,
    /// The same again and again.
    Repeats,
    /// `abcd`, `6543`.
    Sequence,
    /// A year or a date.
    Date,
    /// Words and names that are tried first.
    Words,
    /// Nothing in particular: it is too simple.
    Simple,
}

impl fmt::Display for Refusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Empty => write!(out, "The password is empty: type one."),
            Refusal::NotText => write!(out, "The password is not valid UTF-8 text: use a client that sends UTF-8."),
            Refusal::Control => write!(out, "The password has a control character in it, such as a tab or a line break: leave it out."),
            Refusal::TooManyBytes { maximum } => write!(out, "The password is longer than {maximum} bytes: shorten it."),
            Refusal::TooShort { minimum } => {
                write!(out, "The password is too short: use at least {minimum} characters, for instance four or more words.")
            }
            Refusal::TooLong { maximum } => write!(out, "The password is too long: use at most {maximum} characters."),
            Refusal::Stored(StoredForm::Named) => {
                write!(out, "The password looks like the stored form of one: choose another. Administrators write it to userPassword.")
            }
            Refusal::Stored(StoredForm::Lacks(scheme)) => write!(
                out,
                "The password looks like the stored form of one: choose another. To take it over, an administrator writes it to \
                 userPassword with {scheme} before it."
            ),
            Refusal::Stored(StoredForm::Foreign) => write!(
                out,
                "The password looks like the stored form of one: choose another. To take it over, an administrator converts it to \
                 a form such as {{PBKDF2-SHA256}}ROUNDS$SALT$KEY."
            ),
            Refusal::SameAsOld => write!(out, "This is the password you have already: choose another one."),
            Refusal::Common => {
                write!(
                    out,
                    "The password is one of the most common, give or take a few digits: choose one that nobody else would think of."
                )
            }
            Refusal::Personal(what) => {
                let what = match what {
                    Personal::Login => "the login",
                    Personal::Name => "the person's name",
                    Personal::Mail => "the mail address",
                    Personal::Organisation => "the organisation's name",
                };
                write!(out, "The password is little more than {what}: leave it out, or add several other words.")
            }
            Refusal::Guessable(weakness) => {
                let why = match weakness {
                    Weakness::Keyboard => "it follows the keys of the keyboard",
                    Weakness::Repeats => "it repeats itself",
                    Weakness::Sequence => "it counts on, like abcd or 6543",
                    Weakness::Date => "it is built on a year or a date",
                    Weakness::Words => "it is built on words or names that are tried first",
                    Weakness::Simple => "it is too simple",
                };
                write!(out, "The password is easy to guess ({why}): add words that have nothing to do with each other.")
            }
        }
    }
}

/// What about the person makes up so much of the password that too little remains.
fn personal(folded: &str, context: &PasswordContext) -> Option<Personal> {
    let known =
        [(Personal::Login, std::slice::from_ref(&context.login)), (Personal::Name, &context.names), (Personal::Mail, &context.mails)];
    let known = known.into_iter().chain([(Personal::Organisation, std::slice::from_ref(&context.organisation))]);
    let mut words: Vec<(Personal, String)> = Vec::new();
    for (what, texts) in known {
        for text in texts.iter().take(MAX_CONTEXT_TEXTS) {
            words.extend(self::words(text).map(|word| (what, word)));
        }
    }
    // The longest first: a whole name before its parts.
    words.sort_by_key(|(_, word)| std::cmp::Reverse(word.len()));
    let mut rest = Zeroizing::new(folded.to_owned());
    let mut first = None;
    for (what, word) in &words {
        if rest.contains(word.as_str()) {
            first = first.or(Some(*what));
            rest = Zeroizing::new(rest.replace(word.as_str(), "\0"));
        }
    }
    let remains = rest.chars().filter(|character| character.is_alphanumeric()).count();
    first.filter(|_| remains < LOWEST_MINIMUM)
}

/// The folded words of `text` that are long enough to count, and the text as a whole.
fn words(text: &str) -> impl Iterator<Item = String> {
    let text: String = text.chars().take(MAX_CONTEXT_CHARACTERS).collect();
    let mut words: Vec<String> =
        text.split(|character: char| !character.is_alphanumeric()).map(|word| common::fold(word).to_string()).collect();
    words.push(common::fold(&text).to_string());
    words.into_iter().filter(|word| word.chars().count() >= SHORTEST_WORD)
}

/// Refuses what few guesses find, by zxcvbn's estimate.
fn guessable(text: &str, context: &PasswordContext) -> Result<(), Refusal> {
    let texts = context.names.iter().chain(&context.mails).chain([&context.login, &context.organisation]).take(MAX_CONTEXT_TEXTS);
    let known: Vec<String> = texts.flat_map(|text| words(text)).collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let head: Zeroizing<String> = Zeroizing::new(text.chars().take(MAX_ESTIMATED_CHARACTERS).collect());
    let estimate = zxcvbn::zxcvbn(&head, &known);
    if estimate.score() >= Score::Three {
        return Ok(());
    }
    Err(Refusal::Guessable(estimate.feedback().and_then(|feedback| feedback.warning()).map_or(Weakness::Simple, Weakness::from)))
}

impl From<Warning> for Weakness {
    fn from(warning: Warning) -> Weakness {
        match warning {
            Warning::StraightRowsOfKeysAreEasyToGuess | Warning::ShortKeyboardPatternsAreEasyToGuess => Weakness::Keyboard,
            Warning::RepeatsLikeAaaAreEasyToGuess | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => Weakness::Repeats,
            Warning::SequencesLikeAbcAreEasyToGuess => Weakness::Sequence,
            Warning::RecentYearsAreEasyToGuess | Warning::DatesAreOftenEasyToGuess => Weakness::Date,
            Warning::ThisIsATop10Password
            | Warning::ThisIsATop100Password
            | Warning::ThisIsACommonPassword
            | Warning::ThisIsSimilarToACommonlyUsedPassword
            | Warning::AWordByItselfIsEasyToGuess
            | Warning::NamesAndSurnamesByThemselvesAreEasyToGuess
            | Warning::CommonNamesAndSurnamesAreEasyToGuess => Weakness::Words,
        }
    }
}

/// Characters at least, unless the configuration says otherwise.
pub const DEFAULT_MINIMUM: usize = 12;

/// The lowest minimum that may be configured, in characters (NIST SP 800-63B §3.1.1.2).
pub const LOWEST_MINIMUM: usize = 8;

/// Characters at most.
pub const MAX_CHARACTERS: usize = 128;

/// Characters that the estimate looks at; its time grows faster than their number. A hundred of digits and signs that stand
/// for letters take a second.
const MAX_ESTIMATED_CHARACTERS: usize = 40;

/// Texts of the context that are looked at, of each kind.
const MAX_CONTEXT_TEXTS: usize = 16;

/// Characters of each that are looked at.
const MAX_CONTEXT_CHARACTERS: usize = 128;

/// Characters of the shortest word of the context that counts.
const SHORTEST_WORD: usize = 3;

#[cfg(test)]
mod tests;
