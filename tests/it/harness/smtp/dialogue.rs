//! What a relay says and hears on one connection, as far as mails need SMTP (RFC 5321), STARTTLS and AUTH.

use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::{At, Does, Received, Shared};

/// One connection, as the relay sees it.
pub(super) struct Dialogue<'a> {
    shared: &'a Shared,
    wire: BufReader<Wire>,
    raw: TcpStream,
    over_tls: bool,
    hello: String,
    from: String,
    to: Vec<String>,
    login: Option<String>,
}

/// Nothing more is said on this connection.
pub(super) struct Over;

impl From<io::Error> for Over {
    fn from(_: io::Error) -> Over {
        Over
    }
}

impl<'a> Dialogue<'a> {
    /// Says and hears all there is on `stream`.
    pub(super) fn hold(stream: TcpStream, shared: &'a Shared) -> Result<(), Over> {
        let raw = stream.try_clone()?;
        let wire = BufReader::new(Wire::Clear(stream));
        let (hello, from, to) = (String::new(), String::new(), Vec::new());
        let mut dialogue = Dialogue { shared, wire, raw, over_tls: false, hello, from, to, login: None };
        if shared.offer.implicit {
            dialogue.handshake()?;
        }
        dialogue.at(At::Greeting, "", |_| Ok("220 relay.example.org ESMTP".to_owned()))?;
        loop {
            let line = dialogue.line()?;
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
            dialogue.command(&verb, &line)?;
        }
    }

    fn command(&mut self, verb: &str, line: &str) -> Result<(), Over> {
        match verb {
            "EHLO" => self.at(At::Hello, line, |it| Ok(it.greets(line))),
            "STARTTLS" => self.start_tls(line),
            "AUTH" => self.at(At::Auth, line, |it| it.auth(line)),
            "MAIL" if self.shared.offer.login.is_some() && self.login.is_none() => self.say("530 5.7.0 Authentication required"),
            "MAIL" => self.at(At::Sender, line, |it| {
                it.from = path(line);
                Ok("250 2.1.0 ok".to_owned())
            }),
            "RCPT" => self.at(At::Recipient, line, |it| {
                it.to.push(path(line));
                Ok("250 2.1.5 ok".to_owned())
            }),
            "DATA" => {
                self.at(At::Data, line, |_| Ok("354 go on".to_owned()))?;
                // Where it answered something else, no mail follows.
                if self.shared.misbehaves.lock().unwrap().contains_key(&At::Data) { Ok(()) } else { self.content() }
            }
            "QUIT" => {
                self.say("221 2.0.0 bye")?;
                Err(Over)
            }
            _ => self.say("500 5.5.2 what?"),
        }
    }

    /// Does what it should at this point, or what it was told to.
    fn at(&mut self, at: At, sent: &str, should: impl FnOnce(&mut Self) -> Result<String, Over>) -> Result<(), Over> {
        self.shared.reached.lock().unwrap().push(at);
        let does = self.shared.misbehaves.lock().unwrap().get(&at).cloned();
        match does {
            None => {
                let answer = should(self)?;
                self.say(&answer)
            }
            Some(Does::Answers(answer)) => self.say(answer),
            Some(Does::Quotes(code)) => self.say(&format!("{code} 5.0.0 I do not like {}", sent.replace(['\r', '\n'], " "))),
            Some(Does::Stalls) => self.stall(at),
            Some(Does::TakesAndBreaksOff) => {
                should(self)?;
                Err(Over)
            }
            Some(Does::TakesAndStalls) => {
                should(self)?;
                self.stall(at)
            }
            Some(Does::BreaksOff) => Err(Over),
        }
    }

    fn greets(&mut self, line: &str) -> String {
        self.hello = line[4..].trim().to_owned();
        let offer = &self.shared.offer;
        let mut answer = "250-relay.example.org".to_owned();
        if offer.certificate.is_some() && !self.over_tls {
            answer.push_str("\r\n250-STARTTLS");
        }
        if offer.login.is_some() {
            write!(answer, "\r\n250-AUTH {}", offer.mechanisms.unwrap_or("PLAIN LOGIN")).unwrap();
        }
        answer + "\r\n250 8BITMIME"
    }

    fn start_tls(&mut self, line: &str) -> Result<(), Over> {
        let injected = self.shared.offer.injected;
        self.at(At::StartTls, line, |_| Ok(format!("220 2.0.0 go on{}{injected}", if injected.is_empty() { "" } else { "\r\n" })))?;
        self.handshake()
    }

    fn handshake(&mut self) -> Result<(), Over> {
        let config = self.shared.offer.certificate.clone().ok_or(Over)?;
        let connection = ServerConnection::new(config).map_err(|_| Over)?;
        self.wire = BufReader::new(Wire::Tls(Box::new(StreamOwned::new(connection, self.raw.try_clone()?))));
        self.over_tls = true;
        Ok(())
    }

    fn auth(&mut self, line: &str) -> Result<String, Over> {
        let words: Vec<&str> = line.split(' ').collect();
        let given = match words.get(1).map(|word| word.to_uppercase()).as_deref() {
            Some("PLAIN") => {
                let decoded = decoded(words.get(2).unwrap_or(&""));
                decoded.split('\0').skip(1).map(str::to_owned).collect::<Vec<_>>()
            }
            Some("LOGIN") => vec![self.ask("Username:")?, self.ask("Password:")?],
            _ => Vec::new(),
        };
        match self.shared.offer.login {
            Some((login, password)) if given == [login, password] => {
                self.login = Some(login.to_owned());
                Ok("235 2.7.0 welcome".to_owned())
            }
            _ => Ok(format!("535 5.7.8 not with {}", given.last().map(String::as_str).unwrap_or_default())),
        }
    }

    fn ask(&mut self, question: &str) -> Result<String, Over> {
        self.say(&format!("334 {}", STANDARD.encode(question)))?;
        Ok(decoded(&self.line()?))
    }

    /// RFC 5321 §4.5.2: up to a line with one dot; a line's first dot is not part of it.
    fn content(&mut self) -> Result<(), Over> {
        let mut source = String::new();
        loop {
            let line = self.line()?;
            if line == "." {
                break;
            }
            source.push_str(line.strip_prefix('.').unwrap_or(&line));
            source.push_str("\r\n");
        }
        let sent = source.clone();
        self.at(At::Content, &sent, |it| {
            let (hello, from, to) = (it.hello.clone(), std::mem::take(&mut it.from), std::mem::take(&mut it.to));
            let received = Received { hello, from, to, source, over_tls: it.over_tls, login: it.login.clone() };
            it.shared.received.lock().unwrap().push(received);
            Ok("250 2.0.0 taken".to_owned())
        })
    }

    /// Says nothing until it is to behave again, or ends.
    fn stall(&self, at: At) -> Result<(), Over> {
        while self.shared.misbehaves.lock().unwrap().contains_key(&at) && !self.shared.ends.load(Ordering::SeqCst) {
            thread::sleep(Duration::from_millis(20));
        }
        Err(Over)
    }

    fn line(&mut self) -> Result<String, Over> {
        let mut line = String::new();
        match self.wire.read_line(&mut line)? {
            0 => Err(Over),
            _ => Ok(line.trim_end_matches(['\r', '\n']).to_owned()),
        }
    }

    fn say(&mut self, answer: &str) -> Result<(), Over> {
        self.wire.get_mut().write_all(format!("{answer}\r\n").as_bytes())?;
        Ok(self.wire.get_mut().flush()?)
    }
}

enum Wire {
    Clear(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Wire::Clear(stream) => stream.read(buffer),
            Wire::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Wire {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        match self {
            Wire::Clear(stream) => stream.write(buffer),
            Wire::Tls(stream) => stream.write(buffer),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Wire::Clear(stream) => stream.flush(),
            Wire::Tls(stream) => stream.flush(),
        }
    }
}

/// `a@b` of `MAIL FROM:<a@b> …`.
fn path(line: &str) -> String {
    line.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(path, _)| path.to_owned()).unwrap_or_default()
}

fn decoded(text: &str) -> String {
    String::from_utf8(STANDARD.decode(text).unwrap_or_default()).unwrap_or_default()
}
