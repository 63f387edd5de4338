//! The list of people, in the order of their names: for administrators everybody, for managers the members of the teams
//! they own.

use super::{Look, LookError};
use crate::directory::subject::subject;
use crate::directory::target::{Sight, look};
use crate::directory::{Caller, Directory};
use crate::domain::access::{self, Area, Reads, Subject};
use crate::domain::account::{Account, Role, State};
use crate::domain::group::GroupKind;
use crate::domain::id::Id;
use crate::domain::listing::{self, Facet, PersonListing};
use crate::domain::record::Record;
use crate::domain::schema::Attribute;
use crate::domain::time::UnixTime;
use crate::domain::tree::fold;
use crate::store::listings::{self, ListingPlace};
use crate::store::{Fail, Stop, View, accounts, groups, memberships};

/// Who is looked for. Nothing of it is trusted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PeopleQuery {
    /// Words, each of which must begin a word of the person's name, login or mail addresses, whatever the case and the
    /// accents.
    pub search: String,
    /// The name of the team they are in; none: any.
    pub team: Option<String>,
    /// Their role; none: any.
    pub role: Option<Role>,
    /// Whether they may sign in; none: either.
    pub state: Option<State>,
    /// Where the list goes on: [`PeoplePage::next`] of the page before.
    pub after: Option<Id>,
}

/// A page of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct PeoplePage {
    /// The people of this page.
    pub people: Vec<PersonRow>,
    /// Where the list goes on, if there may be more. Looking on may take several pages where few are found among many:
    /// a page need not be full, nor have anybody in it.
    pub next: Option<Id>,
    /// The names of the teams that can be asked for, in order; none where there are more than one chooses from, so that the
    /// name has to be typed.
    pub teams: Vec<String>,
    /// Whether the caller may add somebody.
    pub may_add: bool,
}

/// A person in the list.
#[derive(Clone, Debug, PartialEq)]
pub struct PersonRow {
    /// Who.
    pub id: Id,
    /// The surname, or the whole name where no first name is known.
    pub surname: String,
    /// The first name; may be empty.
    pub first_name: String,
    /// The login.
    pub login: String,
    /// The first mail address; may be empty.
    pub mail: String,
    /// The name of the team; none without one.
    pub team: Option<String>,
    /// What they may do.
    pub role: Role,
    /// Whether they may sign in.
    pub state: State,
}

/// What a query comes to for one caller.
struct Sought {
    terms: Vec<String>,
    role: Option<Role>,
    state: Option<State>,
    /// The members of these; none: everybody.
    teams: Option<Vec<Id>>,
    now: UnixTime,
}

/// Where to look, so that few are looked at for nothing.
enum PeopleSource {
    /// Among these, in no order.
    Few(Vec<Id>),
    /// In a list, which is in order.
    List(Facet),
}

/// Who was found, and where the list goes on.
#[derive(Default)]
struct FoundPeople {
    ids: Vec<Id>,
    next: Option<Id>,
}

impl Directory {
    /// A page of [`PAGE`] people whom the caller looks after and `query` asks for, in the order of their names. It looks at
    /// [`LOOKED_AT`] at most, so that it takes milliseconds whatever is asked for, and gives other tasks their turn
    /// meanwhile. Current for each person; who is renamed at that moment may be missed.
    ///
    /// # Errors
    /// [`LookError::Denied`] for whom no people are to be looked at, `Unavailable`.
    pub async fn people(&self, caller: &Caller, query: &PeopleQuery) -> Result<PeoplePage, LookError> {
        let now = self.clock.now();
        let begin = |view: &mut View<'_>| {
            let subject = looking(view, caller, now)?;
            let sought = Sought::of(view, &subject, query, now)?;
            let source = sought.source(view)?;
            let after = query.after.map(|id| accounts::load(view, id)).transpose()?.flatten();
            Ok((sought, source, after.map(|account| ListingPlace::of(&account))))
        };
        let (sought, source, after) = self.ask(begin).await?;
        let found = match source {
            PeopleSource::Few(ids) => self.among(&sought, ids, after).await?,
            PeopleSource::List(facet) => self.in_list(&sought, facet, after).await?,
        };
        let settings = &self.settings.access;
        let page = |view: &mut View<'_>| {
            let subject = looking(view, caller, now)?;
            let (may_add, teams) = (adds_somebody(&subject, settings), teams_of(view, &subject)?);
            let mut people = Vec::with_capacity(found.ids.len());
            for id in &found.ids {
                if let Some(account) = accounts::load(view, *id)? {
                    people.extend(row(view, &subject, account, settings, now)?);
                }
            }
            Ok(PeoplePage { people, next: found.next, teams, may_add })
        };
        self.ask(page).await
    }

    /// Who of `ids` is sought, behind `after`.
    async fn among(&self, sought: &Sought, ids: Vec<Id>, after: Option<ListingPlace>) -> Result<FoundPeople, LookError> {
        let mut places = Vec::new();
        for batch in ids.chunks(BATCH) {
            let fitting = |view: &mut View<'_>| {
                let mut fitting = Vec::new();
                for id in batch {
                    if let Some(account) = accounts::load(view, *id)?
                        && sought.fits(view, *id, &PersonListing::of(&account))?
                    {
                        fitting.push(ListingPlace::of(&account));
                    }
                }
                Ok(fitting)
            };
            places.extend(self.ask(fitting).await?);
            tokio::task::yield_now().await;
        }
        places.retain(|place| after.as_ref().is_none_or(|after| place > after));
        places.sort_unstable();
        let mut found = FoundPeople { ids: places.into_iter().map(|place| place.id).collect(), next: None };
        found.fill();
        Ok(found)
    }

    /// Who in the list `facet` is sought, behind `after`.
    async fn in_list(&self, sought: &Sought, facet: Facet, mut after: Option<ListingPlace>) -> Result<FoundPeople, LookError> {
        let mut found = FoundPeople::default();
        for _ in 0..LOOKED_AT / BATCH {
            let fitting = |view: &mut View<'_>| {
                let listed = listings::page(view, facet, after.as_ref(), BATCH)?;
                let mut fitting = Vec::new();
                for (place, listing) in &listed {
                    if sought.fits(view, place.id, listing)? {
                        fitting.push(place.id);
                    }
                }
                Ok((fitting, listed.len() < BATCH, listed.into_iter().next_back().map(|(place, _)| place)))
            };
            let (fitting, is_over, last) = self.ask(fitting).await?;
            found.ids.extend(fitting);
            if found.fill() || is_over {
                return Ok(found);
            }
            after = last;
            tokio::task::yield_now().await;
        }
        found.next = after.map(|place| place.id);
        Ok(found)
    }

    async fn ask<T>(&self, rule: impl Fn(&mut View<'_>) -> Look<T>) -> Result<T, LookError> {
        self.store.read(rule).await.map_err(|fail| match fail {
            Fail::Rule(error) => error,
            Fail::Conflict | Fail::Unknown | Fail::Down => LookError::Unavailable,
        })
    }
}

impl FoundPeople {
    /// Keeps what a page holds; says whether there was more.
    fn fill(&mut self) -> bool {
        let is_full = self.ids.len() > PAGE;
        self.ids.truncate(PAGE);
        if is_full {
            self.next = self.ids.last().copied();
        }
        is_full
    }
}

impl Sought {
    fn of(view: &mut View<'_>, subject: &Subject, query: &PeopleQuery, now: UnixTime) -> Look<Sought> {
        let own = match subject {
            Subject::Account(person) if !access::administers(subject) => Some(person.owned_teams.clone()),
            _ => None,
        };
        let teams = match &query.team {
            Some(name) => {
                let named = groups::id_of(view, GroupKind::Team, &fold(name))?;
                Some(named.into_iter().filter(|team| own.as_ref().is_none_or(|own| own.contains(team))).collect())
            }
            None => own,
        };
        Ok(Sought { terms: listing::terms(&query.search), role: query.role, state: query.state, teams, now })
    }

    /// The smallest of the sets that all who are sought are in; where none is small, a list that is in order already.
    fn source(&self, view: &mut View<'_>) -> Look<PeopleSource> {
        let mut sets = Vec::new();
        for term in &self.terms {
            sets.push(listings::by_word(view, term, FEW + 1)?);
        }
        if let Some(teams) = &self.teams {
            let mut members = Vec::new();
            for team in teams {
                members.extend(memberships::members(view, *team, Id(0), (FEW + 1).saturating_sub(members.len()))?);
            }
            sets.push(members);
        }
        let smallest = sets.into_iter().filter(|set| set.len() <= FEW).min_by_key(Vec::len);
        Ok(match smallest {
            Some(mut ids) => {
                // Several words of one person may begin alike.
                ids.sort_unstable();
                ids.dedup();
                PeopleSource::Few(ids)
            }
            None => PeopleSource::List(self.facet()),
        })
    }

    fn facet(&self) -> Facet {
        match (self.role, self.state) {
            (Some(Role::Administrator), _) => Facet::Administrators,
            (Some(Role::Manager), _) => Facet::Managers,
            (_, Some(State::Disabled)) => Facet::Disabled,
            (_, Some(State::Expired)) => Facet::Expiring,
            (Some(Role::User) | None, Some(State::Active) | None) => Facet::Everybody,
        }
    }

    fn fits(&self, view: &mut View<'_>, id: Id, listing: &PersonListing) -> Look<bool> {
        let fits = self.role.is_none_or(|role| listing.role == role)
            && self.state.is_none_or(|state| listing.state(self.now) == state)
            && listing.matches(&self.terms);
        match &self.teams {
            Some(teams) if fits => Ok(memberships::of_account(view, id)?.iter().any(|group| teams.contains(group))),
            Some(_) | None => Ok(fits),
        }
    }
}

/// Who is looking, if there are people for them to look at.
fn looking(view: &mut View<'_>, caller: &Caller, now: UnixTime) -> Look<Subject> {
    let subject = subject(view, caller, now)?;
    let enters = match &subject {
        Subject::Account(person) => access::enters(person.role, Area::People),
        Subject::System => true,
        Subject::Anonymous | Subject::Service { .. } => false,
    };
    if enters { Ok(subject) } else { Err(Stop::Rule(LookError::Denied)) }
}

fn adds_somebody(subject: &Subject, settings: &access::AccessSettings) -> bool {
    let teams = match subject {
        Subject::Account(person) => person.owned_teams.as_slice(),
        _ => &[],
    };
    teams.iter().map(|team| Some(*team)).chain([None]).any(|team| access::adds_person(subject, Role::User, team, settings))
}

/// The names of the teams that the subject may ask for, if they are [`TEAMS`] at most.
fn teams_of(view: &mut View<'_>, subject: &Subject) -> Look<Vec<String>> {
    let ids = match subject {
        Subject::Account(person) if !access::administers(subject) => person.owned_teams.clone(),
        _ => groups::first(view, GroupKind::Team, TEAMS + 1)?,
    };
    if ids.len() > TEAMS {
        return Ok(Vec::new());
    }
    let mut names = Vec::with_capacity(ids.len());
    for id in ids {
        names.extend(groups::load(view, id)?.map(|team| team.cn));
    }
    names.sort_by_cached_key(|name| fold(name));
    Ok(names)
}

/// The person, if the subject may read all of them.
fn row(
    view: &mut View<'_>,
    subject: &Subject,
    account: Account,
    settings: &access::AccessSettings,
    now: UnixTime,
) -> Look<Option<PersonRow>> {
    let record = Record::Account(account);
    let sight = look::<LookError>(view, subject, &record, settings)?;
    let (Record::Account(account), Some(Sight { reads: Reads::Everything, .. })) = (record, sight) else { return Ok(None) };
    let (surname, first_name) = listing::shown_name(&account);
    Ok(Some(PersonRow {
        id: account.id,
        surname: surname.to_owned(),
        first_name: first_name.to_owned(),
        mail: account.attributes.text(Attribute::Mail).unwrap_or_default().to_owned(),
        team: memberships::team_of(view, account.id)?.map(|team| team.cn),
        role: account.role,
        state: account.state(now),
        login: account.uid,
    }))
}

/// People on a page.
pub const PAGE: usize = 50;

/// People that are sorted where no list has them in order; a search that finds more of them goes through a list, where a
/// page is found soon.
const FEW: usize = 1000;

/// People looked at before others have their turn.
const BATCH: usize = 256;

/// People of a list looked at for one page, at most.
const LOOKED_AT: usize = 32 * BATCH;

/// Names that one chooses from.
const TEAMS: usize = 200;

#[cfg(test)]
mod tests;
