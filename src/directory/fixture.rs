//! A directory for unit tests: any store, cheap Argon2id, and a clock that stands still.

use std::convert::Infallible;

use super::{
    Actor, BindError, Caller, Change, ChangeOperation, Directory, DirectorySettings, Edit, EditError, Hasher, HasherSettings, Hint,
    Modification, PosixDefaults, SentAttribute, Target,
};
use crate::clock::Clock;
use crate::domain::access;
use crate::domain::account::Account;
use crate::domain::audit::{AuditRow, ValueChange};
use crate::domain::caller::Source;
use crate::domain::credential::Cost;
use crate::domain::dn::Dn;
use crate::domain::entry::Value;
use crate::domain::id::Id;
use crate::domain::password_policy::Policy;
use crate::domain::reset;
use crate::domain::session::Lifetime;
use crate::domain::throttle::{self, Limit};
use crate::domain::time::UnixTime;
use crate::domain::tree::{Tree, fold};
use crate::secret::Secret;
use crate::store::numbers::NumberRange;
use crate::store::view::MAX_SCAN;
use crate::store::{MemoryEngine, Store, View, accounts, audit};

/// Who may do everything.
pub(super) const SYSTEM: Caller = Caller { actor: Actor::System, source: Source::Internal, must_change: false };

/// The operations of LDAP, as its clients word them.
impl Directory {
    pub(super) async fn add(&self, caller: &Caller, dn: &Dn, attributes: Vec<(String, Vec<Value>)>) -> Result<(), EditError> {
        let attributes = attributes.into_iter().map(|(description, values)| SentAttribute::new(description, values)).collect();
        self.edit(caller, Edit::adding(dn.clone(), attributes)).await.map(drop)
    }

    pub(super) async fn modify(&self, caller: &Caller, dn: &Dn, changes: Vec<Modification>) -> Result<(), EditError> {
        self.edit(caller, Edit::modifying(dn.clone(), changes)).await.map(drop)
    }

    pub(super) async fn rename(&self, caller: &Caller, dn: &Dn, rdn: &str, superior: Option<&Dn>) -> Result<(), EditError> {
        self.edit(caller, Edit::renaming(self.tree(), dn.clone(), rdn, superior)).await.map(drop)
    }

    pub(super) async fn delete(&self, caller: &Caller, dn: &Dn) -> Result<(), EditError> {
        self.edit(caller, Edit::new(Target::Dn(dn.clone()), vec![Change::Delete])).await.map(drop)
    }
}

/// A directory of `dc=example,dc=org` over `store`.
pub(super) async fn directory_over(store: Store) -> Directory {
    open(store, Clock::manual(START), settings()).await
}

/// A directory with other settings than those of [`directory_over`], over an empty store.
pub(super) async fn directory_with(change: impl FnOnce(&mut DirectorySettings)) -> Directory {
    let mut settings = settings();
    change(&mut settings);
    open(Store::in_memory(), Clock::manual(START), settings).await
}

/// The directory after the death of its process: what was stored is there, and nothing else.
pub(super) async fn reborn(directory: Directory) -> Directory {
    let rows = directory.store.read::<_, Infallible, _>(|view| view.scan(&[], &[u8::MAX], MAX_SCAN)).await.unwrap();
    assert!(rows.len() < MAX_SCAN);
    let (clock, settings) = (directory.clock.clone(), directory.settings.clone());
    drop(directory);
    let engine = MemoryEngine::new();
    engine.load(rows);
    open(Store::Memory(engine), clock, settings).await
}

/// Adds the person `uid`, with what `more` says.
pub(super) async fn add_person(directory: &Directory, uid: &str, more: &[(&str, &str)]) -> Id {
    let attributes = [("objectClass", "inetOrgPerson"), ("cn", uid), ("sn", uid)];
    let mut given: Vec<(String, Vec<Value>)> = Vec::new();
    for (name, value) in attributes.iter().chain(more) {
        match given.iter_mut().find(|(held, _)| held == name) {
            Some((_, values)) => values.push(value.as_bytes().to_vec()),
            None => given.push(((*name).to_owned(), vec![value.as_bytes().to_vec()])),
        }
    }
    directory.add(&SYSTEM, &dn(uid), given).await.unwrap();
    directory.store.read::<_, Infallible, _>(|view| accounts::id_of_uid(view, &fold(uid))).await.unwrap().unwrap()
}

/// The account of the person `uid`.
pub(super) async fn account(directory: &Directory, uid: &str) -> Account {
    let rule = |view: &mut View<'_>| match accounts::id_of_uid::<Infallible>(view, &fold(uid))? {
        Some(id) => accounts::load(view, id),
        None => Ok(None),
    };
    directory.store.read(rule).await.unwrap().unwrap()
}

/// Puts `values` in place of what the person `uid` has of `attribute`.
pub(super) async fn replace(directory: &Directory, uid: &str, attribute: &str, values: &[&str]) {
    let change = Modification::new(ChangeOperation::Replace, attribute, values.iter().copied());
    directory.modify(&SYSTEM, &dn(uid), vec![change]).await.unwrap();
}

/// Whether the person `uid` gets in with `password`.
pub(super) async fn binds(directory: &Directory, uid: &str, password: &Secret) -> bool {
    match directory.bind(&dn(uid), password.clone(), Source::Internal).await {
        Ok(_) => true,
        Err(BindError::Invalid(Hint::None)) => false,
        Err(other) => panic!("{other:?}"),
    }
}

/// The DN of the person `uid`.
pub(super) fn dn(uid: &str) -> Dn {
    Dn::parse(&format!("uid={uid},ou=people,dc=example,dc=org")).unwrap()
}

/// A change of `attribute`, whose values are to be filled in.
pub(super) fn changed(attribute: &str) -> ValueChange {
    ValueChange { attribute: attribute.into(), ..ValueChange::default() }
}

/// What the audit has, in the order of time.
pub(super) async fn audited(directory: &Directory) -> Vec<AuditRow> {
    directory.flush_audit().await;
    let times = UnixTime::default()..UnixTime::from_millis(u64::MAX);
    let rows = directory.store.read::<_, Infallible, _>(|view| audit::page(view, times.clone(), None, audit::MAX_PAGE)).await.unwrap();
    rows.into_iter().map(|(_, row)| row).collect()
}

async fn open(store: Store, clock: Clock, settings: DirectorySettings) -> Directory {
    let cost = Cost::new(8, 1, 1).unwrap();
    let hasher = Hasher::start(HasherSettings { threads: 1, cost, huge_pages: false, ..HasherSettings::default() });
    Directory::open(store, hasher, clock, settings).await.unwrap()
}

fn settings() -> DirectorySettings {
    let range = |first| NumberRange { first, last: first + 9_999 };
    DirectorySettings {
        tree: Tree::new(Dn::parse("dc=example,dc=org").unwrap()),
        organisation: "Example".into(),
        access: access::AccessSettings { self_telephone: true, ..access::AccessSettings::default() },
        policy: Policy::default(),
        throttle: throttle::ThrottleSettings::default(),
        source_limit: Limit::default(),
        listed_sources: Vec::new(),
        member_of_with_star: false,
        posix: PosixDefaults {
            home: "/home/{uid}".into(),
            shell: "/bin/bash".into(),
            gid_number: 100,
            uid_numbers: range(10_000),
            gid_numbers: range(20_000),
        },
        look_through: 10_000,
        reset: reset::ResetSettings::default(),
        sessions: Lifetime::default(),
        sends_mail: true,
    }
}

/// When the clock of a test stands still.
pub(super) const START: UnixTime = UnixTime::from_secs(1_795_338_000);
