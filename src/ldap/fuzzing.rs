//! The way in for the fuzz targets (`fuzz/`) and for the test that replays their corpus: what lies behind an accepted
//! socket, given octets. The daemon itself uses nothing of this.

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio_util::sync::CancellationToken;

use super::Service;
use super::codec::ber::{BOOLEAN, ENUMERATED, INTEGER, SEQUENCE, Writer};
use super::codec::frame::{self, Decoded, Message};
pub use super::codec::operation::Operation;
use super::codec::request::Request;
use super::connection::{Connection, ELEMENTS, ELEMENTS_BEFORE_BIND};
use super::session::Session;
pub use super::session::Transport;
use super::transport::limits::Limits;
use super::transport::stream::Stream;
use super::transport::wire::Wire;
use crate::directory::Caller;
use crate::domain::filter::Filter;

/// What the octets at one place are taken for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// A request, which is done.
    Request(FuzzedFrame),
    /// A request that is answered with an error.
    Refused(FuzzedFrame),
    /// Something that ends the session.
    Violation,
    /// The beginning of something.
    Incomplete,
}

/// Where a request is in the octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FuzzedFrame {
    /// Its length in octets.
    pub size: usize,
    /// The number that its answer bears.
    pub id: i32,
    /// What is asked for.
    pub operation: Operation,
}

/// What `octets` are taken for, frame by frame, before a bind or after one.
pub fn listen(mut octets: &[u8], is_bound: bool) -> Vec<Heard> {
    let mut heard = Vec::new();
    while !octets.is_empty() {
        let this = first(octets, is_bound);
        match &this {
            Heard::Request(frame) | Heard::Refused(frame) => octets = &octets[frame.size..],
            Heard::Violation | Heard::Incomplete => octets = &[],
        }
        heard.push(this);
    }
    heard
}

fn first(octets: &[u8], is_bound: bool) -> Heard {
    let limits = Limits::default();
    let (max, elements) = if is_bound { (limits.message, ELEMENTS) } else { (limits.message_before_bind, ELEMENTS_BEFORE_BIND) };
    let size = match frame::length(octets, max) {
        Ok(size) => size,
        Err(_) => return Heard::Violation,
    };
    let Some(whole) = size.and_then(|size| octets.get(..size)) else {
        return Heard::Incomplete;
    };
    let described = frame::peek(whole).map(|(id, operation, _)| FuzzedFrame { size: whole.len(), id, operation });
    match (frame::decode(whole, elements), described) {
        (Ok(Decoded::Message(_)), Some(frame)) => Heard::Request(frame),
        (Ok(Decoded::Bad(_)), Some(frame)) => Heard::Refused(frame),
        (Err(_), _) | (Ok(_), None) => Heard::Violation,
    }
}

/// The filter whose encoding is `ber`, if a search with it is a request at all.
pub fn filter(ber: &[u8]) -> Option<Filter> {
    let mut request = Vec::new();
    Writer::new(&mut request).constructed(SEQUENCE, |message| {
        message.number(INTEGER, 1);
        message.constructed(SEARCH_REQUEST, |search| {
            search.octets("");
            search.number(ENUMERATED, 2);
            search.number(ENUMERATED, 0);
            search.number(INTEGER, 0);
            search.number(INTEGER, 0);
            search.primitive(BOOLEAN, &[0]);
            search.raw(ber);
            search.constructed(SEQUENCE, |_| {});
        });
    });
    match frame::decode(&request, ELEMENTS) {
        Ok(Decoded::Message(Message { request: Request::Search(search), .. })) => Some(search.filter),
        Ok(Decoded::Message(_) | Decoded::Bad(_)) | Err(_) => None,
    }
}

/// What `service` answers to all of `octets`, on a connection whose binds have left it to `caller`.
///
/// # Errors
/// If there are no sockets to be had.
pub async fn converse(service: &Arc<Service>, caller: Caller, transport: Transport, octets: &[u8]) -> io::Result<Vec<u8>> {
    let (near, mut far) = UnixStream::pair()?;
    let session = Session { caller, ..Session::new(Arc::clone(service), caller.source, transport) };
    let wire = Wire::new(Stream::Socket(near), service.settings.limits.output_time, service.memory.share(caller.source));
    let served = Connection { wire, session, is_fresh: true }.run(CancellationToken::new());
    let mut answers = Vec::new();
    let client = async {
        let (mut reading, mut writing) = far.split();
        let write = async {
            // A server that has hung up is no fault: what it said is read all the same.
            let _ = writing.write_all(octets).await;
            let _ = writing.shutdown().await;
        };
        tokio::join!(write, reading.read_to_end(&mut answers)).1.map(drop)
    };
    tokio::join!(served, client).1?;
    Ok(answers)
}

const SEARCH_REQUEST: u8 = 0x63;
