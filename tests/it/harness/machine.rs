//! A machine of its own for programs that read `/etc` and write below `/run` and `/var`: private mounts and
//! processes, which the kernel ends all together. The machine it runs on is not changed.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::server::START;
use super::{Daemon, Program};

/// What is going to be on the machine.
pub struct Setup {
    directory: TempDir,
    /// What is mounted over a directory of the same name.
    mounts: Vec<&'static str>,
}

/// A machine with one server on it, until this is dropped.
pub struct Machine {
    /// `unshare`, whose child is the first process in there.
    holder: Child,
    directory: TempDir,
}

impl Setup {
    /// A machine that knows root, and the certificate authority of `daemon` as `/etc/ca.pem`.
    pub fn new(daemon: &Daemon) -> Setup {
        let setup = Setup { directory: TempDir::with_prefix("bindery-test-").unwrap(), mounts: vec!["/etc"] };
        setup
            .file("/etc/passwd", 0o644, "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n")
            .file("/etc/group", 0o644, "root:x:0:\nusers:x:100:\nnogroup:x:65534:\n")
            .file("/etc/shadow", 0o600, "root:*:19000:0:99999:7:::\n")
            .file("/etc/hosts", 0o644, "127.0.0.1 localhost\n")
            .file("/etc/ca.pem", 0o644, &fs::read_to_string(&daemon.facts().ca).unwrap())
    }

    /// A file in a directory that is mounted.
    pub fn file(self, path: &str, mode: u32, content: &str) -> Setup {
        let path = self.inside(path);
        DirBuilder::new().recursive(true).mode(0o755).create(path.parent().unwrap()).unwrap();
        OpenOptions::new().write(true).create_new(true).mode(mode).open(path).unwrap().write_all(content.as_bytes()).unwrap();
        self
    }

    /// Names and passwords come from `source` too: a service of nsswitch.conf(5), and a module of PAM for the
    /// service `bindery`.
    pub fn names_from(self, source: &str, module: &str) -> Setup {
        let databases = ["passwd", "group", "shadow"].map(|database| format!("{database}: files {source}\n")).concat();
        let stack = ["auth", "account", "password"].map(|kind| format!("{kind} required {module}\n")).concat();
        self.file("/etc/nsswitch.conf", 0o644, &databases).file("/etc/pam.d/bindery", 0o644, &stack)
    }

    /// A directory of its own, empty but for `below`.
    pub fn directory(mut self, path: &'static str, below: &[&str]) -> Setup {
        self.mounts.push(path);
        for directory in [""].iter().chain(below) {
            DirBuilder::new().recursive(true).mode(0o755).create(self.inside(path).join(directory)).unwrap();
        }
        self
    }

    /// Starts the machine, and on it a server that stays in the foreground.
    ///
    /// # Panics
    /// If this takes rights that the test does not have; the text says which, and what to do.
    pub fn start(self, server: &[&str]) -> Machine {
        assert!(rustix::process::geteuid().is_root(), "{NEEDS_ROOT}");
        let mounts = self.mounts.join(" ");
        let mut holder = Command::new("unshare")
            .args(["--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-euc", SCRIPT, "sh"])
            .arg(self.directory.path())
            .arg(mounts)
            .args(server)
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // The last thing the script does is to give back what it is sent.
        let _ = holder.stdin.as_mut().unwrap().write_all(b"mounted\n");
        let mut echo = String::new();
        BufReader::new(holder.stdout.take().unwrap()).read_line(&mut echo).unwrap();
        if echo != "mounted\n" {
            let mut said = String::new();
            holder.stderr.take().unwrap().read_to_string(&mut said).unwrap();
            panic!("{NEEDS_ROOT}\n{said}");
        }
        Machine { holder, directory: self.directory }
    }

    fn inside(&self, path: &str) -> PathBuf {
        self.directory.path().join(path.trim_start_matches('/'))
    }
}

impl Machine {
    /// Waits until the machine knows `login`.
    ///
    /// # Panics
    /// If it takes longer than a server may take to start.
    pub fn knows(self, login: &str) -> Machine {
        let end = Instant::now() + START;
        while self.program("getent").args(["passwd", login]).run().code != Some(0) {
            assert!(Instant::now() < end, "{login} is not known on the machine after {START:?}");
            thread::sleep(Duration::from_millis(100));
        }
        self
    }

    /// A program that is going to be run there, as root.
    pub fn program(&self, name: &str) -> Program {
        let of_holder = |kind: &str| format!("/proc/{}/ns/{kind}", self.holder.id());
        Program::new("nsenter")
            .arg(format!("--mount={}", of_holder("mnt")))
            .arg(format!("--pid={}", of_holder("pid_for_children")))
            .args(["--wd=/", "--", name])
    }

    /// A program that is going to be run there with the numbers `uid` and `gid`.
    pub fn program_as(&self, (uid, gid): (u32, u32), name: &str) -> Program {
        self.program("setpriv").args([&format!("--reuid={uid}"), &format!("--regid={gid}"), "--clear-groups", "--", name])
    }

    fn log(&self) -> String {
        fs::read_to_string(log_file(self.directory.path())).unwrap_or_default()
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // The first process reads from here and ends; then the kernel ends the others and forgets the mounts.
        drop(self.holder.stdin.take());
        let _ = self.holder.wait();
        if thread::panicking() {
            println!("the log of the server on the machine:\n{}", self.log());
        }
    }
}

fn log_file(directory: &Path) -> PathBuf {
    directory.join("log")
}

/// Mounts, starts the server, and then waits as the first process until its input is closed, which also happens
/// when the test is killed. Arguments: the directory, what of it is mounted where, the server.
const SCRIPT: &str = r#"
directory=$1 mounts=$2
shift 2
for mount in $mounts; do mount --bind "$directory$mount" "$mount"; done
mount -t tmpfs -o mode=755 tmpfs /run
"$@" </dev/null >"$directory/log" 2>&1 &
exec cat
"#;

const NEEDS_ROOT: &str = "private mounts take root and CAP_SYS_ADMIN (in a container: --privileged); \
    BINDERY_TESTS_WITHOUT_ROOT=1 ./tests/run leaves out what needs them";
