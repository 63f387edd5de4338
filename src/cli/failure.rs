//! Why a command did not do what it was asked, in words for the person who asked.

use std::io;

use ldap3::LdapResult;

/// Why a command failed: what is wrong, and what to do about it.
#[derive(Debug)]
pub struct Failure {
    /// The kind, which decides on the exit code.
    pub kind: FailureKind,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub remedy: Option<String>,
    /// The LDAP result code, if the server refused.
    pub code: Option<u32>,
}

/// Kinds of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// The server, or the state of things, says no.
    Refused,
    /// The arguments make no sense.
    Usage,
    /// The daemon cannot be reached, or does not let us in.
    Connect,
    /// Whoever read our output has gone; nobody is left to tell.
    Hangup,
}

impl FailureKind {
    /// The exit code.
    pub fn exit_code(self) -> u8 {
        match self {
            FailureKind::Hangup => 0,
            FailureKind::Refused => 1,
            FailureKind::Usage => 2,
            FailureKind::Connect => 3,
        }
    }
}

impl Failure {
    /// The state of things says no.
    pub fn refused(problem: impl Into<String>) -> Failure {
        Failure { kind: FailureKind::Refused, problem: problem.into(), remedy: None, code: None }
    }

    /// The arguments make no sense.
    pub fn usage(problem: impl Into<String>) -> Failure {
        Failure { kind: FailureKind::Usage, ..Failure::refused(problem) }
    }

    /// The daemon cannot be reached, or does not let us in.
    pub fn connect(problem: impl Into<String>) -> Failure {
        Failure { kind: FailureKind::Connect, ..Failure::refused(problem) }
    }

    /// The same, with what to do about it.
    pub fn with_remedy(self, remedy: impl Into<String>) -> Failure {
        Failure { remedy: Some(remedy.into()), ..self }
    }

    /// The same, as a matter of not getting in at all.
    pub fn into_connect(self) -> Failure {
        Failure { kind: FailureKind::Connect, ..self }
    }

    /// What the server's answer to an attempt to `attempt` ("add the account louisem") means.
    pub fn from_result(attempt: &str, result: &LdapResult) -> Failure {
        let reason = if result.text.is_empty() { meaning(result.rc) } else { &result.text };
        let failure = Failure { code: Some(result.rc), ..Failure::refused(format!("cannot {attempt}: {reason}")) };
        match remedy(result.rc) {
            Some(remedy) => failure.with_remedy(remedy),
            None => failure,
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure { kind: FailureKind::Hangup, ..Failure::refused("") },
            _ => Failure::refused(format!("cannot write the output: {error}")),
        }
    }
}

/// The name of a result code (RFC 4511 Appendix A.1), for scripts.
pub fn code_name(code: u32) -> &'static str {
    CODES.iter().find(|row| row.0 == code).map_or("other", |row| row.1)
}

fn meaning(code: u32) -> &'static str {
    CODES.iter().find(|row| row.0 == code).map_or("the server gives no reason", |row| row.2)
}

fn remedy(code: u32) -> Option<&'static str> {
    Some(match code {
        RC_CONFIDENTIALITY_REQUIRED => "use ldaps://, or ldap:// with --starttls",
        RC_INSUFFICIENT_ACCESS_RIGHTS => "run it as root on the daemon's machine, or give --uri and the --bind-dn of an administrator",
        RC_BUSY => "try again in a moment",
        RC_UNAVAILABLE => "the daemon's log says what is wrong with the store: journalctl -u bindery",
        _ => return None,
    })
}

/// noSuchAttribute.
pub const RC_NO_SUCH_ATTRIBUTE: u32 = 16;
/// attributeOrValueExists.
pub const RC_VALUE_EXISTS: u32 = 20;
/// noSuchObject.
pub const RC_NO_SUCH_OBJECT: u32 = 32;
/// entryAlreadyExists.
pub const RC_ALREADY_EXISTS: u32 = 68;
const RC_CONFIDENTIALITY_REQUIRED: u32 = 13;
const RC_INSUFFICIENT_ACCESS_RIGHTS: u32 = 50;
const RC_BUSY: u32 = 51;
const RC_UNAVAILABLE: u32 = 52;

static CODES: &[(u32, &str, &str)] = &[
    (1, "operationsError", "the server could not do it in this state of the connection"),
    (2, "protocolError", "the server did not understand the request"),
    (3, "timeLimitExceeded", "it took longer than the server allows"),
    (4, "sizeLimitExceeded", "there are more entries than the server gives at once"),
    (7, "authMethodNotSupported", "the server does not offer this way of signing in"),
    (8, "strongerAuthRequired", "the server asks for a stronger way of signing in"),
    (11, "adminLimitExceeded", "it asks more of the server than it allows"),
    (12, "unavailableCriticalExtension", "the server lacks a control that this needs"),
    (13, "confidentialityRequired", "the server takes passwords over an encrypted connection only"),
    (16, "noSuchAttribute", "there is no such value"),
    (17, "undefinedAttributeType", "the server has no such attribute"),
    (18, "inappropriateMatching", "the attribute cannot be compared that way"),
    (19, "constraintViolation", "a rule of the directory says no"),
    (20, "attributeOrValueExists", "the value is there already"),
    (21, "invalidAttributeSyntax", "a value is not written as its attribute asks"),
    (32, "noSuchObject", "there is no such entry"),
    (34, "invalidDNSyntax", "the name is not a well-formed DN"),
    (48, "inappropriateAuthentication", "the entry cannot sign in that way"),
    (49, "invalidCredentials", "wrong name or password, or the account may not sign in now"),
    (50, "insufficientAccessRights", "you may not do that"),
    (51, "busy", "the server is busy"),
    (52, "unavailable", "the server's store does not answer"),
    (53, "unwillingToPerform", "the server does not do that"),
    (64, "namingViolation", "an entry cannot have that name there"),
    (65, "objectClassViolation", "an attribute is missing, or one is not allowed there"),
    (66, "notAllowedOnNonLeaf", "there are entries below it"),
    (67, "notAllowedOnRDN", "the name is changed by renaming only"),
    (68, "entryAlreadyExists", "the name is taken"),
    (80, "other", "the server met an error of its own; its log says which"),
];

/// The remedy when the other side does not speak as expected.
pub const WHICH_PORT: &str = "is it the right port? ldaps:// belongs to 636, ldap:// (with --starttls or without) to 389";

#[cfg(test)]
mod tests {
    use super::*;

    fn result(rc: u32, text: &str) -> LdapResult {
        LdapResult { rc, matched: String::new(), text: text.to_owned(), refs: vec![], ctrls: vec![] }
    }

    #[test]
    fn the_servers_own_words_come_first() {
        let failure = Failure::from_result("set the password of louisem", &result(19, "the password is too short: use 12 characters"));
        assert_eq!(failure.problem, "cannot set the password of louisem: the password is too short: use 12 characters");
        assert_eq!(failure.code, Some(19));
    }

    #[test]
    fn a_bare_code_is_put_into_words_with_a_remedy() {
        let failure = Failure::from_result("add the account louisem", &result(50, ""));
        assert_eq!(failure.problem, "cannot add the account louisem: you may not do that");
        assert!(failure.remedy.is_some_and(|remedy| remedy.contains("--bind-dn")));
    }

    #[test]
    fn exit_codes_are_as_the_help_says() {
        for (failure, code) in [(Failure::refused(""), 1), (Failure::usage(""), 2), (Failure::connect(""), 3)] {
            assert_eq!(failure.kind.exit_code(), code);
        }
        assert_eq!(Failure::from(io::Error::from(io::ErrorKind::BrokenPipe)).kind.exit_code(), 0);
    }
}
