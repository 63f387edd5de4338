//! Handing one mail over, by `mail::test`: each way to secure the connection, and each fault with the text that an
//! administrator gets for it.

use std::time::Duration;

use bindery::clock::Clock;
use bindery::domain::colour::Colour;
use bindery::domain::language::Language;
use bindery::mail::{self, MailRoute, MailSettings, Relay, RelaySecurity};
use bindery::secret::Secret;
use bindery::text::{Texts, Zone};

use crate::harness::{At, Authority, Does, Offer, Sink, free_port};

const PASSWORD: &str = "relay-password-17";

fn relay(sink: &Sink, security: RelaySecurity) -> Relay {
    Relay { host: "localhost".to_owned(), port: sink.port(), security, login: None, authorities: None, timeout: Duration::from_secs(20) }
}

/// Sends a test mail by `relay`.
fn send(relay: Relay) -> Result<(), String> {
    send_to(relay, "louisem@example.org")
}

fn send_to(relay: Relay, address: &str) -> Result<(), String> {
    let settings = MailSettings {
        transport: MailRoute::Smtp(relay),
        from: "Exemple <no-reply@example.org>".to_owned(),
        reply_to: None,
        public_url: "https://accounts.example.org".to_owned(),
        site: "Exemple".to_owned(),
        support: None,
        colour: Colour::default(),
        language: Some(Language::French),
        zone: Zone::named("Europe/Paris").unwrap(),
        senders: 1,
        clock: Clock::System,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(mail::test(settings, &Texts::shipped(), address)).map(drop)
}

fn with_authority(relay: Relay, authority: &Authority) -> Relay {
    Relay { authorities: Some(authority.pem.clone().into_bytes()), ..relay }
}

fn with_login(relay: Relay, user: &str, password: &str) -> Relay {
    Relay { login: Some((user.to_owned(), Secret::new(password))), ..relay }
}

#[test]
fn a_mail_goes_out_in_each_way_a_connection_is_secured() {
    let authority = Authority::new();
    let certificate = Some(authority.certify("localhost", false));
    let sinks = [
        (RelaySecurity::None, Offer::default()),
        (RelaySecurity::StartTls, Offer { certificate: certificate.clone(), ..Offer::default() }),
        (RelaySecurity::Tls, Offer { certificate, implicit: true, ..Offer::default() }),
    ];
    for (security, offer) in sinks {
        let sink = Sink::with(offer);
        assert_eq!(send(with_authority(relay(&sink, security), &authority)), Ok(()), "{security:?}");
        let received = sink.expect(1).remove(0);
        assert_eq!((received.from.as_str(), received.to.as_slice()), ("no-reply@example.org", &["louisem@example.org".to_owned()][..]));
        assert_eq!(received.over_tls, security != RelaySecurity::None);
        assert_eq!(received.hello, "accounts.example.org");
        let mail = received.mail();
        assert!(mail.text.contains("Exemple peut envoyer des e-mails"), "{}", mail.text);
        assert!(mail.html.contains("Exemple peut envoyer des e-mails"), "{}", mail.html);
    }
}

#[test]
fn it_logs_in_by_plain_and_by_login() {
    let authority = Authority::new();
    for mechanisms in ["PLAIN LOGIN", "PLAIN", "LOGIN"] {
        let certificate = Some(authority.certify("localhost", false));
        let sink = Sink::with(Offer { certificate, login: Some(("bindery", PASSWORD)), mechanisms: Some(mechanisms), ..Offer::default() });
        let relay = with_authority(relay(&sink, RelaySecurity::StartTls), &authority);
        assert_eq!(send(with_login(relay, "bindery", PASSWORD)), Ok(()), "{mechanisms}");
        assert_eq!(sink.expect(1)[0].login.as_deref(), Some("bindery"));
    }
}

#[test]
fn a_certificate_that_is_not_right_is_refused_and_named() {
    let (authority, other) = (Authority::new(), Authority::new());
    for (certificate, expected) in [
        (other.certify("localhost", false), "from an authority that is not trusted here"),
        (authority.certify("elsewhere.example.org", false), "not valid for this name"),
        (authority.certify("localhost", true), "not valid at this time"),
    ] {
        for (security, implicit) in [(RelaySecurity::StartTls, false), (RelaySecurity::Tls, true)] {
            let sink = Sink::with(Offer {
                certificate: Some(certificate.clone()),
                implicit,
                login: Some(("bindery", PASSWORD)),
                ..Offer::default()
            });
            let relay = with_login(with_authority(relay(&sink, security), &authority), "bindery", PASSWORD);
            let fault = send(relay).unwrap_err();
            assert!(fault.contains(expected), "{security:?}: {fault}");
            assert_eq!((sink.reached(At::Auth), sink.reached(At::Sender)), (0, 0), "nothing is told to such a relay");
        }
    }
}

#[test]
fn without_an_authority_of_its_own_the_machine_s_count() {
    let sink = Sink::with(Offer { certificate: Some(Authority::new().certify("localhost", false)), ..Offer::default() });
    let fault = send(relay(&sink, RelaySecurity::StartTls)).unwrap_err();
    assert!(fault.contains("mail.ca"), "{fault}");
}

#[test]
fn without_starttls_nothing_is_sent_in_clear() {
    let sink = Sink::with(Offer { login: Some(("bindery", PASSWORD)), ..Offer::default() });
    let fault = send(with_login(relay(&sink, RelaySecurity::StartTls), "bindery", PASSWORD)).unwrap_err();
    assert!(fault.contains("does not offer STARTTLS"), "{fault}");
    assert_eq!((sink.reached(At::Auth), sink.reached(At::Sender)), (0, 0));
}

#[test]
fn answers_put_behind_starttls_in_clear_are_not_believed() {
    let authority = Authority::new();
    let certificate = Some(authority.certify("localhost", false));
    let sink = Sink::with(Offer { certificate, injected: "250-evil\r\n250 AUTH PLAIN\r\n235 welcome\r\n250 ok", ..Offer::default() });
    let fault = send(with_authority(relay(&sink, RelaySecurity::StartTls), &authority)).unwrap_err();
    assert!(fault.contains("TLS with localhost"), "{fault}");
    assert!(sink.received().is_empty());
}

#[test]
fn each_refusal_is_told_with_its_remedy() {
    for (at, answer, expected) in [
        (At::Greeting, "554 5.7.1 go away", "does not serve this machine (554 5.7.1 go away)"),
        (At::Hello, "421 4.3.2 shutting down", "does not serve this machine (421 4.3.2 shutting down)"),
        (At::Sender, "553 5.1.8 no such sender", "refuses the sender (553 5.1.8 no such sender): correct mail.from"),
        (At::Sender, "530 5.7.0 log in", "asks for a login first"),
        (At::Recipient, "550 5.1.1 user unknown", "refuses the recipient (550 5.1.1 user unknown)"),
        (At::Recipient, "450 4.2.0 greylisted", "refuses the recipient (450 4.2.0 greylisted)"),
        (At::Data, "451 4.3.0 not now", "refuses the mail (451 4.3.0 not now)"),
        (At::Content, "554 5.6.0 spam", "refuses the mail (554 5.6.0 spam)"),
        (At::Greeting, "hello, this is not SMTP", "does not speak SMTP"),
    ] {
        let sink = Sink::start();
        sink.misbehave(at, Does::Answers(answer));
        let fault = send(relay(&sink, RelaySecurity::None)).unwrap_err();
        assert!(fault.contains(expected), "{at:?} {answer}: {fault}");
        assert!(sink.received().is_empty());
    }
}

#[test]
fn a_relay_that_breaks_off_or_stalls_is_told_apart() {
    for at in [At::Greeting, At::Hello, At::Sender, At::Recipient, At::Data, At::Content] {
        let sink = Sink::start();
        sink.misbehave(at, Does::BreaksOff);
        let fault = send(relay(&sink, RelaySecurity::None)).unwrap_err();
        assert!(fault.contains("ended the connection"), "{at:?}: {fault}");
        sink.misbehave(at, Does::Stalls);
        let impatient = Relay { timeout: Duration::from_millis(200), ..relay(&sink, RelaySecurity::None) };
        let fault = send(impatient).unwrap_err();
        assert!(fault.contains("did not answer within 200ms"), "{at:?}: {fault}");
    }
}

#[test]
fn a_relay_that_is_not_there_is_told_with_its_remedy() {
    let sink = Sink::start();
    let nobody = Relay { port: free_port(), ..relay(&sink, RelaySecurity::None) };
    assert!(send(nobody.clone()).unwrap_err().contains("nobody listens at localhost:"));
    let unnamed = Relay { host: "relay.invalid".to_owned(), ..nobody };
    let fault = send(unnamed).unwrap_err();
    assert!(fault.contains("no address is known for relay.invalid"), "{fault}");
}

#[test]
fn a_login_that_is_refused_is_told_without_the_password() {
    let authority = Authority::new();
    let certificate = Some(authority.certify("localhost", false));
    // This relay repeats the password that it refuses, and the command it does not know.
    let sink = Sink::with(Offer { certificate, login: Some(("bindery", "another-password")), ..Offer::default() });
    let relay = || with_login(with_authority(relay(&sink, RelaySecurity::StartTls), &authority), "bindery", PASSWORD);
    let fault = send(relay()).unwrap_err();
    assert!(fault.contains("refuses the login (535)") && !fault.contains(PASSWORD), "{fault}");
    sink.misbehave(At::Auth, Does::Quotes(500));
    let fault = send(relay()).unwrap_err();
    assert!(fault.contains("refuses the login (500)") && !fault.contains("AUTH PLAIN"), "{fault}");
    let strange = Sink::with(Offer { login: Some(("bindery", PASSWORD)), mechanisms: Some("CRAM-MD5"), ..Offer::default() });
    let fault =
        send(with_login(Relay { port: strange.port(), ..self::relay(&strange, RelaySecurity::None) }, "bindery", PASSWORD)).unwrap_err();
    assert!(fault.contains("offers no login by PLAIN or LOGIN"), "{fault}");
}

#[test]
fn what_is_no_address_is_refused_before_anybody_is_asked() {
    let sink = Sink::start();
    for address in ["", "louisem", "a@b.org\r\nRCPT TO:<eve@example.com>", "a@b.org,eve@example.com", "Louise <a@b.org>"] {
        let fault = send_to(relay(&sink, RelaySecurity::None), address).unwrap_err();
        assert!(fault.contains("is not an address"), "{address:?}: {fault}");
    }
    let fault = send_to(relay(&sink, RelaySecurity::None), "été@example.org").unwrap_err();
    assert!(fault.contains("SMTPUTF8"), "{fault}");
    assert_eq!(sink.reached(At::Recipient), 0);
}
