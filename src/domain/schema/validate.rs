//! What the values of an attribute may be (RFC 4517 §3.3), with bounds. The texts are for the person who gave them.

use super::{Attribute, Syntax};
use crate::domain::dn::{Dn, MAX_DN_BYTES};
use crate::domain::matching::{self, MatchingRule};
use crate::domain::writing::misleads;

/// Why a value is not one of its attribute type; says what it would have to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidValue {
    /// Nothing, or nothing visible.
    #[error("a value must not be empty")]
    Empty,
    /// More bytes than this.
    #[error("a value may have {0} bytes at most")]
    TooLong(usize),
    /// Not of its syntax.
    #[error("the value must be {0}")]
    Not(&'static str),
}

impl Attribute {
    /// Whether `value` may be stored as a value of this type.
    pub fn validate(self, value: &[u8]) -> Result<(), InvalidValue> {
        if value.is_empty() {
            return Err(InvalidValue::Empty);
        }
        if value.len() > self.max_bytes() {
            return Err(InvalidValue::TooLong(self.max_bytes()));
        }
        match self.definition().syntax {
            Syntax::DirectoryString | Syntax::PostalAddress => directory_string(self, value),
            Syntax::Ia5String => ia5_string(self, value),
            Syntax::TelephoneNumber | Syntax::FacsimileTelephoneNumber => telephone_number(self, value),
            Syntax::PrintableString | Syntax::TelexNumber | Syntax::TeletexTerminalIdentifier => ia5_string(self, value),
            Syntax::NumericString => has_form(MatchingRule::NumericString, value, "digits and blanks"),
            Syntax::DeliveryMethod => held(is_delivery_method(value), "ways of delivery such as mhs $ telephone"),
            Syntax::BitString => held(is_bit_string(value), "bits such as '0101'B"),
            // A sequence in DER, which is all that can be told without reading it.
            Syntax::Certificate => held(value.starts_with(&[0x30]), "an X.509 certificate in DER"),
            Syntax::Binary => Ok(()),
            Syntax::Integer => integer(self, value),
            Syntax::Boolean => held(matches!(value, b"TRUE" | b"FALSE"), "TRUE or FALSE"),
            Syntax::Dn => held(
                Dn::parse(text(value)?).is_ok_and(|dn| !dn.is_root()),
                "a distinguished name, such as uid=louisem,ou=people,dc=example,dc=org",
            ),
            Syntax::GeneralizedTime => has_form(MatchingRule::GeneralizedTime, value, "a time such as 20261122093000Z"),
            Syntax::Oid => has_form(MatchingRule::ObjectIdentifier, value, "the name or number of a schema element"),
            Syntax::Uuid => has_form(MatchingRule::Uuid, value, "a UUID such as 550e8400-e29b-41d4-a716-446655440000"),
            Syntax::Jpeg => held(value.starts_with(&[0xff, 0xd8]), "a JPEG photograph"),
            Syntax::OctetString => octets(self, value),
            Syntax::SubtreeSpecification
            | Syntax::AttributeTypeDescription
            | Syntax::ObjectClassDescription
            | Syntax::MatchingRuleDescription
            | Syntax::LdapSyntaxDescription => Err(InvalidValue::Not("left to the server, which publishes it itself")),
        }
    }

    /// The longest value, in bytes.
    fn max_bytes(self) -> usize {
        match (self, self.definition().syntax) {
            (Attribute::Description, _) => MAX_VALUE_BYTES,
            (
                _,
                Syntax::Jpeg
                | Syntax::OctetString
                | Syntax::Certificate
                | Syntax::Binary
                | Syntax::SubtreeSpecification
                | Syntax::AttributeTypeDescription
                | Syntax::ObjectClassDescription
                | Syntax::MatchingRuleDescription
                | Syntax::LdapSyntaxDescription,
            ) => MAX_VALUE_BYTES,
            (_, Syntax::Dn) => MAX_DN_BYTES,
            _ => MAX_NAME_BYTES,
        }
    }
}

fn directory_string(attribute: Attribute, value: &[u8]) -> Result<(), InvalidValue> {
    let text = text(value)?;
    let several_lines = matches!(attribute, Attribute::Description | Attribute::Street);
    if text.chars().any(|c| misleads(c) && !(several_lines && matches!(c, '\n' | '\r' | '\t'))) {
        return Err(InvalidValue::Not("text without control characters, and without those that turn the direction of writing"));
    }
    // A name that folds to nothing could not be found again.
    if matching::folded(text).is_empty() {
        return Err(InvalidValue::Empty);
    }
    Ok(())
}

fn ia5_string(attribute: Attribute, value: &[u8]) -> Result<(), InvalidValue> {
    if !value.iter().all(|byte| matches!(byte, b' '..=b'~')) {
        return Err(InvalidValue::Not("plain ASCII text"));
    }
    if value.iter().all(|byte| *byte == b' ') {
        return Err(InvalidValue::Empty);
    }
    match attribute {
        Attribute::Mail => held(is_address(value), "a mail address such as louise.martin@example.org"),
        // These are written into lines of passwd(5) by those who read them.
        Attribute::HomeDirectory | Attribute::LoginShell => {
            held(value.starts_with(b"/") && !value.contains(&b':'), "an absolute path without a colon")
        }
        Attribute::Gecos => held(!value.contains(&b':'), "text without a colon"),
        _ => Ok(()),
    }
}

/// One `@` at least, with something on both sides and no blank: whether it arrives, a mail tells.
fn is_address(value: &[u8]) -> bool {
    let at = value.iter().rposition(|byte| *byte == b'@');
    at.is_some_and(|at| at > 0 && at + 1 < value.len()) && !value.iter().any(|byte| matches!(byte, b' ' | b',' | b';' | b'<' | b'>'))
}

fn telephone_number(attribute: Attribute, value: &[u8]) -> Result<(), InvalidValue> {
    // RFC 4517 §3.3.11: what the machine can do comes behind the number, each with a '$' before it.
    let parameters = attribute.definition().syntax == Syntax::FacsimileTelephoneNumber;
    // RFC 4517 §3.3.31: a PrintableString.
    let printable = |byte: &u8| byte.is_ascii_alphanumeric() || b"'()+,-./:=? ".contains(byte) || (parameters && *byte == b'$');
    held(value.iter().all(printable) && value.iter().any(u8::is_ascii_alphanumeric), "a telephone number such as +33 1 23 45 67 89")
}

/// RFC 4517 §3.3.5.
fn is_delivery_method(value: &[u8]) -> bool {
    const WAYS: [&str; 10] = ["any", "mhs", "physical", "telex", "teletex", "g3fax", "g4fax", "ia5", "videotex", "telephone"];
    std::str::from_utf8(value).is_ok_and(|text| text.split('$').all(|way| WAYS.contains(&way.trim_matches(' '))))
}

/// RFC 4517 §3.3.2.
fn is_bit_string(value: &[u8]) -> bool {
    let bits = value.strip_prefix(b"'").and_then(|rest| rest.strip_suffix(b"'B"));
    bits.is_some_and(|bits| bits.iter().all(|bit| matches!(bit, b'0' | b'1')))
}

fn integer(attribute: Attribute, value: &[u8]) -> Result<(), InvalidValue> {
    has_form(MatchingRule::Integer, value, "a whole number")?;
    match attribute {
        Attribute::UidNumber | Attribute::GidNumber => {
            held(text(value)?.parse::<u32>().is_ok_and(|number| number < u32::MAX), "a number from 0 to 4294967294")
        }
        _ => Ok(()),
    }
}

fn octets(attribute: Attribute, value: &[u8]) -> Result<(), InvalidValue> {
    match attribute {
        // A second line would be a second key to those who print it into authorized_keys.
        Attribute::SshPublicKey => held(!text(value)?.chars().any(char::is_control), "one public key on one line"),
        _ => Ok(()),
    }
}

fn has_form(rule: MatchingRule, value: &[u8], what: &'static str) -> Result<(), InvalidValue> {
    held(rule.normalise(value).is_some(), what)
}

fn held(holds: bool, what: &'static str) -> Result<(), InvalidValue> {
    if holds { Ok(()) } else { Err(InvalidValue::Not(what)) }
}

fn text(value: &[u8]) -> Result<&str, InvalidValue> {
    std::str::from_utf8(value).map_err(|_| InvalidValue::Not("text in UTF-8"))
}

/// The longest value of any type, in bytes.
pub const MAX_VALUE_BYTES: usize = 64 * 1024;

/// The longest name, address, title and the like, in bytes.
pub const MAX_NAME_BYTES: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_fit_are_let_pass() {
        for (attribute, value) in [
            (Attribute::Cn, "Élodie O'Neill".as_bytes()),
            (Attribute::Description, b"two\nlines"),
            (Attribute::Cn, "\u{5d3}\u{5d5}\u{5d3} \u{200f}\u{645}\u{62d}".as_bytes()),
            (Attribute::Mail, b"a@b"),
            (Attribute::Mail, b"louise+tag@example.org"),
            (Attribute::TelephoneNumber, b"+33 (0)1 23-45"),
            (Attribute::UidNumber, b"10000"),
            (Attribute::PwdReset, b"TRUE"),
            (Attribute::Owner, b"uid=a,dc=b"),
            (Attribute::AccountExpires, b"20261122093000.5+0100"),
            (Attribute::JpegPhoto, b"\xff\xd8\xff\xe0"),
            (Attribute::HomeDirectory, b"/home/a"),
            (Attribute::SshPublicKey, b"ssh-ed25519 AAAA a@b"),
            (Attribute::UserPassword, b"\0\xff"),
            (Attribute::PostalAddress, "1, rue de la Paix$75002 Paris$France".as_bytes()),
            (Attribute::FacsimileTelephoneNumber, b"+33 1 23$fineResolution"),
            (Attribute::PreferredDeliveryMethod, b"mhs $ telephone"),
            (Attribute::X121Address, b"12 34"),
            (Attribute::X500UniqueIdentifier, b"'0101'B"),
            (Attribute::UserCertificate, b"\x30\x03"),
            (Attribute::ShadowMax, b"-1"),
            (Attribute::Cn, &[b'a'; MAX_NAME_BYTES]),
        ] {
            assert_eq!(attribute.validate(value), Ok(()), "{attribute:?} {}", String::from_utf8_lossy(value));
        }
    }

    #[test]
    fn values_that_do_not_fit_are_refused() {
        for (attribute, value) in [
            (Attribute::Cn, &b""[..]),
            (Attribute::Cn, b"  "),
            (Attribute::Cn, "\u{200b}".as_bytes()),
            (Attribute::Cn, b"a\nb"),
            (Attribute::Cn, b"a\0"),
            (Attribute::Sn, "Mar\u{202e}nit".as_bytes()),
            (Attribute::DisplayName, "\u{2067}Ada\u{2069}".as_bytes()),
            (Attribute::Description, "a\u{2028}b".as_bytes()),
            (Attribute::Cn, b"\xff"),
            (Attribute::Cn, &[b'a'; MAX_NAME_BYTES + 1]),
            (Attribute::Description, &[b'a'; MAX_VALUE_BYTES + 1]),
            (Attribute::Mail, b"a"),
            (Attribute::Mail, b"@b"),
            (Attribute::Mail, b"a@"),
            (Attribute::Mail, b"a@b, c@d"),
            (Attribute::Mail, "é@b".as_bytes()),
            (Attribute::TelephoneNumber, b"call me!"),
            (Attribute::TelephoneNumber, b"-"),
            (Attribute::UidNumber, b"-1"),
            (Attribute::UidNumber, b"4294967295"),
            (Attribute::UidNumber, b"1e3"),
            (Attribute::PwdReset, b"true"),
            (Attribute::Owner, b"matrix"),
            (Attribute::Owner, b"dc=\xff"),
            (Attribute::AccountExpires, b"tomorrow"),
            (Attribute::JpegPhoto, b"\x89PNG"),
            (Attribute::HomeDirectory, b"home"),
            (Attribute::HomeDirectory, b"/home:/a"),
            (Attribute::Gecos, b"a:b"),
            (Attribute::SshPublicKey, b"a\nb"),
            (Attribute::AttributeTypes, b"( 1.2.3 )"),
            (Attribute::TelephoneNumber, b"+33 1 23$fineResolution"),
            (Attribute::PreferredDeliveryMethod, b"pigeon"),
            (Attribute::X121Address, b"12a"),
            (Attribute::X500UniqueIdentifier, b"0101"),
            (Attribute::UserCertificate, b"-----BEGIN CERTIFICATE-----"),
            (Attribute::Manager, &[b'a'; MAX_DN_BYTES + 1]),
        ] {
            assert!(attribute.validate(value).is_err(), "{attribute:?} {}", String::from_utf8_lossy(value));
        }
    }
}
