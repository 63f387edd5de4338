//! Apache's mod_authnz_ldap: search+bind, groups by Compare, a filter, an attribute; in clear, with StartTLS and LDAPS.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::harness::{Daemon, Person, Program, Server, free_port, open_directory};

/// A web server for one test.
struct Apache {
    /// Ended before its directory is removed.
    _server: Server,
    port: u16,
    _directory: TempDir,
}

/// The pages, each with whom it requires.
const PAGES: [(&str, &str); 4] = [
    ("anybody", "valid-user"),
    ("group", "ldap-group cn=vpn,ou=groups,dc=example,dc=org"),
    ("filter", "ldap-filter memberOf=cn=vpn,ou=groups,dc=example,dc=org"),
    ("attribute", "ldap-attribute departmentNumber=sales"),
];

impl Apache {
    fn start(daemon: &Daemon) -> Apache {
        let directory = open_directory(daemon);
        let path = directory.path();
        let port = free_port();
        for (page, _) in PAGES {
            for way in ["clear", "start_tls", "ldaps"] {
                fs::create_dir_all(path.join(format!("pages/{way}"))).unwrap();
                fs::write(path.join(format!("pages/{way}/{page}")), "seen\n").unwrap();
            }
        }
        fs::write(path.join("apache2.conf"), configuration(daemon, path, port)).unwrap();
        let program = Program::new("apache2").args(["-D", "FOREGROUND", "-d", path.to_str().unwrap(), "-f", "apache2.conf"]);
        let server = Server::start(program, &path.join("log")).until(|| status(port, "/", None) == "404");
        Apache { _server: server, port, _directory: directory }
    }

    /// The status that a person gets for a page.
    fn get(&self, page: &str, person: &Person) -> String {
        self.get_with(page, &person.login, &person.password)
    }

    fn get_with(&self, page: &str, login: &str, password: &str) -> String {
        status(self.port, page, Some((login, password)))
    }
}

/// The status of an answer; nobody there is 000.
fn status(port: u16, page: &str, credentials: Option<(&str, &str)>) -> String {
    let mut curl = Program::new("curl").args(["-s", "-o", "/dev/null", "-w", "%{http_code}"]);
    if let Some((login, password)) = credentials {
        curl = curl.arg("-u").arg(format!("{login}:{password}"));
    }
    curl.arg(format!("http://127.0.0.1:{port}{page}")).run().stdout
}

/// The same for credentials of any octets.
fn status_of(port: u16, page: &str, credentials: &[u8]) -> String {
    use base64::Engine as _;
    let header = format!("Authorization: Basic {}", base64::engine::general_purpose::STANDARD.encode(credentials));
    let curl = Program::new("curl").args(["-s", "-o", "/dev/null", "-w", "%{http_code}", "-H", &header]);
    curl.arg(format!("http://127.0.0.1:{port}{page}")).run().stdout
}

fn configuration(daemon: &Daemon, directory: &Path, port: u16) -> String {
    let modules: String = ["mpm_event", "authn_core", "authz_core", "authz_user", "auth_basic", "ldap", "authnz_ldap"]
        .map(|module| format!("LoadModule {module}_module /usr/lib/apache2/modules/mod_{module}.so\n"))
        .concat();
    let privileges = if rustix::process::geteuid().is_root() { "User www-data\nGroup www-data\n" } else { "" };
    let facts = daemon.facts();
    let ldaps = facts.ldaps.replace("localhost", "127.0.0.1");
    let ways = [("clear", &facts.ldap, "NONE"), ("start_tls", &facts.ldap, "STARTTLS"), ("ldaps", &ldaps, "SSL")];
    let locations: String = ways
        .iter()
        .flat_map(|way| PAGES.map(|page| (way, page)))
        .map(|((way, url, mode), (page, required))| {
            format!(
                "<Location /{way}/{page}>\n AuthType Basic\n AuthName demo\n AuthBasicProvider ldap\n \
                 AuthLDAPURL \"{url}/ou=people,{}?uid?sub?(objectClass=person)\" {mode}\n \
                 AuthLDAPBindDN \"{}\"\n AuthLDAPBindPassword \"{}\"\n Require {required}\n</Location>\n",
                facts.base, facts.service.dn, facts.service.password
            )
        })
        .collect();
    let directory = directory.display();
    format!(
        "{modules}{privileges}ServerName localhost\nListen 127.0.0.1:{port}\nPidFile {directory}/pid\nErrorLog /dev/stderr\n\
         DocumentRoot {directory}/pages\nStartServers 1\nLDAPTrustedGlobalCert CA_BASE64 {directory}/ca.pem\n\
         # Each answer is the daemon's.\nLDAPCacheEntries 0\nLDAPOpCacheEntries 0\n{locations}"
    )
}

#[test]
fn pages_are_for_those_who_are_required() {
    let daemon = Daemon::start();
    let apache = Apache::start(&daemon);
    let (louise, zoe) = (daemon.person("louisem"), daemon.person("zoef"));
    for way in ["clear", "start_tls", "ldaps"] {
        // Louise is in the team sales, Zoé in the group vpn.
        for (page, for_louise, for_zoe) in
            [("anybody", "200", "200"), ("group", "401", "200"), ("filter", "401", "200"), ("attribute", "200", "401")]
        {
            let page = format!("/{way}/{page}");
            assert_eq!((apache.get(&page, louise), apache.get(&page, zoe)), (for_louise.into(), for_zoe.into()), "{page}");
        }
        let page = format!("/{way}/anybody");
        // Browsers send Latin-1, and Apache hands the octets on.
        assert_eq!(status_of(apache.port, &page, b"zo\xe9:wrong"), "401", "{page}");
        for (login, password) in
            [("louisem", "wrong password"), ("louisem", ""), ("nobody", "wrong password"), ("*", zoe.password.as_str())]
        {
            assert_eq!(apache.get_with(&page, login, password), "401", "{page} as {login:?} with {password:?}");
        }
        assert_eq!(apache.get(&page, louise), "200");
    }
    assert_eq!(status(apache.port, "/clear/anybody", None), "401");
}

#[test]
fn a_connection_that_was_idle_for_too_long_is_made_anew() {
    let daemon = Daemon::with(&[("BINDERY_LIMITS__IDLE_TIME", "1s")]);
    let apache = Apache::start(&daemon);
    for _ in 0..2 {
        for page in ["/clear/group", "/start_tls/group", "/ldaps/group"] {
            assert_eq!(apache.get(page, daemon.person("zoef")), "200", "{page}");
        }
        daemon.is_left_alone();
    }
}
