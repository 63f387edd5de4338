//! Password modify (RFC 3062).

use zeroize::Zeroizing;

use super::codec::ber::{SEQUENCE, Writer};
use super::codec::request::PasswordModify;
use super::codec::response::Reply;
use super::codec::result::{LdapResult, ResultCode};
use super::convert;
use super::session::{Session, confidentiality_required};
use crate::directory::{PasswordChange, Target};
use crate::secret::Secret;

impl Session {
    /// Sets a password; the answer holds the new one if it was left to the server.
    pub(super) async fn password_modify(&mut self, value: Option<&Secret>) -> Reply {
        let Ok(request) = PasswordModify::read(value.map(Secret::expose).unwrap_or_default()) else {
            return LdapResult::new(ResultCode::ProtocolError, "the password modify request is not encoded as RFC 3062 asks").into();
        };
        let change = match change(request) {
            Ok(change) => change,
            Err(result) => return result.into(),
        };
        // Also where the request holds none: the answer would.
        if !self.is_confidential() {
            return confidentiality_required().into();
        }
        let own = self.is_own(change.target.clone()).await;
        match self.service.directory.change_password(&self.caller, change).await {
            Ok(generated) => {
                // While it must be changed, nobody's but one's own can be.
                self.caller.must_change = false;
                if own {
                    self.keep_after_own_change().await;
                }
                Reply { value: generated.map(|secret| write(&secret)), ..LdapResult::success().into() }
            }
            Err(error) => LdapResult::from(error).into(),
        }
    }
}

fn change(request: PasswordModify) -> Result<PasswordChange, LdapResult> {
    let PasswordModify { identity, old, new } = request;
    let target = match identity.filter(|identity| !identity.is_empty()) {
        None => Target::Caller,
        Some(identity) => target(&identity)?,
    };
    // Some clients send an empty old password where they have none.
    Ok(PasswordChange { target, old: old.filter(|old| !old.is_empty()), new, only_first: false })
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

    #[test]
    fn a_password_is_whose_it_is_said_to_be() {
        let dn = || Target::Dn(Dn::parse("uid=louisem,ou=people,dc=example,dc=org").unwrap());
        for (identity, target) in [
            (None, Target::Caller),
            (Some(""), Target::Caller),
            (Some("uid=louisem,ou=people,dc=example,dc=org"), dn()),
            (Some("DN:uid=louisem,ou=people,dc=example,dc=org"), dn()),
            (Some("u:louisem"), Target::Login("louisem".into())),
        ] {
            let request = PasswordModify { identity: identity.map(str::to_owned), old: Some(Secret::new("")), new: Some(Secret::new("")) };
            let change = change(request).unwrap();
            assert_eq!((change.target, change.old, change.new), (target, None, Some(Secret::new(""))), "an empty old password is none");
        }
        let nobody = PasswordModify { identity: Some("louisem".into()), old: None, new: None };
        assert_eq!(change(nobody).unwrap_err().code, ResultCode::InvalidDnSyntax);
    }

    #[test]
    fn a_generated_password_is_written_as_rfc_3062_has_it() {
        assert_eq!(write(&Secret::new("abc")).as_slice(), [0x30, 5, 0x80, 3, b'a', b'b', b'c']);
    }
}
