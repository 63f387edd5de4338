//! The extended operations (RFC 4511 §4.12): who am I, password modify, StartTLS, the outbox.

use zeroize::Zeroizing;

use super::codec::control::Requested;
use super::codec::oids::{PASSWORD_MODIFY, START_TLS, WHO_AM_I};
use super::codec::operation::Operation;
use super::codec::request::Extended;
use super::codec::response::Reply;
use super::codec::result::{LdapResult, ResultCode};
use super::session::{Next, Session, Transport, with_policy};
use super::transport::wire::{Ended, Wire};
use crate::directory::Unavailable;
use crate::domain::mail_queue::OID as MAIL_QUEUE;

impl Session {
    /// Does an extended operation and answers it.
    pub(super) async fn extended(&mut self, wire: &mut Wire, id: i32, request: Extended, requested: &Requested) -> Result<Next, Ended> {
        let Extended { name, value } = request;
        let reply = match name.as_str() {
            START_TLS => return self.start_tls(wire, id, value.is_some()).await,
            _ if self.caller.must_change && name != PASSWORD_MODIFY && name != WHO_AM_I => LdapResult::must_change().into(),
            WHO_AM_I => self.who_am_i(value.is_some()).await,
            PASSWORD_MODIFY => self.password_modify(value.as_ref()).await,
            MAIL_QUEUE => self.mail_queue(value).await,
            // RFC 4511 §4.12: a name that is not recognised is a protocolError.
            _ => LdapResult::new(ResultCode::ProtocolError, "this extended operation is not offered here").into(),
        };
        self.answer(wire, id, Operation::Extended, with_policy(reply, requested)).await
    }

    /// RFC 4532: `dn:` and the name; nothing at all for nobody.
    async fn who_am_i(&self, has_value: bool) -> Reply {
        if has_value {
            return LdapResult::new(ResultCode::ProtocolError, "\"Who am I?\" takes no value").into();
        }
        match self.service.directory.who_am_i(self.caller.actor).await {
            Ok(dn) if dn.is_empty() => Reply { value: Some(Zeroizing::default()), ..LdapResult::success().into() },
            Ok(dn) => Reply { value: Some(Zeroizing::new(format!("dn:{dn}").into_bytes())), ..LdapResult::success().into() },
            Err(Unavailable) => LdapResult::unavailable().into(),
        }
    }

    /// RFC 4511 §4.14. Requests are done one after the other, so none is under way.
    async fn start_tls(&mut self, wire: &mut Wire, id: i32, has_value: bool) -> Result<Next, Ended> {
        let refusal = if has_value {
            Some((ResultCode::ProtocolError, "StartTLS takes no value"))
        } else if self.transport == Transport::Tls {
            Some((ResultCode::OperationsError, "TLS is in force already"))
        } else if !self.offers_start_tls() {
            Some((ResultCode::ProtocolError, "TLS is not offered here"))
        } else if wire.has_input() {
            // Octets that came in clear behind the request must not be taken for ones that came over TLS.
            Some((ResultCode::OperationsError, "nothing may follow StartTLS before its answer"))
        } else {
            None
        };
        let violated = wire.has_input();
        let result = refusal.map_or_else(LdapResult::success, |(code, text)| LdapResult::new(code, text));
        let refused = refusal.is_some();
        let reply = Reply { name: Some(START_TLS), ..result.into() };
        self.answer(wire, id, Operation::Extended, reply).await?;
        wire.flush().await?;
        Ok(match (refused, violated) {
            (false, _) => Next::Handshake,
            (true, true) if self.transport == Transport::Plain => Next::Close,
            (true, _) => Next::Request,
        })
    }

    /// Whether StartTLS would work on this connection.
    pub(super) fn offers_start_tls(&self) -> bool {
        self.transport == Transport::Plain && self.service.settings.certificate.current().is_some()
    }
}
