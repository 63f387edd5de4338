//! Who may do what, as a whole: the one table from which the tests of this directory are made.
//!
//! Rows are those who ask, columns what they ask for. In a cell:
//!
//! | cell | what comes of it |
//! |---|---|
//! | `Y` | it is done |
//! | `-` | it is refused, and written down |
//! | `h` | it is refused, written down, and answered as for something that does not exist |
//! | `!` | it is refused: it would leave no administrator |
//! | `.` | nobody would ask that |

use std::fmt;

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

use Action::*;

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

/// The cells of all grids.
pub fn cells() -> Vec<Cell> {
    let cells: Vec<Cell> = TABLE.iter().flat_map(|(actions, grid)| actions.iter().flat_map(|action| of_grid(*action, grid))).collect();
    assert!(cells.len() > 1000, "only {} cells", cells.len());
    cells
}

fn of_grid(action: Action, grid: &'static str) -> Vec<Cell> {
    let mut lines = grid.lines().map(|line| line.split_whitespace().collect::<Vec<&'static str>>()).filter(|line| !line.is_empty());
    let columns = lines.next().unwrap();
    let rows: Vec<_> = lines.collect();
    assert_eq!(rows.iter().map(|row| row[0]).collect::<Vec<_>>(), SUBJECTS, "{action:?}: the grid is whole");
    let mut cells = Vec::new();
    for row in rows {
        assert_eq!(row.len(), columns.len(), "{action:?}: {row:?}");
        for (what, cell) in columns.iter().zip(&row).skip(1) {
            let verdict = match *cell {
                "Y" => Verdict::Done,
                "-" => Verdict::Refused,
                "h" => Verdict::Hidden,
                "!" => Verdict::LastAdministrator,
                "." => continue,
                other => panic!("{action:?}: {other}"),
            };
            cells.push(Cell { who: row[0], action, what, verdict });
        }
    }
    cells
}

/// Each action with the grid that it follows. The columns: oneself (or the application that asks); a user, a manager
/// and an administrator of the team "sales"; a user and a manager of "finance"; an administrator without a team; an
/// application; the teams "sales" and "finance"; a group; and a login that nobody has.
const TABLE: &[(&[Action], &str)] = &[
    (
        &[Read],
        "
        who            self  t.user  t.mgr  t.adm  user  mgr  adm  app  o.team  team  group  nobody
        anonymous      -     -       -      -      -     -    -    -    -       -     -      -
        user           Y     h       h      h      h     h    h    h    Y       h     h      h
        manager        Y     Y       Y      Y      h     h    h    h    Y       h     h      h
        former         Y     h       h      h      h     h    h    h    Y       h     h      h
        must           -     -       -      -      -     -    -    -    -       -     -      -
        disabled       h     h       h      h      h     h    h    h    h       h     h      h
        service        Y     Y       Y      Y      Y     Y    Y    h    Y       Y     Y      h
        reset          Y     Y       Y      Y      Y     Y    Y    h    Y       Y     Y      h
        administrator  Y     Y       Y      Y      Y     Y    Y    Y    Y       Y     Y      h
        last           Y     Y       Y      .      Y     Y    .    Y    Y       Y     Y      h
    ",
    ),
    (
        &[Password],
        "
        who            self  t.user  t.mgr  t.adm  user  mgr  adm  app  nobody
        anonymous      -     -       -      -      -     -    -    -    -
        user           -     h       h      h      h     h    h    h    h
        manager        -     Y       -      -      h     h    h    h    h
        former         -     h       h      h      h     h    h    h    h
        must           -     -       -      -      -     -    -    -    h
        disabled       -     -       -      -      -     -    -    -    -
        service        -     -       -      -      -     -    -    h    h
        reset          -     Y       Y      -      Y     Y    -    h    h
        administrator  -     Y       Y      Y      Y     Y    Y    Y    h
        last           -     Y       Y      .      Y     Y    .    Y    h
    ",
    ),
    (
        &[PasswordByOld],
        "
        who            self  t.user  t.mgr  t.adm  user  mgr  adm  app  nobody
        anonymous      -     -       -      -      -     -    -    -    -
        user           Y     h       h      h      h     h    h    h    h
        manager        Y     Y       -      -      h     h    h    h    h
        former         Y     h       h      h      h     h    h    h    h
        must           Y     -       -      -      -     -    -    -    h
        disabled       -     -       -      -      -     -    -    -    -
        service        -     -       -      -      -     -    -    h    h
        reset          -     Y       Y      -      Y     Y    -    h    h
        administrator  Y     Y       Y      Y      Y     Y    Y    Y    h
        last           Y     Y       Y      .      Y     Y    .    Y    h
    ",
    ),
    // What an application may set it sets by itself: it changes nothing else.
    (
        &[PasswordBeside, Name, Mail, Telephone, OwnTeam],
        "
        who            self  t.user  t.mgr  t.adm  user  mgr  adm  nobody
        anonymous      -     -       -      -      -     -    -    -
        user           -     h       h      h      h     h    h    h
        manager        -     Y       -      -      h     h    h    h
        former         -     h       h      h      h     h    h    h
        must           -     -       -      -      -     -    -    -
        disabled       h     h       h      h      h     h    h    h
        service        .     -       -      -      -     -    -    h
        reset          .     -       -      -      -     -    -    h
        administrator  .     Y       Y      Y      Y     Y    Y    h
        last           .     Y       Y      .      Y     Y    .    h
    ",
    ),
    (
        &[ForeignTeam, NoTeam],
        "
        who            self  t.user  t.mgr  t.adm  nobody
        anonymous      -     -       -      -      -
        user           -     h       h      h      h
        manager        -     -       -      -      h
        former         -     h       h      h      h
        must           -     -       -      -      -
        disabled       h     h       h      h      h
        service        .     -       -      -      h
        reset          .     -       -      -      h
        administrator  Y     Y       Y      Y      h
        last           .     Y       Y      .      h
    ",
    ),
    (
        &[Role],
        "
        who            self  t.user  t.mgr  t.adm  user  mgr  adm  nobody
        anonymous      -     -       -      -      -     -    -    -
        user           -     h       h      h      h     h    h    h
        manager        -     -       -      -      h     h    h    h
        former         -     h       h      h      h     h    h    h
        must           -     -       -      -      -     -    -    -
        disabled       h     h       h      h      h     h    h    h
        service        .     -       -      -      -     -    -    h
        reset          .     -       -      -      -     -    -    h
        administrator  -     Y       Y      Y      Y     Y    Y    h
        last           -     Y       Y      .      Y     Y    .    h
    ",
    ),
    (
        &[Disable, Expire],
        "
        who            self  t.user  t.mgr  t.adm  user  mgr  adm  nobody
        anonymous      -     -       -      -      -     -    -    -
        user           -     h       h      h      h     h    h    h
        manager        -     -       -      -      h     h    h    h
        former         -     h       h      h      h     h    h    h
        must           -     -       -      -      -     -    -    -
        disabled       h     h       h      h      h     h    h    h
        service        .     -       -      -      -     -    -    h
        reset          .     -       -      -      -     -    -    h
        administrator  Y     Y       Y      Y      Y     Y    Y    h
        last           !     Y       Y      .      Y     Y    .    h
    ",
    ),
    // Who waits after wrong passwords cannot sign in to end it.
    (
        &[MustChange, Rename],
        "
        who            self  t.user  t.mgr  t.adm  user  mgr  adm  nobody
        anonymous      -     -       -      -      -     -    -    -
        user           -     h       h      h      h     h    h    h
        manager        -     -       -      -      h     h    h    h
        former         -     h       h      h      h     h    h    h
        must           -     -       -      -      -     -    -    -
        disabled       h     h       h      h      h     h    h    h
        service        .     -       -      -      -     -    -    h
        reset          .     -       -      -      -     -    -    h
        administrator  Y     Y       Y      Y      Y     Y    Y    h
        last           Y     Y       Y      .      Y     Y    .    h
    ",
    ),
    (
        &[Unlock],
        "
        who            self  t.user  t.mgr  t.adm  user  mgr  adm  app  nobody
        anonymous      -     -       -      -      -     -    -    -    -
        user           -     h       h      h      h     h    h    h    h
        manager        -     -       -      -      h     h    h    h    h
        former         -     h       h      h      h     h    h    h    h
        must           -     -       -      -      -     -    -    -    -
        disabled       h     h       h      h      h     h    h    h    h
        service        -     -       -      -      -     -    -    h    h
        reset          -     -       -      -      -     -    -    h    h
        administrator  .     Y       Y      Y      Y     Y    Y    Y    h
        last           .     Y       Y      .      Y     Y    .    Y    h
    ",
    ),
    (
        &[Delete],
        "
        who            self  t.user  t.mgr  t.adm  user  mgr  adm  app  o.team  team  group  nobody
        anonymous      -     -       -      -      -     -    -    -    -       -     -      -
        user           -     h       h      h      h     h    h    h    -       h     h      h
        manager        -     -       -      -      h     h    h    h    -       h     h      h
        former         -     h       h      h      h     h    h    h    -       h     h      h
        must           -     -       -      -      -     -    -    -    -       -     -      -
        disabled       h     h       h      h      h     h    h    h    h       h     h      h
        service        -     -       -      -      -     -    -    h    -       -     -      h
        reset          -     -       -      -      -     -    -    h    -       -     -      h
        administrator  Y     Y       Y      Y      Y     Y    Y    Y    Y       Y     Y      h
        last           !     Y       Y      .      Y     Y    .    Y    Y       Y     Y      h
    ",
    ),
    (
        &[Grant, Describe],
        "
        who            self  app
        anonymous      .     -
        user           .     h
        manager        .     h
        former         .     h
        must           .     -
        disabled       .     h
        service        -     h
        reset          .     h
        administrator  .     Y
        last           .     Y
    ",
    ),
    (
        &[Describe, Join, Leave],
        "
        who            o.team  team  group
        anonymous      -       -     -
        user           -       h     h
        manager        -       h     h
        former         -       h     h
        must           -       -     -
        disabled       h       h     h
        service        -       -     -
        reset          -       -     -
        administrator  Y       Y     Y
        last           Y       Y     Y
    ",
    ),
    (
        &[Own],
        "
        who            o.team  team
        anonymous      -       -
        user           -       h
        manager        -       h
        former         -       h
        must           -       -
        disabled       h       h
        service        -       -
        reset          -       -
        administrator  Y       Y
        last           Y       Y
    ",
    ),
    (
        &[SendLink, SendPassword],
        "
        who            self  t.user  t.mgr  t.adm  user  mgr  adm  nobody
        anonymous      h     h       h      h      h     h    h    h
        user           -     h       h      h      h     h    h    h
        manager        -     Y       -      -      h     h    h    h
        former         -     h       h      h      h     h    h    h
        must           -     -       -      -      -     -    -    h
        disabled       h     h       h      h      h     h    h    h
        service        .     -       -      -      -     -    -    h
        reset          .     Y       Y      -      Y     Y    -    h
        administrator  -     Y       Y      Y      Y     Y    Y    h
        last           -     Y       Y      .      Y     Y    .    h
    ",
    ),
    (
        &[SignOut],
        "
        who            self  t.user  t.mgr  t.adm  user  mgr  adm  nobody
        anonymous      h     h       h      h      h     h    h    h
        user           Y     h       h      h      h     h    h    h
        manager        Y     Y       -      -      h     h    h    h
        former         Y     h       h      h      h     h    h    h
        must           -     -       -      -      -     -    -    -
        disabled       h     h       h      h      h     h    h    h
        service        .     -       -      -      -     -    -    h
        reset          .     Y       Y      -      Y     Y    -    h
        administrator  Y     Y       Y      Y      Y     Y    Y    h
        last           Y     Y       Y      .      Y     Y    .    h
    ",
    ),
    (
        &[AddPerson, AddToOwnTeam, AddTeam, AddGroup, AddService],
        "
        who            new
        anonymous      -
        user           -
        manager        -
        former         -
        must           -
        disabled       -
        service        -
        reset          -
        administrator  Y
        last           Y
    ",
    ),
];
