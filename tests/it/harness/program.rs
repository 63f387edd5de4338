//! Runs a client program and gives what it said. A program that is missing fails the test and names its package.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// A program that is going to be run.
pub struct Program {
    name: String,
    command: Command,
    input: Vec<u8>,
    timeout: Duration,
}

/// What a program said.
#[derive(Debug)]
pub struct Output {
    /// Its exit status; none if a signal ended it.
    pub code: Option<i32>,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl Program {
    /// The program `name` of the search path, or a file.
    pub fn new(name: &str) -> Program {
        let mut command = Command::new(name);
        // What the machine's own /etc/ldap/ldap.conf says must not matter; texts are matched in English.
        command.env("LDAPNOINIT", "1").env("LC_ALL", "C.UTF-8");
        Program { name: name.to_owned(), command, input: Vec::new(), timeout: TIMEOUT }
    }

    /// The daemon's own program: `bindery`.
    pub fn bindery() -> Program {
        Program::new(env!("CARGO_BIN_EXE_bindery"))
    }

    /// Further arguments.
    pub fn args<S: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = S>) -> Program {
        self.command.args(arguments);
        self
    }

    /// One more argument.
    pub fn arg(self, argument: impl AsRef<OsStr>) -> Program {
        self.args([argument])
    }

    /// An environment variable.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Program {
        if name.starts_with("LDAP") {
            self.command.env_remove("LDAPNOINIT");
        }
        self.command.env(name, value);
        self
    }

    /// What the program reads from its standard input.
    pub fn stdin(mut self, input: impl Into<Vec<u8>>) -> Program {
        self.input = input.into();
        self
    }

    /// How long it may take; 20 s if nothing else is said.
    pub fn timeout(mut self, timeout: Duration) -> Program {
        self.timeout = timeout;
        self
    }

    /// Runs it to its end.
    ///
    /// # Panics
    /// If it is not installed, or takes longer than it may.
    pub fn run(mut self) -> Output {
        self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.begin();
        let stdout = collect(child.stdout.take().unwrap());
        let stderr = collect(child.stderr.take().unwrap());
        let mut stdin = child.stdin.take().unwrap();
        let input = std::mem::take(&mut self.input);
        // A program that does not read its input is none of our business.
        let writer = thread::spawn(move || drop(stdin.write_all(&input)));

        let code = wait(&mut child, self.timeout);
        writer.join().unwrap();
        let output = Output { code: code.flatten(), stdout: stdout.join().unwrap(), stderr: stderr.join().unwrap() };
        assert!(code.is_some(), "{:?} took longer than {:?}: {output:?}", self.command, self.timeout);
        output
    }

    /// Starts it, with all that it says going to `log`.
    ///
    /// # Panics
    /// If it is not installed.
    pub fn spawn(mut self, log: File) -> Child {
        self.command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        self.begin()
    }

    fn begin(&mut self) -> Child {
        match self.command.spawn() {
            Ok(child) => child,
            Err(error) if error.kind() == ErrorKind::NotFound => panic!("{}", missing(&self.name)),
            Err(error) => panic!("{}: {error}", self.name),
        }
    }

    /// Runs it, and expects that it ends with success.
    pub fn succeeds(self) -> Output {
        self.exits(0)
    }

    /// Runs it, and expects this exit status; ldap-utils exit with the result code.
    pub fn exits(self, code: i32) -> Output {
        let what = format!("{:?}", self.command);
        let output = self.run();
        assert_eq!(output.code, Some(code), "{what}\nstdout: {}\nstderr: {}", output.stdout, output.stderr);
        output
    }
}

impl Output {
    /// The values of `attribute` in LDIF output, base64 not decoded.
    pub fn values(&self, attribute: &str) -> Vec<&str> {
        let prefix = format!("{attribute}: ");
        self.stdout.lines().filter_map(|line| line.strip_prefix(prefix.as_str())).collect()
    }
}

/// The exit status of `child`; none if it had to be killed after `timeout`.
fn wait(child: &mut Child, timeout: Duration) -> Option<Option<i32>> {
    let end = Instant::now() + timeout;
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status.code());
        }
        if Instant::now() > end {
            child.kill().unwrap();
            child.wait().unwrap();
            return None;
        }
        thread::sleep(Duration::from_millis(5));
    }
}

fn collect(mut stream: impl Read + Send + 'static) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// What to do when `program` is not there.
fn missing(program: &str) -> String {
    match PACKAGES.iter().find(|(_, programs)| programs.contains(&program)) {
        Some((package, _)) => format!("{program} is missing: apt-get install {package} (./tests/run does it as root)"),
        None => format!("{program} is missing"),
    }
}

const TIMEOUT: Duration = Duration::from_secs(20);

/// Which Debian package a program comes from; `tests/run` installs all of them.
const PACKAGES: &[(&str, &[&str])] = &[
    (
        "ldap-utils",
        &["ldapsearch", "ldapwhoami", "ldappasswd", "ldapcompare", "ldapadd", "ldapmodify", "ldapdelete", "ldapmodrdn", "ldapexop"],
    ),
    ("python3 python3-ldap3 python3-ldap", &["python3"]),
    ("curl", &["curl"]),
    ("openssl", &["openssl"]),
    ("postgresql", &["psql", "pg_ctl", "initdb"]),
    ("apache2 apache2-utils", &["apache2", "htpasswd"]),
    ("nslcd libnss-ldapd libpam-ldapd", &["nslcd"]),
    ("pamtester", &["pamtester"]),
    ("sssd-common sssd-ldap sssd-tools", &["sssd", "sssctl"]),
    ("iproute2", &["ip"]),
    ("util-linux", &["unshare", "nsenter", "setpriv"]),
];

#[test]
fn a_missing_program_is_named_with_its_package() {
    assert!(missing("ldapwhoami").contains("apt-get install ldap-utils"));
    let absent = std::panic::catch_unwind(|| Program::new("no-such-program-anywhere").run());
    assert!(absent.is_err(), "a program that is not there must fail the test");
}

#[test]
fn a_program_gets_its_input_and_gives_its_outputs_and_status() {
    let output = Program::new("sh").args(["-c", "cat; echo fault >&2; exit 3"]).stdin("uid: louisem\nuid: x\n").exits(3);
    assert_eq!(output.values("uid"), ["louisem", "x"]);
    assert_eq!(output.stderr, "fault\n");
}

#[test]
fn a_program_that_hangs_is_ended() {
    let hanging = std::panic::catch_unwind(|| Program::new("sleep").arg("60").timeout(Duration::from_millis(50)).run());
    assert!(hanging.is_err(), "a program that takes too long must fail the test");
}
