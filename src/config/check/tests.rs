//! What is refused of the pages and their mails, and what is only warned of.

use crate::config::{Severity, Sources, load};

/// The keys of all errors, or warnings, of a file that holds `text`.
fn keys(text: &str, severity: Severity) -> Vec<String> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("bindery.toml");
    std::fs::write(&path, text).unwrap();
    let problems = load(&Sources { file: Some(path), ..Sources::default() }).problems;
    problems.into_iter().filter(|problem| problem.severity == severity).map(|problem| problem.key).collect()
}

/// Pages behind a proxy on this machine, which nothing is wrong with.
const PROXIED: &str =
    "[web]\npublic_url = \"https://login.example.org\"\ntls = false\nlisten = [\"127.0.0.1:8443\"]\ntrusted_proxies = [\"127.0.0.1\"]\n";

/// Mails by a relay, which nothing is wrong with.
const RELAYED: &str = "[mail]\ntransport = \"smtp\"\nfrom = \"a@example.org\"\nhost = \"smtp.example.org\"\n";

#[test]
fn good_settings_are_good() {
    assert_eq!(keys(&format!("{PROXIED}{RELAYED}"), Severity::Error), [""; 0]);
    assert_eq!(keys(&format!("{PROXIED}{RELAYED}"), Severity::Warning), ["tls.certificate"]);
    assert_eq!(keys("", Severity::Error), [""; 0]);
    let demo = "[web]\npublic_url = \"http://127.0.0.1:8080\"\ntls = false\n[mail]\ntransport = \"smtp\"\nhost = \"localhost\"\nsecurity = \"none\"\nfrom = \"a@b\"\n";
    assert_eq!(keys(demo, Severity::Error), [""; 0]);
}

#[test]
fn the_daemon_does_not_start_with_pages_that_are_not_safe() {
    for (text, key) in [
        ("[web]\nlisten = [\"127.0.0.1:8443\"]\n", "web.public_url"),
        ("[web]\ntls = false\npublic_url = \"login.example.org\"\n", "web.public_url"),
        ("[web]\ntls = false\npublic_url = \"https://example.org/login\"\n", "web.public_url"),
        ("[web]\ntls = false\npublic_url = \"http://login.example.org\"\n", "web.public_url"),
        ("[web]\npublic_url = \"https://login.example.org\"\n", "web.tls"),
        ("[web]\npublic_url = \"http://localhost:8080\"\n", "web.tls"),
        ("[web]\ntrusted_proxies = [\"proxy.example.org\"]\n", "web.trusted_proxies"),
        ("[web]\ntrusted_proxies = [\"0.0.0.0/0\"]\n", "web.trusted_proxies"),
        ("[web]\nproxy_protocol = true\n", "web.proxy_protocol"),
        ("[web]\nlanguage = \"de\"\n", "web.language"),
        ("[web]\ntime_zone = \"Europe/Nowhere\"\n", "web.time_zone"),
        ("[web]\ncolour = \"red\"\n", "web.colour"),
        ("[web]\nlogo = \"/nonexistent/logo.png\"\n", "web.logo"),
        ("[web]\ntexts = \"/nonexistent\"\n", "web.texts"),
        ("[web]\nsupport = \"a\\nb\"\n", "web.support"),
        ("[web]\nsession_length = \"5m\"\n", "web.session_length"),
        ("[limits]\nmessage_memory = 4194303\n", "limits.message_memory"),
        ("[limits]\nmessage = 67108864\nmessage_memory = 134217728\n", "limits.message_memory"),
        ("[reset]\ntoken_ttl = \"25h\"\n", "reset.token_ttl"),
        ("[reset]\ngenerated_ttl = \"1s\"\n", "reset.generated_ttl"),
        ("[reset]\ndelivery = \"none\"\n", "reset.delivery"),
        ("[reset]\nper_account = 0\n", "reset.per_account"),
    ] {
        assert_eq!(keys(text, Severity::Error), [key], "{text}");
    }
    let allowed = "[web]\ntls = false\nallow_http = true\npublic_url = \"http://login.example.org\"\n";
    assert_eq!(keys(allowed, Severity::Error), [""; 0]);
    assert!(keys(allowed, Severity::Warning).contains(&"web.allow_http".to_owned()));
}

#[test]
fn the_daemon_does_not_start_with_a_relay_that_is_not_safe() {
    for (text, key) in [
        ("host = \"\"\n", "mail.host"),
        ("security = \"none\"\n", "mail.security"),
        ("security = \"none\"\nallow_cleartext = true\nuser = \"a\"\npassword = \"/etc/hostname\"\n", "mail.security"),
        ("user = \"a\"\n", "mail.user"),
        ("password = \"/etc/hostname\"\n", "mail.password"),
        ("user = \"a\"\npassword = \"/nonexistent\"\n", "mail.password"),
        ("ca = \"/nonexistent\"\n", "mail.ca"),
        ("reply_to = \"nobody\"\n", "mail.reply_to"),
        ("timeout = \"0s\"\n", "mail.timeout"),
        ("senders = 0\n", "mail.senders"),
        ("port = 0\n", "mail.port"),
    ] {
        let relay = if text.starts_with("host") { RELAYED.replace("host = \"smtp.example.org\"\n", "") } else { RELAYED.to_owned() };
        assert_eq!(keys(&format!("{PROXIED}{relay}{text}"), Severity::Error), [key], "{text}");
    }
    let without = |line: &str| format!("{PROXIED}{RELAYED}").replace(line, "");
    assert_eq!(keys(&without("from = \"a@example.org\"\n"), Severity::Error), ["mail.from"]);
    assert_eq!(keys(RELAYED, Severity::Error), ["web.public_url"]);
    assert_eq!(keys(&format!("{PROXIED}[mail]\ntransport = \"file\"\nfrom = \"a@b\"\n"), Severity::Error), ["mail.directory"]);
    let allowed = format!("{PROXIED}{RELAYED}security = \"none\"\nallow_cleartext = true\n");
    assert_eq!(keys(&allowed, Severity::Error), [""; 0]);
}

#[test]
fn pages_without_mail_are_warned_of() {
    assert_eq!(keys(PROXIED, Severity::Warning), ["tls.certificate", "mail.transport"]);
}
