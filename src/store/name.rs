//! The form of a name under which it is found in the store.

use unicode_normalization::UnicodeNormalization;

/// `text` without differences of case, of composition (NFC) and of blanks.
pub fn fold(text: &str) -> String {
    let mapped: String = text.nfc().flat_map(char::to_lowercase).nfc().collect();
    mapped.split_whitespace().collect::<Vec<_>>().join(" ")
}
