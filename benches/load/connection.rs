//! One connection to the server and what it is waiting for.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::time::Instant;

use rustix::event::epoll;
use rustix::io::Errno;
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketType, bind, connect, recv, send, socket};

/// A connection, and where it stands.
pub struct Connection {
    pub stream: usize,
    pub socket: TcpStream,
    pub phase: Phase,
    /// The id of the request that was sent last.
    pub id: u32,
    /// Entries that came for it.
    pub entries: u64,
    input: Vec<u8>,
    /// What lies between these two has been received and not yet taken.
    from: usize,
    to: usize,
}

/// What a connection is waiting for.
#[derive(Clone, Copy, PartialEq)]
pub enum Phase {
    /// The answer to its first bind.
    Opening,
    /// The next request.
    Ready,
    /// The answer to a request that was due at this time.
    Waiting(Instant),
    /// The server's end, after an unbind; the operation began at this time.
    Leaving(Instant),
    /// Nothing more: the server closed it.
    Broken,
}

/// The largest answer that is taken in one piece.
const INPUT: usize = 128 * 1024;

impl Connection {
    /// Connects to `server` from the address `source`, and lets `epoll` watch it as number `index`.
    pub fn open(epoll: &impl std::os::fd::AsFd, index: usize, stream: usize, from: IpAddr, server: SocketAddr) -> io::Result<Connection> {
        Ok(Connection {
            stream,
            socket: dial(epoll, index, from, server)?,
            phase: Phase::Opening,
            id: 0,
            entries: 0,
            input: vec![0; INPUT],
            from: 0,
            to: 0,
        })
    }

    /// Takes a new connection in the place of this one.
    pub fn reopen(&mut self, socket: TcpStream) {
        self.socket = socket;
        (self.from, self.to) = (0, 0);
    }

    /// Sends `bytes`. They are few and the server reads, so the socket takes them at once.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.entries = 0;
        let sent = send(&self.socket, bytes, SendFlags::DONTWAIT | SendFlags::NOSIGNAL)?;
        if sent == bytes.len() { Ok(()) } else { Err(ErrorKind::WriteZero.into()) }
    }

    /// Reads what there is. False: the server has closed.
    pub fn receive(&mut self) -> io::Result<bool> {
        self.input.copy_within(self.from..self.to, 0);
        (self.from, self.to) = (0, self.to - self.from);
        match recv(&self.socket, &mut self.input[self.to..], RecvFlags::DONTWAIT) {
            Ok((_, 0)) | Err(Errno::CONNRESET) => Ok(false),
            Ok((_, count)) => {
                self.to += count;
                Ok(true)
            }
            Err(Errno::AGAIN) => Ok(true),
            Err(error) => Err(error.into()),
        }
    }

    /// What has been received and not yet taken.
    pub fn received(&self) -> &[u8] {
        &self.input[self.from..self.to]
    }

    /// Takes `count` bytes of it.
    pub fn take(&mut self, count: usize) {
        self.from += count;
    }
}

/// A socket to `server` from the address `from`, which `epoll` watches as number `index`. It gets no options that it can
/// do without, since a stream of fresh connections opens one for each operation: one small request at a time waits for
/// nothing, with Nagle's algorithm or without, and what must not block says so itself.
pub fn dial(epoll: &impl std::os::fd::AsFd, index: usize, from: IpAddr, server: SocketAddr) -> io::Result<TcpStream> {
    let family = if server.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let socket = socket(family, SocketType::STREAM, None)?;
    if from != server.ip() {
        bind(&socket, &SocketAddr::new(from, 0))?;
    }
    // On loopback a connection stands when this returns.
    connect(&socket, &server)?;
    epoll::add(epoll, &socket, epoll::EventData::new_u64(index as u64), epoll::EventFlags::IN)?;
    Ok(TcpStream::from(socket))
}
