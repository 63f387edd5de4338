//! The list of people, in the order of their names: for administrators everybody, for managers the members of the teams
//! they own.

use crate::domain::account::{Role, State};
use crate::domain::id::Id;

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
    /// Names of teams that can be asked for, in order; not all of them where there are many.
    pub teams: Vec<String>,
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
