//! Links, generated passwords, sessions of the pages, mails, and the purge of all of them.

use std::time::Duration;

use bindery::domain::caller::{Actor, Source};
use bindery::domain::credential::{Credential, Verifier};
use bindery::domain::id::{Id, OpId};
use bindery::domain::language::Language;
use bindery::domain::outbox::{Intent, OutboxMail, PasswordChanged, PasswordWay};
use bindery::domain::reset::{Digests, Generated, LinkGrants, ResetLimits, ResetRequested, TokenDigest, Validity};
use bindery::domain::session::{Lifetime, WebSession};
use bindery::domain::time::UnixTime;
use bindery::store::outbox::{self, NEVER};
use bindery::store::purge::{Retention, purge};
use bindery::store::resets::{self, Pending};
use bindery::store::{Stop, View, accounts, credentials, sessions};

use super::super::at_once::at_once;
use super::{Game, Refused};

impl Game<'_> {
    /// A time within some weeks, which may be before the last one.
    fn time(&mut self) -> UnixTime {
        UnixTime::from_secs(HOUR * u64::from(self.octets.below(200)) * u64::from(self.octets.below(5)))
    }

    /// As the directory does: all of it is for an account that is there.
    fn for_account(&mut self, rule: impl Fn(&mut View<'_>, Id) -> Result<(), Stop<Refused>> + Send + 'static) {
        let id = self.one();
        self.run(move |view| match accounts::load(view, id)? {
            Some(_) => rule(view, id),
            None => Err(Stop::Rule(Refused)),
        });
    }

    pub(super) fn reset(&mut self) {
        let (kind, now) = (self.octets.below(10), self.time());
        // Few, so that they meet; a digest is never drawn twice.
        let op = self.op();
        let digests = Digests { reset: self.digest(), revoke: self.digest() };
        let drawn = self.drawn();
        match kind {
            0 | 1 => self.for_account(move |view, id| {
                let link = LinkGrants { mail: op, digests, valid: Validity::starting(now, Duration::from_secs(HOUR)) };
                resets::mint(view, id, "louise@example.org", link, now)
            }),
            2 => self.for_account(move |view, id| resets::delivered(view, id, op, Validity::starting(now, Duration::from_secs(HOUR)))),
            3 => drop(self.run(move |view| resets::redeem(view, drawn, now))),
            4 => drop(self.run(move |view| resets::revoke(view, drawn, now))),
            5 => self.for_account(move |view, id| {
                let credential = Credential { verifier: Verifier::SecretDigest([1; 32]), set_at: now, good_until: None };
                let generated = Generated { must_change: true, good_for: None };
                resets::pend(view, id, &Pending { mail: op, credential, generated });
                Ok(())
            }),
            6 => self.for_account(move |view, id| credentials::activate_pending(view, id, op, now).map(drop)),
            7 => self.for_account(move |view, id| resets::admit_account(view, id, &ResetLimits::default(), now).map(drop)),
            8 => self.for_account(move |view, id| {
                sessions::begin(view, digests.reset, &WebSession { account: id, began_at: now, seen_at: now })
            }),
            _ => drop(self.run(move |view| {
                sessions::seen(view, drawn, now)?;
                sessions::end(view, drawn)
            })),
        }
    }

    pub(super) fn mail(&mut self) {
        let (kind, now, later, op) = (self.octets.below(6), self.time(), self.time(), self.op());
        let intent = self.intent(now);
        let mail = OutboxMail { intent, address: "louise@example.org".into(), queued_at: now, attempts: 0, fault: None };
        self.run(move |view| {
            let Some(queued) = outbox::find(view, op)? else {
                return if kind == 5 { Err(Stop::Rule(Refused)) } else { outbox::put(view, op, &mail) };
            };
            match kind {
                0 | 1 => outbox::lease(view, &queued, later).map(drop),
                2 => outbox::postpone(view, &queued, later, "away"),
                3 => outbox::postpone(view, &queued, NEVER, "nobody"),
                4 => outbox::retry(view, op, now),
                _ => outbox::remove(view, &queued),
            }
        });
        let heads = at_once(self.store.read(|view| outbox::due::<Refused>(view, now, 3))).expect("memory can be read");
        assert!(heads.0.len() <= 3 && heads.0.iter().all(|queued| queued.due != NEVER));
    }

    fn intent(&mut self, at: UnixTime) -> Intent {
        let requested = ResetRequested { at, source: Source::Internal, language: Language::English };
        let account = self.one();
        match self.octets.below(3) {
            0 => {
                let mut accounts: Vec<Id> = (0..self.octets.below(9)).map(|_| self.one()).chain([account]).collect();
                accounts.sort_unstable();
                accounts.dedup();
                Intent::ResetLink { accounts, requested }
            }
            1 => Intent::GeneratedPassword { account, requested, replaces: None },
            _ => {
                let change = PasswordChanged { by: Actor::System, source: Source::Internal, at, way: PasswordWay::Other, language: None };
                Intent::PasswordNotice { account, change }
            }
        }
    }

    pub(super) fn purge(&mut self) {
        let now = self.time();
        let retention = Retention { changes: Duration::ZERO, binds: Duration::ZERO, marks: Duration::ZERO, sessions: Lifetime::default() };
        at_once(purge(&self.store, retention, now)).expect("memory can be written");
    }

    fn op(&mut self) -> OpId {
        OpId([self.octets.below(6); 16])
    }

    fn digest(&mut self) -> TokenDigest {
        let mut digest = [0; 32];
        digest[..8].copy_from_slice(&self.fresh().to_bytes());
        TokenDigest(digest)
    }

    /// One that may have been drawn before.
    fn drawn(&mut self) -> TokenDigest {
        let mut digest = [0; 32];
        digest[..8].copy_from_slice(&self.one().to_bytes());
        TokenDigest(digest)
    }
}

const HOUR: u64 = 3600;
