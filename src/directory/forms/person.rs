//! The form of a person: the sheet of one who is there, and of a new one.

use super::{Shown, single};
use crate::directory::edit::{Change, Edit, EditError, EditFault, EditTarget, Edited, PasswordEdit, Proof, Wrong};
use crate::directory::{Caller, Directory, Target};
use crate::domain::account::{Account, Role, Status};
use crate::domain::entry::{Attributes, Value};
use crate::domain::group::Group;
use crate::domain::id::Id;
use crate::domain::record::Record;
use crate::domain::reset::ResetRequested;
use crate::domain::schema::Attribute;
use crate::domain::time::UnixTime;
use crate::domain::tree::{Branch, fold};
use crate::secret::Secret;

/// A sheet as it was filled in. What is none was not on the form, and stays as it is.
#[derive(Debug, Default)]
pub struct PersonForm {
    /// [`Sheet::seen`](crate::directory::Sheet::seen) of the sheet that was filled in; unused for a new person.
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
    /// `binderyRole`.
    pub role: Option<Role>,
    /// The name of the team; empty: none.
    pub team: Option<String>,
    /// A new password; none or empty: it stays as it is.
    pub password: Option<Secret>,
    /// The new password again.
    pub confirm: Option<Secret>,
    /// Whether a new `password` has to be changed at the next sign-in.
    pub temporary: bool,
    /// `accountStatus`.
    pub state: Option<Status>,
    /// `accountExpires`.
    pub expires: Option<Expires>,
    /// `pwdReset`: whether the present password has to be changed at the next sign-in; a new one has `temporary` for that.
    pub must_change: Option<bool>,
    /// The caller's own password, for what asks for it (`edit::proof`).
    pub own_password: Option<Secret>,
    /// When, from where and in which language it was filled in, for the mail that a new address of one's own is sent.
    pub requested: Option<ResetRequested>,
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

impl Directory {
    /// Changes the person `id` as `form` says.
    ///
    /// # Errors
    /// [`EditError`]; nothing has changed then.
    pub async fn save_person(&self, caller: &Caller, id: Id, form: PersonForm) -> Result<Edited, EditError> {
        let now = self.clock.now();
        self.save_form(caller, Target::Id(Branch::People, id), |edit, shown| form.fill(edit, shown, now)).await
    }

    /// Adds the person that `form` tells of. With `invitation`, a mail in which they choose a password is queued in the
    /// same commit, unless the form has a password for them.
    ///
    /// # Errors
    /// [`EditError`]; nobody was added then.
    pub async fn add_person(&self, caller: &Caller, form: PersonForm, invitation: Option<ResetRequested>) -> Result<Edited, EditError> {
        let login = form.login.as_deref().unwrap_or_default().trim().to_owned();
        let mut edit = Edit::of(EditTarget::New(Branch::People, login), Vec::new());
        edit.invitation = invitation.filter(|_| form.new_password().is_none());
        edit.proof = Proof::Typed(form.own_password.clone());
        let mut filling = Filling { edit: &mut edit, form: &form, held: HeldPerson::default(), now: self.clock.now() };
        filling.fill();
        self.edit(caller, edit).await
    }
}

impl PersonForm {
    fn fill(self, edit: &mut Edit, shown: &Shown, now: UnixTime) {
        let Record::Account(account) = &shown.record else { return };
        let held = HeldPerson::of(account, shown.relation.as_ref());
        Filling { edit, form: &self, held, now }.fill();
        edit.seen = Some(self.seen);
        edit.requested = self.requested;
        edit.proof = Proof::Typed(self.own_password);
    }

    /// The new password, if one was typed, in either field.
    fn new_password(&self) -> Option<&Secret> {
        let typed = |field: &'_ Option<Secret>| field.as_ref().is_some_and(|secret| !secret.is_empty());
        match (&self.password, typed(&self.password) || typed(&self.confirm)) {
            (Some(password), true) => Some(password),
            (None, true) => self.confirm.as_ref(),
            (_, false) => None,
        }
    }
}

/// What a form is held against; the default is a new person.
struct HeldPerson {
    /// None: a new one has the login by which it is added.
    login: Option<String>,
    attributes: Attributes,
    role: Role,
    status: Status,
    expires_at: Option<UnixTime>,
    must_change: bool,
    /// The name of the team, folded; empty: none.
    team: String,
}

impl Default for HeldPerson {
    fn default() -> HeldPerson {
        HeldPerson {
            login: None,
            attributes: Attributes::default(),
            role: Role::User,
            status: Status::Active,
            expires_at: None,
            must_change: false,
            team: String::new(),
        }
    }
}

impl HeldPerson {
    fn of(account: &Account, team: Option<&Group>) -> HeldPerson {
        HeldPerson {
            login: Some(account.uid.clone()),
            attributes: account.attributes.clone(),
            role: account.role,
            status: account.status,
            expires_at: account.expires_at,
            must_change: account.must_change,
            team: team.map(|team| fold(&team.cn)).unwrap_or_default(),
        }
    }

    /// First name and surname, as the full name is composed of them.
    fn full_name(&self) -> String {
        compose(self.attributes.text(Attribute::GivenName), self.attributes.text(Attribute::Sn))
    }
}

/// A form while it becomes changes, in the order of the sheet.
struct Filling<'a> {
    edit: &'a mut Edit,
    form: &'a PersonForm,
    held: HeldPerson,
    now: UnixTime,
}

impl Filling<'_> {
    fn fill(&mut self) {
        self.names();
        self.login();
        self.list(Attribute::Mail, self.form.mail.as_deref());
        self.list(Attribute::TelephoneNumber, self.form.telephone.as_deref());
        if let Some(role) = self.form.role.filter(|role| *role != self.held.role) {
            self.set(Attribute::BinderyRole, single(role.word()));
        }
        if let Some(team) = self.form.team.as_deref().map(str::trim).filter(|team| fold(team) != self.held.team) {
            self.set(Attribute::DepartmentNumber, single(team));
        }
        self.password();
        if let Some(state) = self.form.state.filter(|state| *state != self.held.status) {
            self.set(Attribute::AccountStatus, single(state.word()));
        }
        self.expires();
        // A new password says itself whether it has to be changed.
        let must_change = self.form.must_change.filter(|_| self.form.new_password().is_none());
        if let Some(must_change) = must_change.filter(|must_change| *must_change != self.held.must_change) {
            self.set(Attribute::PwdReset, single(if must_change { "TRUE" } else { "" }));
        }
    }

    fn set(&mut self, attribute: Attribute, values: Vec<Value>) {
        self.edit.changes.push(Change::Set(attribute, values));
    }

    fn wrong(&mut self, attribute: Attribute, wrong: Wrong) {
        self.edit.faults.push(EditFault { attribute: Some(attribute), wrong });
    }

    /// First name and surname, and what is composed of them.
    fn names(&mut self) {
        let (before, is_new) = (self.held.full_name(), matches!(self.edit.target, EditTarget::New(..)));
        let surname = self.name(Attribute::Sn, self.form.surname.as_deref());
        let first_name = self.name(Attribute::GivenName, self.form.first_name.as_deref());
        let is_missing = surname.as_deref().or(self.held.attributes.text(Attribute::Sn)).is_none_or(str::is_empty);
        if is_missing && (is_new || surname.is_some()) {
            self.wrong(Attribute::Sn, Wrong::Missing);
        } else if surname.is_some() || first_name.is_some() {
            let held = |attribute| self.held.attributes.text(attribute);
            let after = compose(first_name.as_deref().or(held(Attribute::GivenName)), surname.as_deref().or(held(Attribute::Sn)));
            self.follow_names(&before, &after);
        }
    }

    fn login(&mut self) {
        let given = self.form.login.as_deref().map(str::trim);
        if let (Some(held), Some(given)) = (&self.held.login, given)
            && held != given
        {
            self.edit.changes.push(Change::Rename(given.to_owned()));
        }
    }

    /// One name, of which the form has the first value. Gives the new one where it is another.
    fn name(&mut self, attribute: Attribute, given: Option<&str>) -> Option<String> {
        let given = given.map(str::trim)?;
        let held = self.held.attributes.values(attribute);
        if held.first().unwrap_or_default() == given.as_bytes() {
            return None;
        }
        let values = single(given).into_iter().chain(held.iter().skip(1).map(<[u8]>::to_vec)).collect();
        self.set(attribute, values);
        Some(given.to_owned())
    }

    /// The full name and the one that is shown, where they were composed of first name and surname.
    fn follow_names(&mut self, before: &str, after: &str) {
        for attribute in [Attribute::Cn, Attribute::DisplayName] {
            let held = self.held.attributes.values(attribute);
            let missing = held.is_empty() && attribute == Attribute::Cn;
            if !missing && !held.iter().any(|value| value == before.as_bytes()) {
                continue;
            }
            let kept = held.iter().map(|value| if value == before.as_bytes() { after.as_bytes() } else { value }.to_vec());
            let values: Vec<Value> = kept.chain(missing.then(|| after.as_bytes().to_vec())).collect();
            self.set(attribute, values);
        }
    }

    /// Values that are written one after the other.
    fn list(&mut self, attribute: Attribute, given: Option<&str>) {
        let Some(given) = given else { return };
        let held = self.held.attributes.values(attribute);
        let values: Vec<Value> = listed(given).map(|value| value.as_bytes().to_vec()).collect();
        // What was shown may have a comma of its own.
        if values == held.to_vec() || given.trim() == joined(held.iter()) {
            return;
        }
        self.set(attribute, values);
    }

    fn expires(&mut self) {
        let held = self.held.expires_at;
        let is_within = |day: &Day| held.is_some_and(|at| day.begins < at && at <= day.ends);
        match &self.form.expires {
            None => {}
            Some(Expires::Never) if held.is_none() => {}
            Some(Expires::After(day)) if is_within(day) => {}
            Some(Expires::Never) => self.set(Attribute::AccountExpires, Vec::new()),
            Some(Expires::After(day)) => {
                self.set(Attribute::AccountExpires, single(&day.ends.generalized()));
                if day.ends <= self.now {
                    self.wrong(Attribute::AccountExpires, Wrong::Past);
                }
            }
            Some(Expires::Unreadable) => {
                self.set(Attribute::AccountExpires, Vec::new());
                self.wrong(Attribute::AccountExpires, Wrong::Unreadable);
            }
        }
    }

    fn password(&mut self) {
        let Some(password) = self.form.new_password() else { return };
        if self.form.password.as_ref() != Some(password) || self.form.confirm.as_ref() != Some(password) {
            self.wrong(Attribute::UserPassword, Wrong::ConfirmationDiffers);
        }
        let temporary = self.form.temporary;
        self.edit.changes.push(Change::Password(PasswordEdit { temporary, ..PasswordEdit::set(password.clone()) }));
    }
}

/// The full name of `first_name` and `surname`.
fn compose(first_name: Option<&str>, surname: Option<&str>) -> String {
    format!("{} {}", first_name.unwrap_or_default(), surname.unwrap_or_default()).trim().to_owned()
}

/// Several values as one text, which [`listed`] takes apart.
fn joined<'a>(values: impl Iterator<Item = &'a [u8]>) -> String {
    let texts: Vec<_> = values.map(String::from_utf8_lossy).collect();
    texts.join(", ")
}

fn listed(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|value| !value.is_empty())
}
