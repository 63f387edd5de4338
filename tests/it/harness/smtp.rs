//! A relay that takes mails, or misbehaves as a test tells it to.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::mails::{Mail, read};

/// A relay that runs until this is dropped.
pub struct Sink {
    address: SocketAddr,
    shared: Arc<Shared>,
}

/// What a relay offers.
#[derive(Clone, Default)]
pub struct Offer {
    /// Its certificate; without one it speaks no TLS.
    pub certificate: Option<Arc<ServerConfig>>,
    /// TLS from the first byte, in place of STARTTLS.
    pub implicit: bool,
    /// The login and password without which it takes nothing.
    pub login: Option<(&'static str, &'static str)>,
    /// The mechanisms that it offers to log in by; `PLAIN LOGIN` if nothing else is said.
    pub mechanisms: Option<&'static str>,
    /// What comes behind its answer to STARTTLS, in the same segment and in clear.
    pub injected: &'static str,
}

/// A point of the dialogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum At {
    /** The greeting. */
    Greeting,
    /** EHLO. */
    Hello,
    /** STARTTLS. */
    StartTls,
    /** AUTH. */
    Auth,
    /** MAIL FROM. */
    Sender,
    /** RCPT TO. */
    Recipient,
    /** DATA. */
    Data,
    /** The end of the mail: it has it, and says what it does with it. */
    Content,
}

/// What it does at a point, in place of what it should.
#[derive(Clone, Debug)]
pub enum Does {
    /** Answers this, and does nothing. */
    Answers(&'static str),
    /** Nothing at all. */
    Stalls,
    /** Ends the connection. */
    BreaksOff,
    /** Takes the mail, and ends the connection before it says so. */
    TakesAndBreaksOff,
    /** Takes the mail, and does not say so. */
    TakesAndStalls,
    /** Repeats what it was sent in a refusal with this code. */
    Quotes(u16),
}

/// A mail as the relay got it.
#[derive(Clone, Debug)]
pub struct Received {
    /** As whom the client introduced itself. */
    pub hello: String,
    /** The sender of the envelope. */
    pub from: String,
    /** The recipients of the envelope. */
    pub to: Vec<String>,
    /** What was sent, without the dots. */
    pub source: String,
    /** Whether it came over TLS. */
    pub over_tls: bool,
    /** Who logged in. */
    pub login: Option<String>,
}

struct Shared {
    offer: Offer,
    misbehaves: Mutex<HashMap<At, Does>>,
    received: Mutex<Vec<Received>>,
    connections: AtomicUsize,
    reached: Mutex<Vec<At>>,
    ends: AtomicBool,
}

impl Sink {
    /// One on a free port that takes everything, in clear.
    pub fn start() -> Sink {
        Sink::with(Offer::default())
    }

    /// One that offers this.
    pub fn with(offer: Offer) -> Sink {
        Sink::at((Ipv4Addr::LOCALHOST, 0).into(), offer)
    }

    /// One at `address`.
    pub fn at(address: SocketAddr, offer: Offer) -> Sink {
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            offer,
            misbehaves: Mutex::default(),
            received: Mutex::default(),
            connections: AtomicUsize::new(0),
            reached: Mutex::default(),
            ends: AtomicBool::new(false),
        });
        let accepting = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if accepting.ends.load(Ordering::SeqCst) {
                    return;
                }
                accepting.connections.fetch_add(1, Ordering::SeqCst);
                let shared = Arc::clone(&accepting);
                // A client that goes away is none of the relay's troubles.
                thread::spawn(move || drop(Dialogue::hold(stream, &shared)));
            }
        });
        Sink { address, shared }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// From now on it `does` this at that point.
    pub fn misbehave(&self, at: At, does: Does) {
        self.shared.misbehaves.lock().unwrap().insert(at, does);
    }

    /// From now on it does what it should.
    pub fn behave(&self) {
        self.shared.misbehaves.lock().unwrap().clear();
    }

    /// What it has taken so far.
    pub fn received(&self) -> Vec<Received> {
        self.shared.received.lock().unwrap().clone()
    }

    /// How often somebody has connected.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// How often somebody has come to this point.
    pub fn reached(&self, at: At) -> usize {
        self.shared.reached.lock().unwrap().iter().filter(|reached| **reached == at).count()
    }

    /// Waits until it has taken `count` mails, and gives them.
    ///
    /// # Panics
    /// If they do not come in time.
    pub fn expect(&self, count: usize) -> Vec<Received> {
        until(|| self.received().len() >= count, || format!("{count} mails wanted; there are {:#?}", self.received()));
        self.received()
    }

    /// Waits until somebody has come to this point `count` times.
    ///
    /// # Panics
    /// If nobody does in time.
    pub fn expect_at(&self, at: At, count: usize) {
        until(|| self.reached(at) >= count, || format!("{at:?} was reached {} times, {count} wanted", self.reached(at)));
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.shared.ends.store(true, Ordering::SeqCst);
        // Wakes the listener.
        drop(TcpStream::connect(self.address));
    }
}

impl Received {
    /// As its reader sees it.
    pub fn mail(&self) -> Mail {
        read(String::new(), &self.source)
    }
}

/// Waits until `done`; `what` says what was waited for.
///
/// # Panics
/// If it takes longer than anything here may.
pub fn until(mut done: impl FnMut() -> bool, what: impl Fn() -> String) {
    let end = Instant::now() + PATIENCE;
    while !done() {
        assert!(Instant::now() < end, "{}", what());
        thread::sleep(Duration::from_millis(10));
    }
}

/// An authority, and certificates of its.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// Its own certificate, PEM.
    pub pem: String,
}

impl Authority {
    /// A new one.
    pub fn new() -> Authority {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        let pem = params.self_signed(&key).unwrap().pem();
        Authority { issuer: Issuer::new(params, key), pem }
    }

    /// A server's certificate for `name`; one that has run out if it is `old`.
    pub fn certify(&self, name: &str, old: bool) -> Arc<ServerConfig> {
        let (chain, key) = self.certificate(name, old);
        let chain = CertificateDer::pem_slice_iter(chain.as_bytes()).map(Result::unwrap).collect();
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
        Arc::new(ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).unwrap())
    }

    /// The same in PEM: certificate and key.
    pub fn certificate(&self, name: &str, old: bool) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        if old {
            (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
        }
        (params.signed_by(&key, &self.issuer).unwrap().pem(), key.serialize_pem())
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

/// One connection, as the relay sees it.
struct Dialogue<'a> {
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
struct Over;

impl From<io::Error> for Over {
    fn from(_: io::Error) -> Over {
        Over
    }
}

impl<'a> Dialogue<'a> {
    fn hold(stream: TcpStream, shared: &'a Shared) -> Result<(), Over> {
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

/// `a@b` of `MAIL FROM:<a@b> …`.
fn path(line: &str) -> String {
    line.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(path, _)| path.to_owned()).unwrap_or_default()
}

fn decoded(text: &str) -> String {
    String::from_utf8(STANDARD.decode(text).unwrap_or_default()).unwrap_or_default()
}

/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
