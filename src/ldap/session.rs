//! One connection's state, and the ladder that every request climbs before it is done.

use std::pin::pin;
use std::sync::Arc;

use super::Service;
use super::codec::control::{self, Requested};
use super::codec::frame::Message;
use super::codec::oids::{PASSWORD_MODIFY, START_TLS, WHO_AM_I};
use super::codec::operation::Operation;
use super::codec::ppolicy;
use super::codec::request::{Bind, Request};
use super::codec::response::{self, Reply};
use super::codec::result::{LdapResult, ResultCode};
use super::transport::wire::{Ended, Wire};
use crate::directory::{Actor, Bond, Caller, Target, Unavailable};
use crate::domain::caller::Source;
use crate::observe::metrics;

/// What the server knows of one connection.
pub struct Session {
    /// What all connections share.
    pub(super) service: Arc<Service>,
    /// Who speaks, as the last bind left it.
    pub(super) caller: Caller,
    /// What the connection hangs on since the bind.
    pub(super) bond: Bond,
    /// What it comes over.
    pub(super) transport: Transport,
}

/// What a connection comes over at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// TCP in clear.
    Plain,
    /// TLS, from the start or since StartTLS.
    Tls,
    /// The Unix socket.
    Socket,
}

/// What follows a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The next request.
    Request,
    /// The client said goodbye.
    Close,
    /// The answer to StartTLS was sent: the handshake.
    Handshake,
}

impl Session {
    /// A session that begins anonymous (RFC 4513 §4).
    pub fn new(service: Arc<Service>, source: Source, transport: Transport) -> Session {
        Session { service, caller: Caller { actor: Actor::Anonymous, source, must_change: false }, bond: Bond::default(), transport }
    }

    /// Whether somebody has bound.
    pub fn is_bound(&self) -> bool {
        self.caller.actor != Actor::Anonymous
    }

    /// Does what `message` asks for, and answers it.
    pub async fn serve(&mut self, message: Message, wire: &mut Wire) -> Result<Next, Ended> {
        let Message { id, operation, request, controls } = message;
        self.service.metrics.operation(counted_as(&request));
        self.forget_if_bind(operation);
        match self.hangs_on().await {
            _ if operation.response_tag().is_none() => {}
            Ok(true) => {}
            Ok(false) => return Err(Ended::Revoked),
            Err(Unavailable) => return self.answer(wire, id, operation, LdapResult::unavailable().into()).await,
        }
        let requested = match control::understand(operation, &controls) {
            Ok(requested) => requested,
            Err(result) => return self.answer(wire, id, operation, result.into()).await,
        };
        if self.caller.must_change && !is_for_directory(operation) {
            let result = LdapResult::must_change();
            return self.answer(wire, id, operation, with_policy(result.into(), &requested)).await;
        }
        self.dispatch(wire, id, request, requested).await
    }

    /// Whether the password that opened the connection is still the one, and opens what it did then.
    ///
    /// # Errors
    /// If the store does not answer.
    pub async fn hangs_on(&self) -> Result<bool, Unavailable> {
        Ok(self.bond == self.service.directory.bond(self.caller.actor).await?)
    }

    /// Whether `target` is the caller's own entry, as far as the store tells.
    pub(super) async fn is_own(&self, target: Target) -> bool {
        self.service.directory.is_own(&self.caller, &target).await == Ok(true)
    }

    /// Lets a client go on that has changed its own password over this very connection, unless something else has ended it
    /// meanwhile.
    pub(super) async fn keep_after_own_change(&mut self) {
        if self.service.directory.bond(self.caller.actor).await == Ok(self.bond.next()) {
            self.bond = self.bond.next();
        }
    }

    /// RFC 4513 §4: from the bind request on the session is anonymous, however the bind ends.
    pub fn forget_if_bind(&mut self, operation: Operation) {
        if operation == Operation::Bind {
            self.caller = Caller { actor: Actor::Anonymous, must_change: false, ..self.caller };
            self.bond = Bond::default();
        }
    }

    async fn dispatch(&mut self, wire: &mut Wire, id: i32, request: Request, requested: Requested) -> Result<Next, Ended> {
        let (operation, reply) = match request {
            Request::Search(search) => {
                let Some(reply) = self.search(wire, id, search, &requested).await? else {
                    return Ok(Next::Request);
                };
                (Operation::Search, reply)
            }
            // This, and what changes something, may wait for a hash thread or the disk: what is answered already goes out
            // first. Boxed, so that a search, which is far more frequent, makes no room for them.
            Request::Bind(bind) => {
                wire.flush().await?;
                (Operation::Bind, Box::pin(self.bind_unless_closed(wire, bind)).await?)
            }
            Request::Unbind => return Ok(Next::Close),
            // What is abandoned while it is under way is seen there; everything else is done already (RFC 4511 §4.11).
            Request::Abandon => return Ok(Next::Request),
            Request::Extended(request) => {
                wire.flush().await?;
                return Box::pin(self.extended(wire, id, request, &requested)).await;
            }
            Request::Compare(request) => (Operation::Compare, self.compare(&request).await),
            Request::Add(request) => {
                wire.flush().await?;
                (Operation::Add, Box::pin(self.add(request)).await)
            }
            Request::Modify(request) => {
                wire.flush().await?;
                (Operation::Modify, Box::pin(self.modify(request)).await)
            }
            Request::Delete(dn) => {
                wire.flush().await?;
                (Operation::Delete, Box::pin(self.delete(&dn)).await)
            }
            Request::ModifyDn(request) => {
                wire.flush().await?;
                (Operation::ModifyDn, Box::pin(self.rename(&request)).await)
            }
        };
        self.answer(wire, id, operation, with_policy(reply, &requested)).await
    }

    /// A bind, for as long as somebody waits for it. Clients lose patience and try again: when many wait for a hash thread,
    /// what those who have closed had asked for would keep the others waiting. It is no way to guess unseen, since there
    /// is no answer. When few wait it is answered, since a client may have closed its own direction alone.
    async fn bind_unless_closed(&mut self, wire: &mut Wire, request: Bind) -> Result<Reply, Ended> {
        let service = Arc::clone(&self.service);
        let mut bound = pin!(self.bind(request));
        tokio::select! {
            biased;
            reply = &mut bound => Ok(reply),
            () = wire.closed() => {
                if service.directory.hasher().is_crowded() { Err(Ended::Closed) } else { Ok(bound.await) }
            }
        }
    }

    /// Sends the answer that ends an operation.
    pub(super) async fn answer(&self, wire: &mut Wire, id: i32, operation: Operation, reply: Reply) -> Result<Next, Ended> {
        let write = |out: &mut Vec<u8>| response::write_reply(out, id, operation, &reply);
        if reply.value.is_some() {
            wire.send_secret(write).await?
        } else {
            wire.send(write).await?
        }
        Ok(Next::Request)
    }

    /// Whether a password may be sent over this connection: it is encrypted, or does not leave the machine.
    pub(super) fn is_confidential(&self) -> bool {
        let local = match self.caller.source {
            Source::Address(address) => address.to_canonical().is_loopback(),
            Source::Socket(_) | Source::Internal => true,
        };
        self.transport != Transport::Plain || local || self.service.settings.allow_cleartext
    }
}

fn counted_as(request: &Request) -> metrics::Operation {
    match request {
        Request::Bind(_) => metrics::Operation::Bind,
        Request::Unbind => metrics::Operation::Unbind,
        Request::Search(_) => metrics::Operation::Search,
        Request::Compare(_) => metrics::Operation::Compare,
        Request::Add(_) => metrics::Operation::Add,
        Request::Modify(_) => metrics::Operation::Modify,
        Request::Delete(_) => metrics::Operation::Delete,
        Request::ModifyDn(_) => metrics::Operation::Rename,
        Request::Abandon => metrics::Operation::Abandon,
        Request::Extended(request) => extended_kind(&request.name),
    }
}

/// What an extended operation is counted as.
fn extended_kind(name: &str) -> metrics::Operation {
    match name {
        WHO_AM_I => metrics::Operation::WhoAmI,
        PASSWORD_MODIFY => metrics::Operation::PasswordModify,
        START_TLS => metrics::Operation::StartTls,
        _ => metrics::Operation::Other,
    }
}

/// What somebody who must change the password may ask the directory: it changes that password, and refuses every other
/// change itself, so that the audit is told.
fn is_for_directory(operation: Operation) -> bool {
    match operation {
        Operation::Bind | Operation::Unbind | Operation::Abandon | Operation::Extended => true,
        Operation::Add | Operation::Modify | Operation::Delete | Operation::ModifyDn => true,
        Operation::Search | Operation::Compare => false,
    }
}

/// Adds the password-policy response if the client asked for one.
pub(super) fn with_policy(mut reply: Reply, requested: &Requested) -> Reply {
    if requested.password_policy {
        reply.controls.push(ppolicy::response(reply.result.policy));
    }
    reply
}

/// The answer to a password in clear from elsewhere.
pub(super) fn confidentiality_required() -> LdapResult {
    LdapResult::new(ResultCode::ConfidentialityRequired, "passwords are taken over TLS only: use ldaps or StartTLS")
}
