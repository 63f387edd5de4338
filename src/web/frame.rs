//! What is around every page: language, name and picture of the site, the way to other languages, help.

use askama::Template;

use super::error::Fault;
use super::pages::Shared;
use super::{paths, refusal};
use crate::domain::language::Language;
use crate::domain::password_policy::Refusal;
use crate::text::Value;

/// What every template has beside its own.
pub struct Frame {
    pages: Shared,
    /// The page's language.
    pub language: Language,
    /// Where the page is.
    here: &'static str,
    /// What its forms have to show.
    pub csrf: String,
    /// The name of whoever is signed in.
    pub signed_in: Option<String>,
}

/// A language that the page can be had in.
pub struct Choice {
    /// Its tag.
    pub tag: &'static str,
    /// Its own name.
    pub name: &'static str,
    /// Where to choose it.
    pub address: String,
}

impl Frame {
    /// Around the page at `here`.
    pub fn new(pages: Shared, language: Language, here: &'static str) -> Frame {
        Frame { pages, language, here, csrf: String::new(), signed_in: None }
    }

    /// With what forms have to show.
    pub fn with_csrf(self, csrf: String) -> Frame {
        Frame { csrf, ..self }
    }

    /// With the name of whoever is signed in.
    pub fn signed_in_as(self, name: &str) -> Frame {
        Frame { signed_in: Some(name.to_owned()), ..self }
    }

    /// The message `key`.
    pub fn say(&self, key: &str) -> String {
        self.pages.texts.say(self.language, key, &[])
    }

    /// The message `key` with `value` for its placeholder `name`.
    pub fn say_with(&self, key: &str, name: &str, value: &str) -> String {
        self.pages.texts.say(self.language, key, &[(name, Value::Text(value))])
    }

    /// The message `key` with a number for its placeholder `name`.
    pub fn say_number(&self, key: &str, name: &str, value: usize) -> String {
        self.pages.texts.say(self.language, key, &[(name, Value::Number(value as u64))])
    }

    /// Why a password is not good enough.
    pub fn refusal(&self, refusal: &Refusal) -> String {
        refusal::text(&self.pages.texts, self.language, refusal)
    }

    /// The name of the site.
    pub fn site(&self) -> &str {
        &self.pages.settings.site
    }

    /// Whom to turn to.
    pub fn support(&self) -> Option<&str> {
        self.pages.settings.support.as_deref()
    }

    /// Where the stylesheet is.
    pub fn style(&self) -> &str {
        &self.pages.assets.style.path
    }

    /// Where the script is.
    pub fn script(&self) -> &str {
        &self.pages.assets.script.path
    }

    /// Where the tab's picture is.
    pub fn icon(&self) -> &str {
        &self.pages.assets.icon.path
    }

    /// Where the organisation's picture is.
    pub fn logo(&self) -> Option<&str> {
        self.pages.assets.logo.as_ref().map(|logo| logo.path.as_str())
    }

    /// The fewest characters of a password.
    pub fn password_hint(&self) -> String {
        self.say_number("pages-password-hint", "minimum", self.pages.settings.password_minimum)
    }

    /// The other languages.
    pub fn choices(&self) -> Vec<Choice> {
        let others = Language::ALL.into_iter().filter(|language| *language != self.language);
        let choice = |language: Language| Choice {
            tag: language.tag(),
            name: own_name(language),
            address: format!("{}?to={}&back={}", paths::LANGUAGE, language.tag(), self.here),
        };
        others.map(choice).collect()
    }
}

fn own_name(language: Language) -> &'static str {
    match language {
        Language::English => "English",
        Language::French => "Français",
    }
}

/// What is wrong with a field of a form.
pub struct Problem {
    /// The field.
    pub field: &'static str,
    /// What is wrong, and what to do.
    pub text: String,
}

/// A page that only says something, with one way on.
#[derive(Template)]
#[template(path = "message.html")]
pub struct Message {
    /// What is around it.
    pub page: Frame,
    /// Its heading.
    pub title: String,
    /// What it says, a paragraph each.
    pub texts: Vec<String>,
    /// The way on: where to, and what the link says.
    pub next: Option<(&'static str, String)>,
}

impl Message {
    /// What is said in place of a page.
    pub fn of(fault: Fault, page: Frame) -> Message {
        let (_, title, text) = fault.said();
        let next = (fault != Fault::Misdirected).then(|| (paths::ROOT, page.say("pages-to-start")));
        Message { title: page.say(title), texts: vec![page.say(text)], next, page }
    }
}
