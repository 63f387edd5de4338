//! The daemon as a process of a user of its own.

use std::fs;

use super::needs_root;
use crate::harness::{Daemon, Launch};

#[test]
fn no_core_is_dumped_and_nobody_traces_it() {
    needs_root();
    // proc(5): what belongs to a process that may not be dumped is root's, whoever runs it.
    let directory = tempfile::TempDir::with_prefix("bindery-test-").unwrap();
    let program = directory.path().join("bindery");
    fs::copy(env!("CARGO_BIN_EXE_bindery"), &program).unwrap();
    let prepare = format!(
        "chmod 755 {0} {1}; chmod 711 $TEST_DIRECTORY; mkdir $TEST_DIRECTORY/demo; chmod 700 $TEST_DIRECTORY/demo; chown 65534:65534 $TEST_DIRECTORY/demo; shift; exec setpriv --reuid=65534 --regid=65534 --clear-groups {1} \"$@\"",
        directory.path().display(),
        program.display()
    );
    let within = vec!["sh".to_owned(), "-c".to_owned(), prepare, "sh".to_owned()];
    let daemon = Daemon::launch(Launch { within, ..Launch::default() });
    let owner = |name: &str| std::os::unix::fs::MetadataExt::uid(&fs::metadata(format!("/proc/{}/{name}", daemon.facts().pid)).unwrap());
    assert_eq!(owner("environ"), 0, "the process can be dumped and traced by whoever runs it");
}
