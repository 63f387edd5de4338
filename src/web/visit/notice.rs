//! What the page after a form says of it: "Saved: email address, team". It is carried to that page in a cookie that holds
//! names of our own texts and nothing else, and is shown once.

use super::frame::Frame;
use crate::secret::Secret;

/// What is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageNotice {
    /// The text: a key with `-notice-` in it.
    said: String,
    /// What was saved: the keys of fields' labels, with `-field-` in them.
    fields: Vec<String>,
}

impl PageNotice {
    /// The text `key`, as `groups-notice-deleted`, which has no placeholders.
    pub fn said(key: &str) -> PageNotice {
        PageNotice { said: key.to_owned(), fields: Vec::new() }
    }

    /// That these fields were saved, by the keys of their labels, as `people-field-mail`; none: that nothing has changed.
    pub fn saved(fields: &[&str]) -> PageNotice {
        let said = if fields.is_empty() { "pages-notice-unchanged" } else { SAVED };
        PageNotice { said: said.to_owned(), fields: fields.iter().map(|field| (*field).to_owned()).collect() }
    }

    /// As it is kept in the cookie.
    pub fn written(&self) -> Secret {
        let words: Vec<&str> = std::iter::once(&self.said).chain(&self.fields).map(String::as_str).collect();
        Secret::new(words.join("."))
    }

    /// The notice in a cookie; none if it is not made of names of such texts.
    pub fn read(cookie: &Secret) -> Option<PageNotice> {
        let mut words = std::str::from_utf8(cookie.expose()).ok()?.split('.').map(str::to_owned);
        let notice = PageNotice { said: words.next()?, fields: words.collect() };
        let known = notice.said.contains("-notice-") && notice.fields.iter().all(|field| field.contains("-field-"));
        (known && notice.fields.is_empty() == (notice.said != SAVED)).then_some(notice)
    }

    /// In the language of `page`; none if a name is not one of a text.
    pub fn told(&self, page: &Frame) -> Option<String> {
        let known = |key: &String| page.knows(key).then(|| page.say(key));
        let fields: Option<Vec<String>> = self.fields.iter().map(|field| known(field).map(|label| uncapitalised(&label))).collect();
        match fields?.as_slice() {
            [] => known(&self.said),
            fields => Some(page.say_with(SAVED, "what", &fields.join(", "))),
        }
    }
}

/// A label as part of a sentence: "Email address" is "email address", and "URL" stays.
fn uncapitalised(label: &str) -> String {
    let mut characters = label.chars();
    match (characters.next(), label.chars().nth(1)) {
        (Some(first), Some(second)) if second.is_lowercase() => first.to_lowercase().chain(characters).collect(),
        _ => label.to_owned(),
    }
}

/// The text that names fields.
const SAVED: &str = "pages-notice-saved";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_comes_back_from_its_cookie() {
        for notice in [
            PageNotice::said("groups-notice-deleted"),
            PageNotice::saved(&["person-field-mail", "person-field-team"]),
            PageNotice::saved(&[]),
        ] {
            assert_eq!(PageNotice::read(&notice.written()), Some(notice));
        }
    }

    #[test]
    fn nothing_but_the_names_of_notices_is_read() {
        for cookie in
            ["", ".", "pages-sign-in", "<b>", "pages-notice-saved", "pages-notice-saved.pages-sign-in", "pages-notice-unchanged.a-field-b"]
        {
            assert_eq!(PageNotice::read(&Secret::new(cookie)), None, "{cookie}");
        }
        assert_eq!(PageNotice::read(&Secret::new(vec![0xff])), None);
    }

    #[test]
    fn a_label_in_a_sentence_begins_small() {
        for (label, within) in [("Adresse e-mail", "adresse e-mail"), ("Équipe", "équipe"), ("URL", "URL"), ("", "")] {
            assert_eq!(uncapitalised(label), within);
        }
    }
}
