//! Which controls are understood (RFC 4511 §4.1.11), each beside the operations that it means something for.

use super::ber::{self, BOOLEAN, Malformed, OCTET_STRING, Reader, SEQUENCE};
use super::operation::Operation;
use super::paged::{PAGED_RESULTS, PageRequest};
use super::ppolicy::PASSWORD_POLICY;
use super::result::{LdapResult, ResultCode};

/// A control (RFC 4511 §4.1.11).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Control {
    /// Which; digits and dots only.
    pub oid: String,
    /// Whether the operation may be done without it.
    pub critical: bool,
    /// What belongs to it.
    pub value: Option<Vec<u8>>,
}

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
            PAGED_RESULTS if operation == Operation::Search => requested.page = Some(PageRequest::read(control.value.as_deref())?),
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

/// Controls ::= SEQUENCE OF Control (RFC 4511 §4.1.11).
pub fn read(content: &[u8]) -> Result<Vec<Control>, Malformed> {
    let mut reader = Reader::new(content);
    let mut controls = Vec::new();
    while let Some(element) = reader.next()? {
        if element.tag != SEQUENCE {
            return Err(Malformed);
        }
        controls.push(control(element.content)?);
    }
    Ok(controls)
}

fn control(content: &[u8]) -> Result<Control, Malformed> {
    let mut reader = Reader::new(content);
    let oid = std::str::from_utf8(reader.expect(OCTET_STRING)?).map_err(|_| Malformed)?;
    if oid.is_empty() || !oid.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return Err(Malformed);
    }
    let critical = match reader.optional(BOOLEAN)? {
        Some(flag) => ber::boolean(flag).ok_or(Malformed)?,
        None => false,
    };
    let value = reader.optional(OCTET_STRING)?.map(<[u8]>::to_vec);
    reader.finish()?;
    Ok(Control { oid: oid.to_owned(), critical, value })
}

/// An OID in a text for a person, cut: it is whatever the peer sent.
fn shown(oid: &str) -> String {
    oid.chars().take(MAX_SHOWN).collect()
}

/// Characters of an OID that a text shows.
const MAX_SHOWN: usize = 64;

/// The controls that the root DSE lists.
pub const SUPPORTED: &[&str] = &[PAGED_RESULTS, MANAGE_DSA_IT, PASSWORD_POLICY];

/// RFC 3296.
const MANAGE_DSA_IT: &str = "2.16.840.1.113730.3.4.2";

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
