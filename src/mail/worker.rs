//! Takes one mail after the other from the outbox, writes it, hands it over and says what became of it. What is in a
//! mail's place when something fails here is the directory's to know: each step is durable there.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::carrier::Carrier;
use super::fault::{Cause, MailFault, RelayStep};
use super::message::{self, Addressed};
use super::{MailSettings, SetupError, compose};
use crate::directory::{Directory, LEASE, Leased, Letter, MailRefused, NextMail, Unavailable};
use crate::domain::outbox::MailKind;
use crate::observe::metrics::{MailOutcome, Metrics};
use crate::text::Texts;

/// Sends what the outbox holds, until it is told to stop.
pub struct Worker {
    desk: Arc<Desk>,
    senders: usize,
}

/// What every mail is written and sent with.
struct Desk {
    directory: Arc<Directory>,
    texts: Arc<Texts>,
    metrics: Arc<Metrics>,
    settings: MailSettings,
    carrier: Carrier,
    /// Told when a mail has been dealt with.
    done: Notify,
}

impl Worker {
    /// A worker over `directory`.
    ///
    /// # Errors
    /// What is wrong with the settings.
    pub fn new(directory: Arc<Directory>, texts: Arc<Texts>, metrics: Arc<Metrics>, settings: MailSettings) -> Result<Worker, SetupError> {
        let (carrier, senders) = (Carrier::new(&settings)?, settings.senders.max(1));
        Ok(Worker { desk: Arc::new(Desk { directory, texts, metrics, settings, carrier, done: Notify::new() }), senders })
    }

    /// Works until `stop`; what is being handed over is finished first.
    pub async fn work(self, stop: CancellationToken) {
        let (senders, sending) = (Arc::new(Semaphore::new(self.senders)), TaskTracker::new());
        while let Some((permit, leased)) = self.next(&senders, &stop).await {
            let desk = Arc::clone(&self.desk);
            sending.spawn(async move {
                desk.send(&leased).await;
                drop(permit);
                // The next mail of the same account may have waited for this one.
                desk.done.notify_one();
            });
        }
        sending.close();
        sending.wait().await;
    }

    /// Waits for a sender that is free, and for a mail that is due; none when it is time to stop.
    async fn next(&self, senders: &Arc<Semaphore>, stop: &CancellationToken) -> Option<(OwnedSemaphorePermit, Leased)> {
        let permit = tokio::select! {
            () = stop.cancelled() => return None,
            permit = Arc::clone(senders).acquire_owned() => permit.ok()?,
        };
        while !stop.is_cancelled() {
            let wait = match self.desk.directory.next_mail().await {
                Ok(NextMail::Due(leased)) => return Some((permit, leased)),
                Ok(NextMail::After(wait)) => wait.min(LOOK_EVERY),
                Err(Unavailable) => LOOK_EVERY,
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.desk.directory.mail_queued() => {}
                () = self.desk.done.notified() => {}
                () = sleep(wait) => {}
            }
        }
        None
    }
}

impl Desk {
    async fn send(&self, leased: &Leased) {
        let letter = match self.directory.write_letter(leased).await {
            Ok(Some(letter)) => letter,
            Ok(None) => return,
            Err(Unavailable) => {
                return tracing::warn!("a mail is not written: the store or the hash threads do not answer; it comes up again");
            }
        };
        let kind = letter.content.kind();
        let recorded = match timeout(WITHIN, self.hand_over(&letter, kind)).await {
            Ok(Ok(())) => self.accepted(leased, kind).await,
            Ok(Err(fault)) => self.refused(leased, &fault, kind).await,
            Err(_) => self.refused(leased, &self.fault(Cause::Stalled(WITHIN)), kind).await,
        };
        if let Err(Unavailable) = recorded {
            tracing::warn!(kind = kind.word(), "what became of a mail is not written down: the store does not answer; it comes up again");
        }
    }

    async fn hand_over(&self, letter: &Letter, kind: MailKind) -> Result<(), MailFault> {
        let now = self.settings.clock.now();
        let document = compose::compose(&self.texts, &self.settings, letter, now);
        let addressed = Addressed { to: &letter.to, name: letter.name.as_deref(), id: letter.id };
        let mail = message::write(self.carrier.identity(), &addressed, &document, now);
        let mail = mail.map_err(|error| self.fault(Cause::Unwritable(error.to_string())))?;
        self.carrier.carry(kind.word(), mail).await
    }

    async fn accepted(&self, leased: &Leased, kind: MailKind) -> Result<(), Unavailable> {
        self.metrics.mail(MailOutcome::Sent);
        tracing::info!(kind = kind.word(), relay = self.carrier.place(), "mail handed over");
        self.directory.mail_accepted(leased).await
    }

    async fn refused(&self, leased: &Leased, fault: &MailFault, kind: MailKind) -> Result<(), Unavailable> {
        let text = fault.to_string();
        let (outcome, refused) = match fault.is_for_good() {
            true => (MailOutcome::GivenUp, MailRefused::ForGood(text)),
            false => (MailOutcome::Postponed, MailRefused::ForNow(text)),
        };
        self.metrics.mail(outcome);
        tracing::warn!(kind = kind.word(), for_good = fault.is_for_good(), %fault, "mail not handed over");
        self.directory.mail_refused(leased, &refused).await
    }

    fn fault(&self, cause: Cause) -> MailFault {
        MailFault { place: self.carrier.place().to_owned(), step: RelayStep::Content, cause }
    }
}

/// How long a mail may take in all: while it is handed over, nobody else may take it.
const WITHIN: Duration = LEASE.saturating_sub(Duration::from_secs(20));

/// How often the outbox is looked at when nothing tells of a mail: another process may have queued it.
const LOOK_EVERY: Duration = Duration::from_secs(1);
