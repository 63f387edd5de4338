//! Secrets in memory, and the only place that draws random bytes.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

/// Bytes that must not be seen: a password, a token. Never printed, and wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes over `bytes`; the caller keeps no copy.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Secret {
        Secret(Zeroizing::new(bytes.into()))
    }

    /// The bytes themselves, for the one who verifies or sends them.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Takes the bytes out, for whoever has found that they are no secret.
    pub fn reveal(mut self) -> Vec<u8> {
        std::mem::take(&mut *self.0)
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Secret(…)")
    }
}

/// `N` bytes from the operating system's generator.
///
/// # Panics
/// If the operating system has no randomness to give: nothing safe can be done then.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// A random 64-bit number.
pub fn random_u64() -> u64 {
    u64::from_le_bytes(random())
}

/// A new password for a person: 20 characters of [`PASSWORD_ALPHABET`] (98 bits) in four groups,
/// `ABCDE-FGHJK-LMNPQ-RSTUV`. A hyphen is part of the password.
pub fn generated_password() -> Secret {
    let mut text = Vec::with_capacity(PASSWORD_CHARACTERS + PASSWORD_CHARACTERS / GROUP);
    let mut drawn = 0;
    while drawn < PASSWORD_CHARACTERS {
        let Some(character) = unbiased(random::<1>()[0]) else { continue };
        if drawn > 0 && drawn % GROUP == 0 {
            text.push(b'-');
        }
        text.push(character);
        drawn += 1;
    }
    Secret::new(text)
}

/// Whether `text` has the form of a generated password: four groups of five characters of [`PASSWORD_ALPHABET`].
pub fn has_generated_form(text: &[u8]) -> bool {
    text.len() == PASSWORD_CHARACTERS + PASSWORD_CHARACTERS / GROUP - 1
        && text.iter().enumerate().all(|(place, byte)| match place % (GROUP + 1) {
            GROUP => *byte == b'-',
            _ => PASSWORD_ALPHABET.contains(byte),
        })
}

/// A new secret for an application: 256 random bits as 43 characters of base64url.
pub fn generated_service_secret() -> Secret {
    token()
}

/// A new token for a link or a session: 256 random bits as 43 characters of base64url.
pub fn token() -> Secret {
    let bits = Zeroizing::new(random::<32>());
    Secret::new(URL_SAFE_NO_PAD.encode(*bits))
}

/// The character that `byte` draws; none where the last, incomplete round of the alphabet would favour its first
/// characters.
fn unbiased(byte: u8) -> Option<u8> {
    let rounds = 256 / PASSWORD_ALPHABET.len();
    let index = usize::from(byte);
    (index < rounds * PASSWORD_ALPHABET.len()).then(|| PASSWORD_ALPHABET[index % PASSWORD_ALPHABET.len()])
}

/// What generated passwords are made of: nothing that is mistaken for something else when read aloud or typed (no I, O,
/// Z, 0, 1, 2).
pub const PASSWORD_ALPHABET: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXY3456789";

/// Characters of a generated password, hyphens not counted.
const PASSWORD_CHARACTERS: usize = 20;

/// Characters between two hyphens.
const GROUP: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_character_is_drawn_by_the_same_number_of_bytes() {
        for wanted in PASSWORD_ALPHABET {
            assert_eq!((0..=255).filter(|byte| unbiased(*byte) == Some(*wanted)).count(), 8, "{}", *wanted as char);
        }
        assert_eq!((0..=255).filter(|byte| unbiased(*byte).is_none()).count(), 16);
    }

    #[test]
    fn a_generated_password_has_98_bits_in_four_groups() {
        let password = generated_password();
        let text = String::from_utf8(password.expose().to_vec()).unwrap();
        let groups: Vec<&str> = text.split('-').collect();
        assert_eq!(groups.len(), 4);
        assert!(groups.iter().all(|group| group.len() == 5 && group.bytes().all(|byte| PASSWORD_ALPHABET.contains(&byte))), "{text}");
        assert!((PASSWORD_ALPHABET.len() as f64).log2() * PASSWORD_CHARACTERS as f64 >= 98.0);
        assert_ne!(password, generated_password());
    }

    #[test]
    fn a_generated_password_is_known_by_its_form() {
        assert!((0..100).all(|_| has_generated_form(generated_password().expose())));
        for text in ["", "ABCDE-FGHJK-LMNPQ-RSTU", "ABCDE-FGHJK-LMNPQ-RSTUVW", "ABCDEFFGHJK-LMNPQ-RSTUV", "abcde-FGHJK-LMNPQ-RSTUV"] {
            assert!(!has_generated_form(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn a_generated_service_secret_has_256_bits() {
        let secret = generated_service_secret();
        assert_eq!(URL_SAFE_NO_PAD.decode(secret.expose()).unwrap().len(), 32);
        assert_ne!(secret, generated_service_secret());
    }

    #[test]
    fn a_secret_is_never_printed() {
        assert_eq!(format!("{:?}", Secret::new("azerty")), "Secret(…)");
    }
}
