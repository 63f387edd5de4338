//! The connection's two directions: waits for whole frames, and sends answers. What a client does not read, or sends
//! too slowly, ends here.

use std::future::{pending, poll_fn};
use std::io;
use std::mem::MaybeUninit;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWriteExt, ReadBuf};
use tokio::time::error::Elapsed;
use tokio::time::{Instant, timeout};
use zeroize::Zeroize;

use super::budget::{Evicted, MemoryShare};
use super::buffer::Input;
use super::interruption::Interruption;
use super::stream::Stream;
use crate::ldap::codec::ber;
use crate::ldap::codec::frame::{self, FrameViolation};
use crate::ldap::codec::operation::Operation;

/// A connection's octets, in both directions.
#[derive(Debug)]
pub struct Wire {
    stream: Stream,
    input: Input,
    output: Vec<u8>,
    /// How long the client may leave what is sent to it unread.
    output_time: Duration,
    /// What is counted for it.
    memory: MemoryShare,
    /// Bytes of the request that is under way, which its operation holds.
    request: usize,
    /// Bytes of the entries that a search has found and not sent.
    entries: usize,
}

/// Why no further message is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The client closed the connection, or it broke.
    Closed,
    /// The client does not read its answers.
    Unread,
    /// A message took too long to arrive, or the first one to begin.
    Slow,
    /// Nothing came for too long.
    Idle,
    /// The memory of all connections was full, and this one had the most of it.
    Evicted,
    /// The same, while the client left an answer unread: nothing can be said to it.
    EvictedUnread,
    /// The password that opened it is another now, or opens something else.
    Revoked,
    /// The daemon stops.
    Stopping,
    /// What came is not LDAP.
    Violation(FrameViolation),
}

/// How long to wait for a message, and how long it may be.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For it to begin.
    pub begin: Duration,
    /// What it means if it does not.
    pub otherwise: Ended,
    /// From its first octet to its last.
    pub message: Duration,
    /// Octets at most.
    pub max_bytes: usize,
}

impl Wire {
    /// A connection on which nothing was sent yet.
    pub fn new(stream: Stream, output_time: Duration, memory: MemoryShare) -> Wire {
        Wire { stream, input: Input::default(), output: Vec::new(), output_time, memory, request: 0, entries: 0 }
    }

    /// The length of the next frame, once it has arrived in whole. Before it waits, what was answered goes out.
    pub async fn next_frame(&mut self, patience: Patience, interruption: &mut Interruption<'_>) -> Result<usize, Ended> {
        (self.request, self.entries) = (0, 0);
        self.count();
        if self.memory.is_evicted() {
            return Err(Ended::Evicted);
        }
        if let Some(size) = self.whole_frame(patience.max_bytes)? {
            return Ok(size);
        }
        self.flush().await?;
        let mut deadline = Instant::now() + patience.begin;
        let mut begun = false;
        loop {
            if !begun && !self.input.is_empty() {
                begun = true;
                deadline = Instant::now() + patience.message;
            }
            let evicted = self.memory.evicted();
            tokio::select! {
                biased;
                () = interruption.stop.as_mut(), if !begun => return Err(Ended::Stopping),
                arrived = poll_fn(|cx| self.poll_fill(cx)) => match arrived {
                    Ok(1..) => {}
                    Err(_) if self.memory.is_evicted() => return Err(Ended::Evicted),
                    Ok(0) | Err(_) => return Err(Ended::Closed),
                },
                () = evicted => return Err(Ended::Evicted),
                () = interruption.alarm.at(deadline) => return Err(if begun { Ended::Slow } else { patience.otherwise }),
            }
            if let Some(size) = self.whole_frame(patience.max_bytes)? {
                return Ok(size);
            }
        }
    }

    fn whole_frame(&self, max_bytes: usize) -> Result<Option<usize>, Ended> {
        let pending = self.input.pending();
        let size = frame::length(pending, max_bytes).map_err(Ended::Violation)?;
        Ok(size.filter(|size| *size <= pending.len()))
    }

    /// The first `size` octets that are not dealt with yet.
    pub fn frame(&self, size: usize) -> &[u8] {
        &self.input.pending()[..size]
    }

    /// The first `size` octets are dealt with: they are a request now, which counts until the next one is waited for.
    pub fn consume(&mut self, size: usize) {
        self.input.consume(size);
        self.input.release();
        self.request = size;
        self.count();
    }

    /// Counts `size` bytes of entries that wait to be sent, until more of them are found or the search is over.
    pub fn hold_entries(&mut self, size: usize) {
        self.entries = size;
        self.count();
    }

    /// What is found too much shows when something is waited for.
    fn count(&mut self) {
        let _ = self.memory.resize(self.input.capacity() + self.output.capacity() + self.request + self.entries);
    }

    /// Whether anything is there that is not dealt with yet.
    pub fn has_input(&self) -> bool {
        !self.input.is_empty()
    }

    /// Sends what `write` appends: at once over TLS, together with what follows in clear.
    pub async fn send(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> Result<(), Ended> {
        if self.output.capacity() == 0 {
            self.output.reserve(ANSWER);
        }
        write(&mut self.output);
        self.count();
        // One LDAPMessage a TLS record: a common client reads one record and then waits for the socket.
        if self.stream.is_tls() || self.output.len() >= BATCH {
            self.flush().await?;
        }
        Ok(())
    }

    /// As [`Wire::send`], for an answer that holds a password: nothing of it stays in memory.
    pub async fn send_secret(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> Result<(), Ended> {
        self.flush().await?;
        self.output = Vec::with_capacity(SECRET);
        write(&mut self.output);
        let sent = self.write_out().await;
        self.output.zeroize();
        sent
    }

    /// Hands everything over to the system, as far as the client reads it in time.
    pub async fn flush(&mut self) -> Result<(), Ended> {
        if self.output.is_empty() {
            return Ok(());
        }
        let sent = self.write_out().await;
        self.output.clear();
        self.output.shrink_to(BATCH);
        self.count();
        sent
    }

    /// Sends what is there. An evicted connection sends what the client takes at once.
    async fn write_out(&mut self) -> Result<(), Ended> {
        let evicted = self.memory.evicted();
        tokio::select! {
            biased;
            sent = self.write_all() => sent,
            () = evicted => Err(Ended::EvictedUnread),
        }
    }

    async fn write_all(&mut self) -> Result<(), Ended> {
        let mut sent = 0;
        while sent < self.output.len() {
            match within(self.output_time, self.stream.write(&self.output[sent..])).await {
                Ok(Ok(count @ 1..)) => sent += count,
                Ok(Ok(0) | Err(_)) => return Err(Ended::Closed),
                Err(_) => return Err(Ended::Unread),
            }
        }
        match within(self.output_time, self.stream.flush()).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Ended::Closed),
            Err(_) => Err(Ended::Unread),
        }
    }

    /// Whether the client has given up the operation `id` that is under way: by an Abandon of it, by Unbind, or by
    /// closing. Looks at what has arrived without waiting.
    pub async fn is_given_up(&mut self, id: i32) -> bool {
        if self.input.pending().len() < LOOK_AHEAD {
            let arrived = poll_fn(|cx| match self.poll_fill(cx) {
                Poll::Ready(arrived) => Poll::Ready(Some(arrived)),
                Poll::Pending => Poll::Ready(None),
            });
            if matches!(arrived.await, Some(Ok(0) | Err(_))) {
                return true;
            }
        }
        gives_up(self.input.pending(), id)
    }

    /// Returns once the client has closed. Takes in a little of what it has sent ahead, an Unbind above all; behind more
    /// than that nothing is seen.
    pub async fn closed(&mut self) {
        while self.input.pending().len() < FAREWELL {
            match poll_fn(|cx| self.poll_fill(cx)).await {
                Ok(1..) => {}
                Ok(0) | Err(_) => return,
            }
        }
        pending().await
    }

    /// The server's side of the handshake, after which everything is TLS.
    pub async fn start_tls(self, config: Arc<ServerConfig>) -> io::Result<Wire> {
        Ok(Wire { stream: self.stream.handshake(config).await?, ..self })
    }

    /// Closes where the client has said its last: nothing comes any more that closing could stumble over.
    pub async fn hang_up(mut self) {
        let _ = self.flush().await;
        if self.stream.is_tls() {
            let _ = timeout(DRAIN_TIME, self.stream.shutdown()).await;
        }
    }

    /// Closes without losing what was sent last: a socket that is closed with octets unread resets the connection, and
    /// the client would never see why.
    pub async fn close(mut self) {
        self.input.consume(self.input.pending().len());
        self.input.release();
        self.memory.close();
        let drain = async {
            if self.flush().await.is_err() || self.stream.shutdown().await.is_err() {
                return;
            }
            for _ in 0..DRAIN_READS {
                self.input.consume(self.input.pending().len());
                match poll_fn(|cx| self.poll_fill(cx)).await {
                    Ok(1..) => {}
                    Ok(0) | Err(_) => return,
                }
            }
        };
        let _ = timeout(DRAIN_TIME, drain).await;
    }

    /// Takes in what has arrived. While nothing is there, no buffer is held.
    fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let mut space = [MaybeUninit::uninit(); READ];
        let mut arrived = ReadBuf::uninit(&mut space);
        match Pin::new(&mut self.stream).poll_read(cx, &mut arrived) {
            Poll::Pending => {
                self.input.release();
                if self.output.is_empty() {
                    self.output = Vec::new();
                }
                self.count();
                Poll::Pending
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Ready(Ok(())) => {
                let count = arrived.filled().len();
                let room = self.input.capacity_with(count) + self.output.capacity() + self.request + self.entries;
                let granted = self.memory.resize(room);
                if granted.is_ok() {
                    self.input.append(arrived.filled());
                }
                arrived.filled_mut().zeroize();
                Poll::Ready(granted.map(|()| count).map_err(|Evicted| io::ErrorKind::OutOfMemory.into()))
            }
        }
    }
}

/// `timeout`, but for what is ready at once, as nearly every write is, without a look at the clock.
async fn within<T>(limit: Duration, work: impl Future<Output = T>) -> Result<T, Elapsed> {
    let mut work = pin!(work);
    match poll_fn(|cx| Poll::Ready(work.as_mut().poll(cx))).await {
        Poll::Ready(done) => Ok(done),
        Poll::Pending => timeout(limit, work).await,
    }
}

/// Whether the whole frames in `input` hold an Abandon of `id` or an Unbind.
fn gives_up(mut input: &[u8], id: i32) -> bool {
    while let Ok(Some(size)) = frame::length(input, usize::MAX)
        && let Some(message) = input.get(..size)
    {
        match frame::peek(message) {
            Some((_, Operation::Unbind, _)) | None => return true,
            Some((_, Operation::Abandon, content)) if ber::number(content) == Some(id) => return true,
            Some(_) => {}
        }
        input = &input[size..];
    }
    false
}

/// Octets read at once.
const READ: usize = 8 << 10;
/// Octets of answers that are collected before they go out; more than that and one entry is never held.
const BATCH: usize = 16 << 10;
/// Room for an ordinary answer, so that it does not move while it is written.
const ANSWER: usize = 512;
/// Octets of pipelined requests that are taken in while a search is under way.
const LOOK_AHEAD: usize = 64 << 10;
/// Octets of pipelined requests behind which a client that has closed is not noticed.
const FAREWELL: usize = 256;
/// Room for an answer with a password, so that it does not move while it is written.
const SECRET: usize = 4 << 10;
/// How much is read and thrown away before a connection is closed.
const DRAIN_READS: usize = 256;
/// How long that may take.
const DRAIN_TIME: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_is_given_up_by_its_own_abandon_or_an_unbind() {
        const ABANDON_1: &[u8] = &[0x30, 6, 2, 1, 2, 0x50, 1, 1];
        const UNBIND: &[u8] = &[0x30, 5, 2, 1, 3, 0x42, 0];
        let delete = [&[0x30, 8, 2, 1, 4, 0x4a, 3][..], b"c=x"].concat();
        for (input, expected) in [
            (&[][..], false),
            (ABANDON_1, true),
            (UNBIND, true),
            (&delete, false),
            (&[&delete, ABANDON_1].concat(), true),
            (&ABANDON_1[..7], false),
            (&[0x30, 6, 2, 1, 2, 0x50, 1, 9], false),
        ] {
            assert_eq!(gives_up(input, 1), expected, "{input:x?}");
        }
    }
}
