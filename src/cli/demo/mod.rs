//! `bindery demo`: a daemon with sample people on loopback ports, for trying things out and for tests.

mod crowd;
mod facts;
mod people;
mod place;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use crate::clock::Clock;
use crate::config::{self, Config, MailTransport, Severity, Sources};
use crate::directory::Hasher;
use crate::domain::dn::Dn;
use crate::domain::tree::Tree;
use crate::observe;
use crate::secret::Secret;
use crate::server;

use facts::DemoFacts;
use place::DemoPlace;

/// What `demo` takes.
#[derive(Debug, clap::Args)]
pub struct DemoArguments {
    /// Keep everything in DIR and use it again next time; without it everything is gone at the end
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Use the ports from N on (LDAP, LDAPS, the pages, metrics) in place of 3890, 6360, 8080 and 9389; 0 takes any that
    /// are free
    #[arg(long, value_name = "N")]
    port_base: Option<u16>,
    /// Add N more people, user000000 and on, for load tests
    #[arg(long, value_name = "N", default_value_t = 0)]
    people: u32,
    /// Print one line of JSON once it serves, for scripts
    #[arg(long)]
    json: bool,
    /// Override a setting, as `throttle.enabled=false`; `BINDERY_*` variables do the same
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = super::serve::key_and_value)]
    settings: Vec<(String, String)>,
}

/// Runs a daemon with sample people until it is told to stop.
pub fn run(arguments: DemoArguments) -> ExitCode {
    match serve(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bindery demo: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn serve(arguments: DemoArguments) -> anyhow::Result<()> {
    let place = DemoPlace::new(arguments.dir.clone())?;
    let config = configuration(&arguments, &place)?;
    observe::log::start(super::serve::log_format(config.log.format), &config.log.level)?;
    let store = server::open_store(&config)?;
    let secret = seed(&store, &config, &arguments)?;
    let facts = DemoFacts { config: &config, place: &place, secret: &secret, crowd: arguments.people };
    let json = arguments.json;
    server::run(store, config.clone(), |running| {
        if let Err(error) = facts.print(running, json) {
            tracing::warn!(%error, "nobody reads what is printed");
        }
    })?;
    Ok(())
}

/// The settings of a demonstration, below what the environment and flags say.
fn configuration(arguments: &DemoArguments, place: &DemoPlace) -> anyhow::Result<Config> {
    let port = |default: u16, offset: u16| match arguments.port_base {
        None => default,
        Some(0) => 0,
        Some(base) => base.saturating_add(offset),
    };
    let loopback = |port: u16| vec![SocketAddr::from((Ipv4Addr::LOCALHOST, port))];
    let mut defaults = Config::default();
    defaults.directory.organisation = "Exemple SARL".to_owned();
    defaults.ldap.listen = loopback(port(3890, 0));
    defaults.ldap.tls_listen = loopback(port(6360, 1));
    defaults.web.listen = loopback(port(8080, 2));
    defaults.web.public_url = Some(format!("http://127.0.0.1:{}", port(8080, 2)));
    defaults.web.tls = false;
    defaults.mail.transport = MailTransport::File;
    defaults.mail.directory = Some(place.path("mail"));
    defaults.mail.from = Some(format!("Exemple SARL <no-reply@{}>", place::MAIL_DOMAIN));
    defaults.metrics.listen = loopback(port(9389, 3));
    // Its people are known to everybody.
    defaults.metrics.mails = true;
    defaults.ldap.socket = place.path("ldapi");
    defaults.store.path = place.path("bindery.redb");
    defaults.tls.certificate = Some(place.path("certificate.pem"));
    defaults.tls.key = Some(place.path("key.pem"));
    place.write_certificate(Clock::System.now())?;
    let sources = Sources { defaults, ..Sources::of_process(None, arguments.settings.clone()) };
    let mut loaded = config::load(&sources);
    // It says so itself that mails are written into files; that is what it is for.
    loaded.problems.retain(|problem| problem.severity == Severity::Error || problem.key != "mail.transport");
    super::serve::accept(loaded)
}

/// Fills the store, if it is empty; gives the service account's secret, which is made anew each time.
fn seed(store: &crate::store::Store, config: &Config, arguments: &DemoArguments) -> anyhow::Result<Secret> {
    let tree = Tree::new(Dn::parse(&config.directory.suffix)?);
    let domain = place::mail_domain(&tree);
    let now = Clock::System.now();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let hasher = Hasher::start(server::hasher_settings(config));
        let seeding = people::Seeding { store, hasher: &hasher, config, domain: &domain, now };
        crowd::load(&seeding, arguments.people).await?;
        seeding.people().await?;
        Ok(seeding.service_secret().await?)
    })
}
