//! OpaqueString (RFC 8265 §4.2): one form for what different keyboards and systems send for the same password.

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::Refusal;
use crate::secret::{self, Secret};

/// Bytes of a password that are looked at before anything is done with them. No truncation: more is refused.
pub const MAX_PASSWORD_BYTES: usize = 1024;

/// The one form of the password `raw`: before it is set, and before it is verified, by LDAP, page, command line and
/// import alike. Spaces of every width become U+0020, and the whole is put into NFC; case and everything else stay. Only
/// around a generated password blanks and line ends are taken away: it is copied out of a mail.
///
/// # Errors
/// [`Refusal::Empty`], [`Refusal::TooManyBytes`], [`Refusal::NotText`] or [`Refusal::Control`]; never a matter of the
/// policy.
pub fn prepare(raw: &[u8]) -> Result<Secret, Refusal> {
    if raw.is_empty() {
        // RFC 8265 §4.2.2: an empty password is an error.
        return Err(Refusal::Empty);
    }
    if raw.len() > MAX_PASSWORD_BYTES {
        return Err(Refusal::TooManyBytes { maximum: MAX_PASSWORD_BYTES });
    }
    let text = std::str::from_utf8(generated(raw).unwrap_or(raw)).map_err(|_| Refusal::NotText)?;
    if text.chars().any(is_refused) {
        return Err(Refusal::Control);
    }
    if text.is_ascii() {
        // It is its own NFC, and has no space but U+0020.
        return Ok(Secret::new(text));
    }
    // Room for the longest NFC form, so that no copy is left behind by growing.
    let mut prepared = Zeroizing::new(Vec::with_capacity(text.len() * NFC_GROWTH));
    let mut bytes = [0; 4];
    for character in text.chars().map(plain_space).nfc() {
        prepared.extend_from_slice(character.encode_utf8(&mut bytes).as_bytes());
    }
    Ok(Secret::new(std::mem::take(&mut *prepared)))
}

/// Whether `raw` has the form of a generated password, give or take blanks around it.
pub fn is_generated(raw: &[u8]) -> bool {
    generated(raw).is_some()
}

fn generated(raw: &[u8]) -> Option<&[u8]> {
    let bare = raw.trim_ascii();
    secret::has_generated_form(bare).then_some(bare)
}

/// Control characters, line and paragraph separators, and code points that are no characters (RFC 8264 §9.11, §9.13).
/// Departs from RFC 8264 §4.3.2: joiners, variation selectors and unassigned code points are accepted, since emoji are
/// made with them and new ones appear every year.
fn is_refused(character: char) -> bool {
    let code = u32::from(character);
    character.is_control() || matches!(code, 0x2028 | 0x2029 | 0xFDD0..=0xFDEF) || code & 0xFFFE == 0xFFFE
}

/// RFC 8265 §4.2.1 (2): any space that is not ASCII (Unicode category Zs) becomes U+0020.
fn plain_space(character: char) -> char {
    match character {
        '\u{A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' => ' ',
        other => other,
    }
}

/// How many times longer NFC makes a text in UTF-8 at most (Unicode Standard Annex #15, §9).
const NFC_GROWTH: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    fn prepared(text: &str) -> Result<String, Refusal> {
        prepare(text.as_bytes()).map(|secret| String::from_utf8(secret.expose().to_vec()).unwrap())
    }

    #[test]
    fn passwords_take_one_form() {
        for (raw, form) in [
            // The examples of RFC 8265 §4.3.
            ("correct horse battery staple", "correct horse battery staple"),
            ("Correct Horse Battery Staple", "Correct Horse Battery Staple"),
            ("πßå", "πßå"),
            ("Jack of ♦s", "Jack of ♦s"),
            ("foo\u{1680}bar", "foo bar"),
            // A keyboard that composes, and one that does not.
            ("cafe\u{301} cre\u{300}me", "café crème"),
            ("caf\u{e9}\u{a0}cr\u{e8}me", "café crème"),
            ("\u{3000}\u{202f}\u{2003}", "   "),
            (" blanks stay ", " blanks stay "),
            ("👩\u{200d}🚀❤\u{fe0f}", "👩\u{200d}🚀❤\u{fe0f}"),
            ("\u{fb01}", "\u{fb01}"),
            // Out of a mail.
            (" \tABCDE-FGHJK-LMNPQ-RSTUV\r\n", "ABCDE-FGHJK-LMNPQ-RSTUV"),
            (" ABCDE-FGHJK-LMNPQ-RSTUI ", " ABCDE-FGHJK-LMNPQ-RSTUI "),
        ] {
            assert_eq!(prepared(raw).as_deref(), Ok(form), "{raw:?}");
        }
    }

    #[test]
    fn what_is_no_password_is_refused() {
        for (raw, refusal) in [
            (&b""[..], Refusal::Empty),
            (b"tab\tstop", Refusal::Control),
            (b"nul\0byte", Refusal::Control),
            (b"del\x7f", Refusal::Control),
            ("next\u{85}line".as_bytes(), Refusal::Control),
            ("line\u{2028}break".as_bytes(), Refusal::Control),
            ("no\u{ffff}character".as_bytes(), Refusal::Control),
            (b"latin \xe9", Refusal::NotText),
            (&[b'a'; 1025], Refusal::TooManyBytes { maximum: 1024 }),
        ] {
            assert_eq!(prepare(raw), Err(refusal));
        }
        assert_eq!(prepare(&[b'a'; 1024]).map(|secret| secret.expose().len()), Ok(1024));
    }

    #[test]
    fn the_longest_growth_is_not_cut() {
        // U+1D160 is a character that NFC makes three times as long.
        let raw = "\u{1d160}".repeat(MAX_PASSWORD_BYTES / 4);
        assert_eq!(prepare(raw.as_bytes()).map(|secret| secret.expose().len()), Ok(3 * MAX_PASSWORD_BYTES));
    }

    proptest::proptest! {
        #[test]
        fn preparing_again_changes_nothing(text in "\\PC{1,60}") {
            if let Ok(once) = prepared(&text) && once.len() <= MAX_PASSWORD_BYTES {
                proptest::prop_assert_eq!(prepared(&once), Ok(once));
            }
        }
    }
}
