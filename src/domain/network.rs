//! Networks: those that an application, a proxy or a whole building is in.

use std::net::IpAddr;

/// The addresses that share their leading bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    /// How many leading bits count; all of them: one address.
    prefix_bits: u8,
}

impl Network {
    /// What is written as `192.0.2.7`, `192.0.2.0/24` or `2001:db8::/64`; none if it is not written like that.
    pub fn parse(text: &str) -> Option<Network> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address.parse::<IpAddr>().ok()?, Some(bits.parse().ok()?)),
            None => (text.parse::<IpAddr>().ok()?, None),
        };
        let most = if address.is_ipv4() { 32 } else { 128 };
        let prefix_bits = bits.unwrap_or(most);
        (prefix_bits <= most).then_some(Network { address: address.to_canonical(), prefix_bits })
    }

    /// Whether it is all there is, of IPv4 or of IPv6.
    pub fn is_everything(self) -> bool {
        self.prefix_bits == 0
    }

    /// The network around it of which no more than `bits` count.
    pub fn widened_to(self, bits: u8) -> Network {
        Network { prefix_bits: self.prefix_bits.min(bits), ..self }
    }

    /// Whether `address` is in it. An IPv4 address written as IPv6 is one of IPv4.
    pub fn holds(self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => self.shares(own.to_bits().into(), other.to_bits().into(), 32),
            (IpAddr::V6(own), IpAddr::V6(other)) => self.shares(own.to_bits(), other.to_bits(), 128),
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }

    /// Whether the bits that count are the same in both addresses, which have `width` bits.
    fn shares(self, own: u128, other: u128, width: u8) -> bool {
        let rest = u32::from(width.saturating_sub(self.prefix_bits));
        (own ^ other).checked_shr(rest).unwrap_or(0) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_its_addresses_and_no_others() {
        for (network, address, held) in [
            ("10.0.0.0/8", "10.1.2.3", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("10.0.0.0/8", "::ffff:10.9.9.9", true),
            ("2001:db8:1::/48", "2001:db8:1:ffff::1", true),
            ("2001:db8:1::/48", "2001:db8:2::1", false),
            ("127.0.0.1", "127.0.0.1", true),
            ("127.0.0.1", "127.0.0.2", false),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("::/0", "2001:db8::1", true),
        ] {
            assert_eq!(Network::parse(network).unwrap().holds(address.parse().unwrap()), held, "{network} {address}");
        }
        for text in ["", "example.org", "192.0.2.0/33", "192.0.2.0/-1", "2001:db8::/129", "192.0.2.0/24/8"] {
            assert_eq!(Network::parse(text), None, "{text}");
        }
    }
}
