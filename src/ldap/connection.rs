//! One connection from its first octet to its last: a request at a time, in the order of their arrival. Requests that
//! are sent ahead wait in the socket until it is their turn.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::debug;

use super::Service;
use super::codec::frame::{self, Decoded};
use super::codec::response::{write_notice, write_reply};
use super::codec::result::{LdapResult, ResultCode};
use super::session::{Next, Session, Transport};
use super::transport::interruption::{Alarm, Interruption};
use super::transport::stream::Stream;
use super::transport::wire::{Ended, Patience, Wire};
use crate::domain::caller::Source;
use crate::observe::metrics::Refused;

/// Serves one client until either side closes. `stop` asks to close once nothing is under way.
pub async fn serve(service: Arc<Service>, stream: Stream, source: Source, stop: CancellationToken) {
    let transport = match &stream {
        Stream::Plain(_) => Transport::Plain,
        Stream::Tls(_) => Transport::Tls,
        Stream::Socket(_) => Transport::Socket,
    };
    let wire = Wire::new(stream, service.settings.limits.output_time, service.memory.share(source));
    let session = Session::new(service, source, transport);
    Connection { wire, session, is_fresh: true }.run(stop).await;
}

/// A connection and its session.
pub(super) struct Connection {
    pub(super) wire: Wire,
    pub(super) session: Session,
    /// No message has come yet.
    pub(super) is_fresh: bool,
}

impl Connection {
    pub(super) async fn run(mut self, stop: CancellationToken) {
        let (stop, timer) = (pin!(stop.cancelled_owned()), pin!(sleep(self.patience().begin)));
        let mut interruption = Interruption { stop, alarm: Alarm(timer) };
        let ended = loop {
            let size = match self.next_frame(&mut interruption).await {
                Ok(size) => size,
                Err(ended) => break ended,
            };
            self.is_fresh = false;
            // Boxed, so that an idle connection does not hold room for an operation.
            match Box::pin(self.serve_frame(size)).await {
                Ok(Next::Request) => tokio::task::consume_budget().await,
                Ok(Next::Close) => break Ended::Closed,
                Ok(Next::Handshake) => match Box::pin(self.start_tls()).await {
                    Some(encrypted) => self = encrypted,
                    None => return,
                },
                Err(ended) => break ended,
            }
        };
        Box::pin(self.end(ended)).await;
    }

    /// Waits for the next message. What hangs on a password is looked at from time to time meanwhile; where the store does not
    /// answer, the next request is told so.
    async fn next_frame(&mut self, interruption: &mut Interruption<'_>) -> Result<usize, Ended> {
        let mut patience = self.patience();
        let mut left = patience.begin;
        loop {
            patience.begin = if self.session.is_bound() { left.min(LOOKED_AT_EVERY) } else { left };
            match self.wire.next_frame(patience, interruption).await {
                Err(Ended::Idle) if patience.begin < left => left -= patience.begin,
                ended => return ended,
            }
            if self.session.hangs_on().await == Ok(false) {
                return Err(Ended::Revoked);
            }
        }
    }

    fn patience(&self) -> Patience {
        let limits = &self.session.service.settings.limits;
        let (begin, otherwise) = if self.is_fresh { (limits.message_time, Ended::Slow) } else { (limits.idle_time, Ended::Idle) };
        let max_bytes = if self.session.is_bound() { limits.message } else { limits.message_before_bind };
        Patience { begin, otherwise, message: limits.message_time, max_bytes }
    }

    async fn serve_frame(&mut self, size: usize) -> Result<Next, Ended> {
        let max_elements = if self.session.is_bound() { ELEMENTS } else { ELEMENTS_BEFORE_BIND };
        let decoded = frame::decode(self.wire.frame(size), max_elements);
        self.wire.consume(size);
        match decoded.map_err(Ended::Violation)? {
            Decoded::Message(message) => self.session.serve(message, &mut self.wire).await,
            Decoded::Bad(bad) => {
                debug!(source = ?self.session.caller.source, operation = ?bad.operation, why = ?bad.why, "request refused");
                self.session.forget_if_bind(bad.operation);
                self.wire.send(|out| write_reply(out, bad.id, bad.operation, &LdapResult::from(bad).into())).await?;
                Ok(Next::Request)
            }
        }
    }

    /// The handshake; `None` if it fails, after which nothing can be said to the client any more.
    async fn start_tls(self) -> Option<Connection> {
        let Connection { wire, mut session, is_fresh } = self;
        let service = Arc::clone(&session.service);
        let config = service.settings.certificate.current()?;
        match timeout(service.settings.limits.handshake_time, wire.start_tls(config)).await {
            Ok(Ok(wire)) => {
                session.transport = Transport::Tls;
                Some(Connection { wire, session, is_fresh })
            }
            Ok(Err(error)) => {
                debug!(source = ?session.caller.source, ?error, "handshake failed");
                service.metrics.refused(Refused::Handshake);
                None
            }
            Err(_) => {
                service.metrics.refused(Refused::Handshake);
                None
            }
        }
    }

    /// Says why, where the client did not close itself (RFC 4511 §4.4.1), and closes.
    async fn end(mut self, ended: Ended) {
        let metrics = &self.session.service.metrics;
        let notice = match ended {
            // RFC 4511 §4.3: nothing follows an Unbind.
            Ended::Closed if !self.wire.has_input() => return self.wire.hang_up().await,
            Ended::Closed => None,
            Ended::Unread => {
                metrics.refused(Refused::Slow);
                return;
            }
            Ended::Slow => {
                metrics.refused(Refused::Slow);
                Some(LdapResult::new(ResultCode::ProtocolError, "the message took too long to arrive"))
            }
            Ended::Idle => {
                metrics.refused(Refused::Idle);
                Some(LdapResult::new(ResultCode::Unavailable, "the connection was idle for too long"))
            }
            Ended::EvictedUnread => {
                metrics.refused(Refused::Memory);
                debug!(source = ?self.session.caller.source, "too much memory for an answer that is not read");
                return;
            }
            Ended::Evicted => {
                metrics.refused(Refused::Memory);
                debug!(source = ?self.session.caller.source, "too much memory for an unfinished message");
                Some(memory_full(self.session.service.memory.most()))
            }
            // RFC 4511 §4.4.1 and appendix A.2: the association that was made is not good enough any more.
            Ended::Revoked => {
                metrics.refused(Refused::Revoked);
                Some(LdapResult::new(ResultCode::StrongerAuthRequired, "the password or the rights of this login have changed: bind again"))
            }
            Ended::Stopping => Some(LdapResult::new(ResultCode::Unavailable, "the server is stopping")),
            Ended::Violation(violation) => {
                metrics.refused(Refused::Protocol);
                debug!(source = ?self.session.caller.source, ?violation, "not LDAP");
                Some(LdapResult::new(ResultCode::ProtocolError, violation.to_string()))
            }
        };
        if let Some(result) = notice
            && self.wire.send(|out| write_notice(out, &result)).await.is_err()
        {
            return;
        }
        self.wire.close().await;
    }
}

/// The notice for a client whose connection had to make room for others.
fn memory_full(most: usize) -> LdapResult {
    LdapResult::new(
        ResultCode::Unavailable,
        format!("unfinished messages and unread answers of all connections fill {most} bytes (limits.message_memory): try again later"),
    )
}

/// How often an idle connection is looked at that somebody has bound.
const LOOKED_AT_EVERY: Duration = Duration::from_secs(50);

/// Elements of one message before a bind: they take up to a hundred times their size in memory.
pub(super) const ELEMENTS_BEFORE_BIND: usize = 2_000;
/// Elements of one message after that: a group of some thousand members can be written at once.
pub(super) const ELEMENTS: usize = 20_000;
