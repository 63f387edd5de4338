//! The daemon with a network, a disk or a user of its own, which takes root and namespaces.

mod full_disk;
mod network;
mod process;

fn needs_root() {
    assert!(rustix::process::geteuid().is_root(), "{NEEDS_ROOT}");
}

const NEEDS_ROOT: &str = "namespaces and other users take root (in a container: --privileged); \
    BINDERY_TESTS_WITHOUT_ROOT=1 ./tests/run leaves out what needs them";
