//! The one way to change an entry, whoever asks: an [`Edit`] is looked through, its password hashed, committed together
//! with its audit rows, and told to those whom it concerns. Who may do what is `domain::access`'s to say, and what keeps
//! the records whole is the store's. How LDAP and the pages word an edit is theirs.

mod change;
mod draft;
mod error;
mod handling;
mod members;
mod names;
mod new;
mod own_address;
mod password;
mod proof;
mod rights;
mod tell;
#[cfg(test)]
mod tests;
mod values;
mod worded;

use std::sync::Arc;

use super::addresses::AddressWatch;
use super::letters::Parcel;
use super::notice::PasswordNotice;
use super::subject::subject;
use super::target::{Eyes, FoundEntry, NotFound, seen};
use super::{Actor, Caller, Directory, PasswordChange, PosixDefaults};
use crate::domain::access;
use crate::domain::audit::{AuditEvent, bounded, cut};
use crate::domain::credential::{Credential, Verifier};
use crate::domain::id::Id;
use crate::domain::record::Record;
use crate::domain::schema::{Attribute, EntryKind};
use crate::domain::time::UnixTime;
use crate::domain::tree::{Branch, RdnPart};
use crate::secret::Secret;
use crate::store::credentials::{self, Effect};
use crate::store::{self, Fail, Stop, View, groups, memberships};
pub use change::{Change, Edit, EditTarget, Edited, PasswordEdit, Proof};
use draft::Draft;
pub use error::{Denial, EditError, EditFault, NewAddressRefusal, OwnPassword, Wrong};
use members::{MemberChanges, Part};
use new::{Blank, Fresh};
use own_address::LinkMail;
use values::RelatedNames;

/// What a rule of this module gives.
type EditRule<T> = store::Rule<T, EditError>;

/// One edit and all that it needs of the directory's settings, so that the store may run its rule on any thread, and run
/// it again.
struct Call {
    edit: Edit,
    caller: Caller,
    eyes: Eyes,
    posix: PosixDefaults,
    now: UnixTime,
    fresh: Fresh,
    /// What a change of mail addresses does besides.
    watch: AddressWatch,
    link_mail: LinkMail,
    invitation: Option<Parcel>,
}

/// An edit that was looked through: what it would do.
struct Looked {
    found: FoundEntry,
    draft: Draft,
    members: MemberChanges,
    names: RelatedNames,
}

/// What was made before the rule runs, since hashing takes its time.
#[derive(Clone, Default)]
struct PreparedEdit {
    /// The caller, and what their own password was verified with.
    own: Option<(Id, Verifier)>,
    credential: Option<Credential>,
    /// What the owner of a password is told.
    notice: Option<PasswordNotice>,
}

impl Directory {
    /// Carries out `edit`: all of it, or nothing. Only where more members of a group change than a rule of the store
    /// holds (24; fewer if it has owners) do the others follow in parts, after all of it has been looked at. What is
    /// refused is written down.
    ///
    /// # Errors
    /// [`EditError`], whose faults say what is wrong.
    pub async fn edit(&self, caller: &Caller, edit: Edit) -> Result<Edited, EditError> {
        let call = Arc::new(self.call(caller, edit));
        if let Some(password) = call.password_alone() {
            return self.set_password_alone(&call, password).await;
        }
        let outcome = self.carry_out(&call).await;
        if let Err(error) = &outcome {
            self.audit_refused_edit(&call.caller, &call.edit.target, error).await;
        }
        outcome
    }

    async fn carry_out(&self, call: &Arc<Call>) -> Result<Edited, EditError> {
        if call.caller.actor == Actor::Anonymous {
            return Err(EditError::BindFirst);
        }
        self.check_invitation(call)?;
        // In a view that only reads: what cannot be done is refused before anything is hashed or the writer is asked.
        let looked = self.store.read(|view| call.look(view)).await?;
        let id = looked.found.record.id().unwrap_or(Id(0));
        if call.edit.changes.is_empty() && !call.adds() {
            return Ok(Edited { id, attributes: Vec::new(), secret: None, waits_for_link: false });
        }
        let (ready, secret) = self.ready(call, &looked).await?;
        let owners = [&looked.found.record, &looked.draft.record].map(|record| record.owners().len());
        let (first, rest) = members::split(&looked.members, if call.adds() { [0, owners[1]] } else { owners });
        let names = Arc::new(looked.names.clone());
        let rule = {
            let (call, ready, names) = (Arc::clone(call), ready.clone(), Arc::clone(&names));
            move |view: &mut View<'_>| call.commit(view, &ready, &first, &names)
        };
        self.once_telling(&call.caller, rule).await?;
        self.tell(call, &ready, &looked);
        for part in rest {
            let changes = vec![values::of_members(Attribute::Member, &part, &names)];
            let dn = cut(looked.draft.record.dn(&call.eyes.tree));
            let event = AuditEvent::Modified { target: id, dn, changes: bounded(changes) };
            self.change_members(call, id, part, event).await?;
        }
        let (mut attributes, waits_for_link) = (call.edit.attributes(looked.draft.record.branch()), looked.draft.waits());
        attributes.retain(|attribute| !waits_for_link || *attribute != Attribute::Mail);
        Ok(Edited { id, attributes, secret, waits_for_link })
    }

    fn call(&self, caller: &Caller, edit: Edit) -> Call {
        let link_mail = self.link_mail(caller, edit.requested);
        let invitation = edit.invitation.map(|requested| self.invitation(caller, requested));
        Call {
            edit,
            caller: *caller,
            eyes: self.eyes(),
            posix: self.settings.posix.clone(),
            now: self.clock.now(),
            fresh: Fresh::draw(),
            watch: self.address_watch(caller),
            link_mail,
            invitation: invitation.and_then(Result::ok),
        }
    }

    /// The secrets of an edit, and the one that was generated.
    async fn ready(&self, call: &Call, looked: &Looked) -> Result<(PreparedEdit, Option<Secret>), EditError> {
        let own = if call.asks_for_proof(&looked.found.record, &looked.draft.record) { self.own_password(call).await? } else { None };
        let Some(password) = call.edit.password() else { return Ok((PreparedEdit { own, ..PreparedEdit::default() }, None)) };
        let record = &looked.draft.record;
        if password.is_stored_form() {
            let credential = Credential { verifier: password.import()?, set_at: call.now, good_until: None };
            let notice = self.notice_of_edit(call, record);
            return Ok((PreparedEdit { own, credential: Some(credential), notice }, None));
        }
        let (credential, secret) = self.new_credential(&call.caller, record, password.new.as_ref()).await?;
        Ok((PreparedEdit { own, credential: Some(credential), notice: self.notice_of_edit(call, record) }, secret))
    }

    /// Somebody who had no password before is told by whoever gives it to them.
    fn notice_of_edit(&self, call: &Call, record: &Record) -> Option<PasswordNotice> {
        let whom = record.actor().filter(|_| !call.adds())?;
        Some(self.notice_of(&call.caller, whom))
    }

    /// Sets a password that is the whole request of a connection: that goes its own way, which asks for the old one where
    /// it must, and is open to a caller who must change theirs first.
    async fn set_password_alone(&self, call: &Call, password: &PasswordEdit) -> Result<Edited, EditError> {
        let EditTarget::Entry(target) = &call.edit.target else { return Err(EditError::Unavailable) };
        let change =
            PasswordChange { target: target.clone(), old: password.old.clone(), new: password.new.clone(), only_first: password.added };
        let secret = self.change_password(&call.caller, change).await?;
        Ok(Edited { id: Id(0), attributes: vec![Attribute::UserPassword], secret, waits_for_link: false })
    }

    async fn change_members(&self, call: &Arc<Call>, group: Id, part: Part, event: AuditEvent) -> Result<(), EditError> {
        let call = Arc::clone(call);
        let caller = call.caller;
        let rule = move |view: &mut View<'_>| {
            let subject = subject(view, &call.caller, call.now)?;
            if !access::administers(&subject) {
                return Err(Stop::Rule(EditError::Denied(Denial::Attribute)));
            }
            let group = groups::load(view, group)?.ok_or_else(|| Stop::Rule(EditError::from(NotFound(String::new()))))?;
            members::apply_part(view, &group, &part)
        };
        Ok(self.once(&caller, vec![event], rule).await?)
    }

    /// Returns when something was deleted that may have left memberships behind.
    pub async fn deleted(&self) {
        self.left_behind.notified().await;
    }

    /// Clears away what deleted entries have left behind, [`CLEARED_AT_ONCE`] rules at most. To be run at the start,
    /// when something was deleted, and from time to time.
    ///
    /// # Errors
    /// If the store does not answer; what is left is cleared another time.
    pub async fn clear_deleted(&self) -> Result<memberships::Cleared, super::Unavailable> {
        let mut left = CLEARED_AT_ONCE;
        let none = |_: Fail<std::convert::Infallible>| super::Unavailable;
        while let Some(what) = self.store.read(|view| memberships::left_to_clear(view, 1)).await.map_err(none)?.pop() {
            while self.store.run(move |view| memberships::clear(view, what)).await.map_err(none)? == memberships::Cleared::Partly {
                left -= 1;
                if left == 0 {
                    return Ok(memberships::Cleared::Partly);
                }
            }
        }
        Ok(memberships::Cleared::Whole)
    }
}

impl Call {
    /// Everything that the edit would do, in a view that only reads.
    fn look(&self, view: &mut View<'_>) -> EditRule<Looked> {
        let (found, draft) = self.draft(view)?;
        let members = match &draft.record {
            Record::Group(group) => members::plan(self, view, group, &self.member_changes(draft.record.kind()))?,
            Record::Suffix | Record::Branch(_) | Record::Account(_) | Record::Service(_) => MemberChanges::new(),
        };
        let names = values::related_names(view, [&found.record, &draft.record], &members)?;
        draft.clone().store(self, view)?;
        if let Record::Group(group) = &draft.record {
            members::apply(view, group, members.iter().map(|(id, joins)| (*id, *joins)))?;
        }
        Ok(Looked { found, draft, members, names })
    }

    /// The rule. Gives what is to be written down.
    fn commit(&self, view: &mut View<'_>, ready: &PreparedEdit, members: &[(Id, bool)], names: &RelatedNames) -> EditRule<Vec<AuditEvent>> {
        let (found, draft) = self.draft(view)?;
        self.check_proof(view, &found.record, &draft.record, ready.own.as_ref())?;
        let changes = self.value_changes(view, &found.record, &draft, members, names)?;
        let mut events = self.events(&found.record, &draft.record, changes, ready.credential.is_some());
        let record = draft.record.clone();
        if let (true, Some(id)) = (draft.waits(), record.id()) {
            events = own_address::told_while_waiting(events, id);
        }
        draft.store(self, view)?;
        if let Record::Group(group) = &record {
            members::apply(view, group, members.iter().copied())?;
        }
        if let (Some(credential), Some(id)) = (&ready.credential, record.id()) {
            let effect = Effect { must_change: self.must_change(&record), clear_failures: !self.adds() };
            credentials::set(view, id, credential, effect)?;
            if let Some(notice) = &ready.notice {
                notice.queue(view, id)?;
            }
        }
        if let (Some(invitation), Record::Account(account)) = (&self.invitation, &record) {
            events.push(invitation.queue(view, account, self.now)?);
        }
        Ok(events)
    }

    /// The entry as it is and as it would be, members apart.
    fn draft(&self, view: &mut View<'_>) -> EditRule<(FoundEntry, Draft)> {
        let Blank { found, by_dn } = self.found(view)?;
        // A caller who may not is told so first, whatever else is wrong.
        self.check_rights(&found)?;
        if let Some(shown) = &self.edit.seen
            && *shown != seen(view, &found.record)?
        {
            return error::refuse(EditError::Stale);
        }
        let mut faults = Faults(self.edit.faults.clone());
        let mut draft = Draft::new(found.record.clone(), self.adds());
        if let EditTarget::New(branch, name) = &self.edit.target {
            faults.note(names::check_typed_name(name, *branch).map_err(Stop::Rule))?;
            if *branch == Branch::People && faults.is_empty() && !access::administers(&found.subject) {
                faults.note(names::check_plain_login(name).map_err(Stop::Rule))?;
            }
        }
        for change in self.edit.changes.iter().chain(&by_dn) {
            draft.make(self, view, change, &mut faults)?;
        }
        draft.assign_staged(self, view, &mut faults)?;
        faults.note(names::check_parts(&draft.record, &self.parts_of_name()).map_err(Stop::Rule))?;
        faults.note(self.check_addresses(view, &found, &mut draft))?;
        rights::conceal_teams(&found, &faults.0)?;
        draft.check_team(&found)?;
        if let Some(password) = self.edit.password() {
            faults.note(password.check_added(&found.record, view))?;
        }
        if self.invitation.is_some() && draft.record.values(Attribute::Mail).is_empty() {
            faults.add(Attribute::Mail, Wrong::Missing);
        }
        match faults.0.is_empty() {
            true => Ok((found, draft)),
            false => error::refuse(EditError::Faults(faults.0)),
        }
    }

    /// What the entry's new name says of it besides the name.
    fn parts_of_name(&self) -> Vec<RdnPart> {
        match &self.edit.target {
            EditTarget::NewAt(dn) => self.eyes.tree.locate(dn).parts().to_vec(),
            EditTarget::Entry(_) | EditTarget::New(..) => self.edit.parts_of_name.clone(),
        }
    }

    fn found(&self, view: &mut View<'_>) -> EditRule<Blank> {
        match &self.edit.target {
            EditTarget::Entry(target) => {
                let subject = subject(view, &self.caller, self.now)?;
                Ok(Blank { found: self.eyes.find(view, subject, target)?, by_dn: Vec::new() })
            }
            EditTarget::New(branch, name) => self.blank(view, *branch, name),
            EditTarget::NewAt(dn) => self.blank_at(view, dn),
        }
    }

    fn member_changes(&self, kind: EntryKind) -> Vec<&Change> {
        let is_of_members = |change: &&Change| {
            change.attribute().is_some_and(|attribute| handling::handling(kind, attribute) == handling::Handling::Members)
        };
        self.edit.changes.iter().filter(is_of_members).collect()
    }

    /// The password of an edit that is nothing else, by a connection that was opened with one.
    fn password_alone(&self) -> Option<&PasswordEdit> {
        match (&self.edit.target, self.edit.changes.as_slice(), &self.edit.proof) {
            (EditTarget::Entry(_), [Change::Password(password)], Proof::Bound)
                if self.edit.faults.is_empty() && !password.is_stored_form() =>
            {
                Some(password)
            }
            _ => None,
        }
    }

    fn must_change(&self, record: &Record) -> bool {
        let temporary = self.edit.password().is_some_and(|password| password.temporary);
        let said = matches!(record, Record::Account(account) if account.must_change) && self.edit.names(Attribute::PwdReset);
        temporary || said
    }
}

/// What is wrong with an edit, as far as it is known: the pages show all of it.
struct Faults(Vec<EditFault>);

impl Faults {
    /// Notes what `outcome` says is wrong, so that the rest is looked at as well. Any other refusal ends the rule.
    fn note<T>(&mut self, outcome: EditRule<T>) -> EditRule<Option<T>> {
        match outcome {
            Ok(value) => Ok(Some(value)),
            Err(Stop::Rule(EditError::Faults(faults))) => {
                self.0.extend(faults);
                Ok(None)
            }
            Err(other) => Err(other),
        }
    }

    fn add(&mut self, attribute: Attribute, wrong: Wrong) {
        self.0.push(EditFault { attribute: Some(attribute), wrong });
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Rules that one call of [`Directory::clear_deleted`] runs at most.
const CLEARED_AT_ONCE: usize = 16;
