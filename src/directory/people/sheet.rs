//! What a sheet shows of a person, and what may be done with it.

use super::SheetError;
use crate::directory::{Caller, Directory};
use crate::domain::account::{Role, Status};
use crate::domain::id::Id;
use crate::domain::time::UnixTime;

/// A person, as one who may read everything about them sees them.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
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
    /// Whether they may sign in.
    pub state: Status,
    /// From when on they may not any more.
    pub expires_at: Option<UnixTime>,
    /// `active`, `disabled` or `expired`.
    pub status_word: &'static str,
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

impl Directory {
    /// The sheet of the person `id`. Current.
    ///
    /// # Errors
    /// [`SheetError::NoSuchPerson`] for whom the caller may not read as a whole, `MustChange`, `Unavailable`.
    pub async fn person(&self, caller: &Caller, id: Id) -> Result<Sheet, SheetError> {
        let _ = (caller, id);
        Err(SheetError::Unavailable)
    }

    /// An empty sheet for a new person.
    ///
    /// # Errors
    /// [`SheetError::NoSuchPerson`] for who may add nobody, `MustChange`, `Unavailable`.
    pub async fn blank_person(&self, caller: &Caller) -> Result<Sheet, SheetError> {
        let _ = caller;
        Err(SheetError::Unavailable)
    }
}
