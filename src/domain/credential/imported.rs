//! What other directories store, `{SCHEME}...` (RFC 3112, and the schemes of OpenLDAP and its contributed modules).
//! Costs are bounded when it is taken over, and again before it is used.

use ::pbkdf2::pbkdf2_hmac;
use argon2::Algorithm;
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};
use subtle::ConstantTimeEq;

use super::argon2id::Phc;
use super::crypt::Crypt;
use super::{ImportError, Memory, NoMemory, Verifier, number};

/// Whether `value` is meant as a stored verifier, and not as a password: `{SCHEME}...` or `$argon2...`.
pub fn is_import(value: &[u8]) -> bool {
    if value.starts_with(b"$argon2") {
        return true;
    }
    let Some(rest) = value.strip_prefix(b"{") else { return false };
    let Some(end) = rest.iter().position(|byte| *byte == b'}') else { return false };
    (1..=MAX_SCHEME).contains(&end)
        && rest[..end].iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'/' | b'.' | b'_'))
}

/// What lacks before a value that looks like the stored form of a password, and so is hardly one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoredForm {
    /// Nothing: it names its scheme.
    Named,
    /// This scheme.
    Lacks(&'static str),
    /// A scheme, and it is put together in another way than is read here.
    Foreign,
}

/// Whether `value` looks like what another server or application has stored of a password. If it were taken for the password
/// itself, whoever has read the other's file could sign in by typing it.
pub fn stored_form(value: &[u8]) -> Option<StoredForm> {
    if is_import(value) {
        return Some(StoredForm::Named);
    }
    let value = value.trim_ascii();
    let begins = |known: &[&str]| known.iter().any(|prefix| value.starts_with(prefix.as_bytes()));
    match value.iter().any(u8::is_ascii_whitespace) {
        true => None,
        false if begins(MODULAR_CRYPT) => Some(StoredForm::Lacks("{CRYPT}")),
        false if begins(OF_APPLICATIONS) || is_of_database(value) => Some(StoredForm::Foreign),
        false => None,
    }
}

/// MySQL's `*` and PostgreSQL's `md5`, with a digest in hexadecimal digits behind it.
fn is_of_database(value: &[u8]) -> bool {
    let is_digest = |digits: &[u8], length: usize| digits.len() == length && digits.iter().all(u8::is_ascii_hexdigit);
    value.strip_prefix(b"*").is_some_and(|digits| is_digest(digits, 40))
        || value.strip_prefix(b"md5").is_some_and(|digits| is_digest(digits, 32))
}

/// Takes `text` over, if it can be verified.
pub(super) fn import(text: &str) -> Result<Verifier, ImportError> {
    if text.len() > MAX_BYTES {
        return Err(ImportError::Malformed);
    }
    match Stored::parse(text)? {
        Stored::Argon2(phc, text) if phc.algorithm == Algorithm::Argon2id => Ok(Verifier::Argon2id(text.to_owned())),
        Stored::Argon2(..) | Stored::Digest { .. } | Stored::Pbkdf2 { .. } | Stored::Crypt(_) => Ok(Verifier::Imported(text.to_owned())),
    }
}

/// Whether `text` is of `password`; what cannot be read is of none.
pub(super) fn verify(text: &str, password: &[u8], memory: &mut impl Memory) -> Result<bool, NoMemory> {
    let Ok(stored) = Stored::parse(text) else { return Ok(false) };
    Ok(match stored {
        Stored::Argon2(phc, _) => phc.verify(password, memory)?,
        Stored::Digest { hash, digest, salt } => hash.of(&[password, &salt]).ct_eq(&digest).into(),
        Stored::Pbkdf2 { hash, rounds, salt, key } => hash.stretch(password, &salt, rounds).ct_eq(&key).into(),
        Stored::Crypt(crypt) => crypt.verify(password),
    })
}

/// A stored verifier, taken apart.
enum Stored<'text> {
    Argon2(Phc, &'text str),
    Digest { hash: Hash, digest: Vec<u8>, salt: Vec<u8> },
    Pbkdf2 { hash: Hash, rounds: u32, salt: Vec<u8>, key: Vec<u8> },
    Crypt(Crypt<'text>),
}

impl Stored<'_> {
    fn parse(text: &str) -> Result<Stored<'_>, ImportError> {
        if text.starts_with("$argon2") {
            return Ok(Stored::Argon2(Phc::parse(text)?, text));
        }
        if !is_import(text.as_bytes()) {
            return Err(ImportError::NotAVerifier);
        }
        let (scheme, value) = text[1..].split_once('}').ok_or(ImportError::NotAVerifier)?;
        // RFC 2307 §5.3: schemes are compared without regard to case.
        match scheme.to_ascii_uppercase().as_str() {
            "ARGON2" => Ok(Stored::Argon2(Phc::parse(value)?, value)),
            "CRYPT" => Crypt::parse(value).map(Stored::Crypt),
            "SSHA" | "SHA" => digest(Hash::Sha1, scheme, value),
            "SMD5" | "MD5" => digest(Hash::Md5, scheme, value),
            "SSHA256" | "SHA256" => digest(Hash::Sha256, scheme, value),
            "SSHA384" | "SHA384" => digest(Hash::Sha384, scheme, value),
            "SSHA512" | "SHA512" => digest(Hash::Sha512, scheme, value),
            "PBKDF2" | "PBKDF2-SHA1" => pbkdf2(Hash::Sha1, value),
            "PBKDF2-SHA256" => pbkdf2(Hash::Sha256, value),
            "PBKDF2-SHA512" => pbkdf2(Hash::Sha512, value),
            _ => Err(ImportError::Unsupported),
        }
    }
}

/// Base64 of the digest, and after it the salt for the schemes with one.
fn digest<'text>(hash: Hash, scheme: &str, value: &str) -> Result<Stored<'text>, ImportError> {
    let mut digest = BASE64.decode(value).map_err(|_| ImportError::Malformed)?;
    if digest.len() < hash.length() {
        return Err(ImportError::Malformed);
    }
    let salt = digest.split_off(hash.length());
    let salted = scheme.starts_with(['S', 's']) && !scheme[1..].starts_with(['H', 'h']);
    if salted == salt.is_empty() || salt.len() > MAX_SALT {
        return Err(ImportError::Malformed);
    }
    Ok(Stored::Digest { hash, digest, salt })
}

/// `ROUNDS$SALT$KEY` as OpenLDAP's pw-pbkdf2 writes it: base64 with `.` for `+` and without padding.
fn pbkdf2<'text>(hash: Hash, value: &str) -> Result<Stored<'text>, ImportError> {
    let mut fields = value.split('$');
    let rounds = number(fields.next().ok_or(ImportError::Malformed)?)?;
    let mut bytes = || {
        let text = fields.next().ok_or(ImportError::Malformed)?.replace('.', "+");
        BASE64.decode(text).map_err(|_| ImportError::Malformed)
    };
    let (salt, key) = (bytes()?, bytes()?);
    if fields.next().is_some() || rounds == 0 || salt.len() > MAX_SALT || key.len() != hash.length() {
        return Err(ImportError::Malformed);
    }
    if rounds > MAX_PBKDF2_ROUNDS {
        return Err(ImportError::TooCostly);
    }
    Ok(Stored::Pbkdf2 { hash, rounds, salt, key })
}

/// The digests of the schemes.
#[derive(Clone, Copy)]
enum Hash {
    Md5,
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    fn length(self) -> usize {
        match self {
            Hash::Md5 => 16,
            Hash::Sha1 => 20,
            Hash::Sha256 => 32,
            Hash::Sha384 => 48,
            Hash::Sha512 => 64,
        }
    }

    fn of(self, parts: &[&[u8]]) -> Vec<u8> {
        fn one<D: Digest>(parts: &[&[u8]]) -> Vec<u8> {
            let mut digest = D::new();
            for part in parts {
                digest.update(part);
            }
            digest.finalize().to_vec()
        }
        match self {
            Hash::Md5 => one::<Md5>(parts),
            Hash::Sha1 => one::<Sha1>(parts),
            Hash::Sha256 => one::<Sha256>(parts),
            Hash::Sha384 => one::<Sha384>(parts),
            Hash::Sha512 => one::<Sha512>(parts),
        }
    }

    /// PBKDF2 (RFC 8018 §5.2) with HMAC of this hash, and a key of its length.
    fn stretch(self, password: &[u8], salt: &[u8], rounds: u32) -> Vec<u8> {
        let mut key = vec![0; self.length()];
        match self {
            Hash::Md5 => pbkdf2_hmac::<Md5>(password, salt, rounds, &mut key),
            Hash::Sha1 => pbkdf2_hmac::<Sha1>(password, salt, rounds, &mut key),
            Hash::Sha256 => pbkdf2_hmac::<Sha256>(password, salt, rounds, &mut key),
            Hash::Sha384 => pbkdf2_hmac::<Sha384>(password, salt, rounds, &mut key),
            Hash::Sha512 => pbkdf2_hmac::<Sha512>(password, salt, rounds, &mut key),
        }
        key
    }
}

/// With or without padding, as directories write it.
const BASE64: GeneralPurpose =
    GeneralPurpose::new(&alphabet::STANDARD, GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent));

/// What `crypt(3)` puts before the hash (crypt(5)), and before that of bcrypt.
const MODULAR_CRYPT: &[&str] = &["$1$", "$2$", "$2a$", "$2b$", "$2x$", "$2y$", "$5$", "$6$", "$7$", "$y$", "$gy$", "$md5", "$sha1$", "$3$"];

/// What Django, phpass, Apache, Drupal and others put before theirs.
const OF_APPLICATIONS: &[&str] = &[
    "pbkdf2_sha256$",
    "pbkdf2_sha1$",
    "bcrypt_sha256$",
    "bcrypt$",
    "argon2$",
    "scrypt$",
    "scrypt:",
    "pbkdf2:",
    "sha1$",
    "sha256$",
    "sha512$",
    "SCRAM-SHA-",
    ":B:",
    ":pbkdf2:",
    "$8$",
    "$9$",
    "md5$",
    "$P$",
    "$H$",
    "$S$",
    "$apr1$",
    "$scrypt$",
    "$pbkdf2",
    "$bcrypt",
];

/// Bytes of a stored verifier at most.
const MAX_BYTES: usize = 512;

/// Bytes of a scheme's name at most.
const MAX_SCHEME: usize = 32;

/// Bytes of a salt at most.
const MAX_SALT: usize = 64;

/// Iterations of PBKDF2 at most: about a second.
const MAX_PBKDF2_ROUNDS: u32 = 2_000_000;
