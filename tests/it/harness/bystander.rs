//! A client that minds its own business while a test attacks the daemon.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::request::{equality, message, search};
use super::{Daemon, Wire};

/// An application that looks somebody up, again and again, until the test is over.
pub struct Bystander {
    stop: Arc<AtomicBool>,
    work: JoinHandle<usize>,
}

impl Bystander {
    /// Begins, as the service account.
    pub fn beside(daemon: &Daemon) -> Bystander {
        let stop = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&stop);
        let service = daemon.facts().service.clone();
        let mut wire = Wire::connect(daemon.address()).bound(&service.dn, &service.password);
        let request = message(2, &search(&daemon.facts().base, 2, &equality("uid", "louisem"), &["mail"]));
        let work = thread::spawn(move || {
            let mut rounds = 0;
            while !told.load(Ordering::SeqCst) {
                let reply = wire.ask(&request).expect("the bystander's connection stays open");
                assert_eq!((reply.code, reply.entries.len()), (0, 1), "the bystander notices something: {reply:?}");
                rounds += 1;
                thread::sleep(Duration::from_millis(5)); // It is no load.
            }
            rounds
        });
        Bystander { stop, work }
    }

    /// Expects that it has noticed nothing, and that the daemon takes new clients.
    pub fn noticed_nothing(self, daemon: &Daemon) {
        self.stop.store(true, Ordering::SeqCst);
        let rounds = self.work.join().expect("the bystander is served all along");
        assert!(rounds > 0);
        let service = &daemon.facts().service;
        drop(Wire::connect(daemon.address()).bound(&service.dn, &service.password));
    }
}

/// The memory that the daemon has in use, in KiB.
pub fn memory(daemon: &Daemon) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", daemon.facts().pid)).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
