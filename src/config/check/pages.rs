//! Judges `[web]` and `[reset]`.

use std::time::Duration;

use super::Findings;
use crate::config::problem::Origin;
use crate::config::public_url::PublicUrl;
use crate::config::{Config, ResetConfig, WebConfig, logo};
use crate::domain::colour::Colour;
use crate::domain::network::Network;
use crate::domain::reset::{LONGEST_TTL, LONGEST_WAIT};

/// What is wrong with the pages and with what resets are allowed.
pub(super) fn check(config: &Config, found: &mut Findings<'_>) {
    let web = &config.web;
    match &web.public_url {
        None => absent(web, found),
        Some(text) => match PublicUrl::parse(text) {
            Err(error) => found.error("web.public_url", format!("{text:?} {error}"), "write it as \"https://login.example.org\""),
            Ok(url) => {
                address(web, &url, found);
                transport(config, &url, found);
            }
        },
    }
    appearance(web, found);
    proxies(web, found);
    sessions(web, found);
    resets(&config.reset, found);
}

/// Links are built from `web.public_url` alone; without it there is nothing to build them from.
fn absent(web: &WebConfig, found: &mut Findings<'_>) {
    let remedy = "write the address that people will open, such as \"https://login.example.org\"";
    if !web.listen.is_empty() && (found.origin_of)("web.listen") != Origin::Default {
        found.error("web.public_url", "is not set, but web.listen is: links in mails are built from it alone", remedy);
    } else {
        found.warning("web.public_url", "is not set, so there are no pages, and nobody can ask for a new password", remedy);
    }
}

fn address(web: &WebConfig, url: &PublicUrl, found: &mut Findings<'_>) {
    if web.listen.is_empty() {
        found.warning("web.listen", "is empty, so the pages are served only on a socket that systemd hands over", "name an address");
    }
    if url.is_secure() || url.is_loopback() {
        return;
    }
    if web.allow_http {
        let what = "lets passwords and links cross the network for anybody to read";
        found.warning("web.allow_http", what, "have https:// in web.public_url and set it to false");
    } else {
        let remedy = "write https://; only where the network is nobody else's, set web.allow_http to true";
        found.error("web.public_url", "is http:// on a host that is not this machine: passwords would cross the network in clear", remedy);
    }
}

fn transport(config: &Config, url: &PublicUrl, found: &mut Findings<'_>) {
    let web = &config.web;
    if web.tls && !url.is_secure() {
        found.error("web.tls", "is true, but web.public_url is http://", "set it to false, or write https:// in web.public_url");
    } else if web.tls && !config.tls_configured() {
        let remedy = "name a certificate and its key in [tls]; behind a reverse proxy set web.tls to false";
        found.error("web.tls", "is true, but there is no certificate", remedy);
    }
    // Behind a proxy the ports differ; on its own the daemon has to be where the links lead.
    let direct = web.tls || (url.is_loopback() && !url.is_secure());
    if direct && url.port() != 0 && !web.listen.is_empty() && web.listen.iter().all(|address| address.port() != url.port()) {
        let what = format!("has no address with the port {}, where the links of web.public_url lead", url.port());
        found.warning("web.listen", what, "name one, unless something else passes that port on");
    }
    if !web.tls && url.is_secure() {
        if web.trusted_proxies.is_empty() {
            let what = "is empty, so everybody seems to come from the reverse proxy, and shares the limits of one source";
            found.warning("web.trusted_proxies", what, "name the proxy's address, such as [\"127.0.0.1\", \"::1\"]");
        }
        for address in web.listen.iter().filter(|address| !address.ip().is_loopback()) {
            let what = format!("{address} takes passwords in clear from other machines than this one");
            found.warning(
                "web.listen",
                what,
                "listen on 127.0.0.1 where the proxy is on this machine, or close the port to all but the proxy",
            );
        }
    }
}

fn appearance(web: &WebConfig, found: &mut Findings<'_>) {
    if let Some(zone) = &web.time_zone
        && jiff::tz::TimeZone::get(zone).is_err()
    {
        found.error("web.time_zone", format!("{zone:?} is no time zone"), "write it as \"Europe/Paris\"");
    }
    if let Some(colour) = &web.colour
        && Colour::parse(colour).is_none()
    {
        found.error("web.colour", format!("{colour:?} is no colour"), "write it as \"#1f5fa8\"");
    }
    for (key, text) in [("web.name", &web.name), ("web.support", &web.support)] {
        let Some(text) = text else { continue };
        if text.trim().is_empty() || text.contains(char::is_control) || text.chars().count() > MAX_TEXT {
            found.error(key, "is empty, longer than 200 characters or more than one line", "write a short text, or remove it");
        }
    }
    if let Some(path) = &web.logo
        && let Err(error) = logo(path)
    {
        found.error(
            "web.logo",
            error.to_string(),
            "name a PNG, JPEG, WebP or SVG picture of 128 KiB at most that the daemon's user can read",
        );
    }
    if let Some(texts) = &web.texts
        && !texts.is_dir()
    {
        found.error("web.texts", format!("{} is no directory", texts.display()), "name one that holds fr.ftl, en.ftl or both");
    }
}

fn proxies(web: &WebConfig, found: &mut Findings<'_>) {
    for text in &web.trusted_proxies {
        match Network::parse(text) {
            None => found.error(
                "web.trusted_proxies",
                format!("{text:?} is no network"),
                "write it as 192.0.2.7, 192.0.2.0/24 or 2001:db8::/64",
            ),
            Some(network) if network.is_everything() => {
                let what = format!("{text:?} is everybody: whoever asks could claim to be anybody");
                found.error("web.trusted_proxies", what, "name the proxies' own addresses");
            }
            Some(_) => {}
        }
    }
    if web.proxy_protocol && web.trusted_proxies.is_empty() {
        found.error("web.proxy_protocol", "is true, but no proxy is trusted", "name the proxies in web.trusted_proxies");
    }
}

fn sessions(web: &WebConfig, found: &mut Findings<'_>) {
    found.lasts("web.session_idle", web.session_idle, MINUTE..=DAY);
    found.lasts("web.session_length", web.session_length, MINUTE..=DAY * 31);
    if web.session_length < web.session_idle {
        found.error("web.session_length", "is shorter than web.session_idle", "make it as long or longer");
    }
    found.within("web.connections", web.connections as u64, 1..=1_000_000);
    found.within("web.connections_per_source", web.connections_per_source as u64, 1..=1_000_000);
}

fn resets(reset: &ResetConfig, found: &mut Findings<'_>) {
    // CNIL, recommendation 2022-100: 24 hours at most.
    found.lasts("reset.token_ttl", reset.token_ttl, MINUTE..=DAY);
    found.lasts("reset.invitation_ttl", reset.invitation_ttl, MINUTE..=LONGEST_TTL);
    found.lasts("reset.new_address_wait", reset.new_address_wait, Duration::ZERO..=LONGEST_WAIT);
    if let Some(good_for) = reset.generated_ttl {
        found.lasts("reset.generated_ttl", good_for, MINUTE * 10..=DAY * 366);
    }
    found.within("reset.per_account", reset.per_account as u64, 1..=20);
    found.lasts("reset.cool_down", reset.cool_down, Duration::ZERO..=MINUTE * 60);
    found.within("reset.per_source", reset.per_source as u64, 1..=1_000_000);
    found.lasts("reset.source_window", reset.source_window, MINUTE..=DAY);
    found.within("reset.mails_an_hour", reset.mails_an_hour as u64, 1..=1_000_000);
}

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);

/// Characters of a name or a support text: each page has both.
const MAX_TEXT: usize = 200;
