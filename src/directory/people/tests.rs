//! What a sheet shows, what is saved of it, and who is refused.

mod adding;
mod rights;
mod saving;

use std::convert::Infallible;

use super::*;
use crate::directory::fixture::{self, SYSTEM, account, audited, binds, directory_with};
use crate::directory::{
    Actor, Change, ChangeOperation, Day, Denial, Edit, EditError, EditFault, Expires, Modification, OwnPassword, PersonForm, Wrong,
};
use crate::domain::account::{Role, State, Status};
use crate::domain::audit::{AuditEvent, AuditRow, Reason};
use crate::domain::caller::Source;
use crate::domain::dn::Dn;
use crate::domain::outbox::Intent;
use crate::domain::schema::{Attribute, InvalidValue};
use crate::secret::Secret;
use crate::store::accounts::AccountError;
use crate::store::{accounts, outbox};

/// Louise Martin of sales, whose manager is Marc; Anne administers, and Paul is in support, whose manager is Mona.
async fn office() -> Directory {
    office_with(|_| {}).await
}

async fn office_with(change: impl FnOnce(&mut crate::directory::DirectorySettings)) -> Directory {
    let directory = directory_with(change).await;
    for (uid, role) in [("anne", "administrator"), ("arthur", "administrator"), ("marc", "manager"), ("mona", "manager")] {
        add(&directory, uid, &[("binderyRole", role), ("userPassword", PASSWORD)]).await;
    }
    for (team, owner) in [("sales", "marc"), ("marketing", "marc"), ("support", "mona")] {
        let attributes = [("objectClass", "groupOfNames"), ("owner", owner)];
        let attributes = attributes.map(|(name, value)| (name.to_owned(), vec![value.as_bytes().to_vec()])).to_vec();
        let dn = Dn::parse(&format!("cn={team},ou=teams,dc=example,dc=org")).unwrap();
        directory.add(&SYSTEM, &dn, attributes).await.unwrap();
    }
    let louise = [
        ("cn", "Louise Martin"),
        ("sn", "Martin"),
        ("givenName", "Louise"),
        ("displayName", "Lou"),
        ("mail", "louise@example.org"),
        ("telephoneNumber", "+33 1 23 45 67 89"),
        ("departmentNumber", "sales"),
        ("userPassword", PASSWORD),
    ];
    add(&directory, "louise", &louise).await;
    add(&directory, "paul", &[("mail", "paul@example.org"), ("departmentNumber", "support"), ("userPassword", PASSWORD)]).await;
    directory
}

/// Adds a person with exactly these attributes, or with the login for what is missing.
async fn add(directory: &Directory, uid: &str, attributes: &[(&str, &str)]) {
    let named = |name: &str| attributes.iter().any(|(held, _)| *held == name);
    let missing = [("objectClass", "inetOrgPerson"), ("cn", uid), ("sn", uid)].into_iter().filter(|(name, _)| !named(name));
    let all = missing.chain(attributes.iter().copied());
    let all = all.map(|(name, value)| (name.to_owned(), vec![value.as_bytes().to_vec()])).collect();
    directory.add(&SYSTEM, &fixture::dn(uid), all).await.unwrap();
}

async fn id(directory: &Directory, uid: &str) -> Id {
    account(directory, uid).await.id
}

/// The person `uid`, on a page.
async fn as_(directory: &Directory, uid: &str) -> Caller {
    Caller { actor: Actor::Account(id(directory, uid).await), source: Source::Internal, must_change: false }
}

async fn sheet(directory: &Directory, who: &str, whom: &str) -> Result<PersonSheet, LookError> {
    directory.person(&as_(directory, who).await, id(directory, whom).await).await
}

/// A form on which nothing is filled in, over the sheet as it is now.
async fn form(directory: &Directory, whom: &str) -> PersonForm {
    let seen = directory.person(&SYSTEM, id(directory, whom).await).await.unwrap().seen;
    PersonForm { seen, ..PersonForm::default() }
}

/// The form of the whole sheet as a page would send it back.
fn unchanged(sheet: &PersonSheet) -> PersonForm {
    PersonForm {
        seen: sheet.seen.clone(),
        surname: Some(sheet.surname.clone()),
        first_name: Some(sheet.first_name.clone()),
        login: Some(sheet.login.clone()),
        mail: Some(sheet.mails.join(", ")),
        telephone: Some(sheet.telephones.join(", ")),
        role: Some(sheet.role),
        team: Some(sheet.team.clone().unwrap_or_default()),
        password: Some(Secret::new("")),
        confirm: Some(Secret::new("")),
        temporary: true,
        state: Some(sheet.status),
        expires: Some(Expires::Never),
        must_change: Some(sheet.must_change),
        own_password: Some(Secret::new("")),
        requested: None,
    }
}

async fn save(directory: &Directory, who: &str, whom: &str, form: PersonForm) -> Result<Vec<Attribute>, EditError> {
    let saved = directory.save_person(&as_(directory, who).await, id(directory, whom).await, form).await;
    // What follows the names is no field of the sheet.
    let follows = |attribute: &Attribute| matches!(attribute, Attribute::Cn | Attribute::DisplayName);
    saved.map(|saved| saved.attributes.into_iter().filter(|attribute| !follows(attribute)).collect())
}

/// What a button of the sheet does.
async fn act(directory: &Directory, caller: &Caller, id: Id, change: Change) -> Result<(), EditError> {
    directory.edit(caller, Edit::one(Branch::People, id, change)).await.map(drop)
}

/// Whether `error` has this fault; of what is malformed, whatever is wrong with its form.
fn is_of(error: &EditError, attribute: Attribute, wrong: &Wrong) -> bool {
    let EditError::Faults(faults) = error else { return false };
    let malformed = |wrong: &Wrong| matches!(wrong, Wrong::Invalid(InvalidValue::Not(_)) | Wrong::BadName(_));
    faults.iter().any(|fault| {
        // The full name follows the surname.
        let attributes = (fault.attribute == Some(attribute)) || (attribute == Attribute::Sn && fault.attribute == Some(Attribute::Cn));
        attributes && (fault.wrong == *wrong || malformed(wrong) && malformed(&fault.wrong))
    })
}

fn own_password(wrong: OwnPassword) -> EditError {
    EditError::fault(None, Wrong::OwnPassword(wrong))
}

fn not_sent() -> EditError {
    EditError::fault(None, Wrong::NotSent)
}

fn last_administrator(login: &str) -> EditError {
    EditError::fault(None, Wrong::Account(AccountError::LastAdministrator(login.into())))
}

/// What was written down since there was no more than `before`, in no order: all of it happens at once.
async fn written_since(directory: &Directory, before: &[AuditRow]) -> Vec<AuditEvent> {
    let mut rows = audited(directory).await;
    for row in before {
        let at = rows.iter().position(|other| other == row).unwrap();
        rows.remove(at);
    }
    rows.into_iter().map(|row| row.event).collect()
}

/// What waits to be mailed.
async fn waiting(directory: &Directory) -> Vec<Intent> {
    let due = directory.store.read::<_, Infallible, _>(|view| outbox::due(view, directory.clock.now(), 99)).await.unwrap();
    due.0.into_iter().map(|queued| queued.mail.intent).collect()
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn secret(text: &str) -> Option<Secret> {
    Some(Secret::new(text))
}

fn wrong(attribute: Attribute, wrong: Wrong) -> EditError {
    EditError::fault(attribute, wrong)
}

fn attributes(account: &Account, attribute: Attribute) -> Vec<String> {
    account.attributes.values(attribute).iter().map(|value| String::from_utf8_lossy(value).into_owned()).collect()
}

const PASSWORD: &str = "bleu canard sur le lac";
const OTHER: &str = "trois lampes au grenier";

/// Nobody whom the caller may know.
const NOBODY: EditError = EditError::NotFound(String::new());

/// A value that is not written as its attribute's are.
const MALFORMED: Wrong = Wrong::Invalid(InvalidValue::Not(""));
