//! The rules of the store: octets become a sequence of changes, such as the directory makes them. After each one every
//! index agrees with the records, and what the rules promise holds.

mod resets;

use bindery::domain::account::{Account, Role, Status};
use bindery::domain::credential::{Credential, Verifier};
use bindery::domain::entry::{Attributes, Value};
use bindery::domain::group::{Group, GroupKind};
use bindery::domain::id::Id;
use bindery::domain::schema::Attribute;
use bindery::domain::service::ServiceAccount;
use bindery::domain::time::UnixTime;
use bindery::store::credentials::Effect;
use bindery::store::{Fail, MemoryEngine, Stop, Store, View, accounts, credentials, groups, memberships, services};
use uuid::Uuid;

use super::at_once::at_once;
use super::consistency::{self, has_lasting_administrator};
use super::octets::Octets;
use super::refused::Refused;

/// Plays the changes in `input`, on a store that has all at hand or on one that fetches, as the first octet says.
pub fn run(input: &[u8]) {
    let mut octets = Octets::new(input);
    let engine = if octets.bit() { MemoryEngine::fetching() } else { MemoryEngine::new() };
    let mut game = Game { store: Store::Memory(engine), octets, made: 0 };
    let mut had_administrator = false;
    for _ in 0..CHANGES {
        if game.octets.is_empty() {
            return;
        }
        game.change();
        let rows = consistency::rows(&game.store);
        consistency::check(&rows);
        let has_administrator = has_lasting_administrator(&rows);
        assert!(has_administrator || !had_administrator, "the last administrator is gone");
        had_administrator = has_administrator;
    }
}

struct Game<'a> {
    store: Store,
    octets: Octets<'a>,
    /// How many things were made: the next one's number.
    made: u64,
}

impl Game<'_> {
    fn change(&mut self) {
        match self.octets.below(20) {
            0 | 1 => self.add_account(),
            2 => self.replace_account(),
            3 => self.delete_account(),
            4 => self.add_group(),
            5 => self.replace_group(),
            6 => self.delete_group(),
            7 => self.join(),
            8 => self.leave(),
            9 => self.move_to_team(),
            10 => self.change_service(),
            11 => self.set_credential(),
            12 => self.clear(),
            13 => self.join_many(),
            14..=16 => self.reset(),
            17 | 18 => self.mail(),
            _ => self.purge(),
        }
    }

    /// `None` if the rule says no.
    fn run<T: Send + 'static>(&self, rule: impl Fn(&mut View<'_>) -> Result<T, Stop<Refused>> + Send + 'static) -> Option<T> {
        match at_once(self.store.run(rule)) {
            Ok(done) => Some(done),
            Err(Fail::Rule(Refused)) => None,
            Err(fail @ (Fail::Conflict | Fail::Unknown | Fail::Down)) => panic!("the store gave up: {fail:?}"),
        }
    }

    fn fresh(&mut self) -> Id {
        self.made += 1;
        Id(self.made)
    }

    /// Something that was made, and may be gone.
    fn one(&mut self) -> Id {
        Id(self.octets.below(self.made.clamp(1, 40) as u8).into())
    }

    fn account(&mut self, id: Id) -> Account {
        let octets = &mut self.octets;
        let mut attributes = Attributes::default();
        attributes.set(Attribute::Mail, mails(octets));
        Account {
            id,
            entry_uuid: Uuid::from_u128(id.0.into()),
            uid: name(octets).to_owned(),
            role: [Role::User, Role::Manager, Role::Administrator, Role::Administrator][usize::from(octets.below(4))],
            status: if octets.below(4) == 0 { Status::Disabled } else { Status::Active },
            expires_at: (octets.below(4) == 0).then_some(UnixTime::default()),
            uid_number: octets.below(8).into(),
            gid_number: 100,
            created_at: UnixTime::default(),
            modified_at: UnixTime::default(),
            password_changed_at: None,
            must_change: octets.bit(),
            attributes,
        }
    }

    fn add_account(&mut self) {
        let id = self.fresh();
        let account = self.account(id);
        self.run(move |view| accounts::add(view, &account));
    }

    fn replace_account(&mut self) {
        let id = self.one();
        let account = self.account(id);
        self.run(move |view| {
            // As the directory does: what is replaced was read in the same rule, and its UUID stays.
            let entry_uuid = accounts::load(view, id)?.map_or(account.entry_uuid, |old| old.entry_uuid);
            accounts::replace(view, &Account { entry_uuid, ..account.clone() })
        });
    }

    fn delete_account(&mut self) {
        let id = self.one();
        self.run(move |view| accounts::delete(view, id).map(|_: memberships::Cleared| ()));
    }

    fn group(&mut self, id: Id) -> Group {
        let owners = (0..self.octets.below(20)).map(|_| self.one()).collect();
        let octets = &mut self.octets;
        let kind = if octets.bit() { GroupKind::Team } else { GroupKind::Group };
        Group {
            id,
            kind,
            entry_uuid: Uuid::from_u128(id.0.into()),
            cn: name(octets).to_owned(),
            gid_number: octets.below(8).into(),
            owners: if kind == GroupKind::Team { owners } else { Vec::new() },
            created_at: UnixTime::default(),
            modified_at: UnixTime::default(),
            attributes: Attributes::default(),
        }
    }

    fn add_group(&mut self) {
        let id = self.fresh();
        let group = self.group(id);
        self.run(move |view| groups::add(view, &group));
    }

    fn replace_group(&mut self) {
        let id = self.one();
        let group = self.group(id);
        self.run(move |view| {
            let Some(Group { kind, entry_uuid, .. }) = groups::load(view, id)? else { return Err(Stop::Rule(Refused)) };
            let owners = if kind == GroupKind::Team { group.owners.clone() } else { Vec::new() };
            groups::replace(view, &Group { kind, entry_uuid, owners, ..group.clone() })
        });
    }

    fn delete_group(&mut self) {
        let id = self.one();
        self.run(move |view| groups::delete(view, id).map(|_: memberships::Cleared| ()));
    }

    fn join(&mut self) {
        let (group, account) = (self.one(), self.one());
        self.run(move |view| {
            let group = load(view, group)?;
            memberships::add(view, &group, account)
        });
    }

    fn leave(&mut self) {
        let (group, account) = (self.one(), self.one());
        self.run(move |view| {
            let group = load(view, group)?;
            memberships::remove(view, &group, account)
        });
    }

    fn move_to_team(&mut self) {
        let (team, account, out) = (self.one(), self.one(), self.octets.bit());
        self.run(move |view| {
            let team = if out { None } else { Some(load(view, team)?) };
            match team {
                Some(Group { kind: GroupKind::Group, .. }) => Err(Stop::Rule(Refused)),
                team => memberships::move_to_team(view, account, team.as_ref()),
            }
        });
    }

    fn change_service(&mut self) {
        let kind = self.octets.below(3);
        let id = if kind == 0 { self.fresh() } else { self.one() };
        let limited_to = self.octets.bit().then(|| self.one());
        let service = ServiceAccount {
            id,
            entry_uuid: Uuid::from_u128(id.0.into()),
            uid: name(&mut self.octets).to_owned(),
            status: Status::Active,
            limited_to,
            may_reset_passwords: false,
            created_at: UnixTime::default(),
            modified_at: UnixTime::default(),
            attributes: Attributes::default(),
        };
        self.run(move |view| match kind {
            0 => services::add(view, &service),
            1 => services::replace(view, &service),
            _ => services::delete(view, id),
        });
    }

    fn set_credential(&mut self) {
        let (id, clear_failures) = (self.one(), self.octets.bit());
        let credential = Credential { verifier: Verifier::SecretDigest([0; 32]), set_at: UnixTime::default(), good_until: None };
        self.run(move |view| credentials::set(view, id, &credential, Effect { must_change: false, clear_failures }));
    }

    fn clear(&mut self) {
        let left = self.run(|view| memberships::left_to_clear(view, 9)).unwrap_or_default();
        for what in left {
            self.run(move |view| memberships::clear(view, what));
        }
    }

    /// More memberships, and more ownerships, than one rule clears away.
    fn join_many(&mut self) {
        let account = self.one();
        for n in 0..18 {
            let id = self.fresh();
            let kind = if n < 6 { GroupKind::Team } else { GroupKind::Group };
            let owners = if n < 6 { vec![account] } else { Vec::new() };
            let group = Group { cn: format!("many {id}"), kind, owners, gid_number: 1000 + id.0 as u32, ..self.group(id) };
            self.run(move |view| {
                groups::add(view, &group)?;
                memberships::add(view, &group, account)
            });
        }
    }
}

fn load(view: &mut View<'_>, group: Id) -> Result<Group, Stop<Refused>> {
    groups::load(view, group)?.ok_or(Stop::Rule(Refused))
}

fn name(octets: &mut Octets<'_>) -> &'static str {
    NAMES[usize::from(octets.below(NAMES.len() as u8))]
}

fn mails(octets: &mut Octets<'_>) -> Vec<Value> {
    (0..octets.below(11)).map(|_| name(octets).as_bytes().to_vec()).collect()
}

/// Few, so that they collide; some are the same name.
const NAMES: &[&str] = &[
    "louise",
    "LOUISE",
    " louise ",
    "paul",
    "anne",
    "zoé",
    "ZOE\u{301}",
    "lo\u{ad}uise",
    "louise@example.org",
    "Louise@Example.org",
    "paul@example.org",
    "a@example.org",
    "b@example.org",
    "c@example.org",
    "d@example.org",
    "e@example.org",
    "f@example.org",
    "nextcloud",
    "ﬁ",
    "ß",
    "İ",
];

/// Changes in one input, at most.
const CHANGES: usize = 60;
