//! Opens the listeners: those that systemd hands over, or those of the configuration.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};

use listenfd::ListenFd;
use tokio::net::{TcpListener, UnixListener, UnixStream};

use crate::config::Config;

/// Everything that listens.
#[derive(Debug, Default)]
pub struct Listeners {
    /// `ldap://`.
    pub ldap: Vec<TcpListener>,
    /// `ldaps://`.
    pub ldaps: Vec<TcpListener>,
    /// `ldapi://`.
    pub ldapi: Vec<UnixListener>,
    /// The people's pages.
    pub web: Vec<TcpListener>,
    /// `/metrics` and `/healthz`.
    pub metrics: Vec<TcpListener>,
    /// Whether this process made the Unix socket, and so removes it.
    pub own_socket: bool,
}

/// Why there is no listener.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The address is taken, or not to be had.
    #[error("{key}: cannot listen on {address}: {error}; {remedy}")]
    Address {
        /// The setting.
        key: &'static str,
        /// The address.
        address: SocketAddr,
        /// What the system says.
        error: io::Error,
        /// What to do.
        remedy: &'static str,
    },
    /// The Unix socket cannot be made.
    #[error("ldap.socket: cannot listen on {0}: {1}; name a path in a directory that the daemon's user may write to, or \"\" for none")]
    Socket(PathBuf, io::Error),
    /// Another daemon is there.
    #[error("ldap.socket: another daemon answers on {0}; stop it first, or name another path")]
    Taken(PathBuf),
    /// What systemd handed over is no such socket.
    #[error("systemd handed over a socket that is not what its FileDescriptorName= says: {0}")]
    Inherited(io::Error),
}

/// The listeners of `config`; a kind that systemd hands over (`FileDescriptorName=` ldap, ldaps, ldapi, web or metrics)
/// is taken from there instead.
///
/// # Errors
/// The first that cannot be had.
pub async fn listeners(config: &Config) -> Result<Listeners, ListenError> {
    let mut found = inherited().map_err(ListenError::Inherited)?;
    if found.ldap.is_empty() {
        found.ldap = open("ldap.listen", &config.ldap.listen).await?;
    }
    if found.ldaps.is_empty() && config.tls_configured() {
        found.ldaps = open("ldap.tls_listen", &config.ldap.tls_listen).await?;
    }
    if !config.pages_configured() {
        found.web.clear();
    } else if found.web.is_empty() {
        found.web = open("web.listen", &config.web.listen).await?;
    }
    if found.metrics.is_empty() {
        found.metrics = open("metrics.listen", &config.metrics.listen).await?;
    }
    if found.ldapi.is_empty() && !config.ldap.socket.as_os_str().is_empty() {
        found.ldapi = vec![unix(&config.ldap.socket).await?];
        found.own_socket = true;
    }
    Ok(found)
}

/// What systemd hands over (sd_listen_fds(3)); nothing if it did not start this process.
fn inherited() -> io::Result<Listeners> {
    let names = std::env::var("LISTEN_FDNAMES").unwrap_or_default();
    let mut handed = ListenFd::from_env();
    let mut found = Listeners::default();
    for (index, name) in names.split(':').enumerate().take(handed.len()) {
        let kind = match name {
            "ldap" => &mut found.ldap,
            "ldaps" => &mut found.ldaps,
            "web" => &mut found.web,
            "metrics" => &mut found.metrics,
            "ldapi" => {
                if let Some(listener) = handed.take_unix_listener(index)? {
                    listener.set_nonblocking(true)?;
                    found.ldapi.push(UnixListener::from_std(listener)?);
                }
                continue;
            }
            other => {
                tracing::warn!(
                    name = other,
                    "systemd hands over a socket of a name that is not known; use ldap, ldaps, ldapi, web or metrics"
                );
                continue;
            }
        };
        if let Some(listener) = handed.take_tcp_listener(index)? {
            listener.set_nonblocking(true)?;
            kind.push(TcpListener::from_std(listener)?);
        }
    }
    Ok(found)
}

async fn open(key: &'static str, addresses: &[SocketAddr]) -> Result<Vec<TcpListener>, ListenError> {
    let mut listeners = Vec::with_capacity(addresses.len());
    for &address in addresses {
        let listener = tcp(address).await.map_err(|error| ListenError::Address { key, address, remedy: remedy(&error), error })?;
        listeners.push(listener);
    }
    Ok(listeners)
}

/// A machine without IPv6 serves `[::]` as `0.0.0.0`.
async fn tcp(address: SocketAddr) -> io::Result<TcpListener> {
    match TcpListener::bind(address).await {
        Err(error) if address.is_ipv6() && address.ip().is_unspecified() && without_ipv6(&error) => {
            TcpListener::bind((Ipv4Addr::UNSPECIFIED, address.port())).await
        }
        other => other,
    }
}

fn without_ipv6(error: &io::Error) -> bool {
    let codes = [rustix::io::Errno::AFNOSUPPORT, rustix::io::Errno::ADDRNOTAVAIL];
    codes.iter().any(|code| error.raw_os_error() == Some(code.raw_os_error()))
}

fn remedy(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "give the daemon CAP_NET_BIND_SERVICE (its systemd unit does), or take a port above 1023",
        io::ErrorKind::AddrInUse => "stop what listens there, or take another port",
        io::ErrorKind::AddrNotAvailable => "take an address of this machine",
        _ => "take another address",
    }
}

/// Everybody on the machine may connect, as over the loopback; who is administrator is told by the peer's user id.
async fn unix(path: &Path) -> Result<UnixListener, ListenError> {
    let failed = |error| ListenError::Socket(path.to_owned(), error);
    if UnixStream::connect(path).await.is_ok() {
        return Err(ListenError::Taken(path.to_owned()));
    }
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(failed)?;
    }
    // Left behind by a daemon that was killed. What is no socket is somebody's file, and is not touched.
    if std::fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_socket()) {
        std::fs::remove_file(path).map_err(failed)?;
    }
    let listener = UnixListener::bind(path).map_err(failed)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o666)).map_err(failed)?;
    Ok(listener)
}
