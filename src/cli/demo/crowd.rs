//! `--people N`: as many people as a load test wants, through the store's bulk path.

use std::convert::Infallible;

use crate::domain::account::{Account, Role};
use crate::domain::credential::{Credential, Verifier};
use crate::domain::group::{Group, GroupKind};
use crate::domain::id::Id;
use crate::secret;
use crate::store::numbers::{self, NumberRange, Series};
use crate::store::view::{Each, Span, StoreReader, Unread, View};
use crate::store::{Key, StoredValue, accounts, bulk, credentials, groups, memberships};

use super::people::{FRESH, SeedError, Seeding, account, group};

/// The password of them all.
pub const PASSWORD: &str = "secret-Passw0rd";

/// Makes `count` people, unless they are there.
///
/// # Errors
/// [`SeedError::Others`] if another number of them is there, or a load was broken off.
pub async fn load(seeding: &Seeding<'_>, count: u32) -> Result<(), SeedError> {
    if count == 0 {
        return Ok(());
    }
    let (first, last) = (seeding.id_of(&login(0)).await?, seeding.id_of(&login(count - 1)).await?);
    let beyond = seeding.id_of(&login(count)).await?;
    match (first, last, beyond) {
        (Some(_), Some(_), None) => return Ok(()),
        (None, None, None) => {}
        _ => return Err(SeedError::Others),
    }
    // One verifier for all: a salt and an Argon2id for each of a million would take hours. It is no secret anyway.
    let crowd = DemoCrowd::new(seeding, count, seeding.verifier(PASSWORD).await?);
    let posix = &seeding.config.posix;
    let uids = NumberRange { first: posix.uid_min.saturating_add(count), last: posix.uid_max };
    let gids = NumberRange { first: posix.gid_min.saturating_add(crowd.groups.len() as u32), last: posix.gid_max };
    bulk::load(seeding.store, crowd.rows()).await.map_err(|_| SeedError::Down)?;
    // The next numbers to be given out come after these.
    let moved = seeding.store.run(move |view| {
        numbers::allot::<SeedError>(view, Series::Uid, uids)?;
        numbers::allot::<SeedError>(view, Series::Gid, gids).map(|_| ())
    });
    moved.await.map_err(SeedError::of)
}

/// The login of the person of this number.
pub fn login(index: u32) -> String {
    format!("user{index:06}")
}

/// All that is made.
struct DemoCrowd<'a> {
    seeding: &'a Seeding<'a>,
    count: u32,
    credential: Credential,
    /// The groups app0 to app9, then the teams.
    groups: Vec<Group>,
}

impl<'a> DemoCrowd<'a> {
    fn new(seeding: &'a Seeding<'a>, count: u32, verifier: Verifier) -> DemoCrowd<'a> {
        let names = (0..APPLICATIONS).map(|index| (GroupKind::Group, format!("app{index}")));
        let teams = (0..count.div_ceil(TEAM)).map(|index| (GroupKind::Team, format!("team{index:05}")));
        let numbered = names.chain(teams).zip(seeding.config.posix.gid_min..);
        let groups = numbered.map(|((kind, cn), gid_number)| Group { gid_number, ..group(kind, &cn, seeding.now) }).collect();
        DemoCrowd { seeding, count, credential: Credential { verifier, set_at: seeding.now, good_until: None }, groups }
    }

    /// What is stored of them: the same rules as for anybody, over a store where nobody is yet.
    fn rows(&self) -> impl Iterator<Item = (Key, StoredValue)> + '_ {
        let groups = self.groups.iter().flat_map(|group| rows_of(|view| groups::add::<SeedError>(view, group)));
        groups.chain((0..self.count).flat_map(|index| self.person(index)))
    }

    fn person(&self, index: u32) -> Vec<(Key, StoredValue)> {
        let posix = &self.seeding.config.posix;
        let name = format!("{index:06}");
        let account = Account {
            // Random, but rising: rows that come in order fill the file's pages well.
            id: Id((u64::from(index) + 1) << 40 | secret::random_u64() >> 24),
            uid_number: posix.uid_min + index,
            gid_number: posix.primary_gid,
            ..account(&login(index), Role::User, "User", &name, self.seeding.domain, self.seeding.now)
        };
        let team = APPLICATIONS + index / TEAM;
        let joined = [index % APPLICATIONS, team].map(|position| self.groups.get(position as usize));
        rows_of(|view| {
            accounts::add::<SeedError>(view, &account)?;
            credentials::set::<SeedError>(view, account.id, &self.credential, FRESH)?;
            for group in joined.into_iter().flatten() {
                memberships::add::<SeedError>(view, group, account.id)?;
            }
            Ok(())
        })
    }
}

/// What `rule` writes into an empty store.
fn rows_of(rule: impl FnOnce(&mut View<'_>) -> Result<(), crate::store::Stop<SeedError>>) -> Vec<(Key, StoredValue)> {
    let mut view = View::new(&Nothing);
    let refused = rule(&mut view).is_err();
    debug_assert!(!refused, "nothing stands against a rule where there is nothing");
    let writes = view.into_writes::<Infallible>().unwrap_or_default();
    writes.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
}

/// A store with nothing in it.
struct Nothing;

impl StoreReader for Nothing {
    fn get(&self, _key: &[u8], _with: &mut dyn FnMut(&[u8])) -> Result<(), Unread> {
        Ok(())
    }

    fn scan(&self, _span: Span<'_>, _each: &mut Each<'_>) -> Result<(), Unread> {
        Ok(())
    }
}

/// Groups: each person is in one of them.
const APPLICATIONS: u32 = 10;

/// People in a team.
const TEAM: u32 = 100;
