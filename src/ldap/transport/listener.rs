//! Takes connections in, within the bounds, and lets them finish when the daemon stops.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use rustix::net::sockopt::set_tcp_nodelay;
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tracing::{debug, warn};

use super::stream::Stream;
use crate::admission::Admitted;
use crate::domain::caller::Source;
use crate::ldap::codec::response::write_notice;
use crate::ldap::codec::result::{LdapResult, ResultCode};
use crate::ldap::{Service, connection};
use crate::observe::metrics::{Refused, Transport};

/// What a TCP listener speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// `ldap://`: in clear, with StartTLS.
    Plain,
    /// `ldaps://`: TLS from the first octet.
    Tls,
}

impl Service {
    /// Serves what comes in on `listener` until `stop` is cancelled, and then until everything under way is done, at
    /// most for `drain_time`.
    pub async fn serve_tcp(self: Arc<Self>, listener: TcpListener, security: Security, stop: CancellationToken) {
        // Answers are small and each is waited for. On Linux what is accepted inherits it.
        let _ = set_tcp_nodelay(&listener, true);
        let mut crowd = Crowd::new(stop);
        while let Some(accepted) = crowd.next(listener.accept()).await {
            match accepted {
                Ok((tcp, peer)) => self.take_tcp(&mut crowd, tcp, Source::Address(peer.ip().to_canonical()), security),
                Err(error) => pause(&error).await,
            }
        }
        drop(listener);
        crowd.finish(self.settings.limits.drain_time).await;
    }

    /// As [`Service::serve_tcp`], for the Unix socket, whose peers the system names.
    pub async fn serve_unix(self: Arc<Self>, listener: UnixListener, stop: CancellationToken) {
        let mut crowd = Crowd::new(stop);
        while let Some(accepted) = crowd.next(listener.accept()).await {
            match accepted {
                Ok((socket, _)) => self.take_unix(&mut crowd, socket),
                Err(error) => pause(&error).await,
            }
        }
        drop(listener);
        crowd.finish(self.settings.limits.drain_time).await;
    }

    fn take_tcp(self: &Arc<Self>, crowd: &mut Crowd, tcp: TcpStream, source: Source, security: Security) {
        let admitted = match self.admission.admit(Some(source)) {
            Ok(admitted) => admitted,
            Err(why) => {
                if security == Security::Plain {
                    let _ = tcp.try_write(&refusal());
                }
                return self.refuse(source, why);
            }
        };
        match security {
            Security::Plain => {
                let serving = connection::serve(Arc::clone(self), Stream::Plain(tcp), source, crowd.stop.clone());
                crowd.tasks.spawn(self.held(admitted, Transport::Ldap, serving));
            }
            Security::Tls => {
                let serving = Arc::clone(self).serve_tls(tcp, source, crowd.stop.clone());
                crowd.tasks.spawn(self.held(admitted, Transport::Ldaps, serving));
            }
        }
    }

    fn take_unix(self: &Arc<Self>, crowd: &mut Crowd, socket: UnixStream) {
        let source = match socket.peer_cred() {
            Ok(credentials) => Source::Socket(credentials.uid()),
            Err(error) => return debug!(?error, "peer without credentials"),
        };
        match self.admission.admit(Some(source)) {
            Ok(admitted) => {
                let serving = connection::serve(Arc::clone(self), Stream::Socket(socket), source, crowd.stop.clone());
                crowd.tasks.spawn(self.held(admitted, Transport::Ldapi, serving));
            }
            Err(why) => {
                let _ = socket.try_write(&refusal());
                self.refuse(source, why);
            }
        }
    }

    async fn serve_tls(self: Arc<Self>, tcp: TcpStream, source: Source, stop: CancellationToken) {
        let Some(config) = self.settings.certificate.current() else {
            return;
        };
        // Boxed: a handshake needs room that the connection does not need afterwards.
        match timeout(self.settings.limits.handshake_time, Box::pin(Stream::Plain(tcp).handshake(config))).await {
            Ok(Ok(stream)) => Box::pin(connection::serve(self, stream, source, stop)).await,
            Ok(Err(error)) => {
                debug!(?source, ?error, "handshake failed");
                self.metrics.refused(Refused::Handshake);
            }
            Err(_) => self.metrics.refused(Refused::Handshake),
        }
    }

    /// `serving`, with the connection counted for as long as it lasts.
    fn held<F: Future<Output = ()>>(&self, admitted: Admitted, transport: Transport, serving: F) -> impl Future<Output = ()> + use<F> {
        let open = self.metrics.connected(transport);
        // Boxed here, since each future that is handed on makes room for what it is given and for what it awaits.
        let serving = Box::pin(serving);
        async move {
            let _held = (admitted, open);
            serving.await;
        }
    }

    fn refuse(&self, source: Source, why: Refused) {
        debug!(?source, ?why, "connection refused");
        self.metrics.refused(why);
    }
}

/// The connections of one listener.
struct Crowd {
    tasks: JoinSet<()>,
    /// Asks them to close once nothing is under way.
    stop: CancellationToken,
    /// The same, to be waited for. Made once: a waiter takes a lock that all connections share.
    stopped: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl Crowd {
    fn new(stop: CancellationToken) -> Crowd {
        let stopped = Box::pin(stop.clone().cancelled_owned());
        Crowd { tasks: JoinSet::new(), stop, stopped }
    }

    /// What `accepting` comes to; `None` once it is time to stop.
    async fn next<T>(&mut self, accepting: impl Future<Output = T>) -> Option<T> {
        // What is left of connections that have ended, some hundred bytes each, waits for the next one to come: the
        // listener is not woken for it.
        while self.tasks.try_join_next().is_some() {}
        tokio::select! {
            biased;
            () = &mut self.stopped => None,
            accepted = accepting => Some(accepted),
        }
    }

    async fn finish(mut self, patience: Duration) {
        let drained = async { while self.tasks.join_next().await.is_some() {} };
        if timeout(patience, drained).await.is_err() {
            warn!(connections = self.tasks.len(), "operations were still under way and are ended");
            self.tasks.shutdown().await;
        }
    }
}

/// The system has no descriptors or memory for another connection: those that close will make room.
async fn pause(error: &io::Error) {
    warn!(?error, "no connection can be taken in");
    sleep(ACCEPT_PAUSE).await;
}

/// The notice for a client that finds no place (RFC 4511 §4.4.1).
fn refusal() -> Vec<u8> {
    let mut out = Vec::new();
    write_notice(&mut out, &LdapResult::new(ResultCode::Unavailable, "too many connections"));
    out
}

/// How long to wait after a failed accept.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
