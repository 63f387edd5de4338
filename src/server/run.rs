//! The daemon as a process: its runtime, its signals, and what it tells systemd (sd_notify(3)).

use std::io;
use std::num::NonZero;
use std::time::Duration;

use sd_notify::NotifyState;
use tokio::runtime::Builder;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Instant, interval_at};
use tracing::field::display;

use super::{Running, StartError, process, start_on};
use crate::clock::Clock;
use crate::config::Config;
use crate::store::Store;

/// Why the daemon ended before it was told to.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// It did not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The system gives no threads or signals.
    #[error("the system does not give the daemon what it needs: {0}")]
    System(#[from] io::Error),
}

/// Serves `config` over `store` until SIGTERM or SIGINT; SIGHUP reads the certificate again. `ready` is called once it
/// serves.
///
/// # Errors
/// Why it did not start.
pub fn run(store: Store, config: Config, ready: impl FnOnce(&Running)) -> Result<(), RunError> {
    process::prepare(config.limits.connections);
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let runtime = Builder::new_multi_thread().worker_threads(cores).thread_name("bindery-io").enable_all().build()?;
    runtime.block_on(async {
        let mut signals = Signals::new()?;
        let running = start_on(store, config, Clock::System).await?;
        ready(&running);
        tell(&[NotifyState::Ready, NotifyState::Status(&status(&running))]);
        let ldapi = running.ldapi.as_ref().map(|path| display(path.display()));
        tracing::info!(ldap = ?running.ldap, ldaps = ?running.ldaps, ldapi, web = ?running.web, metrics = ?running.metrics, "serving");
        supervise(&running, &mut signals).await;
        tell(&[NotifyState::Stopping, NotifyState::Status("finishing what is under way")]);
        tracing::info!("stopping");
        running.shutdown().await;
        Ok(())
    })
}

/// Returns when it is time to stop.
async fn supervise(running: &Running, signals: &mut Signals) {
    // systemd asks for a sign of life within WatchdogSec=; half of it leaves room for a slow moment.
    let watchdog = sd_notify::watchdog_enabled();
    let every = watchdog.map_or(LOOK_EVERY, |within| within / 2);
    let mut sign_of_life = interval_at(Instant::now(), every);
    let mut before = running.health();
    loop {
        tokio::select! {
            _ = signals.terminate.recv() => return,
            _ = signals.interrupt.recv() => return,
            _ = signals.hang_up.recv() => reload(running),
            _ = sign_of_life.tick() => {
                let health = running.health();
                if health.can_serve() && watchdog.is_some() {
                    tell(&[NotifyState::Watchdog]);
                }
                if health != before {
                    before = health;
                    let status = status(running);
                    tell(&[NotifyState::Status(&status)]);
                }
            }
        }
    }
}

fn reload(running: &Running) {
    tracing::info!("SIGHUP: reading the certificate again");
    if let Ok(now) = NotifyState::monotonic_usec_now() {
        tell(&[NotifyState::Reloading, now]);
    }
    running.reload();
    tell(&[NotifyState::Ready]);
}

fn status(running: &Running) -> String {
    let health = running.health();
    let listeners = running.ldap.len() + running.ldaps.len() + usize::from(running.ldapi.is_some()) + running.web.len();
    match (health.store, health.hasher, health.mail) {
        (true, true, true) => format!("serving {listeners} listeners"),
        (true, true, false) => "mails wait: see `bindery mail queue list`".to_owned(),
        (false, _, _) => "the store does not answer".to_owned(),
        (true, false, _) => "the hash threads do not get on".to_owned(),
    }
}

/// Does nothing where systemd has not started this process.
fn tell(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::debug!(%error, "systemd cannot be told");
    }
}

struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
}

impl Signals {
    fn new() -> io::Result<Signals> {
        Ok(Signals {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }
}

/// How often the health is looked at where systemd does not ask.
const LOOK_EVERY: Duration = Duration::from_secs(5);
