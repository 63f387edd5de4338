//! A mail before it has a form: what it says, block by block. Both forms are made from it, so that the text says what
//! the HTML says.

use askama::Template;
use zeroize::Zeroizing;

use crate::domain::colour::{Colour, Shade};
use crate::domain::language::Language;

/// What a mail says.
pub struct Document {
    /// The language it is written in.
    pub language: Language,
    /// Its subject.
    pub subject: String,
    /// What stands above it: the name of the site.
    pub site: String,
    /// The organisation's colour.
    pub colour: Colour,
    /// Its content, from top to bottom.
    pub blocks: Vec<Block>,
    /// What is said above a link that is written out.
    pub or_copy: String,
    /// The small print, a paragraph each.
    pub footer: Vec<String>,
}

/// A part of a mail.
pub enum Block {
    /// A paragraph.
    Paragraph(String),
    /// The thing to do: a button, and its address written out.
    Action(ButtonLink),
    /// Something that may be done as well.
    Aside(ButtonLink),
    /// A password, alone on its line.
    Password(Zeroizing<String>),
    /// Facts: what, and how it is.
    Facts(Vec<(String, String)>),
}

/// A link.
pub struct ButtonLink {
    /// What it does.
    pub label: String,
    /// Where it leads; it may hold a token.
    pub url: Zeroizing<String>,
}

impl Document {
    /// As plain text: lines of [`WIDTH`] characters, each link and password alone on its line and whole.
    pub fn text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(TYPICAL));
        for block in &self.blocks {
            match block {
                Block::Paragraph(paragraph) => wrap(paragraph, &mut text),
                Block::Action(link) | Block::Aside(link) => {
                    wrap(&link.label, &mut text);
                    line(&link.url, &mut text);
                }
                Block::Password(password) => line(&format!("    {}", **password), &mut text),
                Block::Facts(facts) => facts.iter().for_each(|(name, value)| line(&self.fact(name, value), &mut text)),
            }
            text.push('\n');
        }
        // RFC 3676 §4.3: what stands behind this line is no part of what is said.
        text.push_str("-- \n");
        self.footer.iter().for_each(|paragraph| wrap(paragraph, &mut text));
        text
    }

    /// As HTML: one page without anything from elsewhere, for light and dark.
    ///
    /// # Errors
    /// If the template fails, which it has no reason to.
    pub fn html(&self) -> Result<Zeroizing<String>, askama::Error> {
        let (light, dark) = (self.colour.shade_on(LIGHT), self.colour.shade_on(DARK));
        Html { document: self, light, dark }.render().map(Zeroizing::new)
    }

    fn fact(&self, name: &str, value: &str) -> String {
        match self.language {
            Language::French => format!("{name}\u{a0}: {value}"),
            Language::English => format!("{name}: {value}"),
        }
    }
}

#[derive(Template)]
#[template(path = "letter.html")]
struct Html<'a> {
    document: &'a Document,
    light: Shade,
    dark: Shade,
}

/// Adds `paragraph`, broken at spaces into lines of at most [`WIDTH`] characters; no-break spaces are none.
fn wrap(paragraph: &str, text: &mut String) {
    let mut column = 0;
    for word in paragraph.split(' ').filter(|word| !word.is_empty()) {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > WIDTH {
            text.push('\n');
            column = 0;
        } else if column > 0 {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += length;
    }
    text.push('\n');
}

fn line(content: &str, text: &mut String) {
    text.push_str(content);
    text.push('\n');
}

/// The sheet and what lies around it, as the template has them.
const LIGHT: [Colour; 2] = [Colour::of(0xff, 0xff, 0xff), Colour::of(0xf3, 0xf4, 0xf6)];
/// The same where it is dark.
const DARK: [Colour; 2] = [Colour::of(0x20, 0x24, 0x2b), Colour::of(0x16, 0x18, 0x1d)];

/// Characters of a line of text (RFC 5322 §2.1.1: no more than 78).
const WIDTH: usize = 72;

/// Bytes of the usual text, so that it is not copied about in memory while it grows.
const TYPICAL: usize = 8 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn document(language: Language, blocks: Vec<Block>) -> Document {
        let (subject, site, or_copy) = ("Subject".to_owned(), "Example".to_owned(), "Or copy:".to_owned());
        let colour = Colour::default();
        Document { language, subject, site, colour, blocks, or_copy, footer: vec!["Need help?".to_owned()] }
    }

    #[test]
    fn buttons_and_links_have_the_organisation_s_colour_on_light_and_dark() {
        let link = ButtonLink { label: "Open".to_owned(), url: Zeroizing::new("https://accounts.example.org/r/x".to_owned()) };
        let colour = Colour::of(0x99, 0, 0);
        let html = Document { colour, ..document(Language::English, vec![Block::Action(link)]) }.html().unwrap();
        assert!(html.contains("background:#990000;color:#ffffff;") && html.contains("color:#990000;word-break"), "{}", *html);
        let Shade { link, ink } = colour.shade_on(DARK);
        assert_ne!(link, colour, "it cannot be read there as it is");
        assert!(html.contains(&format!("background: {link} !important; color: {ink} !important")), "{}", *html);
    }

    #[test]
    fn lines_are_broken_at_spaces_and_links_are_not() {
        let url = format!("https://accounts.example.org/r/{}", "x".repeat(60));
        let words = "A new\u{a0}password ".repeat(12);
        let link = ButtonLink { label: "Open".to_owned(), url: Zeroizing::new(url.clone()) };
        let text = document(Language::English, vec![Block::Paragraph(words), Block::Action(link)]).text();
        assert!(text.lines().filter(|line| *line != url).all(|line| line.chars().count() <= WIDTH), "{}", *text);
        assert!(text.lines().any(|line| line == url), "{}", *text);
        assert!(!text.contains("new\n"), "broken at a no-break space: {}", *text);
    }

    #[test]
    fn a_password_stands_alone_and_facts_are_told_as_the_language_does() {
        let blocks =
            || vec![Block::Password(Zeroizing::new("ABCDE-FGHJK".to_owned())), Block::Facts(vec![("Date".to_owned(), "now".to_owned())])];
        for (language, fact) in [(Language::French, "Date\u{a0}: now"), (Language::English, "Date: now")] {
            let text = document(language, blocks()).text();
            assert!(text.lines().any(|line| line.trim() == "ABCDE-FGHJK"), "{}", *text);
            assert!(text.lines().any(|line| line == fact), "{}", *text);
            assert!(text.ends_with("-- \nNeed help?\n"), "{}", *text);
        }
    }

    #[test]
    fn what_looks_like_html_is_shown_as_it_is_written() {
        let html = document(Language::English, vec![Block::Paragraph("Hello <a href=\"//evil\">you</a>".to_owned())]).html().unwrap();
        assert!(!html.contains("<a "), "{}", *html);
        assert!(html.contains("Hello &#60;a href=&#34;//evil&#34;&#62;you"), "{}", *html);
    }
}
