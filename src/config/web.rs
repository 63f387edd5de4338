//! `[web]`: the people's pages.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::duration;

/// `[web]`: the people's pages. Without [`WebConfig::public_url`] there are none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebConfig {
    /// Where the pages listen; port 0 takes a free one.
    pub listen: Vec<SocketAddr>,
    /// The address that people know them by, `https://login.example.org`: every link is built from it. On this machine
    /// port 0 stands for the one that the first listener got.
    pub public_url: Option<String>,
    /// Whether they are served with TLS; without, a reverse proxy has to.
    pub tls: bool,
    /// Whether `public_url` may be http on other machines than this one.
    pub allow_http: bool,
    /// Reverse proxies: networks whose word on where a request comes from is believed.
    pub trusted_proxies: Vec<String>,
    /// Whether connections from them begin with the PROXY protocol, in place of `X-Forwarded-For`.
    pub proxy_protocol: bool,
    /// The language of those who name none; none: the browser's.
    pub language: Option<PageLanguage>,
    /// The time zone that times are told in, `Europe/Paris`; none: the system's.
    pub time_zone: Option<String>,
    /// What people call the site; none: the organisation's name.
    pub name: Option<String>,
    /// A picture: PNG, JPEG, WebP or SVG, 128 KiB at most.
    pub logo: Option<PathBuf>,
    /// The colour of buttons and links, `#rrggbb`.
    pub colour: Option<String>,
    /// Whom to turn to for help, as a text.
    pub support: Option<String>,
    /// A directory with `fr.ftl` and `en.ftl`, whose texts take the place of those with the same names.
    pub texts: Option<PathBuf>,
    /// How long a session lasts without a request.
    #[serde(with = "duration")]
    pub session_idle: Duration,
    /// How long it lasts at most.
    #[serde(with = "duration")]
    pub session_length: Duration,
    /// Connections at once.
    pub connections: usize,
    /// Connections at once from one address; trusted proxies are not bound by it.
    pub connections_per_source: usize,
}

/// A language that pages and mails are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PageLanguage {
    /// French.
    Fr,
    /// English.
    En,
}

impl Default for WebConfig {
    fn default() -> WebConfig {
        WebConfig {
            listen: vec![SocketAddr::from(([0; 8], 443))],
            public_url: None,
            tls: true,
            allow_http: false,
            trusted_proxies: Vec::new(),
            proxy_protocol: false,
            language: None,
            time_zone: None,
            name: None,
            logo: None,
            colour: None,
            support: None,
            texts: None,
            // OWASP's Session Management Cheat Sheet: 15 to 30 minutes idle, 4 to 8 hours in all.
            session_idle: Duration::from_secs(15 * 60),
            session_length: Duration::from_secs(8 * 3600),
            connections: 2_000,
            connections_per_source: 200,
        }
    }
}
