//! Argon2 (RFC 9106) and its PHC strings: `$argon2id$v=19$m=19456,t=2,p=1$SALT$TAG`.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use subtle::ConstantTimeEq;

use super::{ImportError, Memory, NoMemory, Verified};

/// What one Argon2id costs. Made by [`Cost::new`] alone, so it is always within the bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    m: u32,
    t: u32,
    p: u32,
}

impl Default for Cost {
    /// The first choice of OWASP's Password Storage Cheat Sheet: 19 MiB, two passes, one lane.
    fn default() -> Cost {
        Cost { m: 19_456, t: 2, p: 1 }
    }
}

impl Cost {
    /// `m` KiB of memory (8 a lane to [`MAX_M`]), `t` passes (1 to [`MAX_T`]) and `p` lanes (1 to [`MAX_P`]); none
    /// beyond these bounds.
    pub fn new(m: u32, t: u32, p: u32) -> Option<Cost> {
        let bounded = (1..=MAX_P).contains(&p) && (8 * p..=MAX_M).contains(&m) && (1..=MAX_T).contains(&t);
        bounded.then_some(Cost { m, t, p })
    }

    /// Blocks of 1 KiB that one hash needs.
    pub fn blocks(self) -> usize {
        (self.m / (4 * self.p) * (4 * self.p)) as usize
    }
}

/// A PHC string, taken apart.
pub(super) struct Phc {
    pub(super) algorithm: Algorithm,
    version: Version,
    cost: Cost,
    salt: Vec<u8>,
    tag: Vec<u8>,
}

impl Phc {
    /// Takes `text` apart; a version that is not named is 1.0, as the reference implementation has it.
    pub(super) fn parse(text: &str) -> Result<Phc, ImportError> {
        let mut fields = text.strip_prefix('$').ok_or(ImportError::Malformed)?.split('$').peekable();
        let algorithm = match fields.next() {
            Some("argon2id") => Algorithm::Argon2id,
            Some("argon2i") => Algorithm::Argon2i,
            Some("argon2d") => Algorithm::Argon2d,
            Some(_) | None => return Err(ImportError::Malformed),
        };
        let version = match fields.next_if(|field| field.starts_with("v=")) {
            Some("v=19") => Version::V0x13,
            Some("v=16") | None => Version::V0x10,
            Some(_) => return Err(ImportError::Malformed),
        };
        let cost = parse_cost(fields.next().ok_or(ImportError::Malformed)?)?;
        let salt = parse_bytes(fields.next(), MIN_SALT..=MAX_SALT)?;
        let tag = parse_bytes(fields.next(), MIN_TAG..=MAX_TAG)?;
        if fields.next().is_some() {
            return Err(ImportError::Malformed);
        }
        Ok(Phc { algorithm, version, cost, salt, tag })
    }

    /// Whether `password` gives the tag.
    pub(super) fn verify(&self, password: &[u8], memory: &mut impl Memory) -> Result<bool, NoMemory> {
        let mut tag = [0; MAX_TAG];
        let Some(tag) = tag.get_mut(..self.tag.len()) else { return Ok(false) };
        let Some(argon2) = engine(self.algorithm, self.version, self.cost, self.tag.len()) else { return Ok(false) };
        let blocks = memory.blocks(self.cost.blocks()).ok_or(NoMemory)?;
        let computed = argon2.hash_password_into_with_memory(password, &self.salt, tag, blocks);
        Ok(computed.is_ok() && bool::from(tag.ct_eq(&self.tag)))
    }

    /// Whether it is what [`hash`] would make at `cost`.
    fn is_of(&self, cost: Cost) -> bool {
        self.algorithm == Algorithm::Argon2id && self.version == Version::V0x13 && self.cost == cost && self.tag.len() == TAG
    }
}

/// The PHC string of `password`.
pub(super) fn hash(password: &[u8], salt: &[u8; 16], cost: Cost, memory: &mut impl Memory) -> Result<String, NoMemory> {
    let blocks = memory.blocks(cost.blocks()).ok_or(NoMemory)?;
    let argon2 = engine(Algorithm::Argon2id, Version::V0x13, cost, TAG).expect("a Cost is within the bounds of Argon2");
    let mut tag = [0; TAG];
    argon2
        .hash_password_into_with_memory(password, salt, &mut tag, blocks)
        .expect("salt, tag and memory have the lengths that Argon2 asks for");
    Ok(format!("$argon2id$v=19$m={},t={},p={}${}${}", cost.m, cost.t, cost.p, BASE64.encode(salt), BASE64.encode(tag)))
}

/// Whether `phc` is of `password`, and made as [`hash`] makes it today.
pub(super) fn verify(phc: &str, password: &[u8], today: Cost, memory: &mut impl Memory) -> Result<Verified, NoMemory> {
    let Ok(phc) = Phc::parse(phc) else { return Ok(Verified::No) };
    Ok(match phc.verify(password, memory)? {
        true if phc.is_of(today) => Verified::Yes,
        true => Verified::Rehash,
        false => Verified::No,
    })
}

fn engine(algorithm: Algorithm, version: Version, cost: Cost, tag: usize) -> Option<Argon2<'static>> {
    Some(Argon2::new(algorithm, version, Params::new(cost.m, cost.t, cost.p, Some(tag)).ok()?))
}

/// `m=19456,t=2,p=1`, within the bounds.
fn parse_cost(text: &str) -> Result<Cost, ImportError> {
    let mut numbers = [0; 3];
    let mut fields = text.split(',');
    for (number, name) in numbers.iter_mut().zip(["m=", "t=", "p="]) {
        let digits = fields.next().and_then(|field| field.strip_prefix(name)).ok_or(ImportError::Malformed)?;
        *number = super::number(digits)?;
    }
    if fields.next().is_some() {
        return Err(ImportError::Malformed);
    }
    let [m, t, p] = numbers;
    Cost::new(m, t, p).ok_or(ImportError::TooCostly)
}

fn parse_bytes(text: Option<&str>, length: std::ops::RangeInclusive<usize>) -> Result<Vec<u8>, ImportError> {
    let bytes = BASE64.decode(text.ok_or(ImportError::Malformed)?).map_err(|_| ImportError::Malformed)?;
    if length.contains(&bytes.len()) { Ok(bytes) } else { Err(ImportError::Malformed) }
}

/// KiB of memory at most, configured or imported.
pub const MAX_M: u32 = 65_536;

/// Passes at most.
pub const MAX_T: u32 = 10;

/// Lanes at most.
pub const MAX_P: u32 = 4;

/// Bytes of a tag that is made here.
const TAG: usize = 32;

const MIN_TAG: usize = 16;
const MAX_TAG: usize = 64;
const MIN_SALT: usize = 8;
const MAX_SALT: usize = 64;
