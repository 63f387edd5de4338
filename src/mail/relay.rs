//! Handing a mail to the relay by SMTP (RFC 5321), step by step, so that what goes wrong can be named. One connection a
//! mail.

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use lettre::address::Envelope;
use lettre::transport::smtp;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::clear::Clear;
use super::fault::{self, Cause, MailFault, RelayStep};
use super::message::ReadyMail;
use super::{Relay, RelaySecurity, SetupError};

/// A relay that mails can be handed to.
pub struct Submission {
    relay: Relay,
    place: String,
    hello: ClientId,
    tls: TlsParameters,
}

impl Submission {
    /// Over `relay`, to which this machine is the host of `public_url`.
    pub fn new(relay: Relay, public_url: &str) -> Result<Submission, SetupError> {
        let tls = tls_parameters(&relay)?;
        let place = format!("{}:{}", relay.host, relay.port);
        Ok(Submission { place, hello: hello(public_url), tls, relay })
    }

    /// The relay, as `host:port`.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Hands `mail` over; it is the relay's when this returns without a fault.
    pub async fn send(&self, mail: &ReadyMail) -> Result<(), MailFault> {
        let mut connection = self.open().await?;
        let outcome = self.hand_over(&mut connection, mail).await;
        if !matches!(&outcome, Err(MailFault { cause: Cause::Stalled(_), .. })) {
            // Only a courtesy: what became of the mail is known.
            let _ = timeout(FAREWELL, connection.abort()).await;
        }
        outcome
    }

    async fn open(&self) -> Result<AsyncSmtpConnection, MailFault> {
        let addresses = self.addresses().await?;
        let mut connection = match self.relay.security {
            RelaySecurity::Tls => self.open_tls(&addresses).await?,
            RelaySecurity::StartTls | RelaySecurity::None => self.open_clear(&addresses).await?,
        };
        if self.relay.security == RelaySecurity::StartTls {
            if !connection.can_starttls() {
                return Err(self.fault(RelayStep::StartTls, Cause::NoStartTls));
            }
            self.step(RelayStep::StartTls, connection.starttls(self.tls.clone(), &self.hello)).await?;
        }
        if let Some((user, password)) = &self.relay.login {
            if connection.server_info().get_auth_mechanism(DEFAULT_MECHANISMS).is_none() {
                return Err(self.fault(RelayStep::Login, Cause::NoLogin));
            }
            let credentials = Credentials::new(user.clone(), String::from_utf8_lossy(password.expose()).into_owned());
            self.step(RelayStep::Login, connection.auth(DEFAULT_MECHANISMS, &credentials)).await?;
        }
        Ok(connection)
    }

    async fn open_tls(&self, addresses: &[SocketAddr]) -> Result<AsyncSmtpConnection, MailFault> {
        let (each, tls) = (self.relay.timeout, self.tls.clone());
        let connecting = AsyncSmtpConnection::connect_tokio1(addresses, Some(each), &self.hello, Some(tls), None);
        self.step(RelayStep::Connect, connecting).await
    }

    async fn open_clear(&self, addresses: &[SocketAddr]) -> Result<AsyncSmtpConnection, MailFault> {
        let connecting = timeout(self.relay.timeout, TcpStream::connect(addresses)).await.map_err(|_| self.stalled(RelayStep::Connect))?;
        let stream = connecting.map_err(|error| self.fault(RelayStep::Connect, fault::of_io(&error)))?;
        self.step(RelayStep::Connect, AsyncSmtpConnection::connect_with_transport(Box::new(Clear::new(stream)), &self.hello)).await
    }

    /// RFC 5321 §3.3.
    async fn hand_over(&self, connection: &mut AsyncSmtpConnection, mail: &ReadyMail) -> Result<(), MailFault> {
        let parameters = self.parameters(connection, &mail.envelope)?;
        self.step(RelayStep::Sender, connection.command(Mail::new(mail.envelope.from().cloned(), parameters))).await?;
        for recipient in mail.envelope.to() {
            self.step(RelayStep::Recipient, connection.command(Rcpt::new(recipient.clone(), Vec::new()))).await?;
        }
        self.step(RelayStep::Content, connection.command(Data)).await?;
        self.step(RelayStep::Content, connection.message(&mail.bytes)).await?;
        Ok(())
    }

    fn parameters(&self, connection: &AsyncSmtpConnection, envelope: &Envelope) -> Result<Vec<MailParameter>, MailFault> {
        let ascii = envelope.to().iter().chain(envelope.from()).all(|address| address.to_string().is_ascii());
        match (ascii, connection.server_info().supports_feature(Extension::SmtpUtfEight)) {
            (true, _) => Ok(Vec::new()),
            (false, true) => Ok(vec![MailParameter::SmtpUtfEight]),
            (false, false) => Err(self.fault(RelayStep::Recipient, Cause::NotAscii)),
        }
    }

    async fn addresses(&self) -> Result<Vec<SocketAddr>, MailFault> {
        let looking = tokio::net::lookup_host((self.relay.host.as_str(), self.relay.port));
        let found = timeout(self.relay.timeout, looking).await.map_err(|_| self.stalled(RelayStep::Connect))?;
        let not_found = |error: io::Error| self.fault(RelayStep::Connect, Cause::NameNotFound(error.to_string()));
        Ok(found.map_err(not_found)?.collect())
    }

    async fn step<T>(&self, step: RelayStep, work: impl Future<Output = Result<T, smtp::Error>>) -> Result<T, MailFault> {
        match timeout(self.relay.timeout, work).await {
            Ok(outcome) => outcome.map_err(|error| MailFault::of_smtp(&self.place, step, &error)),
            Err(_) => Err(self.stalled(step)),
        }
    }

    fn stalled(&self, step: RelayStep) -> MailFault {
        self.fault(step, Cause::Stalled(self.relay.timeout))
    }

    fn fault(&self, step: RelayStep, cause: Cause) -> MailFault {
        MailFault { place: self.place.clone(), step, cause }
    }
}

/// TLS 1.2 and newer, with a certificate that is valid for the relay's name.
fn tls_parameters(relay: &Relay) -> Result<TlsParameters, SetupError> {
    let mut builder = TlsParameters::builder(relay.host.clone());
    if let Some(pem) = &relay.authorities {
        builder = builder.certificate_store(CertificateStore::None);
        let authorities = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>().unwrap_or_default();
        if authorities.is_empty() {
            return Err(SetupError::Authorities);
        }
        for authority in authorities {
            builder = builder.add_root_certificate(Certificate::from_der(authority.to_vec()).map_err(|_| SetupError::Authorities)?);
        }
    }
    builder.build_rustls().map_err(|_| SetupError::Authorities)
}

/// How this machine introduces itself (RFC 5321 §4.1.4): as the host of `public_url`, which has a name that others know,
/// or by its own name.
fn hello(public_url: &str) -> ClientId {
    let authority = public_url.split_once("://").map_or(public_url, |(_, rest)| rest).split('/').next().unwrap_or_default();
    let host = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((bracketed, _)) => bracketed,
        None => authority.split(':').next().unwrap_or_default(),
    };
    match host.parse() {
        Ok(IpAddr::V4(address)) => ClientId::Ipv4(address),
        Ok(IpAddr::V6(address)) => ClientId::Ipv6(address),
        Err(_) if !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-') => {
            ClientId::Domain(host.to_owned())
        }
        Err(_) => ClientId::default(),
    }
}

/// How long the relay may take to say goodbye.
const FAREWELL: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_introduces_itself_by_the_name_of_the_pages() {
        for (url, name) in [
            ("https://accounts.example.org", "accounts.example.org"),
            ("https://accounts.example.org:8443", "accounts.example.org"),
            ("http://127.0.0.1:8080", "[127.0.0.1]"),
            ("http://[::1]:8080", "[IPv6:::1]"),
        ] {
            assert_eq!(hello(url).to_string(), name, "{url}");
        }
        assert_eq!(hello("https://a b\r\nRSET").to_string(), ClientId::default().to_string());
    }
}
