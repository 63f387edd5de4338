//! `{CRYPT}`: the forms of crypt(3) that are worth verifying (crypt(5)): SHA-crypt, bcrypt and yescrypt.

use sha_crypt::{PasswordVerifier, ShaCrypt};
use subtle::ConstantTimeEq;
use yescrypt::{Mode, Params, Yescrypt};

use super::{ImportError, number};

/// A crypt(3) string whose form and cost were looked at.
pub(super) enum Crypt<'text> {
    Sha(&'text str),
    Bcrypt { cost: u32, salt: [u8; 16], tag: [u8; 23] },
    Yescrypt(&'text str),
}

impl Crypt<'_> {
    /// Looks at the form and the cost of `text`.
    pub(super) fn parse(text: &str) -> Result<Crypt<'_>, ImportError> {
        let mut fields = text.strip_prefix('$').ok_or(ImportError::Unsupported)?.split('$');
        let kind = fields.next().unwrap_or_default();
        let fields: Vec<&str> = fields.take(MAX_FIELDS + 1).collect();
        match (kind, fields.as_slice()) {
            ("5", [rest @ .., salt, tag]) => sha(rest, salt, tag, SHA256_TAG).map(|()| Crypt::Sha(text)),
            ("6", [rest @ .., salt, tag]) => sha(rest, salt, tag, SHA512_TAG).map(|()| Crypt::Sha(text)),
            ("2a" | "2b" | "2y", [cost, salt_and_tag]) => bcrypt(cost, salt_and_tag),
            ("y", [params, salt, tag]) => yescrypt(params, salt, tag).map(|()| Crypt::Yescrypt(text)),
            ("5" | "6" | "2a" | "2b" | "2y" | "y", _) => Err(ImportError::Malformed),
            _ => Err(ImportError::Unsupported),
        }
    }

    /// Whether it is of `password`.
    pub(super) fn verify(&self, password: &[u8]) -> bool {
        match self {
            Crypt::Sha(text) => ShaCrypt::default().verify_password(password, *text).is_ok(),
            Crypt::Bcrypt { cost, salt, tag } => {
                // bcrypt reads 72 bytes at most, the closing NUL among them where there is room.
                let key: Vec<u8> = password.iter().copied().chain([0]).take(BCRYPT_KEY).collect();
                let key = zeroize::Zeroizing::new(key);
                bcrypt::bcrypt(*cost, *salt, &key)[..tag.len()].ct_eq(tag).into()
            }
            Crypt::Yescrypt(text) => Yescrypt::default().verify_password(password, *text).is_ok(),
        }
    }
}

/// `[rounds=N$]SALT$TAG`.
fn sha(rest: &[&str], salt: &str, tag: &str, tag_length: usize) -> Result<(), ImportError> {
    match rest {
        [] => {}
        [rounds] => {
            let rounds = number(rounds.strip_prefix("rounds=").ok_or(ImportError::Malformed)?)?;
            if rounds < sha_crypt::Params::ROUNDS_MIN {
                return Err(ImportError::Malformed);
            }
            if rounds > MAX_SHA_ROUNDS {
                return Err(ImportError::TooCostly);
            }
        }
        _ => return Err(ImportError::Malformed),
    }
    let well_formed = (1..=16).contains(&salt.len()) && !salt.contains('=') && tag.len() == tag_length && is_crypt_base64(tag);
    if well_formed { Ok(()) } else { Err(ImportError::Malformed) }
}

/// `COST$` and 22 characters of salt, 31 of tag.
fn bcrypt<'text>(cost: &str, salt_and_tag: &str) -> Result<Crypt<'text>, ImportError> {
    let two_digits = cost.len() == 2 && cost.bytes().all(|byte| byte.is_ascii_digit());
    let cost: u32 = if two_digits { cost.parse().map_err(|_| ImportError::Malformed)? } else { return Err(ImportError::Malformed) };
    if cost < 4 || salt_and_tag.len() != 53 || !is_crypt_base64(salt_and_tag) {
        return Err(ImportError::Malformed);
    }
    if cost > MAX_BCRYPT_COST {
        return Err(ImportError::TooCostly);
    }
    let parts: bcrypt::HashParts = format!("$2b${cost:02}${salt_and_tag}").parse().map_err(|_| ImportError::Malformed)?;
    let tag = base64::Engine::decode(&bcrypt::BASE_64, &salt_and_tag[22..]).map_err(|_| ImportError::Malformed)?;
    Ok(Crypt::Bcrypt { cost, salt: parts.get_salt_raw(), tag: tag.try_into().map_err(|_| ImportError::Malformed)? })
}

/// `PARAMS$SALT$TAG`, in the flavour that crypt(3) makes, without the optional parameters that cost time.
fn yescrypt(params: &str, salt: &str, tag: &str) -> Result<(), ImportError> {
    let well_formed = params.len() <= 8 && salt.len() <= 86 && tag.len() == 43 && [params, salt, tag].into_iter().all(is_crypt_base64);
    if !well_formed {
        return Err(ImportError::Malformed);
    }
    let parsed: Params = params.parse().map_err(|_| ImportError::Malformed)?;
    let memory = parsed.n().checked_mul(128 * u64::from(parsed.r())).ok_or(ImportError::TooCostly)?;
    if memory > MAX_YESCRYPT_MEMORY || parsed.p() != 1 {
        return Err(ImportError::TooCostly);
    }
    // The time parameter cannot be asked for: what is written without it is the same text.
    let plain = Params::new(Mode::default(), parsed.n(), parsed.r(), parsed.p()).map_err(|_| ImportError::Malformed)?;
    if plain.to_string() == params { Ok(()) } else { Err(ImportError::Unsupported) }
}

/// The alphabet of crypt(5), in whatever order it counts.
fn is_crypt_base64(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/'))
}

/// Fields after the kind, at most.
const MAX_FIELDS: usize = 3;

/// Rounds of SHA-crypt at most.
const MAX_SHA_ROUNDS: u32 = 500_000;

/// The cost of bcrypt at most: about a second.
const MAX_BCRYPT_COST: u32 = 14;

/// Bytes of memory of yescrypt at most; the default of Debian asks for 16 MiB.
const MAX_YESCRYPT_MEMORY: u64 = 64 * 1024 * 1024;

/// Bytes that bcrypt reads.
const BCRYPT_KEY: usize = 72;

/// Characters of a tag of SHA-256-crypt.
const SHA256_TAG: usize = 43;

/// Characters of a tag of SHA-512-crypt.
const SHA512_TAG: usize = 86;
