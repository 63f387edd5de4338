//! From octets to a request: cuts one LDAPMessage out of the input, checks it strictly, and has it read in `request/`, or
//! by ldap3_proto. Controls are read here, since ldap3_proto forgets whether some of them are critical.

use std::fmt;

use bytes::{Bytes, BytesMut};
use ldap3_proto::LdapCodec;
use ldap3_proto::proto::LdapOp;
use tokio_util::codec::Decoder;
use zeroize::Zeroize;

use super::ber::{self, Flaw, INTEGER, Malformed, Reader, SEQUENCE, Writer};
use super::control::{self, Control};
use super::operation::{Bad, Operation, Why};
use super::request::{Add, Bind, Extended, Modify, Request, Search, text};
use super::shape;

/// A request as a peer sent it.
#[derive(Debug)]
pub struct Message {
    /// The number that the answer has to bear, 1 to 2^31-1.
    pub id: i32,
    /// The kind of request.
    pub operation: Operation,
    /// What is asked for.
    pub request: Request,
    /// The controls beside it, in their order.
    pub controls: Vec<Control>,
}

/// What one frame held.
#[derive(Debug)]
pub enum Decoded {
    /// A request.
    Message(Message),
    /// Something that is answered with an error.
    Bad(Bad),
}

/// What ends the session: RFC 4511 §4.1.1 has it answered with a notice of disconnection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameViolation {
    /// It does not begin as an LDAPMessage does.
    NotLdap,
    /// Longer than allowed.
    TooLong,
    /// A length is wrong, or an element does not fill what it should.
    Malformed,
    /// No message number between 1 and 2^31-1.
    MessageId,
    /// Not a request.
    Operation,
}

/// The length of the frame at the beginning of `input`, at most `max` octets; `None` if that is not known yet, and
/// possibly more than what has arrived. Nothing is allocated on the word of a header.
pub fn length(input: &[u8], max: usize) -> Result<Option<usize>, FrameViolation> {
    if input.first().is_some_and(|tag| *tag != SEQUENCE) {
        return Err(FrameViolation::NotLdap);
    }
    let Some(header) = ber::header(input)? else {
        return Ok(None);
    };
    let whole = header.octets + header.content;
    if whole > max { Err(FrameViolation::TooLong) } else { Ok(Some(whole)) }
}

/// The message number and the kind of operation of a whole frame, if it begins well.
pub fn peek(frame: &[u8]) -> Option<(i32, Operation, &[u8])> {
    let parts = Parts::read(frame).ok()?;
    Some((parts.id, parts.operation, parts.content))
}

/// Reads a whole frame of at most `max_elements` elements.
pub fn decode(frame: &[u8], max_elements: usize) -> Result<Decoded, FrameViolation> {
    let parts = Parts::read(frame)?;
    match parts.check(max_elements)?.and_then(|()| parts.message()) {
        Ok(message) => Ok(Decoded::Message(message)),
        // There is no response to these (RFC 4511 §4.3, §4.11), so an error ends the session.
        Err(_) if parts.operation.response_tag().is_none() => Err(FrameViolation::Malformed),
        Err(why) => Ok(Decoded::Bad(Bad { id: parts.id, operation: parts.operation, why })),
    }
}

/// The three parts of an LDAPMessage, their insides not looked at.
struct Parts<'a> {
    id: i32,
    operation: Operation,
    content: &'a [u8],
    /// Message number and operation as they were sent.
    number_and_operation: &'a [u8],
    controls: Option<&'a [u8]>,
}

impl<'a> Parts<'a> {
    fn read(frame: &'a [u8]) -> Result<Parts<'a>, FrameViolation> {
        let mut outer = Reader::new(frame);
        let content = outer.expect(SEQUENCE)?;
        outer.finish()?;
        let mut reader = Reader::new(content);
        let number = reader.next()?.filter(|element| element.tag == INTEGER).ok_or(FrameViolation::MessageId)?;
        // RFC 4511 §4.1.1.1: zero is for what the server sends unasked.
        let id = ber::number(number.content).filter(|id| *id > 0).ok_or(FrameViolation::MessageId)?;
        let op = reader.next()?.ok_or(FrameViolation::Operation)?;
        let operation = Operation::from_tag(op.tag).ok_or(FrameViolation::Operation)?;
        let controls = reader.next()?;
        reader.finish()?;
        if controls.is_some_and(|element| element.tag != CONTROLS) {
            return Err(FrameViolation::Malformed);
        }
        let number_and_operation = &content[..number.raw.len() + op.raw.len()];
        Ok(Parts { id, operation, content: op.content, number_and_operation, controls: controls.map(|element| element.content) })
    }

    /// How deep it goes, how much it holds, and that each element fills its own. The outer error ends the session, the
    /// inner one is answered.
    fn check(&self, max_elements: usize) -> Result<Result<(), Why>, FrameViolation> {
        let inner = if self.operation.is_constructed() { self.content } else { &[] };
        for part in [inner, self.controls.unwrap_or_default()] {
            match ber::check(part, 2, max_elements) {
                Ok(()) => {}
                Err(Flaw::Malformed) => return Err(FrameViolation::Malformed),
                Err(Flaw::TooDeep | Flaw::TooMany) => return Ok(Err(Why::Bound)),
            }
        }
        Ok(Ok(()))
    }

    fn message(&self) -> Result<Message, Why> {
        let request = self.request()?;
        let controls = control::read(self.controls.unwrap_or_default()).map_err(|Malformed| Why::Controls)?;
        Ok(Message { id: self.id, operation: self.operation, request, controls })
    }

    fn request(&self) -> Result<Request, Why> {
        let content = self.content;
        match self.operation {
            Operation::Bind => Bind::read(content).map(Request::Bind),
            Operation::Unbind if content.is_empty() => Ok(Request::Unbind),
            Operation::Unbind => Err(Why::Shape),
            Operation::Search => {
                shape::search(content)?;
                Search::read(content).map(Request::Search).map_err(|Malformed| Why::Value)
            }
            Operation::Modify => Modify::read(content).map(Request::Modify),
            Operation::Add => Add::read(content).map(Request::Add),
            Operation::Delete => text(content).map(|dn| Request::Delete(dn.to_owned())),
            Operation::ModifyDn => {
                shape::modify_dn(content)?;
                if let LdapOp::ModifyDNRequest(request) = self.op()? { Ok(Request::ModifyDn(request)) } else { Err(Why::Value) }
            }
            Operation::Compare => {
                shape::compare(content)?;
                if let LdapOp::CompareRequest(request) = self.op()? { Ok(Request::Compare(request)) } else { Err(Why::Value) }
            }
            Operation::Abandon => ber::number(content).map(|_| Request::Abandon).ok_or(Why::Shape),
            Operation::Extended => Extended::read(content).map(Request::Extended),
        }
    }

    /// The operation, read by ldap3_proto from a frame of our own without the controls, which is wiped afterwards.
    fn op(&self) -> Result<LdapOp, Why> {
        let mut bytes = Vec::with_capacity(self.number_and_operation.len() + 6);
        Writer::new(&mut bytes).primitive(SEQUENCE, self.number_and_operation);
        let size = bytes.len();
        let mut frame = BytesMut::from(Bytes::from(bytes)); // Takes the buffer over, so there is one copy to wipe.
        let decoded = LdapCodec::new(Some(size), Some(2 * ber::MAX_DEPTH)).decode(&mut frame);
        frame.resize(size, 0);
        frame.as_mut().zeroize();
        match decoded {
            Ok(Some(message)) => Ok(message.op),
            Ok(None) | Err(_) => Err(Why::Value),
        }
    }
}

impl From<Malformed> for FrameViolation {
    fn from(_: Malformed) -> FrameViolation {
        FrameViolation::Malformed
    }
}

impl fmt::Display for FrameViolation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            FrameViolation::NotLdap => "this is not an LDAP message",
            FrameViolation::TooLong => "the message is longer than this server accepts",
            FrameViolation::Malformed => "the message is not encoded as RFC 4511 asks",
            FrameViolation::MessageId => "the message has no valid message ID",
            FrameViolation::Operation => "the message is not a request",
        })
    }
}

/// `controls [0]` of an LDAPMessage.
const CONTROLS: u8 = 0xa0;

#[cfg(test)]
mod tests;
