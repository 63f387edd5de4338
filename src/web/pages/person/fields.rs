//! The fields of a sheet: as they are shown, and as they come in. What they mean is the directory's to say.

use crate::directory::{Day, Expires, PersonForm, PersonSheet};
use crate::domain::account::{Role, Status};
use crate::domain::time::UnixTime;
use crate::text::Zone;
use crate::web::visit::error::PageFault;
use crate::web::visit::form::Form;
use crate::web::visit::frame::{Choosable, Frame};

/// What the fields hold; a password never.
#[derive(Clone, Debug, Default)]
pub struct Filled {
    /// What the person is called.
    pub surname: String,
    /// And before that.
    pub first_name: String,
    /// The login.
    pub login: String,
    /// The mail addresses.
    pub mail: String,
    /// The telephone numbers.
    pub telephone: String,
    /// A word of [`Role::word`].
    pub role: String,
    /// The name of the team; empty: none.
    pub team: String,
    /// `active` or `disabled`.
    pub state: String,
    /// The last day, as `2026-11-22`; empty: none.
    pub expires: String,
    /// `yes` or `no`.
    pub must_change: String,
    /// Whether a new password has to be changed.
    pub temporary: bool,
    /// Whether a new person is invited.
    pub invite: bool,
}

impl Filled {
    /// What `sheet` has.
    pub fn of(sheet: &PersonSheet, zone: &Zone) -> Filled {
        Filled {
            surname: sheet.surname.clone(),
            first_name: sheet.first_name.clone(),
            login: sheet.login.clone(),
            mail: sheet.mails.join(", "),
            telephone: sheet.telephones.join(", "),
            role: sheet.role.word().to_owned(),
            team: sheet.team.clone().unwrap_or_default(),
            state: sheet.status.word().to_owned(),
            expires: sheet.expires_at.map(|at| zone.day_of(last_moment(at))).unwrap_or_default(),
            must_change: yes_or_no(sheet.must_change).to_owned(),
            temporary: true,
            invite: sheet.may.invite,
        }
    }

    /// What was filled in over `self`, so that it can be shown again; a field that is not there stays as it is.
    ///
    /// # Errors
    /// [`PageFault::Malformed`] for a field that is there more than once.
    pub fn filled_in(self, form: &Form) -> Result<Filled, PageFault> {
        let text = |name: &str, held: String| Ok::<String, PageFault>(form.optional(name)?.unwrap_or(held));
        Ok(Filled {
            surname: text("surname", self.surname)?,
            first_name: text("first_name", self.first_name)?,
            login: text("login", self.login)?,
            mail: text("mail", self.mail)?,
            telephone: text("telephone", self.telephone)?,
            role: text("role", self.role)?,
            team: text("team", self.team)?,
            state: text("state", self.state)?,
            expires: text("expires", self.expires)?,
            must_change: text("must_change", self.must_change)?,
            temporary: form.ticked("temporary")?,
            invite: form.ticked("invite")?,
        })
    }

    /// The roles, to choose from.
    pub fn roles(&self, page: &Frame) -> Vec<Choosable> {
        [Role::User, Role::Manager, Role::Administrator].map(|role| self.choice(role.word(), &self.role, role_name(page, role))).into()
    }

    /// The teams of `sheet`, to choose from.
    pub fn teams(&self, page: &Frame, sheet: &PersonSheet) -> Vec<Choosable> {
        let none = sheet.teams.none.then(|| self.choice("", &self.team, page.say("person-no-team")));
        none.into_iter().chain(sheet.teams.names.iter().map(|name| self.choice(name, &self.team, name.clone()))).collect()
    }

    /// Whether they may sign in.
    pub fn states(&self, page: &Frame) -> Vec<Choosable> {
        let active = self.choice("active", &self.state, page.say("person-active"));
        vec![active, self.choice("disabled", &self.state, page.say("person-disabled"))]
    }

    /// What the next sign-in asks for.
    pub fn next_sign_ins(&self, page: &Frame) -> Vec<Choosable> {
        let no = self.choice("no", &self.must_change, page.say("person-must-change-no"));
        vec![no, self.choice("yes", &self.must_change, page.say("person-must-change-yes"))]
    }

    fn choice(&self, value: &str, held: &str, text: String) -> Choosable {
        Choosable { value: value.to_owned(), text, chosen: value == held }
    }
}

/// A form of a sheet as it came in.
///
/// # Errors
/// [`PageFault::Malformed`] for a field that is there more than once, or holds what no page offers.
pub fn read(form: &Form, zone: &Zone) -> Result<PersonForm, PageFault> {
    let secret = |name: &str| if form.has(name) { form.secret(name).map(Some) } else { Ok(None) };
    let word = |name: &str| form.optional(name);
    Ok(PersonForm {
        seen: word("seen")?.unwrap_or_default(),
        surname: word("surname")?,
        first_name: word("first_name")?,
        login: word("login")?,
        mail: word("mail")?,
        telephone: word("telephone")?,
        role: word("role")?.map(|word| Role::from_word(&word).ok_or(PageFault::Malformed)).transpose()?,
        team: word("team")?,
        password: secret("password")?,
        confirm: secret("confirm")?,
        temporary: form.ticked("temporary")?,
        state: word("state")?.map(|word| state(&word)).transpose()?,
        expires: word("expires")?.map(|text| expires(&text, zone)),
        must_change: word("must_change")?.map(|word| yes(&word)).transpose()?,
        own_password: secret("own_password")?,
        requested: None,
    })
}

/// What `role` is called.
pub fn role_name(page: &Frame, role: Role) -> String {
    match role {
        Role::User => page.say("person-role-user"),
        Role::Manager => page.say("person-role-manager"),
        Role::Administrator => page.say("person-role-administrator"),
    }
}

/// The last moment of an account that ends at `at`.
pub fn last_moment(at: UnixTime) -> UnixTime {
    UnixTime::from_millis(at.as_millis().saturating_sub(1))
}

fn expires(text: &str, zone: &Zone) -> Expires {
    match (text, zone.day(text)) {
        ("", _) => Expires::Never,
        (_, Some((begins, ends))) => Expires::After(Day { begins, ends }),
        (_, None) => Expires::Unreadable,
    }
}

fn state(word: &str) -> Result<Status, PageFault> {
    [Status::Active, Status::Disabled].into_iter().find(|state| state.word() == word).ok_or(PageFault::Malformed)
}

fn yes(word: &str) -> Result<bool, PageFault> {
    [false, true].into_iter().find(|yes| yes_or_no(*yes) == word).ok_or(PageFault::Malformed)
}

fn yes_or_no(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}
