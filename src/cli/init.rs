//! `bindery init`: the real thing, ready to start. A configuration file, a data directory, a certificate and the first
//! administrator, whose generated password is shown once. Nothing that exists is overwritten.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::certificate;
use super::failure::Failure;
use super::init_config::{self, ConfigBasics};
use super::init_people::People;
use super::init_place::InstallationPlace;
use super::output::{Output, printable};
use crate::clock::Clock;
use crate::config::{self, Config, Severity, Sources};
use crate::domain::dn::Dn;
use crate::domain::schema::Attribute;
use crate::secret::{self, Secret};

/// What `init` takes.
#[derive(Debug, clap::Args)]
pub struct InitArguments {
    /// The DN that everything lives below, such as dc=example,dc=org; it cannot be changed later
    #[arg(long, value_name = "DN")]
    suffix: String,
    /// The organisation's name; without it, the domain that the suffix spells
    #[arg(long, value_name = "NAME")]
    organisation: Option<String>,
    /// Login of the first administrator
    #[arg(long, value_name = "LOGIN", default_value = "admin")]
    administrator: String,
    /// A name or address by which clients reach this machine, for the certificate; may be given several times. Its own
    /// names are always among them
    #[arg(long = "host", value_name = "NAME")]
    hosts: Vec<String>,
    /// A certificate (PEM) to use instead of making one, with those of its issuers
    #[arg(long, value_name = "FILE", requires = "key")]
    certificate: Option<PathBuf>,
    /// Its private key (PEM)
    #[arg(long, value_name = "FILE", requires = "certificate")]
    key: Option<PathBuf>,
    /// Keep everything in this directory, on ports 3890 and 6360 of this machine alone, instead of /etc and /var/lib
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    #[command(flatten)]
    people: People,
    /// Print JSON, for scripts
    #[arg(long)]
    json: bool,
}

/// What was made.
struct Made {
    config: Config,
    hosts: Vec<String>,
    administrator: String,
    password: Secret,
}

impl InitArguments {
    /// Whether scripts read the output.
    pub fn json(&self) -> bool {
        self.json
    }
}

/// Makes everything; if something fails on the way, what was made so far is removed.
pub fn run(arguments: InitArguments) -> Result<(), Failure> {
    let place = InstallationPlace::new(arguments.dir.as_deref())?;
    place.refuse_to_overwrite()?;
    let mut files = Vec::new();
    match make(&arguments, &place, &mut files) {
        Ok(made) => report(&arguments, &place, &made),
        Err(failure) => {
            // Only files that were not there before are in the list.
            files.iter().rev().for_each(|path| drop(std::fs::remove_file(path)));
            Err(failure)
        }
    }
}

fn make(arguments: &InitArguments, place: &InstallationPlace, files: &mut Vec<PathBuf>) -> Result<Made, Failure> {
    let suffix = suffix(&arguments.suffix)?;
    let organisation = arguments.organisation.clone().unwrap_or_else(|| domain_of(&suffix));
    place.make_directories()?;

    let mut hosts = Vec::new();
    let (certificate, key) = match (&arguments.certificate, &arguments.key) {
        (Some(certificate), Some(key)) => (absolute(certificate)?, absolute(key)?),
        _ => {
            let asked: Vec<String> = arguments.hosts.iter().cloned().chain(arguments.people.host()).collect();
            hosts = names(&asked);
            make_certificate(place, &hosts, files)?
        }
    };
    let people = arguments.people.lines(place, &organisation, &domain_of(&suffix))?;
    let basics = ConfigBasics { suffix: &suffix, organisation: &organisation, certificate: &certificate, key: &key };
    let text = init_config::text(place, &basics, people)?;
    place.write(&place.config, text.as_bytes(), 0o640, files)?;
    let config = accepted(&place.config)?;

    let password = secret::generated_password();
    files.push(config.store.path.clone());
    let administrator = super::first_administrator::add(&config, &arguments.administrator, &password)?;
    place.hand_over(&config.store.path)?;
    Ok(Made { config, hosts, administrator, password })
}

fn make_certificate(place: &InstallationPlace, hosts: &[String], files: &mut Vec<PathBuf>) -> Result<(PathBuf, PathBuf), Failure> {
    let made = certificate::generate(hosts, Clock::System.now())
        .map_err(|error| Failure::usage(format!("no certificate can be made for {}: {error}", hosts.join(", "))))?;
    place.write(&place.authority(), made.authority.as_bytes(), 0o644, files)?;
    place.write(&place.certificate(), made.chain.as_bytes(), 0o644, files)?;
    place.write(&place.key(), made.key.expose(), 0o640, files)?;
    Ok((place.certificate(), place.key()))
}

/// The settings in the file that was just written: what was asked for may not be what the daemon can do.
fn accepted(path: &Path) -> Result<Config, Failure> {
    let loaded = config::load(&Sources::of_process(Some(path.to_owned()), Vec::new()));
    loaded.accept().map_err(|problems| {
        let errors = problems.iter().filter(|problem| problem.severity == Severity::Error);
        let lines: Vec<String> = errors.map(|problem| format!("{}: {}; {}", problem.key, problem.what, problem.remedy)).collect();
        Failure::usage(format!("the daemon would not start with that:\n  {}", lines.join("\n  ")))
    })
}

fn suffix(text: &str) -> Result<String, Failure> {
    let remedy = "write it as dc=example,dc=org";
    let dn = Dn::parse(text).map_err(|error| Failure::usage(format!("--suffix {text} is not a DN: {error}")).with_remedy(remedy))?;
    match dn.rdns().first() {
        Some(first) if first.value_of(&[Attribute::Dc, Attribute::O]).is_some_and(|value| !value.trim().is_empty()) => Ok(dn.to_string()),
        _ => Err(Failure::usage(format!("--suffix {text} does not begin with dc= or o=")).with_remedy(remedy)),
    }
}

/// `example.org` for `dc=example,dc=org`.
fn domain_of(suffix: &str) -> String {
    let dn = Dn::parse(suffix).unwrap_or_default();
    let labels: Vec<&str> = dn.rdns().iter().filter_map(|rdn| rdn.value_of(&[Attribute::Dc, Attribute::O])).collect();
    labels.join(".")
}

fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    path.canonicalize().map_err(|error| Failure::usage(format!("cannot use {}: {error}", path.display())))
}

/// The names of this machine, and those that were asked for.
fn names(asked: &[String]) -> Vec<String> {
    let mut names: Vec<String> = asked.to_vec();
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default().trim().to_lowercase();
    let hosts = std::fs::read_to_string("/etc/hosts").unwrap_or_default();
    names.extend(full_name(&host, &hosts));
    names.extend([host, "localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()]);
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| !name.is_empty() && seen.insert(name.clone()));
    names
}

/// The name with a domain that `/etc/hosts` gives the host, as hosts(5) has it first on the host's line.
fn full_name(host: &str, hosts: &str) -> Option<String> {
    hosts
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default().split_whitespace().skip(1).map(str::to_lowercase).collect::<Vec<_>>())
        .filter(|names| names.iter().any(|name| name == host))
        .find_map(|names| names.into_iter().find(|name| name.split_once('.').is_some_and(|(first, _)| first == host)))
}

fn report(arguments: &InitArguments, place: &InstallationPlace, made: &Made) -> Result<(), Failure> {
    let output = Output::new(arguments.json);
    let password = String::from_utf8_lossy(made.password.expose());
    let certificate = made.config.tls.certificate.clone().unwrap_or_default();
    let ca = (!made.hosts.is_empty()).then(|| place.authority());
    let value = json!({
        "config": place.config, "data": place.data, "store": made.config.store.path, "socket": made.config.ldap.socket,
        "certificate": certificate, "ca_file": ca, "hosts": made.hosts, "base_dn": made.config.directory.suffix,
        "public_url": made.config.web.public_url,
        "administrator": {"dn": made.administrator, "password": password},
    });
    let mut text = format!("Bindery is ready to start.\n\n  Configuration  {}\n", place.config.display());
    text.push_str(&format!("  Data           {}\n  Certificate    {}\n", place.data.display(), certificate.display()));
    if let Some(ca) = &ca {
        text.push_str(&format!("                 for {}; {} years\n", made.hosts.join(", "), certificate::YEARS));
        text.push_str(&format!("  For clients    {}  (the authority to trust)\n", ca.display()));
    }
    text.push_str(&format!("\n  Administrator  {}\n  Password       {password}\n", made.administrator));
    text.push_str("                 It is shown this once, and kept nowhere.\n\n");
    text.push_str(&place.next_steps(&made.administrator));
    text.push_str(&arguments.people.hint(place));
    output.result(&value, &printable(&text))?;
    place.warnings().iter().for_each(|warning| output.note(warning));
    Ok(())
}

/// Shown below the help.
pub const EXAMPLES: &str = "Examples:\n  \
    bindery init --suffix dc=example,dc=org --organisation \"Example\" --host ldap.example.org\n  \
    bindery init --suffix dc=example,dc=org --public-url https://login.example.org --mail-host smtp.example.org\n  \
    bindery init --suffix dc=test --dir ./trial";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::{Hasher, HasherSettings};
    use crate::domain::account::Role;
    use crate::domain::caller::Source;
    use crate::domain::credential::Verified;
    use crate::store::{Stop, Store, accounts, credentials};

    fn arguments(dir: &Path) -> InitArguments {
        InitArguments {
            suffix: "dc=test".to_owned(),
            organisation: None,
            administrator: "admin".to_owned(),
            hosts: vec!["ldap.test".to_owned()],
            certificate: None,
            key: None,
            dir: Some(dir.to_owned()),
            people: People::default(),
            json: false,
        }
    }

    #[test]
    fn everything_is_made_and_the_administrator_can_sign_in() {
        let above = tempfile::tempdir().unwrap();
        let place = InstallationPlace::new(Some(&above.path().join("trial"))).unwrap();
        let mut files = Vec::new();
        let made = make(&arguments(&above.path().join("trial")), &place, &mut files).unwrap();
        assert_eq!(made.administrator, "uid=admin,ou=people,dc=test");
        assert!(config::certificate(&made.config.tls).unwrap().is_some());
        assert_eq!(made.config.directory.organisation, "test");

        let store = Store::open(&made.config.store.path, crate::store::FileSettings { cache_bytes: 1 << 20 }).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let read = store.read(|view| -> Result<_, Stop<()>> {
            let account = accounts::by_uid(view, "admin")?.unwrap();
            let credential = credentials::load(view, account.id)?.unwrap();
            Ok((account, credential))
        });
        let (account, credential) = runtime.block_on(read).unwrap();
        assert_eq!((account.role, account.uid_number), (Role::Administrator, made.config.posix.uid_min));
        let hasher = Hasher::start(HasherSettings { threads: 1, ..HasherSettings::default() });
        let verified = runtime.block_on(hasher.verify(Source::Internal, credential.verifier, made.password.clone()));
        assert_eq!(verified, Ok(Verified::Yes));
    }

    #[test]
    fn pages_and_mail_are_set_as_asked_for() {
        let above = tempfile::tempdir().unwrap();
        let secret = above.path().join("secret");
        std::fs::write(&secret, "a password\n").unwrap();
        let line = ["init", "--suffix", "dc=mairie,dc=example", "--organisation", "Mairie : \"Exemple\""];
        let people = ["--public-url", "https://compte.mairie.example", "--mail-host", "smtp.mairie.example", "--mail-user", "compte"];
        let place = ["--mail-password-file", secret.to_str().unwrap(), "--dir", above.path().to_str().unwrap()];
        let command = <InitArguments as clap::Args>::augment_args(clap::Command::new("init"));
        let matches = command.get_matches_from(line.iter().chain(&people).chain(&place));
        let arguments = <InitArguments as clap::FromArgMatches>::from_arg_matches(&matches).unwrap();
        let place = InstallationPlace::new(Some(above.path())).unwrap();
        let made = make(&arguments, &place, &mut Vec::new()).unwrap();
        let (web, mail) = (&made.config.web, &made.config.mail);
        assert_eq!(web.public_url.as_deref(), Some("https://compte.mairie.example"));
        assert_eq!(mail.from.as_deref(), Some("Mairie  Exemple <no-reply@mairie.example>"));
        assert_eq!((mail.user.as_deref(), mail.password.as_ref()), (Some("compte"), Some(&secret)));
        assert!(made.hosts.contains(&"compte.mairie.example".to_owned()), "{:?}", made.hosts);
    }

    #[test]
    fn a_second_time_is_refused_and_changes_nothing() {
        let above = tempfile::tempdir().unwrap();
        run(arguments(above.path())).unwrap();
        let before = std::fs::read(above.path().join("tls/key.pem")).unwrap();
        let failure = run(arguments(above.path())).unwrap_err();
        assert!(failure.problem.contains("exists already"), "{}", failure.problem);
        assert_eq!(std::fs::read(above.path().join("tls/key.pem")).unwrap(), before);
    }

    #[test]
    fn what_fails_leaves_no_files_behind() {
        let above = tempfile::tempdir().unwrap();
        let failure = run(InitArguments { administrator: "a b".to_owned(), ..arguments(above.path()) }).unwrap_err();
        assert_eq!(failure.kind.exit_code(), 2);
        for path in ["bindery.toml", "data/bindery.redb", "tls/key.pem", "tls/certificate.pem", "tls/ca.pem"] {
            assert!(!above.path().join(path).exists(), "{path}");
        }
        assert!(run(arguments(above.path())).is_ok());
    }

    #[test]
    fn the_suffix_spells_a_domain() {
        assert_eq!(suffix("DC=example, dc=org").map(|suffix| domain_of(&suffix)).unwrap(), "example.org");
        for wrong in ["example.org", "", "ou=people", "dc=", "uid=a,dc=x"] {
            assert_eq!(suffix(wrong).unwrap_err().kind.exit_code(), 2, "{wrong}");
        }
    }

    #[test]
    fn the_full_name_is_the_one_that_belongs_to_the_host() {
        let hosts = "127.0.0.1 localhost\n127.0.1.1\tldap.example.org ldap # us\n192.0.2.1 other.example.org other\n";
        assert_eq!(full_name("ldap", hosts).as_deref(), Some("ldap.example.org"));
        assert_eq!(full_name("other", hosts).as_deref(), Some("other.example.org"));
        assert_eq!(full_name("localhost", hosts), None);
        assert_eq!(full_name("nobody", hosts), None);
    }

    #[test]
    fn a_machine_is_known_by_its_loopback_addresses_at_least() {
        let names = names(&["ldap.example.org".to_owned(), "localhost".to_owned()]);
        assert_eq!(names.first().map(String::as_str), Some("ldap.example.org"));
        for name in ["localhost", "127.0.0.1", "::1"] {
            assert_eq!(names.iter().filter(|known| *known == name).count(), 1, "{name}");
        }
    }
}
