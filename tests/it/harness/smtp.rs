//! A relay that takes mails, or misbehaves as a test tells it to.

mod dialogue;

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::mails::{Mail, read};
use dialogue::Dialogue;

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

/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
