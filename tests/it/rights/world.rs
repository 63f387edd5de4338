//! A daemon with somebody for every row and column of the table, and a look into its store: what there is, what has
//! changed, and the way back.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use bindery::directory::{Actor, Caller, ChangeOperation, Directory, Edit, Modification, SentAttribute};
use bindery::domain::audit::AuditRow;
use bindery::domain::caller::Source;
use bindery::domain::dn::Dn;
use bindery::domain::group::GroupKind;
use bindery::domain::id::Id;
use bindery::domain::reset::TokenDigest;
use bindery::domain::session::WebSession;
use bindery::domain::throttle;
use bindery::domain::tree::fold;
use bindery::secret::Secret;
use bindery::store::view::MAX_SCAN;
use bindery::store::{Stop, View, accounts, failures, groups, keys, records, sessions};

use super::table::{SUBJECTS, Setting};
use crate::harness::InProcess;

/// What everybody and every application has for a password at first.
pub const PASSWORD: &str = "boussole-noisette-quai-39";

/// What it is set to.
pub const NEW_PASSWORD: &str = "papillon-granit-ruche-84";

/// Who may do everything.
pub const SYSTEM: Caller = Caller { actor: Actor::System, source: Source::Internal, must_change: false };

/// The rows of a store.
pub type State = BTreeMap<Vec<u8>, Vec<u8>>;

/// The daemon and those who live in it.
pub struct World {
    pub daemon: InProcess,
}

/// Login, role, team.
const PEOPLE: &[(&str, &str, Option<&str>)] = &[
    ("ursula", "user", Some("sales")),
    ("mona", "manager", Some("sales")),
    ("frida", "manager", Some("sales")),
    ("muriel", "administrator", Some("sales")),
    ("denise", "administrator", Some("sales")),
    ("adele", "administrator", Some("sales")),
    ("lasta", "administrator", None),
    ("anna", "user", Some("sales")),
    ("marc", "manager", Some("sales")),
    ("claire", "administrator", Some("sales")),
    ("ugo", "user", Some("finance")),
    ("olivia", "manager", Some("finance")),
    ("theo", "administrator", None),
    // Is in no team, and in no column: the one who joins.
    ("rene", "user", None),
];

const APPLICATIONS: [&str; 3] = ["wiki", "desk", "mailer"];

/// Teams and those who look after them.
const TEAMS: [(&str, &[&str]); 3] = [("sales", &["mona", "frida"]), ("support", &["mona", "frida"]), ("finance", &["olivia"])];

/// The login of a row of the table; nobody's for the row of those who did not sign in.
pub fn login(who: &str) -> &'static str {
    match who {
        "anonymous" => "",
        "user" => "ursula",
        "manager" => "mona",
        "former" => "frida",
        "must" => "muriel",
        "disabled" => "denise",
        "service" => "wiki",
        "reset" => "desk",
        "administrator" => "adele",
        "last" => "lasta",
        _ => panic!("{who}"),
    }
}

pub fn is_application(who: &str) -> bool {
    matches!(who, "service" | "reset")
}

/// The entry that `what` is to `who`.
pub fn dn(who: &str, what: &str) -> String {
    let (branch, rdn) = match what {
        "self" if is_application(who) => ("services", format!("uid={}", login(who))),
        // Who did not sign in has no entry: they ask for somebody's.
        "self" => ("people", format!("uid={}", if who == "anonymous" { "ursula" } else { login(who) })),
        "t.user" => ("people", "uid=anna".to_owned()),
        "t.mgr" => ("people", "uid=marc".to_owned()),
        "t.adm" => ("people", "uid=claire".to_owned()),
        "user" => ("people", "uid=ugo".to_owned()),
        "mgr" => ("people", "uid=olivia".to_owned()),
        "adm" => ("people", "uid=theo".to_owned()),
        "nobody" => ("people", "uid=nobody".to_owned()),
        "app" => ("services", "uid=mailer".to_owned()),
        "o.team" => ("teams", "cn=sales".to_owned()),
        "team" => ("teams", "cn=finance".to_owned()),
        "group" => ("groups", "cn=staff".to_owned()),
        _ => panic!("{what}"),
    };
    format!("{rdn},ou={branch},dc=example,dc=org")
}

pub fn parsed(dn: &str) -> Dn {
    Dn::parse(dn).unwrap()
}

impl World {
    /// One with cheap passwords: what they cost is tested elsewhere.
    pub fn with(settings: &[Setting]) -> World {
        let daemon = InProcess::with_pages(|config| {
            config.directory.self_mail = settings.contains(&Setting::SelfMail);
            config.directory.self_telephone = settings.contains(&Setting::SelfTelephone);
            config.directory.address_book = settings.contains(&Setting::AddressBook);
            config.directory.managers_add = settings.contains(&Setting::ManagersAdd);
            config.passwords.argon2.memory_kib = 64;
            config.passwords.argon2.passes = 1;
            config.web.time_zone = Some("UTC".to_owned());
        });
        let world = World { daemon };
        PEOPLE.iter().for_each(|(login, role, _)| world.add_person(login, role));
        APPLICATIONS.iter().for_each(|login| world.add_application(login));
        for (team, owners) in TEAMS {
            let members: Vec<_> = PEOPLE.iter().filter(|(_, _, own)| *own == Some(team)).map(|(login, ..)| login_dn(login)).collect();
            let owners: Vec<_> = owners.iter().map(|login| login_dn(login)).collect();
            world.add_group(&format!("cn={team},ou=teams,dc=example,dc=org"), &[("member", &members), ("owner", &owners)]);
        }
        world.add_group("cn=staff,ou=groups,dc=example,dc=org", &[("member", &[login_dn("ugo")])]);
        world.change(&dn("reset", "self"), "binderyGrant", "password-reset");
        world.change(&login_dn("muriel"), "pwdReset", "TRUE");
        world.settle();
        world
    }

    pub fn directory(&self) -> &Directory {
        self.daemon.directory()
    }

    /// What befalls a row of the table after signing in.
    pub fn befall(&self, who: &str) {
        match who {
            "former" => self.change(&login_dn("frida"), "binderyRole", "user"),
            "disabled" => self.change(&login_dn("denise"), "accountStatus", "disabled"),
            "last" => {
                let others = PEOPLE.iter().filter(|(login, role, _)| *role == "administrator" && *login != "lasta");
                others.for_each(|(login, ..)| self.change(&login_dn(login), "binderyRole", "user"));
            }
            _ => assert!(SUBJECTS.contains(&who)),
        }
        self.settle();
    }

    /// Gives `attribute` of the entry `dn` this one value.
    pub fn change(&self, dn: &str, attribute: &str, value: &str) {
        let change = Modification::new(ChangeOperation::Replace, attribute, [value]);
        self.daemon.wait_for(self.directory().edit(&SYSTEM, Edit::modifying(parsed(dn), vec![change]))).unwrap();
    }

    /// Whether the entry `dn` has this value; none if there is no such entry or attribute.
    pub fn has(&self, dn: &str, attribute: &str, value: &str) -> Option<bool> {
        let compared = self.daemon.wait_for(self.directory().compare(&SYSTEM, &parsed(dn), attribute, value.as_bytes()));
        compared.ok().map(|compared| compared == bindery::directory::Compared::True)
    }

    /// Whether this is the password of the entry `dn`.
    pub fn opens(&self, dn: &str, password: &str) -> bool {
        self.daemon.wait_for(self.directory().bind(&parsed(dn), Secret::new(password.as_bytes()), Source::Internal)).is_ok()
    }

    /// The id of the account or application with this login.
    pub fn id(&self, login: &str) -> Id {
        let application = self.read(|view| records::load_id::<Infallible>(view, &keys::service_login(&fold(login))));
        application.or_else(|| self.read(|view| accounts::id_of_uid::<Infallible>(view, &fold(login)))).unwrap()
    }

    /// Has somebody guess at the password of `id` until they have to wait.
    pub fn throttle(&self, id: Id) {
        let now = self.daemon.clock().now();
        for _ in 0..5 {
            let count =
                move |view: &mut View<'_>| failures::count::<Infallible>(view, id, now, &throttle::ThrottleSettings::default()).map(drop);
            self.daemon.wait_for(self.directory().store().run(count)).unwrap();
        }
    }

    pub fn is_throttled(&self, id: Id) -> bool {
        self.read(|view| failures::load::<Infallible>(view, id)).is_some()
    }

    /// Signs the account `id` in on the pages, somewhere.
    pub fn begin_session(&self, id: Id) {
        let now = self.daemon.clock().now();
        let session = WebSession { account: id, began_at: now, seen_at: now };
        let begin = move |view: &mut View<'_>| sessions::begin::<Infallible>(view, TokenDigest([7; 32]), &session);
        self.daemon.wait_for(self.directory().store().run(begin)).unwrap();
    }

    pub fn has_session(&self, id: Id) -> bool {
        self.read(|view| view.has::<Infallible>(&keys::sessions_of(id)))
    }

    /// Throws away what was mailed until now.
    pub fn forget_mails(&self) {
        self.settle();
        for file in fs::read_dir(self.daemon.mail_directory()).into_iter().flatten() {
            fs::remove_file(file.unwrap().path()).unwrap();
        }
    }

    /// Whether a mail of this kind went to the person with this login since then.
    pub fn was_mailed(&self, kind: &str, login: &str) -> bool {
        self.settle();
        let files = fs::read_dir(self.daemon.mail_directory()).into_iter().flatten().map(|file| file.unwrap().path());
        let of_kind = files.filter(|path| path.to_str().unwrap().ends_with(&format!("-{kind}.eml")));
        of_kind.map(|path| fs::read_to_string(path).unwrap()).any(|mail| mail.contains(&format!("{login}@example.org")))
    }

    /// The id in the store of the account or application with this login; of one that nobody has, some id.
    pub fn id_or_some(&self, login: &str) -> Id {
        if matches!(login, "nobody" | "new") { Id(0x0123_4567_89ab_cdef) } else { self.id(login) }
    }

    /// The id of the entry `dn`, or some id if there is none.
    pub fn id_at(&self, dn: &str) -> Id {
        let name = dn.split([',', '=']).nth(1).unwrap();
        let kind = match dn {
            _ if dn.contains("ou=teams") => GroupKind::Team,
            _ if dn.contains("ou=groups") => GroupKind::Group,
            _ => return self.id_or_some(name),
        };
        self.read(|view| groups::id_of::<Infallible>(view, kind, &fold(name))).unwrap_or(Id(0x0123_4567_89ab_cdef))
    }

    /// Everything that is stored, once nobody is at work any more.
    pub fn state(&self) -> State {
        self.settle();
        let mut state = State::new();
        let mut from = Vec::new();
        loop {
            let rows = self.read(|view| view.scan::<Infallible>(&from, &[u8::MAX], MAX_SCAN));
            let Some((last, _)) = rows.last() else { return state };
            from = [last.as_slice(), &[0]].concat();
            state.extend(rows);
        }
    }

    /// Puts the store back to `state`.
    pub fn restore(&self, state: &State) {
        let now = self.state();
        let keys: BTreeSet<&Vec<u8>> = state.keys().chain(now.keys()).filter(|key| state.get(*key) != now.get(*key)).collect();
        let changes: Vec<_> = keys.into_iter().map(|key| (key.clone(), state.get(key).cloned())).collect();
        for part in changes.chunks(50) {
            let part = part.to_vec();
            let put_back = move |view: &mut View<'_>| {
                for (key, value) in part.iter().cloned() {
                    match value {
                        Some(value) => view.put(key, value),
                        None => view.delete(key),
                    }
                }
                Ok::<_, Stop<Infallible>>(())
            };
            self.daemon.wait_for(self.directory().store().run(put_back)).unwrap();
        }
    }

    /// Waits until the audit is written and no mail is on its way.
    fn settle(&self) {
        let end = Instant::now() + Duration::from_secs(60);
        while self.daemon.wait_for(self.directory().mail_backlog()).unwrap().waiting > 0 {
            assert!(Instant::now() < end, "a mail waits for ever");
            thread::sleep(Duration::from_millis(2));
        }
        self.daemon.wait_for(self.directory().flush_audit());
    }

    fn read<T>(&self, rule: impl Fn(&mut View<'_>) -> Result<T, Stop<Infallible>>) -> T {
        self.daemon.wait_for(self.directory().store().read(rule)).unwrap()
    }

    fn add_person(&self, login: &str, role: &str) {
        let (name, mail) = (format!("{login} Martin"), format!("{login}@example.org"));
        let given = [("objectClass", "inetOrgPerson"), ("cn", &name), ("sn", "Martin"), ("mail", &mail), ("binderyRole", role)];
        self.add(&login_dn(login), &given);
    }

    fn add_application(&self, login: &str) {
        self.add(&format!("uid={login},ou=services,dc=example,dc=org"), &[("objectClass", "account")]);
    }

    fn add(&self, dn: &str, given: &[(&str, &str)]) {
        let given = given.iter().chain(&[("userPassword", PASSWORD)]);
        let given = given.map(|(name, value)| SentAttribute::new(*name, [*value])).collect();
        self.daemon.wait_for(self.directory().edit(&SYSTEM, Edit::adding(parsed(dn), given))).unwrap();
    }

    fn add_group(&self, dn: &str, given: &[(&str, &[String])]) {
        let given = given.iter().filter(|(_, values)| !values.is_empty());
        let mut given: Vec<_> = given.map(|(name, values)| SentAttribute::new(*name, values.iter().cloned())).collect();
        given.push(SentAttribute::new("objectClass", ["groupOfNames"]));
        self.daemon.wait_for(self.directory().edit(&SYSTEM, Edit::adding(parsed(dn), given))).unwrap();
    }
}

/// The entry of the person with this login.
pub fn login_dn(login: &str) -> String {
    format!("uid={login},ou=people,dc=example,dc=org")
}

/// What is different in `now`, the audit and the marks of what was done apart.
pub fn changed(before: &State, now: &State) -> Vec<String> {
    let keys: BTreeSet<&Vec<u8>> = before.keys().chain(now.keys()).filter(|key| before.get(*key) != now.get(*key)).collect();
    let keys = keys.into_iter().filter(|key| !UNREMARKABLE.contains(&key[0]));
    keys.map(|key| String::from_utf8_lossy(key).into_owned()).collect()
}

/// What the audit has been told since `before`, in no order.
pub fn told(before: &State, now: &State) -> Vec<AuditRow> {
    let new = now.iter().filter(|(key, _)| key[0] == b'l' && !before.contains_key(*key));
    new.map(|(_, row)| records::decode::<AuditRow, Infallible>(row).unwrap()).collect()
}

/// The audit, by time and by account.
const UNREMARKABLE: [u8; 2] = [b'l', b'L'];
