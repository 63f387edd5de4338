//! Characters that are not seen and change how the text around them is read.

/// Whether `character` has no place in a name: it controls a terminal, ends a line (U+2028, U+2029), or turns the
/// direction of what is written behind it.
pub fn misleads(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}') || turns(character)
}

/// Whether `character` embeds, overrides or isolates a direction (UAX #9 §2.1 to §2.5), so that `moc.live@` may be read
/// where `@evil.com` stands. Names in Hebrew and Arabic need none of them; the marks that are part of such writing
/// (U+200E, U+200F, U+061C) are others.
pub fn turns(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_seen_misleads_and_what_people_write_does_not() {
        for character in ['\0', '\n', '\t', '\u{85}', '\u{2028}', '\u{2029}', '\u{202a}', '\u{202e}', '\u{2066}', '\u{2069}'] {
            assert!(misleads(character), "{character:?}");
        }
        for character in "Élodie O'Neill, דוד, \u{200f}محمد, \u{a0}\u{202f}’".chars() {
            assert!(!misleads(character), "{character:?}");
        }
    }
}
