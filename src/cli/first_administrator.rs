//! The first administrator: written straight into a fresh store, by the store's own rules, since no daemon runs yet
//! whom one could ask.

use uuid::Builder;

use super::failure::Failure;
use crate::clock::Clock;
use crate::config::Config;
use crate::directory::{Hasher, HasherSettings};
use crate::domain::account::{Account, Role, Status};
use crate::domain::caller::Source;
use crate::domain::credential::{Cost, Credential};
use crate::domain::dn::Dn;
use crate::domain::entry::Attributes;
use crate::domain::id::Id;
use crate::domain::schema::Attribute;
use crate::domain::time::UnixTime;
use crate::domain::tree::Tree;
use crate::secret::{self, Secret};
use crate::store::accounts::{self, AccountError};
use crate::store::credentials::{self, CredentialError, Effect};
use crate::store::numbers::{self, NumberRange, NumbersUsedUp, Series};
use crate::store::{self, Fail, Store, View};

/// Makes the store that `config` names, with the administrator `login` in it, whose DN it gives.
pub fn add(config: &Config, login: &str, password: &Secret) -> Result<String, Failure> {
    check_login(login)?;
    let suffix = Dn::parse(&config.directory.suffix).map_err(|error| Failure::usage(error.to_string()))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| Failure::refused(format!("cannot start: {error}")))?.block_on(write(config, login, password))?;
    Ok(Tree::new(suffix).account_dn(login))
}

async fn write(config: &Config, login: &str, password: &Secret) -> Result<(), Failure> {
    let now = Clock::System.now();
    let argon2 = config.passwords.argon2;
    let cost = Cost::new(argon2.memory_kib, argon2.passes, argon2.lanes)
        .ok_or_else(|| Failure::usage("passwords.argon2 asks for more than the daemon takes"))?;
    let hasher = Hasher::start(HasherSettings { threads: 1, cost, ..HasherSettings::default() });
    let hashed = hasher.hash(Source::Internal, password.clone()).await;
    let verifier = hashed.map_err(|busy| Failure::refused(format!("cannot hash the password: {busy}")))?;
    let credential = Credential { verifier, set_at: now, good_until: None };

    let path = &config.store.path;
    let opened = Store::open(path, store::FileSettings { cache_bytes: config.store.cache_mib << 20 });
    let store = opened.map_err(|error| Failure::refused(error.to_string()))?;
    let posix = (NumberRange { first: config.posix.uid_min, last: config.posix.uid_max }, config.posix.gid_min);
    let account = blank(login, posix.1, now);
    let written = store.run(move |view| add_to(view, account.clone(), posix.0, &credential)).await;
    written.map_err(|fail| match fail {
        Fail::Rule(StoreRefusal(reason)) => Failure::refused(format!("cannot add the administrator {login}: {reason}")),
        Fail::Conflict | Fail::Unknown | Fail::Down => Failure::refused(format!("cannot write {}", path.display())),
    })
}

fn add_to(view: &mut View<'_>, mut account: Account, range: NumberRange, credential: &Credential) -> Result<(), store::Stop<StoreRefusal>> {
    account.uid_number = numbers::allot(view, Series::Uid, range)?;
    accounts::add(view, &account)?;
    credentials::set(view, account.id, credential, Effect { must_change: false, clear_failures: false })
}

fn blank(login: &str, gid_number: u32, now: UnixTime) -> Account {
    let mut attributes = Attributes::default();
    attributes.set(Attribute::Cn, vec![login.into()]);
    attributes.set(Attribute::Sn, vec![login.into()]);
    Account {
        id: Id(secret::random_u64()),
        entry_uuid: Builder::from_random_bytes(secret::random()).into_uuid(),
        uid: login.to_owned(),
        role: Role::Administrator,
        status: Status::Active,
        expires_at: None,
        uid_number: 0,
        gid_number,
        created_at: now,
        modified_at: now,
        password_changed_at: None,
        must_change: false,
        attributes,
    }
}

fn check_login(login: &str) -> Result<(), Failure> {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if login.len() <= MAX_LOGIN && login.starts_with(|c: char| c.is_ascii_alphanumeric()) && login.chars().all(good) {
        return Ok(());
    }
    let failure = Failure::usage(format!("--administrator {login:?} is no login"));
    Err(failure.with_remedy(format!("use letters, digits, dots, hyphens and underscores, {MAX_LOGIN} at most")))
}

/// Why the store refuses; the text is the rule's own.
struct StoreRefusal(String);

impl From<AccountError> for StoreRefusal {
    fn from(error: AccountError) -> StoreRefusal {
        StoreRefusal(error.to_string())
    }
}

impl From<CredentialError> for StoreRefusal {
    fn from(error: CredentialError) -> StoreRefusal {
        StoreRefusal(error.to_string())
    }
}

impl From<NumbersUsedUp> for StoreRefusal {
    fn from(error: NumbersUsedUp) -> StoreRefusal {
        StoreRefusal(error.to_string())
    }
}

/// Characters of a login that every Unix takes (useradd(8)).
const MAX_LOGIN: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_are_plain() {
        for (login, good) in [("admin", true), ("a.b-c_9", true), ("", false), ("-a", false), ("a b", false), ("é", false), ("a,b", false)]
        {
            assert_eq!(check_login(login).is_ok(), good, "{login:?}");
        }
        assert!(check_login(&"a".repeat(33)).is_err());
    }
}
