//! `/metrics` and `/healthz`, on a listener of their own that only the machine itself should reach.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::Sleep;
use tokio_util::sync::CancellationToken;

use crate::observe::metrics::Metrics;

/// Whether the daemon can do its work, as last looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// The store answered.
    pub store: bool,
    /// The hash threads live.
    pub hasher: bool,
    /// No mail waits for longer than [`OLDEST_MAIL`].
    pub mail: bool,
}

impl Health {
    /// Whether all of it is well.
    pub fn is_good(self) -> bool {
        self.can_serve() && self.mail
    }

    /// Whether binds can be answered. Mails that wait are no reason to start the daemon anew: that a relay is away
    /// cannot be mended here.
    pub fn can_serve(self) -> bool {
        self.store && self.hasher
    }
}

/// What the two pages show.
#[derive(Clone)]
pub struct Operations {
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Brings [`Metrics::readings`] up to date; called before each page of metrics.
    pub refresh: Arc<dyn Fn() + Send + Sync>,
    /// How the daemon is.
    pub health: watch::Receiver<Health>,
}

/// Serves both pages on `listener` until `stop`.
///
/// # Errors
/// None that the network causes; they end one connection.
pub async fn serve(listener: TcpListener, operations: Operations, stop: CancellationToken) -> io::Result<()> {
    let router = Router::new().route("/metrics", get(metrics)).route("/healthz", get(healthz)).with_state(operations);
    let bounded = Bounded { listener, room: Arc::new(Semaphore::new(MAX_CONNECTIONS)) };
    axum::serve(bounded, router).with_graceful_shutdown(stop.cancelled_owned()).await
}

async fn metrics(State(operations): State<Operations>) -> Response {
    (operations.refresh)();
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-store")], operations.metrics.render()).into_response()
}

/// 200 while binds and searches can be answered and mails go out, 503 with what is wrong otherwise.
async fn healthz(State(operations): State<Operations>) -> Response {
    let health = *operations.health.borrow();
    let status = if health.is_good() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let word = |good| if good { "ok" } else { "down" };
    let mail = if health.mail { "ok" } else { "waiting" };
    let text = format!("store: {}\nhash threads: {}\nmail: {mail}\n", word(health.store), word(health.hasher));
    (status, [(header::CACHE_CONTROL, "no-store")], text).into_response()
}

/// Takes a connection when there is room for it, and holds it for [`MAX_TIME`].
struct Bounded {
    listener: TcpListener,
    room: Arc<Semaphore>,
}

impl Listener for Bounded {
    type Io = OperationsStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (OperationsStream, SocketAddr) {
        loop {
            // The semaphore is never closed; a connection without a permit would only be one too many.
            let permit = Arc::clone(&self.room).acquire_owned().await.ok();
            let (stream, address) = Listener::accept(&mut self.listener).await;
            let deadline = Box::pin(tokio::time::sleep(MAX_TIME));
            if let Some(permit) = permit {
                return (OperationsStream { stream, deadline, _permit: permit }, address);
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A connection with its place among [`MAX_CONNECTIONS`]; reads fail once its time is over.
struct OperationsStream {
    stream: TcpStream,
    deadline: Pin<Box<Sleep>>,
    _permit: OwnedSemaphorePermit,
}

impl AsyncRead for OperationsStream {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.deadline.as_mut().poll(context).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for OperationsStream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.deadline.as_mut().poll(context).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// How long a mail may wait: whoever forgot their password sits before the screen.
pub const OLDEST_MAIL: Duration = Duration::from_secs(5 * 60);

/// Connections at once; collectors and probes need one each.
const MAX_CONNECTIONS: usize = 32;

/// How long one may stay; a collector that keeps its connection connects anew.
const MAX_TIME: Duration = Duration::from_secs(120);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mails_that_wait_are_no_reason_to_start_the_daemon_anew() {
        for (store, hasher, mail, good, serves) in [
            (true, true, true, true, true),
            (true, true, false, false, true),
            (false, true, true, false, false),
            (true, false, true, false, false),
        ] {
            let health = Health { store, hasher, mail };
            assert_eq!((health.is_good(), health.can_serve()), (good, serves), "{health:?}");
        }
    }
}
