//! The password-policy response control (draft-behera-ldap-password-policy §6.2), which ldap3_proto cannot write.

use super::ber::{SEQUENCE, Writer};
use super::response::ResponseControl;
use super::result::PolicyError;

/// The control for an answer, with `error` if there is something to say; the value is an empty SEQUENCE otherwise.
pub fn response(error: Option<PolicyError>) -> ResponseControl {
    let mut value = Vec::new();
    Writer::new(&mut value).constructed(SEQUENCE, |sequence| {
        if let Some(error) = error {
            sequence.number(ERROR, error as u32);
        }
    });
    ResponseControl { oid: PASSWORD_POLICY, value }
}

/// `error [1] ENUMERATED` of PasswordPolicyResponseValue.
const ERROR: u8 = 0x81;

/// draft-behera-ldap-password-policy.
pub const PASSWORD_POLICY: &str = "1.3.6.1.4.1.42.2.27.8.5.1";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_is_written_as_the_draft_has_it() {
        assert_eq!(response(None).value, [0x30, 0]);
        assert_eq!(response(Some(PolicyError::PasswordExpired)).value, [0x30, 3, 0x81, 1, 0]);
        assert_eq!(response(Some(PolicyError::ChangeAfterReset)).value, [0x30, 3, 0x81, 1, 2]);
    }
}
