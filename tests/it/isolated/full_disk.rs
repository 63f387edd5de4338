//! A full disk: writes are answered with unavailable (52), never as wrong passwords; binds go on; and once there is
//! room again, so do writes, without a restart.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::needs_root;
use crate::harness::request::{add, message, set_password};
use crate::harness::wire::bind;
use crate::harness::{Daemon, Launch, Wire};

const UNAVAILABLE: u8 = 52;

/// With its data on a small file system of its own.
fn launched() -> Daemon {
    needs_root();
    let mount = "mkdir $TEST_DIRECTORY/demo && chmod 700 $TEST_DIRECTORY/demo && mount -t tmpfs -o size=12m,mode=700 tmpfs $TEST_DIRECTORY/demo && exec \"$@\"";
    let within = ["unshare", "--mount", "sh", "-c", mount, "sh"].map(str::to_owned).to_vec();
    Daemon::launch(Launch { within, ..Launch::default() })
}

/// A file beside the store, seen from outside the daemon's mount namespace.
fn filler(daemon: &Daemon) -> PathBuf {
    let directory = daemon.directory().join("demo");
    PathBuf::from(format!("/proc/{}/root{}/filler", daemon.facts().pid, directory.display()))
}

fn fill(daemon: &Daemon) {
    let mut file = fs::File::options().create(true).append(true).open(filler(daemon)).unwrap();
    for size in [64 << 10, 4 << 10, 1] {
        while file.write_all(&vec![0; size]).is_ok() {}
    }
}

#[test]
fn a_full_disk_stops_writes_alone_and_only_for_as_long_as_it_is_full() {
    let daemon = launched();
    let facts = daemon.facts();
    let louise = daemon.person("louisem");
    let mut wire = Wire::connect(daemon.address()).bound(&facts.administrator.dn, &facts.administrator.password);
    let mut number = 0;
    let long = "x".repeat(30_000);
    let mut write = |wire: &mut Wire| {
        number += 1;
        let dn = format!("uid=filling{number},ou=people,dc=example,dc=org");
        let entry: &[(&str, &[&str])] = &[("objectClass", &["inetOrgPerson"]), ("cn", &["x"]), ("sn", &["x"]), ("description", &[&long])];
        (wire.ask(&message(2, &add(&dn, entry))).unwrap().code, dn)
    };
    assert_eq!(write(&mut wire).0, 0);

    // The store may still have room within its file.
    let end = Instant::now() + Duration::from_secs(30);
    let mut acknowledged = Vec::new();
    loop {
        fill(&daemon);
        match write(&mut wire) {
            (0, dn) => acknowledged.push(dn),
            (UNAVAILABLE, _) => break,
            (code, _) => panic!("a write on a full disk is answered with {code}"),
        }
        assert!(Instant::now() < end, "the disk does not get full");
    }
    let answer = |dn: &str, password: &str| Wire::connect(daemon.address()).ask(&bind(1, dn, password)).unwrap().code;
    for _ in 0..4 {
        assert_eq!(answer(&louise.dn, &louise.password), 0, "a bind while the disk is full");
        assert_eq!(answer(&facts.service.dn, &facts.service.password), 0, "a bind while the disk is full");
        // What is small may still find room in the file. What finds none is never answered otherwise.
        let guess = answer(&daemon.person("inesg").dn, "not-the-password");
        assert!([UNAVAILABLE, 49].contains(&guess), "{guess}");
        let change = set_password(&daemon.person("zoef").dn, "", "tortue-violon-cascade-55");
        let changed = wire.ask(&message(2, &change)).unwrap().code;
        assert!([UNAVAILABLE, 0].contains(&changed), "{changed}");
        fill(&daemon);
        assert_eq!(write(&mut wire).0, UNAVAILABLE);
    }

    fs::remove_file(filler(&daemon)).unwrap();
    let end = Instant::now() + Duration::from_secs(30);
    while write(&mut wire).0 != 0 {
        assert!(Instant::now() < end, "writes do not come back");
        std::thread::sleep(Duration::from_millis(20));
    }
    let code = wire.ask(&message(2, &set_password(&louise.dn, "", "tortue-violon-cascade-55"))).unwrap().code;
    assert_eq!(code, 0);
    for dn in acknowledged {
        daemon.as_service("ldapsearch").args(["-s", "base", "-b", &dn, "1.1"]).succeeds();
    }
}
