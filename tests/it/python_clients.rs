//! Python's two LDAP libraries, each with a script of its own under `python/`.

use std::time::Duration;

use crate::harness::{Daemon, Program};

fn passes(name: &str, script: &str) {
    let daemon = Daemon::start();
    let path = daemon.directory().join(name);
    std::fs::write(&path, script).unwrap();
    // Debian's Python, which has the packages; another one may come first in the search path.
    let python =
        Program::new("/usr/bin/python3").arg(&path).stdin(serde_json::to_vec(daemon.facts()).unwrap()).timeout(Duration::from_secs(120));
    let output = python.run();
    assert_eq!(output.code, Some(0), "{}{}", output.stdout, output.stderr);
}

#[test]
fn ldap3() {
    passes("ldap3_client.py", include_str!("python/ldap3_client.py"));
}

#[test]
fn python_ldap() {
    passes("python_ldap_client.py", include_str!("python/python_ldap_client.py"));
}
