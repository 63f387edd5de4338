//! What is filled in on a sheet, and what may be wrong with it.

use crate::directory::Denial;
use crate::domain::account::{Role, Status};
use crate::domain::password_policy::Refusal;
use crate::domain::time::UnixTime;
use crate::secret::Secret;

/// A sheet as it was filled in. What is none was not on the form, and stays as it is.
#[derive(Debug, Default)]
pub struct SheetForm {
    /// [`Sheet::seen`](super::Sheet::seen) of the sheet that was filled in; of no consequence for a new person.
    pub seen: String,
    /// `sn`.
    pub surname: Option<String>,
    /// `givenName`; empty: none.
    pub first_name: Option<String>,
    /// `uid`.
    pub login: Option<String>,
    /// `mail`: several are separated by commas; empty: none.
    pub mail: Option<String>,
    /// `telephoneNumber`: several are separated by commas; empty: none.
    pub telephone: Option<String>,
    /// What they may do.
    pub role: Option<Role>,
    /// The name of their team; empty: none.
    pub team: Option<String>,
    /// A new password; none or empty: it stays as it is.
    pub password: Option<Secret>,
    /// The same again.
    pub confirm: Option<Secret>,
    /// Whether a new `password` has to be changed at the next sign-in.
    pub temporary: bool,
    /// Whether they may sign in.
    pub state: Option<Status>,
    /// From when on they may not sign in any more.
    pub expires: Option<Expires>,
    /// Whether the password that they have must be changed at the next sign-in; a new one has `temporary` for that.
    pub must_change: Option<bool>,
    /// The caller's own password, which a change of a mail address asks for.
    pub own_password: Option<Secret>,
}

/// What was filled in for the end of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expires {
    /// Nothing.
    Never,
    /// The last day on which it may be used.
    After(Day),
    /// Something that is no day.
    Unreadable,
}

/// A day, where the reader's clocks are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// Its first moment.
    pub begins: UnixTime,
    /// The first moment of the next one.
    pub ends: UnixTime,
}

/// A field of a sheet, in the order in which they stand there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// `sn`.
    Surname,
    /// `givenName`.
    FirstName,
    /// `uid`.
    Login,
    /// `mail`.
    Mail,
    /// `telephoneNumber`.
    Telephone,
    /// `binderyRole`.
    Role,
    /// `departmentNumber`.
    Team,
    /// `userPassword`.
    Password,
    /// The password again.
    Confirm,
    /// `accountStatus`.
    State,
    /// `accountExpires`.
    Expires,
    /// `pwdReset`.
    MustChange,
    /// The caller's own password.
    OwnPassword,
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldFault {
    /// Which.
    pub field: Field,
    /// What.
    pub wrong: Wrong,
}

/// What may be wrong with what was filled in.
#[derive(Clone, Debug, PartialEq)]
pub enum Wrong {
    /// Nothing was filled in, where something is needed.
    Missing,
    /// More bytes than this.
    TooLong(usize),
    /// It is not written as such a value is.
    Malformed,
    /// It is given twice.
    Twice,
    /// More addresses or numbers than an account has.
    TooMany(usize),
    /// The login is somebody's, or something's, already: as a login or a mail address.
    LoginTaken,
    /// The mail address is somebody else's login.
    MailIsLogin(String),
    /// There is no such team.
    NoSuchTeam,
    /// The password is not good enough.
    Policy(Refusal),
    /// It is not what was typed before.
    Differs,
    /// It is not the caller's password.
    WrongPassword,
    /// The caller has guessed wrong too often, and has to wait.
    Throttled,
    /// The day is over.
    Past,
}

/// What a save has changed, in the order of the sheet; nothing: all was as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Saved {
    /// The fields.
    pub fields: Vec<Field>,
}

/// Why a sheet is not shown, or nothing is saved.
#[derive(Clone, Debug, PartialEq)]
pub enum SheetError {
    /// There is no such person, or the caller may not know.
    NoSuchPerson,
    /// The caller may not do that.
    Denied(Denial),
    /// The caller has to change their password first.
    MustChange,
    /// Somebody has changed the person since the sheet was shown: it has to be looked at again.
    Changed,
    /// These fields are not right.
    Fields(Vec<FieldFault>),
    /// They are the last administrator who is active and does not expire.
    LastAdministrator,
    /// No mail is sent to them: none is sent here at all, or they may not sign in yet.
    NotSent,
    /// No number is left for a new account.
    NumbersUsedUp,
    /// More are waiting for a hash thread than the queue holds.
    Busy,
    /// The store does not answer.
    Unavailable,
}
