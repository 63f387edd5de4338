//! The sample people, their teams and groups, and how they get into the store.

use uuid::Uuid;

use crate::config::Config;
use crate::directory::Hasher;
use crate::domain::account::{Account, Role, Status};
use crate::domain::caller::Source;
use crate::domain::credential::{Credential, Verifier};
use crate::domain::entry::Attributes;
use crate::domain::group::{Group, GroupKind};
use crate::domain::id::Id;
use crate::domain::schema::Attribute;
use crate::domain::service::ServiceAccount;
use crate::domain::time::UnixTime;
use crate::secret::{self, Secret};
use crate::store::accounts::{self, AccountError};
use crate::store::credentials::{self, CredentialError, Effect};
use crate::store::groups::{self, GroupError};
use crate::store::memberships::{self, MembershipError};
use crate::store::numbers::{self, NumberRange, NumbersUsedUp, Series};
use crate::store::services::{self, ServiceError};
use crate::store::{Fail, Store};

/// A sample person.
#[derive(Debug)]
pub struct Sample {
    /// The login.
    pub login: &'static str,
    /// First name and name.
    pub name: (&'static str, &'static str),
    /// What they may do.
    pub role: Role,
    /// Their team.
    pub team: Option<&'static str>,
    /// Their groups.
    pub groups: &'static [&'static str],
    /// Their first password.
    pub password: &'static str,
}

/// Eight people, in the order in which they are made: managers before their teams.
pub const PEOPLE: [Sample; 8] = [
    Sample {
        login: "claireb",
        name: ("Claire", "Bernard"),
        role: Role::Administrator,
        team: None,
        groups: &["staff", "cloud", "vpn"],
        password: "phare-goeland-rocher-93",
    },
    Sample {
        login: "helenep",
        name: ("Hélène", "Petit"),
        role: Role::Manager,
        team: Some("sales"),
        groups: &["staff", "cloud", "vpn"],
        password: "lavande-moulin-orage-27",
    },
    Sample {
        login: "karimb",
        name: ("Karim", "Benali"),
        role: Role::Manager,
        team: Some("support"),
        groups: &["staff", "cloud", "vpn"],
        password: "tonnerre-figuier-ancre-61",
    },
    Sample {
        login: "louisem",
        name: ("Louise", "Martin"),
        role: Role::User,
        team: Some("sales"),
        groups: &["staff", "cloud"],
        password: "cerise-brouillard-velo-48",
    },
    Sample {
        login: "thomasd",
        name: ("Thomas", "Dubois"),
        role: Role::User,
        team: Some("sales"),
        groups: &["staff", "cloud"],
        password: "horloge-tilleul-comete-15",
    },
    Sample {
        login: "inesg",
        name: ("Inès", "Garcia"),
        role: Role::User,
        team: Some("sales"),
        groups: &["staff"],
        password: "renard-marmite-glacier-72",
    },
    Sample {
        login: "marcl",
        name: ("Marc", "Leroy"),
        role: Role::User,
        team: Some("support"),
        groups: &["staff", "cloud", "vpn"],
        password: "boussole-noisette-quai-39",
    },
    Sample {
        login: "zoef",
        name: ("Zoé", "Fournier"),
        role: Role::User,
        team: Some("support"),
        groups: &["staff", "vpn"],
        password: "papillon-granit-ruche-84",
    },
];

/// The service account.
pub const SERVICE: &str = "nextcloud";

/// What the people are made with.
pub struct Seeding<'a> {
    /// Where to.
    pub store: &'a Store,
    /// Who hashes their passwords.
    pub hasher: &'a Hasher,
    /// Which numbers they may have.
    pub config: &'a Config,
    /// What follows the `@` of their addresses.
    pub domain: &'a str,
    /// When.
    pub now: UnixTime,
}

/// Why they cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// A rule of the store.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// A rule of the store.
    #[error(transparent)]
    Group(#[from] GroupError),
    /// A rule of the store.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// A rule of the store.
    #[error(transparent)]
    Membership(#[from] MembershipError),
    /// A rule of the store.
    #[error(transparent)]
    Credential(#[from] CredentialError),
    /// A rule of the store.
    #[error(transparent)]
    Numbers(#[from] NumbersUsedUp),
    /// The directory was used with other people before.
    #[error("there are people in this directory already, but not those that are asked for: name another with --dir, or remove it")]
    Others,
    /// The hash threads are busy, though there is nobody else.
    #[error("passwords cannot be hashed: there is not enough memory for passwords.argon2.memory_kib")]
    Busy,
    /// The store does not answer.
    #[error("the store does not answer: is the disk full?")]
    Down,
}

impl SeedError {
    /// Why a rule was not carried out.
    pub fn of<E: Into<SeedError>>(fail: Fail<E>) -> SeedError {
        match fail {
            Fail::Rule(refused) => refused.into(),
            _ => SeedError::Down,
        }
    }
}

impl Seeding<'_> {
    /// Makes the sample people with their teams and groups, unless they are there.
    ///
    /// # Errors
    /// What the store says.
    pub async fn people(&self) -> Result<(), SeedError> {
        for sample in &PEOPLE {
            if self.id_of(sample.login).await?.is_none() {
                self.person(sample).await?;
            }
        }
        Ok(())
    }

    /// Gives the service account a new secret; makes it first, if it is not there.
    ///
    /// # Errors
    /// What the store says.
    pub async fn service_secret(&self) -> Result<Secret, SeedError> {
        let secret = secret::generated_service_secret();
        let credential = Credential { verifier: Verifier::secret_digest(&secret), set_at: self.now, good_until: None };
        let service = ServiceAccount {
            id: Id(secret::random_u64()),
            entry_uuid: uuid(),
            uid: SERVICE.to_owned(),
            status: Status::Active,
            limited_to: None,
            may_reset_passwords: false,
            created_at: self.now,
            modified_at: self.now,
            attributes: Attributes::default(),
        };
        let made = self.store.run(move |view| {
            let id = match services::id_of_uid::<SeedError>(view, SERVICE)? {
                Some(id) => id,
                None => {
                    services::add::<SeedError>(view, &service)?;
                    service.id
                }
            };
            credentials::set::<SeedError>(view, id, &credential, FRESH)
        });
        made.await.map_err(SeedError::of)?;
        Ok(secret)
    }

    /// The verifier of `password`, with a salt of its own.
    ///
    /// # Errors
    /// If there is no memory to hash in.
    pub async fn verifier(&self, password: &str) -> Result<Verifier, SeedError> {
        self.hasher.hash(Source::Internal, Secret::new(password)).await.map_err(|_| SeedError::Busy)
    }

    /// The account with this login, if there is one.
    ///
    /// # Errors
    /// If the store does not answer.
    pub async fn id_of(&self, login: &str) -> Result<Option<Id>, SeedError> {
        self.store.read(|view| accounts::id_of_uid::<SeedError>(view, login)).await.map_err(SeedError::of)
    }

    async fn person(&self, sample: &Sample) -> Result<(), SeedError> {
        let credential = Credential { verifier: self.verifier(sample.password).await?, set_at: self.now, good_until: None };
        let mut account = account(sample.login, sample.role, sample.name.0, sample.name.1, self.domain, self.now);
        account.gid_number = self.config.posix.primary_gid;
        let numbers = NumberRange { first: self.config.posix.uid_min, last: self.config.posix.uid_max };
        let id = account.id;
        let made = self.store.run(move |view| {
            let mut account = account.clone();
            account.uid_number = numbers::allot::<SeedError>(view, Series::Uid, numbers)?;
            accounts::add::<SeedError>(view, &account)?;
            credentials::set::<SeedError>(view, account.id, &credential, FRESH)
        });
        made.await.map_err(SeedError::of)?;
        if let Some(team) = sample.team {
            self.join(id, GroupKind::Team, team, sample.role == Role::Manager).await?;
        }
        for group in sample.groups {
            self.join(id, GroupKind::Group, group, false).await?;
        }
        Ok(())
    }

    /// Makes `account` a member of the group or team `cn`, which is made first if it is not there.
    async fn join(&self, account: Id, kind: GroupKind, cn: &'static str, owns: bool) -> Result<(), SeedError> {
        let numbers = NumberRange { first: self.config.posix.gid_min, last: self.config.posix.gid_max };
        let fresh = group(kind, cn, self.now);
        let joined = self.store.run(move |view| {
            let mut group = match groups::id_of::<SeedError>(view, kind, cn)? {
                Some(id) => groups::load::<SeedError>(view, id)?.unwrap_or_else(|| fresh.clone()),
                None => {
                    let gid_number = numbers::allot::<SeedError>(view, Series::Gid, numbers)?;
                    let group = Group { gid_number, ..fresh.clone() };
                    groups::add::<SeedError>(view, &group)?;
                    group
                }
            };
            if owns {
                group.owners.push(account);
                groups::replace::<SeedError>(view, &group)?;
            }
            memberships::add::<SeedError>(view, &group, account)
        });
        joined.await.map_err(SeedError::of)
    }
}

/// An account without numbers.
pub fn account(login: &str, role: Role, first: &str, last: &str, domain: &str, now: UnixTime) -> Account {
    let mut attributes = Attributes::default();
    let full = format!("{first} {last}");
    for (attribute, value) in [
        (Attribute::Cn, full.clone()),
        (Attribute::Sn, last.to_owned()),
        (Attribute::GivenName, first.to_owned()),
        (Attribute::DisplayName, full),
        (Attribute::Mail, format!("{login}@{domain}")),
    ] {
        attributes.set(attribute, vec![value.into_bytes()]);
    }
    Account {
        id: Id(secret::random_u64()),
        entry_uuid: uuid(),
        uid: login.to_owned(),
        role,
        status: Status::Active,
        expires_at: None,
        uid_number: 0,
        gid_number: 0,
        created_at: now,
        modified_at: now,
        password_changed_at: None,
        must_change: false,
        attributes,
    }
}

/// A group or team without number, owners and members.
pub fn group(kind: GroupKind, cn: &str, now: UnixTime) -> Group {
    Group {
        id: Id(secret::random_u64()),
        kind,
        entry_uuid: uuid(),
        cn: cn.to_owned(),
        gid_number: 0,
        owners: Vec::new(),
        created_at: now,
        modified_at: now,
        attributes: Attributes::default(),
    }
}

fn uuid() -> Uuid {
    uuid::Builder::from_random_bytes(secret::random()).into_uuid()
}

/// A first password, which need not be changed.
pub const FRESH: Effect = Effect { must_change: false, clear_failures: false };

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::password_policy::{PasswordContext, Policy, prepare};

    #[test]
    fn the_passwords_are_good_enough() {
        for sample in &PEOPLE {
            let context = PasswordContext {
                login: sample.login.to_owned(),
                names: vec![sample.name.0.to_owned(), sample.name.1.to_owned()],
                mails: vec![format!("{}@example.org", sample.login)],
                organisation: "Exemple SARL".to_owned(),
            };
            let password = prepare(sample.password.as_bytes()).unwrap();
            assert_eq!(Policy::default().check(&password, &context), Ok(()), "{}", sample.login);
        }
    }
}
