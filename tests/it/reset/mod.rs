//! A forgotten password, over HTTP and mail. `journey.rs` goes the ways that people go. The others hold the daemon to what
//! went wrong elsewhere: `row_NN_` names the known fault it is about, by its number in the list that these tests were made
//! from (the CVE, where there is one, is in the test).

mod crash;
mod destination;
mod grants;
mod input;
mod journey;
mod links;
mod operation;
mod oracle;
mod traces;

use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use bindery::config::Config;

use crate::harness::{Answer, InProcess, Mail, Mails, Pages, Wire, wire};

/// A daemon with pages, its mails, and a clock that the test moves.
struct Town {
    daemon: InProcess,
    mails: Mails,
}

/// The password that people have at first.
const OLD: &str = "boussole-noisette-quai-39";

/// One that they choose.
const NEW: &str = "papillon-granit-ruche-84";

impl Town {
    fn new() -> Town {
        Town::with(|_| ())
    }

    /// Without the throttle of binds, which has tests of its own.
    fn with(change: impl FnOnce(&mut Config)) -> Town {
        let daemon = InProcess::with_pages(|config| {
            config.throttle.enabled = false;
            config.reset.cool_down = Duration::ZERO;
            change(config);
        });
        let mails = Mails::of(daemon.mail_directory());
        Town { daemon, mails }
    }

    /// The same with these people, `LOGIN@example.org`, whose password is [`OLD`].
    fn of(people: &[&str]) -> Town {
        let town = Town::new();
        people.iter().for_each(|login| town.move_in(login));
        town
    }

    /// Adds a person. Whose password is new is told so by mail only if it changes.
    fn move_in(&self, login: &str) {
        self.daemon.add_person(login, OLD);
    }

    /// Somebody with an English browser who was never here.
    fn visitor(&self) -> Pages {
        Pages::in_language(self.daemon.public_url(), "en")
    }

    /// Asks for a link for `identifier`, and reads what the page says.
    fn ask(&self, identifier: &str) -> Answer {
        ask(&mut self.visitor(), identifier)
    }

    /// The mail with the link for `login`, which is asked for now.
    fn mailed_link(&mut self, login: &str) -> Mail {
        self.ask(login);
        let mail = self.mails.expect("reset-link", &format!("{login}@example.org"));
        self.sent();
        mail
    }

    /// Somebody who has followed the link for `login`, which is asked for now.
    fn at_the_link(&mut self, login: &str) -> Pages {
        let mail = self.mailed_link(login);
        let mut visitor = self.visitor();
        let page = visitor.open(&mail.link("r"));
        assert!(page.text().contains(login), "{}", page.text());
        visitor
    }

    /// Whether `login` can bind with `password`.
    fn binds(&self, login: &str, password: &str) -> bool {
        binds(self.daemon.address(), &self.daemon.person_dn(login), password)
    }

    /// Lets the daemon finish what was asked for and send all it has to: it is stopped, which drains the requests, and
    /// started again, which sends what is left.
    fn settle(&mut self) {
        self.daemon.restart();
        self.sent();
    }

    /// Waits until no mail waits, and what follows from sending each has been done.
    fn sent(&self) {
        let end = Instant::now() + PATIENCE;
        while self.daemon.wait_for(self.daemon.directory().mail_backlog()).unwrap().waiting > 0 {
            assert!(Instant::now() < end, "mails still wait after {PATIENCE:?}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Reads the notices of a change of mail address: one to each of `addresses`, in whatever order.
    fn told_of_change(&mut self, addresses: &[&str]) {
        let mut told: Vec<String> = addresses.iter().flat_map(|_| self.mails.expect_kind("address-notice").recipients()).collect();
        told.sort();
        assert_eq!(told, addresses);
    }

    /// Reads all that is mailed for what was asked until now.
    fn all_mails(&mut self) -> Vec<Mail> {
        self.settle();
        let unread = self.mails.unread();
        (0..unread).map(|_| self.mails.next()).collect()
    }

    /// Runs one of ldap-utils as administrator, with `input`.
    fn administrator(&self, program: &str, arguments: &[&str], input: &str) {
        self.daemon.as_administrator(program).args(arguments).stdin(input.to_owned()).succeeds();
    }
}

/// Asks for a link, as people do.
fn ask(visitor: &mut Pages, identifier: &str) -> Answer {
    let answer = visitor.submit("/forgot", "/forgot", &[("identifier", identifier)]);
    visitor.follow(answer)
}

/// Chooses `password` on the page of the link that was followed.
fn choose(visitor: &mut Pages, password: &str) -> Answer {
    let answer = visitor.submit("/reset", "/reset/chosen", &[("new", password), ("confirm", password)]);
    visitor.follow(answer)
}

fn binds(address: SocketAddr, dn: &str, password: &str) -> bool {
    let reply = Wire::connect(address).ask(&wire::bind(1, dn, password)).expect("a bind is answered");
    assert!(matches!(reply.code, 0 | 49), "{reply:?}");
    reply.code == 0
}

/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
