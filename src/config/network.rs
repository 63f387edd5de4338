//! Networks as people write them.

use std::net::IpAddr;

/// The address of `192.0.2.7`, `192.0.2.0/24` or `2001:db8::/64`, and how many of its leading bits count; none if it is
/// not written like that.
pub fn network(text: &str) -> Option<(IpAddr, u8)> {
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address.parse::<IpAddr>().ok()?, Some(bits.parse().ok()?)),
        None => (text.parse::<IpAddr>().ok()?, None),
    };
    let most = if address.is_ipv4() { 32 } else { 128 };
    let bits = bits.unwrap_or(most);
    (bits <= most).then_some((address, bits))
}
