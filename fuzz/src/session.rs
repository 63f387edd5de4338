//! Whole connections: an octet says who has bound and over what, the rest is what the client sends, and the server is
//! all that lies behind a socket. Requests are answered in their order, protocol errors never in silence, the store
//! stays consistent and no credential goes out.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use bindery::clock::Clock;
use bindery::directory::{Actor, Caller, Directory, DirectorySettings, Hasher, HasherSettings, PosixDefaults};
use bindery::domain::access;
use bindery::domain::caller::Source;
use bindery::domain::credential::Cost;
use bindery::domain::dn::Dn;
use bindery::domain::id::Id;
use bindery::domain::password_policy::Policy;
use bindery::domain::reset;
use bindery::domain::session::Lifetime;
use bindery::domain::throttle::{self, Limit};
use bindery::domain::time::UnixTime;
use bindery::domain::tree::Tree;
use bindery::ldap::Certificate;
use bindery::ldap::fuzzing::{Transport, converse};
use bindery::ldap::{self, Limits};
use bindery::observe::metrics::Metrics;
use bindery::store::numbers::NumberRange;
use rustls::ServerConfig;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use super::consistency;
use super::octets::Octets;
use super::town;
use super::transcript;

/// Sends what is in `input` on a new connection.
pub fn run(input: &[u8]) {
    let mut octets = Octets::new(&input[..input.len().min(MAX_BYTES)]);
    let actor = [Actor::Anonymous, Actor::Account(town::USER), Actor::Account(town::MANAGER), Actor::Account(town::ADMINISTRATOR)];
    let state = usize::from(octets.below(48));
    let actor = [actor[0], actor[1], actor[2], actor[3], Actor::Service(town::APPLICATION), Actor::System][state % 6];
    let transport = [Transport::Plain, Transport::Tls, Transport::Socket, Transport::Plain][state / 6 % 4];
    let source = if transport == Transport::Socket { Source::Socket(1000) } else { Source::Address(ELSEWHERE) };
    let must_change = state >= 24 && matches!(actor, Actor::Account(Id(_)));
    let sent = octets.rest();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let directory = Arc::new(directory().await);
        let service = ldap::Service::new(Arc::clone(&directory), Arc::new(Metrics::new()), settings());
        let received = converse(&service, Caller { actor, source, must_change }, transport, sent).await.expect("a socket");
        transcript::check(sent, &received, actor != Actor::Anonymous);
        let shown = |octets: &[u8], word: &[u8]| octets.windows(word.len()).any(|window| window == word);
        assert!(!shown(&received, b"$argon2") || shown(sent, b"$argon2"), "a credential goes out");
        let rows = consistency::rows(directory.store());
        consistency::check(&rows);
        assert!(consistency::has_lasting_administrator(&rows), "the last administrator is gone");
    });
}

async fn directory() -> Directory {
    let range = |first| NumberRange { first, last: first + 9_999 };
    let settings = DirectorySettings {
        tree: Tree::new(Dn::parse(SUFFIX).expect("a constant")),
        organisation: "Example".into(),
        access: access::AccessSettings::default(),
        policy: Policy::default(),
        throttle: throttle::ThrottleSettings::default(),
        source_limit: Limit::default(),
        listed_sources: Vec::new(),
        member_of_with_star: true,
        posix: PosixDefaults {
            home: "/home/{uid}".into(),
            shell: "/bin/bash".into(),
            gid_number: 100,
            uid_numbers: range(10_000),
            gid_numbers: range(20_000),
        },
        look_through: 10_000,
        reset: reset::ResetSettings::default(),
        sessions: Lifetime::default(),
        sends_mail: true,
    };
    // The least there is: what Argon2 computes is not looked at here.
    let cost = Cost::new(8, 1, 1).expect("a constant");
    let hasher = Hasher::start(HasherSettings { threads: 1, cost, huge_pages: false, ..HasherSettings::default() });
    let clock = Clock::manual(UnixTime::from_secs(1_795_338_000));
    Directory::open(town::store(), hasher, clock, settings).await.expect("memory answers")
}

fn settings() -> ldap::Settings {
    static TLS: LazyLock<Arc<ServerConfig>> = LazyLock::new(|| {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let versions = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().expect("the defaults");
        Arc::new(versions.with_no_client_auth().with_cert_resolver(Arc::new(NoCertificate)))
    });
    let certificate = Certificate::none();
    certificate.replace(Arc::clone(&TLS));
    let limits = Limits { output_time: Duration::from_secs(2), ..Limits::default() };
    ldap::Settings { suffix: SUFFIX.into(), allow_cleartext: false, certificate, limits }
}

/// TLS is offered, and every handshake fails.
#[derive(Debug)]
struct NoCertificate;

impl ResolvesServerCert for NoCertificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        None
    }
}

/// An address from which passwords have to be encrypted.
const ELSEWHERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

const SUFFIX: &str = "dc=example,dc=org";

/// Octets of one conversation, at most: below every bound that a bind changes.
const MAX_BYTES: usize = 2000;
