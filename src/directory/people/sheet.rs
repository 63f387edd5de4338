//! What a sheet shows of a person, and what may be done with it.

use super::{Look, LookError};
use crate::directory::letters::name_of;
use crate::directory::subject::subject;
use crate::directory::target::{FoundEntry, Target, seen};
use crate::directory::{Caller, Directory};
use crate::domain::access::{self, PasswordRight, Reads, Subject};
use crate::domain::account::{Account, Role, State, Status};
use crate::domain::group::GroupKind;
use crate::domain::id::Id;
use crate::domain::record::Record;
use crate::domain::schema::Attribute;
use crate::domain::time::UnixTime;
use crate::domain::tree::{Branch, fold};
use crate::store::{Stop, View, failures, groups, memberships, pending_addresses};

/// A person, as one who may read everything about them sees them.
#[derive(Clone, Debug, PartialEq)]
pub struct PersonSheet {
    /// Who.
    pub id: Id,
    /// What a form has to show, so that nothing is overwritten that somebody else has changed meanwhile.
    pub seen: String,
    /// What they are called.
    pub name: String,
    /// `sn`.
    pub surname: String,
    /// `givenName`.
    pub first_name: String,
    /// `uid`.
    pub login: String,
    /// `mail`.
    pub mails: Vec<String>,
    /// The address that waits for the link that was sent to it.
    pub awaited_mail: Option<String>,
    /// `telephoneNumber`.
    pub telephones: Vec<String>,
    /// What they may do.
    pub role: Role,
    /// The name of their team.
    pub team: Option<String>,
    /// The teams that the caller may choose among.
    pub teams: TeamChoice,
    /// The names of their groups.
    pub groups: Vec<String>,
    /// Whether they may sign in, but for the date.
    pub status: Status,
    /// Whether they may sign in now.
    pub state: State,
    /// From when on they may not any more.
    pub expires_at: Option<UnixTime>,
    /// Whether the password must be changed at the next sign-in.
    pub must_change: bool,
    /// When the password was set.
    pub password_changed_at: Option<UnixTime>,
    /// Until when attempts to sign in are refused unseen.
    pub throttled_until: Option<UnixTime>,
    /// When they were added.
    pub created_at: UnixTime,
    /// When anything but the password last changed.
    pub modified_at: UnixTime,
    /// What the caller may do.
    pub may: May,
}

/// The teams that somebody may be moved to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TeamChoice {
    /// Their names, in order.
    pub names: Vec<String>,
    /// Whether there are more.
    pub more: bool,
    /// Whether they may be in none.
    pub none: bool,
}

/// What the caller may do with a person. A page only leaves out what is not there: who does it all the same is refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct May {
    /// Change first name and surname.
    pub names: bool,
    /// Change the login.
    pub login: bool,
    /// Change mail addresses.
    pub mail: bool,
    /// Change telephone numbers.
    pub telephone: bool,
    /// Change the role.
    pub role: bool,
    /// Move them to another team.
    pub team: bool,
    /// Set the password without the old one.
    pub password: bool,
    /// Disable and enable, and say when the account expires.
    pub state: bool,
    /// Have the password changed at the next sign-in.
    pub must_change: bool,
    /// End the waiting of a throttled account.
    pub unlock: bool,
    /// End their sessions.
    pub end_sessions: bool,
    /// Have a link or a generated password sent: to an address that they have.
    pub send: bool,
    /// Have an invitation sent to a new person.
    pub invite: bool,
    /// Delete them.
    pub delete: bool,
}

impl May {
    /// Whether there is anything to fill in.
    pub fn fills_in(&self) -> bool {
        self.names || self.login || self.mail || self.telephone || self.role || self.team || self.password || self.state
    }

    /// Whether there is anything to be done at once.
    pub fn acts(&self) -> bool {
        self.unlock || self.end_sessions || self.send || self.delete
    }
}

impl Directory {
    /// The sheet of the person `id`. Current.
    ///
    /// # Errors
    /// [`LookError::NotFound`] for one whom the caller may not read as a whole, `Denied` before the password is changed,
    /// `Unavailable`.
    pub async fn person(&self, caller: &Caller, id: Id) -> Result<PersonSheet, LookError> {
        let (eyes, now) = (self.eyes(), self.clock.now());
        let sheet = self.store.read(|view| {
            let subject = subject(view, caller, now)?;
            let found = eyes.find::<LookError>(view, subject, &Target::Id(Branch::People, id))?;
            match &found.record {
                Record::Account(account) if found.reads == Reads::Everything => self.sheet_of(view, &found, account, now),
                _ => Err(Stop::Rule(LookError::NotFound)),
            }
        });
        Ok(sheet.await?)
    }

    /// An empty sheet for a new person.
    ///
    /// # Errors
    /// [`LookError::NotFound`] for a caller who may add nobody, `Denied` before the password is changed, `Unavailable`.
    pub async fn blank_person(&self, caller: &Caller) -> Result<PersonSheet, LookError> {
        let now = self.clock.now();
        let sheet = self.store.read(|view| {
            let subject = subject(view, caller, now)?;
            if !adds_anybody(&subject, &self.settings.access) {
                return Err(Stop::Rule(LookError::NotFound));
            }
            Ok(blank(teams(view, &subject)?, self.may_of_new(&subject), now))
        });
        Ok(sheet.await?)
    }

    fn sheet_of(&self, view: &mut View<'_>, found: &FoundEntry, account: &Account, now: UnixTime) -> Look<PersonSheet> {
        let may = self.may(found, account, now);
        let teams = if may.team { teams(view, &found.subject)? } else { TeamChoice::default() };
        let text = |attribute| account.attributes.text(attribute).unwrap_or_default().to_owned();
        let texts =
            |attribute| account.attributes.values(attribute).iter().map(|value| String::from_utf8_lossy(value).into_owned()).collect();
        Ok(PersonSheet {
            id: account.id,
            seen: seen(view, &found.record)?,
            name: name_of(account).unwrap_or_else(|| account.uid.clone()),
            surname: text(Attribute::Sn),
            first_name: text(Attribute::GivenName),
            mails: texts(Attribute::Mail),
            awaited_mail: pending_addresses::load(view, account.id)?.filter(|pending| !pending.is_over(now)).map(|pending| pending.address),
            telephones: texts(Attribute::TelephoneNumber),
            role: account.role,
            team: memberships::team_of(view, account.id)?.map(|team| team.cn),
            teams,
            groups: groups_of(view, account.id)?,
            status: account.status,
            state: account.state(now),
            expires_at: account.expires_at,
            must_change: account.must_change,
            password_changed_at: account.password_changed_at,
            throttled_until: self.throttled_until(view, account.id, now)?,
            created_at: account.created_at,
            modified_at: account.modified_at,
            login: account.uid.clone(),
            may,
        })
    }

    fn may(&self, found: &FoundEntry, account: &Account, now: UnixTime) -> May {
        let FoundEntry { subject, object, .. } = found;
        let changes = |attribute| access::changes(subject, object, attribute, &self.settings.access);
        let administers = access::administers(subject);
        let password = access::sets_password(subject, object) == PasswordRight::Yes;
        let reachable = account.is_usable(now) && !account.attributes.values(Attribute::Mail).is_empty();
        May {
            names: changes(Attribute::Sn) && changes(Attribute::GivenName),
            login: administers,
            mail: changes(Attribute::Mail),
            telephone: changes(Attribute::TelephoneNumber),
            role: changes(Attribute::BinderyRole),
            team: changes(Attribute::DepartmentNumber),
            password,
            state: changes(Attribute::AccountStatus) && changes(Attribute::AccountExpires),
            must_change: changes(Attribute::PwdReset),
            unlock: changes(Attribute::PwdAccountLockedTime),
            end_sessions: access::ends_sessions(subject, object),
            send: password && reachable && self.settings.sends_mail,
            invite: false,
            delete: administers,
        }
    }

    fn may_of_new(&self, subject: &Subject) -> May {
        let administers = access::administers(subject);
        May {
            names: true,
            login: true,
            mail: true,
            telephone: true,
            role: administers,
            team: true,
            password: true,
            state: administers,
            invite: self.settings.sends_mail,
            ..May::default()
        }
    }

    /// Until when attempts of `id` to get in are refused unseen.
    pub(in crate::directory) fn throttled_until<E>(&self, view: &mut View<'_>, id: Id, now: UnixTime) -> Result<Option<UnixTime>, Stop<E>> {
        let until = failures::load(view, id)?.and_then(|failures| failures.refused_until);
        Ok(until.filter(|until| self.settings.throttle.enabled && *until > now))
    }
}

fn blank(teams: TeamChoice, may: May, now: UnixTime) -> PersonSheet {
    PersonSheet {
        id: Id(0),
        seen: String::new(),
        name: String::new(),
        surname: String::new(),
        first_name: String::new(),
        login: String::new(),
        mails: Vec::new(),
        awaited_mail: None,
        telephones: Vec::new(),
        role: Role::User,
        team: None,
        teams,
        groups: Vec::new(),
        status: Status::Active,
        state: State::Active,
        expires_at: None,
        must_change: false,
        password_changed_at: None,
        throttled_until: None,
        created_at: now,
        modified_at: now,
        may,
    }
}

/// Whether `subject` may add anybody at all.
fn adds_anybody(subject: &Subject, settings: &access::AccessSettings) -> bool {
    let owned: &[Id] = match subject {
        Subject::Account(person) => &person.owned_teams,
        Subject::Anonymous | Subject::Service { .. } | Subject::System => &[],
    };
    let teams = owned.iter().map(|team| Some(*team)).chain([None]);
    teams.into_iter().any(|team| access::adds_person(subject, Role::User, team, settings))
}

/// The teams that `subject` may move somebody to.
fn teams(view: &mut View<'_>, subject: &Subject) -> Look<TeamChoice> {
    let none = access::administers(subject);
    let mut ids = match subject {
        Subject::Account(person) if !none => person.owned_teams.clone(),
        Subject::Account(_) | Subject::System => groups::first(view, GroupKind::Team, MAX_CHOICE + 1)?,
        Subject::Anonymous | Subject::Service { .. } => Vec::new(),
    };
    let more = ids.len() > MAX_CHOICE;
    ids.truncate(MAX_CHOICE);
    Ok(TeamChoice { names: names_of(view, &ids, GroupKind::Team)?, more, none })
}

fn groups_of(view: &mut View<'_>, account: Id) -> Look<Vec<String>> {
    let ids = memberships::of_account(view, account)?;
    names_of(view, &ids, GroupKind::Group)
}

/// The names of those of `ids` that are of this kind, in order.
fn names_of(view: &mut View<'_>, ids: &[Id], kind: GroupKind) -> Look<Vec<String>> {
    let mut names = Vec::new();
    for id in ids {
        names.extend(groups::load(view, *id)?.filter(|group| group.kind == kind).map(|group| group.cn));
    }
    names.sort_by_cached_key(|name| fold(name));
    Ok(names)
}

/// Teams that a sheet offers; where there are more, a name is typed.
const MAX_CHOICE: usize = 200;
