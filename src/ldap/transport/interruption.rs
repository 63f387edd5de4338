//! What ends the wait for a message but the message: time, and the daemon's end. Both are waited for by what is made
//! once a connection, since a timer or a waiter that is made and dropped for each message takes locks that all
//! connections share.

use std::pin::Pin;

use tokio::time::{Instant, Sleep};
use tokio_util::sync::WaitForCancellationFutureOwned;

/// What may end the wait for a message.
pub struct Interruption<'a> {
    /// The daemon stops; once it does, it is not waited for again.
    pub stop: Pin<&'a mut WaitForCancellationFutureOwned>,
    /// Nothing has come for too long.
    pub alarm: Alarm<'a>,
}

/// A timer whose deadline moves with each message.
pub struct Alarm<'a>(pub Pin<&'a mut Sleep>);

impl Alarm<'_> {
    /// Returns at `deadline`. A timer that is to go off before is set anew when it does, not earlier: nearly always the
    /// message is there first.
    pub async fn at(&mut self, deadline: Instant) {
        if deadline < self.0.deadline() {
            self.0.as_mut().reset(deadline);
        }
        loop {
            self.0.as_mut().await;
            if Instant::now() >= deadline {
                return;
            }
            self.0.as_mut().reset(deadline);
        }
    }
}
