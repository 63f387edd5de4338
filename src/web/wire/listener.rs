//! Takes connections in and speaks HTTP/1.1 on them: bounded in number, in time, and in what they may send. Not in
//! charge of what is answered.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{debug, warn};

use super::proxies::{self, TrustedProxies};
use crate::admission::{Admission, Admitted};
use crate::domain::caller::Source;
use crate::observe::metrics::{Metrics, Refused, Transport};

/// What a connection is taken in with.
pub struct Door {
    /// Who is let in.
    pub admission: Admission,
    /// TLS; none: plain.
    pub tls: Option<Arc<ServerConfig>>,
    /// The proxies in front.
    pub proxies: TrustedProxies,
    /// Whether their connections begin with the PROXY protocol.
    pub proxy_protocol: bool,
    /// What is counted.
    pub metrics: Arc<Metrics>,
}

/// The address at the other end of a connection, as far as it is believed: of the client, or of the last proxy before
/// it. An extension of each request.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// A connection, whatever is beneath it.
trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// Serves `router` on `listener` until `stop`, and then until requests under way are answered, for [`DRAIN_TIME`] at most.
pub async fn serve(door: Arc<Door>, listener: TcpListener, router: Router, stop: CancellationToken) {
    let service = DoorService { door, router, tasks: TaskTracker::new(), stop: stop.clone() };
    while let Some(accepted) = stop.run_until_cancelled(listener.accept()).await {
        match accepted {
            Ok((tcp, peer)) => service.take(tcp, peer),
            Err(error) => {
                // The system has no descriptors or memory for another: those that close will make room.
                warn!(%error, "no connection can be taken in");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    service.tasks.close();
    service.tasks.wait().await;
}

/// The pages on one listener: what connections are taken in with, and what answers them.
struct DoorService {
    door: Arc<Door>,
    router: Router,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl DoorService {
    /// Starts the task of a connection if the bounds allow one more; closes it otherwise.
    fn take(&self, tcp: TcpStream, peer: SocketAddr) {
        let peer = peer.ip().to_canonical();
        // Many people come through one proxy.
        let source = (!self.door.proxies.hold(peer)).then_some(Source::Address(peer));
        let admitted = match self.door.admission.admit(source) {
            Ok(admitted) => admitted,
            Err(why) => return self.door.metrics.refused(why),
        };
        let _ = tcp.set_nodelay(true);
        let accepted = Accepted { tcp, peer, admitted };
        self.tasks.spawn(connection(Arc::clone(&self.door), accepted, self.router.clone(), self.stop.clone()));
    }
}

/// A connection that was taken in.
struct Accepted {
    tcp: TcpStream,
    peer: IpAddr,
    admitted: Admitted,
}

/// One connection from its first byte to its last.
async fn connection(door: Arc<Door>, accepted: Accepted, router: Router, stop: CancellationToken) {
    let Accepted { tcp, peer, mut admitted } = accepted;
    let _open = door.metrics.connected(Transport::Pages);
    match timeout(HANDSHAKE_TIME, Box::pin(open(&door, tcp, peer, &mut admitted))).await {
        Ok(Ok((stream, peer))) => converse(stream, peer, router, stop).await,
        Ok(Err(error)) => {
            debug!(%error, "a connection of the pages did not come about");
            door.metrics.refused(Refused::Handshake);
        }
        Err(_) => door.metrics.refused(Refused::Slow),
    }
    drop(admitted);
}

/// What comes before HTTP: the PROXY protocol, then TLS.
async fn open(door: &Door, mut tcp: TcpStream, peer: IpAddr, admitted: &mut Admitted) -> io::Result<(Box<dyn Duplex>, IpAddr)> {
    let named = if door.proxy_protocol && door.proxies.hold(peer) { proxies::read_header(&mut tcp).await? } else { None };
    if let Some(client) = named.filter(|client| !door.proxies.hold(*client)) {
        door.admission.attribute(admitted, Source::Address(client)).map_err(|why| io::Error::other(format!("{why:?}")))?;
    }
    let peer = named.unwrap_or(peer);
    match &door.tls {
        Some(config) => Ok((Box::new(TlsAcceptor::from(Arc::clone(config)).accept(tcp).await?), peer)),
        None => Ok((Box::new(tcp), peer)),
    }
}

/// Requests and answers, until the other end or one of the bounds ends it.
async fn converse(stream: Box<dyn Duplex>, peer: IpAddr, router: Router, stop: CancellationToken) {
    let pages = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(Peer(peer));
        pages.call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(MAX_HEAD)
        .half_close(false)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    tokio::select! {
        ended = connection.as_mut() => return told(ended),
        () = stop.cancelled() => {}
        () = sleep(MAX_TIME) => {}
    }
    connection.as_mut().graceful_shutdown();
    if let Ok(ended) = timeout(DRAIN_TIME, connection).await {
        told(ended);
    }
}

fn told(ended: hyper::Result<()>) {
    if let Err(error) = ended {
        debug!(%error, "a connection of the pages broke off");
    }
}

/// How long the PROXY protocol and TLS may take together.
const HANDSHAKE_TIME: Duration = Duration::from_secs(10);

/// How long a request's head may take, and how long a connection may be idle before one.
const HEAD_TIME: Duration = Duration::from_secs(10);

/// Bytes of a request's head.
const MAX_HEAD: usize = 16 << 10;

/// How long a connection may last. A client that does not read its answers is ended by this at the latest.
const MAX_TIME: Duration = Duration::from_secs(120);

/// How long a request that is under way may go on then, and when the daemon stops.
const DRAIN_TIME: Duration = Duration::from_secs(8);

/// How long to wait after a failed accept.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
