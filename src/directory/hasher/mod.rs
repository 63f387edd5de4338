//! The hash threads: a fixed number of them, with lower priority than those that serve connections, each with its own
//! memory; and the bounded queue before them, fair between sources. Beside them one thread of the lowest priority makes
//! the password policy's estimates, one after the other, so that no bind waits for one.
//!
//! Nothing else in the daemon computes an Argon2id, and nothing but Argon2id, imported verifiers and the estimate is
//! computed here.

mod arena;
mod mapping;
mod pool;
mod queue;

use std::num::NonZero;

use crate::domain::caller::Source;
use crate::domain::credential::{Cost, NoMemory, Verified, Verifier};
use crate::domain::password_policy::{PasswordContext, Policy, Refusal};
use crate::domain::throttle::neighbourhood;
use crate::secret::{self, Secret};

pub use pool::Counts;
use pool::{Pool, Threads};

/// How many threads hash, at what cost, and how many may wait for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HasherSettings {
    /// Hash threads, at least one; each holds the memory of one hash from its first one on.
    pub threads: usize,
    /// What a new Argon2id costs, and the verification for a name that nobody has.
    pub cost: Cost,
    /// Whether to ask for transparent huge pages: a tenth faster, and up to 2 MiB more a thread.
    pub huge_pages: bool,
    /// Jobs that wait, at most.
    pub queue: usize,
    /// Jobs of one source that wait, at most. An IPv6 /64 is one source.
    pub queue_per_source: usize,
}

impl Default for HasherSettings {
    fn default() -> HasherSettings {
        let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
        HasherSettings { threads, cost: Cost::default(), huge_pages: true, queue: 1024, queue_per_source: 256 }
    }
}

/// More are waiting than the queue holds, or there is no memory to hash in: there is no answer. It is never a "no".
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are being verified: try again in a moment")]
pub struct Busy;

/// The hash threads. They end when it is dropped.
///
/// A future that is dropped before it is ready gives up its place in the queue and costs no hash, unless a thread has
/// begun it.
pub struct Hasher {
    pool: Pool,
    /// One thread: of all estimates of the process one is made at a time.
    estimates: Pool,
    cost: Cost,
    threads: usize,
}

impl Hasher {
    /// Starts the threads. No memory is taken until the first hash.
    pub fn start(settings: HasherSettings) -> Hasher {
        let hashes = Threads {
            name: "hash",
            count: settings.threads,
            nice: NICE,
            blocks: settings.cost.blocks(),
            huge_pages: settings.huge_pages,
            queue: settings.queue,
            queue_per_source: settings.queue_per_source,
        };
        let estimates = Threads {
            name: "estimate",
            count: 1,
            nice: NICE_OF_ESTIMATES,
            // It hashes nothing.
            blocks: 0,
            huge_pages: false,
            queue: ESTIMATES,
            queue_per_source: ESTIMATES_PER_SOURCE,
        };
        Hasher { cost: settings.cost, threads: settings.threads, pool: Pool::start(&hashes), estimates: Pool::start(&estimates) }
    }

    /// Whether `password`, prepared, is the one that `verifier` was made of. A generated secret that is right is told
    /// at once; everything that is wrong takes at least the time of one Argon2id, so that the time does not tell what
    /// is stored.
    pub async fn verify(&self, from: Source, verifier: Verifier, password: Secret) -> Result<Verified, Busy> {
        if verifier.verify_secret(&password) == Verified::Yes {
            return Ok(Verified::Yes);
        }
        let cost = self.cost;
        let job = move |arena: &mut arena::Arena| judge(Some(&verifier), &password, cost, arena);
        self.pool.run(neighbourhood(from), job).await?.map_err(|NoMemory| Busy)
    }

    /// As [`Hasher::verify`], or without a verifier as long as that takes, for a name that nobody has. `admits` is asked when
    /// a thread takes it up, since it may have waited; `None`: it said no, and nothing was computed.
    pub async fn verify_if<A>(
        &self,
        from: Source,
        verifier: Option<Verifier>,
        password: Secret,
        admits: A,
    ) -> Result<Option<Verified>, Busy>
    where
        A: FnOnce() -> bool + Send + 'static,
    {
        if verifier.as_ref().is_some_and(|verifier| verifier.verify_secret(&password) == Verified::Yes) {
            return Ok(Some(Verified::Yes));
        }
        let cost = self.cost;
        let job = move |arena: &mut arena::Arena| match admits() {
            true => judge(verifier.as_ref(), &password, cost, arena).map(Some),
            false => Ok(None),
        };
        self.pool.run(neighbourhood(from), job).await?.map_err(|NoMemory| Busy)
    }

    /// The verifier of a new `password`, prepared, with a random salt.
    pub async fn hash(&self, from: Source, password: Secret) -> Result<Verifier, Busy> {
        let cost = self.cost;
        let salt = secret::random();
        let job = move |arena: &mut arena::Arena| Verifier::argon2id(&password, &salt, cost, arena);
        self.pool.run(neighbourhood(from), job).await?.map_err(|NoMemory| Busy)
    }

    /// Returns what `policy` says of a new `password`, prepared. The estimate of its strength takes up to some tens of
    /// milliseconds, so it is made on a thread of its own, beside which a bind is hardly slower. [`Busy`] if more than
    /// [`ESTIMATES`] wait, or [`ESTIMATES_PER_SOURCE`] of this source.
    pub async fn check(&self, from: Source, policy: &Policy, password: &Secret, context: PasswordContext) -> Result<Checked, Busy> {
        let (policy, password) = (policy.clone(), password.clone());
        self.estimates.run(neighbourhood(from), move |_: &mut arena::Arena| policy.check(&password, &context)).await.map(Checked::from)
    }

    /// Whether so many wait that those who come now wait noticeably longer than one hash takes.
    pub fn is_crowded(&self) -> bool {
        self.pool.counts().queued > self.threads * CROWD
    }

    /// What waits, what runs and what was done, for the metrics.
    pub fn counts(&self) -> Counts {
        self.pool.counts()
    }
}

/// What the policy says of a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checked {
    /// It is good enough.
    Good,
    /// It is not.
    Refused(Refusal),
}

impl From<Result<(), Refusal>> for Checked {
    fn from(checked: Result<(), Refusal>) -> Checked {
        checked.map_or_else(Checked::Refused, |()| Checked::Good)
    }
}

/// Whether `password` is the one of `verifier`; it takes at least the time of one Argon2id.
fn judge(verifier: Option<&Verifier>, password: &Secret, cost: Cost, arena: &mut arena::Arena) -> Result<Verified, NoMemory> {
    let verified = verifier.map_or(Ok(Verified::No), |verifier| verifier.verify(password, cost, arena))?;
    match (verified, verifier) {
        (Verified::No, None | Some(Verifier::SecretDigest(_) | Verifier::Imported(_))) => nothing(password, cost, arena).map(|()| verified),
        (Verified::Yes | Verified::Rehash | Verified::No, _) => Ok(verified),
    }
}

/// One Argon2id whose outcome nobody looks at.
fn nothing(password: &Secret, cost: Cost, arena: &mut arena::Arena) -> Result<(), NoMemory> {
    Verifier::argon2id(password, &NO_SALT, cost, arena).map(|verifier| {
        std::hint::black_box(verifier);
    })
}

/// How much lower the priority of the hash threads is than the daemon's: searches go on during a flood of binds.
const NICE: i32 = 10;

/// The lowest priority there is: beside a hash thread on the same core an estimate gets an eighth of the time.
const NICE_OF_ESTIMATES: i32 = 19;

/// Estimates that wait, at most; the last of them waits for some seconds if all are the slowest there are.
const ESTIMATES: usize = 128;

/// Estimates of one source that wait, at most.
const ESTIMATES_PER_SOURCE: usize = 32;

/// Jobs that wait for each thread before it is crowded: about a quarter of a second.
const CROWD: usize = 8;

/// The salt for names that nobody has: any would do.
const NO_SALT: [u8; 16] = [0; 16];

#[cfg(test)]
mod tests;
