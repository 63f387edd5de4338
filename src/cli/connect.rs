//! How the command line reaches the daemon: over its Unix socket, or over the network with a name and a password.
//! What goes wrong on the way is put into words here.

use std::io;
use std::net::IpAddr;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};
use ldap3::{LdapConnAsync, LdapConnSettings, LdapError, StdStream};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{CertificateError, ClientConfig, RootCertStore};

use super::failure::{Failure, WHICH_PORT};
use super::input;
use super::session::{LdapSession, SignInAs};
use crate::config::{self, Severity, Sources};
use crate::secret::Secret;

/// How the daemon is reached, and as whom.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Connection")]
pub struct ConnectionArguments {
    /// The configuration file of the daemon on this machine, which names its Unix socket
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where the daemon is: ldapi:///path/to/socket, ldaps://host or ldap://host
    ///
    /// Without it, the Unix socket of the daemon on this machine, as the user who runs the command: root is
    /// administrator there.
    #[arg(long, global = true, value_name = "URI")]
    uri: Option<String>,
    /// The DN to sign in as
    #[arg(long, global = true, value_name = "DN")]
    bind_dn: Option<String>,
    /// A file with the password to sign in with (- for standard input); without it, it is asked for
    #[arg(long, global = true, value_name = "FILE")]
    bind_password_file: Option<PathBuf>,
    /// Encrypt an ldap:// connection: auto does so except to this machine itself
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value = "auto", default_missing_value = "always")]
    #[arg(num_args = 0..=1, require_equals = true)]
    starttls: StartTls,
    /// The certificates (PEM) of the authorities to trust, instead of those that this machine trusts
    #[arg(long, global = true, value_name = "FILE")]
    ca_file: Option<PathBuf>,
}

/// When an `ldap://` connection is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum StartTls {
    /// Except to this machine itself
    Auto,
    /// In any case
    Always,
    /// In no case: the daemon refuses passwords then, unless it is told to take them
    Never,
}

/// Where the daemon is.
#[derive(Clone, Debug, PartialEq)]
enum DaemonPlace {
    Socket(PathBuf),
    Network { uri: String, host: String, encryption: Encryption },
}

/// How a network connection is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encryption {
    None,
    StartTls,
    FromTheStart,
}

impl ConnectionArguments {
    /// Connects and signs in.
    pub async fn open(&self) -> Result<LdapSession, Failure> {
        let place = self.place()?;
        if matches!(place, DaemonPlace::Network { .. }) && self.bind_dn.is_none() {
            let failure = Failure::usage("--uri names a daemon on the network, which asks for a name and a password");
            return Err(failure.with_remedy("add --bind-dn uid=LOGIN,ou=people,SUFFIX"));
        }
        // Asked for first: nobody should type at a connection that times out meanwhile.
        let signed_in = match &self.bind_dn {
            Some(dn) => SignInAs::As { dn: dn.clone(), password: self.password(dn)? },
            None => SignInAs::ByTheSocket,
        };
        let connecting = connect(&place, self.ca_file.as_deref());
        let (connection, ldap) = match tokio::time::timeout(CONNECT_TIMEOUT, connecting).await {
            Ok(done) => done?,
            Err(_) => return Err(silent(&place)),
        };
        // Its error reaches the operation that waits for an answer.
        tokio::spawn(connection.drive());
        LdapSession::sign_in(ldap, signed_in).await
    }

    fn password(&self, dn: &str) -> Result<Secret, Failure> {
        match &self.bind_password_file {
            Some(path) => input::password_from_file(path),
            None => input::password_from_terminal(&format!("Password of {dn}: "), "--bind-password-file"),
        }
    }

    fn place(&self) -> Result<DaemonPlace, Failure> {
        let Some(uri) = &self.uri else {
            return self.socket().map(DaemonPlace::Socket);
        };
        if self.config.is_some() {
            return Err(Failure::usage("--config names a daemon on this machine and --uri another one: give one of the two"));
        }
        let (scheme, rest) = uri.split_once("://").ok_or_else(|| unclear(uri))?;
        let host = host_of(rest);
        match scheme.to_ascii_lowercase().as_str() {
            "ldapi" => Ok(DaemonPlace::Socket(socket_path(rest, uri)?)),
            _ if host.is_empty() => Err(unclear(uri)),
            "ldaps" => Ok(DaemonPlace::Network { uri: uri.clone(), host, encryption: Encryption::FromTheStart }),
            "ldap" => {
                let encryption = match self.starttls {
                    StartTls::Always => Encryption::StartTls,
                    StartTls::Auto if !is_this_machine(&host) => Encryption::StartTls,
                    StartTls::Auto | StartTls::Never => Encryption::None,
                };
                Ok(DaemonPlace::Network { uri: uri.clone(), host, encryption })
            }
            _ => Err(unclear(uri)),
        }
    }
}

impl ConnectionArguments {
    /// The socket that the configuration file names; the usual one if no file is given and none is in its usual place.
    fn socket(&self) -> Result<PathBuf, Failure> {
        let file = self.config.clone().or_else(|| Some(PathBuf::from(super::DEFAULT_CONFIG)).filter(|usual| usual.exists()));
        let loaded = config::load(&Sources::of_process(file, Vec::new()));
        let errors: Vec<String> =
            loaded.problems.iter().filter(|problem| problem.severity == Severity::Error).map(ToString::to_string).collect();
        // A usual file that this user may not read says nothing about where the socket is; one that was named must be
        // right.
        if self.config.is_some() && !errors.is_empty() {
            return Err(Failure::usage(format!("the configuration is wrong:\n  {}", errors.join("\n  "))));
        }
        let socket = loaded.config.ldap.socket;
        if socket.as_os_str().is_empty() {
            let failure = Failure::usage("the configuration turns the Unix socket off (ldap.socket is empty)");
            return Err(failure.with_remedy("sign in over the network with --uri and --bind-dn"));
        }
        Ok(socket)
    }
}

async fn connect(place: &DaemonPlace, ca_file: Option<&Path>) -> Result<(LdapConnAsync, ldap3::Ldap), Failure> {
    let settings = LdapConnSettings::new();
    match place {
        DaemonPlace::Socket(path) => {
            let stream = UnixStream::connect(path).map_err(|error| no_socket(path, &error))?;
            let settings = settings.set_std_stream(StdStream::Unix(stream));
            LdapConnAsync::with_settings(settings, "ldapi:///").await.map_err(|error| explain(place, error))
        }
        DaemonPlace::Network { uri, encryption, .. } => {
            let settings = match encryption {
                Encryption::None => settings,
                Encryption::StartTls => settings.set_starttls(true).set_config(trust(ca_file)?),
                Encryption::FromTheStart => settings.set_config(trust(ca_file)?),
            };
            LdapConnAsync::with_settings(settings, uri).await.map_err(|error| explain(place, error))
        }
    }
}

/// TLS that trusts the authorities in `ca_file`, or else those that the machine trusts.
fn trust(ca_file: Option<&Path>) -> Result<Arc<ClientConfig>, Failure> {
    let mut roots = RootCertStore::empty();
    match ca_file {
        Some(path) => {
            let unreadable = |why: String| Failure::usage(format!("cannot use --ca-file {}: {why}", path.display()));
            let pem = std::fs::read(path).map_err(|error| unreadable(error.to_string()))?;
            for certificate in CertificateDer::pem_slice_iter(&pem) {
                let certificate = certificate.map_err(|error| unreadable(error.to_string()))?;
                roots.add(certificate).map_err(|error| unreadable(error.to_string()))?;
            }
            if roots.is_empty() {
                return Err(unreadable("there is no certificate (PEM) in it".to_owned()));
            }
        }
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    Ok(Arc::new(ClientConfig::builder().with_root_certificates(roots).with_no_client_auth()))
}

fn no_socket(path: &Path, error: &io::Error) -> Failure {
    let shown = path.display();
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => Failure::connect(format!("no daemon is running behind {shown}"))
            .with_remedy(
                "start it: systemctl start bindery (or: bindery serve --config FILE); is it elsewhere, say so with --uri and --bind-dn",
            ),
        io::ErrorKind::PermissionDenied => Failure::connect(format!("you may not use the socket {shown}"))
            .with_remedy("run the command as root, or sign in over the network with --uri and --bind-dn"),
        _ => Failure::connect(format!("cannot connect to {shown}: {error}")),
    }
}

fn silent(place: &DaemonPlace) -> Failure {
    let failure = Failure::connect(format!("no answer from {} within {} seconds", name(place), CONNECT_TIMEOUT.as_secs()));
    failure.with_remedy("is the port right, and does a firewall let it through? ldaps:// listens on 636, ldap:// on 389")
}

fn explain(place: &DaemonPlace, error: LdapError) -> Failure {
    let name = name(place);
    match error {
        LdapError::Io { source } => match tls_error(&source) {
            Some(rustls::Error::InvalidCertificate(why)) => not_trusted(&name, why),
            Some(tls) => Failure::connect(format!("no encrypted connection to {name}: {tls}")).with_remedy(WHICH_PORT),
            None => unreachable(&name, &source),
        },
        LdapError::LdapResult { result } => Failure::from_result(&format!("encrypt the connection to {name}"), &result).into_connect(),
        LdapError::DNSName { .. } => {
            let failure = Failure::usage(format!("{name} cannot be compared with the name in a certificate"));
            failure.with_remedy("give the host's name, or an IPv4 address")
        }
        LdapError::UrlParsing { source } => Failure::usage(format!("--uri is not well formed: {source}")),
        other => Failure::connect(format!("{name} does not answer in LDAP: {other}")).with_remedy(WHICH_PORT),
    }
}

fn unreachable(name: &str, error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => {
            let failure = Failure::connect(format!("{name} refuses the connection: nothing listens there"));
            failure.with_remedy("is the daemon running (systemctl status bindery), and is the port right?")
        }
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset => {
            Failure::connect(format!("{name} hung up")).with_remedy(WHICH_PORT)
        }
        _ => Failure::connect(format!("cannot connect to {name}: {error}")),
    }
}

fn not_trusted(name: &str, why: &CertificateError) -> Failure {
    let (problem, remedy) = match why {
        CertificateError::UnknownIssuer | CertificateError::BadSignature => (
            "nobody whom this machine trusts has signed its certificate".to_owned(),
            "give the certificate of the authority that signed it with --ca-file",
        ),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            ("its certificate is for another name".to_owned(), "write in --uri the name that the certificate was made for")
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            ("its certificate has expired".to_owned(), "renew it on the daemon's machine; is the clock of this machine right?")
        }
        other => (format!("its certificate cannot be used: {other}"), "renew it on the daemon's machine"),
    };
    Failure::connect(format!("no encrypted connection to {name}: {problem}")).with_remedy(remedy)
}

fn tls_error(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref::<rustls::Error>()
}

fn name(place: &DaemonPlace) -> String {
    match place {
        DaemonPlace::Socket(path) => path.display().to_string(),
        DaemonPlace::Network { uri, .. } => uri.clone(),
    }
}

fn unclear(uri: &str) -> Failure {
    let failure = Failure::usage(format!("--uri {uri} is not an address of a daemon"));
    failure.with_remedy("write ldapi:///path/to/socket, ldaps://host[:port] or ldap://host[:port]")
}

/// The host of `host:port/...`, without the brackets of an IPv6 address.
fn host_of(rest: &str) -> String {
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    match authority.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
        Some((address, _)) => address.to_owned(),
        None => authority.rsplit_once(':').map_or(authority, |(host, _)| host).to_owned(),
    }
}

fn is_this_machine(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The path in an `ldapi://` URI: as it is, or with `%2F` for each slash as OpenLDAP's tools want it.
fn socket_path(rest: &str, uri: &str) -> Result<PathBuf, Failure> {
    if rest.is_empty() || rest == "/" {
        return Ok(PathBuf::from(DEFAULT_SOCKET));
    }
    let rest = if rest.starts_with('/') { rest } else { rest.trim_end_matches('/') };
    let mut path = Vec::new();
    let mut bytes = rest.bytes();
    while let Some(byte) = bytes.next() {
        path.push(match byte {
            b'%' => {
                let digits = [bytes.next(), bytes.next()].map(|digit| digit.and_then(|digit| (digit as char).to_digit(16)));
                let [Some(high), Some(low)] = digits else { return Err(unclear(uri)) };
                (high * 16 + low) as u8
            }
            _ => byte,
        });
    }
    let path = String::from_utf8(path).map_err(|_| unclear(uri))?;
    if path.starts_with('/') { Ok(PathBuf::from(path)) } else { Err(unclear(uri)) }
}

/// Where the daemon's Unix socket is if nothing else is said.
const DEFAULT_SOCKET: &str = "/run/bindery/ldapi";
/// How long connecting may take, TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use super::*;

    fn connection(uri: Option<&str>, starttls: StartTls) -> ConnectionArguments {
        ConnectionArguments { config: None, uri: uri.map(str::to_owned), bind_dn: None, bind_password_file: None, starttls, ca_file: None }
    }

    #[test]
    fn uris_name_sockets_and_hosts() {
        for (uri, path) in [
            ("ldapi:///run/x/ldapi", "/run/x/ldapi"),
            ("ldapi://%2Frun%2Fx%2Fldapi", "/run/x/ldapi"),
            ("LDAPI://%2frun%2fa%20b/", "/run/a b"),
            ("ldapi:///", DEFAULT_SOCKET),
            ("ldapi://", DEFAULT_SOCKET),
        ] {
            let place = connection(Some(uri), StartTls::Auto).place().unwrap();
            assert_eq!(place, DaemonPlace::Socket(PathBuf::from(path)), "{uri}");
        }
        for uri in ["ldap.example.org", "http://x", "ldap://", "ldaps:///", "ldapi://relative", "ldapi://%2", "ldapi://%zz"] {
            assert!(connection(Some(uri), StartTls::Auto).place().is_err(), "{uri}");
        }
    }

    #[test]
    fn the_configuration_names_the_socket() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("bindery.toml");
        let socket = |text: &str| {
            std::fs::write(&file, text).unwrap();
            ConnectionArguments { config: Some(file.clone()), ..connection(None, StartTls::Auto) }.socket()
        };
        assert_eq!(socket("[ldap]\nsocket = \"/tmp/x/ldapi\"\n").unwrap(), PathBuf::from("/tmp/x/ldapi"));
        assert!(socket("[ldap]\nsocket = \"\"\n").unwrap_err().problem.contains("turns the Unix socket off"));
        assert!(socket("[ldap]\nsokket = \"x\"\n").unwrap_err().problem.contains("did you mean ldap.socket?"));
    }

    #[test]
    fn a_connection_beyond_this_machine_is_encrypted_unless_told_otherwise() {
        for (uri, starttls, expected) in [
            ("ldap://localhost", StartTls::Auto, Encryption::None),
            ("ldap://127.8.9.1:3890", StartTls::Auto, Encryption::None),
            ("ldap://[::1]:3890", StartTls::Auto, Encryption::None),
            ("ldap://localhost", StartTls::Always, Encryption::StartTls),
            ("ldap://ldap.example.org", StartTls::Auto, Encryption::StartTls),
            ("ldap://localhost.example.org", StartTls::Auto, Encryption::StartTls),
            ("ldap://192.0.2.1:389/", StartTls::Auto, Encryption::StartTls),
            ("ldap://ldap.example.org", StartTls::Never, Encryption::None),
            ("ldaps://ldap.example.org", StartTls::Never, Encryption::FromTheStart),
            ("ldaps://127.0.0.1:6360", StartTls::Auto, Encryption::FromTheStart),
        ] {
            match connection(Some(uri), starttls).place().unwrap() {
                DaemonPlace::Network { encryption, .. } => assert_eq!(encryption, expected, "{uri}"),
                DaemonPlace::Socket(path) => panic!("{uri} is taken for {path:?}"),
            }
        }
    }
}
