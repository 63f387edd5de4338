//! The entry that a call is about, and what its caller has to do with it. The one place that hides from a caller what
//! they may not see; what they may do with what they see is `domain::access`'s to say.

use super::Actor;
use crate::domain::access::{self, Object, Reads, Subject};
use crate::domain::dn::Dn;
use crate::domain::group::GroupKind;
use crate::domain::id::Id;
use crate::domain::record::Record;
use crate::domain::tree::{Branch, Tree, TreePlace, fold};
use crate::store::{Stop, View, accounts, groups, memberships, services};

/// The name of an entry, in the ways in which callers name one.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// The caller's own entry.
    Caller,
    /// By DN.
    Dn(Dn),
    /// A person, by login (`u:` of RFC 4513 §5.2.1.8).
    Login(String),
    /// An entry of this branch, by its id.
    Id(Branch, Id),
}

/// An entry that its caller may see.
#[derive(Clone, Debug)]
pub(super) struct FoundEntry {
    /// The caller, for the access table.
    pub(super) subject: Subject,
    pub(super) record: Record,
    /// The entry, for the access table.
    pub(super) object: Object,
    /// How much of it the caller may read: something at least.
    pub(super) reads: Reads,
}

/// A subject's view of a record.
pub(super) struct Sight {
    /// The entry, for the access table.
    pub(super) object: Object,
    /// How much of it the subject may read: something at least.
    pub(super) reads: Reads,
}

/// There is no such entry, or its caller may not know that there is. The text is `matchedDN`.
pub(super) struct NotFound(pub(super) String);

/// The names of things and who may read them: what hiding takes.
#[derive(Clone, Debug)]
pub(super) struct Eyes {
    pub(super) tree: Tree,
    pub(super) access: access::AccessSettings,
}

impl Eyes {
    /// Finds the entry `target` for `subject`. Current.
    pub(super) fn find<E>(&self, view: &mut View<'_>, subject: Subject, target: &Target) -> Result<FoundEntry, Stop<E>>
    where
        E: From<NotFound>,
    {
        let record = target.record(view, &self.tree, actor_of(&subject))?;
        let sight = match &record {
            Some(record) => look(view, &subject, record, &self.access)?,
            None => None,
        };
        let sight = sight.filter(|sight| self.may_name(target, sight.reads));
        match (record, sight) {
            (Some(record), Some(Sight { object, reads })) => Ok(FoundEntry { subject, record, object, reads }),
            _ => Err(Stop::Rule(self.not_found(target).into())),
        }
    }

    /// Whether a subject who reads so much of the entry may read what `target` says of it besides its name. Otherwise a
    /// name would be a way to guess the values of what is hidden.
    fn may_name(&self, target: &Target, reads: Reads) -> bool {
        match target {
            Target::Dn(dn) => are_readable(&self.tree.locate(dn), reads),
            Target::Caller | Target::Login(_) | Target::Id(..) => true,
        }
    }

    /// The refusal where the entry `target` is not there, or hidden.
    pub(super) fn not_found(&self, target: &Target) -> NotFound {
        NotFound(match target {
            Target::Dn(dn) => self.tree.nearest(dn).to_owned(),
            Target::Caller | Target::Login(_) | Target::Id(..) => String::new(),
        })
    }
}

impl Target {
    /// The record that it names, whoever asks.
    pub(super) fn record<E>(&self, view: &mut View<'_>, tree: &Tree, caller: Option<Actor>) -> Result<Option<Record>, Stop<E>> {
        match self {
            Target::Caller => match caller {
                Some(actor) => of(view, actor),
                None => Ok(None),
            },
            Target::Dn(dn) => at(view, &tree.locate(dn)),
            Target::Login(login) => at(view, &TreePlace::Account(fold(login))),
            Target::Id(branch, id) => by_id(view, *branch, *id),
        }
    }
}

/// Returns what `subject` has to do with `record`; none if they may not know that it exists.
pub(super) fn look<E>(
    view: &mut View<'_>,
    subject: &Subject,
    record: &Record,
    settings: &access::AccessSettings,
) -> Result<Option<Sight>, Stop<E>> {
    let object = object(view, subject, record)?;
    let reads = access::reads(subject, &object, settings);
    Ok((reads != Reads::Nothing).then_some(Sight { object, reads }))
}

/// Whether a subject who reads so much of an entry may read the parts of its name that qualify `place`.
pub(super) fn are_readable(place: &TreePlace, reads: Reads) -> bool {
    place.parts().iter().all(|part| reads.covers(part.attribute))
}

/// The record at `place`, if there is one and the other parts of its name hold of it.
pub(super) fn at<E>(view: &mut View<'_>, place: &TreePlace) -> Result<Option<Record>, Stop<E>> {
    Ok(match place {
        TreePlace::Qualified(qualified) => at(view, &qualified.place)?.filter(|record| record.has_parts(&qualified.parts)),
        TreePlace::Root | TreePlace::Subschema | TreePlace::Nowhere => None,
        TreePlace::Suffix => Some(Record::Suffix),
        TreePlace::Branch(branch) => Some(Record::Branch(*branch)),
        TreePlace::Account(uid) => accounts::by_uid(view, uid)?.map(Record::Account),
        TreePlace::Service(uid) => services::by_uid(view, uid)?.map(Record::Service),
        TreePlace::Group(cn) => groups::by_name(view, GroupKind::Group, cn)?.map(Record::Group),
        TreePlace::Team(cn) => groups::by_name(view, GroupKind::Team, cn)?.map(Record::Group),
    })
}

/// The record of `actor`, if there is one.
pub(super) fn of<E>(view: &mut View<'_>, actor: Actor) -> Result<Option<Record>, Stop<E>> {
    match actor {
        Actor::Anonymous | Actor::System => Ok(None),
        Actor::Account(id) => by_id(view, Branch::People, id),
        Actor::Service(id) => by_id(view, Branch::Services, id),
    }
}

/// The record `id` of `branch`, if there is one.
pub(super) fn by_id<E>(view: &mut View<'_>, branch: Branch, id: Id) -> Result<Option<Record>, Stop<E>> {
    Ok(match branch {
        Branch::People => accounts::load(view, id)?.map(Record::Account),
        Branch::Services => services::load(view, id)?.map(Record::Service),
        Branch::Groups | Branch::Teams => groups::load(view, id)?.map(Record::Group).filter(|record| record.branch() == Some(branch)),
    })
}

/// Returns what a form shows of the state that it was made from: it is another as soon as anything is that the form could
/// overwrite.
pub(super) fn seen<E>(view: &mut View<'_>, record: &Record) -> Result<String, Stop<E>> {
    let (digest, team) = match record {
        Record::Suffix | Record::Branch(_) => return Ok(String::new()),
        Record::Account(account) => (accounts::fingerprint(account), memberships::team_of(view, account.id)?),
        Record::Service(service) => (services::fingerprint(service), None),
        Record::Group(group) => (groups::fingerprint(group), None),
    };
    let short = digest.first_chunk().copied().map_or(0, u128::from_be_bytes);
    Ok(format!("{short:032x}{:016x}", team.map_or(0, |team| team.id.0)))
}

/// What the access table calls `record`, with what `subject` has to do with it.
fn object<E>(view: &mut View<'_>, subject: &Subject, record: &Record) -> Result<Object, Stop<E>> {
    Ok(match record {
        Record::Suffix | Record::Branch(_) => Object::Structure,
        Record::Account(account) => Object::Account {
            id: account.id,
            role: account.role,
            team: owned_team_of(view, subject, account.id)?,
            in_limited_group: match subject {
                Subject::Service { limited_to: Some(group), .. } => memberships::is_member(view, *group, account.id)?,
                _ => false,
            },
        },
        Record::Service(service) => Object::Service { id: service.id },
        Record::Group(group) => {
            let member = match subject {
                Subject::Account(person) => memberships::is_member(view, group.id, person.id)?,
                _ => false,
            };
            match group.kind {
                GroupKind::Team => Object::Team { id: group.id, member },
                GroupKind::Group => Object::Group { id: group.id, member },
            }
        }
    })
}

/// The team of `account` that `subject` owns, if there is one; what other team it is in is of no interest.
fn owned_team_of<E>(view: &mut View<'_>, subject: &Subject, account: Id) -> Result<Option<Id>, Stop<E>> {
    let Subject::Account(person) = subject else { return Ok(None) };
    if person.owned_teams.is_empty() {
        return Ok(None);
    }
    let team = memberships::team_of(view, account)?.map(|team| team.id);
    Ok(team.filter(|team| person.owned_teams.contains(team)))
}

fn actor_of(subject: &Subject) -> Option<Actor> {
    match subject {
        Subject::Account(person) => Some(Actor::Account(person.id)),
        Subject::Service { id, .. } => Some(Actor::Service(*id)),
        Subject::Anonymous | Subject::System => None,
    }
}
