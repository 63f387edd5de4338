//! The bundled list of common passwords, and the folding that makes their variants one.
//!
//! The English part of the list comes from zxcvbn (MIT, Copyright Dropbox, Inc.).

use std::cmp::Ordering;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use zeroize::Zeroizing;

/// `text` without case, accents, widths and blanks, as the list is written: `Mot de Passe É` is `motdepassee`.
pub(super) fn fold(text: &str) -> Zeroizing<String> {
    let mut folded = Zeroizing::new(String::with_capacity(text.len() * NFKD_GROWTH));
    let decomposed = text.nfkd().filter(|character| !is_combining_mark(*character) && !character.is_whitespace());
    folded.extend(decomposed.flat_map(char::to_lowercase));
    folded
}

/// Whether `folded` is a common password: as a whole, without up to [`MAX_AFFIX`] bytes of digits and signs around it,
/// or said several times.
pub(super) fn is_common(folded: &str) -> bool {
    let core = folded.trim_matches(|character: char| !character.is_alphabetic());
    let affix = folded.len() - core.len();
    is_listed(folded) || affix <= MAX_AFFIX && is_listed(core) || units(folded).any(is_listed)
}

/// Everything that `folded` says several times over: `doudoudoudou` says `doudou`, and `dou`.
fn units(folded: &str) -> impl Iterator<Item = &str> {
    let lengths = (1..=folded.len() / 2).filter(|length| folded.len().is_multiple_of(*length) && folded.is_char_boundary(*length));
    lengths.map(|length| &folded[..length]).filter(|unit| folded.as_bytes().chunks(unit.len()).all(|chunk| chunk == unit.as_bytes()))
}

/// Whether `folded` is a line of the list.
fn is_listed(folded: &str) -> bool {
    let mut rest = COMMON;
    // The list is sorted by bytes: halve it until one line is left, without building anything in memory.
    while !rest.is_empty() {
        let middle = rest.floor_char_boundary(rest.len() / 2);
        let start = rest[..middle].rfind('\n').map_or(0, |newline| newline + 1);
        let end = rest[start..].find('\n').map_or(rest.len(), |newline| start + newline);
        match rest[start..end].cmp(folded) {
            Ordering::Equal => return true,
            Ordering::Less => rest = rest.get(end + 1..).unwrap_or(""),
            Ordering::Greater => rest = &rest[..start],
        }
    }
    false
}

/// One common password a line, folded, sorted by bytes, each once.
const COMMON: &str = include_str!("common_passwords.txt");

/// Bytes of digits and signs around a common password that leave it common: `Motdepasse2026!`.
const MAX_AFFIX: usize = 6;

/// Room for the folded form of any usual text without moving it; the longest NFKD forms are longer yet (Unicode
/// Standard Annex #15, §9).
const NFKD_GROWTH: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_folded_and_sorted_and_long_enough() {
        let lines: Vec<&str> = COMMON.lines().collect();
        assert!(lines.len() >= 3000, "{}", lines.len());
        assert!(lines.is_sorted_by(|one, next| one < next));
        for line in &lines {
            assert_eq!(fold(line).as_str(), *line);
            assert!(is_listed(line), "{line}");
        }
        for absent in ["", "\n", "motdepassz", "motdepassee", "zzzzzzzzzzzz9", "!", "\u{10ffff}"] {
            assert!(!is_listed(absent), "{absent:?}");
        }
    }

    #[test]
    fn variants_of_common_passwords_are_common() {
        for password in [
            "motdepasse",
            "Mot De Passe",
            "MOTDEPASSE123!",
            "motdepasse2026",
            "azertyuiop",
            "AzertyUiop1234",
            "bonjour123",
            "soleilsoleil",
            "Marseille13013",
            "doudoudoudou",
            "loulouloulou",
            "Jétaime",
            "password",
            "qwertyuiop12",
            "iloveyou2024",
            "ｍｏｔｄｅｐａｓｓｅ",
            "changezmoi",
            "1234567890",
        ] {
            assert!(is_common(&fold(password)), "{password}");
        }
        for password in ["motdepasse7391845", "girafe volcan tartine", "correct horse battery stable", "soleilvert", ""] {
            assert!(!is_common(&fold(password)), "{password}");
        }
    }
}
