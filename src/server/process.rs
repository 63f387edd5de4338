//! What the daemon asks of the kernel for itself, once, before it holds any secret.

use rustix::process::{DumpableBehavior, Resource, Rlimit, getrlimit, set_dumpable_behavior, setrlimit};

/// No core dumps and no tracing by others of the same user: passwords pass through this memory.
/// As many open files as the hard limit allows, for `connections` of them.
pub fn prepare(connections: usize) {
    if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
        tracing::warn!(%error, "core dumps cannot be switched off");
    }
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    if limit.current != limit.maximum
        && let Err(error) = setrlimit(Resource::Nofile, raised)
    {
        tracing::warn!(%error, "the limit of open files cannot be raised");
    }
    let needed = connections as u64 + SPARE_FILES;
    if let Some(files) = getrlimit(Resource::Nofile).current.filter(|files| *files < needed) {
        tracing::warn!(files, needed, "fewer files may be open than limits.connections needs: raise LimitNOFILE, or lower the setting");
    }
}

/// Files beside connections: the store, listeners, the log.
const SPARE_FILES: u64 = 64;
