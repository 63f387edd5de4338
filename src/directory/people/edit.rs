//! What a form makes of a person: which fields it changes, whether the caller may, and what is wrong with them. Nothing
//! is stored here.

use std::collections::BTreeSet;

use super::{Call, Day, Expires, Field, FieldFault, Found, Rule, SheetError, SheetForm, Wrong};
use crate::directory::Denial;
use crate::directory::admin::{MAX_ENTRY, is_login};
use crate::domain::access::{self, Reads};
use crate::domain::account::Account;
use crate::domain::entry::Value;
use crate::domain::group::{Group, GroupKind};
use crate::domain::schema::{Attribute, InvalidValue};
use crate::domain::tree::fold;
use crate::secret::Secret;
use crate::store::accounts::MAX_MAILS;
use crate::store::{Stop, View, groups};

/// A person as a form would leave them.
#[derive(Clone, Debug)]
pub(super) struct Edited {
    pub(super) account: Account,
    /// The team that they are to be in; none: it stays as it is.
    pub(super) team: Option<Option<Group>>,
    /// What is another than before, in the order of the sheet.
    pub(super) fields: BTreeSet<Field>,
    /// What is wrong with it.
    pub(super) faults: Vec<FieldFault>,
}

/// A form beside the person that it is about.
struct Editor<'a> {
    call: &'a Call,
    found: &'a Found,
    form: &'a SheetForm,
    edited: Edited,
    /// Somebody new has no name to be renamed from: whoever may add them gives it.
    is_new: bool,
}

/// What `form` makes of the person `found`.
///
/// # Errors
/// [`SheetError::Denied`] if it changes anything that the caller may not.
pub(super) fn edit(call: &Call, view: &mut View<'_>, found: &Found, form: &SheetForm) -> Rule<Edited> {
    // Whoever does not read it all must not learn either what a form would change.
    if found.reads != Reads::Everything {
        return Err(denied(Denial::Attribute));
    }
    Editor::new(call, found, form, false).edit(view)
}

/// What `form` makes of the blank account `found`.
///
/// # Errors
/// As of [`edit`].
pub(super) fn fill_in(call: &Call, view: &mut View<'_>, found: &Found, form: &SheetForm) -> Rule<Edited> {
    Editor::new(call, found, form, true).edit(view)
}

impl SheetForm {
    /// The new password, if one was typed, in either field.
    pub(super) fn new_password(&self) -> Option<&Secret> {
        let typed = |field: &'_ Option<Secret>| field.as_ref().is_some_and(|secret| !secret.is_empty());
        match (&self.password, typed(&self.password) || typed(&self.confirm)) {
            (Some(password), true) => Some(password),
            (None, true) => self.confirm.as_ref(),
            (_, false) => None,
        }
    }
}

impl<'a> Editor<'a> {
    fn new(call: &'a Call, found: &'a Found, form: &'a SheetForm, is_new: bool) -> Editor<'a> {
        let edited = Edited { account: found.account.clone(), team: None, fields: BTreeSet::new(), faults: Vec::new() };
        Editor { call, found, form, edited, is_new }
    }

    fn edit(mut self, view: &mut View<'_>) -> Rule<Edited> {
        self.names()?;
        self.login()?;
        self.list(Field::Mail, &self.form.mail)?;
        self.list(Field::Telephone, &self.form.telephone)?;
        self.standing()?;
        self.team(view)?;
        self.password()?;
        self.check_size();
        self.edited.faults.sort_by_key(|fault| fault.field);
        Ok(self.edited)
    }

    /// `field` is to be another than before.
    fn change(&mut self, field: Field) -> Rule<()> {
        let named = self.is_new && field == Field::Login;
        if !named && !self.found.may_change(field, &self.call.access) {
            return Err(denied(self.denial(field)));
        }
        self.edited.fields.insert(field);
        Ok(())
    }

    fn denial(&self, field: Field) -> Denial {
        match field {
            Field::Login => Denial::Entry,
            Field::Role if access::administers(&self.found.subject) => Denial::OwnRole,
            Field::Password => Denial::Password,
            _ => Denial::Attribute,
        }
    }

    fn wrong(&mut self, field: Field, wrong: Wrong) {
        self.edited.faults.push(FieldFault { field, wrong });
    }

    /// First name and surname, and what is composed of them.
    fn names(&mut self) -> Rule<()> {
        let before = full_name(&self.found.account);
        let first_name = self.name(Field::FirstName, Attribute::GivenName, &self.form.first_name)?;
        let surname = self.name(Field::Surname, Attribute::Sn, &self.form.surname)?;
        if self.edited.account.attributes.text(Attribute::Sn).is_none() && (self.is_new || surname) {
            self.wrong(Field::Surname, Wrong::Missing);
        }
        if first_name || surname {
            self.follow_names(&before);
        }
        Ok(())
    }

    /// One name, of which the form has the first value. Gives whether it is another now.
    fn name(&mut self, field: Field, attribute: Attribute, given: &Option<String>) -> Rule<bool> {
        let Some(given) = given.as_deref().map(str::trim) else { return Ok(false) };
        let held = self.found.account.attributes.values(attribute);
        if held.first().unwrap_or_default() == given.as_bytes() {
            return Ok(false);
        }
        self.change(field)?;
        let first = (!given.is_empty()).then(|| given.as_bytes().to_vec());
        let values: Vec<Value> = first.into_iter().chain(held.iter().skip(1).map(<[u8]>::to_vec)).collect();
        self.check_values(field, attribute, &values);
        self.edited.account.attributes.set(attribute, values);
        Ok(true)
    }

    /// The full name and the one that is shown, where they were composed of first name and surname.
    fn follow_names(&mut self, before: &str) {
        let after = full_name(&self.edited.account);
        for attribute in [Attribute::Cn, Attribute::DisplayName] {
            let held = self.found.account.attributes.values(attribute);
            let missing = held.is_empty() && attribute == Attribute::Cn;
            if !missing && !held.iter().any(|value| value == before.as_bytes()) {
                continue;
            }
            let kept = held.iter().map(|value| if value == before.as_bytes() { after.as_bytes() } else { value }.to_vec());
            let values: Vec<Value> = kept.chain(missing.then(|| after.as_bytes().to_vec())).collect();
            if self.edited.faults.is_empty() {
                self.check_values(Field::Surname, attribute, &values);
            }
            self.edited.account.attributes.set(attribute, values);
        }
    }

    fn login(&mut self) -> Rule<()> {
        let given = self.form.login.as_deref().or(self.is_new.then_some("")).map(str::trim);
        let Some(given) = given.filter(|given| self.is_new || *given != self.found.account.uid) else { return Ok(()) };
        self.change(Field::Login)?;
        if given.is_empty() {
            self.wrong(Field::Login, Wrong::Missing);
        } else if !is_login(given) {
            self.wrong(Field::Login, Wrong::Malformed);
        }
        given.clone_into(&mut self.edited.account.uid);
        Ok(())
    }

    /// Values that are written one after the other.
    fn list(&mut self, field: Field, given: &Option<String>) -> Rule<()> {
        let (Some(given), Some(attribute)) = (given, field.attribute()) else { return Ok(()) };
        let held = self.found.account.attributes.values(attribute);
        let values: Vec<Value> = listed(given).map(|value| value.as_bytes().to_vec()).collect();
        // What was shown may have a comma of its own.
        if values == held.to_vec() || given.trim() == shown(held.iter()) {
            return Ok(());
        }
        self.change(field)?;
        match values.len() > MAX_MAILS {
            true => self.wrong(field, Wrong::TooMany(MAX_MAILS)),
            false => self.check_values(field, attribute, &values),
        }
        self.edited.account.attributes.set(attribute, values);
        Ok(())
    }

    fn check_values(&mut self, field: Field, attribute: Attribute, values: &[Value]) {
        if let Some(invalid) = values.iter().find_map(|value| attribute.validate(value).err()) {
            self.wrong(
                field,
                match invalid {
                    InvalidValue::TooLong(bytes) => Wrong::TooLong(bytes),
                    InvalidValue::Empty | InvalidValue::Not(_) => Wrong::Malformed,
                },
            );
        } else if attribute.repeats(values) {
            self.wrong(field, Wrong::Twice);
        }
    }

    /// What they may do, and whether they may sign in.
    fn standing(&mut self) -> Rule<()> {
        let held = &self.found.account;
        if let Some(role) = self.form.role.filter(|role| *role != held.role) {
            self.change(Field::Role)?;
            self.edited.account.role = role;
        }
        if let Some(state) = self.form.state.filter(|state| *state != held.status) {
            self.change(Field::State)?;
            self.edited.account.status = state;
        }
        // A new password says itself whether it has to be changed.
        let must_change = self.form.must_change.filter(|_| self.form.new_password().is_none());
        if let Some(must_change) = must_change.filter(|must_change| *must_change != held.must_change) {
            self.change(Field::MustChange)?;
            self.edited.account.must_change = must_change;
        }
        self.expires()
    }

    fn expires(&mut self) -> Rule<()> {
        let held = self.found.account.expires_at;
        let is_within = |day: &Day| held.is_some_and(|at| day.begins < at && at <= day.ends);
        match &self.form.expires {
            None => return Ok(()),
            Some(Expires::Never) if held.is_none() => return Ok(()),
            Some(Expires::After(day)) if is_within(day) => return Ok(()),
            Some(Expires::Never | Expires::After(_) | Expires::Unreadable) => self.change(Field::Expires)?,
        }
        match &self.form.expires {
            None | Some(Expires::Never) => self.edited.account.expires_at = None,
            Some(Expires::After(day)) if day.ends <= self.call.now => self.wrong(Field::Expires, Wrong::Past),
            Some(Expires::After(day)) => self.edited.account.expires_at = Some(day.ends),
            Some(Expires::Unreadable) => self.wrong(Field::Expires, Wrong::Malformed),
        }
        Ok(())
    }

    /// A manager moves people among their own teams, and is not told which others there are.
    fn team(&mut self, view: &mut View<'_>) -> Rule<()> {
        let Some(given) = self.form.team.as_deref().map(str::trim) else { return Ok(()) };
        let held = self.found.team.as_ref().map(|team| fold(&team.cn)).unwrap_or_default();
        if fold(given) == held {
            return Ok(());
        }
        self.change(Field::Team)?;
        let team = match given {
            "" => None,
            name => groups::id_of(view, GroupKind::Team, &fold(name))?,
        };
        let team = match team {
            Some(id) => groups::load(view, id)?,
            None => None,
        };
        let administers = access::administers(&self.found.subject);
        match &team {
            Some(team) if !access::moves_into(&self.found.subject, team.id) => return Err(denied(Denial::OtherTeam)),
            None if !administers => return Err(denied(Denial::OtherTeam)),
            None if !given.is_empty() => self.wrong(Field::Team, Wrong::NoSuchTeam),
            Some(_) | None => self.edited.team = Some(team),
        }
        Ok(())
    }

    fn password(&mut self) -> Rule<()> {
        let Some(password) = self.form.new_password() else { return Ok(()) };
        self.change(Field::Password)?;
        if self.form.password.as_ref() != Some(password) || self.form.confirm.as_ref() != Some(password) {
            self.wrong(Field::Confirm, Wrong::Differs);
        }
        Ok(())
    }

    fn check_size(&mut self) {
        let changed = [Field::Telephone, Field::Mail, Field::Surname, Field::FirstName];
        let largest = changed.into_iter().find(|field| self.edited.fields.contains(field));
        if let Some(field) = largest.filter(|_| self.edited.account.attributes.bytes() > MAX_ENTRY) {
            self.wrong(field, Wrong::TooLong(MAX_ENTRY));
        }
    }
}

/// First name and surname, as the full name is composed of them.
pub(super) fn full_name(account: &Account) -> String {
    let text = |attribute| account.attributes.text(attribute).unwrap_or_default();
    format!("{} {}", text(Attribute::GivenName), text(Attribute::Sn)).trim().to_owned()
}

/// Several values as one text, which [`listed`] takes apart.
pub(super) fn shown<'a>(values: impl Iterator<Item = &'a [u8]>) -> String {
    let texts: Vec<_> = values.map(String::from_utf8_lossy).collect();
    texts.join(", ")
}

fn listed(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|value| !value.is_empty())
}

fn denied(what: Denial) -> Stop<SheetError> {
    Stop::Rule(SheetError::Denied(what))
}
