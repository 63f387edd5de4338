//! The real daemon, as `bindery demo --json` on free ports and in a directory of its own.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use super::Program;

/// A daemon that runs until this is dropped.
pub struct Daemon {
    child: Child,
    launch: Launch,
    facts: Facts,
    directory: TempDir,
}

/// How it is started.
#[derive(Clone, Debug, Default)]
pub struct Launch {
    /// Settings from these `BINDERY_*` variables.
    pub environment: Vec<(String, String)>,
    /// Further arguments of `bindery demo`.
    pub arguments: Vec<String>,
    /// A program that becomes the daemon, with its arguments before the daemon's own: `unshare -n`.
    pub within: Vec<String>,
}

/// The line that `bindery demo --json` prints once it serves.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Facts {
    /// The daemon's process.
    pub pid: u32,
    /// The suffix.
    pub base: String,
    /// `ldap://127.0.0.1:PORT`
    pub ldap: String,
    /// `ldaps://localhost:PORT`
    pub ldaps: String,
    /// `ldapi://%2F…`
    pub ldapi: String,
    /// The certificate that signs the server's, PEM.
    pub ca: PathBuf,
    /// `http://127.0.0.1:PORT` of metrics and health.
    pub metrics: String,
    /// `http://127.0.0.1:PORT` of the pages.
    pub web: Option<String>,
    /// Where mails are written, a file each.
    pub mail_directory: Option<PathBuf>,
    /// The administrator.
    pub administrator: Person,
    /// The service account.
    pub service: Login,
    /// The sample people.
    pub people: Vec<Person>,
}

/// Who can bind.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Login {
    /// The DN to bind with.
    pub dn: String,
    /// The password.
    pub password: String,
}

/// A sample person.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Person {
    /// uid
    pub login: String,
    /// The DN to bind with.
    pub dn: String,
    /// The password.
    pub password: String,
    /// The first mail address.
    pub mail: String,
    /// The names of the groups.
    pub groups: Vec<String>,
    /// user, manager or administrator
    pub role: String,
    /// The name of the team.
    pub team: Option<String>,
}

/// How long the daemon may take to serve: a debug build on a busy machine makes its sample people.
const START: Duration = Duration::from_secs(60);

impl Daemon {
    /// Starts one with the sample people.
    pub fn start() -> Daemon {
        Daemon::with(&[])
    }

    /// Starts one with settings from these `BINDERY_*` variables.
    pub fn with(environment: &[(&str, &str)]) -> Daemon {
        let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Daemon::launch(Launch { environment, ..Launch::default() })
    }

    /// Starts one in any other way.
    pub fn launch(launch: Launch) -> Daemon {
        let directory = TempDir::with_prefix("bindery-test-").unwrap();
        let (child, facts) = spawn(directory.path(), &launch);
        Daemon { child, launch, facts, directory }
    }

    /// Ends it at once with `kill -9`, as a crash would, and starts it again on the same data.
    pub fn crash_and_restart(&mut self) {
        self.crash();
        (self.child, self.facts) = spawn(self.directory.path(), &self.launch);
    }

    /// Ends it at once with `kill -9`.
    pub fn crash(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Whether it ends by itself within `time`, and with which status.
    pub fn exit_code(&mut self, time: Duration) -> Option<i32> {
        let end = Instant::now() + time;
        while Instant::now() < end {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            thread::sleep(Duration::from_millis(10));
        }
        None
    }

    /// What it said of itself.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Where it listens for `ldap://`.
    pub fn address(&self) -> SocketAddr {
        self.facts.ldap.trim_start_matches("ldap://").parse().unwrap()
    }

    /// Its directory: data, certificate, log.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// All it has written to its standard error so far.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(log_file(self.directory.path())).unwrap()).into_owned()
    }

    /// The present value of one series of the metrics, `name{label="value"}`.
    pub fn metric(&self, series: &str) -> u64 {
        let text = self.metrics();
        let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("no {series} in {text}")).parse().unwrap()
    }

    /// The metrics, as Prometheus reads them.
    pub fn metrics(&self) -> String {
        let address = self.facts.metrics.trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).unwrap();
        write!(stream, "GET /metrics HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// The sample person with this login.
    pub fn person(&self, login: &str) -> &Person {
        let known = self.facts.people.iter().find(|person| person.login == login);
        known.unwrap_or_else(|| panic!("{login} is not among the sample people"))
    }

    /// Waits until no client is connected any more.
    ///
    /// # Panics
    /// If one stays for longer than anything here may take.
    pub fn is_left_alone(&self) {
        let end = Instant::now() + START;
        let connected = |metrics: &str| metrics.lines().any(|line| line.starts_with("bindery_connections{") && !line.ends_with(" 0"));
        loop {
            let metrics = Program::new("curl").args(["-sS", &format!("{}/metrics", self.facts.metrics)]).succeeds().stdout;
            assert!(metrics.contains("bindery_connections{"), "{metrics}");
            if !connected(&metrics) {
                return;
            }
            assert!(Instant::now() < end, "somebody is still connected after {START:?}:\n{metrics}");
            thread::sleep(Duration::from_millis(100));
        }
    }

    /// A client program of ldap-utils that speaks to it over `ldap://`, with a simple bind as `dn`.
    pub fn client(&self, program: &str, dn: &str, password: &str) -> Program {
        Program::new(program).args(["-x", "-H", &self.facts.ldap, "-D", dn, "-w", password])
    }

    /// The same, bound as the service account.
    pub fn as_service(&self, program: &str) -> Program {
        self.client(program, &self.facts.service.dn, &self.facts.service.password)
    }

    /// The same, bound as the administrator.
    pub fn as_administrator(&self, program: &str) -> Program {
        self.client(program, &self.facts.administrator.dn, &self.facts.administrator.password)
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            println!("the daemon's log:\n{}", self.log());
        } else {
            self.has_kept_its_secrets();
        }
    }
}

impl Daemon {
    /// Expects that its log, which is at TRACE in all tests, shows no password and nothing like a token: 43 characters of
    /// base64url, or a generated password.
    fn has_kept_its_secrets(&self) {
        let log = self.log();
        let known = self.facts.people.iter().chain([&self.facts.administrator]).map(|person| &person.password);
        for secret in known.chain([&self.facts.service.password]) {
            assert!(!log.contains(secret.as_str()), "{secret} shows in the log:\n{log}");
        }
        let foreign = |character: char| !(character.is_ascii_alphanumeric() || character == '-' || character == '_');
        for word in log.split(foreign) {
            assert!(!is_token(word) && !is_generated(word), "{word} shows in the log:\n{log}");
        }
    }
}

fn is_token(word: &str) -> bool {
    let has = |kind: fn(&u8) -> bool| word.as_bytes().iter().any(kind);
    word.len() == 43 && has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_digit)
}

fn is_generated(word: &str) -> bool {
    let group = |group: &str| group.len() == 5 && group.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    word.len() == 23 && word.split('-').count() == 4 && word.split('-').all(group)
}

fn log_file(directory: &Path) -> PathBuf {
    directory.join("test-log")
}

/// Starts the daemon on `directory` and waits for its line.
fn spawn(directory: &Path, launch: &Launch) -> (Child, Facts) {
    let log = File::options().create(true).append(true).open(log_file(directory)).unwrap();
    let bindery = env!("CARGO_BIN_EXE_bindery").to_owned();
    let line: Vec<&String> = launch.within.iter().chain([&bindery]).collect();
    let mut child = Command::new(line[0])
        .args(&line[1..])
        .args(["demo", "--json", "--port-base", "0", "--dir"])
        .arg(directory.join("demo"))
        .args(&launch.arguments)
        .env("TEST_DIRECTORY", directory)
        .env("BINDERY_LOG__LEVEL", "trace")
        .envs(launch.environment.iter().cloned())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .unwrap();
    let (line, first_line) = mpsc::channel();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    thread::spawn(move || {
        let mut text = String::new();
        let read = stdout.read_line(&mut text);
        let _ = line.send(read.map(|_| text));
        // The daemon must always be able to write.
        let _ = std::io::copy(&mut stdout, &mut std::io::sink());
    });
    let said = first_line.recv_timeout(START).ok().and_then(Result::ok).unwrap_or_default();
    match serde_json::from_str(&said) {
        Ok(facts) => (child, facts),
        Err(error) => {
            let _ = child.kill();
            let _ = child.wait();
            panic!("the daemon does not say that it serves ({error}): {said:?}\n{}", fs::read_to_string(log_file(directory)).unwrap());
        }
    }
}
