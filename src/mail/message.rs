//! A mail as it goes over the wire: headers, both forms of what it says, and the envelope.

use std::time::{Duration, SystemTime};

use lettre::Address;
use lettre::address::Envelope;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};
use zeroize::Zeroizing;

use super::document::Document;
use crate::domain::id::OpId;
use crate::domain::time::UnixTime;
use crate::domain::writing::misleads;

/// Who mails are from, and where answers go.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The sender.
    pub from: Mailbox,
    /// Where answers go; none: to the sender.
    pub reply_to: Option<Mailbox>,
}

/// To whom a mail goes, and its name.
pub struct Addressed<'a> {
    /// The address; nobody else gets it.
    pub to: &'a str,
    /// The person's name.
    pub name: Option<&'a str>,
    /// The operation and the attempt that its Message-ID is made of: the same secret has the same name.
    pub id: (OpId, u32),
}

/// A mail that can be handed over.
pub struct ReadyMail {
    /// From whom and to whom.
    pub envelope: Envelope,
    /// Headers and body, in ASCII.
    pub bytes: Zeroizing<Vec<u8>>,
}

/// Why a mail cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// The address is none that mail can be sent to.
    #[error("the address is not one that mail can be sent to; correct the account's mail attribute")]
    Address,
    /// The parts do not fit together.
    #[error("the mail cannot be put together")]
    Form,
}

/// Puts `document` into the form in which it goes to `addressed`, dated `now`.
pub fn write(identity: &Identity, addressed: &Addressed<'_>, document: &Document, now: UnixTime) -> Result<ReadyMail, WriteError> {
    let to: Address = addressed.to.parse().map_err(|_| WriteError::Address)?;
    let name = addressed.name.map(one_line).filter(|name| !name.is_empty());
    let envelope = Envelope::new(Some(identity.from.email.clone()), vec![to.clone()]).map_err(|_| WriteError::Address)?;
    let html = document.html().map_err(|_| WriteError::Form)?;
    let parts = MultiPart::alternative()
        .singlepart(part(ContentType::TEXT_PLAIN, &document.text()))
        .singlepart(part(ContentType::TEXT_HTML, &html));
    let (op, attempt) = addressed.id;
    let mut builder = Message::builder()
        .from(identity.from.clone())
        .to(Mailbox::new(name, to))
        .subject(one_line(&document.subject))
        .date(SystemTime::UNIX_EPOCH + Duration::from_millis(now.as_millis()))
        .message_id(Some(message_id(op, attempt, identity.from.email.domain())))
        .envelope(envelope.clone())
        // RFC 3834 §5: no absence is to be told to it; Exchange has a header of its own for that ([MS-OXCMAIL] §2.1.3.2.20).
        .raw_header(fixed("Auto-Submitted", "auto-generated"))
        .raw_header(fixed("X-Auto-Response-Suppress", "All"))
        .raw_header(fixed("Content-Language", document.language.tag()));
    if let Some(reply_to) = &identity.reply_to {
        builder = builder.reply_to(reply_to.clone());
    }
    let message = builder.multipart(parts).map_err(|_| WriteError::Form)?;
    Ok(ReadyMail { envelope, bytes: Zeroizing::new(message.formatted()) })
}

/// `<operation.attempt@domain>`: the same when the same mail is handed over again.
fn message_id(op: OpId, attempt: u32, domain: &str) -> String {
    format!("<{op}.{attempt}@{domain}>")
}

fn fixed(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// Text in ASCII stays as it is, so that a link is whole in the source too; all else is quoted-printable.
fn part(kind: ContentType, content: &str) -> SinglePart {
    let builder = SinglePart::builder();
    let as_it_is = kind == ContentType::TEXT_PLAIN && content.is_ascii();
    let builder = if as_it_is { builder } else { builder.header(ContentTransferEncoding::QuotedPrintable) };
    builder.header(kind).body(content.to_owned())
}

/// `text` without what would end a header's line or turn it round, and cut to [`MAX_NAME`] characters.
fn one_line(text: &str) -> String {
    let visible: String = text.chars().map(|c| if misleads(c) { ' ' } else { c }).take(MAX_NAME).collect();
    // RFC 2047 §5: a quoted string holds no encoded word, but some programs decode what looks like one.
    visible.replace("=?", "= ?").trim().to_owned()
}

/// Characters of a name or subject in a header.
const MAX_NAME: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::colour::Colour;
    use crate::domain::language::Language;
    use crate::mail::document::{Block, ButtonLink};

    fn written(to: &str, name: Option<&str>, subject: &str) -> Result<String, WriteError> {
        let identity =
            Identity { from: "Exemple <no-reply@example.org>".parse().unwrap(), reply_to: Some("help@example.org".parse().unwrap()) };
        let url = Zeroizing::new(format!("https://accounts.example.org/r/{}", "x".repeat(43)));
        let blocks = vec![Block::Paragraph("Été".to_owned()), Block::Action(ButtonLink { label: "Open".to_owned(), url })];
        let document = Document {
            language: Language::French,
            subject: subject.to_owned(),
            site: "Exemple".to_owned(),
            colour: Colour::default(),
            blocks,
            or_copy: String::new(),
            footer: Vec::new(),
        };
        let addressed = Addressed { to, name, id: (OpId([0xab; 16]), 3) };
        let ready = write(&identity, &addressed, &document, UnixTime::from_secs(1_795_338_000))?;
        Ok(String::from_utf8(ready.bytes.to_vec()).unwrap())
    }

    #[test]
    fn headers_say_who_what_and_when() {
        let mail = written("louisem@example.org", Some("Louise Martin"), "Votre lien").unwrap();
        for header in [
            "From: Exemple <no-reply@example.org>",
            "Reply-To: help@example.org",
            "To: \"Louise Martin\" <louisem@example.org>",
            "Subject: Votre lien",
            "Date: Sun, 22 Nov 2026 09:00:00 +0000",
            "Message-ID: <abababababababababababababababab.3@example.org>",
            "Auto-Submitted: auto-generated",
            "Content-Language: fr",
            "MIME-Version: 1.0",
        ] {
            assert!(mail.lines().any(|line| line == header), "no {header:?} in {mail}");
        }
        assert!(mail.is_ascii() && mail.lines().all(|line| line.len() <= 998), "{mail}");
    }

    #[test]
    fn names_and_subjects_add_no_header_and_no_recipient() {
        for name in [
            "Louise\r\nBcc: eve@example.com",
            "Louise\nBcc: eve@example.com",
            "<eve@example.com>,",
            "\"eve@example.com\"",
            "\u{2028}Bcc: eve",
            "\u{202e}gro.elpmaxe@eve",
            "=?utf-8?q?Louise=0D=0ABcc:_eve@example.com?=",
        ] {
            let mail = written("louisem@example.org", Some(name), name).unwrap();
            // RFC 5322 §2.2.3: a line that begins with a blank goes on.
            let headers = mail.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ");
            assert!(!headers.lines().any(|line| line.to_lowercase().starts_with("bcc")), "{headers}");
            let to: Vec<&str> = headers.lines().filter(|line| line.starts_with("To:")).collect();
            assert!(!headers.contains("=?utf-8?q?Louise=0D"), "{headers}");
            assert!(to.len() == 1 && to[0].ends_with("<louisem@example.org>"), "{headers}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for to in ["", "louisem", "a@b\r\nRCPT TO:<eve@example.com>", "a@b,eve@example.com", "a\r\nDATA@b.org", "<a@b.org>", "a b@c.org"] {
            assert_eq!(written(to, None, "x").err(), Some(WriteError::Address), "{to:?}");
        }
    }
}
