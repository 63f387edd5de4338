//! Tasks that end together. The daemon ends stage by stage, so that what one still gives the next is worked on.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Tasks that are told to end at the same time.
#[derive(Debug, Default)]
pub struct TaskStage {
    /// The tasks.
    pub tasks: TaskTracker,
    /// Tells them to end.
    pub stop: CancellationToken,
}

impl TaskStage {
    /// Tells the tasks to end, and waits until they have; at most `patience`.
    pub async fn end(&self, what: &'static str, patience: Duration) {
        self.stop.cancel();
        self.tasks.close();
        if tokio::time::timeout(patience, self.tasks.wait()).await.is_err() {
            tracing::warn!(tasks = self.tasks.len(), what, "not everything has ended");
        }
    }
}
