//! What is around every page: language, name and picture of the site, the way to its areas and to other languages, help.

use askama::Template;

use super::error::PageFault;
use super::{paths, query, refusal};
use crate::directory::Visitor;
use crate::domain::access::{self, Area};
use crate::domain::language::Language;
use crate::domain::password_policy::Refusal;
use crate::text::MessageValue;
use crate::web::site::SharedSite;

/// What every template has beside its own.
pub struct Frame {
    pages: SharedSite,
    /// The page's language.
    pub language: Language,
    /// Where the page is, with its query.
    here: String,
    /// What its forms have to show.
    pub csrf: String,
    /// The name of whoever is signed in.
    pub signed_in: Option<String>,
    /// The way to what is theirs.
    pub areas: Vec<Tab>,
    /// What is said of the form that led here.
    pub notice: Option<String>,
    /// Mails do not go out, and the reader can do something about it.
    pub mail_waits: bool,
}

/// The way to an area.
pub struct Tab {
    /// What it is called.
    pub name: String,
    /// Where it is.
    pub path: &'static str,
    /// `aria-current`: `page` for the page that is shown, `true` for the area it is part of; empty for any other.
    pub current: &'static str,
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

/// One of several, in a list that one is chosen from.
pub struct Choosable {
    /// What the form sends.
    pub value: String,
    /// What is read.
    pub text: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

impl Frame {
    /// Around the page at `here`.
    pub fn new(pages: SharedSite, language: Language, here: &str) -> Frame {
        Frame {
            pages,
            language,
            here: here.to_owned(),
            csrf: String::new(),
            signed_in: None,
            areas: Vec::new(),
            notice: None,
            mail_waits: false,
        }
    }

    /// With what forms have to show.
    pub fn with_csrf(self, csrf: String) -> Frame {
        Frame { csrf, ..self }
    }

    /// For `visitor`, who is signed in, and is in `area`.
    pub fn signed_in(self, visitor: &Visitor, area: Area) -> Frame {
        // Nothing else is open to them until the password is changed.
        let own = Area::ALL.into_iter().filter(|own| !visitor.must_change && access::enters(visitor.role, *own));
        let areas = own.map(|own| self.tab(own, area)).collect();
        let looks_after_mail = !visitor.must_change && access::enters(visitor.role, Area::Mail);
        let mail_waits = looks_after_mail && area != Area::Mail && !self.pages.health.borrow().mail;
        Frame { signed_in: Some(visitor.name.clone()), areas, mail_waits, ..self }
    }

    /// With what is said of the form that led here.
    pub fn with_notice(self, notice: Option<String>) -> Frame {
        Frame { notice, ..self }
    }

    /// For a page whose address cannot be opened, as that of a form that was refused: it is shown at `here` otherwise.
    pub fn at(self, here: String) -> Frame {
        Frame { here, ..self }
    }

    fn tab(&self, area: Area, current: Area) -> Tab {
        let (name, path) = match area {
            Area::Account => (self.say("pages-area-account"), paths::ACCOUNT),
            Area::People => (self.say("pages-area-people"), paths::PEOPLE),
            Area::Teams => (self.say("pages-area-teams"), paths::TEAMS),
            Area::Groups => (self.say("pages-area-groups"), paths::GROUPS),
            Area::Applications => (self.say("pages-area-applications"), paths::APPLICATIONS),
            Area::Audit => (self.say("pages-area-audit"), paths::AUDIT),
            Area::Mail => (self.say("pages-area-mail"), paths::MAIL),
        };
        let current = match (area == current, self.here == path) {
            (true, true) => "page",
            (true, false) => "true",
            (false, _) => "",
        };
        Tab { name, path, current }
    }

    /// Whether there is a message `key`.
    pub fn knows(&self, key: &str) -> bool {
        self.pages.texts.knows(key)
    }

    /// The message `key`.
    pub fn say(&self, key: &str) -> String {
        self.pages.texts.say(self.language, key, &[])
    }

    /// The message `key` with `value` for its placeholder `name`.
    pub fn say_with(&self, key: &str, name: &str, value: &str) -> String {
        self.pages.texts.say(self.language, key, &[(name, MessageValue::Text(value))])
    }

    /// The message `key` with these values for its placeholders; one more than there are does no harm.
    pub fn say_values(&self, key: &str, values: &[(&str, &str)]) -> String {
        let values: Vec<(&str, MessageValue<'_>)> = values.iter().map(|(name, value)| (*name, MessageValue::Text(value))).collect();
        self.pages.texts.say(self.language, key, &values)
    }

    /// The message `key` with a number for its placeholder `name`.
    pub fn say_number(&self, key: &str, name: &str, value: usize) -> String {
        self.pages.texts.say(self.language, key, &[(name, MessageValue::Number(value as u64))])
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
            address: query::address(paths::LANGUAGE, [("to", language.tag()), ("back", &self.here)]),
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

/// A page that only says something, with one way on.
#[derive(Template)]
#[template(path = "message.html")]
pub struct MessageTemplate {
    /// What is around it.
    pub page: Frame,
    /// Its heading.
    pub title: String,
    /// What it says, a paragraph each.
    pub texts: Vec<String>,
    /// The way on: where to, and what the link says.
    pub next: Option<(&'static str, String)>,
}

impl MessageTemplate {
    /// What is said in place of a page.
    pub fn of(fault: PageFault, page: Frame) -> MessageTemplate {
        let (_, title, text) = fault.said();
        let next = (fault != PageFault::Misdirected).then(|| (paths::ROOT, page.say("pages-to-start")));
        MessageTemplate { title: page.say(title), texts: vec![page.say(text)], next, page }
    }
}

/// A page that asks once more before something is done that cannot be taken back.
#[derive(Template)]
#[template(path = "confirm.html")]
pub struct ConfirmTemplate {
    /// What is around it.
    pub page: Frame,
    /// Its heading, a question.
    pub title: String,
    /// What it will mean, a paragraph each.
    pub texts: Vec<String>,
    /// Where the form goes.
    pub action: String,
    /// What the button says.
    pub button: String,
    /// The way back.
    pub back: String,
}
