//! The words of the table of who may do what, and its cells one by one. The table itself is in `grids.rs`.

use std::fmt;

use super::grids::{GRIDS, SWITCHED_ON};

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// To see it.
    Read,
    /// A new password, without the old one.
    Password,
    /// A new password, with the right old one.
    PasswordByOld,
    /// A new password beside another change.
    PasswordBeside,
    Name,
    Mail,
    Telephone,
    /// Into the manager's other team.
    OwnTeam,
    /// Into the team of another manager.
    ForeignTeam,
    /// Into no team.
    NoTeam,
    /// Another role; who is no administrator becomes one.
    Role,
    Disable,
    Expire,
    /// "Must change the password at the next sign-in".
    MustChange,
    /// An end to the waiting after wrong passwords.
    Unlock,
    Rename,
    Delete,
    Describe,
    /// The right to set passwords, for an application.
    Grant,
    /// One more member: the one who asks, or somebody who is in no team.
    Join,
    /// One member less.
    Leave,
    /// The one who asks looks after the team, or somebody else.
    Own,
    /// A link to a new password, by mail to them.
    SendLink,
    /// A generated password, by mail to them.
    SendPassword,
    /// "Sign out everywhere".
    SignOut,
    AddPerson,
    AddToOwnTeam,
    AddTeam,
    AddGroup,
    AddService,
}

/// A setting that changes some of the table (`directory.*`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    SelfMail,
    SelfTelephone,
    AddressBook,
    ManagersAdd,
}

/// All of them.
pub const SETTINGS: [Setting; 4] = [Setting::SelfMail, Setting::SelfTelephone, Setting::AddressBook, Setting::ManagersAdd];

/// One cell of the table.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// Who asks.
    pub who: &'static str,
    /// What for.
    pub action: Action,
    /// Of what.
    pub what: &'static str,
    /// What comes of it.
    pub verdict: Verdict,
}

/// What comes of what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Done,
    /// An address book's part of it is seen.
    Listed,
    Refused,
    Hidden,
    LastAdministrator,
}

impl fmt::Debug for Cell {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Cell { who, action, what, verdict } = self;
        write!(out, "{who}, {action:?} of {what}: {verdict:?}")
    }
}

/// Those who ask.
pub const SUBJECTS: [&str; 10] = [
    "anonymous",
    // In the team "sales".
    "user",
    // In "sales"; looks after "sales" and "support".
    "manager",
    // Was such a manager when signing in; the teams still name them.
    "former",
    // An administrator who must change their password first.
    "must",
    // Was an administrator when signing in, and is disabled since.
    "disabled",
    // An application, and one that may set passwords.
    "service",
    "reset",
    "administrator",
    // The only administrator that is left: "t.adm" and "adm" are none any more.
    "last",
];

/// The cells of all grids, with these settings switched on.
pub fn cells(settings: &[Setting]) -> Vec<Cell> {
    let cells = GRIDS.iter().flat_map(|(actions, grid)| actions.iter().flat_map(|action| of_grid(*action, grid)));
    let mut cells: Vec<Cell> = cells.collect();
    assert!(cells.len() > 1000, "only {} cells", cells.len());
    for (setting, actions, who, what, [from, to]) in SWITCHED_ON.iter().filter(|(setting, ..)| settings.contains(setting)) {
        let (from, to) = (verdict(from).unwrap(), verdict(to).unwrap());
        let is_meant = |cell: &Cell| actions.contains(&cell.action) && who.contains(&cell.who) && what.contains(&cell.what);
        let meant: Vec<&mut Cell> = cells.iter_mut().filter(|cell| is_meant(cell) && cell.verdict == from).collect();
        assert!(meant.len() >= actions.len(), "{setting:?} changes nothing");
        meant.into_iter().for_each(|cell| cell.verdict = to);
    }
    cells
}

/// What stands in a cell; none where nobody would ask.
fn verdict(cell: &str) -> Option<Verdict> {
    match cell {
        "Y" => Some(Verdict::Done),
        "n" => Some(Verdict::Listed),
        "-" => Some(Verdict::Refused),
        "h" => Some(Verdict::Hidden),
        "!" => Some(Verdict::LastAdministrator),
        "." => None,
        other => panic!("{other}"),
    }
}

fn of_grid(action: Action, grid: &'static str) -> Vec<Cell> {
    let mut lines = grid.lines().map(|line| line.split_whitespace().collect::<Vec<&'static str>>()).filter(|line| !line.is_empty());
    let columns = lines.next().unwrap();
    let rows: Vec<_> = lines.collect();
    assert_eq!(rows.iter().map(|row| row[0]).collect::<Vec<_>>(), SUBJECTS, "{action:?}: the grid is whole");
    let mut cells = Vec::new();
    for row in rows {
        assert_eq!(row.len(), columns.len(), "{action:?}: {row:?}");
        let asked = columns.iter().zip(&row).skip(1).filter_map(|(what, cell)| Some((what, verdict(cell)?)));
        cells.extend(asked.map(|(what, verdict)| Cell { who: row[0], action, what, verdict }));
    }
    cells
}
