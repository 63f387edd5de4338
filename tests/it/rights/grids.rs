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
//! | `n` | no more than what an address book says of it is seen |
//!
//! [`GRIDS`] is how it is with the default settings, and [`SWITCHED_ON`] what the settings make of it.

use super::table::Action::{self, *};
use super::table::Setting::{self, *};

/// Each action with the grid that it follows. The columns: oneself (or the application that asks); a user, a manager
/// and an administrator of the team "sales"; a user and a manager of "finance"; an administrator without a team; an
/// application; the teams "sales" and "finance"; a group; and a login that nobody has.
pub const GRIDS: &[(&[Action], &str)] = &[
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
        must           -     -       -      -      -     -    -    -
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

/// What each setting makes of some cells: where the first sign stands, the second one takes its place.
pub const SWITCHED_ON: &[Switched] = &[
    (SelfMail, &[Mail], &["user", "manager", "former"], &["self"], ["-", "Y"]),
    (SelfTelephone, &[Telephone], &["user", "manager", "former"], &["self"], ["-", "Y"]),
    (ManagersAdd, &[AddToOwnTeam], &["manager"], &["new"], ["-", "Y"]),
    (AddressBook, &[Read], &["user", "manager", "former"], PEOPLE, ["h", "n"]),
    // Who is seen is not hidden any more, and no more than that.
    (AddressBook, OF_PEOPLE, &["user", "manager", "former"], PEOPLE, ["h", "-"]),
];

/// The setting, and whose cells for what of whom change.
type Switched = (Setting, &'static [Action], &'static [&'static str], &'static [&'static str], [&'static str; 2]);

const PEOPLE: &[&str] = &["t.user", "t.mgr", "t.adm", "user", "mgr", "adm"];

/// All but [`Read`] that is asked for of people.
const OF_PEOPLE: &[Action] = &[
    Password,
    PasswordByOld,
    PasswordBeside,
    Name,
    Mail,
    Telephone,
    OwnTeam,
    ForeignTeam,
    NoTeam,
    Role,
    Disable,
    Expire,
    MustChange,
    Rename,
    Unlock,
    Delete,
    SendLink,
    SendPassword,
    SignOut,
];
