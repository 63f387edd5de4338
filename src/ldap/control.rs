//! Which controls are understood (RFC 4511 §4.1.11), each beside the operations that it means something for.

use super::frame::{Control, Operation};
use super::paged::PageRequest;
use super::result::{LdapResult, ResultCode};

/// What the controls of a request ask for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Requested {
    /// A password-policy response.
    pub password_policy: bool,
    /// A page of the results.
    pub page: Option<PageRequest>,
}

/// What `controls` ask of `operation`. A critical control that cannot be honoured, or one whose value is wrong, keeps
/// the operation from being done.
pub fn understand(operation: Operation, controls: &[Control]) -> Result<Requested, LdapResult> {
    let mut requested = Requested::default();
    // RFC 4511 §4.1.11: Abandon and Unbind have no response, so criticality means nothing there.
    if operation.response_tag().is_none() {
        return Ok(requested);
    }
    for control in controls {
        match control.oid.as_str() {
            PASSWORD_POLICY => requested.password_policy = true,
            PAGED_RESULTS if operation == Operation::Search => requested.page = Some(PageRequest::read(control)?),
            // There are no referrals here, so every entry is shown as itself already.
            MANAGE_DSA_IT if !matches!(operation, Operation::Bind | Operation::Extended) => {}
            _ if control.critical => {
                let text = format!("the control {} is critical and not supported for this operation", shown(&control.oid));
                return Err(LdapResult::new(ResultCode::UnavailableCriticalExtension, text));
            }
            _ => {}
        }
    }
    Ok(requested)
}

/// An OID in a text for a person, cut: it is whatever the peer sent.
fn shown(oid: &str) -> String {
    oid.chars().take(MAX_SHOWN).collect()
}

/// Characters of an OID that a text shows.
const MAX_SHOWN: usize = 64;

/// The controls that the root DSE lists.
pub const SUPPORTED: &[&str] = &[PAGED_RESULTS, MANAGE_DSA_IT, PASSWORD_POLICY];

/// RFC 2696.
pub const PAGED_RESULTS: &str = "1.2.840.113556.1.4.319";
/// RFC 3296.
const MANAGE_DSA_IT: &str = "2.16.840.1.113730.3.4.2";
/// draft-behera-ldap-password-policy.
pub const PASSWORD_POLICY: &str = "1.3.6.1.4.1.42.2.27.8.5.1";

#[cfg(test)]
mod tests {
    use super::*;

    fn control(oid: &str, critical: bool) -> Control {
        let value = (oid == PAGED_RESULTS).then(|| vec![0x30, 5, 2, 1, 10, 4, 0]);
        Control { oid: oid.to_owned(), critical, value }
    }

    #[test]
    fn each_control_goes_with_its_operations() {
        const SORT: &str = "1.2.840.113556.1.4.473";
        let passes = |operation, oid, critical| understand(operation, &[control(oid, critical)]).is_ok();
        for (operation, oid, when_critical) in [
            (Operation::Search, PAGED_RESULTS, true),
            (Operation::Bind, PAGED_RESULTS, false),
            (Operation::Search, MANAGE_DSA_IT, true),
            (Operation::Modify, MANAGE_DSA_IT, true),
            (Operation::Bind, MANAGE_DSA_IT, false),
            (Operation::Bind, PASSWORD_POLICY, true),
            (Operation::Extended, PASSWORD_POLICY, true),
            (Operation::Search, SORT, false),
            (Operation::Delete, "1.2", false),
            (Operation::Abandon, "1.2", true),
            (Operation::Unbind, "1.2", true),
        ] {
            assert_eq!(passes(operation, oid, true), when_critical, "{operation:?} {oid}");
            assert!(passes(operation, oid, false), "{operation:?} {oid}");
        }
    }
}
