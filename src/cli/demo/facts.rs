//! What a demonstration says of itself once it serves: for people, commands that work as they are printed; for scripts,
//! one line of JSON.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;

use serde_json::{Value, json};

use crate::config::{Config, MailTransport};
use crate::domain::dn::Dn;
use crate::domain::tree::Tree;
use crate::secret::Secret;
use crate::server::Running;

use super::crowd;
use super::people::{PEOPLE, SERVICE, Sample};
use super::place::{DemoPlace, mail_domain};

/// What is said.
pub struct DemoFacts<'a> {
    /// The settings in force.
    pub config: &'a Config,
    /// Where everything is.
    pub place: &'a DemoPlace,
    /// The service account's secret.
    pub secret: &'a Secret,
    /// How many more people there are.
    pub crowd: u32,
}

impl DemoFacts<'_> {
    /// Writes it to the standard output.
    ///
    /// # Errors
    /// If nobody reads it.
    pub fn print(&self, running: &Running, as_json: bool) -> io::Result<()> {
        // The suffix has been read before.
        let tree = Tree::new(Dn::parse(&self.config.directory.suffix).unwrap_or_default());
        let text = if as_json { format!("{}\n", self.json(running, &tree)) } else { self.text(running, &tree) };
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        out.flush()
    }

    fn json(&self, running: &Running, tree: &Tree) -> Value {
        let domain = mail_domain(tree);
        let person = |sample: &Sample| {
            json!({
                "login": sample.login,
                "dn": tree.account_dn(sample.login),
                "password": sample.password,
                "mail": format!("{}@{domain}", sample.login),
                "groups": sample.groups,
                "role": sample.role.word(),
                "team": sample.team,
            })
        };
        let [administrator, people @ ..] = &PEOPLE;
        let mut facts = json!({
            "pid": std::process::id(),
            "base": tree.suffix_dn(),
            "ldap": running.ldap.first().map(|address| format!("ldap://{address}")),
            "ldaps": running.ldaps.first().map(|address| format!("ldaps://localhost:{}", address.port())),
            "ldapi": running.ldapi.as_ref().map(|path| format!("ldapi://{}", percent(&path.to_string_lossy()))),
            "ca": self.place.path("ca.pem"),
            "metrics": running.metrics.first().map(|address| format!("http://{address}")),
            "mail_directory": self.mail_directory(),
            "web": running.public_url,
            "administrator": person(administrator),
            "service": {"login": SERVICE, "dn": tree.service_dn(SERVICE), "password": self.shown_secret()},
            "people": people.iter().map(person).collect::<Vec<_>>(),
        });
        if self.crowd > 0 {
            facts["crowd"] = json!({
                "count": self.crowd,
                "first": tree.account_dn(&crowd::login(0)),
                "last": tree.account_dn(&crowd::login(self.crowd - 1)),
                "password": crowd::PASSWORD,
            });
        }
        facts
    }

    fn text(&self, running: &Running, tree: &Tree) -> String {
        let port = |addresses: &[SocketAddr]| addresses.first().map_or(0, SocketAddr::port);
        let (plain, tls) = (port(&running.ldap), port(&running.ldaps));
        let ca = self.place.path("ca.pem");
        let [administrator, .., louise, _, _, _, _] = &PEOPLE;
        let (base, secret) = (tree.suffix_dn(), self.shown_secret());
        let (admin_dn, louise_dn, service_dn) =
            (tree.account_dn(administrator.login), tree.account_dn(louise.login), tree.service_dn(SERVICE));
        let mut text = format!(
            "Bindery serves {base} on ldap://localhost:{plain} (StartTLS) and ldaps://localhost:{tls}\n\n  {:<9} {:<14} {:<14} {:<8} password\n",
            "login", "name", "role", "team"
        );
        for sample in &PEOPLE {
            let name = format!("{} {}", sample.name.0, sample.name.1);
            let team = sample.team.unwrap_or("-");
            text += &format!("  {:<9} {name:<14} {:<14} {team:<8} {}\n", sample.login, sample.role.word(), sample.password);
        }
        text += &format!("  {SERVICE:<9} {:<14} {:<14} {:<8} {secret}\n", "(application)", "service", "-");
        if self.crowd > 0 {
            text += &format!("  {} to {}: {}\n", crowd::login(0), crowd::login(self.crowd - 1), crowd::PASSWORD);
        }
        text += &format!(
            "\nTry it, in another terminal:\n\n\
             export LDAPTLS_CACERT='{}'\n\
             ldapwhoami -x -ZZ -H ldap://localhost:{plain} -D '{louise_dn}' -w '{}'\n\
             ldapsearch -x -LLL -H ldaps://localhost:{tls} -D '{service_dn}' -w '{secret}' -b '{base}' '(uid={})' cn mail memberOf\n\
             ldappasswd -x -ZZ -H ldap://localhost:{plain} -D '{admin_dn}' -w '{}' '{louise_dn}'\n\n\
             The last one sets a new password for {} and prints it.\n",
            ca.display(),
            louise.password,
            louise.login,
            administrator.password,
            louise.login,
        );
        text += &self.forgotten_password(running, louise);
        text + "\nStop with Ctrl-C.\n"
    }

    /// A whole reset, step by step, with nothing but a browser.
    fn forgotten_password(&self, running: &Running, louise: &Sample) -> String {
        let (Some(url), Some(mails)) = (&running.public_url, self.mail_directory()) else { return String::new() };
        let (login, mails) = (louise.login, mails.display());
        format!(
            "\nA forgotten password, from beginning to end:\n\n  \
             1. Open {url}, follow \"Request a new password\" and type {login}.\n  \
             2. The mail is a file in {mails}. Its link:\n\n\
             grep -ho '{url}/r/[A-Za-z0-9_-]\\{{43\\}}' {mails}/*-reset-link.eml | tail -1\n\n  \
             3. Open the link. Choose a password, or press \"Send me a new password\" and read it in the second mail:\n\n\
             cat {mails}/*-generated-password.eml\n\n  \
             4. Sign in at {url} with it. The applications take it from now on.\n"
        )
    }

    /// Where mails are written, if that is what becomes of them.
    fn mail_directory(&self) -> Option<&Path> {
        self.config.mail.directory.as_deref().filter(|_| self.config.mail.transport == MailTransport::File)
    }

    /// A demonstration's secret is there to be seen.
    fn shown_secret(&self) -> String {
        String::from_utf8_lossy(self.secret.expose()).into_owned()
    }
}

/// `path` as it stands in an ldapi URI.
fn percent(path: &str) -> String {
    let mut text = String::new();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => text.push(char::from(byte)),
            other => text += &format!("%{other:02X}"),
        }
    }
    text
}
