//! In which language a page is written.

use axum::http::{HeaderMap, header};

use super::cookies::{CookieName, Cookies};
use crate::domain::language::Language;

/// What a request says about languages.
#[derive(Clone, Copy, Debug, Default)]
pub struct AskedLanguage {
    chosen: Option<Language>,
    accepted: Option<Language>,
}

impl AskedLanguage {
    /// What `headers` say.
    pub fn of(headers: &HeaderMap, cookies: Cookies) -> AskedLanguage {
        let chosen = cookies.read(headers, CookieName::Language);
        let chosen = chosen.as_ref().and_then(|tag| Language::of_tag(std::str::from_utf8(tag.expose()).ok()?));
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).and_then(preferred);
        AskedLanguage { chosen, accepted }
    }

    /// The language that was chosen on a page; then that of the account, where one is known; then the organisation's;
    /// then the browser's.
    pub fn settle(self, account: Option<Language>, organisation: Option<Language>) -> Language {
        self.chosen.or(account).or(organisation).or(self.accepted).unwrap_or(Language::English)
    }
}

/// The language of ours that `Accept-Language` likes best (RFC 9110 §12.5.4); the first of equals.
fn preferred(header: &str) -> Option<Language> {
    let mut best = None;
    for range in header.split(',').take(MAX_RANGES) {
        let mut parts = range.split(';');
        let Some(language) = parts.next().and_then(Language::of_tag) else { continue };
        let weight = parts.find_map(|part| part.trim().strip_prefix("q="));
        let weight = weight.map_or(1.0, |weight| weight.trim().parse::<f32>().unwrap_or(0.0));
        if weight > 0.0 && best.is_none_or(|(_, most)| weight > most) {
            best = Some((language, weight));
        }
    }
    best.map(|(language, _)| language)
}

/// Ranges of an `Accept-Language` that are looked at.
const MAX_RANGES: usize = 32;

#[cfg(test)]
mod tests {
    use super::Language::{English, French};
    use super::*;

    #[test]
    fn a_browser_s_wishes_are_weighed() {
        for (header, language) in [
            ("fr", Some(French)),
            ("fr-FR,fr;q=0.9,en;q=0.8", Some(French)),
            ("de, en;q=0.3, fr;q=0.7", Some(French)),
            ("en;q=0.5, fr;q=0.5", Some(English)),
            ("fr;q=0, en;q=0.1", Some(English)),
            ("fr; q=nonsense, en;q=0.1", Some(English)),
            ("de", None),
            ("*", None),
            ("", None),
        ] {
            assert_eq!(preferred(header), language, "{header}");
        }
    }

    #[test]
    fn the_nearer_wish_wins() {
        for (chosen, account, organisation, accepted, language) in [
            (Some(English), Some(French), Some(French), Some(French), English),
            (None, Some(French), Some(English), Some(English), French),
            (None, None, Some(French), Some(English), French),
            (None, None, None, Some(French), French),
            (None, None, None, None, English),
        ] {
            assert_eq!(AskedLanguage { chosen, accepted }.settle(account, organisation), language);
        }
    }
}
