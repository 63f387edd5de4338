//! What people use beside LDAP: the pages, and the mails that lead to them. Takes `[web]`, `[mail]` and `[reset]` apart.

use std::net::SocketAddr;
use std::sync::Arc;

use rustls::ServerConfig;

use super::StartError;
use super::tls::ServerTls;
use crate::clock::Clock;
use crate::config::{self, Config, Delivery, GeneratedPassword, MailSecurity, MailTransport, PageLanguage, PublicUrl, PublicUrlError};
use crate::domain::colour::Colour;
use crate::domain::language::Language;
use crate::domain::network::Network;
use crate::mail::{self, MailRoute, Relay, RelaySecurity};
use crate::secret::Secret;
use crate::text::{TextError, Texts, Zone};
use crate::web;

/// The texts, with those that the organisation has put in their place.
///
/// # Errors
/// What is wrong with its own.
pub fn texts(config: &Config) -> Result<Arc<Texts>, TextError> {
    Ok(Arc::new(config.web.texts.as_deref().map_or_else(|| Ok(Texts::shipped()), Texts::with_overrides)?))
}

/// The address of the pages, which listen on `listeners`; none if there are none.
///
/// # Errors
/// What is wrong with the one that is set.
pub fn public_url(config: &Config, listeners: &[SocketAddr]) -> Result<Option<String>, PublicUrlError> {
    let url = config.web.public_url.as_deref().map(PublicUrl::parse).transpose()?;
    Ok(url.map(|url| url.with_port(listeners.first().map(SocketAddr::port)).to_string()))
}

/// For the pages at `public_url`.
///
/// # Errors
/// What is wrong with a file that a setting names.
pub fn pages(config: &Config, public_url: String, tls: Option<&Arc<ServerTls>>) -> Result<web::SiteSettings, StartError> {
    let web = &config.web;
    Ok(web::SiteSettings {
        public_url,
        tls: tls.filter(|_| web.tls).map(pages_tls).transpose()?,
        trusted_proxies: web.trusted_proxies.iter().filter_map(|text| Network::parse(text)).collect(),
        proxy_protocol: web.proxy_protocol,
        language: language(config),
        zone: zone(config),
        site: site(config),
        logo: web.logo.as_deref().map(config::logo).transpose()?,
        colour: colour(config),
        support: web.support.clone(),
        token_ttl: config.reset.token_ttl,
        new_address_wait: config.reset.new_address_wait,
        offers_generated: config.reset.delivery != Delivery::Chosen,
        generated_must_change: config.reset.generated == GeneratedPassword::MustChange,
        offers_chosen: config.reset.delivery != Delivery::Generated,
        sends_mail: config.mail_configured(),
        password_minimum: config.passwords.minimum,
        connections: (web.connections, web.connections_per_source),
    })
}

/// For whoever sends mails, with links to `public_url`; none if nobody does.
///
/// # Errors
/// What is wrong with a setting, or with a file that it names.
pub fn mail(config: &Config, public_url: Option<&str>, clock: Clock) -> Result<Option<mail::MailSettings>, StartError> {
    let mail = &config.mail;
    let transport = match mail.transport {
        MailTransport::None => return Ok(None),
        MailTransport::File => MailRoute::Files(mail.directory.clone().ok_or(StartError::NotSet("mail.directory"))?),
        MailTransport::Smtp => MailRoute::Smtp(relay(&config.mail)?),
    };
    Ok(Some(mail::MailSettings {
        transport,
        from: mail.from.clone().ok_or(StartError::NotSet("mail.from"))?,
        reply_to: mail.reply_to.clone(),
        public_url: public_url.ok_or(StartError::NotSet("web.public_url"))?.to_owned(),
        site: site(config),
        support: config.web.support.clone(),
        colour: colour(config),
        language: language(config),
        zone: zone(config),
        senders: mail.senders,
        clock,
    }))
}

/// Sends a test mail to `address` as `config` says, without a daemon; gives what has taken it.
///
/// # Errors
/// What is wrong with the settings or with the relay, and what to do.
pub async fn send_test_mail(config: &Config, address: &str) -> Result<String, String> {
    let said = |error: StartError| error.to_string();
    let public_url = public_url(config, &config.web.listen).map_err(|error| error.to_string())?;
    let settings = mail(config, public_url.as_deref(), Clock::System).map_err(said)?;
    let settings = settings.ok_or("no mail is sent: mail.transport is \"none\"; set it to \"smtp\"")?;
    let texts = texts(config).map_err(|error| error.to_string())?;
    mail::test(settings, &texts, address).await
}

fn relay(mail: &config::MailConfig) -> Result<Relay, StartError> {
    let login = match (&mail.user, &mail.password) {
        (Some(user), Some(path)) => Some((user.clone(), password(config::private_file(path)?))),
        (Some(_), None) => return Err(StartError::NotSet("mail.password")),
        (None, _) => None,
    };
    Ok(Relay {
        host: mail.host.clone().ok_or(StartError::NotSet("mail.host"))?,
        port: mail.effective_port(),
        security: match mail.security {
            MailSecurity::StartTls => RelaySecurity::StartTls,
            MailSecurity::Tls => RelaySecurity::Tls,
            MailSecurity::None => RelaySecurity::None,
        },
        login,
        authorities: mail.ca.as_deref().map(config::private_file).transpose()?,
        timeout: mail.timeout,
    })
}

/// Editors end a file with a line break, which is no part of the password.
fn password(mut bytes: Vec<u8>) -> Secret {
    while bytes.last().is_some_and(|last| matches!(last, b'\n' | b'\r')) {
        bytes.pop();
    }
    Secret::new(bytes)
}

/// HTTP/1.1 alone: what the pages do gains nothing from streams, and a protocol less is one less to get wrong.
fn pages_tls(tls: &Arc<ServerTls>) -> Result<Arc<ServerConfig>, rustls::Error> {
    let mut config = ServerConfig::clone(&*tls.server_config()?);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn language(config: &Config) -> Option<Language> {
    config.web.language.map(|language| match language {
        PageLanguage::Fr => Language::French,
        PageLanguage::En => Language::English,
    })
}

/// The check of the configuration has refused zones that do not exist.
fn zone(config: &Config) -> Zone {
    config.web.time_zone.as_deref().and_then(Zone::named).unwrap_or_else(Zone::system)
}

/// The check of the configuration has refused what is none.
fn colour(config: &Config) -> Colour {
    config.web.colour.as_deref().and_then(Colour::parse).unwrap_or_default()
}

fn site(config: &Config) -> String {
    config.web.name.clone().unwrap_or_else(|| config.directory.organisation.clone())
}
