//! How a person is found among many: the name they are listed by, and the words that a search finds them by. Case and
//! accents do not matter. How that is kept is in `store/listings.rs`.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::account::{Account, Role, State, Status};
use super::schema::Attribute;
use super::time::UnixTime;

/// What a person is looked for by, kept beside the name they are listed by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonListing {
    /// What they may do.
    pub role: Role,
    status: Status,
    expires_at: Option<UnixTime>,
    /// At most [`MAX_WORDS`], joined by NUL.
    words: String,
}

impl PersonListing {
    /// That of `account`.
    pub fn of(account: &Account) -> PersonListing {
        PersonListing { role: account.role, status: account.status, expires_at: account.expires_at, words: words_of(account).join("\0") }
    }

    /// The words that a search may begin with, none of which begins another.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.words.split('\0').filter(|word| !word.is_empty())
    }

    /// Whether each of `terms` (see [`terms`]) begins one of the words.
    pub fn matches(&self, terms: &[String]) -> bool {
        terms.iter().all(|term| self.words().any(|word| word.starts_with(term.as_str())))
    }

    /// Whether the person may sign in at `now`.
    pub fn state(&self, now: UnixTime) -> State {
        State::of(self.status, self.expires_at, now)
    }

    /// The short lists the person is in, besides that of everybody.
    pub fn facets(&self) -> impl Iterator<Item = Facet> {
        let role = match self.role {
            Role::User => None,
            Role::Manager => Some(Facet::Managers),
            Role::Administrator => Some(Facet::Administrators),
        };
        let disabled = (self.status == Status::Disabled).then_some(Facet::Disabled);
        let expiring = self.expires_at.map(|_| Facet::Expiring);
        [role, disabled, expiring].into_iter().flatten()
    }
}

/// A list of people in the order of their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Facet {
    /// All of them.
    Everybody,
    /// Whose role is administrator.
    Administrators,
    /// Whose role is manager.
    Managers,
    /// Whose account is disabled.
    Disabled,
    /// Whose account has a date of expiry, past or to come.
    Expiring,
}

/// Surname and first name, as they are shown: the whole name alone where no first name is known.
pub fn shown_name(account: &Account) -> (&str, &str) {
    let text = |attribute| account.attributes.text(attribute).filter(|text| !text.trim().is_empty());
    match (text(Attribute::Sn), text(Attribute::GivenName)) {
        (Some(surname), Some(first)) => (surname, first),
        (surname, _) => (text(Attribute::Cn).or(surname).unwrap_or(&account.uid), ""),
    }
}

/// What the person is listed by: surname, then first name. Without NUL.
pub fn sort_name(account: &Account) -> String {
    let (surname, first) = shown_name(account);
    // A surname comes before the longer ones that begin with it, whatever the first names.
    format!("{}{BEFORE_ALL}{}", sortable(surname), sortable(first))
}

/// The words of a search, as [`PersonListing::matches`] compares them; [`MAX_TERMS`] at most. What has neither letters nor
/// digits asks for nothing.
pub fn terms(search: &str) -> Vec<String> {
    let plain = plain(&search[..search.floor_char_boundary(MAX_SEARCH)]);
    plain.split_whitespace().filter_map(|term| starts(term).next().map(|at| cut(&term[at..]).to_owned())).take(MAX_TERMS).collect()
}

/// The words that lead to `account`. Names come first: where there are too many, it is parts of addresses that are left
/// out.
fn words_of(account: &Account) -> Vec<String> {
    let texts = |attribute| account.attributes.values(attribute).iter().filter_map(|value| std::str::from_utf8(value).ok());
    let mut words = SearchWords::default();
    for name in NAMES.into_iter().flat_map(texts) {
        plain(name).split_whitespace().for_each(|name| words.take_parts(name));
    }
    let mails: Vec<String> = texts(Attribute::Mail).map(plain).collect();
    let login = plain(&account.uid);
    [&login].into_iter().chain(&mails).for_each(|whole| words.take(whole));
    words.take_parts(&login);
    for mail in &mails {
        // Half of all people have the same domain.
        let local = mail.rfind('@').unwrap_or(mail.len());
        starts(mail).take_while(|at| *at < local).for_each(|at| words.take(&mail[at..]));
    }
    words.0
}

/// Words none of which begins another: whoever looks for the shorter one finds the longer one.
#[derive(Default)]
struct SearchWords(Vec<String>);

impl SearchWords {
    /// `text` from each of its starts: `jean-luc` is found by `luc` too.
    fn take_parts(&mut self, text: &str) {
        starts(text).for_each(|at| self.take(&text[at..]));
    }

    fn take(&mut self, word: &str) {
        let word = cut(word);
        if word.is_empty() || self.0.iter().any(|held| held.starts_with(word)) {
            return;
        }
        self.0.retain(|held| !word.starts_with(held.as_str()));
        if self.0.len() < MAX_WORDS {
            self.0.push(word.to_owned());
        }
    }
}

/// Where words begin in `text`: at a letter or digit behind none.
fn starts(text: &str) -> impl Iterator<Item = usize> {
    let mut within = false;
    text.char_indices().filter_map(move |(at, character)| {
        let begins = character.is_alphanumeric() && !within;
        within = character.is_alphanumeric();
        begins.then_some(at)
    })
}

/// Lower case, without accents; what is invisible is a blank.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    if text.is_ascii() {
        plain.extend(text.bytes().map(|byte| if byte.is_ascii_control() { ' ' } else { char::from(byte.to_ascii_lowercase()) }));
        return plain;
    }
    let bare = |text: &str| text.nfkd().filter(|character| !is_combining_mark(*character)).collect::<String>();
    for character in bare(&bare(text).to_lowercase()).chars() {
        match character {
            'œ' => plain.push_str("oe"),
            'æ' => plain.push_str("ae"),
            'ß' => plain.push_str("ss"),
            'ø' => plain.push('o'),
            'ł' => plain.push('l'),
            'đ' => plain.push('d'),
            '’' => plain.push('\''),
            other if other.is_control() => plain.push(' '),
            other => plain.push(other),
        }
    }
    plain
}

/// A name to sort by: whatever is neither letter nor digit is a blank.
fn sortable(name: &str) -> String {
    let plain = plain(name);
    let words = plain.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty());
    cut(&words.collect::<Vec<_>>().join(" ")).to_owned()
}

/// The first [`MAX_WORD`] bytes of `word`, or a little less.
fn cut(word: &str) -> &str {
    &word[..word.floor_char_boundary(MAX_WORD)]
}

/// What names are made of.
const NAMES: [Attribute; 4] = [Attribute::Sn, Attribute::GivenName, Attribute::Cn, Attribute::DisplayName];

/// Sorts before all that a name has.
const BEFORE_ALL: char = '\u{1}';

/// Words that lead to one person: a name of four, the login, and most people have one address.
pub const MAX_WORDS: usize = 12;

/// Bytes of a word, and of each of the two parts of a name, that count.
const MAX_WORD: usize = 48;

/// Bytes of a search that count.
const MAX_SEARCH: usize = 512;

/// Words of a search that count.
const MAX_TERMS: usize = 6;

#[cfg(test)]
mod tests;
