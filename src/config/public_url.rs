//! The address that people know the pages by. Every link is built from it, and from nothing that a request says.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

/// Scheme, host and port, as browsers write them in `Origin` (RFC 6454 §6.1): in small letters, without the scheme's
/// own port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    secure: bool,
    host: String,
    port: Option<u16>,
}

/// What is wrong with an address of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublicUrlError {
    /// Neither http nor https.
    #[error("begins with neither https:// nor http://")]
    Scheme,
    /// More than scheme, host and port.
    #[error("has more than a host and a port: the pages are at the root of a host of their own")]
    More,
    /// No host, or none that a browser could ask for.
    #[error("names no host as browsers do: letters, digits, dots and hyphens; \"é\" and the like as xn--")]
    Host,
    /// A port that is none; 0, for the one that the pages got, leads nowhere but to this machine.
    #[error("has a port that is no number from 1 to 65535")]
    Port,
}

impl PublicUrl {
    /// Reads `https://login.example.org`, `http://127.0.0.1:8080`, `https://[2001:db8::1]:8443/`.
    ///
    /// # Errors
    /// [`PublicUrlError`].
    pub fn parse(text: &str) -> Result<PublicUrl, PublicUrlError> {
        let text = text.trim().to_ascii_lowercase();
        let (secure, rest) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
            (Some(rest), _) => (true, rest),
            (None, Some(rest)) => (false, rest),
            (None, None) => return Err(PublicUrlError::Scheme),
        };
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        if authority.contains(['/', '?', '#', '@', '\\']) {
            return Err(PublicUrlError::More);
        }
        let (host, port) = split(authority)?;
        let port = port.map(|port| port.parse().map_err(|_| PublicUrlError::Port)).transpose()?;
        let url = PublicUrl { secure, host: host.to_owned(), port: None }.at(port);
        if url.port == Some(0) && !url.is_loopback() { Err(PublicUrlError::Port) } else { Ok(url) }
    }

    /// The same host on `port`.
    fn at(self, port: Option<u16>) -> PublicUrl {
        let default = if self.secure { 443 } else { 80 };
        PublicUrl { port: port.filter(|port| *port != default), ..self }
    }

    /// The same host; port 0 stands for the port `got`, that the pages listen on.
    pub fn with_port(self, got: Option<u16>) -> PublicUrl {
        if self.port == Some(0) { self.at(got) } else { self }
    }

    /// The port that browsers go to.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(if self.secure { 443 } else { 80 })
    }

    /// Whether it is https.
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// The host, without the brackets of an IPv6 address.
    pub fn host(&self) -> &str {
        self.host.trim_start_matches('[').trim_end_matches(']')
    }

    /// Whether it leads back to the machine of the browser.
    pub fn is_loopback(&self) -> bool {
        is_loopback(self.host())
    }
}

/// Whether `host`, a name or an address, is this machine itself (RFC 6761 §6.3).
pub fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Host and port of an authority without a user.
fn split(authority: &str) -> Result<(&str, Option<&str>), PublicUrlError> {
    if let Some(behind) = authority.strip_prefix('[') {
        let (address, rest) = behind.split_once(']').ok_or(PublicUrlError::Host)?;
        address.parse::<Ipv6Addr>().map_err(|_| PublicUrlError::Host)?;
        let port = if rest.is_empty() { None } else { Some(rest.strip_prefix(':').ok_or(PublicUrlError::Host)?) };
        return Ok((&authority[..address.len() + 2], port));
    }
    let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
    let label = |label: &str| {
        let hyphens_within = !label.starts_with('-') && !label.ends_with('-');
        !label.is_empty() && hyphens_within && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    if host.len() <= MAX_HOST && host.split('.').all(label) { Ok((host, port)) } else { Err(PublicUrlError::Host) }
}

impl fmt::Display for PublicUrl {
    /// The origin, without a slash at the end.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}://{}", if self.secure { "https" } else { "http" }, self.host)?;
        self.port.map_or(Ok(()), |port| write!(out, ":{port}"))
    }
}

/// Bytes of a host: what leaves room for the rest of a link on one line.
const MAX_HOST: usize = 253;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_written_as_browsers_write_an_origin() {
        for (text, origin) in [
            ("https://login.example.org", "https://login.example.org"),
            ("HTTPS://Login.Example.ORG:443/", "https://login.example.org"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://localhost:80", "http://localhost"),
            ("https://localhost:80", "https://localhost:80"),
            ("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443"),
            ("https://xn--caf-dma.example", "https://xn--caf-dma.example"),
        ] {
            assert_eq!(PublicUrl::parse(text).map(|url| url.to_string()).as_deref(), Ok(origin), "{text}");
        }
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for (text, error) in [
            ("login.example.org", PublicUrlError::Scheme),
            ("ldap://login.example.org", PublicUrlError::Scheme),
            ("https://example.org/login", PublicUrlError::More),
            ("https://example.org/?a", PublicUrlError::More),
            ("https://you@example.org", PublicUrlError::More),
            ("https://example.org\\@evil.example", PublicUrlError::More),
            ("https://", PublicUrlError::Host),
            ("https://café.example", PublicUrlError::Host),
            ("https://a..b", PublicUrlError::Host),
            ("https://-a.example", PublicUrlError::Host),
            ("https://a b", PublicUrlError::Host),
            ("https://[::1", PublicUrlError::Host),
            ("https://[::1]8443", PublicUrlError::Host),
            ("https://[nowhere]", PublicUrlError::Host),
            ("https://example.org:", PublicUrlError::Port),
            ("https://example.org:0", PublicUrlError::Port),
            ("https://example.org:70000", PublicUrlError::Port),
        ] {
            assert_eq!(PublicUrl::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn port_0_is_the_one_that_the_pages_got() {
        let url = |text: &str| PublicUrl::parse(text).unwrap();
        assert_eq!(url("http://127.0.0.1:0").with_port(Some(40_000)).to_string(), "http://127.0.0.1:40000");
        assert_eq!(url("http://localhost:0").with_port(Some(80)).to_string(), "http://localhost");
        assert_eq!(url("http://localhost:81").with_port(Some(40_000)).to_string(), "http://localhost:81");
        assert_eq!(PublicUrl::parse("https://example.org:0"), Err(PublicUrlError::Port));
    }

    #[test]
    fn loopback_hosts_are_known() {
        for (text, loopback) in [
            ("http://localhost:1", true),
            ("http://127.8.9.1", true),
            ("http://[::1]:1", true),
            ("http://localhost.example.org", false),
            ("http://192.0.2.1", false),
            ("http://127.0.0.1.example.org", false),
        ] {
            assert_eq!(PublicUrl::parse(text).unwrap().is_loopback(), loopback, "{text}");
        }
    }
}
