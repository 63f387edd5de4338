//! The address of the site, and whether a request or a form names it.

use axum::extract::Request;
use axum::http::header;

/// The address of the site, as `web.public_url` has it, in the parts that a request names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// `https://host` or `https://host:port`
    origin: String,
    /// `host` or `host:port`
    authority: String,
    /// Whether it is https.
    pub https: bool,
}

impl Address {
    /// The parts of `public_url`: scheme, host, and the port where it is not the scheme's own.
    pub fn of(public_url: &str) -> Address {
        let url = public_url.trim_end_matches('/').to_ascii_lowercase();
        let (scheme, authority) = url.split_once("://").unwrap_or(("https", &url));
        let authority = without_own_port(authority, scheme == "https").to_owned();
        Address { origin: format!("{scheme}://{authority}"), authority, https: scheme == "https" }
    }

    /// Whether a request is meant for this site: `Host`, and the target where it is written in full (RFC 9112 §3.2).
    pub fn is_asked_by(&self, request: &Request) -> bool {
        let mut hosts = request.headers().get_all(header::HOST).iter();
        let named = hosts.next().and_then(|host| host.to_str().ok());
        let alone = hosts.next().is_none();
        let target = request.uri().authority().map(|authority| authority.as_str());
        alone && named.is_some_and(|host| self.is(host)) && target.is_none_or(|target| self.is(target))
    }

    /// Whether `origin`, as a browser writes it, is this site.
    pub fn is_origin(&self, origin: &str) -> bool {
        origin.contains("://") && Address::of(origin) == *self
    }

    fn is(&self, authority: &str) -> bool {
        without_own_port(&authority.to_ascii_lowercase(), self.https) == self.authority
    }
}

fn without_own_port(authority: &str, https: bool) -> &str {
    authority.strip_suffix(if https { ":443" } else { ":80" }).unwrap_or(authority)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_the_same_with_and_without_the_scheme_s_own_port() {
        for (url, host, same) in [
            ("https://mdp.exemple.fr", "mdp.exemple.fr", true),
            ("https://mdp.exemple.fr", "MDP.exemple.FR:443", true),
            ("https://mdp.exemple.fr:443", "mdp.exemple.fr", true),
            ("https://mdp.exemple.fr:8443", "mdp.exemple.fr:8443", true),
            ("https://mdp.exemple.fr:8443", "mdp.exemple.fr", false),
            ("http://127.0.0.1:8080", "127.0.0.1:8080", true),
            ("http://[::1]:8080", "[::1]:8080", true),
            ("https://mdp.exemple.fr", "mdp.exemple.fr:80", false),
            ("https://mdp.exemple.fr", "mdp.exemple.fr.attaquant.net", false),
            ("https://mdp.exemple.fr", "attaquant.net", false),
            ("https://mdp.exemple.fr", "mdp.exemple.fr@attaquant.net", false),
            ("https://mdp.exemple.fr", "", false),
        ] {
            assert_eq!(Address::of(url).is(host), same, "{url} {host}");
        }
    }
}
