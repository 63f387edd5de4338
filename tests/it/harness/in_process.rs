//! The real daemon within the test's process, with a clock that the test moves.

use std::fs::{self, Permissions};
use std::future::Future;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bindery::clock::Clock;
use bindery::config::{Config, MailTransport};
use bindery::directory::Directory;
use bindery::domain::time::UnixTime;
use bindery::server::{self, Running};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use super::Program;

/// A daemon that runs until this is dropped; empty at first.
pub struct InProcess {
    runtime: Runtime,
    running: Option<Running>,
    clock: Clock,
    suffix: String,
    config: Config,
    /// Removed with all that is in it when this is dropped.
    _directory: TempDir,
}

/// When the clock stands still at first: 2026-11-22 09:00 UTC.
const START: UnixTime = UnixTime::from_secs(1_795_338_000);

impl InProcess {
    /// Starts one with the default settings.
    pub fn start() -> InProcess {
        InProcess::with(|_| ())
    }

    /// Starts one with pages and with mails that are written into files, after `change` has had its way with the settings.
    pub fn with_pages(change: impl FnOnce(&mut Config)) -> InProcess {
        InProcess::with_pages_at(START, change)
    }

    /// The same, with the clock at `time` at first.
    pub fn with_pages_at(time: UnixTime, change: impl FnOnce(&mut Config)) -> InProcess {
        InProcess::at(time, |config| {
            config.web.listen = vec![SocketAddr::from(([127, 0, 0, 1], 0))];
            config.web.public_url = Some("http://127.0.0.1:0".to_owned());
            config.web.tls = false;
            config.web.time_zone = Some("Europe/Paris".to_owned());
            config.mail.transport = MailTransport::File;
            config.mail.directory = Some(config.store.path.with_file_name("mail"));
            config.mail.from = Some("Example <no-reply@example.org>".to_owned());
            change(config);
        })
    }

    /// Starts one after `change` has had its way with the settings.
    pub fn with(change: impl FnOnce(&mut Config)) -> InProcess {
        InProcess::at(START, change)
    }

    /// The same, with the clock at `time` at first.
    pub fn at(time: UnixTime, change: impl FnOnce(&mut Config)) -> InProcess {
        let directory = TempDir::with_prefix("bindery-test-").unwrap();
        let mut config = Config::default();
        config.ldap.listen = vec![SocketAddr::from(([127, 0, 0, 1], 0))];
        config.ldap.tls_listen = Vec::new();
        config.ldap.socket = directory.path().join("ldapi");
        config.metrics.listen = vec![SocketAddr::from(([127, 0, 0, 1], 0))];
        config.metrics.mails = true;
        config.store.path = directory.path().join("bindery.redb");
        change(&mut config);

        let clock = Clock::manual(time);
        let suffix = config.directory.suffix.clone();
        let runtime = runtime();
        let running = runtime.block_on(server::start(config.clone(), clock.clone())).unwrap();
        InProcess { runtime, running: Some(running), clock, suffix, config, _directory: directory }
    }

    /// Stops it and starts it again on the same data, at the same time.
    pub fn restart(&mut self) {
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running.shutdown());
        }
        // What still holds the store ends with its runtime.
        drop(std::mem::replace(&mut self.runtime, runtime()));
        self.running = Some(self.runtime.block_on(server::start(self.config.clone(), self.clock.clone())).unwrap());
    }

    /// Where the pages listen.
    pub fn web_address(&self) -> SocketAddr {
        self.running.as_ref().unwrap().web[0]
    }

    /// What its links begin with.
    pub fn public_url(&self) -> &str {
        self.running().public_url.as_deref().unwrap()
    }

    /// Where its mails are written.
    pub fn mail_directory(&self) -> &Path {
        self.config.mail.directory.as_deref().unwrap()
    }

    /// Where metrics and health are.
    pub fn metrics_address(&self) -> SocketAddr {
        self.running().metrics[0]
    }

    /// The use cases themselves, and what waits for them.
    pub fn directory(&self) -> &Directory {
        self.running().directory()
    }

    /// Its clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// `ldapi://%2F…`
    pub fn socket_uri(&self) -> String {
        let socket = self.running().ldapi.clone().unwrap();
        format!("ldapi://{}", socket.to_str().unwrap().replace('/', "%2F"))
    }

    /// A file beside its data that only its owner may read.
    pub fn private_file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.config.store.path.with_file_name(name);
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        path
    }

    /// Waits for `future`, as the daemon's own tasks do.
    pub fn wait_for<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    fn running(&self) -> &Running {
        self.running.as_ref().unwrap()
    }

    /// How many passwords its hash threads have dealt with.
    pub fn hashes(&self) -> u64 {
        self.running().directory().hasher().counts().done
    }

    /// Lets time pass.
    pub fn advance(&self, step: Duration) {
        self.clock.advance(step);
    }

    /// Where it listens for `ldap://`.
    pub fn address(&self) -> SocketAddr {
        self.running().ldap[0]
    }

    /// The DN of the person with this login.
    pub fn person_dn(&self, login: &str) -> String {
        format!("uid={login},ou=people,{}", self.suffix)
    }

    /// A client program of ldap-utils with a simple bind as `dn`.
    pub fn client(&self, program: &str, dn: &str, password: &str) -> Program {
        Program::new(program).args(["-x", "-H", &format!("ldap://{}", self.address()), "-D", dn, "-w", password])
    }

    /// A client program of ldap-utils over the Unix socket, where who runs the daemon is administrator.
    pub fn as_administrator(&self, program: &str) -> Program {
        Program::new(program).args(["-Q", "-Y", "EXTERNAL", "-H", &self.socket_uri()])
    }

    /// Adds a person with this password.
    pub fn add_person(&self, login: &str, password: &str) {
        let entry = format!(
            "dn: {}\nobjectClass: inetOrgPerson\nuid: {login}\ncn: {login} Martin\nsn: Martin\nmail: {login}@example.org\nuserPassword: {password}\n",
            self.person_dn(login)
        );
        self.as_administrator("ldapadd").stdin(entry).succeeds();
    }
}

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

impl Drop for InProcess {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running.shutdown());
        }
    }
}
