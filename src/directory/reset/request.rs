//! Asking for a new password: taken down in memory, and looked up by a worker. One rule a request, whoever it is for.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use tokio::sync::{Mutex, mpsc};
use tokio_util::sync::CancellationToken;

use super::{MAX_IDENTIFIER, ResetRequest, TooMany};
use crate::admission::{Admission, Admitted};
use crate::directory::addresses::reachable;
use crate::directory::notice::addresses;
use crate::directory::{Caller, Directory};
use crate::domain::account::{Account, State};
use crate::domain::audit::{AuditEvent, Reason};
use crate::domain::caller::Actor;
use crate::domain::id::{Id, OpId};
use crate::domain::outbox::{Intent, MAX_ACCOUNTS, OutboxMail};
use crate::domain::reset::{self, RateVerdict, ResetLimits, ResetRequested};
use crate::domain::time::UnixTime;
use crate::domain::tree::fold;
use crate::secret::{self, Secret};
use crate::store::{Fail, Read, Stop, View, accounts, outbox, resets};

/// Requests that nobody has looked at yet, each with its place.
pub(in crate::directory) struct Requests {
    sender: mpsc::Sender<(ResetRequest, Admitted)>,
    waiting: Mutex<mpsc::Receiver<(ResetRequest, Admitted)>>,
    places: Admission,
}

impl Requests {
    /// None yet, and room for [`MAX_WAITING`].
    pub(in crate::directory) fn new() -> Requests {
        let (sender, waiting) = mpsc::channel(MAX_WAITING);
        Requests { sender, waiting: Mutex::new(waiting), places: Admission::new(MAX_WAITING, MAX_WAITING_OF_SOURCE) }
    }

    /// Takes `request` down, if there is room for it and for another one from its network.
    fn take_down(&self, request: ResetRequest) -> Result<(), TooMany> {
        let place = self.places.admit(Some(request.requested.source)).map_err(|_| TooMany)?;
        self.sender.try_send((request, place)).map_err(|_| TooMany)
    }

    /// Waits for a request. After `stop` it gives those that were taken down before, then none.
    async fn next(&self, stop: &CancellationToken) -> Option<(ResetRequest, Admitted)> {
        let mut waiting = self.waiting.lock().await;
        if let Some(request) = stop.run_until_cancelled(waiting.recv()).await {
            return request;
        }
        waiting.close();
        waiting.recv().await
    }
}

/// What a request comes to, as its rule needs it.
struct AskedReset {
    /// A login or mail address in key form; none if it cannot be one.
    name: Option<String>,
    requested: ResetRequested,
    limits: ResetLimits,
    new_address_wait: Duration,
    op: OpId,
    /// How many mails the last run of the rule has queued.
    queued: AtomicU64,
}

/// An account that is to get a link, and where to, or why not.
struct ReachedAccount {
    account: Account,
    address: Result<String, Reason>,
}

impl Directory {
    /// Takes a request down for the worker. Looks nothing up, does no I/O, never waits: the same for everybody.
    ///
    /// # Errors
    /// [`TooMany`], whoever it is for.
    pub fn request_reset(&self, request: ResetRequest) -> Result<(), TooMany> {
        self.requests.take_down(request)
    }

    /// Resolves requests into mails of the outbox, until `stop`; what was taken down before is done first.
    pub async fn work_on_requests(&self, stop: CancellationToken) {
        // Several at a time, since rules that wait together share a commit.
        let work = || async {
            while let Some((request, _place)) = self.requests.next(&stop).await {
                self.resolve(request, &stop).await;
            }
        };
        tokio::join!(work(), work(), work(), work(), work(), work(), work(), work());
    }

    pub(in crate::directory) async fn resolve(&self, request: ResetRequest, stop: &CancellationToken) {
        let requested = request.requested;
        let caller = Caller { actor: Actor::Anonymous, source: requested.source, must_change: false };
        let name = self.settings.sends_mail.then(|| name_in(&request.identifier)).flatten();
        let reset::ResetSettings { limits, new_address_wait, .. } = self.settings.reset.clone();
        let op = OpId(secret::random());
        let asked = Arc::new(AskedReset { name, requested, limits, new_address_wait, op, queued: AtomicU64::new(0) });
        for _ in 0..ATTEMPTS {
            let (rule, now) = (Arc::clone(&asked), self.clock.now());
            match self.once_telling(&caller, move |view| rule.carry_out(view, now)).await {
                Ok(events) => return self.resolved(&asked, &events),
                Err(Fail::Rule(event)) => {
                    self.counted.throttled();
                    return self.audit(&caller, event);
                }
                Err(Fail::Conflict | Fail::Unknown | Fail::Down) => {}
            }
            if stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await.is_none() {
                break;
            }
        }
        tracing::error!("a request for a new password is lost: the store does not answer");
    }

    fn resolved(&self, asked: &AskedReset, events: &[AuditEvent]) {
        if events.iter().any(|event| matches!(event, AuditEvent::ResetRefused { reason: Reason::Throttled, .. })) {
            self.counted.throttled();
        }
        self.mails_were_queued(asked.queued.load(Relaxed));
    }
}

impl AskedReset {
    /// The rule: counts the request, finds whom it is for, and queues their mails. Gives what happened. What is beyond
    /// the limit of its source changes nothing: its refusal is the event.
    fn carry_out(&self, view: &mut View<'_>, now: UnixTime) -> Result<Vec<AuditEvent>, Stop<AuditEvent>> {
        if resets::admit_source(view, self.requested.source, &self.limits, now)? == RateVerdict::No {
            return Err(Stop::Rule(AuditEvent::ResetRefused { target: None, reason: Reason::Throttled }));
        }
        self.admitted(view, now).map_err(Stop::widen)
    }

    fn admitted(&self, view: &mut View<'_>, now: UnixTime) -> Read<Vec<AuditEvent>> {
        self.queued.store(0, Relaxed);
        let mut events = Vec::new();
        let mut mails: Vec<(String, Vec<Id>)> = Vec::new();
        for ReachedAccount { account, address } in self.named(view, now)? {
            let id = account.id;
            match (address, self.fault(view, &account, now)?) {
                (_, Some(reason)) => events.push(AuditEvent::ResetRefused { target: Some(id), reason }),
                (Err(reason), None) => events.push(AuditEvent::ResetRefused { target: Some(id), reason }),
                // One mail an address as it is stored: addresses that are taken for one another here may be two
                // people's elsewhere.
                (Ok(address), None) => match mails.iter_mut().find(|(held, _)| *held == address) {
                    Some((_, accounts)) => accounts.push(id),
                    None => mails.push((address, vec![id])),
                },
            }
        }
        for (number, (address, accounts)) in mails.into_iter().enumerate() {
            let queued = self.queue(view, self.op.part(number), address, &accounts, now)?;
            events.extend(accounts.into_iter().map(|id| match queued {
                RateVerdict::Yes => AuditEvent::ResetRequested { target: Some(id) },
                RateVerdict::No => AuditEvent::ResetRefused { target: Some(id), reason: Reason::Throttled },
            }));
        }
        if events.is_empty() {
            events.push(AuditEvent::ResetRequested { target: None });
        }
        Ok(events)
    }

    /// Whoever is meant: one by login, or else all who have the address. An application never is.
    fn named(&self, view: &mut View<'_>, now: UnixTime) -> Read<Vec<ReachedAccount>> {
        let Some(name) = &self.name else { return Ok(Vec::new()) };
        if let Some(account) = accounts::by_uid(view, name)? {
            return Ok(vec![self.reached(view, account, now)?]);
        }
        let mut named = Vec::new();
        for id in accounts::ids_of_mail(view, name, MAX_ACCOUNTS)? {
            if let Some(account) = accounts::load(view, id)? {
                // What was typed only finds the account; the mail goes where the account has it.
                let reachable = reachable(view, &account, self.new_address_wait, now)?;
                let stored = reachable.into_iter().find(|address| fold(address) == *name);
                named.push(ReachedAccount { address: stored.ok_or(Reason::NewAddress), account });
            }
        }
        Ok(named)
    }

    /// `account` at its first address that may be written to.
    fn reached(&self, view: &mut View<'_>, account: Account, now: UnixTime) -> Read<ReachedAccount> {
        let first = reachable(view, &account, self.new_address_wait, now)?.into_iter().next();
        let has_any = addresses(&account).next().is_some();
        let address = first.ok_or(if has_any { Reason::NewAddress } else { Reason::NoMailAddress });
        Ok(ReachedAccount { account, address })
    }

    /// Why the account gets no link, if so. Else the request has been counted.
    fn fault(&self, view: &mut View<'_>, account: &Account, now: UnixTime) -> Read<Option<Reason>> {
        match account.state(now) {
            State::Active => {}
            State::Expired => return Ok(Some(Reason::Expired)),
            State::Disabled => return Ok(Some(Reason::Disabled)),
        }
        let admitted = resets::admit_account(view, account.id, &self.limits, now)?;
        Ok((admitted == RateVerdict::No).then_some(Reason::Throttled))
    }

    /// Queues the mail to `address`, unless the same one waits already, or too many were queued in the last hour.
    fn queue(&self, view: &mut View<'_>, op: OpId, address: String, accounts: &[Id], now: UnixTime) -> Read<RateVerdict> {
        let intent = Intent::ResetLink { accounts: accounts.to_vec(), requested: self.requested };
        // Where a rule has looked at so much already, one mail too many does no harm.
        if view.reads_left() > LOOKING && outbox::has_alike(view, &intent, &address, now)? {
            return Ok(RateVerdict::Yes);
        }
        if resets::admit_total(view, &self.limits, now)? == RateVerdict::No {
            return Ok(RateVerdict::No);
        }
        outbox::put(view, op, &OutboxMail { intent, address, queued_at: now, attempts: 0, fault: None })?;
        self.queued.fetch_add(1, Relaxed);
        Ok(RateVerdict::Yes)
    }
}

/// What was typed, in key form; none if it can be no name.
fn name_in(identifier: &Secret) -> Option<String> {
    let text = std::str::from_utf8(identifier.expose()).ok()?.trim();
    (!text.is_empty() && text.len() <= MAX_IDENTIFIER).then(|| fold(text))
}

/// Requests that wait for the worker or are with it; one more is refused, whoever it is for.
const MAX_WAITING: usize = 1024;

/// Of these, requests from one network: who floods the page leaves room for the others.
const MAX_WAITING_OF_SOURCE: usize = 128;

/// Keys that looking for the same mail may take, and what else is to be read behind it.
const LOOKING: usize = 16;

/// How often a request is tried while the store does not answer, and how long to wait between.
const ATTEMPTS: usize = 60;
const PAUSE: Duration = Duration::from_secs(1);
