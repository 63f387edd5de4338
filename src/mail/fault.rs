//! Why a mail was not handed over: what an administrator reads, and whether it is worth trying again. No text of it holds
//! a secret, whatever the relay says.

use std::error::Error;
use std::io;
use std::time::Duration;

use lettre::transport::smtp;
use rustls::CertificateError;

/// A step of handing a mail over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelayStep {
    /// Connecting, up to the relay's greeting.
    Connect,
    /// STARTTLS.
    StartTls,
    /// Logging in.
    Login,
    /// `MAIL FROM`.
    Sender,
    /// `RCPT TO`.
    Recipient,
    /// `DATA` and the mail itself.
    Content,
}

/// Why a mail was not handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailFault {
    /// The relay, as `host:port`; for files the directory.
    pub place: String,
    /// During what.
    pub step: RelayStep,
    /// What happened.
    pub cause: Cause,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The relay's name has no address.
    NameNotFound(String),
    /// Nobody listens there.
    ConnectionRefused,
    /// There is no way there.
    Unreachable(String),
    /// It took longer than it may.
    Stalled(Duration),
    /// The relay ended the connection.
    BrokenOff,
    /// What listens there does not speak SMTP.
    NotSmtp,
    /// The certificate is from nobody that is trusted here.
    UnknownAuthority,
    /// The certificate is for another name.
    WrongName,
    /// The certificate has run out, or is of the future.
    OutOfDate,
    /// TLS failed for another reason.
    Tls(String),
    /// STARTTLS is required, and not offered.
    NoStartTls,
    /// A login is set, and none that is known is offered.
    NoLogin,
    /// The relay says no: its code (RFC 5321 §4.2), and its words where they can hold nothing secret.
    Answer(u16, String),
    /// The address has letters that the relay does not take (RFC 6531).
    NotAscii,
    /// The mail cannot be put together.
    Unwritable(String),
    /// The file cannot be written.
    File(String),
}

impl MailFault {
    /// What `error` of the SMTP client comes from.
    pub fn of_smtp(place: &str, step: RelayStep, error: &smtp::Error) -> MailFault {
        let cause = match error.status() {
            // A relay that repeats what it was sent must not get a password into a text that is kept.
            Some(code) if step == RelayStep::Login => Cause::Answer(code.into(), String::new()),
            Some(code) => Cause::Answer(code.into(), error.source().map(|source| spoken(&source.to_string())).unwrap_or_default()),
            None => of_source(error),
        };
        MailFault { place: place.to_owned(), step, cause }
    }

    /// Whether it is the same at every further attempt: the relay refuses this mail or this address. What the relay says
    /// of everybody, or what a setting can mend, is not.
    pub fn is_for_good(&self) -> bool {
        let about_the_mail = matches!(self.step, RelayStep::Sender | RelayStep::Recipient | RelayStep::Content);
        match &self.cause {
            // RFC 4954 §6: these ask for a login, for a better one, or for TLS.
            Cause::Answer(530 | 534 | 535 | 538, _) => false,
            Cause::Answer(code, _) => about_the_mail && (500..600).contains(code),
            Cause::NotAscii | Cause::Unwritable(_) => true,
            Cause::NameNotFound(_)
            | Cause::ConnectionRefused
            | Cause::Unreachable(_)
            | Cause::Stalled(_)
            | Cause::BrokenOff
            | Cause::NotSmtp
            | Cause::UnknownAuthority
            | Cause::WrongName
            | Cause::OutOfDate
            | Cause::Tls(_)
            | Cause::NoStartTls
            | Cause::NoLogin
            | Cause::File(_) => false,
        }
    }

    fn answered(&self, code: u16, words: &str) -> String {
        let (place, words) = (&self.place, words.trim());
        let (what, remedy) = match (self.step, code) {
            (_, 530 | 538) => ("asks for a login first", "set mail.user and mail.password, or mail.security"),
            (RelayStep::Connect, _) => ("does not serve this machine", "see whether the relay lets it in"),
            (RelayStep::StartTls, _) => ("does not begin TLS though it offers it", "see the relay's log"),
            (RelayStep::Login, _) => ("refuses the login", "correct mail.user and the file of mail.password"),
            (RelayStep::Sender, _) => ("refuses the sender", "correct mail.from, or let this machine or login send as it"),
            (RelayStep::Recipient, _) => ("refuses the recipient", "correct the address, or let this machine or login send to it"),
            (RelayStep::Content, _) => ("refuses the mail", "see the relay's log"),
        };
        let space = if words.is_empty() { "" } else { " " };
        format!("{place} {what} ({code}{space}{words}): {remedy}")
    }
}

impl std::fmt::Display for MailFault {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let place = &self.place;
        let doing = match self.step {
            RelayStep::Connect => "the connection was made",
            RelayStep::StartTls => "TLS was begun",
            RelayStep::Login => "it was logged in to",
            RelayStep::Sender | RelayStep::Recipient | RelayStep::Content => "it was given the mail",
        };
        match &self.cause {
            Cause::NameNotFound(reason) => {
                write!(out, "no address is known for {place} ({reason}): correct mail.host, or this machine's name service")
            }
            Cause::ConnectionRefused => {
                write!(out, "nobody listens at {place}: correct mail.host and mail.port, and see whether the relay runs")
            }
            Cause::Unreachable(reason) => write!(
                out,
                "{place} cannot be reached ({reason}): correct mail.host and mail.port, and see whether a firewall is in the way"
            ),
            Cause::Stalled(after) => {
                write!(out, "{place} did not answer within {after:?} while {doing}: see whether it is overloaded, or a firewall in the way")
            }
            Cause::BrokenOff => {
                write!(out, "{place} ended the connection while {doing}: see the relay's log, and whether mail.security fits mail.port")
            }
            Cause::NotSmtp => {
                write!(out, "{place} does not speak SMTP: correct mail.port; with TLS from the start mail.security is \"tls\"")
            }
            Cause::UnknownAuthority => write!(
                out,
                "the certificate of {place} is from an authority that is not trusted here: name a file with that authority in mail.ca"
            ),
            Cause::WrongName => {
                write!(out, "the certificate of {place} is not valid for this name: set mail.host to a name that it is valid for")
            }
            Cause::OutOfDate => {
                write!(out, "the certificate of {place} is not valid at this time: have it renewed, or set this machine's clock right")
            }
            Cause::Tls(reason) => {
                write!(out, "TLS with {place} fails ({reason}): see whether mail.security fits mail.port, \"starttls\" 587 and \"tls\" 465")
            }
            Cause::NoStartTls => write!(
                out,
                "{place} does not offer STARTTLS, and nothing is sent in clear: offer it there, or set mail.security = \"tls\" and the port for it"
            ),
            Cause::NoLogin => {
                write!(out, "{place} offers no login by PLAIN or LOGIN: offer it there, or take mail.user and mail.password out")
            }
            Cause::Answer(code, words) => out.write_str(&self.answered(*code, words)),
            Cause::NotAscii => {
                write!(out, "{place} does not take addresses with letters beyond ASCII (SMTPUTF8): change the account's mail address")
            }
            Cause::Unwritable(reason) => out.write_str(reason),
            Cause::File(reason) => {
                write!(out, "no mail can be written into {place} ({reason}): see who may write there, and whether its disk is full")
            }
        }
    }
}

fn of_source(error: &smtp::Error) -> Cause {
    if let Some(cause) = find::<rustls::Error>(error).map(of_tls).or_else(|| find::<io::Error>(error).map(of_io)) {
        return cause;
    }
    match error.source().map(ToString::to_string).as_deref() {
        // What lettre says of an end in the middle of an answer.
        Some("incomplete response") => Cause::BrokenOff,
        Some(_) | None => Cause::NotSmtp,
    }
}

/// What an error of the socket says.
pub fn of_io(error: &io::Error) -> Cause {
    if let Some(tls) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        return of_tls(tls);
    }
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Cause::ConnectionRefused,
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe => {
            Cause::BrokenOff
        }
        io::ErrorKind::InvalidData => Cause::NotSmtp,
        _ => Cause::Unreachable(error.to_string()),
    }
}

fn of_tls(error: &rustls::Error) -> Cause {
    match error {
        // A bad signature: an authority of the same name, but another key, as one that was made anew.
        rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::BadSignature) => Cause::UnknownAuthority,
        rustls::Error::InvalidCertificate(CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }) => {
            Cause::WrongName
        }
        rustls::Error::InvalidCertificate(
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. },
        ) => Cause::OutOfDate,
        other => Cause::Tls(other.to_string()),
    }
}

/// The first error of type `E` among the sources of `error`, and within its errors of the socket.
fn find<E: Error + 'static>(error: &smtp::Error) -> Option<&E> {
    let mut source = error.source();
    while let Some(error) = source {
        let inner = error.downcast_ref::<io::Error>().and_then(|error| error.get_ref()).and_then(|inner| inner.downcast_ref::<E>());
        if let Some(found) = inner.or_else(|| error.downcast_ref::<E>()) {
            return Some(found);
        }
        source = error.source();
    }
    None
}

/// What a relay says, on one line, cut to [`MAX_WORDS`] characters, without what could be a token or a password: a relay
/// may quote the link that it takes for spam.
fn spoken(words: &str) -> String {
    let mut kept = String::new();
    for word in words.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        if !kept.is_empty() {
            kept.push(' ');
        }
        kept.push_str(if has_secret_form(word) { "…" } else { word });
    }
    kept.chars().take(MAX_WORDS).collect()
}

/// Whether a token (43 characters) or a generated password (23) may be within `word`.
fn has_secret_form(word: &str) -> bool {
    let alike = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_' || c == '=';
    word.split(|c: char| !alike(c)).any(|run| run.len() >= SHORTEST_SECRET)
}

/// Characters of a relay's words that are kept.
const MAX_WORDS: usize = 200;

/// Characters in a row, from which on a word is not repeated: fewer than a generated password has.
const SHORTEST_SECRET: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(step: RelayStep, cause: Cause) -> MailFault {
        MailFault { place: "relay.example.org:587".to_owned(), step, cause }
    }

    #[test]
    fn what_the_relay_says_of_this_mail_is_for_good() {
        let answer = |code| Cause::Answer(code, "no".to_owned());
        for (step, cause, for_good) in [
            (RelayStep::Recipient, answer(550), true),
            (RelayStep::Sender, answer(553), true),
            (RelayStep::Content, answer(554), true),
            (RelayStep::Recipient, answer(450), false),
            (RelayStep::Content, answer(421), false),
            (RelayStep::Connect, answer(554), false),
            (RelayStep::Login, answer(535), false),
            (RelayStep::Sender, answer(530), false),
            (RelayStep::Recipient, Cause::NotAscii, true),
            (RelayStep::Connect, Cause::ConnectionRefused, false),
            (RelayStep::StartTls, Cause::UnknownAuthority, false),
            (RelayStep::StartTls, Cause::NoStartTls, false),
            (RelayStep::Content, Cause::Stalled(Duration::from_secs(30)), false),
        ] {
            assert_eq!(fault(step, cause.clone()).is_for_good(), for_good, "{step:?} {cause:?}");
        }
    }

    #[test]
    fn each_text_says_where_and_what_to_do_and_fits() {
        let reason = "x".repeat(MAX_WORDS);
        for cause in [
            Cause::NameNotFound(reason.clone()),
            Cause::ConnectionRefused,
            Cause::Unreachable(reason.clone()),
            Cause::Stalled(Duration::from_secs(30)),
            Cause::BrokenOff,
            Cause::NotSmtp,
            Cause::UnknownAuthority,
            Cause::WrongName,
            Cause::OutOfDate,
            Cause::NoStartTls,
            Cause::NoLogin,
            Cause::NotAscii,
            Cause::Answer(550, reason),
        ] {
            let text = fault(RelayStep::Recipient, cause).to_string();
            assert!(text.contains("relay.example.org:587") && text.contains(": "), "{text}");
            assert!(text.len() <= crate::domain::outbox::MAX_FAULT, "{} bytes: {text}", text.len());
        }
    }

    #[test]
    fn what_could_be_a_secret_is_not_repeated() {
        for (words, kept) in [
            ("5.7.1 message has https://a.example.org/r/AbCdEfGhIjKlMnOpQrStUvWxYz012345678-_AbCdEf in it", "5.7.1 message has … in it"),
            ("see ABCDE-FGHJK-LMNPQ-RSTUV", "see …"),
            ("5.1.1 <louisem@example.org>:\r\n  user unknown", "5.1.1 <louisem@example.org>: user unknown"),
        ] {
            assert_eq!(spoken(words), kept);
        }
    }
}
