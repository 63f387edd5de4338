//! Mails over real SMTP: what goes over the wire, and what becomes of a mail when the relay does not do what it should.

mod form;
mod outbox;
mod postfix;
mod relay;
mod sent;

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use bindery::config::{Config, MailSecurity, MailTransport};
use bindery::directory::{Actor, Caller, LEASE, ListedMail, ResetRequest};
use bindery::domain::caller::Source;
use bindery::domain::language::Language;
use bindery::domain::reset::ResetRequested;
use bindery::domain::time::UnixTime;
use bindery::secret::Secret;

use crate::harness::InProcess;
use crate::harness::smtp::until;

/// A daemon that hands its mails to a relay on this machine.
struct House {
    daemon: InProcess,
}

/// The password that people have at first.
const OLD: &str = "boussole-noisette-quai-39";

/// Where requests come from.
const SOMEWHERE: Source = Source::Address(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7)));

impl House {
    /// One whose relay listens at `port`, without TLS.
    fn at(port: u16) -> House {
        House::with(port, |_| ())
    }

    fn with(port: u16, change: impl FnOnce(&mut Config)) -> House {
        let daemon = InProcess::with_pages(|config| {
            config.web.name = Some("Exemple".to_owned());
            config.reset.cool_down = Duration::ZERO;
            config.mail.transport = MailTransport::Smtp;
            config.mail.host = Some("localhost".to_owned());
            config.mail.port = Some(port);
            config.mail.security = MailSecurity::None;
            change(config);
        });
        House { daemon }
    }

    /// Adds `LOGIN`, LOGIN@example.org, with [`OLD`].
    fn move_in(&self, login: &str) {
        self.daemon.add_person(login, OLD);
    }

    /// Adds an entry from LDIF, whose further lines these are.
    fn add(&self, login: &str, lines: &str) {
        let dn = self.daemon.person_dn(login);
        let entry = format!("dn: {dn}\nobjectClass: inetOrgPerson\nuid: {login}\nsn: Martin\nuserPassword: {OLD}\n{lines}\n");
        self.daemon.as_administrator("ldapadd").stdin(entry).succeeds();
    }

    /// Asks for a link for `identifier`, on a French page.
    fn ask(&self, identifier: &str) {
        self.ask_in(identifier, Language::French);
    }

    fn ask_in(&self, identifier: &str, language: Language) {
        let requested = ResetRequested { at: self.now(), source: SOMEWHERE, language };
        let request = ResetRequest { identifier: Secret::new(identifier), requested };
        self.daemon.directory().request_reset(request).unwrap();
    }

    /// Presses the button of the link with `token`.
    fn press(&self, token: &str) {
        let requested = ResetRequested { at: self.now(), source: SOMEWHERE, language: Language::French };
        self.daemon.wait_for(self.daemon.directory().redeem_for_generated(&Secret::new(token), requested)).unwrap();
    }

    /// Until when the link with `token` works; none if it does not.
    fn works_until(&self, token: &str) -> Option<UnixTime> {
        self.daemon.wait_for(self.daemon.directory().reset_link(&Secret::new(token))).ok().map(|link| link.expires_at)
    }

    /// What waits, or was given up.
    fn queue(&self) -> Vec<ListedMail> {
        let caller = Caller { actor: Actor::System, source: Source::Internal, must_change: false };
        self.daemon.wait_for(self.daemon.directory().list_mail(&caller, None, 100)).unwrap()
    }

    /// Waits until a mail of the queue has been tried `attempts` times, and gives it as it lies then.
    fn tried(&self, attempts: u32) -> ListedMail {
        let find = || self.queue().into_iter().find(|mail| mail.attempts >= attempts && !mail.due.is_some_and(|due| self.in_hand(due)));
        let mut found = None;
        until(
            || {
                found = find();
                found.is_some()
            },
            || format!("{attempts} attempts wanted: {:?}", self.queue()),
        );
        found.unwrap()
    }

    /// Waits until there are so many mails, each for a later attempt: a clock that is moved while one is under way ends
    /// its lease, and its mail is written once more.
    fn rests(&self, mails: usize) {
        let rests = |mail: &ListedMail| mail.due.is_some_and(|due| due > self.now() && !self.in_hand(due));
        let all = || {
            let queue = self.queue();
            queue.len() == mails && queue.iter().all(rests)
        };
        until(all, || format!("{mails} mails wanted, at rest: {:?}", self.queue()));
    }

    /// Whether somebody has a mail in hand that is `due` then: when the lease runs out. Tests move the clock by less
    /// between taking and looking.
    fn in_hand(&self, due: UnixTime) -> bool {
        let lease_end = self.now().plus(LEASE);
        due <= lease_end && lease_end.since(due) < Duration::from_secs(1)
    }

    /// Waits until nothing is queued any more.
    fn emptied(&self) {
        until(|| self.queue().is_empty(), || format!("mails are left: {:?}", self.queue()));
    }

    fn binds(&self, login: &str, password: &str) -> bool {
        self.daemon.client("ldapwhoami", &self.daemon.person_dn(login), password).run().code == Some(0)
    }

    fn now(&self) -> UnixTime {
        self.daemon.clock().now()
    }
}

/// A time of the daemon's day: the test's clock starts at 2026-11-22 09:00 UTC, 10:00 in Paris.
fn hours(count: u64) -> Duration {
    Duration::from_secs(count * 3600)
}
