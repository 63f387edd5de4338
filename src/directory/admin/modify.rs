//! Modify (RFC 4511 §4.6): all of its changes, or none.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::attributes::{self, Handling};
use super::draft::Draft;
use super::errors::Refused;
use super::members::{self, Members, Part};
use super::names::{refuse, stop};
use super::password::{self, NewPassword};
use super::{Call, Found, Rule, kind_of, named};
use crate::directory::notice::Notice;
use crate::directory::present::Record;
use crate::directory::{Caller, Change, ChangeError, ChangeOperation, Denial, Directory, PasswordChange, Target};
use crate::domain::access;
use crate::domain::audit::AuditEvent;
use crate::domain::credential::Credential;
use crate::domain::dn::Dn;
use crate::domain::entry::Value;
use crate::domain::id::Id;
use crate::domain::schema::Attribute;
use crate::store::credentials::{self, Effect};
use crate::store::{Stop, View};

/// The changes of a request, with their types resolved; the password's apart from the others.
struct Request {
    changes: Vec<(Attribute, Change)>,
    password: Option<NewPassword>,
}

/// A request that was looked through: what it would change.
struct Looked {
    found: Found,
    draft: Draft,
    members: Members,
}

impl Directory {
    /// Changes the entry `dn`: all of `changes`, or nothing. Only where more members of a group change than a rule of
    /// the store holds (24; fewer if it has owners) do the others follow in parts, after all of it has been looked at.
    ///
    /// # Errors
    /// [`ChangeError`], with a text that says what is wrong.
    pub async fn modify(&self, caller: &Caller, dn: &Dn, changes: Vec<Change>) -> Result<(), ChangeError> {
        let outcome = self.modify_entry(caller, dn, changes).await;
        self.answer(caller, dn, outcome)
    }

    async fn modify_entry(&self, caller: &Caller, dn: &Dn, changes: Vec<Change>) -> Result<(), Refused> {
        let call = self.call(caller, dn)?;
        let request = Arc::new(Request::parse(changes)?);
        if let (true, Some(given)) = (request.changes.is_empty(), &request.password)
            && !given.is_stored_form()
        {
            return self.change_password_alone(&call, given).await;
        }
        let Looked { found, draft, members } = self.look(|view| request.look(&call, view)).await?;
        let credential = match &request.password {
            Some(given) => Some(self.credential(&call, &draft, given).await?),
            None => None,
        };
        let (target, dn) = named(&call.tree, &found.record);
        let (first, rest) = members::split(&members, (found.record.owners(), draft.record.owners()));
        let events = request.events(target, dn, credential.is_some());
        let new = match (credential, found.record.actor()) {
            (Some(credential), Some(whom)) => Some((credential, self.notice_of(caller, whom))),
            _ => None,
        };
        let notice = new.as_ref().map(|(_, notice)| notice.clone());
        self.carry_out(&call, events, move |call, view| request.carry_out(call, view, new.as_ref(), &first)).await?;
        if let Some(notice) = notice {
            self.notified(&notice);
        }
        self.change_members(&call, target, rest).await
    }

    /// A password alone goes its own way, which asks for the old one where it must, and is open to those who must
    /// change theirs first.
    async fn change_password_alone(&self, call: &Call, given: &NewPassword) -> Result<(), Refused> {
        if given.added {
            self.look(|view| {
                let found = call.find_for_password(view)?;
                // Who may not set it is not told either whether there is one.
                password::check_settable(&found)?;
                given.check_added(&found.record, view)
            })
            .await?;
        }
        let change = PasswordChange { target: Target::Dn(call.dn.clone()), old: given.old.clone(), new: Some(given.new.clone()) };
        self.change_password(&call.caller, change).await?;
        Ok(())
    }

    /// The credential of a new password that has passed the policy.
    pub(super) async fn credential(&self, call: &Call, draft: &Draft, given: &NewPassword) -> Result<Credential, Refused> {
        if given.is_stored_form() {
            return Ok(Credential { verifier: given.import()?, set_at: call.now, good_until: None });
        }
        Ok(self.prepare_password(&call.caller, &draft.record, &given.new).await?)
    }

    pub(super) async fn change_members(&self, call: &Arc<Call>, group: Id, parts: Vec<Part>) -> Result<(), Refused> {
        for part in parts {
            self.carry_out(call, Vec::new(), move |call, view| members::apply_part(call, view, group, &part)).await?;
        }
        Ok(())
    }
}

impl Request {
    fn parse(changes: Vec<Change>) -> Result<Request, ChangeError> {
        let mut others = Vec::new();
        let mut passwords = Vec::new();
        for change in changes {
            match attributes::resolve(&change.attribute)? {
                Attribute::UserPassword => passwords.push(change),
                attribute => others.push((attribute, change)),
            }
        }
        Ok(Request { changes: others, password: password::of_modify(passwords)? })
    }

    /// Everything that the request would do, in a view that only reads: what cannot be done is refused before a
    /// password is hashed or the writer is asked.
    fn look(&self, call: &Call, view: &mut View<'_>) -> Rule<Looked> {
        let (found, draft) = self.edit(call, view)?;
        let members = match &draft.record {
            Record::Group(group) => members::plan(call, view, group, &self.member_changes(&draft))?,
            Record::Suffix | Record::Branch(_) | Record::Account(_) | Record::Service(_) => Members::new(),
        };
        draft.clone().store(call, view)?;
        if let Record::Group(group) = &draft.record {
            members::apply(view, group, members.iter().map(|(id, joins)| (*id, *joins)))?;
        }
        Ok(Looked { found, draft, members })
    }

    fn carry_out(&self, call: &Call, view: &mut View<'_>, new: Option<&(Credential, Notice)>, members: &[(Id, bool)]) -> Rule<()> {
        let (_, draft) = self.edit(call, view)?;
        let record = draft.record.clone();
        draft.store(call, view)?;
        match (&record, new) {
            (Record::Group(group), _) => members::apply(view, group, members.iter().copied()),
            (Record::Account(account), Some((credential, notice))) => {
                let must_change = account.must_change && self.names(Attribute::PwdReset);
                credentials::set(view, account.id, credential, Effect { must_change, clear_failures: true })?;
                notice.queue(view, account.id)
            }
            (Record::Service(service), Some((credential, _))) => {
                credentials::set(view, service.id, credential, Effect { must_change: false, clear_failures: true })
            }
            (Record::Suffix | Record::Branch(_) | Record::Account(_) | Record::Service(_), _) => Ok(()),
        }
    }

    /// The entry as it would be, members apart.
    fn edit(&self, call: &Call, view: &mut View<'_>) -> Rule<(Found, Draft)> {
        let found = call.find(view)?;
        let Some(kind) = kind_of(&found.record) else {
            return match access::administers(&found.subject) {
                true => refuse(ChangeError::Unwilling("the tree's own entries are made by the configuration and do not change".into())),
                false => Err(Refused::denied(Denial::Attribute)),
            };
        };
        let mut draft = Draft::new(found.record.clone(), kind);
        let mut pending: Vec<(Attribute, Vec<Value>)> = Vec::new();
        for (attribute, change) in &self.changes {
            match check(call, &found, &draft, *attribute)? {
                Handling::Plain | Handling::Name | Handling::Field => {
                    let staged = stage(call, view, &draft, (&mut pending, *attribute, change));
                    staged.map_err(|stop| conceal(&found, *attribute, stop))?;
                }
                Handling::Lock => draft.unlocked = unlocks(change)?,
                Handling::Members | Handling::Password | Handling::Follows | Handling::Computed | Handling::Foreign => {}
            }
        }
        for (attribute, values) in pending {
            attributes::check_values(attribute, &values).map_err(stop)?;
            draft.assign(call, view, attribute, values)?;
        }
        draft.check_whole()?;
        if !draft.team_is_within_reach(&found.subject) {
            return Err(Refused::denied(Denial::OtherTeam));
        }
        if let Some(given) = &self.password {
            password::check_right(&found, given)?;
            given.check_added(&found.record, view)?;
        }
        Ok((found, draft))
    }

    fn member_changes(&self, draft: &Draft) -> Vec<(Attribute, &Change)> {
        let of_members = |attribute| attributes::handling(draft.kind, attribute) == Handling::Members;
        self.changes.iter().filter(|(attribute, _)| of_members(*attribute)).map(|(attribute, change)| (*attribute, change)).collect()
    }

    fn names(&self, attribute: Attribute) -> bool {
        self.changes.iter().any(|(changed, _)| *changed == attribute)
    }

    fn events(&self, target: Id, dn: String, password: bool) -> Vec<AuditEvent> {
        let names: BTreeSet<&str> = self.changes.iter().map(|(attribute, _)| attribute.name()).collect();
        let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
        let changed = (!names.is_empty()).then_some(AuditEvent::Modified { target, dn, attributes: names });
        changed.into_iter().chain(password.then_some(AuditEvent::PasswordChanged { target })).collect()
    }
}

/// Whether the caller may change `attribute` of the entry, and how that is done. Who may not is told no more than that.
fn check(call: &Call, found: &Found, draft: &Draft, attribute: Attribute) -> Rule<Handling> {
    let handled = attributes::check_handled(draft.kind, attribute);
    let explain = handled.is_err() && access::administers(&found.subject);
    if !explain && !access::changes(&found.subject, &found.object, attribute, &call.access) {
        let own_role = attribute == Attribute::BinderyRole && access::administers(&found.subject);
        return Err(Refused::denied(if own_role { Denial::OwnRole } else { Denial::Attribute }));
    }
    handled.map_err(stop)
}

/// A manager is not told which teams there are besides their own.
fn conceal(found: &Found, attribute: Attribute, stop: Stop<Refused>) -> Stop<Refused> {
    match stop {
        Stop::Rule(_) if attribute == Attribute::DepartmentNumber && !access::administers(&found.subject) => {
            Refused::denied(Denial::OtherTeam)
        }
        stop => stop,
    }
}

/// Makes `change` to the values as the changes before it have left them; only the last state has to be right.
fn stage(call: &Call, view: &mut View<'_>, draft: &Draft, staged: (&mut Vec<(Attribute, Vec<Value>)>, Attribute, &Change)) -> Rule<()> {
    let (pending, attribute, change) = staged;
    if attribute == Attribute::ObjectClass && change.operation == ChangeOperation::Delete {
        return refuse(ChangeError::ObjectClassViolation(
            "the classes of an entry follow from where it is, and cannot be taken away".into(),
        ));
    }
    let mut change = change.clone();
    let values: Rule<Vec<Value>> = change.values.into_iter().map(|value| draft.canonical(call, view, attribute, value)).collect();
    change.values = values?;
    let position = match pending.iter().position(|(staged, _)| *staged == attribute) {
        Some(position) => position,
        None => {
            let replaced = change.operation == ChangeOperation::Replace;
            pending.push((attribute, if replaced { Vec::new() } else { draft.values(call, view, attribute)? }));
            pending.len() - 1
        }
    };
    let present = std::mem::take(&mut pending[position].1);
    pending[position].1 = attributes::apply(attribute, present, &change).map_err(stop)?;
    Ok(())
}

fn unlocks(change: &Change) -> Rule<bool> {
    match (change.operation, change.values.is_empty()) {
        (ChangeOperation::Delete, _) | (ChangeOperation::Replace, true) => Ok(true),
        (ChangeOperation::Add | ChangeOperation::Replace | ChangeOperation::Increment, _) => refuse(ChangeError::Constraint(
            "pwdAccountLockedTime can be deleted, which ends the waiting; to keep somebody out, set accountStatus to disabled".into(),
        )),
    }
}

impl NewPassword {
    /// `userPassword` holds one password, so that one can be added only where there is none.
    fn check_added(&self, record: &Record, view: &mut View<'_>) -> Rule<()> {
        match record.id() {
            Some(id) if self.added && credentials::load(view, id)?.is_some() => {
                refuse(ChangeError::ValueExists("userPassword has a value, and has one at most; replace it".into()))
            }
            Some(_) | None => Ok(()),
        }
    }
}
