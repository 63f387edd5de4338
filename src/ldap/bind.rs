//! Bind (RFC 4511 §4.2, RFC 4513 §5).

use std::time::Instant;

use super::codec::request::{Authentication, Bind};
use super::codec::response::Reply;
use super::codec::result::{LdapResult, PolicyError, ResultCode};
use super::convert;
use super::session::{Session, Transport, confidentiality_required};
use crate::directory::{BindError, Bound, Hint};
use crate::domain::audit::Reason;
use crate::domain::caller::Source;
use crate::observe::metrics::BindOutcome;
use crate::secret::Secret;

impl Session {
    /// Who it is from now on. The session was made anonymous before.
    pub(super) async fn bind(&mut self, request: Bind) -> Reply {
        let begun = Instant::now();
        let (outcome, result) = match request.authentication {
            // RFC 4511 §4.2: a version that is not supported is a protocolError.
            _ if request.version != 3 => (BindOutcome::Refused, version_refused()),
            Authentication::Simple(password) => self.simple_bind(&request.name, password).await,
            Authentication::Sasl { mechanism, credentials } => self.sasl_bind(&mechanism, &credentials),
            Authentication::Other => (BindOutcome::Refused, method_refused()),
        };
        self.service.metrics.bind(outcome, begun.elapsed());
        result.into()
    }

    async fn simple_bind(&mut self, dn: &str, password: Secret) -> (BindOutcome, LdapResult) {
        if password.is_empty() && dn.is_empty() {
            return (BindOutcome::Anonymous, LdapResult::success());
        }
        // RFC 4513 §5.1.2: a name without a password proves nothing, and applications take success for a login.
        let (directory, source) = (&self.service.directory, self.caller.source);
        let name = convert::dn(dn);
        if password.is_empty() {
            name.iter().for_each(|name| directory.refused_unseen(name, source, Reason::EmptyPassword));
            return (BindOutcome::Refused, LdapResult::new(ResultCode::UnwillingToPerform, "a name without a password is not a bind"));
        }
        if !self.is_confidential() {
            // The password has been seen on the way: somebody has to know.
            name.iter().for_each(|name| directory.refused_unseen(name, source, Reason::Confidentiality));
            return (BindOutcome::Cleartext, confidentiality_required());
        }
        let name = match name {
            Ok(name) => name,
            Err(result) => return (BindOutcome::Invalid, result),
        };
        match self.service.directory.bind(&name, password, self.caller.source).await {
            Ok(bound) => (BindOutcome::Success, self.become_subject(bound)),
            Err(error) => (outcome(error), error.into()),
        }
    }

    fn become_subject(&mut self, bound: Bound) -> LdapResult {
        self.caller.actor = bound.actor;
        self.caller.must_change = bound.must_change;
        self.bond = bound.bond;
        LdapResult { policy: bound.must_change.then_some(PolicyError::ChangeAfterReset), ..LdapResult::success() }
    }

    /// EXTERNAL over the Unix socket: whoever the system says it is. root and the daemon's own user administer.
    fn sasl_bind(&mut self, mechanism: &str, credentials: &Secret) -> (BindOutcome, LdapResult) {
        let (true, Transport::Socket, Source::Socket(uid)) =
            (mechanism.eq_ignore_ascii_case("EXTERNAL"), self.transport, self.caller.source)
        else {
            return (BindOutcome::Refused, method_refused());
        };
        let is_own = uid == ROOT || uid == rustix::process::geteuid().as_raw();
        // RFC 4422 §3.4.1: acting for somebody else is not offered.
        let is_system = is_own && credentials.is_empty();
        match self.service.directory.bind_peer(self.caller.source, is_system) {
            Ok(bound) => (BindOutcome::Success, self.become_subject(bound)),
            Err(error) => (outcome(error), error.into()),
        }
    }
}

fn outcome(error: BindError) -> BindOutcome {
    match error {
        BindError::Invalid(Hint::Locked) => BindOutcome::Throttled,
        BindError::Invalid(Hint::None | Hint::Expired) => BindOutcome::Invalid,
        BindError::Busy => BindOutcome::Busy,
        BindError::Unavailable => BindOutcome::Unavailable,
    }
}

fn version_refused() -> LdapResult {
    LdapResult::new(ResultCode::ProtocolError, "only version 3 of LDAP is served")
}

fn method_refused() -> LdapResult {
    LdapResult::new(ResultCode::AuthMethodNotSupported, "this method of authentication is not offered here")
}

const ROOT: u32 = 0;
