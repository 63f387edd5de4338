//! Password modify (RFC 3062).

use zeroize::Zeroizing;

use super::codec::ber::{Reader, SEQUENCE, Writer};
use super::codec::response::Reply;
use super::codec::result::{LdapResult, ResultCode};
use super::convert;
use super::session::{Session, confidentiality_required};
use crate::directory::{PasswordChange, Target};
use crate::secret::Secret;

impl Session {
    /// Sets a password; the answer holds the new one if it was left to the server.
    pub(super) async fn password_modify(&mut self, value: Option<Zeroizing<Vec<u8>>>) -> Reply {
        let change = match read(value.as_deref().map_or(&[][..], Vec::as_slice)) {
            Ok(change) => change,
            Err(result) => return result.into(),
        };
        // Also where the request holds none: the answer would.
        if !self.is_confidential() {
            return confidentiality_required().into();
        }
        match self.service.directory.change_password(&self.caller, change).await {
            Ok(generated) => {
                // While it must be changed, nobody's but one's own can be.
                self.caller.must_change = false;
                Reply { value: generated.map(|secret| write(&secret)), ..LdapResult::success().into() }
            }
            Err(error) => LdapResult::from(error).into(),
        }
    }
}

/// PasswdModifyRequestValue; nothing at all is the same as an empty one (RFC 3062 §2).
fn read(value: &[u8]) -> Result<PasswordChange, LdapResult> {
    let malformed = || LdapResult::new(ResultCode::ProtocolError, "the password modify request is not encoded as RFC 3062 asks");
    let [identity, old, new] = fields(value).ok_or_else(malformed)?;
    let target = match identity.filter(|identity| !identity.is_empty()) {
        None => Target::Caller,
        Some(identity) => target(std::str::from_utf8(identity).map_err(|_| malformed())?)?,
    };
    let secret = |octets: &[u8]| Secret::new(octets);
    // Some clients send an empty old password where they have none.
    let old = old.filter(|old| !old.is_empty()).map(secret);
    Ok(PasswordChange { target, old, new: new.map(secret), only_first: false })
}

fn fields(value: &[u8]) -> Option<[Option<&[u8]>; 3]> {
    if value.is_empty() {
        return Some([None; 3]);
    }
    let mut outer = Reader::new(value);
    let mut inner = Reader::new(outer.expect(SEQUENCE).ok()?);
    outer.finish().ok()?;
    let fields = [inner.optional(0x80).ok()?, inner.optional(0x81).ok()?, inner.optional(0x82).ok()?];
    inner.finish().ok()?;
    Some(fields)
}

/// Whose password: an authzId (RFC 4513 §5.2.1.8), or a DN as most clients send it.
fn target(identity: &str) -> Result<Target, LdapResult> {
    let after =
        |prefix: &str| identity.get(..prefix.len()).filter(|start| start.eq_ignore_ascii_case(prefix)).map(|_| &identity[prefix.len()..]);
    match (after("dn:"), after("u:")) {
        (Some(dn), _) => convert::dn(dn).map(Target::Dn),
        (None, Some(login)) => Ok(Target::Login(login.to_owned())),
        (None, None) => convert::dn(identity).map(Target::Dn),
    }
}

/// PasswdModifyResponseValue with the generated password.
fn write(generated: &Secret) -> Zeroizing<Vec<u8>> {
    let secret = generated.expose();
    let mut out = Zeroizing::new(Vec::with_capacity(secret.len() + 16));
    Writer::new(&mut out).constructed(SEQUENCE, |sequence| sequence.primitive(0x80, secret));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::dn::Dn;

    fn encoded(parts: &[(u8, &str)]) -> Vec<u8> {
        let mut out = Vec::new();
        Writer::new(&mut out).constructed(SEQUENCE, |sequence| {
            parts.iter().for_each(|(tag, text)| sequence.primitive(*tag, text.as_bytes()));
        });
        out
    }

    #[test]
    fn every_combination_of_fields_is_read() {
        let dn = || Target::Dn(Dn::parse("uid=louisem,ou=people,dc=example,dc=org").unwrap());
        for (parts, target, old, new) in [
            (&[][..], Target::Caller, None, None),
            (&[(0x80, "uid=louisem,ou=people,dc=example,dc=org")], dn(), None, None),
            (&[(0x80, "DN:uid=louisem,ou=people,dc=example,dc=org"), (0x82, "new")], dn(), None, Some("new")),
            (&[(0x80, "u:louisem"), (0x81, "old"), (0x82, "new")], Target::Login("louisem".into()), Some("old"), Some("new")),
            (&[(0x80, ""), (0x81, ""), (0x82, "")], Target::Caller, None, Some("")),
        ] {
            let change = read(&encoded(parts)).unwrap();
            let text = |secret: &Option<Secret>| secret.as_ref().map(|secret| String::from_utf8(secret.expose().to_vec()).unwrap());
            assert_eq!((change.target, text(&change.old).as_deref(), text(&change.new).as_deref()), (target, old, new));
        }
        assert_eq!(read(&[]).unwrap().target, Target::Caller);
    }

    #[test]
    fn what_is_not_rfc_3062_is_refused() {
        for value in [
            encoded(&[(0x82, "new"), (0x81, "old")]),
            encoded(&[(0x83, "x")]),
            [encoded(&[]), vec![0]].concat(),
            vec![0x30, 3, 0x80, 5, 1],
            vec![4, 0],
        ] {
            assert_eq!(read(&value).unwrap_err().code, ResultCode::ProtocolError, "{value:x?}");
        }
        assert_eq!(read(&encoded(&[(0x80, "louisem")])).unwrap_err().code, ResultCode::InvalidDnSyntax);
    }

    #[test]
    fn a_generated_password_is_written_as_rfc_3062_has_it() {
        assert_eq!(write(&Secret::new("abc")).as_slice(), [0x30, 5, 0x80, 3, b'a', b'b', b'c']);
    }
}
