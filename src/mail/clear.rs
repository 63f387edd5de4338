//! A connection that begins in clear and may go over to TLS.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// A TCP connection of which, before TLS, not one octet is read ahead. Whoever can write into the clear part could put
/// answers behind the one to STARTTLS, and they would be taken for ones that came over TLS (CVE-2011-0411, for clients);
/// left in the socket they spoil the handshake instead.
#[derive(Debug)]
pub struct Clear {
    stream: TcpStream,
    in_clear: bool,
}

impl Clear {
    /// Nothing has been sent over `stream` yet.
    pub fn new(stream: TcpStream) -> Clear {
        Clear { stream, in_clear: true }
    }
}

impl AsyncRead for Clear {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if !self.in_clear || buffer.remaining() == 0 {
            return Pin::new(&mut self.stream).poll_read(context, buffer);
        }
        let mut octet = [0];
        let mut one = ReadBuf::new(&mut octet);
        let read = Pin::new(&mut self.stream).poll_read(context, &mut one);
        if let Poll::Ready(Ok(())) = &read {
            buffer.put_slice(one.filled());
        }
        read
    }
}

impl AsyncWrite for Clear {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        if octets.first() == Some(&HANDSHAKE) {
            self.in_clear = false;
        }
        Pin::new(&mut self.stream).poll_write(context, octets)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl AsyncTokioStream for Clear {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.stream.peer_addr()
    }
}

/// The first octet of TLS, a record of a handshake (RFC 8446 §5.1); no command of SMTP begins with it.
const HANDSHAKE: u8 = 22;
