//! Whose word about where a request comes from is taken: `X-Forwarded-For` and the PROXY protocol, from trusted proxies
//! alone. Nothing else that a proxy may send (`Forwarded`, `X-Forwarded-Host`, `X-Forwarded-Proto`) is ever read.

use std::io;
use std::net::IpAddr;

use axum::http::HeaderMap;
use ppp::{v1, v2};
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::domain::network::Network;

/// The networks of the proxies in front.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(Vec<Network>);

impl TrustedProxies {
    /// Those of `networks`.
    pub fn new(networks: Vec<Network>) -> TrustedProxies {
        TrustedProxies(networks)
    }

    /// Whether `address` is one of them.
    pub fn hold(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.holds(address))
    }

    /// Where a request from `peer` comes from: the rightmost address that no trusted proxy has, going back along
    /// `X-Forwarded-For`. What cannot be read ends the way back, since nobody vouches for what stands before it.
    pub fn source(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut last = peer.to_canonical();
        let lines = headers.get_all("x-forwarded-for").iter().rev();
        let hops = lines.flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
        for hop in hops {
            if !self.hold(last) {
                return last;
            }
            let Some(address) = std::str::from_utf8(hop).ok().and_then(|text| address(text.trim())) else { return last };
            last = address;
        }
        last
    }
}

/// An address as proxies write it: bare, in brackets, with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim_matches('"');
    let bracketed = text.strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|(inner, _)| inner);
    let whole = bracketed.unwrap_or(text).parse().ok();
    let without_port = || text.rsplit_once(':').filter(|(head, _)| !head.contains(':')).and_then(|(head, _)| head.parse().ok());
    whole.or_else(without_port).map(|address: IpAddr| address.to_canonical())
}

/// Reads the PROXY protocol's header, version 1 or 2, and not a byte more; gives the address it names, none where the
/// proxy speaks for itself (a health check).
///
/// # Errors
/// What is no such header is `InvalidData`.
pub async fn read_header(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<IpAddr>> {
    let mut header = vec![0; v2::PROTOCOL_PREFIX.len()];
    stream.read_exact(&mut header).await?;
    let named = if header == v2::PROTOCOL_PREFIX { read_binary(stream, header).await? } else { read_text(stream, header).await? };
    Ok(named.map(|address| address.to_canonical()))
}

/// Version 2: version and command, protocol, length, and then as many bytes as the length says.
async fn read_binary(stream: &mut (impl AsyncRead + Unpin), mut header: Vec<u8>) -> io::Result<Option<IpAddr>> {
    header.resize(HEAD_BYTES, 0);
    stream.read_exact(&mut header[v2::PROTOCOL_PREFIX.len()..]).await?;
    let length = usize::from(u16::from_be_bytes([header[HEAD_BYTES - 2], header[HEAD_BYTES - 1]]));
    if length > MAX_BINARY {
        return Err(io::ErrorKind::InvalidData.into());
    }
    header.resize(HEAD_BYTES + length, 0);
    stream.read_exact(&mut header[HEAD_BYTES..]).await?;
    let header = v2::Header::try_from(header.as_slice()).map_err(|_| io::ErrorKind::InvalidData)?;
    Ok(match (header.command, header.addresses) {
        (v2::Command::Proxy, v2::Addresses::IPv4(addresses)) => Some(addresses.source_address.into()),
        (v2::Command::Proxy, v2::Addresses::IPv6(addresses)) => Some(addresses.source_address.into()),
        (v2::Command::Proxy, v2::Addresses::Unix(_) | v2::Addresses::Unspecified) | (v2::Command::Local, _) => None,
    })
}

/// Version 1: one line, byte by byte, since what follows belongs to somebody else.
async fn read_text(stream: &mut (impl AsyncRead + Unpin), mut header: Vec<u8>) -> io::Result<Option<IpAddr>> {
    while header.starts_with(v1::PROTOCOL_PREFIX.as_bytes()) && header.last() != Some(&b'\n') && header.len() < MAX_TEXT {
        header.push(stream.read_u8().await?);
    }
    let header = v1::Header::try_from(header.as_slice()).map_err(|_| io::ErrorKind::InvalidData)?;
    Ok(match header.addresses {
        v1::Addresses::Tcp4(addresses) => Some(addresses.source_address.into()),
        v1::Addresses::Tcp6(addresses) => Some(addresses.source_address.into()),
        v1::Addresses::Unknown => None,
    })
}

/// Bytes of version 2 before its addresses.
const HEAD_BYTES: usize = 16;

/// Bytes of addresses and what may follow them in version 2: far more than proxies send.
const MAX_BINARY: usize = 1024;

/// Bytes of the longest line of version 1 (PROXY protocol §2.1).
const MAX_TEXT: usize = 107;

#[cfg(test)]
mod tests {
    use super::*;

    fn trusted() -> TrustedProxies {
        let networks = ["10.0.0.0/8", "2001:db8:1::/48", "127.0.0.1"];
        TrustedProxies::new(networks.iter().filter_map(|text| Network::parse(text)).collect())
    }

    #[test]
    fn one_network_is_enough_and_none_trusts_nobody() {
        for (address, held) in [("10.1.2.3", true), ("2001:db8:1:ffff::1", true), ("127.0.0.1", true), ("127.0.0.2", false)] {
            assert_eq!(trusted().hold(address.parse().unwrap()), held, "{address}");
        }
        assert!(!TrustedProxies::default().hold("127.0.0.1".parse().unwrap()));
    }

    #[test]
    fn the_source_is_the_rightmost_address_that_no_trusted_proxy_has() {
        for (peer, lines, source) in [
            // Nobody but a trusted proxy is believed.
            ("203.0.113.7", &["198.51.100.1"][..], "203.0.113.7"),
            ("10.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            // What the client wrote itself stands to the left.
            ("10.0.0.1", &["1.1.1.1, 198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", &["1.1.1.1", "198.51.100.1, 10.0.0.2"], "198.51.100.1"),
            ("10.0.0.1", &["1.1.1.1, nonsense, 10.0.0.2"], "10.0.0.2"),
            ("10.0.0.1", &["198.51.100.1:4711"], "198.51.100.1"),
            ("10.0.0.1", &["[2001:db8:9::1]:4711"], "2001:db8:9::1"),
            ("10.0.0.1", &["2001:db8:9::1"], "2001:db8:9::1"),
            ("10.0.0.1", &["::ffff:198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", &[""], "10.0.0.1"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("::ffff:10.0.0.1", &["198.51.100.1"], "198.51.100.1"),
        ] {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append("x-forwarded-for", line.parse().unwrap());
            }
            assert_eq!(trusted().source(peer.parse().unwrap(), &headers), source.parse::<IpAddr>().unwrap(), "{peer} {lines:?}");
        }
    }

    #[tokio::test]
    async fn a_header_is_read_to_its_end_and_no_further() {
        let mut binary = v2::PROTOCOL_PREFIX.to_vec();
        binary.extend([0x21, 0x11, 0, 15, 198, 51, 100, 1, 10, 0, 0, 1, 0x12, 0x67, 1, 187, 4, 0, 0]);
        let mut local = v2::PROTOCOL_PREFIX.to_vec();
        local.extend([0x20, 0x00, 0, 0]);
        for (header, named) in [
            (b"PROXY TCP4 198.51.100.1 10.0.0.1 4711 443\r\n".to_vec(), Some("198.51.100.1")),
            (b"PROXY TCP6 2001:db8::9 2001:db8::1 4711 443\r\n".to_vec(), Some("2001:db8::9")),
            (b"PROXY UNKNOWN\r\n".to_vec(), None),
            (binary, Some("198.51.100.1")),
            (local, None),
        ] {
            let sent = [header.as_slice(), b"GET / HTTP/1.1\r\n"].concat();
            let mut rest = sent.as_slice();
            let read = read_header(&mut rest).await.unwrap();
            assert_eq!(read, named.map(|text| text.parse().unwrap()), "{header:?}");
            assert_eq!(rest, b"GET / HTTP/1.1\r\n");
        }
    }

    #[tokio::test]
    async fn what_is_no_header_is_refused() {
        let mut long = v2::PROTOCOL_PREFIX.to_vec();
        long.extend([0x21, 0x11, 0xFF, 0xFF]);
        let endless = [b"PROXY TCP4 ".to_vec(), vec![b'1'; 400]].concat();
        for header in [b"GET / HTTP/1.1\r\nHost: a\r\n\r\n".to_vec(), b"PROXY TCP4 nonsense\r\n".to_vec(), b"PROXY".to_vec(), endless, long]
        {
            assert!(read_header(&mut header.as_slice()).await.is_err(), "{header:?}");
        }
    }
}
