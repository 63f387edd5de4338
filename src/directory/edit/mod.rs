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
mod parts;
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
use super::target::{Eyes, FoundEntry, seen};
use super::{Actor, Caller, Directory, PasswordChange, PosixDefaults};
use crate::domain::access;
use crate::domain::audit::AuditEvent;
use crate::domain::credential::{Credential, Verifier};
use crate::domain::id::{Id, OpId};
use crate::domain::record::Record;
use crate::domain::schema::{Attribute, EntryKind};
use crate::domain::time::UnixTime;
use crate::domain::tree::{Branch, RdnPart};
use crate::secret::Secret;
use crate::store::credentials::{self, Effect};
use crate::store::{self, Fail, Stop, View, memberships, pending_members};
pub use change::{Change, Edit, EditTarget, Edited, PasswordEdit, Proof};
use draft::Draft;
pub use error::{Denial, EditError, EditFault, NewAddressRefusal, OwnPassword, Wrong};
use members::MemberChanges;
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
    members: Arc<MemberChanges>,
    names: Arc<RelatedNames>,
}

/// Who becomes or ceases to be a member, and the names of those whom the edit is about besides.
#[derive(Clone)]
struct Related {
    members: Arc<MemberChanges>,
    names: Arc<RelatedNames>,
}

/// What a look at an edit finds.
enum EditSight {
    Clear(Box<Looked>),
    /// Members of this group are on their way in or out: the edit is looked at again when they are there.
    Changing(Id),
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
    /// Carries out `edit`: all of it, or nothing. More members of a group than a rule of the store holds (23; fewer if
    /// it has owners) are written down with the rest, and follow in parts, also after a crash. What is refused is
    /// written down.
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
        let looked = self.look_through(call).await?;
        let id = looked.found.record.id().unwrap_or(Id(0));
        if call.edit.changes.is_empty() && !call.adds() {
            return Ok(Edited { id, attributes: Vec::new(), secret: None, waits_for_link: false });
        }
        let (ready, secret) = self.ready(call, &looked).await?;
        let owners = [&looked.found.record, &looked.draft.record].map(|record| record.owners().len());
        let at_once = members::fit_one_rule(&looked.members, if call.adds() { [0, owners[1]] } else { owners });
        let pages = (!at_once).then(|| OpId(crate::secret::random()));
        let guard = pages.map(|_| self.finish_in_any_case());
        let rule = {
            let (call, ready, related) =
                (Arc::clone(call), ready.clone(), Related { members: Arc::clone(&looked.members), names: Arc::clone(&looked.names) });
            move |view: &mut View<'_>| call.commit(view, &ready, &related, pages)
        };
        self.once_telling(&call.caller, rule).await?;
        self.tell(call, &ready, &looked);
        if let (Some(_), Record::Group(group)) = (pages, &looked.draft.record) {
            self.finish_members(Some(group.id)).await?;
        }
        drop(guard);
        let (mut attributes, waits_for_link) = (call.edit.attributes(looked.draft.record.branch()), looked.draft.waits());
        attributes.retain(|attribute| !waits_for_link || *attribute != Attribute::Mail);
        Ok(Edited { id, attributes, secret, waits_for_link })
    }

    /// Looks `call` through, once no other change of the same members is under way.
    async fn look_through(&self, call: &Call) -> Result<Looked, EditError> {
        for _ in 0..LOOKS {
            let look = self.store.read(|view| call.look(view));
            match if call.looks_long() { super::off_the_io_threads_until(look).await? } else { look.await? } {
                EditSight::Clear(looked) => return Ok(*looked),
                EditSight::Changing(group) => self.finish_members(Some(group)).await?,
            }
        }
        Err(EditError::Busy)
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
    fn look(&self, view: &mut View<'_>) -> EditRule<EditSight> {
        let (found, draft) = self.draft(view)?;
        let changes = self.member_changes(draft.record.kind());
        if let (Record::Group(group), false) = (&draft.record, changes.is_empty())
            && pending_members::is_changing(view, group.id)?
        {
            return Ok(EditSight::Changing(group.id));
        }
        let members = match &draft.record {
            Record::Group(group) => members::plan(self, view, group, &changes)?,
            Record::Suffix | Record::Branch(_) | Record::Account(_) | Record::Service(_) => MemberChanges::new(),
        };
        let names = values::related_names(view, [&found.record, &draft.record], &members)?;
        draft.clone().store(self, view)?;
        if let Record::Group(group) = &draft.record {
            members::apply(view, group, &members)?;
        }
        let names = Arc::new(names);
        Ok(EditSight::Clear(Box::new(Looked { found, draft, members: Arc::new(members), names })))
    }

    /// The rule. Gives what is to be written down. `pages` names the operation if the members follow in parts.
    fn commit(&self, view: &mut View<'_>, ready: &PreparedEdit, related: &Related, pages: Option<OpId>) -> EditRule<Vec<AuditEvent>> {
        let Related { members, names } = related;
        let (found, draft) = self.draft(view)?;
        self.check_proof(view, &found.record, &draft.record, ready.own.as_ref())?;
        let changes = self.value_changes(view, &found.record, &draft, members, names)?;
        let mut events = self.events(&found.record, &draft.record, changes, ready.credential.is_some());
        let record = draft.record.clone();
        if let (true, Some(id)) = (draft.waits(), record.id()) {
            events = own_address::told_while_waiting(events, id);
        }
        draft.store(self, view)?;
        if let (Record::Group(group), false) = (&record, members.is_empty()) {
            if pending_members::is_changing(view, group.id)? {
                return error::refuse(EditError::Busy);
            }
            match pages {
                Some(op) => members::decide(view, group, op, members),
                None => members::apply(view, group, members)?,
            }
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

    /// Whether a look may take milliseconds: more members than the request names may go with a Set or a Remove.
    fn looks_long(&self) -> bool {
        let is_of_many = |change: &Change| match change {
            Change::Set(attribute, _) | Change::Remove(attribute, _) => MEMBERS.contains(attribute),
            other => other.values().len() > FEW,
        };
        self.edit.changes.iter().any(is_of_many)
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

/// The views of who is a member.
const MEMBERS: [Attribute; 3] = [Attribute::Member, Attribute::UniqueMember, Attribute::MemberUid];

/// Values that are looked at in less than a millisecond.
const FEW: usize = 64;

/// How often an edit is looked at while other changes of the same members are under way.
const LOOKS: usize = 4;

/// Rules that one call of [`Directory::clear_deleted`] runs at most.
const CLEARED_AT_ONCE: usize = 16;
