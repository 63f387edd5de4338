//! A server program that is a client of the daemon: started in the foreground, ended by its process id.

use std::fs::{self, File, Permissions};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::{Daemon, Program};

/// A server that runs until this is dropped.
pub struct Server {
    child: Child,
    log: PathBuf,
}

impl Server {
    /// Starts `program`, which must stay in the foreground; what it says goes to `log`.
    pub fn start(program: Program, log: &Path) -> Server {
        let child = program.spawn(File::create(log).unwrap());
        Server { child, log: log.to_owned() }
    }

    /// Waits until it is `ready`.
    ///
    /// # Panics
    /// If it ends first, or takes longer than [`START`].
    pub fn until(mut self, mut ready: impl FnMut() -> bool) -> Server {
        let end = Instant::now() + START;
        while !ready() {
            let status = self.child.try_wait().unwrap();
            assert!(status.is_none(), "it ended with {status:?}");
            assert!(Instant::now() < end, "it is not ready after {START:?}");
            thread::sleep(Duration::from_millis(20));
        }
        self
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = kill_process(Pid::from_child(&self.child), Signal::TERM);
        let end = Instant::now() + STOP;
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < end {
            thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            println!("the server's log:\n{}", fs::read_to_string(&self.log).unwrap_or_default());
        }
    }
}

/// A directory for a server that does not run as root: others may enter it, and read the certificate authority of
/// `daemon` there as `ca.pem`.
pub fn open_directory(daemon: &Daemon) -> TempDir {
    let directory = TempDir::with_prefix("bindery-test-").unwrap();
    let authority = directory.path().join("ca.pem");
    fs::copy(&daemon.facts().ca, &authority).unwrap();
    fs::set_permissions(authority, Permissions::from_mode(0o644)).unwrap();
    fs::set_permissions(directory.path(), Permissions::from_mode(0o755)).unwrap();
    directory
}

/// A port on 127.0.0.1 that nobody listens on.
pub fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// How long a server may take to start on a busy machine, and to end.
pub const START: Duration = Duration::from_secs(30);
const STOP: Duration = Duration::from_secs(10);
