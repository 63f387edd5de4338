//! People as the pages show and change them: the list, and the sheet of one person, whose form may change several things
//! at once. Who may do what is `domain::access`'s to say, and what keeps accounts whole is the store's.

mod actions;
mod add;
mod edit;
mod errors;
mod form;
mod list;
mod save;
mod sheet;
#[cfg(test)]
mod tests;

pub use form::{Day, Expires, Field, FieldFault, Saved, SheetError, SheetForm, Wrong};
pub use list::{PeoplePage, PeopleQuery, PersonRow};
pub use sheet::{May, Sheet, TeamChoice};

use super::addresses::AddressWatch;
use super::present::Record;
use super::subject::subject;
use super::{Caller, Denial, Directory, Unavailable};
use crate::domain::access::{self, Object, PasswordRight, Reads, Subject};
use crate::domain::account::Account;
use crate::domain::group::Group;
use crate::domain::id::Id;
use crate::domain::schema::Attribute;
use crate::domain::time::UnixTime;
use crate::domain::tree::Tree;
use crate::store::{Stop, View, accounts, memberships};

/// Why something is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookError {
    /// Nothing of the kind is for the caller to look at; or they must change their password first.
    Denied,
    /// It is not there, or not for the caller to see, which is the same to them.
    NotFound,
    /// The store does not answer.
    Unavailable,
}

impl From<Unavailable> for LookError {
    fn from(_: Unavailable) -> LookError {
        LookError::Unavailable
    }
}

/// What a rule of this module gives.
type Rule<T> = Result<T, Stop<SheetError>>;

/// One call, with what its rule needs of the directory, so that the store may run it on any thread, and again.
#[derive(Clone)]
struct Call {
    caller: Caller,
    access: access::Settings,
    tree: Tree,
    now: UnixTime,
    /// What a change of mail addresses does besides.
    watch: AddressWatch,
}

/// A person, and what the caller has to do with them.
struct Found {
    subject: Subject,
    object: Object,
    account: Account,
    /// The team that they are in.
    team: Option<Group>,
    /// How much of it the caller may read: something at least.
    reads: Reads,
}

impl Directory {
    fn sheet_call(&self, caller: &Caller) -> Call {
        let (access, tree) = (self.settings.access, self.settings.tree.clone());
        Call { caller: *caller, access, tree, now: self.clock.now(), watch: self.address_watch(caller) }
    }

    /// The person `id`, if `caller` may set their password without the old one. May be stale.
    ///
    /// # Errors
    /// [`SheetError::NoSuchPerson`] for whom the caller may not know, [`SheetError::Denied`], [`SheetError::MustChange`],
    /// or that the store does not answer.
    pub(super) async fn whose_password_is_set(&self, caller: &Caller, id: Id) -> Result<Account, SheetError> {
        let call = self.sheet_call(caller);
        let account = self.store.read(|view| {
            let found = call.find(view, id)?;
            match found.may_change(Field::Password, &call.access) {
                true => Ok(found.account),
                false => Err(Stop::Rule(SheetError::Denied(Denial::Password))),
            }
        });
        Ok(account.await?)
    }
}

impl Call {
    /// Who is asking.
    fn subject(&self, view: &mut View<'_>) -> Rule<Subject> {
        match self.caller.must_change {
            true => Err(Stop::Rule(SheetError::MustChange)),
            false => subject(view, self.caller.actor, self.now),
        }
    }

    /// The person `id`, if they are there and the caller may know that.
    fn find(&self, view: &mut View<'_>, id: Id) -> Rule<Found> {
        let subject = self.subject(view)?;
        let account = accounts::load(view, id)?.ok_or(Stop::Rule(SheetError::NoSuchPerson))?;
        let record = Record::Account(account.clone());
        let object = record.object(view, &subject).map_err(|stop| stop.map(|never| match never {}))?;
        match access::reads(&subject, &object, &self.access) {
            Reads::Nothing => Err(Stop::Rule(SheetError::NoSuchPerson)),
            reads @ (Reads::AddressBook | Reads::Everything) => {
                let team = memberships::team_of(view, id)?;
                Ok(Found { subject, object, account, team, reads })
            }
        }
    }
}

impl Found {
    /// Whether the caller may change `field`.
    fn may_change(&self, field: Field, settings: &access::Settings) -> bool {
        let Some(attribute) = field.attribute() else { return false };
        match attribute {
            // The entry's name: to change it is to rename the entry.
            Attribute::Uid => access::administers(&self.subject),
            Attribute::UserPassword => access::sets_password(&self.subject, &self.object) == PasswordRight::Yes,
            attribute => access::changes(&self.subject, &self.object, attribute, settings),
        }
    }
}

impl Field {
    /// The attribute that it fills in; none for what only confirms another field.
    fn attribute(self) -> Option<Attribute> {
        match self {
            Field::Surname => Some(Attribute::Sn),
            Field::FirstName => Some(Attribute::GivenName),
            Field::Login => Some(Attribute::Uid),
            Field::Mail => Some(Attribute::Mail),
            Field::Telephone => Some(Attribute::TelephoneNumber),
            Field::Role => Some(Attribute::BinderyRole),
            Field::Team => Some(Attribute::DepartmentNumber),
            Field::Password => Some(Attribute::UserPassword),
            Field::State => Some(Attribute::AccountStatus),
            Field::Expires => Some(Attribute::AccountExpires),
            Field::MustChange => Some(Attribute::PwdReset),
            Field::Confirm | Field::OwnPassword => None,
        }
    }
}
