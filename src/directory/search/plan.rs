//! Where a search has to look: as few records as the base, the scope, the filter's indexed terms and the subject's
//! rights allow. The filter and the access table are still asked about each record; a plan only leaves out what
//! they would refuse.

use uuid::Uuid;

use super::{Scope, SearchRequest};
use crate::directory::present::{Read, Viewer, member_name, named_groups};
use crate::directory::target;
use crate::domain::access::Subject;
use crate::domain::account::Role;
use crate::domain::dn::Dn;
use crate::domain::filter::{Assertion, Filter};
use crate::domain::group::{Group, GroupKind};
use crate::domain::id::Id;
use crate::domain::matching::known_class;
use crate::domain::record::Record;
use crate::domain::schema::{Attribute, EntryKind};
use crate::domain::tree::{Branch, Tree, TreePlace};
use crate::store::records::Owner;
use crate::store::{View, accounts, groups, keys, memberships, records, services};

/// A run of records, in the order of their ids.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum PlanStage {
    /// The suffix or a branch.
    Structure(TreePlace),
    /// These accounts, groups, teams or service accounts, sorted.
    Ids(EntryKind, Vec<Id>),
    /// The accounts that are members of a group or team.
    Members(Id),
    /// Everything of a kind.
    All(EntryKind),
}

impl PlanStage {
    /// Up to `limit` records behind the id `after`. A record that has gone meanwhile keeps its place, empty.
    pub(super) fn records(&self, view: &mut View<'_>, after: Option<Id>, limit: usize) -> Read<Vec<(Id, Option<Record>)>> {
        let from = after.map_or(Some(Id(0)), |id| id.0.checked_add(1).map(Id));
        let Some(from) = from else { return Ok(Vec::new()) };
        match self {
            PlanStage::Structure(_) if after.is_some() => Ok(Vec::new()),
            PlanStage::Structure(place) => Ok(vec![(Id(0), target::at(view, place)?)]),
            PlanStage::Ids(kind, ids) => {
                let start = ids.partition_point(|id| *id < from);
                ids[start..].iter().take(limit).map(|id| Ok((*id, load(view, *kind, *id)?))).collect()
            }
            PlanStage::Members(group) => {
                let ids = memberships::members(view, *group, from, limit)?;
                ids.into_iter().map(|id| Ok((id, load(view, EntryKind::Account, id)?))).collect()
            }
            PlanStage::All(kind) => all(view, *kind, from, limit),
        }
    }
}

fn load(view: &mut View<'_>, kind: EntryKind, id: Id) -> Read<Option<Record>> {
    Ok(match kind {
        EntryKind::Account => accounts::load(view, id)?.map(Record::Account),
        EntryKind::Service => services::load(view, id)?.map(Record::Service),
        EntryKind::Group | EntryKind::Team => groups::load(view, id)?.filter(|group| group.kind == group_kind(kind)).map(Record::Group),
        _ => None,
    })
}

fn decode(kind: EntryKind, value: &[u8]) -> Read<Option<Record>> {
    Ok(match kind {
        EntryKind::Account => Some(Record::Account(records::decode(value)?)),
        EntryKind::Service => Some(Record::Service(records::decode(value)?)),
        _ => Some(records::decode(value)?).filter(|group: &Group| group.kind == group_kind(kind)).map(Record::Group),
    })
}

fn group_kind(kind: EntryKind) -> GroupKind {
    if kind == EntryKind::Team { GroupKind::Team } else { GroupKind::Group }
}

/// Groups and teams lie together in the store: those of the other kind keep their places, empty.
fn all(view: &mut View<'_>, kind: EntryKind, from: Id, limit: usize) -> Read<Vec<(Id, Option<Record>)>> {
    let key = match kind {
        EntryKind::Account => keys::account,
        EntryKind::Service => keys::service,
        EntryKind::Group | EntryKind::Team => keys::group,
        _ => return Ok(Vec::new()),
    };
    let mut found = Ok(Vec::with_capacity(limit));
    let (_, end) = keys::range(&key(Id(0))[..1]);
    view.scan_with(&key(from), &end, limit, |key, value| {
        if let (Ok(records), Some(id)) = (&mut found, keys::last_id(key)) {
            match decode(kind, value) {
                Ok(record) => records.push((id, record)),
                Err(fault) => found = Err(fault),
            }
        }
    })?;
    found
}

/// The stages of `request` below `base`, which the subject may see.
pub(super) fn stages(view: &mut View<'_>, context: Viewer<'_>, request: &SearchRequest, base: &Record) -> Read<Vec<PlanStage>> {
    let mut stages = structure(request, base);
    for kind in kinds_below(request.scope, base) {
        if !may_match(&request.filter, kind) {
            continue;
        }
        match indexed(view, context, kind, &request.filter)? {
            Some(found) => stages.extend(found),
            None => stages.extend(visible(view, context, kind)?),
        }
    }
    if let Some(stage) = leaf(request.scope, base) {
        stages.push(stage);
    }
    Ok(stages)
}

/// The suffix and the branches that are in scope, where the filter can be true of them.
fn structure(request: &SearchRequest, base: &Record) -> Vec<PlanStage> {
    let (suffix, branches) = match (base, request.scope) {
        (Record::Suffix, Scope::Base) => (true, &[][..]),
        (Record::Suffix, Scope::One | Scope::Children) => (false, &Branch::ALL[..]),
        (Record::Suffix, Scope::Subtree) => (true, &Branch::ALL[..]),
        (Record::Branch(branch), Scope::Base | Scope::Subtree) => (false, std::slice::from_ref(branch)),
        _ => (false, &[][..]),
    };
    let suffix = suffix && may_match(&request.filter, EntryKind::Suffix);
    let branches = if may_match(&request.filter, EntryKind::Branch) { branches } else { &[] };
    let suffix = suffix.then_some(TreePlace::Suffix);
    suffix.into_iter().chain(branches.iter().copied().map(TreePlace::Branch)).map(PlanStage::Structure).collect()
}

/// The kinds of entries that lie below the base, in scope.
fn kinds_below(scope: Scope, base: &Record) -> Vec<EntryKind> {
    match (base, scope) {
        (_, Scope::Base) | (Record::Suffix, Scope::One) => Vec::new(),
        (Record::Suffix, _) => vec![EntryKind::Account, EntryKind::Group, EntryKind::Team, EntryKind::Service],
        (Record::Branch(branch), _) => vec![kind_of(*branch)],
        _ => Vec::new(),
    }
}

fn kind_of(branch: Branch) -> EntryKind {
    match branch {
        Branch::People => EntryKind::Account,
        Branch::Groups => EntryKind::Group,
        Branch::Teams => EntryKind::Team,
        Branch::Services => EntryKind::Service,
    }
}

/// Whether entries of this kind can have the attribute; all have the operational ones that are not about accounts.
fn may_hold(kind: EntryKind, attribute: Attribute) -> bool {
    attribute.is_operational() || kind.allows(attribute)
}

/// The base itself, if it is an account, a group, a team or a service account.
fn leaf(scope: Scope, base: &Record) -> Option<PlanStage> {
    if !matches!(scope, Scope::Base | Scope::Subtree) {
        return None;
    }
    let (kind, id) = match base {
        Record::Account(account) => (EntryKind::Account, account.id),
        Record::Service(service) => (EntryKind::Service, service.id),
        Record::Group(group) if group.kind == GroupKind::Team => (EntryKind::Team, group.id),
        Record::Group(group) => (EntryKind::Group, group.id),
        Record::Suffix | Record::Branch(_) => return None,
    };
    Some(PlanStage::Ids(kind, vec![id]))
}

/// Whether the filter can be true of any entry of this kind, going by classes and attribute types alone.
fn may_match(filter: &Filter, kind: EntryKind) -> bool {
    match filter {
        Filter::And(terms) => terms.iter().all(|term| may_match(term, kind)),
        Filter::Or(terms) => terms.iter().any(|term| may_match(term, kind)),
        Filter::Not(_) | Filter::Extensible(_) => true,
        Filter::Equality(Attribute::ObjectClass, assertion) => known_class(&assertion.raw).is_some_and(|class| kind.is(class)),
        Filter::Equality(attribute, _)
        | Filter::Substrings(attribute, _)
        | Filter::GreaterOrEqual(attribute, _)
        | Filter::LessOrEqual(attribute, _)
        | Filter::Present(attribute) => may_hold(kind, *attribute),
        Filter::Undefined => false,
    }
}

/// The few records that an indexed term of the filter names; `None` if all of the kind would have to be looked at.
fn indexed(view: &mut View<'_>, context: Viewer<'_>, kind: EntryKind, filter: &Filter) -> Read<Option<Vec<PlanStage>>> {
    match filter {
        Filter::Equality(attribute, _) if is_relation(*attribute) && sees_some_alone(context.subject) => {
            // Looked at whatever group or member the filter names: if those of a hidden group were, the time and the
            // administrative limit would tell that it is there, and how large it is.
            readable(view, context.subject, kind).map(Some)
        }
        Filter::Equality(attribute, assertion) => by_equality(view, &context.settings.tree, kind, *attribute, assertion),
        Filter::And(terms) => {
            let mut best: Option<Vec<PlanStage>> = None;
            for term in terms {
                let found = indexed(view, context, kind, term)?;
                best = match (best, found) {
                    (Some(best), Some(found)) if cost(&found) >= cost(&best) => Some(best),
                    (best, None) => best,
                    (_, found) => found,
                };
            }
            Ok(best)
        }
        Filter::Or(terms) => any_of(view, context, kind, terms),
        _ => Ok(None),
    }
}

/// An Or is indexed if each of its terms is, by ids alone: members of a group might come twice.
fn any_of(view: &mut View<'_>, context: Viewer<'_>, kind: EntryKind, terms: &[Filter]) -> Read<Option<Vec<PlanStage>>> {
    let mut all = Vec::new();
    for term in terms.iter().filter(|term| may_match(term, kind)) {
        match indexed(view, context, kind, term)?.as_deref() {
            Some([PlanStage::Ids(_, ids)]) => all.extend(ids),
            Some([]) => {}
            _ => return Ok(None),
        }
    }
    Ok(Some(vec![ids(kind, all)]))
}

/// Whether it says who is a member of what.
fn is_relation(attribute: Attribute) -> bool {
    matches!(attribute, Attribute::MemberOf | Attribute::Member | Attribute::UniqueMember | Attribute::MemberUid)
}

/// Whether the subject sees some groups and their members alone.
fn sees_some_alone(subject: &Subject) -> bool {
    match subject {
        Subject::Account(person) => person.role != Role::Administrator,
        Subject::Service { limited_to, .. } => limited_to.is_some(),
        Subject::Anonymous | Subject::System => false,
    }
}

fn by_equality(
    view: &mut View<'_>,
    tree: &Tree,
    kind: EntryKind,
    attribute: Attribute,
    assertion: &Assertion,
) -> Read<Option<Vec<PlanStage>>> {
    let text = String::from_utf8_lossy(&assertion.normal);
    let number = || text.parse::<u32>().ok();
    let found: Option<Vec<Id>> = match (kind, attribute) {
        (EntryKind::Account, Attribute::Uid) => Some(accounts::id_of_uid(view, &text)?.into_iter().collect()),
        (EntryKind::Account, Attribute::Mail) => Some(accounts::ids_of_mail(view, &text, MAX_SHARED)?),
        (EntryKind::Account, Attribute::UidNumber) => match number() {
            Some(number) => Some(accounts::id_of_number(view, number)?.into_iter().collect()),
            None => Some(Vec::new()),
        },
        (EntryKind::Account, Attribute::MemberOf) => {
            let groups = named_groups(view, tree, &assertion.raw)?;
            return Ok(match groups.as_slice() {
                [] => Some(vec![ids(kind, Vec::new())]),
                [group] => Some(vec![PlanStage::Members(*group)]),
                // A bare name that is a group's and a team's: rare enough to look at everybody.
                _ => None,
            });
        }
        (EntryKind::Service, Attribute::Uid | Attribute::Cn) => Some(services::id_of_uid(view, &text)?.into_iter().collect()),
        (EntryKind::Group, Attribute::Cn | Attribute::Uid) => Some(groups::id_of(view, GroupKind::Group, &text)?.into_iter().collect()),
        (EntryKind::Team, Attribute::Cn | Attribute::Uid) => Some(groups::id_of(view, GroupKind::Team, &text)?.into_iter().collect()),
        (EntryKind::Group | EntryKind::Team, Attribute::GidNumber) => match number() {
            Some(number) => Some(groups::id_of_number(view, number)?.into_iter().collect()),
            None => Some(Vec::new()),
        },
        (EntryKind::Group | EntryKind::Team, Attribute::Member | Attribute::UniqueMember | Attribute::MemberUid) => {
            match accounts::id_of_uid(view, &member_name(tree, attribute, &assertion.raw))? {
                Some(account) => Some(memberships::of_account(view, account)?),
                None => Some(Vec::new()),
            }
        }
        (_, Attribute::EntryUuid) => Some(by_uuid(view, &assertion.normal)?.into_iter().collect()),
        (_, Attribute::EntryDn) => Some(by_dn(view, tree, &assertion.raw)?.into_iter().collect()),
        _ => None,
    };
    Ok(found.map(|found| vec![ids(kind, found)]))
}

fn by_uuid(view: &mut View<'_>, octets: &[u8]) -> Read<Option<Id>> {
    let Ok(uuid) = Uuid::from_slice(octets) else { return Ok(None) };
    Ok(accounts::by_uuid(view, uuid)?.map(|owner| match owner {
        Owner::Account(id) | Owner::Service(id) | Owner::Group(id) => id,
    }))
}

fn by_dn(view: &mut View<'_>, tree: &Tree, raw: &[u8]) -> Read<Option<Id>> {
    let Ok(dn) = Dn::parse(&String::from_utf8_lossy(raw)) else { return Ok(None) };
    Ok(match target::at(view, &tree.locate(&dn))? {
        Some(Record::Account(account)) => Some(account.id),
        Some(Record::Service(service)) => Some(service.id),
        Some(Record::Group(group)) => Some(group.id),
        Some(Record::Suffix | Record::Branch(_)) | None => None,
    })
}

fn ids(kind: EntryKind, mut ids: Vec<Id>) -> PlanStage {
    ids.sort_unstable();
    ids.dedup();
    PlanStage::Ids(kind, ids)
}

/// Ids are few and members may be many.
fn cost(stages: &[PlanStage]) -> usize {
    stages
        .iter()
        .map(|stage| match stage {
            PlanStage::Structure(_) => 1,
            PlanStage::Ids(_, ids) => ids.len(),
            PlanStage::Members(_) => 10_000,
            PlanStage::All(_) => usize::MAX / 8,
        })
        .sum()
}

/// Everything of a kind that the subject can possibly see.
fn visible(view: &mut View<'_>, context: Viewer<'_>, kind: EntryKind) -> Read<Vec<PlanStage>> {
    match (context.subject, kind) {
        (Subject::Account(_), EntryKind::Account) if context.settings.access.address_book => Ok(vec![PlanStage::All(kind)]),
        (subject, _) => readable(view, subject, kind),
    }
}

/// Everything of a kind of which the subject can possibly read more than the address book has.
fn readable(view: &mut View<'_>, subject: &Subject, kind: EntryKind) -> Read<Vec<PlanStage>> {
    match (subject, kind) {
        (Subject::Account(person), _) if person.role == Role::Administrator => Ok(vec![PlanStage::All(kind)]),
        (Subject::Account(person), EntryKind::Account) => {
            // The person comes once, though a manager may be in a team of their own.
            let mut stages: Vec<PlanStage> = person.owned_teams.iter().copied().map(PlanStage::Members).collect();
            let mut own = true;
            for team in &person.owned_teams {
                own &= !memberships::is_member(view, *team, person.id)?;
            }
            if own {
                stages.push(ids(kind, vec![person.id]));
            }
            Ok(stages)
        }
        (Subject::Account(person), EntryKind::Group | EntryKind::Team) => {
            let mut own = memberships::of_account(view, person.id)?;
            own.extend(&person.owned_teams);
            Ok(vec![ids(kind, own)])
        }
        (Subject::Account(_), EntryKind::Service) => Ok(Vec::new()),
        (Subject::Service { limited_to: Some(group), .. }, EntryKind::Account) => Ok(vec![PlanStage::Members(*group)]),
        (Subject::Service { limited_to: Some(group), .. }, EntryKind::Group | EntryKind::Team) => Ok(vec![ids(kind, vec![*group])]),
        (Subject::Service { id, .. }, EntryKind::Service) => Ok(vec![ids(kind, vec![*id])]),
        _ => Ok(vec![PlanStage::All(kind)]),
    }
}

/// Accounts that one mail address leads a search to; more share none in reality.
const MAX_SHARED: usize = 1000;
