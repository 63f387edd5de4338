//! `kill -9` of the real daemon at each step of sending. Whoever asked can get in afterwards, with the old, the mailed or a
//! re-mailed password; at the end there is one that works, and no mail is lost. One may come twice.

use bindery::clock::Clock;
use bindery::config::{MailSecurity, MailTransport};
use bindery::domain::time::UnixTime;

use super::{NEW, ask, binds, choose};
use crate::harness::smtp::until;
use crate::harness::{At, Daemon, Does, InProcess, Launch, Mail, Pages, Sink};

/// Where the daemon is killed: what the relay has come to, and what it does there.
const STEPS: [(At, Does); 7] = [
    (At::Greeting, Does::Stalls),
    (At::Hello, Does::Stalls),
    (At::Sender, Does::Stalls),
    (At::Recipient, Does::Stalls),
    (At::Data, Does::Stalls),
    (At::Content, Does::Stalls),
    // It has the mail, but the daemon never hears so.
    (At::Content, Does::TakesAndStalls),
];

/// A daemon that is killed again and again, and the relay that it sends by.
struct Scene {
    daemon: Daemon,
    relay: Sink,
}

#[test]
fn whoever_asked_for_a_link_gets_one_wherever_the_daemon_was_killed() {
    let mut scene = Scene::new();
    for (number, (at, does)) in STEPS.into_iter().enumerate() {
        let login = login(number);
        scene.killed_at((at, does), |scene| drop(ask(&mut scene.visitor(), &login)));
        assert!(scene.binds(&login, OLD), "{at:?}: the old password is gone");
    }
    // One that was killed before anybody took the mail up: the only sender is busy with somebody else's.
    let waiting = login(STEPS.len());
    scene.killed_at((At::Greeting, Does::Stalls), |scene| {
        ask(&mut scene.visitor(), &login(STEPS.len() + 1));
        scene.relay.expect_at(At::Greeting, scene.relay.reached(At::Greeting).max(1));
        ask(&mut scene.visitor(), &waiting);
        scene.queued(2);
    });

    let before = scene.relay.received().len();
    let end = scene.end();
    for number in 0..STEPS.len() + 2 {
        let login = login(number);
        let mail = scene.mail_for(&login, before, "/r/");
        let mut person = Pages::in_language(end.public_url(), "en");
        assert_eq!(person.open(&format!("/r/{}", mail.token("r"))).status, 200, "{login}");
        assert_eq!(choose(&mut person, NEW).status, 200, "{login}");
        assert!(works(&end, &login, NEW) && !works(&end, &login, OLD), "{login}");
    }
    // Of the link that the relay had when the daemon died, the newer one has taken the place.
    let twice = login(STEPS.len() - 1);
    let first = scene.mails_for(&twice, 0).into_iter().find(|mail| mail.text.contains("/r/")).unwrap();
    assert_eq!(Pages::at(end.public_url()).open(&format!("/r/{}", first.token("r"))).status, 410);
}

#[test]
fn whoever_asked_for_a_password_can_get_in_wherever_the_daemon_was_killed() {
    let mut scene = Scene::new();
    let mut known = Vec::new();
    for (number, (at, does)) in STEPS.into_iter().chain([(At::Content, Does::TakesAndStalls)]).enumerate() {
        let login = login(number);
        let mut person = scene.at_the_link(&login);
        let mails = scene.mails_for(&login, 0).len();
        scene.killed_at((at, does.clone()), |_| assert_eq!(person.submit("/reset", "/reset/generated", &[]).status, 303));
        let taken = scene.mails_for(&login, 0).get(mails).map(Mail::password);
        assert_eq!(taken.is_some(), matches!(does, Does::TakesAndStalls), "{at:?}");
        match &taken {
            // The mail may be there: what is in it works, and then the old one does not any more.
            Some(password) if number == STEPS.len() => {
                assert!(scene.binds(&login, password) && !scene.binds(&login, OLD), "{at:?}");
            }
            _ => assert!(scene.binds(&login, OLD), "{at:?}: the old password is gone, and nobody has a new one"),
        }
        known.push(taken);
    }

    let before = scene.relay.received().len();
    let end = scene.end();
    for (number, taken) in known.iter().enumerate() {
        let login = login(number);
        let used = number == STEPS.len();
        let password = match taken {
            Some(password) if used => password.clone(),
            _ => scene.mail_for(&login, before, "hyphens").password(),
        };
        assert!(works(&end, &login, &password) && !works(&end, &login, OLD), "{login}");
        if let Some(first) = taken.as_ref().filter(|_| !used) {
            assert_ne!(*first, password);
            assert!(!works(&end, &login, first), "{login}: two passwords work");
        }
        let again = scene.mails_for(&login, before).iter().any(|mail| mail.text.contains("hyphens"));
        assert_eq!(again, !used, "{login}");
    }
}

#[test]
fn a_notice_comes_wherever_the_daemon_was_killed() {
    let mut scene = Scene::new();
    for (number, (at, does)) in STEPS.into_iter().enumerate() {
        let login = login(number);
        let mut person = scene.at_the_link(&login);
        scene.killed_at((at, does), |_| assert_eq!(choose(&mut person, NEW).status, 200));
        assert!(scene.binds(&login, NEW) && !scene.binds(&login, OLD), "{at:?}");
    }
    let before = scene.relay.received().len();
    let end = scene.end();
    for number in 0..STEPS.len() {
        let login = login(number);
        scene.mail_for(&login, before, "/forgot");
        assert!(works(&end, &login, NEW), "{login}");
    }
}

impl Scene {
    fn new() -> Scene {
        let relay = Sink::start();
        let port = relay.port().to_string();
        let environment = [
            ("BINDERY_MAIL__TRANSPORT", "smtp"),
            ("BINDERY_MAIL__HOST", "127.0.0.1"),
            ("BINDERY_MAIL__PORT", &port),
            ("BINDERY_MAIL__SECURITY", "none"),
            ("BINDERY_MAIL__SENDERS", "1"),
            ("BINDERY_RESET__COOL_DOWN", "0s"),
            ("BINDERY_THROTTLE__ENABLED", "false"),
        ];
        let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let arguments = ["--people", "12"].map(str::to_owned).to_vec();
        Scene { daemon: Daemon::launch(Launch { environment, arguments, ..Launch::default() }), relay }
    }

    fn visitor(&self) -> Pages {
        Pages::in_language(self.daemon.facts().web.as_deref().unwrap(), "en")
    }

    /// Has `act` lead to a mail, kills the daemon when the relay has come to this step, and starts it again.
    fn killed_at(&mut self, (at, does): (At, Does), act: impl FnOnce(&Scene)) {
        let (reached, taken, queued) = (self.relay.reached(at), self.relay.received().len(), self.mails_queued());
        self.relay.misbehave(at, does.clone());
        act(self);
        self.queued(queued + 1);
        self.relay.expect_at(at, reached + 1);
        if matches!(does, Does::TakesAndStalls) {
            self.relay.expect(taken + 1);
        }
        self.daemon.crash();
        self.relay.behave();
        self.daemon.crash_and_restart();
    }

    fn mails_queued(&self) -> u64 {
        self.daemon.metric("bindery_mails_queued_total")
    }

    /// Waits until so many mails are in the outbox since the daemon was started.
    fn queued(&self, count: u64) {
        until(|| self.mails_queued() >= count, || format!("{} mails were queued, {count} wanted", self.mails_queued()));
    }

    /// Somebody who has followed the link for `login`.
    fn at_the_link(&self, login: &str) -> Pages {
        ask(&mut self.visitor(), login);
        let mail = self.mail_for(login, 0, "/r/");
        let mut person = self.visitor();
        assert_eq!(person.open(&format!("/r/{}", mail.token("r"))).status, 200, "{login}");
        // The mail leaves the outbox when the daemon has heard that it was taken.
        until(|| self.daemon.metric("bindery_mails_total{result=\"sent\"}") > 0, || "the mail was not taken".to_owned());
        person
    }

    /// The newest mail for `login` that says `what`, of those behind the first `after`; waits for it.
    fn mail_for(&self, login: &str, after: usize, what: &str) -> Mail {
        let newest = || self.mails_for(login, after).into_iter().rfind(|mail| mail.text.contains(what));
        until(|| newest().is_some(), || format!("no mail for {login} that says {what}: {:#?}", self.mails_for(login, 0)));
        newest().unwrap()
    }

    fn mails_for(&self, login: &str, after: usize) -> Vec<Mail> {
        let address = format!("{login}@example.org");
        let received = self.relay.received();
        received.iter().skip(after).filter(|received| received.to == [address.as_str()]).map(|received| received.mail()).collect()
    }

    fn binds(&self, login: &str, password: &str) -> bool {
        binds(self.daemon.address(), &dn(login), password)
    }

    /// The daemon on the same data, in this process and half an hour later, when all leases have run out; returns once
    /// its outbox is empty.
    fn end(&mut self) -> InProcess {
        self.daemon.crash();
        let (store, port) = (self.daemon.directory().join("demo/bindery.redb"), self.relay.port());
        let later = UnixTime::from_millis(Clock::System.now().as_millis() + 1_800_000);
        let end = InProcess::with_pages_at(later, |config| {
            config.store.path = store;
            config.throttle.enabled = false;
            config.mail.transport = MailTransport::Smtp;
            config.mail.host = Some("127.0.0.1".to_owned());
            config.mail.port = Some(port);
            config.mail.security = MailSecurity::None;
        });
        let waiting = || end.wait_for(end.directory().mail_backlog()).unwrap().waiting;
        until(|| waiting() == 0, || format!("{} mails still wait", waiting()));
        end
    }
}

fn login(number: usize) -> String {
    format!("user{number:06}")
}

fn dn(login: &str) -> String {
    format!("uid={login},ou=people,dc=example,dc=org")
}

fn works(daemon: &InProcess, login: &str, password: &str) -> bool {
    binds(daemon.address(), &dn(login), password)
}

/// The password of the demonstration's crowd.
const OLD: &str = "secret-Passw0rd";
